//! Writing a CSV file: RFC 4180, UTF-8, every cell harmless.

use std::io::{self, Write};

use super::cell::{Column, harmless};

/// Tells Excel that the file is UTF-8; other programs may read it as a part of the first name.
pub const BOM: &str = "\u{feff}";

/// A file that is being written, line by line.
pub struct CsvFile<W: Write> {
    writer: csv::Writer<W>,
    columns: Vec<Column>,
}

impl<W: Write> CsvFile<W> {
    /// Begins a file with its line of names.
    pub fn begin(mut out: W, with_bom: bool, columns: Vec<Column>) -> io::Result<Self> {
        if with_bom {
            out.write_all(BOM.as_bytes())?;
        }
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(columns.iter().map(|column| column.name))?;
        Ok(Self { writer, columns })
    }

    /// Adds a line: one cell a column.
    ///
    /// # Errors
    ///
    /// The number of cells is not that of the columns, or the file cannot be written.
    pub fn line(&mut self, cells: &[String]) -> io::Result<()> {
        if cells.len() != self.columns.len() {
            return Err(io::Error::other(format!(
                "a line of {} cells for {} columns",
                cells.len(),
                self.columns.len()
            )));
        }
        let cells = cells.iter().zip(&self.columns);
        self.writer.write_record(
            cells.map(|(cell, column)| harmless(cell, column.kind).into_owned().into_bytes()),
        )?;
        Ok(())
    }

    /// Hands on what is still held back.
    pub fn finish(mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

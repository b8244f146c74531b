//! Reading the text of a file into rows of named cells.

use super::Kind;

/// Most rows of a file. All of it is one transaction, during which nobody else can write.
pub const MOST_ROWS: usize = 5_000;
/// Most bytes of a file.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More bytes than there may be.
    #[error("the file has more than {MOST_BYTES} bytes")]
    TooLong,
    /// A UTF-16 file.
    #[error("the file is UTF-16; save it as CSV UTF-8")]
    Utf16,
    /// A file in the Chinese encoding that Excel writes by default.
    #[error("the file is GBK; save it as CSV UTF-8")]
    Gbk,
    /// Neither UTF-8 nor anything we know.
    #[error("the file is not UTF-8 (byte {0}); save it as CSV UTF-8")]
    NotUtf8(usize),
    /// A workbook, not a text file.
    #[error("the file is a workbook, not CSV; save it as CSV UTF-8")]
    Workbook,
    /// Quotes that do not close, or the like.
    #[error("line {0} cannot be read as CSV")]
    NotCsv(u64),
    /// A column that we do not know.
    #[error("the column {0:?} is not known")]
    UnknownColumn(String),
    /// A column that must be there is not.
    #[error("the column {0:?} is missing")]
    MissingColumn(&'static str),
    /// A column that is there twice.
    #[error("the column {0:?} is there twice")]
    RepeatedColumn(&'static str),
    /// A header and nothing else.
    #[error("there are no rows below the header")]
    NoRows,
    /// More rows than there may be.
    #[error("the file has more than {MOST_ROWS} rows")]
    TooManyRows,
}

/// The text of a file, without its byte order mark.
pub fn decode(bytes: &[u8]) -> Result<String, FileProblem> {
    if bytes.len() > MOST_BYTES {
        return Err(FileProblem::TooLong);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(FileProblem::Workbook);
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) || bytes.contains(&0) {
        return Err(FileProblem::Utf16);
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => Err(FileProblem::Empty),
        Ok(text) => Ok(text.to_owned()),
        Err(_) if looks_like_gbk(bytes) => Err(FileProblem::Gbk),
        Err(error) => Err(FileProblem::NotUtf8(error.valid_up_to() + 1)),
    }
}

/// Every byte above ASCII is the lead of a GBK pair (GB/T 18030: lead 81–FE, trail 40–FE
/// without 7F). Text that is meant to be UTF-8 and has a broken byte does not look so.
fn looks_like_gbk(bytes: &[u8]) -> bool {
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        if byte.is_ascii() {
            continue;
        }
        let trail = rest.next().copied().unwrap_or(0);
        if !(0x81..=0xFE).contains(byte) || !(0x40..=0xFE).contains(&trail) || trail == 0x7F {
            return false;
        }
    }
    true
}

/// The rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    columns: Vec<&'static str>,
    /// Each row with the line that it begins in.
    pub rows: Vec<Row>,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line that it begins in, from 1.
    pub line: u64,
    cells: Vec<String>,
}

impl Table {
    /// Reads a text. Comma, semicolon or tab between cells, as the header has it.
    pub fn read(kind: Kind, text: &str) -> Result<Self, Vec<FileProblem>> {
        // One kind of line end: else the reader counts the lines of a Windows file one short.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let header_line = text.lines().next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|d| header_line.bytes().filter(|byte| byte == d).count())
            .unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = match records.next() {
            Some(Ok(header)) => header,
            Some(Err(_)) => return Err(vec![FileProblem::NotCsv(1)]),
            None => return Err(vec![FileProblem::Empty]),
        };
        let columns = columns(kind, &header)?;
        let mut rows = Vec::new();
        for record in records {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    return Err(vec![FileProblem::NotCsv(line)]);
                }
            };
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if rows.len() == MOST_ROWS {
                return Err(vec![FileProblem::TooManyRows]);
            }
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(Row { line, cells: record.iter().map(unguarded).collect() });
        }
        if rows.is_empty() {
            return Err(vec![FileProblem::NoRows]);
        }
        Ok(Self { columns, rows })
    }

    /// The columns that the file has, in its order.
    #[must_use]
    pub fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// The first rows with their lines and cells.
    #[must_use]
    pub fn first(&self, most: usize) -> Vec<(u64, Vec<String>)> {
        self.rows.iter().take(most).map(|row| (row.line, row.cells.clone())).collect()
    }

    /// How many cells a row must have.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// A cell of a row; empty where the column is not in the file.
    #[must_use]
    pub fn cell(&self, row: &Row, name: &str) -> String {
        let at = self.columns.iter().position(|column| *column == name);
        at.and_then(|at| row.cells.get(at)).cloned().unwrap_or_default()
    }
}

impl Row {
    /// How many cells it has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.cells.len()
    }
}

/// Our own exports put `'` before a cell that a spreadsheet would take for a formula.
fn unguarded(cell: &str) -> String {
    let plain =
        cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r']));
    plain.unwrap_or(cell).to_owned()
}

fn columns(kind: Kind, header: &csv::StringRecord) -> Result<Vec<&'static str>, Vec<FileProblem>> {
    let mut wrong = Vec::new();
    let mut found: Vec<&'static str> = Vec::new();
    for name in header {
        let name = name.trim().to_lowercase();
        match kind.columns().iter().find(|column| column.name == name) {
            None => wrong.push(FileProblem::UnknownColumn(name)),
            Some(column) if found.contains(&column.name) => {
                wrong.push(FileProblem::RepeatedColumn(column.name));
            }
            Some(column) => found.push(column.name),
        }
    }
    for column in kind.columns().iter().filter(|column| column.is_required) {
        if !found.contains(&column.name) {
            wrong.push(FileProblem::MissingColumn(column.name));
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codelist;

    #[test]
    fn a_file_that_is_not_utf8_is_told_plainly_what_it_is() {
        assert_eq!(decode("\u{FEFF}code\n王".as_bytes()), Ok("code\n王".to_owned()));
        assert_eq!(decode(b""), Err(FileProblem::Empty));
        assert_eq!(decode(b"\xEF\xBB\xBF \r\n"), Err(FileProblem::Empty));
        assert_eq!(decode(&[0xFF, 0xFE, b'c', 0]), Err(FileProblem::Utf16));
        assert_eq!(decode(&[b'c', 0, b'o', 0]), Err(FileProblem::Utf16));
        // A two-character name in GBK.
        assert_eq!(decode(b"name\n\xCD\xF5\xC3\xF4\n"), Err(FileProblem::Gbk));
        assert_eq!(decode(b"name\nab\xFF\n"), Err(FileProblem::NotUtf8(8)));
        assert_eq!(decode(b"PK\x03\x04rest"), Err(FileProblem::Workbook));
        assert_eq!(decode(&vec![b'a'; MOST_BYTES + 1]), Err(FileProblem::TooLong));
    }

    #[test]
    fn every_problem_of_the_header_is_named_at_once() {
        let wrong = Table::read(Kind::Patients, "code,code,nam,email\n1,2,3,4\n").unwrap_err();
        assert!(wrong.contains(&FileProblem::RepeatedColumn("code")));
        assert!(wrong.contains(&FileProblem::UnknownColumn("nam".to_owned())));
        for missing in ["name", "birth_year", "sex", "language"] {
            assert!(wrong.contains(&FileProblem::MissingColumn(missing)), "{missing}");
        }
        assert_eq!(wrong.len(), 6);
    }

    #[test]
    fn rows_keep_their_line_and_columns_come_in_any_order() {
        let text = "NAME;code;email;birth_year;sex;language\n\"two\nlines\";A;a@b.cn;1961;male;en\n\n;;;;;\nx;B;b@b.cn;1961;male;en\n";
        for ends in ["\n", "\r\n", "\r"] {
            let table = Table::read(Kind::Patients, &text.replace('\n', ends)).unwrap();
            let lines: Vec<u64> = table.rows.iter().map(|row| row.line).collect();
            assert_eq!(lines, [2, 6], "{ends:?}");
        }
        let table = Table::read(Kind::Patients, text).unwrap();
        assert_eq!(table.cell(&table.rows[0], "name"), "two\nlines");
        assert_eq!(table.cell(&table.rows[1], "code"), "B");
        assert_eq!(table.cell(&table.rows[1], "phone"), "");
    }

    #[test]
    fn the_examples_can_be_read_and_a_guard_against_formulas_is_taken_off() {
        for kind in Kind::ALL {
            let text = decode(kind.example().as_bytes()).unwrap();
            let table = Table::read(*kind, &text).unwrap();
            assert_eq!((table.rows.len(), table.rows[0].width()), (1, table.width()));
        }
        assert_eq!(unguarded("'+86 138"), "+86 138");
        assert_eq!(unguarded("'quoted'"), "'quoted'");
    }
}

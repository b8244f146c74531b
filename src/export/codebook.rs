//! The codebook: every column of every file, and every code in it, in both languages.

use std::io::Write;

use super::cell::{Column, Kind, column};
use super::csv_file::CsvFile;
use super::{
    ExportError, File, Order, Written, audit_trail, check_ins, infusions, line_listing, summary,
};
use crate::domain::Codelist;

/// The columns of the codebook itself.
#[must_use]
pub fn columns() -> Vec<Column> {
    vec![
        column("file", Kind::Text, "The file", "文件"),
        column("column", Kind::Text, "The column", "列名"),
        column(
            "type",
            Kind::Text,
            "text, number, code, yes_no or datetime (ISO 8601 with offset)",
            "类型：text 文本、number 数值、code 代码、yes_no 是否、datetime 带时差的 ISO 8601 时间",
        ),
        column("unit", Kind::Text, "Unit of a number", "数值单位"),
        column(
            "code",
            Kind::Text,
            "A value that the column can have; empty on the line about the column",
            "可能的取值；说明列本身时为空",
        ),
        column("meaning_en", Kind::Text, "Meaning in English", "英文含义"),
        column("meaning_zh", Kind::Text, "Meaning in Chinese", "中文含义"),
    ]
}

/// The columns of a file, with those that name people.
#[must_use]
pub fn columns_of(file: File) -> Vec<Column> {
    match file {
        File::Summary => summary::columns(),
        File::LineListing => line_listing::columns(true),
        File::Infusions => infusions::columns(true),
        File::CheckIns => check_ins::columns(true),
        File::Codebook => columns(),
        File::Audit => audit_trail::columns(),
    }
}

/// Writes the codebook.
pub(super) fn write(
    order: &Order,
    out: impl Write,
    written: &mut Written,
) -> Result<(), ExportError> {
    let mut csv = CsvFile::begin(out, order.style.bom, columns())?;
    let mut rows = 0;
    for file in File::ALL {
        for column in columns_of(*file) {
            let mut line = |code: &str, en: &str, zh: &str| {
                rows += 1;
                csv.line(
                    &[file.code(), column.name, column.kind.name(), column.unit, code, en, zh]
                        .map(str::to_owned),
                )
            };
            line("", column.en, column.zh)?;
            if let Kind::Code(meanings) = column.kind {
                for (code, en, zh) in meanings() {
                    line(code, en, zh)?;
                }
            }
        }
    }
    csv.finish()?;
    for count in written.values_mut() {
        *count = rows;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_column_has_a_name_of_its_own_and_a_meaning_in_both_languages() {
        for file in File::ALL {
            let mut names = BTreeSet::new();
            for column in columns_of(*file) {
                assert!(names.insert(column.name), "{} {}", file.code(), column.name);
                assert!(!column.en.is_empty() && !column.zh.is_empty(), "{}", column.name);
            }
        }
    }
}

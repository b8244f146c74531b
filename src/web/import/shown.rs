//! A plan in words, for the page and the command line.

use crate::domain::grading::Site as Thermometer;
use crate::domain::registry::{
    CultureResult, EndotoxinResult, LotSource, LotState, Phase, Route, Sex,
};
use crate::domain::{Codelist, Language};
use crate::i18n::import::{ImportText, import as text};
use crate::i18n::registry::{fields, problems as words};
use crate::import::file::{MOST_BYTES, MOST_ROWS};
use crate::import::{FileProblem, Kind, Plan, RowReason};

/// One bad or odd row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemLine {
    /// The line in the file.
    pub line: u64,
    /// The column.
    pub column: &'static str,
    /// What the column means.
    pub label: &'static str,
    /// What is wrong.
    pub sentence: String,
}

/// One column of a kind of file, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnLine {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub label: &'static str,
    /// What helps to fill it in.
    pub hint: &'static str,
    /// Whether the file must have it.
    pub is_required: bool,
    /// A value that it could hold.
    pub example: &'static str,
    /// The values that it may hold, where they are a closed list.
    pub values: String,
}

/// The columns of a kind of file, explained.
#[must_use]
pub fn columns(lang: Language, kind: Kind) -> Vec<ColumnLine> {
    kind.columns()
        .iter()
        .map(|column| ColumnLine {
            name: column.name,
            label: fields::label(lang, column.name),
            hint: fields::hint(lang, column.name),
            is_required: column.is_required,
            example: column.example,
            values: values(column.name),
        })
        .collect()
}

fn codes<T: Codelist>() -> String {
    T::ALL.iter().map(|value| value.code()).collect::<Vec<_>>().join(", ")
}

fn values(column: &str) -> String {
    match column {
        "sex" => codes::<Sex>(),
        "language" => codes::<Language>(),
        "source" => codes::<LotSource>(),
        "sterility" | "mycoplasma" => codes::<CultureResult>(),
        "endotoxin" => codes::<EndotoxinResult>(),
        "state" => codes::<LotState>(),
        "phase" => codes::<Phase>(),
        "route" => codes::<Route>(),
        "thermometer" => codes::<Thermometer>(),
        "start_fold" | "end_fold" => "earlier, later".to_owned(),
        _ => String::new(),
    }
}

/// Why a file cannot be read, as a sentence.
#[must_use]
pub fn file_sentence(t: &ImportText, problem: &FileProblem) -> String {
    match problem {
        FileProblem::Empty => t.empty().to_owned(),
        FileProblem::TooLong => t.too_long(MOST_BYTES / 1024 / 1024),
        FileProblem::Utf16 => t.utf16(),
        FileProblem::Gbk => t.gbk(),
        FileProblem::NotUtf8(byte) => t.not_utf8(*byte),
        FileProblem::Workbook => t.workbook().to_owned(),
        FileProblem::NotCsv(line) => t.not_csv(*line),
        FileProblem::UnknownColumn(name) => t.unknown_column(name),
        FileProblem::MissingColumn(name) => t.missing_column(name),
        FileProblem::RepeatedColumn(name) => t.repeated_column(name),
        FileProblem::NoRows => t.no_rows().to_owned(),
        FileProblem::TooManyRows => t.too_many_rows(MOST_ROWS),
    }
}

/// The bad rows, the first `most` of them.
#[must_use]
pub fn problems(lang: Language, plan: &Plan, most: usize) -> Vec<ProblemLine> {
    let t = text(lang);
    plan.problems
        .iter()
        .take(most)
        .map(|problem| ProblemLine {
            line: problem.line,
            column: problem.column.unwrap_or_default(),
            label: problem.column.map_or(t.whole_row, |column| fields::label(lang, column)),
            sentence: match &problem.reason {
                RowReason::Cell(reason) => words::reason(lang, reason),
                RowReason::Cells(found, wanted) => t.cells(*found, *wanted),
            },
        })
        .collect()
}

/// The odd rows, the first `most` of them.
#[must_use]
pub fn warnings(lang: Language, plan: &Plan, most: usize) -> Vec<ProblemLine> {
    plan.warnings
        .iter()
        .take(most)
        .map(|odd| ProblemLine {
            line: odd.line,
            column: "",
            label: "",
            sentence: words::warning(lang, &odd.warning),
        })
        .collect()
}

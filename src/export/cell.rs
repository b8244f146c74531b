//! What stands in a cell of a file, and the line of the codebook that explains it.

use std::borrow::Cow;

use crate::domain::{Codelist, Language};
use crate::i18n::labels::Label;

/// One code of a column: the code, its name in English, its name in Chinese.
pub type Meaning = (&'static str, &'static str, &'static str);

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text as it was typed or made by us.
    Text,
    /// A decimal number with a point.
    Number,
    /// ISO 8601 with the offset of the clinic.
    Time,
    /// `yes` or `no`.
    YesNo,
    /// One of a closed list.
    Code(fn() -> Vec<Meaning>),
}

impl Kind {
    /// Stable name for the codebook.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Time => "datetime",
            Self::YesNo => "yes_no",
            Self::Code(_) => "code",
        }
    }
}

/// A column of a file. Names never change; a new meaning gets a new name.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The name in the first line of the file.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Unit of a number; empty when it has none.
    pub unit: &'static str,
    /// What it means, in English.
    pub en: &'static str,
    /// What it means, in Chinese.
    pub zh: &'static str,
}

/// A column without a unit.
#[must_use]
pub const fn column(name: &'static str, kind: Kind, en: &'static str, zh: &'static str) -> Column {
    Column { name, kind, unit: "", en, zh }
}

/// A number with its unit.
#[must_use]
pub const fn number(
    name: &'static str,
    unit: &'static str,
    en: &'static str,
    zh: &'static str,
) -> Column {
    Column { name, kind: Kind::Number, unit, en, zh }
}

/// All codes of a list with their names.
#[must_use]
pub fn meanings<T: Codelist + Label>() -> Vec<Meaning> {
    T::ALL
        .iter()
        .map(|value| (value.code(), value.label(Language::En), value.label(Language::ZhCn)))
        .collect()
}

/// A coded value as three cells: code, English, Chinese.
#[must_use]
pub fn coded<T: Codelist + Label>(value: T) -> [String; 3] {
    [
        value.code().to_owned(),
        value.label(Language::En).to_owned(),
        value.label(Language::ZhCn).to_owned(),
    ]
}

/// Three empty cells or a coded value.
#[must_use]
pub fn coded_or_empty<T: Codelist + Label>(value: Option<T>) -> [String; 3] {
    value.map(coded).unwrap_or_default()
}

/// The text of a cell that no spreadsheet takes for a formula.
///
/// Spreadsheets evaluate what begins with `=`, `+`, `-`, `@`, a tab, a line end or NUL, some
/// also the full-width forms that an East Asian keyboard gives, and some skip blanks and
/// invisible marks first. Such text gets an apostrophe in front (OWASP, ASVS 5.0 1.2.10). Only a
/// column of numbers is exempt, and only where the cell is a number.
#[must_use]
pub fn harmless(text: &str, kind: Kind) -> Cow<'_, str> {
    if matches!(kind, Kind::Number) && is_number(text) {
        return Cow::Borrowed(text);
    }
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn is_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n', '\0']) {
        return true;
    }
    let invisible = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
    };
    text.trim_start_matches(invisible)
        .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// Digits with at most one point, perhaps a minus in front. Not what Rust would also take for
/// a number (`inf`, `1e5`).
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut parts = digits.split('.');
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.next().is_some_and(is_digits)
        && parts.next().is_none_or(is_digits)
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_evaluate_gets_an_apostrophe() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\0=1",
            "=1",
            "\u{ff0b}1",
            "\u{ff0d}1",
            "\u{ff20}x",
            "  =1",
            "\u{feff}=1",
            "\u{200b}=1",
            "\u{202e}=1",
            "-",
            "=",
        ] {
            assert_eq!(harmless(text, Kind::Text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "a=b", "发热", "1-2", "'=1", "2026-01-01", "(=1)", "ー"] {
            assert_eq!(harmless(text, Kind::Text), text, "{text:?}");
        }
    }

    #[test]
    fn only_a_number_in_a_column_of_numbers_may_begin_with_a_minus() {
        for text in ["-1", "-0.25", "3", "12.50"] {
            assert_eq!(harmless(text, Kind::Number), text);
        }
        for text in ["-1+2", "-", "-inf", "-1e5", "-1.2.3", "-.5", "-1.", "=1", "\u{ff0d}1"] {
            assert_eq!(harmless(text, Kind::Number), format!("'{text}"), "{text:?}");
        }
    }
}

//! Numbers as people type them.

use rust_decimal::Decimal;

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing was typed.
    #[error("nothing was typed")]
    Empty,
    /// Not digits with at most one decimal mark.
    #[error("not a number")]
    NotANumber,
}

/// Reads a number as it is typed into a form: decimal point or decimal comma,
/// full-width digits, a leading sign, surrounding space. No thousands separators,
/// since "1,234" would then mean two things.
///
/// ```
/// use afterwatch::domain::grading::parse_number;
/// assert_eq!(parse_number(" 38,5 "), parse_number("38.5"));
/// assert!(parse_number("38.5.1").is_err());
/// ```
pub fn parse_number(text: &str) -> Result<Decimal, NumberError> {
    let text: String = text.trim().chars().map(plain).collect();
    if text.is_empty() {
        return Err(NumberError::Empty);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    let marks = digits.matches('.').count();
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && marks <= 1
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !is_number {
        return Err(NumberError::NotANumber);
    }
    text.parse().map_err(|_| NumberError::NotANumber)
}

/// Chinese keyboards give full-width forms; commas and the Chinese full stop are decimal marks.
fn plain(c: char) -> char {
    match c {
        ',' | '，' | '。' | '．' => '.',
        '－' | '−' => '-',
        '＋' => '+',
        '０'..='９' => char::from_u32(u32::from(c) - 0xFF10 + u32::from(b'0')).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_decimal_marks_and_full_width_digits_are_read() {
        for (text, value) in [
            ("38.5", "38.5"),
            ("38,5", "38.5"),
            (" 38 ", "38"),
            ("３８．５", "38.5"),
            ("３８，５", "38.5"),
            ("-2", "-2"),
            ("0,05", "0.05"),
        ] {
            assert_eq!(parse_number(text), Ok(value.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_number() {
        assert_eq!(parse_number("  "), Err(NumberError::Empty));
        for text in ["38.5.1", "1.234,5", ".5", "5.", "38 5", "1e3", "NaN", "--1", "38C"] {
            assert_eq!(parse_number(text), Err(NumberError::NotANumber), "{text}");
        }
    }
}

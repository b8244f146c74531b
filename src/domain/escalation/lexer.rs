//! Conditions, cut into words.

use rust_decimal::Decimal;

use super::mistake::What;

/// A word of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a dotted path.
    Path(String),
    Number(Decimal),
    Text(String),
    /// An operator or bracket.
    Sign(&'static str),
}

/// A word and the byte at which it starts.
pub(super) type Spanned<T> = (usize, T);

/// Longest first, so that `<=` is not read as `<`.
const SIGNS: [&str; 17] =
    ["&&", "||", "<=", ">=", "==", "!=", "..", "<", ">", "!", "(", ")", "[", "]", ",", "-", "in"];

/// Cuts a condition into words; complains about every sign that has no meaning.
pub(super) fn tokens(text: &str, mistakes: &mut Vec<Spanned<What>>) -> Vec<Spanned<Token>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if first.is_ascii_alphabetic() || first == '_' {
            let path = path(rest);
            let word = if path == "in" { Token::Sign("in") } else { Token::Path(path.to_owned()) };
            words.push((at, word));
            at += path.len();
        } else if first.is_ascii_digit() {
            let digits = digits(rest);
            match digits.parse() {
                Ok(number) => words.push((at, Token::Number(number))),
                Err(_) => mistakes.push((at, What::OutOfRange)),
            }
            at += digits.len();
        } else if first == '"' {
            let Some(length) = rest[1..].find('"') else {
                mistakes.push((at, What::OpenText));
                return words;
            };
            words.push((at, Token::Text(rest[1..=length].to_owned())));
            at += length + 2;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            words.push((at, Token::Sign(sign)));
            at += sign.len();
        } else {
            mistakes.push((at, What::Character(first)));
            at += first.len_utf8();
        }
    }
    words
}

fn path(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

/// Digits with at most one decimal point; `92..93` is a range, not a number.
fn digits(text: &str) -> &str {
    let whole = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let fraction = text[whole..]
        .strip_prefix('.')
        .map_or(0, |rest| rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    if fraction == 0 { &text[..whole] } else { &text[..whole + 1 + fraction] }
}

//! What was answered about one symptom.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::question::question;
use super::symptom::SymptomCode;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To a yes/no question.
    Bool(bool),
    /// To a number or a scale.
    Number(Decimal),
    /// One of the question's codes.
    Choice(&'static str),
    /// Free words.
    Text(String),
}

/// The answers to the [`questions`](super::questions) of one symptom, as far as
/// they were given.
///
/// Only answers of existing questions are held; that they have the right form and
/// range is the work of [`input`](super::super::input), the one way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    code: SymptomCode,
    given: BTreeMap<&'static str, Answer>,
}

impl Answers {
    /// No answers yet.
    #[must_use]
    pub const fn new(code: SymptomCode) -> Self {
        Self { code, given: BTreeMap::new() }
    }

    /// The symptom.
    #[must_use]
    pub const fn code(&self) -> SymptomCode {
        self.code
    }

    /// Adds an answer; a key that the symptom does not ask is ignored.
    pub fn give(&mut self, key: &str, answer: Answer) {
        if let Some(question) = question(self.code, key) {
            self.given.insert(question.key, answer);
        }
    }

    /// Every answer with its key, in order of the keys.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &Answer)> {
        self.given.iter().map(|(key, answer)| (*key, answer))
    }

    /// The answer with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Answer> {
        self.given.get(key)
    }

    /// Whether a yes/no question was answered yes. Not answered is no.
    #[must_use]
    pub fn is_yes(&self, key: &str) -> bool {
        self.get(key) == Some(&Answer::Bool(true))
    }

    /// A number or the step of a scale.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<Decimal> {
        match self.get(key) {
            Some(Answer::Number(value)) => Some(*value),
            _ => None,
        }
    }

    /// The chosen code.
    #[must_use]
    pub fn choice(&self, key: &str) -> Option<&'static str> {
        match self.get(key) {
            Some(Answer::Choice(code)) => Some(code),
            _ => None,
        }
    }

    /// Free words.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Answer::Text(text)) => Some(text),
            _ => None,
        }
    }
}

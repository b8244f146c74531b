//! Enrolling: clinics, products, patients, lots, courses, infusions and the chair.
//!
//! Each noun has a form (text as typed in a page or read from a file, by field), a
//! function that reads the form into facts and names everything that is wrong with it at
//! once, and functions that take the facts. Nothing is overwritten silently: a change
//! says which version it was made from, and the audit trail keeps old and new values.
//!
//! Contact data are the exception: the trail keeps *which* of name, address and phone
//! number changed, not what they were, because the trail outlives a person's wish to be
//! forgotten.

pub mod course;
pub mod infusion;
pub mod lot;
pub mod observation;
pub mod patient;
pub mod product;
pub mod schedule;
pub mod site;

use serde_json::{Map, Value, json};

use crate::domain::problem::{Problem, Problems, Reason};
use crate::domain::warning::Warning;
use crate::follow_up::FollowUpError;
use crate::store;

/// Why an entry was not made.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Something that was typed cannot be taken.
    #[error("what was entered cannot be taken")]
    Problems(Problems),
    /// Something looks odd: a person must say that it is meant.
    #[error("what was entered looks odd")]
    Odd(Vec<Warning>),
    /// Somebody else changed it since it was read.
    #[error("changed by somebody else")]
    Changed,
    /// Not there, or not for this person.
    #[error("not found")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<FollowUpError> for Refusal {
    fn from(error: FollowUpError) -> Self {
        match error {
            FollowUpError::NotFound => Self::NotFound,
            FollowUpError::TooOften => Self::field("link", Reason::TooOften),
            FollowUpError::Over => Self::field("link", Reason::Over),
            FollowUpError::Store(error) => Self::Store(error),
        }
    }
}

impl Refusal {
    /// One problem with one field.
    #[must_use]
    pub fn field(field: &'static str, reason: Reason) -> Self {
        Self::Problems(Problems::from(Problem { field, reason }))
    }
}

/// Whether a person said that what looks odd is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// Not yet asked.
    No,
    /// Yes, it is meant.
    Yes,
}

impl Confirmed {
    /// Reads the check box.
    #[must_use]
    pub fn read(text: &str) -> Self {
        if text == "yes" { Self::Yes } else { Self::No }
    }

    fn settle(self, warnings: &[Warning]) -> Result<(), Refusal> {
        if warnings.is_empty() || self == Self::Yes {
            Ok(())
        } else {
            Err(Refusal::Odd(warnings.to_vec()))
        }
    }
}

/// The values of a row for the audit trail, by name.
type Facts = Vec<(&'static str, Option<String>)>;

/// What changed, as `{"field": [old, new]}`; of a new row everything that is set.
fn changes(old: &Facts, new: &Facts) -> Map<String, Value> {
    new.iter()
        .filter_map(|(name, value)| {
            let before = old.iter().find(|(known, _)| known == name).and_then(|(_, v)| v.clone());
            (before != *value).then(|| ((*name).to_owned(), json!([before, value])))
        })
        .collect()
}

/// Adds what looked odd and was confirmed.
fn with_warnings(mut detail: Map<String, Value>, warnings: &[Warning]) -> Value {
    if !warnings.is_empty() {
        let codes: Vec<_> = warnings.iter().map(Warning::code).collect();
        detail.insert("confirmed_warnings".to_owned(), json!(codes));
    }
    Value::Object(detail)
}

/// A problem was noted already.
struct Noted;

/// A value for the audit trail.
#[expect(clippy::unnecessary_wraps, reason = "stands beside `perhaps` in lists of facts")]
fn said(value: &impl ToString) -> Option<String> {
    Some(value.to_string())
}

/// An optional value for the audit trail.
fn perhaps<T: ToString>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

//! Training mode: an invented registry with a believable past.
//!
//! [`cohort`] invents people, infusions and reactions by published rates (REFERENCE §9.2);
//! [`past`] lets them happen, day by day, through the same process steps that a real clinic
//! uses. Nothing is written behind their back.

pub mod cohort;
pub mod night;
pub mod past;
pub mod reaction;

use crate::domain::{Language, Role};
use crate::{intake, registry, store, triage};

/// Who can sign in to the training registry, and what to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Training {
    /// One login for each role.
    pub staff: Vec<Login>,
    /// One patient for each language.
    pub patients: Vec<PatientLink>,
    /// A key for other systems.
    pub api_token: String,
}

/// A login of the training registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// What the person is, at all clinics.
    pub role: Role,
    /// The address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
}

/// A patient of the training registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientLink {
    /// The language of the page.
    pub language: Language,
    /// The token of the link.
    pub token: String,
    /// What the page asks before it shows earlier answers.
    pub birth_year: i32,
}

/// Why the training registry could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Something invented does not fit what the registry accepts: a mistake of ours.
    #[error("an invented {0} is not acceptable")]
    Invented(&'static str),
    /// The registry refused an entry.
    #[error("the registry refused an invented entry: {0:?}")]
    Registry(#[from] registry::Refusal),
    /// A report was refused.
    #[error("an invented report was refused: {0:?}")]
    Intake(#[from] intake::IntakeError),
    /// A nurse's step was refused.
    #[error("an invented step of a nurse was refused: {0}")]
    Triage(#[from] triage::TriageError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

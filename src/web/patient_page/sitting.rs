//! One form being filled: for whom, by whom, where its pages are.

use crate::domain::schedule::QuestionGroup;
use crate::domain::schedule::questions::questions;
use crate::domain::{InfusionId, Timestamp};
use crate::store::visits::Place;
use crate::store::{Connection, Result, visits};

/// What the pages of a form depend on beside the answers.
#[derive(Debug, Clone)]
pub struct Sitting {
    /// The infusion and its clinic.
    pub place: Place,
    /// What the check-ins ask that can be answered now.
    pub groups: Vec<QuestionGroup>,
    /// What a nurse asks beside that, in their own words.
    pub questions: Vec<String>,
    /// The address in front of every step.
    pub base: String,
    /// Whether a member of the staff types.
    pub by_staff: bool,
    /// The present instant.
    pub now: Timestamp,
}

impl Sitting {
    /// Whether a group of questions is asked. Staff may always enter measurements.
    #[must_use]
    pub fn asks(&self, group: QuestionGroup) -> bool {
        self.groups.contains(&group) || (self.by_staff && group == QuestionGroup::Vitals)
    }
}

/// The groups of questions that are asked now.
pub fn groups(
    conn: &mut Connection,
    now: Timestamp,
    infusion: InfusionId,
) -> Result<Vec<QuestionGroup>> {
    Ok(questions(&visits::asked_now(conn, now, infusion)?))
}

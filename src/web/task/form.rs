//! What the forms of a task's page send.

use serde::Deserialize;

use crate::domain::task::{Action, CallResult, Outcome, WorthAFlag};
use crate::domain::{Codelist, Level, ReportId, Timestamp, UndoId};
use crate::triage::Confirmation;

/// Which form was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Which {
    Take,
    HandOver,
    PutBack,
    Call,
    Note,
    Ask,
    Close,
    Reopen,
    Grade,
    Undo,
}

/// The fields of all forms, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct ActionForm {
    /// The version of the task that the person saw.
    version: String,
    /// The newest entry of its history that they saw.
    pub seen: String,
    /// A note or a reason.
    pub note: String,
    /// To whom.
    pub to: String,
    /// How the call went.
    pub result: String,
    /// Minutes until the next try when nobody answered.
    pub next_try: String,
    /// Minutes until the next call when the patient was reached.
    pub again: String,
    /// How it ended.
    pub outcome: String,
    /// Whether it was worth a flag.
    pub worth: String,
    /// Of which report.
    pub report: String,
    /// Of which symptom.
    pub code: String,
    /// The grade.
    pub grade: String,
    /// The step that is undone.
    undo: String,
}

/// Minutes until the next call that the form offers.
pub(super) const WAITS: [i64; 7] = [10, 30, 60, 120, 240, 720, 1440];

/// The wait that is chosen unless the person chooses another: well inside the level's
/// time to reach the patient (REFERENCE §4.2).
pub(super) const fn usual_wait(level: Level) -> i64 {
    match level {
        Level::Emergency => 10,
        Level::Urgent => 30,
        Level::Soon => 240,
        Level::Routine | Level::None => 1440,
    }
}

impl ActionForm {
    /// What is no number is no version of any task: the person is shown what changed.
    pub fn version(&self) -> i32 {
        self.version.parse().unwrap_or(0)
    }

    /// The step that the form asks for. What is missing stays missing.
    pub fn action(&self, which: Which, now: Timestamp) -> Action {
        let note = self.note.clone();
        match which {
            Which::Take | Which::Grade | Which::Ask | Which::Undo => Action::Take,
            Which::HandOver => Action::HandOver { to: self.to.parse().ok(), note },
            Which::PutBack => Action::PutBack { note },
            Which::Call => {
                let result = CallResult::from_code(&self.result);
                let wait = match result {
                    Some(CallResult::NoAnswer) => &self.next_try,
                    Some(CallResult::Reached) => &self.again,
                    Some(CallResult::WrongNumber) | None => "",
                };
                let minutes = wait.parse().ok().filter(|minutes| WAITS.contains(minutes));
                let next_try_at = minutes.map(|minutes| now.plus_minutes(minutes));
                Action::Call { result, next_try_at, note }
            }
            Which::Note => Action::Note { text: note },
            Which::Close => Action::Close {
                outcome: Outcome::from_code(&self.outcome),
                worth_a_flag: WorthAFlag::from_code(&self.worth),
                note,
            },
            Which::Reopen => Action::Reopen { reason: note },
        }
    }

    /// The step that is to be undone; what cannot be read is no step.
    pub fn undo(&self) -> UndoId {
        self.undo.parse().unwrap_or_else(|_| UndoId::new())
    }

    /// The judgement that the form asks for.
    pub fn confirmation(&self) -> Confirmation {
        Confirmation {
            // A report that cannot be read is one that the task does not have.
            report: self.report.parse().unwrap_or_else(|_| ReportId::new()),
            code: self.code.clone(),
            grade: self.grade.parse().ok(),
            reason: self.note.clone(),
        }
    }
}

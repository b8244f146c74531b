//! What a person may do with a task, what stands against it, and what its history says.

use super::super::{StaffId, Timestamp};
use super::{CallResult, Outcome, TaskEventKind, WorthAFlag};

/// The longest note or reason, in Unicode code points.
pub const NOTE_MAX: usize = 4000;

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub at: Timestamp,
    /// Who; none only for a missed check-in that was answered after all.
    pub by: Option<StaffId>,
    /// With what.
    pub outcome: Outcome,
    /// Whether it was worth a flag; none only where nobody was asked.
    pub worth_a_flag: Option<WorthAFlag>,
}

/// What a person does with a task, as they entered it: what is missing is found by
/// [`super::Standing::act`], so that everything wrong is told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// "I have it."
    Take,
    /// Gives it to another person of the clinic.
    HandOver {
        /// To whom.
        to: Option<StaffId>,
        /// What they should know.
        note: String,
    },
    /// Gives it back to everybody.
    PutBack {
        /// Why.
        note: String,
    },
    /// Called the patient.
    Call {
        /// How it went.
        result: Option<CallResult>,
        /// When to call again.
        next_try_at: Option<Timestamp>,
        /// What was said.
        note: String,
    },
    /// Writes something down.
    Note {
        /// What.
        text: String,
    },
    /// Ends it.
    Close {
        /// With what.
        outcome: Option<Outcome>,
        /// Whether it was worth a flag.
        worth_a_flag: Option<WorthAFlag>,
        /// Anything to add.
        note: String,
    },
    /// Takes up a closed task again.
    Reopen {
        /// Why.
        reason: String,
    },
}

/// Why an action is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The task is closed.
    IsClosed,
    /// Only a closed task can be reopened.
    IsOpen,
    /// The person has it already.
    IsYours,
    /// Nobody has it.
    IsNobodys,
    /// No person was chosen.
    NoPerson,
    /// The person cannot work tasks of this clinic.
    UnsuitablePerson,
    /// The person has it already.
    SamePerson,
    /// How the call went was not said.
    NoCallResult,
    /// Nobody answered and no next try is planned.
    NoNextTry,
    /// The next try lies in the past.
    NextTryPassed,
    /// The note is empty.
    NoNote,
    /// The note is longer than [`NOTE_MAX`].
    NoteTooLong,
    /// No reason was given.
    NoReason,
    /// No outcome was chosen.
    NoOutcome,
    /// "Was this worth a flag?" was not answered.
    NoWorth,
    /// Nobody has taken the task yet.
    NotTaken,
    /// The level asks for a call that reached the patient, or an outcome that explains why not.
    NotReached,
    /// "Could not be reached" without a call that was tried.
    NoCallTried,
    /// "Could not be reached", but the patient was.
    WasReached,
    /// Closed without having reached the patient: the note must say how this is known.
    NoExplanation,
    /// A judgement without its grounds.
    NoGrounds,
    /// A question waits for its answer already.
    AlreadyAsked,
    /// The patient gets no mails, or has no address.
    CannotBeAsked,
    /// Another open task follows the same infusion: work there.
    AnotherIsOpen,
    /// A step can be undone for some seconds only.
    UndoTooLate,
    /// A mail about the task went out after the step.
    UndoMailWent,
    /// No grade was chosen.
    NoGrade,
    /// The grade is not one that the term has.
    GradeNotOfTerm,
    /// The symptom is not part of the report.
    NoSuchSymptom,
    /// An allergic reaction and an infusion-related reaction are not both graded (CTCAE).
    NotWithOther,
    /// Graft-versus-host disease needs donor cells.
    OwnCells,
    /// The score is not a whole number from 0 to 10.
    NoScore,
}

/// What happened, for the task's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub kind: TaskEventKind,
    /// A call: how it went.
    pub call_result: Option<CallResult>,
    /// A call: when the next one is planned.
    pub next_try_at: Option<Timestamp>,
    /// Handed over: to whom.
    pub to: Option<StaffId>,
    /// Closed: with what.
    pub outcome: Option<Outcome>,
    /// What was written.
    pub note: Option<String>,
}

impl Happening {
    /// Something of this kind, with nothing more to say.
    #[must_use]
    pub const fn of(kind: TaskEventKind) -> Self {
        Self { kind, call_result: None, next_try_at: None, to: None, outcome: None, note: None }
    }

    /// The same with what was written, if anything was.
    #[must_use]
    pub fn with_note(mut self, note: &str) -> Self {
        let note = note.trim();
        self.note = (!note.is_empty()).then(|| note.to_owned());
        self
    }
}

//! What a nurse works on, and how it can end.

mod action;
mod standing;
mod undo;

use super::codelist::codelist;

pub use action::{Action, Closing, Happening, NOTE_MAX, Refusal};
pub use standing::{Deadline, Standing};
pub use undo::{UNDO_SECONDS, UndoableStep, undo_seconds_left};

codelist! {
    /// Why a task exists.
    pub enum TaskKind: "task kind" {
        /// Flags of one infusion episode.
        Report = "report",
        /// Check-ins that were not answered.
        MissedCheckIn = "missed_check_in",
        /// Mail to the patient is refused for good.
        Unreachable = "unreachable",
        /// Somebody pressed "this is not me".
        NotThisPerson = "not_this_person",
        /// The patient stopped the mails that ask: somebody should know why.
        PromptsStopped = "prompts_stopped",
        /// The lot was not fit to be given, or not to this patient: ask how they are.
        LotEvent = "lot_event",
        /// Somebody must judge whether what a lot did to a patient is serious.
        Seriousness = "seriousness",
        /// Somebody must find out what went wrong with a lot.
        ProductQuality = "product_quality",
    }
}

codelist! {
    /// Whether a task is still to be done.
    pub enum TaskState: "task state" {
        /// In the queue.
        Open = "open",
        /// Ended by a named person with an outcome (or a missed check-in by its answer).
        Closed = "closed",
    }
}

codelist! {
    /// What happened to a task.
    pub enum TaskEventKind: "task event" {
        /// Opened.
        Opened = "opened",
        /// A higher level restarted the clock.
        Raised = "raised",
        /// A further report was attached.
        ReportAttached = "report_attached",
        /// A person took it: acknowledged.
        Taken = "taken",
        /// Given to another person.
        HandedOver = "handed_over",
        /// Put back for anybody.
        Released = "released",
        /// Taken, but nothing was done in time: it has to be taken again.
        RanOut = "ran_out",
        /// A call to the patient.
        Called = "called",
        /// A note.
        Note = "note",
        /// A derived grade was confirmed or changed.
        GradeConfirmed = "grade_confirmed",
        /// A term that only staff may grade was graded.
        StaffGraded = "staff_graded",
        /// Closed with an outcome.
        Closed = "closed",
        /// Opened again, with a reason.
        Reopened = "reopened",
        /// A missed check-in was answered after all.
        Answered = "answered",
        /// The patient was asked one more question.
        Asked = "asked",
        /// The patient reported after that question.
        QuestionAnswered = "question_answered",
        /// The step before was undone by who took it.
        Undone = "undone",
    }
}

codelist! {
    /// How a call went.
    pub enum CallResult: "call result" {
        /// Spoke with the patient.
        Reached = "reached",
        /// Nobody answered; the next try is planned.
        NoAnswer = "no_answer",
        /// The number is not the patient's.
        WrongNumber = "wrong_number",
    }
}

codelist! {
    /// How a task ended.
    pub enum Outcome: "outcome" {
        /// Advice was given by phone.
        AdviceGiven = "advice_given",
        /// Expected reaction; nothing to do.
        ExpectedReaction = "expected_reaction",
        /// Seen or to be seen by a physician of the clinic.
        PhysicianReview = "physician_review",
        /// Sent to an emergency department or hospital.
        SentToHospital = "sent_to_hospital",
        /// Already treated elsewhere.
        TreatedElsewhere = "treated_elsewhere",
        /// The patient could not be reached and all tries are used up.
        NotReached = "not_reached",
        /// Entered by mistake or a duplicate.
        EnteredInError = "entered_in_error",
        /// The missed check-in was answered.
        Answered = "answered",
        /// Judged: serious.
        Serious = "serious",
        /// Judged: not serious.
        NotSerious = "not_serious",
        /// The cause was found and told to whom it must be told.
        QualityReported = "quality_reported",
        /// Nothing is wrong with the lot.
        NoDefect = "no_defect",
    }
}

impl Outcome {
    /// Outcomes that a person may choose for work with a patient; [`Outcome::Answered`] is set
    /// by the answer itself.
    const OF_PATIENTS: [Self; 7] = [
        Self::AdviceGiven,
        Self::ExpectedReaction,
        Self::PhysicianReview,
        Self::SentToHospital,
        Self::TreatedElsewhere,
        Self::NotReached,
        Self::EnteredInError,
    ];

    /// Outcomes that a person may choose for a task of this kind.
    #[must_use]
    pub const fn choices(kind: TaskKind) -> &'static [Self] {
        match kind {
            TaskKind::Seriousness => &[Self::Serious, Self::NotSerious, Self::EnteredInError],
            TaskKind::ProductQuality => {
                &[Self::QualityReported, Self::NoDefect, Self::EnteredInError]
            }
            TaskKind::Report
            | TaskKind::MissedCheckIn
            | TaskKind::Unreachable
            | TaskKind::NotThisPerson
            | TaskKind::PromptsStopped
            | TaskKind::LotEvent => &Self::OF_PATIENTS,
        }
    }

    /// Whether it is a judgement that needs its grounds in the note (REFERENCE §5.1: the
    /// program never decides "not serious", and a person says why).
    #[must_use]
    pub const fn needs_grounds(self) -> bool {
        matches!(self, Self::Serious | Self::NotSerious | Self::QualityReported | Self::NoDefect)
    }

    /// Whether the outcome explains that nobody spoke with the patient.
    #[must_use]
    pub const fn explains_no_call(self) -> bool {
        matches!(
            self,
            Self::SentToHospital | Self::TreatedElsewhere | Self::NotReached | Self::EnteredInError
        )
    }
}

codelist! {
    /// The answer to "was this worth a flag?".
    pub enum WorthAFlag: "worth a flag" {
        /// Yes.
        Yes = "yes",
        /// No: noise.
        No = "no",
        /// Cannot say.
        Unsure = "unsure",
    }
}

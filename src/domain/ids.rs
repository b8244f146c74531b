//! Typed identifiers: a patient's id cannot be passed where an infusion's is meant.
//!
//! All are UUID version 7, so that they sort by creation and cannot be guessed
//! from one another's count. An id is a name, never a permission.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! typed_ids {
    ($( $(#[$meta:meta])* $name:ident, )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, later in order than all earlier ones.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a default identifier makes no sense")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// Wraps an identifier that was made elsewhere (tests, generated cohorts).
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare identifier.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

typed_ids! {
    /// A clinic.
    SiteId,
    /// A person who signs in.
    StaffId,
    /// A person who was given infusions.
    PatientId,
    /// A cell product.
    ProductId,
    /// One batch of a product.
    LotId,
    /// A series of infusions for one patient.
    CourseId,
    /// One infusion.
    InfusionId,
    /// Observations made in the chair in the first hours.
    ObservationId,
    /// A planned question "how are you?" after one infusion.
    CheckInId,
    /// A patient's link.
    LinkId,
    /// Hours of one person in the rota.
    ShiftId,
    /// One more question to a patient.
    QuestionId,
    /// An exception of a rota on some dates.
    RotaExceptionId,
    /// A version of a clinic's times of escalation.
    PolicyId,
    /// One step of telling people about a task.
    StepId,
    /// A call to a clinic's gateway.
    HookCallId,
    /// Answers that were begun and are saved step by step.
    DraftId,
    /// What one person told us once.
    ReportId,
    /// A staff member's judgement of a grade.
    ConfirmationId,
    /// A rule that fired.
    FlagId,
    /// What a nurse works on.
    TaskId,
    /// One entry of a task's history.
    TaskEventId,
    /// A step with a task that can still be undone.
    UndoId,
    /// An e-mail that is owed.
    OutboxId,
    /// One try at sending an e-mail.
    AttemptId,
    /// A key of another system.
    ApiTokenId,
    /// One version of a product's follow-up schedule.
    ScheduleVersionId,
    /// One version of the text of a letter.
    LetterTextId,
    /// One pause of a clinic's mail to patients.
    MailPauseId,
    /// One consent, given or withdrawn.
    ConsentId,
    /// An expected level that stays quiet for a while.
    SnoozeId,
    /// A late result that says a lot was not fit to be given.
    LotEventId,
}

//! Why something that was typed cannot be taken, by field. The pages choose the words.

use super::registry::{LotState, PatientState};

/// Why a value cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Nothing was entered where something must be.
    #[error("is missing")]
    Missing,
    /// More characters than there may be.
    #[error("has more than {0} characters")]
    TooLong(usize),
    /// A character that has no place here.
    #[error("must not contain {0:?}")]
    Character(char),
    /// No e-mail address.
    #[error("is not an e-mail address")]
    NotEmail,
    /// No phone number.
    #[error("is not a phone number of 5 to 20 digits")]
    NotPhone,
    /// Neither an e-mail address nor a phone number was given.
    #[error("needs an e-mail address or a phone number")]
    NoContact,
    /// No whole number.
    #[error("is not a whole number")]
    NotWhole,
    /// No number.
    #[error("is not a number")]
    NotNumber,
    /// More decimals than are kept.
    #[error("has more than {0} decimals")]
    TooPrecise(u32),
    /// Outside of what is possible.
    #[error("is not between {0} and {1}")]
    OutOfRange(String, String),
    /// No calendar day as YYYY-MM-DD.
    #[error("is not a date such as 2026-03-01")]
    NotDay,
    /// No time of day as HH:MM.
    #[error("is not a time such as 09:30")]
    NotTime,
    /// The wall clock jumped over this time.
    #[error("did not exist that day: the clock went from {0} to {1}")]
    SkippedTime(String, String),
    /// The wall clock showed this time twice.
    #[error("came twice that day ({0} and {1}): say which")]
    RepeatedTime(String, String),
    /// Later than now.
    #[error("is in the future")]
    Future,
    /// Ends before it starts.
    #[error("is before the start")]
    EndsBeforeStart,
    /// No IANA time zone.
    #[error("is not an IANA time zone such as Asia/Shanghai")]
    NotZone,
    /// None of the codes that may be chosen (they are listed).
    #[error("is not one of {0}")]
    NotChoice(String),
    /// Already in the registry.
    #[error("is already in the registry")]
    Taken,
    /// Already in an earlier line of the file.
    #[error("is already in line {0} of this file")]
    Repeated(u64),
    /// Not in the registry (or of another clinic: the two answer alike).
    #[error("is not in the registry")]
    Unknown,
    /// Kept for its history only.
    #[error("is no longer in use")]
    Inactive,
    /// A lot of own cells belongs to one patient.
    #[error("is needed: a lot of own cells belongs to one patient")]
    OwnNeedsPatient,
    /// A donor's lot belongs to nobody.
    #[error("must be empty: a donor's lot belongs to no single patient")]
    DonorHasPatient,
    /// The cells of the lot are not those that the product is made of.
    #[error("does not fit the product: own cells and donor cells are different products")]
    SourceOfAnotherKind,
    /// The own cells of somebody else.
    #[error("is made of another patient's cells: it must not be given")]
    LotOfAnotherPatient,
    /// Not the product of the course.
    #[error("is of another product than the course")]
    LotOfAnotherProduct,
    /// Must not be infused in this state.
    #[error("must not be given: it is {0:?}")]
    LotNotReleased(LotState),
    /// A result says contaminated or over the limit.
    #[error("must not be released: a test result is positive or over the limit")]
    ResultForbids,
    /// The lot was given to patients, so what it is must not change.
    #[error("cannot be changed: the lot was given already")]
    AlreadyGiven,
    /// This step between two states of a lot does not exist.
    #[error("cannot go from {0:?} to {1:?}")]
    LotStep(LotState, LotState),
    /// This step between two states of a patient does not exist.
    #[error("cannot go from {0:?} to {1:?}")]
    PatientStep(PatientState, PatientState),
    /// A reason must be given.
    #[error("needs a reason")]
    NeedsReason,
    /// Nobody who withdrew consent is followed up again without a new one.
    #[error("needs a new consent first")]
    NeedsConsent,
    /// Two values belong together.
    #[error("belongs with {0}")]
    Together(&'static str),
    /// Nothing was observed.
    #[error("needs at least one observation")]
    NothingObserved,
    /// Not of the patient that it is said to be of.
    #[error("is of another patient")]
    OfAnotherPatient,
    /// The link was sent as often as it may be within an hour.
    #[error("was sent several times within the last hour")]
    TooOften,
    /// The follow-up of the infusion has ended.
    #[error("is over")]
    Over,
    /// The newest report does not name it.
    #[error("is not in the newest report")]
    NotReported,
    /// It fires this rule, which no person may keep quiet.
    #[error("fires {0}, a rule of EMERGENCY: it is never quiet")]
    NeverQuiet(String),
    /// It fires no rule by itself.
    #[error("fires no rule by itself: there is nothing to keep quiet")]
    NothingToQuiet,
    /// It is kept quiet already.
    #[error("is kept quiet already")]
    QuietAlready,
    /// Several values fit, so that one must be said.
    #[error("fits several: say which")]
    Ambiguous,
}

/// A field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of the form field, which is also the column of an import file.
    pub field: &'static str,
    /// What is wrong.
    pub reason: Reason,
}

/// Everything that is wrong, in the order of the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Nothing is wrong so far.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Notes a problem.
    pub fn add(&mut self, field: &'static str, reason: Reason) {
        self.0.push(Problem { field, reason });
    }

    /// The value, or its problem noted.
    pub fn take<T>(&mut self, field: &'static str, value: Result<T, Reason>) -> Option<T> {
        value.map_err(|reason| self.add(field, reason)).ok()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Problem] {
        &self.0
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&Reason> {
        self.0.iter().find(|problem| problem.field == field).map(|problem| &problem.reason)
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

//! What a safety summary is made from: plain rows, already chosen for one period, one moment
//! ("as of") and the sites that the reader may see.

use super::super::codelist::Codelist;
use super::super::task::{Outcome, WorthAFlag};
use super::super::{InfusionId, Level, LotId, PatientId, ProductKind, SiteId, TaskId, Timestamp};

/// All rows of one summary.
#[derive(Debug, Clone)]
pub struct Input {
    /// The moment that the rows describe; what is still open is judged at it.
    pub as_of: Timestamp,
    /// Codes of the terms that every check-in asks about, in the order of the catalogue.
    pub solicited: Vec<String>,
    /// The infusions of the period, each once.
    pub infusions: Vec<InfusionRow>,
    /// Symptoms that belong to these infusions.
    pub symptoms: Vec<SymptomRow>,
    /// Flags that were raised for these infusions.
    pub flags: Vec<FlagRow>,
    /// Tasks of these infusions.
    pub tasks: Vec<TaskRow>,
    /// What was promised; [`Target::usual`] unless the clinic's rule set says otherwise.
    pub targets: Vec<Target>,
}

/// One infusion and how its follow-up was answered.
#[derive(Debug, Clone)]
pub struct InfusionRow {
    pub site: SiteId,
    pub patient: PatientId,
    pub infusion: InfusionId,
    pub product: ProductKind,
    /// Nothing when the lot was not recorded.
    pub lot: Option<LotId>,
    /// Code of the phase of the course.
    pub phase: String,
    /// Counted from 1 within the course.
    pub number_in_course: u32,
    /// End of the infusion.
    pub t0: Timestamp,
    /// Check-ins that fell due; superseded and cancelled ones are left out.
    pub check_ins: Vec<CheckInRow>,
    /// Whether any check-in up to D3 was completed.
    pub answered_by_d3: bool,
}

/// One check-in that fell due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInRow {
    /// Code such as `D1`.
    pub code: String,
    pub state: CheckInState,
}

/// What became of a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckInState {
    /// Still open and not answered; neither answered nor missed yet.
    Waiting,
    /// Answered, perhaps after it closed, perhaps to a nurse on the telephone.
    Answered { is_late: bool, by_phone: bool },
    /// Closed without an answer. Not the same as "no reaction".
    Missed,
}

/// One symptom of one report.
#[derive(Debug, Clone)]
pub struct SymptomRow {
    pub patient: PatientId,
    pub infusion: InfusionId,
    /// Code of the term; `OTHER` and every code that is not solicited are unsolicited.
    pub term: String,
    /// From the patient's own answers, 0 to 5.
    pub derived_grade: Option<u8>,
    /// From a nurse or physician, 0 to 5; wins.
    pub confirmed_grade: Option<u8>,
    /// Version of CTCAE that the grade follows.
    pub ctcae_version: String,
    /// Start of the symptom in hours after T0; nothing when it is not known.
    pub onset_h: Option<f64>,
    pub standing: Standing,
}

impl SymptomRow {
    /// The grade that counts.
    #[must_use]
    pub fn grade(&self) -> Option<u8> {
        self.confirmed_grade.or(self.derived_grade)
    }

    /// Whether it is a reaction after this infusion: not known before, not taken back, not graded
    /// as absent.
    #[must_use]
    pub fn is_reaction(&self) -> bool {
        self.standing == Standing::Counted && self.grade() != Some(0)
    }
}

/// Whether a symptom counts as a reaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Counted,
    /// There before this infusion and unchanged: stored, not counted.
    KnownBefore,
    /// Taken back by a later version of the report.
    Dropped,
}

/// One rule that fired.
#[derive(Debug, Clone)]
pub struct FlagRow {
    /// The rule, such as `U03`.
    pub rule: String,
    pub level: Level,
    /// The task that the flag became part of.
    pub task: Option<TaskId>,
}

/// One task of the nurses' queue.
#[derive(Debug, Clone)]
pub struct TaskRow {
    pub task: TaskId,
    pub level: Level,
    /// When the server received what caused it; every clock starts here.
    pub received_at: Timestamp,
    pub acknowledged_at: Option<Timestamp>,
    /// When the patient was reached.
    pub reached_at: Option<Timestamp>,
    pub end: Option<TaskEnd>,
}

/// How a task was closed.
#[derive(Debug, Clone)]
pub struct TaskEnd {
    pub at: Timestamp,
    /// Code of the outcome.
    pub outcome: String,
    /// Whether anything was done for the patient.
    pub acted_on: bool,
    /// The nurse's answer to "was this worth a flag?", if it was given.
    pub worth_flag: Option<bool>,
}

impl TaskEnd {
    /// Something was done when advice was given, a physician saw the patient, or the patient was
    /// sent to a hospital or treated elsewhere. An expected reaction, a patient who was never
    /// reached, a mistake and a late answer are ends at which nothing was done.
    #[must_use]
    pub fn new(at: Timestamp, outcome: Outcome, worth: Option<WorthAFlag>) -> Self {
        let acted_on = matches!(
            outcome,
            Outcome::AdviceGiven
                | Outcome::PhysicianReview
                | Outcome::SentToHospital
                | Outcome::TreatedElsewhere
        );
        let worth_flag = match worth {
            Some(WorthAFlag::Yes) => Some(true),
            Some(WorthAFlag::No) => Some(false),
            Some(WorthAFlag::Unsure) | None => None,
        };
        Self { at, outcome: outcome.code().to_owned(), acted_on, worth_flag }
    }
}

/// What a target measures, from the receipt by the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Until somebody took the task.
    Acknowledge,
    /// Until the patient was reached.
    Contact,
    /// Until the task was closed or the patient was reached, whichever was first.
    Review,
}

impl Measure {
    /// Stable code for files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Contact => "contact",
            Self::Review => "review",
        }
    }
}

/// A promise: `measure` of tasks of `level` within so many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub level: Level,
    pub measure: Measure,
    pub minutes: u32,
}

impl Target {
    /// The targets of REFERENCE §4.2.
    #[must_use]
    pub fn usual() -> Vec<Self> {
        use Level::{Emergency, Routine, Soon, Urgent};
        use Measure::{Acknowledge, Contact, Review};
        [
            (Emergency, Acknowledge, 15),
            (Emergency, Contact, 30),
            (Urgent, Acknowledge, 30),
            (Urgent, Contact, 2 * 60),
            (Soon, Contact, 24 * 60),
            (Routine, Review, 72 * 60),
        ]
        .map(|(level, measure, minutes)| Self { level, measure, minutes })
        .into()
    }
}

//! What one report (or one missed check-in) tells the grades and the rules: the
//! `input` object of REFERENCE §1.3, checked.
//!
//! JSON is the one way in, for the patient's form, for staff, for other systems
//! and for replaying what was stored. [`Input::from_json`] is strict: unknown
//! keys and codes are refused, since a mistyped danger sign must not vanish, and
//! everything wrong is named at once. [`Input::from_draft`] is for a report that
//! is still being written: it keeps what is usable and says what is not.
//!
//! Times are hours relative to the infusion, as REFERENCE §0.1 defines them, and
//! are not checked against each other here; whoever turns dates into hours does that.

mod parse;
mod problem;
mod reader;
mod symptom;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::codelist::codelist;
use super::grading::{Answers, Grade, SymptomCode, Temperature};
use super::product::ProductKind;

pub use problem::{Expected, Problem, Reason};
pub use write::decimal_to_json;

codelist! {
    /// A yes/no question about the whole report.
    pub enum ReportFlag: "report flag" {
        /// Throat tight, hoarse, noisy breathing in.
        ThroatTight = "throat_tight",
        /// Whistling breath.
        Wheeze = "wheeze",
        /// Sudden redness and heat of face or body.
        Flushing = "flushing",
        /// Face droop, or weakness of arm or leg on one side.
        OneSidedWeakness = "one_sided_weakness",
        /// Yellow eyes or skin.
        Jaundice = "jaundice",
        /// No urine for 12 h.
        NoUrine12h = "no_urine_12h",
        /// Was admitted to a hospital.
        Hospitalised = "hospitalised",
        /// Was in an emergency department.
        EdVisit = "ed_visit",
        /// Was in danger of death.
        LifeThreatening = "life_threatening",
        /// Is left with a disability.
        Disability = "disability",
        /// Died.
        Death = "death",
        /// Asks for a call.
        CallMe = "call_me",
        /// Pregnancy or exposure during one.
        Pregnancy = "pregnancy",
    }
}

codelist! {
    /// A value measured at rest.
    pub enum Vital: "vital sign" {
        /// Systolic blood pressure, mmHg.
        Sbp = "sbp",
        /// Heart rate, per minute.
        Hr = "hr",
        /// Oxygen saturation, %.
        Spo2 = "spo2",
        /// Breaths per minute.
        Rr = "rr",
    }
}

impl Vital {
    /// The whole numbers that are accepted (REFERENCE §0.6).
    #[must_use]
    pub const fn range(self) -> (i64, i64) {
        match self {
            Self::Sbp => (40, 300),
            Self::Hr => (20, 300),
            Self::Spo2 => (50, 100),
            Self::Rr => (4, 80),
        }
    }
}

/// All that the grades and the rules may depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What the clinic knows about the patient.
    pub history: History,
    /// Submission minus `T0`, in hours; may be negative.
    pub hours_since_infusion: Decimal,
    /// The last report of the same infusion episode.
    pub previous_report: Option<PreviousReport>,
    /// What was reported; a schedule event has none.
    pub report: Option<Report>,
    /// What the schedule of check-ins says.
    pub schedule: Schedule,
}

/// What the clinic knows about the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Whose cells were infused; from the infusion record, never from the patient.
    pub product: ProductKind,
    /// Set by staff: weak defences against infection (REFERENCE §1.3).
    pub infection_risk: bool,
    /// Symptoms with a confirmed grade of 3 or more after an earlier infusion.
    pub prior_severe: BTreeSet<SymptomCode>,
}

/// The last report of the same infusion episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousReport {
    /// Hours before this report; `None` only in a draft.
    pub hours_before: Option<Decimal>,
    /// Its grades.
    pub grades: BTreeMap<SymptomCode, Grade>,
}

/// What the schedule of check-ins says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Schedule {
    /// The check-in of day 1 is overdue.
    pub d1_overdue: bool,
    /// Check-ins missed in a row, the one of hour 4 not counted.
    pub consecutive_missed: Option<u32>,
    /// A later check-in was closed unanswered.
    pub later_missed: bool,
}

/// What one person told us once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The highest temperature since the last report.
    pub temp: Option<TempReading>,
    /// Feels feverish.
    pub feels_feverish: bool,
    /// When the feverish feeling was, without a thermometer.
    pub feverish: Option<Timing>,
    /// Values measured at rest.
    pub vitals: BTreeMap<Vital, Decimal>,
    /// Yes/no questions answered yes.
    pub flags: BTreeSet<ReportFlag>,
    /// Words of the patient's own.
    pub free_text: Option<String>,
    /// The symptoms entered.
    pub symptoms: BTreeMap<SymptomCode, Symptom>,
}

/// A measured temperature with its circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TempReading {
    /// The reading.
    pub temperature: Temperature,
    /// Fever medicine in the last 6 h.
    pub antipyretic_6h: bool,
    /// Hours above 40.0 °C.
    pub hours_over_40: Option<Decimal>,
    /// When.
    pub timing: Timing,
}

/// One symptom as entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// The answers to its questions.
    pub answers: Answers,
    /// When.
    pub timing: Timing,
}

/// When something began and ended (REFERENCE §0.1), in hours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timing {
    /// Start minus `T0`; negative when it began before the infusion.
    pub onset_h: Option<Decimal>,
    /// How long it lasted, or has lasted so far.
    pub duration_h: Option<Decimal>,
    /// Hours since it ended; `None` while it lasts.
    pub resolved_h_ago: Option<Decimal>,
    /// Was there before the infusion.
    pub preexisting: bool,
    /// Became worse since.
    pub worse: Option<bool>,
}

impl Timing {
    /// Known before and not worse: kept, shown, and ignored by grades and rules (REFERENCE §0.4).
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.preexisting && self.worse == Some(false)
    }

    /// Over for at least 24 h, so that it counts as historic (REFERENCE §4.4 step 4).
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.resolved_h_ago.is_some_and(|hours| hours >= Decimal::from(24))
    }
}

impl Input {
    /// Reads and checks an input. The error names everything that is wrong.
    pub fn from_json(value: &Value) -> Result<Self, Vec<Problem>> {
        match parse::input(value) {
            (Some(input), problems) if problems.is_empty() => Ok(input),
            (_, problems) => Err(problems),
        }
    }

    /// Reads as much as is usable of a report that is still being written, and
    /// says what is missing or wrong. Symptoms are kept with the answers they
    /// have so far. Use it only to see danger signs early: what comes of it is
    /// not the assessment of the report.
    ///
    /// Fails only when `history.product` or `hours_since_infusion` is unusable;
    /// those come from the infusion's record.
    pub fn from_draft(value: &Value) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        match parse::input(value) {
            (Some(input), problems) => Ok((input, problems)),
            (None, problems) => Err(problems),
        }
    }

    /// Writes the input as JSON that [`Self::from_json`] reads back to the same value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        write::input(self)
    }
}

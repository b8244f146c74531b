//! A condition whose names and types are right.

use rust_decimal::Decimal;

use super::super::grading::SymptomCode;
use super::super::input::{ReportFlag, Vital};
use super::trace::Relation;

/// A symptom code, fixed or the one that `any` or `count` is looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodeRef {
    Fixed(SymptomCode),
    Bound,
}

/// A value of a report that a condition may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Hours,
    Product,
    InfectionRisk,
    PreviousHours,
    /// The adjusted temperature; 38.0 for an unmeasured fever.
    Temp,
    TempOnset,
    TempDuration,
    HoursOver40,
    Antipyretic,
    /// When the fever began: of `temp`, or of `feverish` when unmeasured.
    FeverOnset,
    FeverDuration,
    FeelsFeverish,
    Vital(Vital),
    Flag(ReportFlag),
    D1Overdue,
    ConsecutiveMissed,
    LaterMissed,
    Grade(CodeRef),
    Previous(CodeRef),
    Present(CodeRef),
    Onset(CodeRef),
    Duration(CodeRef),
    Answer(SymptomCode, &'static str),
}

/// A number of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    Number(Decimal),
    Field(Field),
}

/// The codes that `any` and `count` go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CodeSet {
    Fixed(Vec<SymptomCode>),
    /// The patient's own list, without these.
    PriorSevere(Vec<SymptomCode>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    All(Vec<Self>),
    Either(Vec<Self>),
    Not(Box<Self>),
    Compare {
        left: Operand,
        relation: Relation,
        right: Operand,
    },
    Within {
        field: Field,
        low: Decimal,
        high: Decimal,
    },
    /// A yes/no value is yes.
    Yes(Field),
    /// A code is this one.
    Chosen {
        field: Field,
        choice: &'static str,
    },
    Any {
        set: CodeSet,
        body: Box<Self>,
    },
    Count {
        set: CodeSet,
        body: Box<Self>,
        relation: Relation,
        limit: Decimal,
    },
    /// Within the expected window of the product.
    Expected(CodeRef),
    /// The rule with this place in the set fired in the same pass.
    Fired(usize),
    /// A phrase of the list with this place was found.
    Says(usize),
}

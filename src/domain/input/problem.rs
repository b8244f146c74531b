//! What can be wrong with an input. The words are in `i18n`.

use super::super::grading::Unit;

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The path from the input's root, such as `report.symptoms.FATIGUE.adl`;
    /// empty for the input as a whole.
    pub field: String,
    /// Why.
    pub reason: Reason,
}

/// What should have stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A JSON object.
    Object,
    /// A list.
    List,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
}

/// Why a field is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Required and not given.
    Missing,
    /// No such field.
    UnknownKey,
    /// No such symptom code.
    UnknownCode,
    /// The code follows from `temp` or `vitals` and cannot be entered.
    MeasuredCode,
    /// Only staff grade this term.
    StaffCode,
    /// Not of the right type.
    WrongType(Expected),
    /// Outside the accepted range; `max` is `None` without upper limit.
    OutOfRange {
        /// Smallest accepted value.
        min: i64,
        /// Largest accepted value.
        max: Option<i64>,
    },
    /// More digits than any measurement has; not a usable number.
    TooLarge,
    /// Must be a whole number.
    NotWhole,
    /// Has more decimals than this.
    TooManyDecimals(u32),
    /// Not one of these codes.
    UnknownChoice(Vec<&'static str>),
    /// Longer than so many characters.
    TooLong(usize),
    /// Has no visible character.
    Blank,
    /// A body temperature in the other unit.
    UnitSlip(Unit),
    /// At least one of these fields must be true.
    NeedsOneOf(Vec<&'static str>),
}

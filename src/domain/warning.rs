//! What looks odd but may be true: said, confirmed by a person, and kept with the entry.

use super::registry::PatientState;
use super::time::Day;

/// Something odd about an entry that makes sense otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The infusion is before the first day of its course.
    BeforeCourse(Day),
    /// The infusion is after the last day of its course.
    AfterCourse(Day),
    /// The infusion is before the day when the lot was released.
    BeforeRelease(Day),
    /// The release of the lot has no day.
    NoReleaseDay,
    /// An infusion with a lower number in the course is later.
    OutOfOrder(i32),
    /// The patient has another infusion that day.
    SameDay,
    /// It took longer than half a day.
    Long,
    /// More infusions than the course plans.
    MoreThanPlanned(i32),
    /// No consent was in force that day.
    NoConsent,
    /// The patient is not followed up at present.
    NotFollowedUp(PatientState),
    /// Days of the lot are not in the order collection, culture, release.
    LotDaysDisordered,
    /// Another patient of the clinic has the same birth year and address or phone number.
    LikelyDuplicate(String),
}

impl Warning {
    /// A stable name for the audit trail.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BeforeCourse(_) => "before_course",
            Self::AfterCourse(_) => "after_course",
            Self::BeforeRelease(_) => "before_release",
            Self::NoReleaseDay => "no_release_day",
            Self::OutOfOrder(_) => "out_of_order",
            Self::SameDay => "same_day",
            Self::Long => "long",
            Self::MoreThanPlanned(_) => "more_than_planned",
            Self::NoConsent => "no_consent",
            Self::NotFollowedUp(_) => "not_followed_up",
            Self::LotDaysDisordered => "lot_days_disordered",
            Self::LikelyDuplicate(_) => "likely_duplicate",
        }
    }
}

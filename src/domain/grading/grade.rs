//! How bad a symptom is.

use std::fmt;

/// A CTCAE grade, 0 (absent) to 5 (death).
///
/// Severity only: what an event led to (seriousness) and how soon a person must
/// act (urgency) are other types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade(u8);

impl Grade {
    /// Absent.
    pub const ABSENT: Self = Self(0);
    /// Mild.
    pub const MILD: Self = Self(1);
    /// Moderate.
    pub const MODERATE: Self = Self(2);
    /// Severe.
    pub const SEVERE: Self = Self(3);
    /// Life-threatening.
    pub const LIFE_THREATENING: Self = Self(4);
    /// Death. Never derived from answers (REFERENCE §0.4).
    pub const DEATH: Self = Self(5);

    /// The grade of this number, if it is one (0 to 5).
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number <= 5 { Some(Self(number)) } else { None }
    }

    /// The number, 0 to 5.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

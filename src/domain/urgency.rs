//! How soon a person must act (REFERENCE §4.2). Not how bad it is, and not what it led to.

use super::codelist::codelist;

codelist! {
    /// The urgency of a report, a flag or a task, from least to most.
    pub enum Level: "level" {
        /// Nothing to do.
        None = "NONE",
        /// Review within 72 h.
        Routine = "ROUTINE",
        /// Contact within 24 h.
        Soon = "SOON",
        /// Acknowledge within 30 min, reach the patient within 2 h.
        Urgent = "URGENT",
        /// Page the on-call nurse: acknowledge within 15 min, reach the patient within 30 min.
        Emergency = "EMERGENCY",
    }
}

impl Level {
    /// One level lower, as historic events count (REFERENCE §4.4 step 4); ROUTINE stays.
    #[must_use]
    pub const fn one_lower(self) -> Self {
        match self {
            Self::Emergency => Self::Urgent,
            Self::Urgent => Self::Soon,
            Self::Soon | Self::Routine => Self::Routine,
            Self::None => Self::None,
        }
    }
}

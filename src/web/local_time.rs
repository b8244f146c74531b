//! Instants as people of a clinic read them: on its wall clock, with the offset.

use crate::domain::{Timestamp, Zone};

/// An instant for a `<time>` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// RFC 3339 in UTC, for machines.
    pub utc: String,
    /// The clinic's wall clock with its offset, for people.
    pub local: String,
}

impl Shown {
    /// An instant on a clinic's clock.
    #[must_use]
    pub fn new(instant: Timestamp, zone: &Zone) -> Self {
        Self {
            utc: instant.to_string(),
            local: instant.at(zone.jiff()).strftime("%Y-%m-%d %H:%M (%:z)").to_string(),
        }
    }
}

//! Which infusions a page or a file is about.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::domain::{Day, ProductId, Scope, SiteId, Timestamp, Zone};
use crate::store::chosen::Chosen;
use crate::store::sites::{self, Site};
use crate::store::{Connection, Result};

/// One end of a period as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// A whole day in the zone of each clinic.
    Day(Day),
    /// An instant.
    Instant(Timestamp),
}

/// Why a text is no end of a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither a day such as 2026-03-01 nor a time such as 2026-03-01T08:00:00+08:00")]
pub struct BoundError(pub String);

impl FromStr for Bound {
    type Err = BoundError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let instant = || text.parse().map(Self::Instant);
        // A day alone: jiff would also read a day out of a longer text.
        let day = text.len() == 10;
        if day { text.parse().map(Self::Day) } else { instant() }
            .map_err(|_| BoundError(text.to_owned()))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Instant(instant) => instant.fmt(f),
        }
    }
}

impl Bound {
    fn start(self, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => day.start(zone.jiff()),
            Self::Instant(instant) => Some(instant),
        }
    }

    /// The first instant after it: a day counts whole.
    fn end(self, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::Day(day) => day.plus_days(1).start(zone.jiff()),
            Self::Instant(instant) => Some(instant),
        }
    }
}

/// What was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    /// One clinic; all in scope when there is none.
    pub site: Option<SiteId>,
    /// `T0` from here.
    pub from: Option<Bound>,
    /// `T0` up to and with this day, or before this instant.
    pub to: Option<Bound>,
    /// One product; all when there is none.
    pub product: Option<ProductId>,
}

/// What will be read: clinics by code, each with its own period, under one cut-off.
#[derive(Debug, Clone)]
pub struct Selection {
    /// What was asked for.
    pub wish: Wish,
    /// The clinics that it concerns.
    pub sites: Vec<Site>,
    /// The cut-off.
    pub as_of: Timestamp,
}

impl Selection {
    /// Settles what is read. A clinic out of scope is not found: none.
    pub fn settle(
        conn: &mut Connection,
        scope: &Scope,
        wish: Wish,
        now: Timestamp,
    ) -> Result<Option<Self>> {
        let mut sites = sites::list(conn, scope)?;
        if let Some(wanted) = wish.site {
            sites.retain(|site| site.id == wanted);
            if sites.is_empty() {
                return Ok(None);
            }
        }
        Ok(Some(Self { wish, sites, as_of: now }))
    }

    /// The scope of the clinics that it concerns.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::of(self.sites.iter().map(|site| site.id))
    }

    /// What is read of one clinic.
    #[must_use]
    pub fn chosen(&self, site: &Site) -> Chosen {
        Chosen {
            site: site.id,
            from: self.wish.from.and_then(|bound| bound.start(&site.time_zone)),
            until: self.wish.to.and_then(|bound| bound.end(&site.time_zone)),
            product: self.wish.product,
            as_of: self.as_of,
        }
    }

    /// The filter for the audit trail.
    #[must_use]
    pub fn filter(&self) -> Value {
        json!({
            "site": self.wish.site.map(|site| site.to_string()),
            "from": self.wish.from.map(|bound| bound.to_string()),
            "to": self.wish.to.map(|bound| bound.to_string()),
            "product": self.wish.product.map(|product| product.to_string()),
            "as_of": self.as_of.to_string(),
        })
    }
}

/// An instant on the wall clock of a clinic, ISO 8601 with its offset, to the second.
#[must_use]
pub fn local(at: Timestamp, zone: &Zone) -> String {
    at.at(zone.jiff()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Ten years, such as `60-69`; nobody over 89 is told apart, as there are few.
#[must_use]
pub fn age_band(age: i32) -> String {
    match age {
        ..0 => String::new(),
        90.. => "90+".to_owned(),
        _ => format!("{}-{}", age / 10 * 10, age / 10 * 10 + 9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_whole_on_the_wall_clock_of_the_clinic() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let day: Bound = "2026-03-01".parse().unwrap();
        assert_eq!(day.start(&zone).unwrap().to_string(), "2026-02-28T16:00:00.000Z");
        assert_eq!(day.end(&zone).unwrap().to_string(), "2026-03-01T16:00:00.000Z");
        let instant: Bound = "2026-03-01T08:00:00+08:00".parse().unwrap();
        assert_eq!(instant.start(&zone), instant.end(&zone));
        assert_eq!(instant.to_string(), "2026-03-01T00:00:00.000Z");
    }

    #[test]
    fn what_is_neither_day_nor_time_is_refused() {
        for text in ["", "today", "2026-3-1", "2026-02-30", "2026-03-01T08:00", "2026-03-01 junk"] {
            assert!(text.parse::<Bound>().is_err(), "{text}");
        }
    }

    #[test]
    fn ages_stand_in_bands() {
        let cases = [(-1, ""), (0, "0-9"), (9, "0-9"), (65, "60-69"), (89, "80-89"), (90, "90+")];
        for (age, band) in cases {
            assert_eq!(age_band(age), band);
        }
    }

    #[test]
    fn times_carry_the_offset_of_the_clinic() {
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let at: Timestamp = "2026-03-01T02:00:00.500Z".parse().unwrap();
        assert_eq!(local(at, &zone), "2026-03-01T10:00:00+08:00");
    }
}

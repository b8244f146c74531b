//! Instants and calendar days, in the only forms that the database holds.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Unit, Zoned};
use rust_decimal::Decimal;

/// An instant in UTC, to the millisecond.
///
/// Its text (`2026-01-01T00:00:00.000Z`) has a fixed width, so that text order
/// is time order in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// Cuts to the millisecond: what is finer is not stored.
    #[must_use]
    pub fn new(instant: jiff::Timestamp) -> Self {
        Self(jiff::Timestamp::from_millisecond(instant.as_millisecond()).unwrap_or(instant))
    }

    /// The instant as jiff knows it.
    #[must_use]
    pub const fn jiff(self) -> jiff::Timestamp {
        self.0
    }

    /// The same instant on a wall clock.
    #[must_use]
    pub fn at(self, zone: &TimeZone) -> Zoned {
        self.0.to_zoned(zone.clone())
    }

    /// The calendar day on a wall clock.
    #[must_use]
    pub fn day(self, zone: &TimeZone) -> Day {
        Day(self.at(zone).date())
    }

    /// Time that passed since `earlier`; negative when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> SignedDuration {
        self.0.duration_since(earlier.0)
    }

    /// Exact hours since `earlier`, rounded half up to 0.0001 h (about a third of a second).
    #[must_use]
    pub fn hours_since(self, earlier: Self) -> Decimal {
        let milliseconds = Decimal::from(self.0.as_millisecond() - earlier.0.as_millisecond());
        (milliseconds / Decimal::from(3_600_000)).round_dp(4)
    }

    /// Later by a duration; stays at the end of time rather than fail.
    #[must_use]
    pub fn plus(self, duration: SignedDuration) -> Self {
        Self::new(self.0.saturating_add(duration).unwrap_or(self.0))
    }

    /// Earlier by a duration.
    #[must_use]
    pub fn minus(self, duration: SignedDuration) -> Self {
        self.plus(-duration)
    }

    /// Later by whole hours.
    #[must_use]
    pub fn plus_hours(self, hours: i64) -> Self {
        self.plus(SignedDuration::from_hours(hours))
    }

    /// Later by whole minutes.
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus(SignedDuration::from_mins(minutes))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl FromStr for Timestamp {
    type Err = jiff::Error;

    /// Reads RFC 3339 with any offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(Self::new)
    }
}

/// A calendar day without a zone, as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// Wraps jiff's date.
    #[must_use]
    pub const fn new(date: Date) -> Self {
        Self(date)
    }

    /// The date as jiff knows it.
    #[must_use]
    pub const fn date(self) -> Date {
        self.0
    }

    /// The first instant of the day in a zone (after a gap: the first that exists).
    #[must_use]
    pub fn start(self, zone: &TimeZone) -> Option<Timestamp> {
        let zoned = self.0.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::new(zoned.timestamp()))
    }

    /// The day so many days later (or earlier when negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(days)))
    }

    /// Whole days since `earlier`; negative when `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.since((Unit::Day, earlier.0)).map_or(0, |span| i64::from(span.get_days()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.trim().parse::<Date>().map(Self)
    }
}

/// Why a text is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an IANA time zone such as Asia/Shanghai")]
pub struct UnknownZone(pub String);

/// An IANA time zone that is known to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Looks the name up in the time zone database.
    pub fn parse(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name.trim())
            .ok()
            .filter(|zone| zone.iana_name().is_some())
            .map(Self)
            .ok_or_else(|| UnknownZone(name.to_owned()))
    }

    /// Coordinated universal time, for pages that know no clinic.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The zone as jiff knows it.
    #[must_use]
    pub const fn jiff(&self) -> &TimeZone {
        &self.0
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_instants_sorts_as_time() {
        let whole: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let half: Timestamp = "2026-01-01T00:00:00.5Z".parse().unwrap();
        assert_eq!(whole.to_string(), "2026-01-01T00:00:00.000Z");
        assert!(whole < half && whole.to_string() < half.to_string());
    }

    #[test]
    fn hours_are_counted_on_instants_not_on_wall_clocks() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let before: Timestamp = "2026-03-28T12:00:00+01:00".parse().unwrap();
        let after: Timestamp = "2026-03-29T12:00:00+02:00".parse().unwrap();
        assert_eq!(after.hours_since(before), Decimal::from(23));
        assert_eq!(after.day(zone.jiff()).days_since(before.day(zone.jiff())), 1);
    }

    #[test]
    fn a_zone_must_exist() {
        assert!(Zone::parse("Asia/Shanghai").is_ok());
        assert!(Zone::parse("Asia/Shangai").is_err());
        assert!(Zone::parse("").is_err());
    }
}

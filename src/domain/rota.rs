//! Who is on duty when: weekly hours by the clinic's own clock, cover for the rest, and the
//! dates on which it is otherwise.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::chain::Audience;
use super::{Day, ShiftId, StaffId, Timestamp};

mod exception;

pub use exception::{Exception, ExceptionKind, MOST_DAYS};

/// Minutes of a day.
pub const DAY_MIN: i32 = 1_440;
/// How far ahead the rota is looked at, in days.
pub const DAYS_AHEAD: i64 = 14;

/// Hours that come every week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    /// Monday is 1, Sunday 7.
    pub weekday: i32,
    /// Minutes after midnight on the wall, 0 to 1439.
    pub from_min: i32,
    /// The same; not later than `from_min` means on the next day, equal means 24 hours.
    pub to_min: i32,
}

impl Hours {
    /// Whether these are hours that a week has.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let minute = 0..DAY_MIN;
        (1..=7).contains(&self.weekday)
            && minute.contains(&self.from_min)
            && minute.contains(&self.to_min)
    }

    /// When they begin and end on a day, if it is their weekday. Where the clock is put
    /// forward or back, the wall time that comes first counts.
    fn on(&self, day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if i32::from(day.weekday().to_monday_one_offset()) != self.weekday {
            return None;
        }
        let end = if self.to_min > self.from_min { day } else { day.tomorrow().ok()? };
        Some((instant(day, self.from_min, zone)?, instant(end, self.to_min, zone)?))
    }
}

fn instant(day: Date, minute: i32, zone: &TimeZone) -> Option<Timestamp> {
    let hour = i8::try_from(minute / 60).ok()?;
    let time = Time::new(hour, i8::try_from(minute % 60).ok()?, 0, 0).ok()?;
    Some(Timestamp::new(day.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp()))
}

/// One person's place in the rota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Which.
    pub id: ShiftId,
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub audience: Audience,
    /// When; none is cover: whenever nobody else has hours for it.
    pub hours: Option<Hours>,
}

/// All that a clinic has laid down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rota {
    /// What comes every week, and cover.
    pub shifts: Vec<Shift>,
    /// What is otherwise on some dates.
    pub exceptions: Vec<Exception>,
}

/// A time from and until.
pub type Span = (Timestamp, Timestamp);

/// The days of a span, and the one before: hours that began then may still run.
fn days((from, until): Span, zone: &TimeZone) -> Vec<Day> {
    let last = until.day(zone);
    let mut found = Vec::new();
    let mut day = from.day(zone).plus_days(-1);
    while day <= last {
        found.push(day);
        let next = day.plus_days(1);
        if next <= day {
            break;
        }
        day = next;
    }
    found
}

fn spans(rota: &Rota, audience: Audience, within: Span, zone: &TimeZone) -> Vec<(Span, StaffId)> {
    let (from, until) = within;
    let mut found = Vec::new();
    for day in days(within, zone) {
        for shift in rota.shifts.iter().filter(|shift| shift.audience == audience) {
            if let Some(hours) = shift.hours
                && !rota.is_without_hours(audience, shift.staff, day)
                && let Some(span) = hours.on(day.date(), zone)
            {
                found.push((span, shift.staff));
            }
        }
        for (staff, (from_min, to_min)) in rota.on_date(audience, day) {
            let weekday = i32::from(day.date().weekday().to_monday_one_offset());
            let hours = Hours { weekday, from_min, to_min };
            found.extend(hours.on(day.date(), zone).map(|span| (span, staff)));
        }
    }
    found.retain(|((start, end), _)| *end > from && *start < until);
    found.sort_unstable();
    found
}

/// Who is on duty at an instant: whoever has hours, otherwise whoever covers.
#[must_use]
pub fn people_at(rota: &Rota, audience: Audience, at: Timestamp, zone: &TimeZone) -> Vec<StaffId> {
    let around = (at, at.plus_minutes(1));
    let mut people: Vec<StaffId> = spans(rota, audience, around, zone)
        .into_iter()
        .filter(|((start, end), _)| *start <= at && at < *end)
        .map(|(_, staff)| staff)
        .collect();
    if people.is_empty() {
        people = rota.cover_on(audience, at.day(zone));
    }
    people.sort_unstable();
    people.dedup();
    people
}

/// The times within a span at which nobody would be on duty.
#[must_use]
pub fn gaps(rota: &Rota, audience: Audience, within: Span, zone: &TimeZone) -> Vec<Span> {
    let mut covered: Vec<Span> =
        spans(rota, audience, within, zone).into_iter().map(|(span, _)| span).collect();
    for day in days(within, zone) {
        if !rota.cover_on(audience, day).is_empty() {
            covered.extend(day.start(zone).zip(day.plus_days(1).start(zone)));
        }
    }
    covered.sort_unstable();
    let (mut covered_until, until) = within;
    let mut found = Vec::new();
    for (start, end) in covered {
        if start >= until {
            break;
        }
        if start > covered_until {
            found.push((covered_until, start));
        }
        covered_until = covered_until.max(end);
    }
    if covered_until < until {
        found.push((covered_until, until));
    }
    found
}

/// The next hand-over within the days ahead: when others are on duty than now, and who.
#[must_use]
pub fn next_hand_over(
    rota: &Rota,
    audience: Audience,
    now: Timestamp,
    zone: &TimeZone,
) -> Option<(Timestamp, Vec<StaffId>)> {
    let present = people_at(rota, audience, now, zone);
    let ahead = (now, now.plus_hours(24 * DAYS_AHEAD));
    let mut changes: Vec<Timestamp> = spans(rota, audience, ahead, zone)
        .into_iter()
        .flat_map(|((start, end), _)| [start, end])
        // Who is away is so from midnight on.
        .chain(days(ahead, zone).into_iter().filter_map(|day| day.start(zone)))
        .filter(|at| *at > now)
        .collect();
    changes.sort_unstable();
    changes.dedup();
    changes
        .into_iter()
        .map(|at| (at, people_at(rota, audience, at, zone)))
        .find(|(_, people)| *people != present)
}

#[cfg(test)]
mod tests;

//! Who is on duty when: weekly hours by the clinic's own clock, and cover for the rest.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::chain::Audience;
use super::{ShiftId, StaffId, Timestamp};

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

/// A time from and until.
pub type Span = (Timestamp, Timestamp);

fn spans(
    rota: &[Shift],
    audience: Audience,
    (from, until): Span,
    zone: &TimeZone,
) -> Vec<(Span, StaffId)> {
    let last = until.day(zone);
    // Hours that began yesterday may still run.
    let mut day = from.day(zone).plus_days(-1);
    let mut found = Vec::new();
    while day <= last {
        for shift in rota.iter().filter(|shift| shift.audience == audience) {
            let span = shift.hours.and_then(|hours| hours.on(day.date(), zone));
            if let Some(span) = span.filter(|(start, end)| *end > from && *start < until) {
                found.push((span, shift.staff));
            }
        }
        let next = day.plus_days(1);
        if next <= day {
            break;
        }
        day = next;
    }
    found.sort_unstable();
    found
}

/// Who is on duty at an instant: whoever has hours, otherwise whoever covers.
#[must_use]
pub fn people_at(
    rota: &[Shift],
    audience: Audience,
    at: Timestamp,
    zone: &TimeZone,
) -> Vec<StaffId> {
    let around = (at, at.plus_minutes(1));
    let mut people: Vec<StaffId> = spans(rota, audience, around, zone)
        .into_iter()
        .filter(|((start, end), _)| *start <= at && at < *end)
        .map(|(_, staff)| staff)
        .collect();
    if people.is_empty() {
        people = rota
            .iter()
            .filter(|shift| shift.audience == audience && shift.hours.is_none())
            .map(|shift| shift.staff)
            .collect();
    }
    people.sort_unstable();
    people.dedup();
    people
}

/// The times within a span at which nobody would be on duty.
#[must_use]
pub fn gaps(rota: &[Shift], audience: Audience, within: Span, zone: &TimeZone) -> Vec<Span> {
    let mine = |shift: &&Shift| shift.audience == audience;
    if rota.iter().filter(mine).any(|shift| shift.hours.is_none()) {
        return Vec::new();
    }
    let (mut covered_until, until) = within;
    let mut found = Vec::new();
    for ((start, end), _) in spans(rota, audience, within, zone) {
        if start > covered_until {
            found.push((covered_until, start.min(until)));
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
    rota: &[Shift],
    audience: Audience,
    now: Timestamp,
    zone: &TimeZone,
) -> Option<(Timestamp, Vec<StaffId>)> {
    let present = people_at(rota, audience, now, zone);
    let ahead = (now, now.plus_hours(24 * DAYS_AHEAD));
    let mut changes: Vec<Timestamp> = spans(rota, audience, ahead, zone)
        .into_iter()
        .flat_map(|((start, end), _)| [start, end])
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
mod tests {
    use super::*;

    const NURSE: Audience = Audience::OnDuty;

    fn shift(staff: StaffId, hours: Option<(i32, i32, i32)>) -> Shift {
        let hours = hours.map(|(weekday, from_min, to_min)| Hours { weekday, from_min, to_min });
        Shift { id: ShiftId::new(), staff, audience: NURSE, hours }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    /// Every day from 8 to 20 one person, at night another.
    fn round_the_clock() -> (StaffId, StaffId, Vec<Shift>) {
        let (day, night) = (StaffId::new(), StaffId::new());
        let rota = (1..=7)
            .flat_map(|weekday| {
                [shift(day, Some((weekday, 480, 1200))), shift(night, Some((weekday, 1200, 480)))]
            })
            .collect();
        (day, night, rota)
    }

    #[test]
    fn hours_are_those_of_the_clinic_s_wall_and_hand_over_to_the_minute() {
        let (day, night, rota) = round_the_clock();
        let shanghai = zone("Asia/Shanghai");
        for (instant, who) in [
            ("2026-03-01T23:59:59Z", night),
            ("2026-03-02T00:00:00Z", day),
            ("2026-03-02T11:59:59Z", day),
            ("2026-03-02T12:00:00Z", night),
            ("2026-03-01T16:00:00Z", night),
        ] {
            assert_eq!(people_at(&rota, NURSE, at(instant), &shanghai), [who], "{instant}");
        }
        let next = next_hand_over(&rota, NURSE, at("2026-03-02T03:00:00Z"), &shanghai);
        assert_eq!(next, Some((at("2026-03-02T12:00:00Z"), vec![night])));
        assert_eq!(
            people_at(&rota, Audience::Physician, at("2026-03-02T03:00:00Z"), &shanghai),
            []
        );
    }

    #[test]
    fn a_rota_round_the_clock_has_no_gap_on_the_days_that_have_23_or_25_hours() {
        let (.., rota) = round_the_clock();
        for (name, start) in [
            ("Europe/Berlin", "2026-03-22T12:00:00Z"),
            ("Europe/Berlin", "2026-10-18T12:00:00Z"),
            ("America/New_York", "2026-03-01T12:00:00Z"),
            ("America/New_York", "2026-10-25T12:00:00Z"),
        ] {
            let start = at(start);
            let within = (start, start.plus_hours(24 * DAYS_AHEAD));
            assert_eq!(gaps(&rota, NURSE, within, &zone(name)), [], "{name} {start}");
        }
    }

    #[test]
    fn gaps_are_named_and_cover_fills_them() {
        let (one, cover) = (StaffId::new(), StaffId::new());
        let mut rota: Vec<Shift> =
            (1..=5).map(|weekday| shift(one, Some((weekday, 480, 1020)))).collect();
        let utc = TimeZone::UTC;
        // Friday noon to Monday noon.
        let within = (at("2026-03-06T12:00:00Z"), at("2026-03-09T12:00:00Z"));
        let weekend = (at("2026-03-06T17:00:00Z"), at("2026-03-09T08:00:00Z"));
        assert_eq!(gaps(&rota, NURSE, within, &utc), [weekend]);
        assert_eq!(gaps(&[], NURSE, within, &utc), [within]);
        let saturday = at("2026-03-07T03:00:00Z");
        assert_eq!(people_at(&rota, NURSE, saturday, &utc), []);
        rota.push(shift(cover, None));
        assert_eq!(gaps(&rota, NURSE, within, &utc), []);
        assert_eq!(people_at(&rota, NURSE, saturday, &utc), [cover]);
        assert_eq!(people_at(&rota, NURSE, within.0, &utc), [one]);
        let next = next_hand_over(&rota, NURSE, saturday, &utc);
        assert_eq!(next, Some((weekend.1, vec![one])));
    }

    #[test]
    fn hours_that_no_week_has_are_not_valid() {
        let hours = |weekday, from_min, to_min| Hours { weekday, from_min, to_min };
        for (given, valid) in [
            (hours(1, 0, 0), true),
            (hours(7, 1439, 1439), true),
            (hours(0, 0, 60), false),
            (hours(8, 0, 60), false),
            (hours(1, -1, 60), false),
            (hours(1, 0, 1440), false),
        ] {
            assert_eq!(given.is_valid(), valid, "{given:?}");
        }
    }
}

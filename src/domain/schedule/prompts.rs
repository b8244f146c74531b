//! The moments at which a patient is written to.
//!
//! Prompts and reminders respect the night of the patient's own zone; the
//! deadlines of the schedule do not. Wall-clock times that do not exist or
//! exist twice are resolved here and nowhere else ([`QuietHours::shift`]).

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::{CheckInCode, PlannedCheckIn};
use crate::domain::codelist::codelist;
use crate::domain::time::{Timestamp, Zone};

codelist! {
    /// What is sent at a moment. In order of weight: where two fall together, the first is sent.
    pub enum MomentKind: "moment" {
        /// The question itself.
        Prompt = "prompt",
        /// A reminder of a question that was not answered.
        Reminder = "reminder",
    }
}

/// One moment at which the patient is written to, unless the check-in is answered by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// When it is sent, after quiet hours.
    pub at: Timestamp,
    /// Prompt or reminder.
    pub kind: MomentKind,
    /// Which check-in it asks for.
    pub code: CheckInCode,
}

/// The part of the night in which nobody is woken: from the first time
/// (included) to the second (not included), on the patient's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    until: Time,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self::STANDARD
    }
}

impl QuietHours {
    /// 22:00 to 07:00 (clinical reference §7.2).
    pub const STANDARD: Self = Self::new(Time::constant(22, 0, 0, 0), Time::constant(7, 0, 0, 0));

    /// A night of a clinic's own. Equal times mean that there are no quiet hours.
    #[must_use]
    pub const fn new(from: Time, until: Time) -> Self {
        Self { from, until }
    }

    /// When they begin.
    #[must_use]
    pub const fn from(self) -> Time {
        self.from
    }

    /// When they end.
    #[must_use]
    pub const fn until(self) -> Time {
        self.until
    }

    /// How long they last on a day without a change of clocks.
    #[must_use]
    pub fn length(self) -> jiff::SignedDuration {
        let span = self.from.duration_until(self.until);
        if span.is_negative() { span + jiff::SignedDuration::from_hours(24) } else { span }
    }

    /// Whether a wall-clock time is in the quiet hours.
    #[must_use]
    pub fn contains(self, time: Time) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }

    /// The instant itself, or the end of the quiet hours that it falls into.
    ///
    /// The end is a wall-clock time. Where clocks jump over it, the jump's
    /// length is added, so that the mail comes after the jump. Where it exists
    /// twice, it is the first of the two that is not before `instant`.
    #[must_use]
    pub fn shift(self, instant: Timestamp, zone: &Zone) -> Timestamp {
        self.shift_in(instant, zone.jiff())
    }

    fn shift_in(self, instant: Timestamp, zone: &TimeZone) -> Timestamp {
        let local = instant.at(zone);
        if !self.contains(local.time()) {
            return instant;
        }
        let day = if local.time() < self.until {
            local.date()
        } else {
            // The end of the calendar is out of reach of any schedule.
            local.date().tomorrow().unwrap_or(local.date())
        };
        let wall = zone.to_ambiguous_timestamp(day.to_datetime(self.until));
        [wall.compatible(), wall.later()]
            .into_iter()
            .flatten()
            .map(Timestamp::new)
            .find(|end| *end >= instant)
            .unwrap_or(instant)
    }
}

impl PlannedCheckIn {
    /// When the patient is written to about this check-in, in order.
    ///
    /// A moment that would move to or past `closes_at` is left out, and moments
    /// that meet are sent once, as the prompt if it is among them. Four hours
    /// after the infusion is different: if it is due in the night nothing is
    /// sent at all, since by the morning the question is stale.
    #[must_use]
    pub fn moments(&self, zone: &Zone, quiet: QuietHours) -> Vec<Moment> {
        if self.code == CheckInCode::H4 && quiet.shift(self.due_at, zone) != self.due_at {
            return Vec::new();
        }
        let prompt = std::iter::once((self.due_at, MomentKind::Prompt));
        let reminders = self.reminders_at.iter().map(|at| (*at, MomentKind::Reminder));
        let mut moments: Vec<_> = prompt
            .chain(reminders)
            .map(|(at, kind)| Moment { at: quiet.shift(at, zone), kind, code: self.code })
            .filter(|moment| moment.at < self.closes_at)
            .collect();
        moments.sort_unstable();
        moments.dedup_by_key(|moment| moment.at);
        moments
    }
}

/// Of moments of several check-ins, those to send: what meets is sent once, for
/// the check-in that was due first.
///
/// Only for moments whose check-ins are open now: an answer completes all that
/// are open, so the mail that is left out is not missed.
#[must_use]
pub fn merge(mut moments: Vec<Moment>) -> Vec<Moment> {
    moments.sort_unstable_by_key(|moment| (moment.at, moment.code, moment.kind));
    moments.dedup_by_key(|moment| moment.at);
    moments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::ProductKind;
    use crate::domain::schedule::Schedule;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> Zone {
        Zone::parse(name).unwrap()
    }

    /// The moments of one check-in as text, prompts marked `P`, reminders `R`.
    fn moments(t0: &str, code: CheckInCode, zone_name: &str) -> Vec<String> {
        let plan = Schedule::standard(ProductKind::Allogeneic).plan(at(t0));
        let check_in = plan.into_iter().find(|check_in| check_in.code == code).unwrap();
        check_in
            .moments(&zone(zone_name), QuietHours::STANDARD)
            .iter()
            .map(|moment| {
                let kind = if moment.kind == MomentKind::Prompt { 'P' } else { 'R' };
                format!("{kind} {:.0}", moment.at.jiff())
            })
            .collect()
    }

    #[test]
    fn the_worked_times_of_the_reference_come_out() {
        let t0 = "2026-03-01T02:00:00Z";
        assert_eq!(
            moments(t0, CheckInCode::D1, "Asia/Shanghai"),
            ["P 2026-03-02T02:00:00Z", "R 2026-03-02T06:00:00Z", "R 2026-03-02T10:00:00Z"]
        );
        assert_eq!(
            moments(t0, CheckInCode::H4, "Asia/Shanghai"),
            ["P 2026-03-01T06:00:00Z", "R 2026-03-01T08:00:00Z"]
        );
        // 04:00 summer time: the clocks went forward on 29 March.
        assert_eq!(
            moments(t0, CheckInCode::D30, "Europe/Berlin").first().map(String::as_str),
            Some("P 2026-03-31T05:00:00Z")
        );
    }

    #[test]
    fn quiet_hours_begin_at_22_and_end_before_7() {
        for (local, sent) in [
            ("2026-06-01T21:59:59.999+08:00", "2026-06-01T21:59:59.999+08:00"),
            ("2026-06-01T22:00:00+08:00", "2026-06-02T07:00:00+08:00"),
            ("2026-06-01T23:59:59+08:00", "2026-06-02T07:00:00+08:00"),
            ("2026-06-02T00:00:00+08:00", "2026-06-02T07:00:00+08:00"),
            ("2026-06-02T06:59:59.999+08:00", "2026-06-02T07:00:00+08:00"),
            ("2026-06-02T07:00:00+08:00", "2026-06-02T07:00:00+08:00"),
            ("2028-02-28T22:30:00+08:00", "2028-02-29T07:00:00+08:00"),
            ("2028-02-29T22:30:00+08:00", "2028-03-01T07:00:00+08:00"),
        ] {
            let shifted = QuietHours::STANDARD.shift(at(local), &zone("Asia/Shanghai"));
            assert_eq!(shifted, at(sent), "{local}");
        }
    }

    #[test]
    fn the_nights_of_clock_changes_end_at_the_right_instant() {
        for (zone_name, instant, sent) in [
            // Forward: the night is an hour shorter.
            ("Europe/Berlin", "2026-03-28T22:00:00+01:00", "2026-03-29T05:00:00Z"),
            ("Europe/Berlin", "2026-03-29T03:00:00+02:00", "2026-03-29T05:00:00Z"),
            ("America/New_York", "2026-03-07T22:00:00-05:00", "2026-03-08T11:00:00Z"),
            // Back: both 02:30 are in the same night.
            ("Europe/Berlin", "2026-10-24T22:00:00+02:00", "2026-10-25T06:00:00Z"),
            ("Europe/Berlin", "2026-10-25T02:30:00+02:00", "2026-10-25T06:00:00Z"),
            ("Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-25T06:00:00Z"),
            ("America/New_York", "2026-10-31T22:00:00-04:00", "2026-11-01T12:00:00Z"),
            ("America/New_York", "2026-11-01T01:30:00-05:00", "2026-11-01T12:00:00Z"),
            // No change of clocks.
            ("Asia/Shanghai", "2026-03-29T22:00:00+08:00", "2026-03-29T23:00:00Z"),
            ("Asia/Shanghai", "2026-10-25T22:00:00+08:00", "2026-10-25T23:00:00Z"),
            // Samoa had no 30 December 2011.
            ("Pacific/Apia", "2011-12-29T23:00:00-10:00", "2011-12-30T17:00:00Z"),
        ] {
            let shifted = QuietHours::STANDARD.shift(at(instant), &zone(zone_name));
            assert_eq!(shifted, at(sent), "{zone_name} {instant}");
        }
    }

    #[test]
    fn an_end_that_does_not_exist_or_exists_twice_is_resolved() {
        // Clocks go from 06:30 to 07:30 on 8 March and from 07:30 to 06:30 on 1 November.
        let posix = "AAA0BBB,M3.2.0/6:30,M11.1.0/7:30";
        let zone = TimeZone::posix(posix).unwrap();
        for (instant, sent) in [
            ("2026-03-08T05:00:00Z", "2026-03-08T07:00:00Z"), // 08:00 on the wall
            ("2026-11-01T04:00:00Z", "2026-11-01T06:00:00Z"), // the first 07:00
            ("2026-11-01T06:45:00Z", "2026-11-01T07:00:00Z"), // the second 06:45
        ] {
            assert_eq!(QuietHours::STANDARD.shift_in(at(instant), &zone), at(sent), "{instant}");
        }
    }

    #[test]
    fn hour_4_is_dropped_at_night_instead_of_moved() {
        for (t0, expected) in [
            ("2026-06-01T17:59:00+08:00", 1), // due 21:59, its reminder would pass the close
            ("2026-06-01T18:00:00+08:00", 0), // due 22:00
            ("2026-06-02T02:59:00+08:00", 0), // due 06:59
            ("2026-06-02T03:00:00+08:00", 2), // due 07:00
        ] {
            assert_eq!(moments(t0, CheckInCode::H4, "Asia/Shanghai").len(), expected, "{t0}");
        }
    }

    #[test]
    fn moments_that_meet_are_sent_once_as_the_prompt() {
        // Due 22:00: prompt and both reminders (02:00, 06:00) wait for 07:00.
        assert_eq!(
            moments("2026-06-01T22:00:00+08:00", CheckInCode::D1, "Asia/Shanghai"),
            ["P 2026-06-02T23:00:00Z"]
        );
        // Due 21:00: the reminders of 01:00 and 05:00 meet.
        assert_eq!(
            moments("2026-06-01T21:00:00+08:00", CheckInCode::D2, "Asia/Shanghai"),
            ["P 2026-06-03T13:00:00Z", "R 2026-06-03T23:00:00Z"]
        );
    }

    #[test]
    fn a_moment_that_would_move_to_the_close_is_not_sent() {
        let quiet = QuietHours::STANDARD;
        let zone = zone("Asia/Shanghai");
        let mut check_in = PlannedCheckIn {
            code: CheckInCode::D2,
            opens_at: at("2026-06-03T18:00:00+08:00"),
            due_at: at("2026-06-03T20:00:00+08:00"),
            reminders_at: vec![at("2026-06-04T00:00:00+08:00")],
            closes_at: at("2026-06-04T07:00:00+08:00"),
        };
        assert_eq!(check_in.moments(&zone, quiet).len(), 1);
        check_in.closes_at = check_in.closes_at.plus_minutes(1);
        assert_eq!(check_in.moments(&zone, quiet).len(), 2);
    }

    #[test]
    fn check_ins_that_meet_share_one_mail() {
        use MomentKind::{Prompt, Reminder};
        let moment = |at_text, kind, code| Moment { at: at(at_text), kind, code };
        let first = moment("2026-06-01T00:00:00Z", Reminder, CheckInCode::M3);
        let second = moment("2026-06-01T00:00:00Z", Prompt, CheckInCode::D100);
        let third = moment("2026-06-02T00:00:00Z", Reminder, CheckInCode::D100);
        assert_eq!(merge(vec![third, second, first]), [first, third]);
    }

    #[test]
    fn quiet_hours_may_be_in_the_day_or_absent() {
        let hour = |hour| Time::constant(hour, 0, 0, 0);
        let hours = |from, until| QuietHours::new(hour(from), hour(until));
        let noon = hour(12);
        assert!(hours(12, 14).contains(noon) && !hours(14, 16).contains(noon));
        assert!(!hours(12, 12).contains(noon));
    }
}

//! Check-ins beyond the schedule: daily while a symptom lasts, and on a nurse's order.
//!
//! Published programmes ask daily while a symptom lasts; the limits here are decisions of
//! this product.

use super::{CheckInCode, PlannedCheckIn};
use crate::domain::time::Timestamp;

/// A symptom is asked about daily for so many hours after the infusion: to day 14, the last
/// check-in of the dense part of the schedule. Later on it is no news from one day to the next.
pub const DAILY_UNTIL_H: i64 = 336;

/// A scheduled check-in within so many hours asks anyway.
pub const ASKED_ANYWAY_H: i64 = 36;

/// Hours from which a nurse may choose when to ask.
pub const ORDERS_H: [i64; 6] = [2, 4, 12, 24, 48, 72];

/// A check-in beyond the schedule that is due at an instant: it opens four hours before (or
/// now, if that is later), reminds once after six hours and closes after a day.
#[must_use]
pub fn at(code: CheckInCode, due_at: Timestamp, now: Timestamp) -> PlannedCheckIn {
    PlannedCheckIn {
        code,
        opens_at: due_at.plus_hours(-4).max(now.min(due_at)),
        due_at,
        reminders_at: vec![due_at.plus_hours(6)],
        closes_at: due_at.plus_hours(24),
    }
}

/// When a lasting symptom told of at `now` is asked about again; none when that would be too
/// long after the infusion, or when the schedule asks soon enough (`scheduled` are the due
/// times of check-ins that are still planned).
#[must_use]
pub fn ask_again_at(t0: Timestamp, now: Timestamp, scheduled: &[Timestamp]) -> Option<Timestamp> {
    let due_at = now.plus_hours(24);
    let soon = now.plus_hours(ASKED_ANYWAY_H);
    let is_asked_anyway = scheduled.iter().any(|due| (now..=soon).contains(due));
    (due_at <= t0.plus_hours(DAILY_UNTIL_H) && !is_asked_anyway).then_some(due_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(hours: i64) -> Timestamp {
        "2026-03-01T02:00:00Z".parse::<Timestamp>().unwrap().plus_hours(hours)
    }

    #[test]
    fn a_lasting_symptom_is_asked_about_the_next_day_until_day_14() {
        for (told, scheduled, expected) in [
            (80, vec![168], Some(104)),
            // The schedule asks within 36 h.
            (20, vec![24, 48], None),
            (132, vec![168], None),
            (131, vec![168], Some(155)),
            // What was due before does not ask any more.
            (80, vec![72], Some(104)),
            (312, vec![], Some(336)),
            (313, vec![], None),
        ] {
            let scheduled: Vec<_> = scheduled.into_iter().map(hour).collect();
            let found = ask_again_at(hour(0), hour(told), &scheduled);
            assert_eq!(found, expected.map(hour), "told at {told}");
        }
    }

    #[test]
    fn an_order_for_soon_opens_at_once() {
        let soon = at(CheckInCode::Extra, hour(2), hour(0));
        assert_eq!((soon.opens_at, soon.closes_at), (hour(0), hour(26)));
        assert_eq!(soon.reminders_at, [hour(8)]);
        let later = at(CheckInCode::Extra, hour(24), hour(0));
        assert_eq!(later.opens_at, hour(20));
    }
}

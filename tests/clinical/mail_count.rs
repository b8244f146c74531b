//! Ten thousand patients over four hundred days: the schedule owes exactly the mails that a
//! count in plain minutes, which knows nothing of the schedule's code, expects.

use std::collections::BTreeSet;

use afterwatch::domain::schedule::{QuietHours, Schedule};
use afterwatch::domain::{ProductKind, Timestamp, Zone};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DAY: i64 = 24 * 60;

/// REFERENCE §7.2 by hand: hours until due, hours until closed, hours from due to reminders.
const OWN: &[(i64, i64, &[i64])] = &[
    (4, 12, &[2]),
    (24, 36, &[4, 8]),
    (48, 60, &[4, 8]),
    (72, 96, &[6, 12]),
    (168, 240, &[24, 48]),
    (336, 456, &[24, 72]),
    (720, 1056, &[72, 168]),
    (90 * 24, 120 * 24, &[168, 336]),
    (180 * 24, 210 * 24, &[168, 336]),
    (365 * 24, 395 * 24, &[168, 336]),
];
const DONOR: &[(i64, i64, &[i64])] =
    &[(504, 600, &[24, 48]), (1440, 1536, &[24, 48]), (2400, 2496, &[24, 48])];

/// Out of the night from 22:00 to 07:00, in minutes of a place eight hours ahead of UTC.
fn awake(minute: i64) -> i64 {
    let local = (minute + 480).rem_euclid(DAY);
    match local {
        1320.. => minute + DAY - local + 420,
        ..420 => minute + 420 - local,
        _ => minute,
    }
}

/// The minutes at which a patient who answers nothing is written to.
fn by_hand(t0: i64, is_donor: bool) -> Vec<i64> {
    let mut mails = Vec::new();
    for (due, closes, reminders) in OWN.iter().chain(DONOR.iter().filter(|_| is_donor)) {
        let (due_at, closes_at) = (t0 + due * 60, t0 + closes * 60);
        // Hour 4 in the night is not asked at all.
        if *due == 4 && awake(due_at) != due_at {
            continue;
        }
        let later = reminders.iter().map(|hours| due_at + hours * 60);
        let moments: BTreeSet<i64> =
            std::iter::once(due_at).chain(later).map(awake).filter(|at| *at < closes_at).collect();
        mails.extend(moments);
    }
    mails.sort_unstable();
    mails
}

#[test]
fn the_schedule_owes_exactly_the_mails_of_a_count_by_hand() {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let zone = Zone::parse("Asia/Shanghai").unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(400);
    let (mut owed, mut expected) = (0, 0);
    for patient in 0..10_000 {
        let t0 = rng.random_range(0..400 * DAY);
        let is_donor = patient % 3 == 0;
        let kind = if is_donor { ProductKind::Allogeneic } else { ProductKind::Autologous };
        let mut found: Vec<i64> = Schedule::standard(kind)
            .plan(start.plus_minutes(t0))
            .iter()
            .flat_map(|check_in| check_in.moments(&zone, QuietHours::STANDARD))
            .map(|moment| moment.at.since(start).as_mins())
            .filter(|at| *at < 400 * DAY)
            .collect();
        found.sort_unstable();
        let mut hand = by_hand(t0, is_donor);
        hand.retain(|at| *at < 400 * DAY);
        assert_eq!(found, hand, "infused at minute {t0}, donor cells: {is_donor}");
        owed += found.len();
        expected += hand.len();
    }
    assert_eq!(owed, expected);
    assert!(owed > 100_000, "{owed}");
}

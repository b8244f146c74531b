//! Hours, cover, gaps, hand-over, and the dates on which they are other than usual.

use super::super::RotaExceptionId;
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
fn round_the_clock() -> (StaffId, StaffId, Rota) {
    let (day, night) = (StaffId::new(), StaffId::new());
    let shifts = (1..=7)
        .flat_map(|weekday| {
            [shift(day, Some((weekday, 480, 1200))), shift(night, Some((weekday, 1200, 480)))]
        })
        .collect();
    (day, night, Rota { shifts, exceptions: Vec::new() })
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
    assert_eq!(people_at(&rota, Audience::Physician, at("2026-03-02T03:00:00Z"), &shanghai), []);
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
    let shifts = (1..=5).map(|weekday| shift(one, Some((weekday, 480, 1020)))).collect();
    let mut rota = Rota { shifts, exceptions: Vec::new() };
    let utc = TimeZone::UTC;
    // Friday noon to Monday noon.
    let within = (at("2026-03-06T12:00:00Z"), at("2026-03-09T12:00:00Z"));
    let weekend = (at("2026-03-06T17:00:00Z"), at("2026-03-09T08:00:00Z"));
    assert_eq!(gaps(&rota, NURSE, within, &utc), [weekend]);
    assert_eq!(gaps(&Rota::default(), NURSE, within, &utc), [within]);
    let saturday = at("2026-03-07T03:00:00Z");
    assert_eq!(people_at(&rota, NURSE, saturday, &utc), []);
    rota.shifts.push(shift(cover, None));
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

fn on(
    kind: ExceptionKind,
    staff: Option<StaffId>,
    (from, to): (&str, &str),
    hours: Option<(i32, i32)>,
) -> Exception {
    let day = |text: &str| text.parse().unwrap();
    Exception {
        id: RotaExceptionId::new(),
        kind,
        staff,
        audience: (kind != ExceptionKind::Away).then_some(NURSE),
        from: day(from),
        to: day(to),
        hours,
    }
}

#[test]
fn a_person_who_is_away_leaves_a_gap_that_somebody_added_on_the_date_fills() {
    let (day, night, mut rota) = round_the_clock();
    let utc = TimeZone::UTC;
    let within = (at("2026-03-02T00:00:00Z"), at("2026-03-09T00:00:00Z"));
    assert_eq!(gaps(&rota, NURSE, within, &utc), []);
    let away = on(ExceptionKind::Away, Some(night), ("2026-03-03", "2026-03-04"), None);
    rota.exceptions.push(away);
    let hole = |from: &str, to: &str| (at(from), at(to));
    assert_eq!(
        gaps(&rota, NURSE, within, &utc),
        [
            hole("2026-03-03T20:00:00Z", "2026-03-04T08:00:00Z"),
            hole("2026-03-04T20:00:00Z", "2026-03-05T08:00:00Z"),
        ],
        "the night that began the day before is still theirs"
    );
    assert_eq!(people_at(&rota, NURSE, at("2026-03-03T21:00:00Z"), &utc), []);
    assert_eq!(people_at(&rota, NURSE, at("2026-03-05T21:00:00Z"), &utc), [night]);
    let other = StaffId::new();
    let add = on(ExceptionKind::Add, Some(other), ("2026-03-03", "2026-03-04"), Some((1200, 480)));
    rota.exceptions.push(add);
    assert_eq!(gaps(&rota, NURSE, within, &utc), []);
    assert_eq!(people_at(&rota, NURSE, at("2026-03-04T03:00:00Z"), &utc), [other]);
    let next = next_hand_over(&rota, NURSE, at("2026-03-03T12:00:00Z"), &utc);
    assert_eq!(next, Some((at("2026-03-03T20:00:00Z"), vec![other])));
    let too = on(ExceptionKind::Away, Some(other), ("2026-03-04", "2026-03-04"), None);
    rota.exceptions.push(too);
    assert_eq!(gaps(&rota, NURSE, within, &utc).len(), 1, "away comes before added hours");
    assert_eq!(people_at(&rota, NURSE, at("2026-03-03T12:00:00Z"), &utc), [day]);
}

#[test]
fn on_a_holiday_the_weekly_hours_fall_away_and_cover_stays() {
    let (_, _, mut rota) = round_the_clock();
    let utc = TimeZone::UTC;
    let noon = at("2026-03-03T12:00:00Z");
    rota.exceptions.push(on(ExceptionKind::Remove, None, ("2026-03-03", "2026-03-03"), None));
    assert_eq!(people_at(&rota, NURSE, noon, &utc), []);
    let within = (at("2026-03-03T00:00:00Z"), at("2026-03-05T00:00:00Z"));
    assert_eq!(
        gaps(&rota, NURSE, within, &utc),
        [(at("2026-03-03T08:00:00Z"), at("2026-03-04T08:00:00Z"))]
    );
    let cover = StaffId::new();
    rota.shifts.push(shift(cover, None));
    assert_eq!(people_at(&rota, NURSE, noon, &utc), [cover]);
    assert_eq!(gaps(&rota, NURSE, within, &utc), []);
    // Cover may be away as well.
    rota.exceptions.push(on(ExceptionKind::Away, Some(cover), ("2026-03-03", "2026-03-03"), None));
    assert_eq!(people_at(&rota, NURSE, noon, &utc), []);
    assert_eq!(
        gaps(&rota, NURSE, within, &utc),
        [(at("2026-03-03T08:00:00Z"), at("2026-03-04T00:00:00Z"))]
    );
    let next = next_hand_over(&rota, NURSE, noon, &utc);
    assert_eq!(next, Some((at("2026-03-04T00:00:00Z"), vec![cover])));
}

#[test]
fn who_replaces_the_others_on_a_date_stands_alone_and_one_person_can_be_taken_out() {
    let (day, night, mut rota) = round_the_clock();
    let utc = TimeZone::UTC;
    let other = StaffId::new();
    let replace =
        on(ExceptionKind::Replace, Some(other), ("2026-03-03", "2026-03-03"), Some((0, 0)));
    rota.exceptions.push(replace);
    for (instant, who) in [
        ("2026-03-03T12:00:00Z", other),
        ("2026-03-03T23:00:00Z", other),
        ("2026-03-04T12:00:00Z", day),
    ] {
        assert_eq!(people_at(&rota, NURSE, at(instant), &utc), [who], "{instant}");
    }
    let remove = on(ExceptionKind::Remove, Some(day), ("2026-03-05", "2026-03-05"), None);
    rota.exceptions.push(remove);
    assert_eq!(people_at(&rota, NURSE, at("2026-03-05T12:00:00Z"), &utc), []);
    assert_eq!(people_at(&rota, NURSE, at("2026-03-05T22:00:00Z"), &utc), [night]);
}

#[test]
fn an_exception_that_does_not_say_who_when_or_for_what_is_not_valid() {
    use ExceptionKind::{Add, Away, Remove, Replace};
    let one = Some(StaffId::new());
    let days = ("2026-03-03", "2026-03-04");
    for (given, valid) in [
        (on(Add, one, days, Some((0, 60))), true),
        (on(Replace, one, days, Some((0, 0))), true),
        (on(Remove, None, days, None), true),
        (on(Away, one, days, None), true),
        (on(Add, one, days, None), false),
        (on(Add, None, days, Some((0, 60))), false),
        (on(Replace, one, days, Some((0, 1440))), false),
        (on(Remove, None, days, Some((0, 60))), false),
        (on(Away, None, days, None), false),
        (on(Away, one, ("2026-03-04", "2026-03-03"), None), false),
        (on(Away, one, ("2026-03-04", "2028-03-03"), None), false),
    ] {
        assert_eq!(given.is_valid(), valid, "{given:?}");
    }
}

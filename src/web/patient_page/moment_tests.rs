use jiff::civil::date;

use super::*;
use crate::domain::{InfusionId, Language, PatientId, ProductKind, SiteId};
use crate::store::visits::Clinic;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An infusion from one instant to another, of a patient in a zone.
fn place(zone: &str, started: &str, ended: &str) -> Place {
    let zone = Zone::parse(zone).unwrap();
    Place {
        patient: PatientId::new(),
        infusion: InfusionId::new(),
        site: SiteId::new(),
        language: Language::En,
        zone: zone.clone(),
        prompts_stopped_at: None,
        started_at: at(started),
        t0: at(ended),
        product: ProductKind::Autologous,
        rule_set: "default".to_owned(),
        clinic: Clinic {
            name: "Clinic".to_owned(),
            phone: "1".to_owned(),
            emergency_number: "120".to_owned(),
            crisis_line: None,
            thermometer: "axillary".to_owned(),
            time_zone: zone,
        },
    }
}

fn answers(fields: &[(&str, &str)], now: &str) -> Answers {
    let mut answers = Answers::default();
    let posted: Vec<(String, String)> =
        fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    answers.take(fields.iter().map(|(key, _)| *key), &posted, at(now));
    answers
}

fn hours(place: &Place, fields: &[(&str, &str)], now: &str) -> Result<(f64, f64), Why> {
    let mut all = vec![("X.before", "no")];
    all.extend(fields);
    let read = timed(&answers(&all, now), "X", place, (at(now), at(now)), true);
    if let Some((_, why)) = read.problems.into_iter().next() {
        return Err(why);
    }
    let hours = |key: &str| read.fields[key].as_f64().unwrap();
    Ok((hours("onset_h"), hours("duration_h")))
}

fn began(place: &Place, start: &str, now: &str) -> f64 {
    hours(place, &[("X.start", start), ("X.end", "still")], now).unwrap().0
}

#[test]
fn a_part_of_the_day_is_an_exact_hour_on_the_wall_clock_of_any_zone() {
    // The end of the infusion is 14:00 on the wall clock in each zone.
    let cases = [
        ("Asia/Shanghai", "2026-03-10T06:00:00Z"),
        ("Asia/Kathmandu", "2026-03-10T08:15:00Z"),
        ("Europe/Madrid", "2026-03-10T13:00:00Z"),
        ("America/Los_Angeles", "2026-03-10T21:00:00Z"),
        ("Pacific/Auckland", "2026-03-10T01:00:00Z"),
    ];
    for (zone, t0) in cases {
        let started = at(t0).plus_hours(-2).to_string();
        let place = place(zone, &started, t0);
        let now = at(t0).plus_hours(40).to_string();
        let expected = [
            ("clinic", 0.0),
            ("hours", 3.0),
            ("evening", 6.0),
            ("night", 12.0),
            ("morning", 18.0),
            ("afternoon", 26.0),
            ("recent", 39.0),
            // Forty hours later it is 6:00 on the second day.
            ("yesterday", 26.0),
            ("last-night", 36.0),
        ];
        for (start, hours) in expected {
            assert!((began(&place, start, &now) - hours).abs() < 1e-9, "{zone} {start}");
        }
    }
}

#[test]
fn a_change_to_summer_time_in_between_does_not_shift_the_hours() {
    // New York, night to 8 March 2026: 02:00 does not exist and is read as 03:00, an hour
    // of the clock before; the infusion ended at 14:00 (EST).
    let spring = place("America/New_York", "2026-03-07T17:00:00Z", "2026-03-07T19:00:00Z");
    let now = "2026-03-09T12:00:00Z";
    assert!((began(&spring, "night", now) - 12.0).abs() < 1e-9);
    assert!((began(&spring, "morning", now) - 17.0).abs() < 1e-9);
    // Night to 1 November 2026: the clock goes back at 02:00, which comes once.
    let autumn = place("America/New_York", "2026-10-31T16:00:00Z", "2026-10-31T18:00:00Z");
    let now = "2026-11-02T12:00:00Z";
    assert!((began(&autumn, "night", now) - 13.0).abs() < 1e-9);
    assert!((began(&autumn, "morning", now) - 19.0).abs() < 1e-9);
}

#[test]
fn only_times_that_have_come_and_fit_are_offered() {
    let place = place("Asia/Shanghai", "2026-03-10T10:00:00Z", "2026-03-10T13:30:00Z");
    let offered = |now: &str| -> Vec<&str> {
        starts(&place, at(now), false).into_iter().map(Start::code).collect()
    };
    // 21:30 on the wall clock: the evening of the day is over; then 2:30 in the night.
    assert_eq!(offered("2026-03-10T14:00:00Z"), ["clinic", "other"]);
    assert_eq!(offered("2026-03-10T18:30:00Z"), ["clinic", "hours", "night", "recent", "other"]);
    // Two days later, at 9:00, the days before the answer have names of their own.
    assert_eq!(
        offered("2026-03-13T01:00:00Z"),
        [
            "clinic",
            "hours",
            "night",
            "morning",
            "afternoon",
            "yesterday",
            "last-night",
            "today",
            "recent",
            "other"
        ]
    );
}

#[test]
fn just_now_stays_when_it_was_said_however_often_the_page_is_sent() {
    let place = place("Asia/Shanghai", "2026-03-10T01:00:00Z", "2026-03-10T02:00:00Z");
    let fields = [("X.before", "no"), ("X.start", "recent"), ("X.end", "hour")];
    let mut answers = answers(&fields, "2026-03-10T12:00:00Z");
    let posted: Vec<(String, String)> =
        fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let later = at("2026-03-11T12:00:00Z");
    answers.take(["X.before", "X.start", "X.end"], &posted, later);
    let read = timed(&answers, "X", &place, (later, later), true);
    assert_eq!(read.fields["onset_h"], 9);
    assert_eq!(read.fields["duration_h"], 0.5);
    assert_eq!(read.fields["resolved_h_ago"], 24.5);
    // Chosen anew, it counts from then.
    let anew = [("X.start".to_owned(), "clinic".to_owned())];
    answers.take(["X.start"], &anew, later);
    answers.take(["X.start"], &posted[1..2], later);
    let read = timed(&answers, "X", &place, (later, later), true);
    assert_eq!(read.fields["onset_h"], 33);
}

#[test]
fn the_day_of_the_infusion_without_an_hour_is_not_before_it_and_not_in_the_future() {
    // The infusion lasted from 15:20 to 16:00 on the wall clock.
    let place = place("Asia/Shanghai", "2026-03-10T07:20:00Z", "2026-03-10T08:00:00Z");
    let day = |day, hour, now| {
        let fields = [
            ("X.start", "other"),
            ("X.start_day", day),
            ("X.start_hour", hour),
            ("X.end", "still"),
        ];
        hours(&place, &fields, now)
    };
    let now = "2026-03-12T01:00:00Z";
    assert_eq!(day("2026-03-10", "", now), Ok((0.0, 41.6667)));
    // "At 15" is within the infusion, which began at 15:20; "at 14" is not.
    assert!(day("2026-03-10", "15", now).is_ok());
    assert_eq!(day("2026-03-10", "14", now), Err(Why::BeforeInfusion));
    // At 9:00, "today" cannot mean noon; "tomorrow" and "today at 11" are still to come.
    assert_eq!(day("2026-03-12", "", now), Ok((41.0, 0.0)));
    assert_eq!(day("2026-03-12", "11", now), Err(Why::Future));
    assert_eq!(day("2026-03-13", "", now), Err(Why::Future));
    assert_eq!(day("2026-03-11", "", now), Ok((20.0, 21.0)));
}

#[test]
fn what_began_and_ended_on_one_day_without_an_hour_ended_after_it_began() {
    let place = place("Asia/Shanghai", "2026-03-10T01:00:00Z", "2026-03-10T02:00:00Z");
    let end = |day, hour| {
        let fields = [
            ("X.start", "other"),
            ("X.start_day", "2026-03-11"),
            ("X.start_hour", "15"),
            ("X.end", "other"),
            ("X.end_day", day),
            ("X.end_hour", hour),
        ];
        hours(&place, &fields, "2026-03-13T01:00:00Z")
    };
    assert_eq!(end("2026-03-11", ""), Ok((29.0, 0.0)));
    assert_eq!(end("2026-03-11", "18"), Ok((29.0, 3.0)));
    assert_eq!(end("2026-03-11", "14"), Err(Why::EndBeforeStart));
    assert_eq!(end("2026-03-10", ""), Err(Why::EndBeforeStart));
}

#[test]
fn who_does_not_know_whether_it_is_new_is_taken_as_if_it_were() {
    let place = place("Asia/Shanghai", "2026-03-10T01:00:00Z", "2026-03-10T02:00:00Z");
    let now = at("2026-03-11T02:00:00Z");
    let fields = [("X.before", "unsure"), ("X.start", "clinic"), ("X.end", "still")];
    let answers = answers(&fields, "2026-03-11T02:00:00Z");
    let read = timed(&answers, "X", &place, (now, now), true);
    assert!(read.problems.is_empty() && !read.fields.contains_key("preexisting"));
}

#[test]
fn an_hour_that_comes_twice_is_its_first() {
    let zone = Zone::parse("America/New_York").unwrap();
    let twice = at_hour(Day::new(date(2026, 11, 1)), 1, &zone).unwrap();
    assert_eq!(twice, at("2026-11-01T05:00:00Z"));
}

use super::*;
use crate::domain::product::ProductKind;
use crate::domain::schedule::Schedule;
use CheckInCode::{D1, D2, D3, D7, D14, D30, D60, D100, H4, M3, M6, M12};

const T0: &str = "2026-03-01T02:00:00Z";

fn t0() -> Timestamp {
    T0.parse().unwrap()
}

fn hour(hours: i64) -> Timestamp {
    t0().plus_hours(hours)
}

fn plan(kind: ProductKind) -> Vec<CheckIn> {
    Schedule::standard(kind).plan(t0()).into_iter().map(CheckIn::new).collect()
}

/// The own-cell plan with some check-ins answered at their due time.
fn answered(codes: &[CheckInCode]) -> Vec<CheckIn> {
    let mut check_ins = plan(ProductKind::Autologous);
    for one in &mut check_ins {
        if codes.contains(&one.code()) {
            one.answered_at = Some(one.plan.due_at);
        }
    }
    check_ins
}

fn find(check_ins: &mut [CheckIn], code: CheckInCode) -> &mut CheckIn {
    check_ins.iter_mut().find(|one| one.code() == code).unwrap()
}

#[test]
fn a_check_in_opens_and_is_missed_at_the_very_instant() {
    let check_ins = plan(ProductKind::Autologous);
    let day_2 = check_ins.iter().find(|one| one.code() == D2).unwrap();
    let second = jiff::SignedDuration::from_secs(1);
    for (at, expected) in [
        (hour(44).minus(second), CheckInPhase::Planned),
        (hour(44), CheckInPhase::Open),
        (hour(48), CheckInPhase::Open),
        (hour(60).minus(second), CheckInPhase::Open),
        (hour(60), CheckInPhase::Missed),
    ] {
        assert_eq!(day_2.state(at), expected, "{at}");
    }
}

#[test]
fn day_1_closes_eight_hours_after_its_prompt_if_that_is_later() {
    for (sent, close) in
        [(None, 36), (Some(24), 36), (Some(28), 36), (Some(29), 37), (Some(33), 41), (Some(40), 48)]
    {
        let mut check_ins = plan(ProductKind::Autologous);
        for code in [D1, D2] {
            find(&mut check_ins, code).prompt_sent_at = sent.map(hour);
        }
        assert_eq!(find(&mut check_ins, D1).close(), hour(close), "{sent:?}");
        assert_eq!(find(&mut check_ins, D2).close(), hour(60), "only day 1 moves");
    }
}

#[test]
fn the_worked_day_1_is_overdue_on_2_march_at_14() {
    let check_ins = plan(ProductKind::Autologous);
    let overdue: Timestamp = "2026-03-02T14:00:00Z".parse().unwrap();
    assert_eq!(
        Missed::of(&check_ins, D1, overdue.minus(jiff::SignedDuration::from_millis(1))),
        None
    );
    let facts = Missed::of(&check_ins, D1, overdue);
    let expected = Missed { d1_overdue: true, consecutive_missed: 1, later_missed: false };
    assert_eq!(facts, Some(expected));
}

#[test]
fn silence_is_counted_over_neighbours_without_hour_4() {
    // (answered, closed, at, consecutive)
    let cases: &[(&[CheckInCode], CheckInCode, i64, Option<u32>)] = &[
        (&[], H4, 12, None),
        (&[], D1, 36, Some(1)),
        (&[], D2, 60, Some(2)),
        (&[D1], D2, 60, Some(1)),
        (&[D1], D3, 96, Some(2)),
        (&[D1, D2], D3, 96, Some(1)),
        (&[D1, D2, D3], D7, 240, Some(1)),
        (&[H4, D1, D3], D2, 60, Some(1)),
        (&[D1, D2, D3, D7], D30, 1056, Some(2)),
        (&[D1, D2, D3, D7, D14, D30, M3], M6, 5040, Some(1)),
        (&[D1, D2, D3, D7, D14, D30, M3], M12, 9480, Some(2)),
        (&[D7], D7, 240, None),
        (&[], D7, 239, None),
    ];
    for (answers, code, at, expected) in cases {
        let facts = Missed::of(&answered(answers), *code, hour(*at));
        assert_eq!(facts.map(|facts| facts.consecutive_missed), *expected, "{code:?} {answers:?}");
        if let Some(facts) = facts {
            assert_eq!(facts.d1_overdue, *code == D1);
            assert_eq!(facts.later_missed, *code != D1);
        }
    }
}

#[test]
fn a_late_answer_is_an_answer_and_breaks_the_silence() {
    let mut check_ins = plan(ProductKind::Autologous);
    find(&mut check_ins, D1).answered_at = Some(hour(50));
    assert!(find(&mut check_ins, D1).answered_late());
    assert_eq!(find(&mut check_ins, D1).state(hour(49)), CheckInPhase::Missed);
    assert_eq!(find(&mut check_ins, D1).state(hour(50)), CheckInPhase::Answered);
    let facts = Missed::of(&check_ins, D2, hour(60)).unwrap();
    assert_eq!(facts.consecutive_missed, 1);
    find(&mut check_ins, D2).answered_at = Some(hour(60));
    assert!(find(&mut check_ins, D2).answered_late(), "the close itself is late");
}

#[test]
fn a_neighbour_that_was_due_later_but_closed_earlier_counts() {
    let mut check_ins = plan(ProductKind::Allogeneic);
    for one in &mut check_ins {
        if one.plan.due_at <= hour(1440) {
            one.answered_at = Some(one.plan.due_at);
        }
    }
    let run = |code, at| Missed::of(&check_ins, code, hour(at)).map(|f| f.consecutive_missed);
    assert_eq!(run(D60, 1536), None);
    assert_eq!(run(D100, 2496), Some(1), "month 3 is still open");
    assert_eq!(run(M3, 2880), Some(2), "day 100 closed before it");
}

#[test]
fn the_next_infusion_supersedes_what_is_due_after_it() {
    let next: Timestamp = "2026-03-29T02:00:00Z".parse().unwrap();
    let check_ins = answered(&[H4, D1, D2, D3, D7]);
    let result = supersede(&check_ins, next);
    assert_eq!(result.superseded, [D30, M3, M6, M12]);
    assert!(result.ask_day_30_before_infusion);
}

#[test]
fn a_check_in_due_at_the_next_infusion_stays() {
    let check_ins = plan(ProductKind::Autologous);
    assert_eq!(supersede(&check_ins, hour(336)).superseded.first(), Some(&D30));
    let earlier = hour(336).minus(jiff::SignedDuration::from_millis(1));
    assert_eq!(supersede(&check_ins, earlier).superseded.first(), Some(&D14));
}

#[test]
fn an_answer_given_before_the_next_infusion_is_kept() {
    let mut check_ins = plan(ProductKind::Autologous);
    find(&mut check_ins, D30).answered_at = Some(hour(673));
    let result = supersede(&check_ins, hour(680));
    assert_eq!(result.superseded, [M3, M6, M12]);
    assert!(!result.ask_day_30_before_infusion);
}

#[test]
fn a_superseded_check_in_is_neither_asked_nor_missed() {
    let mut check_ins = answered(&[H4, D1, D2, D3, D7, D14]);
    find(&mut check_ins, D30).cancelled_at = Some(hour(672));
    assert_eq!(find(&mut check_ins, D30).state(hour(700)), CheckInPhase::Cancelled);
    assert_eq!(asked(&check_ins, hour(700)), []);
    assert_eq!(completed(&check_ins, hour(700), Some(D30)), []);
    assert_eq!(Missed::of(&check_ins, D30, hour(1056)), None);
    let run = Missed::of(&check_ins, M3, hour(2880)).unwrap();
    assert_eq!(run.consecutive_missed, 1, "its neighbour is day 14");
}

#[test]
fn a_report_answers_all_that_are_open() {
    let day = |code, late| Completion { code, late };
    let check_ins = plan(ProductKind::Allogeneic);
    assert_eq!(completed(&check_ins, hour(2400), None), [day(M3, false), day(D100, false)]);
    assert_eq!(completed(&check_ins, hour(19), None), []);
    assert_eq!(completed(&check_ins, hour(20), None), [day(D1, false)]);
    assert_eq!(completed(&check_ins, hour(36), None), [], "spontaneous, after the close");
    assert_eq!(completed(&check_ins, hour(36), Some(D1)), [day(D1, true)]);
    assert_eq!(completed(&check_ins, hour(45), Some(D1)), [day(D1, true), day(D2, false)]);
    assert_eq!(completed(&answered(&[D1]), hour(36), Some(D1)), []);
}

#[test]
fn a_visit_is_asked_about_what_is_open_or_closed_last() {
    let check_ins = plan(ProductKind::Allogeneic);
    assert_eq!(asked(&check_ins, hour(2)), []);
    assert_eq!(asked(&check_ins, hour(3)), [H4]);
    assert_eq!(asked(&check_ins, hour(40)), [D1]);
    assert_eq!(asked(&check_ins, hour(44)), [D2]);
    assert_eq!(asked(&check_ins, hour(2400)), [M3, D100]);
    assert_eq!(asked(&answered(&[D1]), hour(40)), [], "nothing older than the last is asked");
}

#[test]
fn the_next_check_in_is_told_by_its_prompt() {
    let next_at = |check_ins: &[CheckIn], at, zone: &str| {
        next(check_ins, at, &Zone::parse(zone).unwrap(), QuietHours::STANDARD)
    };
    let check_ins = plan(ProductKind::Autologous);
    assert_eq!(next_at(&check_ins, hour(0), "Asia/Shanghai"), Some((H4, hour(4))));
    assert_eq!(next_at(&check_ins, hour(4), "Asia/Shanghai"), Some((H4, hour(6))));
    // In New York hour 4 is 01:00 and the reminders of day 1 wait from 01:00 to 07:00.
    assert_eq!(next_at(&check_ins, hour(0), "America/New_York"), Some((D1, hour(24))));
    assert_eq!(next_at(&check_ins, hour(24), "America/New_York"), Some((D1, hour(34))));
    assert_eq!(next_at(&answered(&[H4, D1]), hour(24), "Asia/Shanghai"), Some((D2, hour(48))));
    assert_eq!(next_at(&check_ins, hour(9480), "Asia/Shanghai"), None);
}

use proptest::prelude::*;

use super::super::super::Codelist;
use super::*;

fn now() -> Timestamp {
    "2026-03-01T02:00:00Z".parse().unwrap()
}

fn fresh(level: Level) -> Standing {
    Standing {
        kind: TaskKind::Report,
        level,
        state: TaskState::Open,
        owner: None,
        raised_at: now(),
        acknowledge_by: Some(now().plus_minutes(30)),
        contact_by: now().plus_hours(2),
        acknowledged: None,
        reached_at: None,
        next_try_at: None,
        vain_calls: 0,
        closing: None,
    }
}

fn close(outcome: Outcome, note: &str) -> Action {
    Action::Close {
        outcome: Some(outcome),
        worth_a_flag: Some(WorthAFlag::Yes),
        note: note.to_owned(),
    }
}

fn call(result: CallResult) -> Action {
    let next_try_at = (result == CallResult::NoAnswer).then(|| now().plus_hours(1));
    Action::Call { result: Some(result), next_try_at, note: String::new() }
}

/// What stands against the last of several actions of one nurse.
fn after(level: Level, actions: &[Action]) -> Result<Standing, Vec<Refusal>> {
    let nurse = StaffId::new();
    actions.iter().try_fold(fresh(level), |standing, action| {
        standing.act(now(), nurse, action).map(|(next, _)| next)
    })
}

#[test]
fn closing_needs_a_person_who_took_it_an_outcome_and_an_answer() {
    let nothing = Action::Close { outcome: None, worth_a_flag: None, note: String::new() };
    assert_eq!(
        after(Level::Urgent, &[nothing]).unwrap_err(),
        [Refusal::NoOutcome, Refusal::NoWorth, Refusal::NotTaken]
    );
}

#[test]
fn urgent_tasks_need_a_call_or_an_outcome_that_explains_why_there_was_none() {
    use CallResult::{NoAnswer, Reached};
    let vain = call(NoAnswer);
    let cases: [(&[Action], Outcome, &str, Option<Refusal>); 9] = [
        (&[], Outcome::AdviceGiven, "", Some(Refusal::NotReached)),
        (&[], Outcome::ExpectedReaction, "it is", Some(Refusal::NotReached)),
        (&[], Outcome::PhysicianReview, "he came", Some(Refusal::NotReached)),
        (&[], Outcome::SentToHospital, "", Some(Refusal::NoExplanation)),
        (&[], Outcome::SentToHospital, "his wife rang", None),
        (&[], Outcome::NotReached, "no luck", Some(Refusal::NoCallTried)),
        (std::slice::from_ref(&vain), Outcome::NotReached, "three tries", None),
        (&[call(Reached)], Outcome::AdviceGiven, "", None),
        (&[call(Reached)], Outcome::NotReached, "", Some(Refusal::WasReached)),
    ];
    for (before, outcome, note, refusal) in cases {
        for level in [Level::Emergency, Level::Urgent] {
            let mut actions = vec![Action::Take];
            actions.extend_from_slice(before);
            actions.push(close(outcome, note));
            let found = after(level, &actions).err();
            assert_eq!(found, refusal.map(|refusal| vec![refusal]), "{level:?} {actions:?}");
        }
    }
    assert!(after(Level::Soon, &[Action::Take, close(Outcome::ExpectedReaction, "")]).is_ok());
}

#[test]
fn who_calls_has_it_and_a_call_in_vain_needs_the_next_try() {
    let reached = after(Level::Urgent, &[call(CallResult::Reached)]).unwrap();
    assert!(reached.owner.is_some() && reached.acknowledged.is_some());
    assert_eq!(reached.deadline(), Deadline::Reached(now()));
    let try_again = |next_try_at| Action::Call {
        result: Some(CallResult::NoAnswer),
        next_try_at,
        note: String::new(),
    };
    let refused = |action: Action| after(Level::Urgent, &[action]).unwrap_err();
    assert_eq!(refused(try_again(None)), [Refusal::NoNextTry]);
    assert_eq!(refused(try_again(Some(now()))), [Refusal::NextTryPassed]);
}

#[test]
fn reopening_starts_the_clock_again_and_needs_a_reason() {
    let later = now().plus_hours(30);
    let closed =
        after(Level::Urgent, &[call(CallResult::Reached), close(Outcome::AdviceGiven, "")])
            .unwrap();
    let physician = StaffId::new();
    let reopen = |reason: &str| Action::Reopen { reason: reason.to_owned() };
    assert_eq!(closed.act(later, physician, &reopen(" ")).unwrap_err(), [Refusal::NoReason]);
    let (open, _) = closed.act(later, physician, &reopen("fever is back")).unwrap();
    assert_eq!((open.state, open.owner), (TaskState::Open, Some(physician)));
    assert_eq!(open.contact_by, later.plus_hours(2));
    assert_eq!(open.deadline(), Deadline::Contact(later.plus_hours(2)));
}

#[test]
fn every_deadline_is_named_and_overdue_after_its_time() {
    let mut task = fresh(Level::Urgent);
    assert_eq!(task.deadline(), Deadline::Take(now().plus_minutes(30)));
    assert!(!task.deadline().is_overdue(now().plus_minutes(30)));
    assert!(task.deadline().is_overdue(now().plus_minutes(31)));
    task.acknowledged = Some((now(), StaffId::new()));
    assert_eq!(task.deadline(), Deadline::Contact(now().plus_hours(2)));
    task.level = Level::Routine;
    assert_eq!(task.deadline(), Deadline::Review(now().plus_hours(2)));
}

fn any_action() -> impl Strategy<Value = Action> {
    let note = prop_oneof![Just(String::new()), Just("said so".to_owned())];
    let outcome = prop::option::of(prop::sample::select(Outcome::ALL));
    let worth = prop::option::of(prop::sample::select(WorthAFlag::ALL));
    let result = prop::option::of(prop::sample::select(CallResult::ALL));
    let next = prop::option::of((-60_i64..600).prop_map(|minutes| now().plus_minutes(minutes)));
    prop_oneof![
        Just(Action::Take),
        (any::<bool>(), note.clone())
            .prop_map(|(some, note)| Action::HandOver { to: some.then(StaffId::new), note }),
        note.clone().prop_map(|note| Action::PutBack { note }),
        (result, next, note.clone()).prop_map(|(result, next_try_at, note)| Action::Call {
            result,
            next_try_at,
            note
        }),
        note.clone().prop_map(|text| Action::Note { text }),
        (outcome, worth, note.clone()).prop_map(|(outcome, worth_a_flag, note)| {
            Action::Close { outcome, worth_a_flag, note }
        }),
        note.prop_map(|reason| Action::Reopen { reason }),
    ]
}

proptest! {
    #[test]
    fn no_path_closes_a_task_without_a_person_and_an_outcome(
        level in prop::sample::select(Level::ALL),
        actions in prop::collection::vec(any_action(), 0..24),
    ) {
        let people = [StaffId::new(), StaffId::new()];
        let mut standing = fresh(level);
        for (turn, action) in actions.iter().enumerate() {
            let by = people[turn % 2];
            let Ok((next, history)) = standing.act(now(), by, action) else { continue };
            let closes = standing.state == TaskState::Open && next.state == TaskState::Closed;
            prop_assert_eq!(closes, matches!(action, Action::Close { .. }));
            prop_assert_eq!(next.state == TaskState::Closed, next.closing.is_some());
            prop_assert!(!history.is_empty());
            if let Some(closing) = next.closing {
                prop_assert!(closing.by.is_some() && closing.worth_a_flag.is_some());
                prop_assert!(closing.outcome != Outcome::Answered);
                prop_assert!(next.acknowledged.is_some());
                prop_assert!(
                    !next.needs_a_call()
                        || next.reached_at.is_some()
                        || closing.outcome.explains_no_call()
                );
            }
            standing = next;
        }
    }
}

//! Whatever happens in whatever order: no task ends without a person and an outcome, but a
//! missed check-in that was answered after all.

use afterwatch::domain::task::{
    Action, CallResult, Outcome, TaskEventKind, TaskKind, TaskState, WorthAFlag,
};
use afterwatch::domain::{Actor, Codelist, Scope, StaffId, TaskId};
use afterwatch::mail::Worker;
use afterwatch::store::schema::{audit, outbox, task, task_event};
use afterwatch::triage::{self, Step, TriageError};
use afterwatch::{due_work, intake};
use diesel::prelude::*;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::post::{mail_settings, transport};
use crate::smtp_sink::{Mode, Sink};
use crate::ward::{Ward, chest_pain, fever, itch, tired};

/// How the tasks of one run ended.
#[derive(Debug, Default)]
struct Ends {
    by_a_person: usize,
    by_an_answer: usize,
    refused: usize,
}

/// What time alone has done in the runs.
#[derive(Debug, Default)]
struct Happened {
    steps: i64,
    ran_out: i64,
    sent: i64,
    failed: i64,
}

impl Happened {
    async fn add(&mut self, ward: &Ward) {
        let [steps, ran_out, sent, failed]: [i64; 4] = ward
            .app
            .read(|conn| {
                let entries = |action: &'static str| audit::table.filter(audit::action.eq(action));
                let mails = |state: &'static str| outbox::table.filter(outbox::state.eq(state));
                Ok([
                    entries("task.step_done").count().get_result(conn)?,
                    entries("task.ran_out").count().get_result(conn)?,
                    mails("accepted").count().get_result(conn)?,
                    mails("failed").count().get_result(conn)?,
                ])
            })
            .await;
        self.steps += steps;
        self.ran_out += ran_out;
        self.sent += sent;
        self.failed += failed;
    }
}

/// A minute of the running program after some hours: the schedule, the chains of the tasks,
/// and the mail, with a mail server in one mood or the other.
async fn time_passes(ward: &Ward, worker: &Worker, (sink, rng): (&Sink, &mut ChaCha8Rng)) {
    ward.hours(rng.random_range(1..30));
    let moods = [Mode::Ok, Mode::Ok, Mode::Data4xx, Mode::Rcpt5xx, Mode::Banner421];
    sink.set(moods.choose(rng).copied().unwrap_or(Mode::Ok));
    let now = ward.app.now();
    ward.app.write(move |conn| due_work::tick(conn, now)).await;
    worker.drain().await.unwrap();
}

fn action(rng: &mut ChaCha8Rng, ward: &Ward, other: StaffId) -> Action {
    let note = ["", " ", "a word"].choose(rng).map_or("", |text| text).to_owned();
    let outcome = Outcome::ALL.choose(rng).copied();
    match rng.random_range(0..10) {
        0 | 1 => Action::Take,
        2 | 3 => Action::Call {
            result: CallResult::ALL.choose(rng).copied(),
            next_try_at: rng.random_bool(0.7).then(|| ward.app.now().plus_minutes(30)),
            note,
        },
        4 => Action::Note { text: note },
        5 => Action::HandOver { to: rng.random_bool(0.8).then_some(other), note },
        6 => Action::PutBack { note },
        7 => Action::Reopen { reason: note },
        _ => Action::Close {
            outcome: outcome.filter(|_| rng.random_bool(0.8)),
            worth_a_flag: rng.random_bool(0.8).then_some(WorthAFlag::Yes),
            note,
        },
    }
}

async fn work(ward: &Ward, id: TaskId, action: Action, actor: Actor) -> bool {
    let (now, scope) = (ward.app.now(), Scope::of([ward.site]));
    ward.app
        .write(move |conn| {
            let version = task::table.find(id).select(task::version).first(conn)?;
            let step = Step { actor, scope, task: id, version };
            match triage::act(conn, now, &step, &action) {
                Ok(()) => Ok(true),
                Err(TriageError::Refused(_)) => Ok(false),
                Err(error) => panic!("{error:?}"),
            }
        })
        .await
}

/// Every task as it stands, with the last thing that ended it.
async fn check(ward: &Ward, ends: &mut Ends) {
    type Row = (TaskId, TaskKind, TaskState, Option<StaffId>, Option<Outcome>);
    let tasks: Vec<(Row, Option<(TaskEventKind, Option<StaffId>, Option<Outcome>)>)> = ward
        .app
        .read(|conn| {
            let tasks: Vec<Row> = task::table
                .select((task::id, task::kind, task::state, task::closed_by, task::outcome))
                .load(conn)?;
            tasks
                .into_iter()
                .map(|row| {
                    let last = task_event::table
                        .filter(task_event::task_id.eq(row.0))
                        .filter(task_event::kind.eq_any([
                            TaskEventKind::Closed,
                            TaskEventKind::Answered,
                            TaskEventKind::Reopened,
                        ]))
                        .order((task_event::at.desc(), task_event::id.desc()))
                        .select((task_event::kind, task_event::staff_id, task_event::outcome))
                        .first(conn)
                        .optional()?;
                    Ok((row, last))
                })
                .collect()
        })
        .await;
    *ends = Ends { refused: ends.refused, ..Ends::default() };
    for ((id, kind, state, by, outcome), last) in tasks {
        if state == TaskState::Open {
            assert!(by.is_none() && outcome.is_none(), "{id}");
            continue;
        }
        let (ended, who, with) = last.expect("what ended it stands in its history");
        assert_eq!((who, with), (by, outcome), "{id}");
        if by.is_some() {
            assert_eq!(ended, TaskEventKind::Closed);
            assert!(outcome.is_some_and(|outcome| Outcome::choices(kind).contains(&outcome)));
            ends.by_a_person += 1;
        } else {
            assert_eq!(ended, TaskEventKind::Answered);
            assert_eq!((kind, outcome), (TaskKind::MissedCheckIn, Some(Outcome::Answered)));
            ends.by_an_answer += 1;
        }
    }
}

async fn run(seed: u64, happened: &mut Happened) -> Ends {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let ward = Ward::new().await;
    let sink = Sink::start(Mode::Ok).await;
    let app = &ward.app.app;
    let worker = Worker::new(
        app.db.clone(),
        app.clock.clone(),
        app.keys.clone(),
        transport(&sink),
        mail_settings(),
    );
    ward.plan(ward.infused.infusion).await;
    let other = ward.app.person(&[(ward.site, afterwatch::domain::Role::Nurse)], false).await;
    let mut ends = Ends::default();
    for _ in 0..60 {
        let told = [fever(), chest_pain(), tired(), itch(), serde_json::json!({})];
        let told = told.choose(&mut rng).cloned().unwrap_or_default();
        match rng.random_range(0..10) {
            0 => {
                ward.report(told).await;
            }
            1 => {
                let (actor, draft) = ward.behind_link().await;
                let (now, who) = (ward.app.now(), actor.clone());
                ward.app
                    .write({
                        let told = told.clone();
                        move |conn| {
                            intake::save_step(conn, now, &who, draft, &told).unwrap();
                            Ok(())
                        }
                    })
                    .await;
                if rng.random_bool(0.5) {
                    ward.submit(&actor, draft, told).await;
                }
            }
            2 | 3 => {
                time_passes(&ward, &worker, (&sink, &mut rng)).await;
            }
            _ => {
                let ids: Vec<TaskId> =
                    ward.app.read(|conn| Ok(task::table.select(task::id).load(conn)?)).await;
                if let Some(id) = ids.choose(&mut rng) {
                    let action = action(&mut rng, &ward, other);
                    let who = Actor::Staff { id: other, name: "Other".to_owned() };
                    let who = if rng.random_bool(0.5) { ward.nurse() } else { who };
                    ends.refused += usize::from(!work(&ward, *id, action, who).await);
                }
            }
        }
        check(&ward, &mut ends).await;
    }
    happened.add(&ward).await;
    ends
}

#[tokio::test]
async fn no_task_ends_without_a_person_and_an_outcome_but_by_an_answer() {
    let (mut all, mut happened) = (Ends::default(), Happened::default());
    for seed in 0..12 {
        let ends = run(seed, &mut happened).await;
        all.by_a_person += ends.by_a_person;
        all.by_an_answer += ends.by_an_answer;
        all.refused += ends.refused;
    }
    // The paths were walked, and the wrong ones were refused.
    assert!(all.by_a_person > 0 && all.by_an_answer > 0 && all.refused > 0, "{all:?}");
    let Happened { steps, ran_out, sent, failed } = happened;
    assert!(steps > 0 && ran_out > 0 && sent > 0 && failed > 0, "{happened:?}");
}

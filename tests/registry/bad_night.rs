//! A bad night, rehearsed: a script plays patients and mail server, the program does the rest.

use afterwatch::demo::night::figures::Debrief;
use afterwatch::demo::night::script::{Night, Part};
use afterwatch::demo::night::{self};
use afterwatch::domain::chain::{Audience, StepState};
use afterwatch::domain::letter::MailState;
use afterwatch::domain::task::{TaskKind, TaskState};
use afterwatch::domain::{Level, ProductKind, Role, Scope, SiteId, Timestamp};
use afterwatch::store::hooks;
use afterwatch::store::night::{Record, record};
use afterwatch::store::schema::{outbox, product, task};
use afterwatch::store::task_actions::TaskRow;
use axum::http::StatusCode;
use diesel::prelude::*;

use crate::app::{Answer, Browser, TestApp};
use crate::gateway::Gateway;

/// A training clinic with somebody of every kind, and the nurse on duty.
struct Practice {
    app: TestApp,
    site: SiteId,
    nurse: Browser,
}

impl Practice {
    async fn new() -> Self {
        let app = TestApp::practising();
        let site = app.site("A").await;
        let made = app.product("NK-ALLO").await;
        app.write(move |conn| {
            diesel::update(product::table.find(made))
                .set((product::kind.eq(ProductKind::Allogeneic), product::rule_set.eq("NK-ALLO-1")))
                .execute(conn)?;
            Ok(())
        })
        .await;
        let nurse = app.person(&[(site, Role::Nurse)], false).await;
        app.on_duty(nurse, site).await;
        for role in [Role::Physician, Role::SafetyOfficer] {
            app.person(&[(site, role)], false).await;
        }
        let nurse = app.sign_in(nurse).await;
        Self { app, site, nurse }
    }

    async fn begin(&self) -> Night {
        let answer = self.nurse.post("/demo/night", &[]).await;
        assert_eq!(answer.location(), Some("/demo/night"), "{}", answer.html);
        self.night().await
    }

    async fn night(&self) -> Night {
        self.app.read(night::last).await.unwrap()
    }

    async fn forward(&self, by: &str) -> Answer {
        self.nurse.post("/demo/night/clock", &[("by", by)]).await
    }

    /// Forward in small steps until the clinic's clock stands so many minutes after the
    /// evening, or later.
    async fn until(&self, minutes: i64) {
        let then = self.night().await.began_at.plus_minutes(minutes);
        while self.app.now() < then {
            let answer = self.forward("5").await;
            assert_eq!(answer.location(), Some("/demo/night"), "{}", answer.html);
        }
    }

    async fn record(&self, night: &Night) -> Record {
        let (site, people) = (Scope::of([self.site]), night.patients());
        let span = (night.began_at, self.app.now());
        self.app.read(move |conn| record(conn, &site, &people, span)).await
    }

    async fn task_of(&self, night: &Night, part: Part, kind: TaskKind) -> Option<TaskRow> {
        let patient = night.person(part).unwrap().patient;
        let tasks = self.record(night).await.tasks;
        tasks.into_iter().find(|task| task.patient_id == patient && task.kind == kind)
    }

    async fn watch(&self) -> String {
        self.nurse.get("/demo/night").await.html
    }
}

fn told(record: &Record, of: &TaskRow) -> Vec<(Audience, Timestamp)> {
    let done = record.steps.iter().filter(|step| step.state == StepState::Done);
    done.filter(|step| step.task_id == of.id).map(|step| (step.audience, step.due_at)).collect()
}

const BANNER: &str = "Nobody could be told of";

#[tokio::test]
async fn a_night_in_which_nobody_acts_climbs_to_the_end_raises_the_banner_and_loses_no_mail() {
    let practice = Practice::new().await;
    let night = practice.begin().await;
    assert_eq!(night.began_at, practice.app.now());
    assert_eq!(night.began_at.to_string(), "2026-03-01T12:00:00.000Z", "20:00 in Shanghai");
    practice.until(430).await;
    assert!(!practice.nurse.get("/queue").await.html.contains(BANNER), "told in time so far");
    // The mail server stands still, and the same lot has its second patient.
    practice.until(455).await;
    assert!(practice.nurse.get("/queue").await.html.contains(BANNER));
    practice.until(480).await;
    assert!(!practice.nurse.get("/queue").await.html.contains(BANNER), "the mails have left");

    let answer = practice.forward("morning").await;
    assert_eq!(answer.location(), Some("/demo/night"));
    assert_eq!(practice.app.now(), night.ends_at);
    let kept = practice.night().await;
    assert!(kept.happenings.iter().all(|one| one.did_happen), "{:?}", kept.happenings);
    let record = practice.record(&night).await;
    let task = practice.task_of(&night, Part::Shaking, TaskKind::Report).await.unwrap();
    assert_eq!((task.level, task.state), (Level::Urgent, TaskState::Open));
    let minutes: Vec<(Audience, i64)> = told(&record, &task)
        .into_iter()
        .map(|(audience, at)| (audience, at.since(task.raised_at).as_mins()))
        .collect();
    let first_round = [
        (Audience::OnDuty, 0),
        (Audience::ChargeNurse, 30),
        (Audience::Physician, 60),
        (Audience::SafetyOfficer, 90),
    ];
    assert_eq!(minutes[..4], first_round);
    assert!(minutes.len() > 8 && minutes[4] == (Audience::OnDuty, 120), "again: {minutes:?}");
    let other = practice.task_of(&night, Part::Chills, TaskKind::Report).await.unwrap();
    assert_eq!(other.level, Level::Emergency, "raised in the small hours");
    let silent = practice.task_of(&night, Part::Silent, TaskKind::MissedCheckIn).await.unwrap();
    assert_eq!(silent.level, Level::Soon);
    assert!(practice.task_of(&night, Part::Returned, TaskKind::Unreachable).await.is_some());

    let page = practice.watch().await;
    for words in [
        "The mail server stops",
        "The mail server works again",
        "did not take",
        "banner on every page",
        "Came back",
        "/demo/mail?id=",
        "Begin another night",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let debrief = practice.nurse.get("/demo/night/debrief").await;
    assert!(debrief.html.contains("That is what happened: nobody has taken it."));
    assert!(debrief.html.contains("No mail is lost."), "{}", debrief.html);
}

#[tokio::test]
async fn what_was_to_be_expected_stays_quiet_and_the_debrief_says_why() {
    let practice = Practice::new().await;
    let night = practice.begin().await;
    practice.until(375).await;
    let redness = night.person(Part::Redness).unwrap();
    let record = practice.record(&night).await;
    let quiet: Vec<_> =
        record.reports.iter().filter(|report| report.patient == redness.patient).collect();
    assert_eq!(quiet.len(), 1);
    assert_eq!((quiet[0].level, quiet[0].task), (Level::None, None));
    assert!(practice.task_of(&night, Part::Redness, TaskKind::Report).await.is_none());
    assert!(
        practice.task_of(&night, Part::Shaking, TaskKind::Report).await.is_none(),
        "38.4 on the first day is expected"
    );
    let debrief = practice.nurse.get("/demo/night/debrief").await.html;
    assert!(debrief.contains("Site reaction grade 1 (expected)"), "{debrief}");
    assert!(debrief.contains("No rule of NK-ALLO-1 (version 1) asks for a person."), "{debrief}");
    practice.until(405).await;
    assert!(
        practice.task_of(&night, Part::Shaking, TaskKind::Report).await.is_some(),
        "39.6 with shaking is not"
    );
}

#[tokio::test]
async fn a_nurse_who_acts_in_the_queue_stops_the_chain_and_sees_what_that_has_spared() {
    let practice = Practice::new().await;
    let night = practice.begin().await;
    practice.until(400).await;
    let task = practice.task_of(&night, Part::Shaking, TaskKind::Report).await.unwrap();
    let version = task.version.to_string();
    let path = format!("/tasks/{}", task.id);
    let seen = practice.app.now().to_string();
    let fields = [("version", version.as_str()), ("seen", seen.as_str())];
    let answer = practice.nurse.post(&format!("{path}/take"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    practice.until(403).await;
    let version = (task.version + 1).to_string();
    let seen = practice.app.now().to_string();
    let call = [("version", version.as_str()), ("seen", seen.as_str()), ("result", "reached")];
    let answer = practice.nurse.post(&format!("{path}/call"), &call).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    practice.forward("morning").await;

    let record = practice.record(&night).await;
    let task = practice.task_of(&night, Part::Shaking, TaskKind::Report).await.unwrap();
    assert_eq!(told(&record, &task).len(), 1, "only whoever was on duty");
    let debrief = Debrief::of(&record, practice.app.now(), night.ends_at);
    let figures = debrief.tasks.iter().find(|one| one.task.id == task.id).unwrap();
    let spared: Vec<Audience> =
        figures.otherwise.as_ref().unwrap().spared.iter().map(|(audience, _)| *audience).collect();
    assert_eq!(spared, [Audience::ChargeNurse, Audience::Physician, Audience::SafetyOfficer]);
    assert!(figures.is_unclosed() && !figures.is_untaken());
    let page = practice.nurse.get("/demo/night/debrief").await.html;
    assert!(page.contains("Also told: ") && page.contains("in time"), "{page}");
    assert!(practice.watch().await.contains("3 steps ended"));
}

#[tokio::test]
async fn the_figures_of_the_debrief_are_the_counts_of_the_rows() {
    let practice = Practice::new().await;
    let night = practice.begin().await;
    practice.forward("morning").await;
    let record = practice.record(&night).await;
    let debrief = Debrief::of(&record, practice.app.now(), night.ends_at);
    let people = night.patients();
    let counted = practice
        .app
        .read(move |conn| {
            let tasks: Vec<afterwatch::domain::TaskId> =
                task::table.filter(task::patient_id.eq_any(&people)).select(task::id).load(conn)?;
            let of_state = |conn: &mut _, state: Option<MailState>| {
                let mut query = outbox::table
                    .filter(outbox::patient_id.eq_any(&people).or(outbox::task_id.eq_any(&tasks)))
                    .into_boxed();
                if let Some(state) = state {
                    query = query.filter(outbox::state.eq(state));
                }
                query.count().get_result::<i64>(conn)
            };
            Ok([
                i64::try_from(tasks.len()).unwrap(),
                of_state(conn, None)?,
                of_state(conn, Some(MailState::Accepted))?,
                of_state(conn, Some(MailState::Cancelled))?,
                of_state(conn, Some(MailState::Failed))?,
                of_state(conn, Some(MailState::Bounced))?,
                of_state(conn, Some(MailState::Planned))?,
            ])
        })
        .await;
    let mails = debrief.mails;
    let figures = [
        i64::try_from(debrief.tasks.len()).unwrap(),
        i64::try_from(debrief.mails_planned).unwrap(),
        mails.accepted,
        mails.cancelled,
        mails.failed,
        mails.bounced,
        mails.waiting,
    ];
    assert_eq!(figures, counted);
    assert_eq!((figures[0], mails.bounced), (4, 1));
    assert_eq!(counted[1], counted[2..].iter().sum::<i64>());
    let page = practice.nurse.get("/demo/night/debrief").await.html;
    let [_, all, sent, cancelled, failed, bounced, waiting] = counted;
    let sum = format!("{all} = {sent} + {cancelled} + {failed} + {bounced} + {waiting}");
    assert!(page.contains(&sum), "{sum}: {page}");
}

#[tokio::test]
async fn one_night_runs_at_a_time_and_another_has_new_patients() {
    let practice = Practice::new().await;
    let first = practice.begin().await;
    let again = practice.nurse.post("/demo/night", &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.html.contains("A night is going on."), "{}", again.html);
    assert_eq!(practice.night().await, first);
    practice.forward("morning").await;
    let over = practice.forward("5").await;
    assert_eq!(over.status, StatusCode::CONFLICT);
    assert!(over.html.contains("No night is going on."));
    let second = practice.begin().await;
    assert_eq!((second.number, second.began_at), (2, first.began_at.plus_hours(24)));
    assert!(second.patients().iter().all(|patient| !first.patients().contains(patient)));
    let next = second.next_at();
    practice.until(75).await;
    while practice.night().await.next_at() == next {
        assert_eq!(practice.forward("next").await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(Some(practice.app.now()), next, "to the minute");
    let odd = practice.forward("backwards").await;
    assert_eq!(odd.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn only_those_who_work_tasks_begin_a_night_and_only_while_training() {
    let practice = Practice::new().await;
    let stranger = practice.app.stranger();
    let sent = stranger.post("/demo/night", &[]).await;
    assert!(
        sent.location().is_some_and(|to| to.starts_with("/login"))
            || sent.status == StatusCode::UNAUTHORIZED
    );
    for role in [Role::SafetyOfficer, Role::Coordinator, Role::Administrator, Role::Reader] {
        let person = practice.app.staff(role, practice.site).await;
        for path in ["/demo/night", "/demo/night/clock"] {
            let answer = person.post(path, &[("by", "5")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
        let may_watch = role == Role::SafetyOfficer;
        let page = person.get("/demo/night").await;
        assert_eq!(page.status == StatusCode::OK, may_watch, "{role:?}");
        assert!(!page.html.contains("Begin the night"), "{role:?}");
    }
    assert!(practice.app.read(night::last).await.is_none());

    let earnest = TestApp::new();
    let site = earnest.site("A").await;
    let nurse = earnest.staff(Role::Nurse, site).await;
    for path in ["/demo/night", "/demo/night/debrief"] {
        assert_eq!(nurse.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/demo/night", "/demo/night/clock"] {
        assert_eq!(nurse.post(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!nurse.get("/queue").await.html.contains("/demo/night"), "no link to it");
}

#[tokio::test]
async fn a_night_of_another_clinic_is_not_shown() {
    let practice = Practice::new().await;
    let night = practice.begin().await;
    let elsewhere = practice.app.site("B").await;
    let nurse = practice.app.staff(Role::Nurse, elsewhere).await;
    let page = nurse.get("/demo/night").await.html;
    assert!(page.contains("A night is going on at another clinic."), "{page}");
    assert!(!page.contains(&night.lot));
    assert!(!nurse.get("/demo/night/debrief").await.html.contains("No mail is lost."));
    let moved = nurse.post("/demo/night/clock", &[("by", "5")]).await;
    assert_eq!(moved.status, StatusCode::CONFLICT);
    let page = nurse.get("/demo/night?lang=zh-CN").await.html;
    assert!(page.contains("另一家门诊正在进行夜间演练"), "{page}");
}

#[tokio::test]
async fn moving_the_clock_calls_the_gateway_of_the_clinic_once_for_each_step() {
    let practice = Practice::new().await;
    let gateway = Gateway::new().await;
    let (site, now, hook) = (practice.site, practice.app.now(), gateway.hook());
    practice.app.write(move |conn| hooks::keep(conn, now, site, &hook)).await;
    let night = practice.begin().await;
    practice.until(395).await;
    let done =
        |record: &Record| record.steps.iter().filter(|step| step.state == StepState::Done).count();
    let before = done(&practice.record(&night).await);
    assert_eq!(gateway.calls(), before);
    // The mail server stands still in between; the gateway does not wait for it.
    practice.until(465).await;
    let after = done(&practice.record(&night).await);
    assert!(after > before + 1, "{before} {after}");
    assert_eq!(gateway.calls(), after);
}

#[tokio::test]
async fn whoever_was_idle_before_the_clock_was_moved_is_signed_out_and_nobody_else() {
    let practice = Practice::new().await;
    let idle = practice.app.staff(Role::Physician, practice.site).await;
    practice.app.advance(jiff::SignedDuration::from_mins(16));
    let nurse = practice.app.sign_in(practice.nurse.id()).await;
    let answer = nurse.post("/demo/clock", &[("advance", "P2D")]).await;
    assert_eq!(answer.location(), Some("/demo"), "{}", answer.html);
    assert_eq!(nurse.get("/queue").await.status, StatusCode::OK);
    assert_ne!(idle.get("/queue").await.status, StatusCode::OK);
}

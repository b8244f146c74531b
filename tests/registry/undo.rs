//! A step taken by mistake can be undone for ten seconds, and what was undone stays in sight.

use afterwatch::domain::chain::StepState;
use afterwatch::domain::task::{TaskEventKind, TaskState};
use afterwatch::domain::{Level, OutboxId, Role, StaffId, TaskId};
use afterwatch::store::schema::{audit, outbox, task, task_event, task_step};
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::app::{Answer, Browser, TestApp};
use crate::queue::made::{Made, NewTask};

struct Given {
    app: TestApp,
    nurse: Browser,
    other: Browser,
    made: Made,
}

async fn given() -> Given {
    let app = TestApp::new();
    let site = app.site("A").await;
    let patient = app.infused(site, "A-1").await;
    let made = app.task(site, &patient, NewTask { level: Level::Routine, ..NewTask::default() });
    let made = made.await;
    let nurse = app.staff(Role::Nurse, site).await;
    let other = app.staff(Role::Nurse, site).await;
    Given { app, nurse, other, made }
}

impl Given {
    async fn step(&self, what: &str, fields: &[(&str, &str)]) -> Answer {
        let version = self.version().await.to_string();
        let mut all = vec![("version", version.as_str())];
        all.extend_from_slice(fields);
        let answer = self.nurse.post(&format!("/tasks/{}/{what}", self.made.task), &all).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}: {}", answer.html);
        answer
    }

    async fn version(&self) -> i32 {
        let id = self.made.task;
        self.app.read(move |conn| Ok(task::table.find(id).select(task::version).first(conn)?)).await
    }

    /// What the page offers to undo: the value of its form.
    async fn offer(&self, path: &str) -> Option<String> {
        let page = self.nurse.get(path).await;
        let at = page.html.find("name=\"undo\" value=\"")?;
        assert!(page.html.contains(&format!("action=\"/tasks/{}/undo\"", self.made.task)));
        Some(page.html[at..].split('"').nth(3)?.to_owned())
    }

    async fn undo(&self, offer: &str) -> Answer {
        self.nurse.post(&format!("/tasks/{}/undo", self.made.task), &[("undo", offer)]).await
    }

    /// Its state, whether the nurse has it, and whether it was taken.
    async fn state(&self) -> (TaskState, bool, bool) {
        let (id, nurse): (TaskId, StaffId) = (self.made.task, self.nurse.id());
        self.app
            .read(move |conn| {
                let (state, owner, taken) = task::table
                    .find(id)
                    .select((task::state, task::owner_id, task::acknowledged_at.is_not_null()))
                    .first::<(TaskState, Option<StaffId>, bool)>(conn)?;
                Ok((state, owner == Some(nurse), taken))
            })
            .await
    }
}

const CLOSED: [(&str, &str); 3] =
    [("outcome", "expected_reaction"), ("worth", "no"), ("note", "As told before")];

#[tokio::test]
async fn each_step_can_be_undone_and_the_task_is_as_it_was() {
    let given = given().await;
    let to = given.other.id().to_string();
    let page = format!("/tasks/{}", given.made.task);
    let steps: [(&str, Vec<(&str, &str)>, &str, (TaskState, bool, bool)); 4] = [
        ("take", vec![], &page, (TaskState::Open, false, false)),
        ("hand-over", vec![("to", &to)], &page, (TaskState::Open, true, true)),
        ("put-back", vec![], &page, (TaskState::Open, true, true)),
        ("close", CLOSED.to_vec(), "/queue", (TaskState::Open, true, true)),
    ];
    for (what, fields, shown_at, before) in steps {
        if what == "hand-over" {
            given.step("take", &[]).await;
            given.app.advance(SignedDuration::from_secs(30));
        }
        assert_eq!(given.state().await, before, "{what}");
        given.step(what, &fields).await;
        assert_ne!(given.state().await, before, "{what}");
        given.app.advance(SignedDuration::from_secs(9));
        let offer = given.offer(shown_at).await.unwrap_or_else(|| panic!("{what}: no offer"));
        let answer = given.undo(&offer).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}: {}", answer.html);
        assert_eq!(given.state().await, before, "{what}");
        given.app.advance(SignedDuration::from_secs(30));
    }
    let id = given.made.task;
    let (undone, entries): (i64, i64) = given
        .app
        .read(move |conn| {
            let events = task_event::table
                .filter(task_event::task_id.eq(id))
                .filter(task_event::kind.eq(TaskEventKind::Undone));
            let trail = audit::table.filter(audit::action.eq("task.undone"));
            Ok((events.count().get_result(conn)?, trail.count().get_result(conn)?))
        })
        .await;
    assert_eq!((undone, entries), (4, 4));
    let page = given.nurse.get(&page).await;
    assert!(page.html.contains("The step before was undone"), "{}", page.html);
}

#[tokio::test]
async fn after_ten_seconds_it_is_too_late_with_or_without_the_button() {
    let given = given().await;
    given.step("take", &[]).await;
    let page = format!("/tasks/{}", given.made.task);
    let offer = given.offer(&page).await.unwrap();
    given.app.advance(SignedDuration::from_secs(10));
    assert_eq!(given.offer(&page).await, None);
    let answer = given.undo(&offer).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("too late to undo"), "{}", answer.html);
    assert_eq!(given.state().await, (TaskState::Open, true, true));
}

#[tokio::test]
async fn what_somebody_has_gone_on_with_is_not_undone() {
    let given = given().await;
    given.step("take", &[]).await;
    let page = format!("/tasks/{}", given.made.task);
    let offer = given.offer(&page).await.unwrap();
    // Nobody undoes a step of somebody else.
    let foreign = given.other.post(&format!("{page}/undo"), &[("undo", offer.as_str())]).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    let version = given.version().await.to_string();
    let note = [("version", version.as_str()), ("note", "I rang already")];
    given.other.post(&format!("{page}/note"), &note).await;
    assert_eq!(given.offer(&page).await, None);
    let answer = given.undo(&offer).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.html.contains("I rang already"), "{}", answer.html);
    assert_eq!(given.state().await, (TaskState::Open, true, true));
}

#[tokio::test]
async fn a_step_is_undone_once() {
    let given = given().await;
    given.step("take", &[]).await;
    let offer = given.offer("/queue").await.unwrap();
    assert_eq!(given.undo(&offer).await.status, StatusCode::SEE_OTHER);
    assert_eq!(given.undo(&offer).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(given.undo("nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(given.offer("/queue").await, None);
}

#[tokio::test]
async fn a_mail_that_went_out_since_cannot_be_taken_back() {
    use afterwatch::domain::Language;
    use afterwatch::domain::letter::{LetterKind, MailState};
    let given = given().await;
    given.step("take", &[]).await;
    let offer = given.offer("/queue").await.unwrap();
    let (id, of, nurse, now) =
        (OutboxId::new(), given.made.task, given.nurse.id(), given.app.now());
    given
        .app
        .write(move |conn| {
            diesel::insert_into(outbox::table)
                .values((
                    outbox::id.eq(id),
                    outbox::kind.eq(LetterKind::Alert),
                    outbox::priority.eq(0),
                    outbox::staff_id.eq(nurse),
                    outbox::task_id.eq(of),
                    outbox::language.eq(Language::En),
                    outbox::due_at.eq(now),
                    outbox::state.eq(MailState::Sending),
                    outbox::next_try_at.eq(now),
                    outbox::message_id.eq("m"),
                    outbox::dedup_key.eq("d"),
                    outbox::recorded_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
    let answer = given.undo(&offer).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("mail about the task has gone out"), "{}", answer.html);
    assert_eq!(given.state().await, (TaskState::Open, true, true));
}

#[tokio::test]
async fn who_undoes_taking_lets_the_next_people_be_told_again() {
    use afterwatch::store::tasks::{Need, open_or_raise};
    let app = TestApp::new();
    let site = app.site("A").await;
    let of = app.infused(site, "A-1").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let now = app.now();
    let raised = app
        .write(move |conn| {
            open_or_raise(
                conn,
                now,
                &Need {
                    site,
                    patient: of.patient,
                    infusion: of.infusion,
                    kind: afterwatch::domain::task::TaskKind::Report,
                    level: Level::Emergency,
                    acknowledge_min: Some(15),
                    contact_min: 30,
                    report: None,
                },
            )
        })
        .await;
    let id = raised.task;
    let planned = || {
        app.read(move |conn| {
            let all = task_step::table.filter(task_step::task_id.eq(id));
            Ok(all
                .filter(task_step::state.eq(StepState::Planned))
                .count()
                .get_result::<i64>(conn)?)
        })
    };
    let before = planned().await;
    assert!(before > 0);
    nurse.post(&format!("/tasks/{id}/take"), &[("version", "1")]).await;
    assert_eq!(planned().await, 0);
    let page = nurse.get("/queue").await.html;
    let at = page.find("name=\"undo\" value=\"").unwrap();
    let offer = page[at..].split('"').nth(3).unwrap().to_owned();
    nurse.post(&format!("/tasks/{id}/undo"), &[("undo", &offer)]).await;
    assert_eq!(planned().await, before);
}

//! One task: what a nurse reads on its page, and every step with it.

mod every_path;
mod loop_closes;

use std::collections::BTreeMap;

use afterwatch::domain::task::{Outcome, TaskState, WorthAFlag};
use afterwatch::domain::{Level, Role, SiteId, StaffId, TaskId};
use afterwatch::store::schema::{audit, grade_confirmation, staff_grade, task, task_event};
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::app::{Answer, Browser, TestApp};
use crate::queue::made::{Made, NewTask};

struct Ward {
    app: TestApp,
    site: SiteId,
    nurse: Browser,
    made: Made,
}

async fn ward(new: NewTask) -> Ward {
    let app = TestApp::new();
    let site = app.site("A").await;
    let patient = app.infused(site, "A-1").await;
    app.advance(SignedDuration::from_hours(19));
    let made = app.task(site, &patient, new).await;
    let nurse = app.staff(Role::Nurse, site).await;
    Ward { app, site, nurse, made }
}

impl Ward {
    fn path(&self, step: &str) -> String {
        format!("/tasks/{}/{step}", self.made.task)
    }

    async fn version(&self) -> i32 {
        let id = self.made.task;
        self.app.read(move |conn| Ok(task::table.find(id).select(task::version).first(conn)?)).await
    }

    /// Takes a step with the version as it is now.
    async fn step(&self, who: &Browser, step: &str, fields: &[(&str, &str)]) -> Answer {
        let version = self.version().await.to_string();
        let mut all = vec![("version", version.as_str())];
        all.extend_from_slice(fields);
        who.post(&self.path(step), &all).await
    }

    async fn done(&self, step: &str, fields: &[(&str, &str)]) {
        let answer = self.step(&self.nurse, step, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{step}: {}", answer.html);
    }

    /// What the audit trail says about the task, in order.
    async fn trail(&self) -> Vec<String> {
        let id = self.made.task.to_string();
        self.app
            .read(move |conn| {
                Ok(audit::table
                    .filter(audit::object_id.eq(id))
                    .order(audit::seq)
                    .select(audit::action)
                    .load(conn)?)
            })
            .await
    }

    async fn history(&self) -> Vec<String> {
        let id = self.made.task;
        self.app
            .read(move |conn| {
                Ok(task_event::table
                    .filter(task_event::task_id.eq(id))
                    .order(task_event::id)
                    .select(task_event::kind)
                    .load(conn)?)
            })
            .await
    }

    async fn state(&self) -> (TaskState, Option<StaffId>, Option<Outcome>, Option<WorthAFlag>) {
        let id: TaskId = self.made.task;
        self.app
            .read(move |conn| {
                Ok(task::table
                    .find(id)
                    .select((task::state, task::owner_id, task::outcome, task::worth_a_flag))
                    .first(conn)?)
            })
            .await
    }
}

#[tokio::test]
async fn a_nurse_takes_calls_and_closes_and_every_step_is_kept_and_audited() {
    let ward = ward(NewTask::default()).await;
    let page = ward.nurse.get(&format!("/tasks/{}", ward.made.task)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    for shown in ["Fever", "grade 1", "Name of A-1", "tel:+8613900000000", "lot L-A-1", "Negative"]
    {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
    ward.done("take", &[]).await;
    let twice = ward.nurse.post(&ward.path("take"), &[("version", "1")]).await;
    assert_eq!(twice.status, StatusCode::SEE_OTHER);
    ward.done("call", &[("result", "no_answer"), ("next_try", "30"), ("note", "engaged")]).await;
    ward.done("call", &[("result", "reached"), ("note", "feels better")]).await;
    ward.done("note", &[("note", "husband is with her")]).await;
    let closing = [("outcome", "advice_given"), ("worth", "yes"), ("note", "")];
    let answer = ward.step(&ward.nurse, "close", &closing).await;
    assert_eq!(answer.location(), Some("/queue"));
    assert_eq!(
        ward.state().await,
        (
            TaskState::Closed,
            Some(ward.nurse.id()),
            Some(Outcome::AdviceGiven),
            Some(WorthAFlag::Yes)
        )
    );
    assert_eq!(ward.history().await, ["opened", "taken", "called", "called", "note", "closed"]);
    let steps = ["viewed", "taken", "called", "called", "noted", "closed"];
    assert_eq!(ward.trail().await, steps.map(|step| format!("task.{step}")));
    let closed = ward.nurse.get("/queue/closed?search=a-1").await;
    for shown in ["A-1", "Advice given", "Test Person"] {
        assert!(closed.html.contains(shown), "{shown}: {}", closed.html);
    }
    assert!(!ward.nurse.get("/queue").await.html.contains("A-1"));
}

#[tokio::test]
async fn hand_over_put_back_and_reopen_say_what_they_lack() {
    let ward = ward(NewTask { level: Level::Soon, ..NewTask::default() }).await;
    let other = ward.app.person(&[(ward.site, Role::Physician)], false).await;
    let reader = ward.app.person(&[(ward.site, Role::Reader)], false).await;
    ward.done("take", &[]).await;
    for to in [String::new(), reader.to_string(), "nobody".to_owned()] {
        let refused = ward.step(&ward.nurse, "hand-over", &[("to", &to)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
    }
    ward.done("hand-over", &[("to", &other.to_string()), ("note", "please call at 8")]).await;
    assert_eq!(ward.state().await.1, Some(other));
    ward.done("put-back", &[("note", "off duty")]).await;
    assert_eq!(ward.state().await.1, None);
    let early = ward.step(&ward.nurse, "reopen", &[("note", "why not")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    ward.done("close", &[("outcome", "expected_reaction"), ("worth", "no")]).await;
    let silent = ward.step(&ward.nurse, "reopen", &[("note", "  ")]).await;
    assert!(silent.html.contains("Give the reason."), "{}", silent.html);
    ward.done("reopen", &[("note", "fever is back")]).await;
    assert_eq!(ward.state().await, (TaskState::Open, Some(ward.nurse.id()), None, None));
}

#[tokio::test]
async fn closing_names_everything_that_is_missing_and_keeps_what_was_typed() {
    let ward = ward(NewTask::default()).await;
    let typed = "her <b>son</b> & I spoke";
    let refused = ward.step(&ward.nurse, "close", &[("note", typed), ("worth", "unsure")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for shown in [
        "Choose how it ended.",
        "Somebody has to take the task before it can be closed.",
        "her &#60;b&#62;son&#60;/b&#62; &#38; I spoke</textarea>",
        "value=\"unsure\" checked",
    ] {
        assert!(refused.html.contains(shown), "{shown}: {}", refused.html);
    }
    assert!(!refused.html.contains("Answer whether it was worth a flag."));
    let chinese = ward.nurse.get("/queue?lang=zh-CN").await;
    assert_eq!(chinese.status, StatusCode::OK);
    let refused = ward.step(&ward.nurse, "close", &[]).await;
    for shown in ["请选择结果。", "请回答是否值得提醒。", "任务须先有人接手才能关闭。"]
    {
        assert!(refused.html.contains(shown), "{shown}: {}", refused.html);
    }
    assert_eq!(ward.state().await.0, TaskState::Open);
    assert_eq!(ward.history().await, ["opened"]);
}

#[tokio::test]
async fn the_slower_of_two_nurses_sees_what_changed_and_keeps_what_they_typed() {
    let ward = ward(NewTask::default()).await;
    let colleague = ward.app.staff(Role::Nurse, ward.site).await;
    let page = colleague.get(&format!("/tasks/{}", ward.made.task)).await;
    let seen = page.html.split("name=\"seen\" value=\"").nth(1).unwrap();
    let seen = seen.split('"').next().unwrap().to_owned();
    ward.done("call", &[("result", "reached"), ("note", "told to rest")]).await;
    let fields = [
        ("version", "1"),
        ("seen", seen.as_str()),
        ("result", "no_answer"),
        ("next_try", "60"),
        ("note", "nobody there"),
    ];
    let late = colleague.post(&ward.path("call"), &fields).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for shown in [
        "This task changed after you opened it",
        "told to rest",
        "nobody there</textarea>",
        "Reached",
    ] {
        assert!(late.html.contains(shown), "{shown}: {}", late.html);
    }
    assert!(late.html.contains("name=\"version\" value=\"2\""), "{}", late.html);
    let mut again = fields;
    again[0] = ("version", "2");
    let sent = colleague.post(&ward.path("call"), &again).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn of_two_nurses_at_once_exactly_one_wins_a_hundred_times() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let patient = app.infused(site, "A-1").await;
    let (one, two) = (app.staff(Role::Nurse, site).await, app.staff(Role::Nurse, site).await);
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for _ in 0..100 {
        let made = app.task(site, &patient, NewTask::default()).await;
        let path = format!("/tasks/{}/take", made.task);
        let fields = [("version", "1")];
        let (a, b) = tokio::join!(one.post(&path, &fields), two.post(&path, &fields));
        for answer in [a, b] {
            *statuses.entry(answer.status.as_u16()).or_default() += 1;
        }
        let events: i64 = app
            .read(move |conn| {
                Ok(task_event::table
                    .filter(task_event::task_id.eq(made.task))
                    .count()
                    .get_result(conn)?)
            })
            .await;
        assert_eq!(events, 2, "opened and taken once");
    }
    assert_eq!(statuses, BTreeMap::from([(303, 100), (409, 100)]));
}

#[tokio::test]
async fn another_clinics_task_and_none_at_all_answer_alike() {
    let ward = ward(NewTask::default()).await;
    let elsewhere = ward.app.site("B").await;
    let stranger = ward.app.staff(Role::Nurse, elsewhere).await;
    let path = format!("/tasks/{}", ward.made.task);
    let missing = format!("/tasks/{}", TaskId::new());
    let mut answers = Vec::new();
    for path in [&path, &missing, &"/tasks/1".to_owned(), &format!("{path}/terms/CRS")] {
        answers.push(stranger.get(path).await.status);
    }
    for step in ["take", "call", "note", "close", "hand-over", "put-back", "reopen", "grade"] {
        for path in [&path, &missing] {
            let fields = [("version", "1"), ("note", "x"), ("result", "reached")];
            answers.push(stranger.post(&format!("{path}/{step}"), &fields).await.status);
        }
    }
    assert!(answers.iter().all(|status| *status == StatusCode::NOT_FOUND), "{answers:?}");
    assert!(!stranger.get("/queue").await.html.contains("A-1"));
    assert!(!stranger.get("/queue/closed").await.html.contains("A-1"));
    assert_eq!(ward.history().await, ["opened"]);
    let officer = ward.app.staff(Role::SafetyOfficer, ward.site).await;
    let refused = officer.post(&ward.path("take"), &[("version", "1")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_changed_grade_needs_a_reason_and_stands_beside_the_derived_one() {
    let ward = ward(NewTask { grades: vec![("RASH", 2)], ..NewTask::default() }).await;
    let report = ward.made.report.to_string();
    let grade = |grade: &'static str, note: &'static str| {
        [
            ("report", report.clone()),
            ("code", "RASH".into()),
            ("grade", grade.into()),
            ("note", note.into()),
        ]
    };
    let send = async |fields: [(&str, String); 4]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        ward.step(&ward.nurse, "grade", &fields).await
    };
    assert_eq!(send(grade("2", "")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(send(grade("3", "")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(grade("6", "worse")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(send(grade("3", "half of the body")).await.status, StatusCode::SEE_OTHER);
    let kept: Vec<(i32, Option<String>)> = ward
        .app
        .read(|conn| {
            Ok(grade_confirmation::table
                .order(grade_confirmation::id)
                .select((grade_confirmation::grade, grade_confirmation::reason))
                .load(conn)?)
        })
        .await;
    assert_eq!(kept, [(2, None), (3, Some("half of the body".to_owned()))]);
    let page = ward.nurse.get(&format!("/tasks/{}", ward.made.task)).await;
    for shown in ["grade 2", "grade 3 in the judgement of Test Person", "half of the body"] {
        assert!(page.html.contains(shown), "{shown}: {}", page.html);
    }
}

#[tokio::test]
async fn diagnoses_are_graded_by_their_calculators() {
    let ward = ward(NewTask::default()).await;
    let crs = [("fever_ever", "1"), ("vasopressors", "1"), ("oxygen", "low"), ("grade", "3")];
    ward.done("terms/CRS", &crs).await;
    ward.done("terms/ICANS", &[("ice", "5")]).await;
    ward.done("terms/IRR", &[("grade", "2"), ("note", "paused for 20 minutes")]).await;
    ward.done("terms/ANAPHYLAXIS", &[("grade", "0"), ("skin", "1")]).await;
    for (term, fields, why) in [
        ("CRS", &[("fever_ever", "1")][..], "Choose a grade."),
        ("ICANS", &[("ice", "11")][..], "whole number from 0 to 10"),
        ("ANAPHYLAXIS", &[("grade", "2")][..], "CTCAE has no such grade"),
        ("ALLERGIC", &[("grade", "1")][..], "not graded together"),
        ("GVHD", &[("grade", "2")][..], "needs donor cells"),
    ] {
        let refused = ward.step(&ward.nurse, &format!("terms/{term}"), fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{term}");
        assert!(refused.html.contains(why), "{term}: {}", refused.html);
    }
    let kept: Vec<(String, i32, String)> = ward
        .app
        .read(|conn| {
            Ok(staff_grade::table
                .order(staff_grade::id)
                .select((staff_grade::term, staff_grade::grade, staff_grade::scale))
                .load(conn)?)
        })
        .await;
    let kept: Vec<_> = kept.iter().map(|(t, g, s)| (t.as_str(), *g, s.as_str())).collect();
    assert_eq!(
        kept,
        [
            ("CRS", 3, "astct_2019"),
            ("CRS", 3, "ctcae_5.0"),
            ("ICANS", 2, "astct_2019"),
            ("IRR", 2, "ctcae_5.0"),
            ("ANAPHYLAXIS", 0, "ctcae_5.0"),
        ]
    );
}

#[tokio::test]
async fn hostile_text_is_shown_as_text_everywhere() {
    let hostile = "<script>alert(1)</script>\u{202e}\"'><img src=x onerror=alert(1)>";
    let ward = ward(NewTask { free_text: Some(hostile), ..NewTask::default() }).await;
    ward.done("note", &[("note", hostile)]).await;
    ward.done("call", &[("result", "reached"), ("note", hostile)]).await;
    let path = format!("/tasks/{}", ward.made.task);
    let search = format!("/queue/closed?search={}", "%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    for path in [path.as_str(), "/queue", search.as_str()] {
        for lang in ["en", "zh-CN"] {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = ward.nurse.get(&format!("{path}{mark}lang={lang}")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.html);
            assert!(
                !page.html.contains("<script>") && !page.html.contains("<img"),
                "{}",
                page.html
            );
        }
    }
}

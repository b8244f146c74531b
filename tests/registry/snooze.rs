//! An expected level that a nurse keeps quiet: what stays quiet, what still speaks, and how it ends.

use afterwatch::domain::grading::SymptomCode;
use afterwatch::domain::snooze::SnoozeEnd;
use afterwatch::domain::{Actor, Level, Role, SiteId, SnoozeId, StaffId};
use afterwatch::intake::{Receipt, advice_for};
use afterwatch::snooze;
use afterwatch::store::schema::{audit, snooze as table, snoozed_flag};
use afterwatch::store::snoozes;
use axum::http::StatusCode;
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::app::{Browser, TestApp};
use crate::fixtures::Infused;
use crate::ward::Ward;

impl TestApp {
    /// A level that is kept quiet, on a report that was just given.
    pub async fn quiet(&self, site: SiteId, given: &Infused, nurse: StaffId) -> SnoozeId {
        let (now, infusion, patient) = (self.now(), given.infusion, given.patient);
        self.write(move |conn| {
            let submission = afterwatch::intake::Submission {
                infusion,
                source: afterwatch::domain::registry::ReportSource::StaffPhone,
                staff: Some(nurse),
                language: afterwatch::domain::Language::En,
                report: itching(2),
                draft: None,
                idempotency_key: None,
                supersedes: None,
            };
            let actor = Actor::Staff { id: nurse, name: "Test Person".to_owned() };
            afterwatch::intake::receive(conn, now, &actor, &submission).unwrap();
            let scope = afterwatch::domain::Scope::of([site]);
            let patient = afterwatch::store::patients::get(conn, &scope, patient)?.unwrap();
            let site = afterwatch::store::sites::get(conn, &scope, site)?.unwrap();
            let form = snooze::SnoozeForm {
                symptom: "PRURITUS".to_owned(),
                until: now.day(site.time_zone.jiff()).plus_days(7).to_string(),
                reason: "known".to_owned(),
            };
            Ok(snooze::begin(conn, now, (&actor, nurse), (&patient, &site), &form).unwrap())
        })
        .await
    }
}

fn itching(adl: u8) -> Value {
    json!({"symptoms": {"PRURITUS": {"widespread": false, "adl": adl, "onset_h": 0, "duration_h": 1}}})
}

/// Moderate itching is kept quiet by the nurse, seven days from the start.
struct Quiet {
    ward: Ward,
    path: String,
}

impl Quiet {
    async fn new() -> Self {
        let ward = Ward::new().await;
        ward.hours(2);
        let first = ward.report(itching(2)).await;
        assert_eq!((first.level, first.rules.as_slice()), (Level::Soon, &["S05".to_owned()][..]));
        let path = format!("/patients/{}", ward.infused.patient);
        let quiet = Self { ward, path };
        let answer = quiet.ask(&[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        // The task of the first report is done with.
        let task = first.task.unwrap();
        quiet
            .ward
            .app
            .write(move |conn| {
                use afterwatch::store::schema::task;
                diesel::update(task::table.find(task))
                    .set((
                        task::state.eq("closed"),
                        task::closed_at.eq("2026-03-01T06:00:00.000Z"),
                        task::closed_by.eq(task::acknowledged_by),
                        task::outcome.eq("answered"),
                        task::kind.eq("missed_check_in"),
                    ))
                    .execute(conn)?;
                Ok(())
            })
            .await;
        quiet
    }

    /// Signed in anew: the clock moves in steps that are longer than a session.
    async fn nurse(&self) -> Browser {
        self.ward.app.sign_in(self.ward.nurse).await
    }

    async fn ask(&self, changed: &[(&'static str, &str)]) -> crate::app::Answer {
        let until = self.ward.app.now().day(&jiff::tz::TimeZone::UTC).plus_days(7).to_string();
        let mut form = vec![
            ("symptom", "PRURITUS"),
            ("until", until.as_str()),
            ("reason", "Known for years, see the record"),
        ];
        for (name, value) in changed {
            form.retain(|(other, _)| other != name);
            form.push((name, value));
        }
        self.nurse().await.post(&format!("{}/snooze", self.path), &form).await
    }

    async fn report(&self, report: Value) -> Receipt {
        self.ward.hours(1);
        self.ward.report(report).await
    }

    async fn ends(&self) -> Vec<Option<SnoozeEnd>> {
        self.ward
            .app
            .read(|conn| Ok(table::table.order(table::id).select(table::end_cause).load(conn)?))
            .await
    }
}

#[tokio::test]
async fn the_same_level_raises_nothing_and_is_kept_marked_and_shown() {
    let quiet = Quiet::new().await;
    let (tasks, alerts) = (quiet.ward.count("task").await, quiet.ward.count("alert").await);
    let again = quiet.report(itching(2)).await;
    assert_eq!((again.level, again.task), (Level::None, None));
    assert_eq!(again.rules, ["S05"], "what fired is told");
    assert_eq!((quiet.ward.count("task").await, quiet.ward.count("alert").await), (tasks, alerts));
    let kept: Vec<(String, Level)> = quiet
        .ward
        .app
        .read(|conn| {
            Ok(snoozed_flag::table.select((snoozed_flag::rule, snoozed_flag::level)).load(conn)?)
        })
        .await;
    assert_eq!(kept, [("S05".to_owned(), Level::Soon)]);
    let (now, report) = (quiet.ward.app.now(), again.report);
    for (language, words) in [
        (afterwatch::domain::Language::En, "knows about this already"),
        (afterwatch::domain::Language::ZhCn, "已经了解这一情况"),
    ] {
        let advice = quiet
            .ward
            .app
            .read(move |conn| Ok(advice_for(conn, now, report, language)?.unwrap()))
            .await;
        assert_eq!(advice.len(), 1, "nobody is promised a call: {advice:?}");
        assert!(advice[0].contains(words), "{advice:?}");
    }
    for (lang, words) in [
        ("en", ["Itching up to grade 2 (S05)", "Kept quiet: S05", "End it now"]),
        ("zh-CN", ["不超过2级（S05）", "已暂停提醒：S05", "立即结束"]),
    ] {
        let page = quiet.nurse().await.get(&format!("{}?lang={lang}", quiet.path)).await;
        for words in words {
            assert!(page.html.contains(words), "{words}: {}", page.html);
        }
    }
    // A report that needs a nurse for another reason is told as ever.
    let mut asks = itching(2);
    asks["flags"] = json!({"call_me": true});
    let asks = quiet.report(asks).await;
    assert_eq!(asks.level, Level::Soon);
    assert!(asks.task.is_some());
    assert_eq!(quiet.ends().await, [None]);
}

#[tokio::test]
async fn a_higher_grade_a_new_symptom_and_the_day_end_it() {
    let pain = json!({"symptoms": {
        "PRURITUS": {"widespread": false, "adl": 1, "onset_h": 0, "duration_h": 1},
        "CHEST_PAIN": {"sev": 1, "adl": 0, "onset_h": 1, "duration_h": 1},
    }});
    for (report, level, end) in [
        (itching(3), Level::Urgent, SnoozeEnd::GradeRose),
        (pain, Level::Emergency, SnoozeEnd::NewSymptom),
    ] {
        let quiet = Quiet::new().await;
        let receipt = quiet.report(report).await;
        assert_eq!(receipt.level, level);
        assert!(receipt.task.is_some());
        assert_eq!(quiet.ends().await, [Some(end)]);
        // What has ended does not come back with the old grade.
        let before = quiet.report(itching(2)).await;
        assert_eq!(before.level, Level::Soon);
    }
    let quiet = Quiet::new().await;
    quiet.ward.hours(24 * 9);
    quiet.ward.tick().await;
    assert_eq!(quiet.ends().await, [Some(SnoozeEnd::Date)]);
    assert_eq!(quiet.report(itching(2)).await.level, Level::Soon);
    let by: Vec<(String, String)> = quiet
        .ward
        .app
        .read(|conn| {
            Ok(audit::table
                .filter(audit::object_kind.eq("snooze"))
                .order(audit::seq)
                .select((audit::action, audit::detail))
                .load(conn)?)
        })
        .await;
    assert_eq!(
        by.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(),
        ["snooze.begun", "snooze.ended"]
    );
    assert!(by[1].1.contains("\"cause\":\"date\""), "{}", by[1].1);
}

#[tokio::test]
async fn a_further_infusion_ends_it() {
    let quiet = Quiet::new().await;
    quiet.ward.hours(24);
    let ward = &quiet.ward;
    let given = &ward.infused;
    let at = ward.app.now();
    ward.app.infusion((ward.site, given.patient), (given.course, 2), given.lot, at).await;
    quiet.ward.hours(1);
    quiet.ward.tick().await;
    assert_eq!(quiet.ends().await, [Some(SnoozeEnd::NewInfusion)]);
}

#[tokio::test]
async fn a_person_ends_it_early_with_a_reason() {
    let quiet = Quiet::new().await;
    let patient = quiet.ward.infused.patient;
    let id = quiet.ward.app.read(move |conn| Ok(snoozes::in_force(conn, patient)?[0].id)).await;
    let path = format!("/snoozes/{id}/end");
    assert_eq!(quiet.nurse().await.get(&path).await.status, StatusCode::OK);
    let wordless = quiet.nurse().await.post(&path, &[("reason", " ")]).await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(quiet.ends().await, [None]);
    let done = quiet.nurse().await.post(&path, &[("reason", "Wants to be called")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(quiet.ends().await, [Some(SnoozeEnd::Person)]);
    let twice = quiet.nurse().await.post(&path, &[("reason", "Again")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert_eq!(quiet.report(itching(2)).await.level, Level::Soon);
    let page = quiet.nurse().await.get(&quiet.path).await;
    assert!(page.html.contains("ended by a person") && page.html.contains("Wants to be called"));
}

#[tokio::test]
async fn what_may_not_be_kept_quiet_is_refused_with_the_reason() {
    let ward = Ward::new().await;
    ward.hours(2);
    let path = format!("/patients/{}", ward.infused.patient);
    let quiet = Quiet { ward, path };
    let form = format!("{}/snooze", quiet.path);
    assert!(quiet.nurse().await.get(&form).await.html.contains("no judged report"));
    assert_eq!(quiet.ask(&[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    quiet.report(crate::ward::chest_pain()).await;
    for (lang, words) in [("en", "E04, an EMERGENCY rule"), ("zh-CN", "E04，属危急规则")] {
        let page = quiet.ask(&[("symptom", "CHEST_PAIN")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = quiet
            .nurse()
            .await
            .post(
                &format!("{form}?lang={lang}"),
                &[("symptom", "CHEST_PAIN"), ("until", "2026-03-05"), ("reason", "no")],
            )
            .await;
        assert!(page.html.contains(words), "{}", page.html);
    }
    quiet.nurse().await.get(&format!("{form}?lang=en")).await;
    quiet.report(itching(2)).await;
    for (field, value, words) in [
        ("symptom", "FATIGUE", "does not name this symptom"),
        ("symptom", "NONSENSE", "One of"),
        ("until", "2027-03-01", "2026-04-0"),
        ("until", "2026-02-01", "2026-04-0"),
        ("until", "soon", "date"),
        ("reason", "", "say why"),
    ] {
        let page = quiet.ask(&[(field, value)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        assert!(page.html.contains(words), "{field} {value}: {}", page.html);
    }
    assert_eq!(quiet.ask(&[]).await.status, StatusCode::SEE_OTHER);
    let twice = quiet.ask(&[]).await;
    assert!(twice.html.contains("kept quiet already"), "{}", twice.html);
    for role in [Role::Coordinator, Role::Reader, Role::SafetyOfficer] {
        let person = quiet.ward.app.staff(role, quiet.ward.site).await;
        assert_eq!(person.get(&form).await.status, StatusCode::FORBIDDEN, "{role:?}");
        let page = person.get(&quiet.path).await;
        assert!(page.html.contains("Itching up to grade 2") && !page.html.contains("End it now"));
    }
    let made = quiet
        .ward
        .app
        .read({
            let patient = quiet.ward.infused.patient;
            move |conn| Ok(snoozes::in_force(conn, patient)?.remove(0))
        })
        .await;
    assert_eq!(made.what.symptom, SymptomCode::Pruritus);
}

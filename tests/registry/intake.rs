//! From what somebody tells us to a report, a task and an alert.

use afterwatch::domain::registry::{Evaluation, ReportSource};
use afterwatch::domain::task::TaskEventKind;
use afterwatch::domain::{
    Actor, ApiTokenId, InfusionId, Language, Level, LinkId, Role, StaffId, TaskId, Timestamp,
};
use afterwatch::intake::{self, IntakeError, Receipt, Submission};
use afterwatch::store::schema::{
    audit, flag, outbox, product, report, report_symptom, rule_set, task,
};
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::ward::{Ward, chest_pain, fever, itch, tired};

#[tokio::test]
async fn a_report_is_kept_with_grades_flags_task_alert_and_audit() {
    let ward = Ward::new().await;
    ward.hours(5);
    let receipt = ward.report(fever()).await;
    assert_eq!(receipt.level, Level::Urgent);
    assert_eq!(receipt.rules, ["U01", "U02", "U11", "S04"]);
    assert!(receipt.is_evaluated && !receipt.is_repeat && !receipt.nobody_on_duty);
    assert_eq!(receipt.reference.len(), 9);
    let (id, task_id, nurse, now) =
        (receipt.report, receipt.task.unwrap(), ward.nurse, ward.app.now());

    let (hours, temperature, kept, evaluation, version): (
        String,
        Option<String>,
        String,
        Evaluation,
        i32,
    ) = ward
        .app
        .read(move |conn| {
            Ok(report::table
                .filter(report::id.eq(id).and(report::task_id.eq(task_id)))
                .select((
                    report::hours_since_infusion,
                    report::temp_adj_c,
                    report::input,
                    report::evaluation,
                    report::rule_set_version,
                ))
                .first(conn)?)
        })
        .await;
    assert_eq!((hours.as_str(), temperature.as_deref()), ("5", Some("40.0")));
    assert_eq!((evaluation, version), (Evaluation::Done, 1));
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["history"], json!({"product": "autologous"}));
    assert_eq!(kept["report"], fever());

    let symptoms: Vec<(String, Option<i32>, String, Option<String>, bool)> = ward
        .app
        .read(move |conn| {
            Ok(report_symptom::table
                .filter(report_symptom::report_id.eq(id))
                .order(report_symptom::code)
                .select((
                    report_symptom::code,
                    report_symptom::grade,
                    report_symptom::ctcae_version,
                    report_symptom::onset_h,
                    report_symptom::in_expected_window,
                ))
                .load(conn)?)
        })
        .await;
    let row = |code: &str, grade| {
        (code.to_owned(), Some(grade), "5.0".to_owned(), Some("3".to_owned()), false)
    };
    assert_eq!(symptoms, [row("CHILLS", 2), row("FEVER", 2)]);

    let flags: Vec<(String, i32, Level, bool, String)> = ward
        .app
        .read(move |conn| {
            Ok(flag::table
                .filter(flag::task_id.eq(task_id).and(flag::report_id.eq(id)))
                .order(flag::rule)
                .select((
                    flag::rule,
                    flag::rule_set_version,
                    flag::level,
                    flag::historic,
                    flag::because,
                ))
                .load(conn)?)
        })
        .await;
    assert_eq!(flags.len(), 4);
    let (rule, version, level, historic, because) = &flags[2];
    assert_eq!((rule.as_str(), *version, *level, *historic), ("U02", 1, Level::Urgent, false));
    let because: Value = serde_json::from_str(because).unwrap();
    assert_eq!(because[0]["field"], "grade.FEVER");
    assert_eq!(because[0]["value"], 2);

    let (level, raised_at, acknowledge_by, contact_by) = ward.task(task_id).await;
    assert_eq!((level, raised_at), (Level::Urgent, now));
    assert_eq!(acknowledge_by, Some(now.plus_minutes(30)));
    assert_eq!(contact_by, now.plus_minutes(120));
    assert_eq!(ward.events(task_id).await, [TaskEventKind::Opened]);

    let alerts: Vec<(Option<StaffId>, Option<TaskId>, Timestamp)> = ward
        .app
        .read(|conn| {
            Ok(outbox::table
                .filter(outbox::kind.eq("alert"))
                .select((outbox::staff_id, outbox::task_id, outbox::due_at))
                .load(conn)?)
        })
        .await;
    assert_eq!(alerts, [(Some(nurse), Some(task_id), now)]);

    let (sets, entries): (i64, i64) = ward
        .app
        .read(move |conn| {
            let sets =
                rule_set::table.filter(rule_set::id.eq("NK-AUTO-1")).count().get_result(conn)?;
            let entries = audit::table
                .filter(audit::action.eq("report.received"))
                .filter(audit::object_id.eq(id.to_string()))
                .count()
                .get_result(conn)?;
            Ok((sets, entries))
        })
        .await;
    assert_eq!((sets, entries), (1, 1));
}

#[tokio::test]
async fn a_wrong_report_is_refused_with_every_field_and_leaves_nothing() {
    let ward = Ward::new().await;
    let wrong = json!({
        "temp": {"value": 100.4, "unit": "C", "site": "mouth"},
        "flags": {"throat_tigth": true},
        "symptoms": {"FATIGUE": {"adl": 7}},
    });
    let Err(IntakeError::Refused(problems)) = ward.send(ward.submission(wrong)).await else {
        panic!("it was taken");
    };
    let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
    for field in [
        "report.temp.value",
        "report.temp.site",
        "report.flags.throat_tigth",
        "report.symptoms.FATIGUE.adl",
        "report.symptoms.FATIGUE.relieved_by_rest",
        "report.symptoms.FATIGUE.onset_h",
    ] {
        assert!(fields.contains(&field), "{field} is not among {fields:?}");
    }
    for nothing in [Value::Null, json!([]), json!("well")] {
        let sent = ward.send(ward.submission(nothing.clone())).await;
        assert!(matches!(sent, Err(IntakeError::Refused(_))), "{nothing}");
    }
    assert_eq!(ward.count("report").await + ward.count("task").await, 0);
}

#[tokio::test]
async fn feeling_well_needs_nobody() {
    let ward = Ward::new().await;
    let receipt = ward.report(json!({})).await;
    assert_eq!((receipt.level, receipt.task), (Level::None, None));
    assert_eq!(ward.count("task").await, 0);
    assert_eq!(ward.count("alert").await, 0);
}

#[tokio::test]
async fn further_reports_attach_to_the_open_task_and_raise_it_but_never_lower_it() {
    let ward = Ward::new().await;
    let first = ward.report(itch()).await;
    assert_eq!((first.level, ward.count("alert").await), (Level::Routine, 0));
    let id = first.task.unwrap();
    ward.hours(1);
    let raised = ward.report(chest_pain()).await;
    assert_eq!((raised.level, raised.task), (Level::Emergency, Some(id)));
    let now = ward.app.now();
    let (level, raised_at, acknowledge_by, contact_by) = ward.task(id).await;
    assert_eq!((level, raised_at), (Level::Emergency, now));
    assert_eq!(acknowledge_by, Some(now.plus_minutes(15)));
    assert_eq!(contact_by, now.plus_minutes(30));
    assert_eq!(ward.count("alert").await, 1);
    ward.hours(1);
    for milder in [itch(), tired(), json!({}), chest_pain()] {
        assert_eq!(ward.report(milder).await.task, Some(id));
    }
    let (level, raised_at, ..) = ward.task(id).await;
    assert_eq!((level, raised_at), (Level::Emergency, now));
    assert_eq!((ward.count("task").await, ward.count("alert").await), (1, 1));
    use TaskEventKind::{Opened, Raised, ReportAttached};
    assert_eq!(
        ward.events(id).await,
        [Opened, Raised, ReportAttached, ReportAttached, ReportAttached, ReportAttached]
    );
}

#[tokio::test]
async fn a_new_danger_on_a_task_that_was_taken_alerts_again_and_an_old_one_does_not() {
    let ward = Ward::new().await;
    let id = ward.report(chest_pain()).await.task.unwrap();
    let (nurse, now) = (ward.nurse, ward.app.now());
    ward.app
        .write(move |conn| {
            diesel::update(task::table.filter(task::id.eq(id)))
                .set((task::acknowledged_at.eq(now), task::acknowledged_by.eq(nurse)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.report(chest_pain()).await;
    assert_eq!(ward.count("alert").await, 1);
    ward.report(json!({"flags": {"one_sided_weakness": true}})).await;
    assert_eq!(ward.count("alert").await, 2);
}

#[tokio::test]
async fn fifty_posts_of_one_form_are_one_report_with_one_receipt() {
    let ward = Ward::new().await;
    let (actor, draft) = ward.behind_link().await;
    let submission = Submission {
        source: ReportSource::Patient,
        staff: None,
        draft: Some(draft),
        ..ward.submission(fever())
    };
    let sent = (0..50).map(|_| ward.send_as(actor.clone(), submission.clone()));
    let receipts = futures::future::join_all(sent).await;
    let receipts: Vec<Receipt> = receipts.into_iter().map(Result::unwrap).collect();
    let told = |receipt: &Receipt| {
        (
            receipt.report,
            receipt.reference.clone(),
            receipt.rules.clone(),
            receipt.grades.clone(),
            receipt.task,
        )
    };
    assert!(receipts.iter().all(|receipt| told(receipt) == told(&receipts[0])));
    assert_eq!(receipts.iter().filter(|receipt| !receipt.is_repeat).count(), 1);
    assert_eq!(ward.count("report").await, 1);
    assert_eq!((ward.count("task").await, ward.count("alert").await), (1, 1));
}

#[tokio::test]
async fn a_key_brings_the_same_receipt_and_is_not_good_for_another_report() {
    let ward = Ward::new().await;
    let keyed =
        |report| Submission { idempotency_key: Some("k1".to_owned()), ..ward.submission(report) };
    let first = ward.send(keyed(fever())).await.unwrap();
    ward.hours(1);
    let again = ward.send(keyed(fever())).await.unwrap();
    assert_eq!((again.report, again.is_repeat), (first.report, true));
    assert_eq!(again.received_at, first.received_at);
    let other = ward.send(keyed(tired())).await;
    assert!(matches!(other, Err(IntakeError::KeyReused)));
    assert_eq!(ward.count("report").await, 1);
}

#[tokio::test]
async fn a_report_that_cannot_be_evaluated_is_kept_and_urgent() {
    let ward = Ward::new().await;
    let product = ward.infused.product;
    ward.app
        .write(move |conn| {
            diesel::update(product::table.filter(product::id.eq(product)))
                .set(product::rule_set.eq("NO-SUCH-SET"))
                .execute(conn)?;
            Ok(())
        })
        .await;
    let receipt = ward.report(tired()).await;
    assert_eq!((receipt.level, receipt.is_evaluated), (Level::Urgent, false));
    assert_eq!(receipt.rules, [intake::NOT_EVALUATED]);
    assert_eq!((ward.count("flag").await, ward.count("alert").await), (1, 1));
    let id = receipt.report;
    let (evaluation, grade): (Evaluation, Option<i32>) = ward
        .app
        .read(move |conn| {
            Ok(report::table
                .inner_join(report_symptom::table)
                .filter(report::id.eq(id))
                .select((report::evaluation, report_symptom::grade))
                .first(conn)?)
        })
        .await;
    assert_eq!((evaluation, grade), (Evaluation::Failed, None));
    let now = ward.app.now();
    let advice =
        ward.app.read(move |conn| intake::advice_for(conn, now, id, Language::En)).await.unwrap();
    assert!(
        advice[0].starts_with("A nurse or doctor will phone you within 2 hours."),
        "{advice:?}"
    );
}

#[tokio::test]
async fn nobody_on_duty_is_seen_and_everybody_who_works_the_queue_is_told() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let nurse = app.person(&[(site, Role::Nurse), (site, Role::Physician)], false).await;
    app.person(&[(site, Role::Reader)], false).await;
    let infused = app.infused(site, "P1").await;
    let ward = Ward { app, site, nurse, infused };
    let receipt = ward.report(chest_pain()).await;
    assert!(receipt.nobody_on_duty);
    assert_eq!(ward.count("alert").await, 1);
    let entries: i64 = ward
        .app
        .read(|conn| {
            Ok(audit::table
                .filter(audit::action.eq("alert.nobody_on_duty"))
                .count()
                .get_result(conn)?)
        })
        .await;
    assert_eq!(entries, 1);
}

#[tokio::test]
async fn only_who_may_reach_the_infusion_can_report_for_it() {
    let ward = Ward::new().await;
    let other_site = ward.app.site("B").await;
    let other = ward.app.person(&[(other_site, Role::Nurse)], false).await;
    let reader = ward.app.person(&[(ward.site, Role::Reader)], false).await;
    let name = || "Test Person".to_owned();
    let elsewhere = ward.app.infused(other_site, "P2").await;
    let strangers = [
        Actor::Staff { id: other, name: name() },
        Actor::Staff { id: reader, name: name() },
        Actor::Patient { patient: elsewhere.patient, link: LinkId::new() },
        Actor::Api { token: ApiTokenId::new(), name: name() },
    ];
    for actor in strangers {
        let sent = ward.send_as(actor.clone(), ward.submission(fever())).await;
        assert!(matches!(sent, Err(IntakeError::NotFound)), "{actor:?}");
    }
    let missing = Submission { infusion: InfusionId::new(), ..ward.submission(fever()) };
    assert!(matches!(ward.send(missing).await, Err(IntakeError::NotFound)));
}

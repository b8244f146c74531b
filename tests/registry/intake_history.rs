//! What earlier infusions and reports mean for the next, and what stays as it was.

use afterwatch::domain::task::{Outcome, TaskKind};
use afterwatch::domain::{InfusionId, Level, ReportId};
use afterwatch::intake::{self, IntakeError, Submission};
use afterwatch::store;
use afterwatch::store::schema::{
    draft, grade_confirmation, infusion, patient, report, report_symptom, staff_grade, task,
};
use diesel::prelude::*;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::ward::{Ward, chest_pain, fever, itch, tired};

#[tokio::test]
async fn what_the_clinic_knows_reaches_the_rules() {
    let ward = Ward::new().await;
    let patient = ward.infused.patient;
    let first = ward
        .report(json!({"symptoms": {
            "HEADACHE": {"sev": 1, "adl": 1, "onset_h": 0, "duration_h": 0},
        }}))
        .await;
    let (report, nurse, now) = (first.report, ward.nurse, ward.app.now());
    ward.app
        .write(move |conn| {
            diesel::update(patient::table.filter(patient::id.eq(patient)))
                .set(patient::infection_risk.eq(true))
                .execute(conn)?;
            for (hours, grade) in [(0, 1), (1, 3)] {
                diesel::insert_into(grade_confirmation::table)
                    .values((
                        grade_confirmation::id.eq(format!("c{hours}")),
                        grade_confirmation::report_id.eq(report),
                        grade_confirmation::code.eq("HEADACHE"),
                        grade_confirmation::grade.eq(grade),
                        grade_confirmation::ctcae_version.eq("5.0"),
                        grade_confirmation::confirmed_by.eq(nurse),
                        grade_confirmation::confirmed_at.eq(now.plus_hours(hours)),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        })
        .await;
    ward.hours(10);
    let second = ward.report(tired()).await;
    let input = input(&ward, second.report).await;
    assert_eq!(input["previous_report"], json!({"hours_before": 10, "grades": {"HEADACHE": 3}}));
    assert_eq!(input["history"], json!({"product": "autologous", "infection_risk": true}));
    assert_eq!(input["hours_since_infusion"], 10);

    // After the next infusion the confirmed grade is one of an earlier infusion.
    let site = ward.site;
    ward.hours(30 * 24);
    let now = ward.app.now();
    let next =
        ward.app.infusion((site, patient), (ward.infused.course, 2), ward.infused.lot, now).await;
    let (infusion, nurse) = (ward.infused.infusion, ward.nurse);
    ward.app
        .write(move |conn| {
            diesel::insert_into(staff_grade::table)
                .values((
                    staff_grade::id.eq("g1"),
                    staff_grade::site_id.eq(site),
                    staff_grade::patient_id.eq(patient),
                    staff_grade::infusion_id.eq(infusion),
                    staff_grade::term.eq("ANAPHYLAXIS"),
                    staff_grade::grade.eq(3),
                    staff_grade::scale.eq("ctcae_5.0"),
                    staff_grade::findings.eq("{}"),
                    staff_grade::graded_by.eq(nurse),
                    staff_grade::graded_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.hours(2);
    let third = ward
        .send(Submission {
            infusion: next,
            ..ward.submission(json!({"symptoms": {
                "HEADACHE": {"sev": 1, "adl": 1, "onset_h": 1, "duration_h": 1},
            }}))
        })
        .await
        .unwrap();
    assert_eq!(third.rules, ["U15"]);
    let input = self::input(&ward, third.report).await;
    let severe = json!(["FACE_SWELLING", "HEADACHE", "URTICARIA"]);
    let mut found: Vec<String> =
        serde_json::from_value(input["history"]["prior_severe"].clone()).unwrap();
    found.sort();
    assert_eq!(json!(found), severe);
    assert_eq!(input.get("previous_report"), None);
}

async fn input(ward: &Ward, id: ReportId) -> Value {
    let text: String = ward
        .app
        .read(move |conn| {
            Ok(report::table.filter(report::id.eq(id)).select(report::input).first(conn)?)
        })
        .await;
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn an_old_link_counts_from_the_latest_infusion_and_symptoms_stay_with_their_own() {
    let ward = Ward::new().await;
    let (actor, draft) = ward.behind_link().await;
    ward.hours(720);
    let now = ward.app.now();
    let of = (ward.site, ward.infused.patient);
    let next = ward.app.infusion(of, (ward.infused.course, 2), ward.infused.lot, now).await;
    ward.hours(5);
    let receipt = ward
        .submit(
            &actor,
            draft,
            json!({"symptoms": {
                "HEADACHE": {"sev": 1, "adl": 1, "onset_h": 722, "duration_h": 3},
                "PRURITUS": {"widespread": false, "adl": 0, "onset_h": 700, "duration_h": 3},
            }}),
        )
        .await;
    let id = receipt.report;
    let (infusion, hours): (InfusionId, String) = ward
        .app
        .read(move |conn| {
            Ok(report::table
                .filter(report::id.eq(id))
                .select((report::infusion_id, report::hours_since_infusion))
                .first(conn)?)
        })
        .await;
    assert_eq!((infusion, hours.as_str()), (next, "5"));
    let rows: Vec<(String, InfusionId, Option<String>)> = ward
        .app
        .read(move |conn| {
            Ok(report_symptom::table
                .filter(report_symptom::report_id.eq(id))
                .order(report_symptom::code)
                .select((
                    report_symptom::code,
                    report_symptom::infusion_id,
                    report_symptom::onset_h,
                ))
                .load(conn)?)
        })
        .await;
    let first = ward.infused.infusion;
    assert_eq!(
        rows,
        [
            ("HEADACHE".to_owned(), next, Some("2".to_owned())),
            ("PRURITUS".to_owned(), first, Some("-20".to_owned())),
        ]
    );
}

#[tokio::test]
async fn a_correction_keeps_the_version_before_and_is_judged_as_of_then() {
    let ward = Ward::new().await;
    ward.hours(5);
    let first = ward.report(fever()).await;
    ward.hours(100);
    let corrected = ward
        .send(Submission { supersedes: Some(first.report), ..ward.submission(tired()) })
        .await
        .unwrap();
    assert_eq!(corrected.level, Level::None);
    let input = input(&ward, corrected.report).await;
    assert_eq!(input["hours_since_infusion"], 5);
    assert_eq!(input.get("previous_report"), None);
    assert_eq!(corrected.task, first.task);
    assert_eq!(ward.count("report").await, 2);
    // Correcting the first version corrects the newest.
    let again = ward
        .send(Submission { supersedes: Some(first.report), ..ward.submission(itch()) })
        .await
        .unwrap();
    let (id, newest) = (again.report, corrected.report);
    let supersedes: Option<ReportId> = ward
        .app
        .read(move |conn| {
            Ok(report::table.filter(report::id.eq(id)).select(report::supersedes).first(conn)?)
        })
        .await;
    assert_eq!(supersedes, Some(newest));
    let unknown = Submission { supersedes: Some(ReportId::new()), ..ward.submission(itch()) };
    assert!(matches!(ward.send(unknown).await, Err(IntakeError::NotFound)));
}

#[tokio::test]
async fn a_replay_gives_what_was_found_and_a_changed_rule_set_is_not_used() {
    let ward = Ward::new().await;
    ward.hours(5);
    let id = ward.report(fever()).await.report;
    let replay = ward.app.read(move |conn| intake::replay(conn, id)).await.unwrap();
    let rules: Vec<&str> =
        replay.assessment.fired.iter().map(|fired| fired.rule.as_str()).collect();
    assert_eq!(rules, ["U01", "U02", "U11", "S04"]);
    let kept = ward
        .app
        .write(|conn| {
            let now = "2026-03-01T02:00:00Z".parse().unwrap();
            store::rule_sets::keep(conn, now, ("NK-AUTO-1", 1), "another", "another text")
        })
        .await;
    assert!(!kept);
}

#[tokio::test]
async fn the_patient_sees_how_far_we_are_and_nothing_clinical() {
    let ward = Ward::new().await;
    let (actor, draft) = ward.behind_link().await;
    let receipt = ward.submit(&actor, draft, chest_pain()).await;
    let (id, task_id, nurse, received) =
        (receipt.report, receipt.task.unwrap(), ward.nurse, ward.app.now());
    let status = async || ward.app.read(move |conn| intake::status(conn, id)).await.unwrap();
    let waiting = status().await;
    assert_eq!((waiting.received_at, waiting.read_at), (received, None));
    assert_eq!(waiting.rings_before, Some(received.plus_minutes(30)));
    ward.app.advance(SignedDuration::from_mins(4));
    let now = ward.app.now();
    ward.app
        .write(move |conn| {
            diesel::update(task::table.filter(task::id.eq(task_id)))
                .set((task::acknowledged_at.eq(now), task::acknowledged_by.eq(nurse)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    assert_eq!(status().await.read_at, Some(now));
    ward.app
        .write(move |conn| {
            diesel::update(task::table.filter(task::id.eq(task_id)))
                .set((
                    task::state.eq("closed"),
                    task::closed_at.eq(now),
                    task::closed_by.eq(nurse),
                    task::outcome.eq(Outcome::AdviceGiven),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
    let done = status().await;
    assert_eq!((done.rings_before, done.done_at), (None, Some(now)));
    // What comes after opens a new one.
    let next = ward.report(chest_pain()).await;
    assert_ne!(next.task, Some(task_id));
    let kinds: Vec<TaskKind> =
        ward.app.read(|conn| Ok(task::table.select(task::kind).load(conn)?)).await;
    assert_eq!(kinds, [TaskKind::Report, TaskKind::Report]);
    let drafts: i64 = ward
        .app
        .read(move |conn| {
            Ok(draft::table.filter(draft::report_id.eq(id)).count().get_result(conn)?)
        })
        .await;
    assert_eq!(drafts, 1);
    let same: i64 = ward.app.read(|conn| Ok(infusion::table.count().get_result(conn)?)).await;
    assert_eq!(same, 1);
}

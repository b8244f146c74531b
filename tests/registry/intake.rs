//! From what somebody tells us to a report, a task and an alert.

use afterwatch::domain::registry::{Evaluation, ReportSource};
use afterwatch::domain::task::{Outcome, TaskEventKind, TaskKind};
use afterwatch::domain::{
    Actor, ApiTokenId, DraftId, InfusionId, Language, Level, LinkId, ReportId, Role, SiteId,
    StaffId, TaskId, Timestamp,
};
use afterwatch::intake::{self, IntakeError, NewDraft, Receipt, Step, Submission};
use afterwatch::store::schema::{
    audit, draft, flag, grade_confirmation, infusion, outbox, patient, product, report,
    report_symptom, rule_set, staff_grade, task, task_event,
};
use afterwatch::store::{self, links};
use diesel::prelude::*;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::Infused;

/// A clinic with a nurse on duty and a patient who was infused just now.
pub struct Ward {
    pub app: TestApp,
    pub site: SiteId,
    pub nurse: StaffId,
    pub infused: Infused,
}

impl Ward {
    pub async fn new() -> Self {
        let app = TestApp::new();
        let site = app.site("A").await;
        let nurse = app.person(&[(site, Role::Nurse)], false).await;
        app.on_duty(nurse, site).await;
        let infused = app.infused(site, "P1").await;
        Self { app, site, nurse, infused }
    }

    pub fn nurse(&self) -> Actor {
        Actor::Staff { id: self.nurse, name: "Wang Min".to_owned() }
    }

    pub fn submission(&self, report: Value) -> Submission {
        Submission {
            infusion: self.infused.infusion,
            source: ReportSource::StaffPhone,
            staff: Some(self.nurse),
            language: Language::En,
            report,
            draft: None,
            idempotency_key: None,
            supersedes: None,
        }
    }

    pub async fn send(&self, submission: Submission) -> Result<Receipt, IntakeError> {
        self.send_as(self.nurse(), submission).await
    }

    pub async fn send_as(
        &self,
        actor: Actor,
        submission: Submission,
    ) -> Result<Receipt, IntakeError> {
        let now = self.app.now();
        self.app.app.db.write(move |conn| intake::receive(conn, now, &actor, &submission)).await
    }

    /// A report by phone that is taken.
    pub async fn report(&self, report: Value) -> Receipt {
        self.send(self.submission(report)).await.unwrap()
    }

    pub fn hours(&self, hours: i64) {
        self.app.advance(SignedDuration::from_hours(hours));
    }

    pub async fn count(&self, what: &'static str) -> i64 {
        self.app
            .read(move |conn| {
                Ok(match what {
                    "task" => task::table.count().get_result(conn)?,
                    "report" => report::table.count().get_result(conn)?,
                    "flag" => flag::table.count().get_result(conn)?,
                    "alert" => {
                        outbox::table.filter(outbox::kind.eq("alert")).count().get_result(conn)?
                    }
                    _ => unreachable!("{what}"),
                })
            })
            .await
    }

    async fn task(&self, id: TaskId) -> (Level, Timestamp, Option<Timestamp>, Timestamp) {
        self.app
            .read(move |conn| {
                Ok(task::table
                    .filter(task::id.eq(id))
                    .select((task::level, task::raised_at, task::acknowledge_by, task::contact_by))
                    .first(conn)?)
            })
            .await
    }

    async fn events(&self, id: TaskId) -> Vec<TaskEventKind> {
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

    /// What the patient's page does: a link, then a draft behind it.
    async fn behind_link(&self) -> (Actor, DraftId) {
        let (keys, now, infused) = (self.app.app.keys.clone(), self.app.now(), self.infused);
        let link: LinkId = self
            .app
            .write(move |conn| {
                let until = now.plus_hours(9000);
                links::issue(conn, &keys, now, infused.patient, infused.infusion, until)
            })
            .await;
        let actor = Actor::Patient { patient: infused.patient, link };
        let new = NewDraft {
            infusion: infused.infusion,
            source: ReportSource::Patient,
            language: Language::En,
        };
        let who = actor.clone();
        let draft =
            self.app.app.db.write(move |conn| intake::begin(conn, now, &who, new)).await.unwrap();
        (actor, draft)
    }

    async fn step(&self, actor: &Actor, draft: DraftId, report: Value) -> Step {
        let (actor, now) = (actor.clone(), self.app.now());
        self.app
            .app
            .db
            .write(move |conn| intake::save_step(conn, now, &actor, draft, &report))
            .await
            .unwrap()
    }

    async fn submit(&self, actor: &Actor, draft: DraftId, report: Value) -> Receipt {
        let submission = Submission {
            source: ReportSource::Patient,
            staff: None,
            draft: Some(draft),
            ..self.submission(report)
        };
        self.send_as(actor.clone(), submission).await.unwrap()
    }
}

/// 39.5 degrees under the arm with shaking: 40.0 adjusted; two moderate symptoms, one of them unexpected.
pub fn fever() -> Value {
    json!({
        "temp": {"value": 39.5, "unit": "C", "site": "axillary", "onset_h": 3, "duration_h": 2},
        "symptoms": {"CHILLS": {"shaking": 2, "onset_h": 3, "duration_h": 2}},
    })
}

fn chest_pain() -> Value {
    json!({"symptoms": {"CHEST_PAIN": {"sev": 1, "adl": 1, "onset_h": 1, "duration_h": 1}}})
}

fn tired() -> Value {
    json!({"symptoms": {
        "FATIGUE": {"relieved_by_rest": true, "adl": 1, "onset_h": 1, "duration_h": 1},
    }})
}

fn itch() -> Value {
    json!({"symptoms": {
        "PRURITUS": {"widespread": false, "adl": 0, "onset_h": 1, "duration_h": 1},
    }})
}

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
async fn a_danger_answer_in_an_unfinished_report_does_not_wait_for_the_rest() {
    let ward = Ward::new().await;
    let (actor, draft) = ward.behind_link().await;
    let calm = ward.step(&actor, draft, json!({})).await;
    assert_eq!((calm.level, calm.task), (Level::None, None));
    let so_far = json!({"symptoms": {"CHEST_PAIN": {}}});
    let step = ward.step(&actor, draft, so_far.clone()).await;
    assert_eq!(
        (step.level, step.rules.as_slice()),
        (Level::Emergency, ["E04".to_owned()].as_slice())
    );
    assert!(step.advice[0].contains("120"), "{:?}", step.advice);
    let task_id = step.task.unwrap();
    ward.step(&actor, draft, so_far).await;
    let counts = (ward.count("task").await, ward.count("flag").await, ward.count("alert").await);
    assert_eq!(counts, (1, 1, 1));

    ward.app.advance(SignedDuration::from_mins(3));
    let receipt = ward.submit(&actor, draft, chest_pain()).await;
    assert_eq!(receipt.task, Some(task_id));
    let counts = (ward.count("task").await, ward.count("flag").await, ward.count("alert").await);
    assert_eq!(counts, (1, 1, 1));
    let flags: Vec<(Option<ReportId>, Option<DraftId>, String)> = ward
        .app
        .read(|conn| {
            Ok(flag::table.select((flag::report_id, flag::draft_id, flag::rule)).load(conn)?)
        })
        .await;
    assert_eq!(flags, [(Some(receipt.report), Some(draft), "E04".to_owned())]);
    assert_eq!(ward.events(task_id).await, [TaskEventKind::Opened, TaskEventKind::ReportAttached]);
    // Sent is sent: a further step changes nothing.
    let late = ward.step(&actor, draft, json!({"flags": {"wheeze": true}})).await;
    assert_eq!(late.level, Level::None);
    assert_eq!(ward.count("flag").await, 1);
}

#[tokio::test]
async fn danger_in_words_counts_in_an_unfinished_report_and_taking_it_back_leaves_the_flag() {
    let ward = Ward::new().await;
    let (actor, draft) = ward.behind_link().await;
    let step = ward.step(&actor, draft, json!({"free_text": "突然喘不上气"})).await;
    assert_eq!(step.rules, ["E11"]);
    let receipt = ward.submit(&actor, draft, json!({})).await;
    assert_eq!((receipt.level, receipt.task), (Level::None, step.task));
    let (level, ..) = ward.task(step.task.unwrap()).await;
    assert_eq!(level, Level::Emergency);
    let rest: Vec<Option<ReportId>> =
        ward.app.read(|conn| Ok(flag::table.select(flag::report_id).load(conn)?)).await;
    assert_eq!(rest, [None]);
}

#[tokio::test]
async fn a_draft_belongs_to_its_link() {
    let ward = Ward::new().await;
    let (_, draft) = ward.behind_link().await;
    let (stranger, _) = ward.behind_link().await;
    let now = ward.app.now();
    let saved = ward
        .app
        .app
        .db
        .write(move |conn| intake::save_step(conn, now, &stranger, draft, &json!({})))
        .await;
    assert!(matches!(saved, Err(IntakeError::NotFound)));
    let sent = ward.send(Submission { draft: Some(draft), ..ward.submission(fever()) }).await;
    assert!(matches!(sent, Err(IntakeError::NotFound)));
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
    let name = || "Wang Min".to_owned();
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

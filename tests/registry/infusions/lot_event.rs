//! A lot that turns out, after it was given, not to have been fit.

use afterwatch::domain::registry::{LotEventKind, LotState};
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::{Level, LotEventId, PatientId, Role, TaskId, Timestamp};
use afterwatch::store::schema::{audit, check_in, flag, infusion, lot, lot_event, outbox, task};
use axum::http::StatusCode;
use diesel::prelude::*;
use serde_json::json;

use crate::registry::with;
use crate::ward::Ward;

const LOT: &[(&str, &str)] = &[
    ("number", "L-P1"),
    ("product", "P-P1"),
    ("source", "own"),
    ("patient", "P1"),
    ("sterility", "negative"),
    ("mycoplasma", "negative"),
    ("endotoxin", "pass"),
    ("state", "released"),
];

/// One lot, given to P1 just now and to P2 twenty days ago.
struct Given {
    ward: Ward,
    second: PatientId,
}

impl Given {
    async fn new() -> Self {
        let ward = Ward::new().await;
        ward.plan(ward.infused.infusion).await;
        let second = ward.app.patient(ward.site, "P2").await;
        let course = ward.app.course(ward.site, second, ward.infused.product).await;
        let at = ward.app.now().plus_hours(-24 * 20);
        ward.app.infusion((ward.site, second), (course, 1), ward.infused.lot, at).await;
        ward.hours(30);
        Self { ward, second }
    }

    async fn change(&self, fields: &[(&'static str, &'static str)]) {
        let coordinator = self.ward.app.staff(Role::Coordinator, self.ward.site).await;
        let lot = self.ward.infused.lot;
        let version: i32 = self
            .ward
            .app
            .read(move |conn| Ok(lot::table.find(lot).select(lot::version).first(conn)?))
            .await;
        let version = version.to_string();
        let mut form: Vec<(&str, &str)> = with(LOT, fields);
        form.push(("version", &version));
        let answer = coordinator.post(&format!("/lots/{lot}/edit"), &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    }

    /// How many tasks of each kind there are.
    async fn opened(&self) -> Vec<(String, i64)> {
        self.ward
            .app
            .read(|conn| {
                Ok(task::table
                    .group_by(task::kind)
                    .order(task::kind)
                    .select((task::kind, diesel::dsl::count_star()))
                    .load(conn)?)
            })
            .await
    }

    async fn lot_state(&self) -> (LotState, Option<String>) {
        let lot = self.ward.infused.lot;
        self.ward
            .app
            .read(move |conn| {
                Ok(lot::table.find(lot).select((lot::state, lot::state_reason)).first(conn)?)
            })
            .await
    }

    async fn trail(&self) -> Vec<String> {
        self.ward
            .app
            .read(|conn| {
                Ok(audit::table
                    .filter(audit::object_kind.eq("lot"))
                    .order(audit::seq)
                    .select(audit::action)
                    .load(conn)?)
            })
            .await
    }

    async fn tasks(&self) -> Vec<(PatientId, Level, String)> {
        self.ward
            .app
            .read(|conn| {
                Ok(flag::table
                    .inner_join(task::table)
                    .filter(task::kind.eq("lot_event"))
                    .order((flag::rule, task::number))
                    .select((task::patient_id, task::level, flag::rule))
                    .load(conn)?)
            })
            .await
    }
}

#[tokio::test]
async fn a_positive_culture_makes_a_task_for_each_recipient_and_stops_the_lot() {
    let given = Given::new().await;
    let ward = &given.ward;
    let first = ward.infused.patient;
    let day_3 = || async {
        let (infusion, now) = (ward.infused.infusion, ward.app.now());
        ward.app
            .read(move |conn| {
                Ok(check_in::table
                    .filter(check_in::infusion_id.eq(infusion).and(check_in::state.eq("planned")))
                    .filter(check_in::closes_at.gt(now))
                    .order(check_in::due_at)
                    .select((check_in::code, check_in::due_at))
                    .first::<(CheckInCode, Timestamp)>(conn)?)
            })
            .await
    };
    let before = day_3().await;
    given.change(&[("sterility", "positive")]).await;
    let urgent = |patient| (patient, Level::Urgent, "LOT_STERILITY".to_owned());
    let mut expected = vec![urgent(first), urgent(given.second)];
    let mut found = given.tasks().await;
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "one for each recipient, however long ago");
    assert_eq!(
        given.opened().await,
        [("lot_event", 2), ("product_quality", 1), ("seriousness", 2)]
            .map(|(k, n)| (k.to_owned(), n)),
        "each recipient is asked and judged, and one person looks at the lot"
    );
    let (lot, infusion) = (ward.infused.lot, ward.infused.infusion);
    let state: LotState =
        ward.app.read(move |conn| Ok(lot::table.find(lot).select(lot::state).first(conn)?)).await;
    assert_eq!(state, LotState::Quarantined);
    let after = day_3().await;
    assert_eq!((after.0, after.1), (before.0, ward.app.now()), "asked now");
    let prompts: i64 = ward
        .app
        .read({
            let now = ward.app.now();
            move |conn| {
                Ok(outbox::table
                    .filter(outbox::infusion_id.eq(infusion).and(outbox::due_at.ge(now)))
                    .filter(
                        outbox::kind.eq("check_in_prompt").and(outbox::dedup_key.like("%forward%")),
                    )
                    .count()
                    .get_result(conn)?)
            }
        })
        .await;
    assert_eq!(prompts, 1);

    // The same again changes nothing, a further test joins the open tasks.
    given
        .change(&[("sterility", "positive"), ("state", "quarantined"), ("cells_millions", "9")])
        .await;
    assert_eq!(given.tasks().await.len(), 2);
    given
        .change(&[("sterility", "positive"), ("endotoxin", "fail"), ("state", "quarantined")])
        .await;
    assert_eq!(given.tasks().await.len(), 4);
    assert_eq!(ward.count("task").await, 5, "no second task");

    let nurse = ward.app.sign_in(ward.nurse).await;
    for (lang, reason, waits) in [
        ("en", "sterility test of the lot that was given is positive", "nobody has taken it"),
        ("zh-CN", "已输注批次的无菌检验呈阳性", "尚无人接手"),
    ] {
        let queue = nurse.get(&format!("/queue?lang={lang}")).await;
        assert!(queue.html.contains(reason), "{}", queue.html);
        let page = nurse.get(&format!("/lots/{lot}?lang={lang}")).await;
        assert_eq!(page.html.matches(waits).count(), 5, "{}", page.html);
    }
    let page = nurse.get(&format!("/lots/{lot}?lang=en")).await;
    assert!(page.html.contains("P1") && page.html.contains("P2"));
    // No further infusion of it.
    let course = ward.infused.course;
    let refused = nurse
        .post(
            &format!("/infusions/new?course={course}"),
            &[
                ("lot", "L-P1"),
                ("date", "2026-03-02"),
                ("start_time", "09:00"),
                ("route", "intravenous"),
                ("confirmed", "yes"),
            ],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let given: i64 = ward.app.read(|conn| Ok(infusion::table.count().get_result(conn)?)).await;
    assert_eq!(given, 2);
}

#[tokio::test]
async fn any_fever_of_a_recipient_is_an_emergency_for_two_weeks() {
    let given = Given::new().await;
    let ward = &given.ward;
    let mild_fever = json!({"temp": {"value": 38.0, "unit": "C", "site": "oral", "onset_h": 5, "duration_h": 2}});
    let before = ward.report(mild_fever.clone()).await;
    assert!(!before.rules.contains(&"E10".to_owned()), "{:?}", before.rules);
    ward.hours(1);
    given.change(&[("sterility", "positive")]).await;
    let now = ward.report(mild_fever.clone()).await;
    assert!(now.rules.contains(&"E10".to_owned()), "{:?}", now.rules);
    assert_eq!(now.level, Level::Emergency);
    let page = ward.app.sign_in(ward.nurse).await;
    let page = page.get(&format!("/patients/{}", ward.infused.patient)).await;
    assert!(page.html.contains("any fever is an emergency"));
    ward.hours(24 * 14);
    let later = ward.report(mild_fever).await;
    assert!(!later.rules.contains(&"E10".to_owned()), "{:?}", later.rules);
}

#[tokio::test]
async fn a_result_entered_by_mistake_is_withdrawn_and_the_tasks_stay_for_a_person() {
    let given = Given::new().await;
    given.change(&[("mycoplasma", "positive")]).await;
    given
        .change(&[
            ("mycoplasma", "negative"),
            ("state", "quarantined"),
            ("state_reason", "mistyped"),
        ])
        .await;
    let ward = &given.ward;
    let mild_fever = json!({"temp": {"value": 38.0, "unit": "C", "site": "oral", "onset_h": 5, "duration_h": 2}});
    let receipt = ward.report(mild_fever).await;
    assert!(!receipt.rules.contains(&"E10".to_owned()), "{:?}", receipt.rules);
    assert_eq!(given.tasks().await.len(), 2);
    let open: i64 = ward
        .app
        .read(|conn| {
            Ok(task::table
                .filter(task::kind.eq("lot_event").and(task::state.eq("open")))
                .count()
                .get_result(conn)?)
        })
        .await;
    assert_eq!(open, 2);
    let kept: Vec<(LotEventId, LotEventKind, Option<Timestamp>)> = ward
        .app
        .read(|conn| {
            Ok(lot_event::table
                .select((lot_event::id, lot_event::kind, lot_event::withdrawn_at))
                .load(conn)?)
        })
        .await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].1, LotEventKind::Mycoplasma);
    assert!(kept[0].2.is_some());
    let trail: Vec<String> = ward
        .app
        .read(|conn| {
            Ok(audit::table
                .filter(audit::object_kind.eq("lot"))
                .order(audit::seq)
                .select(audit::action)
                .load(conn)?)
        })
        .await;
    assert_eq!(trail, ["lot.changed", "lot.failed", "lot.changed", "lot.failure_withdrawn"]);
}

#[tokio::test]
async fn a_wrong_patient_stops_the_lot_and_has_the_same_consequences_as_a_failed_test() {
    let given = Given::new().await;
    let ward = &given.ward;
    let lot = ward.infused.lot;
    let nurse = ward.app.sign_in(ward.nurse).await;
    let address = format!("/lots/{lot}/incident");
    for lang in ["en", "zh-CN"] {
        assert_eq!(nurse.get(&format!("{address}?lang={lang}")).await.status, StatusCode::OK);
    }
    for form in [
        &[("kind", "LOT_WRONG_PATIENT"), ("note", " ")][..],
        &[("kind", "LOT_STERILITY"), ("note", "typed by hand")],
        &[("note", "what?")],
    ] {
        let refused = nurse.post(&address, form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
    }
    assert_eq!(ward.count("task").await, 0, "what is refused opens nothing");
    let form = [("kind", "LOT_WRONG_PATIENT"), ("note", "The bag of P9 hung at the bed of P1.")];
    assert_eq!(nurse.post(&address, &form).await.status, StatusCode::SEE_OTHER);
    let reason = Some("LOT_WRONG_PATIENT".to_owned());
    assert_eq!(given.lot_state().await, (LotState::Quarantined, reason));
    assert_eq!(
        given.opened().await,
        [("lot_event", 2), ("product_quality", 1), ("seriousness", 2)]
            .map(|(kind, number)| (kind.to_owned(), number))
    );
    for (lang, says) in [
        ("en", "given to a patient for whom it was not meant"),
        ("zh-CN", "该批次被输给了非预定的患者"),
    ] {
        let page = nurse.get(&format!("/lots/{lot}?lang={lang}")).await;
        assert!(page.html.contains(says) && page.html.contains("The bag of P9"), "{}", page.html);
        assert!(nurse.get(&format!("/queue?lang={lang}")).await.html.contains(says));
    }
    let mild_fever = json!({"temp": {"value": 38.0, "unit": "C", "site": "oral", "onset_h": 5, "duration_h": 2}});
    let receipt = ward.report(mild_fever).await;
    assert!(receipt.rules.contains(&"E10".to_owned()), "{:?}", receipt.rules);
    // The same again is refused; another kind joins the open tasks.
    assert_eq!(nurse.post(&address, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mix_up = [("kind", "LOT_MIX_UP"), ("note", "Two labels were swapped.")];
    assert_eq!(nurse.post(&address, &mix_up).await.status, StatusCode::SEE_OTHER);
    assert_eq!(given.tasks().await.len(), 4);
    assert_eq!(
        given.trail().await,
        [
            "lot.quarantined",
            "lot.incident_recorded",
            "lot.failed",
            "lot.incident_recorded",
            "lot.failed"
        ]
    );
}

#[tokio::test]
async fn an_incident_entered_by_mistake_is_withdrawn_with_a_reason_and_no_other_can_be() {
    let given = Given::new().await;
    let ward = &given.ward;
    let nurse = ward.app.sign_in(ward.nurse).await;
    let address = format!("/lots/{}/incident", ward.infused.lot);
    let form = [("kind", "LOT_MIX_UP"), ("note", "Two labels were swapped.")];
    assert_eq!(nurse.post(&address, &form).await.status, StatusCode::SEE_OTHER);
    let event: LotEventId =
        ward.app.read(|conn| Ok(lot_event::table.select(lot_event::id).first(conn)?)).await;
    let event = event.to_string();
    let back = format!("{address}/withdraw");
    assert!(nurse.get(&back).await.html.contains(&event));
    let unexplained = nurse.post(&back, &[("event", &event), ("reason", "")]).await;
    assert_eq!(unexplained.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = LotEventId::new().to_string();
    let foreign = nurse.post(&back, &[("event", &unknown), ("reason", "wrong lot")]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let done = nurse.post(&back, &[("event", &event), ("reason", "wrong lot")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let mild_fever = json!({"temp": {"value": 38.0, "unit": "C", "site": "oral", "onset_h": 5, "duration_h": 2}});
    let receipt = ward.report(mild_fever).await;
    assert!(!receipt.rules.contains(&"E10".to_owned()), "{:?}", receipt.rules);
    assert_eq!(given.lot_state().await.0, LotState::Quarantined, "a person releases it");
    assert!(given.trail().await.contains(&"lot.incident_withdrawn".to_owned()));
    // A failed test is withdrawn by correcting the test.
    given
        .change(&[("sterility", "positive"), ("state", "quarantined"), ("state_reason", "x")])
        .await;
    let test: LotEventId = ward
        .app
        .read(|conn| {
            Ok(lot_event::table
                .filter(lot_event::kind.eq("LOT_STERILITY"))
                .select(lot_event::id)
                .first(conn)?)
        })
        .await;
    let refused = nurse.post(&back, &[("event", &test.to_string()), ("reason", "no")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn seriousness_is_judged_by_a_person_with_grounds_and_without_a_call() {
    let given = Given::new().await;
    let ward = &given.ward;
    given.change(&[("sterility", "positive")]).await;
    let nurse = ward.app.sign_in(ward.nurse).await;
    let id: TaskId = ward
        .app
        .read(|conn| {
            Ok(task::table.filter(task::kind.eq("seriousness")).select(task::id).first(conn)?)
        })
        .await;
    let take = nurse.post(&format!("/tasks/{id}/take"), &[("version", "1")]).await;
    assert_eq!(take.status, StatusCode::SEE_OTHER);
    let page = nurse.get(&format!("/tasks/{id}?lang=en")).await;
    assert!(page.html.contains("Not serious") && !page.html.contains("Advice given"));
    let close = format!("/tasks/{id}/close");
    let form =
        |outcome, note| [("version", "2"), ("outcome", outcome), ("worth", "yes"), ("note", note)];
    for (outcome, note) in [("not_serious", " "), ("advice_given", "rest"), ("no_defect", "fine")] {
        let refused = nurse.post(&close, &form(outcome, note)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{outcome}");
    }
    let done = nurse.post(&close, &form("not_serious", "No admission, no treatment.")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_confirmed_anaphylaxis_or_a_death_of_a_recipient_stops_the_lot() {
    let given = Given::new().await;
    let ward = &given.ward;
    ward.report(crate::ward::fever()).await;
    let nurse = ward.app.sign_in(ward.nurse).await;
    let task: TaskId = ward
        .app
        .read(|conn| {
            Ok(task::table.filter(task::kind.eq("report")).select(task::id).first(conn)?)
        })
        .await;
    let grade = format!("/tasks/{task}/terms/ANAPHYLAXIS");
    for (version, grade_, state) in
        [("1", "0", LotState::Released), ("2", "3", LotState::Quarantined)]
    {
        let done = nurse.post(&grade, &[("version", version), ("grade", grade_)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
        assert_eq!(given.lot_state().await.0, state, "grade {grade_}");
    }

    let other = Given::new().await;
    let physician = other.ward.app.sign_in(other.ward.nurse).await;
    let patient = format!("/patients/{}/state", other.second);
    let done = physician
        .post(&patient, &[("version", "1"), ("state", "died"), ("reason", "told by the family")])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    assert_eq!(other.lot_state().await.0, LotState::Quarantined);
}

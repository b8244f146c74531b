//! A lot that turns out, after it was given, not to have been fit.

use afterwatch::domain::registry::{LotEventKind, LotState};
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::{Level, LotEventId, PatientId, Role, Timestamp};
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
pub struct Given {
    pub ward: Ward,
    pub second: PatientId,
}

impl Given {
    pub async fn new() -> Self {
        let ward = Ward::new().await;
        ward.plan(ward.infused.infusion).await;
        let second = ward.app.patient(ward.site, "P2").await;
        let course = ward.app.course(ward.site, second, ward.infused.product).await;
        let at = ward.app.now().plus_hours(-24 * 20);
        ward.app.infusion((ward.site, second), (course, 1), ward.infused.lot, at).await;
        ward.hours(30);
        Self { ward, second }
    }

    pub async fn change(&self, fields: &[(&'static str, &'static str)]) {
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
    pub async fn opened(&self) -> Vec<(String, i64)> {
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

    pub async fn lot_state(&self) -> (LotState, Option<String>) {
        let lot = self.ward.infused.lot;
        self.ward
            .app
            .read(move |conn| {
                Ok(lot::table.find(lot).select((lot::state, lot::state_reason)).first(conn)?)
            })
            .await
    }

    pub async fn trail(&self) -> Vec<String> {
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

    pub async fn tasks(&self) -> Vec<(PatientId, Level, String)> {
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

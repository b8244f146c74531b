//! A lot that was mixed up or given to a wrong patient, and what is judged then.

use afterwatch::domain::registry::LotState;
use afterwatch::domain::{LotEventId, Role, TaskId};
use afterwatch::store::schema::{lot_event, task};
use axum::http::StatusCode;
use diesel::prelude::*;
use serde_json::json;

use super::lot_event::Given;

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
    let coordinator = ward.app.staff(Role::Coordinator, ward.site).await;
    let page = coordinator.get(&format!("/lots/{lot}?lang=en")).await;
    assert!(page.html.contains("Product quality"), "{}", page.html);
    assert!(!page.html.contains("href=\"/tasks/"), "no link to what may not be opened");
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

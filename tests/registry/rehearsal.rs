//! What came of each rule's flags, and trying a changed set.

use afterwatch::domain::Role;
use afterwatch::domain::escalation::NK_AUTO_1;
use axum::http::StatusCode;
use serde_json::json;

use crate::ward::{Ward, chest_pain};

/// 39.3 by mouth and nothing else: rule U02.
fn high() -> serde_json::Value {
    json!({"temp": {"value": 39.3, "unit": "C", "site": "oral", "onset_h": 3, "duration_h": 2}})
}

#[tokio::test]
async fn a_changed_rule_names_the_reports_that_would_have_waited_longer() {
    let ward = Ward::new().await;
    ward.hours(5);
    let receipt = ward.report(high()).await;
    assert!(receipt.rules.contains(&"U02".to_owned()), "{:?}", receipt.rules);
    let physician = ward.app.staff(Role::Physician, ward.site).await;
    let same = physician.post("/rules/rehearse", &[("text", NK_AUTO_1)]).await;
    assert_eq!(same.status, StatusCode::OK);
    assert!(same.html.contains("1 reports judged again. 0 would have waited longer"));
    let changed = NK_AUTO_1.replace("'grade.FEVER == 2'", "'grade.FEVER == 5'");
    let answer = physician.post("/rules/rehearse", &[("text", &changed)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.html);
    assert!(answer.html.contains("1 would have waited longer"), "{}", answer.html);
    assert!(answer.html.contains(&receipt.reference));
    // Nothing is judged by it.
    let again = ward.report(high()).await;
    assert!(again.rules.contains(&"U02".to_owned()));
}

#[tokio::test]
async fn mistakes_are_named_with_their_place_and_the_text_comes_back_as_typed() {
    let ward = Ward::new().await;
    let officer = ward.app.staff(Role::SafetyOfficer, ward.site).await;
    let broken = NK_AUTO_1.replace("'grade.FEVER == 2'", "'grade.FEVR == 2'");
    let answer = officer.post("/rules/rehearse", &[("text", &broken)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.html.contains("rule U02"), "{}", answer.html);
    assert!(answer.html.contains("grade.FEVR == 2"));
    let other = NK_AUTO_1.replacen("NK-AUTO-1", "ELSE-1", 1);
    let answer = officer.post("/rules/rehearse", &[("text", &other)]).await;
    assert!(answer.html.contains("No rule set in force has this id"), "{}", answer.html);
}

#[tokio::test]
async fn an_emergency_rule_that_is_touched_is_named() {
    let ward = Ward::new().await;
    let physician = ward.app.staff(Role::Physician, ward.site).await;
    let changed = NK_AUTO_1.replace("'CHEST_PAIN.present'", "'grade.CHEST_PAIN >= 2'");
    let answer = physician.post("/rules/rehearse", &[("text", &changed)]).await;
    assert!(answer.html.contains("These EMERGENCY rules"), "{}", answer.html);
    assert!(answer.html.contains("<strong>E04</strong>"));
}

#[tokio::test]
async fn the_noise_account_counts_flags_of_one_s_own_clinic_only() {
    let ward = Ward::new().await;
    ward.report(chest_pain()).await;
    let nurse = ward.app.staff(Role::Nurse, ward.site).await;
    let page = nurse.get("/rules").await;
    assert!(page.html.contains("E04"), "{}", page.html);
    assert!(!page.html.contains("/rules/rehearse"), "a nurse tries no rules");
    let elsewhere = ward.app.site("B").await;
    let other = ward.app.staff(Role::Nurse, elsewhere).await;
    let page = other.get("/rules").await;
    assert!(page.html.contains("No rule has raised a flag yet"), "{}", page.html);
}

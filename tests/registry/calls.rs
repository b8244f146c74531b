//! The call list: whom to phone now.

use afterwatch::domain::Role;
use afterwatch::domain::registry::PatientState;
use afterwatch::store::schema::task;
use axum::http::StatusCode;
use diesel::prelude::*;
use serde_json::json;

use crate::app::Browser;
use crate::ward::Ward;

async fn nurse(ward: &Ward) -> Browser {
    ward.app.staff(Role::Nurse, ward.site).await
}

#[tokio::test]
async fn a_silent_patient_is_on_the_list_until_they_answer_by_phone() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    let page = nurse(&ward).await.get("/calls").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("Nobody has to be phoned now."), "{}", page.html);
    ward.hours(36);
    ward.tick().await;
    let page = nurse(&ward).await.get("/calls").await;
    for part in [
        "Name of P1",
        "+86 139 0000 0000",
        "English",
        // 36 h after 10:00 in Shanghai.
        "22:00 (+08:00)",
        "night there",
        "never",
        "Missed check-in",
        "first infusion",
        &format!("/infusions/{}/report", ward.infused.infusion),
    ] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    assert!(page.html.contains("aria-current=\"page\">Calls"), "{}", page.html);
    // Staff enter what the patient said on the phone.
    let receipt = ward.report(json!({})).await;
    assert_eq!(receipt.answered.len(), 1);
    let page = nurse(&ward).await.get("/calls").await;
    assert!(!page.html.contains("Name of P1"), "{}", page.html);
}

#[tokio::test]
async fn a_call_without_an_answer_moves_the_patient_to_the_planned_tries() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.hours(36);
    ward.tick().await;
    let browser = nurse(&ward).await;
    let (id, version) = ward
        .app
        .read(|conn| {
            Ok(task::table
                .select((task::id, task::version))
                .first::<(afterwatch::domain::TaskId, i32)>(conn)?)
        })
        .await;
    let version = version.to_string();
    let call = [("version", version.as_str()), ("result", "no_answer"), ("next_try", "60")];
    let done = browser.post(&format!("/tasks/{id}/call"), &call).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let page = browser.get("/calls").await;
    assert!(page.html.contains("Nobody has to be phoned now."), "{}", page.html);
    assert!(page.html.contains("2 March 2026, 23:00"), "{}", page.html);
    ward.hours(1);
    let page = nurse(&ward).await.get("/calls").await;
    assert!(!page.html.contains("Nobody has to be phoned now."), "{}", page.html);
}

#[tokio::test]
async fn a_check_in_that_no_mail_asks_for_is_on_the_list() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.hours(25);
    let page = nurse(&ward).await.get("/calls").await;
    assert!(!page.html.contains("Due, and no mail asks"), "{}", page.html);
    ward.set_patient(PatientState::InHospital).await;
    let page = nurse(&ward).await.get("/calls").await;
    for part in ["Due, and no mail asks", "in hospital", "D1 (1 day)"] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    ward.set_patient(PatientState::Active).await;
    let boss = ward.app.staff(Role::Administrator, ward.site).await;
    let site = ward.site.to_string();
    boss.post("/admin/pause/begin", &[("site", &site), ("reason", "Server moves")]).await;
    let page = nurse(&ward).await.get("/calls").await;
    assert!(page.html.contains("mail is paused"), "{}", page.html);
    ward.set_patient(PatientState::Died).await;
    let page = nurse(&ward).await.get("/calls").await;
    assert!(!page.html.contains("Name of P1"), "{}", page.html);
}

#[tokio::test]
async fn nobody_is_listed_for_another_clinic() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.hours(36);
    ward.tick().await;
    let other = ward.app.site("B").await;
    let stranger = ward.app.staff(Role::Nurse, other).await;
    let page = stranger.get("/calls").await;
    assert!(!page.html.contains("Name of P1") && !page.html.contains("P1<"), "{}", page.html);
    let coordinator = ward.app.staff(Role::Coordinator, ward.site).await;
    assert_eq!(coordinator.get("/calls").await.status, StatusCode::FORBIDDEN);
}

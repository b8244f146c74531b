//! The audit trail as its readers see it.

use afterwatch::domain::{Actor, Role};
use afterwatch::store::audit;
use axum::http::StatusCode;
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn the_trail_shows_old_and_new_of_ones_own_clinics_only() {
    let app = TestApp::new();
    let (site, other) = (app.site("A").await, app.site("B").await);
    let (here, there) = (app.patient(site, "A-1").await, app.patient(other, "B-1").await);
    let nurse = app.person(&[(site, Role::Nurse)], false).await;
    let foreigner = app.person(&[(other, Role::Nurse)], false).await;
    let now = app.now();
    app.write(move |conn| {
        let name = "<script>alert(1)</script>".to_owned();
        let actor = Actor::Staff { id: nurse, name };
        let detail = json!({ "state": ["active", "on_hold"], "reason": "<b>away</b>" });
        let object = ("patient", &here as &dyn std::fmt::Display);
        audit::append(conn, now, &actor, Some(site), "patient.state_set", object, &detail)?;
        audit::append(conn, now, &Actor::System, Some(site), "patient.viewed", object, &json!({}))?;
        let object = ("patient", &there as &dyn std::fmt::Display);
        audit::append(conn, now, &actor, Some(other), "patient.viewed", object, &json!({}))?;
        for (person, what) in [(nurse, "in"), (foreigner, "in")] {
            let object = ("staff", &person as &dyn std::fmt::Display);
            let actor = Actor::Staff { id: person, name: "n".to_owned() };
            audit::append(
                conn,
                now,
                &actor,
                None,
                "staff.signed_in",
                object,
                &json!({"how": what}),
            )?;
        }
        Ok(())
    })
    .await;

    let officer = app.staff(Role::SafetyOfficer, site).await;
    let page = officer.get("/admin/audit").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    for part in ["State of the patient set", "active</bdi> → <bdi>on_hold", "A-1", "audit verify"]
    {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    for hidden in ["<script>alert", "<b>away", "B-1", &there.to_string(), &foreigner.to_string()] {
        assert!(!page.html.contains(hidden), "{hidden}");
    }
    let rows = |html: &str| html.matches("scope=\"row\"").count();
    assert_eq!(rows(&page.html), 3, "with the sign-in of the clinic's own nurse");
    for (query, expected) in [
        ("?patient=A-1".to_owned(), 2),
        ("?patient=B-1".to_owned(), 0),
        (format!("?object=patient~{here}"), 2),
        (format!("?object=patient~{there}"), 0),
        (format!("?who={nurse}"), 2),
        ("?action=patient.viewed".to_owned(), 1),
        ("?before=2".to_owned(), 1),
        ("?before=unreadable".to_owned(), 3),
    ] {
        let page = officer.get(&format!("/admin/audit{query}")).await;
        assert_eq!(rows(&page.html), expected, "{query}: {}", page.html);
    }
    let chinese = officer.get("/admin/audit?lang=zh-CN").await;
    assert!(chinese.html.contains("设置患者状态") && chinese.html.contains("查看患者"));
    let nurse = app.sign_in(nurse).await;
    assert_eq!(nurse.get("/admin/audit").await.status, StatusCode::FORBIDDEN);
}

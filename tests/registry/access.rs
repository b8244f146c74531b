//! Who gets in, how long they stay, and what they may do.

use afterwatch::domain::Role;
use axum::http::StatusCode;

use crate::app::TestApp;

#[tokio::test]
async fn a_page_that_does_not_exist_gives_the_emergency_number() {
    let app = TestApp::new();
    let site = app.site("A").await;
    app.infused(site, "A-1").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let page = nurse.get("/no-such-page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.html.contains("tel:120"), "{}", page.html);
}

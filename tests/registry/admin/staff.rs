//! The people of a clinic, as their administrator changes them.

use afterwatch::domain::{Role, SiteId, StaffId};
use afterwatch::store::schema::staff;
use axum::http::StatusCode;
use diesel::prelude::*;

use crate::app::{Browser, TestApp};

/// Lets a person count as signed up.
async fn with_password(app: &TestApp, id: StaffId) {
    let now = app.now();
    app.write(move |conn| {
        diesel::update(staff::table.find(id))
            .set((staff::password_hash.eq("x"), staff::password_set_at.eq(now.to_string())))
            .execute(conn)?;
        Ok(())
    })
    .await;
}

async fn administrator(app: &TestApp, site: SiteId) -> Browser {
    app.staff(Role::Administrator, site).await
}

#[tokio::test]
async fn the_first_page_says_what_is_missing_in_both_languages() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let admin = administrator(&app, site).await;
    let page = admin.get("/admin").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    for part in [
        "Nobody is on duty: Clinic A",
        "Have not used their invitation: Test Person",
        "/admin/sites",
        "/admin/api-tokens",
        "afterwatch doctor",
    ] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    with_password(&app, admin.id()).await;
    app.on_duty(admin.id(), site).await;
    let page = admin.get("/admin?lang=zh-CN").await;
    assert!(page.html.contains("尚未设置第二重验证：Test Person"), "{}", page.html);
    assert!(!page.html.contains("目前无人值班"));
    let current = page.html.matches("aria-current=\"page\"").count();
    assert_eq!(current, 1, "one entry of the navigation is the current one");
}

#[tokio::test]
async fn a_wrong_invitation_comes_back_as_typed_with_everything_that_is_wrong() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let admin = administrator(&app, site).await;
    let form = [("name", ""), ("email", "<b>nobody"), ("language", "en")];
    let page = admin.post("/admin/staff/new", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.html);
    for part in [
        "Please fill this in.",
        "This is not an e-mail address.",
        "Choose at least one role.",
        "Choose how the person gets the link.",
        "value=\"&#60;b&#62;nobody\"",
    ] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
}

#[tokio::test]
async fn an_invited_person_sets_a_password_with_the_printed_link_once() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let admin = administrator(&app, site).await;
    let nurse = format!("{site}~nurse");
    let form = [
        ("name", "<i>Nurse Two</i>"),
        ("email", "Li.Wei@clinic.example"),
        ("language", "zh-CN"),
        ("role", nurse.as_str()),
        ("how", "print"),
    ];
    let page = admin.post("/admin/staff/new", &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let link = page.html.split("/invite/").nth(1).unwrap().split('<').next().unwrap();
    let invite = app.stranger().get(&format!("/invite/{link}")).await;
    assert_eq!(invite.status, StatusCode::OK);
    let list = admin.get("/admin/staff").await;
    assert!(list.html.contains("li.wei@clinic.example") && list.html.contains("Invited"));
    assert!(!list.html.contains("<i>Li"), "hostile text is text");

    let again = admin.post("/admin/staff/new", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.html.contains("already in the list"), "{}", again.html);

    let mailed = [&form[..4], &[("how", "mail")]].concat();
    let mailed: Vec<_> = mailed
        .into_iter()
        .map(
            |(name, value)| {
                if name == "email" { (name, "m@clinic.example") } else { (name, value) }
            },
        )
        .collect();
    let sent = admin.post("/admin/staff/new", &mailed).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert!(admin.get("/admin/mail").await.html.contains("1 planned"));
}

#[tokio::test]
async fn somebody_with_an_account_elsewhere_gets_the_roles_and_only_those_here_can_be_taken() {
    let app = TestApp::new();
    let (site, other) = (app.site("A").await, app.site("B").await);
    let admin = administrator(&app, site).await;
    let known = app.person(&[(other, Role::Nurse)], false).await;
    let (nurse, email) = (format!("{site}~nurse"), format!("{known}@clinic.example"));
    let form = [
        ("name", "Anybody"),
        ("email", email.as_str()),
        ("language", "en"),
        ("role", nurse.as_str()),
        ("how", "print"),
    ];
    let path = format!("/admin/staff/{known}");
    assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND);
    let added = admin.post("/admin/staff/new", &form).await;
    assert_eq!(added.location(), Some(path.as_str()), "{}", added.html);

    // The account is not this administrator's alone.
    let out = admin.post(&format!("{path}/deactivate"), &[]).await;
    assert_eq!(out.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(out.html.contains("also works at a clinic that is not yours"), "{}", out.html);
    let link = admin.post(&format!("{path}/link"), &[("how", "print")]).await;
    assert_eq!(link.status, StatusCode::UNPROCESSABLE_ENTITY);

    let foreign = format!("{other}~administrator");
    admin.post(&format!("{path}/roles"), &[("role", &nurse), ("role", &foreign)]).await;
    let person = app.sign_in(known).await;
    assert_eq!(person.get("/admin/staff").await.status, StatusCode::FORBIDDEN);
    let removed = admin.post(&format!("{path}/roles"), &[("remove", "yes")]).await;
    assert_eq!(removed.location(), Some("/admin/staff"));
    assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND);
    let person = app.sign_in(known).await;
    assert_eq!(person.get("/queue").await.status, StatusCode::OK, "a nurse at B still");
}

#[tokio::test]
async fn new_roles_and_deactivation_end_sessions_at_once() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let admin = administrator(&app, site).await;
    let nurse = app.staff(Role::Nurse, site).await;
    let path = format!("/admin/staff/{}", nurse.id());
    assert_eq!(nurse.get("/queue").await.status, StatusCode::OK);

    let none = admin.post(&format!("{path}/roles"), &[]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let physician = format!("{site}~physician");
    let changed = admin.post(&format!("{path}/roles"), &[("role", &physician)]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.html);
    assert_eq!(nurse.get("/queue").await.status, StatusCode::SEE_OTHER, "signed out");

    let physician = app.sign_in(nurse.id()).await;
    assert_eq!(physician.get("/queue").await.status, StatusCode::OK);
    let out = admin.post(&format!("{path}/deactivate"), &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER, "{}", out.html);
    assert_eq!(physician.get("/queue").await.status, StatusCode::SEE_OTHER, "signed out");
    assert!(admin.get(&path).await.html.contains("Deactivated"));

    let oneself = format!("/admin/staff/{}", admin.id());
    let refused = admin.post(&format!("{oneself}/deactivate"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(admin.get("/admin/staff").await.status, StatusCode::OK);
}

#[tokio::test]
async fn only_an_administrator_of_the_installation_makes_another() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let nurse = app.person(&[(site, Role::Nurse)], false).await;
    let path = format!("/admin/staff/{nurse}/installation");
    let admin = administrator(&app, site).await;
    let refused = admin.post(&path, &[("administrator", "yes")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let whole = app.person(&[(site, Role::Administrator)], true).await;
    let whole = app.sign_in(whole).await;
    let done = whole.post(&path, &[("administrator", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let page = admin.post(&format!("/admin/staff/{nurse}/deactivate"), &[]).await;
    assert!(page.html.contains("looks after the whole installation"), "{}", page.html);
}

#[tokio::test]
async fn a_clinic_is_never_left_with_nobody_on_duty() {
    let app = TestApp::new();
    let (site, other) = (app.site("A").await, app.site("B").await);
    let nurse = app.staff(Role::Nurse, site).await;
    let (first, here) = (nurse.id().to_string(), site.to_string());
    let on = |staff: &str| vec![("site", here.clone()), ("staff", staff.to_owned())];
    let post = |path: &'static str, fields: Vec<(&'static str, String)>| {
        let nurse = nurse.clone();
        async move {
            let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            nurse.post(path, &fields).await
        }
    };
    let page = nurse.get("/admin/duty").await;
    assert!(page.html.contains("nobody is told when a patient is in danger"), "{}", page.html);
    let early = post("/admin/duty/begin", on(&first)).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "has not signed up");

    with_password(&app, nurse.id()).await;
    assert_eq!(post("/admin/duty/begin", on(&first)).await.status, StatusCode::SEE_OTHER);
    let last = post("/admin/duty/end", on(&first)).await;
    assert_eq!(last.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(last.html.contains("Nobody else is on duty at Clinic A"), "{}", last.html);
    let admin = administrator(&app, site).await;
    for step in ["deactivate", "roles"] {
        let reader = format!("{site}~reader");
        let path = format!("/admin/staff/{first}/{step}");
        let page = admin.post(&path, &[("role", &reader)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
        assert!(page.html.contains("Nobody else is on duty"), "{step}: {}", page.html);
    }

    let second = app.person(&[(site, Role::Physician)], false).await;
    with_password(&app, second).await;
    assert_eq!(
        post("/admin/duty/begin", on(&second.to_string())).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(post("/admin/duty/end", on(&first)).await.status, StatusCode::SEE_OTHER);
    let chinese = nurse.get("/admin/duty?lang=zh-CN").await;
    assert!(chinese.html.contains("结束值班") && !chinese.html.contains("目前无人值班"));

    let foreign = app.person(&[(other, Role::Nurse)], false).await;
    with_password(&app, foreign).await;
    let elsewhere = [("site", other.to_string()), ("staff", foreign.to_string())];
    let refused = post("/admin/duty/begin", elsewhere.to_vec()).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let stranger = post("/admin/duty/begin", on(&foreign.to_string())).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND, "nothing at this clinic");
}

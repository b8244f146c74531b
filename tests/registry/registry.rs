//! Enrolling people and things, through the pages.

use afterwatch::domain::Role;
use afterwatch::store::schema::{audit, infusion, lot, patient, patient_contact};
use axum::http::StatusCode;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::app::{Answer, Browser, TestApp};

/// Every page is complete in both languages.
pub async fn in_both_languages(browser: &Browser, path: &str) -> [Answer; 2] {
    let separator = if path.contains('?') { '&' } else { '?' };
    let zh = browser.get(&format!("{path}{separator}lang=zh-CN")).await;
    let en = browser.get(&format!("{path}{separator}lang=en")).await;
    for (page, tag) in [(&zh, "lang=\"zh-CN\""), (&en, "lang=\"en\"")] {
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.html);
        assert!(page.html.contains(tag), "{path}");
    }
    [en, zh]
}

pub async fn rows(app: &TestApp) -> (i64, i64, i64, i64) {
    app.read(|conn| {
        Ok((
            patient::table.count().get_result(conn)?,
            lot::table.count().get_result(conn)?,
            infusion::table.count().get_result(conn)?,
            audit::table.count().get_result(conn)?,
        ))
    })
    .await
}

pub fn id_of(answer: &Answer) -> String {
    let location = answer.location().unwrap_or_else(|| panic!("no redirect: {}", answer.html));
    location.rsplit('/').next().unwrap().to_owned()
}

const PATIENT: &[(&str, &str)] = &[
    ("site", "A"),
    ("code", "sh-0001"),
    ("name", "<script>alert(1)</script>测试甲"),
    ("email", "test.person@example.com"),
    ("phone", "+86 138 0013 8000"),
    ("birth_year", "1961"),
    ("sex", "female"),
    ("language", "zh-CN"),
    ("time_zone", "Asia/Shanghai"),
    ("consent_version", "2.1"),
    ("consent_on", "2026-02-01"),
];

pub fn with<'a>(
    fields: &[(&'a str, &'a str)],
    changed: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<_> = fields
        .iter()
        .filter(|(name, _)| !changed.iter().any(|(other, _)| other == name))
        .copied()
        .collect();
    all.extend(changed);
    all
}

#[tokio::test]
async fn a_patient_is_enrolled_with_consent_and_everything_is_audited() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    in_both_languages(&coordinator, "/patients/new").await;

    let answer = coordinator.post("/patients/new", PATIENT).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let id = id_of(&answer);
    let [en, zh] = in_both_languages(&coordinator, &format!("/patients/{id}")).await;
    for page in [&en, &zh] {
        assert!(page.html.contains("SH-0001"), "the code is kept in upper case");
        assert!(!page.html.contains("<script>alert"), "hostile text stays text");
        assert!(page.html.contains("test.person@example.com"));
        assert!(page.html.contains("2.1"), "the consent is on the time line");
    }
    let actions: Vec<(String, String)> = app
        .read(move |conn| {
            Ok(audit::table
                .filter(audit::object_id.eq(&id).or(audit::object_kind.eq("consent")))
                .select((audit::action, audit::detail))
                .order(audit::seq)
                .load(conn)?)
        })
        .await;
    let names: Vec<&str> = actions.iter().map(|(action, _)| action.as_str()).collect();
    let expected = ["patient.enrolled", "consent.given", "patient.viewed", "patient.viewed"];
    assert_eq!(names, expected);
    assert!(actions[0].1.contains("\"birth_year\":[null,\"1961\"]"), "{}", actions[0].1);
    assert!(!actions[0].1.contains("example.com"), "the trail holds no contact data");
}

#[tokio::test]
async fn a_wrong_form_comes_back_as_typed_with_every_problem_and_stores_nothing() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    coordinator.post("/patients/new", PATIENT).await;
    let before = rows(&app).await;

    let wrong = with(
        PATIENT,
        &[
            ("email", "nobody@nowhere"),
            ("birth_year", "19o1"),
            ("sex", "robot"),
            ("time_zone", "Asia/Shangai"),
            ("consent_on", "2026-03-02"),
            ("notes", "kept \u{202E} text"),
        ],
    );
    for (lang, sentences) in [
        (
            "en",
            [
                "already",
                "not an e-mail address",
                "whole number",
                "One of: female",
                "not a time zone",
                "in the future",
            ],
        ),
        ("zh-CN", ["登记库中已有", "电子邮箱地址", "整数", "只能为", "有效的时区", "时间在将来"]),
    ] {
        let page = coordinator.post(&format!("/patients/new?lang={lang}"), &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for sentence in sentences {
            assert!(page.html.contains(sentence), "{lang}: {sentence} in {}", page.html);
        }
        assert!(page.html.contains("value=\"nobody@nowhere\""), "as typed");
        assert!(page.html.contains("value=\"19o1\""), "as typed");
        assert!(page.html.contains("U+202E"), "what cannot be seen is named");
        assert!(page.html.contains("aria-invalid=\"true\""));
    }
    assert_eq!(rows(&app).await, before);
}

#[tokio::test]
async fn a_likely_duplicate_is_asked_about_and_not_refused() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    coordinator.post("/patients/new", PATIENT).await;
    let twin = with(PATIENT, &[("code", "SH-0002"), ("name", "Somebody else")]);
    let page = coordinator.post("/patients/new", &twin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("Patient SH-0001 was born in the same year"), "{}", page.html);
    assert!(page.html.contains("name=\"confirmed\""));
    let meant = with(&twin, &[("confirmed", "yes")]);
    assert_eq!(coordinator.post("/patients/new", &meant).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn two_editors_the_second_is_told_and_loses_nothing() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let coordinator = app.staff(Role::Coordinator, site).await;
    let id = id_of(&coordinator.post("/patients/new", PATIENT).await);
    let path = format!("/patients/{id}/edit");
    let [page, _] = in_both_languages(&coordinator, &path).await;
    assert!(page.html.contains("name=\"version\" value=\"1\""), "{}", page.html);
    let first = with(PATIENT, &[("version", "1"), ("phone", "+86 139 1111 1111")]);
    let second = with(PATIENT, &[("version", "1"), ("notes", "allergic to penicillin")]);

    assert_eq!(coordinator.post(&path, &first).await.status, StatusCode::SEE_OTHER);
    let told = coordinator.post(&path, &second).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.html.contains("Somebody else changed this"));
    assert!(told.html.contains("allergic to penicillin"), "nothing typed is lost");
    assert!(told.html.contains("+86 139 1111 1111"), "what the other wrote is shown");
    assert!(told.html.contains("name=\"version\" value=\"2\""), "saving again is a decision");
    let phone = || {
        app.read(|conn| {
            Ok(patient_contact::table
                .select(patient_contact::phone)
                .first::<Option<String>>(conn)?)
        })
    };
    assert_eq!(phone().await.as_deref(), Some("+86 139 1111 1111"));
    let again = with(&second, &[("version", "2"), ("phone", "+86 139 1111 1111")]);
    assert_eq!(coordinator.post(&path, &again).await.status, StatusCode::SEE_OTHER);
    assert_eq!(phone().await.as_deref(), Some("+86 139 1111 1111"));
}

#[tokio::test]
async fn what_belongs_to_another_clinic_is_not_there() {
    let app = TestApp::new();
    let (a, b) = (app.site("A").await, app.site("B").await);
    let theirs = app.infused(b, "B-0001").await;
    let coordinator = app.staff(Role::Coordinator, a).await;
    for path in [
        format!("/patients/{}", theirs.patient),
        format!("/patients/{}/edit", theirs.patient),
        format!("/lots/{}", theirs.lot),
        format!("/lots/{}/edit", theirs.lot),
        format!("/infusions/{}", theirs.infusion),
        format!("/infusions/{}/edit", theirs.infusion),
        format!("/infusions/new?course={}", theirs.course),
        format!("/courses/new?patient={}", theirs.patient),
        format!("/courses/{}/edit", theirs.course),
        "/patients/nonsense".to_owned(),
        "/lots/00000000-0000-7000-8000-000000000000".to_owned(),
    ] {
        assert_eq!(coordinator.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let before = rows(&app).await;
    for path in [
        format!("/patients/{}/state", theirs.patient),
        format!("/patients/{}/consents", theirs.patient),
        format!("/infusions/{}/observations", theirs.infusion),
        format!("/infusions/{}/link", theirs.infusion),
        format!("/infusions/{}/link/revoke", theirs.infusion),
        format!("/lots/{}/edit", theirs.lot),
    ] {
        assert_eq!(coordinator.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(rows(&app).await, before);
    let list = coordinator.get("/patients?q=B-0001").await;
    assert!(!list.html.contains("/patients/0"), "{}", list.html);
    // A form that names another clinic's code is refused like an unknown code.
    let foreign = coordinator.post("/patients/new", &with(PATIENT, &[("site", "B")])).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(foreign.html.contains("not in the registry of the clinic"));
}

#[tokio::test]
async fn names_and_addresses_are_for_those_who_may_see_them() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let known = app.infused(site, "A-0001").await;
    let path = format!("/patients/{}", known.patient);
    for (role, sees) in [
        (Role::Nurse, true),
        (Role::Physician, true),
        (Role::Coordinator, true),
        (Role::SafetyOfficer, false),
        (Role::Reader, false),
    ] {
        let person = app.staff(role, site).await;
        let page = person.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.html.contains("Name of A-0001"), sees, "{role:?}");
        assert_eq!(page.html.contains("patient.example"), sees, "{role:?}");
        let list = person.get("/patients?q=Name+of+A").await;
        assert_eq!(list.html.contains("A-0001</bdi>"), sees, "a name finds nothing for {role:?}");
    }
}

#[tokio::test]
async fn a_patient_who_leaves_keeps_the_history_and_needs_a_new_consent_to_return() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let id = id_of(&nurse.post("/patients/new", PATIENT).await);
    let path = format!("/patients/{id}/state");
    let page = nurse.post(&path, &[("state", "withdrawn"), ("version", "1")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("Please say why"), "{}", page.html);
    let leave = [("state", "withdrawn"), ("reason", "asked by phone"), ("version", "1")];
    assert_eq!(nurse.post(&path, &leave).await.status, StatusCode::SEE_OTHER);
    let [page, _] = in_both_languages(&nurse, &format!("/patients/{id}")).await;
    assert!(page.html.contains("Consent withdrawn") && page.html.contains("Consent signed"));
    let back = [("state", "active"), ("reason", "changed her mind"), ("version", "2")];
    let page = nurse.post(&path, &back).await;
    assert!(page.html.contains("Record a new consent first"), "{}", page.html);
    app.advance(SignedDuration::from_hours(24));
    let nurse = app.staff(Role::Nurse, site).await;
    let consent = [("text_version", "2.2"), ("language", "zh-CN"), ("given_on", "2026-03-02")];
    let answer = nurse.post(&format!("/patients/{id}/consents"), &consent).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    assert_eq!(nurse.post(&path, &back).await.status, StatusCode::SEE_OTHER);
    let stale = nurse.post(&path, &leave).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "the first version is long gone");
    assert!(stale.html.contains("asked by phone"), "what was typed stays");
}

#[tokio::test]
async fn clinics_and_products_are_the_installations_and_settings_the_clinics() {
    let app = TestApp::new();
    let (a, b) = (app.site("A").await, app.site("B").await);
    let root = app.administrator().await;
    for path in ["/admin/sites", "/admin/sites/new", "/admin/products", "/admin/products/new"] {
        in_both_languages(&root, path).await;
    }
    let product = [
        ("code", "nk-allo"),
        ("name", "Donor NK"),
        ("kind", "allogeneic"),
        ("rule_set", "NK-ALLO-1"),
        ("state", "active"),
    ];
    assert_eq!(root.post("/admin/products/new", &product).await.status, StatusCode::SEE_OTHER);
    let page = root.post("/admin/products/new", &with(&product, &[("rule_set", "X")])).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("already") && page.html.contains("One of: NK-AUTO-1"));

    let admin = app.staff(Role::Administrator, a).await;
    let [page, _] = in_both_languages(&admin, "/admin/clinics").await;
    assert!(page.html.contains("Clinic A") && !page.html.contains("Clinic B"));
    assert_eq!(admin.get(&format!("/admin/clinics/{b}")).await.status, StatusCode::NOT_FOUND);
    let path = format!("/admin/clinics/{a}");
    in_both_languages(&admin, &path).await;
    let site = [
        ("code", "A"),
        ("name", "Clinic A, new name"),
        ("mail_name", "Centre A"),
        ("time_zone", "Asia/Shanghai"),
        ("language", "en"),
        ("phone", "+86 21 5555 0100"),
        ("emergency_number", "120"),
        ("thermometer", "axillary"),
        ("ctcae_version", "5.0"),
        ("state", "active"),
        ("version", "1"),
    ];
    assert_eq!(admin.post(&path, &site).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        admin.post(&path, &with(&site, &[("name", "Other")])).await.status,
        StatusCode::CONFLICT
    );
    let bad = with(&site, &[("emergency_number", ""), ("time_zone", "Mars"), ("version", "2")]);
    let page = admin.post(&path, &bad).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("not a time zone") && page.html.contains("Please fill this in"));
    assert_eq!(admin.get("/admin/sites/new").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn lists_search_filter_sort_and_page() {
    let app = TestApp::new();
    let site = app.site("A").await;
    for number in 0..55 {
        app.patient(site, &format!("A-{number:04}")).await;
    }
    let nurse = app.staff(Role::Nurse, site).await;
    let first = nurse.get("/patients?sort=newest").await;
    assert!(first.html.contains("55 found") && first.html.contains("Page 1 of 2"));
    assert!(first.html.contains("A-0054") && !first.html.contains("A-0001<"));
    let second = nurse.get("/patients?sort=newest&page=2").await;
    assert!(second.html.contains("A-0001") && second.html.contains("rel=\"prev\""));
    let one = nurse.get("/patients?q=a-0007").await;
    assert!(one.html.contains("1 found") && one.html.contains("A-0007"));
    let wild = nurse.get("/patients?q=%25").await;
    assert!(wild.html.contains("No patient fits"), "% is a character, not a wildcard");
    let held = nurse.get("/patients?state=on_hold").await;
    assert!(held.html.contains("No patient fits"));
    in_both_languages(&nurse, "/patients?q=A-&sort=infusion&state=active&page=2").await;
}

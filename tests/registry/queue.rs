//! The queue as a nurse works it: order, reasons, steps, two people at once.

pub mod made;

use afterwatch::domain::task::TaskKind;
use afterwatch::domain::{Level, Role};
use axum::http::StatusCode;
use jiff::SignedDuration;

use self::made::{Because, NewTask};
use crate::app::TestApp;

#[tokio::test]
async fn the_worst_comes_first_and_says_why_in_the_readers_language() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let mild = app.infused(site, "A-1").await;
    let late = app.infused(site, "A-2").await;
    let worst = app.infused(site, "A-3").await;
    app.advance(SignedDuration::from_hours(19));
    app.task(site, &mild, NewTask { level: Level::Routine, ..NewTask::default() }).await;
    let fever =
        Because { rule: "U03", field: "temp.duration_h", op: ">", limit: "48", value: "50" };
    let urgent = NewTask { level: Level::Urgent, because: Some(fever), ..NewTask::default() };
    app.task(site, &late, urgent).await;
    app.task(site, &worst, NewTask { level: Level::Emergency, ..NewTask::default() }).await;
    let nurse = app.staff(Role::Nurse, site).await;

    let page = nurse.get("/queue").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let place =
        |what: &str| page.html.find(what).unwrap_or_else(|| panic!("{what}: {}", page.html));
    assert!(place("A-3") < place("A-2") && place("A-2") < place("A-1"));
    place("Fever for 50 h (limit 48 h)");
    place("1st of the first phase, day 1, +19 h, lot L-A-2");
    place("Name of A-3");
    place("tel:+8613900000000");
    place("30 min to take it");
    place("Nobody is on duty: Clinic A");

    let chinese = nurse.get("/queue?lang=zh-CN").await;
    for sentence in ["发热持续50小时", "初始阶段第1次", "30分钟内须接手", "目前无人值班"]
    {
        assert!(chinese.html.contains(sentence), "{sentence}: {}", chinese.html);
    }
}

#[tokio::test]
async fn a_row_shows_contact_data_only_to_those_who_may_see_them() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let patient = app.infused(site, "A-1").await;
    app.task(site, &patient, NewTask { kind: TaskKind::Unreachable, ..NewTask::default() }).await;
    let officer = app.staff(Role::SafetyOfficer, site).await;
    let page = officer.get("/queue").await;
    assert!(page.html.contains("A-1"), "{}", page.html);
    for hidden in ["Name of", "tel:+86139", "/take"] {
        assert!(!page.html.contains(hidden), "{hidden}");
    }
}

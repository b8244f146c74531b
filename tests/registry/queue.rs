//! The queue as a nurse works it: order, reasons, steps, two people at once.

pub mod made;

use afterwatch::domain::task::TaskKind;
use afterwatch::domain::{Level, Role};
use afterwatch::store::queue::rank;
use afterwatch::store::tasks::{Need, open_or_raise};
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

#[tokio::test]
async fn pages_follow_each_other_both_ways_without_gap_or_repeat() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let mut expected = Vec::new();
    for number in 0..60 {
        let patient = app.infused(site, &format!("A-{number}")).await;
        let level = [Level::Soon, Level::Urgent, Level::Routine][number % 3];
        let made = app.task(site, &patient, NewTask { level, ..NewTask::default() }).await;
        expected.push((rank(level), number, made.task.to_string()));
        app.advance(SignedDuration::from_mins(1));
    }
    expected.sort();
    let expected: Vec<String> = expected.into_iter().map(|(_, _, id)| id).collect();
    let nurse = app.staff(Role::Nurse, site).await;
    let shown = |html: &str| -> Vec<String> {
        let ids = html.split("data-task=\"").skip(1);
        ids.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let link = |html: &str, rel: &str| -> Option<String> {
        let before = html.split(&format!("\" rel=\"{rel}\"")).next()?;
        let address = before.rsplit("href=\"").next()?;
        html.contains(&format!("rel=\"{rel}\"")).then(|| address.replace("&#38;", "&"))
    };
    let first = nurse.get("/queue").await.html;
    assert_eq!(shown(&first), expected[..50]);
    assert!(link(&first, "prev").is_none());
    let second = nurse.get(&link(&first, "next").unwrap()).await.html;
    assert_eq!(shown(&second), expected[50..]);
    assert!(link(&second, "next").is_none());
    let back = nurse.get(&link(&second, "prev").unwrap()).await.html;
    assert_eq!(shown(&back), expected[..50]);
    let urgent = nurse.get("/queue?level=URGENT&owner=nobody&kind=report").await.html;
    assert_eq!(shown(&urgent), expected[..20]);
    let overdue = nurse.get("/queue?overdue=1").await.html;
    let late = shown(&overdue);
    assert!(!late.is_empty() && late.iter().all(|id| expected[..20].contains(id)), "{late:?}");
    assert!(nurse.get("/queue?owner=mine").await.html.contains("Nothing open matches"));
}

#[tokio::test]
async fn a_higher_level_restarts_the_clock_and_has_to_be_taken_again() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let patient = app.infused(site, "A-1").await;
    let made = app.task(site, &patient, NewTask { level: Level::Soon, ..NewTask::default() }).await;
    let nurse = app.staff(Role::Nurse, site).await;
    let call = format!("/tasks/{}/call", made.task);
    let done = nurse.post(&call, &[("version", "1"), ("result", "reached")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    app.advance(SignedDuration::from_hours(5));
    let (now, nurse) = (app.now(), app.sign_in(nurse.id()).await);
    app.write(move |conn| {
        let need = Need {
            site,
            patient: patient.patient,
            infusion: patient.infusion,
            kind: TaskKind::Report,
            level: Level::Emergency,
            acknowledge_min: Some(15),
            contact_min: 30,
            report: None,
        };
        open_or_raise(conn, now, &need)
    })
    .await;
    let queue = nurse.get("/queue").await.html;
    assert!(queue.contains("15 min to take it"), "{queue}");
    let close = format!("/tasks/{}/close", made.task);
    let closing = [("outcome", "advice_given"), ("worth", "yes"), ("version", "2")];
    assert_eq!(nurse.post(&close, &closing).await.status, StatusCode::CONFLICT);
    let mut closing = closing;
    closing[2] = ("version", "3");
    let refused = nurse.post(&close, &closing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for why in ["Somebody has to take the task", "The patient has not been reached"] {
        assert!(refused.html.contains(why), "{why}: {}", refused.html);
    }
}

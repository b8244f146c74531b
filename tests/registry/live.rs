//! Pages that are open are told of changes at once, and only of what their reader may see.

use std::time::Duration;

use afterwatch::access::IDLE_MINUTES;
use afterwatch::domain::{Level, Role};
use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt;
use jiff::SignedDuration;

use crate::app::{Browser, TestApp};
use crate::queue::made::NewTask;

/// A stream of events that is read.
struct Watching(Body);

impl Watching {
    async fn begin(browser: &Browser) -> Self {
        let response = browser.open("/queue/events").await;
        assert_eq!(response.status(), StatusCode::OK);
        let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap());
        assert_eq!(header("content-type"), Some("text/event-stream"));
        assert_eq!(header("cache-control"), Some("no-store"));
        assert_eq!(header("x-accel-buffering"), Some("no"));
        assert_eq!(header("content-encoding"), None);
        Self(response.into_body())
    }

    /// The next event that is more than a sign of life; `None` once the stream has ended.
    async fn next(&mut self) -> Option<String> {
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(30), self.0.frame());
            let frame = frame.await.expect("neither an event nor an end came")?;
            let text = String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap();
            if text != ":\n\n" {
                return Some(text);
            }
        }
    }

    /// Nothing comes for some time.
    async fn is_quiet(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(900), self.next()).await.is_err()
    }
}

#[tokio::test]
async fn an_open_queue_is_told_of_a_new_emergency_of_its_clinic_and_of_no_other() {
    let app = TestApp::new();
    let (site, other) = (app.site("A").await, app.site("B").await);
    let (mine, foreign) = (app.infused(site, "A-1").await, app.infused(other, "B-1").await);
    let nurse = app.staff(Role::Nurse, site).await;
    let mut stream = Watching::begin(&nurse).await;
    let first = stream.next().await.unwrap();
    assert!(first.starts_with("event: queue\ndata: ") && first.ends_with("\n\n"), "{first}");
    assert!(first.contains(r#""emergencies":[]"#), "{first}");

    let emergency = NewTask { level: Level::Emergency, ..NewTask::default() };
    app.task(other, &foreign, emergency.clone()).await;
    assert!(stream.is_quiet().await, "another clinic's task was told of");

    let made = app.task(site, &mine, emergency).await;
    let told = stream.next().await.unwrap();
    assert!(told.contains(&made.task.to_string()) && told.contains(r#""number":1002"#), "{told}");
    for word in ["A-1", "FEVER", "B-1"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
    // Once somebody has it, nobody need be told of it.
    nurse.post(&format!("/tasks/{}/take", made.task), &[("version", "1")]).await;
    let told = stream.next().await.unwrap();
    assert!(told.contains(r#""emergencies":[]"#), "{told}");
}

#[tokio::test]
async fn what_is_rolled_back_is_not_told() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let made = app.task(site, &app.infused(site, "A-1").await, NewTask::default()).await;
    let nurse = app.staff(Role::Nurse, site).await;
    let mut stream = Watching::begin(&nurse).await;
    stream.next().await.unwrap();
    let failed = nurse.post(&format!("/tasks/{}/take", made.task), &[("version", "7")]).await;
    assert_eq!(failed.status, StatusCode::CONFLICT);
    assert!(stream.is_quiet().await);
    nurse.post(&format!("/tasks/{}/take", made.task), &[("version", "1")]).await;
    assert!(stream.next().await.is_some());
}

#[tokio::test]
async fn the_list_says_what_of_a_row_has_changed_and_keeps_the_filters() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let made = app.task(site, &app.infused(site, "A-1").await, NewTask::default()).await;
    let nurse = app.staff(Role::Nurse, site).await;
    let page = nurse.get("/queue?level=URGENT").await;
    for part in [
        r#"data-stream="/queue/events""#,
        r#"data-list="/queue/list?level=URGENT""#,
        r#"href="/queue?level=URGENT">Reload"#,
        "As of 10:00:00.",
        r#"src="/assets/live.js""#,
        "<dialog id=\"keys\"",
    ] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    let mark = |html: &str| {
        let at = html.find("data-mark=\"").unwrap();
        html[at..].split('"').nth(1).unwrap().to_owned()
    };
    let list = nurse.get("/queue/list?level=URGENT").await;
    assert!(list.html.trim_start().starts_with("<div id=\"list\">"), "{}", list.html);
    assert_eq!(mark(&list.html), mark(&page.html));
    nurse.post(&format!("/tasks/{}/note", made.task), &[("version", "1"), ("note", "Seen")]).await;
    assert_ne!(mark(&nurse.get("/queue/list").await.html), mark(&page.html));
    let none = nurse.get("/queue/list?level=SOON").await;
    assert!(!none.html.contains("data-mark"), "{}", none.html);
}

#[tokio::test]
async fn the_page_of_a_task_tells_of_other_emergencies_and_of_changes_of_its_own_task() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let open = app.task(site, &app.infused(site, "A-1").await, NewTask::default()).await;
    let nurse = app.staff(Role::Nurse, site).await;
    let emergency = NewTask { level: Level::Emergency, ..NewTask::default() };
    let other = app.task(site, &app.infused(site, "A-2").await, emergency).await;
    let page = nurse.get(&format!("/tasks/{}", open.task)).await;
    let told = format!("Emergency that nobody has taken: <a href=\"/tasks/{}\">#1002", other.task);
    assert!(page.html.contains(&told), "{}", page.html);
    let address = format!("/queue/events?task={}", open.task);
    assert!(page.html.contains(&format!("data-stream=\"{address}\"")), "{}", page.html);
    assert!(nurse.get(&address).await.html.contains(r#""task":1"#));
    nurse.post(&format!("/tasks/{}/note", open.task), &[("version", "1"), ("note", "x")]).await;
    assert!(nurse.get(&address).await.html.contains(r#""task":2"#));
    // A task of another clinic has no version for this person.
    let foreign = app.site("B").await;
    let stranger = app.staff(Role::Nurse, foreign).await;
    assert!(stranger.get(&address).await.html.contains(r#""task":null"#));
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_keeps_no_session_alive() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let patient = app.infused(site, "A-1").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let mut stream = Watching::begin(&nurse).await;
    stream.next().await.unwrap();
    let twin = app.sign_in(nurse.id()).await;
    let mut other = Watching::begin(&twin).await;
    other.next().await.unwrap();
    nurse.post("/logout", &[]).await;
    assert_eq!(stream.next().await.as_deref(), Some("event: ended\ndata: {}\n\n"));
    assert_eq!(stream.next().await, None);
    // The other session of the same person goes on; it is looked at again and still stands.
    assert!(other.next().await.unwrap().starts_with("event: queue"));

    // Asking for the list by itself is no sign that somebody sits there.
    for _ in 0..IDLE_MINUTES {
        app.advance(SignedDuration::from_mins(1));
        twin.get("/queue/list").await;
    }
    app.task(site, &patient, NewTask::default()).await;
    assert_eq!(other.next().await.as_deref(), Some("event: ended\ndata: {}\n\n"));
    assert_eq!(other.next().await, None);
    assert_eq!(twin.get("/queue").await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.app.streams.count(), 0);
}

#[tokio::test]
async fn who_loses_the_role_is_told_nothing_more() {
    use afterwatch::store::schema::membership;
    use diesel::prelude::*;
    let app = TestApp::new();
    let site = app.site("A").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let mut stream = Watching::begin(&nurse).await;
    stream.next().await.unwrap();
    let id = nurse.id();
    app.write(move |conn| {
        diesel::delete(membership::table.filter(membership::staff_id.eq(id))).execute(conn)?;
        Ok(())
    })
    .await;
    assert_eq!(stream.next().await.as_deref(), Some("event: ended\ndata: {}\n\n"));
}

#[tokio::test]
async fn a_fourth_tab_takes_the_place_of_the_first_and_all_end_when_the_program_stops() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let mut tabs = Vec::new();
    for _ in 0..4 {
        let mut tab = Watching::begin(&nurse).await;
        tab.next().await.unwrap();
        tabs.push(tab);
    }
    assert_eq!(tabs[0].next().await.as_deref(), Some("event: elsewhere\ndata: {}\n\n"));
    assert_eq!(tabs[0].next().await, None);
    app.app.streams.close();
    for tab in &mut tabs[1..] {
        assert_eq!(tab.next().await, None);
    }
}

#[tokio::test]
async fn a_page_that_is_closed_gives_its_place_back() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let nurse = app.staff(Role::Nurse, site).await;
    let mut stream = Watching::begin(&nurse).await;
    stream.next().await.unwrap();
    assert_eq!(app.app.streams.count(), 1);
    drop(stream);
    for _ in 0..100 {
        if app.app.streams.count() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the stream is still counted");
}

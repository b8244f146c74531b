//! Who stays in, for how long, and what stands between a stranger and the rest.

use std::time::Duration;

use afterwatch::access::{accounts, password};
use afterwatch::domain::{Actor, Role};
use afterwatch::store::{self, staff};
use afterwatch::web::guard::SESSION_COOKIE;
use afterwatch::web::server::{self, ConnectionLimits};
use axum::http::StatusCode;
use jiff::SignedDuration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::app::{Browser, TestApp};
use crate::ward::{Ward, chest_pain};

async fn is_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == StatusCode::OK
}

#[tokio::test]
async fn a_page_that_does_not_exist_gives_the_emergency_number() {
    let app = TestApp::new();
    let page = app.stranger().get("/no-such-page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.html.contains("tel:120"), "{}", page.html);
}

#[tokio::test]
async fn a_session_ends_after_a_quarter_of_an_hour_of_rest_or_twelve_hours() {
    let app = TestApp::new();
    let site = app.site("A").await;
    let resting = app.staff(Role::Nurse, site).await;
    app.advance(SignedDuration::from_mins(14));
    assert!(is_in(&resting).await);
    app.advance(SignedDuration::from_mins(14));
    assert!(is_in(&resting).await, "what is used stays");
    app.advance(SignedDuration::from_mins(15));
    assert!(!is_in(&resting).await);

    let busy = app.staff(Role::Nurse, site).await;
    for _ in 0..71 {
        app.advance(SignedDuration::from_mins(10));
        assert!(is_in(&busy).await);
    }
    app.advance(SignedDuration::from_mins(10));
    assert!(!is_in(&busy).await, "twelve hours are the end");
}

#[tokio::test]
async fn whoever_is_taken_out_is_out_at_once() {
    let app = TestApp::new();
    let nurse = app.staff(Role::Nurse, app.site("A").await).await;
    assert!(is_in(&nurse).await);
    let (id, now) = (nurse.id(), app.now());
    app.write(move |conn| {
        let account = staff::by_id(conn, id)?.unwrap();
        accounts::deactivate(conn, &Actor::Operator, &account, now)
    })
    .await;
    assert_eq!(nurse.get("/account").await.location(), Some("/login?next=/account"));
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server_and_only_by_a_form() {
    let app = TestApp::new();
    let nurse = app.staff(Role::Nurse, app.site("A").await).await;
    let token = nurse.cookie(SESSION_COOKIE).unwrap();
    assert_eq!(nurse.get("/logout").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(is_in(&nurse).await);
    assert_eq!(nurse.post("/logout", &[]).await.location(), Some("/login"));
    assert_eq!(nurse.cookie(SESSION_COOKIE), None);
    nurse.set_cookie(SESSION_COOKIE, &token);
    assert!(!is_in(&nurse).await);
}

#[tokio::test]
async fn a_new_password_ends_every_session_but_gives_this_browser_a_new_one() {
    const OLD: &str = "correct horse battery staple";
    let app = TestApp::new();
    let here = app.staff(Role::Nurse, app.site("A").await).await;
    let elsewhere = app.sign_in(here.id()).await;
    let (id, hash, now) = (here.id(), password::hash(OLD).unwrap(), app.now());
    app.write(move |conn| staff::set_password(conn, id, &hash, now)).await;
    let change = async |current, password, again| {
        let fields = [("current", current), ("password", password), ("again", again)];
        here.post("/account/password", &fields).await
    };
    let refused = change("wrong", "short", "other").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["current password", "at least 12", "not the same"] {
        assert!(refused.html.contains(part), "{part}");
    }
    let before = here.cookie(SESSION_COOKIE).unwrap();
    let new = "a quiet boat on the river";
    assert_eq!(change(OLD, new, new).await.location(), Some("/account"));
    assert!(is_in(&here).await);
    assert!(!is_in(&elsewhere).await);
    here.set_cookie(SESSION_COOKIE, &before);
    assert!(!is_in(&here).await, "the session has a new name");
}

#[tokio::test]
async fn an_invitation_is_inert_until_used_and_is_good_once() {
    let app = TestApp::new();
    let id = app.person(&[(app.site("A").await, Role::Nurse)], false).await;
    let now = app.now();
    let token = app
        .write(move |conn| {
            let account = staff::by_id(conn, id)?.unwrap();
            accounts::invite(conn, &Actor::Operator, &account, now)
        })
        .await;
    let (browser, path) = (app.stranger(), format!("/invite/{token}"));
    for _ in 0..3 {
        assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    }
    let weak = browser.post(&path, &[("password", "password1234"), ("again", "password1234")]);
    assert_eq!(weak.await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = "a quiet boat on the river";
    let fields = [("password", new), ("again", new)];
    assert_eq!(browser.post(&path, &fields).await.location(), Some("/login"));
    assert_eq!(browser.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
    let email = format!("{id}@clinic.example");
    let signed = browser.post("/login", &[("email", email.as_str()), ("password", new)]).await;
    assert_eq!(signed.location(), Some("/login/enrol?next=/"), "the second factor is not skipped");

    let late = app
        .write(move |conn| {
            let account = staff::by_id(conn, id)?.unwrap();
            accounts::invite(conn, &Actor::Operator, &account, now)
        })
        .await;
    app.advance(SignedDuration::from_hours(73));
    assert_eq!(browser.get(&format!("/invite/{late}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hostile_text_is_shown_as_text() {
    const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u{202e}";
    let app = TestApp::new();
    let nurse = app.staff(Role::Nurse, app.site("A").await).await;
    let id = nurse.id();
    app.write(move |conn| {
        use diesel::prelude::*;
        use store::schema::staff as people;
        diesel::update(people::table.find(id)).set(people::name.eq(HOSTILE)).execute(conn)?;
        Ok(())
    })
    .await;
    let stranger = app.stranger();
    for html in [
        nurse.get("/account").await.html,
        stranger.post("/login", &[("email", HOSTILE), ("password", "x")]).await.html,
        stranger.get("/login?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await.html,
    ] {
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
    }
}

#[tokio::test]
async fn a_language_that_was_asked_for_is_kept() {
    let app = TestApp::new();
    let browser = app.stranger();
    assert!(browser.get("/login").await.html.contains("lang=\"en\""));
    assert!(browser.get("/login?lang=zh-CN").await.html.contains("登录"));
    assert!(browser.get("/login").await.html.contains("lang=\"zh-CN\""));
    assert!(browser.get("/no-such-page").await.html.contains("没有这个页面"));
}

/// The program on a real port.
async fn listening(
    app: &TestApp,
    limits: ConnectionLimits,
) -> (std::net::SocketAddr, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let router = afterwatch::web::router(&app.app);
    tokio::spawn(server::serve(listener, router, limits, Vec::new(), stop.clone()));
    (address, stop)
}

#[tokio::test]
async fn silent_and_dripping_connections_are_dropped_and_others_are_answered() {
    let app = TestApp::new();
    let limits =
        ConnectionLimits { head: Duration::from_millis(300), ..ConnectionLimits::default() };
    let (address, _stop) = listening(&app, limits).await;
    let mut slow = Vec::new();
    for begun in ["", "GET / HTTP/1.1\r\nHost: a", "GET / HTTP/1.1\r\nHost: a\r\nX: "] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(begun.as_bytes()).await.unwrap();
            slow.push(stream);
        }
    }
    let mut quick = TcpStream::connect(address).await.unwrap();
    quick
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    quick.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    for mut stream in slow {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest));
        // Closed or reset, but not held.
        assert!(ended.await.is_ok(), "a slow connection is still open");
    }
}

#[tokio::test]
async fn what_runs_may_end_when_the_program_is_told_to_stop() {
    let app = TestApp::new();
    let (address, stop) = listening(&app, ConnectionLimits::default()).await;
    let mut running = TcpStream::connect(address).await.unwrap();
    running
        .write_all(b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.cancel();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(TcpStream::connect(address).await.is_err(), "nobody new is let in");
    running.write_all(b"email=a").await.unwrap();
    let mut answer = String::new();
    running.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
}

#[tokio::test]
async fn who_may_not_open_a_task_sees_no_link_to_one() {
    let ward = Ward::new().await;
    ward.report(chest_pain()).await;
    let pages = [
        format!("/patients/{}", ward.infused.patient),
        format!("/infusions/{}", ward.infused.infusion),
    ];
    let nurse = ward.app.staff(Role::Nurse, ward.site).await;
    let coordinator = ward.app.staff(Role::Coordinator, ward.site).await;
    for page in &pages {
        assert!(nurse.get(page).await.html.contains("href=\"/tasks/"), "{page}");
        assert!(!coordinator.get(page).await.html.contains("href=\"/tasks/"), "{page}");
    }
}

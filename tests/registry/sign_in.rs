//! Signing in with password and second factor.

use afterwatch::access::second_factor::code_at;
use afterwatch::access::{password, sign_in};
use afterwatch::domain::{Role, SiteId, StaffId};
use afterwatch::store::staff;
use afterwatch::web::guard::SESSION_COOKIE;
use axum::http::StatusCode;
use jiff::SignedDuration;

use crate::app::{Answer, Browser, TestApp};

const PASSWORD: &str = "correct horse battery staple";

/// Somebody with a password and without a second factor.
async fn newcomer(app: &TestApp, site: SiteId) -> (StaffId, String) {
    let id = app.person(&[(site, Role::Nurse)], false).await;
    let (hash, now) = (password::hash(PASSWORD).unwrap(), app.now());
    app.write(move |conn| staff::set_password(conn, id, &hash, now)).await;
    (id, format!("{id}@clinic.example"))
}

async fn try_password(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.post("/login", &[("email", email), ("password", password)]).await
}

fn secret_on(page: &Answer) -> String {
    let (_, rest) = page.html.split_once("name=\"secret\" value=\"").expect("no secret");
    rest.split('"').next().unwrap().to_owned()
}

/// Signs in for the first time and returns the secret and the recovery codes.
async fn enrol(app: &TestApp, browser: &Browser, email: &str) -> (String, Vec<String>) {
    let answer = try_password(browser, email, PASSWORD).await;
    assert_eq!(answer.location(), Some("/login/enrol?next=/"));
    let secret = secret_on(&browser.get("/login/enrol").await);
    let code = code_at(&secret, app.now()).unwrap();
    let page = browser.post("/login/enrol", &[("secret", &secret), ("code", &code)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let codes = page
        .html
        .split("<li><code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    (secret, codes)
}

async fn is_in(browser: &Browser) -> bool {
    browser.get("/").await.location().is_some_and(|to| !to.starts_with("/login"))
}

#[tokio::test]
async fn the_first_sign_in_sets_up_the_second_step_and_later_ones_need_it() {
    let app = TestApp::new();
    let (_, email) = newcomer(&app, app.site("A").await).await;
    let browser = app.stranger();
    assert!(!is_in(&browser).await);
    let (secret, codes) = enrol(&app, &browser, &email).await;
    assert_eq!(codes.len(), 10);
    assert!(is_in(&browser).await);

    app.advance(SignedDuration::from_mins(1));
    let other = app.stranger();
    let answer = try_password(&other, &email.to_uppercase(), PASSWORD).await;
    assert_eq!(answer.location(), Some("/login/code?next=/"));
    assert!(!is_in(&other).await, "a password alone is not enough");
    let before = other.cookie(SESSION_COOKIE);
    let code = code_at(&secret, app.now()).unwrap();
    let answer = other.post("/login/code", &[("code", &code), ("next", "/account")]).await;
    assert_eq!(answer.location(), Some("/account"));
    assert!(is_in(&other).await);
    assert_ne!(other.cookie(SESSION_COOKIE), before, "the session has a new name");
    other.set_cookie(SESSION_COOKIE, &before.unwrap());
    assert!(!is_in(&other).await, "the old name is dead");
}

#[tokio::test]
async fn a_code_and_a_recovery_code_are_good_once() {
    let app = TestApp::new();
    let (_, email) = newcomer(&app, app.site("A").await).await;
    let (secret, codes) = enrol(&app, &app.stranger(), &email).await;
    app.advance(SignedDuration::from_mins(1));
    let code = code_at(&secret, app.now()).unwrap();
    for (given, expected) in [
        (&code, StatusCode::SEE_OTHER),
        (&code, StatusCode::UNPROCESSABLE_ENTITY),
        (&codes[0], StatusCode::SEE_OTHER),
        (&codes[0], StatusCode::UNPROCESSABLE_ENTITY),
        (&codes[1].to_lowercase(), StatusCode::SEE_OTHER),
    ] {
        let browser = app.stranger();
        try_password(&browser, &email, PASSWORD).await;
        let answer = browser.post("/login/code", &[("code", given)]).await;
        assert_eq!(answer.status, expected, "{given}");
        assert_eq!(is_in(&browser).await, expected == StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn wrong_tries_answer_alike_and_wait_longer_but_never_for_good() {
    let app = TestApp::new();
    let (_, email) = newcomer(&app, app.site("A").await).await;
    let browser = app.stranger();
    let wrong = try_password(&browser, &email, "wrong").await;
    let unknown = try_password(&browser, "nobody@clinic.example", "wrong").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unknown.status, wrong.status);
    assert_eq!(unknown.html.replace("nobody@clinic.example", &email), wrong.html);
    for _ in 0..5 {
        try_password(&browser, &email, "wrong").await;
        app.advance(SignedDuration::from_secs(5));
    }
    try_password(&browser, &email, "wrong").await;
    let early = try_password(&browser, &email, PASSWORD).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "too early");
    app.advance(SignedDuration::from_mins(16));
    let late = try_password(&browser, &email, PASSWORD).await;
    assert_eq!(late.status, StatusCode::SEE_OTHER, "nobody is locked out for good");
}

#[tokio::test]
async fn a_known_browser_gets_in_while_a_stranger_guesses() {
    let app = TestApp::new();
    let (id, email) = newcomer(&app, app.site("A").await).await;
    let known = app.stranger();
    let (secret, _) = enrol(&app, &known, &email).await;
    app.advance(SignedDuration::from_mins(1));
    let account = app.read(move |conn| staff::by_id(conn, id)).await.unwrap();
    let now = app.now();
    app.write(move |conn| {
        (0..30).try_for_each(|_| sign_in::failed(conn, &account, "password", now))
    })
    .await;
    let stranger = try_password(&app.stranger(), &email, PASSWORD).await;
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = try_password(&known, &email, PASSWORD).await;
    assert_eq!(answer.location(), Some("/login/code?next=/"));
    let code = code_at(&secret, app.now()).unwrap();
    assert_eq!(known.post("/login/code", &[("code", &code)]).await.location(), Some("/"));
}

#[tokio::test]
async fn who_knows_only_the_password_gets_few_tries_at_the_code() {
    let app = TestApp::new();
    let (_, email) = newcomer(&app, app.site("A").await).await;
    enrol(&app, &app.stranger(), &email).await;
    let browser = app.stranger();
    try_password(&browser, &email, PASSWORD).await;
    for _ in 0..3 {
        let answer = browser.post("/login/code", &[("code", "000000")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(browser.post("/login/code", &[("code", "0")]).await.location(), Some("/login"));
    let answer = try_password(&browser, &email, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "and then waits");
}

#[tokio::test]
async fn the_way_back_after_signing_in_is_a_path_of_ours() {
    let app = TestApp::training();
    let (_, email) = newcomer(&app, app.site("A").await).await;
    for (next, expected) in [
        ("/patients", "/patients"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nb", "/"),
        ("", "/"),
    ] {
        let browser = app.stranger();
        let fields = [("email", email.as_str()), ("password", PASSWORD), ("next", next)];
        let answer = browser.post("/login", &fields).await;
        assert_eq!(answer.location(), Some(expected), "{next:?}");
    }
}

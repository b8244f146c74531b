//! Signing in and out. The guard keeps everything else behind these pages.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

use super::factor::{EnrolPage, Factor, RecoveryCodesPage};
use super::form::Form;
use super::guard::SESSION_COOKIE;
use super::language::Lang;
use super::limits::Peer;
use super::page::{page, page_again};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::access::sign_in::{self, Checked};
use crate::access::{Stage, password};
use crate::domain::Permission;
use crate::i18n::account::{AccountText, account as text};
use crate::secrets::{equal, token_hash};
use crate::store::staff::{self, Account};
use crate::store::{self, sessions};

/// Marks a browser in which a person signed in before: a stranger's wrong tries do not
/// keep them waiting there.
const DEVICE_COOKIE: &str = "__Host-device";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Access::Staff(Permission::OwnAccount), home),
        Route::get("/login", Access::Public, show),
        Route::post("/login", Access::Public, check),
        Route::get("/login/code", Access::Public, show_code),
        Route::post("/login/code", Access::Public, check_code),
        Route::get("/login/enrol", Access::Public, show_enrol),
        Route::post("/login/enrol", Access::Public, enrol),
        Route::post("/logout", Access::Staff(Permission::OwnAccount), sign_out),
    ]
}

/// The first page that the person may use.
async fn home(chrome: Chrome) -> Redirect {
    Redirect::to(chrome.nav.first().map_or("/account", |(url, _, _)| *url))
}

/// `next` if it is a path of ours, else the first page.
fn local(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && next.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    if ours { next } else { "/" }
}

#[derive(Debug, Default, Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "access/login.html")]
struct LoginPage {
    chrome: Chrome,
    t: &'static AccountText,
    email: String,
    next: String,
    problem: Option<&'static str>,
}

async fn show(
    chrome: Chrome,
    Lang(lang): Lang,
    Query(Next { next }): Query<Next>,
) -> Result<Response, PageError> {
    let next = local(&next).to_owned();
    page(&LoginPage { chrome, t: text(lang), email: String::new(), next, problem: None })
}

#[derive(Deserialize)]
struct LoginForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

async fn check(
    State(app): State<App>,
    Lang(lang): Lang,
    chrome: Chrome,
    peer: Peer,
    (jar, headers): (CookieJar, HeaderMap),
    Form(form): Form<LoginForm>,
) -> Result<Response, PageError> {
    let t = text(lang);
    let next = local(&form.next).to_owned();
    let again = |problem, email| LoginPage { chrome, t, email, next: next.clone(), problem };
    if !app.limits.may_try(peer) {
        let page = again(Some(t.too_many_tries), form.email).render()?;
        return Ok((StatusCode::TOO_MANY_REQUESTS, axum::response::Html(page)).into_response());
    }
    let now = app.now();
    let (email, keys) = (form.email.clone(), app.keys.clone());
    let device = jar.get(DEVICE_COOKIE).map(|cookie| cookie.value().to_owned());
    let known = move |account: &Account| {
        device.is_some_and(|device| equal(&device, &device_token(&keys, account)))
    };
    let account =
        app.db.read(move |conn| sign_in::account_to_try(conn, &email, known, now)).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let is_right =
        app.limits.hash(move || password::is_right(&form.password, stored.as_deref())).await?;
    let Some(account) = account else {
        return page_again(&again(Some(t.sign_in_wrong), form.email));
    };
    if !is_right {
        app.db.write(move |conn| sign_in::failed(conn, &account, "password", now)).await?;
        return page_again(&again(Some(t.sign_in_wrong), form.email));
    }
    let (came_with, agent) = (session_token(&jar), user_agent(&headers));
    let needs_second_factor = !app.settings.training;
    let device = device_cookie(&app, &account);
    let begun = app
        .db
        .write(move |conn| {
            sign_in::password_right(
                conn,
                &account,
                came_with.as_deref(),
                &agent,
                needs_second_factor,
                now,
            )
        })
        .await?;
    let onwards = match begun.stage {
        Stage::Full => next,
        Stage::Password => format!("/login/code?next={next}"),
        Stage::EnrolTotp => format!("/login/enrol?next={next}"),
    };
    let is_complete = begun.stage == Stage::Full;
    let jar = jar.add(session_cookie(begun.token));
    let jar = if is_complete { jar.add(device) } else { jar };
    Ok((jar, Redirect::to(&onwards)).into_response())
}

#[derive(Template)]
#[template(path = "access/code.html")]
struct CodePage {
    chrome: Chrome,
    t: &'static AccountText,
    next: String,
    wrong: bool,
}

async fn show_code(
    State(app): State<App>,
    Lang(lang): Lang,
    mut chrome: Chrome,
    jar: CookieJar,
    Query(Next { next }): Query<Next>,
) -> Result<Response, PageError> {
    let Some((_, token)) = pending(&app, &jar, Stage::Password).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    chrome.form_token = app.keys.form_token(&token_hash(&token));
    page(&CodePage { chrome, t: text(lang), next: local(&next).to_owned(), wrong: false })
}

#[derive(Deserialize)]
struct CodeForm {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

async fn check_code(
    State(app): State<App>,
    Lang(lang): Lang,
    mut chrome: Chrome,
    peer: Peer,
    (jar, headers): (CookieJar, HeaderMap),
    Form(form): Form<CodeForm>,
) -> Result<Response, PageError> {
    let Some((account, token)) = pending(&app, &jar, Stage::Password).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    chrome.form_token = checked_token(&app, &token, &form.form_token)?;
    let next = local(&form.next).to_owned();
    let (now, id, agent) = (app.now(), account.id, user_agent(&headers));
    let checked = if app.limits.may_try(peer) {
        app.db
            .write(move |conn| sign_in::check_code(conn, id, &form.code, &token, &agent, now))
            .await?
    } else {
        Checked::Wrong
    };
    match checked {
        Checked::Right(begun) => {
            let jar = jar.add(session_cookie(begun.token)).add(device_cookie(&app, &account));
            Ok((jar, Redirect::to(&next)).into_response())
        }
        Checked::Wrong => page_again(&CodePage { chrome, t: text(lang), next, wrong: true }),
    }
}

async fn show_enrol(
    State(app): State<App>,
    Lang(lang): Lang,
    mut chrome: Chrome,
    jar: CookieJar,
    Query(Next { next }): Query<Next>,
) -> Result<Response, PageError> {
    let Some((account, token)) = pending(&app, &jar, Stage::EnrolTotp).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    chrome.form_token = app.keys.form_token(&token_hash(&token));
    page(&EnrolPage {
        chrome,
        t: text(lang),
        action: "/login/enrol",
        next: local(&next).to_owned(),
        factor: Factor::of(None, &account.email)?,
        ask_password: false,
        problems: Vec::new(),
    })
}

#[derive(Deserialize)]
struct EnrolForm {
    #[serde(default)]
    form_token: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

async fn enrol(
    State(app): State<App>,
    Lang(lang): Lang,
    mut chrome: Chrome,
    (jar, headers): (CookieJar, HeaderMap),
    Form(form): Form<EnrolForm>,
) -> Result<Response, PageError> {
    let Some((account, token)) = pending(&app, &jar, Stage::EnrolTotp).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    chrome.form_token = checked_token(&app, &token, &form.form_token)?;
    let (t, next) = (text(lang), local(&form.next).to_owned());
    let factor = Factor::of(Some(form.secret), &account.email)?;
    let (now, agent, secret) = (app.now(), user_agent(&headers), factor.secret.clone());
    let device = device_cookie(&app, &account);
    let done = app
        .db
        .write(move |conn| {
            let codes = sign_in::enrol(conn, &account, &secret, &form.code, now)?;
            let Some(codes) = codes else { return Ok::<_, store::Error>(None) };
            let begun = sign_in::enrolled(conn, &account, &token, &agent, now)?;
            Ok(Some((codes, begun)))
        })
        .await?;
    match done {
        Some((codes, begun)) => {
            let jar = jar.add(session_cookie(begun.token)).add(device);
            Ok((jar, page(&RecoveryCodesPage { chrome, t, codes, next })?).into_response())
        }
        None => page_again(&EnrolPage {
            chrome,
            t,
            action: "/login/enrol",
            next,
            factor,
            ask_password: false,
            problems: vec![t.enrol_wrong],
        }),
    }
}

async fn sign_out(
    State(app): State<App>,
    signed: Signed,
    jar: CookieJar,
) -> Result<Response, PageError> {
    let now = app.now();
    app.db.write(move |conn| sign_in::sign_out(conn, &signed.person, now)).await?;
    Ok((jar.add(ended(SESSION_COOKIE)), Redirect::to("/login")).into_response())
}

/// The person whose sign-in is at this stage, and the token of it.
async fn pending(
    app: &App,
    jar: &CookieJar,
    stage: Stage,
) -> Result<Option<(Account, String)>, PageError> {
    let Some(token) = session_token(jar) else { return Ok(None) };
    let (now, hash) = (app.now(), token_hash(&token));
    let account = app
        .db
        .read(move |conn| {
            let found = sessions::pending(conn, &hash, now)?.filter(|found| found.stage == stage);
            found.map_or(Ok(None), |found| staff::by_id(conn, found.staff))
        })
        .await?;
    Ok(account.map(|account| (account, token)))
}

/// The form token that was sent, if it is the one of this incomplete session.
fn checked_token(app: &App, token: &str, sent: &str) -> Result<String, PageError> {
    let expected = app.keys.form_token(&token_hash(token));
    if equal(sent, &expected) { Ok(expected) } else { Err(PageError::StaleForm) }
}

fn session_token(jar: &CookieJar) -> Option<String> {
    jar.get(SESSION_COOKIE).map(|cookie| cookie.value().to_owned())
}

/// What the browser calls itself.
pub(super) fn user_agent(headers: &HeaderMap) -> String {
    let value = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

fn device_token(keys: &crate::secrets::Keys, account: &Account) -> String {
    let hash = account.password_hash.as_deref().unwrap_or_default();
    keys.device_token(&account.id.to_string(), hash)
}

fn host_cookie(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

/// The cookie of a session: gone when the browser closes.
pub(super) fn session_cookie(token: String) -> Cookie<'static> {
    host_cookie(SESSION_COOKIE, token)
}

fn device_cookie(app: &App, account: &Account) -> Cookie<'static> {
    let mut cookie = host_cookie(DEVICE_COOKIE, device_token(&app.keys, account));
    cookie.make_permanent();
    cookie
}

/// A cookie that makes the browser forget.
fn ended(name: &'static str) -> Cookie<'static> {
    let mut cookie = host_cookie(name, String::new());
    cookie.make_removal();
    cookie
}

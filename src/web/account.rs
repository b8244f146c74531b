//! One's own account: password, second factor, recovery codes, sessions, language.
//!
//! What lets somebody in is changed only with the password, even though the person is
//! signed in: a screen left open must not be enough.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::factor::{EnrolPage, Factor, RecoveryCodesPage};
use super::form::Form;
use super::invite::NewPassword;
use super::language::Lang;
use super::login::{session_cookie, user_agent};
use super::page::{page, page_again};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::access::{accounts, password, sign_in};
use crate::domain::{Codelist, Language, Permission, Timestamp};
use crate::i18n::account::{AccountText, account as text};
use crate::i18n::labels::Label;
use crate::secrets::sha256_hex;
use crate::store::staff::{self, Account};
use crate::store::{self, sessions};

pub(super) fn routes() -> Vec<Route> {
    const OWN: Access = Access::Staff(Permission::OwnAccount);
    vec![
        Route::get("/account", OWN, show),
        Route::post("/account/password", OWN, change_password),
        Route::post("/account/language", OWN, change_language),
        Route::post("/account/sessions/end", OWN, end_session),
        Route::get("/account/second-factor", OWN, show_second_factor),
        Route::post("/account/second-factor", OWN, change_second_factor),
        Route::post("/account/recovery-codes", OWN, renew_recovery_codes),
    ]
}

/// A session as the page shows it.
struct SessionRow {
    /// Names the session in the form; not usable for anything else.
    handle: String,
    began: String,
    seen: String,
    browser: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "access/account.html")]
struct AccountPage {
    chrome: Chrome,
    t: &'static AccountText,
    email: String,
    languages: Vec<(&'static str, &'static str, bool)>,
    shortest: usize,
    codes_left: i64,
    second_factor: bool,
    sessions: Vec<SessionRow>,
    problems: Vec<String>,
}

async fn account_of(app: &App, signed: &Signed) -> Result<Account, PageError> {
    let id = signed.person.id;
    app.db.read(move |conn| staff::by_id(conn, id)).await?.ok_or(PageError::SignIn)
}

/// A handle that says nothing about the session's token.
fn handle(token_hash: &str) -> String {
    sha256_hex(token_hash.as_bytes()).chars().take(24).collect()
}

async fn draw(
    app: &App,
    signed: &Signed,
    lang: Language,
    chrome: Chrome,
    problems: Vec<String>,
) -> Result<AccountPage, PageError> {
    let (id, now) = (signed.person.id, app.now());
    let (account, open, codes_left) = app
        .db
        .read(move |conn| {
            let account = staff::by_id(conn, id)?;
            let open = sessions::open(conn, id, now)?;
            Ok::<_, store::Error>((account, open, staff::recovery_codes_left(conn, id)?))
        })
        .await?;
    let account = account.ok_or(PageError::SignIn)?;
    let time = |at: Timestamp| at.jiff().strftime("%Y-%m-%d %H:%M UTC").to_string();
    let sessions = open
        .into_iter()
        .map(|open| SessionRow {
            handle: handle(&open.token_hash),
            began: time(open.created_at),
            seen: time(open.last_seen_at),
            browser: open.user_agent,
            current: open.token_hash == signed.person.session,
        })
        .collect();
    let languages = Language::ALL
        .iter()
        .map(|language| (language.code(), language.label(lang), *language == account.language))
        .collect();
    Ok(AccountPage {
        chrome,
        t: text(lang),
        email: account.email,
        languages,
        shortest: password::shortest(account.is_administrator),
        codes_left,
        second_factor: account.totp_secret.is_some(),
        sessions,
        problems,
    })
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    Lang(lang): Lang,
    chrome: Chrome,
) -> Result<Response, PageError> {
    page(&draw(&app, &signed, lang, chrome, Vec::new()).await?)
}

/// The account, if this is its password. A wrong one counts as a wrong try to sign in.
async fn with_password(
    app: &App,
    signed: &Signed,
    given: String,
) -> Result<Option<Account>, PageError> {
    let account = account_of(app, signed).await?;
    let (stored, now) = (account.password_hash.clone(), app.now());
    if account.retry_sign_in_at.is_some_and(|at| at > now) {
        return Ok(None);
    }
    if app.limits.hash(move || password::is_right(&given, stored.as_deref())).await? {
        return Ok(Some(account));
    }
    app.db.write(move |conn| sign_in::failed(conn, &account, "password", now)).await?;
    Ok(None)
}

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    current: String,
    #[serde(flatten)]
    new: NewPassword,
}

async fn change_password(
    State(app): State<App>,
    signed: Signed,
    Lang(lang): Lang,
    chrome: Chrome,
    (jar, headers): (CookieJar, HeaderMap),
    Form(form): Form<PasswordForm>,
) -> Result<Response, PageError> {
    let t = text(lang);
    let account = with_password(&app, &signed, form.current).await?;
    let own = account_of(&app, &signed).await?;
    let mut problems = form.new.problems(t, own.is_administrator, &[&own.name, &own.email]);
    if account.is_none() {
        problems.insert(0, t.password_wrong.to_owned());
    }
    if !problems.is_empty() {
        return page_again(&draw(&app, &signed, lang, chrome, problems).await?);
    }
    let hash = app.limits.hash(move || password::hash(&form.new.password)).await?;
    let (hash, now, agent) = (hash.map_err(PageError::internal)?, app.now(), user_agent(&headers));
    let token = app
        .db
        .write(move |conn| accounts::change_password(conn, &signed.person, &hash, &agent, now))
        .await?;
    Ok((jar.add(session_cookie(token)), Redirect::to("/account")).into_response())
}

#[derive(Deserialize)]
struct LanguageForm {
    #[serde(default)]
    language: String,
}

async fn change_language(
    State(app): State<App>,
    signed: Signed,
    Form(form): Form<LanguageForm>,
) -> Result<Redirect, PageError> {
    let language = Language::from_code(&form.language).ok_or(PageError::Unreadable)?;
    let now = app.now();
    app.db.write(move |conn| accounts::set_language(conn, &signed.person, language, now)).await?;
    Ok(Redirect::to(&format!("/account?lang={}", language.code())))
}

#[derive(Deserialize)]
struct EndForm {
    #[serde(default)]
    session: String,
}

async fn end_session(
    State(app): State<App>,
    signed: Signed,
    Form(form): Form<EndForm>,
) -> Result<Redirect, PageError> {
    let now = app.now();
    app.db
        .write(move |conn| {
            let open = sessions::open(conn, signed.person.id, now)?;
            let named = open.iter().find(|open| handle(&open.token_hash) == form.session);
            // One that ended meanwhile is what was wanted.
            named.map_or(Ok(()), |open| {
                accounts::end_session(conn, &signed.person, &open.token_hash, now)
            })
        })
        .await?;
    Ok(Redirect::to("/account"))
}

async fn show_second_factor(
    State(app): State<App>,
    signed: Signed,
    Lang(lang): Lang,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let account = account_of(&app, &signed).await?;
    page(&enrol_page(chrome, lang, Factor::of(None, &account.email)?, Vec::new()))
}

fn enrol_page(
    chrome: Chrome,
    lang: Language,
    factor: Factor,
    problems: Vec<&'static str>,
) -> EnrolPage {
    EnrolPage {
        chrome,
        t: text(lang),
        action: "/account/second-factor",
        next: "/account".to_owned(),
        factor,
        ask_password: true,
        problems,
    }
}

#[derive(Deserialize)]
struct FactorForm {
    #[serde(default)]
    secret: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

async fn change_second_factor(
    State(app): State<App>,
    signed: Signed,
    Lang(lang): Lang,
    chrome: Chrome,
    Form(form): Form<FactorForm>,
) -> Result<Response, PageError> {
    let t = text(lang);
    let email = account_of(&app, &signed).await?.email;
    let factor = Factor::of(Some(form.secret), &email)?;
    let Some(account) = with_password(&app, &signed, form.password).await? else {
        return page_again(&enrol_page(chrome, lang, factor, vec![t.password_wrong]));
    };
    let (now, secret) = (app.now(), factor.secret.clone());
    let codes =
        app.db.write(move |conn| sign_in::enrol(conn, &account, &secret, &form.code, now)).await?;
    match codes {
        Some(codes) => page(&RecoveryCodesPage { chrome, t, codes, next: "/account".to_owned() }),
        None => page_again(&enrol_page(chrome, lang, factor, vec![t.enrol_wrong])),
    }
}

#[derive(Deserialize)]
struct CurrentPassword {
    #[serde(default)]
    password: String,
}

async fn renew_recovery_codes(
    State(app): State<App>,
    signed: Signed,
    Lang(lang): Lang,
    chrome: Chrome,
    Form(form): Form<CurrentPassword>,
) -> Result<Response, PageError> {
    let t = text(lang);
    let Some(account) = with_password(&app, &signed, form.password).await? else {
        let problems = vec![t.password_wrong.to_owned()];
        return page_again(&draw(&app, &signed, lang, chrome, problems).await?);
    };
    let now = app.now();
    let codes =
        app.db.write(move |conn| sign_in::renew_recovery_codes(conn, &account, now)).await?;
    page(&RecoveryCodesPage { chrome, t, codes, next: "/account".to_owned() })
}

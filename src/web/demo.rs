//! The training pages: who to be, the clock, the captured mail. Elsewhere they do not exist.

mod captured;
mod moving;
mod night;

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use jiff::{SignedDuration, Span};
use serde::Deserialize;

use super::form::Form;
use super::page::{page, page_again};
use super::{Access, App, Chrome, PageError, Route, login};
use crate::access::sign_in;
use crate::domain::{Codelist, Language, Role, Timestamp};
use crate::i18n::demo::{DemoText, demo};
use crate::i18n::labels::Label;
use crate::i18n::night::{NightText, night as night_text};
use crate::store::{self, staff, training};

/// The farthest that the clock is moved at once.
const FARTHEST: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Moving it may take so long: much falls due in a year.
const MOVING: Duration = Duration::from_mins(2);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/demo", Access::Training, hub),
        Route::get("/demo/mail", Access::Training, captured::list),
        Route::get("/demo/night", night::WATCH, night::watch),
        Route::get("/demo/night/debrief", night::WATCH, night::debrief::show),
        Route::post("/demo/night", night::ACT, night::begin).time_limit(MOVING),
        Route::post("/demo/night/clock", night::ACT, night::move_clock).time_limit(MOVING),
        Route::post("/demo/clock", Access::Training, move_clock).time_limit(MOVING),
        Route::post("/demo/sign-in", Access::Training, sign_in_as),
    ]
}

/// What the training command keeps for this page: one login per role, one link per language.
#[derive(Debug, Clone, serde::Serialize, Deserialize)]
pub struct Shown {
    /// How the outside reaches the program.
    pub base_url: String,
    /// Logins.
    pub staff: Vec<ShownLogin>,
    /// Patients.
    pub patients: Vec<ShownPatient>,
    /// The key of another system.
    pub api_token: String,
}

/// A login.
#[derive(Debug, Clone, serde::Serialize, Deserialize)]
pub struct ShownLogin {
    /// The code of the role.
    pub role: String,
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// A patient.
#[derive(Debug, Clone, serde::Serialize, Deserialize)]
pub struct ShownPatient {
    /// The code of the language.
    pub language: String,
    /// The link as a mail carries it.
    pub link: String,
    /// What the page asks before it shows earlier answers.
    pub birth_year: i32,
}

/// The name under which [`Shown`] is kept.
pub const SHOWN: &str = "training";

struct LoginRow {
    email: String,
    password: String,
    role: &'static str,
    does: &'static str,
}

struct PatientRow {
    link: String,
    tag: &'static str,
    label: String,
    birth_year: i32,
}

#[derive(Template)]
#[template(path = "demo/hub.html")]
struct Hub {
    chrome: Chrome,
    t: &'static DemoText,
    night: &'static NightText,
    logins: Vec<LoginRow>,
    patients: Vec<PatientRow>,
    now: String,
    spans: [(&'static str, &'static str); 4],
    advance: String,
    problem: Option<&'static str>,
}

async fn shown(app: &App) -> Result<Shown, PageError> {
    let text = app.db.read(|conn| training::fact(conn, SHOWN)).await?;
    serde_json::from_str(&text.ok_or(PageError::NotFound)?).map_err(PageError::internal)
}

async fn draw(app: &App, chrome: Chrome, advance: String, bad: bool) -> Result<Hub, PageError> {
    let lang = chrome.lang;
    let t = demo(lang);
    let shown = shown(app).await?;
    let logins = shown
        .staff
        .into_iter()
        .filter_map(|login| {
            let role = Role::from_code(&login.role)?;
            let does = match role {
                Role::Nurse => t.nurse_does,
                Role::Physician => t.physician_does,
                Role::SafetyOfficer => t.safety_officer_does,
                Role::Coordinator => t.coordinator_does,
                Role::Administrator => t.administrator_does,
                Role::Reader => t.reader_does,
            };
            let role = role.label(lang);
            Some(LoginRow { email: login.email, password: login.password, role, does })
        })
        .collect();
    let patients = shown
        .patients
        .into_iter()
        .filter_map(|patient| {
            let language = Language::from_code(&patient.language)?;
            Some(PatientRow {
                link: patient.link,
                tag: language.code(),
                label: format!("{} · {}", t.open_patient_page, language.label(lang)),
                birth_year: patient.birth_year,
            })
        })
        .collect();
    let now = app.now().jiff().strftime("%Y-%m-%d %H:%M UTC").to_string();
    Ok(Hub {
        chrome,
        t,
        night: night_text(lang),
        logins,
        patients,
        now,
        spans: [
            ("PT1H", t.one_hour),
            ("PT6H", t.six_hours),
            ("P1D", t.one_day),
            ("P7D", t.one_week),
        ],
        advance,
        problem: bad.then_some(t.bad_span),
    })
}

async fn hub(State(app): State<App>, chrome: Chrome) -> Result<Response, PageError> {
    page(&draw(&app, chrome, String::new(), false).await?)
}

#[derive(Debug, Deserialize)]
struct ClockForm {
    #[serde(default)]
    advance: String,
}

/// Reads an ISO 8601 duration between one second and 400 days; a day is 24 hours.
fn span(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    // jiff also reads "6h"; the command line promises ISO 8601 and nothing else.
    let span: Span = text.starts_with('P').then(|| text.parse().ok())??;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    (duration >= SignedDuration::from_secs(1) && duration <= FARTHEST).then_some(duration)
}

async fn move_clock(
    State(app): State<App>,
    chrome: Chrome,
    Form(form): Form<ClockForm>,
) -> Result<Response, PageError> {
    let Some(by) = span(&form.advance) else {
        return page_again(&draw(&app, chrome, form.advance, true).await?);
    };
    moving::to(&app, app.now().plus(by)).await?;
    Ok(Redirect::to("/demo").into_response())
}

/// The name under which the clock's offset is kept, in milliseconds.
pub const OFFSET: &str = "training_clock_offset_ms";

#[derive(Debug, Deserialize)]
struct SignInForm {
    email: String,
}

/// One press signs in as one of the shown logins: the passwords stand on the page anyway.
async fn sign_in_as(
    State(app): State<App>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, PageError> {
    let shown = shown(&app).await?;
    if !shown.staff.iter().any(|login| login.email == form.email) {
        return Err(PageError::NotFound);
    }
    let now: Timestamp = app.now();
    let agent =
        headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("").to_owned();
    let begun = app
        .db
        .write(move |conn| {
            let Some(account) = staff::by_email(conn, &form.email)? else {
                return Ok::<_, store::Error>(None);
            };
            sign_in::password_right(conn, &account, None, &agent, false, now).map(Some)
        })
        .await?
        .ok_or(PageError::NotFound)?;
    Ok((jar.add(login::session_cookie(begun.token)), Redirect::to("/")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_iso_8601_and_move_forward() {
        for (text, seconds) in [
            ("PT6H", 21_600),
            ("P1D", 86_400),
            (" P7D ", 604_800),
            ("PT1S", 1),
            ("P400D", 34_560_000),
        ] {
            assert_eq!(span(text), Some(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in ["", "6h", "-P1D", "PT0S", "P401D", "P1M", "tomorrow"] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}

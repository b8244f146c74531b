//! After how many minutes whom a task goes to: set by administrators of the clinic.

mod gateway;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

use self::gateway::Gateway;
use super::form::Form;
use super::page::{page, page_again};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::chain::{Audience, Times};
use crate::domain::{Codelist, Language, Level, Permission, SiteId};
use crate::escalation::settings::{self, LEVELS, SettingsError};
use crate::i18n::escalation::{EscalationText, escalation};
use crate::i18n::labels::Label;
use crate::store::{Error, hooks, sites};

const MANAGE: Access = Access::Staff(Permission::ManageSite);
/// The columns of the table, by the names of the fields.
const COLUMNS: [&str; 4] = ["charge_nurse", "physician", "safety_officer", "repeat"];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/admin/escalation", MANAGE, show),
        Route::post("/admin/escalation", MANAGE, set),
        Route::post("/admin/escalation/gateway", MANAGE, gateway::set),
        Route::post("/admin/escalation/gateway/test", MANAGE, gateway::test),
    ]
}

/// Every field as it was typed, by its name.
type Typed = BTreeMap<String, String>;

/// The times of a level: its name, and name, label and value of each field.
type Row = (&'static str, Vec<(String, &'static str, String)>);

struct Clinic {
    id: String,
    name: String,
    version: String,
    rows: Vec<Row>,
    problems: Vec<String>,
    gateway: Gateway,
}

#[derive(Template)]
#[template(path = "admin/escalation.html")]
struct EscalationPage {
    chrome: Chrome,
    t: &'static EscalationText,
    clinics: Vec<Clinic>,
}

fn label(t: &EscalationText, column: &str, lang: Language) -> &'static str {
    Audience::from_code(column).map_or(t.again_every, |audience| audience.label(lang))
}

fn value(times: &Times, column: &str) -> i64 {
    match column {
        "charge_nurse" => times.charge_nurse_min,
        "physician" => times.physician_min,
        "safety_officer" => times.safety_officer_min,
        _ => times.repeat_min,
    }
}

/// The times as typed. What is no number is none that is allowed.
fn read(typed: &Typed) -> BTreeMap<Level, Times> {
    let number = |level: Level, column: &str| -> i64 {
        let typed = typed.get(&format!("{}-{column}", level.code()));
        typed.and_then(|typed| typed.trim().parse().ok()).unwrap_or(0)
    };
    LEVELS
        .into_iter()
        .map(|level| {
            let times = Times {
                charge_nurse_min: number(level, "charge_nurse"),
                physician_min: number(level, "physician"),
                safety_officer_min: number(level, "safety_officer"),
                repeat_min: number(level, "repeat"),
            };
            (level, times)
        })
        .collect()
}

/// The page; with what was typed for a clinic, and what is wrong with it.
async fn draw(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    again: Option<(SiteId, Typed, Vec<String>)>,
) -> Result<EscalationPage, PageError> {
    let (scope, lang) = (signed.scope.clone(), chrome.lang);
    let found = app
        .db
        .read(move |conn| {
            let mut found = Vec::new();
            for site in sites::list(conn, &scope)? {
                let times = settings::times(conn, site.id)?;
                let hook = hooks::find(conn, site.id)?;
                let calls = hooks::newest(conn, site.id)?;
                found.push((site, times, hook, calls));
            }
            Ok::<_, Error>(found)
        })
        .await?;
    let t = escalation(lang);
    let clinics = found
        .into_iter()
        .map(|(site, (version, times), hook, calls)| {
            let again = again.as_ref().filter(|(at, ..)| *at == site.id);
            let row = |level: Level| {
                let fields = COLUMNS.map(|column| {
                    let name = format!("{}-{column}", level.code());
                    let kept = times.get(&level).map(|times| value(times, column).to_string());
                    let typed = again.and_then(|(_, typed, _)| typed.get(&name).cloned());
                    let value = typed.or(kept).unwrap_or_default();
                    (name, label(t, column, lang), value)
                });
                (level.label(lang), fields.to_vec())
            };
            Clinic {
                id: site.id.to_string(),
                gateway: Gateway::new(lang, &site.time_zone, hook, calls, again.map(|one| &one.1)),
                name: site.name,
                version: version.map_or_else(|| t.standard.to_owned(), |one| t.version(one)),
                rows: LEVELS.into_iter().map(row).collect(),
                problems: again.map(|(.., problems)| problems.clone()).unwrap_or_default(),
            }
        })
        .collect();
    Ok(EscalationPage { chrome, t, clinics })
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    page(&draw(&app, &signed, chrome, None).await?)
}

async fn set(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let site: Option<SiteId> = typed.get("site").and_then(|site| site.parse().ok());
    let site = site.ok_or(PageError::NotFound)?;
    let (actor, scope, now) = (signed.actor(), signed.scope.clone(), app.now());
    let times = read(&typed);
    let done = app
        .db
        .write(move |conn| settings::set_times(conn, now, &actor, &scope, site, &times))
        .await;
    answer(&app, &signed, chrome, (site, typed), done).await
}

/// Back to the page, or the page again as typed with everything that is wrong.
async fn answer(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    (site, typed): (SiteId, Typed),
    done: Result<(), SettingsError>,
) -> Result<Response, PageError> {
    let t = escalation(chrome.lang);
    let problems = match done {
        Ok(()) => return Ok(Redirect::to("/admin/escalation").into_response()),
        Err(SettingsError::NotFound) => return Err(PageError::NotFound),
        Err(SettingsError::Store(error)) => return Err(error.into()),
        Err(error @ SettingsError::NoSecret) => return Err(PageError::internal(error)),
        Err(SettingsError::NoGateway) => vec![t.hook_off.to_owned()],
        Err(SettingsError::Address) => vec![t.hook_address.to_owned()],
        Err(SettingsError::Times(problems)) => {
            problems.into_iter().map(|(level, found)| t.problem(level, found)).collect()
        }
    };
    page_again(&draw(app, signed, chrome, Some((site, typed, problems))).await?)
}

//! A bad night to rehearse: begin one, watch it, move its clock.

pub(super) mod debrief;
mod line;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::line::Entry;
use super::moving;
use crate::demo::night::script::Night;
use crate::demo::night::{self, Begun};
use crate::domain::{Permission, Scope, SiteId, Timestamp, Zone};
use crate::i18n::demo::demo;
use crate::i18n::night::{NightText, night as words};
use crate::store::night::{Record, record};
use crate::store::{self, Error, sites};
use crate::web::form::Form;
use crate::web::local_time::Shown;
use crate::web::page::page;
use crate::web::{Access, App, Chrome, PageError, Signed};

/// Who may watch.
pub(super) const WATCH: Access = Access::TrainingStaff(Permission::ViewQueue);
/// Who may begin one and move its clock: those who work in it.
pub(super) const ACT: Access = Access::TrainingStaff(Permission::WorkTasks);

/// Entries of the time line that are not folded.
const RECENT: usize = 25;

/// The night as its page shows it.
struct Shows {
    title: String,
    now: Shown,
    is_on: bool,
    lot: String,
    /// The newest entries, which a glance takes in.
    recent: Vec<Entry>,
    /// All before them, folded.
    earlier: Vec<Entry>,
    coming: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "demo/night.html")]
struct NightPage {
    chrome: Chrome,
    t: &'static NightText,
    training: &'static str,
    may_act: bool,
    spans: [(&'static str, &'static str); 4],
    is_running: bool,
    problem: Option<&'static str>,
    shows: Option<Shows>,
}

/// A night with all that the rows say of it, and the clinic's zone.
struct Found {
    night: Night,
    record: Record,
    zone: Zone,
}

/// Whether a night goes on, and the last one if it is of a clinic in scope.
async fn find(app: &App, scope: &Scope) -> Result<(bool, Option<Found>), PageError> {
    let (scope, now) = (scope.clone(), app.now());
    let find = move |conn: &mut store::Connection| {
        let last = night::last(conn)?;
        let is_running = last.as_ref().is_some_and(|night| night.is_on(now));
        let Some(night) = last.filter(|night| scope.allows(night.site)) else {
            return Ok((is_running, None));
        };
        let site = Scope::of([night.site]);
        let Some(clinic) = sites::get(conn, &site, night.site)? else {
            return Ok((is_running, None));
        };
        let record = record(conn, &site, &night.patients(), (night.began_at, now))?;
        Ok::<_, Error>((is_running, Some(Found { night, record, zone: clinic.time_zone })))
    };
    Ok(app.db.read(find).await?)
}

async fn draw(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    problem: Option<&'static str>,
) -> Result<NightPage, PageError> {
    let t = words(chrome.lang);
    let now = app.now();
    let (is_running, found) = find(app, &signed.scope).await?;
    let shows = found.map(|found| {
        let lines = line::Lines { lang: chrome.lang, t, found: &found };
        let mut recent = lines.past(now);
        let earlier = recent.split_off(recent.len().min(RECENT));
        Shows {
            title: t.of(found.night.number),
            now: Shown::new(now, &found.zone),
            is_on: found.night.is_on(now),
            recent,
            earlier,
            coming: lines.coming(now),
            lot: found.night.lot.clone(),
        }
    });
    Ok(NightPage {
        training: demo(chrome.lang).title,
        spans: [("5", t.five), ("15", t.fifteen), ("next", t.next), ("morning", t.until_morning)],
        may_act: signed.person.may(Permission::WorkTasks),
        is_running,
        problem,
        shows,
        chrome,
        t,
    })
}

pub(super) async fn watch(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    page(&draw(&app, &signed, chrome, None).await?)
}

/// The page again, with what cannot be done now.
async fn again(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    problem: &'static str,
) -> Result<Response, PageError> {
    let page = draw(app, signed, chrome, Some(problem)).await?;
    Ok((StatusCode::CONFLICT, Html(page.render()?)).into_response())
}

/// Goes to the next evening of the first of the person's clinics, and begins a night there.
pub(super) async fn begin(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let t = words(chrome.lang);
    let (scope, now) = (signed.scope.clone(), app.now());
    let (is_running, clinic) = app
        .db
        .read(move |conn| {
            let is_running = night::last(conn)?.is_some_and(|night| night.is_on(now));
            Ok::<_, Error>((is_running, sites::list(conn, &scope)?.into_iter().next()))
        })
        .await?;
    if is_running {
        return again(&app, &signed, chrome, t.running).await;
    }
    let clinic = clinic.ok_or(PageError::NotFound)?;
    moving::to(&app, night::evening(now, &clinic.time_zone)).await?;
    let (keys, actor, now) = (app.keys.clone(), signed.actor(), app.now());
    let (at, with_outage): (SiteId, bool) = (clinic.id, app.settings.mail.is_none());
    let begun = app
        .db
        .write(move |conn| night::begin(conn, &keys, now, &actor, at, with_outage))
        .await
        .map_err(PageError::internal)?;
    match begun {
        Begun::Night(_) => {}
        Begun::Running => return again(&app, &signed, chrome, t.running).await,
        Begun::Nothing => return again(&app, &signed, chrome, t.nothing).await,
    }
    // What is due at once leaves at once: the patients' links.
    moving::to(&app, app.now()).await?;
    Ok(Redirect::to("/demo/night").into_response())
}

#[derive(Debug, Deserialize)]
pub(super) struct ClockForm {
    #[serde(default)]
    by: String,
}

pub(super) async fn move_clock(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<ClockForm>,
) -> Result<Response, PageError> {
    let t = words(chrome.lang);
    let now = app.now();
    let (_, found) = find(&app, &signed.scope).await?;
    let Some(Found { night, record, .. }) = found.filter(|found| found.night.is_on(now)) else {
        return again(&app, &signed, chrome, t.over).await;
    };
    let target = match form.by.as_str() {
        "5" => now.plus_minutes(5),
        "15" => now.plus_minutes(15),
        "morning" => night.ends_at,
        "next" => next(&night, &record, now),
        _ => return again(&app, &signed, chrome, t.unknown).await,
    };
    moving::to(&app, target.min(night.ends_at)).await?;
    Ok(Redirect::to("/demo/night").into_response())
}

/// The next moment at which something happens to this night; the morning when nothing does.
fn next(night: &Night, record: &Record, now: Timestamp) -> Timestamp {
    let all = line::moments(record).into_iter().chain(night.next_at());
    all.filter(|at| *at > now).min().unwrap_or(night.ends_at)
}

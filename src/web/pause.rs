//! The switch that stops all mail to the patients of a clinic.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::Form;
use super::local_time::Shown;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::{Permission, SiteId, entry};
use crate::i18n::pause::{PauseText, pause as text};
use crate::mail_pause::{self, PauseError};
use crate::store::{Error, pauses, sites};

pub(super) fn routes() -> Vec<Route> {
    const PAUSE: Access = Access::Staff(Permission::PauseMail);
    vec![
        Route::get("/admin/pause", PAUSE, show),
        Route::post("/admin/pause/begin", PAUSE, begin),
        Route::post("/admin/pause/end", PAUSE, end),
    ]
}

struct Paused {
    since: Shown,
    by: Option<String>,
    reason: String,
}

struct Clinic {
    id: SiteId,
    name: String,
    pause: Option<Paused>,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "admin/pause.html")]
struct PausePage {
    chrome: Chrome,
    t: &'static PauseText,
    clinics: Vec<Clinic>,
}

async fn draw(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    problem: Option<(SiteId, &'static str)>,
) -> Result<Response, PageError> {
    let scope = signed.scope.clone();
    let (all, paused) = app
        .db
        .read(move |conn| {
            Ok::<_, Error>((sites::list(conn, &scope)?, pauses::in_force(conn, &scope)?))
        })
        .await?;
    let clinics = all.into_iter().map(|site| {
        let pause = paused.iter().find(|pause| pause.site == site.id);
        Clinic {
            pause: pause.map(|pause| Paused {
                since: Shown::new(pause.began_at, &site.time_zone),
                by: pause.began_by.clone(),
                reason: pause.reason.clone(),
            }),
            problem: problem.filter(|(at, _)| *at == site.id).map(|(_, sentence)| sentence),
            id: site.id,
            name: site.name,
        }
    });
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = PausePage { t: text(chrome.lang), clinics: clinics.collect(), chrome };
    Ok((status, Html(page.render()?)).into_response())
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    draw(&app, &signed, chrome, None).await
}

#[derive(Deserialize)]
struct PauseForm {
    #[serde(default)]
    site: String,
    #[serde(default)]
    reason: String,
}

async fn begin(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<PauseForm>,
) -> Result<Response, PageError> {
    let site: SiteId = form.site.parse().map_err(|_| PageError::NotFound)?;
    if !signed.scope.allows(site) {
        return Err(PageError::NotFound);
    }
    let Ok(reason) = entry::line(&form.reason) else {
        let problem = text(chrome.lang).needs_reason;
        return draw(&app, &signed, chrome, Some((site, problem))).await;
    };
    let (now, actor, scope) = (app.now(), signed.actor(), signed.scope.clone());
    let done = app
        .db
        .write(move |conn| mail_pause::begin(conn, now, &actor, (&scope, site), &reason))
        .await;
    answer(&app, &signed, chrome, site, done).await
}

async fn end(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<PauseForm>,
) -> Result<Response, PageError> {
    let site: SiteId = form.site.parse().map_err(|_| PageError::NotFound)?;
    let (now, actor, scope) = (app.now(), signed.actor(), signed.scope.clone());
    let done = app.db.write(move |conn| mail_pause::end(conn, now, &actor, (&scope, site))).await;
    app.mail_due.notify_one();
    answer(&app, &signed, chrome, site, done).await
}

async fn answer(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    site: SiteId,
    done: Result<(), PauseError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to("/admin/pause").into_response()),
        Err(PauseError::NotFound) => Err(PageError::NotFound),
        Err(PauseError::Already) => {
            let problem = text(chrome.lang).already;
            draw(app, signed, chrome, Some((site, problem))).await
        }
        Err(PauseError::Store(error)) => Err(error.into()),
    }
}

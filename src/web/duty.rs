//! Who is on duty at which clinic: now, next, and by the rota of the week.

mod dates;
mod rota;

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::dates::{DateRow, Names, dates};
use self::rota::{Function, functions};
use super::form::Form;
use super::page::{page, page_again};
use super::staff_admin::refusal;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::access::members::{self, MemberError};
use crate::domain::Codelist as _;
use crate::domain::chain::Audience;
use crate::domain::registry::ActiveState;
use crate::domain::rota::people_at;
use crate::domain::{Permission, SiteId, StaffId};
use crate::i18n::escalation::{EscalationText, escalation};
use crate::i18n::staff::{StaffText, staff as text};
use crate::store::members as people;
use crate::store::{Error, duty, rota as hours, sites};

pub(super) fn routes() -> Vec<Route> {
    const MANAGE: Access = Access::Staff(Permission::ManageDuty);
    vec![
        Route::get("/admin/duty", MANAGE, show),
        Route::post("/admin/duty/begin", MANAGE, begin),
        Route::post("/admin/duty/end", MANAGE, end),
        Route::post("/admin/duty/hand-over", MANAGE, rota::hand_over),
        Route::post("/admin/duty/hours", MANAGE, rota::add),
        Route::post("/admin/duty/hours/remove", MANAGE, rota::remove),
        Route::post("/admin/duty/dates", MANAGE, dates::add),
        Route::post("/admin/duty/dates/remove", MANAGE, dates::remove),
    ]
}

/// A person on duty.
struct Row {
    staff: String,
    name: String,
    since: String,
}

/// A clinic with its people on duty and those who could be.
struct Clinic {
    id: String,
    name: String,
    is_deserted: bool,
    on_duty: Vec<Row>,
    candidates: Vec<(String, String)>,
    problem: Option<String>,
    functions: Vec<Function>,
    /// Dates on which the rota does not hold.
    dates: Vec<DateRow>,
    /// Everybody who can have hours or be away.
    people: Vec<(String, String)>,
    kinds: Names,
    audiences: Names,
}

#[derive(Template)]
#[template(path = "admin/duty.html")]
struct DutyPage {
    chrome: Chrome,
    t: &'static StaffText,
    e: &'static EscalationText,
    clinics: Vec<Clinic>,
}

async fn draw(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    problem: Option<(SiteId, String)>,
) -> Result<DutyPage, PageError> {
    let scope = signed.scope.clone();
    let (now, lang) = (app.now(), chrome.lang);
    let (clinics, members, on_duty, rotas) = app
        .db
        .read(move |conn| {
            let clinics = sites::list(conn, &scope)?;
            let mut rotas = HashMap::new();
            for site in &clinics {
                let shifts = hours::read(conn, &scope, site.id, now)?;
                let mut told = Vec::new();
                for audience in Audience::ALL {
                    let found = hours::audience(conn, site.id, *audience, now)?;
                    told.push(found.people.into_iter().map(|(id, _)| id).collect());
                }
                rotas.insert(site.id, (shifts, hours::candidates(conn, site.id)?, told));
            }
            let members = people::list(conn, &scope)?;
            Ok::<_, Error>((clinics, members, duty::list(conn, &scope)?, rotas))
        })
        .await?;
    let clinics = clinics
        .into_iter()
        .map(|site| {
            let here: Vec<_> = on_duty.iter().filter(|one| one.site == site.id).collect();
            let could = members.iter().filter(|member| {
                member.state == ActiveState::Active
                    && member.has_password
                    && !here.iter().any(|one| one.staff == member.id)
                    && member
                        .roles
                        .iter()
                        .any(|(at, role)| *at == site.id && members::may_be_on_duty(*role))
            });
            let (shifts, people, told) = rotas.get(&site.id).cloned().unwrap_or_default();
            let zone = site.time_zone.jiff();
            let is_uncovered = people_at(&shifts, Audience::OnDuty, now, zone).is_empty();
            Clinic {
                dates: dates(lang, now, &site.time_zone, (&shifts, &people)),
                people: dates::people(&people),
                kinds: dates::kinds(lang),
                audiences: dates::audiences(lang),
                functions: functions(lang, now, &site.time_zone, (&shifts, &people, &told)),
                candidates: could.map(|one| (one.id.to_string(), one.name.clone())).collect(),
                on_duty: here
                    .iter()
                    .map(|one| Row {
                        staff: one.staff.to_string(),
                        name: one.name.clone(),
                        since: one.since.at(zone).strftime("%Y-%m-%d %H:%M").to_string(),
                    })
                    .collect(),
                is_deserted: site.state == ActiveState::Active && here.is_empty() && is_uncovered,
                problem: problem
                    .as_ref()
                    .filter(|(at, _)| *at == site.id)
                    .map(|(_, sentence)| sentence.clone()),
                id: site.id.to_string(),
                name: site.name,
            }
        })
        .collect();
    Ok(DutyPage { t: text(lang), e: escalation(lang), clinics, chrome })
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    page(&draw(&app, &signed, chrome, None).await?)
}

#[derive(Deserialize)]
struct DutyForm {
    #[serde(default)]
    site: String,
    #[serde(default)]
    staff: String,
}

impl DutyForm {
    fn read(&self) -> Result<(StaffId, SiteId), PageError> {
        let found = self.staff.parse().ok().zip(self.site.parse().ok());
        found.ok_or(PageError::NotFound)
    }
}

async fn begin(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<DutyForm>,
) -> Result<Response, PageError> {
    let (which, now) = (form.read()?, app.now());
    let (actor, scope) = (signed.actor(), signed.scope.clone());
    let done =
        app.db.write(move |conn| members::begin_duty(conn, &actor, &scope, which, now)).await;
    answer(&app, &signed, chrome, which.1, done).await
}

async fn end(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<DutyForm>,
) -> Result<Response, PageError> {
    let (which, now) = (form.read()?, app.now());
    let (actor, scope) = (signed.actor(), signed.scope.clone());
    let done = app.db.write(move |conn| members::end_duty(conn, &actor, &scope, which, now)).await;
    answer(&app, &signed, chrome, which.1, done).await
}

async fn answer(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    site: SiteId,
    done: Result<(), MemberError>,
) -> Result<Response, PageError> {
    let Err(error) = done else {
        return Ok(Redirect::to("/admin/duty").into_response());
    };
    let scope = signed.scope.clone();
    let clinics = app.db.read(move |conn| sites::list(conn, &scope)).await?;
    let problem = refusal(error, chrome.lang, &clinics)?;
    page_again(&draw(app, signed, chrome, Some((site, problem))).await?)
}

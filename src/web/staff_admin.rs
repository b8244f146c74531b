//! The people of clinics, for their administrators: list, roles, links for passwords, taking
//! somebody out.

mod invite;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::invite::{How, hand_over};
use super::form::Form;
use super::page::{page, page_again};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::access::members::{self, MemberError};
use crate::domain::registry::ActiveState;
use crate::domain::{Codelist, Language, Permission, Role, Scope, SiteId, StaffId};
use crate::i18n::labels::Label;
use crate::i18n::staff::{StaffText, staff as text};
use crate::store::Error;
use crate::store::members::{self as people, Member};
use crate::store::sites::{self, Site};

pub(super) fn routes() -> Vec<Route> {
    const MANAGE: Access = Access::Staff(Permission::ManageStaff);
    vec![
        Route::get("/admin/staff", MANAGE, list),
        Route::get("/admin/staff/new", MANAGE, invite::form),
        Route::post("/admin/staff/new", MANAGE, invite::send),
        Route::get("/admin/staff/{id}", MANAGE, show),
        Route::post("/admin/staff/{id}/roles", MANAGE, set_roles),
        Route::post("/admin/staff/{id}/link", MANAGE, make_link),
        Route::post("/admin/staff/{id}/deactivate", MANAGE, deactivate),
        Route::post("/admin/staff/{id}/installation", Access::Installation, set_administrator),
    ]
}

/// The check boxes of one clinic: what somebody is there.
struct Boxes {
    site: String,
    roles: Vec<Choice>,
}

/// One choice of a form.
struct Choice {
    value: String,
    name: &'static str,
    is_chosen: bool,
}

/// The value of a check box that stands for a role at a clinic.
fn value(site: SiteId, role: Role) -> String {
    format!("{site}~{}", role.code())
}

/// The roles of check boxes as they were sent.
fn read(values: &[String]) -> Result<Vec<(SiteId, Role)>, PageError> {
    values
        .iter()
        .map(|value| {
            let (site, role) = value.split_once('~')?;
            Some((site.parse().ok()?, Role::from_code(role)?))
        })
        .collect::<Option<_>>()
        .ok_or(PageError::Unreadable)
}

fn boxes(lang: Language, clinics: &[Site], chosen: &[(SiteId, Role)]) -> Vec<Boxes> {
    let roles_at = |site: SiteId| {
        Role::ALL
            .iter()
            .map(|role| Choice {
                value: value(site, *role),
                name: role.label(lang),
                is_chosen: chosen.contains(&(site, *role)),
            })
            .collect()
    };
    clinics.iter().map(|site| Boxes { site: site.name.clone(), roles: roles_at(site.id) }).collect()
}

/// A person as the pages show them.
struct Person {
    id: String,
    name: String,
    email: String,
    language: &'static str,
    roles: Vec<String>,
    state: &'static str,
    class: &'static str,
    last_sign_in: String,
    is_active: bool,
    is_administrator: bool,
    is_elsewhere: bool,
}

impl Person {
    fn new(chrome: &Chrome, clinics: &[Site], member: &Member) -> Self {
        let (lang, t) = (chrome.lang, text(chrome.lang));
        let (state, class) = if member.state == ActiveState::Inactive {
            (t.state_inactive, "")
        } else if !member.has_password {
            (t.state_invited, "level-routine")
        } else if member.has_second_factor || chrome.training {
            (t.state_active, "level-none")
        } else {
            (t.state_no_factor, "level-soon")
        };
        let mut roles: Vec<String> = clinics
            .iter()
            .filter_map(|site| {
                let here: Vec<&str> = member
                    .roles
                    .iter()
                    .filter(|(at, _)| *at == site.id)
                    .map(|(_, role)| role.label(lang))
                    .collect();
                (!here.is_empty()).then(|| format!("{}: {}", site.code, here.join(" · ")))
            })
            .collect();
        if member.is_administrator {
            roles.insert(0, t.installation.to_owned());
        }
        Self {
            id: member.id.to_string(),
            name: member.name.clone(),
            email: member.email.clone(),
            language: member.language.label(lang),
            roles,
            state,
            class,
            last_sign_in: member.last_sign_in.map_or_else(
                || t.never.to_owned(),
                |at| at.jiff().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            ),
            is_active: member.state == ActiveState::Active,
            is_administrator: member.is_administrator,
            is_elsewhere: member.is_elsewhere,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/staff.html")]
struct ListPage {
    chrome: Chrome,
    t: &'static StaffText,
    people: Vec<Person>,
}

async fn list(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let (members, clinics) = app
        .db
        .read(move |conn| {
            let scope = members::manageable(conn, &signed.person)?;
            Ok::<_, Error>((people::list(conn, &scope)?, sites::list(conn, &scope)?))
        })
        .await?;
    // Those who were taken out come last.
    let (here, gone): (Vec<_>, Vec<_>) =
        members.iter().partition(|member| member.state == ActiveState::Active);
    let people =
        here.into_iter().chain(gone).map(|one| Person::new(&chrome, &clinics, one)).collect();
    page(&ListPage { t: text(chrome.lang), people, chrome })
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct PersonPage {
    chrome: Chrome,
    t: &'static StaffText,
    person: Person,
    boxes: Vec<Boxes>,
    is_oneself: bool,
    may_change_installation: bool,
    sees_audit: bool,
    problem: Option<String>,
}

/// The clinics that the caller looks after.
async fn scope_of(app: &App, signed: &Signed) -> Result<(Scope, Vec<Site>), PageError> {
    let person = signed.person.clone();
    Ok(app
        .db
        .read(move |conn| {
            let scope = members::manageable(conn, &person)?;
            let clinics = sites::list(conn, &scope)?;
            Ok::<_, Error>((scope, clinics))
        })
        .await?)
}

async fn draw(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    id: StaffId,
    (typed, problem): (Option<Vec<(SiteId, Role)>>, Option<String>),
) -> Result<PersonPage, PageError> {
    let (scope, clinics) = scope_of(app, signed).await?;
    let member = app.db.read(move |conn| people::get(conn, &scope, id)).await?;
    let member = member.ok_or(PageError::NotFound)?;
    let chosen = typed.as_ref().unwrap_or(&member.roles);
    Ok(PersonPage {
        t: text(chrome.lang),
        boxes: boxes(chrome.lang, &clinics, chosen),
        is_oneself: member.id == signed.person.id,
        may_change_installation: signed.person.is_administrator,
        sees_audit: signed.person.may(Permission::ViewAudit),
        person: Person::new(&chrome, &clinics, &member),
        problem,
        chrome,
    })
}

fn person_id(text: &str) -> Result<StaffId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    page(&draw(&app, &signed, chrome, person_id(&id)?, (None, None)).await?)
}

/// What the caller is told, or the error page it is.
pub(super) fn refusal(
    error: MemberError,
    lang: Language,
    clinics: &[Site],
) -> Result<String, PageError> {
    let deserted = match &error {
        MemberError::NobodyElse(at) => clinics
            .iter()
            .filter(|site| at.contains(&site.id))
            .map(|site| site.name.clone())
            .collect(),
        _ => Vec::new(),
    };
    match text(lang).refused(&error, &deserted) {
        Some(sentence) => Ok(sentence),
        None => match error {
            MemberError::Store(error) => Err(error.into()),
            _ => Err(PageError::NotFound),
        },
    }
}

/// Back to the person, or the page again with what stood against it.
async fn answer(
    (app, signed, chrome): (&App, &Signed, Chrome),
    id: StaffId,
    typed: Option<Vec<(SiteId, Role)>>,
    done: Result<(), MemberError>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/admin/staff/{id}")).into_response()),
        Err(error) => {
            let (_, clinics) = scope_of(app, signed).await?;
            let problem = refusal(error, chrome.lang, &clinics)?;
            page_again(&draw(app, signed, chrome, id, (typed, Some(problem))).await?)
        }
    }
}

#[derive(Deserialize)]
struct RolesForm {
    #[serde(default)]
    role: Vec<String>,
    /// Takes all roles away: not to be done by forgetting to tick.
    #[serde(default)]
    remove: String,
}

async fn set_roles(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(id): Path<String>,
    Form(form): Form<RolesForm>,
) -> Result<Response, PageError> {
    let (id, now) = (person_id(&id)?, app.now());
    let removes = form.remove == "yes";
    let roles = if removes { Vec::new() } else { read(&form.role)? };
    if roles.is_empty() && !removes {
        let problem = text(chrome.lang).no_role.to_owned();
        let typed = (Some(roles), Some(problem));
        return page_again(&draw(&app, &signed, chrome, id, typed).await?);
    }
    let (person, wanted) = (signed.person.clone(), roles.clone());
    let done = app
        .db
        .write(move |conn| {
            let scope = members::manageable(conn, &person)?;
            members::set_roles(conn, &person, &scope, id, &wanted, now)
        })
        .await;
    if done.is_ok() && removes {
        return Ok(Redirect::to("/admin/staff").into_response());
    }
    answer((&app, &signed, chrome), id, Some(roles), done).await
}

#[derive(Deserialize)]
struct LinkForm {
    #[serde(default)]
    how: String,
}

async fn make_link(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(id): Path<String>,
    Form(form): Form<LinkForm>,
) -> Result<Response, PageError> {
    let id = person_id(&id)?;
    let Some(how) = How::read(&form.how) else {
        let problem = text(chrome.lang).no_how.to_owned();
        return page_again(&draw(&app, &signed, chrome, id, (None, Some(problem))).await?);
    };
    let (person, keys, now) = (signed.person.clone(), app.keys.clone(), app.now());
    let link = app
        .db
        .write(move |conn| {
            let scope = members::manageable(conn, &person)?;
            let account = members::to_invite(conn, &person, &scope, id)?;
            Ok::<_, MemberError>(invite::link(conn, &keys, &person, &account, how, now)?)
        })
        .await;
    match link {
        Ok(link) => hand_over(&app, chrome, id, link),
        Err(error) => answer((&app, &signed, chrome), id, None, Err(error)).await,
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn deactivate(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(id): Path<String>,
    Form(_): Form<Nothing>,
) -> Result<Response, PageError> {
    let (id, now, person) = (person_id(&id)?, app.now(), signed.person.clone());
    let done = app
        .db
        .write(move |conn| {
            let scope = members::manageable(conn, &person)?;
            members::deactivate(conn, &person, &scope, id, now)
        })
        .await;
    answer((&app, &signed, chrome), id, None, done).await
}

#[derive(Deserialize)]
struct InstallationForm {
    #[serde(default)]
    administrator: String,
}

async fn set_administrator(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(id): Path<String>,
    Form(form): Form<InstallationForm>,
) -> Result<Response, PageError> {
    let (id, now, person) = (person_id(&id)?, app.now(), signed.person.clone());
    let wanted = match form.administrator.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(PageError::Unreadable),
    };
    let done =
        app.db.write(move |conn| members::set_administrator(conn, &person, id, wanted, now)).await;
    answer((&app, &signed, chrome), id, None, done).await
}

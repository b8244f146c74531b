//! Clinics and products: what the installation is made of.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::entry_page::{Again, EntryPage, version};
use super::fields::Fields;
use super::form::Form;
use super::page::page;
use super::patient::id;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::grading::{CtcaeVersion, Site as Thermometer};
use crate::domain::registry::ActiveState;
use crate::domain::{Codelist, Language, Permission, SiteId};
use crate::i18n::labels::Label;
use crate::i18n::registry::fields::label;
use crate::i18n::registry::{RegistryText, registry};
use crate::registry::Refusal;
use crate::registry::site::{self, SiteForm};
use crate::store::Connection;
use crate::store::sites::{self, Site};

pub(super) fn routes() -> Vec<Route> {
    // All clinics for the installation's administrators, their own for those of a clinic.
    let (all, own) = (Access::Installation, Access::Staff(Permission::ManageSite));
    vec![
        Route::get("/admin/sites", all, list),
        Route::get("/admin/sites/new", all, new),
        Route::post("/admin/sites/new", all, add),
        Route::get("/admin/sites/{id}", all, edit_form),
        Route::post("/admin/sites/{id}", all, change),
        Route::get("/admin/clinics", own, list),
        Route::get("/admin/clinics/{id}", own, edit_form),
        Route::post("/admin/clinics/{id}", own, change),
    ]
}

/// One line of a list of clinics or products.
pub(super) struct Line {
    pub(super) url: String,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) more: String,
    pub(super) state: &'static str,
}

/// A list of clinics or products.
#[derive(Template)]
#[template(path = "registry/things.html")]
pub(super) struct ThingsPage {
    pub(super) chrome: Chrome,
    pub(super) t: &'static RegistryText,
    pub(super) heading: &'static str,
    pub(super) new_url: Option<(&'static str, &'static str)>,
    pub(super) code_label: &'static str,
    pub(super) lines: Vec<Line>,
}

async fn list(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let is_administrator = signed.person.is_administrator;
    let all = app.db.read(move |conn| visible(conn, &signed)).await?;
    let lines = all
        .into_iter()
        .map(|site| Line {
            url: format!("{}/{}", base(is_administrator), site.id),
            code: site.code.to_string(),
            more: format!("{} · {}", site.time_zone, site.phone),
            name: site.name,
            state: site.state.label(lang),
        })
        .collect();
    page(&ThingsPage {
        t,
        heading: t.sites,
        new_url: is_administrator.then_some(("/admin/sites/new", t.site_new)),
        code_label: label(lang, "code"),
        lines,
        chrome,
    })
}

/// Where a person's clinics are listed.
fn base(is_administrator: bool) -> &'static str {
    if is_administrator { "/admin/sites" } else { "/admin/clinics" }
}

/// The clinics that the person may see here: their own, or all for an administrator of the
/// installation.
fn visible(conn: &mut Connection, signed: &Signed) -> Result<Vec<Site>, Refusal> {
    if signed.person.is_administrator {
        Ok(sites::all(conn)?)
    } else {
        Ok(sites::list(conn, &signed.scope)?)
    }
}

fn get(conn: &mut Connection, signed: &Signed, id: SiteId) -> Result<Site, Refusal> {
    visible(conn, signed)?.into_iter().find(|site| site.id == id).ok_or(Refusal::NotFound)
}

fn site_fields(lang: Language, form: &SiteForm, again: &Again) -> Fields {
    Fields::new(lang, again.problems.clone())
        .text("code", &form.code)
        .text("name", &form.name)
        .labelled(registry(lang).thing_name)
        .text("mail_name", &form.mail_name)
        .text("phone", &form.phone)
        .text("emergency_number", &form.emergency_number)
        .text("crisis_line", &form.crisis_line)
        .text("time_zone", &form.time_zone)
        .coded::<Language>("language", &form.language)
        .coded::<Thermometer>("thermometer", &form.thermometer)
        .coded::<CtcaeVersion>("ctcae_version", &form.ctcae_version)
        .coded::<ActiveState>("state", &form.state)
}

fn new_page(chrome: Chrome, form: &SiteForm, again: &Again) -> Result<Response, PageError> {
    let t = registry(chrome.lang);
    let fields = site_fields(chrome.lang, form, again);
    EntryPage::new(chrome, t.site_new, fields, again).under("/admin/sites", t.sites).answer()
}

async fn new(State(_): State<App>, chrome: Chrome) -> Result<Response, PageError> {
    let form = SiteForm {
        state: ActiveState::Active.code().to_owned(),
        language: chrome.lang.code().to_owned(),
        thermometer: Thermometer::Axillary.code().to_owned(),
        ctcae_version: CtcaeVersion::V5.code().to_owned(),
        ..SiteForm::default()
    };
    new_page(chrome, &form, &Again::default())
}

async fn add(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Form(form): Form<SiteForm>,
) -> Result<Response, PageError> {
    let (now, typed) = (app.now(), form.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let facts = typed.read(conn, None)?;
            site::add_site(conn, now, &signed.actor(), facts)
        })
        .await;
    match outcome {
        Ok(_) => Ok(Redirect::to("/admin/sites").into_response()),
        Err(refusal) => new_page(chrome, &form, &Again::of(refusal)?),
    }
}

fn edit_page(
    chrome: Chrome,
    (base, site): (&'static str, &Site),
    form: Option<&SiteForm>,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let current = SiteForm::of(site);
    let form = form.unwrap_or(&current);
    let fields = site_fields(lang, form, again);
    let now = site_fields(lang, &current, &Again::default());
    EntryPage::new(chrome, t.site_edit, fields, again)
        .under(base, t.sites)
        .changes(&form.version, &now, site.version)
        .answer()
}

async fn edit_form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let (id, base) = (id(&path)?, base(signed.person.is_administrator));
    let site = app.db.read(move |conn| get(conn, &signed, id)).await?;
    edit_page(chrome, (base, &site), None, &Again::default())
}

async fn change(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<SiteForm>,
) -> Result<Response, PageError> {
    let (id, now) = (id(&path)?, app.now());
    let (typed, person) = (form.clone(), signed.clone());
    let base = base(signed.person.is_administrator);
    let outcome = app
        .db
        .write(move |conn| {
            let old = get(conn, &person, id)?;
            let facts = typed.read(conn, Some(id))?;
            let old = (&old, version(&typed.version));
            site::change_site(conn, now, &person.actor(), old, facts)
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(base).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let site = app.db.read(move |conn| get(conn, &signed, id)).await?;
            edit_page(chrome, (base, &site), Some(&form), &again)
        }
    }
}

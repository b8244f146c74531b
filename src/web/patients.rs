//! The list of patients, and enrolling one.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::entry_page::{Again, EntryPage};
use super::fields::{Fields, coded_options, with_none};
use super::form::Form;
use super::language::Lang;
use super::local_time::Shown;
use super::page::page;
use super::paging::Paging;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::registry::{ActiveState, PatientState, Sex};
use crate::domain::{Codelist, Language, Permission, SiteId};
use crate::i18n::labels::Label;
use crate::i18n::registry::{RegistryText, registry};
use crate::registry::Confirmed;
use crate::registry::patient::{self, PatientForm};
use crate::store::patients::{self, Filter, Order};
use crate::store::sites::{self, Site};

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Staff(Permission::EditRegistry);
    vec![
        Route::get("/patients", Access::Staff(Permission::ViewRegistry), list),
        Route::get("/patients/new", edit, new),
        Route::post("/patients/new", edit, enrol),
    ]
}

/// Patients on one page of the list.
const PER_PAGE: i64 = 50;

/// What was asked for, as it stands in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    state: String,
    site: String,
    sort: String,
    page: String,
}

struct Line {
    url: String,
    code: String,
    state: &'static str,
    site: String,
    birth_year: i32,
    infusions: i64,
    last: Option<Shown>,
    infection_risk: bool,
}

#[derive(Template)]
#[template(path = "patients/list.html")]
struct ListPage {
    chrome: Chrome,
    t: &'static RegistryText,
    asked: Asked,
    states: Vec<(String, String)>,
    sites: Vec<(String, String)>,
    sorts: Vec<(String, String)>,
    lines: Vec<Line>,
    paging: Paging,
    may_edit: bool,
}

async fn list(
    State(app): State<App>,
    Lang(lang): Lang,
    chrome: Chrome,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let t = registry(lang);
    let filter = Filter {
        search: Some(asked.q.trim().to_owned()).filter(|q| !q.is_empty()),
        contact_sites: signed.person.scope(Permission::ViewContact).sites().to_vec(),
        state: PatientState::from_code(&asked.state),
        site: asked.site.parse::<SiteId>().ok(),
        order: match asked.sort.as_str() {
            "newest" => Order::Newest,
            "infusion" => Order::LastInfusion,
            _ => Order::Code,
        },
    };
    let scope = signed.scope.clone();
    let number = Paging::number(&asked.page);
    let (sites, rows, total) = app
        .db
        .read(move |conn| {
            let sites = sites::list(conn, &scope)?;
            let offset = (number - 1) * PER_PAGE;
            let (rows, total) = patients::page(conn, &scope, &filter, offset, PER_PAGE)?;
            Ok::<_, crate::store::Error>((sites, rows, total))
        })
        .await?;
    let site_of = |id: SiteId| sites.iter().find(|site| site.id == id);
    let lines = rows
        .into_iter()
        .map(|row| {
            let site = site_of(row.patient.site_id);
            Line {
                url: format!("/patients/{}", row.patient.id),
                code: row.patient.code.to_string(),
                state: row.patient.state.label(lang),
                site: site.map(|site| site.code.to_string()).unwrap_or_default(),
                birth_year: row.patient.birth_year,
                infusions: row.infusions,
                last: row.last_t0.zip(site).map(|(t0, site)| Shown::new(t0, &site.time_zone)),
                infection_risk: row.patient.infection_risk,
            }
        })
        .collect();
    let query = [
        ("q", asked.q.as_str()),
        ("state", &asked.state),
        ("site", &asked.site),
        ("sort", &asked.sort),
    ];
    let paging = Paging::new("/patients", &query, number, total, PER_PAGE);
    page(&ListPage {
        states: with_none(t.all_states, coded_options::<PatientState>(lang)),
        sites: with_none(t.all_sites, site_options(&sites)),
        sorts: [("", t.sort_code), ("newest", t.sort_newest), ("infusion", t.sort_last_infusion)]
            .map(|(code, text)| (code.to_owned(), text.to_owned()))
            .to_vec(),
        may_edit: signed.person.may(Permission::EditRegistry),
        chrome,
        t,
        asked,
        lines,
        paging,
    })
}

/// Clinics as the choices of a filter.
pub(super) fn site_options(sites: &[Site]) -> Vec<(String, String)> {
    sites
        .iter()
        .map(|site| (site.id.to_string(), format!("{} · {}", site.code, site.name)))
        .collect()
}

/// Clinics as the choices of a form, by code.
pub(super) fn site_codes(sites: &[Site]) -> Vec<(String, String)> {
    sites
        .iter()
        .filter(|site| site.state == ActiveState::Active)
        .map(|site| (site.code.to_string(), format!("{} · {}", site.code, site.name)))
        .collect()
}

/// The fields of a patient. A new one also has the clinic and the consent.
pub(super) fn patient_fields(
    lang: Language,
    form: &PatientForm,
    sites: Option<&[Site]>,
    again: &Again,
) -> Fields {
    let mut fields = Fields::new(lang, again.problems.clone());
    if let Some(sites) = sites {
        fields = fields.select("site", &form.site, site_codes(sites));
    }
    fields = fields
        .text("code", &form.code)
        .text("name", &form.name)
        .text("email", &form.email)
        .text("phone", &form.phone)
        .number("birth_year", &form.birth_year)
        .coded::<Sex>("sex", &form.sex)
        .coded::<Language>("language", &form.language)
        .text("time_zone", &form.time_zone);
    if sites.is_some() {
        fields = fields
            .text("consent_version", &form.consent_version)
            .date("consent_on", &form.consent_on);
    }
    fields.area("infection_risk_reason", &form.infection_risk_reason).area("notes", &form.notes)
}

async fn new(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
) -> Result<Response, PageError> {
    let sites = app.db.read(move |conn| sites::list(conn, &signed.scope)).await?;
    let form = sites.iter().find(|site| site.state == ActiveState::Active);
    let form = form.map(PatientForm::blank).unwrap_or_default();
    new_page(chrome, &form, &sites, &Again::default())
}

fn new_page(
    chrome: Chrome,
    form: &PatientForm,
    sites: &[Site],
    again: &Again,
) -> Result<Response, PageError> {
    let t = registry(chrome.lang);
    let fields = patient_fields(chrome.lang, form, Some(sites), again);
    EntryPage::new(chrome, t.patient_new, fields, again).under("/patients", t.patients).answer()
}

async fn enrol(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Form(form): Form<PatientForm>,
) -> Result<Response, PageError> {
    let (now, actor, scope, typed) =
        (app.now(), signed.actor(), signed.scope.clone(), form.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let (new, odd) = typed.read_new(conn, now, &scope)?;
            let confirmed = Confirmed::read(&typed.confirmed);
            patient::enrol(conn, now, &actor, new, (&odd, confirmed))
        })
        .await;
    match outcome {
        Ok(id) => Ok(Redirect::to(&format!("/patients/{id}")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let sites = app.db.read(move |conn| sites::list(conn, &signed.scope)).await?;
            new_page(chrome, &form, &sites, &again)
        }
    }
}

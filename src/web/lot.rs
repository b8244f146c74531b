//! One lot: everybody who was given it, entering and changing it.

mod incident;
mod task_link;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use self::task_link::task_link;
use super::entry_page::{Again, EntryPage, version};
use super::fields::{Fields, with_none};
use super::form::Form;
use super::local_time::Shown;
use super::page::page;
use super::patient::id;
use super::patients::site_codes;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::registry::{
    ActiveState, CultureResult, EndotoxinResult, LotEventKind, LotSource, LotState,
};
use crate::domain::task::TaskKind;
use crate::domain::{Codelist, Language, LotId, Permission, Scope};
use crate::i18n::labels::Label;
use crate::i18n::registry::fields::label;
use crate::i18n::registry::{RegistryText, registry};
use crate::registry::lot::{self, LotForm, percent};
use crate::registry::{Confirmed, Refusal};
use crate::store::lots::events;
use crate::store::lots::{self, Lot};
use crate::store::patients::{self, Patient};
use crate::store::products::{self, Product};
use crate::store::sites::{self, Site};
use crate::store::{self, Connection};

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Staff(Permission::EditRegistry);
    let mut routes = vec![
        Route::get("/lots/new", edit, new),
        Route::post("/lots/new", edit, add),
        Route::get("/lots/{id}", Access::Staff(Permission::ViewRegistry), show),
        Route::get("/lots/{id}/edit", edit, edit_form),
        Route::post("/lots/{id}/edit", edit, change),
    ];
    routes.extend(incident::routes());
    routes
}

/// What the form offers.
struct Choices {
    sites: Vec<Site>,
    products: Vec<Product>,
}

fn choices(conn: &mut Connection, scope: &Scope) -> store::Result<Choices> {
    Ok(Choices { sites: sites::list(conn, scope)?, products: products::all(conn)? })
}

/// Products that can be chosen, by code; `kept` is one that is chosen already.
pub(super) fn product_codes(products: &[Product], kept: &str) -> Vec<(String, String)> {
    products
        .iter()
        .filter(|product| product.state == ActiveState::Active || product.code.as_str() == kept)
        .map(|product| (product.code.to_string(), format!("{} · {}", product.code, product.name)))
        .collect()
}

fn lot_fields(
    lang: Language,
    form: &LotForm,
    choices: &Choices,
    is_new: bool,
    again: &Again,
) -> Fields {
    let t = registry(lang);
    let products = with_none(t.choose, product_codes(&choices.products, &form.product));
    let mut fields = Fields::new(lang, again.problems.clone());
    if is_new {
        fields = fields.select("site", &form.site, site_codes(&choices.sites));
    }
    fields
        .text("number", &form.number)
        .select("product", &form.product, products)
        .coded::<LotSource>("source", &form.source)
        .text("patient", &form.patient)
        .date("collected_on", &form.collected_on)
        .date("culture_started_on", &form.culture_started_on)
        .date("released_on", &form.released_on)
        .number("cells_millions", &form.cells_millions)
        .number("viability_percent", &form.viability_percent)
        .coded::<CultureResult>("sterility", &form.sterility)
        .coded::<CultureResult>("mycoplasma", &form.mycoplasma)
        .coded::<EndotoxinResult>("endotoxin", &form.endotoxin)
        .coded::<LotState>("state", &form.state)
        .text("state_reason", &form.state_reason)
}

async fn new(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
) -> Result<Response, PageError> {
    let choices = app.db.read(move |conn| choices(conn, &signed.scope)).await?;
    let site = choices.sites.iter().find(|site| site.state == ActiveState::Active);
    let form = site.map(LotForm::blank).unwrap_or_default();
    new_page(chrome, &form, &choices, &Again::default())
}

fn new_page(
    chrome: Chrome,
    form: &LotForm,
    choices: &Choices,
    again: &Again,
) -> Result<Response, PageError> {
    let t = registry(chrome.lang);
    let fields = lot_fields(chrome.lang, form, choices, true, again);
    EntryPage::new(chrome, t.lot_new, fields, again).under("/lots", t.lots).answer()
}

async fn add(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Form(form): Form<LotForm>,
) -> Result<Response, PageError> {
    let (now, typed, person) = (app.now(), form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let (site, facts, odd) = typed.read_new(conn, now, &person.scope)?;
            let confirmed = Confirmed::read(&typed.confirmed);
            lot::add_lot(conn, now, &person.actor(), (site, facts), (&odd, confirmed))
        })
        .await;
    match outcome {
        Ok(id) => Ok(Redirect::to(&format!("/lots/{id}")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let choices = app.db.read(move |conn| choices(conn, &signed.scope)).await?;
            new_page(chrome, &form, &choices, &again)
        }
    }
}

/// A lot with all that its pages show.
struct Known {
    lot: Lot,
    site: Site,
    product: Product,
    patient: Option<Patient>,
}

fn known(conn: &mut Connection, scope: &Scope, id: LotId) -> Result<Known, Refusal> {
    let lot = lots::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let site = sites::get(conn, scope, lot.site_id)?.ok_or(Refusal::NotFound)?;
    let product = products::get(conn, lot.product_id)?.ok_or(Refusal::NotFound)?;
    let patient = match lot.patient_id {
        Some(patient) => patients::get(conn, scope, patient)?,
        None => None,
    };
    Ok(Known { lot, site, product, patient })
}

struct Recipient {
    url: String,
    infusion_url: String,
    code: String,
    number: String,
    at: Shown,
    dose: String,
    /// The tasks that were opened for the recipient: where, what, its number and where it
    /// stands.
    tasks: Vec<(String, String)>,
}

/// What speaks against the lot.
struct Against {
    what: &'static str,
    at: Shown,
    by: Option<String>,
    note: Option<String>,
    is_withdrawn: bool,
}

#[derive(Template)]
#[template(path = "lots/lot.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks")]
struct LotPage {
    chrome: Chrome,
    t: &'static RegistryText,
    url: String,
    number: String,
    state: &'static str,
    stopped: bool,
    failed: bool,
    /// It was mixed up or given to a wrong patient, and that stands.
    has_incident: bool,
    has_tasks: bool,
    may_open: bool,
    against: Vec<Against>,
    /// Tasks of the lot itself.
    quality: Vec<(String, String)>,
    facts: Vec<(&'static str, String)>,
    recipients: Vec<Recipient>,
    dose_label: &'static str,
    zone: String,
    may_edit: bool,
}

async fn show(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let (id, lang): (LotId, _) = (id(&path)?, chrome.lang);
    let scope = signed.scope.clone();
    let (known, recipients, tasks, happened) = app
        .db
        .read(move |conn| {
            let known = known(conn, &scope, id)?;
            let recipients = lots::recipients(conn, &scope, id)?;
            let tasks = events::tasks_of(conn, id)?;
            let happened = events::all(conn, id)?;
            Ok::<_, Refusal>((known, recipients, tasks, happened))
        })
        .await?;
    let t = registry(lang);
    let zone = known.site.time_zone.clone();
    let recipients = recipients
        .into_iter()
        .map(|given| Recipient {
            url: format!("/patients/{}", given.patient),
            infusion_url: format!("/infusions/{}", given.infusion),
            code: given.code.to_string(),
            number: t.infusion_number(given.number_in_course),
            at: Shown::new(given.t0, &zone),
            dose: given.dose_cells_millions.map(|dose| dose.to_string()).unwrap_or_default(),
            tasks: tasks
                .iter()
                .filter(|task| task.patient == given.patient)
                .filter(|task| task.kind != TaskKind::ProductQuality)
                .map(|task| task_link(lang, task))
                .collect(),
        })
        .collect();
    let quality = tasks.iter().filter(|task| task.kind == TaskKind::ProductQuality);
    let quality = quality.map(|task| task_link(lang, task)).collect();
    let has_incident =
        happened.iter().any(|event| event.kind.is_incident() && event.withdrawn_at.is_none());
    let against = happened
        .into_iter()
        .map(|event| Against {
            what: event.kind.label(lang),
            at: Shown::new(event.recorded_at, &zone),
            by: event.recorded_by,
            note: event.note,
            is_withdrawn: event.withdrawn_at.is_some(),
        })
        .collect();
    page(&LotPage {
        t,
        url: format!("/lots/{id}"),
        number: known.lot.number.to_string(),
        state: known.lot.state.label(lang),
        stopped: matches!(known.lot.state, LotState::Quarantined | LotState::Discarded),
        failed: known.lot.failed_a_test(),
        has_incident,
        has_tasks: !tasks.is_empty(),
        may_open: signed.may(Permission::ViewQueue, known.site.id),
        against,
        quality,
        facts: lot_facts(lang, &known),
        recipients,
        dose_label: label(lang, "dose_cells_millions"),
        zone: zone.to_string(),
        may_edit: signed.may(Permission::EditRegistry, known.site.id),
        chrome,
    })
}

/// Why a lot is where it is: typed by a person, or by the program as a code.
fn state_reason(lang: Language, reason: &str) -> String {
    LotEventKind::from_code(reason).map_or(reason, |kind| kind.label(lang)).to_owned()
}

fn lot_facts(lang: Language, known: &Known) -> Vec<(&'static str, String)> {
    let Known { lot, site, product, patient } = known;
    let day = |day: Option<crate::domain::Day>| day.map(|day| day.to_string());
    let all = [
        ("site", Some(site.name.clone())),
        ("product", Some(format!("{} · {}", product.code, product.name))),
        ("source", Some(lot.source.label(lang).to_owned())),
        ("patient", patient.as_ref().map(|patient| patient.code.to_string())),
        ("collected_on", day(lot.collected_on)),
        ("culture_started_on", day(lot.culture_started_on)),
        ("released_on", day(lot.released_on)),
        ("cells_millions", lot.cells_millions.map(|cells| cells.to_string())),
        ("viability_percent", lot.viability_permille.map(percent)),
        ("sterility", Some(lot.sterility.label(lang).to_owned())),
        ("mycoplasma", Some(lot.mycoplasma.label(lang).to_owned())),
        ("endotoxin", Some(lot.endotoxin.label(lang).to_owned())),
        ("state", Some(lot.state.label(lang).to_owned())),
        ("state_reason", lot.state_reason.as_deref().map(|reason| state_reason(lang, reason))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((label(lang, name), value?))).collect()
}

fn edit_page(
    chrome: Chrome,
    known: &Known,
    choices: &Choices,
    form: Option<&LotForm>,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let code = known.patient.as_ref().map(|patient| &patient.code);
    let current = LotForm::of(&known.lot, &known.site, &known.product, code);
    let form = form.unwrap_or(&current);
    let fields = lot_fields(lang, form, choices, false, again);
    let now = lot_fields(lang, &current, choices, false, &Again::default());
    EntryPage::new(chrome, t.lot_edit, fields, again)
        .under("/lots", t.lots)
        .under(format!("/lots/{}", known.lot.id), known.lot.number.to_string())
        .changes(&form.version, &now, known.lot.version)
        .answer()
}

async fn edit_form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let id = id(&path)?;
    let (known, choices) = app
        .db
        .read(move |conn| {
            Ok::<_, Refusal>((known(conn, &signed.scope, id)?, choices(conn, &signed.scope)?))
        })
        .await?;
    edit_page(chrome, &known, &choices, None, &Again::default())
}

async fn change(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<LotForm>,
) -> Result<Response, PageError> {
    let id: LotId = id(&path)?;
    let (now, typed, person) = (app.now(), form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let known = known(conn, &person.scope, id)?;
            if known.lot.version != version(&typed.version) {
                return Err(Refusal::Changed);
            }
            let (facts, odd) = typed.read_change(conn, now, &known.site, &known.lot)?;
            let (old, confirmed) =
                ((&known.lot, known.lot.version), Confirmed::read(&typed.confirmed));
            lot::change_lot(conn, now, &person.actor(), old, facts, (&odd, confirmed))
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/lots/{id}")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let (known, choices) = app
                .db
                .read(move |conn| {
                    Ok::<_, Refusal>((
                        known(conn, &signed.scope, id)?,
                        choices(conn, &signed.scope)?,
                    ))
                })
                .await?;
            edit_page(chrome, &known, &choices, Some(&form), &again)
        }
    }
}

//! A patient's record: everything on one page, and what can be done from there.

mod course_card;
pub(super) mod timeline;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use self::course_card::{CourseCard, course_cards};
use self::timeline::{Facts, Parts};
use super::entry_page::{Again, EntryPage, version};
use super::fields::Fields;
use super::form::Form;
use super::local_time::Shown;
use super::patients::patient_fields;
use super::snooze::QuietLine;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::problem::Problems;
use crate::domain::registry::PatientState;
use crate::domain::{Codelist, Language, PatientId, Permission, Timestamp};
use crate::i18n::labels::Label;
use crate::i18n::registry::{RegistryText, registry};
use crate::i18n::snooze::SnoozeText;
use crate::registry::patient::{self, ConsentForm, PatientForm, StateForm};
use crate::registry::{Confirmed, Refusal};
use crate::store::patients::{self, Contact, Patient};
use crate::store::sites::{self, Site};
use crate::store::snoozes::{self, Named};
use crate::store::{Connection, courses, infusions, lots, products, record};

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Staff(Permission::EditRegistry);
    vec![
        Route::get("/patients/{id}", Access::Staff(Permission::ViewRegistry), show),
        Route::get("/patients/{id}/edit", edit, edit_form),
        Route::post("/patients/{id}/edit", edit, change),
        Route::post("/patients/{id}/state", edit, set_state),
        Route::post("/patients/{id}/consents", edit, add_consent),
    ]
}

/// Reads an id of the address; nonsense is a page that is not there.
pub(super) fn id<T: std::str::FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

#[derive(Template)]
#[template(path = "patients/record.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks")]
struct RecordPage {
    chrome: Chrome,
    t: &'static RegistryText,
    id: PatientId,
    url: String,
    code: String,
    site: String,
    zone: String,
    facts: Vec<(&'static str, String)>,
    state: &'static str,
    state_reason: String,
    infection_risk: Option<String>,
    lot_risk: bool,
    prompts_stopped: Option<Shown>,
    notes: Option<String>,
    contact: Option<Contact>,
    courses: Vec<CourseCard>,
    entries: Parts,
    quiet_text: &'static SnoozeText,
    quiet: Vec<QuietLine>,
    may_snooze: bool,
    coming: Option<String>,
    last_infusion: Option<String>,
    may_edit: bool,
    may_report: bool,
    state_fields: Fields,
    consent_fields: Fields,
    consent_holds: bool,
    consent_wrong: bool,
    was_changed: bool,
    version: i32,
}

/// All that the page shows.
struct Record {
    patient: Patient,
    site: Site,
    contact: Option<Contact>,
    lot_risk: bool,
    snoozes: Vec<Named>,
    facts: Facts,
}

fn read(
    conn: &mut Connection,
    signed: &Signed,
    id: PatientId,
    now: Timestamp,
) -> Result<Record, Refusal> {
    let scope = &signed.scope;
    let patient = patients::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let site = sites::get(conn, scope, patient.site_id)?.ok_or(Refusal::NotFound)?;
    let contact = patients::contact(conn, &signed.person.scope(Permission::ViewContact), id)?;
    let infusions = infusions::of_patient(conn, scope, id)?;
    let mut lot_numbers = std::collections::HashMap::new();
    for infusion in &infusions {
        if let Some(lot) = lots::get(conn, scope, infusion.lot_id)? {
            lot_numbers.insert(lot.id, lot.number.to_string());
        }
    }
    let product_names =
        products::all(conn)?.into_iter().map(|product| (product.id, product.name)).collect();
    let facts = Facts {
        consents: patients::consents(conn, scope, id)?,
        courses: courses::of_patient(conn, scope, id)?,
        observations: infusions::observations_of_patient(conn, scope, id)?,
        check_ins: record::check_ins(conn, scope, id)?,
        reports: record::reports(conn, scope, id)?,
        symptoms: record::symptoms(conn, scope, id)?,
        tasks: record::tasks(conn, scope, id)?,
        done: record::done(conn, scope, id)?,
        mails: record::mails(conn, scope, id, now)?,
        infusions,
        quiet: snoozes::quiet_of_patient(conn, scope, id)?,
        lot_numbers,
        product_names,
    };
    let lot_risk = lots::events::raise_risk(conn, id, now)?;
    let snoozes = snoozes::of_patient(conn, scope, id)?;
    Ok(Record { patient, site, contact, lot_risk, snoozes, facts })
}

async fn show(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    record_page(&app, chrome, signed, id(&path)?, Sent::default(), Again::default(), StatusCode::OK)
        .await
}

/// What was typed in the small forms of the page.
#[derive(Debug, Default)]
struct Sent {
    state: StateForm,
    consent: Option<ConsentForm>,
}

async fn record_page(
    app: &App,
    chrome: Chrome,
    signed: Signed,
    id: PatientId,
    sent: Sent,
    again: Again,
    status: StatusCode,
) -> Result<Response, PageError> {
    let now = app.now();
    let reader = signed.clone();
    let record = app.db.read(move |conn| read(conn, &reader, id, now)).await?;
    // Who looked at whom is a fact of its own; the page is shown only once it is kept.
    let (actor, site) = (signed.actor(), record.site.id);
    app.db.write(move |conn| patient::viewed(conn, now, &actor, (site, id), "record")).await?;
    let page = RecordPage::new(chrome, &signed, now, record, (&sent, &again));
    Ok((status, Html(page.render()?)).into_response())
}

impl RecordPage {
    fn new(
        chrome: Chrome,
        signed: &Signed,
        now: Timestamp,
        record: Record,
        (sent, again): (&Sent, &Again),
    ) -> Self {
        let lang = chrome.lang;
        let t = registry(lang);
        let Record { patient, site, contact, lot_risk, snoozes, facts } = record;
        let opens_tasks = signed.may(Permission::ViewQueue, site.id);
        let entries = timeline::entries(lang, &site.time_zone, (&facts, opens_tasks), now);
        let coming = entries.coming.first().map(|next| {
            t.coming(entries.coming.len(), &format!("{} · {}", next.title, next.at.local))
        });
        let courses = course_cards(lang, &facts);
        let label = |name| crate::i18n::registry::fields::label(lang, name);
        let shown = vec![
            (label("birth_year"), patient.birth_year.to_string()),
            (label("sex"), patient.sex.label(lang).to_owned()),
            (label("language"), patient.language.label(lang).to_owned()),
            (label("time_zone"), patient.time_zone.to_string()),
        ];
        let next = patient.state.next();
        let options: Vec<(String, String)> = next
            .iter()
            .map(|state| (state.code().to_owned(), state.label(lang).to_owned()))
            .collect();
        // Only the form that was sent shows the problems.
        let (of_state, of_consent) = if sent.consent.is_none() {
            (again.problems.clone(), Problems::new())
        } else {
            (Problems::new(), again.problems.clone())
        };
        let typed_consent = sent.consent.clone().unwrap_or_else(|| ConsentForm {
            language: patient.language.code().to_owned(),
            ..ConsentForm::default()
        });
        let consent_holds = facts.consents.iter().any(|consent| consent.withdrawn_at.is_none());
        Self {
            t,
            id: patient.id,
            url: format!("/patients/{}", patient.id),
            was_changed: again.is_changed(),
            consent_wrong: sent.consent.is_some(),
            code: patient.code.to_string(),
            site: site.name.clone(),
            zone: site.time_zone.to_string(),
            facts: shown,
            state: patient.state.label(lang),
            state_reason: patient.state_reason.clone().unwrap_or_default(),
            lot_risk,
            infection_risk: patient
                .infection_risk_reason
                .clone()
                .filter(|_| patient.infection_risk),
            prompts_stopped: patient.prompts_stopped_at.map(|at| Shown::new(at, &site.time_zone)),
            notes: patient.notes.clone(),
            contact,
            courses,
            last_infusion: facts.infusions.first().map(|last| format!("/infusions/{}", last.id)),
            entries,
            coming,
            may_edit: signed.may(Permission::EditRegistry, site.id),
            quiet_text: crate::i18n::snooze::snooze(lang),
            quiet: super::snooze::lines(lang, &site.time_zone, &snoozes, now),
            may_snooze: signed.may(Permission::Snooze, site.id),
            may_report: signed.may(Permission::EnterReports, site.id),
            state_fields: Fields::new(lang, of_state)
                .select("state", &sent.state.state, super::fields::with_none(t.choose, options))
                .text("reason", &sent.state.reason),
            consent_fields: Fields::new(lang, of_consent)
                .text("text_version", &typed_consent.text_version)
                .coded::<Language>("language", &typed_consent.language)
                .date("given_on", &typed_consent.given_on),
            consent_holds,
            version: patient.version,
            chrome,
        }
    }

    /// What is wrong with the small form that was sent.
    fn wrong(&self) -> Vec<(&'static str, &'static str, String)> {
        if self.consent_wrong { self.consent_fields.wrong() } else { self.state_fields.wrong() }
    }
}

fn edit_page(
    chrome: Chrome,
    (site, current, contact): (&Site, &Patient, Option<&Contact>),
    form: &PatientForm,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let fields = patient_fields(lang, form, None, again);
    let now = PatientForm::of(site, current, contact);
    let now = patient_fields(lang, &now, None, &Again::default());
    EntryPage::new(chrome, t.patient_edit, fields, again)
        .under("/patients", t.patients)
        .under(format!("/patients/{}", current.id), current.code.to_string())
        .changes(&form.version, &now, current.version)
        .answer()
}

type Editable = (Site, Patient, Option<Contact>);

fn editable(conn: &mut Connection, signed: &Signed, id: PatientId) -> Result<Editable, Refusal> {
    let patient = patients::get(conn, &signed.scope, id)?.ok_or(Refusal::NotFound)?;
    let site = sites::get(conn, &signed.scope, patient.site_id)?.ok_or(Refusal::NotFound)?;
    let contact = patients::contact(conn, &signed.person.scope(Permission::ViewContact), id)?;
    Ok((site, patient, contact))
}

async fn edit_form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let (id, now, actor) = (id(&path)?, app.now(), signed.actor());
    let (site, patient, contact) = app.db.read(move |conn| editable(conn, &signed, id)).await?;
    let at = site.id;
    app.db.write(move |conn| patient::viewed(conn, now, &actor, (at, id), "edit")).await?;
    let form = PatientForm::of(&site, &patient, contact.as_ref());
    edit_page(chrome, (&site, &patient, contact.as_ref()), &form, &Again::default())
}

async fn change(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<PatientForm>,
) -> Result<Response, PageError> {
    let id = id(&path)?;
    let (now, typed, person) = (app.now(), form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let (site, patient, _) = editable(conn, &person, id)?;
            let (facts, odd) = typed.read_change(conn, now, &site, &patient)?;
            let (version, confirmed) = (version(&typed.version), Confirmed::read(&typed.confirmed));
            let old = (&patient, version);
            patient::change_patient(conn, now, &person.actor(), old, facts, (&odd, confirmed))
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/patients/{id}")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let (site, patient, contact) =
                app.db.read(move |conn| editable(conn, &signed, id)).await?;
            edit_page(chrome, (&site, &patient, contact.as_ref()), &form, &again)
        }
    }
}

async fn set_state(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<StateForm>,
) -> Result<Response, PageError> {
    let id = id(&path)?;
    let (now, typed, person) = (app.now(), form.clone(), signed.clone());
    let keys = app.keys.clone();
    let outcome = app
        .db
        .write(move |conn| {
            let (_, patient, _) = editable(conn, &person, id)?;
            if patient.version != version(&typed.version) {
                return Err(Refusal::Changed);
            }
            let (next, reason): (PatientState, String) = typed.read(conn, &patient)?;
            let old = (&patient, patient.version);
            patient::set_state(conn, &keys, now, &person.actor(), old, (next, &reason))
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/patients/{id}")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let status = again.status();
            let sent = Sent { state: form, ..Sent::default() };
            record_page(&app, chrome, signed, id, sent, again, status).await
        }
    }
}

async fn add_consent(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<ConsentForm>,
) -> Result<Response, PageError> {
    let id = id(&path)?;
    let (now, typed, person) = (app.now(), form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let (site, patient, _) = editable(conn, &person, id)?;
            let consent = typed.read(now, &site)?;
            patient::give_consent(conn, now, &person.actor(), &patient, consent)
        })
        .await;
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/patients/{id}")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let status = again.status();
            let sent = Sent { consent: Some(form), ..Sent::default() };
            record_page(&app, chrome, signed, id, sent, again, status).await
        }
    }
}

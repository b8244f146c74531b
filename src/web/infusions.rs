//! Infusions: recording and correcting one.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::entry_page::{Again, EntryPage, version};
use super::fields::{Fields, with_none};
use super::form::Form;
use super::patient::id;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::registry::Route as Way;
use crate::domain::{CourseId, InfusionId, Language, Permission, Scope};
use crate::i18n::labels::Label;
use crate::i18n::registry::registry;
use crate::registry::infusion::{self, Correction, InfusionForm};
use crate::registry::{Confirmed, Refusal};
use crate::store::Connection;
use crate::store::courses::{self, Course};
use crate::store::infusions::{self, Infusion};
use crate::store::lots::{self, Lot};
use crate::store::patients::{self, Patient};
use crate::store::sites::{self, Site};

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Staff(Permission::EditRegistry);
    vec![
        Route::get("/infusions/new", edit, new),
        Route::post("/infusions/new", edit, record),
        Route::get("/infusions/{id}/edit", edit, edit_form),
        Route::post("/infusions/{id}/edit", edit, change),
    ]
}

/// In which course.
#[derive(Debug, Clone, Deserialize)]
struct In {
    #[serde(default)]
    course: String,
}

/// What an infusion is recorded in.
struct Surroundings {
    site: Site,
    patient: Patient,
    course: Course,
    lots: Vec<Lot>,
}

fn surroundings(
    conn: &mut Connection,
    scope: &Scope,
    id: CourseId,
) -> Result<Surroundings, Refusal> {
    let course = courses::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let patient = patients::get(conn, scope, course.patient_id)?.ok_or(Refusal::NotFound)?;
    let site = sites::get(conn, scope, course.site_id)?.ok_or(Refusal::NotFound)?;
    let lots = lots::for_patient(conn, site.id, patient.id, course.product_id)?;
    Ok(Surroundings { site, patient, course, lots })
}

fn infusion_fields(
    lang: Language,
    form: &InfusionForm,
    known: &Surroundings,
    is_new: bool,
    again: &Again,
) -> Fields {
    let t = registry(lang);
    let mut lots: Vec<(String, String)> = known
        .lots
        .iter()
        .map(|lot| {
            let whose = if lot.patient_id.is_some() { t.lot_own } else { t.lot_donor };
            let released = lot.released_on.map(|day| format!(" · {day}")).unwrap_or_default();
            let state = lot.state.label(lang);
            (lot.number.to_string(), format!("{} · {whose} · {state}{released}", lot.number))
        })
        .collect();
    // What was typed or stands in the registry stays in the list, also when it is refused.
    if !form.lot.is_empty() && !lots.iter().any(|(number, _)| *number == form.lot) {
        lots.push((form.lot.clone(), form.lot.clone()));
    }
    let fields = Fields::new(lang, again.problems.clone())
        .select("lot", &form.lot, with_none(t.lot_choose, lots))
        .date("date", &form.date)
        .time("start_time", &form.start_time)
        .fold("start_fold", "start_time", &form.start_fold)
        .time("end_time", &form.end_time)
        .fold("end_fold", "end_time", &form.end_fold)
        .date("end_date", &form.end_date)
        .number("dose_cells_millions", &form.dose_cells_millions)
        .coded::<Way>("route", &form.route)
        .area("premedication", &form.premedication)
        .area("notes", &form.notes);
    if is_new { fields } else { fields.text("reason", &form.reason) }
}

fn new_page(
    chrome: Chrome,
    known: &Surroundings,
    form: &InfusionForm,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let fields = infusion_fields(lang, form, known, true, again);
    let mut page = EntryPage::new(chrome, t.infusion_record, fields, again)
        .under("/patients", t.patients)
        .under(format!("/patients/{}", known.patient.id), known.patient.code.to_string())
        .note(format!(
            "{} · {} · {} {}",
            known.patient.code,
            known.course.phase.label(lang),
            t.times_in,
            known.site.time_zone
        ));
    if known.lots.is_empty() {
        page = page.note(t.lot_none_to_give);
    }
    page.answer()
}

async fn new(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Query(place): Query<In>,
) -> Result<Response, PageError> {
    let (id, now) = (id(&place.course)?, app.now());
    let known = app.db.read(move |conn| surroundings(conn, &signed.scope, id)).await?;
    let mut form = InfusionForm::blank(now, &known.site);
    if let [only] = known.lots.as_slice() {
        form.lot = only.number.to_string();
    }
    new_page(chrome, &known, &form, &Again::default())
}

async fn record(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Query(place): Query<In>,
    Form(form): Form<InfusionForm>,
) -> Result<Response, PageError> {
    let (id, now, keys) = (id(&place.course)?, app.now(), app.keys.clone());
    let (typed, person) = (form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let known = surroundings(conn, &person.scope, id)?;
            let place = (&known.site, &known.patient, &known.course);
            let (facts, odd) = typed.read(conn, now, place, None)?;
            let confirmed = Confirmed::read(&typed.confirmed);
            let whose = (&known.patient, &known.course);
            let odd = (odd.as_slice(), confirmed);
            infusion::record_infusion(conn, &keys, now, &person.actor(), whose, facts, odd)
        })
        .await;
    match outcome {
        Ok(id) => {
            app.mail_due.notify_one();
            Ok(Redirect::to(&format!("/infusions/{id}")).into_response())
        }
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let known = app.db.read(move |conn| surroundings(conn, &signed.scope, id)).await?;
            new_page(chrome, &known, &form, &again)
        }
    }
}

struct Known {
    around: Surroundings,
    infusion: Infusion,
    lot: Lot,
}

fn known(conn: &mut Connection, scope: &Scope, id: InfusionId) -> Result<Known, Refusal> {
    let infusion = infusions::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let lot = lots::get(conn, scope, infusion.lot_id)?.ok_or(Refusal::NotFound)?;
    Ok(Known { around: surroundings(conn, scope, infusion.course_id)?, infusion, lot })
}

fn edit_page(
    chrome: Chrome,
    known: &Known,
    form: Option<&InfusionForm>,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let Known { around, infusion, lot } = known;
    let current = InfusionForm::of(infusion, lot, &around.site);
    let form = form.unwrap_or(&current);
    let fields = infusion_fields(lang, form, around, false, again);
    let now = infusion_fields(lang, &current, around, false, &Again::default());
    EntryPage::new(chrome, t.infusion_edit, fields, again)
        .under(format!("/patients/{}", around.patient.id), around.patient.code.to_string())
        .under(format!("/infusions/{}", infusion.id), t.infusion_number(infusion.number_in_course))
        .note(format!("{} {}", t.times_in, around.site.time_zone))
        .note(t.infusion_moved_hint)
        .changes(&form.version, &now, infusion.version)
        .answer()
}

async fn edit_form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let id = id(&path)?;
    let known = app.db.read(move |conn| known(conn, &signed.scope, id)).await?;
    edit_page(chrome, &known, None, &Again::default())
}

async fn change(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<InfusionForm>,
) -> Result<Response, PageError> {
    let (id, now, keys): (InfusionId, _, _) = (id(&path)?, app.now(), app.keys.clone());
    let (typed, person) = (form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let Known { around, infusion, .. } = known(conn, &person.scope, id)?;
            if infusion.version != version(&typed.version) {
                return Err(Refusal::Changed);
            }
            let place = (&around.site, &around.patient, &around.course);
            let (facts, odd) = typed.read(conn, now, place, Some(&infusion))?;
            let correction = Correction {
                version: infusion.version,
                facts,
                reason: typed.reason.trim().to_owned(),
            };
            let whose = (&around.patient, &around.course, &infusion);
            let odd = (odd.as_slice(), Confirmed::read(&typed.confirmed));
            infusion::change_infusion(conn, &keys, now, &person.actor(), whose, correction, odd)
        })
        .await;
    match outcome {
        Ok(()) => {
            app.mail_due.notify_one();
            Ok(Redirect::to(&format!("/infusions/{id}")).into_response())
        }
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let known = app.db.read(move |conn| known(conn, &signed.scope, id)).await?;
            edit_page(chrome, &known, Some(&form), &again)
        }
    }
}

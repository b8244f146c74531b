//! Beginning and changing courses.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::entry_page::{Again, EntryPage, version};
use super::fields::{Fields, with_none};
use super::form::Form;
use super::lot::product_codes;
use super::patient::id;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::registry::{ActiveState, Phase};
use crate::domain::{Codelist, CourseId, Language, PatientId, Permission, Scope};
use crate::i18n::registry::registry;
use crate::registry::Refusal;
use crate::registry::course::{self, CourseForm};
use crate::store::Connection;
use crate::store::courses::{self, Course};
use crate::store::patients::{self, Patient};
use crate::store::products::{self, Product};
use crate::store::sites::{self, Site};

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Staff(Permission::EditRegistry);
    vec![
        Route::get("/courses/new", edit, new),
        Route::post("/courses/new", edit, begin),
        Route::get("/courses/{id}/edit", edit, edit_form),
        Route::post("/courses/{id}/edit", edit, change),
    ]
}

/// Whose course.
#[derive(Debug, Clone, Deserialize)]
struct Of {
    #[serde(default)]
    patient: String,
}

fn course_fields(
    lang: Language,
    form: &CourseForm,
    products: &[Product],
    is_new: bool,
    again: &Again,
) -> Fields {
    let t = registry(lang);
    let products = with_none(t.choose, product_codes(products, &form.product));
    let fields = Fields::new(lang, again.problems.clone())
        .select("product", &form.product, products)
        .coded::<Phase>("phase", &form.phase)
        .date("started_on", &form.started_on)
        .number("interval_days", &form.interval_days)
        .number("planned_infusions", &form.planned_infusions);
    if is_new { fields } else { fields.date("ended_on", &form.ended_on) }
}

/// A patient, their clinic, and the products.
type Surroundings = (Patient, Site, Vec<Product>);

fn of_patient(
    conn: &mut Connection,
    scope: &Scope,
    id: PatientId,
) -> Result<Surroundings, Refusal> {
    let patient = patients::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let site = sites::get(conn, scope, patient.site_id)?.ok_or(Refusal::NotFound)?;
    Ok((patient, site, products::all(conn)?))
}

fn new_page(
    chrome: Chrome,
    (patient, products): (&Patient, &[Product]),
    form: &CourseForm,
    again: &Again,
) -> Result<Response, PageError> {
    let t = registry(chrome.lang);
    let fields = course_fields(chrome.lang, form, products, true, again);
    EntryPage::new(chrome, t.course_new, fields, again)
        .under("/patients", t.patients)
        .under(format!("/patients/{}", patient.id), patient.code.to_string())
        .answer()
}

async fn new(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Query(of): Query<Of>,
) -> Result<Response, PageError> {
    let (id, now) = (id(&of.patient)?, app.now());
    let (patient, site, products) =
        app.db.read(move |conn| of_patient(conn, &signed.scope, id)).await?;
    let mut usable = products.iter().filter(|product| product.state == ActiveState::Active);
    let only = match (usable.next(), usable.next()) {
        (Some(product), None) => product.code.to_string(),
        _ => String::new(),
    };
    let form = CourseForm {
        product: only,
        phase: Phase::First.code().to_owned(),
        started_on: now.day(site.time_zone.jiff()).to_string(),
        ..CourseForm::default()
    };
    new_page(chrome, (&patient, &products), &form, &Again::default())
}

async fn begin(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Query(of): Query<Of>,
    Form(form): Form<CourseForm>,
) -> Result<Response, PageError> {
    let (id, now) = (id(&of.patient)?, app.now());
    let (typed, person) = (form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let (patient, _, _) = of_patient(conn, &person.scope, id)?;
            let facts = typed.read(conn, None)?;
            course::begin_course(conn, now, &person.actor(), &patient, &facts)
        })
        .await;
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/patients/{id}#courses")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let (patient, _, products) =
                app.db.read(move |conn| of_patient(conn, &signed.scope, id)).await?;
            new_page(chrome, (&patient, &products), &form, &again)
        }
    }
}

struct Known {
    course: Course,
    patient: Patient,
    product: Product,
    products: Vec<Product>,
}

fn known(conn: &mut Connection, scope: &Scope, id: CourseId) -> Result<Known, Refusal> {
    let course = courses::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let patient = patients::get(conn, scope, course.patient_id)?.ok_or(Refusal::NotFound)?;
    let product = products::get(conn, course.product_id)?.ok_or(Refusal::NotFound)?;
    Ok(Known { course, patient, product, products: products::all(conn)? })
}

fn edit_page(
    chrome: Chrome,
    known: &Known,
    form: Option<&CourseForm>,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let current = CourseForm::of(&known.course, &known.product);
    let form = form.unwrap_or(&current);
    let fields = course_fields(lang, form, &known.products, false, again);
    let now = course_fields(lang, &current, &known.products, false, &Again::default());
    EntryPage::new(chrome, t.course_edit, fields, again)
        .under("/patients", t.patients)
        .under(format!("/patients/{}", known.patient.id), known.patient.code.to_string())
        .changes(&form.version, &now, known.course.version)
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
    Form(form): Form<CourseForm>,
) -> Result<Response, PageError> {
    let (id, now) = (id(&path)?, app.now());
    let (typed, person) = (form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let known = known(conn, &person.scope, id)?;
            let facts = typed.read(conn, Some(&known.course))?;
            let old = (&known.course, version(&typed.version));
            course::change_course(conn, now, &person.actor(), old, &facts)?;
            Ok::<_, Refusal>(known.patient.id)
        })
        .await;
    match outcome {
        Ok(patient) => Ok(Redirect::to(&format!("/patients/{patient}#courses")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let known = app.db.read(move |conn| known(conn, &signed.scope, id)).await?;
            edit_page(chrome, &known, Some(&form), &again)
        }
    }
}

//! Keeping an expected level quiet, from a patient's page, and ending it early.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::entry_page::{Again, EntryPage};
use super::fields::{Fields, with_none};
use super::form::Form;
use super::local_time::Shown;
use super::patient::id;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::snooze::NotQuiet;
use crate::domain::{Codelist, Language, PatientId, Permission, Scope, SnoozeId, Timestamp, Zone};
use crate::i18n::labels::Label;
use crate::i18n::registry::registry;
use crate::i18n::snooze::snooze as words;
use crate::registry::Refusal;
use crate::snooze::{self, Ground, SnoozeForm};
use crate::store::Connection;
use crate::store::patients::{self, Patient};
use crate::store::sites::{self, Site};
use crate::store::snoozes::{self, Made, Named};

/// Days that the form proposes.
const USUAL_DAYS: i64 = 7;

pub(super) fn routes() -> Vec<Route> {
    let access = Access::Staff(Permission::Snooze);
    vec![
        Route::get("/patients/{id}/snooze", access, form),
        Route::post("/patients/{id}/snooze", access, begin),
        Route::get("/snoozes/{id}/end", access, end_form),
        Route::post("/snoozes/{id}/end", access, end),
    ]
}

fn known(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<(Patient, Site), Refusal> {
    let patient = patients::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let site = sites::get(conn, scope, patient.site_id)?.ok_or(Refusal::NotFound)?;
    Ok((patient, site))
}

/// The symptoms of the newest report; those that may not be kept quiet say so when chosen.
fn options(lang: Language, ground: Option<&Ground>) -> Vec<(String, String)> {
    let t = words(lang);
    let choices = ground.map(snooze::choices).unwrap_or_default();
    choices
        .into_iter()
        .filter(|(_, what)| *what != Err(NotQuiet::FiresNothing))
        .map(|(code, what)| {
            let label = what.map_or_else(
                |_| code.label(lang).to_owned(),
                |what| t.level(code, what.grade, &what.rules),
            );
            (code.code().to_owned(), label)
        })
        .collect()
}

fn page(
    chrome: Chrome,
    patient: &Patient,
    ground: Option<&Ground>,
    typed: &SnoozeForm,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, words(chrome.lang));
    let choose = registry(lang).choose;
    let fields = Fields::new(lang, again.problems.clone())
        .select("symptom", &typed.symptom, with_none(choose, options(lang, ground)))
        .date("until", &typed.until)
        .area("reason", &typed.reason);
    let mut page = EntryPage::new(chrome, t.begin, fields, again)
        .under("/patients", registry(lang).patients)
        .under(format!("/patients/{}", patient.id), patient.code.to_string())
        .note(t.what);
    if ground.is_none() {
        page = page.note(t.no_ground);
    }
    page.answer()
}

async fn form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let (id, now) = (id(&path)?, app.now());
    let (patient, site, ground) = app
        .db
        .read(move |conn| {
            let (patient, site) = known(conn, &signed.scope, id)?;
            let ground = snooze::ground(conn, now, &patient)?;
            Ok::<_, Refusal>((patient, site, ground))
        })
        .await?;
    let until = now.day(site.time_zone.jiff()).plus_days(USUAL_DAYS).to_string();
    let typed = SnoozeForm { until, ..SnoozeForm::default() };
    page(chrome, &patient, ground.as_ref(), &typed, &Again::default())
}

async fn begin(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(typed): Form<SnoozeForm>,
) -> Result<Response, PageError> {
    let (id, now) = (id(&path)?, app.now());
    let (form, person) = (typed.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let (patient, site) = known(conn, &person.scope, id)?;
            let by = (&person.actor(), person.person.id);
            snooze::begin(conn, now, by, (&patient, &site), &form)
        })
        .await;
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/patients/{id}#quiet")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let (patient, ground) = app
                .db
                .read(move |conn| {
                    let (patient, _) = known(conn, &signed.scope, id)?;
                    let ground = snooze::ground(conn, now, &patient)?;
                    Ok::<_, Refusal>((patient, ground))
                })
                .await?;
            page(chrome, &patient, ground.as_ref(), &typed, &again)
        }
    }
}

/// Why it is ended early.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct EndForm {
    reason: String,
}

fn in_scope(
    conn: &mut Connection,
    scope: &Scope,
    id: SnoozeId,
) -> Result<(Made, Patient), Refusal> {
    let made = snoozes::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let patient = patients::get(conn, scope, made.patient)?.ok_or(Refusal::NotFound)?;
    Ok((made, patient))
}

fn end_page(
    chrome: Chrome,
    (made, patient): (&Made, &Patient),
    typed: &EndForm,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, words(chrome.lang));
    let fields = Fields::new(lang, again.problems.clone()).area("reason", &typed.reason);
    EntryPage::new(chrome, t.end, fields, again)
        .under("/patients", registry(lang).patients)
        .under(format!("/patients/{}", patient.id), patient.code.to_string())
        .note(t.level(made.what.symptom, made.what.grade, &made.what.rules))
        .note(t.end_what)
        .answer()
}

async fn end_form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let id = id(&path)?;
    let (made, patient) = app.db.read(move |conn| in_scope(conn, &signed.scope, id)).await?;
    end_page(chrome, (&made, &patient), &EndForm::default(), &Again::default())
}

async fn end(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(typed): Form<EndForm>,
) -> Result<Response, PageError> {
    let (id, now) = (id(&path)?, app.now());
    let (reason, person) = (typed.reason.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let (made, patient) = in_scope(conn, &person.scope, id)?;
            let by = (&person.actor(), person.person.id);
            snooze::end(conn, now, by, &made, &reason)?;
            Ok::<_, Refusal>(patient.id)
        })
        .await;
    match outcome {
        Ok(patient) => Ok(Redirect::to(&format!("/patients/{patient}#quiet")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let (made, patient) =
                app.db.read(move |conn| in_scope(conn, &signed.scope, id)).await?;
            end_page(chrome, (&made, &patient), &typed, &again)
        }
    }
}

/// One line of the patient's page.
pub(super) struct QuietLine {
    /// What is or was quiet.
    pub what: String,
    /// Until when and by whom.
    pub until: String,
    /// How it ended; empty while it holds.
    pub ended: String,
    /// Why it was decided.
    pub reason: String,
    /// Why a person ended it.
    pub end_reason: Option<String>,
    /// Where to end it; empty once it has ended.
    pub end_url: String,
}

/// What the patient's page shows, in force first.
pub(super) fn lines(lang: Language, zone: &Zone, all: &[Named], now: Timestamp) -> Vec<QuietLine> {
    let t = words(lang);
    let mut lines: Vec<QuietLine> = all
        .iter()
        .map(|(made, by)| {
            // "until" is the first instant that is no longer quiet.
            let last_day = made.until.plus_minutes(-1).day(zone.jiff()).to_string();
            let over = made.ended_at.or_else(|| (made.until <= now).then_some(made.until));
            let cause = made.end_cause.unwrap_or(crate::domain::snooze::SnoozeEnd::Date);
            QuietLine {
                what: t.level(made.what.symptom, made.what.grade, &made.what.rules),
                until: t.until(&last_day, by),
                ended: over
                    .map(|at| t.ended(&Shown::new(at, zone).local, cause))
                    .unwrap_or_default(),
                reason: made.reason.clone(),
                end_reason: made.end_reason.clone(),
                end_url: if over.is_none() {
                    format!("/snoozes/{}/end", made.id)
                } else {
                    String::new()
                },
            }
        })
        .collect();
    lines.sort_by_key(|line| !line.ended.is_empty());
    lines
}

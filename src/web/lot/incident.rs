//! Recording that a lot was mixed up or given to a wrong patient, and taking that back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::entry_page::{Again, EntryPage};
use super::super::fields::{Fields, with_none};
use super::super::form::Form;
use super::super::patient::id;
use super::super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::LotEventKind;
use crate::domain::{Codelist, LotEventId, LotId, Permission, Scope, entry};
use crate::i18n::labels::Label;
use crate::i18n::registry::registry;
use crate::registry::Refusal;
use crate::registry::lot::incident::{self, IncidentForm};
use crate::store::Connection;
use crate::store::lots::events::{self, LotEvent};
use crate::store::lots::{self, Lot};

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Staff(Permission::EditRegistry);
    vec![
        Route::get("/lots/{id}/incident", edit, form),
        Route::post("/lots/{id}/incident", edit, record),
        Route::get("/lots/{id}/incident/withdraw", edit, withdraw_form),
        Route::post("/lots/{id}/incident/withdraw", edit, withdraw),
    ]
}

fn lot(conn: &mut Connection, scope: &Scope, id: LotId) -> Result<Lot, Refusal> {
    lots::get(conn, scope, id)?.ok_or(Refusal::NotFound)
}

fn record_page(
    chrome: Chrome,
    lot: &Lot,
    typed: &IncidentForm,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let kinds = LotEventKind::INCIDENTS
        .iter()
        .map(|kind| (kind.code().to_owned(), kind.label(lang).to_owned()))
        .collect();
    let fields = Fields::new(lang, again.problems.clone())
        .select("kind", &typed.kind, with_none(t.choose, kinds))
        .labelled(t.incident_kind)
        .area("note", &typed.note)
        .labelled(t.incident_note);
    EntryPage::new(chrome, t.incident, fields, again)
        .under("/lots", t.lots)
        .under(format!("/lots/{}", lot.id), lot.number.to_string())
        .note(t.incident_what)
        .answer()
}

async fn form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let id = id(&path)?;
    let lot = app.db.read(move |conn| lot(conn, &signed.scope, id)).await?;
    record_page(chrome, &lot, &IncidentForm::default(), &Again::default())
}

async fn record(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(typed): Form<IncidentForm>,
) -> Result<Response, PageError> {
    let id: LotId = id(&path)?;
    let (now, form, person) = (app.now(), typed.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let lot = lot(conn, &person.scope, id)?;
            let (kind, note) = form.read()?;
            incident::record(conn, now, &person.actor(), &lot, (kind, &note))
        })
        .await;
    match outcome {
        Ok(()) => {
            app.mail_due.notify_one();
            Ok(Redirect::to(&format!("/lots/{id}")).into_response())
        }
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let lot = app.db.read(move |conn| lot(conn, &signed.scope, id)).await?;
            record_page(chrome, &lot, &typed, &again)
        }
    }
}

/// What is taken back, and why.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct WithdrawForm {
    event: String,
    reason: String,
}

impl WithdrawForm {
    fn read(&self) -> Result<(LotEventId, String), Refusal> {
        let mut p = Problems::new();
        let event = self.event.parse().ok();
        if event.is_none() {
            p.add("event", Reason::Missing);
        }
        let reason = p.take("reason", entry::line(&self.reason).map_err(|_| Reason::NeedsReason));
        match (event, reason) {
            (Some(event), Some(reason)) => Ok((event, reason)),
            _ => Err(Refusal::Problems(p)),
        }
    }
}

/// A lot with the incidents that stand.
fn standing(
    conn: &mut Connection,
    scope: &Scope,
    id: LotId,
) -> Result<(Lot, Vec<LotEvent>), Refusal> {
    let lot = lot(conn, scope, id)?;
    let mut all = events::all(conn, id)?;
    all.retain(|event| event.kind.is_incident() && event.withdrawn_at.is_none());
    Ok((lot, all))
}

fn withdraw_page(
    chrome: Chrome,
    (lot, standing): &(Lot, Vec<LotEvent>),
    typed: &WithdrawForm,
    again: &Again,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, registry(chrome.lang));
    let events = standing
        .iter()
        .map(|event| (event.id.to_string(), event.kind.label(lang).to_owned()))
        .collect();
    let fields = Fields::new(lang, again.problems.clone())
        .select("event", &typed.event, with_none(t.choose, events))
        .labelled(t.incident_kind)
        .text("reason", &typed.reason);
    EntryPage::new(chrome, t.incident_withdraw, fields, again)
        .under("/lots", t.lots)
        .under(format!("/lots/{}", lot.id), lot.number.to_string())
        .note(t.incident_withdraw_what)
        .answer()
}

async fn withdraw_form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let id = id(&path)?;
    let known = app.db.read(move |conn| standing(conn, &signed.scope, id)).await?;
    withdraw_page(chrome, &known, &WithdrawForm::default(), &Again::default())
}

async fn withdraw(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(typed): Form<WithdrawForm>,
) -> Result<Response, PageError> {
    let id: LotId = id(&path)?;
    let (now, form, person) = (app.now(), typed.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let lot = lot(conn, &person.scope, id)?;
            let (event, reason) = form.read()?;
            incident::withdraw(conn, now, &person.actor(), (&lot, event), &reason)
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/lots/{id}")).into_response()),
        Err(refusal) => {
            let again = Again::of(refusal)?;
            let known = app.db.read(move |conn| standing(conn, &signed.scope, id)).await?;
            withdraw_page(chrome, &known, &typed, &again)
        }
    }
}

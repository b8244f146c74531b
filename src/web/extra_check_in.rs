//! An extra check-in on a nurse's order.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::entry_page::{Again, EntryPage};
use super::fields::Fields;
use super::form::Form;
use super::patient::id;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::problem::{Problems, Reason};
use crate::domain::schedule::extra::ORDERS_H;
use crate::domain::{InfusionId, Language, Permission, entry};
use crate::follow_up::{self, OrderError};
use crate::i18n::extra::extra;
use crate::i18n::registry::registry;
use crate::registry::Refusal;
use crate::store::infusions;

pub(super) fn routes() -> Vec<Route> {
    let enter = Access::Staff(Permission::EnterReports);
    vec![
        Route::get("/infusions/{id}/check-in", enter, form),
        Route::post("/infusions/{id}/check-in", enter, order),
    ]
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct OrderForm {
    hours: String,
    reason: String,
}

impl OrderForm {
    fn read(&self) -> Result<(i64, String), Refusal> {
        let mut p = Problems::new();
        let hours: Option<i64> = self.hours.parse().ok().filter(|hours| ORDERS_H.contains(hours));
        if hours.is_none() {
            p.add("hours", Reason::Missing);
        }
        let reason = p.take("reason", entry::line(&self.reason).map_err(|_| Reason::NeedsReason));
        match (hours, reason) {
            (Some(hours), Some(reason)) => Ok((hours, reason)),
            _ => Err(Refusal::Problems(p)),
        }
    }
}

fn draw(
    chrome: Chrome,
    infusion: InfusionId,
    form: &OrderForm,
    again: &Again,
    note: Option<String>,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, extra(chrome.lang));
    let fields = fields(lang, form, again);
    let page = EntryPage::new(chrome, t.title, fields, again)
        .under(format!("/infusions/{infusion}"), registry(lang).infusion)
        .note(t.lead);
    match note {
        Some(note) => page.note(note),
        None => page,
    }
    .answer()
}

fn fields(lang: Language, form: &OrderForm, again: &Again) -> Fields {
    let t = extra(lang);
    let options = ORDERS_H.iter().map(|hours| (hours.to_string(), t.after(*hours))).collect();
    Fields::new(lang, again.problems.clone())
        .select("hours", &form.hours, options)
        .labelled(t.when)
        .text("reason", &form.reason)
}

async fn form(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let id: InfusionId = id(&path)?;
    let known = app.db.read(move |conn| infusions::get(conn, &signed.scope, id)).await?;
    known.ok_or(PageError::NotFound)?;
    let tomorrow = OrderForm { hours: "24".to_owned(), ..OrderForm::default() };
    draw(chrome, id, &tomorrow, &Again::default(), None)
}

async fn order(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<OrderForm>,
) -> Result<Response, PageError> {
    let id: InfusionId = id(&path)?;
    let reader = signed.clone();
    let known = app.db.read(move |conn| infusions::get(conn, &reader.scope, id)).await?;
    known.ok_or(PageError::NotFound)?;
    let (hours, reason) = match form.read() {
        Ok(read) => read,
        Err(refusal) => return draw(chrome, id, &form, &Again::of(refusal)?, None),
    };
    let (now, keys) = (app.now(), app.keys.clone());
    let done = app
        .db
        .write(move |conn| {
            follow_up::order(conn, &keys, now, &signed.actor(), id, (hours, &reason))
        })
        .await;
    match done {
        Ok(_) => {
            app.mail_due.notify_one();
            Ok(Redirect::to(&format!("/infusions/{id}")).into_response())
        }
        Err(OrderError::Planned(_)) => {
            let again = Again::of(Refusal::field("hours", Reason::Taken))?;
            let note = extra(chrome.lang).planned.to_owned();
            draw(chrome, id, &form, &again, Some(note))
        }
        Err(OrderError::Other(error)) => Err(Refusal::from(error).into()),
    }
}

//! Dates on which the rota does not hold, on the page of who is on duty.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::rota::minutes;
use super::{answer, draw};
use crate::access::rota as steps;
use crate::domain::chain::Audience;
use crate::domain::rota::{Exception, ExceptionKind, Rota};
use crate::domain::{Codelist, Language, RotaExceptionId, SiteId, StaffId, Timestamp, Zone};
use crate::i18n::escalation::escalation;
use crate::i18n::labels::Label;
use crate::store::rota::Candidate;
use crate::web::form::Form;
use crate::web::page::page_again;
use crate::web::{App, Chrome, PageError, Signed};

/// Codes and names of a choice.
pub(super) type Names = Vec<(&'static str, &'static str)>;

/// One line of the list.
pub(super) struct DateRow {
    pub id: String,
    /// From when until when.
    pub days: String,
    /// What is otherwise.
    pub what: String,
}

pub(super) fn kinds(lang: Language) -> Names {
    ExceptionKind::ALL.iter().map(|kind| (kind.code(), kind.label(lang))).collect()
}

pub(super) fn audiences(lang: Language) -> Names {
    Audience::ALL.iter().map(|audience| (audience.code(), audience.label(lang))).collect()
}

/// Everybody who can be in a rota, once each.
pub(super) fn people(all: &[Candidate]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = all
        .iter()
        .filter(|one| one.has_password)
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect();
    found.dedup();
    found
}

/// What is otherwise, today and later.
pub(super) fn dates(
    lang: Language,
    now: Timestamp,
    zone: &Zone,
    (rota, people): (&Rota, &[Candidate]),
) -> Vec<DateRow> {
    let (t, today) = (escalation(lang), now.day(zone.jiff()));
    let name = |id: StaffId| people.iter().find(|one| one.id == id).map(|one| one.name.as_str());
    rota.exceptions
        .iter()
        .filter(|one| one.to >= today)
        .map(|one| DateRow {
            id: one.id.to_string(),
            days: if one.from == one.to {
                one.from.to_string()
            } else {
                format!("{} \u{2013} {}", one.from, one.to)
            },
            what: t.exception(one, one.staff.and_then(name)),
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct DateForm {
    site: String,
    kind: String,
    staff: String,
    audience: String,
    first: String,
    last: String,
    from: String,
    until: String,
}

impl DateForm {
    /// What the form says, if it says all that is needed. What the kind does not need is left
    /// out, whatever stands there.
    fn exception(&self) -> Option<Exception> {
        let kind = ExceptionKind::from_code(&self.kind)?;
        let staff: Option<StaffId> = match self.staff.as_str() {
            "" => None,
            id => Some(id.parse().ok()?),
        };
        let adds = matches!(kind, ExceptionKind::Add | ExceptionKind::Replace);
        let from = self.first.parse().ok()?;
        let found = Exception {
            id: RotaExceptionId::new(),
            kind,
            staff,
            audience: match kind {
                ExceptionKind::Away => None,
                _ => Some(Audience::from_code(&self.audience)?),
            },
            from,
            to: if self.last.is_empty() { from } else { self.last.parse().ok()? },
            hours: if adds { Some((minutes(&self.from)?, minutes(&self.until)?)) } else { None },
        };
        found.is_valid().then_some(found)
    }
}

pub(super) async fn add(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<DateForm>,
) -> Result<Response, PageError> {
    let site: SiteId = form.site.parse().map_err(|_| PageError::NotFound)?;
    if !signed.scope.allows(site) {
        return Err(PageError::NotFound);
    }
    let Some(new) = form.exception() else {
        let problem = escalation(chrome.lang).no_exception.to_owned();
        return page_again(&draw(&app, &signed, chrome, Some((site, problem))).await?);
    };
    let (actor, scope, now) = (signed.actor(), signed.scope.clone(), app.now());
    let done =
        app.db.write(move |conn| steps::except(conn, &actor, &scope, (site, &new), now)).await;
    answer(&app, &signed, chrome, site, done).await
}

#[derive(Deserialize)]
pub(super) struct RemoveForm {
    #[serde(default)]
    site: String,
    #[serde(default)]
    exception: String,
}

pub(super) async fn remove(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<RemoveForm>,
) -> Result<Response, PageError> {
    let found = form.site.parse().ok().zip(form.exception.parse().ok());
    let (site, id): (SiteId, RotaExceptionId) = found.ok_or(PageError::NotFound)?;
    let (actor, scope, now) = (signed.actor(), signed.scope.clone(), app.now());
    let done = app
        .db
        .write(move |conn| steps::end_exception(conn, &actor, &scope, id, now))
        .await
        .map(|_: SiteId| ());
    answer(&app, &signed, chrome, site, done).await
}

//! The audit trail: who did what, and who looked at whom.

mod detail;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use self::detail::{Change, changes};
use super::page::page;
use super::queue::address::query;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::{Language, PatientId, Permission};
use crate::i18n::audit::{ACTIONS, AuditText, action, audit as text, object};
use crate::store::audit::{self, Entry, Filter};
use crate::store::{Error, members};

/// Entries of one page.
const PAGE: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/admin/audit", Access::Staff(Permission::ViewAudit), list)]
}

/// What the address says. What cannot be read filters nothing, except a thing or a person:
/// everybody's entries must not look like those of one.
#[derive(Debug, Default, Deserialize)]
struct Address {
    #[serde(default)]
    who: String,
    #[serde(default)]
    action: String,
    /// `kind~id`.
    #[serde(default)]
    object: String,
    /// The clinic's number of a patient, typed.
    #[serde(default)]
    patient: String,
    #[serde(default)]
    before: String,
}

impl Address {
    fn filter(&self) -> Filter {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Filter {
            before: self.before.parse().ok(),
            object: said(&self.object).map(|object| match object.split_once('~') {
                Some((kind, id)) => (kind.to_owned(), id.to_owned()),
                None => (object, String::new()),
            }),
            actor_id: said(&self.who),
            action: said(&self.action),
        }
    }

    fn to(&self, before: &str) -> String {
        let fields = [
            ("who", self.who.as_str()),
            ("action", &self.action),
            ("object", &self.object),
            ("patient", &self.patient),
            ("before", before),
        ];
        query("/admin/audit", &fields)
    }

    fn is_filtered(&self) -> bool {
        [&self.who, &self.action, &self.object, &self.patient].iter().any(|text| !text.is_empty())
    }
}

/// One choice of a filter.
struct Choice {
    value: String,
    name: String,
    is_chosen: bool,
}

/// An entry as the page shows it.
struct Row {
    seq: i64,
    at: String,
    who: String,
    who_url: Option<String>,
    what: String,
    kind: String,
    name: String,
    object_url: String,
    changes: Vec<Change>,
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    chrome: Chrome,
    t: &'static AuditText,
    people: Vec<Choice>,
    actions: Vec<Choice>,
    object: String,
    patient: String,
    only_of: Option<String>,
    is_filtered: bool,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
}

fn row(lang: Language, codes: &BTreeMap<String, String>, entry: Entry) -> Row {
    let t = text(lang);
    let who = match entry.actor_kind.as_str() {
        "patient" => t.by_link.to_owned(),
        "system" => t.by_system.to_owned(),
        "operator" => t.by_operator.to_owned(),
        "api" => format!("{} · {}", t.other_system, entry.actor_name),
        _ => entry.actor_name,
    };
    let object_key = format!("{}~{}", entry.object_kind, entry.object_id);
    Row {
        seq: entry.seq,
        at: entry.at.jiff().strftime("%Y-%m-%d %H:%M:%S").to_string(),
        who,
        who_url: entry.actor_id.map(|id| query("/admin/audit", &[("who", &id)])),
        what: action(lang, &entry.action).map_or(entry.action, str::to_owned),
        kind: object(lang, &entry.object_kind).map_or(entry.object_kind, str::to_owned),
        // The last digits tell one from another; the whole is in the link.
        name: codes.get(&entry.object_id).cloned().unwrap_or_else(|| short(&entry.object_id)),
        object_url: query("/admin/audit", &[("object", &object_key)]),
        changes: changes(&entry.detail, t.nothing),
    }
}

/// The end of an id.
fn short(id: &str) -> String {
    let skipped = id.chars().count().saturating_sub(6);
    let end: String = id.chars().skip(skipped).collect();
    if skipped == 0 { end } else { format!("…{end}") }
}

async fn list(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, PageError> {
    let address = address.map(|Query(address)| address).unwrap_or_default();
    let (scope, mut filter) = (signed.scope.clone(), address.filter());
    let typed = address.patient.trim().to_owned();
    let (mut entries, codes, people) = app
        .db
        .read(move |conn| {
            if !typed.is_empty() {
                let patient = audit::patient_with_code(conn, &scope, &typed)?;
                let id = patient.map_or(String::new(), |id| id.to_string());
                filter.object = Some(("patient".to_owned(), id));
            }
            let limit = i64::try_from(PAGE).unwrap_or(i64::MAX - 1) + 1;
            let entries = audit::list(conn, &scope, &filter, limit)?;
            let patients: Vec<PatientId> = entries
                .iter()
                .filter(|entry| entry.object_kind == "patient")
                .filter_map(|entry| entry.object_id.parse().ok())
                .collect();
            let codes = audit::patient_codes(conn, &scope, &patients)?;
            Ok::<_, Error>((entries, codes, members::list(conn, &scope)?))
        })
        .await?;
    let codes: BTreeMap<String, String> =
        codes.into_iter().map(|(id, code)| (id.to_string(), code)).collect();
    let has_more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let (lang, t) = (chrome.lang, text(chrome.lang));
    let only_of = address.object.split_once('~').map(|(kind, id)| {
        let name = codes.get(id).cloned().unwrap_or_else(|| short(id));
        t.only_of(object(lang, kind).unwrap_or(kind), &name)
    });
    page(&AuditPage {
        people: people
            .into_iter()
            .map(|person| Choice {
                is_chosen: person.id.to_string() == address.who,
                value: person.id.to_string(),
                name: person.name,
            })
            .collect(),
        actions: ACTIONS
            .iter()
            .map(|(code, ..)| Choice {
                value: (*code).to_owned(),
                name: action(lang, code).unwrap_or(code).to_owned(),
                is_chosen: *code == address.action,
            })
            .collect(),
        only_of,
        is_filtered: address.is_filtered(),
        first: (!address.before.is_empty()).then(|| address.to("")),
        next: entries.last().filter(|_| has_more).map(|entry| address.to(&entry.seq.to_string())),
        rows: entries.into_iter().map(|entry| row(lang, &codes, entry)).collect(),
        object: address.object,
        patient: address.patient,
        chrome,
        t,
    })
}

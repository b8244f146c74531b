//! The queue: what is open, worst first; and what was closed.

pub(super) mod address;
mod done;
mod live;
mod reason;
mod row;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{OriginalUri, Query, State};
use axum::response::Response;
use serde::Deserialize;

use self::address::Address;
use self::row::{ClosedRow, Row};
use super::page::page;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::task::TaskKind;
use crate::domain::{Codelist, Level, Permission, SiteId};
use crate::i18n::labels::Label;
use crate::i18n::queue::{QueueText, queue};
use crate::store::queue::{self as tasks, ClosedFilter, Counts, Cut, Owner, Page};
use crate::store::{Error, undo};

pub(super) use self::done::Done;
pub(super) use self::live::Live;
pub(super) use self::reason::{Reason, reasons};
pub(super) use self::row::{Phone, infusion_sentence, phone};

pub(super) fn routes() -> Vec<Route> {
    let access = Access::Staff(Permission::ViewQueue);
    vec![
        Route::get("/queue", access, open),
        Route::get("/queue/list", access, list).unattended(),
        Route::get("/queue/events", access, live::events).unattended(),
        Route::get("/queue/closed", access, closed),
    ]
}

/// One choice of a list.
pub(super) struct Choice {
    pub value: String,
    pub name: String,
    pub is_chosen: bool,
}

impl Choice {
    /// A choice with the code that is sent and the name that is read.
    pub const fn new(value: String, name: String, is_chosen: bool) -> Self {
        Self { value, name, is_chosen }
    }
}

/// A link that shows a part of the queue, with how many tasks it holds.
struct Part {
    address: String,
    name: &'static str,
    count: i64,
    is_current: bool,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "queue/open.html", blocks = ["list"])]
struct OpenPage {
    chrome: Chrome,
    t: &'static QueueText,
    live: Live,
    done: Option<Done>,
    alarm: Option<String>,
    parts: Vec<Part>,
    levels: Vec<Choice>,
    kinds: Vec<Choice>,
    sites: Vec<Choice>,
    owner: &'static str,
    overdue: bool,
    is_filtered: bool,
    rows: Vec<Row>,
    previous: Option<String>,
    next: Option<String>,
}

async fn open(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    address: Result<Query<Address>, QueryRejection>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, PageError> {
    page(&read(&app, signed, chrome, address, uri.query()).await?)
}

/// The list alone, for a page that is open already.
async fn list(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    address: Result<Query<Address>, QueryRejection>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, PageError> {
    page(&read(&app, signed, chrome, address, uri.query()).await?.as_list())
}

async fn read(
    app: &App,
    signed: Signed,
    chrome: Chrome,
    address: Result<Query<Address>, QueryRejection>,
    query: Option<&str>,
) -> Result<OpenPage, PageError> {
    let address = address.map(|Query(address)| address).unwrap_or_default();
    let (now, person) = (app.now(), signed.person.id);
    let filter = address.filter(person);
    let cut = address.cut();
    let scope = signed.scope.clone();
    let contacts = signed.person.scope(Permission::ViewContact);
    let (page_of, entries, counts, sites, without_duty, emergencies, zone, last) = app
        .db
        .read(move |conn| {
            let Page { rows, has_previous, has_next } =
                tasks::open(conn, &scope, now, &filter, &cut)?;
            let entries = tasks::entries(conn, &contacts, rows)?;
            let counts = tasks::counts(conn, &scope, now, person)?;
            let sites = tasks::sites(conn, &scope)?;
            let without_duty = tasks::sites_without_duty(conn, &scope, now)?;
            let emergencies = tasks::emergencies(conn, &scope)?;
            let zone = tasks::zone(conn, &scope)?;
            Ok::<_, Error>((
                (has_previous, has_next),
                entries,
                counts,
                sites,
                without_duty,
                emergencies,
                zone,
                undo::last(conn, &scope, person, now)?,
            ))
        })
        .await?;
    let t = queue(chrome.lang);
    let previous = entries.first().map(|entry| address.before(&entry.task));
    let next = entries.last().map(|entry| address.after(&entry.task));
    let several = sites.len() > 1;
    let rows = entries
        .into_iter()
        .map(|entry| Row::new(&signed, chrome.lang, now, entry, several))
        .collect();
    let is_whole = filter == tasks::Filter::default() && cut == Cut::Top;
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let live = Live::of_list(&signed, chrome.lang, (now, &zone), emergencies, (&query, is_whole));
    Ok(OpenPage {
        live,
        done: Done::new(chrome.lang, now, last),
        alarm: (!without_duty.is_empty()).then(|| t.alarm(&without_duty)),
        parts: parts(t, &address, &filter, &counts),
        levels: choices(tasks::levels(), filter.level, &chrome),
        kinds: choices(TaskKind::ALL.iter().copied(), filter.kind, &chrome),
        sites: if several { site_choices(&sites, filter.site) } else { Vec::new() },
        owner: match filter.owner {
            Owner::Anybody => "",
            Owner::Person(_) => "mine",
            Owner::Nobody => "nobody",
        },
        overdue: filter.overdue,
        is_filtered: filter != tasks::Filter::default(),
        rows,
        previous: previous.filter(|_| page_of.0),
        next: next.filter(|_| page_of.1),
        chrome,
        t,
    })
}

fn choices<T: Codelist + Label>(
    all: impl Iterator<Item = T>,
    chosen: Option<T>,
    chrome: &Chrome,
) -> Vec<Choice> {
    all.map(|value| Choice {
        value: value.code().to_owned(),
        name: value.label(chrome.lang).to_owned(),
        is_chosen: chosen == Some(value),
    })
    .collect()
}

fn site_choices(sites: &[(SiteId, String)], chosen: Option<SiteId>) -> Vec<Choice> {
    sites
        .iter()
        .map(|(id, name)| Choice {
            value: id.to_string(),
            name: name.clone(),
            is_chosen: chosen == Some(*id),
        })
        .collect()
}

fn parts(
    t: &'static QueueText,
    address: &Address,
    filter: &tasks::Filter,
    counts: &Counts,
) -> Vec<Part> {
    let part = |name, count, owner, overdue, is_current| Part {
        address: address.part(owner, overdue),
        name,
        count,
        is_current,
        class: if overdue && count > 0 { "badge level-emergency" } else { "badge" },
    };
    let plain = !filter.overdue;
    vec![
        part(t.all, counts.all, "", false, plain && filter.owner == Owner::Anybody),
        part(t.mine, counts.mine, "mine", false, matches!(filter.owner, Owner::Person(_))),
        part(t.unowned, counts.unowned, "nobody", false, filter.owner == Owner::Nobody),
        part(t.overdue, counts.overdue, "", true, filter.overdue),
    ]
}

#[derive(Debug, Default, Deserialize)]
struct ClosedAddress {
    #[serde(default)]
    search: String,
    #[serde(default)]
    site: String,
    after: Option<String>,
    before: Option<String>,
}

#[derive(Template)]
#[template(path = "queue/closed.html")]
struct ClosedPage {
    chrome: Chrome,
    t: &'static QueueText,
    search: String,
    sites: Vec<Choice>,
    rows: Vec<ClosedRow>,
    previous: Option<String>,
    next: Option<String>,
}

async fn closed(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    address: Result<Query<ClosedAddress>, QueryRejection>,
) -> Result<Response, PageError> {
    let asked = address.map(|Query(address)| address).unwrap_or_default();
    let site = asked.site.parse::<SiteId>().ok();
    let filter = ClosedFilter { search: asked.search.clone(), site };
    let cut = match (&asked.after, &asked.before) {
        (Some(place), _) => address::closed_place(place).map(Cut::After),
        (None, Some(place)) => address::closed_place(place).map(Cut::Before),
        (None, None) => None,
    }
    .unwrap_or_default();
    let scope = signed.scope.clone();
    let contacts = signed.person.scope(Permission::ViewContact);
    let (has, entries, sites) = app
        .db
        .read(move |conn| {
            let Page { rows, has_previous, has_next } = tasks::closed(conn, &scope, &filter, &cut)?;
            let entries = tasks::entries(conn, &contacts, rows)?;
            Ok::<_, Error>(((has_previous, has_next), entries, tasks::sites(conn, &scope)?))
        })
        .await?;
    let link = |key: &str, entry: &tasks::Entry| {
        let at = entry.task.closed_at?;
        let place = format!("{at}~{}", entry.task.id);
        Some(address::query(
            "/queue/closed",
            &[("search", &asked.search), ("site", &asked.site), (key, &place)],
        ))
    };
    page(&ClosedPage {
        t: queue(chrome.lang),
        previous: entries.first().filter(|_| has.0).and_then(|entry| link("before", entry)),
        next: entries.last().filter(|_| has.1).and_then(|entry| link("after", entry)),
        sites: if sites.len() > 1 { site_choices(&sites, site) } else { Vec::new() },
        rows: entries.into_iter().map(|entry| ClosedRow::new(chrome.lang, entry)).collect(),
        search: asked.search,
        chrome,
    })
}

/// The class that colours a level.
pub(super) const fn level_class(level: Level) -> &'static str {
    match level {
        Level::Emergency => "level-emergency",
        Level::Urgent => "level-urgent",
        Level::Soon => "level-soon",
        Level::Routine => "level-routine",
        Level::None => "level-none",
    }
}

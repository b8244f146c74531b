//! The line listing: one row per event, newest infusions first.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;

use super::page::{page, page_again};
use super::summary::{Address, Filters, Wrong, keep_filter, wish};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::{Codelist, Language, Permission};
use crate::export::event::Course;
use crate::export::listing_page::{Listed, ListingPage, page as listing, viewed};
use crate::export::selection::Selection;
use crate::export::term::term_label;
use crate::i18n::labels::Label;
use crate::i18n::summary::{SummaryText, summary};

/// Events on a page.
const ROWS: usize = 50;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/line-listing", Access::Staff(Permission::Export), show)]
}

/// One event as text.
struct Row {
    patient_url: String,
    patient: String,
    site: String,
    infusion: String,
    lot: String,
    t0: String,
    term: String,
    words: String,
    known_before: bool,
    onset: String,
    duration: String,
    grade: String,
    level: Option<(&'static str, String)>,
    rules: String,
    received: String,
    reports: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "summary/line_listing.html")]
struct ListingTemplate {
    chrome: Chrome,
    t: &'static SummaryText,
    filters: Filters,
    rows: Vec<Row>,
    next_url: String,
    is_shown: bool,
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    mut chrome: Chrome,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, PageError> {
    let Query(address) = address.map_err(|_| PageError::Unreadable)?;
    keep_filter(&mut chrome, &address);
    let t = summary(chrome.lang);
    let place = ("/line-listing", t);
    let (wish, wrong) = match wish(&address) {
        Ok(wish) => (Some(wish), Wrong::new()),
        Err(wrong) => (None, wrong),
    };
    let filters = Filters::new(&app, place, &signed.scope, &address, &wrong, true).await?;
    let Some(wish) = wish else {
        let (rows, next_url) = (Vec::new(), String::new());
        return page_again(&ListingTemplate {
            chrome,
            t,
            filters,
            rows,
            next_url,
            is_shown: false,
        });
    };
    let before = match address.before.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| PageError::NotFound)?),
    };
    let (scope, now) = (signed.scope.clone(), app.now());
    let (selection, ListingPage { rows, next }) = app
        .db
        .read(move |conn| -> Result<_, PageError> {
            let selection =
                Selection::settle(conn, &scope, wish, now)?.ok_or(PageError::NotFound)?;
            let found = listing(conn, &selection, before, ROWS)?.ok_or(PageError::NotFound)?;
            Ok((selection, found))
        })
        .await?;
    let mut rows_by_site = BTreeMap::<_, u64>::new();
    for row in &rows {
        *rows_by_site.entry(row.site).or_default() += 1;
    }
    if !rows_by_site.is_empty() {
        // Who looked at whom is a fact of its own; the page is shown only once it is kept.
        let actor = signed.actor();
        app.db.write(move |conn| viewed(conn, now, &actor, &selection, &rows_by_site)).await?;
    }
    let lang = chrome.lang;
    let rows = rows.iter().map(|row| self::row(row, t, lang)).collect();
    let next_url = next
        .map(|next| format!("/line-listing?before={next}&{}", filters.query))
        .unwrap_or_default();
    page(&ListingTemplate { chrome, t, filters, rows, next_url, is_shown: true })
}

fn row(listed: &Listed, t: &'static SummaryText, lang: Language) -> Row {
    let Listed { event, infused, site: _, site_code, zone } = listed;
    let wall =
        |at: crate::domain::Timestamp| at.at(zone.jiff()).strftime("%Y-%m-%d %H:%M").to_string();
    let hours = |value: Option<rust_decimal::Decimal>| {
        value.map(|value| t.hours(&value.round_dp(1).normalize().to_string()))
    };
    let course = match event.course {
        Course::Resolved => t.resolved,
        Course::Ongoing => t.ongoing,
        Course::Unknown => "",
    };
    let duration = [hours(event.duration_h).unwrap_or_default(), course.to_owned()];
    let duration: Vec<String> = duration.into_iter().filter(|text| !text.is_empty()).collect();
    let outcome = event.task.and_then(|(_, outcome)| outcome);
    Row {
        patient_url: format!("/patients/{}", infused.patient),
        patient: infused.patient_code.clone(),
        site: site_code.clone(),
        infusion: t.number(infused.number_in_course),
        lot: infused.lot_number.clone(),
        t0: wall(infused.t0),
        term: term_label(&event.term, lang),
        words: event.words.join(" | "),
        known_before: event.known_before,
        onset: hours(event.onset_h).unwrap_or_else(|| "–".to_owned()),
        duration: duration.join(", "),
        grade: t.grades_of(event.derived, event.confirmed),
        level: event
            .level
            .map(|level| (level.label(lang), format!("level-{}", level.code().to_lowercase()))),
        rules: event.rules.iter().map(String::as_str).collect::<Vec<_>>().join(" "),
        received: wall(event.first_at),
        reports: if event.source.is_some() {
            t.reports(event.references.len())
        } else {
            t.staff_graded.to_owned()
        },
        outcome: outcome.map(|outcome| outcome.label(lang).to_owned()).unwrap_or_default(),
    }
}

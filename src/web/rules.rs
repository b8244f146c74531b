//! The rules: what came of their flags, and trying a change on the reports that are here.

use std::time::Duration;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::form::Form;
use super::local_time::Shown;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::escalation::RuleSet;
use crate::domain::{Language, Level, Permission, Timestamp, Zone};
use crate::i18n::labels::Label as _;
use crate::i18n::rule_mistakes;
use crate::i18n::rules::{RulesText, rules as text};
use crate::intake::NOT_EVALUATED;
use crate::rehearsal::{RehearsalError, Rehearsed, rehearse};
use crate::rules;
use crate::store::rehearsal::{Noise, noise};
use crate::store::{Error, sites};

/// The reports and flags that are looked at.
const DAYS: i64 = 365;
/// Most bytes of a posted rule set.
const LONGEST: usize = 1024 * 1024;
/// A year of a large clinic takes some seconds.
const REHEARSAL_TIME: Duration = Duration::from_mins(2);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/rules", Access::Staff(Permission::ViewSummary), show),
        Route::post("/rules/rehearse", Access::Staff(Permission::RehearseRules), try_change)
            .body_limit(LONGEST)
            .time_limit(REHEARSAL_TIME),
    ]
}

struct Row {
    name: String,
    level: &'static str,
    share: Option<u64>,
    noise: Noise,
}

struct LoweredRow {
    reference: String,
    received: Shown,
    before: String,
    after: String,
    worth_it: bool,
}

struct Outcome {
    emergencies: String,
    sum: String,
    raised: String,
    unreadable: Option<String>,
    rules: Vec<(String, u64, u64)>,
    levels: Vec<(&'static str, &'static str, u64)>,
    lowered: Vec<LoweredRow>,
}

#[derive(Template)]
#[template(path = "rules/rules.html")]
struct RulesPage {
    chrome: Chrome,
    t: &'static RulesText,
    account: Vec<Row>,
    may_rehearse: bool,
    sets: Vec<&'static str>,
    text: String,
    problems: Vec<String>,
    result: Option<Outcome>,
}

/// What the lower half of the page holds.
#[derive(Default)]
struct Trial {
    text: String,
    problems: Vec<String>,
    result: Option<Outcome>,
}

async fn draw(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    trial: Trial,
) -> Result<Response, PageError> {
    let scope = signed.person.scope(Permission::ViewSummary);
    let since = since(app.now());
    let mut account = app.db.read(move |conn| noise(conn, &scope, since)).await?;
    // The most urgent first; the rules of a level by their names.
    account.sort_by_key(|noise| std::cmp::Reverse(noise.level));
    let lang = chrome.lang;
    let status =
        if trial.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = RulesPage {
        t: text(lang),
        account: account.into_iter().map(|noise| row(noise, lang)).collect(),
        may_rehearse: signed.person.may(Permission::RehearseRules),
        sets: rules::all().iter().map(|one| one.set.identity().id.as_str()).collect(),
        text: trial.text,
        problems: trial.problems,
        result: trial.result,
        chrome,
    };
    Ok((status, Html(page.render()?)).into_response())
}

fn since(now: Timestamp) -> Timestamp {
    now.plus_hours(-24 * DAYS)
}

fn row(noise: Noise, lang: Language) -> Row {
    let found = rules::all().iter().find_map(|one| one.set.rule(&noise.rule));
    let name = match found {
        _ if noise.rule == NOT_EVALUATED => text(lang).not_evaluated.to_owned(),
        Some(rule) => format!("{} {}", rule.id, rule.name.get(lang)),
        None => noise.rule.clone(),
    };
    let judged = noise.worth + noise.noise;
    let share = (judged > 0).then(|| (noise.worth * 200 + judged) / (2 * judged));
    Row { name, level: noise.level.label(lang), share, noise }
}

#[derive(Debug, Default, Deserialize)]
struct Address {
    #[serde(default)]
    set: String,
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Query(address): Query<Address>,
) -> Result<Response, PageError> {
    let chosen = rules::all()
        .iter()
        .find(|one| one.set.identity().id == address.set)
        .or_else(|| rules::all().first());
    let text = chosen.map(|one| one.text.clone()).unwrap_or_default();
    draw(&app, &signed, chrome, Trial { text, ..Trial::default() }).await
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    text: String,
}

async fn try_change(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(change): Form<Change>,
) -> Result<Response, PageError> {
    let lang = chrome.lang;
    let set = match RuleSet::load(&change.text) {
        Ok(set) => set,
        Err(mistakes) => {
            let problems = mistakes
                .iter()
                .map(|mistake| rule_mistakes::mistake(text(lang).file, mistake, lang))
                .collect();
            let trial = Trial { text: change.text, problems, result: None };
            return draw(&app, &signed, chrome, trial).await;
        }
    };
    let (db, scope, since) = (app.db.clone(), signed.scope.clone(), since(app.now()));
    let zone_scope = scope.clone();
    let zone = app
        .db
        .read(move |conn| sites::list(conn, &zone_scope))
        .await?
        .first()
        .map(|site| site.time_zone.clone())
        .ok_or(PageError::NotFound)?;
    let tried = tokio::task::spawn_blocking(move || rehearse(&db, &scope, since, &set))
        .await
        .map_err(|_| Error::Panicked)?;
    let trial = match tried {
        Ok(rehearsed) => Trial {
            text: change.text,
            problems: Vec::new(),
            result: Some(outcome(rehearsed, lang, &zone)),
        },
        Err(RehearsalError::NoSuchProfile(_)) => Trial {
            text: change.text,
            problems: vec![text(lang).no_profile.to_owned()],
            result: None,
        },
        Err(RehearsalError::Store(error)) => return Err(error.into()),
    };
    draw(&app, &signed, chrome, trial).await
}

fn outcome(rehearsed: Rehearsed, lang: Language, zone: &Zone) -> Outcome {
    let (t, found) = (text(lang), rehearsed.found);
    let said = |level: Level, rules: &[String]| {
        if rules.is_empty() {
            level.label(lang).to_owned()
        } else {
            format!("{} ({})", level.label(lang), rules.join(", "))
        }
    };
    let (lowered, missed) = (found.lowered_count, found.missed_count);
    Outcome {
        emergencies: rehearsed.touched_emergencies.join(", "),
        sum: t.sum(found.reports, lowered, missed, found.worthy_lowered_count),
        raised: t.raised(found.raised_count),
        unreadable: (found.unreadable > 0).then(|| t.unreadable(found.unreadable)),
        rules: found
            .changed_rules()
            .map(|(rule, firings)| (rule.to_owned(), firings.before, firings.after))
            .collect(),
        levels: found
            .levels
            .iter()
            .rev()
            .map(|((before, after), count)| (before.label(lang), after.label(lang), *count))
            .collect(),
        lowered: found
            .lowered
            .iter()
            .map(|one| LoweredRow {
                reference: one.reference.clone(),
                received: Shown::new(one.received_at, zone),
                before: said(one.before.level, &one.before.rules),
                after: said(one.after.level, &one.after.rules),
                worth_it: one.was_worth_it,
            })
            .collect(),
    }
}

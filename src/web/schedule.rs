//! The follow-up schedule of a product: its versions, a form for the next one, a preview.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::Form;
use super::local_time::Shown;
use super::patient::id;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::entry;
use crate::domain::schedule::edit::{TypedSchedule, TypedTiming, read_time};
use crate::domain::schedule::{CheckInCode, MomentKind, Schedule};
use crate::domain::{Codelist, Day, Language, ProductId, Timestamp, Zone};
use crate::i18n::moments::moment;
use crate::i18n::registry::registry;
use crate::i18n::schedule::{ScheduleText, schedule as text};
use crate::registry::schedule::{NotKept, change_schedule, in_force};
use crate::store::products::{self, Product};
use crate::store::schedules::{self, TAKEN_OVER, Version};
use crate::store::{self, Connection, sites};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/admin/products/{id}/schedule", Access::Installation, show),
        Route::post("/admin/products/{id}/schedule", Access::Installation, post),
    ]
}

struct Line {
    code: &'static str,
    name: &'static str,
    asked: bool,
    opens: String,
    due: String,
    reminders: String,
    closes: String,
}

struct PreviewLine {
    code: &'static str,
    prompt: String,
    reminders: Vec<String>,
    closes: String,
}

struct VersionLine {
    version: i32,
    made: Shown,
    who: String,
    reason: String,
    infusions: i64,
}

#[derive(Template)]
#[template(path = "admin/schedule.html")]
struct SchedulePage {
    chrome: Chrome,
    t: &'static ScheduleText,
    products: &'static str,
    product: String,
    id: ProductId,
    number: i32,
    saved: bool,
    problems: Vec<String>,
    lines: Vec<Line>,
    quiet_from: String,
    quiet_until: String,
    day: String,
    time: String,
    zone: String,
    reason: String,
    preview: Vec<PreviewLine>,
    versions: Vec<VersionLine>,
}

/// What the page knows without what was typed.
struct Known {
    product: Product,
    number: i32,
    in_force: Schedule,
    versions: Vec<Version>,
    zone: Zone,
}

fn known(conn: &mut Connection, id: ProductId) -> store::Result<Option<Known>> {
    let Some(product) = products::get(conn, id)? else { return Ok(None) };
    // Products belong to no clinic: the first one's clock is as good as any to begin with.
    let zone = sites::all(conn)?.into_iter().next().map_or_else(Zone::utc, |site| site.time_zone);
    Ok(Some(Known {
        number: schedules::newest_number(conn, id)?,
        in_force: in_force(conn, &product)?,
        versions: schedules::versions(conn, id)?,
        product,
        zone,
    }))
}

/// What was typed beside the schedule.
#[derive(Clone)]
struct Typed {
    schedule: TypedSchedule,
    version: String,
    day: String,
    time: String,
    zone: String,
    reason: String,
}

impl Typed {
    fn of(known: &Known, schedule: &Schedule, now: Timestamp) -> Self {
        Self {
            schedule: TypedSchedule::of(schedule),
            version: known.number.to_string(),
            day: now.day(known.zone.jiff()).to_string(),
            time: "10:00".to_owned(),
            zone: known.zone.to_string(),
            reason: String::new(),
        }
    }

    fn read(form: &HashMap<String, String>) -> Self {
        let get = |name: &str| form.get(name).cloned().unwrap_or_default();
        let timings = CheckInCode::ALL
            .iter()
            .filter(|code| code.is_scheduled())
            .map(|code| {
                let part = |part: &str| get(&format!("{}.{part}", code.code()));
                TypedTiming {
                    code: *code,
                    asked: part("asked") == "yes",
                    opens: part("opens"),
                    due: part("due"),
                    reminders: part("reminders"),
                    closes: part("closes"),
                }
            })
            .collect();
        Self {
            schedule: TypedSchedule {
                timings,
                quiet_from: get("quiet_from"),
                quiet_until: get("quiet_until"),
            },
            version: get("version"),
            day: get("day"),
            time: get("time"),
            zone: get("zone"),
            reason: get("reason"),
        }
    }

    /// When the infusion of the preview ended, and where; none when that cannot be read.
    fn preview_at(&self) -> Option<(Timestamp, Zone)> {
        let zone = Zone::parse(&self.zone).ok()?;
        let day: Day = self.day.parse().ok()?;
        let wall = day.date().to_datetime(read_time(&self.time)?);
        let at = zone.jiff().to_ambiguous_timestamp(wall).compatible().ok()?;
        Some((Timestamp::new(at), zone))
    }
}

fn preview_lines(
    t: &ScheduleText,
    lang: Language,
    schedule: &Schedule,
    (t0, zone): (Timestamp, &Zone),
) -> Vec<PreviewLine> {
    schedule
        .plan(t0)
        .iter()
        .map(|planned| {
            let moments = planned.moments(zone, schedule.quiet());
            let at = |kind| {
                moments
                    .iter()
                    .filter(move |moment| moment.kind == kind)
                    .map(|one| moment(one.at, zone, lang))
            };
            let prompt = at(MomentKind::Prompt).next();
            PreviewLine {
                code: planned.code.code(),
                prompt: prompt.unwrap_or_else(|| t.at_night.to_owned()),
                reminders: at(MomentKind::Reminder).collect(),
                closes: moment(planned.closes_at, zone, lang),
            }
        })
        .collect()
}

fn draw(
    chrome: Chrome,
    known: Known,
    typed: Typed,
    mut problems: Vec<String>,
    saved: bool,
) -> Result<Response, PageError> {
    let (lang, t) = (chrome.lang, text(chrome.lang));
    let preview = match (typed.schedule.read(), typed.preview_at()) {
        (Ok(schedule), Some((t0, zone))) => preview_lines(t, lang, &schedule, (t0, &zone)),
        (_, None) => {
            problems.push(t.preview_bad.to_owned());
            Vec::new()
        }
        _ => Vec::new(),
    };
    let lines = typed.schedule.timings.into_iter().map(|line| Line {
        code: line.code.code(),
        name: t.name(line.code),
        asked: line.asked,
        opens: line.opens,
        due: line.due,
        reminders: line.reminders,
        closes: line.closes,
    });
    let versions = known.versions.into_iter().map(|one| VersionLine {
        version: one.version,
        made: Shown::new(one.made_at, &known.zone),
        reason: match one.made_by {
            None if one.reason == TAKEN_OVER => t.taken_over.to_owned(),
            _ => one.reason,
        },
        who: one.made_by.unwrap_or_else(|| t.program.to_owned()),
        infusions: one.infusions,
    });
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SchedulePage {
        t,
        products: registry(lang).products,
        product: known.product.name,
        id: known.product.id,
        number: known.number,
        saved,
        problems,
        lines: lines.collect(),
        quiet_from: typed.schedule.quiet_from,
        quiet_until: typed.schedule.quiet_until,
        day: typed.day,
        time: typed.time,
        zone: typed.zone,
        reason: typed.reason,
        preview,
        versions: versions.collect(),
        chrome,
    };
    Ok((status, Html(page.render()?)).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    version: String,
    saved: String,
}

async fn show(
    State(app): State<App>,
    chrome: Chrome,
    Path(path): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let (id, now): (ProductId, _) = (id(&path)?, app.now());
    let number: Option<i32> = wanted.version.parse().ok();
    let (known, older) = app
        .db
        .read(move |conn| {
            let older = match number {
                Some(number) => schedules::by_number(conn, id, number)?,
                None => None,
            };
            Ok::<_, store::Error>((known(conn, id)?, older))
        })
        .await?;
    let known = known.ok_or(PageError::NotFound)?;
    if !wanted.version.is_empty() && older.is_none() {
        return Err(PageError::NotFound);
    }
    let typed = Typed::of(&known, older.as_ref().unwrap_or(&known.in_force), now);
    draw(chrome, known, typed, Vec::new(), wanted.saved == "yes")
}

async fn post(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, PageError> {
    let (id, now, t): (ProductId, _, _) = (id(&path)?, app.now(), text(chrome.lang));
    let known = app.db.read(move |conn| known(conn, id)).await?.ok_or(PageError::NotFound)?;
    let typed = Typed::read(&form);
    let read = typed.schedule.read();
    let mut problems: Vec<String> = match &read {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.iter().map(|problem| t.problem(problem)).collect(),
    };
    if form.get("go").map(String::as_str) != Some("save") {
        return draw(chrome, known, typed, problems, false);
    }
    let reason = entry::line(&typed.reason);
    if reason.is_err() {
        problems.push(t.needs_reason.to_owned());
    }
    let (Ok(schedule), Ok(reason)) = (read, reason) else {
        return draw(chrome, known, typed, problems, false);
    };
    let (product, number) = (known.product.clone(), super::entry_page::version(&typed.version));
    let outcome = app
        .db
        .write(move |conn| {
            change_schedule(conn, now, &signed.actor(), (&product, number), (&schedule, &reason))
        })
        .await;
    let problem = match outcome {
        Ok(_) => {
            let url = format!("/admin/products/{id}/schedule?saved=yes");
            return Ok(Redirect::to(&url).into_response());
        }
        Err(NotKept::Changed) => t.changed,
        Err(NotKept::Same) => t.same,
        Err(NotKept::Store(error)) => return Err(error.into()),
    };
    draw(chrome, known, typed, vec![problem.to_owned()], false)
}

//! What a night came to: every figure from the rows, at any time.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::line::Lines;
use super::{Found, find};
use crate::demo::night::figures::{Debrief, Kept, TaskFigures};
use crate::domain::Timestamp;
use crate::i18n::labels::Label;
use crate::i18n::night::{NightText, night as words};
use crate::i18n::schedule;
use crate::store::outbox::Balance;
use crate::web::local_time::Shown;
use crate::web::page::page;
use crate::web::queue::level_class;
use crate::web::{App, Chrome, PageError, Signed};

/// One task against its targets, in words.
struct TaskCard {
    url: String,
    title: String,
    class: &'static str,
    level: &'static str,
    facts: Vec<(&'static str, String)>,
    otherwise: String,
}

/// A report that called for nobody.
struct Quiet {
    title: String,
    told: String,
    why: String,
}

struct Shows {
    title: String,
    now: Shown,
    is_on: bool,
    cards: Vec<TaskCard>,
    quiet: Vec<Quiet>,
    undone: Vec<(String, String)>,
    missed: Vec<String>,
    mails: Balance,
    planned: usize,
    is_balanced: bool,
    sum: String,
}

#[derive(Template)]
#[template(path = "demo/debrief.html")]
struct DebriefPage {
    chrome: Chrome,
    t: &'static NightText,
    shows: Option<Shows>,
}

pub(in crate::web::demo) async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let (t, now) = (words(chrome.lang), app.now());
    let (_, found) = find(&app, &signed.scope).await?;
    let shows = found.map(|found| {
        let lines = Lines { lang: chrome.lang, t, found: &found };
        shown(&found, &lines, now)
    });
    page(&DebriefPage { chrome, t, shows })
}

fn shown(found: &Found, lines: &Lines<'_>, now: Timestamp) -> Shows {
    let (night, t) = (&found.night, lines.t);
    // After the morning it is measured up to the morning's end only by what was done.
    let debrief = Debrief::of(&found.record, now, night.ends_at);
    let undone = debrief.tasks.iter().filter_map(|task| {
        let what = match () {
            () if task.is_untaken() => t.not_taken_by_anybody,
            () if task.is_unreached() => t.not_reached,
            () if task.is_unclosed() => t.not_closed,
            () => return None,
        };
        Some((task_title(lines, task), what.to_owned()))
    });
    let schedule = schedule::schedule(lines.lang);
    let missed = debrief.missed.iter();
    Shows {
        title: t.of(night.number),
        now: Shown::new(now, &found.zone),
        is_on: night.is_on(now),
        cards: debrief.tasks.iter().map(|task| card(found, lines, task)).collect(),
        quiet: debrief
            .quiet
            .iter()
            .map(|report| Quiet {
                title: format!(
                    "{} · {}",
                    lines.code(report.patient),
                    Shown::new(report.received_at, &found.zone).local
                ),
                told: lines.told(report),
                why: t.why_quiet(&report.rule_set, report.rule_set_version),
            })
            .collect(),
        undone: undone.collect(),
        missed: missed
            .map(|one| t.missed(lines.code(one.patient), schedule.name(one.code)))
            .collect(),
        is_balanced: i64::try_from(debrief.mails_planned) == Ok(debrief.mails.planned()),
        sum: t.sum(debrief.mails_planned, &figures(debrief.mails)),
        mails: debrief.mails,
        planned: debrief.mails_planned,
    }
}

const fn figures(of: Balance) -> [i64; 5] {
    [of.accepted, of.cancelled, of.failed, of.bounced, of.waiting]
}

fn task_title(lines: &Lines<'_>, task: &TaskFigures) -> String {
    let what = task.task.kind.label(lines.lang);
    format!(
        "{} · {} · {what}",
        lines.t.task_number(task.task.number),
        lines.code(task.task.patient_id)
    )
}

fn card(found: &Found, lines: &Lines<'_>, of: &TaskFigures) -> TaskCard {
    let (t, zone) = (lines.t, &found.zone);
    let clock = |at: Timestamp| at.at(zone.jiff()).strftime("%m-%d %H:%M").to_string();
    let kept = |kept: &Kept| match *kept {
        Kept::InTime(at) => t.in_time(&clock(at)),
        Kept::Late(at, min) => t.late(&clock(at), min),
        Kept::Overdue(min) => t.overdue(min),
        Kept::Waiting(by) => t.waiting(&clock(by)),
    };
    let told = match of.first_told_at {
        Some(at) => t.told_first(&clock(at), of.people_told),
        None => t.nobody_told.to_owned(),
    };
    let climbed = match of.highest {
        Some(audience) => t.climbed(of.steps_done, audience.label(lines.lang)),
        None => t.no_step.to_owned(),
    };
    let mut facts = vec![
        (t.opened, clock(of.task.opened_at)),
        (t.raised, clock(of.task.raised_at)),
        (t.first_told, told),
        (t.climb, climbed),
    ];
    facts.extend(of.taken.as_ref().map(|one| (t.taken, kept(one))));
    if of.taken.is_none() {
        let taken = of.task.acknowledged_at.map_or(t.not_yet.to_owned(), clock);
        facts.push((t.taken, taken));
    }
    let reached = of.reached.as_ref().map_or(t.closed_unreached.to_owned(), kept);
    facts.push((t.reached, reached));
    let outcome = of.task.outcome.map(|outcome| outcome.label(lines.lang));
    let closed = of.task.closed_at.map_or(t.not_yet.to_owned(), |at| match outcome {
        Some(outcome) => format!("{} · {outcome}", clock(at)),
        None => clock(at),
    });
    facts.push((t.closed, closed));
    let otherwise = match &of.otherwise {
        None if of.is_untaken() => t.nobody_acted.to_owned(),
        None => t.nothing_spared.to_owned(),
        Some(otherwise) => {
            let spared = otherwise.spared.iter();
            let spared: Vec<String> = spared
                .map(|(audience, at)| format!("{} {}", clock(*at), audience.label(lines.lang)))
                .collect();
            t.otherwise(&spared, otherwise.rounds)
        }
    };
    TaskCard {
        url: format!("/tasks/{}", of.task.id),
        title: task_title(lines, of),
        class: level_class(of.task.level),
        level: of.task.level.label(lines.lang),
        facts,
        otherwise,
    }
}

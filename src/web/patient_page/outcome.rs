//! What came of a report: what to do now, who reads it and by when, how far they are.

use askama::Template;

use super::frame::Frame;
use crate::domain::task::TaskKind;
use crate::domain::{Actor, Codelist, Language, Level, ReportId, Scope, Timestamp};
use crate::follow_up;
use crate::i18n::labels::Label;
use crate::i18n::moments::moment;
use crate::intake::{self, Status};
use crate::store::visits::{Place, SentReport};
use crate::store::{Connection, Result, audit, episodes, reports, tasks};
use crate::web::Chrome;

/// Minutes until a mail that reached the wrong person is looked into: a day, as SOON
/// (REFERENCE §4.2).
const WRONG_PERSON_MIN: u32 = 24 * 60;

/// Minutes until somebody asks a patient why the mails were stopped: three days, as ROUTINE.
const STOPPED_MIN: u32 = 72 * 60;

/// The result of a report.
#[derive(Template)]
#[template(path = "p/done.html")]
pub struct DonePage {
    /// The frame of every page.
    pub chrome: Chrome,
    /// The frame of patient pages.
    pub frame: Frame,
    /// The class of the advice box.
    pub level_class: &'static str,
    /// Whether both phone numbers stand in the box.
    pub emergency: bool,
    /// What to do now.
    pub advice: Vec<String>,
    /// Reference, times, who reads it.
    pub facts: Vec<(&'static str, String)>,
    /// Staff only: why it has this level.
    pub reasons: Vec<String>,
    /// Where to go on.
    pub links: Vec<(String, &'static str)>,
    /// Where a correction begins.
    pub correct: Option<String>,
}

/// Everything the result page tells of a report.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The report.
    pub sent: SentReport,
    /// How soon a person must act.
    pub level: Level,
    /// What to do now, one paragraph each.
    pub advice: Vec<String>,
    /// How far the clinic is.
    pub status: Option<Status>,
    /// When the patient is asked next.
    pub next: Option<Timestamp>,
    /// The rules that fired, with their names.
    pub reasons: Vec<String>,
}

/// Reads what came of a report.
pub fn outcome(
    conn: &mut Connection,
    now: Timestamp,
    place: &Place,
    sent: SentReport,
    lang: Language,
) -> Result<Outcome> {
    let level = reports::progress(conn, sent.id)?.map_or(Level::Urgent, |found| found.level);
    let advice = intake::advice_for(conn, now, sent.id, lang)?.unwrap_or_default();
    let status = intake::status(conn, sent.id)?;
    let episode = episodes::find(conn, &Scope::of([place.site]), place.infusion)?;
    let next = match episode {
        Some(episode) => follow_up::next_check_in(conn, now, &episode)?.map(|(_, at)| at),
        None => None,
    };
    let reasons = reasons(conn, sent.id, lang)?;
    Ok(Outcome { sent, level, advice, status, next, reasons })
}

fn reasons(conn: &mut Connection, report: ReportId, lang: Language) -> Result<Vec<String>> {
    let Some(replay) = intake::replay(conn, report)? else { return Ok(Vec::new()) };
    let fired = replay.assessment.fired.iter();
    Ok(fired
        .map(|fired| match replay.set.rule(&fired.rule) {
            Some(rule) => format!("{} {}", fired.rule, rule.name.get(lang)),
            None => fired.rule.clone(),
        })
        .collect())
}

/// "read by a nurse at …; we tried to reach you at …; we will ring you before …".
#[must_use]
pub fn status_line(status: &Status, place: &Place, frame: &Frame) -> String {
    let lang = frame.t.lang();
    let mut parts = Vec::new();
    let read = status.read_at.or(status.done_at);
    match read {
        Some(at) => parts.push(frame.t.read_at(&moment(at, &place.zone, lang))),
        None => parts.push(frame.r.status_received.to_owned()),
    }
    if let Some(at) = status.rang_at {
        parts.push(frame.t.rang_at(&moment(at, &place.zone, lang)));
    } else if let Some(at) = status.tried_at {
        parts.push(frame.t.tried_at(&moment(at, &place.zone, lang)));
    }
    if let Some(before) = status.rings_before {
        parts.push(frame.t.ring_before(&moment(before, &place.zone, lang)));
    }
    parts.join(if lang == Language::En { "; " } else { "；" })
}

impl DonePage {
    /// The page of an outcome.
    #[must_use]
    pub fn new(chrome: Chrome, frame: Frame, place: &Place, outcome: &Outcome) -> Self {
        let lang = chrome.lang;
        let (t, r) = (frame.t, frame.r);
        let at = |time| moment(time, &place.zone, lang);
        let mut facts = vec![
            (r.reference, outcome.sent.reference.clone()),
            (r.received, at(outcome.sent.received_at)),
        ];
        if frame.by_staff {
            facts.push((r.staff_level, outcome.level.label(lang).to_owned()));
        }
        facts.push((r.who_reads, t.reader(outcome.level).to_owned()));
        if let Some(status) = outcome.status.as_ref().filter(|_| outcome.level > Level::None) {
            facts.push((r.status, status_line(status, place, &frame)));
        }
        if let Some(next) = outcome.next {
            facts.push((r.next_check_in, at(next)));
        }
        let advice = if outcome.advice.is_empty() {
            vec![r.unevaluated.to_owned()]
        } else {
            outcome.advice.clone()
        };
        Self {
            level_class: level_class(outcome.level),
            emergency: outcome.level >= Level::Urgent,
            advice,
            facts,
            reasons: if frame.by_staff { outcome.reasons.clone() } else { Vec::new() },
            links: Vec::new(),
            correct: None,
            chrome,
            frame,
        }
    }
}

const fn level_class(level: Level) -> &'static str {
    match level {
        Level::None => "level-none",
        Level::Routine => "level-routine",
        Level::Soon => "level-soon",
        Level::Urgent => "level-urgent",
        Level::Emergency => "level-emergency",
    }
}

/// Tells the clinic that a link's mails reach the wrong person. Told twice, it is one task.
pub fn not_this_person(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    place: &Place,
) -> Result<()> {
    let what = (TaskKind::NotThisPerson, Level::Soon, WRONG_PERSON_MIN);
    tell_the_nurse(conn, now, actor, place, what)
}

/// Tells the clinic that the patient stopped the mails: nobody asks them any more, so a
/// person has to know. Told twice, it is one task.
pub fn prompts_stopped(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    place: &Place,
) -> Result<()> {
    let what = (TaskKind::PromptsStopped, Level::Routine, STOPPED_MIN);
    tell_the_nurse(conn, now, actor, place, what)
}

fn tell_the_nurse(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    place: &Place,
    (kind, level, contact_min): (TaskKind, Level, u32),
) -> Result<()> {
    if tasks::open(conn, place.infusion, kind)?.is_some() {
        return Ok(());
    }
    let need = tasks::Need {
        site: place.site,
        patient: place.patient,
        infusion: place.infusion,
        kind,
        level,
        acknowledge_min: None,
        contact_min,
        report: None,
    };
    let raised = tasks::open_or_raise(conn, now, &need)?;
    audit::append(
        conn,
        now,
        actor,
        Some(place.site),
        "task.opened",
        ("task", &raised.task),
        &serde_json::json!({ "kind": kind.code(), "level": level.code() }),
    )
}

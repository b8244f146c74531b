//! One row: enough to decide without opening the task.

use super::level_class;
use super::reason::{Reason, reasons};
use crate::domain::comparison::Change;
use crate::domain::grading::SymptomCode;
use crate::domain::task::Deadline;
use crate::domain::{Codelist, Language, Permission, Timestamp, Zone};
use crate::i18n::labels::Label;
use crate::i18n::queue::queue;
use crate::store::queue::Entry;
use crate::web::Signed;

/// Reasons that a row spells out.
const REASONS: usize = 3;

/// A row of open tasks, worded.
#[expect(clippy::struct_excessive_bools, reason = "the template asks each by its name")]
pub(super) struct Row {
    pub id: String,
    pub number: i64,
    pub version: i32,
    pub seen: String,
    /// Differs when anything that the row shows has changed.
    pub mark: String,
    pub class: &'static str,
    pub level: &'static str,
    pub clock: String,
    pub is_overdue: bool,
    pub deadline: String,
    pub reasons: Vec<Reason>,
    pub more: Option<String>,
    pub patient: String,
    pub name: Option<String>,
    pub infusion: String,
    pub source: Option<String>,
    pub is_unfinished: bool,
    pub since: &'static str,
    pub changes: Vec<(&'static str, String)>,
    pub kind: &'static str,
    pub site: Option<String>,
    pub owner: String,
    pub next_try: Option<String>,
    pub phone: Option<Phone>,
    pub may_take: bool,
    pub is_others: bool,
}

/// A number that a telephone can call.
pub(in crate::web) struct Phone {
    pub shown: String,
    pub dialled: String,
}

impl Row {
    pub fn new(
        signed: &Signed,
        lang: Language,
        now: Timestamp,
        entry: Entry,
        several_sites: bool,
    ) -> Self {
        let t = queue(lang);
        let task = &entry.task;
        let standing = task.standing(0);
        let deadline = standing.deadline();
        let mut worded = reasons(lang, task.kind, task.level, &entry.flags);
        let left_out = worded.len().saturating_sub(REASONS);
        worded.truncate(REASONS);
        let is_mine = task.owner_id == Some(signed.person.id);
        let owner = match (&entry.owner, is_mine) {
            (_, true) => t.you_have_it.to_owned(),
            (Some(name), false) => t.owned_by(name),
            (None, false) => t.nobody_has_it.to_owned(),
        };
        Self {
            id: task.id.to_string(),
            number: task.number,
            version: task.version,
            seen: entry.seen.map(|seen| seen.to_string()).unwrap_or_default(),
            mark: mark(&entry),
            class: level_class(task.level),
            level: task.level.label(lang),
            clock: t.clock(deadline, now),
            is_overdue: deadline.is_overdue(now),
            deadline: moment(deadline_at(deadline), &entry.zone),
            reasons: worded,
            more: (left_out > 0).then(|| t.more_reasons(left_out)),
            infusion: infusion_sentence(lang, now, &entry),
            source: entry.latest.as_ref().map(|latest| {
                let ago = t.ago(now.since(latest.received_at));
                format!("{}{}{ago}", latest.source.label(lang), t.separator())
            }),
            is_unfinished: entry.is_unfinished,
            since: t.since_last(entry.has_previous),
            changes: changes(lang, &entry),
            kind: task.kind.label(lang),
            site: several_sites.then(|| entry.site_code.clone()),
            owner,
            next_try: task.next_try_at.map(|at| t.next_try(&soon(at, now, &entry.zone))),
            phone: entry.contact.as_ref().and_then(|contact| contact.phone.as_deref()).map(phone),
            may_take: signed.may(Permission::WorkTasks, task.site_id)
                && (!is_mine || standing.acknowledged.is_none()),
            is_others: task.owner_id.is_some() && !is_mine,
            name: entry.contact.map(|contact| contact.name),
            patient: entry.patient_code,
        }
    }
}

fn mark(entry: &Entry) -> String {
    let seen = entry.seen.map(|seen| seen.to_string()).unwrap_or_default();
    format!("{}-{}-{seen}", entry.task.version, entry.flags.len())
}

const fn deadline_at(deadline: Deadline) -> Timestamp {
    match deadline {
        Deadline::Take(at)
        | Deadline::Contact(at)
        | Deadline::Review(at)
        | Deadline::Reached(at) => at,
    }
}

fn changes(lang: Language, entry: &Entry) -> Vec<(&'static str, String)> {
    let t = queue(lang);
    if entry.latest.is_none() {
        return Vec::new();
    }
    let mut worded: Vec<(&'static str, String)> = entry
        .changes
        .iter()
        .filter(|(_, change)| !entry.has_previous || !matches!(change, Change::Same { .. }))
        .map(|(code, change)| {
            let name = SymptomCode::from_code(code).map_or(code.as_str(), |code| code.label(lang));
            let class = match change {
                Change::Worse { .. } => "worse",
                Change::Better { .. } | Change::Gone { .. } => "better",
                Change::New { .. } if entry.has_previous => "worse",
                Change::New { .. } | Change::Same { .. } => "",
            };
            (class, t.change(name, *change, entry.has_previous))
        })
        .collect();
    if worded.is_empty() {
        worded.push(("", if entry.has_previous { t.unchanged } else { t.no_symptom }.to_owned()));
    }
    worded
}

/// Which infusion of which course, how long ago, from which lot.
pub(in crate::web) fn infusion_sentence(lang: Language, now: Timestamp, entry: &Entry) -> String {
    let zone = entry.zone.jiff();
    let days = now.day(zone).days_since(entry.t0.day(zone));
    let hours = now.since(entry.t0).as_hours();
    queue(lang).infusion(entry.number_in_course, entry.phase, days, hours, &entry.lot_number)
}

/// An instant on the clinic's wall clock, to the minute.
fn moment(at: Timestamp, zone: &Zone) -> String {
    at.at(zone.jiff()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The time alone when it is on the same day.
fn soon(at: Timestamp, now: Timestamp, zone: &Zone) -> String {
    if at.day(zone.jiff()) == now.day(zone.jiff()) {
        at.at(zone.jiff()).strftime("%H:%M").to_string()
    } else {
        moment(at, zone)
    }
}

/// The number as it is written and as it is dialled.
pub(in crate::web) fn phone(number: &str) -> Phone {
    let dialled = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    Phone { shown: number.to_owned(), dialled }
}

/// A row of closed tasks, worded.
pub(super) struct ClosedRow {
    pub id: String,
    pub number: i64,
    pub class: &'static str,
    pub level: &'static str,
    pub patient: String,
    pub name: Option<String>,
    pub reasons: Vec<Reason>,
    pub closed_at: String,
    pub closer: Option<String>,
    pub outcome: &'static str,
    pub worth: &'static str,
}

impl ClosedRow {
    pub fn new(lang: Language, entry: Entry) -> Self {
        let task = &entry.task;
        let mut worded = reasons(lang, task.kind, task.level, &entry.flags);
        worded.truncate(REASONS);
        Self {
            id: task.id.to_string(),
            number: task.number,
            class: level_class(task.level),
            level: task.level.label(lang),
            reasons: worded,
            closed_at: task.closed_at.map(|at| moment(at, &entry.zone)).unwrap_or_default(),
            closer: entry.closer,
            outcome: task.outcome.map(|outcome| outcome.label(lang)).unwrap_or_default(),
            worth: task.worth_a_flag.map_or("–", |worth| worth.label(lang)),
            name: entry.contact.map(|contact| contact.name),
            patient: entry.patient_code,
        }
    }
}

//! Events: what several reports tell of one reaction, as one row.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::domain::episode::{Mention, episodes};
use crate::domain::registry::ReportSource;
use crate::domain::task::Outcome;
use crate::domain::{InfusionId, Level, Timestamp};
use crate::store::chosen::Infused;
use crate::store::line_listing::{StaffGraded, Told};

/// Whether a reaction was over when it was last told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It was.
    Resolved,
    /// It was not.
    Ongoing,
    /// Not recorded (a diagnosis by staff).
    Unknown,
}

/// One reaction after one infusion.
#[derive(Debug, Clone)]
pub struct Event {
    /// Position of the infusion in its slice.
    pub infusion: usize,
    /// Code of the term.
    pub term: String,
    /// The words of each report that used its own.
    pub words: Vec<String>,
    /// There before the infusion and unchanged: no reaction, listed for completeness.
    pub known_before: bool,
    /// Hours after `T0`; the earliest told.
    pub onset_h: Option<Decimal>,
    /// Hours, as last told.
    pub duration_h: Option<Decimal>,
    pub course: Course,
    /// The worst derived grade.
    pub derived: Option<i32>,
    /// The worst grade that staff gave.
    pub confirmed: Option<i32>,
    /// The worst of the grades that count; of one report staff's wins.
    pub worst: Option<i32>,
    /// Versions of CTCAE or the scale of the grades.
    pub versions: BTreeSet<String>,
    /// The highest urgency among its reports; none for a diagnosis by staff.
    pub level: Option<Level>,
    pub rules: BTreeSet<String>,
    /// Who told of it first; none for a diagnosis by staff.
    pub source: Option<ReportSource>,
    /// References of its reports, in the order of receipt.
    pub references: Vec<String>,
    /// Receipt of the first report, or the time of staff's grade.
    pub first_at: Timestamp,
    /// Receipt of the last one.
    pub last_at: Timestamp,
    /// Number and outcome of the last task that it led to.
    pub task: Option<(i64, Option<Outcome>)>,
}

/// The events of a slice: by infusion, then by first receipt.
#[must_use]
pub fn events(infused: &[Infused], told: &[Told], graded: &[StaffGraded]) -> Vec<Event> {
    let places: BTreeMap<InfusionId, usize> =
        infused.iter().enumerate().map(|(place, row)| (row.infusion, place)).collect();
    let mut by_term: BTreeMap<(usize, &str, bool), Vec<&Told>> = BTreeMap::new();
    for row in told.iter().filter(|row| is_listed(row)) {
        let Some(place) = places.get(&row.infusion) else { continue };
        let known_before = row.preexisting && row.derived.is_none() && row.confirmed.is_none();
        by_term.entry((*place, &row.term, known_before)).or_default().push(row);
    }
    let mut events = Vec::new();
    for ((place, term, known_before), rows) in by_term {
        let t0 = infused[place].t0;
        let mentions: Vec<Mention> = rows
            .iter()
            .map(|row| Mention {
                said_h: row.received_at.hours_since(t0),
                onset_h: row.onset_h,
                resolved_h_ago: row.resolved_h_ago,
            })
            .collect();
        for episode in episodes(&mentions) {
            let rows: Vec<&Told> = episode.into_iter().map(|index| rows[index]).collect();
            events.extend(event(place, term, known_before, &rows));
        }
    }
    events
        .extend(graded.iter().filter_map(|row| Some(diagnosis(*places.get(&row.infusion)?, row))));
    events
        .sort_by(|a, b| (a.infusion, a.first_at, &a.term).cmp(&(b.infusion, b.first_at, &b.term)));
    events
}

/// Graded as absent by the answers and by nobody otherwise: nothing happened. A reaction that
/// staff lowered to 0 stays in the list, because it must be seen who did that.
fn is_listed(row: &Told) -> bool {
    !(row.derived == Some(0) && row.confirmed.is_none_or(|grade| grade == 0))
}

fn event(infusion: usize, term: &str, known_before: bool, rows: &[&Told]) -> Option<Event> {
    let (first, last) = (rows.first()?, rows.last()?);
    let mut words: Vec<String> = Vec::new();
    for text in rows.iter().filter_map(|row| row.words.as_ref()) {
        if !words.contains(text) {
            words.push(text.clone());
        }
    }
    Some(Event {
        infusion,
        term: term.to_owned(),
        words,
        known_before,
        onset_h: rows.iter().filter_map(|row| row.onset_h).min(),
        duration_h: rows.iter().rev().find_map(|row| row.duration_h),
        course: if last.resolved_h_ago.is_some() { Course::Resolved } else { Course::Ongoing },
        derived: rows.iter().filter_map(|row| row.derived).max(),
        confirmed: rows.iter().filter_map(|row| row.confirmed).max(),
        worst: rows.iter().filter_map(|row| row.confirmed.or(row.derived)).max(),
        versions: rows.iter().map(|row| row.ctcae_version.clone()).collect(),
        level: rows.iter().map(|row| row.level).max(),
        rules: rows.iter().flat_map(|row| row.rules.clone()).collect(),
        source: Some(first.source),
        references: rows.iter().map(|row| row.reference.clone()).collect(),
        first_at: first.received_at,
        last_at: last.received_at,
        task: rows.iter().rev().find_map(|row| row.task),
    })
}

fn diagnosis(infusion: usize, row: &StaffGraded) -> Event {
    Event {
        infusion,
        term: row.term.clone(),
        words: Vec::new(),
        known_before: false,
        onset_h: None,
        duration_h: None,
        course: Course::Unknown,
        derived: None,
        confirmed: Some(row.grade),
        worst: Some(row.grade),
        versions: BTreeSet::from([row
            .scale
            .strip_prefix("ctcae_")
            .unwrap_or(&row.scale)
            .to_owned()]),
        level: None,
        rules: BTreeSet::new(),
        source: None,
        references: Vec::new(),
        first_at: row.graded_at,
        last_at: row.graded_at,
        task: None,
    }
}

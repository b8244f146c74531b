//! The lines of an infusion's page.

use crate::domain::grading::StaffTerm;
use crate::domain::{Codelist, Language, Timestamp, Zone};
use crate::i18n::labels::Label;
use crate::i18n::registry::fields::label;
use crate::i18n::registry::{RegistryText, registry};
use crate::store::infusions::{Infusion, Observation};
use crate::store::record::{CheckIn, LinkState, Report, StaffGrade};
use crate::web::local_time::Shown;
use crate::web::patient::timeline::{level_class, measured};

pub(super) struct Seen {
    pub(super) at: Shown,
    pub(super) measured: String,
    pub(super) note: Option<String>,
}

pub(super) struct CheckInLine {
    pub(super) code: &'static str,
    pub(super) due: Shown,
    pub(super) closes: Shown,
    pub(super) state: &'static str,
}

pub(super) struct ReportLine {
    pub(super) at: Shown,
    pub(super) reference: String,
    pub(super) class: String,
    pub(super) level: &'static str,
    pub(super) source: &'static str,
    pub(super) url: String,
}

pub(super) struct LinkLine {
    pub(super) issued: Shown,
    pub(super) ends: Shown,
    pub(super) state: &'static str,
}

pub(super) struct GradeLine {
    pub(super) term: String,
    pub(super) grade: i32,
    pub(super) scale: String,
    pub(super) at: Shown,
    pub(super) staff: String,
    pub(super) reason: Option<String>,
}

pub(super) fn facts(
    lang: Language,
    infusion: &Infusion,
    zone: &Zone,
) -> Vec<(&'static str, String)> {
    let t = registry(lang);
    let shown = |at: Timestamp| Shown::new(at, zone).local;
    let ended = infusion.ended_at.map_or_else(|| t.end_unknown.to_owned(), shown);
    let mut facts =
        vec![(t.started, shown(infusion.started_at)), (t.ended, ended), (t.t0, shown(infusion.t0))];
    let dose = infusion.dose_cells_millions.map(|dose| dose.to_string());
    facts.extend(dose.map(|dose| (label(lang, "dose_cells_millions"), dose)));
    facts.push((label(lang, "route"), infusion.route.label(lang).to_owned()));
    let given = infusion.premedication.clone();
    facts.extend(given.map(|given| (label(lang, "premedication"), given)));
    facts.extend(infusion.notes.clone().map(|notes| (label(lang, "notes"), notes)));
    facts.push((t.recorded, shown(infusion.recorded_at)));
    facts
}

pub(super) fn check_in_lines(lang: Language, all: &[CheckIn], zone: &Zone) -> Vec<CheckInLine> {
    all.iter()
        .map(|check_in| CheckInLine {
            code: check_in.code.code(),
            due: Shown::new(check_in.due_at, zone),
            closes: Shown::new(check_in.closes_at, zone),
            state: check_in.state.label(lang),
        })
        .collect()
}

/// Only who may open tasks gets links to them.
pub(super) fn report_lines(
    lang: Language,
    all: &[Report],
    zone: &Zone,
    opens_tasks: bool,
) -> Vec<ReportLine> {
    all.iter()
        .rev()
        .map(|report| ReportLine {
            at: Shown::new(report.received_at, zone),
            reference: report.reference.clone(),
            class: level_class(report.level),
            level: report.level.label(lang),
            source: report.source.label(lang),
            url: report
                .task_id
                .filter(|_| opens_tasks)
                .map(|task| format!("/tasks/{task}"))
                .unwrap_or_default(),
        })
        .collect()
}

pub(super) fn link_line(
    t: &'static RegistryText,
    link: &LinkState,
    zone: &Zone,
    now: Timestamp,
) -> LinkLine {
    let state = if link.revoked_at.is_some() {
        t.link_revoked
    } else if link.expires_at <= now {
        t.link_expired
    } else {
        t.link_valid
    };
    let ends = link.revoked_at.unwrap_or(link.expires_at);
    LinkLine { issued: Shown::new(link.created_at, zone), ends: Shown::new(ends, zone), state }
}

pub(super) fn grade_lines(lang: Language, all: &[StaffGrade], zone: &Zone) -> Vec<GradeLine> {
    all.iter()
        .map(|grade| GradeLine {
            term: StaffTerm::from_code(&grade.term)
                .map_or_else(|| grade.term.clone(), |term| term.label(lang).to_owned()),
            grade: grade.grade,
            scale: grade.scale.clone(),
            at: Shown::new(grade.at, zone),
            staff: grade.staff.clone(),
            reason: grade.reason.clone(),
        })
        .collect()
}

pub(super) fn seen_lines(lang: Language, all: &[Observation], zone: &Zone) -> Vec<Seen> {
    all.iter()
        .map(|seen| Seen {
            at: Shown::new(seen.observed_at, zone),
            measured: measured(lang, seen).unwrap_or_default(),
            note: seen.note.clone(),
        })
        .collect()
}

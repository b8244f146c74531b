//! Whom to phone now: silences, dead addresses, next tries that have come, and patients whom
//! no mail asks although a check-in is due.

use diesel::prelude::*;

use super::among::among;
use super::literal::{open_pause, open_task, planned_check_in};
use super::schema::{
    check_in, infusion, mail_pause, patient, patient_contact, report, report_symptom, site, task,
};
use super::{Connection, Result};
use crate::domain::entry::PhoneNumber;
use crate::domain::letter::WhyUnasked;
use crate::domain::registry::PatientState;
use crate::domain::schedule::CheckInCode;
use crate::domain::task::TaskKind;
use crate::domain::{
    CheckInId, Codelist, InfusionId, Language, Level, PatientId, Scope, SiteId, TaskId, Timestamp,
    Zone,
};

/// Most rows of one list: more cannot be phoned before it has changed.
pub const MOST: i64 = 100;

/// Fever counts as recent for so many hours before a silence: "yesterday", however the
/// check-ins of two days lie.
pub const RECENT_FEVER_HOURS: i64 = 48;

/// Kinds of tasks that only a call can settle.
const TO_PHONE: [TaskKind; 3] =
    [TaskKind::MissedCheckIn, TaskKind::Unreachable, TaskKind::PromptsStopped];

/// Whom a call is for, and what to know before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callee {
    /// Who.
    pub patient: PatientId,
    /// The clinic's number for the patient.
    pub code: String,
    /// The name.
    pub name: Option<String>,
    /// The number to ring.
    pub phone: Option<PhoneNumber>,
    /// The language to speak.
    pub language: Language,
    /// Where their clock is.
    pub zone: Zone,
    /// After which infusion.
    pub infusion: InfusionId,
    /// At which clinic.
    pub site: SiteId,
    /// The clinic's short name.
    pub site_code: String,
    /// When they last told us anything.
    pub last_answer: Option<Timestamp>,
    /// Whether it is their first infusion.
    pub is_first: bool,
    /// Whether they had fever lately.
    pub had_fever: bool,
}

/// A task that asks for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which task.
    pub task: TaskId,
    /// Its number.
    pub number: i64,
    /// What it is about.
    pub kind: TaskKind,
    /// How urgent it is.
    pub level: Level,
    /// Until when the patient must be reached.
    pub contact_by: Timestamp,
    /// When the next try is planned.
    pub next_try_at: Option<Timestamp>,
    /// Whom.
    pub callee: Callee,
}

/// A check-in that is due and that no mail asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unasked {
    /// Which one.
    pub check_in: CheckInId,
    /// Its place in the follow-up.
    pub code: CheckInCode,
    /// When it was due.
    pub due_at: Timestamp,
    /// When silence counts as missed.
    pub closes_at: Timestamp,
    /// Why no mail asks.
    pub why: WhyUnasked,
    /// Whom.
    pub callee: Callee,
}

type Person = (PatientId, String, Language, Zone);

/// Open tasks that ask for a call: those whose time has come first, then the planned ones.
pub fn tasks(conn: &mut Connection, scope: &Scope, now: Timestamp) -> Result<Vec<Call>> {
    type Row = (
        (TaskId, i64, TaskKind, Level, Timestamp, Option<Timestamp>),
        Person,
        (InfusionId, SiteId, String),
    );
    let rows: Vec<Row> = task::table
        .inner_join(patient::table)
        .inner_join(site::table)
        .filter(open_task())
        .filter(among(task::site_id, scope.sites()))
        .filter(
            task::next_try_at
                .is_not_null()
                .or(among(task::kind, TO_PHONE.iter().map(|kind| kind.code()))),
        )
        .order((task::urgency_rank, task::contact_by, task::id))
        .select((
            (task::id, task::number, task::kind, task::level, task::contact_by, task::next_try_at),
            (patient::id, patient::code, patient::language, patient::time_zone),
            (task::infusion_id, task::site_id, site::code),
        ))
        .limit(MOST)
        .load(conn)?;
    let mut calls = Vec::new();
    for ((task, number, kind, level, contact_by, next_try_at), person, place) in rows {
        let callee = callee(conn, now, person, place)?;
        calls.push(Call { task, number, kind, level, contact_by, next_try_at, callee });
    }
    // A try that is planned for later is not due, however urgent the task is.
    calls.sort_by_key(|call| call.next_try_at.filter(|at| *at > now));
    Ok(calls)
}

/// Check-ins that are due, unanswered, and that no mail asks for.
pub fn unasked(conn: &mut Connection, scope: &Scope, now: Timestamp) -> Result<Vec<Unasked>> {
    type Row = (
        (CheckInId, CheckInCode, Timestamp, Timestamp),
        Person,
        (PatientState, Option<Timestamp>, Option<String>),
        (InfusionId, SiteId, String),
    );
    let paused: Vec<SiteId> =
        mail_pause::table.filter(open_pause()).select(mail_pause::site_id).load(conn)?;
    let rows: Vec<Row> = check_in::table
        .inner_join(patient::table.left_join(patient_contact::table))
        .inner_join(site::table)
        .filter(planned_check_in())
        .filter(check_in::closes_at.gt(now))
        .filter(check_in::due_at.le(now))
        .filter(among(check_in::site_id, scope.sites()))
        .filter(
            patient::state.eq(PatientState::Active).or(patient::state.eq(PatientState::InHospital)),
        )
        .order((check_in::closes_at, check_in::id))
        .select((
            (check_in::id, check_in::code, check_in::due_at, check_in::closes_at),
            (patient::id, patient::code, patient::language, patient::time_zone),
            (patient::state, patient::prompts_stopped_at, patient_contact::email.nullable()),
            (check_in::infusion_id, check_in::site_id, site::code),
        ))
        .load(conn)?;
    let mut found = Vec::new();
    for ((check_in, code, due_at, closes_at), person, (state, stopped, email), place) in rows {
        let why = if state == PatientState::InHospital {
            WhyUnasked::InHospital
        } else if stopped.is_some() {
            WhyUnasked::Stopped
        } else if email.is_none() {
            WhyUnasked::NoAddress
        } else if paused.contains(&place.1) {
            WhyUnasked::Paused
        } else {
            continue;
        };
        let callee = callee(conn, now, person, place)?;
        found.push(Unasked { check_in, code, due_at, closes_at, why, callee });
        if i64::try_from(found.len()).unwrap_or(MOST) >= MOST {
            break;
        }
    }
    Ok(found)
}

fn callee(
    conn: &mut Connection,
    now: Timestamp,
    (patient, code, language, zone): Person,
    (infusion, site, site_code): (InfusionId, SiteId, String),
) -> Result<Callee> {
    let contact: Option<(String, Option<PhoneNumber>)> = patient_contact::table
        .find(patient)
        .select((patient_contact::name, patient_contact::phone))
        .first(conn)
        .optional()?;
    let (name, phone) = contact.map_or((None, None), |(name, phone)| (Some(name), phone));
    let last_answer = report::table
        .filter(report::patient_id.eq(patient))
        .select(diesel::dsl::max(report::received_at))
        .first(conn)?;
    Ok(Callee {
        is_first: is_first(conn, patient, infusion)?,
        had_fever: had_fever(conn, patient, now)?,
        patient,
        code,
        name,
        phone,
        language,
        zone,
        infusion,
        site,
        site_code,
        last_answer,
    })
}

/// Whether an infusion is the patient's first here.
pub fn is_first(conn: &mut Connection, patient: PatientId, id: InfusionId) -> Result<bool> {
    let first: Option<InfusionId> = infusion::table
        .filter(infusion::patient_id.eq(patient))
        .order((infusion::t0, infusion::id))
        .select(infusion::id)
        .first(conn)
        .optional()?;
    Ok(first == Some(id))
}

/// Whether the patient told of a graded fever within [`RECENT_FEVER_HOURS`] before `at`.
pub fn had_fever(conn: &mut Connection, patient: PatientId, at: Timestamp) -> Result<bool> {
    let recent = report_symptom::table
        .inner_join(report::table)
        .filter(report::patient_id.eq(patient))
        .filter(report::received_at.gt(at.plus_hours(-RECENT_FEVER_HOURS)))
        .filter(report::received_at.le(at))
        .filter(report_symptom::code.eq("FEVER"))
        .filter(report_symptom::grade.ge(1));
    Ok(diesel::select(diesel::dsl::exists(recent)).get_result(conn)?)
}

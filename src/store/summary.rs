//! The rows of a safety summary: what follows the chosen infusions.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::chosen::{Chosen, Infused, Place, SLICE, infusions};
use super::schema::{
    check_in, flag, grade_confirmation, report, report_symptom, staff_grade, task,
};
use super::{Connection, Error, Result};
use crate::domain::registry::{CheckInState, ReportMode};
use crate::domain::schedule::CheckInCode;
use crate::domain::summary::{
    CheckInRow, CheckInState as Answer, FlagRow, InfusionRow, Standing, SymptomRow, TaskEnd,
    TaskRow,
};
use crate::domain::task::{Outcome, WorthAFlag};
use crate::domain::{Codelist, InfusionId, Level, PatientId, ReportId, Scope, TaskId, Timestamp};

/// Check-ins up to the third day: one of them answered counts as "answered by D3".
const BY_D3: [CheckInCode; 4] =
    [CheckInCode::H4, CheckInCode::D1, CheckInCode::D2, CheckInCode::D3];

/// Some of the chosen infusions with all that follows them.
#[derive(Debug, Default)]
pub struct Slice {
    pub infusions: Vec<InfusionRow>,
    pub symptoms: Vec<SymptomRow>,
    pub flags: Vec<FlagRow>,
    pub tasks: Vec<TaskRow>,
    /// The same infusions as the registry knows them, for names and files.
    pub infused: Vec<Infused>,
}

/// The next slice after an infusion; empty when there are no more.
pub fn slice(
    conn: &mut Connection,
    scope: &Scope,
    chosen: &Chosen,
    after: Option<InfusionId>,
) -> Result<Slice> {
    let infused = infusions(conn, scope, chosen, Place::After(after), SLICE)?;
    let ids: Vec<InfusionId> = infused.iter().map(|row| row.infusion).collect();
    let whose: BTreeMap<InfusionId, PatientId> =
        infused.iter().map(|row| (row.infusion, row.patient)).collect();
    let mut check_ins = check_ins(conn, scope, chosen.as_of, &ids)?;
    let infusions = infused
        .iter()
        .map(|row| {
            let (check_ins, answered_by_d3) = check_ins.remove(&row.infusion).unwrap_or_default();
            InfusionRow {
                site: row.site,
                patient: row.patient,
                infusion: row.infusion,
                product: row.product,
                lot: Some(row.lot),
                phase: row.phase.code().to_owned(),
                number_in_course: u32::try_from(row.number_in_course).unwrap_or(0),
                t0: row.t0,
                check_ins,
                answered_by_d3,
            }
        })
        .collect();
    let mut symptoms = symptoms(conn, scope, chosen.as_of, &whose)?;
    symptoms.extend(staff_grades(conn, scope, chosen.as_of, &whose)?);
    Ok(Slice {
        infusions,
        symptoms,
        flags: flags(conn, scope, chosen.as_of, &ids)?,
        tasks: tasks(conn, scope, chosen.as_of, &ids)?,
        infused,
    })
}

/// Check-ins that fell due, by infusion, and whether one up to D3 was answered.
pub fn check_ins(
    conn: &mut Connection,
    scope: &Scope,
    as_of: Timestamp,
    ids: &[InfusionId],
) -> Result<BTreeMap<InfusionId, (Vec<CheckInRow>, bool)>> {
    type Row = (InfusionId, CheckInCode, CheckInState, bool, Option<ReportMode>);
    let rows: Vec<Row> = check_in::table
        .left_join(report::table)
        .filter(check_in::infusion_id.eq_any(ids))
        .filter(check_in::site_id.eq_any(scope.sites()))
        .filter(check_in::due_at.le(as_of).or(check_in::state.eq(CheckInState::Answered)))
        .select((
            check_in::infusion_id,
            check_in::code,
            check_in::state,
            check_in::answered_late,
            report::mode.nullable(),
        ))
        .order((check_in::infusion_id, check_in::due_at, check_in::id))
        .load(conn)?;
    let mut found: BTreeMap<InfusionId, (Vec<CheckInRow>, bool)> = BTreeMap::new();
    for (infusion, code, state, is_late, mode) in rows {
        let state = match state {
            CheckInState::Planned => Answer::Waiting,
            CheckInState::Missed => Answer::Missed,
            CheckInState::Answered => {
                Answer::Answered { is_late, by_phone: mode == Some(ReportMode::Phone) }
            }
            CheckInState::Superseded | CheckInState::Cancelled => continue,
        };
        let (rows, answered_by_d3) = found.entry(infusion).or_default();
        *answered_by_d3 |= matches!(state, Answer::Answered { .. }) && BY_D3.contains(&code);
        rows.push(CheckInRow { code: code.code().to_owned(), state });
    }
    Ok(found)
}

/// The newest judgement of each symptom by a member of staff.
pub(super) fn confirmed(
    conn: &mut Connection,
    as_of: Timestamp,
    ids: &[InfusionId],
) -> Result<BTreeMap<(ReportId, String), (i32, String)>> {
    let rows: Vec<(ReportId, String, i32, String)> = grade_confirmation::table
        .inner_join(
            report_symptom::table.on(report_symptom::report_id
                .eq(grade_confirmation::report_id)
                .and(report_symptom::code.eq(grade_confirmation::code))),
        )
        .filter(report_symptom::infusion_id.eq_any(ids))
        .filter(grade_confirmation::confirmed_at.le(as_of))
        .select((
            grade_confirmation::report_id,
            grade_confirmation::code,
            grade_confirmation::grade,
            grade_confirmation::ctcae_version,
        ))
        .order((grade_confirmation::confirmed_at, grade_confirmation::id))
        .load(conn)?;
    // Later ones replace earlier ones.
    Ok(rows.into_iter().map(|(id, code, grade, version)| ((id, code), (grade, version))).collect())
}

/// The reports among those after these infusions that a later version corrects.
pub(super) fn corrected(
    conn: &mut Connection,
    scope: &Scope,
    as_of: Timestamp,
    ids: &[InfusionId],
) -> Result<Vec<ReportId>> {
    let later = diesel::alias!(report as later);
    Ok(report::table
        .inner_join(later.on(later.field(report::supersedes).eq(report::id.nullable())))
        .inner_join(report_symptom::table.on(report_symptom::report_id.eq(report::id)))
        .filter(report_symptom::infusion_id.eq_any(ids))
        .filter(report::site_id.eq_any(scope.sites()))
        .filter(later.field(report::received_at).le(as_of))
        .select(report::id)
        .distinct()
        .order(report::id)
        .load(conn)?)
}

fn symptoms(
    conn: &mut Connection,
    scope: &Scope,
    as_of: Timestamp,
    whose: &BTreeMap<InfusionId, PatientId>,
) -> Result<Vec<SymptomRow>> {
    type Row = (ReportId, InfusionId, String, Option<i32>, String, Option<String>, bool);
    let ids: Vec<InfusionId> = whose.keys().copied().collect();
    let confirmed = confirmed(conn, as_of, &ids)?;
    let corrected = corrected(conn, scope, as_of, &ids)?;
    let rows: Vec<Row> = report_symptom::table
        .inner_join(report::table)
        .filter(report_symptom::infusion_id.eq_any(&ids))
        .filter(report::site_id.eq_any(scope.sites()))
        .filter(report::received_at.le(as_of))
        .select((
            report_symptom::report_id,
            report_symptom::infusion_id,
            report_symptom::code,
            report_symptom::grade,
            report_symptom::ctcae_version,
            report_symptom::onset_h,
            report_symptom::preexisting,
        ))
        .order((report_symptom::report_id, report_symptom::code))
        .load(conn)?;
    let mut symptoms = Vec::with_capacity(rows.len());
    for (report, infusion, term, derived, version, onset_h, preexisting) in rows {
        let Some(patient) = whose.get(&infusion) else { continue };
        let confirmed = confirmed.get(&(report, term.clone()));
        let standing = if corrected.binary_search(&report).is_ok() {
            Standing::Dropped
        } else if preexisting && derived.is_none() && confirmed.is_none() {
            Standing::KnownBefore
        } else {
            Standing::Counted
        };
        symptoms.push(SymptomRow {
            patient: *patient,
            infusion,
            onset_h: onset_h.map(|hours| number(&hours, report)).transpose()?,
            derived_grade: derived.map(|grade| small(grade, report)).transpose()?,
            confirmed_grade: confirmed.map(|(grade, _)| small(*grade, report)).transpose()?,
            ctcae_version: confirmed.map_or(version, |(_, version)| version.clone()),
            term,
            standing,
        });
    }
    Ok(symptoms)
}

/// Diagnoses that only staff grade; the newest grade of each infusion and term.
fn staff_grades(
    conn: &mut Connection,
    scope: &Scope,
    as_of: Timestamp,
    whose: &BTreeMap<InfusionId, PatientId>,
) -> Result<Vec<SymptomRow>> {
    let ids: Vec<InfusionId> = whose.keys().copied().collect();
    let rows: Vec<(InfusionId, String, i32, String)> = staff_grade::table
        .filter(staff_grade::infusion_id.eq_any(&ids))
        .filter(staff_grade::site_id.eq_any(scope.sites()))
        .filter(staff_grade::graded_at.le(as_of))
        .select((
            staff_grade::infusion_id,
            staff_grade::term,
            staff_grade::grade,
            staff_grade::scale,
        ))
        .order((staff_grade::graded_at, staff_grade::id))
        .load(conn)?;
    let newest: BTreeMap<(InfusionId, String), (i32, String)> = rows
        .into_iter()
        .map(|(infusion, term, grade, scale)| ((infusion, term), (grade, scale)))
        .collect();
    let mut found = Vec::with_capacity(newest.len());
    for ((infusion, term), (grade, scale)) in newest {
        let Some(patient) = whose.get(&infusion) else { continue };
        found.push(SymptomRow {
            patient: *patient,
            infusion,
            term,
            derived_grade: None,
            confirmed_grade: Some(small(grade, infusion)?),
            ctcae_version: scale.strip_prefix("ctcae_").unwrap_or(&scale).to_owned(),
            onset_h: None,
            standing: Standing::Counted,
        });
    }
    Ok(found)
}

fn flags(
    conn: &mut Connection,
    scope: &Scope,
    as_of: Timestamp,
    ids: &[InfusionId],
) -> Result<Vec<FlagRow>> {
    let rows: Vec<(String, Level, TaskId)> = flag::table
        .inner_join(task::table)
        .filter(task::infusion_id.eq_any(ids))
        .filter(task::site_id.eq_any(scope.sites()))
        .filter(flag::raised_at.le(as_of))
        .select((flag::rule, flag::level, flag::task_id))
        .order((flag::raised_at, flag::id))
        .load(conn)?;
    let row = |(rule, level, task)| FlagRow { rule, level, task: Some(task) };
    Ok(rows.into_iter().map(row).collect())
}

fn tasks(
    conn: &mut Connection,
    scope: &Scope,
    as_of: Timestamp,
    ids: &[InfusionId],
) -> Result<Vec<TaskRow>> {
    type Row = (
        (TaskId, Level, Timestamp),
        (Option<Timestamp>, Option<Timestamp>, Option<Timestamp>),
        (Option<Outcome>, Option<WorthAFlag>),
    );
    let rows: Vec<Row> = task::table
        .filter(task::infusion_id.eq_any(ids))
        .filter(task::site_id.eq_any(scope.sites()))
        .filter(task::opened_at.le(as_of))
        .select((
            (task::id, task::level, task::raised_at),
            (task::acknowledged_at, task::reached_at, task::closed_at),
            (task::outcome, task::worth_a_flag),
        ))
        .order(task::id)
        .load(conn)?;
    let row = |((task, level, received_at), (taken, reached, closed), (outcome, worth)): Row| {
        // A raise restarts the clock: what was done before it answers the lower level.
        let since = |at: Option<Timestamp>| at.filter(|at| *at >= received_at);
        TaskRow {
            task,
            level,
            received_at,
            acknowledged_at: since(taken),
            reached_at: since(reached),
            end: since(closed).zip(outcome).map(|(at, outcome)| TaskEnd::new(at, outcome, worth)),
        }
    };
    Ok(rows.into_iter().map(row).collect())
}

/// A decimal text of the database.
pub(super) fn number(text: &str, report: ReportId) -> Result<f64> {
    text.parse().map_err(|_| Error::Damaged {
        table: "report_symptom",
        id: report.to_string(),
        what: format!("{text:?} is no number"),
    })
}

fn small(grade: i32, id: impl std::fmt::Display) -> Result<u8> {
    u8::try_from(grade).map_err(|_| Error::Damaged {
        table: "report_symptom",
        id: id.to_string(),
        what: format!("{grade} is no grade"),
    })
}

//! Pages of rows for other systems, in the order of their ids, which is that of creation.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::infusions::Infusion;
use super::lots::Lot;
use super::patients::Patient;
use super::schema::{flag, infusion, lot, patient, report, task};
use super::{Connection, Result, episodes};
use crate::domain::registry::{Evaluation, ReportSource};
use crate::domain::task::{Outcome, TaskKind, TaskState};
use crate::domain::{
    InfusionId, Level, LotId, PatientId, ReportId, Scope, SiteId, TaskId, Timestamp,
};

/// Infusions of the clinics in scope after `after`.
pub fn infusions(
    conn: &mut Connection,
    scope: &Scope,
    after: Option<InfusionId>,
    limit: i64,
) -> Result<Vec<Infusion>> {
    let mut query = infusion::table
        .filter(infusion::site_id.eq_any(scope.sites()))
        .select(Infusion::as_select())
        .order(infusion::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(infusion::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Patients of the clinics in scope after `after`.
pub fn patients(
    conn: &mut Connection,
    scope: &Scope,
    after: Option<PatientId>,
    limit: i64,
) -> Result<Vec<Patient>> {
    let mut query = patient::table
        .filter(patient::site_id.eq_any(scope.sites()))
        .select(Patient::as_select())
        .order(patient::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(patient::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Lots of the clinics in scope after `after`.
pub fn lots(
    conn: &mut Connection,
    scope: &Scope,
    after: Option<LotId>,
    limit: i64,
) -> Result<Vec<Lot>> {
    let mut query = lot::table
        .filter(lot::site_id.eq_any(scope.sites()))
        .select(Lot::as_select())
        .order(lot::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(lot::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// A task as other systems see it: no note, no owner.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = task, check_for_backend(diesel::sqlite::Sqlite))]
pub struct TaskRow {
    /// Which one.
    pub id: TaskId,
    /// For the phone.
    pub number: i64,
    /// Of which clinic.
    pub site_id: SiteId,
    /// For whom.
    pub patient_id: PatientId,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// Why it exists.
    pub kind: TaskKind,
    /// How soon.
    pub level: Level,
    /// Whether it is still to be done.
    pub state: TaskState,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When its clock last started.
    pub raised_at: Timestamp,
    /// Until when somebody must take it.
    pub acknowledge_by: Option<Timestamp>,
    /// Until when the patient must be reached.
    pub contact_by: Timestamp,
    /// When somebody took it.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// Tasks of the clinics in scope after `after`, in one state or all.
pub fn tasks(
    conn: &mut Connection,
    scope: &Scope,
    (after, state): (Option<TaskId>, Option<TaskState>),
    limit: i64,
) -> Result<Vec<TaskRow>> {
    let mut query = task::table
        .filter(task::site_id.eq_any(scope.sites()))
        .select(TaskRow::as_select())
        .order(task::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(task::id.gt(after));
    }
    if let Some(state) = state {
        query = query.filter(task::state.eq(state));
    }
    Ok(query.load(conn)?)
}

/// A report as other systems see it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report, check_for_backend(diesel::sqlite::Sqlite))]
pub struct ReportRow {
    /// Which one.
    pub id: ReportId,
    /// For the phone.
    pub reference: String,
    /// Of which clinic.
    pub site_id: SiteId,
    /// About whom.
    pub patient_id: PatientId,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// The version that it corrects.
    pub supersedes: Option<ReportId>,
    /// Who gave it.
    pub source: ReportSource,
    /// When it was received.
    pub received_at: Timestamp,
    /// Hours since `T0`, decimal text.
    pub hours_since_infusion: String,
    /// Degrees C with one decimal.
    pub temp_adj_c: Option<String>,
    /// How soon a person must act.
    pub level: Level,
    /// Whether the rules could be applied.
    pub evaluation: Evaluation,
    /// The rule set's id.
    pub rule_set: String,
    /// The rule set's version.
    pub rule_set_version: i32,
    /// The edition of CTCAE.
    pub ctcae_version: String,
    /// The task that it opened, raised or was attached to.
    pub task_id: Option<TaskId>,
}

/// Reports of the clinics in scope after `after`.
pub fn reports(
    conn: &mut Connection,
    scope: &Scope,
    after: Option<ReportId>,
    limit: i64,
) -> Result<Vec<ReportRow>> {
    let mut query = report::table
        .filter(report::site_id.eq_any(scope.sites()))
        .select(ReportRow::as_select())
        .order(report::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(report::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The grades above 0 of a report as they stand now (confirmed ones win), and the rules that
/// flagged it, in order.
pub fn findings(
    conn: &mut Connection,
    id: ReportId,
) -> Result<(BTreeMap<String, i32>, Vec<String>)> {
    let mut grades = episodes::grades(conn, id)?;
    grades.retain(|_, grade| *grade > 0);
    let mut rules: Vec<String> = flag::table
        .filter(flag::report_id.eq(id))
        .select(flag::rule)
        .distinct()
        .order(flag::rule)
        .load(conn)?;
    // Kept quiet is not unseen.
    rules.extend(super::snoozes::quiet_rules(conn, id)?);
    rules.sort_unstable();
    Ok((grades, rules))
}

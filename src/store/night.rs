//! What the rows say of a few patients of one clinic: the record of a rehearsed night.

use diesel::prelude::*;

use super::schema::{
    check_in, delivery_attempt, flag, outbox, report, report_symptom, staff, step_told, task,
    task_event, task_step,
};
use super::steps::StepRow;
use super::task_actions::TaskRow;
use super::{Connection, Result};
use crate::domain::fault::Fault;
use crate::domain::letter::{AttemptResult, LetterKind, MailState, StopCause};
use crate::domain::registry::CheckInState;
use crate::domain::schedule::CheckInCode;
use crate::domain::task::{CallResult, Outcome, TaskEventKind};
use crate::domain::{
    Level, OutboxId, PatientId, ReportId, Scope, StaffId, StepId, TaskId, Timestamp,
};

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Report {
    /// Which.
    pub id: ReportId,
    /// Whose.
    pub patient: PatientId,
    /// When.
    pub received_at: Timestamp,
    /// How soon somebody must act.
    pub level: Level,
    /// The rule set that judged it.
    pub rule_set: String,
    /// Its version.
    pub rule_set_version: i32,
    /// What came of it.
    pub task: Option<TaskId>,
    /// Adjusted temperature, °C.
    pub temperature: Option<String>,
}

/// A symptom of a report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Symptom {
    /// In which report.
    pub report: ReportId,
    /// REFERENCE §1.1.
    pub code: String,
    /// Its grade.
    pub grade: Option<i32>,
    /// Whether the rules expect it so, and then.
    pub is_expected: bool,
}

/// A rule that fired.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Flag {
    /// On which task.
    pub task: TaskId,
    /// Which rule.
    pub rule: String,
    /// Of which set.
    pub rule_set: String,
    /// Its level.
    pub level: Level,
    /// When.
    pub raised_at: Timestamp,
}

/// Whom a step told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Told {
    /// Which step.
    pub step: StepId,
    /// Of which task.
    pub task: TaskId,
    /// Who.
    pub staff: StaffId,
    /// The name.
    pub name: String,
    /// By which mail.
    pub mail: OutboxId,
    /// What became of it.
    pub state: MailState,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// Something that was done on a task.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Event {
    /// On which.
    pub task: TaskId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: TaskEventKind,
    /// How a call went.
    pub call_result: Option<CallResult>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The level then.
    pub level: Option<Level>,
    /// By whom, if by a person.
    pub who: Option<String>,
}

/// A mail to one of the patients, or about one of their tasks.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Mail {
    /// Which.
    pub id: OutboxId,
    /// What it is about.
    pub kind: LetterKind,
    /// To which patient.
    pub patient: Option<PatientId>,
    /// About which task.
    pub task: Option<TaskId>,
    /// Where it stands.
    pub state: MailState,
    /// Why it was cancelled or failed.
    pub cause: Option<StopCause>,
    /// When it was due.
    pub due_at: Timestamp,
    /// When it is tried next.
    pub next_try_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// A check-in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CheckIn {
    /// Whose.
    pub patient: PatientId,
    /// Its place in the follow-up.
    pub code: CheckInCode,
    /// When it is or was asked.
    pub due_at: Timestamp,
    /// When silence counts as missed, if nothing moves it.
    pub closes_at: Timestamp,
    /// Where it stands.
    pub state: CheckInState,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it was missed, superseded or cancelled.
    pub settled_at: Option<Timestamp>,
}

/// A fault that the auditor told the administrators of.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Alarm {
    /// Which fault.
    pub fault: Option<Fault>,
    /// When.
    pub at: Timestamp,
}

/// Everything there is of these patients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Reports, first first.
    pub reports: Vec<Report>,
    /// Their symptoms.
    pub symptoms: Vec<Symptom>,
    /// Tasks, first first.
    pub tasks: Vec<TaskRow>,
    /// Rules that fired.
    pub flags: Vec<Flag>,
    /// The steps of their chains.
    pub steps: Vec<StepRow>,
    /// Whom they told.
    pub told: Vec<Told>,
    /// What was done.
    pub events: Vec<Event>,
    /// Mails.
    pub mails: Vec<Mail>,
    /// Tries that the mail server did not take.
    pub vain_tries: Vec<(OutboxId, Timestamp)>,
    /// Check-ins.
    pub check_ins: Vec<CheckIn>,
    /// Faults of the registry itself that were told of in the span.
    pub alarms: Vec<Alarm>,
}

/// Reads what there is of these patients of clinics in scope, and the faults of a span.
pub fn record(
    conn: &mut Connection,
    scope: &Scope,
    patients: &[PatientId],
    (from, until): (Timestamp, Timestamp),
) -> Result<Record> {
    let sites = scope.sites();
    let tasks: Vec<TaskRow> = task::table
        .filter(task::patient_id.eq_any(patients))
        .filter(task::site_id.eq_any(sites))
        .order((task::opened_at, task::id))
        .select(TaskRow::as_select())
        .load(conn)?;
    let ids: Vec<TaskId> = tasks.iter().map(|row| row.id).collect();
    let mails = mails(conn, scope, patients, &ids)?;
    let letters: Vec<OutboxId> = mails.iter().map(|mail| mail.id).collect();
    Ok(Record {
        reports: report::table
            .filter(report::patient_id.eq_any(patients))
            .filter(report::site_id.eq_any(sites))
            .order((report::received_at, report::id))
            .select((
                report::id,
                report::patient_id,
                report::received_at,
                report::level,
                report::rule_set,
                report::rule_set_version,
                report::task_id,
                report::temp_adj_c,
            ))
            .load(conn)?,
        symptoms: report_symptom::table
            .inner_join(report::table)
            .filter(report::patient_id.eq_any(patients))
            .filter(report::site_id.eq_any(sites))
            .order((report_symptom::report_id, report_symptom::code))
            .select((
                report_symptom::report_id,
                report_symptom::code,
                report_symptom::grade,
                report_symptom::in_expected_window,
            ))
            .load(conn)?,
        flags: flag::table
            .filter(flag::task_id.eq_any(&ids))
            .order((flag::raised_at, flag::id))
            .select((flag::task_id, flag::rule, flag::rule_set, flag::level, flag::raised_at))
            .load(conn)?,
        steps: task_step::table
            .filter(task_step::task_id.eq_any(&ids))
            .order((task_step::chain, task_step::round, task_step::number, task_step::id))
            .select(StepRow::as_select())
            .load(conn)?,
        told: told(conn, &ids)?,
        events: task_event::table
            .left_join(staff::table.on(staff::id.nullable().eq(task_event::staff_id)))
            .filter(task_event::task_id.eq_any(&ids))
            .order((task_event::at, task_event::id))
            .select((
                task_event::task_id,
                task_event::at,
                task_event::kind,
                task_event::call_result,
                task_event::outcome,
                task_event::level,
                staff::name.nullable(),
            ))
            .load(conn)?,
        vain_tries: delivery_attempt::table
            .filter(delivery_attempt::outbox_id.eq_any(&letters))
            .filter(delivery_attempt::result.eq(AttemptResult::Retry))
            .order((delivery_attempt::at, delivery_attempt::id))
            .select((delivery_attempt::outbox_id, delivery_attempt::at))
            .load(conn)?,
        check_ins: check_in::table
            .filter(check_in::patient_id.eq_any(patients))
            .filter(check_in::site_id.eq_any(sites))
            .order((check_in::due_at, check_in::id))
            .select((
                check_in::patient_id,
                check_in::code,
                check_in::due_at,
                check_in::closes_at,
                check_in::state,
                check_in::answered_at,
                check_in::settled_at,
            ))
            .load(conn)?,
        alarms: outbox::table
            .filter(outbox::kind.eq(LetterKind::Alarm))
            .filter(outbox::due_at.between(from, until))
            .select((outbox::fault, outbox::due_at))
            .distinct()
            .order(outbox::due_at)
            .load(conn)?,
        tasks,
        mails,
    })
}

fn mails(
    conn: &mut Connection,
    scope: &Scope,
    patients: &[PatientId],
    tasks: &[TaskId],
) -> Result<Vec<Mail>> {
    Ok(outbox::table
        .filter(outbox::site_id.eq_any(scope.sites()))
        .filter(outbox::patient_id.eq_any(patients).or(outbox::task_id.eq_any(tasks)))
        .order((outbox::due_at, outbox::id))
        .select((
            outbox::id,
            outbox::kind,
            outbox::patient_id,
            outbox::task_id,
            outbox::state,
            outbox::cause,
            outbox::due_at,
            outbox::next_try_at,
            outbox::settled_at,
        ))
        .load(conn)?)
}

fn told(conn: &mut Connection, tasks: &[TaskId]) -> Result<Vec<Told>> {
    Ok(step_told::table
        .inner_join(task_step::table)
        .inner_join(staff::table)
        .inner_join(outbox::table)
        .filter(task_step::task_id.eq_any(tasks))
        .order((staff::name, staff::id))
        .select((
            step_told::step_id,
            task_step::task_id,
            step_told::staff_id,
            staff::name,
            step_told::outbox_id,
            outbox::state,
            outbox::settled_at,
        ))
        .load(conn)?)
}

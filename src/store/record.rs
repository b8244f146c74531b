//! Everything that happened to one patient, for the time line of the record.
//!
//! The nouns have files of their own; here is only what the time line shows of them.

use diesel::prelude::*;

use super::schema::{
    check_in, grade_confirmation, outbox, report, report_symptom, staff, staff_grade, task,
    task_event,
};
use super::{Connection, Result};
use crate::domain::letter::{LetterKind, MailState};
use crate::domain::registry::{CheckInState, Evaluation, ReportSource};
use crate::domain::schedule::CheckInCode;
use crate::domain::task::{CallResult, Outcome, TaskEventKind, TaskKind, TaskState};
use crate::domain::{
    CheckInId, InfusionId, Level, OutboxId, PatientId, ReportId, Scope, TaskId, Timestamp,
};

/// A check-in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = check_in, check_for_backend(diesel::sqlite::Sqlite))]
pub struct CheckIn {
    /// Which one.
    pub id: CheckInId,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// Its place in the follow-up.
    pub code: CheckInCode,
    /// When the prompt is owed.
    pub due_at: Timestamp,
    /// When silence counts as missed.
    pub closes_at: Timestamp,
    /// Where it stands.
    pub state: CheckInState,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it was missed, superseded or cancelled.
    pub settled_at: Option<Timestamp>,
}

/// The check-ins of a patient in scope, due first first.
pub fn check_ins(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<CheckIn>> {
    Ok(check_in::table
        .filter(check_in::patient_id.eq(id))
        .filter(check_in::site_id.eq_any(scope.sites()))
        .select(CheckIn::as_select())
        .order((check_in::due_at, check_in::id))
        .load(conn)?)
}

/// A report, without its answers.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Report {
    /// Which one.
    pub id: ReportId,
    /// The short reference.
    pub reference: String,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// Which one it corrects.
    pub supersedes: Option<ReportId>,
    /// Who gave it.
    pub source: ReportSource,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Hours after the infusion.
    pub hours_since_infusion: String,
    /// In the reporter's own words.
    pub free_text: Option<String>,
    /// Adjusted temperature, °C.
    pub temp_adj_c: Option<String>,
    /// How soon somebody must act.
    pub level: Level,
    /// Whether the rules could be applied.
    pub evaluation: Evaluation,
    /// What came of it.
    pub task_id: Option<TaskId>,
}

/// The reports of a patient in scope, received first first.
pub fn reports(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<Report>> {
    Ok(report::table
        .filter(report::patient_id.eq(id))
        .filter(report::site_id.eq_any(scope.sites()))
        .select(Report::as_select())
        .order((report::received_at, report::id))
        .load(conn)?)
}

/// A symptom of a report with its grades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symptom {
    /// In which report.
    pub report: ReportId,
    /// REFERENCE §1.1.
    pub code: String,
    /// Patient-derived; none when it was known before and unchanged.
    pub grade: Option<i32>,
    /// What staff made of it, if they did; the newest counts.
    pub confirmed: Option<i32>,
}

/// The symptoms of a patient's reports in scope.
pub fn symptoms(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<Symptom>> {
    let derived = report_symptom::table
        .inner_join(report::table)
        .filter(report::patient_id.eq(id))
        .filter(report::site_id.eq_any(scope.sites()))
        .select((report_symptom::report_id, report_symptom::code, report_symptom::grade))
        .order((report_symptom::report_id, report_symptom::code))
        .load::<(ReportId, String, Option<i32>)>(conn)?;
    let confirmed = grade_confirmation::table
        .inner_join(report::table)
        .filter(report::patient_id.eq(id))
        .filter(report::site_id.eq_any(scope.sites()))
        .select((
            grade_confirmation::report_id,
            grade_confirmation::code,
            grade_confirmation::grade,
        ))
        .order((grade_confirmation::confirmed_at.desc(), grade_confirmation::id.desc()))
        .load::<(ReportId, String, i32)>(conn)?;
    Ok(derived
        .into_iter()
        .map(|(report, code, grade)| {
            let newest = confirmed.iter().find(|(at, of, _)| *at == report && *of == code);
            Symptom { report, grade, confirmed: newest.map(|(_, _, grade)| *grade), code }
        })
        .collect())
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = task, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Task {
    /// Which one.
    pub id: TaskId,
    /// Its number, for the phone.
    pub number: i64,
    /// Why it exists.
    pub kind: TaskKind,
    /// How soon somebody must act.
    pub level: Level,
    /// Whether it is still to be done.
    pub state: TaskState,
    /// Since when.
    pub opened_at: Timestamp,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it ended.
    pub closed_at: Option<Timestamp>,
}

/// The tasks of a patient in scope, opened first first.
pub fn tasks(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<Task>> {
    Ok(task::table
        .filter(task::patient_id.eq(id))
        .filter(task::site_id.eq_any(scope.sites()))
        .select(Task::as_select())
        .order((task::opened_at, task::id))
        .load(conn)?)
}

/// Something that was said or done on a task.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Done {
    /// Of which task.
    pub task: TaskId,
    /// The task's number.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: TaskEventKind,
    /// Of a call: how it went.
    pub call_result: Option<CallResult>,
    /// Of an end: how.
    pub outcome: Option<Outcome>,
    /// In words.
    pub note: Option<String>,
    /// Who; none is the patient or the program.
    pub staff: Option<String>,
}

/// Calls, notes and endings of a patient's tasks in scope, first first.
pub fn done(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<Done>> {
    Ok(task_event::table
        .inner_join(task::table)
        .left_join(staff::table.on(staff::id.nullable().eq(task_event::staff_id)))
        .filter(task::patient_id.eq(id))
        .filter(task::site_id.eq_any(scope.sites()))
        .filter(task_event::kind.eq_any([
            TaskEventKind::Called,
            TaskEventKind::Note,
            TaskEventKind::Asked,
            TaskEventKind::Closed,
            TaskEventKind::Reopened,
            TaskEventKind::StaffGraded,
        ]))
        .select((
            task::id,
            task::number,
            task_event::at,
            task_event::kind,
            task_event::call_result,
            task_event::outcome,
            task_event::note,
            staff::name.nullable(),
        ))
        .order((task_event::at, task_event::id))
        .load(conn)?)
}

/// A mail to the patient.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Mail {
    /// Which one.
    pub id: OutboxId,
    /// What it is about.
    pub kind: LetterKind,
    /// When it is or was due.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: MailState,
    /// When it was accepted, failed or cancelled.
    pub settled_at: Option<Timestamp>,
}

/// Mails to a patient in scope that are settled or due by `now`, due first first.
pub fn mails(
    conn: &mut Connection,
    scope: &Scope,
    id: PatientId,
    now: Timestamp,
) -> Result<Vec<Mail>> {
    Ok(outbox::table
        .filter(outbox::patient_id.eq(id))
        .filter(outbox::site_id.eq_any(scope.sites()))
        .filter(outbox::due_at.le(now).or(outbox::settled_at.is_not_null()))
        .select(Mail::as_select())
        .order((outbox::due_at, outbox::id))
        .load(conn)?)
}

/// A term that only staff may grade, as graded last.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StaffGrade {
    /// After which infusion.
    pub infusion: InfusionId,
    /// REFERENCE §1.2.
    pub term: String,
    /// 0 to 5.
    pub grade: i32,
    /// By which scale.
    pub scale: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub staff: String,
}

/// What staff graded after the infusions of a patient in scope, first first.
pub fn staff_grades(
    conn: &mut Connection,
    scope: &Scope,
    id: PatientId,
) -> Result<Vec<StaffGrade>> {
    Ok(staff_grade::table
        .inner_join(staff::table)
        .filter(staff_grade::patient_id.eq(id))
        .filter(staff_grade::site_id.eq_any(scope.sites()))
        .select((
            staff_grade::infusion_id,
            staff_grade::term,
            staff_grade::grade,
            staff_grade::scale,
            staff_grade::reason,
            staff_grade::graded_at,
            staff::name,
        ))
        .order((staff_grade::graded_at, staff_grade::id))
        .load(conn)?)
}

/// A patient's link, without what it is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct LinkState {
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// The links of an infusion in scope, newest first.
pub fn links(conn: &mut Connection, scope: &Scope, id: InfusionId) -> Result<Vec<LinkState>> {
    use super::schema::{infusion, link};
    Ok(link::table
        .inner_join(infusion::table)
        .filter(link::infusion_id.eq(id))
        .filter(infusion::site_id.eq_any(scope.sites()))
        .select((link::created_at, link::expires_at, link::revoked_at))
        .order((link::created_at.desc(), link::id.desc()))
        .load(conn)?)
}

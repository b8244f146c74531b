//! What people told us. Never changed: a correction is a further version.

use diesel::prelude::*;

use super::schema::{report, report_symptom, task, task_event};
use super::{Connection, Result};
use crate::domain::registry::{Evaluation, ReportSource};
use crate::domain::task::CallResult;
use crate::domain::{
    DraftId, InfusionId, Language, Level, PatientId, ReportId, SiteId, StaffId, TaskId, Timestamp,
};

/// A report to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// Its id.
    pub id: ReportId,
    /// Short, for the phone.
    pub reference: String,
    /// At which clinic.
    pub site: SiteId,
    /// About whom.
    pub patient: PatientId,
    /// After which infusion.
    pub infusion: InfusionId,
    /// The draft that it came of.
    pub draft: Option<DraftId>,
    /// The key of the system that sent it.
    pub idempotency_key: Option<String>,
    /// The version that it corrects.
    pub supersedes: Option<ReportId>,
    /// Who gave it.
    pub source: ReportSource,
    /// Who entered it, if staff did.
    pub staff: Option<StaffId>,
    /// The language of the page.
    pub language: Language,
    /// When it was received.
    pub received_at: Timestamp,
    /// Hours since `T0`, decimal text.
    pub hours_since_infusion: String,
    /// The input as assessed, JSON.
    pub input: String,
    /// Words of the patient's own.
    pub free_text: Option<String>,
    /// The adjusted temperature, degrees C with one decimal.
    pub temp_adj_c: Option<String>,
    /// How soon a person must act.
    pub level: Level,
    /// Whether the rules could be applied.
    pub evaluation: Evaluation,
    /// The rule set's id.
    pub rule_set: String,
    /// The rule set's version; 0 when there was none to apply.
    pub rule_set_version: i32,
    /// The edition of CTCAE.
    pub ctcae_version: String,
    /// The task that it opened, raised or was attached to.
    pub task: Option<TaskId>,
}

/// Keeps a report.
pub fn insert(conn: &mut Connection, new: &NewReport) -> Result<()> {
    diesel::insert_into(report::table)
        .values((
            (
                report::id.eq(new.id),
                report::reference.eq(&new.reference),
                report::site_id.eq(new.site),
                report::patient_id.eq(new.patient),
                report::infusion_id.eq(new.infusion),
                report::draft_id.eq(new.draft),
                report::idempotency_key.eq(&new.idempotency_key),
                report::supersedes.eq(new.supersedes),
            ),
            (
                report::source.eq(new.source),
                report::mode.eq(new.source.mode()),
                report::staff_id.eq(new.staff),
                report::language.eq(new.language),
                report::received_at.eq(new.received_at),
                report::hours_since_infusion.eq(&new.hours_since_infusion),
                report::input.eq(&new.input),
                report::free_text.eq(&new.free_text),
            ),
            (
                report::temp_adj_c.eq(&new.temp_adj_c),
                report::level.eq(new.level),
                report::evaluation.eq(new.evaluation),
                report::rule_set.eq(&new.rule_set),
                report::rule_set_version.eq(new.rule_set_version),
                report::ctcae_version.eq(&new.ctcae_version),
                report::task_id.eq(new.task),
                report::recorded_at.eq(new.received_at),
            ),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes the task that a report opened, raised or was attached to.
pub fn set_task(conn: &mut Connection, id: ReportId, task: TaskId) -> Result<()> {
    diesel::update(report::table.filter(report::id.eq(id)))
        .set(report::task_id.eq(task))
        .execute(conn)?;
    Ok(())
}

/// One symptom of a report, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSymptom {
    /// The code of REFERENCE 1.1.
    pub code: String,
    /// The infusion that it belongs to.
    pub infusion: InfusionId,
    /// The derived grade; none when it was left out or could not be derived.
    pub grade: Option<i32>,
    /// Hours after `T0`, decimal text.
    pub onset_h: Option<String>,
    /// Hours, decimal text.
    pub duration_h: Option<String>,
    /// Hours, decimal text.
    pub resolved_h_ago: Option<String>,
    /// Inside the expected window.
    pub in_expected_window: bool,
    /// Was there before the infusion.
    pub preexisting: bool,
    /// Its answers, JSON.
    pub answers: String,
}

/// Keeps the symptoms of a report.
pub fn insert_symptoms(
    conn: &mut Connection,
    report: ReportId,
    ctcae_version: &str,
    symptoms: &[NewSymptom],
) -> Result<()> {
    for new in symptoms {
        diesel::insert_into(report_symptom::table)
            .values((
                report_symptom::report_id.eq(report),
                report_symptom::infusion_id.eq(new.infusion),
                report_symptom::code.eq(&new.code),
                report_symptom::grade.eq(new.grade),
                report_symptom::ctcae_version.eq(ctcae_version),
                report_symptom::onset_h.eq(&new.onset_h),
                report_symptom::duration_h.eq(&new.duration_h),
                report_symptom::resolved_h_ago.eq(&new.resolved_h_ago),
                report_symptom::in_expected_window.eq(new.in_expected_window),
                report_symptom::preexisting.eq(new.preexisting),
                report_symptom::answers.eq(&new.answers),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// A report as it was kept, as far as a receipt and a replay need it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Kept {
    /// Its id.
    pub id: ReportId,
    /// Short, for the phone.
    pub reference: String,
    /// At which clinic.
    pub site_id: SiteId,
    /// About whom.
    pub patient_id: PatientId,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// When it was received.
    pub received_at: Timestamp,
    /// Hours since `T0`, decimal text.
    pub hours_since_infusion: String,
    /// The input as assessed, JSON.
    pub input: String,
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

/// A report by its id. Who may see it is the caller's question: this is for following
/// pointers that were checked already (a receipt, a draft, a correction).
pub fn kept(conn: &mut Connection, id: ReportId) -> Result<Option<Kept>> {
    Ok(report::table.filter(report::id.eq(id)).select(Kept::as_select()).first(conn).optional()?)
}

/// The report that a system has sent with this key.
pub fn by_key(conn: &mut Connection, key: &str) -> Result<Option<Kept>> {
    Ok(report::table
        .filter(report::idempotency_key.eq(key))
        .select(Kept::as_select())
        .first(conn)
        .optional()?)
}

/// All versions of a report, the first one first.
pub fn versions(conn: &mut Connection, id: ReportId) -> Result<Vec<ReportId>> {
    let mut first = id;
    while let Some(earlier) = report::table
        .filter(report::id.eq(first))
        .select(report::supersedes)
        .first::<Option<ReportId>>(conn)
        .optional()?
        .flatten()
    {
        first = earlier;
    }
    let mut versions = vec![first];
    let mut last = first;
    while let Some(later) = report::table
        .filter(report::supersedes.eq(last))
        .select(report::id)
        .first::<ReportId>(conn)
        .optional()?
    {
        versions.push(later);
        last = later;
    }
    Ok(versions)
}

/// The derived grades of a report, by code; what was left out is not among them.
pub fn derived_grades(conn: &mut Connection, id: ReportId) -> Result<Vec<(String, i32)>> {
    Ok(report_symptom::table
        .filter(report_symptom::report_id.eq(id))
        .filter(report_symptom::grade.is_not_null())
        .select((report_symptom::code, report_symptom::grade.assume_not_null()))
        .order(report_symptom::code)
        .load(conn)?)
}

/// Whether a reference is in use.
pub fn reference_is_taken(conn: &mut Connection, reference: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(report::table.filter(report::reference.eq(reference))))
        .get_result(conn)?)
}

/// What the patient may know of what became of a report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Progress {
    /// Short, for the phone.
    pub reference: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// How soon a person must act.
    pub level: Level,
    /// When a nurse took the task, since its clock last started.
    pub acknowledged_at: Option<Timestamp>,
    /// When the patient was reached.
    pub reached_at: Option<Timestamp>,
    /// Until when the patient is to be reached.
    pub contact_by: Option<Timestamp>,
    /// When the task was closed.
    pub closed_at: Option<Timestamp>,
    /// The task.
    pub task: Option<TaskId>,
}

/// When somebody last rang about a task and nobody answered.
pub fn last_vain_call(conn: &mut Connection, task: TaskId) -> Result<Option<Timestamp>> {
    Ok(task_event::table
        .filter(task_event::task_id.eq(task))
        .filter(task_event::call_result.eq(CallResult::NoAnswer))
        .select(diesel::dsl::max(task_event::at))
        .first(conn)?)
}

/// How far the work on a report has come.
pub fn progress(conn: &mut Connection, id: ReportId) -> Result<Option<Progress>> {
    Ok(report::table
        .left_join(task::table)
        .filter(report::id.eq(id))
        .select((
            report::reference,
            report::received_at,
            report::level,
            task::acknowledged_at.nullable(),
            task::reached_at.nullable(),
            task::contact_by.nullable(),
            task::closed_at.nullable(),
            report::task_id,
        ))
        .first(conn)
        .optional()?)
}

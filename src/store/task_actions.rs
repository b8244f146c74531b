//! What people do with tasks: reading where one stands, writing what it became.

use diesel::dsl::{exists, select};
use diesel::prelude::*;

use super::literal::open_task;
use super::schema::{
    course, grade_confirmation, infusion, membership, product, report, report_symptom, site, staff,
    staff_grade, task, task_event,
};
use super::{Connection, Error, Result};
use crate::domain::registry::ActiveState;
use crate::domain::task::{
    CallResult, Closing, Happening, Outcome, Standing, TaskEventKind, TaskKind, TaskState,
    WorthAFlag,
};
use crate::domain::{
    ConfirmationId, InfusionId, Level, PatientId, Permission, ProductKind, ReportId, Role, Scope,
    SiteId, StaffId, TaskEventId, TaskId, Timestamp,
};

/// A task as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = task, check_for_backend(diesel::sqlite::Sqlite))]
pub struct TaskRow {
    /// Which.
    pub id: TaskId,
    /// Its number, for mails and the phone.
    pub number: i64,
    /// Whose clinic's.
    pub site_id: SiteId,
    /// About whom.
    pub patient_id: PatientId,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// Why it exists.
    pub kind: TaskKind,
    /// How soon somebody must act.
    pub level: Level,
    /// 0 for EMERGENCY to 4: sorts the queue.
    pub urgency_rank: i32,
    /// Open or closed.
    pub state: TaskState,
    /// Who has it.
    pub owner_id: Option<StaffId>,
    /// When it began.
    pub opened_at: Timestamp,
    /// The clock runs from here.
    pub raised_at: Timestamp,
    /// Until when it must be taken.
    pub acknowledge_by: Option<Timestamp>,
    /// Until when the patient must be reached.
    pub contact_by: Timestamp,
    /// When it was taken.
    pub acknowledged_at: Option<Timestamp>,
    /// By whom.
    pub acknowledged_by: Option<StaffId>,
    /// When the patient was reached.
    pub reached_at: Option<Timestamp>,
    /// When the patient is to be called again.
    pub next_try_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<StaffId>,
    /// With what.
    pub outcome: Option<Outcome>,
    /// Whether it was worth a flag.
    pub worth_a_flag: Option<WorthAFlag>,
    /// Rises with every change.
    pub version: i32,
}

impl TaskRow {
    /// Where the task stands. The calls that were made in vain are not in the row.
    ///
    /// What was done before a higher level started the clock again does not count for it.
    #[must_use]
    pub fn standing(&self, vain_calls: i64) -> Standing {
        let closing = self.closed_at.zip(self.outcome).map(|(at, outcome)| Closing {
            at,
            by: self.closed_by,
            outcome,
            worth_a_flag: self.worth_a_flag,
        });
        Standing {
            kind: self.kind,
            level: self.level,
            state: self.state,
            owner: self.owner_id,
            raised_at: self.raised_at,
            acknowledge_by: self.acknowledge_by,
            contact_by: self.contact_by,
            acknowledged: self
                .acknowledged_at
                .zip(self.acknowledged_by)
                .filter(|(at, _)| *at >= self.raised_at),
            reached_at: self.reached_at.filter(|at| *at >= self.raised_at),
            next_try_at: self.next_try_at,
            vain_calls,
            closing,
        }
    }
}

/// A task of the clinics in scope.
pub fn find(conn: &mut Connection, scope: &Scope, id: TaskId) -> Result<Option<TaskRow>> {
    Ok(task::table
        .find(id)
        .filter(task::site_id.eq_any(scope.sites()))
        .select(TaskRow::as_select())
        .first(conn)
        .optional()?)
}

/// Calls since the task's clock runs that did not reach the patient.
pub fn vain_calls(conn: &mut Connection, row: &TaskRow) -> Result<i64> {
    Ok(task_event::table
        .filter(task_event::task_id.eq(row.id))
        .filter(task_event::at.ge(row.raised_at))
        .filter(task_event::kind.eq(TaskEventKind::Called))
        .filter(task_event::call_result.ne(CallResult::Reached))
        .count()
        .get_result(conn)?)
}

/// Writes what a task became, if it is still as it was read.
///
/// Returns whether it was: `false` means that somebody was faster.
pub fn save(conn: &mut Connection, row: &TaskRow, next: &Standing) -> Result<bool> {
    let acknowledged = next.acknowledged;
    let closing = next.closing;
    let changed = diesel::update(
        task::table.filter(task::id.eq(row.id)).filter(task::version.eq(row.version)),
    )
    .set((
        task::state.eq(next.state),
        task::owner_id.eq(next.owner),
        task::raised_at.eq(next.raised_at),
        task::acknowledge_by.eq(next.acknowledge_by),
        task::contact_by.eq(next.contact_by),
        task::acknowledged_at.eq(acknowledged.map(|(at, _)| at)),
        task::acknowledged_by.eq(acknowledged.map(|(_, by)| by)),
        task::reached_at.eq(next.reached_at),
        task::next_try_at.eq(next.next_try_at),
        task::closed_at.eq(closing.map(|closing| closing.at)),
        task::closed_by.eq(closing.and_then(|closing| closing.by)),
        task::outcome.eq(closing.map(|closing| closing.outcome)),
        task::worth_a_flag.eq(closing.and_then(|closing| closing.worth_a_flag)),
        task::version.eq(row.version + 1),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Adds to a task's history what a person did.
pub fn add_event(
    conn: &mut Connection,
    now: Timestamp,
    id: TaskId,
    by: StaffId,
    happening: &Happening,
    report: Option<ReportId>,
) -> Result<()> {
    diesel::insert_into(task_event::table)
        .values((
            task_event::id.eq(TaskEventId::new()),
            task_event::task_id.eq(id),
            task_event::at.eq(now),
            task_event::staff_id.eq(Some(by)),
            task_event::kind.eq(happening.kind),
            task_event::call_result.eq(happening.call_result),
            task_event::next_try_at.eq(happening.next_try_at),
            task_event::to_staff_id.eq(happening.to),
            task_event::report_id.eq(report),
            task_event::outcome.eq(happening.outcome),
            task_event::note.eq(happening.note.clone()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whether another open task of the same kind follows the same infusion.
pub fn another_is_open(conn: &mut Connection, row: &TaskRow) -> Result<bool> {
    let others = task::table
        .filter(task::infusion_id.eq(row.infusion_id))
        .filter(task::kind.eq(row.kind))
        .filter(open_task())
        .filter(task::id.ne(row.id));
    Ok(select(exists(others)).get_result(conn)?)
}

/// The people who can work tasks of a clinic, by name.
pub fn colleagues(conn: &mut Connection, site: SiteId) -> Result<Vec<(StaffId, String)>> {
    let roles: Vec<Role> = crate::domain::Codelist::ALL
        .iter()
        .copied()
        .filter(|role: &Role| role.may(Permission::WorkTasks))
        .collect();
    Ok(staff::table
        .inner_join(membership::table)
        .filter(membership::site_id.eq(site))
        .filter(membership::role.eq_any(roles))
        .filter(staff::state.eq(ActiveState::Active))
        .select((staff::id, staff::name))
        .distinct()
        .order((staff::name, staff::id))
        .load(conn)?)
}

/// A grade of a report's symptom as it counts now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymptomGrade {
    /// As derived from the answers; none when the symptom was known before and not worse.
    pub derived: Option<i32>,
    /// As a person judged it last.
    pub confirmed: Option<i32>,
    /// The edition of CTCAE.
    pub ctcae_version: String,
}

/// The grade of a symptom in a report about the task's infusion.
pub fn symptom_grade(
    conn: &mut Connection,
    row: &TaskRow,
    report_id: ReportId,
    code: &str,
) -> Result<Option<SymptomGrade>> {
    let derived = report_symptom::table
        .inner_join(report::table)
        .filter(report::id.eq(report_id))
        .filter(report::infusion_id.eq(row.infusion_id))
        .filter(report_symptom::code.eq(code))
        .select((report_symptom::grade, report_symptom::ctcae_version))
        .first::<(Option<i32>, String)>(conn)
        .optional()?;
    let Some((derived, ctcae_version)) = derived else { return Ok(None) };
    let confirmed = grade_confirmation::table
        .filter(grade_confirmation::report_id.eq(report_id))
        .filter(grade_confirmation::code.eq(code))
        .order((grade_confirmation::confirmed_at.desc(), grade_confirmation::id.desc()))
        .select(grade_confirmation::grade)
        .first(conn)
        .optional()?;
    Ok(Some(SymptomGrade { derived, confirmed, ctcae_version }))
}

/// Keeps a person's judgement of a grade beside the derived one.
#[expect(clippy::too_many_arguments, reason = "one row, one argument a column")]
pub fn add_confirmation(
    conn: &mut Connection,
    now: Timestamp,
    by: StaffId,
    report_id: ReportId,
    code: &str,
    grade: i32,
    ctcae_version: &str,
    reason: Option<&str>,
) -> Result<()> {
    diesel::insert_into(grade_confirmation::table)
        .values((
            grade_confirmation::id.eq(ConfirmationId::new()),
            grade_confirmation::report_id.eq(report_id),
            grade_confirmation::code.eq(code),
            grade_confirmation::grade.eq(grade),
            grade_confirmation::ctcae_version.eq(ctcae_version),
            grade_confirmation::reason.eq(reason),
            grade_confirmation::confirmed_by.eq(by),
            grade_confirmation::confirmed_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// A grade that only staff give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStaffGrade {
    /// The term's code.
    pub term: &'static str,
    /// 0 (ruled out) to 5.
    pub grade: i32,
    /// `ctcae_5.0`, `ctcae_6.0` or `astct_2019`.
    pub scale: String,
    /// What the calculator was given.
    pub findings: serde_json::Value,
    /// Why.
    pub reason: Option<String>,
}

/// Keeps a grade that a person gave to a term after the task's infusion.
pub fn add_staff_grade(
    conn: &mut Connection,
    now: Timestamp,
    by: StaffId,
    row: &TaskRow,
    new: &NewStaffGrade,
) -> Result<()> {
    diesel::insert_into(staff_grade::table)
        .values((
            staff_grade::id.eq(ConfirmationId::new()),
            staff_grade::site_id.eq(row.site_id),
            staff_grade::patient_id.eq(row.patient_id),
            staff_grade::infusion_id.eq(row.infusion_id),
            staff_grade::term.eq(new.term),
            staff_grade::grade.eq(new.grade),
            staff_grade::scale.eq(&new.scale),
            staff_grade::findings.eq(new.findings.to_string()),
            staff_grade::reason.eq(new.reason.clone()),
            staff_grade::graded_by.eq(by),
            staff_grade::graded_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The newest grade of a term after the task's infusion.
pub fn staff_grade_of(conn: &mut Connection, row: &TaskRow, term: &str) -> Result<Option<i32>> {
    Ok(staff_grade::table
        .filter(staff_grade::infusion_id.eq(row.infusion_id))
        .filter(staff_grade::term.eq(term))
        .order((staff_grade::graded_at.desc(), staff_grade::id.desc()))
        .select(staff_grade::grade)
        .first(conn)
        .optional()?)
}

/// Whose cells the task's infusion was made of.
pub fn product_kind(conn: &mut Connection, row: &TaskRow) -> Result<ProductKind> {
    infusion::table
        .inner_join(course::table.inner_join(product::table))
        .filter(infusion::id.eq(row.infusion_id))
        .select(product::kind)
        .first(conn)
        .map_err(Error::from)
}

/// The edition of CTCAE that the task's clinic uses.
pub fn ctcae_version(conn: &mut Connection, row: &TaskRow) -> Result<String> {
    Ok(site::table.find(row.site_id).select(site::ctcae_version).first(conn)?)
}

//! One more question to a patient, in the words of a person who works on a task.

use diesel::prelude::*;

use super::schema::{check_in, question, task, task_event};
use super::{Connection, Result};
use crate::domain::registry::CheckInState;
use crate::domain::task::TaskEventKind;
use crate::domain::{
    CheckInId, InfusionId, QuestionId, ReportId, StaffId, TaskEventId, TaskId, Timestamp,
};

/// Keeps a question that goes with a check-in.
pub fn add(
    conn: &mut Connection,
    now: Timestamp,
    (task, infusion, check_in): (TaskId, InfusionId, CheckInId),
    by: StaffId,
    text: &str,
) -> Result<()> {
    diesel::insert_into(question::table)
        .values((
            question::id.eq(QuestionId::new()),
            question::task_id.eq(task),
            question::infusion_id.eq(infusion),
            question::check_in_id.eq(check_in),
            question::text.eq(text),
            question::asked_at.eq(now),
            question::asked_by.eq(by),
        ))
        .execute(conn)?;
    Ok(())
}

/// The questions after an infusion that wait for their answer.
pub fn waiting(conn: &mut Connection, infusion: InfusionId) -> Result<Vec<String>> {
    Ok(question::table
        .inner_join(check_in::table)
        .filter(question::infusion_id.eq(infusion).and(question::report_id.is_null()))
        .filter(check_in::state.eq(CheckInState::Planned))
        .order(question::asked_at)
        .select(question::text)
        .load(conn)?)
}

/// The patient reported in a check-in that went with a question: the report is its answer, and
/// stands in the history of the task that asked. Returns that task.
pub fn answered(
    conn: &mut Connection,
    now: Timestamp,
    check_in: CheckInId,
    report: ReportId,
) -> Result<Option<TaskId>> {
    let found: Option<(QuestionId, TaskId)> = question::table
        .filter(question::check_in_id.eq(check_in).and(question::report_id.is_null()))
        .select((question::id, question::task_id))
        .first(conn)
        .optional()?;
    let Some((id, asked_from)) = found else { return Ok(None) };
    diesel::update(question::table.find(id)).set(question::report_id.eq(report)).execute(conn)?;
    diesel::update(task::table.find(asked_from))
        .set(task::version.eq(task::version + 1))
        .execute(conn)?;
    diesel::insert_into(task_event::table)
        .values((
            task_event::id.eq(TaskEventId::new()),
            task_event::task_id.eq(asked_from),
            task_event::at.eq(now),
            task_event::kind.eq(TaskEventKind::QuestionAnswered),
            task_event::report_id.eq(report),
        ))
        .execute(conn)?;
    Ok(Some(asked_from))
}

//! Steps with tasks that can still be undone.

use diesel::dsl::{exists, select};
use diesel::prelude::*;

use super::schema::{outbox, task, task_event, task_step, task_undo};
use super::task_actions::TaskRow;
use super::{Connection, Result};
use crate::domain::chain::{StepState, StepStop};
use crate::domain::letter::MailState;
use crate::domain::task::{Standing, TaskEventKind, UNDO_SECONDS, UndoableStep};
use crate::domain::{Scope, StaffId, TaskEventId, TaskId, Timestamp, UndoId};

/// A step that can be undone, and what the task was before it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = task_undo, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Undo {
    /// Which.
    pub id: UndoId,
    /// With which task.
    pub task_id: TaskId,
    /// Who took it.
    pub staff_id: StaffId,
    /// What was done.
    pub step: UndoableStep,
    /// When.
    pub at: Timestamp,
    /// The task's version after it.
    pub version: i32,
    /// Who had the task before.
    pub owner_id: Option<StaffId>,
    /// When it had been taken.
    pub acknowledged_at: Option<Timestamp>,
    /// By whom.
    pub acknowledged_by: Option<StaffId>,
    /// When the patient was to be called again.
    pub next_try_at: Option<Timestamp>,
}

/// Keeps what a task was before a step. What the person can undo no more is forgotten.
pub fn keep(
    conn: &mut Connection,
    now: Timestamp,
    by: StaffId,
    before: &TaskRow,
    step: UndoableStep,
) -> Result<()> {
    let over = now.plus(jiff::SignedDuration::from_secs(-UNDO_SECONDS));
    diesel::delete(task_undo::table)
        .filter(task_undo::staff_id.eq(by).and(task_undo::at.le(over)))
        .execute(conn)?;
    diesel::insert_into(task_undo::table)
        .values(Undo {
            id: UndoId::new(),
            task_id: before.id,
            staff_id: by,
            step,
            at: now,
            version: before.version + 1,
            owner_id: before.owner_id,
            acknowledged_at: before.acknowledged_at,
            acknowledged_by: before.acknowledged_by,
            next_try_at: before.next_try_at,
        })
        .execute(conn)?;
    Ok(())
}

/// A person's step with a task of the clinics in scope.
pub fn find(
    conn: &mut Connection,
    scope: &Scope,
    by: StaffId,
    of: TaskId,
    id: UndoId,
) -> Result<Option<Undo>> {
    Ok(task_undo::table
        .inner_join(task::table)
        .filter(task::site_id.eq_any(scope.sites()))
        .filter(task_undo::id.eq(id).and(task_undo::task_id.eq(of)))
        .filter(task_undo::staff_id.eq(by))
        .select(Undo::as_select())
        .first(conn)
        .optional()?)
}

/// The person's last step, with the task's number, unless something happened since.
pub fn last(
    conn: &mut Connection,
    scope: &Scope,
    by: StaffId,
    now: Timestamp,
) -> Result<Option<(Undo, i64)>> {
    let over = now.plus(jiff::SignedDuration::from_secs(-UNDO_SECONDS));
    Ok(task_undo::table
        .inner_join(task::table)
        .filter(task::site_id.eq_any(scope.sites()))
        .filter(task_undo::staff_id.eq(by).and(task_undo::at.gt(over)))
        .filter(task_undo::at.le(now))
        .filter(task_undo::version.eq(task::version))
        .order((task_undo::at.desc(), task_undo::id.desc()))
        .select((Undo::as_select(), task::number))
        .first(conn)
        .optional()?)
}

/// Whether a mail about the task was handed to the mail server after the step, or is just now.
pub fn mail_went(conn: &mut Connection, undo: &Undo) -> Result<bool> {
    let waits = [MailState::Planned, MailState::Cancelled];
    let gone = outbox::table
        .filter(outbox::task_id.eq(undo.task_id))
        .filter(outbox::recorded_at.ge(undo.at))
        .filter(outbox::state.ne_all(waits));
    Ok(select(exists(gone)).get_result(conn)?)
}

/// What the task was before the step: nothing else of it can have changed meanwhile.
#[must_use]
pub fn before(undo: &Undo, now: &Standing) -> Standing {
    Standing {
        state: crate::domain::task::TaskState::Open,
        owner: undo.owner_id,
        acknowledged: undo.acknowledged_at.zip(undo.acknowledged_by),
        next_try_at: undo.next_try_at,
        closing: None,
        ..now.clone()
    }
}

/// The people whom the step had made unnecessary are told after all.
pub fn revive_steps(conn: &mut Connection, undo: &Undo) -> Result<()> {
    let causes = [StepStop::Taken, StepStop::Closed];
    diesel::update(task_step::table)
        .filter(task_step::task_id.eq(undo.task_id).and(task_step::settled_at.eq(undo.at)))
        .filter(task_step::state.eq(StepState::Cancelled).and(task_step::cause.eq_any(causes)))
        .set((
            task_step::state.eq(StepState::Planned),
            task_step::cause.eq(None::<StepStop>),
            task_step::settled_at.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Adds to the task's history that the step was undone, and forgets it.
pub fn done(conn: &mut Connection, now: Timestamp, undo: &Undo) -> Result<()> {
    diesel::insert_into(task_event::table)
        .values((
            task_event::id.eq(TaskEventId::new()),
            task_event::task_id.eq(undo.task_id),
            task_event::at.eq(now),
            task_event::staff_id.eq(Some(undo.staff_id)),
            task_event::kind.eq(TaskEventKind::Undone),
        ))
        .execute(conn)?;
    diesel::delete(task_undo::table.find(undo.id)).execute(conn)?;
    Ok(())
}

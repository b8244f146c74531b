//! Undoing a step, for some seconds: a step of its own, with its own place in the history.

use serde_json::json;

use super::{Step, TriageError, facts};
use crate::domain::task::{Refusal, UndoableStep, undo_seconds_left};
use crate::domain::{Codelist, Timestamp, UndoId};
use crate::store::{Connection, task_actions, undo};

/// Puts a task back to what it was before the person's own step.
///
/// Refused when the time is over, when anything happened to the task meanwhile, or when a mail
/// about it has gone out: what people were told cannot be taken back.
pub fn undo(
    conn: &mut Connection,
    now: Timestamp,
    step: &Step,
    id: UndoId,
) -> Result<(), TriageError> {
    let (row, by) = step.find(conn)?;
    let Some(kept) = undo::find(conn, &step.scope, by, row.id, id)? else {
        // Undone already, or so old that it was forgotten, or somebody else's.
        return Err(TriageError::Refused(vec![Refusal::UndoTooLate]));
    };
    if row.version != kept.version {
        return Err(TriageError::Changed);
    }
    let mut refusals = Vec::new();
    if undo_seconds_left(kept.at, now).is_none() {
        refusals.push(Refusal::UndoTooLate);
    }
    if undo::mail_went(conn, &kept)? {
        refusals.push(Refusal::UndoMailWent);
    }
    // A report that came after the closing has opened the next task.
    let was_closed = kept.step == UndoableStep::Closed;
    if was_closed && task_actions::another_is_open(conn, &row)? {
        refusals.push(Refusal::AnotherIsOpen);
    }
    if !refusals.is_empty() {
        return Err(TriageError::Refused(refusals));
    }
    let standing = row.standing(0);
    let before = undo::before(&kept, &standing);
    if !task_actions::save(conn, &row, &before)? {
        return Err(TriageError::Changed);
    }
    undo::revive_steps(conn, &kept)?;
    undo::done(conn, now, &kept)?;
    let detail = json!({
        "number": row.number,
        "step": kept.step.code(),
        "before": facts(&standing),
        "after": facts(&before),
    });
    step.note_down(conn, now, &row, "task.undone", &detail)
}

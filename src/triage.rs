//! What nurses and physicians do with tasks: take, hand over, call, note, judge
//! grades, close, reopen.
//!
//! Each step is one transaction: the task, its history and the audit entry, or none.
//! Every step carries the version of the task that the person saw; when it changed in
//! the meantime the step is refused and nothing that they typed is used.

mod ask;
mod grades;
mod terms;
mod undo;

use serde_json::{Value, json};

use crate::domain::task::{Action, Refusal, Standing, TaskState, UndoableStep};
use crate::domain::{Actor, Codelist, Scope, StaffId, TaskId, Timestamp};
use crate::escalation;
use crate::store::task_actions::{self, TaskRow};
use crate::store::{self, Connection, audit};

pub use ask::ask;
pub use grades::{Confirmation, confirm_grade};
pub use terms::{Findings, TermGrade, grade_term};
pub use undo::undo;

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum TriageError {
    /// Not there, or of a clinic that is not the person's.
    #[error("there is no such task")]
    NotFound,
    /// Somebody changed the task after the person read it.
    #[error("the task was changed in the meantime")]
    Changed,
    /// Everything that stands against it.
    #[error("the step is refused: {0:?}")]
    Refused(Vec<Refusal>),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Who acts on which task, and what they saw of it.
#[derive(Debug, Clone)]
pub struct Step {
    /// The person.
    pub actor: Actor,
    /// The clinics where they may do it.
    pub scope: Scope,
    /// The task.
    pub task: TaskId,
    /// Its version as they read it.
    pub version: i32,
}

impl Step {
    /// The task as it is now, and who the person is.
    fn find(&self, conn: &mut Connection) -> Result<(TaskRow, StaffId), TriageError> {
        // Only people work tasks.
        let by = self.actor.staff().ok_or(TriageError::NotFound)?;
        let row = task_actions::find(conn, &self.scope, self.task)?.ok_or(TriageError::NotFound)?;
        Ok((row, by))
    }

    /// The task, if it is still as the person saw it, and who they are.
    fn read(&self, conn: &mut Connection) -> Result<(TaskRow, StaffId), TriageError> {
        let (row, by) = self.find(conn)?;
        if row.version == self.version { Ok((row, by)) } else { Err(TriageError::Changed) }
    }

    fn note_down(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        row: &TaskRow,
        action: &str,
        detail: &Value,
    ) -> Result<(), TriageError> {
        let site = Some(row.site_id);
        audit::append(conn, now, &self.actor, site, action, ("task", &row.id), detail)?;
        Ok(())
    }
}

/// Takes one step with a task.
pub fn act(
    conn: &mut Connection,
    now: Timestamp,
    step: &Step,
    action: &Action,
) -> Result<(), TriageError> {
    if *action == Action::Take {
        // "Take" pressed twice by one person is one wish, and it is fulfilled.
        let (row, by) = step.find(conn)?;
        let standing = row.standing(0);
        let is_taken = standing.state == TaskState::Open && standing.acknowledged.is_some();
        if row.version != step.version && is_taken && standing.owner == Some(by) {
            return Ok(());
        }
    }
    let (row, by) = step.read(conn)?;
    let vain_calls = task_actions::vain_calls(conn, &row)?;
    let before = row.standing(vain_calls);
    let mut refusals = refusals_of_others(conn, &row, action)?;
    let (after, history) = match before.act(now, by, action) {
        Ok(done) if refusals.is_empty() => done,
        Ok(_) => return Err(TriageError::Refused(refusals)),
        Err(more) => {
            refusals.extend(more);
            refusals.sort_unstable();
            refusals.dedup();
            return Err(TriageError::Refused(refusals));
        }
    };
    if !task_actions::save(conn, &row, &after)? {
        return Err(TriageError::Changed);
    }
    for happening in &history {
        task_actions::add_event(conn, now, row.id, by, happening, None)?;
    }
    let is_open = |standing: &Standing| standing.state == TaskState::Open;
    escalation::acted(conn, now, &row, (is_open(&before), is_open(&after)))?;
    if let Some(undoable) = UndoableStep::of(action) {
        store::undo::keep(conn, now, by, &row, undoable)?;
    }
    let detail = json!({
        "number": row.number,
        "before": facts(&before),
        "after": facts(&after),
        "call_result": history.iter().find_map(|h| h.call_result).map(Codelist::code),
        "text": history.iter().find_map(|h| h.note.clone()),
    });
    step.note_down(conn, now, &row, audit_action(action), &detail)
}

/// What stands against a step outside the task itself.
fn refusals_of_others(
    conn: &mut Connection,
    row: &TaskRow,
    action: &Action,
) -> Result<Vec<Refusal>, TriageError> {
    Ok(match action {
        Action::HandOver { to: Some(to), .. } => {
            let colleagues = task_actions::colleagues(conn, row.site_id)?;
            let is_one = colleagues.iter().any(|(id, _)| id == to);
            if is_one { vec![] } else { vec![Refusal::UnsuitablePerson] }
        }
        // One task per infusion episode (REFERENCE §4.4 step 6).
        Action::Reopen { .. } if task_actions::another_is_open(conn, row)? => {
            vec![Refusal::AnotherIsOpen]
        }
        _ => vec![],
    })
}

const fn audit_action(action: &Action) -> &'static str {
    match action {
        Action::Take => "task.taken",
        Action::HandOver { .. } => "task.handed_over",
        Action::PutBack { .. } => "task.put_back",
        Action::Call { .. } => "task.called",
        Action::Note { .. } => "task.noted",
        Action::Close { .. } => "task.closed",
        Action::Reopen { .. } => "task.reopened",
    }
}

fn facts(standing: &Standing) -> Value {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "state": standing.state.code(),
        "owner": standing.owner.map(|owner| owner.to_string()),
        "raised_at": standing.raised_at.to_string(),
        "acknowledged_at": text(standing.acknowledged.map(|(at, _)| at)),
        "reached_at": text(standing.reached_at),
        "next_try_at": text(standing.next_try_at),
        "outcome": standing.closing.map(|closing| closing.outcome.code()),
        "worth_a_flag": standing.closing.and_then(|c| c.worth_a_flag).map(Codelist::code),
    })
}

/// Keeps that a person read a task.
pub fn seen(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    row: &TaskRow,
) -> store::Result<()> {
    let detail = json!({ "number": row.number, "version": row.version });
    audit::append(conn, now, actor, Some(row.site_id), "task.viewed", ("task", &row.id), &detail)
}

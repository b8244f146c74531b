//! Asking the patient one more question from a task.

use serde_json::json;

use super::{Step, TriageError};
use crate::domain::task::{Happening, NOTE_MAX, Refusal, TaskEventKind, TaskState};
use crate::domain::{Scope, Timestamp};
use crate::follow_up::{self, FollowUpError, OrderError};
use crate::letters;
use crate::secrets::Keys;
use crate::store::{Connection, episodes, patients, questions, task_actions};

/// Asks by an extra check-in now. The words stand on the patient's page only; the mail says
/// that there is a question, as any check-in does.
pub fn ask(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    step: &Step,
    words: &str,
) -> Result<(), TriageError> {
    let (row, by) = step.read(conn)?;
    let words = words.trim();
    let mut refusals = Vec::new();
    if row.standing(0).state == TaskState::Closed {
        refusals.push(Refusal::IsClosed);
    }
    if words.is_empty() {
        refusals.push(Refusal::NoNote);
    }
    if words.chars().count() > NOTE_MAX {
        refusals.push(Refusal::NoteTooLong);
    }
    if !questions::waiting(conn, row.infusion_id)?.is_empty() {
        refusals.push(Refusal::AlreadyAsked);
    }
    let scope = Scope::of([row.site_id]);
    let episode = episodes::find(conn, &scope, row.infusion_id)?.ok_or(TriageError::NotFound)?;
    let contact = patients::contact(conn, &scope, row.patient_id)?;
    let has_address = contact.is_some_and(|contact| contact.email.is_some());
    if !has_address || !letters::may_be_asked(&episode) {
        refusals.push(Refusal::CannotBeAsked);
    }
    if !refusals.is_empty() {
        return Err(TriageError::Refused(refusals));
    }
    let reason = format!("task {}", row.number);
    let asked = follow_up::ask_now(conn, keys, now, &step.actor, (row.infusion_id, &reason));
    let check_in = match asked {
        Ok(id) => id,
        Err(OrderError::Planned(_)) => {
            return Err(TriageError::Refused(vec![Refusal::AlreadyAsked]));
        }
        Err(OrderError::Other(FollowUpError::Store(error))) => return Err(error.into()),
        Err(OrderError::Other(_)) => return Err(TriageError::NotFound),
    };
    questions::add(conn, now, (row.id, row.infusion_id, check_in), by, words)?;
    super::grades::bump(conn, &row)?;
    let happening = Happening::of(TaskEventKind::Asked).with_note(words);
    task_actions::add_event(conn, now, row.id, by, &happening, None)?;
    let detail = json!({
        "number": row.number,
        "check_in": check_in.to_string(),
        "text": words,
    });
    step.note_down(conn, now, &row, "task.asked", &detail)
}

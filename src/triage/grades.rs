//! Judging how bad something is. The derived grade and every judgement of it are kept.

use serde_json::json;

use super::{Step, TriageError};
use crate::domain::task::{Happening, NOTE_MAX, Refusal, TaskEventKind};
use crate::domain::{ReportId, Timestamp};
use crate::store::Connection;
use crate::store::task_actions::{self, TaskRow};

/// A person's judgement of one derived grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// Of which report.
    pub report: ReportId,
    /// Of which symptom, by its code.
    pub code: String,
    /// CTCAE grade, 0 to 5; none when none was chosen.
    pub grade: Option<u8>,
    /// Why it differs from what counted until now.
    pub reason: String,
}

/// Confirms a derived grade or sets another beside it.
pub fn confirm_grade(
    conn: &mut Connection,
    now: Timestamp,
    step: &Step,
    confirmation: &Confirmation,
) -> Result<(), TriageError> {
    let (row, by) = step.read(conn)?;
    let (report, code) = (confirmation.report, confirmation.code.as_str());
    let Some(standing) = task_actions::symptom_grade(conn, &row, report, code)? else {
        return Err(TriageError::Refused(vec![Refusal::NoSuchSymptom]));
    };
    let reason = confirmation.reason.trim();
    let mut refusals = against_text(reason);
    let grade = confirmation.grade.filter(|grade| *grade <= 5).map(i32::from);
    if grade.is_none() {
        refusals.push(Refusal::NoGrade);
    }
    let counts = standing.confirmed.or(standing.derived);
    let is_change = grade.is_some() && (grade != counts || grade != standing.derived);
    if is_change && reason.is_empty() {
        refusals.push(Refusal::NoReason);
    }
    let Some(grade) = grade.filter(|_| refusals.is_empty()) else {
        return Err(TriageError::Refused(refusals));
    };
    bump(conn, &row)?;
    let reason = (!reason.is_empty()).then_some(reason);
    task_actions::add_confirmation(
        conn,
        now,
        by,
        report,
        code,
        grade,
        &standing.ctcae_version,
        reason,
    )?;
    let said = format!("{code} {grade}{}", reason.map(|r| format!(": {r}")).unwrap_or_default());
    let happening = Happening::of(TaskEventKind::GradeConfirmed).with_note(&said);
    task_actions::add_event(conn, now, row.id, by, &happening, Some(report))?;
    let detail = json!({
        "number": row.number,
        "report": report.to_string(),
        "code": code,
        "derived": standing.derived,
        "before": counts,
        "after": grade,
        "reason": reason,
    });
    step.note_down(conn, now, &row, "task.grade_confirmed", &detail)
}

/// What stands against judging anything with this text. A closed task is no hindrance:
/// the physician often judges after the nurse has closed.
pub(super) fn against_text(text: &str) -> Vec<Refusal> {
    if text.chars().count() > NOTE_MAX { vec![Refusal::NoteTooLong] } else { Vec::new() }
}

/// Raises the version: who read the task before sees that it changed.
pub(super) fn bump(conn: &mut Connection, row: &TaskRow) -> Result<(), TriageError> {
    if task_actions::save(conn, row, &row.standing(0))? {
        Ok(())
    } else {
        Err(TriageError::Changed)
    }
}

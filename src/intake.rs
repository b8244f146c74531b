//! From what somebody tells us to a report that is kept, judged and told on: one durable
//! transaction.
//!
//! **Which infusion.** A report is judged in hours after one infusion. Staff and other
//! systems name it. A patient cannot be expected to know that an old mail's link counts
//! from an old infusion, so answers behind a link are counted anew from the latest
//! infusion that has begun ([`attribution`]). Each symptom is kept with the infusion that it
//! belongs to, the latest that began before it; one from before this infusion keeps
//! its negative onset, which the rules know how to read.
//!
//! **What can go wrong.** A report that the rules cannot be applied to is kept all the
//! same, as URGENT: a fault of ours must not make a patient wait.

mod advice;
pub mod attribution;
mod danger;
pub(crate) mod evaluate;
mod judge;
mod reference;
mod told;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::grading::{Grade, SymptomCode};
use crate::domain::input::Problem;
use crate::domain::registry::{Evaluation, ReportSource};
use crate::domain::schedule::CheckInCode;
use crate::domain::{
    Actor, Codelist, DraftId, InfusionId, Language, Level, Permission, ReportId, StaffId, TaskId,
    Timestamp,
};
use crate::store::episodes::{self, Episode};
use crate::store::reports::{self, Kept, NewReport};
use crate::store::{self, Connection, audit, check_ins, drafts, snoozes, tasks};

pub use advice::{Replay, Status, advice_for, replay, status};
pub use danger::{NewDraft, Step, begin, save_form, save_step};
pub use evaluate::NOT_EVALUATED;

/// What somebody tells us.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The infusion that the hours of the report are counted from.
    pub infusion: InfusionId,
    /// Who tells.
    pub source: ReportSource,
    /// The member of staff who enters it.
    pub staff: Option<StaffId>,
    /// The language of the page.
    pub language: Language,
    /// The `report` object (REFERENCE §1.3), not yet checked.
    pub report: Value,
    /// The draft that it comes of.
    pub draft: Option<DraftId>,
    /// The key by which another system recognises its own request.
    pub idempotency_key: Option<String>,
    /// The report that it corrects.
    pub supersedes: Option<ReportId>,
}

/// What became of it. The same report sent again gets the same receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The report.
    pub report: ReportId,
    /// Short, for the phone.
    pub reference: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// How soon a person must act.
    pub level: Level,
    /// The derived grades.
    pub grades: BTreeMap<SymptomCode, Grade>,
    /// The rules that fired, in the order of the set.
    pub rules: Vec<String>,
    /// The task that it opened, raised or was attached to.
    pub task: Option<TaskId>,
    /// `false`: the rules could not be applied, and it escalates for that reason.
    pub is_evaluated: bool,
    /// The check-ins that it answers.
    pub answered: Vec<CheckInCode>,
    /// Nobody was on duty: everybody who works the queue was told, and a banner must say so.
    pub nobody_on_duty: bool,
    /// It was here already.
    pub is_repeat: bool,
}

/// Why a report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// Fields are wrong; all of them are named.
    #[error("{} fields are wrong", .0.len())]
    Refused(Vec<Problem>),
    /// There is no such infusion, draft or report, or not for this person: the two answer
    /// alike.
    #[error("not found")]
    NotFound,
    /// The key was used before with another content.
    #[error("the idempotency key was used before for another report")]
    KeyReused,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Takes a report: keeps it with its grades, judges it, opens or raises the task, owes
/// the alerts, completes the check-ins it answers. All of it happens, or none.
pub fn receive(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    submission: &Submission,
) -> Result<Receipt, IntakeError> {
    let named = reachable(conn, actor, submission.infusion)?;
    let draft = match submission.draft {
        Some(id) => Some(own_draft(conn, actor, id)?),
        None => None,
    };
    // The hours of one must be those of the other.
    if draft.as_ref().is_some_and(|draft| draft.infusion != named.infusion) {
        return Err(IntakeError::NotFound);
    }
    let (episode, report) = match actor {
        Actor::Patient { .. } => attribution::latest(conn, now, &named, &submission.report)?,
        _ => (named, submission.report.clone()),
    };
    let sent = match (draft.as_ref().and_then(|draft| draft.sent), &submission.idempotency_key) {
        (Some(report), _) => reports::kept(conn, report)?,
        (None, Some(key)) => same_key(conn, key, &episode, &report)?,
        (None, None) => None,
    };
    if let Some(kept) = sent {
        return repeated(conn, &kept);
    }
    let versions = match submission.supersedes {
        Some(report) => corrected(conn, report, &episode)?,
        None => Vec::new(),
    };
    crate::snooze::settle(conn, now, Some(episode.patient))?;
    let judged = judge::judge(conn, now, &episode, &report, &versions)?;
    let id = ReportId::new();
    let new = NewReport {
        id,
        reference: reference::new(conn)?,
        site: episode.site,
        patient: episode.patient,
        infusion: episode.infusion,
        draft: submission.draft,
        idempotency_key: submission.idempotency_key.clone(),
        supersedes: versions.last().copied(),
        source: submission.source,
        staff: submission.staff,
        language: submission.language,
        received_at: now,
        hours_since_infusion: judged.hours_since_infusion.to_string(),
        input: judged.input.to_string(),
        free_text: judged.free_text.clone(),
        temp_adj_c: judged.temp_adj_c.clone(),
        level: judged.level,
        evaluation: if judged.is_evaluated { Evaluation::Done } else { Evaluation::Failed },
        rule_set: judged.rule_set.clone(),
        rule_set_version: judged.rule_set_version,
        ctcae_version: episode.ctcae_version.clone(),
        task: None,
    };
    reports::insert(conn, &new)?;
    reports::insert_symptoms(conn, id, &episode.ctcae_version, &judged.symptoms)?;
    for (flag, by) in &judged.quiet {
        snoozes::keep_quiet_flag(conn, now, (id, *by), flag)?;
    }
    for (made, cause) in &judged.broken {
        crate::snooze::broken(conn, now, made, *cause)?;
    }
    let raised = told::task(conn, now, &episode, Some(id), (judged.level, judged.target))?;
    let mut nobody_on_duty = false;
    if let Some(raised) = &raised {
        reports::set_task(conn, id, raised.task)?;
        let known = tasks::rules_on(conn, raised.task)?;
        told::flags(conn, now, raised, (Some(id), submission.draft), &judged.flags)?;
        let reason = id.to_string();
        nobody_on_duty =
            told::alert(conn, now, &episode, raised, &reason, (&judged.flags, &known))?;
    }
    let task = raised.map(|raised| raised.task);
    // A correction of an older report is no answer to the question that is open now.
    let answered = if versions.is_empty() {
        crate::follow_up::answered(conn, now, &episode, id)?
    } else {
        Vec::new()
    };
    // A grade of 1 or more that has not ended and was not there before the cells.
    let lasts = judged.symptoms.iter().any(|told| {
        told.infusion == episode.infusion
            && told.resolved_h_ago.is_none()
            && !told.preexisting
            && told.grade.is_some_and(|grade| grade >= 1)
    });
    crate::follow_up::symptoms_told(conn, now, &episode, lasts)?;
    if let Some(draft) = &draft {
        drafts::sent(conn, now, draft.id, id)?;
    }
    note(conn, now, actor, &new, task, &judged)?;
    Ok(Receipt {
        report: id,
        reference: new.reference,
        received_at: now,
        level: new.level,
        grades: judged.grades.clone(),
        rules: judged.rules.clone(),
        task,
        is_evaluated: judged.is_evaluated,
        answered,
        nobody_on_duty,
        is_repeat: false,
    })
}

/// Notes in the audit trail what was received and what followed from it.
fn note(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    new: &NewReport,
    task: Option<TaskId>,
    judged: &judge::Judged,
) -> Result<(), store::Error> {
    let quiet: Vec<&String> = judged.quiet.iter().map(|(flag, _)| &flag.rule).collect();
    let detail = json!({
        "reference": new.reference,
        "source": new.source.code(),
        "level": new.level.code(),
        "rules": judged.rules,
        "quiet": quiet,
        "evaluation": new.evaluation.code(),
        "supersedes": new.supersedes.map(|report| report.to_string()),
        "task": task.map(|task| task.to_string()),
    });
    audit::append(conn, now, actor, Some(new.site), "report.received", ("report", &new.id), &detail)
}

/// The infusion, if this person may report for it.
fn reachable(
    conn: &mut Connection,
    actor: &Actor,
    infusion: InfusionId,
) -> Result<Episode, IntakeError> {
    let scope = episodes::reach(conn, actor, Permission::EnterReports)?;
    let episode = episodes::find(conn, &scope, infusion)?.ok_or(IntakeError::NotFound)?;
    match actor {
        Actor::Patient { patient, .. } if *patient != episode.patient => Err(IntakeError::NotFound),
        _ => Ok(episode),
    }
}

/// The draft, if it belongs to this person.
fn own_draft(
    conn: &mut Connection,
    actor: &Actor,
    id: DraftId,
) -> Result<drafts::Draft, IntakeError> {
    let draft = drafts::find(conn, id)?.ok_or(IntakeError::NotFound)?;
    let is_own = match actor {
        Actor::Patient { patient, link } => draft.patient == *patient && draft.link == Some(*link),
        Actor::Staff { id, .. } => draft.staff == Some(*id),
        Actor::Api { .. } => false,
        Actor::System | Actor::Operator => true,
    };
    if is_own { Ok(draft) } else { Err(IntakeError::NotFound) }
}

/// The report that was sent with this key before, if it said the same.
fn same_key(
    conn: &mut Connection,
    key: &str,
    episode: &Episode,
    report: &Value,
) -> Result<Option<Kept>, IntakeError> {
    let Some(kept) = reports::by_key(conn, key)? else { return Ok(None) };
    if kept.infusion_id == episode.infusion && judge::says_the_same(&kept.input, report) {
        Ok(Some(kept))
    } else {
        Err(IntakeError::KeyReused)
    }
}

/// The versions of the report that is corrected, the newest last.
fn corrected(
    conn: &mut Connection,
    report: ReportId,
    episode: &Episode,
) -> Result<Vec<ReportId>, IntakeError> {
    let kept = reports::kept(conn, report)?.ok_or(IntakeError::NotFound)?;
    if kept.infusion_id != episode.infusion {
        return Err(IntakeError::NotFound);
    }
    Ok(reports::versions(conn, report)?)
}

/// The receipt of a report that was here already.
fn repeated(conn: &mut Connection, kept: &Kept) -> Result<Receipt, IntakeError> {
    let grades = reports::derived_grades(conn, kept.id)?
        .into_iter()
        .filter_map(|(code, grade)| {
            Some((SymptomCode::from_code(&code)?, Grade::new(u8::try_from(grade).ok()?)?))
        })
        .filter(|(_, grade)| *grade > Grade::ABSENT)
        .collect();
    let rules = match replay(conn, kept.id)? {
        Some(replay) => replay.assessment.fired.into_iter().map(|fired| fired.rule).collect(),
        None => vec![NOT_EVALUATED.to_owned()],
    };
    Ok(Receipt {
        report: kept.id,
        reference: kept.reference.clone(),
        received_at: kept.received_at,
        level: kept.level,
        grades,
        rules,
        task: kept.task_id,
        is_evaluated: kept.evaluation == Evaluation::Done,
        answered: check_ins::answered_by(conn, kept.id)?,
        nobody_on_duty: false,
        is_repeat: true,
    })
}

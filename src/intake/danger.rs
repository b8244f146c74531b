//! Reports that are being written: every step is saved, and a danger answer does not wait
//! for the last one.

use serde_json::{Map, Value, json};

use super::{IntakeError, attribution, evaluate, judge, own_draft, reachable, told};
use crate::domain::escalation::{AdviceContext, advice};
use crate::domain::registry::ReportSource;
use crate::domain::{Actor, Codelist, DraftId, InfusionId, Language, Level, TaskId, Timestamp};
use crate::store::drafts::{self, Draft};
use crate::store::{Connection, audit, tasks};

/// A report that is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDraft {
    /// The infusion that its hours will be counted from.
    pub infusion: InfusionId,
    /// Who tells.
    pub source: ReportSource,
    /// The language of the page.
    pub language: Language,
}

/// What a step of an unfinished report has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The level of the danger answers so far; NONE when there is none.
    pub level: Level,
    /// The rules of that level and of the other dangers.
    pub rules: Vec<String>,
    /// What the patient should do now, one paragraph each; empty without danger.
    pub advice: Vec<String>,
    /// The task that was raised.
    pub task: Option<TaskId>,
    /// Nobody was on duty when it was.
    pub nobody_on_duty: bool,
}

/// Begins a report. A draft belongs to the link or to the member of staff that began it.
pub fn begin(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    new: NewDraft,
) -> Result<DraftId, IntakeError> {
    let episode = reachable(conn, actor, new.infusion)?;
    let (link, staff) = match actor {
        Actor::Patient { link, .. } => (Some(*link), None),
        Actor::Staff { id, .. } => (None, Some(*id)),
        // Another system sends whole reports; the program itself writes none.
        Actor::Api { .. } | Actor::System | Actor::Operator => return Err(IntakeError::NotFound),
    };
    let draft = Draft {
        id: DraftId::new(),
        site: episode.site,
        patient: episode.patient,
        infusion: episode.infusion,
        link,
        staff,
        source: new.source,
        language: new.language,
        report: Value::Object(Map::new()),
        form: Value::Object(Map::new()),
        started_at: now,
        updated_at: now,
        task: None,
        sent: None,
    };
    drafts::insert(conn, &draft)?;
    let detail = json!({"source": new.source.code()});
    audit::append(
        conn,
        now,
        actor,
        Some(draft.site),
        "draft.begun",
        ("draft", &draft.id),
        &detail,
    )?;
    Ok(draft.id)
}

/// Saves the fields as they were typed, so that the page can show them again.
pub fn save_form(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    draft: DraftId,
    form: &Value,
) -> Result<(), IntakeError> {
    let draft = own_draft(conn, actor, draft)?;
    drafts::save(conn, now, &draft, &draft.report, form)?;
    Ok(())
}

/// Saves what was answered so far and looks for danger in it: what would be URGENT or
/// EMERGENCY in a finished report raises its flag, its task and the alert at once. Answers
/// taken back leave the flag: a person decides.
///
/// A draft that was sent already stays as it is, and its step has no danger.
pub fn save_step(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    draft: DraftId,
    report_so_far: &Value,
) -> Result<Step, IntakeError> {
    let draft = own_draft(conn, actor, draft)?;
    let nothing = Step {
        level: Level::None,
        rules: Vec::new(),
        advice: Vec::new(),
        task: draft.task,
        nobody_on_duty: false,
    };
    if draft.sent.is_some() {
        return Ok(nothing);
    }
    drafts::save(conn, now, &draft, report_so_far, &draft.form)?;
    let named = reachable(conn, actor, draft.infusion)?;
    let (episode, report) = match actor {
        Actor::Patient { .. } => attribution::latest(conn, now, &named, report_so_far)?,
        _ => (named, report_so_far.clone()),
    };
    let (_, raw) = judge::input(conn, now, &episode, &report, &[])?;
    let Some(input) = evaluate::read_draft(&raw) else { return Ok(nothing) };
    let Some(set) = evaluate::rule_set(conn, now, &episode)? else { return Ok(nothing) };
    let Some(mut assessment) = evaluate::apply(&set.set, &episode, &input) else {
        return Ok(nothing);
    };
    // Milder rules wait for the whole report: half of it would often say too much.
    assessment.fired.retain(|fired| fired.level >= Level::Urgent);
    // What a person put off is no danger here either; what would end it is.
    crate::snooze::settle(conn, now, Some(episode.patient))?;
    let judge::Heard { flags, quiet, level, .. } = judge::hear(conn, &episode, set, &assessment)?;
    assessment.fired.retain(|fired| !quiet.iter().any(|(flag, _)| flag.rule == fired.rule));
    assessment.level = level;
    if assessment.fired.is_empty() {
        return Ok(nothing);
    }
    let target = evaluate::target(Some(&set.set), level);
    let rules: Vec<String> = flags.iter().map(|flag| flag.rule.clone()).collect();
    let mut step = Step {
        level,
        rules: rules.clone(),
        advice: super::advice::paragraphs(conn, now, &episode, draft.language, |context| {
            let context: &AdviceContext<'_> = context;
            advice(&set.set, &assessment, draft.language, context)
        })?,
        ..nothing
    };
    let flagged = tasks::flagged_by_draft(conn, draft.id)?;
    if flags.iter().all(|flag| flagged.iter().any(|(rule, ..)| *rule == flag.rule)) {
        return Ok(step);
    }
    if let Some(raised) = told::task(conn, now, &episode, None, (level, target))? {
        let known = tasks::rules_on(conn, raised.task)?;
        told::flags(conn, now, &raised, (None, Some(draft.id)), &flags)?;
        let reason = draft.id.to_string();
        step.nobody_on_duty = told::alert(conn, now, &episode, &raised, &reason, (&flags, &known))?;
        drafts::raised(conn, draft.id, raised.task)?;
        step.task = Some(raised.task);
        let detail = json!({
            "level": level.code(),
            "rules": rules,
            "task": raised.task.to_string(),
        });
        let object = ("draft", &draft.id as &dyn std::fmt::Display);
        audit::append(conn, now, actor, Some(episode.site), "draft.flagged", object, &detail)?;
    }
    Ok(step)
}

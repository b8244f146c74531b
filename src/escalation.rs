//! Telling the next people about a task that nobody has taken, until a named person does.
//!
//! The steps are rows that were written with the task ([`steps`]); what falls due owes its
//! mails in the transaction that notes it as done. An acknowledgement after which nothing
//! happens runs out, and the task climbs on.

pub mod settings;

use serde_json::json;

use crate::domain::chain::{
    Audience, PlannedStep, StepState, StepStop, next_round, resumed, runs_out,
};
use crate::domain::{Actor, Codelist, Level, Scope, SiteId, TaskId, Timestamp};
use crate::letters;
use crate::store::episodes::{self, Episode};
use crate::store::steps::{self, Ground, StepRow, Taken};
use crate::store::task_actions::{self, TaskRow};
use crate::store::tasks;
use crate::store::{Connection, Result, audit, hooks, rota};

/// What a round has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Climbed {
    /// Acknowledgements that ran out.
    pub ran_out: usize,
    /// Steps whose people were told.
    pub steps: usize,
}

/// Lets acknowledgements run out and tells the people of every step whose time has come. To
/// be called every minute, and after the training clock moved.
pub fn tick(conn: &mut Connection, now: Timestamp) -> Result<Climbed> {
    let mut done = Climbed::default();
    for taken in steps::taken(conn, now)? {
        if runs_out(&taken.facts) <= now {
            run_out(conn, now, &taken)?;
            done.ran_out += 1;
        }
    }
    for step in steps::due(conn, now, None)? {
        done.steps += usize::from(carry_out(conn, now, &step)?.is_some());
    }
    Ok(done)
}

/// Tells the people of a task's steps whose time has come. Returns whether there was nobody
/// of an audience, so that everybody who works the queue was told.
pub fn tell(conn: &mut Connection, now: Timestamp, task: TaskId) -> Result<bool> {
    let mut is_stand_in = false;
    for step in steps::due(conn, now, Some(task))? {
        is_stand_in |= carry_out(conn, now, &step)?.unwrap_or(false);
    }
    Ok(is_stand_in)
}

/// Tells whoever is on duty of a new danger on a task that somebody has taken. `reason` keeps
/// it to one mail for each person and reason. Returns whether nobody was on duty.
pub fn tell_again(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    task: TaskId,
    reason: &str,
) -> Result<bool> {
    let found = rota::audience(conn, episode.site, Audience::OnDuty, now)?;
    for (staff, language) in &found.people {
        letters::alert(conn, now, episode, task, reason, (*staff, *language))?;
    }
    hooks::owe(conn, now, episode.site, Some(task), &format!("{task} {reason}"))?;
    if found.is_stand_in {
        nobody(conn, now, (episode.site, task), Audience::OnDuty, found.people.len())?;
    }
    Ok(found.is_stand_in)
}

/// Tells the people of one step, unless its task no longer needs it. Returns whether others
/// had to stand in; `None` when nobody was to be told.
fn carry_out(conn: &mut Connection, now: Timestamp, step: &StepRow) -> Result<Option<bool>> {
    let Some((site, infusion, ended)) = tasks::climbing(conn, step.task_id)? else {
        return Ok(None);
    };
    if let Some(cause) = ended {
        // Whatever ends a task cancels its steps; this is for one that did not.
        steps::cancel(conn, now, step.task_id, cause)?;
        return Ok(None);
    }
    let Some(episode) = episodes::find(conn, &Scope::of([site]), infusion)? else {
        return Ok(None);
    };
    let found = rota::audience(conn, site, step.audience, now)?;
    let reason = format!("step {}", step.id);
    for (staff, language) in &found.people {
        let letter =
            letters::alert(conn, now, &episode, step.task_id, &reason, (*staff, *language))?;
        if let Some(letter) = letter {
            steps::told(conn, step.id, *staff, letter)?;
        }
    }
    hooks::owe(conn, now, site, Some(step.task_id), &reason)?;
    steps::done(conn, now, step.id, found.is_stand_in)?;
    let detail = json!({
        "step": step.number,
        "round": step.round,
        "audience": step.audience.code(),
        "told": found.people.len(),
    });
    let task = ("task", &step.task_id as &dyn std::fmt::Display);
    audit::append(conn, now, &Actor::System, Some(site), "task.step_done", task, &detail)?;
    if found.is_stand_in {
        nobody(conn, now, (site, step.task_id), step.audience, found.people.len())?;
    }
    repeat(conn, now, step)?;
    Ok(Some(found.is_stand_in))
}

/// Notes that there was nobody to be told, and how many were told instead.
fn nobody(
    conn: &mut Connection,
    now: Timestamp,
    (site, task): (SiteId, TaskId),
    audience: Audience,
    told_instead: usize,
) -> Result<()> {
    let action = match audience {
        Audience::OnDuty => "alert.nobody_on_duty",
        _ => "alert.nobody_there",
    };
    let detail = json!({"audience": audience.code(), "told_instead": told_instead});
    let object = ("task", &task as &dyn std::fmt::Display);
    audit::append(conn, now, &Actor::System, Some(site), action, object, &detail)?;
    tracing::error!(%site, audience = audience.code(), "a step is due and nobody is there for it");
    Ok(())
}

/// After the last step of a round everybody is told again, until somebody takes the task.
fn repeat(conn: &mut Connection, now: Timestamp, step: &StepRow) -> Result<()> {
    let all = steps::of_task(conn, step.task_id)?;
    let round: Vec<&StepRow> =
        all.iter().filter(|one| (one.chain, one.round) == (step.chain, step.round)).collect();
    let waits = round.iter().any(|one| one.state == StepState::Planned);
    let is_newest =
        all.last().is_some_and(|one| (one.chain, one.round) == (step.chain, step.round));
    if waits || !is_newest {
        return Ok(());
    }
    let due_at = next_round(step.due_at, step.repeat_min, now);
    let again: Vec<PlannedStep> = round
        .iter()
        .map(|one| PlannedStep { number: one.number, audience: one.audience, due_at })
        .collect();
    let like = (step.repeat_min, step.policy_version);
    steps::insert(conn, step.task_id, (step.chain, step.round + 1), &again, like)
}

/// The task has to be taken again: its chain goes on with the step behind the first.
fn run_out(conn: &mut Connection, now: Timestamp, taken: &Taken) -> Result<()> {
    steps::ran_out(conn, now, taken.task, taken.level)?;
    let all = steps::of_task(conn, taken.task)?;
    let newest = all.last().map(|step| step.chain);
    let chain: Vec<&StepRow> =
        all.iter().filter(|step| Some(step.chain) == newest && step.round == 1).collect();
    let planned: Vec<PlannedStep> = chain
        .iter()
        .map(|step| PlannedStep {
            number: step.number,
            audience: step.audience,
            due_at: step.due_at,
        })
        .collect();
    match chain.last() {
        Some(last) => {
            let like = (last.repeat_min, last.policy_version);
            steps::begin_with(conn, taken.task, &resumed(now, &planned), like)?;
        }
        None => steps::begin(conn, now, &ground(taken))?,
    }
    let detail = json!({
        "level": taken.level.code(),
        "taken_by": taken.by.to_string(),
        "taken_at": taken.facts.at.to_string(),
    });
    let task = ("task", &taken.task as &dyn std::fmt::Display);
    audit::append(conn, now, &Actor::System, Some(taken.site), "task.ran_out", task, &detail)
}

fn ground(taken: &Taken) -> Ground {
    let by = taken.facts.acknowledge_by.unwrap_or(taken.facts.contact_by);
    Ground {
        task: taken.task,
        site: taken.site,
        level: taken.level,
        target_min: by.since(taken.facts.raised_at).as_mins(),
    }
}

/// What an action of a person means for the chain of its task: taking and closing end the
/// steps that wait; opening again begins new ones by the clinic's times as they are now.
pub(crate) fn acted(
    conn: &mut Connection,
    now: Timestamp,
    row: &TaskRow,
    (was_open, is_open): (bool, bool),
) -> Result<()> {
    if was_open && !is_open {
        steps::cancel(conn, now, row.id, StepStop::Closed)?;
        return Ok(());
    }
    let Some(row) = task_actions::find(conn, &Scope::of([row.site_id]), row.id)? else {
        return Ok(());
    };
    if !was_open && is_open && row.level > Level::None {
        let by = row.acknowledge_by.unwrap_or(row.contact_by);
        let target_min = by.since(row.raised_at).as_mins();
        let ground = Ground { task: row.id, site: row.site_id, level: row.level, target_min };
        steps::begin(conn, now, &ground)?;
    }
    if is_open && row.acknowledged_at.is_some() {
        steps::cancel(conn, now, row.id, StepStop::Taken)?;
    }
    Ok(())
}

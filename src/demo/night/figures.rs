//! What a night came to, in figures: everything from the rows, nothing from the script.

use std::collections::BTreeSet;

use crate::domain::chain::{Audience, StepState, StepStop};
use crate::domain::letter::MailState;
use crate::domain::registry::CheckInState;
use crate::domain::task::{TaskEventKind, TaskState};
use crate::domain::{Level, StaffId, TaskId, Timestamp};
use crate::store::night::{CheckIn, Mail, Record, Report};
use crate::store::outbox::Balance;
use crate::store::steps::{StepRow, WAIT_MIN};
use crate::store::task_actions::TaskRow;

/// Something with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Done by then.
    InTime(Timestamp),
    /// Done, but so many minutes late.
    Late(Timestamp, i64),
    /// Not done, and so many minutes late by now.
    Overdue(i64),
    /// Not done; there is time until then.
    Waiting(Timestamp),
}

impl Kept {
    /// What was done, or not, against its target.
    #[must_use]
    pub fn of(done: Option<Timestamp>, by: Timestamp, now: Timestamp) -> Self {
        let late = |at: Timestamp| at.since(by).as_mins();
        match done {
            Some(at) if at <= by => Self::InTime(at),
            Some(at) => Self::Late(at, late(at)),
            None if now > by => Self::Overdue(late(now)),
            None => Self::Waiting(by),
        }
    }
}

/// What would have gone on until the morning if nobody had acted on a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// The steps that were spared, and when.
    pub spared: Vec<(Audience, Timestamp)>,
    /// How often everybody would have been told again after the last of them.
    pub rounds: i64,
}

/// One task against its targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFigures {
    /// The task.
    pub task: TaskRow,
    /// When the first mail about its present level was taken by the mail server.
    pub first_told_at: Option<Timestamp>,
    /// People whom a mail about it reached, ever.
    pub people_told: usize,
    /// The steps that were carried out, all rounds.
    pub steps_done: usize,
    /// How far it climbed.
    pub highest: Option<Audience>,
    /// Taken, where the level has a target for it.
    pub taken: Option<Kept>,
    /// The patient reached; none where the task was closed without that.
    pub reached: Option<Kept>,
    /// What acting has spared; none where nobody has acted.
    pub otherwise: Option<Otherwise>,
}

impl TaskFigures {
    fn of(record: &Record, task: &TaskRow, now: Timestamp, ends_at: Timestamp) -> Self {
        let steps: Vec<&StepRow> =
            record.steps.iter().filter(|step| step.task_id == task.id).collect();
        let told = || {
            let of_task = record.told.iter().filter(|told| told.task == task.id);
            of_task.filter(|told| told.state == MailState::Accepted)
        };
        let people: BTreeSet<StaffId> = told().map(|told| told.staff).collect();
        // What was said before it was raised was said of something less urgent.
        let first_told_at =
            told().filter_map(|told| told.settled_at).filter(|at| *at >= task.raised_at).min();
        let done = || steps.iter().filter(|step| step.state == StepState::Done);
        let reached = task.reached_at.filter(|at| *at >= task.raised_at);
        let is_wanted = reached.is_some() || task.closed_at.is_none();
        Self {
            first_told_at,
            people_told: people.len(),
            steps_done: done().count(),
            highest: done().max_by_key(|step| step.number).map(|step| step.audience),
            taken: task.acknowledge_by.map(|by| Kept::of(task.acknowledged_at, by, now)),
            reached: is_wanted.then(|| Kept::of(reached, task.contact_by, now)),
            otherwise: otherwise(&steps, ends_at),
            task: task.clone(),
        }
    }

    /// Nobody has taken it.
    #[must_use]
    pub fn is_untaken(&self) -> bool {
        self.task.state == TaskState::Open && self.task.acknowledged_at.is_none()
    }

    /// Somebody has taken it, and the patient was not reached.
    #[must_use]
    pub fn is_unreached(&self) -> bool {
        let is_reached = self.task.reached_at.is_some_and(|at| at >= self.task.raised_at);
        self.task.state == TaskState::Open && !self.is_untaken() && !is_reached
    }

    /// The patient was reached, and it is still open.
    #[must_use]
    pub fn is_unclosed(&self) -> bool {
        self.task.state == TaskState::Open && !self.is_untaken() && !self.is_unreached()
    }
}

/// What the last chain of a task that somebody took or closed would have done until then.
fn otherwise(steps: &[&StepRow], ends_at: Timestamp) -> Option<Otherwise> {
    let newest = steps.iter().map(|step| step.chain).max()?;
    let chain: Vec<_> = steps.iter().filter(|step| step.chain == newest).collect();
    let spared: Vec<_> = chain
        .iter()
        .filter(|step| matches!(step.cause, Some(StepStop::Taken | StepStop::Closed)))
        .collect();
    let last = chain.iter().map(|step| step.due_at).max()?;
    let every = chain.iter().map(|step| i64::from(step.repeat_min.max(1))).max()?;
    (!spared.is_empty()).then(|| Otherwise {
        spared: spared
            .iter()
            .filter(|step| step.due_at <= ends_at)
            .map(|step| (step.audience, step.due_at))
            .collect(),
        rounds: ends_at.since(last).as_mins().max(0) / every,
    })
}

/// A span in which the banner said that nobody could be told of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unheard {
    /// Of which task.
    pub task: TaskId,
    /// When it came up.
    pub from: Timestamp,
}

/// When the banner came up: a step told nobody of its audience, or no mail of it arrived in
/// time, and nobody had taken the task by then.
#[must_use]
pub fn unheard(record: &Record, now: Timestamp) -> Vec<Unheard> {
    let mut found: Vec<Unheard> = Vec::new();
    for step in record.steps.iter().filter(|step| step.state == StepState::Done) {
        let Some(done_at) = step.settled_at else { continue };
        let arrived = record.told.iter().filter(|told| told.step == step.id);
        let arrived = arrived.filter(|told| told.state == MailState::Accepted);
        let first = arrived.filter_map(|told| told.settled_at).min();
        let patience = done_at.plus_minutes(WAIT_MIN);
        let from = if step.is_stand_in { done_at } else { patience };
        let came = !step.is_stand_in && first.is_some_and(|at| at <= patience);
        let is_over = record.events.iter().any(|event| {
            event.task == step.task_id
                && (done_at..=from).contains(&event.at)
                && matches!(
                    event.kind,
                    TaskEventKind::Taken
                        | TaskEventKind::Closed
                        | TaskEventKind::Answered
                        | TaskEventKind::Raised
                )
                // A task that is made or raised tells at the same instant.
                && (event.kind != TaskEventKind::Raised || event.at > done_at)
        });
        if !came && !is_over && from <= now {
            found.push(Unheard { task: step.task_id, from });
        }
    }
    found.sort_by_key(|one| (one.from, one.task));
    found.dedup();
    found
}

/// The whole night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debrief {
    /// Task by task, the most urgent first.
    pub tasks: Vec<TaskFigures>,
    /// Reports for which nobody was called, and that is right.
    pub quiet: Vec<Report>,
    /// Check-ins that were missed in the night.
    pub missed: Vec<CheckIn>,
    /// What became of the mails.
    pub mails: Balance,
    /// All mails, counted apart.
    pub mails_planned: usize,
}

impl Debrief {
    /// What the record of a night came to by now.
    #[must_use]
    pub fn of(record: &Record, now: Timestamp, ends_at: Timestamp) -> Self {
        let mut tasks: Vec<TaskFigures> =
            record.tasks.iter().map(|task| TaskFigures::of(record, task, now, ends_at)).collect();
        tasks.sort_by_key(|one| (std::cmp::Reverse(one.task.level), one.task.opened_at));
        let is_quiet = |report: &&Report| report.level == Level::None && report.task.is_none();
        let was_missed = |one: &&CheckIn| one.state == CheckInState::Missed;
        Self {
            tasks,
            quiet: record.reports.iter().filter(is_quiet).cloned().collect(),
            missed: record.check_ins.iter().filter(was_missed).cloned().collect(),
            mails: balance(&record.mails),
            mails_planned: record.mails.len(),
        }
    }
}

fn balance(mails: &[Mail]) -> Balance {
    let mut balance = Balance::default();
    for mail in mails {
        match mail.state {
            MailState::Planned | MailState::Sending => balance.waiting += 1,
            MailState::Accepted => balance.accepted += 1,
            MailState::Failed => balance.failed += 1,
            MailState::Bounced => balance.bounced += 1,
            MailState::Cancelled => balance.cancelled += 1,
        }
    }
    balance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        "2026-03-01T02:00:00Z".parse::<Timestamp>().unwrap().plus_minutes(minutes)
    }

    #[test]
    fn what_is_done_is_measured_against_its_target_and_what_is_not_against_now() {
        for (done, now, expected) in [
            (Some(10), 40, Kept::InTime(at(10))),
            (Some(15), 40, Kept::InTime(at(15))),
            (Some(25), 40, Kept::Late(at(25), 10)),
            (None, 40, Kept::Overdue(25)),
            (None, 15, Kept::Waiting(at(15))),
        ] {
            assert_eq!(Kept::of(done.map(at), at(15), at(now)), expected, "{done:?} at {now}");
        }
    }

    fn step(number: i32, due: i64, state: StepState) -> StepRow {
        StepRow {
            id: crate::domain::StepId::new(),
            task_id: TaskId::new(),
            chain: 1,
            round: 1,
            number,
            audience: Audience::ALL[usize::try_from(number).unwrap()],
            due_at: at(due),
            repeat_min: 15,
            policy_version: None,
            state,
            cause: (state == StepState::Cancelled).then_some(StepStop::Taken),
            is_stand_in: false,
            settled_at: None,
        }
    }

    use crate::domain::Codelist as _;

    #[test]
    fn a_task_that_was_taken_spared_the_steps_behind_and_every_round_until_the_morning() {
        let steps = [
            step(0, 0, StepState::Done),
            step(1, 15, StepState::Done),
            step(2, 30, StepState::Cancelled),
            step(3, 45, StepState::Cancelled),
        ];
        let rows: Vec<&StepRow> = steps.iter().collect();
        let found = otherwise(&rows, at(100)).unwrap();
        let spared = vec![(Audience::Physician, at(30)), (Audience::SafetyOfficer, at(45))];
        assert_eq!(found, Otherwise { spared, rounds: 3 });
        let early = otherwise(&rows, at(40)).unwrap();
        assert_eq!((early.spared.len(), early.rounds), (1, 0), "the morning came before");
        assert_eq!(otherwise(&rows[..2], at(100)), None, "nobody has acted");
    }
}

//! Where a task stands, what a person may do with it, and what follows.
//!
//! Pure: the store reads a [`Standing`], [`Standing::act`] says what it becomes or
//! everything that stands against it. There is no way to [`TaskState::Closed`] here
//! but a person's [`Action::Close`] with an outcome and an answer to "was this
//! worth a flag?".

use super::super::{Level, StaffId, Timestamp};
use super::action::{Action, Closing, Happening, NOTE_MAX, Refusal};
use super::{CallResult, Outcome, TaskEventKind, TaskKind, TaskState, WorthAFlag};

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Why it exists.
    pub kind: TaskKind,
    /// How soon somebody must act.
    pub level: Level,
    /// Open or closed.
    pub state: TaskState,
    /// Who has it.
    pub owner: Option<StaffId>,
    /// The clock runs from here.
    pub raised_at: Timestamp,
    /// Until when somebody must have taken it; none where only the contact counts.
    pub acknowledge_by: Option<Timestamp>,
    /// Until when the patient must be reached (ROUTINE: the report reviewed).
    pub contact_by: Timestamp,
    /// Who took it first since the clock runs, and when.
    pub acknowledged: Option<(Timestamp, StaffId)>,
    /// When the patient was reached by phone.
    pub reached_at: Option<Timestamp>,
    /// When the patient is to be called again.
    pub next_try_at: Option<Timestamp>,
    /// Calls since the clock runs that did not reach the patient.
    pub vain_calls: i64,
    /// How it ended, while it is closed.
    pub closing: Option<Closing>,
}

/// What still has a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// Somebody must take it.
    Take(Timestamp),
    /// The patient must be reached.
    Contact(Timestamp),
    /// The report must be looked at (ROUTINE).
    Review(Timestamp),
    /// The patient was reached; closing has no clock.
    Reached(Timestamp),
}

impl Deadline {
    /// Whether the time is over.
    #[must_use]
    pub fn is_overdue(self, now: Timestamp) -> bool {
        match self {
            Self::Take(by) | Self::Contact(by) | Self::Review(by) => by < now,
            Self::Reached(_) => false,
        }
    }
}

impl Standing {
    /// The next thing that has a clock.
    #[must_use]
    pub const fn deadline(&self) -> Deadline {
        match (self.acknowledged, self.acknowledge_by, self.reached_at) {
            (None, Some(by), _) => Deadline::Take(by),
            (_, _, Some(at)) => Deadline::Reached(at),
            _ if matches!(self.level, Level::Routine | Level::None) => {
                Deadline::Review(self.contact_by)
            }
            _ => Deadline::Contact(self.contact_by),
        }
    }

    /// What the task becomes when this person does this, and what its history then says;
    /// otherwise everything that stands against it.
    pub fn act(
        &self,
        now: Timestamp,
        by: StaffId,
        action: &Action,
    ) -> Result<(Self, Vec<Happening>), Vec<Refusal>> {
        let mut refusals = self.refusals(now, by, action);
        if !refusals.is_empty() {
            refusals.sort_unstable();
            refusals.dedup();
            return Err(refusals);
        }
        let mut next = self.clone();
        let mut history = Vec::new();
        match action {
            Action::Take => {
                next.owner = Some(by);
                next.acknowledged = next.acknowledged.or(Some((now, by)));
                history.push(Happening::of(TaskEventKind::Taken));
            }
            Action::HandOver { to, note } => {
                next.owner = *to;
                let happening = Happening::of(TaskEventKind::HandedOver).with_note(note);
                history.push(Happening { to: *to, ..happening });
            }
            Action::PutBack { note } => {
                next.owner = None;
                history.push(Happening::of(TaskEventKind::Released).with_note(note));
            }
            Action::Call { result, next_try_at, note } => {
                // Who calls has it: nobody should have to press two buttons at night.
                if next.owner.is_none() || next.acknowledged.is_none() {
                    next.owner = next.owner.or(Some(by));
                    next.acknowledged = next.acknowledged.or(Some((now, by)));
                    history.push(Happening::of(TaskEventKind::Taken));
                }
                let reached = *result == Some(CallResult::Reached);
                if reached {
                    next.reached_at = next.reached_at.or(Some(now));
                } else {
                    next.vain_calls += 1;
                }
                next.next_try_at = *next_try_at;
                let happening = Happening::of(TaskEventKind::Called).with_note(note);
                history.push(Happening {
                    call_result: *result,
                    next_try_at: *next_try_at,
                    ..happening
                });
            }
            Action::Note { text } => {
                history.push(Happening::of(TaskEventKind::Note).with_note(text));
            }
            Action::Close { outcome, worth_a_flag, note } => {
                next.state = TaskState::Closed;
                next.next_try_at = None;
                next.closing = outcome.map(|outcome| Closing {
                    at: now,
                    by: Some(by),
                    outcome,
                    worth_a_flag: *worth_a_flag,
                });
                let happening = Happening::of(TaskEventKind::Closed).with_note(note);
                history.push(Happening { outcome: *outcome, ..happening });
            }
            Action::Reopen { reason } => {
                // The clock starts again with the time that the level was given before.
                let by_then = |then: Timestamp| now.plus(then.since(self.raised_at));
                next.state = TaskState::Open;
                next.closing = None;
                next.raised_at = now;
                next.acknowledge_by = self.acknowledge_by.map(by_then);
                next.contact_by = by_then(self.contact_by);
                next.owner = Some(by);
                next.acknowledged = Some((now, by));
                next.reached_at = None;
                next.vain_calls = 0;
                history.push(Happening::of(TaskEventKind::Reopened).with_note(reason));
            }
        }
        Ok((next, history))
    }

    fn refusals(&self, now: Timestamp, by: StaffId, action: &Action) -> Vec<Refusal> {
        let is_closed = self.state == TaskState::Closed;
        let mut found = Vec::new();
        match action {
            Action::Reopen { .. } if !is_closed => return vec![Refusal::IsOpen],
            // What was learnt later may still be written down.
            Action::Reopen { .. } | Action::Note { .. } => {}
            _ if is_closed => return vec![Refusal::IsClosed],
            _ => {}
        }
        let text = match action {
            Action::Take => "",
            Action::Note { text } => text,
            Action::Reopen { reason } => reason,
            Action::HandOver { note, .. }
            | Action::PutBack { note }
            | Action::Call { note, .. }
            | Action::Close { note, .. } => note,
        };
        if text.chars().count() > NOTE_MAX {
            found.push(Refusal::NoteTooLong);
        }
        let is_blank = text.trim().is_empty();
        match action {
            Action::Take => {
                if self.owner == Some(by) && self.acknowledged.is_some() {
                    found.push(Refusal::IsYours);
                }
            }
            Action::HandOver { to, .. } => match to {
                None => found.push(Refusal::NoPerson),
                Some(_) if *to == self.owner => found.push(Refusal::SamePerson),
                Some(_) => {}
            },
            Action::PutBack { .. } => {
                if self.owner.is_none() {
                    found.push(Refusal::IsNobodys);
                }
            }
            Action::Call { result, next_try_at, .. } => {
                if result.is_none() {
                    found.push(Refusal::NoCallResult);
                }
                if *result == Some(CallResult::NoAnswer) && next_try_at.is_none() {
                    found.push(Refusal::NoNextTry);
                }
                if next_try_at.is_some_and(|at| at <= now) {
                    found.push(Refusal::NextTryPassed);
                }
            }
            Action::Note { .. } => {
                if is_blank {
                    found.push(Refusal::NoNote);
                }
            }
            Action::Close { outcome, worth_a_flag, .. } => {
                found.extend(self.against_closing(*outcome, *worth_a_flag, is_blank));
            }
            Action::Reopen { .. } => {
                if is_blank {
                    found.push(Refusal::NoReason);
                }
            }
        }
        found
    }

    fn against_closing(
        &self,
        outcome: Option<Outcome>,
        worth_a_flag: Option<WorthAFlag>,
        is_unexplained: bool,
    ) -> Vec<Refusal> {
        let mut found = Vec::new();
        if self.acknowledged.is_none() {
            found.push(Refusal::NotTaken);
        }
        // Only an answer sets "answered"; a person cannot choose it.
        match outcome.filter(|outcome| Outcome::choices(self.kind).contains(outcome)) {
            None => found.push(Refusal::NoOutcome),
            Some(outcome) if outcome.needs_grounds() && is_unexplained => {
                found.push(Refusal::NoGrounds);
            }
            Some(Outcome::NotReached) if self.reached_at.is_some() => {
                found.push(Refusal::WasReached);
            }
            Some(Outcome::NotReached) if self.vain_calls == 0 => found.push(Refusal::NoCallTried),
            Some(outcome) if self.needs_a_call() && self.reached_at.is_none() => {
                if !outcome.explains_no_call() {
                    found.push(Refusal::NotReached);
                } else if is_unexplained {
                    found.push(Refusal::NoExplanation);
                }
            }
            Some(_) => {}
        }
        if worth_a_flag.is_none() {
            found.push(Refusal::NoWorth);
        }
        found
    }

    /// Whether the level asks for the patient to be reached (REFERENCE §4.2). Judging and
    /// finding out is done without the patient, however soon it is due.
    #[must_use]
    pub const fn needs_a_call(&self) -> bool {
        matches!(self.level, Level::Emergency | Level::Urgent)
            && !matches!(self.kind, TaskKind::Seriousness | TaskKind::ProductQuality)
    }
}

#[cfg(test)]
mod tests;

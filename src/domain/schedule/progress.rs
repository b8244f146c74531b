//! What has become of the check-ins of one infusion.
//!
//! States are worked out from what happened and the time; a check-in has no
//! state of its own that could disagree with its facts. All functions take the
//! check-ins of **one infusion**; the order does not matter.

use super::prompts::QuietHours;
use super::{CheckInCode, PlannedCheckIn};
use crate::domain::codelist::codelist;
use crate::domain::time::{Timestamp, Zone};

/// Day 1 stays open for so many hours after its prompt was sent (clinical reference §7.2).
pub const HOURS_TO_ANSWER_DAY_1: i64 = 8;

codelist! {
    /// What has become of a check-in, which the time decides together with its stored state.
    pub enum CheckInPhase: "phase of a check-in" {
        /// Not open yet.
        Planned = "planned",
        /// A report counts as its answer.
        Open = "open",
        /// Answered, in time or late.
        Answered = "answered",
        /// Closed without an answer.
        Missed = "missed",
        /// The next infusion took its place, or it was stopped.
        Cancelled = "cancelled",
    }
}

/// A check-in and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// Its instants.
    pub plan: PlannedCheckIn,
    /// When its prompt was accepted by the mail server.
    pub prompt_sent_at: Option<Timestamp>,
    /// When the report that answers it was sent.
    pub answered_at: Option<Timestamp>,
    /// When it was superseded by the next infusion, or cancelled.
    pub cancelled_at: Option<Timestamp>,
}

impl CheckIn {
    /// A check-in to which nothing has happened yet.
    #[must_use]
    pub const fn new(plan: PlannedCheckIn) -> Self {
        Self { plan, prompt_sent_at: None, answered_at: None, cancelled_at: None }
    }

    /// Which check-in.
    #[must_use]
    pub const fn code(&self) -> CheckInCode {
        self.plan.code
    }

    /// When it is overdue and closed.
    ///
    /// Day 1 is the one deadline that moves: a prompt that had to wait for the
    /// morning leaves 8 h. A prompt that was not sent moves nothing, so that
    /// failing mail cannot put off the nurse's call.
    #[must_use]
    pub fn close(&self) -> Timestamp {
        let table = self.plan.closes_at;
        match self.prompt_sent_at {
            Some(sent) if self.code() == CheckInCode::D1 => {
                table.max(sent.plus_hours(HOURS_TO_ANSWER_DAY_1))
            }
            _ => table,
        }
    }

    /// What has become of it at `now`. It is missed at the very instant of its close.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> CheckInPhase {
        let by_now = |instant: Option<Timestamp>| instant.is_some_and(|instant| instant <= now);
        if by_now(self.answered_at) {
            CheckInPhase::Answered
        } else if by_now(self.cancelled_at) {
            CheckInPhase::Cancelled
        } else if self.close() <= now {
            CheckInPhase::Missed
        } else if self.plan.opens_at <= now {
            CheckInPhase::Open
        } else {
            CheckInPhase::Planned
        }
    }

    /// Whether it was answered, but at or after its close.
    #[must_use]
    pub fn answered_late(&self) -> bool {
        self.answered_at.is_some_and(|answered| answered >= self.close())
    }
}

/// A check-in that a report answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completion {
    /// Which one.
    pub code: CheckInCode,
    /// The answer came at or after the close; the task of the silence is done.
    pub late: bool,
}

/// The check-ins that a visit at `now` is asked about, by due time: all that
/// are open, or else the one that closed last, as long as nobody answered it.
#[must_use]
pub fn asked(check_ins: &[CheckIn], now: Timestamp) -> Vec<CheckInCode> {
    let mut open = in_state(check_ins, now, CheckInPhase::Open);
    if open.is_empty() {
        let closed = check_ins
            .iter()
            .filter(|one| one.close() <= now && one.state(now) != CheckInPhase::Cancelled);
        let last = closed.max_by_key(|one| one.close());
        open.extend(last.filter(|one| one.state(now) == CheckInPhase::Missed));
    }
    codes(open)
}

/// The check-ins that a report sent at `now` answers, if it answers the core questions.
///
/// All that are open are answered by any report. A closed one is answered, late,
/// only by a report that was made for it (`made_for`): what the patient says of
/// their own accord afterwards is news, not the answer to an older question.
#[must_use]
pub fn completed(
    check_ins: &[CheckIn],
    now: Timestamp,
    made_for: Option<CheckInCode>,
) -> Vec<Completion> {
    let mut answered: Vec<&CheckIn> = check_ins
        .iter()
        .filter(|one| match one.state(now) {
            CheckInPhase::Open => true,
            CheckInPhase::Missed => Some(one.code()) == made_for,
            _ => false,
        })
        .collect();
    answered.sort_by_key(|one| one.plan.due_at);
    answered
        .into_iter()
        .map(|one| Completion { code: one.code(), late: one.close() <= now })
        .collect()
}

/// What the next infusion does to the check-ins of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Supersession {
    /// Cancelled as superseded, by due time.
    pub superseded: Vec<CheckInCode>,
    /// The day-30 questions are asked before the new infusion instead.
    pub ask_day_30_before_infusion: bool,
}

/// Which check-ins the next infusion, ended at `next_t0`, takes the place of:
/// those due strictly later that nobody has answered. One due at that very
/// instant stays.
#[must_use]
pub fn supersede(check_ins: &[CheckIn], next_t0: Timestamp) -> Supersession {
    let mut later: Vec<&CheckIn> = check_ins
        .iter()
        .filter(|one| one.plan.due_at > next_t0)
        .filter(|one| one.answered_at.is_none() && one.cancelled_at.is_none())
        .collect();
    later.sort_by_key(|one| one.plan.due_at);
    let superseded = codes(later);
    let ask_day_30_before_infusion = superseded.contains(&CheckInCode::D30);
    Supersession { superseded, ask_day_30_before_infusion }
}

/// The facts about silence that the rules read (clinical reference §1.3, field `schedule`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missed {
    /// The check-in that closed is day 1.
    pub d1_overdue: bool,
    /// Missed neighbours by due time, this one included; hour 4 is not counted.
    pub consecutive_missed: u32,
    /// The check-in that closed is another than hour 4 and day 1.
    pub later_missed: bool,
}

impl Missed {
    /// The facts for a check-in that has closed by `now` without an answer;
    /// `None` when it is not missed, and for hour 4, which no rule reads.
    ///
    /// Neighbours are looked for on both sides: where windows overlap, a
    /// check-in that was due later may have closed earlier.
    #[must_use]
    pub fn of(check_ins: &[CheckIn], code: CheckInCode, now: Timestamp) -> Option<Self> {
        let mut by_due: Vec<&CheckIn> = check_ins
            .iter()
            .filter(|one| one.code() != CheckInCode::H4)
            .filter(|one| one.state(now) != CheckInPhase::Cancelled)
            .collect();
        by_due.sort_by_key(|one| (one.plan.due_at, one.code()));
        let run = by_due
            .split(|one| one.state(now) != CheckInPhase::Missed)
            .rfind(|run| run.iter().any(|one| one.code() == code))?;
        Some(Self {
            d1_overdue: code == CheckInCode::D1,
            consecutive_missed: u32::try_from(run.len()).unwrap_or(u32::MAX),
            later_missed: code != CheckInCode::D1,
        })
    }
}

/// The next time the patient will be asked after `now`: which check-in, and when
/// its prompt comes. `None` when the follow-up is over.
///
/// Hour 4 is left out when the night swallows its prompt.
#[must_use]
pub fn next(
    check_ins: &[CheckIn],
    now: Timestamp,
    zone: &Zone,
    quiet: QuietHours,
) -> Option<(CheckInCode, Timestamp)> {
    check_ins
        .iter()
        .filter(|one| matches!(one.state(now), CheckInPhase::Planned | CheckInPhase::Open))
        .flat_map(|one| one.plan.moments(zone, quiet))
        .filter(|moment| moment.at > now)
        .min()
        .map(|moment| (moment.code, moment.at))
}

fn in_state(check_ins: &[CheckIn], now: Timestamp, state: CheckInPhase) -> Vec<&CheckIn> {
    let mut found: Vec<_> = check_ins.iter().filter(|one| one.state(now) == state).collect();
    found.sort_by_key(|one| one.plan.due_at);
    found
}

fn codes(check_ins: Vec<&CheckIn>) -> Vec<CheckInCode> {
    check_ins.into_iter().map(CheckIn::code).collect()
}

#[cfg(test)]
mod tests;

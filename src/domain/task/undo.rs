//! Which steps can be undone, and for how long.

use jiff::SignedDuration;

use super::super::Timestamp;
use super::super::codelist::codelist;
use super::action::Action;

/// How long a step can be undone, in seconds (FEATURES §4).
pub const UNDO_SECONDS: i64 = 10;

codelist! {
    /// A step with a task that can be undone: it changes nothing outside of the task.
    pub enum UndoableStep: "step that can be undone" {
        /// Taken.
        Taken = "taken",
        /// Given to another person.
        HandedOver = "handed_over",
        /// Put back for anybody.
        PutBack = "released",
        /// Closed.
        Closed = "closed",
    }
}

impl UndoableStep {
    /// The step that an action is, if it can be undone. A call and a note tell of something
    /// that has happened: they can only be added to.
    #[must_use]
    pub const fn of(action: &Action) -> Option<Self> {
        match action {
            Action::Take => Some(Self::Taken),
            Action::HandOver { .. } => Some(Self::HandedOver),
            Action::PutBack { .. } => Some(Self::PutBack),
            Action::Close { .. } => Some(Self::Closed),
            Action::Call { .. } | Action::Note { .. } | Action::Reopen { .. } => None,
        }
    }
}

/// Seconds that are left to undo a step, from 1 to [`UNDO_SECONDS`]; none when it is too late.
#[must_use]
pub fn undo_seconds_left(step_at: Timestamp, now: Timestamp) -> Option<i64> {
    let left = SignedDuration::from_secs(UNDO_SECONDS) - now.since(step_at);
    // A clock that was set back gives no more time than there was.
    let seconds = (left.as_millis() + 999) / 1000;
    i64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(|left| left.min(UNDO_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_can_be_undone_for_ten_seconds_and_not_longer() {
        let at: Timestamp = "2026-03-01T02:00:00Z".parse().unwrap();
        for (milliseconds, left) in
            [(0, Some(10)), (1, Some(10)), (9_000, Some(1)), (9_999, Some(1)), (10_000, None)]
        {
            let now = at.plus(SignedDuration::from_millis(milliseconds));
            assert_eq!(undo_seconds_left(at, now), left, "{milliseconds}");
        }
    }
}

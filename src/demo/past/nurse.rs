//! What nurses did with the tasks of the past: nearly always in time, as in life.

use jiff::SignedDuration;
use rand::Rng;
use rand::seq::IndexedRandom;

use super::{DemoError, Event, Past};
use crate::domain::task::{Action, CallResult, Outcome, WorthAFlag};
use crate::domain::{Level, Scope, TaskId, Timestamp};
use crate::store::Connection;
use crate::store::training::{self, OpenTask};
use crate::triage::{self, Step, TriageError};

impl Past<'_> {
    /// How long until somebody takes a task of this level.
    pub(super) fn notices_after(&mut self, level: Level) -> SignedDuration {
        let is_slow = self.rng.random_bool(0.1);
        match (level, is_slow) {
            (Level::Emergency, false) => self.minutes(2, 13),
            (Level::Emergency, true) => self.minutes(16, 25),
            (Level::Urgent, false) => self.minutes(4, 28),
            (Level::Urgent, true) => self.minutes(35, 90),
            (Level::Soon, false) => self.minutes(40, 900),
            (Level::Soon, true) => self.minutes(1500, 1900),
            (Level::Routine | Level::None, _) => self.minutes(300, 3600),
        }
    }

    /// Does the next thing with a task: take it, call, close it.
    pub(super) fn work(
        &mut self,
        conn: &mut Connection,
        at: Timestamp,
        id: TaskId,
    ) -> Result<(), DemoError> {
        // It may have been answered meanwhile.
        let Some(task) = training::open_task(conn, id)? else { return Ok(()) };
        let (action, next) = self.next(&task, at);
        let Some(clinic) = self.clinics.iter().find(|clinic| clinic.site == task.site) else {
            return Ok(());
        };
        let step = Step {
            actor: clinic.nurse.clone(),
            scope: Scope::of([task.site]),
            task: id,
            version: task.version,
        };
        match triage::act(conn, at, &step, &action) {
            // What a nurse may not do yet, she does later.
            Ok(()) | Err(TriageError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
        self.at(at.plus(next), Event::Work(id));
        Ok(())
    }

    fn next(&mut self, task: &OpenTask, at: Timestamp) -> (Action, SignedDuration) {
        if !task.is_taken {
            let pause = match task.level {
                Level::Emergency => self.minutes(1, 9),
                Level::Urgent => self.minutes(5, 60),
                _ => self.minutes(5, 240),
            };
            return (Action::Take, pause);
        }
        if !task.is_reached {
            let reached = self.rng.random_bool(0.8) || task.vain_calls >= 3;
            let result = if reached { CallResult::Reached } else { CallResult::NoAnswer };
            let pause = match (reached, task.level) {
                (true, _) => self.minutes(10, 300),
                (false, Level::Emergency | Level::Urgent) => self.minutes(5, 20),
                (false, _) => self.minutes(60, 600),
            };
            let call = Action::Call {
                result: Some(result),
                next_try_at: (!reached).then(|| at.plus(pause)),
                note: String::new(),
            };
            return (call, pause);
        }
        let outcomes: &[(Outcome, WorthAFlag)] = match task.level {
            Level::Emergency => &[
                (Outcome::SentToHospital, WorthAFlag::Yes),
                (Outcome::PhysicianReview, WorthAFlag::Yes),
            ],
            Level::Urgent => &[
                (Outcome::AdviceGiven, WorthAFlag::Yes),
                (Outcome::PhysicianReview, WorthAFlag::Yes),
                (Outcome::ExpectedReaction, WorthAFlag::No),
            ],
            _ => &[
                (Outcome::AdviceGiven, WorthAFlag::Yes),
                (Outcome::AdviceGiven, WorthAFlag::Unsure),
                (Outcome::ExpectedReaction, WorthAFlag::No),
            ],
        };
        let (outcome, worth) = outcomes
            .choose(&mut self.rng)
            .copied()
            .unwrap_or((Outcome::AdviceGiven, WorthAFlag::Unsure));
        let close = Action::Close {
            outcome: Some(outcome),
            worth_a_flag: Some(worth),
            note: String::new(),
        };
        (close, self.minutes(30, 60))
    }
}

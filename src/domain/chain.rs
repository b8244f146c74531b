//! Whom a task goes to when nobody takes it (REFERENCE §4.2): the nurse on duty at once, the
//! charge nurse when the acknowledge target passes, the physician at twice, the safety officer
//! at three times the target, and then everybody again until a named person takes it.
//!
//! Taken is not done: an acknowledgement after which nothing happens runs out.

use super::codelist::codelist;
use super::{Level, Timestamp};

codelist! {
    /// Whom a step tells.
    pub enum Audience: "audience" {
        /// Whoever is on duty for patients in danger.
        OnDuty = "on_duty",
        /// Who leads the shift.
        ChargeNurse = "charge_nurse",
        /// The responsible physician.
        Physician = "physician",
        /// Who answers for the safety of the registry.
        SafetyOfficer = "safety_officer",
    }
}

codelist! {
    /// Where a step stands.
    pub enum StepState: "state of a step" {
        /// Its time has not come.
        Planned = "planned",
        /// Its people were told.
        Done = "done",
        /// It was not needed any more.
        Cancelled = "cancelled",
    }
}

codelist! {
    /// Why a step was not needed any more.
    pub enum StepStop: "cause" {
        /// A named person took the task.
        Taken = "taken",
        /// The task was closed.
        Closed = "closed",
        /// The missed check-in was answered.
        Answered = "answered",
        /// A higher level began a chain of its own.
        Raised = "raised",
    }
}

/// The longest time that a step may wait: ten days, in minutes.
pub const LONGEST_MIN: i64 = 14_400;
/// The shortest time after which everybody is told again, in minutes.
pub const SHORTEST_REPEAT_MIN: i64 = 5;

/// Minutes after a task was made or raised at which each audience is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The charge nurse.
    pub charge_nurse_min: i64,
    /// The physician, later.
    pub physician_min: i64,
    /// The safety officer, later still.
    pub safety_officer_min: i64,
    /// Then everybody again, so often.
    pub repeat_min: i64,
}

/// What is wrong with times that were entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimesProblem {
    /// A time is less than a minute, or longer than [`LONGEST_MIN`].
    OutOfRange,
    /// The charge nurse comes before the physician, the physician before the safety officer.
    OutOfOrder,
    /// Everybody would be told again before [`SHORTEST_REPEAT_MIN`] have passed.
    RepeatTooSoon,
}

impl Times {
    /// Once, twice and three times the target, and again after each further one.
    #[must_use]
    pub const fn of_target(minutes: i64) -> Self {
        let target = if minutes < SHORTEST_REPEAT_MIN { SHORTEST_REPEAT_MIN } else { minutes };
        Self {
            charge_nurse_min: target,
            physician_min: 2 * target,
            safety_officer_min: 3 * target,
            repeat_min: target,
        }
    }

    /// The targets of REFERENCE §4.2. SOON and ROUTINE have none for taking a task, so the
    /// one for the contact (24 h) or the review (72 h) counts.
    #[must_use]
    pub const fn standard(level: Level) -> Self {
        Self::of_target(match level {
            Level::Emergency => 15,
            Level::Urgent => 30,
            Level::Soon => 24 * 60,
            Level::Routine | Level::None => 72 * 60,
        })
    }

    /// Everything that is wrong with them.
    #[must_use]
    pub fn problems(&self) -> Vec<TimesProblem> {
        let steps = [self.charge_nurse_min, self.physician_min, self.safety_officer_min];
        let mut found = Vec::new();
        if steps.iter().chain([&self.repeat_min]).any(|min| !(1..=LONGEST_MIN).contains(min)) {
            found.push(TimesProblem::OutOfRange);
        }
        if !steps.is_sorted_by(|a, b| a < b) {
            found.push(TimesProblem::OutOfOrder);
        }
        if self.repeat_min < SHORTEST_REPEAT_MIN {
            found.push(TimesProblem::RepeatTooSoon);
        }
        found
    }
}

/// A step to be kept with the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedStep {
    /// 0 is at once.
    pub number: i32,
    /// Whom it tells.
    pub audience: Audience,
    /// When.
    pub due_at: Timestamp,
}

/// The steps of a task that is made or raised now. Below URGENT nobody is told at once.
#[must_use]
pub fn steps(now: Timestamp, level: Level, times: &Times) -> Vec<PlannedStep> {
    [
        (0, Audience::OnDuty, 0),
        (1, Audience::ChargeNurse, times.charge_nurse_min),
        (2, Audience::Physician, times.physician_min),
        (3, Audience::SafetyOfficer, times.safety_officer_min),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0 || level >= Level::Urgent)
    .map(|(number, audience, min)| PlannedStep { number, audience, due_at: now.plus_minutes(min) })
    .collect()
}

/// The steps after an acknowledgement has run out: the second one at once, together with
/// whoever is told at once of this level, the others as far behind it as they were.
#[must_use]
pub fn resumed(now: Timestamp, chain: &[PlannedStep]) -> Vec<PlannedStep> {
    let climbing = chain.iter().filter(|step| step.number > 0);
    let Some(first) = climbing.map(|step| step.due_at).min() else { return Vec::new() };
    chain
        .iter()
        .map(|step| PlannedStep { due_at: now.plus(step.due_at.since(first)).max(now), ..*step })
        .collect()
}

/// When everybody is told again after the last step. A round that was slept through is not
/// made up for: nobody needs the same mail twice in a minute.
#[must_use]
pub fn next_round(last_due: Timestamp, repeat_min: i32, now: Timestamp) -> Timestamp {
    let repeat = i64::from(repeat_min.max(1));
    let missed = now.since(last_due).as_mins().max(0) / repeat;
    last_due.plus_minutes((missed + 1) * repeat)
}

/// Facts about an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The task's clock runs from here.
    pub raised_at: Timestamp,
    /// Until when somebody must have taken it; none where only the contact counts.
    pub acknowledge_by: Option<Timestamp>,
    /// Until when the patient must be reached.
    pub contact_by: Timestamp,
    /// When it was taken.
    pub at: Timestamp,
    /// Whether somebody has it still: it may have been put back.
    pub has_owner: bool,
    /// The last call, note, judgement or handing over since then.
    pub last_progress: Option<Timestamp>,
    /// When the patient is to be called again.
    pub next_try_at: Option<Timestamp>,
    /// Whether the patient was reached: what is left is to write it down and close.
    pub is_reached: bool,
}

/// Hours that are left to write down and close what was said, once the patient was reached.
const HOURS_TO_CLOSE: i64 = 24;

/// When an acknowledgement runs out: at the contact target, but not sooner than one
/// acknowledge target after the last thing that was done. A planned next call counts as done
/// when it is due. A task that was put back waits for one acknowledge target only.
#[must_use]
pub fn runs_out(of: &Acknowledgement) -> Timestamp {
    let contact = of.contact_by.since(of.raised_at);
    let grace = of.acknowledge_by.map_or(contact, |by| by.since(of.raised_at));
    let done = of.last_progress.unwrap_or(of.at).max(of.at);
    if !of.has_owner {
        return done.plus(grace);
    }
    if of.is_reached {
        return done.plus_hours(HOURS_TO_CLOSE).max(done.plus(contact));
    }
    match of.last_progress {
        Some(_) => of.next_try_at.unwrap_or(done).max(done).plus(contact),
        None => of.contact_by.max(done.plus(grace)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        let start: Timestamp = "2026-03-01T02:00:00Z".parse().unwrap();
        start.plus_minutes(minutes)
    }

    #[test]
    fn each_level_climbs_at_once_twice_and_three_times_its_target() {
        for (level, expected) in [
            (Level::Emergency, vec![(0, 0), (1, 15), (2, 30), (3, 45)]),
            (Level::Urgent, vec![(0, 0), (1, 30), (2, 60), (3, 90)]),
            (Level::Soon, vec![(1, 1440), (2, 2880), (3, 4320)]),
            (Level::Routine, vec![(1, 4320), (2, 8640), (3, 12960)]),
        ] {
            let found: Vec<(i32, i64)> = steps(at(0), level, &Times::standard(level))
                .iter()
                .map(|step| (step.number, step.due_at.since(at(0)).as_mins()))
                .collect();
            assert_eq!(found, expected, "{level:?}");
            assert_eq!(Times::standard(level).problems(), []);
        }
    }

    #[test]
    fn times_that_lead_nowhere_are_refused_all_at_once() {
        let wrong =
            Times { charge_nurse_min: 0, physician_min: 30, safety_officer_min: 30, repeat_min: 4 };
        assert_eq!(
            wrong.problems(),
            [TimesProblem::OutOfRange, TimesProblem::OutOfOrder, TimesProblem::RepeatTooSoon]
        );
        let longest = Times { safety_officer_min: LONGEST_MIN, ..Times::of_target(15) };
        assert_eq!(longest.problems(), []);
        let longer = Times { safety_officer_min: LONGEST_MIN + 1, ..longest };
        assert_eq!(longer.problems(), [TimesProblem::OutOfRange]);
    }

    #[test]
    fn a_chain_resumes_with_the_second_step_and_keeps_its_distances() {
        let chain = steps(at(0), Level::Emergency, &Times::standard(Level::Emergency));
        let found: Vec<_> = resumed(at(100), &chain)
            .iter()
            .map(|step| (step.number, step.due_at.since(at(0)).as_mins()))
            .collect();
        assert_eq!(found, [(0, 100), (1, 100), (2, 115), (3, 130)]);
        assert_eq!(resumed(at(100), &chain[..1]), []);
    }

    #[test]
    fn rounds_that_were_slept_through_are_not_made_up_for() {
        for (now, expected) in [(45, 60), (46, 60), (59, 60), (60, 75), (300, 315), (30, 60)] {
            assert_eq!(next_round(at(45), 15, at(now)), at(expected), "{now}");
        }
    }

    #[test]
    fn an_acknowledgement_runs_out_at_the_contact_target_unless_something_is_done() {
        let taken = |minutes| Acknowledgement {
            raised_at: at(0),
            acknowledge_by: Some(at(15)),
            contact_by: at(30),
            at: at(minutes),
            has_owner: true,
            last_progress: None,
            next_try_at: None,
            is_reached: false,
        };
        let done = |minutes| Acknowledgement { last_progress: Some(at(minutes)), ..taken(10) };
        for (name, facts, expected) in [
            ("taken in time", taken(10), 30),
            ("taken late", taken(44), 59),
            ("put back at once", Acknowledgement { has_owner: false, ..taken(10) }, 25),
            ("put back later", Acknowledgement { has_owner: false, ..done(20) }, 35),
            ("called in vain", done(20), 50),
            (
                "called in vain, next try planned",
                Acknowledgement { next_try_at: Some(at(60)), ..done(20) },
                90,
            ),
            ("reached", Acknowledgement { is_reached: true, ..done(20) }, 20 + 24 * 60),
        ] {
            assert_eq!(runs_out(&facts), at(expected), "{name}");
        }
        let soon = Acknowledgement { acknowledge_by: None, contact_by: at(1440), ..taken(1380) };
        assert_eq!(runs_out(&soon), at(1380 + 1440), "where only the contact counts");
    }
}

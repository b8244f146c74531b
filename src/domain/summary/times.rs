//! How soon somebody came, against what was promised.

use super::super::Timestamp;
use super::super::statistics::quantiles;
use super::input::{Measure, Target, TaskRow};
use super::share::Share;

/// Times of one level and one measure, from the receipt by the server, in minutes.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseTimes {
    pub target: Target,
    /// Tasks of this level.
    pub tasks: u64,
    /// Done, so that there is a time.
    pub done: u64,
    /// Not done, target not passed yet; in no share.
    pub running: u64,
    /// Closed without it. Counts as outside the target: closing a task must not improve the
    /// figure.
    pub closed_without: u64,
    /// Of the times there are; type 7.
    pub median_minutes: Option<f64>,
    pub p90_minutes: Option<f64>,
    /// Within the target, of all that are done, closed without it, or overdue.
    pub within: Share,
}

/// One line per target, in the order of the targets.
#[must_use]
pub fn response_times(
    tasks: &[TaskRow],
    targets: &[Target],
    as_of: Timestamp,
) -> Vec<ResponseTimes> {
    targets.iter().map(|target| times(tasks, *target, as_of)).collect()
}

fn times(tasks: &[TaskRow], target: Target, as_of: Timestamp) -> ResponseTimes {
    let limit = f64::from(target.minutes);
    let (mut minutes, mut all, mut running, mut closed_without, mut overdue, mut within) =
        (Vec::new(), 0, 0, 0, 0, 0);
    for task in tasks.iter().filter(|task| task.level == target.level) {
        all += 1;
        if let Some(done_at) = done_at(task, target.measure) {
            let taken = minutes_between(task.received_at, done_at);
            within += u64::from(taken <= limit);
            minutes.push(taken);
        } else if task.end.is_some() {
            closed_without += 1;
        } else if minutes_between(task.received_at, as_of) > limit {
            overdue += 1;
        } else {
            running += 1;
        }
    }
    let done = minutes.len() as u64;
    let quantile =
        |p: f64| quantiles(&minutes, &[p]).ok().and_then(|answer| answer.first().copied());
    ResponseTimes {
        target,
        tasks: all,
        done,
        running,
        closed_without,
        median_minutes: quantile(0.5),
        p90_minutes: quantile(0.9),
        within: Share::new(within, done + closed_without + overdue),
    }
}

fn done_at(task: &TaskRow, measure: Measure) -> Option<Timestamp> {
    match measure {
        Measure::Acknowledge => task.acknowledged_at,
        Measure::Contact => task.reached_at,
        Measure::Review => {
            [task.reached_at, task.end.as_ref().map(|end| end.at)].into_iter().flatten().min()
        }
    }
}

fn minutes_between(from: Timestamp, to: Timestamp) -> f64 {
    to.since(from).as_secs_f64() / 60.0
}

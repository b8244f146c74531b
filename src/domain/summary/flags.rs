//! How often each rule fired and what came of it: the burden and the worth of the alerts.

use std::collections::BTreeMap;

use super::super::{Codelist, Level, TaskId};
use super::input::{FlagRow, TaskEnd, TaskRow};
use super::share::Share;

/// Flags of one level or one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagCount {
    /// Code of the level, or the rule.
    pub key: String,
    pub raised: u64,
    /// Not closed yet.
    pub open: u64,
    /// Something was done for the patient, of those closed: the positive predictive value.
    pub acted_on: Share,
    /// Nothing was done, of those closed: the burden (41 % in PRO-TECT).
    pub no_action: Share,
    /// "This was worth a flag", of those for which the nurse answered.
    pub worth: Share,
}

/// Flags of the period.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagTable {
    pub all: FlagCount,
    /// Most urgent first.
    pub by_level: Vec<FlagCount>,
    /// By rule, in the order of the codes.
    pub by_rule: Vec<FlagCount>,
}

/// Counts flags by level and by rule.
#[must_use]
pub fn flags(flags: &[FlagRow], tasks: &[TaskRow]) -> FlagTable {
    let ends: BTreeMap<TaskId, &TaskEnd> =
        tasks.iter().filter_map(|task| Some((task.task, task.end.as_ref()?))).collect();
    let end_of = |flag: &FlagRow| ends.get(flag.task.as_ref()?).copied();
    let mut by_level: BTreeMap<std::cmp::Reverse<Level>, Tally> = BTreeMap::new();
    let mut by_rule: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut all = Tally::default();
    for flag in flags {
        let end = end_of(flag);
        all.add(end);
        by_level.entry(std::cmp::Reverse(flag.level)).or_default().add(end);
        by_rule.entry(&flag.rule).or_default().add(end);
    }
    FlagTable {
        all: all.count("all"),
        by_level: by_level.iter().map(|(level, tally)| tally.count(level.0.code())).collect(),
        by_rule: by_rule.iter().map(|(rule, tally)| tally.count(rule)).collect(),
    }
}

#[derive(Debug, Default)]
struct Tally {
    raised: u64,
    closed: u64,
    acted_on: u64,
    asked: u64,
    worth: u64,
}

impl Tally {
    fn add(&mut self, end: Option<&TaskEnd>) {
        self.raised += 1;
        if let Some(end) = end {
            self.closed += 1;
            self.acted_on += u64::from(end.acted_on);
            self.asked += u64::from(end.worth_flag.is_some());
            self.worth += u64::from(end.worth_flag == Some(true));
        }
    }

    fn count(&self, key: &str) -> FlagCount {
        FlagCount {
            key: key.to_owned(),
            raised: self.raised,
            open: self.raised - self.closed,
            acted_on: Share::new(self.acted_on, self.closed),
            no_action: Share::new(self.closed - self.acted_on, self.closed),
            worth: Share::new(self.worth, self.asked),
        }
    }
}

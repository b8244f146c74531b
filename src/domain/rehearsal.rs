//! What a changed rule set would have made of the reports that are here.
//!
//! Both sets judge the same stored answers, so nothing but the rules differs. What counts is
//! the report that a person was called for and would not have been.

use std::collections::BTreeMap;

use super::escalation::{Assessment, RuleSet};
use super::{Level, ReportId, Timestamp};

/// Most reports that are named one by one; beyond that they are only counted.
pub const MOST_NAMED: usize = 200;

/// What one set made of one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How soon a person must act.
    pub level: Level,
    /// The rules that fired, in the order of the set.
    pub rules: Vec<String>,
}

impl From<Assessment> for Verdict {
    fn from(assessment: Assessment) -> Self {
        let rules = assessment.fired.into_iter().map(|fired| fired.rule).collect();
        Self { level: assessment.level, rules }
    }
}

/// A report under both sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Which one.
    pub report: ReportId,
    /// Its number for the phone.
    pub reference: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Under the rules in force.
    pub before: Verdict,
    /// Under the changed rules.
    pub after: Verdict,
    /// The nurse said at its closing that its task was worth a flag.
    pub was_worth_it: bool,
}

impl Compared {
    /// It would wait longer, or nobody would be called.
    #[must_use]
    pub fn is_lowered(&self) -> bool {
        self.after.level < self.before.level
    }

    /// A person was called, and would not be called any more.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        self.before.level > Level::None && self.after.level == Level::None
    }
}

/// How often a rule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Firings {
    /// Under the rules in force.
    pub before: u64,
    /// Under the changed rules.
    pub after: u64,
}

/// What a rehearsal has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rehearsal {
    /// Reports that were judged by both sets.
    pub reports: u64,
    /// Reports that one of the sets could not be applied to.
    pub unreadable: u64,
    /// Reports by their level before and after.
    pub levels: BTreeMap<(Level, Level), u64>,
    /// Firings of each rule that fires differently often.
    pub rules: BTreeMap<String, Firings>,
    /// Reports that would wait longer, the first [`MOST_NAMED`] of them.
    pub lowered: Vec<Compared>,
    /// How many would wait longer.
    pub lowered_count: u64,
    /// How many would call nobody any more.
    pub missed_count: u64,
    /// How many of those that would wait longer were worth it to a nurse.
    pub worthy_lowered_count: u64,
    /// How many would be answered sooner.
    pub raised_count: u64,
}

impl Rehearsal {
    /// Counts one report in.
    pub fn add(&mut self, compared: Compared) {
        let (before, after) = (compared.before.level, compared.after.level);
        self.reports += 1;
        *self.levels.entry((before, after)).or_default() += 1;
        for rule in &compared.before.rules {
            self.rules.entry(rule.clone()).or_default().before += 1;
        }
        for rule in &compared.after.rules {
            self.rules.entry(rule.clone()).or_default().after += 1;
        }
        self.raised_count += u64::from(after > before);
        self.missed_count += u64::from(compared.is_missed());
        if compared.is_lowered() {
            self.lowered_count += 1;
            self.worthy_lowered_count += u64::from(compared.was_worth_it);
            if self.lowered.len() < MOST_NAMED {
                self.lowered.push(compared);
            }
        }
    }

    /// The rules that fire differently often, in the order of their names.
    pub fn changed_rules(&self) -> impl Iterator<Item = (&str, Firings)> {
        self.rules
            .iter()
            .filter(|(_, firings)| firings.before != firings.after)
            .map(|(rule, firings)| (rule.as_str(), *firings))
    }
}

/// The EMERGENCY rules of a set that a changed one lacks, lowers or words otherwise. They are
/// never tuned down on the strength of a rehearsal: that nothing was missed in the past says
/// nothing about what happens once in ten thousand infusions.
#[must_use]
pub fn touched_emergencies(before: &RuleSet, after: &RuleSet) -> Vec<String> {
    before
        .rules()
        .iter()
        .filter(|rule| rule.level == Level::Emergency)
        .filter(|rule| {
            !after.rules().iter().any(|other| {
                other.id == rule.id && other.level == rule.level && other.when == rule.when
            })
        })
        .map(|rule| rule.id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::escalation::NK_AUTO_1;

    fn compared(before: Level, after: Level, was_worth_it: bool) -> Compared {
        let verdict = |level: Level| Verdict {
            level,
            rules: if level == Level::None {
                vec![]
            } else {
                vec![crate::domain::Codelist::code(level).to_owned()]
            },
        };
        Compared {
            report: ReportId::new(),
            reference: "7KMQ-2X9D".to_owned(),
            received_at: "2026-03-01T02:00:00Z".parse().unwrap(),
            before: verdict(before),
            after: verdict(after),
            was_worth_it,
        }
    }

    #[test]
    fn what_would_wait_longer_and_what_nobody_would_be_called_for_are_counted_apart() {
        let mut rehearsal = Rehearsal::default();
        for (before, after, worth) in [
            (Level::Urgent, Level::Urgent, true),
            (Level::Urgent, Level::Soon, true),
            (Level::Soon, Level::None, false),
            (Level::None, Level::Soon, false),
            (Level::None, Level::None, false),
        ] {
            rehearsal.add(compared(before, after, worth));
        }
        assert_eq!(rehearsal.reports, 5);
        assert_eq!(rehearsal.lowered_count, 2);
        assert_eq!(rehearsal.missed_count, 1);
        assert_eq!(rehearsal.worthy_lowered_count, 1);
        assert_eq!(rehearsal.raised_count, 1);
        assert_eq!(rehearsal.levels[&(Level::Soon, Level::None)], 1);
        let changed: Vec<_> = rehearsal.changed_rules().collect();
        let firings = |before, after| Firings { before, after };
        assert_eq!(changed, [("SOON", firings(1, 2)), ("URGENT", firings(2, 1))]);
    }

    #[test]
    fn an_emergency_rule_cannot_be_lowered_dropped_or_reworded_unseen() {
        let set = RuleSet::load(NK_AUTO_1).unwrap();
        assert_eq!(touched_emergencies(&set, &set), Vec::<String>::new());
        let first = set.rules().iter().find(|rule| rule.level == Level::Emergency).unwrap();
        let renamed = NK_AUTO_1.replacen(&format!("id = \"{}\"", first.id), "id = \"E99\"", 1);
        let changed = RuleSet::load(&renamed).unwrap();
        assert_eq!(touched_emergencies(&set, &changed), std::slice::from_ref(&first.id));
    }
}

//! Keeping an expected level quiet for a while: what may be, and when it ends by itself.
//!
//! A person who knows the patient decides it, for one symptom up to one grade, the rules
//! that it fires by itself, and until a day. What it was decided on must stay as it was: a
//! higher grade, a symptom that was not there, a further infusion end it. A rule of
//! EMERGENCY is never quiet, whoever decides: [`Snooze::of`] does not make such a snooze and
//! [`quiet`] does not look at one.

use std::collections::{BTreeMap, BTreeSet};

use super::codelist::codelist;
use super::escalation::{Assessment, Fact, Fired, GradeFound, RuleSet};
use super::grading::{Grade, SymptomCode};
use super::{Codelist, Level};

/// Most days that a level may stay quiet.
pub const MOST_DAYS: i64 = 31;

codelist! {
    /// Why a snooze ended.
    pub enum SnoozeEnd: "end of a snooze" {
        /// Its day came.
        Date = "date",
        /// The symptom got a higher grade.
        GradeRose = "grade_rose",
        /// A symptom joined that was not there when it was decided.
        NewSymptom = "new_symptom",
        /// A further infusion was given.
        NewInfusion = "new_infusion",
        /// A person ended it.
        Person = "person",
    }
}

/// What stays quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snooze {
    /// Which symptom.
    pub symptom: SymptomCode,
    /// Up to which grade.
    pub grade: Grade,
    /// Which rules, by id.
    pub rules: BTreeSet<String>,
    /// The symptoms that were there when it was decided.
    pub known: BTreeSet<SymptomCode>,
}

/// Why a symptom cannot be kept quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotQuiet {
    /// The report does not name it.
    NotReported,
    /// It fires this rule, which is one of EMERGENCY.
    Emergency(String),
    /// It fires no rule: there is nothing to keep quiet.
    FiresNothing,
}

impl Snooze {
    /// What would stay quiet of a symptom, as a report was judged.
    pub fn of(
        set: &RuleSet,
        assessment: &Assessment,
        symptom: SymptomCode,
    ) -> Result<Self, NotQuiet> {
        let found = assessment.grades.get(&symptom).ok_or(NotQuiet::NotReported)?;
        let mine: Vec<&Fired> =
            assessment.fired.iter().filter(|fired| names(fired, symptom)).collect();
        if let Some(fired) = mine.iter().find(|fired| is_emergency(set, fired)) {
            return Err(NotQuiet::Emergency(fired.rule.clone()));
        }
        let rules: BTreeSet<String> = mine
            .into_iter()
            .filter(|fired| fired.because.iter().all(|fact| subject(fact) != Subject::Other))
            .map(|fired| fired.rule.clone())
            .collect();
        if rules.is_empty() {
            return Err(NotQuiet::FiresNothing);
        }
        let known = assessment.grades.keys().copied().collect();
        Ok(Self { symptom, grade: found.grade, rules, known })
    }

    /// What a report with these grades ends it by.
    #[must_use]
    pub fn broken_by(&self, grades: &BTreeMap<SymptomCode, GradeFound>) -> Option<SnoozeEnd> {
        if grades.get(&self.symptom).is_some_and(|found| found.grade > self.grade) {
            Some(SnoozeEnd::GradeRose)
        } else if grades.keys().any(|code| !self.known.contains(code)) {
            Some(SnoozeEnd::NewSymptom)
        } else {
            None
        }
    }
}

/// For each rule that fired: the place of the snooze that keeps it quiet, none when it speaks.
///
/// A rule stays quiet only if everything that made it fire is about symptoms that are
/// snoozed: vital signs, danger signs, what the patient wrote and what the clinic knows of
/// the patient always speak. At a lower grade, milder rules than those that were put off
/// stay quiet with them. `in_force` must not hold any that the report breaks.
#[must_use]
pub fn quiet(set: &RuleSet, assessment: &Assessment, in_force: &[Snooze]) -> Vec<Option<usize>> {
    let is_snoozed = |code| in_force.iter().any(|snooze| snooze.symptom == code);
    let by = |fired: &Fired| {
        if is_emergency(set, fired) {
            return None;
        }
        let all_known = fired.because.iter().all(|fact| match subject(fact) {
            Subject::Symptom(code) => is_snoozed(code),
            Subject::Time => true,
            Subject::Other => false,
        });
        let covers = |snooze: &Snooze| {
            let is_milder = assessment.grades.get(&snooze.symptom).is_some_and(|found| {
                found.grade < snooze.grade && Some(fired.level) < level_of(set, snooze)
            });
            names(fired, snooze.symptom) && (snooze.rules.contains(&fired.rule) || is_milder)
        };
        in_force.iter().position(|snooze| all_known && covers(snooze))
    };
    assessment.fired.iter().map(by).collect()
}

/// The level of the rules that speak.
#[must_use]
pub fn loud_level(assessment: &Assessment, quiet: &[Option<usize>]) -> Level {
    let fired = assessment.fired.iter().zip(quiet);
    fired.filter(|(_, by)| by.is_none()).map(|(fired, _)| fired.level).max().unwrap_or(Level::None)
}

/// The highest level of the rules that a snooze names.
fn level_of(set: &RuleSet, snooze: &Snooze) -> Option<Level> {
    snooze.rules.iter().filter_map(|id| set.rule(id)).map(|rule| rule.level).max()
}

/// A rule of EMERGENCY stays one when it counts lower because what it saw is over.
fn is_emergency(set: &RuleSet, fired: &Fired) -> bool {
    let own = set.rule(&fired.rule).map_or(Level::Emergency, |rule| rule.level);
    own == Level::Emergency || fired.level == Level::Emergency
}

fn names(fired: &Fired, symptom: SymptomCode) -> bool {
    fired.because.iter().any(|fact| subject(fact) == Subject::Symptom(symptom))
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Symptom(SymptomCode),
    /// How long ago something was, and how many symptoms there are.
    Time,
    /// Anything that a snooze of symptoms has no say in.
    Other,
}

fn subject(fact: &Fact) -> Subject {
    let path = fact.field.as_str();
    if matches!(path, "hours_since_infusion" | "previous_report.hours_before" | "symptoms.count") {
        return Subject::Time;
    }
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let code = match first {
        "temp_adj_c" | "temp" | "fever" | "feels_feverish" | "feverish" => Some("FEVER"),
        "grade" | "expected" => parts.next(),
        "previous_report" => parts.nth(1),
        other => Some(other),
    };
    // In the patient's own words anything may stand.
    if path == "OTHER.text" {
        return Subject::Other;
    }
    match code.and_then(SymptomCode::from_code) {
        Some(code) => Subject::Symptom(code),
        None => Subject::Other,
    }
}

#[cfg(test)]
mod tests;

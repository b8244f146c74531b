//! From an input to a level with its reasons (REFERENCE §4.4).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::grading::{CtcaeVersion, Grade, SymptomCode};
use super::super::input::{Input, Report, Timing};
use super::super::urgency::Level;
use super::evaluate::{Outcome, Scene};
use super::facts::{Facts, Pass};
use super::free_text::Hit;
use super::load::SELF_HARM;
use super::rule_set::RuleSet;
use super::trace::Fact;

/// A derived grade and how it stands to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradeFound {
    /// The patient-derived grade, 1 to 4.
    pub grade: Grade,
    /// Inside the expected window of the product ("no alarm").
    pub in_expected_window: bool,
    /// Over for at least 24 h.
    pub is_over: bool,
    /// A fever that was felt and not measured.
    pub is_unmeasured: bool,
}

/// A rule that fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The rule's id.
    pub rule: String,
    /// The level as it counts: one lower when historic.
    pub level: Level,
    /// Fired only because of what has been over for 24 h.
    pub is_historic: bool,
    /// The facts that made it true.
    pub because: Vec<Fact>,
}

/// A rule that did not fire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// The rule's id.
    pub rule: String,
    /// What would have to be different, on the nearest way to firing.
    pub lacked: Vec<Fact>,
}

/// What a rule set makes of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// The adjusted temperature in °C with one decimal, whenever one was taken.
    pub temp_adj_c: Option<Decimal>,
    /// The grades above 0.
    pub grades: BTreeMap<SymptomCode, GradeFound>,
    /// Symptoms known before the infusion and not worse: shown, but ignored. FEVER
    /// stands for `temp`.
    pub known_before: Vec<SymptomCode>,
    /// The rules that fired, in the order of the set.
    pub fired: Vec<Fired>,
    /// The rules that did not, in the order of the set.
    pub near_misses: Vec<NearMiss>,
    /// The highest level of the rules that fired.
    pub level: Level,
    /// Every phrase found in the patient's words.
    pub hits: Vec<Hit>,
    /// The patient wrote about self-harm: show the crisis line.
    pub mentions_self_harm: bool,
    /// Nothing at all was reported.
    pub is_empty: bool,
}

/// Grades an input and evaluates every rule. Pure: equal arguments, equal answer.
#[must_use]
pub fn assess(set: &RuleSet, version: CtcaeVersion, input: &Input) -> Assessment {
    let whole = Facts::new(input, version, Pass::Whole);
    let current = Facts::new(input, version, Pass::Current);
    let hits = hits(set, input);
    let first = outcomes(set, &whole, &hits);
    let second = outcomes(set, &current, &hits);
    let mut fired = Vec::new();
    let mut near_misses = Vec::new();
    for (rule, (first, second)) in set.rules().iter().zip(first.into_iter().zip(second)) {
        let id = rule.id.clone();
        match (first.holds, second.holds) {
            (_, true) => fired.push(Fired {
                rule: id,
                level: rule.level,
                is_historic: false,
                because: second.facts,
            }),
            (true, false) => fired.push(Fired {
                rule: id,
                level: rule.level.one_lower(),
                is_historic: true,
                because: first.facts,
            }),
            (false, false) => near_misses.push(NearMiss { rule: id, lacked: first.facts }),
        }
    }
    let report = input.report.as_ref();
    Assessment {
        temp_adj_c: report.and_then(|r| r.temp.as_ref()).map(|temp| temp.temperature.adjusted()),
        grades: grades(set, &whole),
        known_before: report.map(known_before).unwrap_or_default(),
        level: fired.iter().map(|fired| fired.level).max().unwrap_or(Level::None),
        fired,
        near_misses,
        mentions_self_harm: hits.iter().any(|hit| hit.list == SELF_HARM),
        hits,
        is_empty: report.is_none_or(is_empty),
    }
}

fn outcomes(set: &RuleSet, facts: &Facts<'_>, hits: &[Hit]) -> Vec<Outcome> {
    let mut fired: Vec<bool> = Vec::new();
    let mut outcomes = Vec::new();
    for rule in set.rules() {
        let outcome = Scene { set, facts, fired: &fired, hits }.outcome(&rule.condition);
        fired.push(outcome.holds);
        outcomes.push(outcome);
    }
    outcomes
}

/// The texts always count as current, also that of a symptom that is over.
fn hits(set: &RuleSet, input: &Input) -> Vec<Hit> {
    let Some(report) = &input.report else { return Vec::new() };
    let mut hits = Vec::new();
    if let Some(text) = &report.free_text {
        hits.extend(set.screening().search("free_text", text));
    }
    let other = report.symptoms.get(&SymptomCode::Other);
    if let Some(other) = other.filter(|other| !other.timing.is_dropped())
        && let Some(text) = other.answers.text("text")
    {
        hits.extend(set.screening().search("OTHER.text", text));
    }
    hits
}

fn grades(set: &RuleSet, facts: &Facts<'_>) -> BTreeMap<SymptomCode, GradeFound> {
    let found = |code: SymptomCode, grade| {
        let is_unmeasured = code == SymptomCode::Fever && facts.has_unmeasured_fever();
        let window = set.window(code);
        let in_expected_window =
            window.is_some_and(|window| window.outside(code, facts).is_empty());
        let is_over = facts.timing(code).is_some_and(Timing::is_over);
        (code, GradeFound { grade, in_expected_window, is_over, is_unmeasured })
    };
    facts.grades.iter().map(|(code, grade)| found(*code, *grade)).collect()
}

fn known_before(report: &Report) -> Vec<SymptomCode> {
    let temp = report.temp.as_ref().filter(|temp| temp.timing.is_dropped());
    let symptoms = report.symptoms.iter().filter(|(_, symptom)| symptom.timing.is_dropped());
    temp.map(|_| SymptomCode::Fever).into_iter().chain(symptoms.map(|(code, _)| *code)).collect()
}

/// No symptom, no danger sign, T below 37.3 or not taken, no text (REFERENCE §4.2).
fn is_empty(report: &Report) -> bool {
    let warm = report
        .temp
        .as_ref()
        .is_some_and(|temp| temp.temperature.adjusted() >= Decimal::new(373, 1));
    report.symptoms.is_empty()
        && report.flags.is_empty()
        && !report.feels_feverish
        && !warm
        && report.free_text.as_deref().is_none_or(|text| text.trim().is_empty())
}

//! First, previous and present report side by side.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Again;
use super::form::Which;
use super::view::Words;
use crate::domain::Codelist;
use crate::domain::comparison::compare;
use crate::domain::grading::SymptomCode;
use crate::domain::input::{ReportFlag, Vital};
use crate::i18n::labels::Label;
use crate::i18n::symptoms::question;
use crate::store::task_page::{Report, Symptom, TaskPage};
use crate::web::queue::Choice;

/// Fields of an answer that say when, and not what.
const TIMES: [&str; 5] = ["onset_h", "duration_h", "resolved_h_ago", "preexisting", "worse"];

/// One report as a column.
pub(super) struct Column {
    pub heading: &'static str,
    pub when: String,
    pub source: String,
    pub class: &'static str,
}

/// One line of the table.
pub(super) struct Line {
    pub name: String,
    pub cells: Vec<Cell>,
}

/// What one report says about one thing.
#[derive(Default)]
pub(super) struct Cell {
    pub heading: &'static str,
    pub is_now: bool,
    pub grade: Option<String>,
    pub change: &'static str,
    pub judged: Option<String>,
    pub reason: Option<String>,
    pub lines: Vec<String>,
    pub quote: Option<String>,
    pub confirm: Option<Confirm>,
}

/// The form that confirms or changes a grade.
pub(super) struct Confirm {
    pub report: String,
    pub code: String,
    pub grades: Vec<Choice>,
    pub reason: String,
    pub is_open: bool,
}

/// The table.
#[derive(Default)]
pub(super) struct Table {
    pub columns: Vec<Column>,
    pub lines: Vec<Line>,
}

/// The reports that are compared: the infusion's first, the one before the task's newest,
/// and that one.
fn chosen<'a>(words: &Words, page: &'a TaskPage) -> Vec<(&'static str, &'a Report)> {
    let task = page.entry.task.id;
    let Some(at) = page.reports.iter().position(|report| report.task_id == Some(task)) else {
        return Vec::new();
    };
    let earlier = page.reports.get(at + 1..).unwrap_or_default();
    let mut reports = Vec::new();
    if let (Some(first), true) = (earlier.last(), earlier.len() > 1) {
        reports.push((words.t.first, first));
    }
    reports.extend(earlier.first().map(|previous| (words.t.previous, previous)));
    reports.extend(page.reports.get(at).map(|now| (words.t.now, now)));
    reports
}

impl Table {
    pub fn new(words: &Words, page: &TaskPage, again: &Again, may_grade: bool) -> Self {
        let reports = chosen(words, page);
        let Some(last) = reports.len().checked_sub(1) else { return Self::default() };
        let columns = reports
            .iter()
            .enumerate()
            .map(|(at, (heading, report))| Column {
                heading,
                when: words.moment(report.received_at),
                source: report.source.label(words.lang).to_owned(),
                class: if at == last { "now" } else { "" },
            })
            .collect();
        let inputs: Vec<Value> = reports.iter().map(|(_, report)| told(report)).collect();
        let about =
            |name: &str, say: &dyn Fn(&Report, &Value) -> Cell| {
                let cells =
                    reports.iter().zip(&inputs).enumerate().map(|(at, ((heading, r), input))| {
                        Cell { heading, is_now: at == last, ..say(r, input) }
                    });
                Line { name: name.to_owned(), cells: cells.collect() }
            };
        let mut lines = vec![about(words.t.temperature, &|report, _| Cell {
            lines: report.temp_adj_c.iter().map(|t| format!("{t} °C")).collect(),
            ..Cell::default()
        })];
        lines.push(about(words.t.vitals, &|_, input| measured(words, input)));
        lines.push(about(words.t.flags, &|_, input| flags(words, input)));
        for (code, changes) in symptoms(page, &reports) {
            let mut line = about(&symptom_name(words, &code), &|report, _| {
                symptom(words, page, report, &code)
            });
            for (cell, change) in line.cells.iter_mut().zip(changes) {
                cell.change = change;
            }
            if let (true, Some(cell), Some((_, now))) =
                (may_grade, line.cells.last_mut(), reports.last())
            {
                cell.confirm =
                    cell.grade.is_some().then(|| confirm(words, page, again, now, &code));
            }
            lines.push(line);
        }
        lines.push(about(words.t.own_words, &|report, _| Cell {
            quote: report.free_text.clone(),
            ..Cell::default()
        }));
        lines.retain(|line| line.cells.iter().any(|cell| !cell.is_blank()));
        Self { columns, lines }
    }
}

impl Cell {
    fn is_blank(&self) -> bool {
        self.grade.is_none() && self.lines.is_empty() && self.quote.is_none()
    }
}

fn told(report: &Report) -> Value {
    let input: Value = serde_json::from_str(&report.input).unwrap_or_default();
    input.get("report").cloned().unwrap_or_default()
}

fn symptom_name(words: &Words, code: &str) -> String {
    SymptomCode::from_code(code).map_or(code, |code| code.label(words.lang)).to_owned()
}

fn grade(page: &TaskPage, symptom: &Symptom) -> Option<i32> {
    let judged = page.judgements.get(&(symptom.report_id, symptom.code.clone()));
    judged.map(|judged| judged.grade).or(symptom.grade)
}

/// Every symptom of the compared reports, what changed first, with a class for each column.
fn symptoms(
    page: &TaskPage,
    reports: &[(&'static str, &Report)],
) -> Vec<(String, Vec<&'static str>)> {
    let grades = |report: &Report| -> BTreeMap<String, i32> {
        let own = page.symptoms.iter().filter(|symptom| symptom.report_id == report.id);
        own.map(|symptom| (symptom.code.clone(), grade(page, symptom).unwrap_or(0))).collect()
    };
    let all: Vec<BTreeMap<String, i32>> = reports.iter().map(|(_, r)| grades(r)).collect();
    let nothing = BTreeMap::new();
    let now = all.last().unwrap_or(&nothing);
    let before = all.len().checked_sub(2).and_then(|at| all.get(at));
    let mut codes: Vec<String> =
        compare(before.unwrap_or(&nothing), now).into_iter().map(|(code, _)| code).collect();
    codes.extend(all.iter().flat_map(BTreeMap::keys).cloned());
    let mut seen = Vec::new();
    codes.retain(|code| {
        !seen.contains(code) && {
            seen.push(code.clone());
            true
        }
    });
    codes
        .into_iter()
        .map(|code| {
            let mut classes = vec![""];
            classes.extend(all.windows(2).map(|pair| match pair {
                [before, now] => change_class(before.get(&code), now.get(&code)),
                _ => "",
            }));
            (code, classes)
        })
        .collect()
}

fn change_class(before: Option<&i32>, now: Option<&i32>) -> &'static str {
    match (before.copied().unwrap_or(0), now.copied().unwrap_or(0)) {
        (before, now) if now > before => "worse",
        (before, now) if now < before => "better",
        _ => "",
    }
}

fn symptom(words: &Words, page: &TaskPage, report: &Report, code: &str) -> Cell {
    let found = page.symptoms.iter().find(|s| s.report_id == report.id && s.code == code);
    let Some(symptom) = found else { return Cell::default() };
    let judged = page.judgements.get(&(report.id, code.to_owned()));
    let mut lines = Vec::new();
    let timing = words.t.timing(
        symptom.onset_h.as_deref(),
        symptom.duration_h.as_deref(),
        symptom.resolved_h_ago.as_deref(),
    );
    lines.extend((!timing.is_empty()).then_some(timing));
    lines.extend(answers(words, code, &symptom.answers));
    if symptom.preexisting && symptom.grade.is_none() {
        lines.push(words.t.known_before.to_owned());
    } else if symptom.in_expected_window {
        lines.push(words.t.expected_window.to_owned());
    }
    Cell {
        grade: symptom.grade.or(judged.map(|j| j.grade)).map(|grade| words.t.graded(grade)),
        judged: judged.map(|judged| {
            words.t.judged(judged.grade, &judged.by, symptom.grade == Some(judged.grade))
        }),
        reason: judged.and_then(|judged| judged.reason.clone()),
        lines,
        ..Cell::default()
    }
}

/// The answers about one symptom: what was said yes to, and what was said.
fn answers(words: &Words, code: &str, json: &str) -> Vec<String> {
    let answers: Value = serde_json::from_str(json).unwrap_or_default();
    let Value::Object(answers) = answers else { return Vec::new() };
    answers
        .iter()
        .filter(|(key, _)| !TIMES.contains(&key.as_str()))
        .filter_map(|(key, value)| {
            let name = question(key, words.lang)?;
            match value {
                Value::Bool(true) => Some(name.to_owned()),
                Value::Number(number) => Some(format!("{name}{}{number}", words.q.colon())),
                Value::String(text) => {
                    Some(format!("{name}{}{}", words.q.colon(), words.choice(code, key, text)))
                }
                _ => None,
            }
        })
        .collect()
}

fn measured(words: &Words, report: &Value) -> Cell {
    let lines = Vital::ALL.iter().filter_map(|vital| {
        let value = report.get("vitals")?.get(vital.code())?;
        Some(format!("{}{}{value}", vital.label(words.lang), words.q.colon()))
    });
    Cell { lines: lines.collect(), ..Cell::default() }
}

fn flags(words: &Words, report: &Value) -> Cell {
    let is_set = |flag: &&ReportFlag| {
        report.get("flags").and_then(|flags| flags.get(flag.code())) == Some(&Value::Bool(true))
    };
    let lines = ReportFlag::ALL.iter().filter(is_set).map(|flag| flag.label(words.lang).to_owned());
    Cell { lines: lines.collect(), ..Cell::default() }
}

fn confirm(words: &Words, page: &TaskPage, again: &Again, report: &Report, code: &str) -> Confirm {
    let typed = &again.typed;
    let is_open = again.form == Some(Which::Grade)
        && typed.code == code
        && typed.report == report.id.to_string();
    let counts = page
        .symptoms
        .iter()
        .find(|symptom| symptom.report_id == report.id && symptom.code == code)
        .and_then(|symptom| grade(page, symptom));
    let chosen = if is_open { typed.grade.parse().ok() } else { counts };
    Confirm {
        report: report.id.to_string(),
        code: code.to_owned(),
        grades: (0..=5)
            .map(|grade| {
                Choice::new(grade.to_string(), words.t.graded(grade), chosen == Some(grade))
            })
            .collect(),
        reason: if is_open { typed.note.clone() } else { String::new() },
        is_open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_higher_grade_is_worse_and_absence_is_grade_zero() {
        assert_eq!(change_class(Some(&1), Some(&2)), "worse");
        assert_eq!(change_class(None, Some(&1)), "worse");
        assert_eq!(change_class(Some(&1), None), "better");
        assert_eq!(change_class(Some(&2), Some(&2)), "");
    }
}

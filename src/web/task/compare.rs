//! First, previous and present report side by side.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Again;
use super::form::Which;
use super::view::Words;
use crate::domain::comparison::compare;
use crate::domain::grading::{Site, SymptomCode, Unit};
use crate::domain::input::{ReportFlag, Vital};
use crate::domain::{Codelist, ReportId};
use crate::i18n::labels::Label;
use crate::i18n::symptoms::question;
use crate::store::task_page::{Symptom, TaskPage};
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

impl Cell {
    pub fn is_blank(&self) -> bool {
        self.grade.is_none() && self.lines.is_empty() && self.quote.is_none()
    }
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

/// What is compared: a report, or answers that were not sent.
struct Told {
    column: Column,
    /// None while it was not sent: nothing is graded then.
    id: Option<ReportId>,
    /// The `report` of an input.
    answers: Value,
    temperature: Option<String>,
    own_words: Option<String>,
}

/// The infusion's first report, the one before the task's newest, that one, and what was
/// not sent.
fn told(words: &Words, page: &TaskPage) -> Vec<Told> {
    let task = page.entry.task.id;
    let at = page.reports.iter().position(|report| report.task_id == Some(task));
    let earlier = match at {
        Some(at) => page.reports.get(at + 1..).unwrap_or_default(),
        // Answers that were not sent are compared with what was told before.
        None if page.unfinished.is_some() => &page.reports,
        None => &[],
    };
    let first = earlier.last().filter(|_| earlier.len() > 1).map(|report| (words.t.first, report));
    let previous = earlier.first().map(|report| (words.t.previous, report));
    let now = at.and_then(|at| page.reports.get(at)).map(|report| (words.t.now, report));
    let mut told: Vec<Told> = [first, previous, now]
        .into_iter()
        .flatten()
        .map(|(heading, report)| {
            let input: Value = serde_json::from_str(&report.input).unwrap_or_default();
            Told {
                column: Column {
                    heading,
                    when: words.moment(report.received_at),
                    source: report.source.label(words.lang).to_owned(),
                    class: "",
                },
                id: Some(report.id),
                answers: input.get("report").cloned().unwrap_or_default(),
                temperature: report.temp_adj_c.as_ref().map(|adjusted| {
                    let read = input.pointer("/report/temp").and_then(|temp| reading(words, temp));
                    words.t.temperature(read.as_deref(), adjusted)
                }),
                own_words: report.free_text.clone(),
            }
        })
        .collect();
    told.extend(page.unfinished.as_ref().map(|unfinished| {
        let text =
            |key: &str| unfinished.report.get(key).and_then(Value::as_str).map(str::to_owned);
        let temp = unfinished.report.get("temp").filter(|temp| temp.is_object());
        let field = |key: &str| {
            temp.and_then(|temp| temp.get(key)).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        };
        Told {
            column: Column {
                heading: words.t.not_sent,
                when: words.moment(unfinished.updated_at),
                source: unfinished.source.label(words.lang).to_owned(),
                class: "",
            },
            id: None,
            temperature: field("value")
                .map(|value| format!("{value} °{}", field("unit").unwrap_or_default())),
            own_words: text("free_text"),
            answers: unfinished.report.clone(),
        }
    }));
    if let Some(last) = told.last_mut() {
        last.column.class = "now";
    }
    told
}

/// A temperature as it was read: value, unit and where the thermometer was.
fn reading(words: &Words, temp: &Value) -> Option<String> {
    let value = match temp.get("value")? {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let unit = Unit::from_code(temp.get("unit")?.as_str()?)?;
    let place = Site::from_code(temp.get("site")?.as_str()?)?;
    Some(format!("{value} {} ({})", unit.label(words.lang), place.label(words.lang)))
}

impl Table {
    pub fn new(words: &Words, page: &TaskPage, again: &Again, may_grade: bool) -> Self {
        let told = told(words, page);
        let line = |name: &str, say: &dyn Fn(&Told) -> Cell| Line {
            name: name.to_owned(),
            cells: told
                .iter()
                .map(|told| Cell {
                    heading: told.column.heading,
                    is_now: told.column.class == "now",
                    ..say(told)
                })
                .collect(),
        };
        let mut lines = vec![
            line(words.t.temperature, &|told| said(told.temperature.iter().cloned())),
            line(words.t.vitals, &|told| said(vitals(words, &told.answers))),
            line(words.t.flags, &|told| said(flags(words, &told.answers))),
        ];
        for (code, changes) in symptoms(page, &told) {
            let name = SymptomCode::from_code(&code).map_or(code.as_str(), |c| c.label(words.lang));
            let mut line = line(name, &|told| symptom(words, page, told, &code));
            for (cell, change) in line.cells.iter_mut().zip(changes) {
                cell.change = change;
            }
            if let (true, Some(cell), Some(id)) =
                (may_grade, line.cells.last_mut(), told.last().and_then(|told| told.id))
                && cell.grade.is_some()
            {
                cell.confirm = Some(confirm(words, page, again, id, &code));
            }
            lines.push(line);
        }
        lines.push(line(words.t.own_words, &|told| Cell {
            quote: told.own_words.clone(),
            ..Cell::default()
        }));
        lines.retain(|line| line.cells.iter().any(|cell| !cell.is_blank()));
        Self { columns: told.into_iter().map(|told| told.column).collect(), lines }
    }
}

fn said(lines: impl IntoIterator<Item = String>) -> Cell {
    Cell { lines: lines.into_iter().collect(), ..Cell::default() }
}

fn counted(page: &TaskPage, symptom: &Symptom) -> Option<i32> {
    let judged = page.judgements.get(&(symptom.report_id, symptom.code.clone()));
    judged.map(|judged| judged.grade).or(symptom.grade)
}

fn found<'a>(page: &'a TaskPage, id: ReportId, code: &str) -> Option<&'a Symptom> {
    page.symptoms.iter().find(|symptom| symptom.report_id == id && symptom.code == code)
}

/// Every symptom that is compared, what changed first, with a class for each column.
fn symptoms(page: &TaskPage, told: &[Told]) -> Vec<(String, Vec<&'static str>)> {
    let grades = |told: &Told| -> BTreeMap<String, i32> {
        let own = page.symptoms.iter().filter(|symptom| Some(symptom.report_id) == told.id);
        own.map(|symptom| (symptom.code.clone(), counted(page, symptom).unwrap_or(0))).collect()
    };
    let all: Vec<BTreeMap<String, i32>> = told.iter().map(grades).collect();
    let nothing = BTreeMap::new();
    let mut newest_first = all.iter().rev();
    let now = newest_first.next().unwrap_or(&nothing);
    let before = newest_first.next().unwrap_or(&nothing);
    let unsent = told
        .iter()
        .filter(|told| told.id.is_none())
        .filter_map(|told| Some(told.answers.get("symptoms")?.as_object()?.keys().cloned()));
    let mut codes: Vec<String> = Vec::new();
    let candidates = compare(before, now).into_iter().map(|(code, _)| code);
    for code in
        candidates.chain(all.iter().flat_map(BTreeMap::keys).cloned()).chain(unsent.flatten())
    {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
        .into_iter()
        .map(|code| {
            let mut classes = vec![""];
            classes.extend(told.windows(2).zip(all.windows(2)).map(|(told, pair)| {
                match (told, pair) {
                    // What was not sent has no grades to compare.
                    ([_, later], [before, now]) if later.id.is_some() => {
                        change_class(before.get(&code), now.get(&code))
                    }
                    _ => "",
                }
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

fn symptom(words: &Words, page: &TaskPage, told: &Told, code: &str) -> Cell {
    let Some(id) = told.id else {
        let answers = told.answers.get("symptoms").and_then(|all| all.get(code));
        return answers
            .map_or_else(Cell::default, |answers| said(self::answers(words, code, answers)));
    };
    let Some(symptom) = found(page, id, code) else { return Cell::default() };
    let judged = page.judgements.get(&(id, code.to_owned()));
    let hours = |hours: &Option<String>| Words::hours(hours.as_deref());
    let (onset, duration, ended) =
        (hours(&symptom.onset_h), hours(&symptom.duration_h), hours(&symptom.resolved_h_ago));
    let timing = words.t.timing(onset.as_deref(), duration.as_deref(), ended.as_deref());
    let mut lines: Vec<String> = (!timing.is_empty()).then_some(timing).into_iter().collect();
    lines.extend(answers(words, code, &serde_json::from_str(&symptom.answers).unwrap_or_default()));
    if symptom.preexisting && symptom.grade.is_none() {
        lines.push(words.t.known_before.to_owned());
    } else if symptom.in_expected_window {
        lines.push(words.t.expected_window.to_owned());
    }
    let grade = symptom.grade.or(judged.map(|judged| judged.grade));
    Cell {
        grade: grade.map(|grade| words.t.graded(grade)),
        judged: judged.map(|judged| {
            words.t.judged(judged.grade, &judged.by, symptom.grade == Some(judged.grade))
        }),
        reason: judged.and_then(|judged| judged.reason.clone()),
        lines,
        ..Cell::default()
    }
}

/// The answers about one symptom: what was said yes to, and what was said.
fn answers(words: &Words, code: &str, answers: &Value) -> Vec<String> {
    let Value::Object(answers) = answers else { return Vec::new() };
    answers
        .iter()
        .filter(|(key, _)| !TIMES.contains(&key.as_str()))
        .filter_map(|(key, value)| {
            let name = question(key, words.lang)?;
            let value = match value {
                Value::Bool(true) => return Some(name.to_owned()),
                Value::Number(number) => number.to_string(),
                Value::String(text) => text.clone(),
                _ => return None,
            };
            Some(format!("{name}{}{}", words.q.colon(), words.choice(code, key, &value)))
        })
        .collect()
}

fn vitals(words: &Words, report: &Value) -> Vec<String> {
    let lines = Vital::ALL.iter().filter_map(|vital| {
        let value = report.get("vitals")?.get(vital.code()).filter(|value| !value.is_null())?;
        Some(format!("{}{}{value}", vital.label(words.lang), words.q.colon()))
    });
    lines.collect()
}

fn flags(words: &Words, report: &Value) -> Vec<String> {
    let is_set = |flag: &&ReportFlag| {
        report.get("flags").and_then(|flags| flags.get(flag.code())) == Some(&Value::Bool(true))
    };
    ReportFlag::ALL.iter().filter(is_set).map(|flag| flag.label(words.lang).to_owned()).collect()
}

fn confirm(words: &Words, page: &TaskPage, again: &Again, id: ReportId, code: &str) -> Confirm {
    let typed = &again.typed;
    let report = id.to_string();
    let is_open = again.form == Some(Which::Grade) && typed.code == code && typed.report == report;
    let counts = found(page, id, code).and_then(|symptom| counted(page, symptom));
    let chosen = if is_open { typed.grade.parse().ok() } else { counts };
    Confirm {
        report,
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

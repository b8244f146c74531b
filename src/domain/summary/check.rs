//! Rows that contradict one another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::super::{InfusionId, TaskId};
use super::input::Input;

/// One contradiction between the rows of a summary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("infusion {0} is listed twice")]
    InfusionTwice(InfusionId),
    #[error("task {0} is listed twice")]
    TaskTwice(TaskId),
    #[error("term {0} is in the list of solicited terms twice")]
    TermTwice(String),
    #[error("a symptom {term} belongs to infusion {infusion}, which is not in the period")]
    UnknownInfusion { term: String, infusion: InfusionId },
    #[error("a symptom {term} of infusion {infusion} belongs to another patient")]
    OtherPatient { term: String, infusion: InfusionId },
    #[error("a symptom {term} of infusion {infusion} has the grade {grade}; 5 is the greatest")]
    Grade { term: String, infusion: InfusionId, grade: u8 },
    #[error("a symptom {term} of infusion {infusion} has an onset that is no number")]
    Onset { term: String, infusion: InfusionId },
    #[error("a flag {rule} belongs to task {task}, which is not there")]
    UnknownTask { rule: String, task: TaskId },
    #[error("task {0} was answered before it was received")]
    BeforeReceipt(TaskId),
}

/// Every contradiction; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryError {
    problems: Vec<Problem>,
}

impl SummaryError {
    /// What is wrong.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for SummaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for SummaryError {}

/// Compares the rows with one another.
pub(super) fn check(input: &Input) -> Result<(), SummaryError> {
    let mut problems = Vec::new();
    let mut terms = BTreeSet::new();
    for term in &input.solicited {
        if !terms.insert(term) {
            problems.push(Problem::TermTwice(term.clone()));
        }
    }
    let mut patients = BTreeMap::new();
    for row in &input.infusions {
        if patients.insert(row.infusion, row.patient).is_some() {
            problems.push(Problem::InfusionTwice(row.infusion));
        }
    }
    for symptom in &input.symptoms {
        let (term, infusion) = (symptom.term.clone(), symptom.infusion);
        match patients.get(&infusion) {
            None => {
                problems.push(Problem::UnknownInfusion { term: term.clone(), infusion });
            }
            Some(patient) if *patient != symptom.patient => {
                problems.push(Problem::OtherPatient { term: term.clone(), infusion });
            }
            Some(_) => {}
        }
        if symptom.onset_h.is_some_and(|hours| !hours.is_finite()) {
            problems.push(Problem::Onset { term: term.clone(), infusion });
        }
        let grades = [symptom.derived_grade, symptom.confirmed_grade];
        for grade in grades.into_iter().flatten().filter(|grade| *grade > 5) {
            problems.push(Problem::Grade { term: term.clone(), infusion, grade });
        }
    }
    let mut tasks = BTreeSet::new();
    for task in &input.tasks {
        if !tasks.insert(task.task) {
            problems.push(Problem::TaskTwice(task.task));
        }
        let end = task.end.as_ref().map(|end| end.at);
        let answers = [task.acknowledged_at, task.reached_at, end];
        if answers.into_iter().flatten().any(|at| at < task.received_at) {
            problems.push(Problem::BeforeReceipt(task.task));
        }
    }
    for flag in &input.flags {
        if let Some(task) = flag.task.filter(|task| !tasks.contains(task)) {
            problems.push(Problem::UnknownTask { rule: flag.rule.clone(), task });
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(SummaryError { problems }) }
}

//! The safety summary of a period: counts with their denominators, and nothing to recompute.
//!
//! Pure: rows in ([`Input`]), tables out ([`Summary`]). Words are codes; the page and the file
//! add the labels. Four habits of every table:
//!
//! * the denominator and the share who answered stand beside each figure;
//! * a missed check-in is not "no reaction": both denominators are there, and the range if
//!   none, or all, of the silent had reacted;
//! * every per cent has its exact 95 % interval, and below [`TOO_FEW`] observations there is no
//!   per cent at all;
//! * grades of different CTCAE versions are never merged silently.
//!
//! After ICH E3 §12.2, E2F and CONSORT Harms 2022 (REFERENCE §8.1, §8.4).

mod check;
mod course;
mod exposure;
mod flags;
mod incidence;
mod input;
mod lines;
mod response;
mod share;
#[cfg(test)]
mod tests;
mod times;

pub use check::{Problem, SummaryError};
pub use course::{GradeChanges, Onset};
pub use exposure::{Exposed, Exposure};
pub use flags::{FlagCount, FlagTable};
pub use incidence::{
    Denominator, Grades, Group, IncidenceRow, IncidenceTable, Unit, WorstGradeTable,
};
pub use input::{
    CheckInRow, CheckInState, FlagRow, InfusionRow, Input, Measure, Standing, SymptomRow, Target,
    TaskEnd, TaskRow,
};
pub use lines::Line;
pub use response::{Range, Response, ResponseRate};
pub use share::{LEVEL, Share, TOO_FEW};
pub use times::ResponseTimes;

/// All tables of one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub exposure: Exposure,
    pub response: Response,
    /// Four views (patient, infusion × all, answered by D3), patients and all first; in each the
    /// solicited table before the unsolicited one.
    pub incidence: Vec<IncidenceTable>,
    /// One per view, in the same order.
    pub worst_grades: Vec<WorstGradeTable>,
    /// Symptom entries that were there before the infusion and unchanged; in no table.
    pub known_before: u64,
    /// Time to first onset per term, per infusion.
    pub onsets: Vec<Onset>,
    pub grade_changes: GradeChanges,
    pub flags: FlagTable,
    pub times: Vec<ResponseTimes>,
}

/// Makes the tables.
///
/// # Errors
///
/// The rows contradict one another (a symptom of an infusion that is not there, a grade above 5,
/// a contact before the report …). All contradictions are named: a summary that silently left a
/// row out would be worse than none.
pub fn summarise(input: &Input) -> Result<Summary, SummaryError> {
    check::check(input)?;
    let response = response::response(&input.infusions);
    let mut incidence = Vec::new();
    let mut worst_grades = Vec::new();
    for unit in [Unit::Patient, Unit::Infusion] {
        for denominator in [Denominator::All, Denominator::AnsweredByD3] {
            let view = incidence::View::new(
                unit,
                denominator,
                &input.infusions,
                &input.symptoms,
                &response,
            );
            for group in [Group::Solicited, Group::Unsolicited] {
                incidence.push(view.incidence(group, &input.solicited));
            }
            worst_grades.push(view.worst_grade());
        }
    }
    let known_before = share::count_of(
        input.symptoms.iter().filter(|symptom| symptom.standing == Standing::KnownBefore),
    );
    Ok(Summary {
        exposure: exposure::exposure(&input.infusions, &input.symptoms),
        response,
        incidence,
        worst_grades,
        known_before,
        onsets: course::onsets(&input.symptoms),
        grade_changes: course::grade_changes(&input.symptoms),
        flags: flags::flags(&input.flags, &input.tasks),
        times: times::response_times(&input.tasks, &input.targets, input.as_of),
    })
}

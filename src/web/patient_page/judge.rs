//! One judge of numbers and codes: the reader of reports. Here its paths become the
//! fields of the form.

use serde_json::{Value, json};

use super::report::{Problem, Why};
use super::steps::Step;
use crate::domain::grading::SymptomCode;
use crate::domain::input::{Input, Reason};
use crate::domain::{Codelist, Language};
use crate::i18n::patient::patient;
use crate::i18n::problems;

/// Lets the reader of reports judge, and says on which page each problem is.
pub fn judge(report: &Value, problems: &mut Vec<Problem>) {
    let input = json!({
        // Not judged here: both come from the infusion's record.
        "history": { "product": "autologous" },
        "hours_since_infusion": 0,
        "report": report,
    });
    let Err(found) = Input::from_json(&input) else { return };
    for problem in found {
        let Some((step, field)) = locate(&problem.field, &problem.reason) else { continue };
        let is_known = problems.iter().any(|known| {
            // A start or an end that could not be read is missing from the report, too.
            known.step == step && (known.field.starts_with(&field) || is_time(&field, &known.field))
        });
        if !is_known {
            let why = match problem.reason {
                Reason::Missing | Reason::UnknownChoice(_) | Reason::NeedsOneOf(_) => Why::Choose,
                reason => Why::Refused(reason),
            };
            problems.push(Problem { step, field, why });
        }
    }
}

fn is_time(field: &str, known: &str) -> bool {
    let is_about_time = |name: &str| {
        [".start", ".end", ".before"]
            .iter()
            .any(|part| name.rfind('.').is_some_and(|dot| name[dot..].starts_with(part)))
    };
    is_about_time(field) && is_about_time(known)
}

/// The page and the field of a path in the report.
fn locate(path: &str, reason: &Reason) -> Option<(Step, String)> {
    let path = path.strip_prefix("report.")?;
    let (head, key) = path.split_once('.').unwrap_or((path, ""));
    Some(match head {
        "temp" | "feverish" => match key {
            "onset_h" | "duration_h" | "resolved_h_ago" | "" => {
                (Step::Since, "temp.start".to_owned())
            }
            "hours_over_40" => (Step::Since, "temp.hours_over_40".to_owned()),
            other => (Step::Reading, format!("temp.{other}")),
        },
        "vitals" => (Step::Measures, format!("vitals.{key}")),
        "free_text" => (Step::Last, "free_text".to_owned()),
        "symptoms" => {
            let (code, key) = key.split_once('.')?;
            let step = Step::Detail(SymptomCode::from_code(code)?);
            let field = match key {
                "onset_h" => format!("{code}.start"),
                "duration_h" | "resolved_h_ago" => format!("{code}.end"),
                "preexisting" | "worse" => format!("{code}.before"),
                _ if matches!(reason, Reason::NeedsOneOf(_)) => format!("{code}.ticks"),
                other => format!("{code}.{other}"),
            };
            (step, field)
        }
        _ => return None,
    })
}

/// A reason in words.
#[must_use]
pub fn why(why: &Why, lang: Language) -> String {
    let t = patient(lang);
    match why {
        Why::Choose => t.why_choose.to_owned(),
        Why::NothingTold => t.why_nothing_told.to_owned(),
        Why::NotANumber => t.why_not_a_number.to_owned(),
        Why::NotADay => t.why_not_a_day.to_owned(),
        Why::Future => t.why_future.to_owned(),
        Why::BeforeInfusion => t.why_before_infusion.to_owned(),
        Why::EndBeforeStart => t.why_end_before_start.to_owned(),
        Why::Refused(reason) => t.this(&problems::reason(reason, lang)),
    }
}

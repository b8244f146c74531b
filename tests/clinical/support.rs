//! Short ways to say what was reported and to read what came of it.

use afterwatch::domain::Codelist;
use afterwatch::domain::escalation::{Assessment, RuleSet, assess};
use afterwatch::domain::grading::CtcaeVersion;
use afterwatch::domain::input::{Input, Problem};
use serde_json::{Value, json};

/// A whole input about the patient's own cells, 24 h after the infusion.
pub fn whole(report: &Value) -> Value {
    json!({"history": {"product": "autologous"}, "hours_since_infusion": 24, "report": report})
}

pub fn assess_by(version: CtcaeVersion, value: &Value) -> Assessment {
    let input = Input::from_json(value).unwrap_or_else(|wrong| panic!("{value}: {wrong:?}"));
    let set = RuleSet::built_in(input.history.product).unwrap();
    assess(&set, version, &input)
}

pub fn assess_whole(value: &Value) -> Assessment {
    assess_by(CtcaeVersion::V5, value)
}

/// The rules that fire on a report at 24 h.
pub fn fired(report: &Value) -> String {
    rules(&assess_whole(&whole(report)))
}

pub fn rules(assessment: &Assessment) -> String {
    let ids: Vec<&str> = assessment.fired.iter().map(|fired| fired.rule.as_str()).collect();
    ids.join(" ")
}

/// The grades above 0, as `CODE 1`.
pub fn grades(assessment: &Assessment) -> String {
    let grades: Vec<String> = assessment
        .grades
        .iter()
        .map(|(code, found)| format!("{} {}", code.code(), found.grade))
        .collect();
    grades.join(", ")
}

/// The fields that are refused.
pub fn refused(value: &Value) -> Vec<String> {
    problems(value).into_iter().map(|problem| problem.field).collect()
}

pub fn problems(value: &Value) -> Vec<Problem> {
    match Input::from_json(value) {
        Ok(_) => panic!("accepted: {value}"),
        Err(problems) => problems,
    }
}

/// A symptom with its own answers, from hour 5 for 10 h.
pub fn symptom(answers: &Value) -> Value {
    let mut entry = answers.clone();
    let fields = entry.as_object_mut().unwrap();
    for (key, value) in [("onset_h", 5), ("duration_h", 10)] {
        fields.entry(key).or_insert(json!(value));
    }
    entry
}

/// A report of one symptom.
pub fn one(code: &str, answers: &Value) -> Value {
    json!({"symptoms": {code: symptom(answers)}})
}

/// A temperature by mouth from hour 5 for 10 h.
pub fn temp(value: f64) -> Value {
    json!({"value": value, "unit": "C", "site": "oral", "onset_h": 5, "duration_h": 10})
}

/// A copy with the fields of `more` added or replaced, objects in depth.
pub fn with(base: &Value, more: &Value) -> Value {
    match (base, more) {
        (Value::Object(base), Value::Object(more)) => {
            let mut merged = base.clone();
            for (key, value) in more {
                let old = merged.get(key).cloned().unwrap_or(Value::Null);
                merged.insert(key.clone(), with(&old, value));
            }
            Value::Object(merged)
        }
        _ => more.clone(),
    }
}

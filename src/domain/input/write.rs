//! Writing an input back to JSON, only what was given.

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value, json};

use super::super::codelist::Codelist;
use super::super::grading::Answer;
use super::{Input, PreviousReport, Report, Schedule, Symptom, TempReading, Timing};

pub(super) fn input(input: &Input) -> Value {
    let mut object = Map::new();
    let mut history = Map::new();
    put(&mut history, "product", input.history.product.code());
    put_yes(&mut history, "infection_risk", input.history.infection_risk);
    if !input.history.prior_severe.is_empty() {
        let codes: Vec<&str> = input.history.prior_severe.iter().map(|code| code.code()).collect();
        put(&mut history, "prior_severe", codes);
    }
    put(&mut object, "history", history);
    put(&mut object, "hours_since_infusion", decimal_to_json(input.hours_since_infusion));
    if let Some(previous) = &input.previous_report {
        put(&mut object, "previous_report", previous_report(previous));
    }
    if let Some(given) = &input.report {
        put(&mut object, "report", report(given));
    }
    if input.schedule != Schedule::default() {
        put(&mut object, "schedule", schedule(input.schedule));
    }
    Value::Object(object)
}

/// A decimal as a JSON number, with no digit more than it needs.
pub fn decimal_to_json(value: Decimal) -> Value {
    let text = value.normalize().to_string();
    text.parse::<Number>().map_or_else(|_| json!(text), Value::Number)
}

fn put(object: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    object.insert(key.to_owned(), value.into());
}

fn put_yes(object: &mut Map<String, Value>, key: &str, yes: bool) {
    if yes {
        put(object, key, true);
    }
}

fn put_number(object: &mut Map<String, Value>, key: &str, value: Option<Decimal>) {
    if let Some(value) = value {
        put(object, key, decimal_to_json(value));
    }
}

fn previous_report(previous: &PreviousReport) -> Map<String, Value> {
    let mut object = Map::new();
    put_number(&mut object, "hours_before", previous.hours_before);
    let grades: Map<String, Value> = previous
        .grades
        .iter()
        .map(|(code, grade)| (code.code().to_owned(), json!(grade.number())))
        .collect();
    put(&mut object, "grades", grades);
    object
}

fn schedule(schedule: Schedule) -> Map<String, Value> {
    let mut object = Map::new();
    put_yes(&mut object, "d1_overdue", schedule.d1_overdue);
    put_yes(&mut object, "later_missed", schedule.later_missed);
    if let Some(count) = schedule.consecutive_missed {
        put(&mut object, "consecutive_missed", count);
    }
    object
}

fn report(report: &Report) -> Map<String, Value> {
    let mut object = Map::new();
    if let Some(reading) = &report.temp {
        put(&mut object, "temp", temp(reading));
    }
    put_yes(&mut object, "feels_feverish", report.feels_feverish);
    if let Some(feverish) = &report.feverish {
        let mut times = Map::new();
        timing(&mut times, feverish);
        put(&mut object, "feverish", times);
    }
    if !report.vitals.is_empty() {
        let vitals: Map<String, Value> = report
            .vitals
            .iter()
            .map(|(vital, v)| (vital.code().to_owned(), decimal_to_json(*v)))
            .collect();
        put(&mut object, "vitals", vitals);
    }
    if !report.flags.is_empty() {
        let flags: Map<String, Value> =
            report.flags.iter().map(|flag| (flag.code().to_owned(), json!(true))).collect();
        put(&mut object, "flags", flags);
    }
    if let Some(text) = &report.free_text {
        put(&mut object, "free_text", text.as_str());
    }
    if !report.symptoms.is_empty() {
        let symptoms: Map<String, Value> = report
            .symptoms
            .iter()
            .map(|(code, entry)| (code.code().to_owned(), Value::Object(symptom(entry))))
            .collect();
        put(&mut object, "symptoms", symptoms);
    }
    object
}

fn temp(reading: &TempReading) -> Map<String, Value> {
    let mut object = Map::new();
    put(&mut object, "value", decimal_to_json(reading.temperature.value()));
    put(&mut object, "unit", reading.temperature.unit().code());
    put(&mut object, "site", reading.temperature.site().code());
    put_yes(&mut object, "antipyretic_6h", reading.antipyretic_6h);
    put_number(&mut object, "hours_over_40", reading.hours_over_40);
    timing(&mut object, &reading.timing);
    object
}

fn symptom(symptom: &Symptom) -> Map<String, Value> {
    let mut object = Map::new();
    for (key, answer) in symptom.answers.given() {
        match answer {
            Answer::Bool(yes) => put(&mut object, key, *yes),
            Answer::Number(value) => put(&mut object, key, decimal_to_json(*value)),
            Answer::Choice(code) => put(&mut object, key, *code),
            Answer::Text(text) => put(&mut object, key, text.as_str()),
        }
    }
    timing(&mut object, &symptom.timing);
    object
}

fn timing(object: &mut Map<String, Value>, timing: &Timing) {
    put_number(object, "onset_h", timing.onset_h);
    put_number(object, "duration_h", timing.duration_h);
    put_number(object, "resolved_h_ago", timing.resolved_h_ago);
    put_yes(object, "preexisting", timing.preexisting);
    if let Some(worse) = timing.worse {
        put(object, "worse", worse);
    }
}

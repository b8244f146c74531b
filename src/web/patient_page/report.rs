//! From what was typed to the `report` object that is assessed, with everything that is
//! wrong or missing. One validator: the numbers and codes are judged by [`crate::domain::input::Input`].

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value, json};

use super::answers::Answers;
use super::danger::Danger;
use super::judge::judge;
use super::moment::timed;
use super::sitting::Sitting;
use super::steps::Step;
use crate::domain::grading::{
    Kind, Need, Site, SymptomCode, Temperature, Unit, parse_number, questions,
};
use crate::domain::input::{Reason, Vital};
use crate::domain::{Codelist, Timestamp};

/// One field that needs another look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The page that it is on.
    pub step: Step,
    /// The name of the field.
    pub field: String,
    /// Why.
    pub why: Why,
}

/// Why a field needs another look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing was chosen or typed.
    Choose,
    /// Neither well nor anything told.
    NothingTold,
    /// No number.
    NotANumber,
    /// No day.
    NotADay,
    /// Lies in the future.
    Future,
    /// Lies before the infusion, but "had it before" is not chosen.
    BeforeInfusion,
    /// Ended before it began.
    EndBeforeStart,
    /// What the report itself refuses.
    Refused(Reason),
}

/// How complete the report has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// As far as it goes: answered pages only, danger signs with the least that they say.
    SoFar,
    /// To be sent: every page of the way.
    Whole,
}

/// The `report` object and its problems.
#[must_use]
pub fn make(
    answers: &Answers,
    sitting: &Sitting,
    now: Timestamp,
    made: Made,
) -> (Value, Vec<Problem>) {
    let mut report = Map::new();
    let mut problems = Vec::new();
    let mut flags = Map::new();
    let mut symptoms = Map::new();
    for sign in answers.dangers() {
        match sign {
            Danger::Throat => flags.insert("throat_tight".to_owned(), json!(true)),
            Danger::OneSide => flags.insert("one_sided_weakness".to_owned(), json!(true)),
            _ => None,
        };
    }
    first(answers, &mut problems);
    if !answers.is_well() {
        let is_due = |step| made == Made::Whole || answers.answered_at(step).is_some();
        if is_due(Step::Reading) {
            temperature(answers, sitting, now, &mut report, &mut problems);
        }
        let vitals = measures(answers, &mut problems);
        if !vitals.is_empty() {
            report.insert("vitals".to_owned(), Value::Object(vitals));
        }
        for code in ["wheeze", "flushing", "jaundice", "no_urine_12h"] {
            if answers.has("signs", code) {
                flags.insert(code.to_owned(), json!(true));
            }
        }
        if is_due(Step::Choose) {
            chosen(answers, &mut problems);
        }
        for code in answers.symptoms() {
            if is_due(Step::Detail(code)) {
                let entry = symptom(answers, code, sitting, now, &mut problems);
                symptoms.insert(code.code().to_owned(), Value::Object(entry));
            } else if let Some(entry) = least(answers, code, sitting, now) {
                symptoms.insert(code.code().to_owned(), Value::Object(entry));
            }
        }
    }
    for code in ["ed_visit", "hospitalised"] {
        if answers.has("care", code) {
            flags.insert(code.to_owned(), json!(true));
        }
    }
    for code in ["call_me", "pregnancy", "life_threatening", "disability", "death"] {
        if answers.has("more", code) {
            flags.insert(code.to_owned(), json!(true));
        }
    }
    if let Some(text) = answers.given("free_text") {
        report.insert("free_text".to_owned(), json!(text));
    }
    if !flags.is_empty() {
        report.insert("flags".to_owned(), Value::Object(flags));
    }
    if !symptoms.is_empty() {
        report.insert("symptoms".to_owned(), Value::Object(symptoms));
    }
    let report = Value::Object(report);
    judge(&report, &mut problems);
    (report, problems)
}

/// A decimal as a JSON number that reads back as the same decimal.
#[must_use]
pub fn number(value: Decimal) -> Value {
    let text = value.normalize().to_string();
    let whole = text.parse::<i64>().ok().map(Number::from);
    whole
        .or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64))
        .map_or(Value::Null, Value::Number)
}

fn first(answers: &Answers, problems: &mut Vec<Problem>) {
    let is_chosen = matches!(answers.text("feeling"), "well" | "some" | "unwell");
    if !is_chosen && answers.dangers().is_empty() {
        problems.push(Problem { step: Step::First, field: "feeling".to_owned(), why: Why::Choose });
    }
}

/// The adjusted temperature, if what was typed is one.
fn adjusted(answers: &Answers) -> Option<Decimal> {
    let value = parse_number(answers.given("temp.value")?).ok()?;
    let unit = Unit::from_code(answers.text("temp.unit"))?;
    let site = Site::from_code(answers.text("temp.site"))?;
    Temperature::new(value, unit, site).ok().map(Temperature::adjusted)
}

/// Whether the next page asks when the fever was: T at least 38.0, a feverish feeling, or
/// T at least 37.5 under fever medicine (rule S07 needs its times).
#[must_use]
pub fn asks_since(answers: &Answers) -> bool {
    let t = adjusted(answers);
    let at_least = |tenths| t.is_some_and(|t| t >= Decimal::new(tenths, 1));
    at_least(380)
        || answers.text("feels_feverish") == "yes"
        || (at_least(375) && answers.text("antipyretic") == "yes")
}

/// Whether T is above 40.0, so that the hours above it are asked.
#[must_use]
pub fn asks_hours_over_40(answers: &Answers) -> bool {
    adjusted(answers).is_some_and(|t| t > Decimal::from(40))
}

fn temperature(
    answers: &Answers,
    sitting: &Sitting,
    now: Timestamp,
    report: &mut Map<String, Value>,
    problems: &mut Vec<Problem>,
) {
    let mut refuse = |step, field: &str, why| {
        problems.push(Problem { step, field: field.to_owned(), why });
    };
    let feverish = answers.text("feels_feverish") == "yes";
    let mut temp = Map::new();
    match answers.given("temp.value") {
        Some(text) => match parse_number(text) {
            Ok(value) => {
                temp.insert("value".to_owned(), number(value));
            }
            Err(_) => refuse(Step::Reading, "temp.value", Why::NotANumber),
        },
        None if answers.has("temp.none", "yes") => {
            if answers.text("feels_feverish").is_empty() {
                refuse(Step::Reading, "feels_feverish", Why::Choose);
            }
        }
        None => refuse(Step::Reading, "temp.value", Why::Choose),
    }
    let since = answers
        .answered_at(Step::Since)
        .filter(|_| asks_since(answers))
        .map(|at| timed(answers, "temp", &sitting.place, (at, now), false));
    let times = match since {
        Some(timed) => {
            for (field, why) in timed.problems {
                refuse(Step::Since, &field, why);
            }
            timed.fields
        }
        None => Map::new(),
    };
    if temp.is_empty() {
        if feverish && answers.given("temp.value").is_none() {
            report.insert("feverish".to_owned(), Value::Object(times));
        }
    } else {
        temp.insert("unit".to_owned(), json!(answers.text("temp.unit")));
        temp.insert("site".to_owned(), json!(answers.text("temp.site")));
        temp.insert("antipyretic_6h".to_owned(), json!(answers.text("antipyretic") == "yes"));
        if asks_hours_over_40(answers) && answers.answered_at(Step::Since).is_some() {
            match answers.given("temp.hours_over_40").map(parse_number) {
                Some(Ok(hours)) => {
                    temp.insert("hours_over_40".to_owned(), number(hours));
                }
                Some(Err(_)) => refuse(Step::Since, "temp.hours_over_40", Why::NotANumber),
                None => refuse(Step::Since, "temp.hours_over_40", Why::Choose),
            }
        }
        temp.extend(times);
        report.insert("temp".to_owned(), Value::Object(temp));
    }
    if feverish {
        report.insert("feels_feverish".to_owned(), json!(true));
    }
}

fn measures(answers: &Answers, problems: &mut Vec<Problem>) -> Map<String, Value> {
    let mut vitals = Map::new();
    for vital in Vital::ALL.iter().copied() {
        let field = format!("vitals.{}", vital.code());
        match answers.given(&field).map(parse_number) {
            None => {}
            Some(Ok(value)) => {
                vitals.insert(vital.code().to_owned(), number(value));
            }
            Some(Err(_)) => {
                problems.push(Problem { step: Step::Measures, field, why: Why::NotANumber });
            }
        }
    }
    vitals
}

/// Whoever is not well has to say in some way what it is, or nobody could act on it.
fn chosen(answers: &Answers, problems: &mut Vec<Problem>) {
    let told = !answers.symptoms().is_empty()
        || !answers.ticks("signs").is_empty()
        || !answers.dangers().is_empty()
        || asks_since(answers)
        || !answers.ticks("care").is_empty()
        || answers.given("free_text").is_some();
    if !told {
        problems.push(Problem {
            step: Step::Choose,
            field: "symptom".to_owned(),
            why: Why::NothingTold,
        });
    }
}

fn symptom(
    answers: &Answers,
    code: SymptomCode,
    sitting: &Sitting,
    now: Timestamp,
    problems: &mut Vec<Problem>,
) -> Map<String, Value> {
    let prefix = code.code();
    let step = Step::Detail(code);
    let mut entry = Map::new();
    for question in questions(code) {
        let field = format!("{prefix}.{}", question.key);
        let value = match question.kind {
            Kind::Bool if question.need == Need::Always => match answers.text(&field) {
                "yes" => Some(json!(true)),
                "no" => Some(json!(false)),
                _ => None,
            },
            Kind::Bool => {
                Some(json!(true)).filter(|_| answers.has(&format!("{prefix}.ticks"), question.key))
            }
            Kind::Choice(_) => answers.given(&field).map(|text| json!(text)),
            Kind::Text => {
                Some(answers.text(&field)).filter(|text| !text.is_empty()).map(|text| json!(text))
            }
            Kind::Number { .. } | Kind::Steps | Kind::Severity | Kind::Adl => {
                match answers.given(&field).map(parse_number) {
                    None => None,
                    Some(Ok(value)) => Some(number(value)),
                    Some(Err(_)) => {
                        let field = field.clone();
                        problems.push(Problem { step, field, why: Why::NotANumber });
                        None
                    }
                }
            }
        };
        if let Some(value) = value {
            entry.insert(question.key.to_owned(), value);
        }
    }
    let answered = answers.answered_at(step).unwrap_or(now);
    let timed = timed(answers, prefix, &sitting.place, (answered, now), true);
    entry.extend(timed.fields);
    problems.extend(timed.problems.into_iter().map(|(field, why)| Problem { step, field, why }));
    entry
}

/// A danger sign before its details are known, for the rules to see it.
fn least(
    answers: &Answers,
    code: SymptomCode,
    sitting: &Sitting,
    now: Timestamp,
) -> Option<Map<String, Value>> {
    let signs: Vec<Danger> =
        answers.dangers().into_iter().filter(|sign| sign.symptom() == Some(code)).collect();
    if signs.is_empty() {
        return None;
    }
    let mut entry = Map::new();
    for sign in signs {
        for (key, value) in sign.stated() {
            let (key, value) =
                if *key == "ticks" { (*value, json!(true)) } else { (*key, json!(value)) };
            entry.insert(key.to_owned(), value);
        }
        for (key, value) in sign.least() {
            entry.insert((*key).to_owned(), json!(value));
        }
    }
    let onset = now.max(sitting.place.t0).hours_since(sitting.place.t0);
    entry.insert("onset_h".to_owned(), number(onset));
    entry.insert("duration_h".to_owned(), json!(0));
    Some(entry)
}

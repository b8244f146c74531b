//! Reading the whole input.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use super::super::codelist::Codelist;
use super::super::grading::TemperatureError;
use super::super::grading::{Grade, Site, StaffTerm, SymptomCode, Temperature, Unit, fever};
use super::super::product::ProductKind;
use super::problem::{Expected, Problem, Reason};
use super::reader::{Limits, Reader, check_number};
use super::symptom;
use super::{
    History, Input, PreviousReport, Report, ReportFlag, Schedule, Symptom, TempReading, Vital,
};

/// Everything usable of an input and everything that is wrong with it. There is no
/// input without a product and the hours since the infusion.
pub(super) fn input(value: &Value) -> (Option<Input>, Vec<Problem>) {
    let mut problems = Vec::new();
    let input = read(value, &mut problems);
    (input, problems)
}

fn read(value: &Value, problems: &mut Vec<Problem>) -> Option<Input> {
    let root = Reader::open(value, "", problems)?;
    root.only(
        &["history", "hours_since_infusion", "previous_report", "report", "schedule"],
        problems,
    );
    let history = history(&root, problems);
    root.require("hours_since_infusion", problems);
    let hours = root.number("hours_since_infusion", Limits::ANY, problems);
    let previous_report = previous_report(&root, problems);
    let report = root.child("report", problems).map(|report| read_report(&report, problems));
    let schedule = schedule(&root, problems);
    Some(Input {
        history: history?,
        hours_since_infusion: hours?,
        previous_report,
        report,
        schedule,
    })
}

fn history(root: &Reader<'_>, problems: &mut Vec<Problem>) -> Option<History> {
    if root.get("history").is_none() {
        let reason = Reason::Missing;
        problems.push(Problem { field: "history.product".to_owned(), reason });
        return None;
    }
    let history = root.child("history", problems)?;
    history.only(&["product", "infection_risk", "prior_severe"], problems);
    history.require("product", problems);
    let product = history.code::<ProductKind>("product", problems);
    let infection_risk = history.flag("infection_risk", problems);
    let prior_severe = prior_severe(&history, problems);
    Some(History { product: product?, infection_risk, prior_severe })
}

fn prior_severe(history: &Reader<'_>, problems: &mut Vec<Problem>) -> BTreeSet<SymptomCode> {
    let mut codes = BTreeSet::new();
    let Some(value) = history.get("prior_severe") else { return codes };
    let Some(list) = value.as_array() else {
        history.refuse("prior_severe", Reason::WrongType(Expected::List), problems);
        return codes;
    };
    for (index, item) in list.iter().enumerate() {
        let code = match item.as_str() {
            Some(text) => known_code(text),
            None => Err(Reason::WrongType(Expected::Text)),
        };
        match code {
            Ok(code) => {
                codes.insert(code);
            }
            Err(reason) => {
                let field = format!("{}[{index}]", history.path_of("prior_severe"));
                problems.push(Problem { field, reason });
            }
        }
    }
    codes
}

/// A code of REFERENCE §1.1, measured ones included.
fn known_code(text: &str) -> Result<SymptomCode, Reason> {
    SymptomCode::from_code(text).ok_or_else(|| match StaffTerm::from_code(text) {
        Some(_) => Reason::StaffCode,
        None => Reason::UnknownCode,
    })
}

fn previous_report(root: &Reader<'_>, problems: &mut Vec<Problem>) -> Option<PreviousReport> {
    let previous = root.child("previous_report", problems)?;
    previous.only(&["hours_before", "grades"], problems);
    previous.require("hours_before", problems);
    previous.require("grades", problems);
    let hours_before = previous.number("hours_before", Limits::NOT_NEGATIVE, problems);
    let mut grades = BTreeMap::new();
    if let Some(entries) = previous.child("grades", problems) {
        for (key, value) in entries.fields() {
            let code = match known_code(key) {
                Ok(code) => code,
                Err(reason) => {
                    entries.refuse(key, reason, problems);
                    continue;
                }
            };
            if value.is_null() {
                continue;
            }
            match check_number(value, Limits::whole(0, 5)) {
                Ok(number) => {
                    if let Some(grade) = number.to_u8().and_then(Grade::new) {
                        grades.insert(code, grade);
                    }
                }
                Err(reason) => entries.refuse(key, reason, problems),
            }
        }
    }
    Some(PreviousReport { hours_before, grades })
}

fn schedule(root: &Reader<'_>, problems: &mut Vec<Problem>) -> Schedule {
    let Some(schedule) = root.child("schedule", problems) else { return Schedule::default() };
    schedule.only(&["d1_overdue", "consecutive_missed", "later_missed"], problems);
    Schedule {
        d1_overdue: schedule.flag("d1_overdue", problems),
        consecutive_missed: schedule
            .number("consecutive_missed", Limits::whole(0, 200), problems)
            .and_then(|count| count.to_u32()),
        later_missed: schedule.flag("later_missed", problems),
    }
}

fn read_report(report: &Reader<'_>, problems: &mut Vec<Problem>) -> Report {
    report.only(
        &["temp", "feels_feverish", "feverish", "vitals", "flags", "free_text", "symptoms"],
        problems,
    );
    let temp = temp(report, problems);
    let feels_feverish = report.flag("feels_feverish", problems);
    if feels_feverish && report.get("temp").is_none() {
        report.require("feverish", problems);
    }
    let feverish = report.child("feverish", problems).map(|feverish| {
        feverish.only(&["onset_h", "duration_h", "resolved_h_ago"], problems);
        symptom::timing(&feverish, true, problems)
    });
    Report {
        temp,
        feels_feverish,
        feverish,
        vitals: vitals(report, problems),
        flags: flags(report, problems),
        free_text: symptom::free_text(report, "free_text", problems),
        symptoms: symptoms(report, problems),
    }
}

fn temp(report: &Reader<'_>, problems: &mut Vec<Problem>) -> Option<TempReading> {
    let temp = report.child("temp", problems)?;
    temp.only(
        &[
            "value",
            "unit",
            "site",
            "antipyretic_6h",
            "hours_over_40",
            "onset_h",
            "duration_h",
            "resolved_h_ago",
            "preexisting",
            "worse",
        ],
        problems,
    );
    for key in ["value", "unit", "site"] {
        temp.require(key, problems);
    }
    let value = temp.number("value", Limits::ANY, problems);
    let unit = temp.code::<Unit>("unit", problems);
    let site = temp.code::<Site>("site", problems);
    let antipyretic_6h = temp.flag("antipyretic_6h", problems);
    let hours_over_40 = temp.number("hours_over_40", Limits::NOT_NEGATIVE, problems);
    let temperature = reading(&temp, value, unit, site, problems);
    let adjusted = temperature.map(Temperature::adjusted);
    let grade = adjusted.map_or(Grade::ABSENT, |t| fever(t, None));
    if grade >= Grade::SEVERE {
        temp.require("hours_over_40", problems);
    }
    let timing = symptom::timing(&temp, grade >= Grade::MILD, problems);
    Some(TempReading { temperature: temperature?, antipyretic_6h, hours_over_40, timing })
}

fn reading(
    temp: &Reader<'_>,
    value: Option<Decimal>,
    unit: Option<Unit>,
    site: Option<Site>,
    problems: &mut Vec<Problem>,
) -> Option<Temperature> {
    // The value can be judged without the site, so that both mistakes are named at once.
    match Temperature::new(value?, unit?, site.unwrap_or(Site::Unknown)) {
        Ok(reading) => site.map(|_| reading),
        Err(error) => {
            let reason = match error {
                TemperatureError::UnitSlip { other } => Reason::UnitSlip(other),
                TemperatureError::OutOfRange { unit } => {
                    let (min, max) = unit.range();
                    Reason::OutOfRange { min, max: Some(max) }
                }
            };
            temp.refuse("value", reason, problems);
            None
        }
    }
}

fn vitals(report: &Reader<'_>, problems: &mut Vec<Problem>) -> BTreeMap<Vital, Decimal> {
    let Some(vitals) = report.child("vitals", problems) else { return BTreeMap::new() };
    let known: Vec<&str> = Vital::ALL.iter().map(|vital| vital.code()).collect();
    vitals.only(&known, problems);
    let mut read = BTreeMap::new();
    for vital in Vital::ALL.iter().copied() {
        let (min, max) = vital.range();
        if let Some(value) = vitals.number(vital.code(), Limits::whole(min, max), problems) {
            read.insert(vital, value);
        }
    }
    read
}

fn flags(report: &Reader<'_>, problems: &mut Vec<Problem>) -> BTreeSet<ReportFlag> {
    let Some(flags) = report.child("flags", problems) else { return BTreeSet::new() };
    let known: Vec<&str> = ReportFlag::ALL.iter().map(|flag| flag.code()).collect();
    flags.only(&known, problems);
    let mut yes = BTreeSet::new();
    for flag in ReportFlag::ALL.iter().copied() {
        if flags.flag(flag.code(), problems) {
            yes.insert(flag);
        }
    }
    yes
}

fn symptoms(report: &Reader<'_>, problems: &mut Vec<Problem>) -> BTreeMap<SymptomCode, Symptom> {
    let mut read = BTreeMap::new();
    let Some(entries) = report.child("symptoms", problems) else { return read };
    for (key, _) in entries.fields() {
        let code = match known_code(key) {
            Ok(code) if code.is_measured() => Err(Reason::MeasuredCode),
            other => other,
        };
        match code {
            Ok(code) => {
                if let Some(entry) = entries.child(key, problems) {
                    read.insert(code, symptom::read(code, &entry, problems));
                }
            }
            Err(reason) => entries.refuse(key, reason, problems),
        }
    }
    read
}

//! What a condition sees of a report in one pass (REFERENCE §4.4 steps 1 and 4).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::codelist::Codelist;
use super::super::grading::{
    Answer, Circulation, CtcaeVersion, Grade, SymptomCode, derive, fever, hypotension, hypoxia,
};
use super::super::input::{Input, Report, Symptom, TempReading, Timing, Vital};
use super::condition::{CodeRef, Field};
use super::trace::Scalar;

/// Which symptoms a pass looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Everything that was not dropped.
    Whole,
    /// Without what has been over for 24 h.
    Current,
}

/// A fever of the pass.
#[derive(Debug, Clone, Copy)]
struct Fever<'a> {
    /// `temp`, or `feverish` when there was no thermometer.
    source: &'static str,
    timing: Option<&'a Timing>,
}

/// The facts of one pass over one report.
pub(super) struct Facts<'a> {
    pub input: &'a Input,
    pub grades: BTreeMap<SymptomCode, Grade>,
    symptoms: BTreeMap<SymptomCode, &'a Symptom>,
    temp: Option<&'a TempReading>,
    fever: Option<Fever<'a>>,
}

impl<'a> Facts<'a> {
    pub fn new(input: &'a Input, version: CtcaeVersion, pass: Pass) -> Self {
        let mut facts = Self {
            input,
            grades: BTreeMap::new(),
            symptoms: BTreeMap::new(),
            temp: None,
            fever: None,
        };
        if let Some(report) = &input.report {
            facts.take(report, version, pass);
        }
        facts
    }

    fn take(&mut self, report: &'a Report, version: CtcaeVersion, pass: Pass) {
        let counts =
            |timing: &Timing| !timing.is_dropped() && (pass == Pass::Whole || !timing.is_over());
        for (code, symptom) in &report.symptoms {
            if counts(&symptom.timing) {
                self.symptoms.insert(*code, symptom);
                self.grade(*code, derive(&symptom.answers, version));
            }
        }
        self.temp = report.temp.as_ref().filter(|temp| counts(&temp.timing));
        if let Some(temp) = self.temp {
            let grade = fever(temp.temperature.adjusted(), temp.hours_over_40);
            if grade > Grade::ABSENT {
                self.fever = Some(Fever { source: "temp", timing: Some(&temp.timing) });
            }
            self.grade(SymptomCode::Fever, Some(grade));
        } else if report.temp.is_none() && report.feels_feverish {
            let timing = report.feverish.as_ref();
            if timing.is_none_or(counts) {
                self.fever = Some(Fever { source: "feverish", timing });
                self.grade(SymptomCode::Fever, Some(Grade::MILD));
            }
        }
        let vital = |vital| report.vitals.get(&vital).copied();
        let circulation = self.circulation();
        self.grade(
            SymptomCode::Hypotension,
            vital(Vital::Sbp).map(|sbp| hypotension(sbp, circulation)),
        );
        self.grade(SymptomCode::Hypoxia, vital(Vital::Spo2).map(hypoxia));
    }

    fn grade(&mut self, code: SymptomCode, grade: Option<Grade>) {
        if let Some(grade) = grade.filter(|grade| *grade > Grade::ABSENT) {
            self.grades.insert(code, grade);
        }
    }

    fn circulation(&self) -> Circulation {
        let syncope = |key| {
            self.symptoms
                .get(&SymptomCode::Syncope)
                .is_some_and(|symptom| symptom.answers.is_yes(key))
        };
        let reported = |code| self.symptoms.contains_key(&code);
        Circulation {
            faint: reported(SymptomCode::Dizziness) || syncope("near"),
            collapsed: reported(SymptomCode::Confusion) || syncope("loc"),
        }
    }

    /// Whether the fever is felt and not measured.
    pub fn has_unmeasured_fever(&self) -> bool {
        self.fever.is_some_and(|fever| fever.source == "feverish")
    }

    /// When a graded symptom was; `None` for measured codes without time.
    pub fn timing(&self, code: SymptomCode) -> Option<&'a Timing> {
        match code {
            SymptomCode::Fever => self.fever.and_then(|fever| fever.timing),
            _ => self.symptoms.get(&code).map(|symptom| &symptom.timing),
        }
    }

    pub fn grade_of(&self, code: SymptomCode) -> Grade {
        self.grades.get(&code).copied().unwrap_or(Grade::ABSENT)
    }

    /// The value of a field; `bound` is the code that `any` or `count` is looking at.
    pub fn value(&self, field: Field, bound: Option<SymptomCode>) -> Scalar {
        match field {
            Field::InfectionRisk => Scalar::Bool(self.input.history.infection_risk),
            Field::Product => Scalar::Text(self.input.history.product.code().to_owned()),
            Field::Antipyretic => Scalar::Bool(self.temp.is_some_and(|temp| temp.antipyretic_6h)),
            Field::FeelsFeverish => {
                Scalar::Bool(self.input.report.as_ref().is_some_and(|report| report.feels_feverish))
            }
            Field::Flag(flag) => Scalar::Bool(
                self.input.report.as_ref().is_some_and(|report| report.flags.contains(&flag)),
            ),
            Field::D1Overdue => Scalar::Bool(self.input.schedule.d1_overdue),
            Field::LaterMissed => Scalar::Bool(self.input.schedule.later_missed),
            Field::Present(code) => Scalar::Bool(
                resolve(code, bound).is_some_and(|code| self.symptoms.contains_key(&code)),
            ),
            Field::Answer(code, key) => self.answer(code, key),
            _ => self.number(field, bound).map_or(Scalar::Missing, Scalar::Number),
        }
    }

    fn answer(&self, code: SymptomCode, key: &str) -> Scalar {
        let Some(symptom) = self.symptoms.get(&code) else { return Scalar::Missing };
        match symptom.answers.get(key) {
            Some(Answer::Bool(yes)) => Scalar::Bool(*yes),
            Some(Answer::Number(number)) => Scalar::Number(*number),
            Some(Answer::Choice(choice)) => Scalar::Text((*choice).to_owned()),
            Some(Answer::Text(_)) | None => Scalar::Missing,
        }
    }

    fn number(&self, field: Field, bound: Option<SymptomCode>) -> Option<Decimal> {
        let fever = || self.fever.and_then(|fever| fever.timing);
        match field {
            Field::Hours => Some(self.input.hours_since_infusion),
            Field::PreviousHours => self.input.previous_report.as_ref()?.hours_before,
            Field::Temp => match self.temp {
                Some(temp) => Some(temp.temperature.adjusted()),
                None => self.has_unmeasured_fever().then(|| Decimal::from(38)),
            },
            Field::TempOnset => self.temp?.timing.onset_h,
            Field::TempDuration => self.temp?.timing.duration_h,
            Field::HoursOver40 => self.temp?.hours_over_40,
            Field::FeverOnset => fever()?.onset_h,
            Field::FeverDuration => fever()?.duration_h,
            Field::Vital(vital) => self.input.report.as_ref()?.vitals.get(&vital).copied(),
            Field::ConsecutiveMissed => self.input.schedule.consecutive_missed.map(Decimal::from),
            Field::Grade(code) => Some(self.grade_of(resolve(code, bound)?).number().into()),
            Field::Previous(code) => {
                let grades = &self.input.previous_report.as_ref()?.grades;
                let grade = grades.get(&resolve(code, bound)?).copied().unwrap_or(Grade::ABSENT);
                Some(grade.number().into())
            }
            Field::Onset(code) => self.timing(resolve(code, bound)?)?.onset_h,
            Field::Duration(code) => self.timing(resolve(code, bound)?)?.duration_h,
            _ => None,
        }
    }

    /// The path of a field as a nurse's page and the trace show it.
    pub fn path(&self, field: Field, bound: Option<SymptomCode>) -> String {
        let of = |code| resolve(code, bound).map_or("?", Codelist::code);
        let fever = self.fever.map_or("temp", |fever| fever.source);
        match field {
            Field::Hours => "hours_since_infusion".to_owned(),
            Field::Product => "history.product".to_owned(),
            Field::InfectionRisk => "history.infection_risk".to_owned(),
            Field::PreviousHours => "previous_report.hours_before".to_owned(),
            Field::Temp => "temp_adj_c".to_owned(),
            Field::TempOnset => "temp.onset_h".to_owned(),
            Field::TempDuration => "temp.duration_h".to_owned(),
            Field::HoursOver40 => "temp.hours_over_40".to_owned(),
            Field::Antipyretic => "temp.antipyretic_6h".to_owned(),
            Field::FeverOnset => format!("{fever}.onset_h"),
            Field::FeverDuration => format!("{fever}.duration_h"),
            Field::FeelsFeverish => "feels_feverish".to_owned(),
            Field::Vital(vital) => format!("vitals.{}", vital.code()),
            Field::Flag(flag) => format!("flags.{}", flag.code()),
            Field::D1Overdue => "schedule.d1_overdue".to_owned(),
            Field::ConsecutiveMissed => "schedule.consecutive_missed".to_owned(),
            Field::LaterMissed => "schedule.later_missed".to_owned(),
            Field::Grade(code) => format!("grade.{}", of(code)),
            Field::Previous(code) => format!("previous_report.grades.{}", of(code)),
            Field::Present(code) => format!("{}.present", of(code)),
            Field::Onset(code) => self.time_path(resolve(code, bound), "onset_h"),
            Field::Duration(code) => self.time_path(resolve(code, bound), "duration_h"),
            Field::Answer(code, key) => format!("{}.{key}", code.code()),
        }
    }

    /// The path of a grade.
    #[expect(clippy::unused_self, reason = "reads like its neighbours")]
    pub fn grade_path(&self, code: SymptomCode) -> String {
        format!("grade.{}", code.code())
    }

    /// The path of a symptom's time; that of FEVER stands with its source.
    pub fn time_path(&self, code: Option<SymptomCode>, key: &str) -> String {
        match (code, self.fever) {
            (Some(SymptomCode::Fever), Some(fever)) => format!("{}.{key}", fever.source),
            (Some(code), _) => format!("{}.{key}", code.code()),
            (None, _) => key.to_owned(),
        }
    }
}

/// The code that is meant; `None` cannot happen in a checked condition.
pub(super) fn resolve(code: CodeRef, bound: Option<SymptomCode>) -> Option<SymptomCode> {
    match code {
        CodeRef::Fixed(code) => Some(code),
        CodeRef::Bound => bound,
    }
}

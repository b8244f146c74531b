//! What stands on each page of the form: questions, choices and what was typed.

use super::answers::Answers;
use super::danger::Danger;
use super::field::{Choice, Field, Shape};
use super::judge::why;
use super::report::{Problem, asks_hours_over_40};
use super::sitting::Sitting;
use super::steps::Step;
use crate::domain::grading::{Kind, Need, Question, Site, SymptomCode, Unit, questions};
use crate::domain::input::Vital;
use crate::domain::schedule::QuestionGroup;
use crate::domain::{Codelist, Language};
use crate::i18n::patient::{PatientText, patient};
use crate::i18n::patient_symptoms::{choice, question, symptom};
use crate::i18n::patient_words::{danger, sign, vital};

/// Sizes in centimetres, drawn to one scale.
const SIZES: &str = "/assets/sizes.svg";

/// Builds the fields of one page.
pub(super) struct Page<'a> {
    pub(super) answers: &'a Answers,
    pub(super) sitting: &'a Sitting,
    pub(super) lang: Language,
    pub(super) t: &'static PatientText,
    fields: Vec<Field>,
}

/// The fields of a page, as answered so far, with their problems.
#[must_use]
pub fn fields(
    step: Step,
    answers: &Answers,
    sitting: &Sitting,
    lang: Language,
    problems: &[Problem],
) -> Vec<Field> {
    let mut page = Page { answers, sitting, lang, t: patient(lang), fields: Vec::new() };
    match step {
        Step::First => page.first(),
        Step::Reading => page.reading(),
        Step::Since => page.since(),
        Step::Measures => page.measures(),
        Step::Choose => page.choose(),
        Step::Detail(code) => page.detail(code),
        Step::Last => page.last(),
        Step::Check => {}
    }
    let mut fields = page.fields;
    for problem in problems.iter().filter(|problem| problem.step == step) {
        let name = problem.field.trim_end_matches("_day").trim_end_matches("_hour");
        let is_moment = problem.field != name;
        let field = fields.iter_mut().find(|field| {
            field.name == name && matches!(field.kind, Shape::Moment { .. }) == is_moment
        });
        if let Some(field) = field {
            field.problem.get_or_insert_with(|| why(&problem.why, lang));
        }
    }
    fields
}

impl Page<'_> {
    pub(super) fn add(&mut self, name: &str, label: &str, hint: &str, kind: Shape) {
        self.fields.push(Field {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            kind,
            problem: None,
            picture: None,
        });
    }

    pub(super) fn choice(&self, name: &str, value: &str, label: &str, hint: &str) -> Choice {
        Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            chosen: self.answers.has(name, value),
        }
    }

    fn number(&mut self, name: &str, label: &str, hint: &str, unit: &str) {
        let typed = self.answers.text(name).to_owned();
        self.add(name, label, hint, Shape::Number(typed, unit.to_owned()));
    }

    fn yes_no(&mut self, name: &str, label: &str, hint: &str, may_skip: bool) {
        let mut choices =
            vec![self.choice(name, "yes", self.t.yes, ""), self.choice(name, "no", self.t.no, "")];
        if may_skip {
            choices.push(self.choice(name, "skip", self.t.rather_not, ""));
        }
        self.add(name, label, hint, Shape::One(choices));
    }

    fn first(&mut self) {
        let t = self.t;
        if !self.sitting.by_staff {
            let carer = self.choice("carer", "yes", t.carer, "");
            self.add("carer", "", "", Shape::Any(vec![carer]));
        }
        let signs = Danger::ALL
            .into_iter()
            .map(|sign| {
                let words = danger(sign.code(), self.lang);
                self.choice("danger", sign.code(), words.label, words.hint)
            })
            .collect();
        self.add("danger", t.danger_question, t.danger_hint, Shape::Any(signs));
        let feelings = [("well", t.feel_well), ("some", t.feel_some), ("unwell", t.feel_unwell)]
            .into_iter()
            .map(|(value, label)| self.choice("feeling", value, label, ""))
            .collect();
        self.add("feeling", t.feeling_question, "", Shape::One(feelings));
    }

    fn reading(&mut self) {
        let t = self.t;
        self.number("temp.value", t.temp_question, t.temp_hint, "");
        let none = self.choice("temp.none", "yes", t.temp_none, "");
        self.add("temp.none", "", "", Shape::Any(vec![none]));
        let unit = Some(self.answers.text("temp.unit")).filter(|unit| !unit.is_empty());
        let unit = unit.unwrap_or("C").to_owned();
        let units = Unit::ALL
            .iter()
            .map(|value| {
                let label = if *value == Unit::Celsius { "°C" } else { "°F" };
                Choice {
                    chosen: value.code() == unit,
                    ..self.choice("temp.unit", value.code(), label, "")
                }
            })
            .collect();
        self.add("temp.unit", t.temp_unit, "", Shape::One(units));
        let site = Some(self.answers.text("temp.site")).filter(|site| !site.is_empty());
        let site = site.unwrap_or(&self.sitting.place.clinic.thermometer).to_owned();
        let sites = Site::ALL
            .iter()
            .map(|value| Choice {
                chosen: value.code() == site,
                ..self.choice("temp.site", value.code(), t.site(*value), "")
            })
            .collect();
        self.add("temp.site", t.temp_site, "", Shape::One(sites));
        self.yes_no("feels_feverish", t.feverish_question, "", true);
        self.yes_no("antipyretic", t.antipyretic_question, t.antipyretic_hint, true);
    }

    fn since(&mut self) {
        let t = self.t;
        self.start_and_end("temp", t.fever_start, t.fever_end, true);
        if asks_hours_over_40(self.answers) {
            self.number("temp.hours_over_40", t.over_40_question, t.over_40_hint, t.hours);
        }
    }

    fn measures(&mut self) {
        for value in Vital::ALL.iter().copied() {
            let words = vital(value, self.lang);
            let name = format!("vitals.{}", value.code());
            self.number(&name, words.label, words.hint, self.t.unit_of(value));
        }
    }

    /// The check-in's own questions first, then what is common, then the rest.
    fn order(&self) -> Vec<SymptomCode> {
        use SymptomCode as S;
        let mut first: Vec<SymptomCode> = Vec::new();
        for group in &self.sitting.groups {
            first.extend(match group {
                QuestionGroup::Chills => &[S::Chills] as &[S],
                QuestionGroup::Hives => &[S::Urticaria],
                QuestionGroup::InfusionSite => &[S::SiteReaction],
                QuestionGroup::OneSidedSwelling => &[S::LimbSwelling],
                QuestionGroup::InfectionSigns => &[S::Infection],
                QuestionGroup::Rash => &[S::Rash],
                QuestionGroup::Diarrhoea => &[S::Diarrhoea],
                _ => &[],
            });
        }
        let common = [
            S::Fatigue,
            S::Headache,
            S::Chills,
            S::Myalgia,
            S::SiteReaction,
            S::Dizziness,
            S::Nausea,
            S::Anorexia,
            S::Arthralgia,
            S::Insomnia,
        ];
        let mut order: Vec<SymptomCode> = Vec::new();
        let rest = S::ALL.iter().copied().filter(|code| *code != S::Other);
        for code in common.into_iter().take(2).chain(first).chain(common).chain(rest) {
            if !code.is_measured() && !order.contains(&code) {
                order.push(code);
            }
        }
        order.push(S::Other);
        order
    }

    fn choose(&mut self) {
        let t = self.t;
        let from_danger: Vec<SymptomCode> =
            self.answers.dangers().into_iter().filter_map(Danger::symptom).collect();
        let choices = self
            .order()
            .into_iter()
            .map(|code| {
                let words = symptom(code, self.lang);
                let choice = self.choice("symptom", code.code(), words.label, words.hint);
                Choice { chosen: choice.chosen || from_danger.contains(&code), ..choice }
            })
            .collect();
        self.add("symptom", t.symptom_question, t.symptom_hint, Shape::Any(choices));
        let signs = ["wheeze", "flushing", "jaundice", "no_urine_12h"]
            .into_iter()
            .map(|code| {
                let words = sign(code, self.lang);
                self.choice("signs", code, words.label, words.hint)
            })
            .collect();
        self.add("signs", t.signs_question, "", Shape::Any(signs));
    }

    fn detail(&mut self, code: SymptomCode) {
        let t = self.t;
        let prefix = code.code();
        let ticks: Vec<&Question> = questions(code)
            .iter()
            .filter(|q| q.kind == Kind::Bool && q.need != Need::Always)
            .collect();
        for asked in questions(code) {
            let name = format!("{prefix}.{}", asked.key);
            let words = question(code, asked.key, self.lang);
            let (label, hint) = words.map_or((asked.key, ""), |words| (words.label, words.hint));
            match asked.kind {
                Kind::Bool if asked.need == Need::Always => self.yes_no(&name, label, hint, false),
                Kind::Bool => {}
                Kind::Number { .. } => {
                    self.number(&name, label, hint, t.unit_of_key(asked.key));
                    // One drawing is enough on a page: both sizes are asked in a row.
                    if asked.key == "redness_cm"
                        && let Some(field) = self.fields.last_mut()
                    {
                        field.picture = Some((SIZES, t.sizes_picture));
                    }
                }
                Kind::Choice(codes) => self.scale(code, &name, asked, codes, (label, hint)),
                Kind::Steps | Kind::Severity => {
                    self.scale(code, &name, asked, &["1", "2", "3"], (label, hint));
                }
                Kind::Adl => self.scale(code, &name, asked, &["0", "1", "2", "3"], (label, hint)),
                Kind::Text => {
                    let typed = self.answers.text(&name).to_owned();
                    self.add(&name, label, hint, Shape::Words(typed));
                }
            }
        }
        if !ticks.is_empty() {
            let name = format!("{prefix}.ticks");
            let choices = ticks
                .iter()
                .map(|asked| {
                    let words = question(code, asked.key, self.lang);
                    let label = words.map_or(asked.key, |words| words.label);
                    self.choice(&name, asked.key, label, "")
                })
                .collect();
            let hint =
                if ticks.iter().any(|q| q.need == Need::OneOf) { t.one_at_least } else { "" };
            self.add(&name, t.ticks_question, hint, Shape::Any(choices));
        }
        let before = format!("{prefix}.before");
        let choices = [
            ("no", t.before_no),
            ("same", t.before_same),
            ("worse", t.before_worse),
            ("unsure", t.rather_not),
        ]
        .into_iter()
        .map(|(value, label)| self.choice(&before, value, label, ""))
        .collect();
        self.add(&before, t.before_question, "", Shape::One(choices));
        self.start_and_end(prefix, t.start_question, t.end_question, false);
    }

    fn scale(
        &mut self,
        code: SymptomCode,
        name: &str,
        asked: &Question,
        values: &[&str],
        (label, hint): (&str, &str),
    ) {
        let mut choices: Vec<Choice> = values
            .iter()
            .map(|value| {
                let words = choice(code, asked.key, value, self.lang).unwrap_or(value);
                self.choice(name, value, words, "")
            })
            .collect();
        if asked.need == Need::Optional {
            // Nothing posted is "not given": the rules read it so.
            let skip = Choice {
                chosen: !choices.iter().any(|choice| choice.chosen),
                ..self.choice(name, "", self.t.rather_not, "")
            };
            choices.push(skip);
        }
        self.add(name, label, hint, Shape::One(choices));
    }

    fn last(&mut self) {
        let t = self.t;
        let care = ["doctor", "ed_visit", "hospitalised"]
            .into_iter()
            .map(|code| self.choice("care", code, sign(code, self.lang).label, ""))
            .collect();
        self.add("care", t.care_question, t.care_hint, Shape::Any(care));
        let asks = |group| self.sitting.asks(group);
        let later = asks(QuestionGroup::NewDiagnoses) || asks(QuestionGroup::MedicinesStarted);
        let mut more = vec!["call_me"];
        if asks(QuestionGroup::Pregnancy) {
            more.push("pregnancy");
        }
        if self.sitting.by_staff || self.answers.has("carer", "yes") {
            more.extend(["life_threatening", "disability"]);
            // Only asked late of relatives (REFERENCE §7.3); staff can always say it.
            if self.sitting.by_staff || asks(QuestionGroup::Death) {
                more.push("death");
            }
        }
        let more = more
            .into_iter()
            .map(|code| {
                let words = sign(code, self.lang);
                self.choice("more", code, words.label, words.hint)
            })
            .collect();
        self.add("more", t.more_question, "", Shape::Any(more));
        let typed = self.answers.text("free_text").to_owned();
        let hint = if later { t.words_hint_later } else { t.words_hint };
        self.add("free_text", t.words_question, hint, Shape::Words(typed));
    }
}

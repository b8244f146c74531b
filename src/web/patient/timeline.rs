//! Everything about a patient on one time line, newest first.

use std::collections::{BTreeMap, HashMap};

use crate::domain::grading::SymptomCode;
use crate::domain::registry::{CheckInState, Evaluation};
use crate::domain::{
    Codelist, InfusionId, Language, Level, LotId, ProductId, ReportId, Timestamp, Zone,
};
use crate::i18n::labels::Label;
use crate::i18n::registry::{RegistryText, mail_kind, mail_state, registry};
use crate::i18n::snooze::snooze as words;
use crate::store::courses::Course;
use crate::store::infusions::{Infusion, Observation};
use crate::store::patients::Consent;
use crate::store::record::{CheckIn, Done, Mail, Report, Symptom, Task};
use crate::web::local_time::Shown;

/// One entry of the time line.
#[derive(Debug, Clone)]
pub(in crate::web) struct Entry {
    instant: Timestamp,
    /// When, on the clinic's clock.
    pub at: Shown,
    /// The class that marks it: `infusion`, or the level of a report or task.
    pub class: String,
    /// What it is, in a word or two.
    pub title: String,
    /// Where it leads; empty when nowhere.
    pub url: String,
    /// The name of its level; empty without one.
    pub level: &'static str,
    /// Sentences.
    pub lines: Vec<String>,
    /// Words of a person, shown as a quotation.
    pub quote: Option<String>,
}

/// What the time line is made of.
#[derive(Debug, Default)]
pub(in crate::web) struct Facts {
    pub consents: Vec<Consent>,
    pub courses: Vec<Course>,
    pub infusions: Vec<Infusion>,
    pub observations: Vec<Observation>,
    pub check_ins: Vec<CheckIn>,
    pub reports: Vec<Report>,
    pub symptoms: Vec<Symptom>,
    pub tasks: Vec<Task>,
    pub done: Vec<Done>,
    pub mails: Vec<Mail>,
    pub quiet: BTreeMap<ReportId, Vec<String>>,
    pub lot_numbers: HashMap<LotId, String>,
    pub product_names: HashMap<ProductId, String>,
}

/// The class that colours an entry by level.
pub(in crate::web) fn level_class(level: Level) -> String {
    format!("level-{}", level.code().to_ascii_lowercase())
}

struct Line<'a> {
    lang: Language,
    t: &'static RegistryText,
    zone: &'a Zone,
    facts: &'a Facts,
    opens_tasks: bool,
    entries: Vec<Entry>,
}

/// The time line in two parts.
#[derive(Debug, Default)]
pub(in crate::web) struct Parts {
    /// What has happened, newest first.
    pub past: Vec<Entry>,
    /// Check-ins that are still to come, next first.
    pub coming: Vec<Entry>,
}

/// The entries as they stand at `now`. Only who may open tasks gets links to them.
pub(in crate::web) fn entries(
    lang: Language,
    zone: &Zone,
    (facts, opens_tasks): (&Facts, bool),
    now: Timestamp,
) -> Parts {
    let t = registry(lang);
    let mut line = Line { lang, t, zone, facts, opens_tasks, entries: Vec::new() };
    line.consents();
    line.courses();
    line.infusions();
    line.observations();
    line.check_ins();
    line.reports();
    line.tasks();
    line.mails();
    let mut entries = line.entries;
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.instant));
    let (mut coming, past): (Vec<Entry>, Vec<Entry>) =
        entries.into_iter().partition(|entry| entry.instant > now);
    coming.reverse();
    Parts { past, coming }
}

impl Line<'_> {
    fn add(&mut self, instant: Timestamp, title: impl Into<String>) -> &mut Entry {
        self.entries.push(Entry {
            instant,
            at: Shown::new(instant, self.zone),
            class: String::new(),
            title: title.into(),
            url: String::new(),
            level: "",
            lines: Vec::new(),
            quote: None,
        });
        let last = self.entries.len() - 1;
        &mut self.entries[last]
    }

    /// What happened on a day stands at the day's first instant.
    fn start_of(&self, day: crate::domain::Day, otherwise: Timestamp) -> Timestamp {
        day.start(self.zone.jiff()).unwrap_or(otherwise)
    }

    fn consents(&mut self) {
        let t = self.t;
        for consent in &self.facts.consents {
            let at = self.start_of(consent.given_on, consent.recorded_at);
            let version =
                format!("{} · {}", consent.text_version, consent.language.label(self.lang));
            self.add(at, t.consent_given).lines.push(version.clone());
            if let Some(withdrawn) = consent.withdrawn_at {
                self.add(withdrawn, t.consent_withdrawn).lines.push(version);
            }
        }
    }

    fn courses(&mut self) {
        let (t, lang) = (self.t, self.lang);
        for course in &self.facts.courses {
            let at = self.start_of(course.started_on, course.recorded_at);
            let product = self.facts.product_names.get(&course.product_id).cloned();
            let entry = self.add(at, format!("{}: {}", t.course_begun, course.phase.label(lang)));
            entry.lines.extend(product);
            entry.lines.push(t.rhythm(course.interval_days, course.planned_infusions));
        }
    }

    fn infusion_title(&self, id: InfusionId) -> String {
        let known = self.facts.infusions.iter().find(|infusion| infusion.id == id);
        let Some(infusion) = known else { return String::new() };
        let course = self.facts.courses.iter().find(|course| course.id == infusion.course_id);
        let phase = course.map(|course| course.phase.label(self.lang)).unwrap_or_default();
        format!("{}, {phase}", self.t.infusion_number(infusion.number_in_course))
    }

    fn infusions(&mut self) {
        for infusion in &self.facts.infusions {
            let title = self.infusion_title(infusion.id);
            let lot = self.facts.lot_numbers.get(&infusion.lot_id).cloned();
            let lot = format!("{} {}", self.t.lot, lot.unwrap_or_default());
            let mut facts = vec![lot, infusion.route.label(self.lang).to_owned()];
            if let Some(dose) = infusion.dose_cells_millions {
                facts.push(format!("{dose} × 10⁶"));
            }
            let given = infusion.premedication.clone();
            let before = given.map(|what| format!("{}: {what}", self.premedication_label()));
            let notes = infusion.notes.clone();
            let entry = self.add(infusion.t0, title);
            "infusion".clone_into(&mut entry.class);
            entry.url = format!("/infusions/{}", infusion.id);
            entry.lines.push(facts.join(" · "));
            entry.lines.extend(before);
            entry.quote = notes;
        }
    }

    fn premedication_label(&self) -> &'static str {
        crate::i18n::registry::fields::label(self.lang, "premedication")
    }

    fn observations(&mut self) {
        for seen in &self.facts.observations {
            let lang = self.lang;
            let entry = self.add(seen.observed_at, self.t.chair);
            entry.lines.extend(measured(lang, seen));
            entry.quote.clone_from(&seen.note);
            entry.url = format!("/infusions/{}", seen.infusion_id);
        }
    }

    fn check_ins(&mut self) {
        let (t, lang) = (self.t, self.lang);
        for check_in in &self.facts.check_ins {
            let at = check_in.answered_at.or(check_in.settled_at).unwrap_or(check_in.due_at);
            let title = format!("{} {}", t.check_in, check_in.code.code());
            let due = format!("{} {}", t.due, Shown::new(check_in.due_at, self.zone).local);
            let after = self.infusion_title(check_in.infusion_id);
            let entry = self.add(at, title);
            entry.lines.push(format!("{} · {due} · {after}", check_in.state.label(lang)));
            if check_in.state == CheckInState::Missed {
                "level-soon".clone_into(&mut entry.class);
            }
        }
    }

    fn reports(&mut self) {
        let (t, lang, opens) = (self.t, self.lang, self.opens_tasks);
        let corrected: Vec<_> =
            self.facts.reports.iter().filter_map(|report| report.supersedes).collect();
        for report in &self.facts.reports {
            let after = self.infusion_title(report.infusion_id);
            let symptoms = symptoms_of(lang, report, &self.facts.symptoms);
            let quiet = self.facts.quiet.get(&report.id);
            let quiet = quiet.map(|rules| words(lang).stayed_quiet(rules));
            let entry = self.add(report.received_at, format!("{} {}", t.report, report.reference));
            entry.class = level_class(report.level);
            entry.level = report.level.label(lang);
            let mut facts = vec![
                after,
                format!("{} {}", report.hours_since_infusion, t.hours_after),
                report.source.label(lang).to_owned(),
            ];
            if corrected.contains(&report.id) {
                facts.push(t.corrected.to_owned());
            }
            if report.evaluation == Evaluation::Failed {
                facts.push(t.evaluation_failed.to_owned());
            }
            entry.lines.push(facts.join(" · "));
            entry.lines.push(symptoms);
            entry.lines.extend(report.temp_adj_c.as_ref().map(|temp| format!("{temp} °C")));
            entry.lines.extend(quiet);
            entry.quote.clone_from(&report.free_text);
            if let Some(task) = report.task_id.filter(|_| opens) {
                entry.url = format!("/tasks/{task}");
            }
        }
    }

    fn tasks(&mut self) {
        let (t, lang, opens) = (self.t, self.lang, self.opens_tasks);
        for task in &self.facts.tasks {
            let title = format!("{} {}: {}", t.task, task.number, task.kind.label(lang));
            let entry = self.add(task.opened_at, title);
            entry.class = level_class(task.level);
            entry.level = task.level.label(lang);
            if opens {
                entry.url = format!("/tasks/{}", task.id);
            }
            entry.lines.push(task.state.label(lang).to_owned());
        }
        for done in &self.facts.done {
            let entry =
                self.add(done.at, format!("{} {}: {}", t.task, done.number, done.kind.label(lang)));
            if opens {
                entry.url = format!("/tasks/{}", done.task);
            }
            let mut facts = Vec::new();
            facts.extend(done.call_result.map(|result| result.label(lang).to_owned()));
            facts.extend(done.outcome.map(|outcome| outcome.label(lang).to_owned()));
            facts.extend(done.staff.as_ref().map(|name| format!("{} {name}", t.by_whom)));
            if !facts.is_empty() {
                entry.lines.push(facts.join(" · "));
            }
            entry.quote.clone_from(&done.note);
        }
    }

    fn mails(&mut self) {
        let (t, lang) = (self.t, self.lang);
        for mail in &self.facts.mails {
            let at = mail.settled_at.unwrap_or(mail.due_at);
            let title = format!("{}: {}", t.mail, mail_kind(lang, mail.kind));
            self.add(at, title).lines.push(mail_state(lang, mail.state).to_owned());
        }
    }
}

/// The symptoms of a report with their grades, worst first: "Fever 2, Chills 1".
fn symptoms_of(lang: Language, report: &Report, all: &[Symptom]) -> String {
    let t = registry(lang);
    let mut list: Vec<&Symptom> =
        all.iter().filter(|symptom| symptom.report == report.id).collect();
    list.sort_by_key(|symptom| std::cmp::Reverse(symptom.confirmed.or(symptom.grade)));
    if list.is_empty() {
        return t.no_symptoms.to_owned();
    }
    let shown: Vec<String> = list
        .into_iter()
        .map(|symptom| {
            let name = SymptomCode::from_code(&symptom.code)
                .map_or_else(|| symptom.code.clone(), |code| code.label(lang).to_owned());
            match symptom.confirmed.or(symptom.grade) {
                Some(grade) => format!("{name} {grade}"),
                None => name,
            }
        })
        .collect();
    shown.join(" · ")
}

/// What was measured, as one line; nothing when only something was seen.
pub(in crate::web) fn measured(lang: Language, seen: &Observation) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(tenths) = seen.temperature_tenths {
        let held = seen.thermometer.map(|held| held.label(lang)).unwrap_or_default();
        parts.push(format!("{}.{} °C ({held})", tenths / 10, tenths % 10));
    }
    let units = match lang {
        Language::En => [("BP", " mmHg"), ("HR", "/min"), ("SpO₂", " %"), ("RR", "/min")],
        Language::ZhCn => {
            [("收缩压", " mmHg"), ("心率", " 次/分"), ("血氧", " %"), ("呼吸", " 次/分")]
        }
    };
    for ((name, unit), value) in units.into_iter().zip([seen.sbp, seen.hr, seen.spo2, seen.rr]) {
        parts.extend(value.map(|value| format!("{name} {value}{unit}")));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

//! The time line of a night: everything that the rows say happened, newest first, and what
//! they say is to come.

use std::collections::BTreeMap;

use super::Found;
use crate::demo::night::figures::unheard;
use crate::demo::night::script::Deed;
use crate::domain::chain::StepState;
use crate::domain::fault::Finding;
use crate::domain::grading::SymptomCode;
use crate::domain::letter::{LetterKind, MailState};
use crate::domain::registry::CheckInState;
use crate::domain::task::TaskEventKind;
use crate::domain::{Codelist, Language, Level, PatientId, TaskId, Timestamp};
use crate::i18n::labels::Label;
use crate::i18n::night::NightText;
use crate::i18n::{escalation, faults, schedule};
use crate::rules;
use crate::store::night::{Event, Flag, Mail, Record, Report};
use crate::store::steps::StepRow;
use crate::web::local_time::Shown;
use crate::web::patient::timeline::level_class;

/// One entry.
pub(super) struct Entry {
    instant: Timestamp,
    pub at: Shown,
    pub class: String,
    pub title: String,
    pub url: String,
    pub level: &'static str,
    pub lines: Vec<String>,
    pub quote: Option<String>,
}

/// What entries are written from.
pub(super) struct Lines<'a> {
    pub lang: Language,
    pub t: &'static NightText,
    pub found: &'a Found,
}

/// Moments to come that the rows of a night know of.
pub(super) fn moments(record: &Record) -> Vec<Timestamp> {
    let steps = record.steps.iter().filter(|step| step.state == StepState::Planned);
    let mails = record.mails.iter().filter(|mail| is_waiting(mail));
    let check_ins = record.check_ins.iter().filter(|one| one.state == CheckInState::Planned);
    steps
        .map(|step| step.due_at)
        .chain(mails.map(|mail| mail.next_try_at))
        .chain(check_ins.map(|one| one.closes_at))
        .collect()
}

const fn is_waiting(mail: &Mail) -> bool {
    matches!(mail.state, MailState::Planned | MailState::Sending)
}

impl Lines<'_> {
    fn entry(&self, instant: Timestamp, title: String) -> Entry {
        Entry {
            instant,
            at: Shown::new(instant, &self.found.zone),
            class: String::new(),
            title,
            url: String::new(),
            level: "",
            lines: Vec::new(),
            quote: None,
        }
    }

    fn level(&self, entry: Entry, level: Level) -> Entry {
        Entry { class: level_class(level), level: level.label(self.lang), ..entry }
    }

    /// The clinic's number for a patient.
    pub(super) fn code(&self, of: PatientId) -> &str {
        let people = &self.found.night.people;
        people.iter().find(|person| person.patient == of).map_or("", |person| &person.code)
    }

    fn number(&self, of: TaskId) -> i64 {
        let tasks = &self.found.record.tasks;
        tasks.iter().find(|task| task.id == of).map_or(0, |task| task.number)
    }

    /// What has happened by now, newest first.
    pub(super) fn past(&self, now: Timestamp) -> Vec<Entry> {
        let record = &self.found.record;
        let mut entries: Vec<Entry> = Vec::new();
        entries.extend(record.reports.iter().map(|report| self.report(report)));
        entries.extend(record.events.iter().map(|event| self.event(event)));
        let done = record.steps.iter().filter(|step| step.state == StepState::Done);
        entries.extend(done.filter_map(|step| self.step(step)));
        entries.extend(self.spared());
        entries.extend(self.letters());
        entries.extend(self.vain_tries());
        entries.extend(self.check_ins());
        entries.extend(self.server());
        for one in unheard(record, now) {
            let mut entry = self.entry(one.from, self.t.banner(self.number(one.task)));
            entry.class = level_class(Level::Emergency);
            entry.url = format!("/tasks/{}", one.task);
            entries.push(entry);
        }
        for alarm in &record.alarms {
            let Some(fault) = alarm.fault else { continue };
            let mut entry = self.entry(alarm.at, self.t.auditor.to_owned());
            entry.class = level_class(Level::Emergency);
            entry.lines.push(faults::finding(Finding::one(fault), self.lang));
            entries.push(entry);
        }
        let first = self.found.night.began_at;
        entries.push(self.entry(first, self.t.evening.to_owned()));
        // Of one instant the cause comes below its effects; the sort keeps their order.
        entries.reverse();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.instant));
        entries
    }

    fn report(&self, report: &Report) -> Entry {
        let title = self.t.reports(self.code(report.patient));
        let mut entry = self.level(self.entry(report.received_at, title), report.level);
        entry.url = format!("/patients/{}", report.patient);
        entry.lines.push(self.told(report));
        if report.task.is_none() && report.level == Level::None {
            entry.lines.push(self.t.stays_quiet.to_owned());
        }
        entry
    }

    /// What a report tells of, with grades.
    pub(super) fn told(&self, report: &Report) -> String {
        let of = self.found.record.symptoms.iter().filter(|one| one.report == report.id);
        let symptoms = of.map(|one| {
            let code = SymptomCode::from_code(&one.code);
            let name = code.map_or(one.code.clone(), |code| code.label(self.lang).to_owned());
            self.t.symptom(&name, one.grade, one.is_expected)
        });
        let temperature = report.temperature.as_ref().map(|celsius| format!("{celsius} °C"));
        let told: Vec<String> = temperature.into_iter().chain(symptoms).collect();
        told.join(self.t.comma)
    }

    fn event(&self, event: &Event) -> Entry {
        let title = self.t.task(self.number(event.task), event.kind.label(self.lang));
        let mut entry = self.entry(event.at, title);
        entry.url = format!("/tasks/{}", event.task);
        if let Some(level) = event.level {
            entry = self.level(entry, level);
        }
        entry.lines.extend(event.who.clone());
        entry.lines.extend(event.call_result.map(|result| result.label(self.lang).to_owned()));
        entry.lines.extend(event.outcome.map(|outcome| outcome.label(self.lang).to_owned()));
        if matches!(event.kind, TaskEventKind::Opened | TaskEventKind::Raised) {
            let flags = self.found.record.flags.iter();
            let why = flags.filter(|flag| flag.task == event.task && flag.raised_at == event.at);
            entry.lines.extend(why.map(|flag| self.rule(flag)));
        }
        entry
    }

    fn rule(&self, flag: &Flag) -> String {
        let name = rules::of(&flag.rule_set)
            .and_then(|set| Some(set.set.rule(&flag.rule)?.name.get(self.lang).to_owned()));
        match name {
            Some(name) => format!("{} · {name}", flag.rule),
            None => flag.rule.clone(),
        }
    }

    fn step(&self, step: &StepRow) -> Option<Entry> {
        let number = self.number(step.task_id);
        let mut entry =
            self.entry(step.settled_at?, self.t.step(number, step.audience.label(self.lang)));
        entry.url = format!("/tasks/{}", step.task_id);
        if step.round > 1 {
            entry.lines.push(self.t.again(step.round));
        }
        if step.is_stand_in {
            entry.lines.push(self.t.stand_in.to_owned());
        }
        let words = escalation::escalation(self.lang);
        let told = self.found.record.told.iter().filter(|told| told.step == step.id);
        entry.lines.extend(told.map(|told| words.told(&told.name, told.state)));
        Some(entry)
    }

    /// Steps that were not needed any more, together where they ended together.
    fn spared(&self) -> Vec<Entry> {
        let mut ended: BTreeMap<(Timestamp, TaskId), Vec<&StepRow>> = BTreeMap::new();
        for step in &self.found.record.steps {
            if let (StepState::Cancelled, Some(at)) = (step.state, step.settled_at) {
                ended.entry((at, step.task_id)).or_default().push(step);
            }
        }
        let words = escalation::escalation(self.lang);
        let one = |((at, task), steps): ((Timestamp, TaskId), Vec<&StepRow>)| {
            let mut entry = self.entry(at, self.t.spared(self.number(task), steps.len()));
            entry.url = format!("/tasks/{task}");
            let cause = steps.first().map(|step| words.standing(step.state, step.cause));
            entry.lines.extend(cause);
            entry
        };
        ended.into_iter().map(one).collect()
    }

    /// What became of mails; those to staff about one task together.
    fn letters(&self) -> Vec<Entry> {
        // What left within one minute of the clock is one entry.
        type Together = (i64, Option<TaskId>, Option<PatientId>);
        let mut settled: BTreeMap<Together, Vec<&Mail>> = BTreeMap::new();
        for mail in self.found.record.mails.iter().filter(|mail| !is_waiting(mail)) {
            let Some(at) = mail.settled_at else { continue };
            let minute = at.jiff().as_second() / 60;
            settled.entry((minute, mail.task, mail.patient)).or_default().push(mail);
        }
        let mut entries = Vec::new();
        for ((_, task, patient), mails) in settled {
            let mut kinds: BTreeMap<(&str, &str), Vec<&Mail>> = BTreeMap::new();
            for mail in mails {
                kinds.entry((mail.kind.code(), mail.state.code())).or_default().push(mail);
            }
            for mails in kinds.into_values() {
                let Some(first) = mails.first() else { continue };
                let Some(at) = mails.iter().filter_map(|mail| mail.settled_at).max() else {
                    continue;
                };
                let to = match (task.filter(|_| first.kind == LetterKind::Alert), patient) {
                    (Some(task), _) => self.t.task_number(self.number(task)),
                    (None, Some(patient)) => self.code(patient).to_owned(),
                    (None, None) => String::new(),
                };
                let kind = first.kind.label(self.lang);
                let state = first.state.label(self.lang);
                let mut entry = self.entry(at, self.t.letters(mails.len(), kind, state, &to));
                if matches!(first.state, MailState::Accepted | MailState::Bounced) {
                    entry.url = format!("/demo/mail?id={}", first.id);
                }
                entry.lines.extend(first.cause.map(|cause| cause.label(self.lang).to_owned()));
                entries.push(entry);
            }
        }
        entries
    }

    fn vain_tries(&self) -> Vec<Entry> {
        let mut tries: BTreeMap<Timestamp, usize> = BTreeMap::new();
        for (_, at) in &self.found.record.vain_tries {
            *tries.entry(*at).or_default() += 1;
        }
        tries.into_iter().map(|(at, count)| self.entry(at, self.t.not_taken(count))).collect()
    }

    fn check_ins(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let words = schedule::schedule(self.lang);
        for one in &self.found.record.check_ins {
            let at = match one.state {
                CheckInState::Missed => one.settled_at,
                CheckInState::Answered => one.answered_at,
                _ => None,
            };
            let Some(at) = at else { continue };
            let code = self.code(one.patient);
            let state = one.state.label(self.lang);
            let mut entry = self.entry(at, self.t.check_in(code, words.name(one.code), state));
            entry.url = format!("/patients/{}", one.patient);
            entries.push(entry);
        }
        entries
    }

    /// The mail server of the training.
    fn server(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for one in &self.found.night.happenings {
            let Some(at) = one.settled_at else { continue };
            let title = match (one.deed, one.did_happen) {
                (_, false) => self.t.could_not,
                (Deed::MailDown, true) => self.t.mail_down,
                (Deed::MailUp, true) => self.t.mail_up,
                // These have rows of their own.
                (Deed::Report(..) | Deed::MailReturns(_), true) => continue,
            };
            entries.push(self.entry(at, title.to_owned()));
        }
        entries
    }

    /// What the rows know is to come before the morning, next first.
    pub(super) fn coming(&self, now: Timestamp) -> Vec<Entry> {
        let (night, record) = (&self.found.night, &self.found.record);
        let mut entries = Vec::new();
        for step in record.steps.iter().filter(|step| step.state == StepState::Planned) {
            let number = self.number(step.task_id);
            let title = self.t.step_to_come(number, step.audience.label(self.lang));
            let mut entry = self.entry(step.due_at, title);
            entry.url = format!("/tasks/{}", step.task_id);
            entries.push(entry);
        }
        for mail in record.mails.iter().filter(|mail| is_waiting(mail)) {
            let to = match (mail.task, mail.patient) {
                (Some(task), _) if mail.kind == LetterKind::Alert => {
                    self.t.task_number(self.number(task))
                }
                (_, Some(patient)) => self.code(patient).to_owned(),
                _ => String::new(),
            };
            let state = MailState::Planned.label(self.lang);
            let title = self.t.letters(1, mail.kind.label(self.lang), state, &to);
            entries.push(self.entry(mail.next_try_at, title));
        }
        let words = schedule::schedule(self.lang);
        for one in record.check_ins.iter().filter(|one| one.state == CheckInState::Planned) {
            let title = self.t.closes(self.code(one.patient), words.name(one.code));
            entries.push(self.entry(one.closes_at, title));
        }
        // What it will be is not told beforehand.
        entries.extend(night.next_at().map(|at| self.entry(at, self.t.something.to_owned())));
        if night.is_on(now) {
            entries.push(self.entry(night.ends_at, self.t.morning.to_owned()));
        }
        entries.retain(|entry| entry.instant <= night.ends_at.max(now));
        entries.sort_by_key(|entry| entry.instant);
        entries
    }
}

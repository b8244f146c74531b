//! The page of a task, worded.

use askama::Template;
use rust_decimal::Decimal;

use super::chain::{Link, links};
use super::compare::Table;
use super::facts::{infusion_facts, lot_facts, observations, patient_facts};
use super::form::{ActionForm, WAITS, usual_wait};
use super::timeline::{Item, items, of_event};
use super::{Again, Known};
use crate::domain::grading::{StaffTerm, SymptomCode};
use crate::domain::registry::Evaluation;
use crate::domain::task::{CallResult, Outcome, Standing, TaskState, WorthAFlag};
use crate::domain::{Codelist, Language, Permission, Timestamp, Zone};
use crate::i18n::escalation::{EscalationText, escalation};
use crate::i18n::labels::Label;
use crate::i18n::moments::moment;
use crate::i18n::patient_symptoms::choice;
use crate::i18n::queue::{QueueText, queue};
use crate::i18n::reasons::lacked;
use crate::i18n::task::{TaskText, task};
use crate::i18n::triage::refusal;
use crate::store::task_page::TaskPage;
use crate::web::queue::{
    Choice, Done, Live, Phone, Reason, infusion_sentence, level_class, phone, reasons,
};
use crate::web::{Chrome, Signed};

/// Rules that are shown as near misses.
const NEAR: usize = 6;

/// What everything on the page is worded with.
pub(super) struct Words {
    pub lang: Language,
    pub t: &'static TaskText,
    pub q: &'static QueueText,
    pub zone: Zone,
}

impl Words {
    pub fn new(lang: Language, zone: &Zone) -> Self {
        Self { lang, t: task(lang), q: queue(lang), zone: zone.clone() }
    }

    /// An instant on the clinic's wall clock.
    pub fn moment(&self, at: Timestamp) -> String {
        moment(at, &self.zone, self.lang)
    }

    /// An answer that was chosen from a list, as the patient read it.
    pub fn choice(&self, code: &str, key: &str, value: &str) -> String {
        SymptomCode::from_code(code)
            .and_then(|code| choice(code, key, value, self.lang))
            .map_or_else(|| value.to_owned(), str::to_owned)
    }

    /// Hours with one decimal at most.
    pub fn hours(hours: Option<&str>) -> Option<String> {
        let hours: Decimal = hours?.parse().ok()?;
        Some(hours.round_dp(1).normalize().to_string())
    }
}

/// A line of facts: what, and what it is.
pub(super) type FactLine = (&'static str, String);

#[derive(Template)]
#[template(path = "task/task.html")]
#[expect(clippy::struct_excessive_bools, reason = "the template asks each by its name")]
pub(super) struct TaskView {
    chrome: Chrome,
    live: Live,
    done: Option<Done>,
    t: &'static TaskText,
    q: &'static QueueText,
    id: String,
    heading: String,
    version: i32,
    seen: String,
    class: &'static str,
    level: &'static str,
    kind: &'static str,
    clock: Option<String>,
    is_overdue: bool,
    outcome: Option<String>,
    owner: String,
    next_try: Option<String>,
    patient: String,
    snooze: Option<&'static str>,
    patient_url: String,
    name: Option<String>,
    phone: Option<Phone>,
    infusion: String,
    infusion_url: String,
    lot_url: Option<String>,
    reasons: Vec<Reason>,
    near_misses: Vec<(String, String)>,
    silent: Vec<&'static str>,
    is_unfinished: bool,
    is_unjudged: bool,
    changed: Option<Vec<Item>>,
    problems: Vec<String>,
    is_open: bool,
    may_work: bool,
    may_grade: bool,
    take: Option<String>,
    may_put_back: bool,
    typed: ActionForm,
    opened: &'static str,
    results: Vec<Choice>,
    waits: Vec<Choice>,
    again: Vec<Choice>,
    people: Vec<Choice>,
    outcomes: Vec<Choice>,
    worths: Vec<Choice>,
    table: Table,
    advice: Vec<String>,
    advice_lang: &'static str,
    e: &'static EscalationText,
    chain: Vec<Link>,
    earlier: Vec<Link>,
    terms: Vec<(&'static str, &'static str)>,
    staff_grades: Vec<(String, String, Option<String>)>,
    timeline: Vec<Item>,
    readers: Vec<String>,
    patient_facts: Vec<FactLine>,
    infusion_facts: Vec<FactLine>,
    lot_facts: Vec<FactLine>,
    observations: Vec<String>,
}

impl TaskView {
    pub fn new(
        signed: &Signed,
        chrome: Chrome,
        now: Timestamp,
        known: Known,
        again: &Again,
    ) -> Self {
        let Known { page, near_misses, advice, steps, last, emergencies, told } = known;
        let lang = chrome.lang;
        let words = Words::new(lang, &page.entry.zone);
        let row = &page.entry.task;
        let standing = row.standing(page.vain_calls);
        let is_open = row.state == TaskState::Open;
        let may_work = signed.may(Permission::WorkTasks, row.site_id);
        let may_grade = signed.may(Permission::ConfirmGrades, row.site_id);
        let deadline = standing.deadline();
        let newest = page.reports.iter().find(|report| report.task_id == Some(row.id));
        let (chain, earlier) = links(&words, &steps, &told);
        // The typed text belongs to the form that was sent, not to the others.
        let typed = again.typed.clone();
        let made = (now, &page.entry.zone);
        let live = Live::of_task(signed, lang, made, emergencies, (row.id, row.version));
        Self {
            live,
            done: Done::new(lang, now, last),
            t: words.t,
            q: words.q,
            id: row.id.to_string(),
            heading: words.t.number(row.number),
            version: row.version,
            seen: page.events.first().map(|event| event.id.to_string()).unwrap_or_default(),
            class: level_class(row.level),
            level: row.level.label(lang),
            kind: row.kind.label(lang),
            clock: is_open.then(|| words.q.clock(deadline, now)),
            is_overdue: is_open && deadline.is_overdue(now),
            outcome: outcome(&words, &page),
            owner: owner(&words, signed, &page),
            next_try: row.next_try_at.map(|at| words.q.next_try(&words.moment(at))),
            patient: page.entry.patient_code.clone(),
            snooze: may_work.then(|| crate::i18n::snooze::snooze(lang).begin),
            patient_url: format!("/patients/{}", row.patient_id),
            name: page.entry.contact.as_ref().map(|contact| contact.name.clone()),
            phone: page.entry.contact.as_ref().and_then(|c| c.phone.as_deref()).map(phone),
            infusion: infusion_sentence(lang, now, &page.entry),
            infusion_url: format!("/infusions/{}", row.infusion_id),
            lot_url: page.lot.as_ref().map(|lot| format!("/lots/{}", lot.id)),
            reasons: reasons(lang, row.kind, row.level, &page.entry.flags),
            near_misses: near(&near_misses, lang),
            silent: page.silent.iter().map(|code| code.code()).collect(),
            is_unfinished: page.entry.is_unfinished,
            is_unjudged: newest.is_some_and(|report| report.evaluation == Evaluation::Failed),
            changed: again.is_changed.then(|| changes_since(&words, &page, &typed.seen)),
            problems: again.refusals.iter().map(|found| refusal(*found, lang)).collect(),
            is_open,
            may_work,
            may_grade,
            take: take(&words, signed, &page, &standing).filter(|_| may_work && is_open),
            may_put_back: row.owner_id.is_some(),
            opened: again.opened(),
            results: choices(lang, CallResult::ALL, &typed.result),
            waits: waits(&words, &typed.next_try, Some(usual_wait(row.level))),
            again: waits(&words, &typed.again, None),
            people: people(&page, &typed.to),
            outcomes: choices(lang, Outcome::choices(row.kind), &typed.outcome),
            worths: choices(lang, WorthAFlag::ALL, &typed.worth),
            table: Table::new(&words, &page, again, may_grade),
            advice,
            e: escalation(lang),
            chain,
            earlier,
            advice_lang: newest.map_or("en", |report| report.language.code()),
            terms: StaffTerm::ALL.iter().map(|term| (term.code(), term.label(lang))).collect(),
            staff_grades: staff_grades(&words, &page),
            timeline: items(&words, now, &page),
            readers: readers(&words, &page),
            patient_facts: patient_facts(&words, &page),
            infusion_facts: infusion_facts(&words, &page),
            lot_facts: lot_facts(&words, &page),
            observations: observations(&words, &page),
            typed,
            chrome,
        }
    }

    /// What was typed into a form, when it is that form that is shown again.
    fn note_of(&self, form: &str) -> &str {
        if self.opened == form { &self.typed.note } else { "" }
    }
}

fn choices<T: Codelist + Label>(lang: Language, all: &[T], typed: &str) -> Vec<Choice> {
    all.iter()
        .map(|value| {
            Choice::new(
                value.code().to_owned(),
                value.label(lang).to_owned(),
                value.code() == typed,
            )
        })
        .collect()
}

fn waits(words: &Words, typed: &str, usual: Option<i64>) -> Vec<Choice> {
    let chosen = typed.parse().ok().or(usual);
    WAITS
        .iter()
        .map(|minutes| {
            Choice::new(minutes.to_string(), words.t.wait(*minutes), chosen == Some(*minutes))
        })
        .collect()
}

fn people(page: &TaskPage, typed: &str) -> Vec<Choice> {
    page.colleagues
        .iter()
        .filter(|(id, _)| Some(*id) != page.entry.task.owner_id)
        .map(|(id, name)| Choice::new(id.to_string(), name.clone(), id.to_string() == typed))
        .collect()
}

fn owner(words: &Words, signed: &Signed, page: &TaskPage) -> String {
    match &page.entry.owner {
        _ if page.entry.task.owner_id == Some(signed.person.id) => words.q.you_have_it.to_owned(),
        Some(name) => words.q.owned_by(name),
        None => words.q.nobody_has_it.to_owned(),
    }
}

/// What the button says that takes the task; none when there is nothing to take.
fn take(words: &Words, signed: &Signed, page: &TaskPage, standing: &Standing) -> Option<String> {
    let is_mine = standing.owner == Some(signed.person.id);
    if is_mine && standing.acknowledged.is_some() {
        return None;
    }
    Some(words.t.take_from(page.entry.owner.as_deref().filter(|_| !is_mine)))
}

fn outcome(words: &Words, page: &TaskPage) -> Option<String> {
    let row = &page.entry.task;
    let (at, outcome) = row.closed_at.zip(row.outcome)?;
    let by = page.entry.closer.as_deref().unwrap_or(words.q.by_answer);
    let worth = row.worth_a_flag.map(|worth| {
        format!("{}{} {}", words.q.separator(), words.t.worth, worth.label(words.lang))
    });
    Some(format!(
        "{}{}{}{by}{}{}",
        outcome.label(words.lang),
        worth.unwrap_or_default(),
        words.q.separator(),
        words.q.separator(),
        words.moment(at)
    ))
}

/// What happened since the reader last looked, the newest first; at least the last thing.
fn changes_since(words: &Words, page: &TaskPage, seen: &str) -> Vec<Item> {
    let seen = seen.parse().ok();
    let newer = page.events.iter().filter(|event| seen.is_none_or(|seen| event.id > seen)).count();
    page.events.iter().take(newer.clamp(1, 20)).map(|event| of_event(words, page, event)).collect()
}

/// Rules for which only numbers were missing, those that lacked least first.
fn near(misses: &[crate::domain::escalation::NearMiss], lang: Language) -> Vec<(String, String)> {
    use crate::domain::escalation::Scalar;
    let mut close: Vec<_> = misses
        .iter()
        .filter(|miss| {
            !miss.lacked.is_empty()
                && miss.lacked.iter().all(|fact| matches!(fact.value, Scalar::Number(_)))
        })
        .collect();
    close.sort_by_key(|miss| (miss.lacked.len(), miss.rule.clone()));
    close
        .into_iter()
        .take(NEAR)
        .map(|miss| (miss.rule.clone(), lacked(&miss.lacked, lang)))
        .collect()
}

fn staff_grades(words: &Words, page: &TaskPage) -> Vec<(String, String, Option<String>)> {
    page.staff_grades
        .iter()
        .map(|given| {
            let term = StaffTerm::from_code(&given.term);
            let name = term.map_or(given.term.as_str(), |term| term.label(words.lang));
            let scale = match given.scale.as_str() {
                "astct_2019" => "ASTCT 2019",
                "ctcae_6.0" => "CTCAE 6.0",
                _ => "CTCAE 5.0",
            };
            let judgement = &given.judgement;
            (
                format!("{name}{}{}", words.q.separator(), words.t.graded(judgement.grade)),
                format!("{scale}, {}, {}", judgement.by, words.moment(judgement.at)),
                judgement.reason.clone(),
            )
        })
        .collect()
}

fn readers(words: &Words, page: &TaskPage) -> Vec<String> {
    page.readers
        .iter()
        .map(|reader| {
            let (first, last) = (words.moment(reader.first), words.moment(reader.last));
            words.t.read_by(&reader.name, &first, &last)
        })
        .collect()
}

//! Everything said and done, the newest first.

use super::view::Words;
use crate::domain::letter::MailState;
use crate::domain::task::TaskEventKind;
use crate::domain::{StaffId, Timestamp};
use crate::i18n::labels::Label;
use crate::i18n::snooze::snooze;
use crate::i18n::triage::{letter, mail_state};
use crate::store::task_page::{Event, Mail, Report, TaskPage};
use crate::web::queue::level_class;

/// One thing that happened.
pub(super) struct Item {
    at: Timestamp,
    pub when: String,
    pub title: String,
    pub by: Option<String>,
    pub lines: Vec<String>,
    pub quote: Option<String>,
    pub class: &'static str,
}

/// The time line of a task.
pub(super) fn items(words: &Words, now: Timestamp, page: &TaskPage) -> Vec<Item> {
    let mut items: Vec<Item> =
        page.events.iter().map(|event| of_event(words, page, event)).collect();
    let told: Vec<_> = page.events.iter().filter_map(|event| event.report_id).collect();
    let untold = page.reports.iter().filter(|report| !told.contains(&report.id));
    items.extend(untold.map(|report| of_report(words, page, report)));
    // Of what is still to come only the next one: the schedule reaches a year ahead.
    let is_to_come = |mail: &&Mail| mail.state == MailState::Planned && mail.due_at > now;
    let next = page.mails.iter().filter(is_to_come).min_by_key(|mail| mail.due_at);
    let mails = page.mails.iter().filter(|mail| !is_to_come(mail)).chain(next);
    items.extend(mails.map(|mail| of_mail(words, page, mail)));
    items.push(Item {
        at: page.entry.t0,
        when: words.moment(page.entry.t0),
        title: words.t.infused.to_owned(),
        by: None,
        lines: Vec::new(),
        quote: None,
        class: "infusion",
    });
    // The histories are in order already; a stable sort keeps what happened at one moment so.
    items.sort_by_key(|item| std::cmp::Reverse(item.at));
    items
}

fn name(page: &TaskPage, id: Option<StaffId>) -> Option<String> {
    id.and_then(|id| page.names.get(&id).cloned())
}

/// One entry of the task's history.
pub(super) fn of_event(words: &Words, page: &TaskPage, event: &Event) -> Item {
    let mut lines = Vec::new();
    lines.extend(event.call_result.map(|result| result.label(words.lang).to_owned()));
    lines.extend(event.outcome.map(|outcome| outcome.label(words.lang).to_owned()));
    lines.extend(name(page, event.to_staff_id).map(|name| words.t.handed_to(&name)));
    lines.extend(event.next_try_at.map(|at| words.t.next_try(&words.moment(at))));
    let report = event.report_id.and_then(|id| page.reports.iter().find(|r| r.id == id));
    lines.extend(report.map(|r| words.t.report(r.source.label(words.lang), &r.reference)));
    Item {
        at: event.at,
        when: words.moment(event.at),
        title: event.kind.label(words.lang).to_owned(),
        by: name(page, event.staff_id),
        lines,
        // The answer to a question is what the patient wrote.
        quote: event.note.clone().or_else(|| {
            let is_answer = event.kind == TaskEventKind::QuestionAnswered;
            report.filter(|_| is_answer).and_then(|report| report.free_text.clone())
        }),
        class: event.level.map(level_class).unwrap_or_default(),
    }
}

fn of_report(words: &Words, page: &TaskPage, report: &Report) -> Item {
    let quiet = page.quiet.get(&report.id);
    let quiet = quiet.map(|rules| snooze(words.lang).stayed_quiet(rules));
    let level = report.level.label(words.lang).to_owned();
    Item {
        at: report.received_at,
        when: words.moment(report.received_at),
        title: words.t.report(report.source.label(words.lang), &report.reference),
        by: name(page, report.staff_id),
        lines: std::iter::once(level).chain(quiet).collect(),
        quote: report.free_text.clone(),
        class: level_class(report.level),
    }
}

fn of_mail(words: &Words, page: &TaskPage, mail: &Mail) -> Item {
    let at = mail.settled_at.filter(|_| mail.state != MailState::Planned).unwrap_or(mail.due_at);
    let to = name(page, mail.staff_id).unwrap_or_else(|| words.t.to_patient.to_owned());
    let kind = letter(mail.kind, words.lang);
    Item {
        at,
        when: words.moment(at),
        title: format!("{}{}{kind}", words.t.mail, words.q.colon()),
        by: None,
        lines: vec![format!("{to}{}{}", words.q.separator(), mail_state(mail.state, words.lang))],
        quote: None,
        class: "",
    }
}

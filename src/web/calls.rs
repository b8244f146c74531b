//! The call list: whom to phone now.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::page::page;
use super::queue::{Phone, level_class, phone};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::schedule::QuietHours;
use crate::domain::{InfusionId, Language, PatientId, Permission, TaskId, Timestamp, Zone};
use crate::i18n::calls::{CallsText, calls as text};
use crate::i18n::labels::Label;
use crate::i18n::moments::moment;
use crate::i18n::queue::queue;
use crate::store::Error;
use crate::store::calls::{self, Call, Callee, Unasked};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/calls", Access::Staff(Permission::WorkTasks), show)]
}

struct Person {
    patient: PatientId,
    infusion: InfusionId,
    code: String,
    name: Option<String>,
    site: Option<String>,
    phone: Option<Phone>,
    language: &'static str,
    local_time: String,
    is_night: bool,
    last_answer: String,
}

struct CallRow {
    person: Person,
    task: TaskId,
    number: i64,
    class: &'static str,
    level: &'static str,
    why: &'static str,
    risks: Vec<&'static str>,
    reach_by: String,
    next_try: Option<String>,
}

struct UnaskedRow {
    person: Person,
    why: &'static str,
    check_in: String,
    closes: String,
}

#[derive(Template)]
#[template(path = "queue/calls.html")]
struct CallsPage {
    chrome: Chrome,
    t: &'static CallsText,
    due: Vec<CallRow>,
    unasked: Vec<UnaskedRow>,
    later: Vec<CallRow>,
}

/// What all rows share.
#[derive(Clone, Copy)]
struct Frame {
    lang: Language,
    now: Timestamp,
    several: bool,
}

impl Frame {
    fn person(self, of: Callee) -> Person {
        let Self { lang, now, several } = self;
        let at = |instant: Timestamp, zone: &Zone| {
            instant.at(zone.jiff()).strftime("%H:%M (%:z)").to_string()
        };
        let t = text(lang);
        Person {
            patient: of.patient,
            infusion: of.infusion,
            code: of.code,
            name: of.name,
            site: several.then_some(of.site_code),
            phone: of.phone.map(|number| phone(&number.to_string())),
            language: of.language.label(lang),
            local_time: at(now, &of.zone),
            is_night: QuietHours::STANDARD.contains(now.at(of.zone.jiff()).time()),
            last_answer: of
                .last_answer
                .map_or_else(|| t.never.to_owned(), |last| queue(lang).ago(now.since(last))),
        }
    }

    fn call(self, call: Call) -> CallRow {
        let (lang, t) = (self.lang, text(self.lang));
        let zone = call.callee.zone.clone();
        let mut risks = Vec::new();
        if call.callee.is_first {
            risks.push(t.first_infusion);
        }
        if call.callee.had_fever {
            risks.push(t.fever);
        }
        CallRow {
            task: call.task,
            number: call.number,
            class: level_class(call.level),
            level: call.level.label(lang),
            why: call.kind.label(lang),
            risks,
            reach_by: moment(call.contact_by, &zone, lang),
            next_try: call.next_try_at.map(|at| moment(at, &zone, lang)),
            person: self.person(call.callee),
        }
    }

    fn unasked(self, one: Unasked) -> UnaskedRow {
        let t = text(self.lang);
        UnaskedRow {
            why: t.unasked_why(one.why),
            check_in: t.check_in(one.code),
            closes: moment(one.closes_at, &one.callee.zone, self.lang),
            person: self.person(one.callee),
        }
    }
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let (now, scope) = (app.now(), signed.scope.clone());
    let several = scope.sites().len() > 1;
    let (tasks, unasked) = app
        .db
        .read(move |conn| {
            Ok::<_, Error>((calls::tasks(conn, &scope, now)?, calls::unasked(conn, &scope, now)?))
        })
        .await?;
    let frame = Frame { lang: chrome.lang, now, several };
    let (later, due): (Vec<Call>, Vec<Call>) =
        tasks.into_iter().partition(|call| call.next_try_at.is_some_and(|at| at > now));
    page(&CallsPage {
        t: text(chrome.lang),
        due: due.into_iter().map(|call| frame.call(call)).collect(),
        unasked: unasked.into_iter().map(|one| frame.unasked(one)).collect(),
        later: later.into_iter().map(|call| frame.call(call)).collect(),
        chrome,
    })
}

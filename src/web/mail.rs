//! Every mail, past and future: the list, one mail with its tries and words.

mod address;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::SignedDuration;
use serde_json::json;

use self::address::Address;
use super::page::page;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::letter::{LetterKind, MailState};
use crate::domain::{Codelist, Language, OutboxId, Permission, SiteId, Timestamp};
use crate::i18n::labels::Label;
use crate::i18n::letter_texts::letter_texts;
use crate::i18n::mail::{MailText, mail};
use crate::mail::{LetterError, compose};
use crate::store::outbox::{self, Attempt, Balance, Mail, Owed};
use crate::store::sites::{self, Site};
use crate::store::{Error, audit};

/// How late a mail may be before a page says so (DESIGN: a fault shows within five minutes).
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
/// Mails of one page.
const PAGE: usize = 50;

pub(super) fn routes() -> Vec<Route> {
    let access = Access::Staff(Permission::ViewMail);
    vec![Route::get("/admin/mail", access, list), Route::get("/admin/mail/{id}", access, one)]
}

/// One choice of a filter.
struct Choice {
    value: String,
    name: String,
    is_chosen: bool,
}

/// A link that shows the mails of one state, with how many there are.
struct Part {
    address: String,
    name: &'static str,
    count: i64,
    is_current: bool,
    class: &'static str,
}

/// A mail as both pages show it.
struct Row {
    id: String,
    kind: &'static str,
    state: &'static str,
    class: &'static str,
    cause: Option<&'static str>,
    site: String,
    patient: Option<(String, String)>,
    staff: Option<String>,
    task: Option<String>,
    language: &'static str,
    due: String,
    next_try: Option<String>,
    attempts: i32,
    settled: Option<String>,
}

/// The clinics that a person may see, to name them and tell their time.
struct Clinics(Vec<Site>);

impl Clinics {
    fn find(&self, id: Option<SiteId>) -> Option<&Site> {
        self.0.iter().find(|site| Some(site.id) == id)
    }

    /// A time as the clinic's clocks show it; the installation's own in UTC.
    fn time(&self, site: Option<SiteId>, at: Timestamp) -> String {
        match self.find(site) {
            Some(site) => at.at(site.time_zone.jiff()).strftime("%Y-%m-%d %H:%M").to_string(),
            None => at.jiff().strftime("%Y-%m-%d %H:%M UTC").to_string(),
        }
    }
}

impl Row {
    fn new(lang: Language, clinics: &Clinics, mail: &Mail) -> Self {
        let t = self::mail(lang);
        let time = |at| clinics.time(mail.site, at);
        let waits = matches!(mail.state, MailState::Planned | MailState::Sending);
        let patient = mail.patient.zip(mail.patient_code.clone());
        Self {
            id: mail.id.to_string(),
            kind: mail.kind.label(lang),
            state: mail.state.label(lang),
            class: state_class(mail.state),
            cause: mail.cause.map(|cause| cause.label(lang)),
            site: clinics
                .find(mail.site)
                .map_or_else(|| t.installation.to_owned(), |site| site.name.clone()),
            patient: patient.map(|(id, code)| (id.to_string(), code)),
            staff: mail
                .staff_name
                .clone()
                .or_else(|| mail.patient.is_none().then(|| t.operator.to_owned())),
            task: mail.task.map(|task| task.to_string()),
            language: mail.language.label(lang),
            due: time(mail.due_at),
            next_try: (waits && mail.attempts > 0).then(|| time(mail.next_try_at)),
            attempts: mail.attempts,
            settled: mail.settled_at.map(time),
        }
    }
}

/// The class that colours a state.
const fn state_class(state: MailState) -> &'static str {
    match state {
        MailState::Planned | MailState::Sending => "level-routine",
        MailState::Accepted => "level-none",
        MailState::Failed | MailState::Bounced => "level-emergency",
        MailState::Cancelled => "",
    }
}

#[derive(Template)]
#[template(path = "admin/mail.html")]
struct ListPage {
    chrome: Chrome,
    t: &'static MailText,
    alarms: Vec<String>,
    balance: String,
    parts: Vec<Part>,
    state: String,
    kinds: Vec<Choice>,
    sites: Vec<Choice>,
    patient: String,
    only_of: Option<String>,
    is_filtered: bool,
    sees_registry: bool,
    several: bool,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
}

async fn list(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    address: Result<Query<Address>, QueryRejection>,
) -> Result<Response, PageError> {
    let address = address.map(|Query(address)| address).unwrap_or_default();
    let filter = address.filter(PAGE);
    let (now, scope, wanted) = (app.now(), signed.scope.clone(), filter.clone());
    let (mut mails, balance, planned, late, sites) = app
        .db
        .read(move |conn| {
            Ok::<_, Error>((
                outbox::list(conn, &scope, &wanted)?,
                outbox::balance(conn, &scope)?,
                outbox::planned(conn, &scope)?,
                outbox::overdue(conn, now, PATIENCE)?,
                sites::list(conn, &scope)?,
            ))
        })
        .await?;
    let has_more = mails.len() > PAGE;
    mails.truncate(PAGE);
    let (lang, t) = (chrome.lang, mail(chrome.lang));
    let mut alarms = Vec::new();
    if late > 0 {
        alarms.push(t.overdue(late));
    }
    if balance.planned() != planned {
        alarms.push(t.not_balanced(planned, balance.planned()));
    }
    let several = sites.len() > 1;
    let clinics = Clinics(sites);
    let known = filter.patient.and_then(|id| mails.iter().find(|mail| mail.patient == Some(id)));
    page(&ListPage {
        alarms,
        balance: t.balance(planned, parts_of(balance)),
        parts: parts(t, lang, &address, filter.state, balance),
        state: filter.state.map_or(String::new(), |state| state.code().to_owned()),
        kinds: LetterKind::ALL
            .iter()
            .map(|kind| Choice {
                value: kind.code().to_owned(),
                name: kind.label(lang).to_owned(),
                is_chosen: filter.kind == Some(*kind),
            })
            .collect(),
        sites: clinics
            .0
            .iter()
            .filter(|_| several)
            .map(|site| Choice {
                value: site.id.to_string(),
                name: site.name.clone(),
                is_chosen: filter.site == Some(site.id),
            })
            .collect(),
        only_of: known.and_then(|mail| mail.patient_code.as_ref()).map(|code| t.only_of(code)),
        is_filtered: address.is_filtered(),
        sees_registry: signed.person.may(Permission::ViewRegistry),
        several,
        first: address.is_later().then(|| address.first()),
        next: mails.last().filter(|_| has_more).map(|mail| address.after(mail)),
        rows: mails.iter().map(|mail| Row::new(lang, &clinics, mail)).collect(),
        patient: address.patient,
        chrome,
        t,
    })
}

const fn parts_of(balance: Balance) -> [i64; 5] {
    [balance.accepted, balance.cancelled, balance.failed, balance.bounced, balance.waiting]
}

fn parts(
    t: &'static MailText,
    lang: Language,
    address: &Address,
    chosen: Option<MailState>,
    balance: Balance,
) -> Vec<Part> {
    let part = |state: Option<MailState>, count| Part {
        address: address.with_state(state),
        name: state.map_or(t.all, |state| state.label(lang)),
        count,
        is_current: state == chosen,
        class: match state {
            Some(MailState::Failed | MailState::Bounced) if count > 0 => "badge level-emergency",
            _ => "badge",
        },
    };
    vec![
        part(None, balance.planned()),
        part(Some(MailState::Planned), balance.waiting),
        part(Some(MailState::Failed), balance.failed),
        part(Some(MailState::Bounced), balance.bounced),
        part(Some(MailState::Accepted), balance.accepted),
        part(Some(MailState::Cancelled), balance.cancelled),
    ]
}

/// A try as the page shows it.
struct Try {
    at: String,
    result: &'static str,
    detail: String,
}

/// The words of a mail.
struct Words {
    heading: &'static str,
    subject: String,
    text: String,
}

#[derive(Template)]
#[template(path = "admin/one_mail.html")]
struct OnePage {
    chrome: Chrome,
    t: &'static MailText,
    mail: Row,
    address: Option<String>,
    sees_registry: bool,
    sees_tasks: bool,
    tries: Vec<Try>,
    words: Option<Words>,
    /// What the words are from, and where that stands for those who may see it.
    used: (String, Option<String>),
}

async fn one(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id: OutboxId = id.parse().map_err(|_| PageError::NotFound)?;
    let filter = outbox::Filter { id: Some(id), limit: 1, ..outbox::Filter::default() };
    let scope = signed.scope.clone();
    let (found, attempts, look, sites) = app
        .db
        .read(move |conn| {
            Ok::<_, Error>((
                outbox::list(conn, &scope, &filter)?.pop(),
                outbox::attempts(conn, &scope, id)?,
                outbox::look(conn, &scope, id)?,
                sites::list(conn, &scope)?,
            ))
        })
        .await?;
    let found = found.ok_or(PageError::NotFound)?;
    let (lang, t, clinics) = (chrome.lang, mail(chrome.lang), Clinics(sites));
    let letters = app.settings.letters();
    let used = used(lang, &signed, look.as_ref().map(|(owed, _)| owed));
    let words = look
        .as_ref()
        .and_then(|(owed, at)| compose(&app.keys, &letters, owed, *at))
        .map(|mut letter| {
            letter.content = letter.content.without_secrets();
            letter.words()
        })
        .transpose()
        .map_err(|error: LetterError| PageError::internal(error))?
        .map(|words| Words {
            heading: match found.state {
                MailState::Accepted | MailState::Bounced => t.letter_sent,
                MailState::Planned | MailState::Sending => t.letter_to_come,
                MailState::Failed | MailState::Cancelled => t.letter_not_sent,
            },
            subject: words.subject,
            text: words.text,
        });
    let sees_address = found.site.is_some_and(|site| signed.may(Permission::ViewContact, site));
    let address = look.filter(|_| sees_address).map(|(owed, _)| owed.to);
    if let Some((patient, _)) = found.patient.filter(|_| address.is_some()).zip(address.as_ref()) {
        let (actor, now, site) = (signed.actor(), app.now(), found.site);
        app.db
            .write(move |conn| {
                let object = ("patient", &patient as &dyn std::fmt::Display);
                let detail = json!({ "page": "mail", "mail": id.to_string() });
                audit::append(conn, now, &actor, site, "patient.viewed", object, &detail)
            })
            .await?;
    }
    page(&OnePage {
        mail: Row::new(lang, &clinics, &found),
        address,
        sees_registry: found.site.is_some_and(|s| signed.may(Permission::ViewRegistry, s)),
        sees_tasks: found.site.is_some_and(|s| signed.may(Permission::ViewQueue, s)),
        tries: attempts.into_iter().map(|tried| try_of(lang, &clinics, &found, tried)).collect(),
        words,
        used,
        chrome,
        t,
    })
}

/// Which text the words are from, with the address of its page for those who may see it.
fn used(lang: Language, signed: &Signed, owed: Option<&Owed>) -> (String, Option<String>) {
    let t = letter_texts(lang);
    let Some((owed, own)) = owed.and_then(|owed| Some((owed, owed.text.as_ref()?))) else {
        return (t.built_in.to_owned(), None);
    };
    let may = own
        .site
        .map_or(signed.person.is_administrator, |site| signed.may(Permission::EditLetters, site));
    let site = super::letter_texts::part(own.site);
    let (kind, language) = (owed.kind.code(), owed.language.code());
    let url = format!("/admin/letters/{site}/{kind}/{language}?version={}", own.version);
    (t.used(own.version, own.site.is_none()), may.then_some(url))
}

fn try_of(lang: Language, clinics: &Clinics, mail: &Mail, tried: Attempt) -> Try {
    Try {
        at: clinics.time(mail.site, tried.at),
        result: tried.result.label(lang),
        detail: tried.detail.unwrap_or_default(),
    }
}

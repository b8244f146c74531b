//! The administrators' first page: what each page is for, and what is missing.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::mail::PATIENCE;
use super::page::page;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::access::members;
use crate::domain::Permission;
use crate::domain::registry::ActiveState;
use crate::i18n::admin::{AdminText, admin as text};
use crate::i18n::escalation::escalation;
use crate::i18n::letter_texts::letter_texts;
use crate::store::members::{self as people, Member};
use crate::store::outbox::{self, Balance};
use crate::store::{Error, queue, sites};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/admin", Access::Staff(Permission::ManageSite), hub)]
}

/// One page: where, what for, how it stands, what is missing.
struct Card {
    url: &'static str,
    name: &'static str,
    what_for: &'static str,
    facts: Vec<String>,
    missing: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin/hub.html")]
struct Hub {
    chrome: Chrome,
    t: &'static AdminText,
    cards: Vec<Card>,
    commands: [(&'static str, &'static str); 6],
}

/// What the hub tells.
struct Facts {
    people: Vec<Member>,
    clinics: Vec<String>,
    without_duty: Vec<String>,
    balance: Balance,
    late: i64,
}

async fn facts(app: &App, signed: &Signed) -> Result<Facts, PageError> {
    let (now, person, scope) = (app.now(), signed.person.clone(), signed.scope.clone());
    let mails = signed.person.scope(Permission::ViewMail);
    Ok(app
        .db
        .read(move |conn| {
            let all = members::manageable(conn, &person)?;
            Ok::<_, Error>(Facts {
                people: people::list(conn, &all)?,
                clinics: sites::list(conn, &all)?.into_iter().map(|site| site.name).collect(),
                without_duty: queue::sites_without_duty(conn, &scope, now)?,
                balance: outbox::balance(conn, &mails)?,
                late: outbox::overdue(conn, now, PATIENCE)?,
            })
        })
        .await?)
}

fn cards(t: &'static AdminText, chrome: &Chrome, facts: &Facts, mails: bool) -> Vec<Card> {
    let active: Vec<&Member> =
        facts.people.iter().filter(|one| one.state == ActiveState::Active).collect();
    let names = |wanted: &dyn Fn(&Member) -> bool| -> Vec<String> {
        active.iter().filter(|one| wanted(one)).map(|one| one.name.clone()).collect()
    };
    let invited = names(&|one| !one.has_password);
    let bare = names(&|one| one.has_password && !one.has_second_factor && !chrome.training);
    let mut people = vec![t.people(active.len())];
    if !invited.is_empty() {
        people.push(t.unused_invitations(&invited));
    }
    let factor = (!bare.is_empty()).then(|| t.no_second_factor(&bare));
    let mut mail = Vec::new();
    if facts.late > 0 {
        mail.push(t.mail_late.to_owned());
    }
    if facts.balance.failed > 0 {
        mail.push(t.mails_failed(facts.balance.failed));
    }
    if !mails && !chrome.training {
        mail.push(t.no_mail_server.to_owned());
    }
    let duty = (!facts.without_duty.is_empty()).then(|| t.nobody_on_duty(&facts.without_duty));
    let (e, l) = (escalation(chrome.lang), letter_texts(chrome.lang));
    let card = |url, name, what_for, facts, missing| Card { url, name, what_for, facts, missing };
    vec![
        card("/admin/staff", t.staff, t.staff_for, people, factor.into_iter().collect()),
        card("/admin/duty", t.duty, t.duty_for, Vec::new(), duty.into_iter().collect()),
        card("/admin/escalation", e.title, e.title_for, Vec::new(), Vec::new()),
        card("/admin/sites", t.sites, t.sites_for, facts.clinics.clone(), Vec::new()),
        card("/admin/products", t.products, t.products_for, Vec::new(), Vec::new()),
        card("/admin/mail", t.mail, t.mail_for, Vec::new(), mail),
        card("/admin/letters", l.title, l.title_for, Vec::new(), Vec::new()),
        card("/admin/audit", t.audit, t.audit_for, Vec::new(), Vec::new()),
        card("/admin/api-tokens", t.api_tokens, t.api_tokens_for, Vec::new(), Vec::new()),
    ]
}

async fn hub(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let t = text(chrome.lang);
    let facts = facts(&app, &signed).await?;
    page(&Hub {
        cards: cards(t, &chrome, &facts, app.settings.mail.is_some()),
        commands: [
            ("afterwatch doctor", t.server_doctor),
            ("afterwatch backup FILE", t.server_backup),
            ("afterwatch restore FILE --check", t.server_restore),
            ("afterwatch mail test ADDRESS", t.server_mail),
            ("afterwatch audit verify", t.server_verify),
            ("afterwatch rules show", t.server_rules),
        ],
        chrome,
        t,
    })
}

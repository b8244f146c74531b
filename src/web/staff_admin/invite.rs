//! Inviting a person, and handing over the link.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Boxes, boxes, read, refusal, scope_of};
use crate::access::SignedIn;
use crate::access::accounts;
use crate::access::members::{self, MemberError};
use crate::domain::entry::{self, EmailAddress};
use crate::domain::{Codelist, Language, StaffId, Timestamp};
use crate::i18n::labels::Label;
use crate::i18n::registry::problems::reason;
use crate::i18n::staff::{StaffText, staff as text};
use crate::secrets::Keys;
use crate::store::staff::{Account, NewStaff};
use crate::store::{self, Connection};
use crate::web::form::Form;
use crate::web::page::{page, page_again};
use crate::web::{App, Chrome, PageError, Signed};

/// How a person gets a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Mail,
    Printed,
}

impl How {
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "mail" => Some(Self::Mail),
            "print" => Some(Self::Printed),
            _ => None,
        }
    }
}

/// What was typed, and what is wrong with it.
#[derive(Default, Deserialize)]
pub(super) struct InviteForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    role: Vec<String>,
    #[serde(default)]
    how: String,
}

/// The problems of each field; empty texts where there is none.
#[derive(Default)]
struct Wrong {
    name: String,
    email: String,
    language: String,
    roles: String,
    how: String,
}

impl Wrong {
    fn all(&self) -> Vec<&str> {
        [&self.name, &self.email, &self.language, &self.roles, &self.how]
            .into_iter()
            .map(String::as_str)
            .filter(|problem| !problem.is_empty())
            .collect()
    }
}

#[derive(Template)]
#[template(path = "admin/invite.html")]
struct InvitePage {
    chrome: Chrome,
    t: &'static StaffText,
    typed_name: String,
    typed_email: String,
    languages: Vec<(&'static str, &'static str, bool)>,
    boxes: Vec<Boxes>,
    how: String,
    wrong: Wrong,
}

async fn draw(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    typed: InviteForm,
    wrong: Wrong,
) -> Result<InvitePage, PageError> {
    let (_, clinics) = scope_of(app, signed).await?;
    let chosen = read(&typed.role)?;
    let first = clinics.first().map_or(chrome.lang, |site| site.language);
    let language = Language::from_code(&typed.language).unwrap_or(first);
    Ok(InvitePage {
        t: text(chrome.lang),
        languages: Language::ALL
            .iter()
            .map(|one| (one.code(), one.label(chrome.lang), *one == language))
            .collect(),
        boxes: boxes(chrome.lang, &clinics, &chosen),
        typed_name: typed.name,
        typed_email: typed.email,
        how: typed.how,
        wrong,
        chrome,
    })
}

pub(super) async fn form(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let typed = InviteForm { how: "mail".to_owned(), ..InviteForm::default() };
    page(&draw(&app, &signed, chrome, typed, Wrong::default()).await?)
}

/// What was typed as a person, or everything that is wrong with it.
fn parse(lang: Language, form: &InviteForm) -> Result<Result<(NewStaff, How), Wrong>, PageError> {
    let t = text(lang);
    let mut wrong = Wrong::default();
    let name = entry::line(&form.name).map_err(|why| wrong.name = reason(lang, &why));
    let email = EmailAddress::parse(&form.email).map_err(|why| wrong.email = reason(lang, &why));
    let language = entry::choice(&form.language).map_err(|why| wrong.language = reason(lang, &why));
    let roles = read(&form.role)?;
    if roles.is_empty() {
        t.no_role.clone_into(&mut wrong.roles);
    }
    let how = How::read(&form.how);
    if how.is_none() {
        t.no_how.clone_into(&mut wrong.how);
    }
    Ok(match (name, email, language, how) {
        (Ok(name), Ok(email), Ok(language), Some(how)) if !roles.is_empty() => {
            let email = email.to_string();
            let id = StaffId::new();
            Ok((NewStaff { id, email, name, language, is_administrator: false, roles }, how))
        }
        _ => Err(wrong),
    })
}

pub(super) async fn send(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(form): Form<InviteForm>,
) -> Result<Response, PageError> {
    let (new, how) = match parse(chrome.lang, &form)? {
        Ok(parsed) => parsed,
        Err(wrong) => return page_again(&draw(&app, &signed, chrome, form, wrong).await?),
    };
    let (person, keys, now) = (signed.person.clone(), app.keys.clone(), app.now());
    let done = app
        .db
        .write(move |conn| {
            let scope = members::manageable(conn, &person)?;
            if new.roles.iter().any(|(site, _)| !scope.allows(*site)) {
                return Err(MemberError::NotFound);
            }
            let (id, account) = members::add(conn, &person, &scope, &new, now)?;
            let link = match account {
                Some(account) => link(conn, &keys, &person, &account, how, now)?,
                None => None,
            };
            Ok((id, link))
        })
        .await;
    match done {
        Ok((id, link)) => hand_over(&app, chrome, id, link),
        Err(error) => {
            let email = refusal(error, chrome.lang, &[])?;
            let wrong = Wrong { email, ..Wrong::default() };
            page_again(&draw(&app, &signed, chrome, form, wrong).await?)
        }
    }
}

/// Makes a link for a password: the token to be shown, or none when it goes by mail.
pub(super) fn link(
    conn: &mut Connection,
    keys: &Keys,
    person: &SignedIn,
    account: &Account,
    how: How,
    now: Timestamp,
) -> store::Result<Option<String>> {
    let actor = person.actor();
    match how {
        How::Printed => accounts::invite(conn, &actor, account, now).map(Some),
        How::Mail => accounts::invite_by_mail(conn, keys, &actor, account, now).map(|()| None),
    }
}

#[derive(Template)]
#[template(path = "admin/printed_link.html")]
struct LinkPage {
    chrome: Chrome,
    t: &'static StaffText,
    id: String,
    link: String,
}

/// Shows the link once (it stands in no address), or goes on to the person.
pub(super) fn hand_over(
    app: &App,
    chrome: Chrome,
    id: StaffId,
    token: Option<String>,
) -> Result<Response, PageError> {
    let Some(token) = token else {
        app.mail_due.notify_one();
        return Ok(Redirect::to(&format!("/admin/staff/{id}")).into_response());
    };
    let link = format!("{}/invite/{token}", app.settings.base_url);
    page(&LinkPage { t: text(chrome.lang), id: id.to_string(), link, chrome })
}

//! Using an invitation or a password reset. Opening the page changes nothing, because mail
//! scanners open it too.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::Form;
use super::language::Lang;
use super::limits::Peer;
use super::page::{page, page_again};
use super::{Access, App, Chrome, PageError, Route};
use crate::access::accounts::{self, AccountError};
use crate::access::password;
use crate::i18n::account::{AccountText, account as text};
use crate::store::staff::Account;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/invite/{token}", Access::Public, show),
        Route::post("/invite/{token}", Access::Public, accept),
    ]
}

#[derive(Template)]
#[template(path = "access/invite.html")]
struct InvitePage {
    chrome: Chrome,
    t: &'static AccountText,
    token: String,
    shortest: usize,
    problems: Vec<String>,
}

#[derive(Template)]
#[template(path = "access/expired.html")]
struct ExpiredPage {
    chrome: Chrome,
    t: &'static AccountText,
}

fn expired(chrome: Chrome, t: &'static AccountText) -> Result<Response, PageError> {
    let page = ExpiredPage { chrome, t }.render()?;
    Ok((StatusCode::NOT_FOUND, Html(page)).into_response())
}

async fn find(app: &App, token: &str) -> Result<Option<Account>, PageError> {
    let (token, now) = (token.to_owned(), app.now());
    Ok(app.db.read(move |conn| accounts::invitation(conn, &token, now)).await?)
}

async fn show(
    State(app): State<App>,
    Lang(lang): Lang,
    chrome: Chrome,
    Path(token): Path<String>,
) -> Result<Response, PageError> {
    let t = text(lang);
    match find(&app, &token).await? {
        Some(account) => {
            let shortest = password::shortest(account.is_administrator);
            page(&InvitePage { chrome, t, token, shortest, problems: Vec::new() })
        }
        None => expired(chrome, t),
    }
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    pub password: String,
    #[serde(default)]
    pub again: String,
}

impl NewPassword {
    /// Everything that is wrong with it for this person.
    pub(super) fn problems(
        &self,
        t: &'static AccountText,
        is_administrator: bool,
        own: &[&str],
    ) -> Vec<String> {
        let mut problems: Vec<String> = password::weaknesses(&self.password, is_administrator, own)
            .into_iter()
            .map(|weakness| t.weakness(weakness))
            .collect();
        if self.password != self.again {
            problems.push(t.passwords_differ.to_owned());
        }
        problems
    }
}

async fn accept(
    State(app): State<App>,
    Lang(lang): Lang,
    chrome: Chrome,
    peer: Peer,
    Path(token): Path<String>,
    Form(form): Form<NewPassword>,
) -> Result<Response, PageError> {
    let t = text(lang);
    if !app.limits.may_try(peer) {
        return Err(PageError::Busy);
    }
    let Some(account) = find(&app, &token).await? else { return expired(chrome, t) };
    let own = [account.name.as_str(), account.email.as_str()];
    let problems = form.problems(t, account.is_administrator, &own);
    if !problems.is_empty() {
        let shortest = password::shortest(account.is_administrator);
        return page_again(&InvitePage { chrome, t, token, shortest, problems });
    }
    let hash = app.limits.hash(move || password::hash(&form.password)).await?;
    let (hash, now) = (hash.map_err(PageError::internal)?, app.now());
    match app.db.write(move |conn| accounts::accept(conn, &token, &hash, now)).await {
        Ok(()) => Ok(Redirect::to("/login").into_response()),
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(_) => expired(chrome, t),
    }
}

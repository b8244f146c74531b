//! Making and revoking the keys of other systems.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::form::Form;
use super::page::{page, page_again};
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::letter::KeyPurpose;
use crate::domain::{ApiTokenId, Codelist as _, Permission, SiteId};
use crate::i18n::api::{ApiText, api};
use crate::i18n::moments::moment;
use crate::store::api_tokens::{self, ApiToken};
use crate::store::{self, audit, sites};

const ACCESS: Access = Access::Staff(Permission::ManageSite);
/// Most characters of the name of a system.
const LONGEST_NAME: usize = 80;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/admin/api-tokens", ACCESS, show),
        Route::post("/admin/api-tokens", ACCESS, make),
        Route::post("/admin/api-tokens/{id}/revoke", ACCESS, revoke),
    ]
}

#[derive(Template)]
#[template(path = "api/tokens.html")]
struct TokensPage {
    chrome: Chrome,
    a: &'static ApiText,
    tokens: Vec<Line>,
    clinics: Vec<(SiteId, String)>,
    typed: NewToken,
    problems: Vec<&'static str>,
    made: Option<String>,
}

struct Line {
    id: ApiTokenId,
    clinic: String,
    name: String,
    purpose: &'static str,
    made: String,
    made_by: String,
    revoked: Option<String>,
}

/// The form, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
struct NewToken {
    #[serde(default)]
    site: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    purpose: String,
}

async fn fill(app: &App, signed: &Signed, chrome: Chrome) -> Result<TokensPage, PageError> {
    let scope = signed.scope.clone();
    let (tokens, clinics) = app
        .db
        .read(move |conn| {
            Ok::<_, store::Error>((api_tokens::list(conn, &scope)?, sites::list(conn, &scope)?))
        })
        .await?;
    let a = api(chrome.lang);
    let lang = chrome.lang;
    let clinics: Vec<_> = clinics;
    let line = |token: ApiToken| {
        let zone = clinics.iter().find(|site| site.id == token.site).map(|site| &site.time_zone);
        let at = |instant| match zone {
            Some(zone) => moment(instant, zone, lang),
            None => instant.to_string(),
        };
        Line {
            id: token.id,
            made: at(token.created_at),
            revoked: token.revoked_at.map(at),
            clinic: token.site_name,
            name: token.name,
            purpose: a.purpose_of(token.purpose),
            made_by: token.made_by.unwrap_or_else(|| a.command_line.to_owned()),
        }
    };
    let tokens = tokens.into_iter().map(line).collect();
    let clinics = clinics.into_iter().map(|site| (site.id, site.name)).collect();
    let typed = NewToken::default();
    Ok(TokensPage { chrome, a, tokens, clinics, typed, problems: Vec::new(), made: None })
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
) -> Result<Response, PageError> {
    page(&fill(&app, &signed, chrome).await?)
}

/// The key is in the answer itself: a page to go back to would show it again.
async fn make(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(typed): Form<NewToken>,
) -> Result<Response, PageError> {
    let a = api(chrome.lang);
    let name = typed.name.trim().to_owned();
    let site = typed.site.parse::<SiteId>().ok().filter(|site| signed.scope.allows(*site));
    let good_name =
        (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let (Some(site), true) = (site, good_name) else {
        let mut again = fill(&app, &signed, chrome).await?;
        if site.is_none() {
            again.problems.push(a.wrong_clinic);
        }
        if !good_name {
            again.problems.push(a.wrong_name);
        }
        again.typed = typed;
        return page_again(&again);
    };
    // A form without the field makes a key of the usual kind; there is no third.
    let purpose = KeyPurpose::from_code(&typed.purpose).unwrap_or(KeyPurpose::Registry);
    let (actor, now, by) = (signed.actor(), app.now(), signed.person.id);
    let token = app
        .db
        .write(move |conn| {
            let (id, token) = api_tokens::make_for(conn, now, site, (&name, purpose), Some(by))?;
            let detail = json!({"name": name, "purpose": purpose.code()});
            let object = ("api_token", &id as &dyn std::fmt::Display);
            audit::append(conn, now, &actor, Some(site), "api_token.made", object, &detail)?;
            Ok::<_, store::Error>(token)
        })
        .await?;
    let mut shown = fill(&app, &signed, chrome).await?;
    shown.made = Some(token);
    page(&shown)
}

async fn revoke(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id: ApiTokenId = id.parse().map_err(|_| PageError::NotFound)?;
    let (actor, now, scope) = (signed.actor(), app.now(), signed.scope.clone());
    let site = app
        .db
        .write(move |conn| {
            let site = api_tokens::revoke(conn, now, &scope, id)?;
            if site.is_some() {
                let object = ("api_token", &id as &dyn std::fmt::Display);
                audit::append(conn, now, &actor, site, "api_token.revoked", object, &json!({}))?;
            }
            Ok::<_, store::Error>(site)
        })
        .await?;
    site.ok_or(PageError::NotFound)?;
    Ok(Redirect::to("/admin/api-tokens").into_response())
}

//! A clinic's gateway for text messages and paging.

use axum::extract::State;
use axum::response::Response;

use super::{Typed, answer};
use crate::domain::{Language, SiteId, Zone};
use crate::escalation::settings;
use crate::i18n::escalation::escalation;
use crate::i18n::moments::moment;
use crate::i18n::triage::mail_state;
use crate::store::hooks::{Call, Hook};
use crate::web::form::Form;
use crate::web::{App, Chrome, PageError, Signed};

/// What the page says about a gateway.
pub(super) struct Gateway {
    pub url: String,
    pub is_active: bool,
    pub secret: Option<String>,
    /// When, what, state, tries.
    pub calls: Vec<(String, String, String, i32)>,
}

impl Gateway {
    /// As it is kept; the address as it was typed, if it was.
    pub fn new(
        lang: Language,
        zone: &Zone,
        hook: Option<Hook>,
        calls: Vec<Call>,
        typed: Option<&Typed>,
    ) -> Self {
        let t = escalation(lang);
        let typed = typed.and_then(|typed| typed.get("url").cloned());
        let calls = calls
            .into_iter()
            .map(|call| {
                let state = mail_state(call.state, lang);
                let state = match call.detail {
                    Some(detail) => format!("{state} ({detail})"),
                    None => state.to_owned(),
                };
                (moment(call.due_at, zone, lang), t.call(call.task), state, call.attempts)
            })
            .collect();
        Self {
            is_active: hook.as_ref().is_none_or(|hook| hook.is_active),
            secret: hook.as_ref().map(|hook| hook.secret.clone()),
            url: typed.or(hook.map(|hook| hook.url)).unwrap_or_default(),
            calls,
        }
    }
}

fn site(typed: &Typed) -> Result<SiteId, PageError> {
    typed.get("site").and_then(|site| site.parse().ok()).ok_or(PageError::NotFound)
}

pub(super) async fn set(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let site = site(&typed)?;
    let (actor, scope, now) = (signed.actor(), signed.scope.clone(), app.now());
    let url = typed.get("url").cloned().unwrap_or_default();
    let is_active = typed.contains_key("active");
    let done = app
        .db
        .write(move |conn| settings::set_hook(conn, now, &actor, &scope, site, (&url, is_active)))
        .await;
    answer(&app, &signed, chrome, (site, typed), done).await
}

pub(super) async fn test(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let site = site(&typed)?;
    let (actor, scope, now) = (signed.actor(), signed.scope.clone(), app.now());
    let done = app.db.write(move |conn| settings::test_hook(conn, now, &actor, &scope, site)).await;
    answer(&app, &signed, chrome, (site, typed), done).await
}

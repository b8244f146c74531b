//! Which language a page is shown in: `?lang=` (kept in a cookie), the cookie, the
//! person's own setting, the browser.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use std::convert::Infallible;

use super::App;
use crate::domain::{Codelist, Language};

/// The cookie that remembers the choice; it says nothing about the person.
const COOKIE: &str = "lang";

/// The language that was asked for, if it was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked(pub Option<Language>);

/// The language of the request, put there by [`choose`]; a guard that knows the
/// person's own setting may replace it.
#[derive(Debug, Clone, Copy)]
pub struct Lang(pub Language);

impl Default for Lang {
    fn default() -> Self {
        Self(Language::En)
    }
}

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

/// Decides the language and remembers an explicit choice.
pub(super) async fn choose(State(_): State<App>, mut request: Request, next: Next) -> Response {
    let chosen = query_language(request.uri());
    let asked = chosen.or_else(|| cookie_language(request.headers()));
    let lang = asked.unwrap_or_else(|| browser_language(request.headers()));
    request.extensions_mut().insert(Asked(asked));
    request.extensions_mut().insert(Lang(lang));
    let mut response = next.run(request).await;
    if let Some(lang) = chosen {
        let cookie = format!("{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", lang.code());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

fn query_language(uri: &Uri) -> Option<Language> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .and_then(Language::from_code)
}

fn cookie_language(headers: &HeaderMap) -> Option<Language> {
    CookieJar::from_headers(headers).get(COOKIE).and_then(|c| Language::from_code(c.value()))
}

fn browser_language(headers: &HeaderMap) -> Language {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::negotiate(header.unwrap_or_default())
}

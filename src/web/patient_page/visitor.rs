//! The visitor behind a link: a short-lived cookie whose hash is stored.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::secrets::{equal, token_hash};
use crate::store::visits::{self, Visit};
use crate::web::language::{Asked, Lang};
use crate::web::{App, PageError};

/// The cookie of a visit.
pub const VISIT_COOKIE: &str = "__Host-visit";

/// The cookie for a new visit. It ends with the browser; the server ends it earlier.
#[must_use]
pub fn cookie(token: String) -> Cookie<'static> {
    Cookie::build((VISIT_COOKIE, token))
        .path("/")
        .secure(true)
        .http_only(true)
        // Lax: the visitor comes from a mail, and reloads the page after ringing.
        .same_site(SameSite::Lax)
        .build()
}

/// The visit of the request, if it has one that is not over.
#[derive(Debug, Clone)]
pub struct Visitor(pub Option<Visit>);

impl Visitor {
    /// The visit, for a page that needs one; who lost it is shown where to begin again.
    pub fn required(self) -> Option<Visit> {
        self.0
    }

    /// Whether a posted form came from our page.
    #[must_use]
    pub fn sent(app: &App, visit: &Visit, posted: &[(String, String)]) -> bool {
        let expected = app.keys.form_token(&visit.hash);
        posted.iter().any(|(key, value)| key == "form_token" && equal(value, &expected))
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(token) = jar.get(VISIT_COOKIE).map(|cookie| cookie.value().to_owned()) else {
            return Ok(Self(None));
        };
        let now = app.now();
        let visit = app.db.read(move |conn| visits::find(conn, now, &token_hash(&token))).await?;
        if let Some(visit) = &visit {
            prefer(parts, visit.language);
        }
        Ok(Self(visit))
    }
}

/// The link's language counts unless another was asked for.
pub fn prefer(parts: &mut Parts, language: crate::domain::Language) {
    if parts.extensions.get::<Asked>().is_none_or(|asked| asked.0.is_none()) {
        parts.extensions.insert(Lang(language));
    }
}

/// The part of a link's address that only its owner knows, never longer than it can be.
#[derive(Debug, Clone)]
pub struct Token(pub String);

impl<S: Sync + Send> FromRequestParts<S> for Token {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.map(|path| path.0).ok().filter(|t| t.len() <= 128).unwrap_or_default()))
    }
}

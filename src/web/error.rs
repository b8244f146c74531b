//! What a request gets when there is no page to show.
//!
//! `IntoResponse` sets only the status and leaves the error in the response; [`render`],
//! which knows the reader's language, makes the page and logs once. The cause goes to
//! the log, never to the page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::language::Lang;
use super::{App, Chrome, api};
use crate::store;

/// Why a handler has no page to show.
///
/// What the person did wrong in a form is not an error: it is a page, shown again with
/// the problems named.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Not there, or not for this person: the two answer alike.
    #[error("not found")]
    NotFound,
    /// The role does not include it.
    #[error("forbidden")]
    Forbidden,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignIn,
    /// The form token is missing or of another session.
    #[error("the form token does not match")]
    StaleForm,
    /// Another site's page sent it.
    #[error("the request comes from another site")]
    Foreign,
    /// The body is no form.
    #[error("unreadable request")]
    Unreadable,
    /// The body is too long.
    #[error("the body is too long")]
    TooLarge,
    /// Somebody else was faster.
    #[error("changed by somebody else")]
    Conflict,
    /// Too many writes are waiting.
    #[error("too busy")]
    Busy,
    /// Our fault.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl PageError {
    /// Wraps a fault of ours.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// The status of the answer.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::StaleForm | Self::Foreign => StatusCode::FORBIDDEN,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<store::Error> for PageError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Overloaded => Self::Busy,
            other => Self::internal(other),
        }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    chrome: Chrome,
    heading: &'static str,
    more: &'static str,
    not_saved: bool,
}

/// Gives a failed request its page, and logs what was our fault, once.
pub(super) async fn render(State(app): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unknown route", MatchedPath::as_str)
        .to_owned();
    let path = request.uri().path().to_owned();
    let lang = request.extensions().get::<Lang>().copied().unwrap_or_default().0;
    let mut response = next.run(request).await;
    let for_systems = path.starts_with("/api/");
    let Some(error) = response.extensions_mut().remove::<Arc<PageError>>() else {
        let bare = response.status() == StatusCode::METHOD_NOT_ALLOWED;
        return if for_systems && bare { api::problem::instead_of(&response) } else { response };
    };
    if let PageError::Internal(source) = &*error {
        tracing::error!(%method, route, error = source.as_ref() as &dyn std::error::Error, "{method} {route} failed");
    }
    if for_systems {
        return api::problem::of_status(error.status());
    }
    if matches!(*error, PageError::SignIn) && method == axum::http::Method::GET {
        // `next` may only be a path of ours; the sign-in page checks it again.
        return Redirect::to(&format!("/login?next={path}")).into_response();
    }
    let chrome = Chrome::bare(&app, lang, &path);
    let t = chrome.t;
    let (heading, more) = match &*error {
        PageError::NotFound => (t.error_not_found, t.error_not_found_more),
        PageError::Forbidden => (t.error_forbidden, t.error_forbidden_more),
        PageError::SignIn => (t.error_signed_out, t.error_signed_out_more),
        PageError::Foreign => (t.error_foreign, t.error_foreign_more),
        PageError::StaleForm => (t.error_stale_form, t.error_stale_form_more),
        PageError::Unreadable => (t.error_unreadable, t.error_unreadable_more),
        PageError::TooLarge => (t.error_too_large, t.error_too_large_more),
        PageError::Conflict => (t.error_conflict, t.error_conflict_more),
        PageError::Busy => (t.error_busy, t.error_busy_more),
        PageError::Internal(_) => (t.error_internal, t.error_internal_more),
    };
    let not_saved = method == axum::http::Method::POST;
    let page = ErrorPage { chrome, heading, more, not_saved };
    let body = page.render().unwrap_or_else(|_| format!("{heading}. {more}"));
    let mut response = (error.status(), Html(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if matches!(*error, PageError::Busy) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

//! Errors as RFC 9457 problem details.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::intake::IntakeError;
use crate::store;
use crate::web::PageError;

/// Why a call failed (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem; `about:blank` where the status says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong with this call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Every field that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Wrong>,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wrong {
    /// The path of the field, such as `report.temp.value`.
    pub field: String,
    /// Why.
    pub detail: String,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No token, or none that is good.
    #[error("a bearer token of a clinic is needed")]
    Unauthorised,
    /// The call itself cannot be read.
    #[error("{0}")]
    BadRequest(String),
    /// The body is of another kind than JSON.
    #[error("the body must be application/json")]
    NotJson,
    /// Fields are wrong.
    #[error("some fields are wrong")]
    Wrong(Vec<Wrong>),
    /// The key was used for another report.
    #[error("this Idempotency-Key was used before for another report")]
    KeyReused,
    /// Everything that pages fail with as well.
    #[error(transparent)]
    Page(#[from] PageError),
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        Self::Page(error.into())
    }
}

impl From<IntakeError> for ApiError {
    fn from(error: IntakeError) -> Self {
        use crate::domain::Language;
        use crate::i18n::problems;
        match error {
            IntakeError::Refused(problems) => Self::Wrong(
                problems
                    .into_iter()
                    .map(|problem| Wrong {
                        detail: problems::reason(&problem.reason, Language::En),
                        field: problem.field,
                    })
                    .collect(),
            ),
            IntakeError::NotFound => Self::Page(PageError::NotFound),
            IntakeError::KeyReused => Self::KeyReused,
            IntakeError::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match &self {
            // The frame of all requests turns it into a problem and logs what is our fault.
            Self::Page(_) => {
                let Self::Page(error) = self else { return StatusCode::OK.into_response() };
                return error.into_response();
            }
            Self::Unauthorised => StatusCode::UNAUTHORIZED,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Wrong(_) | Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let detail = Some(self.to_string());
        let errors = match self {
            Self::Wrong(errors) => errors,
            _ => Vec::new(),
        };
        response(status, detail, errors)
    }
}

/// The answer to a call that failed the way a page fails, or that no route takes.
#[must_use]
pub fn of_status(status: StatusCode) -> Response {
    response(status, None, Vec::new())
}

/// The same answer with a problem as its body and its `Allow` kept.
#[must_use]
pub fn instead_of(bare: &Response) -> Response {
    let mut response = of_status(bare.status());
    if let Some(allow) = bare.headers().get(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
    }
    response
}

fn response(status: StatusCode, detail: Option<String>, errors: Vec<Wrong>) -> Response {
    let problem = Problem {
        kind: "about:blank".to_owned(),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        detail,
        errors,
    };
    let body = serde_json::to_string(&problem).unwrap_or_else(|_| "{}".to_owned());
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

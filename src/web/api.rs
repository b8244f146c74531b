//! The interface for other systems: `/api/v1` with a bearer token of one clinic.
//!
//! Patients appear by their code only; no name, address or phone number leaves here. What
//! is read and what is handed in stands in the audit trail under the key's name.

mod bounces;
mod docs;
mod items;
mod json;
mod lists;
pub mod openapi;
pub mod problem;
mod reports;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use super::{Access, App, Route};
use crate::domain::letter::KeyPurpose;
use crate::domain::{Actor, ApiTokenId, Scope, SiteId};
use crate::store::api_tokens;

use problem::ApiError;

/// Most bytes of a report: 32 symptoms with the longest texts.
const REPORT_LIMIT: usize = 256 * 1024;
/// Most bytes of a notice about returned mail, which holds the mail.
const BOUNCE_LIMIT: usize = 1024 * 1024;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/reports", Access::Api, reports::submit).body_limit(REPORT_LIMIT),
        Route::post("/api/v1/bounces", Access::Api, bounces::submit).body_limit(BOUNCE_LIMIT),
        Route::get("/api/v1/reports", Access::Api, lists::reports),
        Route::get("/api/v1/infusions", Access::Api, lists::infusions),
        Route::get("/api/v1/patients", Access::Api, lists::patients),
        Route::get("/api/v1/lots", Access::Api, lists::lots),
        Route::get("/api/v1/tasks", Access::Api, lists::tasks),
        Route::get("/api/v1/openapi.json", Access::Public, openapi::document),
        Route::get("/api/docs", Access::Public, docs::page),
    ]
}

/// The system that is calling.
#[derive(Debug, Clone)]
pub struct ApiCaller {
    token: ApiTokenId,
    name: String,
    site: SiteId,
}

impl ApiCaller {
    fn actor(&self) -> Actor {
        Actor::Api { token: self.token, name: self.name.clone() }
    }

    fn scope(&self) -> Scope {
        Scope::of([self.site])
    }
}

impl FromRequestParts<App> for ApiCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        recognise(parts, app, KeyPurpose::Registry).await
    }
}

/// The mail server that is calling.
#[derive(Debug, Clone)]
struct BounceCaller(ApiCaller);

impl FromRequestParts<App> for BounceCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        recognise(parts, app, KeyPurpose::Bounces).await.map(Self)
    }
}

async fn recognise(parts: &Parts, app: &App, purpose: KeyPurpose) -> Result<ApiCaller, ApiError> {
    let token = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned())
        .ok_or(ApiError::Unauthorised)?;
    let caller = app.db.read(move |conn| api_tokens::recognise(conn, &token, purpose)).await?;
    let (token, name, site) = caller.ok_or(ApiError::Unauthorised)?;
    Ok(ApiCaller { token, name, site })
}

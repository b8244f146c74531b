//! The one guard: applied to every route from the route table.

use axum::body::{Body, Bytes};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use axum_extra::extract::CookieJar;
use http_body_util::{BodyExt, Limited};

use super::language::{Asked, Lang};
use super::route::{Access, Route};
use super::{App, PageError, Signed};
use crate::access::{self, SignedIn};
use crate::secrets::equal;
use crate::store::sessions;

/// The cookie of a session. `__Host-` keeps it to this host, this path and TLS.
pub const SESSION_COOKIE: &str = "__Host-session";
/// The form field that proves that a form came from our page.
pub const FORM_TOKEN: &str = "form_token";

#[derive(Clone)]
struct Rule {
    app: App,
    access: Access,
    body_limit: usize,
    time_limit: Duration,
    is_use: bool,
}

/// The handler of a route behind its guard.
pub(super) fn protect(route: Route, app: &App) -> MethodRouter<App> {
    let rule = Rule {
        app: app.clone(),
        access: route.access,
        body_limit: route.body_limit,
        time_limit: route.time_limit,
        is_use: route.is_use,
    };
    route
        .handler
        .layer(DefaultBodyLimit::max(route.body_limit))
        .layer(middleware::from_fn_with_state(rule, check))
}

async fn check(State(rule): State<Rule>, request: Request, next: Next) -> Response {
    let answer = async {
        match admit(&rule, request).await {
            Ok(request) => next.run(request).await,
            Err(error) => error.into_response(),
        }
    };
    // A stream counts as answered once it begins.
    tokio::time::timeout(rule.time_limit, answer)
        .await
        .unwrap_or_else(|_| PageError::Busy.into_response())
}

async fn admit(rule: &Rule, mut request: Request) -> Result<Request, PageError> {
    match rule.access {
        // Visits and bearer tokens are checked by the extractors `Visitor` and `ApiCaller`,
        // which know what to answer when there is none.
        Access::Public | Access::Visitor | Access::Api => Ok(request),
        Access::Training if rule.app.settings.training => Ok(request),
        Access::Training => Err(PageError::NotFound),
        Access::TrainingStaff(_) if !rule.app.settings.training => Err(PageError::NotFound),
        Access::Staff(permission) | Access::TrainingStaff(permission) => {
            let person = recognise(rule, session_token(&request)).await?;
            let scope = person.scope(permission);
            if !person.may(permission) {
                return Err(PageError::Forbidden);
            }
            let request = with_person_language(&person, request);
            let mut request = checked_form(rule, &person, request).await?;
            request.extensions_mut().insert(Signed { person, scope });
            Ok(request)
        }
        Access::Installation => {
            let person = recognise(rule, session_token(&request)).await?;
            if !person.is_administrator {
                return Err(PageError::Forbidden);
            }
            request = with_person_language(&person, request);
            let mut request = checked_form(rule, &person, request).await?;
            let scope = person.scope(crate::domain::Permission::ManageSite);
            request.extensions_mut().insert(Signed { person, scope });
            Ok(request)
        }
    }
}

fn session_token(request: &Request) -> Option<String> {
    CookieJar::from_headers(request.headers())
        .get(SESSION_COOKIE)
        .map(|cookie| cookie.value().to_owned())
}

async fn recognise(rule: &Rule, token: Option<String>) -> Result<SignedIn, PageError> {
    let Some(token) = token else { return Err(PageError::SignIn) };
    let now = rule.app.now();
    let person = rule.app.db.read(move |conn| access::recognise(conn, now, &token)).await?;
    let person = person.ok_or(PageError::SignIn)?;
    if rule.is_use && now.since(person.seen_at) >= access::TOUCH_EVERY {
        let session = person.session.clone();
        // Reading goes on when nothing can be written (a full disk).
        if let Err(error) =
            rule.app.db.write(move |conn| sessions::touch(conn, &session, now)).await
        {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }
    Ok(person)
}

/// A person's own setting counts unless a language was asked for.
fn with_person_language(person: &SignedIn, mut request: Request) -> Request {
    if request.extensions().get::<Asked>().is_none_or(|asked| asked.0.is_none()) {
        request.extensions_mut().insert(Lang(person.language));
    }
    request
}

/// Reads a posted form whole and compares its form token with the session's.
async fn checked_form(
    rule: &Rule,
    person: &SignedIn,
    request: Request,
) -> Result<Request, PageError> {
    if request.method() != Method::POST {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes = Limited::new(body, rule.body_limit)
        .collect()
        .await
        .map_err(|_| PageError::TooLarge)?
        .to_bytes();
    let expected = rule.app.keys.form_token(&person.session);
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let found = form_token(kind.unwrap_or_default(), &bytes).await;
    if !found.is_some_and(|found| equal(&found, &expected)) {
        return Err(PageError::StaleForm);
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

async fn form_token(content_type: &str, bytes: &Bytes) -> Option<String> {
    if content_type.starts_with("multipart/form-data") {
        let request = Request::builder()
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(bytes.clone()))
            .ok()?;
        let mut form = <axum::extract::Multipart as axum::extract::FromRequest<()>>::from_request(
            request,
            &(),
        )
        .await
        .ok()?;
        while let Some(field) = form.next_field().await.ok()? {
            if field.name() == Some(FORM_TOKEN) {
                return field.text().await.ok();
            }
        }
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    // The token is URL-safe text, so that it stands in a form as it is.
    text.split('&').find_map(|pair| pair.strip_prefix("form_token=")).map(str::to_owned)
}

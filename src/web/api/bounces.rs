//! Mails that came back, posted by the mail server.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::BounceCaller;
use super::problem::{ApiError, Problem};
use crate::domain::bounce;
use crate::store::outbox::{self, Noted};
use crate::web::{App, PageError};

/// What was done about a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct Returned {
    /// `bounced`: the letter came back, and the task is open if it was to a patient;
    /// `delayed`: it is late and still tried; `known`: it was settled before.
    #[schema(example = "bounced")]
    pub outcome: &'static str,
}

/// Hand in a notice that a mail did not arrive
///
/// The body is the whole delivery status notice (RFC 3464, `multipart/report`) as the mail
/// server made it. It needs a token of its own kind, made for returned mail only.
#[utoipa::path(
    post,
    path = "/api/v1/bounces",
    tag = "mail",
    request_body(content = String, content_type = "message/rfc822"),
    responses(
        (status = 200, description = "Noted, and on disk", body = Returned),
        (status = 400, description = "No delivery status notice about a mail of ours", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No good token for returned mail", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such mail at this clinic", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too long", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(super) async fn submit(
    State(app): State<App>,
    caller: BounceCaller,
    request: Request,
) -> Result<Json<Returned>, ApiError> {
    let mail = Bytes::from_request(request, &()).await.map_err(|_| PageError::TooLarge)?;
    let bounce = bounce::read(&mail).ok_or_else(|| {
        ApiError::BadRequest("this is no delivery status notice about a mail of ours".to_owned())
    })?;
    let now = app.now();
    let noted = app
        .db
        .write(move |conn| {
            outbox::bounced(conn, now, &caller.0.actor(), Some(&caller.0.scope()), &bounce)
        })
        .await?;
    let outcome = match noted {
        Noted::Bounced => "bounced",
        Noted::Delayed => "delayed",
        Noted::Known => "known",
        Noted::Unknown => return Err(PageError::NotFound.into()),
    };
    Ok(Json(Returned { outcome }))
}

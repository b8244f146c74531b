//! Handing in a report.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiCaller;
use super::json::Strict;
use super::problem::{ApiError, Problem, Wrong};
use crate::domain::registry::ReportSource;
use crate::domain::{Codelist, InfusionId, Language, ReportId};
use crate::intake::{self, Receipt, Submission};
use crate::web::{App, PageError};

/// Most characters of an idempotency key.
const LONGEST_KEY: usize = 200;

/// A report after an infusion.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// The infusion that the hours of the report are counted from.
    #[schema(format = Uuid)]
    pub infusion_id: String,
    /// What was reported. Times are hours: `onset_h` from the end of the infusion to the start
    /// of the symptom, `duration_h`, and `resolved_h_ago` once it is over. Unknown fields and
    /// codes are refused; every field that is wrong is named. An empty object says "well".
    #[schema(value_type = super::openapi::Answers)]
    pub report: Reported,
    /// The report that this one corrects; the earlier version is kept.
    #[serde(default)]
    #[schema(format = Uuid)]
    pub supersedes: Option<String>,
}

/// The `report` object, not yet checked.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Reported(Strict);

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// The report.
    #[schema(format = Uuid)]
    pub report_id: String,
    /// A short number for the phone.
    #[schema(example = "7KMQ-2X9D")]
    pub reference: String,
    /// Patient-derived grades above 0, by symptom code.
    #[schema(example = json!({"FEVER": 2, "CHILLS": 2}))]
    pub grades: BTreeMap<String, u8>,
    /// The rules that fired.
    #[schema(example = json!(["U01", "U02"]))]
    pub rules: Vec<String>,
    /// How soon a person must act: NONE, ROUTINE, SOON, URGENT or EMERGENCY.
    #[schema(example = "URGENT")]
    pub urgency: String,
    /// The task that it opened, raised or was attached to.
    #[schema(format = Uuid)]
    pub task_id: Option<String>,
}

impl From<Receipt> for Received {
    fn from(receipt: Receipt) -> Self {
        Self {
            report_id: receipt.report.to_string(),
            reference: receipt.reference,
            grades: receipt
                .grades
                .iter()
                .map(|(code, grade)| (code.code().to_owned(), grade.number()))
                .collect(),
            rules: receipt.rules,
            urgency: receipt.level.code().to_owned(),
            task_id: receipt.task.map(|task| task.to_string()),
        }
    }
}

/// Hand in a report
///
/// It is kept, graded and judged before the answer comes; where a person must act, the task
/// is open and the people on duty are told. With an `Idempotency-Key` the same call may be
/// repeated: it is one report with one answer.
#[utoipa::path(
    post,
    path = "/api/v1/reports",
    tag = "reports",
    params(("Idempotency-Key" = Option<String>, Header, description = "Up to 200 visible ASCII characters")),
    request_body = NewReport,
    responses(
        (status = 201, description = "Received, and on disk", body = Received),
        (status = 200, description = "Received before with the same key", body = Received),
        (status = 400, description = "Not readable", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No good token", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such infusion at this clinic", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too long", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Fields are wrong, or the key was used for another report", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too busy: repeat it with the same key", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(super) async fn submit(
    State(app): State<App>,
    caller: ApiCaller,
    request: Request,
) -> Result<(StatusCode, Json<Received>), ApiError> {
    let key = idempotency_key(request.headers())?;
    let body = read(request).await?;
    let submission = submission(&caller, body, key)?;
    let (actor, now) = (caller.actor(), app.now());
    let receipt = app.db.write(move |conn| intake::receive(conn, now, &actor, &submission)).await?;
    app.mail_due.notify_one();
    let status = if receipt.is_repeat { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(receipt.into())))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    let is_good = !key.is_empty()
        && key.len() <= LONGEST_KEY
        && key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        && values.next().is_none();
    if is_good {
        Ok(Some(key.to_owned()))
    } else {
        let why = format!("Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters");
        Err(ApiError::BadRequest(why))
    }
}

async fn read(request: Request) -> Result<NewReport, ApiError> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/json") {
        return Err(ApiError::NotJson);
    }
    let bytes = Bytes::from_request(request, &()).await.map_err(|_| PageError::TooLarge)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        use serde_json::error::Category;
        match error.classify() {
            Category::Data => {
                ApiError::Wrong(vec![Wrong { field: String::new(), detail: error.to_string() }])
            }
            _ => ApiError::BadRequest(format!("the body is not JSON: {error}")),
        }
    })
}

fn submission(
    caller: &ApiCaller,
    body: NewReport,
    key: Option<String>,
) -> Result<Submission, ApiError> {
    let wrong = |field: &str| Wrong { field: field.to_owned(), detail: "is not a UUID".to_owned() };
    let infusion = body.infusion_id.parse::<InfusionId>();
    let supersedes = body.supersedes.map(|id| id.parse::<ReportId>()).transpose();
    let (infusion, supersedes) = match (infusion, supersedes) {
        (Ok(infusion), Ok(supersedes)) => (infusion, supersedes),
        (infusion, supersedes) => {
            let fields = [(infusion.is_err(), "infusion_id"), (supersedes.is_err(), "supersedes")];
            let wrong =
                fields.into_iter().filter(|(is, _)| *is).map(|(_, field)| wrong(field)).collect();
            return Err(ApiError::Wrong(wrong));
        }
    };
    let Reported(Strict(report)) = body.report;
    Ok(Submission {
        infusion,
        source: ReportSource::Api,
        staff: None,
        language: Language::En,
        report,
        draft: None,
        // Two clinics may happen to use the same key.
        idempotency_key: key.map(|key| format!("{} {key}", caller.site)),
        supersedes,
    })
}

//! The description of the interface, made from the types and handlers that serve it.

use std::collections::BTreeMap;

use axum::Json;
use serde_json::Value;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use super::{bounces, lists, reports};

/// What was reported. Only documentation: the strict reader of inputs checks it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the JSON that `Input::from_json` reads")]
pub struct Answers {
    /// The highest temperature: `value`, `unit` (C or F), `site` (oral, axillary, tympanic,
    /// forehead, rectal, unknown), `antipyretic_6h`, `hours_over_40`, and the times.
    temp: Option<BTreeMap<String, Value>>,
    /// Feels feverish.
    feels_feverish: Option<bool>,
    /// The times of a feverish feeling without a thermometer.
    feverish: Option<BTreeMap<String, Value>>,
    /// At rest: `sbp` mmHg, `hr` /min, `spo2` %, `rr` /min; whole numbers.
    vitals: Option<BTreeMap<String, i32>>,
    /// Yes/no questions, such as `throat_tight`, `wheeze`, `call_me`.
    flags: Option<BTreeMap<String, bool>>,
    /// Words of the patient's own, at most 4,000 characters.
    #[schema(max_length = 4000)]
    free_text: Option<String>,
    /// By symptom code, such as `FATIGUE`: the answers to its questions, `onset_h`,
    /// `duration_h`, `resolved_h_ago`, `preexisting`, `worse`.
    #[schema(example = json!({"FATIGUE": {"relieved_by_rest": true, "adl": 1, "onset_h": 4, "duration_h": 20}}))]
    symptoms: Option<BTreeMap<String, BTreeMap<String, Value>>>,
}

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("token", token);
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Afterwatch",
        description = "Reports of reactions after cell infusions, for other systems of a clinic. A token belongs to one clinic and reaches its rows only; a row of another clinic and one that is not there answer alike. Instants are UTC, RFC 3339. Errors are problem details (RFC 9457).",
        license(name = "MIT OR Apache-2.0"),
    ),
    paths(
        reports::submit,
        bounces::submit,
        lists::reports,
        lists::infusions,
        lists::patients,
        lists::lots,
        lists::tasks,
    ),
    modifiers(&Token),
)]
struct Document;

/// The document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(openapi())
}

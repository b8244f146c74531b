//! Reading page by page. Every page that is read stands in the audit trail.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use axum::Json;
use axum::extract::{Query, State};
use serde_json::json;

use super::ApiCaller;
use super::items::{Infusion, Lot, Page, Patient, Report, Task};
use super::problem::{ApiError, Problem};
use crate::domain::Codelist;
use crate::domain::task::TaskState;
use crate::store::{self, api_lists, audit};
use crate::web::App;

/// Rows of a page unless the caller says otherwise, and at most.
const ROWS: i64 = 50;
const MOST_ROWS: i64 = 200;

/// The parameters of a list, checked. A parameter that no list knows is refused, because it
/// would look like a filter and filter nothing.
struct Asked<Id> {
    after: Option<Id>,
    limit: i64,
    state: Option<TaskState>,
}

type Parameters = Query<Vec<(String, String)>>;

impl<Id: FromStr> Asked<Id> {
    fn read(parameters: Vec<(String, String)>, known: &[&str]) -> Result<Self, ApiError> {
        let mut given = BTreeMap::new();
        for (name, value) in parameters {
            if !known.contains(&name.as_str()) {
                return Err(ApiError::BadRequest(format!("there is no parameter {name:?} here")));
            }
            if given.insert(name.clone(), value).is_some() {
                return Err(ApiError::BadRequest(format!("the parameter {name} is there twice")));
            }
        }
        let bad = |name: &str, what: &str| ApiError::BadRequest(format!("{name} must be {what}"));
        let after = given
            .get("after")
            .map(|text| text.parse().map_err(|_| bad("after", "the `next` of the page before")))
            .transpose()?;
        let limit = given.get("limit").map_or(Ok(ROWS), |text| {
            text.parse::<i64>().map_err(|_| bad("limit", "a whole number, 1 to 200"))
        })?;
        let state = given
            .get("state")
            .map(|code| TaskState::from_code(code).ok_or_else(|| bad("state", "open or closed")))
            .transpose()?;
        Ok(Self { after, limit: limit.clamp(1, MOST_ROWS), state })
    }
}

/// A page of the rows that were read, of which there is one more than fits if more follow.
fn page<Row, Item, Id: Display>(
    mut rows: Vec<Row>,
    limit: i64,
    id: impl Fn(&Row) -> Id,
    item: impl Fn(Row) -> Item,
) -> Page<Item> {
    let limit = usize::try_from(limit).unwrap_or(0);
    let is_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| is_more).map(|row| id(row).to_string());
    Page { items: rows.into_iter().map(item).collect(), next }
}

/// Notes who has read what.
async fn note(
    app: &App,
    caller: &ApiCaller,
    what: &'static str,
    rows: usize,
) -> Result<(), store::Error> {
    let (actor, site, now, token) = (caller.actor(), caller.site, app.now(), caller.token);
    app.db
        .write(move |conn| {
            let detail = json!({"list": what, "rows": rows});
            audit::append(conn, now, &actor, Some(site), "api.read", ("api_token", &token), &detail)
        })
        .await
}

/// List infusions
#[utoipa::path(
    get,
    path = "/api/v1/infusions",
    tag = "lists",
    params(
        ("limit" = Option<i64>, Query, description = "Rows of a page, 1 to 200; 50 when not given"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<Infusion>),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No good token", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(super) async fn infusions(
    State(app): State<App>,
    caller: ApiCaller,
    Query(parameters): Parameters,
) -> Result<Json<Page<Infusion>>, ApiError> {
    let asked = Asked::read(parameters, &["limit", "after"])?;
    let (scope, limit, after) = (caller.scope(), asked.limit, asked.after);
    let rows =
        app.db.read(move |conn| api_lists::infusions(conn, &scope, after, limit + 1)).await?;
    let page = page(rows, limit, |row| row.id, Infusion::from);
    note(&app, &caller, "infusions", page.items.len()).await?;
    Ok(Json(page))
}

/// List patients
#[utoipa::path(
    get,
    path = "/api/v1/patients",
    tag = "lists",
    params(
        ("limit" = Option<i64>, Query, description = "Rows of a page, 1 to 200; 50 when not given"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<Patient>),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No good token", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(super) async fn patients(
    State(app): State<App>,
    caller: ApiCaller,
    Query(parameters): Parameters,
) -> Result<Json<Page<Patient>>, ApiError> {
    let asked = Asked::read(parameters, &["limit", "after"])?;
    let (scope, limit, after) = (caller.scope(), asked.limit, asked.after);
    let rows = app.db.read(move |conn| api_lists::patients(conn, &scope, after, limit + 1)).await?;
    let page = page(rows, limit, |row| row.id, Patient::from);
    note(&app, &caller, "patients", page.items.len()).await?;
    Ok(Json(page))
}

/// List lots
#[utoipa::path(
    get,
    path = "/api/v1/lots",
    tag = "lists",
    params(
        ("limit" = Option<i64>, Query, description = "Rows of a page, 1 to 200; 50 when not given"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<Lot>),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No good token", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(super) async fn lots(
    State(app): State<App>,
    caller: ApiCaller,
    Query(parameters): Parameters,
) -> Result<Json<Page<Lot>>, ApiError> {
    let asked = Asked::read(parameters, &["limit", "after"])?;
    let (scope, limit, after) = (caller.scope(), asked.limit, asked.after);
    let rows = app.db.read(move |conn| api_lists::lots(conn, &scope, after, limit + 1)).await?;
    let page = page(rows, limit, |row| row.id, Lot::from);
    note(&app, &caller, "lots", page.items.len()).await?;
    Ok(Json(page))
}

/// List tasks
#[utoipa::path(
    get,
    path = "/api/v1/tasks",
    tag = "lists",
    params(
        ("state" = Option<String>, Query, description = "open or closed; both when not given"),
        ("limit" = Option<i64>, Query, description = "Rows of a page, 1 to 200; 50 when not given"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<Task>),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No good token", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(super) async fn tasks(
    State(app): State<App>,
    caller: ApiCaller,
    Query(parameters): Parameters,
) -> Result<Json<Page<Task>>, ApiError> {
    let asked = Asked::read(parameters, &["limit", "after", "state"])?;
    let (scope, limit, wanted) = (caller.scope(), asked.limit, (asked.after, asked.state));
    let rows = app.db.read(move |conn| api_lists::tasks(conn, &scope, wanted, limit + 1)).await?;
    let page = page(rows, limit, |row| row.id, Task::from);
    note(&app, &caller, "tasks", page.items.len()).await?;
    Ok(Json(page))
}

/// List reports
#[utoipa::path(
    get,
    path = "/api/v1/reports",
    tag = "reports",
    params(
        ("limit" = Option<i64>, Query, description = "Rows of a page, 1 to 200; 50 when not given"),
        ("after" = Option<String>, Query, description = "The `next` of the page before"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<Report>),
        (status = 400, description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No good token", body = Problem, content_type = "application/problem+json"),
    ),
    security(("token" = [])),
)]
pub(super) async fn reports(
    State(app): State<App>,
    caller: ApiCaller,
    Query(parameters): Parameters,
) -> Result<Json<Page<Report>>, ApiError> {
    let asked = Asked::read(parameters, &["limit", "after"])?;
    let (scope, limit, after) = (caller.scope(), asked.limit, asked.after);
    let rows = app
        .db
        .read(move |conn| {
            let mut rows = Vec::new();
            for row in api_lists::reports(conn, &scope, after, limit + 1)? {
                let found = api_lists::findings(conn, row.id)?;
                rows.push((row, found));
            }
            Ok::<_, store::Error>(rows)
        })
        .await?;
    let page = page(rows, limit, |(row, _)| row.id, Report::from);
    note(&app, &caller, "reports", page.items.len()).await?;
    Ok(Json(page))
}

//! One task: all that is known, and everything that can be done with it.

mod chain;
mod compare;
mod facts;
mod form;
mod term;
mod timeline;
mod view;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use self::form::{ActionForm, Which};
use self::view::TaskView;
use super::form::Form;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::escalation::NearMiss;
use crate::domain::letter::MailState;
use crate::domain::task::Refusal;
use crate::domain::{Permission, StepId, TaskId};
use crate::intake;
use crate::store::queue::{self, Waiting};
use crate::store::steps::{self, StepRow};
use crate::store::task_page::{self, TaskPage};
use crate::store::undo::{self, Undo};
use crate::store::{Connection, Error};
use crate::triage::{self, Step, TriageError};

pub(super) fn routes() -> Vec<Route> {
    let work = Access::Staff(Permission::WorkTasks);
    let grade = Access::Staff(Permission::ConfirmGrades);
    let mut routes = vec![
        Route::get("/tasks/{id}", Access::Staff(Permission::ViewQueue), show),
        Route::post("/tasks/{id}/take", work, take),
        Route::post("/tasks/{id}/hand-over", work, hand_over),
        Route::post("/tasks/{id}/put-back", work, put_back),
        Route::post("/tasks/{id}/call", work, call),
        Route::post("/tasks/{id}/undo", work, undo_step),
        Route::post("/tasks/{id}/note", work, note),
        Route::post("/tasks/{id}/ask", work, ask),
        Route::post("/tasks/{id}/close", work, close),
        Route::post("/tasks/{id}/reopen", work, reopen),
        Route::post("/tasks/{id}/grade", grade, confirm_grade),
    ];
    routes.extend(term::routes());
    routes
}

/// What is read for the page, with what follows from the rules.
pub(super) struct Known {
    pub page: TaskPage,
    /// Rules that did not fire, in the newest report.
    pub near_misses: Vec<NearMiss>,
    /// What the patient read after the newest report.
    pub advice: Vec<String>,
    /// Whom the task goes to, in the order of telling them.
    pub steps: Vec<StepRow>,
    /// The reader's last step, while it can be undone.
    pub last: Option<(Undo, i64)>,
    /// Every EMERGENCY that nobody has taken.
    pub emergencies: Vec<Waiting>,
    /// Whom the steps told, and what became of the mail.
    pub told: Vec<(StepId, String, MailState)>,
}

/// Why the page is shown again.
#[derive(Default)]
pub(super) struct Again {
    /// Which form was sent.
    pub form: Option<Which>,
    /// What was typed.
    pub typed: ActionForm,
    /// What stands against it.
    pub refusals: Vec<Refusal>,
    /// Somebody was faster.
    pub is_changed: bool,
}

impl Again {
    /// The name of the form that stands open.
    const fn opened(&self) -> &'static str {
        match self.form {
            Some(Which::Call) => "call",
            Some(Which::Note) => "note",
            Some(Which::Ask) => "ask",
            Some(Which::HandOver) => "hand-over",
            Some(Which::PutBack) => "put-back",
            Some(Which::Close) => "close",
            Some(Which::Reopen) => "reopen",
            Some(Which::Take | Which::Grade | Which::Undo) | None => "",
        }
    }
}

fn id(text: &str) -> Result<TaskId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

async fn read(app: &App, signed: &Signed, task: TaskId) -> Result<Known, PageError> {
    let scope = signed.person.scope(Permission::ViewQueue);
    let contacts = signed.person.scope(Permission::ViewContact);
    let (now, person) = (app.now(), signed.person.id);
    let known = app
        .db
        .read(move |conn| {
            let Some(page) = task_page::read(conn, &scope, &contacts, task)? else {
                return Ok::<_, Error>(None);
            };
            let (near_misses, advice) = judged_again(conn, now, &page);
            let (steps, told) = (steps::of_task(conn, task)?, steps::told_of(conn, task)?);
            let emergencies = queue::emergencies(conn, &scope)?;
            let last = undo::last(conn, &scope, person, now)?;
            Ok(Some(Known { page, near_misses, advice, steps, last, emergencies, told }))
        })
        .await?;
    known.ok_or(PageError::NotFound)
}

/// What the rules make of the newest report. A report that cannot be judged again is
/// still shown: its page matters more than this part of it.
fn judged_again(
    conn: &mut Connection,
    now: crate::domain::Timestamp,
    page: &TaskPage,
) -> (Vec<NearMiss>, Vec<String>) {
    let task = page.entry.task.id;
    let Some(latest) = page.reports.iter().find(|report| report.task_id == Some(task)) else {
        return (Vec::new(), Vec::new());
    };
    let warn = |error: &Error| {
        tracing::warn!(report = %latest.id, %error, "the report could not be judged again");
    };
    let replay = intake::replay(conn, latest.id).inspect_err(warn).ok().flatten();
    let advice = intake::advice_for(conn, now, latest.id, latest.language).inspect_err(warn);
    let misses = replay.map(|replay| replay.assessment.near_misses).unwrap_or_default();
    (misses, advice.ok().flatten().unwrap_or_default())
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(task): Path<String>,
) -> Result<Response, PageError> {
    let known = read(&app, &signed, id(&task)?).await?;
    let (now, actor, row) = (app.now(), signed.actor(), known.page.entry.task.clone());
    app.db.write(move |conn| triage::seen(conn, now, &actor, &row)).await?;
    let view = TaskView::new(&signed, chrome, now, known, &Again::default());
    super::page::page(&view)
}

macro_rules! actions {
    ($($handler:ident => $which:ident;)+) => {$(
        async fn $handler(
            State(app): State<App>,
            signed: Signed,
            chrome: Chrome,
            Path(task): Path<String>,
            Form(form): Form<ActionForm>,
        ) -> Result<Response, PageError> {
            act(app, signed, chrome, &task, form, Which::$which).await
        }
    )+};
}

actions! {
    take => Take;
    hand_over => HandOver;
    put_back => PutBack;
    call => Call;
    note => Note;
    ask => Ask;
    close => Close;
    reopen => Reopen;
    undo_step => Undo;
    confirm_grade => Grade;
}

async fn act(
    app: App,
    signed: Signed,
    chrome: Chrome,
    task: &str,
    form: ActionForm,
    which: Which,
) -> Result<Response, PageError> {
    let (task, now) = (id(task)?, app.now());
    let step =
        Step { actor: signed.actor(), scope: signed.scope.clone(), task, version: form.version() };
    let (typed, keys) = (form.clone(), app.keys.clone());
    let outcome = app
        .db
        .write(move |conn| match which {
            Which::Ask => triage::ask(conn, &keys, now, &step, &typed.note),
            Which::Grade => triage::confirm_grade(conn, now, &step, &typed.confirmation()),
            Which::Undo => triage::undo(conn, now, &step, typed.undo()),
            _ => triage::act(conn, now, &step, &typed.action(which, now)),
        })
        .await;
    if which == Which::Ask && outcome.is_ok() {
        app.mail_due.notify_one();
    }
    let again = match outcome {
        Ok(()) if which == Which::Close => return Ok(Redirect::to("/queue").into_response()),
        Ok(()) => return Ok(Redirect::to(&format!("/tasks/{task}")).into_response()),
        Err(TriageError::NotFound) => return Err(PageError::NotFound),
        Err(TriageError::Store(error)) => return Err(error.into()),
        Err(TriageError::Changed) => {
            Again { form: Some(which), typed: form, is_changed: true, ..Again::default() }
        }
        Err(TriageError::Refused(refusals)) => {
            Again { form: Some(which), typed: form, refusals, is_changed: false }
        }
    };
    let known = read(&app, &signed, task).await?;
    let status =
        if again.is_changed { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = TaskView::new(&signed, chrome, now, known, &again);
    Ok((status, Html(view.render()?)).into_response())
}

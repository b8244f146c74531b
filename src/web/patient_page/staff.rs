//! The same questions, asked by staff on the phone or at the chair.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use super::desk::{Posted, Who};
use super::frame::Frame;
use super::outcome::{DonePage, outcome};
use super::pages::Desk;
use super::steps::Step;
use super::visit::Pairs;
use crate::domain::registry::ReportSource;
use crate::domain::{Codelist, DraftId, InfusionId};
use crate::intake::{self, IntakeError};
use crate::store::visits;
use crate::web::form::Form;
use crate::web::page::{page, page_again};
use crate::web::{App, Chrome, PageError, Signed};

#[derive(Template)]
#[template(path = "p/begin.html")]
struct BeginPage {
    chrome: Chrome,
    frame: Frame,
    problem: bool,
}

fn missing(error: IntakeError) -> PageError {
    match error {
        IntakeError::NotFound => PageError::NotFound,
        IntakeError::Store(error) => error.into(),
        other => PageError::internal(other),
    }
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

async fn begin_page(
    app: &App,
    signed: &Signed,
    chrome: Chrome,
    infusion: InfusionId,
    problem: bool,
) -> Result<BeginPage, PageError> {
    let scope = signed.scope.clone();
    let place = app.db.read(move |conn| visits::place(conn, &scope, infusion)).await?;
    let place = place.ok_or(PageError::NotFound)?;
    let frame = Frame::new(&chrome, place.clinic, true, chrome.form_token.clone());
    Ok(BeginPage { chrome, frame, problem })
}

pub(super) async fn begin(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(infusion): Path<String>,
) -> Result<Response, PageError> {
    let infusion = id(&infusion)?;
    page(&begin_page(&app, &signed, chrome, infusion, false).await?)
}

pub(super) async fn open(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(infusion): Path<String>,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let infusion: InfusionId = id(&infusion)?;
    let source = fields
        .iter()
        .find(|(key, _)| key == "source")
        .and_then(|(_, value)| ReportSource::from_code(value))
        .filter(|source| matches!(source, ReportSource::StaffPhone | ReportSource::StaffChair));
    let Some(source) = source else {
        return page_again(&begin_page(&app, &signed, chrome, infusion, true).await?);
    };
    let (now, language, actor) = (app.now(), chrome.lang, signed.actor());
    let scope = signed.scope.clone();
    let draft = app
        .db
        .write(move |conn| {
            if visits::place(conn, &scope, infusion)?.is_none() {
                return Err(IntakeError::NotFound);
            }
            let new = intake::NewDraft { infusion, source, language };
            intake::begin(conn, now, &actor, new)
        })
        .await
        .map_err(missing)?;
    Ok(Redirect::to(&format!("/infusions/{infusion}/report/{draft}/first")).into_response())
}

fn desk(
    app: App,
    signed: &Signed,
    chrome: Chrome,
    (infusion, draft): (&str, &str),
) -> Result<Desk, PageError> {
    let form_token = chrome.form_token.clone();
    let who = Who::Staff {
        scope: signed.scope.clone(),
        id: signed.person.id,
        name: signed.person.name.clone(),
        infusion: id(infusion)?,
        draft: id(draft)?,
    };
    Ok(Desk { app, chrome, who, form_token })
}

type StepPath = Path<(String, String, String)>;
type DraftPath = Path<(String, String)>;

pub(super) async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path((infusion, draft, slug)): StepPath,
) -> Result<Response, PageError> {
    let step = Step::from_slug(&slug).ok_or(PageError::NotFound)?;
    desk(app, &signed, chrome, (&infusion, &draft))?.show(step).await
}

pub(super) async fn answer(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path((infusion, draft, slug)): StepPath,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let step = Step::from_slug(&slug).filter(|step| *step != Step::Check);
    let step = step.ok_or(PageError::NotFound)?;
    let language = chrome.lang;
    let posted = Posted { step, fields, language };
    desk(app, &signed, chrome, (&infusion, &draft))?.answer(posted).await
}

pub(super) async fn now(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path((infusion, draft)): DraftPath,
) -> Result<Response, PageError> {
    desk(app, &signed, chrome, (&infusion, &draft))?.now().await
}

pub(super) async fn called(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path((infusion, draft)): DraftPath,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let posted = Posted { step: Step::First, fields, language: chrome.lang };
    desk(app, &signed, chrome, (&infusion, &draft))?.called(posted).await
}

pub(super) async fn send(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path((infusion, draft)): DraftPath,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let posted = Posted { step: Step::Check, fields, language: chrome.lang };
    desk(app, &signed, chrome, (&infusion, &draft))?.send(posted).await
}

pub(super) async fn done(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path((infusion, draft)): DraftPath,
) -> Result<Response, PageError> {
    let (infusion, draft): (InfusionId, DraftId) = (id(&infusion)?, id(&draft)?);
    let (now, lang) = (app.now(), chrome.lang);
    let (scope, staff) = (signed.scope.clone(), signed.person.id);
    let found = app
        .db
        .read(move |conn| {
            let Some(place) = visits::place(conn, &scope, infusion)? else { return Ok(None) };
            if visits::draft_of_staff(conn, &scope, staff, draft)?.is_none() {
                return Ok(None);
            }
            let Some(sent) = visits::receipt(conn, draft)? else { return Ok(None) };
            let found = outcome(conn, now, &place, sent, lang)?;
            let task = crate::store::reports::kept(conn, found.sent.id)?;
            Ok::<_, crate::store::Error>(Some((place, found, task.and_then(|kept| kept.task_id))))
        })
        .await?;
    let (place, found, task) = found.ok_or(PageError::NotFound)?;
    let frame = Frame::new(&chrome, place.clinic.clone(), true, chrome.form_token.clone());
    let mut done = DonePage::new(chrome, frame, &place, &found);
    let t = done.frame.r;
    if let Some(task) = task {
        done.links.push((format!("/tasks/{task}"), t.staff_task));
    }
    done.links.push((format!("/patients/{}", place.patient), t.staff_back));
    page(&done)
}

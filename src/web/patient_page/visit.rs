//! The pages of a visit: the form, what was sent, what became of it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::desk::{Posted, Who, typed};
use super::door::DeadPage;
use super::frame::Frame;
use super::outcome::{DonePage, outcome, status_line};
use super::pages::Desk;
use super::steps::Step;
use super::visitor::Visitor;
use crate::domain::registry::ReportSource;
use crate::domain::{Actor, Timestamp};
use crate::i18n::moments::moment;
use crate::i18n::patient_course::course;
use crate::intake::{self, IntakeError};
use crate::store::visits::{self, BirthYear, Visit};
use crate::store::{self, Connection};
use crate::web::form::Form;
use crate::web::page::{page, page_again};
use crate::web::{App, Chrome, PageError};

/// A posted form as its pairs.
pub(super) type Pairs = Form<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "p/home.html")]
struct HomePage {
    chrome: Chrome,
    frame: Frame,
    unfinished: Option<String>,
    knows: bool,
    problem: Option<&'static str>,
    sent: Vec<(String, String, String)>,
    course: &'static str,
}

/// Whoever has no visit (any more) is told so, with the words they typed.
pub(super) fn lost(
    app: &App,
    chrome: Chrome,
    posted: &[(String, String)],
) -> Result<Response, PageError> {
    let frame = Frame::bare(app, &chrome);
    let t = frame.t;
    let texts: Vec<String> = posted
        .iter()
        .filter(|(key, value)| {
            (key == "free_text" || key.rsplit_once('.').is_some_and(|(_, last)| last == "text"))
                && !value.trim().is_empty()
        })
        .map(|(_, value)| value.clone())
        .collect();
    let (heading, lines) = if posted.is_empty() {
        (t.dead_heading, vec![t.dead_reason, t.dead_more])
    } else {
        (t.lost_heading, vec![t.lost_more])
    };
    let page = DeadPage { chrome, frame, heading, lines, texts };
    let status = if posted.is_empty() { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
    Ok((status, Html(page.render()?)).into_response())
}

fn desk(app: App, chrome: Chrome, visit: Visit) -> Desk {
    let form_token = app.keys.form_token(&visit.hash);
    Desk { app, chrome, who: Who::Visitor(Box::new(visit)), form_token }
}

/// The visit of a posted form that came from our page.
pub(super) fn sender(app: &App, visitor: Visitor, posted: &[(String, String)]) -> Option<Visit> {
    visitor.required().filter(|visit| Visitor::sent(app, visit, posted))
}

/// The year of birth that was typed, if it is a year.
pub(super) fn year_of(fields: &[(String, String)]) -> Option<i32> {
    let year = fields.iter().find(|(key, _)| key == "year").map(|(_, value)| value.trim());
    year.and_then(|year| year.parse::<i32>().ok())
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
    Path(slug): Path<String>,
) -> Result<Response, PageError> {
    let Some(visit) = visitor.required() else { return lost(&app, chrome, &[]) };
    let step = Step::from_slug(&slug).ok_or(PageError::NotFound)?;
    desk(app, chrome, visit).show(step).await
}

pub(super) async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
    Path(slug): Path<String>,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let Some(visit) = sender(&app, visitor, &fields) else { return lost(&app, chrome, &fields) };
    let step = Step::from_slug(&slug).filter(|step| *step != Step::Check);
    let step = step.ok_or(PageError::NotFound)?;
    let language = chrome.lang;
    desk(app, chrome, visit).answer(Posted { step, fields, language }).await
}

pub(super) async fn now(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let Some(visit) = visitor.required() else { return lost(&app, chrome, &[]) };
    desk(app, chrome, visit).now().await
}

pub(super) async fn called(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let Some(visit) = sender(&app, visitor, &fields) else { return lost(&app, chrome, &fields) };
    let language = chrome.lang;
    desk(app, chrome, visit).called(Posted { step: Step::First, fields, language }).await
}

pub(super) async fn send(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let Some(visit) = sender(&app, visitor, &fields) else { return lost(&app, chrome, &fields) };
    let language = chrome.lang;
    desk(app, chrome, visit).send(Posted { step: Step::Check, fields, language }).await
}

/// What was sent with this link, and a draft to go on with. Shows no answers.
async fn home_page(
    app: &App,
    chrome: Chrome,
    visit: Visit,
    problem: Option<&'static str>,
) -> Result<HomePage, PageError> {
    let (now, link, hash) = (app.now(), visit.link, visit.hash.clone());
    let infusion = visit.place.infusion;
    let (unfinished, sent) = app
        .db
        .read(move |conn| {
            let unfinished = visits::unfinished_elsewhere(conn, now, infusion, &hash)?;
            let mut sent = Vec::new();
            for report in visits::sent_by_link(conn, link)? {
                let status = intake::status(conn, report.id)?;
                sent.push((report, status));
            }
            Ok::<_, store::Error>((unfinished, sent))
        })
        .await?;
    let form_token = app.keys.form_token(&visit.hash);
    let frame = Frame::new(&chrome, visit.place.clinic.clone(), false, form_token);
    let at = |time| moment(time, &visit.place.zone, chrome.lang);
    let sent = sent
        .into_iter()
        .map(|(report, status)| {
            let status = status.map(|status| status_line(&status, &visit.place, &frame));
            (report.reference, at(report.received_at), status.unwrap_or_default())
        })
        .collect();
    let unfinished = unfinished.map(|(_, updated_at)| at(updated_at));
    let course = course(chrome.lang).link;
    let knows = visit.knows_birth_year;
    Ok(HomePage { chrome, frame, unfinished, knows, problem, sent, course })
}

pub(super) async fn home(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let Some(visit) = visitor.required() else { return lost(&app, chrome, &[]) };
    page(&home_page(&app, chrome, visit, None).await?)
}

/// Goes on with a draft of an earlier visit: its answers are shown only to who knows the
/// year of birth.
pub(super) async fn resume(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let Some(visit) = sender(&app, visitor, &fields) else { return lost(&app, chrome, &fields) };
    let year = year_of(&fields);
    let (now, work) = (app.now(), visit.clone());
    let found = app.db.write(move |conn| adopt(conn, now, &work, year)).await?;
    let t = crate::i18n::patient_result::result(chrome.lang);
    let problem = match found {
        BirthYear::Right => return Ok(Redirect::to("/p/report/check").into_response()),
        BirthYear::Wrong => t.birth_year_wrong,
        BirthYear::TooMany => t.birth_year_many,
    };
    page_again(&home_page(&app, chrome, visit, Some(problem)).await?)
}

fn adopt(
    conn: &mut Connection,
    now: Timestamp,
    visit: &Visit,
    year: Option<i32>,
) -> store::Result<BirthYear> {
    let found = match year {
        _ if visit.knows_birth_year => BirthYear::Right,
        Some(year) => visits::try_birth_year(conn, now, visit, year)?,
        None => BirthYear::Wrong,
    };
    if found == BirthYear::Right
        && let Some((draft, _)) =
            visits::unfinished_elsewhere(conn, now, visit.place.infusion, &visit.hash)?
    {
        visits::adopt(conn, (visit.link, visit.place.infusion), &visit.hash, draft)?;
    }
    Ok(found)
}

pub(super) async fn done(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
    Path(reference): Path<String>,
) -> Result<Response, PageError> {
    let Some(visit) = visitor.required() else { return lost(&app, chrome, &[]) };
    let (now, lang) = (app.now(), chrome.lang);
    let (hash, place) = (visit.hash.clone(), visit.place.clone());
    let found = app
        .db
        .read(move |conn| {
            let Some(sent) = visits::sent_in_visit(conn, &hash, &reference)? else {
                return Ok(None);
            };
            outcome(conn, now, &place, sent, lang).map(Some)
        })
        .await?;
    let found = found.ok_or(PageError::NotFound)?;
    let form_token = app.keys.form_token(&visit.hash);
    let frame = Frame::new(&chrome, visit.place.clinic.clone(), false, form_token);
    let correct = format!("/p/done/{}/correct", found.sent.reference);
    let mut done = DonePage::new(chrome, frame, &visit.place, &found);
    done.links = vec![
        ("/p/report/first".to_owned(), done.frame.r.add_more),
        ("/p/report/course".to_owned(), course(lang).link),
    ];
    done.correct = Some(correct);
    page(&done)
}

/// Begins a correction: the same answers once more, to be changed and sent as a new version.
pub(super) async fn correct(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
    Path(reference): Path<String>,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let Some(visit) = sender(&app, visitor, &fields) else { return lost(&app, chrome, &fields) };
    let (now, language) = (app.now(), chrome.lang);
    app.db
        .write(move |conn| begin_correction(conn, now, &visit, &reference, language))
        .await
        .map_err(|error| match error {
            IntakeError::NotFound => PageError::NotFound,
            IntakeError::Store(error) => error.into(),
            other => PageError::internal(other),
        })?;
    Ok(Redirect::to("/p/report/check").into_response())
}

fn begin_correction(
    conn: &mut Connection,
    now: Timestamp,
    visit: &Visit,
    reference: &str,
    language: crate::domain::Language,
) -> Result<(), IntakeError> {
    let sent = visits::sent_in_visit(conn, &visit.hash, reference)?;
    let sent = sent.ok_or(IntakeError::NotFound)?;
    let earlier = visits::draft_of_visit(conn, &visit.hash, sent.draft)?;
    let earlier = earlier.ok_or(IntakeError::NotFound)?;
    let mut answers = typed(&earlier)?;
    answers.supersedes = Some(sent.id.to_string());
    answers.advised = false;
    let infusion = visit.place.infusion;
    let source =
        if answers.has("carer", "yes") { ReportSource::Carer } else { ReportSource::Patient };
    let actor = Actor::Patient { patient: visit.place.patient, link: visit.link };
    let new = intake::NewDraft { infusion, source, language };
    let draft = intake::begin(conn, now, &actor, new)?;
    visits::claim(conn, &visit.hash, draft)?;
    let form = answers.to_value().map_err(|error| store::Error::Damaged {
        table: "draft",
        id: earlier.id.to_string(),
        what: error.to_string(),
    })?;
    intake::save_form(conn, now, &actor, draft, &form)?;
    Ok(())
}

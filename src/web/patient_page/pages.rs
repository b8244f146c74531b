//! The pages of the form, for whoever fills it.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::desk::{self, Open, Posted, Sending, Then, Who};
use super::field::{Field, Shape};
use super::fields::fields;
use super::frame::Frame;
use super::heading::heading;
use super::judge::why;
use super::report::Problem;
use super::steps::{Step, before, next_open, progress, way};
use crate::domain::DraftId;
use crate::i18n::moments;
use crate::i18n::patient_words::danger;
use crate::intake::IntakeError;
use crate::store;
use crate::web::page::page;
use crate::web::{App, Chrome, PageError};

/// Address, question and reason of a problem.
type Line = (String, String, String);

#[derive(Template)]
#[template(path = "p/first.html")]
struct FirstPage {
    chrome: Chrome,
    frame: Frame,
    progress: Option<String>,
    failed: bool,
    problems: Vec<Line>,
    heading: &'static str,
    /// What a nurse asks beside the form.
    questions: Vec<String>,
    action: String,
    draft: Option<DraftId>,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "p/step.html")]
struct StepPage {
    chrome: Chrome,
    frame: Frame,
    progress: Option<String>,
    failed: bool,
    problems: Vec<Line>,
    heading: &'static str,
    more: &'static str,
    /// What a nurse asks beside the form, where it is answered.
    questions: Vec<String>,
    action: String,
    draft: Option<DraftId>,
    back: Option<String>,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "p/now.html")]
struct NowPage {
    chrome: Chrome,
    frame: Frame,
    failed: bool,
    base: String,
    text: Vec<String>,
    signs: Vec<&'static str>,
    called: String,
}

#[derive(Template)]
#[template(path = "p/check.html")]
struct CheckPage {
    chrome: Chrome,
    frame: Frame,
    progress: Option<String>,
    failed: bool,
    problems: Vec<Line>,
    base: String,
    draft: Option<DraftId>,
    well: bool,
    parts: Vec<Part>,
}

/// The answers of one page, for the check page.
struct Part {
    heading: &'static str,
    slug: String,
    rows: Vec<(String, String)>,
}

/// Everything that a page of the form is made from.
pub struct Desk {
    /// The program.
    pub app: App,
    /// The frame of every page.
    pub chrome: Chrome,
    /// Who fills the form.
    pub who: Who,
    /// The token of posted forms.
    pub form_token: String,
}

impl Desk {
    fn frame(&self, open: &Open) -> Frame {
        Frame::new(
            &self.chrome,
            open.sitting.place.clinic.clone(),
            open.sitting.by_staff,
            self.form_token.clone(),
        )
    }

    async fn open(&self) -> Result<Open, PageError> {
        let (now, who) = (self.app.now(), self.who.clone());
        let open = self.app.db.read(move |conn| desk::open(conn, now, &who)).await?;
        open.ok_or(PageError::NotFound)
    }

    fn to(&self, slug: &str) -> Response {
        Redirect::to(&format!("{}/{slug}", self.who.base())).into_response()
    }

    /// Shows a step. Changes nothing.
    pub async fn show(self, step: Step) -> Result<Response, PageError> {
        let open = self.open().await?;
        if let Some(reference) = self.sent(&open).await? {
            return Ok(Redirect::to(&self.who.result(&reference)).into_response());
        }
        if step == Step::Check {
            let next = next_open(&open.answers, &open.sitting);
            if next != Step::Check {
                return Ok(self.to(&next.slug()));
            }
            return page(&self.check(&open, &[], false));
        }
        let is_on_the_way = way(&open.answers, &open.sitting).contains(&step);
        if !is_on_the_way && step != Step::Last {
            return Ok(self.to(&next_open(&open.answers, &open.sitting).slug()));
        }
        self.step(&open, step, &[], (StatusCode::OK, false))
    }

    async fn sent(&self, open: &Open) -> Result<Option<String>, PageError> {
        let Some(draft) = open.draft.as_ref().filter(|draft| draft.report.is_some()) else {
            return Ok(None);
        };
        let id = draft.id;
        let sent = self.app.db.read(move |conn| store::visits::receipt(conn, id)).await?;
        Ok(sent.map(|sent| sent.reference))
    }

    fn step(
        &self,
        open: &Open,
        step: Step,
        problems: &[Problem],
        (status, failed): (StatusCode, bool),
    ) -> Result<Response, PageError> {
        let chrome = self.chrome.clone();
        let lang = chrome.lang;
        let frame = self.frame(open);
        let fields = fields(step, &open.answers, &open.sitting, lang, problems);
        let problems = lines(&fields, problems, "", lang);
        let heading = heading(step, &frame);
        let action = format!("{}/{}", open.sitting.base, step.slug());
        let draft = open.draft.as_ref().map(|draft| draft.id);
        // The first page is not numbered: nobody knows yet whether more will follow.
        let progress = (step != Step::First).then(|| numbered(open, step, &frame));
        let is_asked = matches!(step, Step::First | Step::Last);
        let questions = if is_asked { open.sitting.questions.clone() } else { Vec::new() };
        let body = if step == Step::First {
            FirstPage {
                chrome,
                frame,
                progress,
                failed,
                problems,
                heading,
                questions,
                action,
                draft,
                fields,
            }
            .render()?
        } else {
            let more = if step == Step::Measures { frame.t.measures_more } else { "" };
            let back = before(&open.answers, &open.sitting, step);
            let back = back.map(|step| format!("{}/{}", open.sitting.base, step.slug()));
            StepPage {
                chrome,
                frame,
                progress,
                failed,
                problems,
                heading,
                more,
                questions,
                action,
                draft,
                back,
                fields,
            }
            .render()?
        };
        let mut response = (status, Html(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        Ok(response)
    }

    /// Takes a posted step.
    pub async fn answer(self, posted: Posted) -> Result<Response, PageError> {
        let (now, who, work) = (self.app.now(), self.who.clone(), posted.clone());
        let then = self.app.db.write(move |conn| desk::answer(conn, now, &who, &work)).await;
        match then {
            Ok(Then::Go(step)) => Ok(self.to(&step.slug())),
            Ok(Then::Advise) => {
                self.app.mail_due.notify_one();
                Ok(self.to("now"))
            }
            Ok(Then::Again(open, problems)) => {
                let status = (StatusCode::UNPROCESSABLE_ENTITY, false);
                self.step(&open, posted.step, &problems, status)
            }
            Ok(Then::Sent(reference)) => {
                Ok(Redirect::to(&self.who.result(&reference)).into_response())
            }
            Ok(Then::Gone) | Err(IntakeError::NotFound) => Err(PageError::NotFound),
            Err(error) => self.failed(&posted, error).await,
        }
    }

    /// The page as it was typed, when it could not be saved.
    async fn failed(self, posted: &Posted, error: IntakeError) -> Result<Response, PageError> {
        let is_busy = matches!(error, IntakeError::Store(store::Error::Overloaded));
        if !is_busy {
            tracing::error!(error = &error as &dyn std::error::Error, "an answer was not saved");
        }
        let mut open = self.open().await?;
        desk::take(&mut open, posted);
        if posted.step == Step::First && !open.answers.dangers().is_empty() {
            // What to do now matters more than that it could not be saved.
            let page = self.now_page(&open, true);
            return Ok((StatusCode::SERVICE_UNAVAILABLE, Html(page.render()?)).into_response());
        }
        self.step(&open, posted.step, &[], (StatusCode::SERVICE_UNAVAILABLE, true))
    }

    /// What to do now. Changes nothing.
    pub async fn now(self) -> Result<Response, PageError> {
        let open = self.open().await?;
        page(&self.now_page(&open, false))
    }

    fn now_page(&self, open: &Open, failed: bool) -> NowPage {
        use crate::domain::Codelist;
        let chrome = self.chrome.clone();
        let lang = chrome.lang;
        let frame = self.frame(open);
        let place = &open.sitting.place;
        let text = match &open.answers.advice {
            Some((saved, lines)) if saved == lang.code() && !lines.is_empty() => lines.clone(),
            _ => {
                let date = moments::day(place.t0.day(place.zone.jiff()), lang);
                vec![frame.t.emergency(&place.clinic.emergency_number, &date)]
            }
        };
        let signs = open.answers.dangers();
        let signs = signs.into_iter().map(|sign| danger(sign.code(), lang).label).collect();
        let called = open.answers.text("called").to_owned();
        NowPage { chrome, frame, failed, base: open.sitting.base.clone(), text, signs, called }
    }

    /// Takes the answer to "have you called?".
    pub async fn called(self, posted: Posted) -> Result<Response, PageError> {
        let (now, who) = (self.app.now(), self.who.clone());
        match self.app.db.write(move |conn| desk::called(conn, now, &who, &posted)).await? {
            Then::Go(step) => Ok(self.to(&step.slug())),
            _ => Err(PageError::NotFound),
        }
    }

    fn check(&self, open: &Open, problems: &[Problem], failed: bool) -> CheckPage {
        let chrome = self.chrome.clone();
        let lang = chrome.lang;
        let frame = self.frame(open);
        let base = open.sitting.base.clone();
        let mut all = Vec::new();
        let mut parts = Vec::new();
        for step in way(&open.answers, &open.sitting) {
            if step == Step::Check {
                continue;
            }
            let fields = fields(step, &open.answers, &open.sitting, lang, problems);
            let here: Vec<Problem> =
                problems.iter().filter(|problem| problem.step == step).cloned().collect();
            let address = format!("{base}/{}", step.slug());
            all.extend(lines(&fields, &here, &address, lang));
            let heading = heading(step, &frame);
            parts.push(Part { heading, slug: step.slug(), rows: rows(step, &fields, &frame) });
        }
        CheckPage {
            progress: Some(numbered(open, Step::Check, &frame)),
            well: open.answers.is_well(),
            draft: open.draft.as_ref().map(|draft| draft.id),
            chrome,
            frame,
            failed,
            problems: all,
            base,
            parts,
        }
    }

    /// Sends the report; sent again, it leads to the same result.
    pub async fn send(self, posted: Posted) -> Result<Response, PageError> {
        let (now, who, work) = (self.app.now(), self.who.clone(), posted.clone());
        let sending = self.app.db.write(move |conn| desk::send(conn, now, &who, &work)).await;
        match sending {
            Ok(Sending::Received(receipt)) => {
                self.app.mail_due.notify_one();
                Ok(Redirect::to(&self.who.result(&receipt.reference)).into_response())
            }
            Ok(Sending::Incomplete(open, problems)) => {
                let page = self.check(&open, &problems, false);
                Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
            }
            Ok(Sending::Gone) | Err(IntakeError::NotFound) => Err(PageError::NotFound),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a report was not saved");
                let open = self.open().await?;
                let page = self.check(&open, &[], true);
                Ok((StatusCode::SERVICE_UNAVAILABLE, Html(page.render()?)).into_response())
            }
        }
    }
}

/// "2 of 4".
fn numbered(open: &Open, step: Step, frame: &Frame) -> String {
    let (at, of) = progress(&open.answers, &open.sitting, step);
    frame.t.progress(at, of)
}

/// Every problem with a link to its field.
fn lines(
    fields: &[Field],
    problems: &[Problem],
    address: &str,
    lang: crate::domain::Language,
) -> Vec<Line> {
    problems
        .iter()
        .map(|problem| {
            let name = problem.field.trim_end_matches("_day").trim_end_matches("_hour");
            let label = fields.iter().find(|field| field.name == name);
            let label = label.map(|field| field.label.clone()).unwrap_or_default();
            (format!("{address}#{}", problem.field), label, why(&problem.why, lang))
        })
        .collect()
}

/// Question and answer, without the questions that were left open.
fn rows(step: Step, fields: &[Field], frame: &Frame) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let answer = field.answer();
        if answer.is_empty() || field.name == "carer" {
            continue;
        }
        if let Shape::Moment { .. } = field.kind {
            // A day belongs to the choice "another time" before it, and to no other.
            let is_asked =
                at > 0 && fields[at - 1].choices().iter().any(|c| c.chosen && c.value == "other");
            if is_asked && let Some(last) = rows.last_mut() {
                let (_, said): &mut (String, String) = last;
                said.push_str(": ");
                said.push_str(&answer);
            }
            continue;
        }
        // Unit and place mean nothing without a reading.
        let is_measured = fields.first().is_some_and(|first| !first.answer().is_empty());
        if step == Step::Reading
            && !is_measured
            && matches!(field.name.as_str(), "temp.unit" | "temp.site")
        {
            continue;
        }
        let label = if field.label.is_empty() { frame.t.reading_heading } else { &field.label };
        rows.push((label.to_owned(), answer));
    }
    rows
}

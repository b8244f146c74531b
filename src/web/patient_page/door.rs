//! The page behind a link. Opening it changes nothing and shows nothing personal.

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::frame::Frame;
use super::outcome;
use super::visitor::{Token, cookie, prefer};
use crate::domain::{Actor, LinkId, Timestamp};
use crate::follow_up::{self, FollowUpError};
use crate::i18n::patient::patient;
use crate::secrets::{Keys, new_token, token_hash};
use crate::store;
use crate::store::visits::{self, Door, Place};
use crate::web::page::page;
use crate::web::{App, Chrome, PageError};

#[derive(Template)]
#[template(path = "p/door.html")]
struct DoorPage {
    chrome: Chrome,
    frame: Frame,
    base: String,
    stopped: bool,
    /// Whether the other choices are shown at once.
    unfolded: bool,
}

/// Says in one page that there is nothing behind an address, with both phone numbers.
#[derive(Template)]
#[template(path = "p/dead.html")]
pub struct DeadPage {
    /// The frame of every page.
    pub chrome: Chrome,
    /// The frame of patient pages.
    pub frame: Frame,
    /// What happened.
    pub heading: &'static str,
    /// What to do.
    pub lines: Vec<&'static str>,
    /// What was typed and could not be saved.
    pub texts: Vec<String>,
}

#[derive(Template)]
#[template(path = "p/notice.html")]
struct NoticePage {
    chrome: Chrome,
    frame: Frame,
    heading: &'static str,
    more: &'static str,
    button: Option<(String, &'static str)>,
}

/// What a link leads to, read from the request.
pub(super) struct Opened {
    token: String,
    chrome: Chrome,
    door: Door,
}

impl FromRequestParts<App> for Opened {
    type Rejection = PageError;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &App,
    ) -> Result<Self, PageError> {
        let token = match Token::from_request_parts(parts, app).await {
            Ok(Token(token)) => token,
            Err(never) => match never {},
        };
        let now = app.now();
        let hash = token_hash(&token);
        let door = app.db.read(move |conn| visits::door(conn, now, &hash)).await?;
        if let Door::Open(_, place) = &door {
            prefer(parts, place.language);
        }
        let chrome = match Chrome::from_request_parts(parts, app).await {
            Ok(chrome) => chrome,
            Err(never) => match never {},
        };
        Ok(Self { token, chrome, door })
    }
}

/// All dead links answer alike, whatever they died of.
pub fn dead(app: &App, chrome: Chrome, door: Door) -> Result<Response, PageError> {
    let mut frame = Frame::bare(app, &chrome);
    if let Door::Closed(clinic) = door {
        frame.clinic = clinic;
    }
    let t = frame.t;
    let page = DeadPage {
        chrome,
        frame,
        heading: t.dead_heading,
        lines: vec![t.dead_reason, t.dead_more],
        texts: Vec::new(),
    };
    Ok((StatusCode::NOT_FOUND, Html(page.render()?)).into_response())
}

pub(super) async fn show(State(app): State<App>, opened: Opened) -> Result<Response, PageError> {
    draw(&app, opened, false)
}

/// Where "stop these mails" in a mail leads: the same page, the button in sight. Only
/// pressing it stops anything, because mail scanners open every address.
pub(super) async fn show_stop(
    State(app): State<App>,
    opened: Opened,
) -> Result<Response, PageError> {
    draw(&app, opened, true)
}

fn draw(app: &App, opened: Opened, unfolded: bool) -> Result<Response, PageError> {
    let Opened { token, chrome, door } = opened;
    let Door::Open(_, place) = door else { return dead(app, chrome, door) };
    let frame = Frame::new(&chrome, place.clinic.clone(), false, String::new());
    let stopped = place.prompts_stopped_at.is_some();
    page(&DoorPage { chrome, frame, base: format!("/p/{token}"), stopped, unfolded })
}

/// Swaps the link for a cookie and a clean address. The link stays good.
pub(super) async fn enter(
    State(app): State<App>,
    jar: CookieJar,
    opened: Opened,
    _: Request,
) -> Result<Response, PageError> {
    let Opened { chrome, door, .. } = opened;
    let Door::Open(link, place) = door else { return dead(&app, chrome, door) };
    let token = new_token().ok_or(store::Error::Random)?;
    let hash = token_hash(&token);
    let (now, lang) = (app.now(), chrome.lang);
    let is_known = app
        .db
        .write(move |conn| {
            visits::open(conn, now, link, lang, &hash)?;
            let unfinished =
                visits::unfinished_elsewhere(conn, now, place.infusion, &hash)?.is_some();
            Ok::<_, store::Error>(unfinished || !visits::sent_by_link(conn, link)?.is_empty())
        })
        .await?;
    let to = if is_known { "/p/report" } else { "/p/report/first" };
    Ok((jar.add(cookie(token)), Redirect::to(to)).into_response())
}

pub(super) async fn stop(State(app): State<App>, opened: Opened) -> Result<Response, PageError> {
    change(app, opened, Wish::Stop).await
}

pub(super) async fn resume(State(app): State<App>, opened: Opened) -> Result<Response, PageError> {
    change(app, opened, Wish::Resume).await
}

pub(super) async fn not_me(State(app): State<App>, opened: Opened) -> Result<Response, PageError> {
    change(app, opened, Wish::NotMe).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Stop,
    Resume,
    NotMe,
}

async fn change(app: App, opened: Opened, wish: Wish) -> Result<Response, PageError> {
    let Opened { token, chrome, door } = opened;
    let Door::Open(link, place) = door else { return dead(&app, chrome, door) };
    let frame = Frame::new(&chrome, place.clinic.clone(), false, String::new());
    let (keys, now) = (app.keys.clone(), app.now());
    let done = app.db.write(move |conn| carry_out(conn, (&keys, now), link, &place, wish)).await;
    done.map_err(|error| match error {
        FollowUpError::Store(error) => PageError::from(error),
        other => PageError::internal(other),
    })?;
    app.mail_due.notify_one();
    let t = patient(chrome.lang);
    let (heading, more) = match wish {
        Wish::Stop => (t.stopped_heading, t.stopped_more),
        Wish::Resume => (t.resumed_heading, t.resumed_more),
        Wish::NotMe => (t.not_me_heading, t.not_me_done),
    };
    let button = (wish == Wish::Stop).then(|| (format!("/p/{token}/resume"), t.resume_button));
    page(&NoticePage { chrome, frame, heading, more, button })
}

fn carry_out(
    conn: &mut store::Connection,
    (keys, now): (&Keys, Timestamp),
    link: LinkId,
    place: &Place,
    wish: Wish,
) -> Result<(), FollowUpError> {
    let actor = Actor::Patient { patient: place.patient, link };
    match wish {
        // Pressing a button twice changes nothing the second time.
        Wish::Stop if place.prompts_stopped_at.is_some() => Ok(()),
        Wish::Stop => {
            visits::set_prompts(conn, now, &actor, place, (false, "by the patient"))?;
            Ok(outcome::prompts_stopped(conn, now, &actor, place)?)
        }
        Wish::Resume if place.prompts_stopped_at.is_none() => Ok(()),
        Wish::Resume => {
            visits::set_prompts(conn, now, &actor, place, (true, "by the patient"))?;
            // An infusion that was recorded meanwhile has nothing owed yet.
            follow_up::resumed(conn, keys, now, &actor, place.patient)
        }
        Wish::NotMe => {
            if place.prompts_stopped_at.is_none() {
                visits::set_prompts(conn, now, &actor, place, (false, "this is not me"))?;
            }
            Ok(outcome::not_this_person(conn, now, &actor, place)?)
        }
    }
}

//! The texts of mails: what is in force where, one text with its versions, a form for the next
//! one, a preview on a chosen patient.

mod preview;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::preview::Preview;
use super::form::Form;
use super::local_time::Shown;
use super::page::page;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::letter::{LetterKind, Priority};
use crate::domain::letter_text::{Blank, LetterText, kinds};
use crate::domain::{Codelist, Language, PatientId, Permission, SiteId, Zone};
use crate::i18n::labels::Label;
use crate::i18n::letter_texts::{LetterTextsText, letter_texts as text};
use crate::i18n::letters::{built_in, button};
use crate::letters::texts::{Editor, NotKept, change, wider};
use crate::mail::example::example;
use crate::mail::letter::{Block, Run};
use crate::store::letter_texts::{self, Own, Place, Version};
use crate::store::outbox::Clinic;
use crate::store::sites::{self, Site};
use crate::store::{Connection, Error};

/// Stands in the address for all clinics.
const ALL: &str = "all";

pub(super) fn routes() -> Vec<Route> {
    let access = Access::Staff(Permission::EditLetters);
    vec![
        Route::get("/admin/letters", access, begin),
        Route::get("/admin/letters/{id}", access, list),
        Route::get("/admin/letters/{id}/{kind}/{language}", access, show),
        Route::post("/admin/letters/{id}/{kind}/{language}", access, post),
    ]
}

fn editor(signed: &Signed) -> Editor {
    Editor {
        actor: signed.actor(),
        scope: signed.scope.clone(),
        of_all: signed.person.is_administrator,
    }
}

/// The part of an address for a clinic or all of them.
pub(super) fn part(site: Option<SiteId>) -> String {
    site.map_or_else(|| ALL.to_owned(), |site| site.to_string())
}

/// The clinic that an address names, or all of them, if the person may change its texts.
fn site_of(signed: &Signed, text: &str) -> Result<Option<SiteId>, PageError> {
    if text == ALL {
        return signed.person.is_administrator.then_some(None).ok_or(PageError::NotFound);
    }
    let site = text.parse().map_err(|_| PageError::NotFound)?;
    signed.scope.allows(site).then_some(Some(site)).ok_or(PageError::NotFound)
}

fn place_of(signed: &Signed, path: &(String, String, String)) -> Result<Place, PageError> {
    let place = Place {
        site: site_of(signed, &path.0)?,
        kind: LetterKind::from_code(&path.1).ok_or(PageError::NotFound)?,
        language: Language::from_code(&path.2).ok_or(PageError::NotFound)?,
    };
    editor(signed).may(place).then_some(place).ok_or(PageError::NotFound)
}

fn url(place: Place) -> String {
    let site = part(place.site);
    format!("/admin/letters/{site}/{}/{}", place.kind.code(), place.language.code())
}

/// What a letter says of a clinic.
fn clinic(site: &Site) -> Clinic {
    Clinic {
        mail_name: site.mail_name.clone(),
        phone: site.phone.to_string(),
        emergency_number: site.emergency_number.clone(),
    }
}

/// The texts of one language of a kind: address, name of the language, what is in force.
type Cell = (String, &'static str, String);

#[derive(Template)]
#[template(path = "admin/letters.html")]
struct ListPage {
    chrome: Chrome,
    t: &'static LetterTextsText,
    places: Vec<(String, String, bool)>,
    rows: Vec<(&'static str, Vec<Cell>)>,
}

async fn begin(signed: Signed) -> Result<Response, PageError> {
    let first = signed.scope.sites().first().copied();
    let site = if signed.person.is_administrator { None } else { first };
    Ok(Redirect::to(&format!("/admin/letters/{}", part(site))).into_response())
}

fn standing(t: &LetterTextsText, own: Option<&Own>, site: Option<SiteId>) -> String {
    match (own, site) {
        (Some(own), _) => t.own(own.version),
        (None, None) => t.built_in.to_owned(),
        (None, Some(_)) => t.as_all.to_owned(),
    }
}

async fn list(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let site = site_of(&signed, &id)?;
    let (t, lang, scope) = (text(chrome.lang), chrome.lang, signed.scope.clone());
    let (sites, found) = app
        .db
        .read(move |conn| {
            let mut found = Vec::new();
            for kind in kinds(site.is_some()) {
                for language in Language::ALL {
                    let place = Place { kind: *kind, language: *language, site };
                    found.push((place, letter_texts::own_text(conn, place)?));
                }
            }
            Ok::<_, Error>((sites::list(conn, &scope)?, found))
        })
        .await?;
    let all = signed.person.is_administrator.then(|| (None, t.all_clinics.to_owned()));
    let each = sites.into_iter().map(|site| (Some(site.id), site.name));
    let places = all
        .into_iter()
        .chain(each)
        .map(|(one, name)| (format!("/admin/letters/{}", part(one)), name, one == site));
    let rows = kinds(site.is_some()).iter().map(|kind| {
        let cells = found.iter().filter(|(place, _)| place.kind == *kind).map(|(place, own)| {
            (url(*place), place.language.label(lang), standing(t, own.as_ref(), site))
        });
        (kind.label(lang), cells.collect())
    });
    page(&ListPage { t, places: places.collect(), rows: rows.collect(), chrome })
}

/// A blank: how it is written, what it becomes, an example, whether it must be there.
type BlankLine = (String, &'static str, String, bool);

struct VersionLine {
    version: i32,
    made: Shown,
    who: String,
    subject: Option<String>,
    sent: i64,
}

#[derive(Template)]
#[template(path = "admin/letter.html")]
struct LetterPage {
    chrome: Chrome,
    t: &'static LetterTextsText,
    url: String,
    list_url: String,
    kind: &'static str,
    language: &'static str,
    tag: &'static str,
    place: String,
    in_force: String,
    waiting: Option<String>,
    saved: bool,
    older: Option<String>,
    problems: Vec<String>,
    number: i32,
    subject: String,
    body: String,
    body_hint: String,
    blanks: Vec<BlankLine>,
    to_patients: bool,
    patient: String,
    matches: Vec<(PatientId, String)>,
    preview: Option<Preview>,
    back: Option<&'static str>,
    versions: Vec<VersionLine>,
}

/// What the page knows without what was typed.
struct Known {
    place: Place,
    own: Option<Own>,
    wider: LetterText,
    number: i32,
    versions: Vec<Version>,
    waiting: i64,
    site: Option<Site>,
}

fn known(
    conn: &mut Connection,
    place: Place,
    scope: &crate::domain::Scope,
) -> Result<Known, Error> {
    let mut sites = sites::list(conn, scope)?;
    let at = sites.iter().position(|site| Some(site.id) == place.site).unwrap_or(0);
    Ok(Known {
        place,
        own: letter_texts::own_text(conn, place)?,
        wider: wider(conn, place)?,
        number: letter_texts::newest_number(conn, place)?,
        versions: letter_texts::versions(conn, place)?,
        waiting: letter_texts::waiting(conn, place)?,
        site: (at < sites.len()).then(|| sites.swap_remove(at)),
    })
}

/// What was typed, and what came of it.
#[derive(Default)]
struct Typed {
    subject: String,
    body: String,
    number: i32,
    patient: String,
    saved: bool,
    older: Option<i32>,
    problems: Vec<String>,
    matches: Vec<(PatientId, String)>,
    preview: Option<Preview>,
}

impl Typed {
    fn of(known: &Known, text: LetterText) -> Self {
        let LetterText { subject, body } = text;
        Self { subject, body, number: known.number, ..Self::default() }
    }
}

fn draw(app: &App, chrome: Chrome, known: Known, typed: Typed) -> Result<Response, PageError> {
    let (lang, t, place) = (chrome.lang, text(chrome.lang), known.place);
    let zone = known.site.as_ref().map_or_else(Zone::utc, |site| site.time_zone.clone());
    let shown = example(
        &app.settings.letters(),
        (place.kind, place.language),
        known.site.as_ref().map(clinic).filter(|_| kinds(true).contains(&place.kind)).as_ref(),
        built_in(place.kind, place.language),
        app.now(),
    );
    let blanks = Blank::of(place.kind).iter().map(|blank| {
        let written = blank.written();
        let example = shown.fill(&written);
        (written, blank.label(lang), example, blank.is_needed())
    });
    let versions = known.versions.into_iter().map(|one| VersionLine {
        version: one.version,
        made: Shown::new(one.made_at, &zone),
        who: one.made_by,
        subject: one.text.map(|text| text.subject),
        sent: one.sent,
    });
    let back = if place.site.is_some() { t.back_to_all } else { t.back_to_built_in };
    let status =
        if typed.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = LetterPage {
        t,
        url: url(place),
        list_url: format!("/admin/letters/{}", part(place.site)),
        kind: place.kind.label(lang),
        language: place.language.label(lang),
        tag: place.language.code(),
        place: match (place.site, known.site) {
            (Some(_), Some(site)) => site.name,
            _ => t.all_clinics.to_owned(),
        },
        in_force: t.in_force(&standing(t, known.own.as_ref(), place.site)),
        waiting: (known.waiting > 0).then(|| t.waiting(known.waiting)),
        saved: typed.saved,
        older: typed.older.map(|version| t.older(version)),
        problems: typed.problems,
        number: typed.number,
        subject: typed.subject,
        body: typed.body,
        body_hint: t.body_hint(button(place.kind, place.language)),
        blanks: blanks.collect(),
        to_patients: place.kind.priority() == Priority::Patient,
        patient: typed.patient,
        matches: typed.matches,
        preview: typed.preview,
        back: known.own.is_some().then_some(back),
        versions: versions.collect(),
        chrome,
    };
    Ok((status, Html(page.render()?)).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    version: String,
    saved: String,
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(path): Path<(String, String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let place = place_of(&signed, &path)?;
    let scope = signed.scope.clone();
    let known = app.db.read(move |conn| known(conn, place, &scope)).await?;
    let number: Option<i32> = wanted.version.parse().ok();
    let older = known.versions.iter().find(|one| Some(one.version) == number).cloned();
    if !wanted.version.is_empty() && older.is_none() {
        return Err(PageError::NotFound);
    }
    let in_force = known.own.as_ref().map_or(&known.wider, |own| &own.text);
    let shown = older.as_ref().map_or(in_force, |one| one.text.as_ref().unwrap_or(&known.wider));
    let mut typed = Typed::of(&known, shown.clone());
    typed.saved = wanted.saved == "yes";
    typed.older = older.map(|one| one.version);
    draw(&app, chrome, known, typed)
}

/// Our own host and port, which links in a text may lead to.
fn own_host(app: &App) -> String {
    let base = &app.settings.base_url;
    base.split_once("://").map_or(base.as_str(), |(_, rest)| rest).trim_end_matches('/').to_owned()
}

async fn post(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path(path): Path<(String, String, String)>,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, PageError> {
    let place = place_of(&signed, &path)?;
    let (t, scope) = (text(chrome.lang), signed.scope.clone());
    let get = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut typed = Typed {
        subject: get("subject"),
        body: get("body"),
        patient: get("patient"),
        number: super::entry_page::version(&get("version")),
        ..Typed::default()
    };
    let new = LetterText::typed(&typed.subject, &typed.body);
    let go = get("go");
    if go != "save" && go != "back" {
        let problems = new.problems(place.kind, Some(&own_host(&app)));
        typed.problems = problems.iter().map(|problem| t.problem(problem)).collect();
        let known = app.db.read(move |conn| known(conn, place, &scope)).await?;
        preview::add(&app, &signed, &chrome, (&known, &new), &mut typed, &get("pick")).await?;
        return draw(&app, chrome, known, typed);
    }
    let (now, editor, host, read) = (app.now(), editor(&signed), own_host(&app), typed.number);
    let kept = (go == "save").then(|| new.clone());
    let outcome = app
        .db
        .write(move |conn| change(conn, now, &editor, (place, read), kept.as_ref(), &host))
        .await;
    let known = app.db.read(move |conn| known(conn, place, &scope)).await?;
    match outcome {
        Ok(_) => return Ok(Redirect::to(&format!("{}?saved=yes", url(place))).into_response()),
        Err(NotKept::NotFound) => return Err(PageError::NotFound),
        Err(NotKept::Store(error)) => return Err(error.into()),
        Err(NotKept::Changed) => {
            // Saving again is replacing the newest one, knowingly.
            typed.number = known.number;
            typed.problems.push(t.changed.to_owned());
        }
        Err(NotKept::Same) => typed.problems.push(t.same.to_owned()),
        Err(NotKept::Problems(found)) => {
            typed.problems.extend(found.iter().map(|problem| t.problem(problem)));
        }
    }
    draw(&app, chrome, known, typed)
}

//! The curve of one's own symptoms, for whoever knows the year of birth.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use rust_decimal::Decimal;

use super::curve::Curve;
use super::frame::Frame;
use super::visit::{Pairs, lost, sender, year_of};
use super::visitor::Visitor;
use crate::domain::grading::SymptomCode;
use crate::domain::{Codelist, Day, Language};
use crate::i18n::moments;
use crate::i18n::patient_course::{CourseText, course as text};
use crate::i18n::patient_symptoms::symptom;
use crate::store::visits::{self, BirthYear, Place, Told, Visit};
use crate::web::form::Form;
use crate::web::page::{page, page_again};
use crate::web::{App, Chrome, PageError};

/// One day on which something was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DayTold {
    /// Days since that of the infusion, on the patient's calendar.
    pub number: i64,
    /// Which day.
    pub date: Day,
    /// The highest adjusted temperature in °C.
    pub temperature: Option<Decimal>,
    /// The worst derived grade, 0 when nothing was felt.
    pub worst: i32,
    /// What was felt.
    pub codes: BTreeSet<String>,
}

/// What was told, day by day. Reports of one day count together.
pub(super) fn by_day(told: &[Told], place: &Place) -> Vec<DayTold> {
    let zone = place.zone.jiff();
    let infused = place.t0.day(zone);
    let mut days: BTreeMap<i64, DayTold> = BTreeMap::new();
    for one in told {
        let date = one.at.day(zone);
        let number = date.days_since(infused);
        let day = days.entry(number).or_insert(DayTold {
            number,
            date,
            temperature: None,
            worst: 0,
            codes: BTreeSet::new(),
        });
        let read = one.temperature.as_deref().and_then(|text| text.parse().ok());
        day.temperature = day.temperature.max(read);
        for (code, grade) in &one.symptoms {
            day.worst = day.worst.max(*grade);
            if *grade > 0 {
                day.codes.insert(code.clone());
            }
        }
    }
    days.into_values().collect()
}

/// One line of the table.
struct Line {
    number: i64,
    date: String,
    temperature: String,
    worst: &'static str,
    symptoms: String,
}

fn line(day: &DayTold, t: &CourseText, lang: Language) -> Line {
    let names: Vec<&str> = day
        .codes
        .iter()
        .filter_map(|code| SymptomCode::from_code(code))
        .map(|code| symptom(code, lang).label)
        .collect();
    let between = if lang == Language::En { "; " } else { "；" };
    let symptoms = names.join(between);
    Line {
        number: day.number,
        date: moments::day(day.date, lang),
        temperature: day.temperature.map_or(t.not_measured.to_owned(), |c| format!("{c} °C")),
        worst: t.word(day.worst),
        symptoms: if symptoms.is_empty() { t.none.to_owned() } else { symptoms },
    }
}

#[derive(Template)]
#[template(path = "p/course.html")]
struct CoursePage {
    chrome: Chrome,
    frame: Frame,
    c: &'static CourseText,
    /// Whether the year of birth was given.
    knows: bool,
    problem: Option<&'static str>,
    curve: Option<Curve>,
    lines: Vec<Line>,
}

async fn course_page(
    app: &App,
    chrome: Chrome,
    visit: Visit,
    problem: Option<&'static str>,
) -> Result<CoursePage, PageError> {
    let (lang, knows) = (chrome.lang, visit.knows_birth_year);
    let c = text(lang);
    let frame =
        Frame::new(&chrome, visit.place.clinic.clone(), false, app.keys.form_token(&visit.hash));
    let mut days = Vec::new();
    if knows {
        let infusion = visit.place.infusion;
        let told = app.db.read(move |conn| visits::told_since(conn, infusion)).await?;
        days = by_day(&told, &visit.place);
    }
    let lines = days.iter().map(|day| line(day, c, lang)).collect();
    let curve = Curve::of(&days, c);
    Ok(CoursePage { chrome, frame, c, knows, problem, curve, lines })
}

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
) -> Result<Response, PageError> {
    let Some(visit) = visitor.required() else { return lost(&app, chrome, &[]) };
    page(&course_page(&app, chrome, visit, None).await?)
}

/// Takes the year of birth.
pub(super) async fn open(
    State(app): State<App>,
    visitor: Visitor,
    chrome: Chrome,
    Form(fields): Pairs,
) -> Result<Response, PageError> {
    let Some(visit) = sender(&app, visitor, &fields) else { return lost(&app, chrome, &fields) };
    let (now, year, work) = (app.now(), year_of(&fields), visit.clone());
    let found = app
        .db
        .write(move |conn| match year {
            _ if work.knows_birth_year => Ok(BirthYear::Right),
            Some(year) => visits::try_birth_year(conn, now, &work, year),
            None => Ok(BirthYear::Wrong),
        })
        .await?;
    let t = crate::i18n::patient_result::result(chrome.lang);
    let problem = match found {
        BirthYear::Right => return Ok(Redirect::to("/p/report/course").into_response()),
        BirthYear::Wrong => t.birth_year_wrong,
        BirthYear::TooMany => t.birth_year_many,
    };
    page_again(&course_page(&app, chrome, visit, Some(problem)).await?)
}

//! Grading a diagnosis that only staff grade, with its calculator.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{id, read};
use crate::domain::grading::{
    Anaphylaxis, Awakening, Crs, IceScore, Motor, Oxygen, Pressure, Seizure, StaffTerm,
    Vasopressors,
};
use crate::domain::{Codelist, Language, Permission, Timestamp};
use crate::i18n::labels::Label;
use crate::i18n::task::{TaskText, task};
use crate::i18n::terms::criterion;
use crate::i18n::triage::refusal;
use crate::store::task_page::TaskPage;
use crate::triage::{self, Findings, Step, TermGrade, TriageError};
use crate::web::form::Form;
use crate::web::queue::{Choice, infusion_sentence};
use crate::web::{Access, App, Chrome, PageError, Route, Signed};

pub(super) fn routes() -> Vec<Route> {
    let access = Access::Staff(Permission::ConfirmGrades);
    vec![
        Route::get("/tasks/{id}/terms/{term}", access, show),
        Route::post("/tasks/{id}/terms/{term}", access, save),
    ]
}

/// The fields of all calculators, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct TermForm {
    version: String,
    grade: String,
    note: String,
    fever_ever: String,
    hypotension: String,
    vasopressors: String,
    oxygen: String,
    death: String,
    ice: String,
    awakening: String,
    seizure: String,
    motor: String,
    pressure: String,
    skin: String,
    breathing: String,
    circulation: String,
    gut: String,
    after_trigger: String,
}

fn ticked(field: &str) -> bool {
    field == "1"
}

/// The chosen value; the first one, which is "none", when nothing was chosen.
fn chosen<T: Codelist>(field: &str, otherwise: T) -> T {
    T::from_code(field).unwrap_or(otherwise)
}

impl TermForm {
    fn findings(&self, term: StaffTerm) -> Findings {
        match term {
            StaffTerm::Anaphylaxis => Findings::Anaphylaxis(Anaphylaxis {
                skin: ticked(&self.skin),
                breathing: ticked(&self.breathing),
                circulation: ticked(&self.circulation),
                gut: ticked(&self.gut),
                after_trigger: ticked(&self.after_trigger),
            }),
            StaffTerm::Crs => Findings::Crs(Crs {
                fever_ever: ticked(&self.fever_ever),
                hypotension: ticked(&self.hypotension),
                vasopressors: chosen(&self.vasopressors, Vasopressors::None),
                oxygen: chosen(&self.oxygen, Oxygen::None),
                death: ticked(&self.death),
            }),
            StaffTerm::Icans => Findings::Icans {
                ice: self.ice.trim().parse().ok().and_then(|score| IceScore::new(score).ok()),
                awakening: chosen(&self.awakening, Awakening::Spontaneous),
                seizure: chosen(&self.seizure, Seizure::None),
                motor: chosen(&self.motor, Motor::None),
                pressure: chosen(&self.pressure, Pressure::None),
                death: ticked(&self.death),
            },
            _ => Findings::None,
        }
    }
}

/// A question with choices.
struct Question {
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
}

/// A finding to tick.
struct Tick {
    name: &'static str,
    label: &'static str,
    is_ticked: bool,
}

#[derive(Template)]
#[template(path = "task/term.html")]
struct TermPage {
    chrome: Chrome,
    t: &'static TaskText,
    id: String,
    heading: String,
    patient: String,
    infusion: String,
    term: &'static str,
    term_code: &'static str,
    version: i32,
    problems: Vec<String>,
    is_changed: bool,
    ticks: Vec<Tick>,
    questions: Vec<Question>,
    ice: Option<String>,
    hint: Option<&'static str>,
    grades: Vec<Choice>,
    note: String,
}

fn questions(
    t: &'static TaskText,
    lang: Language,
    term: StaffTerm,
    form: &TermForm,
) -> Vec<Question> {
    fn question<T: Codelist + Label>(
        lang: Language,
        name: &'static str,
        label: &'static str,
        typed: &str,
    ) -> Question {
        let choices = T::ALL.iter().map(|value| {
            Choice::new(
                value.code().to_owned(),
                value.label(lang).to_owned(),
                value.code() == typed,
            )
        });
        Question { name, label, choices: choices.collect() }
    }
    match term {
        StaffTerm::Crs => vec![
            question::<Vasopressors>(lang, "vasopressors", t.vasopressors, &form.vasopressors),
            question::<Oxygen>(lang, "oxygen", t.oxygen, &form.oxygen),
        ],
        StaffTerm::Icans => vec![
            question::<Awakening>(lang, "awakening", t.awakening, &form.awakening),
            question::<Seizure>(lang, "seizure", t.seizure, &form.seizure),
            question::<Motor>(lang, "motor", t.motor, &form.motor),
            question::<Pressure>(lang, "pressure", t.pressure, &form.pressure),
        ],
        _ => Vec::new(),
    }
}

fn ticks(t: &'static TaskText, term: StaffTerm, form: &TermForm) -> Vec<Tick> {
    let tick = |name, label, typed: &str| Tick { name, label, is_ticked: ticked(typed) };
    match term {
        StaffTerm::Anaphylaxis => vec![
            tick("skin", t.skin, &form.skin),
            tick("breathing", t.breathing, &form.breathing),
            tick("circulation", t.circulation, &form.circulation),
            tick("gut", t.gut, &form.gut),
            tick("after_trigger", t.after_trigger, &form.after_trigger),
        ],
        StaffTerm::Crs => vec![
            tick("fever_ever", t.fever_ever, &form.fever_ever),
            tick("hypotension", t.hypotension, &form.hypotension),
            tick("death", t.death, &form.death),
        ],
        StaffTerm::Icans => vec![tick("death", t.death, &form.death)],
        _ => Vec::new(),
    }
}

/// The grades that CTCAE has for the term, and "ruled out".
fn grades(t: &'static TaskText, lang: Language, term: StaffTerm, typed: &str) -> Vec<Choice> {
    if term == StaffTerm::Icans {
        return Vec::new();
    }
    let none = Choice::new("0".to_owned(), t.ruled_out.to_owned(), typed == "0");
    let rest = (term.lowest_grade().number()..=5).map(|grade| {
        let text = grade.to_string();
        let is_chosen = typed == text;
        let mut name = t.graded(i32::from(grade));
        if let Some(meaning) = criterion(term, grade, lang) {
            name.push_str(" – ");
            name.push_str(meaning);
        }
        Choice::new(text, name, is_chosen)
    });
    std::iter::once(none).chain(rest).collect()
}

impl TermPage {
    fn new(
        chrome: Chrome,
        now: Timestamp,
        page: &TaskPage,
        term: StaffTerm,
        form: TermForm,
    ) -> Self {
        let (lang, t) = (chrome.lang, task(chrome.lang));
        Self {
            t,
            id: page.entry.task.id.to_string(),
            heading: t.number(page.entry.task.number),
            patient: page.entry.patient_code.clone(),
            infusion: infusion_sentence(lang, now, &page.entry),
            term: term.label(lang),
            term_code: term.code(),
            version: page.entry.task.version,
            problems: Vec::new(),
            is_changed: false,
            ticks: ticks(t, term, &form),
            questions: questions(t, lang, term, &form),
            hint: match term {
                StaffTerm::Anaphylaxis => Some(t.wao),
                StaffTerm::Crs | StaffTerm::Icans => Some(t.astct),
                _ => None,
            },
            grades: grades(t, lang, term, &form.grade),
            ice: (term == StaffTerm::Icans).then_some(form.ice),
            note: form.note,
            chrome,
        }
    }
}

fn term(code: &str) -> Result<StaffTerm, PageError> {
    StaffTerm::from_code(code).ok_or(PageError::NotFound)
}

async fn show(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path((task, code)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let (task, term) = (id(&task)?, term(&code)?);
    let known = read(&app, &signed, task).await?;
    if !signed.scope.allows(known.page.entry.task.site_id) {
        return Err(PageError::NotFound);
    }
    let form = TermForm::default();
    crate::web::page::page(&TermPage::new(chrome, app.now(), &known.page, term, form))
}

async fn save(
    State(app): State<App>,
    signed: Signed,
    chrome: Chrome,
    Path((task, code)): Path<(String, String)>,
    Form(form): Form<TermForm>,
) -> Result<Response, PageError> {
    let (task, term, now) = (id(&task)?, term(&code)?, app.now());
    let step = Step {
        actor: signed.actor(),
        scope: signed.scope.clone(),
        task,
        version: form.version.parse().unwrap_or(0),
    };
    let given = TermGrade {
        term,
        findings: form.findings(term),
        grade: form.grade.parse().ok(),
        reason: form.note.clone(),
    };
    let outcome = app.db.write(move |conn| triage::grade_term(conn, now, &step, &given)).await;
    let (status, refusals) = match outcome {
        Ok(()) => return Ok(Redirect::to(&format!("/tasks/{task}")).into_response()),
        Err(TriageError::NotFound) => return Err(PageError::NotFound),
        Err(TriageError::Store(error)) => return Err(error.into()),
        Err(TriageError::Changed) => (StatusCode::CONFLICT, Vec::new()),
        Err(TriageError::Refused(refusals)) => (StatusCode::UNPROCESSABLE_ENTITY, refusals),
    };
    let known = read(&app, &signed, task).await?;
    let lang = chrome.lang;
    let page = TermPage {
        problems: refusals.into_iter().map(|found| refusal(found, lang)).collect(),
        is_changed: status == StatusCode::CONFLICT,
        ..TermPage::new(chrome, now, &known.page, term, form)
    };
    Ok((status, Html(page.render()?)).into_response())
}

//! Who fills the form, and how each step is read, judged, saved and answered.
//!
//! Patients and staff go through the same steps; only who may, and what the pages are
//! framed with, differ.

use serde_json::{Value, json};

use super::answers::Answers;
use super::report::{self, Made, Problem};
use super::sitting::{Sitting, groups};
use super::steps::{Step, next_open};
use crate::domain::registry::ReportSource;
use crate::domain::{
    Actor, Codelist, DraftId, InfusionId, Language, Level, Scope, StaffId, Timestamp,
};
use crate::intake::{self, IntakeError, Receipt, Submission};
use crate::store::questions;
use crate::store::visits::{self, Draft, Visit};
use crate::store::{Connection, Error, Result};

/// Who fills the form.
#[derive(Debug, Clone)]
pub enum Who {
    /// A visitor behind a link.
    Visitor(Box<Visit>),
    /// A member of the staff, for an infusion of their clinics.
    Staff {
        /// Where they may enter reports.
        scope: Scope,
        /// Who.
        id: StaffId,
        /// Their name, for the audit trail.
        name: String,
        /// About which infusion.
        infusion: InfusionId,
        /// Which draft.
        draft: DraftId,
    },
}

impl Who {
    /// The person, for the audit trail.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Visitor(visit) => {
                Actor::Patient { patient: visit.place.patient, link: visit.link }
            }
            Self::Staff { id, name, .. } => Actor::Staff { id: *id, name: name.clone() },
        }
    }

    fn is_staff(&self) -> bool {
        matches!(self, Self::Staff { .. })
    }

    /// The address in front of every step.
    #[must_use]
    pub fn base(&self) -> String {
        match self {
            Self::Visitor(_) => "/p/report".to_owned(),
            Self::Staff { infusion, draft, .. } => format!("/infusions/{infusion}/report/{draft}"),
        }
    }

    /// Where the result of a sent report stands.
    #[must_use]
    pub fn result(&self, reference: &str) -> String {
        match self {
            Self::Visitor(_) => format!("/p/done/{reference}"),
            Self::Staff { .. } => format!("{}/done", self.base()),
        }
    }

    fn draft(&self, conn: &mut Connection, named: Option<DraftId>) -> Result<Option<Draft>> {
        match self {
            Self::Visitor(visit) => visits::draft_of_visit(conn, &visit.hash, named),
            Self::Staff { scope, id, draft, .. } => {
                visits::draft_of_staff(conn, scope, *id, *draft)
            }
        }
    }
}

/// A form as it stands.
#[derive(Debug, Clone)]
pub struct Open {
    /// What it depends on.
    pub sitting: Sitting,
    /// The draft, once something was answered.
    pub draft: Option<Draft>,
    /// The answers so far.
    pub answers: Answers,
}

/// Reads a form as it stands; `None` when the infusion or the draft is not theirs.
pub fn open(conn: &mut Connection, now: Timestamp, who: &Who) -> Result<Option<Open>> {
    open_named(conn, now, who, None)
}

fn open_named(
    conn: &mut Connection,
    now: Timestamp,
    who: &Who,
    named: Option<DraftId>,
) -> Result<Option<Open>> {
    let place = match who {
        Who::Visitor(visit) => Some(visit.place.clone()),
        Who::Staff { scope, infusion, .. } => visits::place(conn, scope, *infusion)?,
    };
    let Some(place) = place else { return Ok(None) };
    let draft = who.draft(conn, named)?;
    let is_theirs = draft.as_ref().is_none_or(|draft| draft.infusion == place.infusion);
    if !is_theirs || (who.is_staff() && draft.is_none()) {
        return Ok(None);
    }
    let answers = match &draft {
        Some(draft) => typed(draft)?,
        None => Answers::default(),
    };
    let groups = groups(conn, now, place.infusion)?;
    let questions = questions::waiting(conn, place.infusion)?;
    let (base, by_staff) = (who.base(), who.is_staff());
    let sitting = Sitting { place, groups, questions, base, by_staff, now };
    Ok(Some(Open { sitting, draft, answers }))
}

/// The answers of a draft as they were typed.
pub fn typed(draft: &Draft) -> Result<Answers> {
    let damaged = |error: serde_json::Error| Error::Damaged {
        table: "draft",
        id: draft.id.to_string(),
        what: error.to_string(),
    };
    let mut saved: Value = serde_json::from_str(&draft.answers).map_err(damaged)?;
    match saved.get_mut("form").map(Value::take) {
        Some(form) if form.is_object() => serde_json::from_value(form).map_err(damaged),
        _ => Ok(Answers::default()),
    }
}

/// What was posted to a step.
#[derive(Debug, Clone)]
pub struct Posted {
    /// Which step.
    pub step: Step,
    /// The fields.
    pub fields: Vec<(String, String)>,
    /// The language of the page.
    pub language: Language,
}

impl Posted {
    /// The draft that the page was about; a page from before the first answer names none.
    #[must_use]
    pub fn draft(&self) -> Option<DraftId> {
        self.value("draft")?.parse().ok()
    }

    /// The first value of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What comes after a posted step.
#[derive(Debug, Clone)]
pub enum Then {
    /// The next page.
    Go(Step),
    /// Advice first: what was told may be an emergency.
    Advise,
    /// The same page again with its problems; what was typed is saved.
    Again(Box<Open>, Vec<Problem>),
    /// This report was sent already.
    Sent(String),
    /// The form is not theirs or not there any more.
    Gone,
}

/// Takes what was posted into the answers, without saving.
pub fn take(open: &mut Open, posted: &Posted) {
    let fields =
        super::fields::fields(posted.step, &open.answers, &open.sitting, posted.language, &[]);
    let names: Vec<String> = fields.iter().flat_map(super::field::Field::names).collect();
    open.answers.take(names.iter().map(String::as_str), &posted.fields, open.sitting.now);
    if posted.step == Step::First {
        state_dangers(&mut open.answers);
    }
    if posted.step == Step::Choose {
        keep_dangers_ticked(&mut open.answers);
    }
}

/// What a ticked danger sign says is answered: it is not asked again empty.
fn state_dangers(answers: &mut Answers) {
    for sign in answers.dangers() {
        let Some(code) = sign.symptom() else { continue };
        if answers.answered_at(Step::Detail(code)).is_some() {
            continue;
        }
        for (key, value) in sign.stated() {
            let field = format!("{}.{key}", code.code());
            if *key == "ticks" {
                answers.tick(&field, value);
            } else {
                answers.set(&field, Some(value));
            }
        }
    }
}

/// A danger sign is taken back on the first page only; in the list its symptom stays ticked.
fn keep_dangers_ticked(answers: &mut Answers) {
    for code in answers.dangers().into_iter().filter_map(super::danger::Danger::symptom) {
        answers.tick("symptom", code.code());
    }
}

/// Reads, judges and saves one step, and raises what must not wait.
pub fn answer(
    conn: &mut Connection,
    now: Timestamp,
    who: &Who,
    posted: &Posted,
) -> Result<Then, IntakeError> {
    let Some(mut open) = open_named(conn, now, who, posted.draft())? else { return Ok(Then::Gone) };
    if let Some(sent) = sent(conn, &open)? {
        return Ok(Then::Sent(sent));
    }
    take(&mut open, posted);
    let step = posted.step;
    open.answers.answered(step, now);
    let (_, mut problems) = report::make(&open.answers, &open.sitting, now, Made::SoFar);
    problems.retain(|problem| problem.step == step);
    if !problems.is_empty() {
        open.answers.reopen(step);
    }
    let level = save(conn, now, who, &mut open, posted.language)?;
    if level == Level::Emergency && !open.answers.advised {
        open.answers.advised = true;
        keep(conn, now, &open, posted.language)?;
        return Ok(Then::Advise);
    }
    if step == Step::First && !open.answers.dangers().is_empty() {
        return Ok(Then::Advise);
    }
    if !problems.is_empty() {
        return Ok(Then::Again(Box::new(open), problems));
    }
    let next = super::steps::after(&open.answers, &open.sitting, step);
    Ok(Then::Go(next))
}

/// Notes whether help was called, and says where to go on.
pub fn called(conn: &mut Connection, now: Timestamp, who: &Who, posted: &Posted) -> Result<Then> {
    let Some(mut open) = open(conn, now, who)? else { return Ok(Then::Gone) };
    open.answers.take(["called"], &posted.fields, now);
    keep(conn, now, &open, posted.language)?;
    Ok(Then::Go(next_open(&open.answers, &open.sitting)))
}

fn sent(conn: &mut Connection, open: &Open) -> Result<Option<String>> {
    match &open.draft {
        Some(draft) if draft.report.is_some() => {
            Ok(visits::receipt(conn, draft.id)?.map(|sent| sent.reference))
        }
        _ => Ok(None),
    }
}

/// Saves the answers and lets the rules see what was told so far.
fn save(
    conn: &mut Connection,
    now: Timestamp,
    who: &Who,
    open: &mut Open,
    language: Language,
) -> Result<Level, IntakeError> {
    if open.draft.is_none()
        && let Who::Visitor(visit) = who
    {
        let infusion = open.sitting.place.infusion;
        let new = intake::NewDraft { infusion, source: source(open), language };
        let draft = intake::begin(conn, now, &who.actor(), new)?;
        visits::claim(conn, &visit.hash, draft)?;
        open.draft = who.draft(conn, Some(draft))?;
    }
    let Some(draft) = &open.draft else { return Err(IntakeError::NotFound) };
    let (report, _) = report::make(&open.answers, &open.sitting, now, Made::SoFar);
    let saved = intake::save_step(conn, now, &who.actor(), draft.id, &report)?;
    if saved.level == Level::Emergency {
        open.answers.advice = Some((language.code().to_owned(), saved.advice));
    }
    keep(conn, now, open, language)?;
    if let Who::Visitor(visit) = who {
        visits::prolong(conn, now, &visit.hash)?;
    }
    Ok(saved.level)
}

/// Writes the answers into the draft.
fn keep(conn: &mut Connection, now: Timestamp, open: &Open, language: Language) -> Result<()> {
    let Some(draft) = &open.draft else { return Ok(()) };
    let (report, _) = report::make(&open.answers, &open.sitting, now, Made::SoFar);
    let form = open.answers.to_value().map_err(|error| Error::Damaged {
        table: "draft",
        id: draft.id.to_string(),
        what: error.to_string(),
    })?;
    let saved = json!({ "report": report, "form": form }).to_string();
    visits::save_answers(conn, now, draft.id, (source(open), language), &saved)
}

fn source(open: &Open) -> ReportSource {
    match &open.draft {
        Some(draft) if open.sitting.by_staff => draft.source,
        _ if open.answers.has("carer", "yes") => ReportSource::Carer,
        _ => ReportSource::Patient,
    }
}

/// What comes of pressing "Send".
#[derive(Debug)]
pub enum Sending {
    /// Received; the same however often it is sent.
    Received(Box<Receipt>),
    /// Something is missing or wrong.
    Incomplete(Box<Open>, Vec<Problem>),
    /// There is nothing to send, or it is not theirs.
    Gone,
}

/// Sends the report of a form. Call it in one transaction.
pub fn send(
    conn: &mut Connection,
    now: Timestamp,
    who: &Who,
    posted: &Posted,
) -> Result<Sending, IntakeError> {
    let Some(open) = open_named(conn, now, who, posted.draft())? else { return Ok(Sending::Gone) };
    let Some(draft) = open.draft.clone() else { return Ok(Sending::Gone) };
    let (report, problems) = report::make(&open.answers, &open.sitting, now, Made::Whole);
    // A report that was sent is not judged again: its receipt is due.
    if draft.report.is_none() && !problems.is_empty() {
        return Ok(Sending::Incomplete(Box::new(open), problems));
    }
    let supersedes = open.answers.supersedes.as_deref().and_then(|id| id.parse().ok());
    let staff = match who {
        Who::Visitor(_) => None,
        Who::Staff { id, .. } => Some(*id),
    };
    let submission = Submission {
        infusion: open.sitting.place.infusion,
        source: source(&open),
        staff,
        language: posted.language,
        report,
        draft: Some(draft.id),
        idempotency_key: None,
        supersedes,
    };
    let receipt = intake::receive(conn, now, &who.actor(), &submission)?;
    if let Who::Visitor(visit) = who {
        visits::prolong(conn, now, &visit.hash)?;
    }
    Ok(Sending::Received(Box::new(receipt)))
}

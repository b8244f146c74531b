//! One infusion: its details, the chair, its check-ins and reports, and the patient's link.

mod card;
mod lines;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use self::lines::{
    CheckInLine, GradeLine, LinkLine, ReportLine, Seen, check_in_lines, facts, grade_lines,
    link_line, report_lines, seen_lines,
};
use super::entry_page::Again;
use super::fields::Fields;
use super::form::Form;
use super::local_time::Shown;
use super::patient::id;
use super::{Access, App, Chrome, PageError, Route, Signed};
use crate::domain::grading::Site as Thermometer;
use crate::domain::problem::{Problems, Reason};
use crate::domain::{InfusionId, Language, Permission, Timestamp, entry};
use crate::follow_up;
use crate::i18n::card::{CardText, card};
use crate::i18n::extra::{ExtraText, extra};
use crate::i18n::labels::Label;
use crate::i18n::registry::{RegistryText, registry};
use crate::registry::observation::{self, ObservationForm};
use crate::registry::{Refusal, patient};
use crate::store::Connection;
use crate::store::check_ins;
use crate::store::courses::{self, Course};
use crate::store::infusions::{self, Infusion, Observation};
use crate::store::lots::{self, Lot};
use crate::store::patients::{self, Patient};
use crate::store::record::{self, CheckIn, LinkState, Report, StaffGrade};
use crate::store::schedules;
use crate::store::sites::{self, Site};

pub(super) fn routes() -> Vec<Route> {
    let edit = Access::Staff(Permission::EditRegistry);
    vec![
        Route::get("/infusions/{id}", Access::Staff(Permission::ViewRegistry), show),
        Route::post("/infusions/{id}/observations", edit, observe),
        Route::post("/infusions/{id}/link", edit, send_link),
        Route::post("/infusions/{id}/link/revoke", edit, revoke_link),
        Route::post("/infusions/{id}/card", edit, card::print),
    ]
}

#[derive(Template)]
#[template(path = "infusions/infusion.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks")]
struct InfusionPage {
    chrome: Chrome,
    t: &'static RegistryText,
    url: String,
    heading: String,
    patient_url: String,
    patient_code: String,
    zone: String,
    lot_url: String,
    lot: String,
    lot_label: &'static str,
    facts: Vec<(&'static str, String)>,
    seen: Vec<Seen>,
    check_ins: Vec<CheckInLine>,
    /// Which version of the schedule they follow.
    schedule: Option<String>,
    reports: Vec<ReportLine>,
    links: Vec<LinkLine>,
    card: &'static CardText,
    grades: Vec<GradeLine>,
    has_email: bool,
    may_edit: bool,
    may_report: bool,
    extra: &'static ExtraText,
    /// Where the day-30 answers of the infusion before are entered, if they are to be asked.
    day_30_url: Option<String>,
    observation_fields: Fields,
    link_fields: Fields,
    wrong: Vec<(&'static str, &'static str, String)>,
    is_observing: bool,
}

/// All that the page shows.
struct Known {
    infusion: Infusion,
    patient: Patient,
    site: Site,
    course: Course,
    lot: Lot,
    has_email: bool,
    seen: Vec<Observation>,
    check_ins: Vec<CheckIn>,
    schedule: Option<(i32, Timestamp)>,
    reports: Vec<Report>,
    links: Vec<LinkState>,
    grades: Vec<StaffGrade>,
    day_30_of: Option<InfusionId>,
}

fn read(conn: &mut Connection, signed: &Signed, id: InfusionId) -> Result<Known, Refusal> {
    let scope = &signed.scope;
    let infusion = infusions::get(conn, scope, id)?.ok_or(Refusal::NotFound)?;
    let patient = patients::get(conn, scope, infusion.patient_id)?.ok_or(Refusal::NotFound)?;
    let contact = patients::contact(conn, scope, patient.id)?;
    let of_this = |other: InfusionId| other == id;
    Ok(Known {
        site: sites::get(conn, scope, infusion.site_id)?.ok_or(Refusal::NotFound)?,
        course: courses::get(conn, scope, infusion.course_id)?.ok_or(Refusal::NotFound)?,
        lot: lots::get(conn, scope, infusion.lot_id)?.ok_or(Refusal::NotFound)?,
        has_email: contact.is_some_and(|contact| contact.email.is_some()),
        seen: infusions::observations(conn, scope, id)?,
        check_ins: record::check_ins(conn, scope, patient.id)?
            .into_iter()
            .filter(|check_in| of_this(check_in.infusion_id))
            .collect(),
        schedule: schedules::of_infusion(conn, id)?,
        reports: record::reports(conn, scope, patient.id)?
            .into_iter()
            .filter(|report| of_this(report.infusion_id))
            .collect(),
        grades: record::staff_grades(conn, scope, patient.id)?
            .into_iter()
            .filter(|grade| of_this(grade.infusion))
            .collect(),
        links: record::links(conn, scope, id)?,
        day_30_of: check_ins::day_30_to_ask(conn, patient.id, id)?,
        infusion,
        patient,
    })
}

/// Which small form of the page was sent.
#[derive(Debug)]
enum Sent {
    Nothing,
    Observation(Box<ObservationForm>),
    Link(RevokeForm),
}

async fn show(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    infusion_page(&app, chrome, signed, id(&path)?, Sent::Nothing, Again::default()).await
}

async fn infusion_page(
    app: &App,
    chrome: Chrome,
    signed: Signed,
    id: InfusionId,
    sent: Sent,
    again: Again,
) -> Result<Response, PageError> {
    let (now, reader) = (app.now(), signed.clone());
    let known = app.db.read(move |conn| read(conn, &reader, id)).await?;
    let (actor, of) = (signed.actor(), (known.site.id, known.patient.id));
    app.db.write(move |conn| patient::viewed(conn, now, &actor, of, "infusion")).await?;
    let status: StatusCode = again.status();
    let page = InfusionPage::new(chrome, &signed, now, &known, &sent, &again);
    Ok((status, Html(page.render()?)).into_response())
}

impl InfusionPage {
    fn new(
        chrome: Chrome,
        signed: &Signed,
        now: Timestamp,
        known: &Known,
        sent: &Sent,
        again: &Again,
    ) -> Self {
        let lang = chrome.lang;
        let t = registry(lang);
        let Known { infusion, patient, site, course, lot, .. } = known;
        let zone = &site.time_zone;
        let (seen_problems, link_problems) = match sent {
            Sent::Link(_) => (Problems::new(), again.problems.clone()),
            _ => (again.problems.clone(), Problems::new()),
        };
        let typed = match sent {
            Sent::Observation(form) => (**form).clone(),
            _ => ObservationForm::blank(now, site),
        };
        let reason = match sent {
            Sent::Link(form) => form.reason.as_str(),
            _ => "",
        };
        let observation_fields = observation_fields(lang, &typed, seen_problems);
        let link_fields = Fields::new(lang, link_problems).text("reason", reason);
        let wrong = match sent {
            Sent::Link(_) => link_fields.wrong(),
            _ => observation_fields.wrong(),
        };
        Self {
            t,
            url: format!("/infusions/{}", infusion.id),
            heading: format!(
                "{} · {}",
                t.infusion_number(infusion.number_in_course),
                course.phase.label(lang)
            ),
            patient_url: format!("/patients/{}", patient.id),
            patient_code: patient.code.to_string(),
            zone: zone.to_string(),
            lot_url: format!("/lots/{}", lot.id),
            lot: lot.number.to_string(),
            lot_label: t.lot,
            facts: facts(lang, infusion, zone),
            seen: seen_lines(lang, &known.seen, zone),
            check_ins: check_in_lines(lang, &known.check_ins, zone),
            schedule: known.schedule.map(|(version, since)| {
                t.schedule_version(version, &Shown::new(since, zone).local)
            }),
            reports: report_lines(
                lang,
                &known.reports,
                zone,
                signed.may(Permission::ViewQueue, site.id),
            ),
            links: known.links.iter().map(|link| link_line(t, link, zone, now)).collect(),
            card: card(lang),
            grades: grade_lines(lang, &known.grades, zone),
            has_email: known.has_email,
            may_edit: signed.may(Permission::EditRegistry, site.id),
            may_report: signed.may(Permission::EnterReports, site.id),
            extra: extra(lang),
            day_30_url: known.day_30_of.map(|before| format!("/infusions/{before}/report")),
            is_observing: matches!(sent, Sent::Observation(_)),
            observation_fields,
            link_fields,
            wrong,
            chrome,
        }
    }
}

fn observation_fields(lang: Language, form: &ObservationForm, problems: Problems) -> Fields {
    Fields::new(lang, problems)
        .date("date", &form.date)
        .time("time", &form.time)
        .fold("time_fold", "time", &form.time_fold)
        .number("temperature", &form.temperature)
        .coded::<Thermometer>("thermometer", &form.thermometer)
        .number("sbp", &form.sbp)
        .number("hr", &form.hr)
        .number("spo2", &form.spo2)
        .number("rr", &form.rr)
        .area("note", &form.note)
}

async fn observe(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<ObservationForm>,
) -> Result<Response, PageError> {
    let (id, now): (InfusionId, _) = (id(&path)?, app.now());
    let (typed, person) = (form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            let known = infusions::get(conn, &person.scope, id)?.ok_or(Refusal::NotFound)?;
            let site = sites::get(conn, &person.scope, known.site_id)?.ok_or(Refusal::NotFound)?;
            let facts = typed.read(now, &site)?;
            observation::observe(conn, now, &person.actor(), &known, facts)
        })
        .await;
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("/infusions/{id}#chair")).into_response()),
        Err(refusal) => {
            let (again, sent) = (Again::of(refusal)?, Sent::Observation(Box::new(form)));
            infusion_page(&app, chrome, signed, id, sent, again).await
        }
    }
}

/// Why a link is revoked, or nothing for sending it again.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct RevokeForm {
    reason: String,
}

async fn send_link(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let (id, now, keys): (InfusionId, _, _) = (id(&path)?, app.now(), app.keys.clone());
    let person = signed.clone();
    let outcome = app
        .db
        .write(move |conn| {
            // Only a site in scope; the step looks at the person's clinics once more.
            infusions::get(conn, &person.scope, id)?.ok_or(Refusal::NotFound)?;
            follow_up::send_link_again(conn, &keys, now, &person.actor(), id)?;
            Ok::<_, Refusal>(())
        })
        .await;
    match outcome {
        Ok(()) => {
            app.mail_due.notify_one();
            Ok(Redirect::to(&format!("/infusions/{id}#link")).into_response())
        }
        Err(refusal) => {
            let (again, sent) = (Again::of(refusal)?, Sent::Link(RevokeForm::default()));
            infusion_page(&app, chrome, signed, id, sent, again).await
        }
    }
}

async fn revoke_link(
    State(app): State<App>,
    chrome: Chrome,
    signed: Signed,
    Path(path): Path<String>,
    Form(form): Form<RevokeForm>,
) -> Result<Response, PageError> {
    let (id, now): (InfusionId, _) = (id(&path)?, app.now());
    let (typed, person) = (form.clone(), signed.clone());
    let outcome = app
        .db
        .write(move |conn| {
            infusions::get(conn, &person.scope, id)?.ok_or(Refusal::NotFound)?;
            let reason = entry::line(&typed.reason)
                .map_err(|_| Refusal::field("reason", Reason::NeedsReason))?;
            follow_up::revoke_links(conn, now, &person.actor(), id, &reason)?;
            Ok::<_, Refusal>(())
        })
        .await;
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/infusions/{id}#link")).into_response()),
        Err(refusal) => {
            let (again, sent) = (Again::of(refusal)?, Sent::Link(form));
            infusion_page(&app, chrome, signed, id, sent, again).await
        }
    }
}

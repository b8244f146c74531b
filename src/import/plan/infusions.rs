//! The rows of a file of infusions, and the courses that they need.

use std::collections::HashMap;

use super::super::file::{Row, Table};
use super::{Findings, Steps};
use crate::domain::entry::{self, LotNumber, PatientCode};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::Phase;
use crate::domain::warning::Warning;
use crate::domain::{CourseId, Day, PatientId, ProductId, Scope, Timestamp};
use crate::registry::course::CourseFacts;
use crate::registry::infusion::{InfusionFacts, InfusionForm};
use crate::store::courses::{self, Course};
use crate::store::patients::{self, Patient};
use crate::store::sites::Site;
use crate::store::{self, Connection, lots};

/// A course that is begun because an infusion of the file has none.
#[derive(Debug, Clone)]
pub(in crate::import) struct Begun {
    pub(in crate::import) patient: Patient,
    pub(in crate::import) facts: CourseFacts,
    key: (PatientId, ProductId, Phase, Option<Day>),
}

/// The course of an infusion of the file.
#[derive(Debug, Clone)]
pub(in crate::import) enum InCourse {
    /// In the registry already.
    Known(Box<Course>),
    /// One of those that are begun.
    Begun(usize),
}

/// An infusion of the file.
#[derive(Debug, Clone)]
pub(in crate::import) struct Given {
    pub(in crate::import) patient: Patient,
    pub(in crate::import) course: InCourse,
    pub(in crate::import) facts: InfusionFacts,
    pub(in crate::import) odd: Vec<Warning>,
}

pub(super) fn infusions_of(
    conn: &mut Connection,
    now: Timestamp,
    site: &Site,
    table: &Table,
    rows: &[&Row],
    findings: &mut Findings,
) -> store::Result<Steps> {
    let mut seen = HashMap::new();
    let mut begun: Vec<Begun> = Vec::new();
    let mut given = Vec::new();
    // Earlier rows first, so that a course that is begun starts on its first infusion's day.
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| (table.cell(row, "date"), table.cell(row, "start_time"), row.line));
    for row in rows {
        let cell = |name| table.cell(row, name);
        let form = InfusionForm {
            lot: cell("lot"),
            date: cell("date"),
            start_time: cell("start_time"),
            start_fold: cell("start_fold"),
            end_date: cell("end_date"),
            end_time: cell("end_time"),
            end_fold: cell("end_fold"),
            dose_cells_millions: cell("dose_cells_millions"),
            route: cell("route"),
            premedication: cell("premedication"),
            notes: cell("notes"),
            ..InfusionForm::default()
        };
        let mut p = Problems::new();
        let patient = patient_of(conn, site, &cell("patient"), &mut p)?;
        let phase: Option<Phase> = p.take("phase", entry::choice(&cell("phase")));
        let started = cell("course_started_on");
        let started = p.take("course_started_on", entry::optional(entry::day(&started)));
        if let Some(patient) = &patient {
            let key = format!("{} {} {}", patient.code, form.date.trim(), form.start_time.trim());
            findings.once(&mut seen, row.line, "start_time", key);
        }
        let course = match (&patient, phase, started) {
            (Some(patient), Some(phase), Some(started)) => {
                let place = (site, patient);
                course_of(conn, place, (phase, started), &form, &mut begun, &mut p)?
            }
            _ => None,
        };
        findings.add(row.line, &p);
        let (Some(patient), Some(course)) = (patient, course) else {
            // The other cells are looked at all the same: everything wrong is told at once.
            let mut others = Problems::new();
            form.problems_alone(now, site, &mut others);
            findings.add(row.line, &others);
            continue;
        };
        let as_known = match &course {
            InCourse::Known(course) => (**course).clone(),
            InCourse::Begun(at) => hypothetical(site, &begun[*at]),
        };
        let read = form.read(conn, now, (site, &patient, &as_known), None);
        if let Some((facts, odd)) = findings.take(row.line, read)? {
            findings.odd(row.line, &odd);
            given.push(Given { patient, course, facts, odd });
        }
    }
    Ok(Steps::Infusions { begun, given })
}

fn patient_of(
    conn: &mut Connection,
    site: &Site,
    code: &str,
    p: &mut Problems,
) -> store::Result<Option<Patient>> {
    let Some(code) = p.take("patient", PatientCode::parse(code)) else { return Ok(None) };
    let patient = patients::by_code(conn, site.id, &code)?;
    if patient.is_none() {
        p.add("patient", Reason::Unknown);
    }
    Ok(patient)
}

/// The course that an infusion belongs to: of the patient, the lot's product and the phase;
/// begun when there is none.
fn course_of(
    conn: &mut Connection,
    (site, patient): (&Site, &Patient),
    (phase, started): (Phase, Option<Day>),
    form: &InfusionForm,
    begun: &mut Vec<Begun>,
    p: &mut Problems,
) -> store::Result<Option<InCourse>> {
    let number = LotNumber::parse(&form.lot).ok();
    let lot = match number {
        Some(number) => lots::by_number(conn, site.id, &number)?,
        None => None,
    };
    let Some(lot) = lot else {
        let reason = if form.lot.trim().is_empty() { Reason::Missing } else { Reason::Unknown };
        p.add("lot", reason);
        return Ok(None);
    };
    let mut fitting: Vec<Course> = courses::of_patient(conn, &Scope::of([site.id]), patient.id)?
        .into_iter()
        .filter(|course| course.product_id == lot.product_id && course.phase == phase)
        .filter(|course| started.is_none_or(|day| course.started_on == day))
        .collect();
    if fitting.len() > 1 {
        p.add("course_started_on", Reason::Ambiguous);
        return Ok(None);
    }
    if let Some(course) = fitting.pop() {
        return Ok(Some(InCourse::Known(Box::new(course))));
    }
    let key = (patient.id, lot.product_id, phase, started);
    if let Some(at) = begun.iter().position(|new| new.key == key) {
        return Ok(Some(InCourse::Begun(at)));
    }
    // A day that cannot be read is told by the form.
    let Some(first_day) = started.or_else(|| entry::day(&form.date).ok()) else {
        return Ok(None);
    };
    let facts = CourseFacts::usual(lot.product_id, phase, first_day);
    begun.push(Begun { patient: patient.clone(), facts, key });
    Ok(Some(InCourse::Begun(begun.len() - 1)))
}

/// A course that is to be begun, as if it were there: nothing belongs to it yet.
fn hypothetical(site: &Site, new: &Begun) -> Course {
    Course {
        id: CourseId::new(),
        site_id: site.id,
        patient_id: new.patient.id,
        product_id: new.facts.product,
        phase: new.facts.phase,
        interval_days: new.facts.interval_days,
        planned_infusions: new.facts.planned_infusions,
        started_on: new.facts.started_on,
        ended_on: None,
        version: 1,
        recorded_at: new.patient.recorded_at,
    }
}

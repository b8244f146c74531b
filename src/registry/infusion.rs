//! Infusions: recording one, and correcting it.
//!
//! A mistake about *who got what* is refused: a lot of another patient's cells, of another
//! product, or one that was not released. What is only odd about *when* is said and must
//! be confirmed, because late and unusual entries are true more often than not.

mod form;

use serde_json::json;

pub use form::InfusionForm;
pub(super) use form::wall_clock;

use super::{Confirmed, Facts, Refusal, changes, perhaps, said, with_warnings};
use crate::domain::problem::Reason;
use crate::domain::registry::{LotSource, PatientState, Route};
use crate::domain::warning::Warning;
use crate::domain::{Actor, Codelist, Day, InfusionId, LotId, Scope, Timestamp};
use crate::follow_up;
use crate::secrets::Keys;
use crate::store::courses::Course;
use crate::store::infusions::{self, Infusion};
use crate::store::lots::{self, Lot};
use crate::store::patients::{self, Patient};
use crate::store::sites::Site;
use crate::store::{Connection, audit};

/// Hours past which an infusion is said to be long.
const LONG_HOURS: i64 = 12;

/// What is known of an infusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InfusionFacts {
    /// Of which lot.
    pub lot: LotId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if that is known; not before it began.
    pub ended_at: Option<Timestamp>,
    /// How many cells, in millions (1 to 1 000 000).
    pub dose_cells_millions: Option<i64>,
    /// How it was given.
    pub route: Route,
    /// What was given before it.
    pub premedication: Option<String>,
    /// Rate, other therapies of the day, anything else.
    pub notes: Option<String>,
}

impl InfusionFacts {
    /// What everything is counted from: the end, or the start when the end is unknown
    /// (REFERENCE §0.1).
    #[must_use]
    pub fn t0(&self) -> Timestamp {
        self.ended_at.unwrap_or(self.started_at)
    }
}

/// Why a lot must not be given to this patient in this course.
fn refuses(
    lot: &Lot,
    patient: &Patient,
    course: &Course,
    myself: Option<&Infusion>,
) -> Option<Reason> {
    if lot.source == LotSource::Own && lot.patient_id != Some(patient.id) {
        Some(Reason::LotOfAnotherPatient)
    } else if lot.product_id != course.product_id {
        Some(Reason::LotOfAnotherProduct)
    } else if !lot.state.may_be_infused() && myself.is_none_or(|known| known.lot_id != lot.id) {
        // What was given before the lot was stopped stays given.
        Some(Reason::LotNotReleased(lot.state))
    } else if lot.failed_a_test() && myself.is_none_or(|known| known.lot_id != lot.id) {
        Some(Reason::ResultForbids)
    } else {
        None
    }
}

fn oddities(
    conn: &mut Connection,
    (site, patient, course): (&Site, &Patient, &Course),
    lot: &Lot,
    facts: &InfusionFacts,
    myself: Option<&Infusion>,
) -> Result<Vec<Warning>, Refusal> {
    let zone = site.time_zone.jiff();
    let day: Day = facts.started_at.day(zone);
    let mut odd = Vec::new();
    if day < course.started_on {
        odd.push(Warning::BeforeCourse(course.started_on));
    }
    if let Some(end) = course.ended_on.filter(|end| day > *end) {
        odd.push(Warning::AfterCourse(end));
    }
    match lot.released_on {
        Some(released) if day < released => odd.push(Warning::BeforeRelease(released)),
        Some(_) => {}
        None => odd.push(Warning::NoReleaseDay),
    }
    let number = match myself {
        Some(infusion) => infusion.number_in_course,
        None => infusions::next_number(conn, course.id)?,
    };
    let of_course = infusions::of_course(conn, course.id)?;
    if let Some(later) = of_course
        .iter()
        .rev()
        .find(|other| other.number_in_course < number && other.started_at > facts.started_at)
    {
        odd.push(Warning::OutOfOrder(later.number_in_course));
    }
    let scope = Scope::of([site.id]);
    let others = infusions::of_patient(conn, &scope, patient.id)?;
    if others.iter().any(|other| {
        Some(other.id) != myself.map(|known| known.id) && other.started_at.day(zone) == day
    }) {
        odd.push(Warning::SameDay);
    }
    if facts.t0() > facts.started_at.plus_hours(LONG_HOURS) {
        odd.push(Warning::Long);
    }
    if number > course.planned_infusions {
        odd.push(Warning::MoreThanPlanned(course.planned_infusions));
    }
    let consents = patients::consents(conn, &scope, patient.id)?;
    if !consents.iter().any(|consent| {
        consent.given_on <= day
            && consent.withdrawn_at.is_none_or(|withdrawn| withdrawn > facts.started_at)
    }) {
        odd.push(Warning::NoConsent);
    }
    if patient.state != PatientState::Active && myself.is_none() {
        odd.push(Warning::NotFollowedUp(patient.state));
    }
    Ok(odd)
}

fn audited(infusion: &Infusion) -> Facts {
    vec![
        ("patient", said(&infusion.patient_id)),
        ("course", said(&infusion.course_id)),
        ("lot", said(&infusion.lot_id)),
        ("number_in_course", said(&infusion.number_in_course)),
        ("started_at", said(&infusion.started_at)),
        ("ended_at", perhaps(infusion.ended_at.as_ref())),
        ("t0", said(&infusion.t0)),
        ("dose_cells_millions", perhaps(infusion.dose_cells_millions.as_ref())),
        ("route", said(&infusion.route.code())),
        ("premedication", perhaps(infusion.premedication.as_ref())),
        ("notes", perhaps(infusion.notes.as_ref())),
    ]
}

/// Records an infusion: it gets the next number of its course, and its follow-up is planned.
pub fn record_infusion(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    (patient, course): (&Patient, &Course),
    facts: InfusionFacts,
    (warnings, confirmed): (&[Warning], Confirmed),
) -> Result<InfusionId, Refusal> {
    check_identity(conn, (patient, course), &facts, None)?;
    confirmed.settle(warnings)?;
    let infusion = Infusion {
        id: InfusionId::new(),
        site_id: patient.site_id,
        patient_id: patient.id,
        course_id: course.id,
        lot_id: facts.lot,
        number_in_course: infusions::next_number(conn, course.id)?,
        t0: facts.t0(),
        started_at: facts.started_at,
        ended_at: facts.ended_at,
        dose_cells_millions: facts.dose_cells_millions,
        route: facts.route,
        premedication: facts.premedication,
        notes: facts.notes,
        version: 1,
        recorded_by: actor.staff(),
        recorded_at: now,
    };
    infusions::insert(conn, &infusion)?;
    let detail = with_warnings(changes(&Vec::new(), &audited(&infusion)), warnings);
    let object = ("infusion", &infusion.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(infusion.site_id), "infusion.recorded", object, &detail)?;
    follow_up::infusion_recorded(conn, keys, now, actor, infusion.id)?;
    crate::snooze::settle(conn, now, Some(patient.id))?;
    Ok(infusion.id)
}

/// A correction of an infusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The version that was read.
    pub version: i32,
    /// What is right.
    pub facts: InfusionFacts,
    /// Why it is corrected.
    pub reason: String,
}

/// Corrects an infusion. When `T0` moved, prompts that were not sent yet move with it.
pub fn change_infusion(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    (patient, course, old): (&Patient, &Course, &Infusion),
    Correction { version, facts, reason }: Correction,
    (warnings, confirmed): (&[Warning], Confirmed),
) -> Result<(), Refusal> {
    if old.version != version {
        return Err(Refusal::Changed);
    }
    check_identity(conn, (patient, course), &facts, Some(old))?;
    confirmed.settle(warnings)?;
    let infusion = Infusion {
        lot_id: facts.lot,
        t0: facts.t0(),
        started_at: facts.started_at,
        ended_at: facts.ended_at,
        dose_cells_millions: facts.dose_cells_millions,
        route: facts.route,
        premedication: facts.premedication,
        notes: facts.notes,
        version,
        ..old.clone()
    };
    let mut detail = changes(&audited(old), &audited(&infusion));
    if detail.is_empty() {
        return Ok(());
    }
    if !infusions::update(conn, &infusion)? {
        return Err(Refusal::Changed);
    }
    detail.insert("reason".to_owned(), json!(reason));
    let detail = with_warnings(detail, warnings);
    let object = ("infusion", &infusion.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(infusion.site_id), "infusion.changed", object, &detail)?;
    if infusion.t0 != old.t0 {
        follow_up::infusion_changed(conn, keys, now, actor, infusion.id)?;
    }
    Ok(())
}

/// Holds the rules about who gets what also for callers that read no form.
fn check_identity(
    conn: &mut Connection,
    (patient, course): (&Patient, &Course),
    facts: &InfusionFacts,
    myself: Option<&Infusion>,
) -> Result<(), Refusal> {
    if course.patient_id != patient.id {
        return Err(Refusal::field("course", Reason::OfAnotherPatient));
    }
    let lot = lots::get(conn, &Scope::of([patient.site_id]), facts.lot)?
        .ok_or_else(|| Refusal::field("lot", Reason::Unknown))?;
    if let Some(reason) = refuses(&lot, patient, course, myself) {
        return Err(Refusal::field("lot", reason));
    }
    if facts.ended_at.is_some_and(|end| end < facts.started_at) {
        return Err(Refusal::field("end_time", Reason::EndsBeforeStart));
    }
    Ok(())
}

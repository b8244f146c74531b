//! Infusions: recording one, and correcting it.
//!
//! A mistake about *who got what* is refused: a lot of another patient's cells, of another
//! product, or one that was not released. What is only odd about *when* is said and must
//! be confirmed, because late and unusual entries are true more often than not.

use serde::Deserialize;
use serde_json::json;

use super::lot::MOST_MILLIONS;
use super::{Confirmed, Facts, Noted, Refusal, changes, perhaps, said, with_warnings};
use crate::domain::entry::{self, Fold, LotNumber};
use crate::domain::problem::{Problems, Reason};
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

/// An infusion as typed in a page or read from a file. Times are on the clinic's wall clock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of `InfusionFacts`, as text")]
pub struct InfusionForm {
    /// The number of the lot.
    pub lot: String,
    pub date: String,
    pub start_time: String,
    /// `earlier` or `later` where the clock showed the time twice.
    pub start_fold: String,
    /// Empty: the same day.
    pub end_date: String,
    /// Empty: not known.
    pub end_time: String,
    pub end_fold: String,
    pub dose_cells_millions: String,
    pub route: String,
    pub premedication: String,
    pub notes: String,
    /// Why an infusion that was recorded is corrected.
    pub reason: String,
    /// `yes` when what looks odd is meant.
    pub confirmed: String,
    /// The version that the form was made from.
    pub version: String,
}

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

impl InfusionForm {
    /// An empty form with what is usual.
    #[must_use]
    pub fn blank(now: Timestamp, site: &Site) -> Self {
        Self {
            date: now.day(site.time_zone.jiff()).to_string(),
            route: Route::Intravenous.code().to_owned(),
            ..Self::default()
        }
    }

    /// The form of an infusion as it is, in the clinic's time.
    #[must_use]
    pub fn of(infusion: &Infusion, lot: &Lot, site: &Site) -> Self {
        let zone = site.time_zone.jiff();
        let (date, start_time, start_fold) = wall_clock(infusion.started_at, site);
        let end = infusion.ended_at.map(|end| wall_clock(end, site));
        let (end_date, end_time, end_fold) = end.unwrap_or_default();
        let same_day =
            infusion.ended_at.is_some_and(|end| end.day(zone) == infusion.started_at.day(zone));
        Self {
            lot: lot.number.to_string(),
            date,
            start_time,
            start_fold,
            end_date: if same_day { String::new() } else { end_date },
            end_time,
            end_fold,
            dose_cells_millions: perhaps(infusion.dose_cells_millions.as_ref()).unwrap_or_default(),
            route: infusion.route.code().to_owned(),
            premedication: infusion.premedication.clone().unwrap_or_default(),
            notes: infusion.notes.clone().unwrap_or_default(),
            reason: String::new(),
            confirmed: String::new(),
            version: infusion.version.to_string(),
        }
    }

    /// Reads the form for a patient and a course of the same clinic. `myself` is the
    /// infusion that is being corrected.
    pub fn read(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        (site, patient, course): (&Site, &Patient, &Course),
        myself: Option<&Infusion>,
    ) -> Result<(InfusionFacts, Vec<Warning>), Refusal> {
        let mut p = Problems::new();
        if course.patient_id != patient.id || course.site_id != site.id {
            p.add("course", Reason::OfAnotherPatient);
        }
        let lot = self.lot(conn, (site, patient, course), myself, &mut p)?;
        let started_at = self.start(now, site, &mut p);
        if let Some(started_at) = started_at
            && infusions::started_at(conn, patient.id, started_at)?
                .is_some_and(|known| Some(known) != myself.map(|infusion| infusion.id))
        {
            p.add("start_time", Reason::Taken);
        }
        let ended_at = self.end(now, site, started_at, &mut p);
        let dose = p.take(
            "dose_cells_millions",
            entry::optional(entry::whole(&self.dose_cells_millions, 1, MOST_MILLIONS)),
        );
        let route = p.take("route", entry::choice(&self.route));
        let premedication = p.take("premedication", entry::note(&self.premedication));
        let notes = p.take("notes", entry::note(&self.notes));
        if myself.is_some() {
            p.take(
                "reason",
                entry::line(&self.reason).map_err(|reason| match reason {
                    Reason::Missing => Reason::NeedsReason,
                    other => other,
                }),
            );
        }
        let (
            Some(lot),
            Some(started_at),
            Ok(ended_at),
            Some(dose_cells_millions),
            Some(route),
            Some(premedication),
            Some(notes),
            true,
        ) = (lot, started_at, ended_at, dose, route, premedication, notes, p.is_empty())
        else {
            return Err(Refusal::Problems(p));
        };
        let facts = InfusionFacts {
            lot: lot.id,
            started_at,
            ended_at,
            dose_cells_millions,
            route,
            premedication,
            notes,
        };
        let warnings = oddities(conn, (site, patient, course), &lot, &facts, myself)?;
        Ok((facts, warnings))
    }

    fn lot(
        &self,
        conn: &mut Connection,
        (site, patient, course): (&Site, &Patient, &Course),
        myself: Option<&Infusion>,
        p: &mut Problems,
    ) -> Result<Option<Lot>, Refusal> {
        let Some(number) = p.take("lot", LotNumber::parse(&self.lot)) else { return Ok(None) };
        let Some(lot) = lots::by_number(conn, site.id, &number)? else {
            p.add("lot", Reason::Unknown);
            return Ok(None);
        };
        if let Some(reason) = refuses(&lot, patient, course, myself) {
            p.add("lot", reason);
        }
        Ok(Some(lot))
    }

    fn start(&self, now: Timestamp, site: &Site, p: &mut Problems) -> Option<Timestamp> {
        let today = now.day(site.time_zone.jiff());
        let date = p.take("date", entry::past_day(&self.date, today));
        let Some(date) = date else {
            // The time is looked at all the same, so that both are named at once.
            if self.start_time.trim().is_empty() {
                p.add("start_time", Reason::Missing);
            }
            return None;
        };
        let fold = Fold::read(&self.start_fold);
        let instant = entry::local_time(date, &self.start_time, &site.time_zone, fold);
        p.take("start_time", not_future(instant, now))
    }

    /// The end, or none when it is not known.
    fn end(
        &self,
        now: Timestamp,
        site: &Site,
        started_at: Option<Timestamp>,
        p: &mut Problems,
    ) -> Result<Option<Timestamp>, Noted> {
        let today = now.day(site.time_zone.jiff());
        let end_date = p
            .take("end_date", entry::optional(entry::past_day(&self.end_date, today)))
            .ok_or(Noted)?;
        if self.end_time.trim().is_empty() {
            if end_date.is_some() {
                p.add("end_time", Reason::Missing);
                return Err(Noted);
            }
            return Ok(None);
        }
        let date = match end_date {
            Some(date) => date,
            None => entry::day(&self.date).map_err(|_| Noted)?,
        };
        let fold = Fold::read(&self.end_fold);
        let instant = entry::local_time(date, &self.end_time, &site.time_zone, fold);
        let end = p.take("end_time", not_future(instant, now)).ok_or(Noted)?;
        if started_at.is_some_and(|start| end < start) {
            p.add("end_time", Reason::EndsBeforeStart);
            return Err(Noted);
        }
        Ok(Some(end))
    }
}

fn not_future(instant: Result<Timestamp, Reason>, now: Timestamp) -> Result<Timestamp, Reason> {
    let instant = instant?;
    if instant > now { Err(Reason::Future) } else { Ok(instant) }
}

/// An instant as a form shows it: day, time, and which one where the clock showed it twice.
pub(super) fn wall_clock(instant: Timestamp, site: &Site) -> (String, String, String) {
    let local = instant.at(site.time_zone.jiff());
    let ambiguous = site.time_zone.jiff().to_ambiguous_zoned(local.datetime());
    let fold = match ambiguous.offset() {
        jiff::tz::AmbiguousOffset::Fold { before, .. } if before == local.offset() => "earlier",
        jiff::tz::AmbiguousOffset::Fold { .. } => "later",
        _ => "",
    };
    let time = if local.second() == 0 {
        local.strftime("%H:%M").to_string()
    } else {
        local.strftime("%H:%M:%S").to_string()
    };
    (local.date().to_string(), time, fold.to_owned())
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

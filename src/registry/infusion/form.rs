//! An infusion as typed, read into facts.

use serde::Deserialize;

use super::super::lot::MOST_MILLIONS;
use super::super::{Noted, Refusal, perhaps};
use super::{InfusionFacts, oddities, refuses};
use crate::domain::entry::{self, Fold, LotNumber};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::Route;
use crate::domain::warning::Warning;
use crate::domain::{Codelist, Timestamp};
use crate::store::Connection;
use crate::store::courses::Course;
use crate::store::infusions::{self, Infusion};
use crate::store::lots::{self, Lot};
use crate::store::patients::Patient;
use crate::store::sites::Site;

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

/// What needs no patient, course or lot.
struct Cells {
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    dose_cells_millions: Option<i64>,
    route: Route,
    premedication: Option<String>,
    notes: Option<String>,
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
        let cells = self.cells(now, site, &mut p);
        if let Some(Cells { started_at, .. }) = cells
            && infusions::started_at(conn, patient.id, started_at)?
                .is_some_and(|known| Some(known) != myself.map(|infusion| infusion.id))
        {
            p.add("start_time", Reason::Taken);
        }
        if myself.is_some() {
            p.take(
                "reason",
                entry::line(&self.reason).map_err(|reason| match reason {
                    Reason::Missing => Reason::NeedsReason,
                    other => other,
                }),
            );
        }
        let (Some(lot), Some(cells), true) = (lot, cells, p.is_empty()) else {
            return Err(Refusal::Problems(p));
        };
        let facts = InfusionFacts {
            lot: lot.id,
            started_at: cells.started_at,
            ended_at: cells.ended_at,
            dose_cells_millions: cells.dose_cells_millions,
            route: cells.route,
            premedication: cells.premedication,
            notes: cells.notes,
        };
        let warnings = oddities(conn, (site, patient, course), &lot, &facts, myself)?;
        Ok((facts, warnings))
    }

    /// What is wrong with everything that needs no patient, course or lot: for rows of a
    /// file where those are not known.
    pub fn problems_alone(&self, now: Timestamp, site: &Site, p: &mut Problems) {
        self.cells(now, site, p);
    }

    fn cells(&self, now: Timestamp, site: &Site, p: &mut Problems) -> Option<Cells> {
        let started_at = self.start(now, site, p);
        let ended_at = self.end(now, site, started_at, p);
        let dose = p.take(
            "dose_cells_millions",
            entry::optional(entry::whole(&self.dose_cells_millions, 1, MOST_MILLIONS)),
        );
        let route = p.take("route", entry::choice(&self.route));
        let premedication = p.take("premedication", entry::note(&self.premedication));
        let notes = p.take("notes", entry::note(&self.notes));
        Some(Cells {
            started_at: started_at?,
            ended_at: ended_at.ok()?,
            dose_cells_millions: dose?,
            route: route?,
            premedication: premedication?,
            notes: notes?,
        })
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
pub(in crate::registry) fn wall_clock(instant: Timestamp, site: &Site) -> (String, String, String) {
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

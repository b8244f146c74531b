//! Enrolment, lots, courses and infusions of the past.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use rand::Rng;

use super::{DemoError, Event, Past};
use crate::domain::entry::{EmailAddress, LotNumber, PatientCode, PhoneNumber};
use crate::domain::grading::Site as Thermometer;
use crate::domain::registry::{CultureResult, EndotoxinResult, LotSource, LotState, Phase, Route};
use crate::domain::schedule::CheckInCode;
use crate::domain::{
    Codelist, CourseId, InfusionId, LotId, PatientId, ProductKind, Scope, Timestamp,
};
use crate::registry::Confirmed;
use crate::registry::course::{CourseFacts, begin_course};
use crate::registry::infusion::{InfusionFacts, record_infusion};
use crate::registry::lot::{LotFacts, add_lot};
use crate::registry::observation::{ObservationFacts, observe};
use crate::registry::patient::{ConsentFacts, NewPatient, PatientFacts, enrol};
use crate::store::{Connection, check_ins, courses, infusions, lots, patients};

/// Courses that have begun, by patient and phase; phases may come once each.
#[derive(Debug, Default)]
pub(super) struct Courses(BTreeMap<(usize, Phase), CourseId>);

impl Past<'_> {
    /// Enrols the patient if need be, and gives the infusion.
    pub(super) fn infuse(
        &mut self,
        conn: &mut Connection,
        at: Timestamp,
        person: usize,
        index: usize,
    ) -> Result<(), DemoError> {
        let plan = &self.cohort.patients[person];
        let given = &plan.infusions[index];
        let site = self.clinics[plan.clinic].site;
        let scope = Scope::of([site]);
        let patient = match self.patients[person] {
            Some(patient) => patient,
            None => self.enrol(conn, at, person)?,
        };
        let row = patients::get(conn, &scope, patient)?.ok_or(DemoError::Invented("patient"))?;
        let begun = self.courses.0.get(&(person, given.phase)).copied();
        let course = if let Some(course) = begun {
            course
        } else {
            let clinic = &self.clinics[plan.clinic];
            let facts = CourseFacts::usual(
                self.product(person),
                given.phase,
                given.t0.day(row.time_zone.jiff()),
            );
            let course = begin_course(conn, at, &clinic.coordinator, &row, &facts)?;
            self.courses.0.insert((person, given.phase), course);
            course
        };
        let course = courses::get(conn, &scope, course)?.ok_or(DemoError::Invented("course"))?;
        let lot = self.lot(conn, at, (person, index), patient)?;
        let started_at = given.t0.minus(self.minutes(35, 80));
        let facts = InfusionFacts {
            lot,
            started_at,
            ended_at: Some(given.t0),
            dose_cells_millions: Some(self.rng.random_range(10..=50) * 100),
            route: Route::Intravenous,
            premedication: None,
            notes: None,
        };
        let coordinator = self.clinics[plan.clinic].coordinator.clone();
        let id = record_infusion(
            conn,
            self.keys,
            at,
            &coordinator,
            (&row, &course),
            facts,
            (&[], Confirmed::Yes),
        )?;
        self.sit(conn, given.t0, &scope, (person, id))?;
        self.expect_answers(conn, (person, index, id))
    }

    fn product(&self, person: usize) -> crate::domain::ProductId {
        let plan = &self.cohort.patients[person];
        let (own, donor) = self.clinics[plan.clinic].products;
        match plan.kind {
            ProductKind::Autologous => own,
            ProductKind::Allogeneic => donor,
        }
    }

    fn enrol(
        &mut self,
        conn: &mut Connection,
        at: Timestamp,
        person: usize,
    ) -> Result<PatientId, DemoError> {
        let plan = &self.cohort.patients[person];
        let place = &self.cohort.clinics[plan.clinic];
        let clinic = &self.clinics[plan.clinic];
        let invented = |what| move |_| DemoError::Invented(what);
        let facts = PatientFacts {
            code: PatientCode::parse(&plan.code)
                .map_err(|_| DemoError::Invented("patient code"))?,
            name: plan.name.clone(),
            email: Some(
                EmailAddress::parse(&format!(
                    "{}@patients.invalid",
                    plan.code.to_ascii_lowercase()
                ))
                .map_err(invented("e-mail"))?,
            ),
            phone: Some(
                PhoneNumber::parse(&format!("000 0000 {:04}", person + 1))
                    .map_err(|_| DemoError::Invented("phone"))?,
            ),
            birth_year: plan.birth_year,
            sex: plan.sex,
            language: plan.language,
            time_zone: place.zone.clone(),
            infection_risk: None,
            notes: None,
        };
        let consent = ConsentFacts {
            text_version: "2025-1".to_owned(),
            language: plan.language,
            given_on: at.day(place.zone.jiff()).plus_days(-3),
        };
        let new = NewPatient { site: clinic.site, facts, consent: Some(consent) };
        let id = enrol(conn, at, &clinic.coordinator, new, (&[], Confirmed::Yes))?;
        self.patients[person] = Some(id);
        Ok(id)
    }

    fn lot(
        &mut self,
        conn: &mut Connection,
        at: Timestamp,
        (person, index): (usize, usize),
        patient: PatientId,
    ) -> Result<LotId, DemoError> {
        let plan = &self.cohort.patients[person];
        let given = &plan.infusions[index];
        let clinic = &self.clinics[plan.clinic];
        let number = LotNumber::parse(&given.lot).map_err(|_| DemoError::Invented("lot number"))?;
        if let Some(lot) = lots::by_number(conn, clinic.site, &number)? {
            return Ok(lot.id);
        }
        let day = given.t0.day(self.cohort.clinics[plan.clinic].zone.jiff());
        let (source, of) = match plan.kind {
            ProductKind::Autologous => (LotSource::Own, Some(patient)),
            ProductKind::Allogeneic => (LotSource::Donor, None),
        };
        let facts = LotFacts {
            product: self.product(person),
            number,
            source,
            patient: of,
            collected_on: Some(day.plus_days(-16)),
            culture_started_on: Some(day.plus_days(-15)),
            released_on: Some(day),
            cells_millions: Some(self.rng.random_range(20..=90) * 100),
            viability_permille: Some(self.rng.random_range(850..=980)),
            sterility: CultureResult::Negative,
            mycoplasma: CultureResult::Negative,
            endotoxin: EndotoxinResult::Pass,
            state: LotState::Released,
            state_reason: None,
        };
        let coordinator = self.clinics[plan.clinic].coordinator.clone();
        let site = self.clinics[plan.clinic].site;
        Ok(add_lot(conn, at, &coordinator, (site, facts), (&[], Confirmed::Yes))?)
    }

    /// What was measured in the chair, at the end of the infusion.
    fn sit(
        &mut self,
        conn: &mut Connection,
        t0: Timestamp,
        scope: &Scope,
        (person, id): (usize, InfusionId),
    ) -> Result<(), DemoError> {
        let plan = &self.cohort.patients[person];
        let thermometer = Thermometer::from_code(self.cohort.clinics[plan.clinic].thermometer)
            .ok_or(DemoError::Invented("thermometer"))?;
        let infusion = infusions::get(conn, scope, id)?.ok_or(DemoError::Invented("infusion"))?;
        let facts = ObservationFacts {
            observed_at: t0,
            temperature: Some((self.rng.random_range(361..=369), thermometer)),
            sbp: Some(self.rng.random_range(105..=145)),
            hr: Some(self.rng.random_range(58..=92)),
            spo2: Some(self.rng.random_range(96..=100)),
            rr: Some(self.rng.random_range(12..=18)),
            note: None,
        };
        let nurse = self.clinics[plan.clinic].nurse.clone();
        observe(conn, t0.plus_minutes(20), &nurse, &infusion, facts)?;
        Ok(())
    }

    /// Decides which check-ins of an infusion will be answered, when and how.
    fn expect_answers(
        &mut self,
        conn: &mut Connection,
        (person, infusion, id): (usize, usize, InfusionId),
    ) -> Result<(), DemoError> {
        let plan = &self.cohort.patients[person];
        if self.cohort.clinics[plan.clinic].is_silent {
            return Ok(());
        }
        let mut since = 0;
        for check_in in check_ins::of_infusion(conn, id)? {
            let hours = check_in.due_at.since(plan.infusions[infusion].t0).as_hours();
            // From PRO-TECT's first week to what long follow-up keeps (REFERENCE §9.2).
            let share = match check_in.code {
                CheckInCode::H4 | CheckInCode::D1 | CheckInCode::D2 | CheckInCode::D3 => {
                    plan.answers
                }
                CheckInCode::D7 | CheckInCode::D14 => plan.answers * 0.9,
                _ => plan.answers * 0.8,
            };
            if self.rng.random_bool(share) {
                let after = self.minutes(3, 170);
                let answer = Event::Answer { person, infusion, id, since, by_phone: false };
                self.at(check_in.due_at.plus(after), answer);
                since = hours;
            } else if self.rng.random_bool(0.6) {
                // Somebody rings when the check-in has closed.
                let after = SignedDuration::from_mins(self.rng.random_range(30..=400));
                let answer = Event::Answer { person, infusion, id, since, by_phone: true };
                self.at(check_in.closes_at.plus(after), answer);
                since = hours;
            }
        }
        Ok(())
    }
}

//! The clinics of the simulated year, and how what happens there is put into the program: with
//! the steps that its pages take.

use afterwatch::domain::entry::{
    EmailAddress, LotNumber, PatientCode, PhoneNumber, ProductCode, SiteCode,
};
use afterwatch::domain::grading::{CtcaeVersion, Site as Thermometer};
use afterwatch::domain::registry::{
    ActiveState, CultureResult, EndotoxinResult, LotSource, LotState, PatientState, Phase,
    ReportSource, Route, Sex,
};
use afterwatch::domain::task::{Action, CallResult, Outcome, WorthAFlag};
use afterwatch::domain::{
    Actor, CourseId, InfusionId, Language, LotId, PatientId, ProductId, ProductKind, Role, Scope,
    SiteId, Timestamp, Zone,
};
use afterwatch::follow_up;
use afterwatch::intake::{self, Submission};
use afterwatch::registry::Confirmed;
use afterwatch::registry::course::{CourseFacts, begin_course};
use afterwatch::registry::infusion::{Correction, InfusionFacts, change_infusion, record_infusion};
use afterwatch::registry::lot::{LotFacts, add_lot};
use afterwatch::registry::patient::{NewPatient, PatientFacts, enrol, set_state};
use afterwatch::registry::product::{ProductFacts, add_product};
use afterwatch::registry::site::{SiteFacts, add_site};
use afterwatch::secrets::Keys;
use afterwatch::store::{Connection, courses, infusions, links, patients, training, visits};
use afterwatch::triage::{self, Step};

use super::by_hand::ZONES;
use super::people::{Event, Person, State};
use crate::app::{START, TestApp};

const SYSTEM: Actor = Actor::System;
const YES: (&[afterwatch::domain::warning::Warning], Confirmed) = (&[], Confirmed::Yes);

pub fn instant(minute: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap().plus_minutes(minute)
}

/// What is the same for all patients.
#[derive(Debug, Clone)]
pub struct Clinics {
    pub sites: Vec<SiteId>,
    products: [ProductId; 2],
    nurse: Actor,
    keys: Keys,
}

/// One patient as the program knows them.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub patient: Option<PatientId>,
    courses: Vec<(usize, CourseId)>,
    pub infusions: Vec<InfusionId>,
    lots: Vec<LotId>,
}

impl Clinics {
    pub async fn found(app: &TestApp) -> Self {
        let now = app.now();
        let (sites, products) = app
            .write(move |conn| {
                let sites: Vec<SiteId> = (0..ZONES.len())
                    .map(|number| add_site(conn, now, &SYSTEM, site(number)).unwrap())
                    .collect();
                let products = [
                    (ProductKind::Autologous, "NK-AUTO", "NK-AUTO-1"),
                    (ProductKind::Allogeneic, "NK-ALLO", "NK-ALLO-1"),
                ]
                .map(|(kind, code, rule_set)| {
                    let facts = ProductFacts {
                        code: ProductCode::parse(code).unwrap(),
                        name: code.to_owned(),
                        kind,
                        rule_set: rule_set.to_owned(),
                        state: ActiveState::Active,
                    };
                    add_product(conn, now, &SYSTEM, facts).unwrap()
                });
                Ok((sites, products))
            })
            .await;
        let roles: Vec<(SiteId, Role)> = sites.iter().map(|site| (*site, Role::Nurse)).collect();
        let nurse = app.person(&roles, false).await;
        for site in &sites {
            app.on_duty(nurse, *site).await;
        }
        let nurse = Actor::Staff { id: nurse, name: "Test Person".to_owned() };
        Self { sites, products, nurse, keys: app.app.keys.clone() }
    }

    /// Puts one event into the program.
    pub fn happens(
        &self,
        conn: &mut Connection,
        (now, event): (Timestamp, Event),
        (number, person, known): (usize, &Person, &mut Known),
    ) {
        let scope = Scope::of([self.sites[person.clinic]]);
        match event {
            Event::Record(index) => self.record(conn, now, index, (number, person, known)),
            Event::Correct(index, t0) => {
                let infusion = known.infusions[index];
                let old = infusions::get(conn, &scope, infusion).unwrap().unwrap();
                let patient = patients::get(conn, &scope, old.patient_id).unwrap().unwrap();
                let course = courses::get(conn, &scope, old.course_id).unwrap().unwrap();
                let facts = infusion_facts(known.lots[index], t0);
                let reason = "typed wrong".to_owned();
                let correction = Correction { version: old.version, facts, reason };
                let rows = (&patient, &course, &old);
                change_infusion(conn, &self.keys, now, &SYSTEM, rows, correction, YES).unwrap();
            }
            Event::Answer => {
                let infusion = *known.infusions.last().unwrap();
                // Nobody is asked any more, and the link has ended.
                let Some(link) = links::live(conn, infusion, now).unwrap() else { return };
                let actor = Actor::Patient { patient: link.patient, link: link.id };
                let submission = Submission {
                    infusion,
                    source: ReportSource::Patient,
                    staff: None,
                    language: language(person),
                    report: serde_json::json!({}),
                    draft: None,
                    idempotency_key: None,
                    supersedes: None,
                };
                intake::receive(conn, now, &actor, &submission).unwrap();
            }
            Event::State(state) => {
                let patient = known.patient.unwrap();
                let row = patients::get(conn, &scope, patient).unwrap().unwrap();
                let next = match state {
                    State::Active => PatientState::Active,
                    State::OnHold => PatientState::OnHold,
                    State::InHospital => PatientState::InHospital,
                    State::Withdrawn => PatientState::Withdrawn,
                    State::Died => PatientState::Died,
                    State::Moved => PatientState::Moved,
                };
                let row = (&row, row.version);
                set_state(conn, &self.keys, now, &SYSTEM, row, (next, "so it was")).unwrap();
            }
            Event::Stop(is_stopped) => {
                let infusion = *known.infusions.last().unwrap();
                let place = visits::place(conn, &scope, infusion).unwrap().unwrap();
                let wish = (!is_stopped, "by the patient");
                visits::set_prompts(conn, now, &SYSTEM, &place, wish).unwrap();
                if !is_stopped {
                    follow_up::resumed(conn, &self.keys, now, &SYSTEM, place.patient).unwrap();
                }
            }
        }
    }

    fn record(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        index: usize,
        (number, person, known): (usize, &Person, &mut Known),
    ) {
        let site = self.sites[person.clinic];
        let scope = Scope::of([site]);
        let product = self.products[usize::from(person.is_donor)];
        let patient = *known.patient.get_or_insert_with(|| {
            let new = NewPatient { site, facts: patient_facts(number, person), consent: None };
            enrol(conn, now, &SYSTEM, new, YES).unwrap()
        });
        let row = patients::get(conn, &scope, patient).unwrap().unwrap();
        let given = &person.infusions[index];
        let begun = known.courses.iter().find(|(phase, _)| *phase == given.phase);
        let new_course = |conn: &mut Connection| {
            let phase = [Phase::First, Phase::Consolidation, Phase::Prevention][given.phase];
            let facts = CourseFacts::usual(product, phase, now.day(row.time_zone.jiff()));
            begin_course(conn, now, &SYSTEM, &row, &facts).unwrap()
        };
        let course = begun.map_or_else(|| new_course(conn), |(_, course)| *course);
        if begun.is_none() {
            known.courses.push((given.phase, course));
        }
        let course = courses::get(conn, &scope, course).unwrap().unwrap();
        let facts = lot_facts(product, (number, index), (!person.is_donor).then_some(patient));
        let lot = add_lot(conn, now, &SYSTEM, (site, facts), YES).unwrap();
        let facts = infusion_facts(lot, given.t0);
        let rows = (&row, &course);
        let id = record_infusion(conn, &self.keys, now, &SYSTEM, rows, facts, YES).unwrap();
        known.infusions.push(id);
        known.lots.push(lot);
    }

    /// The nurses take what there is, ring, and close it.
    pub fn work(&self, conn: &mut Connection, now: Timestamp) {
        for task in training::open_tasks(conn).unwrap() {
            let call = Action::Call {
                result: Some(CallResult::Reached),
                next_try_at: None,
                note: String::new(),
            };
            let close = Action::Close {
                outcome: Some(Outcome::AdviceGiven),
                worth_a_flag: Some(WorthAFlag::Unsure),
                note: String::new(),
            };
            for action in [Action::Take, call, close] {
                let open = training::open_task(conn, task.id).unwrap().unwrap();
                let step = Step {
                    actor: self.nurse.clone(),
                    scope: Scope::of([task.site]),
                    task: task.id,
                    version: open.version,
                };
                triage::act(conn, now, &step, &action).unwrap();
            }
        }
    }
}

fn zone(number: usize) -> Zone {
    Zone::parse(ZONES[number].0).unwrap()
}

const fn language(person: &Person) -> Language {
    if person.is_chinese { Language::ZhCn } else { Language::En }
}

fn site(number: usize) -> SiteFacts {
    SiteFacts {
        code: SiteCode::parse(&format!("S{number}")).unwrap(),
        name: format!("Clinic {number}"),
        mail_name: format!("Centre {number}"),
        time_zone: zone(number),
        language: if number == 0 { Language::ZhCn } else { Language::En },
        phone: PhoneNumber::parse("+86 21 5555 0100").unwrap(),
        emergency_number: "120".to_owned(),
        crisis_line: None,
        thermometer: Thermometer::Oral,
        ctcae_version: CtcaeVersion::V5,
        state: ActiveState::Active,
    }
}

fn patient_facts(number: usize, person: &Person) -> PatientFacts {
    PatientFacts {
        code: PatientCode::parse(&format!("P{number}")).unwrap(),
        name: format!("Name of {number}"),
        email: Some(EmailAddress::parse(&format!("p{number}@patient.example")).unwrap()),
        phone: Some(PhoneNumber::parse(&format!("+86 139 {number:08}")).unwrap()),
        birth_year: 1961,
        sex: Sex::Female,
        language: language(person),
        time_zone: zone(person.zone),
        infection_risk: None,
        notes: None,
    }
}

fn lot_facts(
    product: ProductId,
    (number, index): (usize, usize),
    own: Option<PatientId>,
) -> LotFacts {
    LotFacts {
        product,
        number: LotNumber::parse(&format!("L{number}-{index}")).unwrap(),
        source: if own.is_some() { LotSource::Own } else { LotSource::Donor },
        patient: own,
        collected_on: None,
        culture_started_on: None,
        released_on: None,
        cells_millions: None,
        viability_permille: None,
        sterility: CultureResult::Negative,
        mycoplasma: CultureResult::Negative,
        endotoxin: EndotoxinResult::Pass,
        state: LotState::Released,
        state_reason: None,
    }
}

fn infusion_facts(lot: LotId, t0: i64) -> InfusionFacts {
    InfusionFacts {
        lot,
        started_at: instant(t0 - 60),
        ended_at: Some(instant(t0)),
        dose_cells_millions: Some(3000),
        route: Route::Intravenous,
        premedication: None,
        notes: None,
    }
}

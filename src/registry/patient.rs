//! Patients: enrolment, changes, consent, state.

mod form;
mod standing;

use serde_json::json;

pub use form::PatientForm;
pub(super) use form::site_in_scope;
pub use standing::{ConsentFacts, ConsentForm, StateForm, give_consent, set_state};

use super::{Confirmed, Facts, Refusal, changes, perhaps, said, with_warnings};
use crate::domain::entry::{EmailAddress, PatientCode, PhoneNumber};
use crate::domain::problem::Reason;
use crate::domain::registry::{PatientState, Sex};
use crate::domain::warning::Warning;
use crate::domain::{Actor, Codelist, Language, PatientId, Scope, SiteId, Timestamp, Zone};
use crate::store::patients::{self, Contact, Patient};
use crate::store::{Connection, audit};

/// What is known of a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientFacts {
    /// The clinic's number for the patient.
    pub code: PatientCode,
    /// The name.
    pub name: String,
    /// Where prompts go.
    pub email: Option<EmailAddress>,
    /// Where we ring.
    pub phone: Option<PhoneNumber>,
    /// Year of birth.
    pub birth_year: i32,
    /// Administrative sex.
    pub sex: Sex,
    /// Language of mails and pages.
    pub language: Language,
    /// Where the patient's clock is.
    pub time_zone: Zone,
    /// Why a fever is an emergency for this patient; none when it is not.
    pub infection_risk: Option<String>,
    /// Allergies, history, other medicines.
    pub notes: Option<String>,
}

/// A patient to be enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPatient {
    /// At which clinic.
    pub site: SiteId,
    /// Who.
    pub facts: PatientFacts,
    /// The consent that was signed, if it was.
    pub consent: Option<ConsentFacts>,
}

fn audited(patient: &Patient) -> Facts {
    vec![
        ("code", said(&patient.code)),
        ("birth_year", said(&patient.birth_year)),
        ("sex", said(&patient.sex.code())),
        ("language", said(&patient.language.code())),
        ("time_zone", said(&patient.time_zone)),
        ("infection_risk", said(&patient.infection_risk)),
        ("infection_risk_reason", perhaps(patient.infection_risk_reason.as_ref())),
        ("notes", perhaps(patient.notes.as_ref())),
    ]
}

fn contact_changes(old: Option<&Contact>, new: &Contact) -> Vec<&'static str> {
    let mut changed = Vec::new();
    if old.map(|c| &c.name) != Some(&new.name) {
        changed.push("name");
    }
    if old.and_then(|c| c.email.as_ref()) != new.email.as_ref() {
        changed.push("email");
    }
    if old.and_then(|c| c.phone.as_ref()) != new.phone.as_ref() {
        changed.push("phone");
    }
    changed
}

/// Enrols a patient.
pub fn enrol(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    new: NewPatient,
    (warnings, confirmed): (&[Warning], Confirmed),
) -> Result<PatientId, Refusal> {
    if patients::by_code(conn, new.site, &new.facts.code)?.is_some() {
        return Err(Refusal::field("code", Reason::Taken));
    }
    confirmed.settle(warnings)?;
    let facts = new.facts;
    let patient = Patient {
        id: PatientId::new(),
        site_id: new.site,
        code: facts.code,
        birth_year: facts.birth_year,
        sex: facts.sex,
        language: facts.language,
        time_zone: facts.time_zone,
        state: PatientState::Active,
        state_reason: None,
        prompts_stopped_at: None,
        infection_risk: facts.infection_risk.is_some(),
        infection_risk_reason: facts.infection_risk,
        notes: facts.notes,
        version: 1,
        recorded_at: now,
    };
    let contact = Contact {
        patient_id: patient.id,
        name: facts.name,
        email: facts.email,
        phone: facts.phone,
    };
    patients::insert(conn, &patient)?;
    patients::put_contact(conn, &contact)?;
    let mut detail = changes(&Vec::new(), &audited(&patient));
    detail.insert("contact".to_owned(), json!(contact_changes(None, &contact)));
    let detail = with_warnings(detail, warnings);
    let object = ("patient", &patient.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(new.site), "patient.enrolled", object, &detail)?;
    if let Some(consent) = new.consent {
        give_consent(conn, now, actor, &patient, consent)?;
    }
    Ok(patient.id)
}

/// Changes a patient who was read at `version`.
pub fn change_patient(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (old, version): (&Patient, i32),
    facts: PatientFacts,
    (warnings, confirmed): (&[Warning], Confirmed),
) -> Result<(), Refusal> {
    let patient = Patient {
        code: facts.code,
        birth_year: facts.birth_year,
        sex: facts.sex,
        language: facts.language,
        time_zone: facts.time_zone,
        infection_risk: facts.infection_risk.is_some(),
        infection_risk_reason: facts.infection_risk,
        notes: facts.notes,
        version,
        ..old.clone()
    };
    let contact =
        Contact { patient_id: old.id, name: facts.name, email: facts.email, phone: facts.phone };
    if old.version != version {
        return Err(Refusal::Changed);
    }
    confirmed.settle(warnings)?;
    let before = patients::contact(conn, &Scope::of([old.site_id]), old.id)?;
    let changed = contact_changes(before.as_ref(), &contact);
    let mut detail = changes(&audited(old), &audited(&patient));
    if detail.is_empty() && changed.is_empty() {
        return Ok(());
    }
    if !patients::update(conn, &patient)? {
        return Err(Refusal::Changed);
    }
    if !changed.is_empty() {
        patients::put_contact(conn, &contact)?;
        detail.insert("contact".to_owned(), json!(changed));
    }
    let detail = with_warnings(detail, warnings);
    let object = ("patient", &patient.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(old.site_id), "patient.changed", object, &detail)?;
    Ok(())
}

/// Notes that a person looked at a patient's record.
pub fn viewed(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (site, patient): (SiteId, PatientId),
    page: &str,
) -> Result<(), Refusal> {
    let object = ("patient", &patient as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(site), "patient.viewed", object, &json!({"page": page}))?;
    Ok(())
}

//! Where a patient stands: consent, and the state of the follow-up.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Refusal;
use crate::domain::entry;
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::PatientState;
use crate::domain::{Actor, Codelist, ConsentId, Day, Language, Scope, Timestamp};
use crate::follow_up;
use crate::registry::lot::stop;
use crate::secrets::Keys;
use crate::store::patients::{self, Consent, Patient};
use crate::store::sites::Site;
use crate::store::{Connection, audit};

/// A consent to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentFacts {
    /// The version of the text that was signed.
    pub text_version: String,
    /// The language of the text.
    pub language: Language,
    /// When it was signed.
    pub given_on: Day,
}

/// A change of state as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "text as typed")]
pub struct StateForm {
    pub state: String,
    pub reason: String,
    pub version: String,
}

impl StateForm {
    /// Reads the form: the next state and why.
    pub fn read(
        &self,
        conn: &mut Connection,
        patient: &Patient,
    ) -> Result<(PatientState, String), Refusal> {
        let mut p = Problems::new();
        let next: Option<PatientState> = p.take("state", entry::choice(&self.state));
        if let Some(next) = next {
            if !patient.state.may_become(next) {
                p.add("state", Reason::PatientStep(patient.state, next));
            } else if patient.state == PatientState::Withdrawn
                && next == PatientState::Active
                && !has_consent(conn, patient)?
            {
                p.add("state", Reason::NeedsConsent);
            }
        }
        let reason = p.take(
            "reason",
            entry::line(&self.reason).map_err(|reason| match reason {
                Reason::Missing => Reason::NeedsReason,
                other => other,
            }),
        );
        match (next, reason) {
            (Some(next), Some(reason)) if p.is_empty() => Ok((next, reason)),
            _ => Err(Refusal::Problems(p)),
        }
    }
}

fn has_consent(conn: &mut Connection, patient: &Patient) -> Result<bool, Refusal> {
    let all = patients::consents(conn, &Scope::of([patient.site_id]), patient.id)?;
    Ok(all.iter().any(|consent| consent.withdrawn_at.is_none()))
}

/// Sets the state of a patient who was read at `version`: hold, withdrawal, death, moving
/// away, coming back. What was recorded stays; withdrawing ends every consent.
pub fn set_state(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    (old, version): (&Patient, i32),
    (next, reason): (PatientState, &str),
) -> Result<(), Refusal> {
    if !old.state.may_become(next) {
        return Err(Refusal::field("state", Reason::PatientStep(old.state, next)));
    }
    let patient =
        Patient { state: next, state_reason: Some(reason.to_owned()), version, ..old.clone() };
    if !patients::update(conn, &patient)? {
        return Err(Refusal::Changed);
    }
    let ended = match next {
        PatientState::Withdrawn => patients::withdraw_consents(conn, old.id, now)?,
        _ => Vec::new(),
    };
    let ended: Vec<String> = ended.iter().map(ToString::to_string).collect();
    let detail = json!({
        "state": [old.state.code(), next.code()],
        "reason": reason,
        "consents_ended": ended,
    });
    let object = ("patient", &patient.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(old.site_id), "patient.state_set", object, &detail)?;
    if next == PatientState::Died {
        let reason = format!("{} · {}", next.code(), old.code);
        stop::after_death(conn, now, actor, (old.site_id, old.id), &reason)?;
    }
    if next == PatientState::Active {
        follow_up::resumed(conn, keys, now, actor, patient.id)?;
    }
    Ok(())
}

/// A consent as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "text as typed")]
pub struct ConsentForm {
    pub text_version: String,
    pub language: String,
    pub given_on: String,
}

impl ConsentForm {
    /// Reads the form.
    pub fn read(&self, now: Timestamp, site: &Site) -> Result<ConsentFacts, Refusal> {
        let mut p = Problems::new();
        let today = now.day(site.time_zone.jiff());
        let text_version = p.take("text_version", entry::line(&self.text_version));
        let language = p.take("language", entry::choice(&self.language));
        let given_on = p.take("given_on", entry::past_day(&self.given_on, today));
        let (Some(text_version), Some(language), Some(given_on)) =
            (text_version, language, given_on)
        else {
            return Err(Refusal::Problems(p));
        };
        Ok(ConsentFacts { text_version, language, given_on })
    }
}

/// Records a consent.
pub fn give_consent(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    patient: &Patient,
    new: ConsentFacts,
) -> Result<ConsentId, Refusal> {
    let detail = json!({
        "text_version": [Value::Null, new.text_version],
        "language": [Value::Null, new.language.code()],
        "given_on": [Value::Null, new.given_on.to_string()],
        "patient": patient.id.to_string(),
    });
    let consent = Consent {
        id: ConsentId::new(),
        patient_id: patient.id,
        text_version: new.text_version,
        language: new.language,
        given_on: new.given_on,
        withdrawn_at: None,
        recorded_by: actor.staff(),
        recorded_at: now,
    };
    patients::add_consent(conn, &consent)?;
    let object = ("consent", &consent.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(patient.site_id), "consent.given", object, &detail)?;
    Ok(consent.id)
}

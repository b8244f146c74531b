//! Patients: enrolment, changes, consent, state.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Confirmed, Facts, Noted, Refusal, changes, perhaps, said, site, with_warnings};
use crate::domain::entry::{self, EmailAddress, PatientCode, PhoneNumber};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::{ActiveState, PatientState, Sex};
use crate::domain::warning::Warning;
use crate::domain::{
    Actor, Codelist, ConsentId, Day, Language, PatientId, Scope, SiteId, Timestamp, Zone,
};
use crate::follow_up;
use crate::secrets::Keys;
use crate::store::patients::{self, Consent, Contact, Patient};
use crate::store::sites::{self, Site};
use crate::store::{Connection, audit};

/// A patient as typed in a page or read from a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of `PatientFacts`, as text")]
pub struct PatientForm {
    /// The code of the clinic.
    pub site: String,
    pub code: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub birth_year: String,
    pub sex: String,
    pub language: String,
    pub time_zone: String,
    pub infection_risk_reason: String,
    pub notes: String,
    pub consent_version: String,
    pub consent_on: String,
    /// `yes` when what looks odd is meant.
    pub confirmed: String,
    /// The version that the form was made from.
    pub version: String,
}

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

impl PatientForm {
    /// An empty form with what is usual at a clinic.
    #[must_use]
    pub fn blank(site: &Site) -> Self {
        Self {
            site: site.code.to_string(),
            sex: Sex::Unknown.code().to_owned(),
            language: site.language.code().to_owned(),
            time_zone: site.time_zone.to_string(),
            ..Self::default()
        }
    }

    /// The form of a patient as they are.
    #[must_use]
    pub fn of(site: &Site, patient: &Patient, contact: Option<&Contact>) -> Self {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Self {
            site: site.code.to_string(),
            code: patient.code.to_string(),
            name: text(contact.map(|c| c.name.as_str())),
            email: text(contact.and_then(|c| c.email.as_ref()).map(EmailAddress::as_str)),
            phone: text(contact.and_then(|c| c.phone.as_ref()).map(PhoneNumber::as_str)),
            birth_year: patient.birth_year.to_string(),
            sex: patient.sex.code().to_owned(),
            language: patient.language.code().to_owned(),
            time_zone: patient.time_zone.to_string(),
            infection_risk_reason: text(patient.infection_risk_reason.as_deref()),
            notes: text(patient.notes.as_deref()),
            version: patient.version.to_string(),
            ..Self::default()
        }
    }

    /// Reads the form of a new patient of a clinic in scope.
    pub fn read_new(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        scope: &Scope,
    ) -> Result<(NewPatient, Vec<Warning>), Refusal> {
        let mut p = Problems::new();
        let site = site_in_scope(conn, scope, &self.site, &mut p)?;
        let facts = self.facts(conn, now, site.as_ref(), None, &mut p)?;
        let consent = self.consent(now, site.as_ref(), &mut p);
        let (Some(site), Some(facts), Ok(consent), true) = (site, facts, consent, p.is_empty())
        else {
            return Err(Refusal::Problems(p));
        };
        let warnings = likely_duplicate(conn, site.id, None, &facts)?;
        Ok((NewPatient { site: site.id, facts, consent }, warnings))
    }

    /// Reads the form of a patient who is enrolled already.
    pub fn read_change(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        site: &Site,
        patient: &Patient,
    ) -> Result<(PatientFacts, Vec<Warning>), Refusal> {
        let mut p = Problems::new();
        let facts = self.facts(conn, now, Some(site), Some(patient.id), &mut p)?;
        let (Some(facts), true) = (facts, p.is_empty()) else {
            return Err(Refusal::Problems(p));
        };
        let warnings = likely_duplicate(conn, site.id, Some(patient.id), &facts)?;
        Ok((facts, warnings))
    }

    fn facts(
        &self,
        conn: &mut Connection,
        now: Timestamp,
        site: Option<&Site>,
        myself: Option<PatientId>,
        p: &mut Problems,
    ) -> Result<Option<PatientFacts>, Refusal> {
        let code = p.take("code", PatientCode::parse(&self.code));
        if let (Some(code), Some(site)) = (&code, site)
            && patients::by_code(conn, site.id, code)?.is_some_and(|known| Some(known.id) != myself)
        {
            p.add("code", Reason::Taken);
        }
        let name = p.take("name", entry::line(&self.name));
        let email = p.take("email", entry::optional(EmailAddress::parse(&self.email)));
        let phone = p.take("phone", entry::optional(PhoneNumber::parse(&self.phone)));
        if email == Some(None) && phone == Some(None) {
            p.add("email", Reason::NoContact);
        }
        let this_year = i32::from(now.day(&jiff::tz::TimeZone::UTC).date().year());
        let birth_year =
            p.take("birth_year", entry::small_whole(&self.birth_year, 1900, this_year));
        let sex = p.take("sex", entry::choice(&self.sex));
        let language = p.take("language", entry::choice(&self.language));
        let time_zone = match (self.time_zone.trim(), site) {
            ("", Some(site)) => Some(site.time_zone.clone()),
            (text, _) => p.take("time_zone", site::zone(text)),
        };
        let infection_risk =
            p.take("infection_risk_reason", entry::optional_line(&self.infection_risk_reason));
        let notes = p.take("notes", entry::note(&self.notes));
        let (
            Some(code),
            Some(name),
            Some(email),
            Some(phone),
            Some(birth_year),
            Some(sex),
            Some(language),
            Some(time_zone),
            Some(infection_risk),
            Some(notes),
        ) = (code, name, email, phone, birth_year, sex, language, time_zone, infection_risk, notes)
        else {
            return Ok(None);
        };
        Ok(Some(PatientFacts {
            code,
            name,
            email,
            phone,
            birth_year,
            sex,
            language,
            time_zone,
            infection_risk,
            notes,
        }))
    }

    fn consent(
        &self,
        now: Timestamp,
        site: Option<&Site>,
        p: &mut Problems,
    ) -> Result<Option<ConsentFacts>, Noted> {
        let version = p.take("consent_version", entry::optional_line(&self.consent_version));
        let today = now.day(site.map_or(&jiff::tz::TimeZone::UTC, |site| site.time_zone.jiff()));
        let on = p.take("consent_on", entry::optional(entry::past_day(&self.consent_on, today)));
        match (version.ok_or(Noted)?, on.ok_or(Noted)?) {
            (None, None) => return Ok(None),
            (Some(text_version), Some(given_on)) => {
                // The text is signed in the language that the patient reads.
                let language = entry::choice(&self.language).map_err(|_| Noted)?;
                return Ok(Some(ConsentFacts { text_version, language, given_on }));
            }
            (None, Some(_)) => p.add("consent_version", Reason::Together("consent_on")),
            (Some(_), None) => p.add("consent_on", Reason::Together("consent_version")),
        }
        Err(Noted)
    }
}

/// The clinic with this code if it is in scope and takes new entries.
pub(super) fn site_in_scope(
    conn: &mut Connection,
    scope: &Scope,
    code: &str,
    p: &mut Problems,
) -> Result<Option<Site>, Refusal> {
    let Some(code) = p.take("site", entry::SiteCode::parse(code)) else { return Ok(None) };
    let site = sites::by_code(conn, &code)?.filter(|site| scope.allows(site.id));
    match &site {
        None => p.add("site", Reason::Unknown),
        Some(site) if site.state == ActiveState::Inactive => p.add("site", Reason::Inactive),
        Some(_) => {}
    }
    Ok(site)
}

fn likely_duplicate(
    conn: &mut Connection,
    site: SiteId,
    myself: Option<PatientId>,
    facts: &PatientFacts,
) -> Result<Vec<Warning>, Refusal> {
    let found = patients::alike(
        conn,
        site,
        facts.birth_year,
        &facts.name,
        facts.email.as_ref(),
        facts.phone.as_ref(),
    )?;
    Ok(found
        .into_iter()
        .filter(|(id, _)| Some(*id) != myself)
        .map(|(_, code)| Warning::LikelyDuplicate(code.to_string()))
        .collect())
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

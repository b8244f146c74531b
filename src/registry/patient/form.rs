//! A patient as typed, read into facts.

use serde::Deserialize;

use super::super::{Noted, Refusal, site};
use super::{ConsentFacts, NewPatient, PatientFacts};
use crate::domain::entry::{self, EmailAddress, PatientCode, PhoneNumber};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::{ActiveState, Sex};
use crate::domain::warning::Warning;
use crate::domain::{Codelist, PatientId, Scope, SiteId, Timestamp};
use crate::store::Connection;
use crate::store::patients::{self, Contact, Patient};
use crate::store::sites::{self, Site};

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
pub(in crate::registry) fn site_in_scope(
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

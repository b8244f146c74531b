//! Clinics: who may be enrolled where, and how the clinic is reached.

use serde::Deserialize;
use serde_json::Value;

use super::{Facts, Refusal, changes, perhaps, said};
use crate::domain::entry::{self, PhoneNumber, SiteCode};
use crate::domain::grading::{CtcaeVersion, Site as Thermometer};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::ActiveState;
use crate::domain::{Actor, Codelist, Language, SiteId, Timestamp, Zone};
use crate::store::sites::{self, Site};
use crate::store::{Connection, audit};

/// A clinic as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of `SiteFacts`, as text")]
pub struct SiteForm {
    pub code: String,
    pub name: String,
    pub mail_name: String,
    pub time_zone: String,
    pub language: String,
    pub phone: String,
    pub emergency_number: String,
    pub crisis_line: String,
    pub thermometer: String,
    pub ctcae_version: String,
    pub state: String,
    pub version: String,
}

/// What is known of a clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFacts {
    /// The short name, the same in every language.
    pub code: SiteCode,
    /// The name.
    pub name: String,
    /// The sender's name in mails: says nothing about the treatment.
    pub mail_name: String,
    /// Where its clocks are.
    pub time_zone: Zone,
    /// The usual language of its patients.
    pub language: Language,
    /// The number that patients call.
    pub phone: PhoneNumber,
    /// The emergency number of the place.
    pub emergency_number: String,
    /// A crisis line.
    pub crisis_line: Option<String>,
    /// Where thermometers are usually held.
    pub thermometer: Thermometer,
    /// What is graded by.
    pub ctcae_version: CtcaeVersion,
    /// Whether it takes new patients.
    pub state: ActiveState,
}

impl SiteForm {
    /// The form of a clinic as it is.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        Self {
            code: site.code.to_string(),
            name: site.name.clone(),
            mail_name: site.mail_name.clone(),
            time_zone: site.time_zone.to_string(),
            language: site.language.code().to_owned(),
            phone: site.phone.to_string(),
            emergency_number: site.emergency_number.clone(),
            crisis_line: site.crisis_line.clone().unwrap_or_default(),
            thermometer: site.thermometer.code().to_owned(),
            ctcae_version: site.ctcae_version.code().to_owned(),
            state: site.state.code().to_owned(),
            version: site.version.to_string(),
        }
    }

    /// Reads the form. `myself` is the clinic that is being changed.
    pub fn read(
        &self,
        conn: &mut Connection,
        myself: Option<SiteId>,
    ) -> Result<SiteFacts, Refusal> {
        let mut p = Problems::new();
        let code = p.take("code", SiteCode::parse(&self.code));
        if let Some(code) = &code
            && sites::by_code(conn, code)?.is_some_and(|known| Some(known.id) != myself)
        {
            p.add("code", Reason::Taken);
        }
        let name = p.take("name", entry::line(&self.name));
        let mail_name = p.take("mail_name", entry::line(&self.mail_name));
        let time_zone = p.take("time_zone", zone(&self.time_zone));
        let language = p.take("language", entry::choice(&self.language));
        let phone = p.take("phone", PhoneNumber::parse(&self.phone));
        let emergency_number = p.take("emergency_number", short_number(&self.emergency_number));
        let crisis_line = match self.crisis_line.trim() {
            "" => Some(None),
            text => p.take("crisis_line", short_number(text)).map(Some),
        };
        let thermometer = p.take("thermometer", entry::choice(&self.thermometer));
        let ctcae_version = p.take("ctcae_version", entry::choice(&self.ctcae_version));
        let state = p.take("state", entry::choice(&self.state));
        let (
            Some(code),
            Some(name),
            Some(mail_name),
            Some(time_zone),
            Some(language),
            Some(phone),
            Some(emergency_number),
            Some(crisis_line),
            Some(thermometer),
            Some(ctcae_version),
            Some(state),
            true,
        ) = (
            code,
            name,
            mail_name,
            time_zone,
            language,
            phone,
            emergency_number,
            crisis_line,
            thermometer,
            ctcae_version,
            state,
            p.is_empty(),
        )
        else {
            return Err(Refusal::Problems(p));
        };
        Ok(SiteFacts {
            code,
            name,
            mail_name,
            time_zone,
            language,
            phone,
            emergency_number,
            crisis_line,
            thermometer,
            ctcae_version,
            state,
        })
    }
}

/// Reads a time zone.
pub(super) fn zone(text: &str) -> Result<Zone, Reason> {
    if text.trim().is_empty() {
        return Err(Reason::Missing);
    }
    Zone::parse(text).map_err(|_| Reason::NotZone)
}

/// Emergency numbers are short: three digits are enough.
fn short_number(text: &str) -> Result<String, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::Missing);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let known = text.chars().all(|c| c.is_ascii_digit() || " -+()".contains(c));
    if known && (3..=20).contains(&digits) { Ok(text.to_owned()) } else { Err(Reason::NotPhone) }
}

fn row(id: SiteId, version: i32, recorded_at: Timestamp, facts: SiteFacts) -> Site {
    Site {
        id,
        code: facts.code,
        name: facts.name,
        mail_name: facts.mail_name,
        time_zone: facts.time_zone,
        language: facts.language,
        phone: facts.phone,
        emergency_number: facts.emergency_number,
        crisis_line: facts.crisis_line,
        thermometer: facts.thermometer,
        ctcae_version: facts.ctcae_version,
        state: facts.state,
        version,
        recorded_at,
    }
}

fn facts(site: &Site) -> Facts {
    vec![
        ("code", said(&site.code)),
        ("name", said(&site.name)),
        ("mail_name", said(&site.mail_name)),
        ("time_zone", said(&site.time_zone)),
        ("language", said(&site.language.code())),
        ("phone", said(&site.phone)),
        ("emergency_number", said(&site.emergency_number)),
        ("crisis_line", perhaps(site.crisis_line.as_ref())),
        ("thermometer", said(&site.thermometer.code())),
        ("ctcae_version", said(&site.ctcae_version.code())),
        ("state", said(&site.state.code())),
    ]
}

/// Adds a clinic.
pub fn add_site(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    new: SiteFacts,
) -> Result<SiteId, Refusal> {
    if sites::by_code(conn, &new.code)?.is_some() {
        return Err(Refusal::field("code", Reason::Taken));
    }
    let site = row(SiteId::new(), 1, now, new);
    sites::insert(conn, &site)?;
    let detail = Value::Object(changes(&Vec::new(), &facts(&site)));
    audit::append(conn, now, actor, Some(site.id), "site.added", ("site", &site.id), &detail)?;
    Ok(site.id)
}

/// Changes a clinic that was read at `version`. Which clinics may be changed is for the
/// caller to know: `old` is what the person was allowed to read.
pub fn change_site(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (old, version): (&Site, i32),
    new: SiteFacts,
) -> Result<(), Refusal> {
    let site = row(old.id, version, old.recorded_at, new);
    let detail = changes(&facts(old), &facts(&site));
    if detail.is_empty() && old.version == version {
        return Ok(());
    }
    if !sites::update(conn, &site)? {
        return Err(Refusal::Changed);
    }
    let detail = Value::Object(detail);
    audit::append(conn, now, actor, Some(site.id), "site.changed", ("site", &site.id), &detail)?;
    Ok(())
}

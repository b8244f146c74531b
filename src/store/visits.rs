//! Visits behind a patient's link, and what their pages may know.
//!
//! A link is a permission to report for one infusion. Nothing here gives out a name,
//! a code or what was answered in another visit.

mod drafts;
mod told;

use diesel::prelude::*;
use serde_json::json;

use super::schema::{check_in, course, infusion, link, patient, product, site, visit};
use super::{Connection, Result, audit};
use crate::domain::registry::CheckInState;
use crate::domain::schedule::CheckInCode;
use crate::domain::{
    Actor, InfusionId, Language, LinkId, PatientId, ProductKind, Scope, SiteId, Timestamp, Zone,
};

pub use drafts::{
    Draft, SentReport, adopt, claim, draft_of_staff, draft_of_visit, receipt, save_answers,
    sent_by_link, sent_in_visit, unfinished_elsewhere,
};
pub use told::{Told, told_since};

/// How long a visit lasts after its last page, in hours.
pub const VISIT_HOURS: i64 = 2;
/// Wrong birth years that one link accepts in a day (a stranger could try them all).
pub const WRONG_BIRTH_YEARS: i64 = 10;

/// What a clinic tells on every patient page.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = site, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Clinic {
    /// The neutral name, which says nothing about the treatment.
    #[diesel(column_name = mail_name)]
    pub name: String,
    /// The clinic's phone number.
    pub phone: String,
    /// The emergency number where the clinic is.
    pub emergency_number: String,
    /// The crisis line, if one is known.
    pub crisis_line: Option<String>,
    /// Where its patients usually hold the thermometer.
    pub thermometer: String,
    /// The clinic's zone.
    pub time_zone: Zone,
}

/// The infusion that a report is about, with what its questions depend on.
#[derive(Debug, Clone)]
pub struct Place {
    /// Whose.
    pub patient: PatientId,
    /// Which infusion.
    pub infusion: InfusionId,
    /// Which clinic's.
    pub site: SiteId,
    /// The patient's language.
    pub language: Language,
    /// The patient's zone.
    pub zone: Zone,
    /// Since when the patient wants no mails.
    pub prompts_stopped_at: Option<Timestamp>,
    /// When the infusion began.
    pub started_at: Timestamp,
    /// When it ended; every hour is counted from here.
    pub t0: Timestamp,
    /// Own or donor cells.
    pub product: ProductKind,
    /// The rule set of the product.
    pub rule_set: String,
    /// The clinic's contact.
    pub clinic: Clinic,
}

/// What a token leads to.
#[derive(Debug, Clone)]
pub enum Door {
    /// A link in use.
    Open(LinkId, Box<Place>),
    /// A link that ended; the clinic is known.
    Closed(Clinic),
    /// No such link.
    Unknown,
}

/// Somebody who pressed "Continue".
#[derive(Debug, Clone)]
pub struct Visit {
    /// The hash of the cookie: names the visit.
    pub hash: String,
    /// Which link was opened.
    pub link: LinkId,
    /// The language of the visit.
    pub language: Language,
    /// Whether the right birth year was given.
    pub knows_birth_year: bool,
    /// What it is about.
    pub place: Place,
}

/// What a birth year was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BirthYear {
    /// The patient's.
    Right,
    /// Not the patient's.
    Wrong,
    /// Too many were wrong; try again tomorrow or ring the clinic.
    TooMany,
}

type PlaceRow = (
    (PatientId, Language, Zone, Option<Timestamp>),
    (InfusionId, Timestamp, Timestamp),
    (ProductKind, String),
    SiteId,
    Clinic,
);

fn place_of(row: PlaceRow) -> Place {
    let ((patient, language, zone, stopped), (infusion, started_at, t0), product, site, clinic) =
        row;
    Place {
        patient,
        infusion,
        site,
        language,
        zone,
        prompts_stopped_at: stopped,
        started_at,
        t0,
        product: product.0,
        rule_set: product.1,
        clinic,
    }
}

macro_rules! place_columns {
    () => {
        (
            (patient::id, patient::language, patient::time_zone, patient::prompts_stopped_at),
            (infusion::id, infusion::started_at, infusion::t0),
            (product::kind, product::rule_set),
            site::id,
            Clinic::as_select(),
        )
    };
}

/// An infusion for its report pages; nothing outside the scope.
pub fn place(conn: &mut Connection, scope: &Scope, id: InfusionId) -> Result<Option<Place>> {
    let row = infusion::table
        .inner_join(patient::table)
        .inner_join(site::table)
        .inner_join(course::table.inner_join(product::table))
        .filter(infusion::id.eq(id))
        .filter(infusion::site_id.eq_any(scope.sites()))
        .select(place_columns!())
        .first::<PlaceRow>(conn)
        .optional()?;
    Ok(row.map(place_of))
}

/// What a link is about: the patient's latest infusion that has begun. Nobody can be
/// expected to know that the link in an old mail was sent after an old infusion.
fn place_behind_link(
    conn: &mut Connection,
    now: Timestamp,
    (link_patient, link_infusion): (PatientId, InfusionId),
) -> Result<Place> {
    let latest = infusion::table
        .filter(infusion::patient_id.eq(link_patient))
        .filter(infusion::started_at.le(now))
        .order((infusion::started_at.desc(), infusion::id.desc()))
        .select(infusion::id)
        .first::<InfusionId>(conn)
        .optional()?;
    let row = infusion::table
        .inner_join(patient::table)
        .inner_join(site::table)
        .inner_join(course::table.inner_join(product::table))
        .filter(infusion::id.eq(latest.unwrap_or(link_infusion)))
        .select(place_columns!())
        .first::<PlaceRow>(conn)?;
    Ok(place_of(row))
}

/// What a link's token leads to. Changes nothing.
pub fn door(conn: &mut Connection, now: Timestamp, token_hash: &str) -> Result<Door> {
    let found = link::table
        .filter(link::token_hash.eq(token_hash))
        .select((
            link::id,
            (link::patient_id, link::infusion_id),
            link::expires_at,
            link::revoked_at,
        ))
        .first::<(LinkId, (PatientId, InfusionId), Timestamp, Option<Timestamp>)>(conn)
        .optional()?;
    let Some((id, of, expires_at, revoked_at)) = found else { return Ok(Door::Unknown) };
    let place = place_behind_link(conn, now, of)?;
    if revoked_at.is_some() || expires_at <= now {
        return Ok(Door::Closed(place.clinic));
    }
    Ok(Door::Open(id, Box::new(place)))
}

/// Opens a visit; the caller keeps the token, only its hash comes here.
pub fn open(
    conn: &mut Connection,
    now: Timestamp,
    link: LinkId,
    language: Language,
    hash: &str,
) -> Result<()> {
    diesel::insert_into(visit::table)
        .values((
            visit::token_hash.eq(hash),
            visit::link_id.eq(link),
            visit::language.eq(language),
            visit::created_at.eq(now),
            visit::expires_at.eq(now.plus_hours(VISIT_HOURS)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The visit of a cookie, if it and its link are still in use. Changes nothing.
pub fn find(conn: &mut Connection, now: Timestamp, hash: &str) -> Result<Option<Visit>> {
    let found = visit::table
        .inner_join(link::table)
        .filter(visit::token_hash.eq(hash))
        .filter(visit::expires_at.gt(now))
        .filter(link::expires_at.gt(now))
        .filter(link::revoked_at.is_null())
        .select((
            visit::link_id,
            visit::language,
            visit::birth_year_at,
            (link::patient_id, link::infusion_id),
        ))
        .first::<(LinkId, Language, Option<Timestamp>, (PatientId, InfusionId))>(conn)
        .optional()?;
    let Some((link, language, birth_year_at, of)) = found else { return Ok(None) };
    let place = place_behind_link(conn, now, of)?;
    let knows_birth_year = birth_year_at.is_some();
    Ok(Some(Visit { hash: hash.to_owned(), link, language, knows_birth_year, place }))
}

/// Lets a visit last from now on, so that nobody is thrown out while answering.
pub fn prolong(conn: &mut Connection, now: Timestamp, hash: &str) -> Result<()> {
    diesel::update(visit::table.filter(visit::token_hash.eq(hash)))
        .set(visit::expires_at.eq(now.plus_hours(VISIT_HOURS)))
        .execute(conn)?;
    Ok(())
}

/// Compares a birth year with the patient's; only so many wrong ones a link and day.
pub fn try_birth_year(
    conn: &mut Connection,
    now: Timestamp,
    visit: &Visit,
    year: i32,
) -> Result<BirthYear> {
    let wrong: Option<i64> = visit::table
        .filter(visit::link_id.eq(visit.link))
        .filter(visit::created_at.gt(now.plus_hours(-24)))
        .select(diesel::dsl::sum(visit::wrong_birth_years))
        .first(conn)?;
    if wrong.unwrap_or(0) >= WRONG_BIRTH_YEARS {
        return Ok(BirthYear::TooMany);
    }
    let right: i32 = patient::table
        .filter(patient::id.eq(visit.place.patient))
        .select(patient::birth_year)
        .first(conn)?;
    let row = visit::table.filter(visit::token_hash.eq(&visit.hash));
    if year == right {
        diesel::update(row).set(visit::birth_year_at.eq(now)).execute(conn)?;
        return Ok(BirthYear::Right);
    }
    diesel::update(row)
        .set(visit::wrong_birth_years.eq(visit::wrong_birth_years + 1))
        .execute(conn)?;
    Ok(BirthYear::Wrong)
}

/// Stops the mails that ask, or lets them come again. Reporting stays possible.
pub fn set_prompts(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    place: &Place,
    (wanted, reason): (bool, &str),
) -> Result<()> {
    let stopped_at = (!wanted).then_some(now);
    diesel::update(patient::table.filter(patient::id.eq(place.patient)))
        .set(patient::prompts_stopped_at.eq(stopped_at))
        .execute(conn)?;
    let action = if wanted { "patient.prompts_resumed" } else { "patient.prompts_stopped" };
    audit::append(
        conn,
        now,
        actor,
        Some(place.site),
        action,
        ("patient", &place.patient),
        &json!({ "reason": reason }),
    )
}

/// The check-ins that can be answered now; when none can, the newest that could.
pub fn asked_now(
    conn: &mut Connection,
    now: Timestamp,
    infusion: InfusionId,
) -> Result<Vec<CheckInCode>> {
    let opened = check_in::table
        .filter(check_in::infusion_id.eq(infusion))
        .filter(check_in::opens_at.le(now))
        .filter(check_in::state.ne_all([CheckInState::Superseded, CheckInState::Cancelled]))
        .order(check_in::opens_at.desc())
        .select((check_in::code, check_in::state, check_in::closes_at))
        .load::<(CheckInCode, CheckInState, Timestamp)>(conn)?;
    let open: Vec<CheckInCode> = opened
        .iter()
        .filter(|(_, state, closes)| *state == CheckInState::Planned && *closes > now)
        .map(|(code, ..)| *code)
        .collect();
    if open.is_empty() {
        return Ok(opened.first().map(|(code, ..)| *code).into_iter().collect());
    }
    Ok(open)
}

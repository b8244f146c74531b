//! Clinics.

use diesel::prelude::*;

use super::schema::site;
use super::{Connection, Result};
use crate::domain::entry::{PhoneNumber, SiteCode};
use crate::domain::grading::{CtcaeVersion, Site as Thermometer};
use crate::domain::registry::ActiveState;
use crate::domain::{Language, Scope, SiteId, Timestamp, Zone};

/// A clinic and its settings.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = site, check_for_backend(diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_null = true)]
pub struct Site {
    /// Which one.
    pub id: SiteId,
    /// The short name.
    pub code: SiteCode,
    /// The name as its people know it.
    pub name: String,
    /// The sender's name in mails: says nothing about the treatment.
    pub mail_name: String,
    /// Where its clocks are.
    pub time_zone: Zone,
    /// The language of a new patient unless said otherwise.
    pub language: Language,
    /// The number that patients call.
    pub phone: PhoneNumber,
    /// The emergency number of the place.
    pub emergency_number: String,
    /// A crisis line, shown with words of self-harm.
    pub crisis_line: Option<String>,
    /// Where thermometers are usually held.
    pub thermometer: Thermometer,
    /// What is graded by.
    pub ctcae_version: CtcaeVersion,
    /// Whether it takes new patients.
    pub state: ActiveState,
    /// Grows with every change.
    pub version: i32,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

/// Adds a clinic.
pub fn insert(conn: &mut Connection, new: &Site) -> Result<()> {
    diesel::insert_into(site::table).values(new).execute(conn)?;
    Ok(())
}

/// Writes a changed clinic whose `version` is still the one that was read; false when
/// somebody else was faster.
pub fn update(conn: &mut Connection, changed: &Site) -> Result<bool> {
    let next = Site { version: changed.version + 1, ..changed.clone() };
    let rows = diesel::update(site::table.find(changed.id))
        .filter(site::version.eq(changed.version))
        .set(&next)
        .execute(conn)?;
    Ok(rows == 1)
}

/// One clinic in scope.
pub fn get(conn: &mut Connection, scope: &Scope, id: SiteId) -> Result<Option<Site>> {
    Ok(site::table
        .find(id)
        .filter(site::id.eq_any(scope.sites()))
        .select(Site::as_select())
        .first(conn)
        .optional()?)
}

/// The clinics in scope, by code.
pub fn list(conn: &mut Connection, scope: &Scope) -> Result<Vec<Site>> {
    Ok(site::table
        .filter(site::id.eq_any(scope.sites()))
        .select(Site::as_select())
        .order((site::code, site::id))
        .load(conn)?)
}

/// Every clinic of the installation, by code: for its administrators, the command line and
/// the engine, never for a page of one clinic.
pub fn all(conn: &mut Connection) -> Result<Vec<Site>> {
    Ok(site::table.select(Site::as_select()).order((site::code, site::id)).load(conn)?)
}

/// The clinic with this code, whatever the scope (codes are the installation's).
pub fn by_code(conn: &mut Connection, code: &SiteCode) -> Result<Option<Site>> {
    Ok(site::table.filter(site::code.eq(code)).select(Site::as_select()).first(conn).optional()?)
}

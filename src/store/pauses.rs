//! Pauses of a clinic's mail to patients.

use diesel::prelude::*;

use super::among::among;
use super::literal::{open_pause, waiting_letter};
use super::schema::{mail_pause, outbox, site, staff};
use super::{Connection, Result};
use crate::domain::letter::{LetterKind, Priority};
use crate::domain::{
    CheckInId, InfusionId, MailPauseId, OutboxId, Scope, SiteId, StaffId, Timestamp,
};

/// A pause that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Pause {
    /// Which one.
    pub id: MailPauseId,
    /// Of which clinic.
    pub site: SiteId,
    /// The clinic's name.
    pub clinic: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub began_at: Timestamp,
    /// Who began it.
    pub began_by: Option<String>,
}

/// The pauses in force at the clinics in scope.
pub fn in_force(conn: &mut Connection, scope: &Scope) -> Result<Vec<Pause>> {
    Ok(mail_pause::table
        .inner_join(site::table)
        .left_join(staff::table)
        .filter(open_pause())
        .filter(among(mail_pause::site_id, scope.sites()))
        .order((site::code, mail_pause::id))
        .select((
            mail_pause::id,
            mail_pause::site_id,
            site::name,
            mail_pause::reason,
            mail_pause::began_at,
            staff::name.nullable(),
        ))
        .load(conn)?)
}

/// The clinics whose patients are written to by nobody now: for the worker, which serves all.
pub fn paused_sites(conn: &mut Connection) -> Result<Vec<SiteId>> {
    Ok(mail_pause::table.filter(open_pause()).select(mail_pause::site_id).load(conn)?)
}

/// The clinics whose letters of this priority are held: those to patients, no others.
pub fn held_sites(conn: &mut Connection, priority: Priority) -> Result<Vec<SiteId>> {
    match priority {
        Priority::Patient => paused_sites(conn),
        Priority::Alert | Priority::Account => Ok(Vec::new()),
    }
}

/// The names of clinics in a pause. `scope` is none for those who look after the whole
/// installation.
pub fn paused_names(conn: &mut Connection, scope: Option<&Scope>) -> Result<Vec<String>> {
    let mut query = mail_pause::table
        .inner_join(site::table)
        .filter(open_pause())
        .order(site::name)
        .select(site::name)
        .into_boxed();
    if let Some(scope) = scope {
        query = query.filter(among(mail_pause::site_id, scope.sites()));
    }
    Ok(query.load(conn)?)
}

/// Begins a pause; none when one is in force already.
pub fn begin(
    conn: &mut Connection,
    now: Timestamp,
    site: SiteId,
    by: Option<StaffId>,
    reason: &str,
) -> Result<Option<MailPauseId>> {
    let id = MailPauseId::new();
    let rows = diesel::insert_or_ignore_into(mail_pause::table)
        .values((
            mail_pause::id.eq(id),
            mail_pause::site_id.eq(site),
            mail_pause::reason.eq(reason),
            mail_pause::began_at.eq(now),
            mail_pause::began_by.eq(by),
        ))
        .execute(conn)?;
    Ok((rows == 1).then_some(id))
}

/// Ends the pause of a clinic; none when there is none.
pub fn end(
    conn: &mut Connection,
    now: Timestamp,
    site: SiteId,
    by: Option<StaffId>,
) -> Result<Option<MailPauseId>> {
    Ok(diesel::update(mail_pause::table)
        .filter(open_pause())
        .filter(mail_pause::site_id.eq(site))
        .set((mail_pause::ended_at.eq(now), mail_pause::ended_by.eq(by)))
        .returning(mail_pause::id)
        .get_result(conn)
        .optional()?)
}

/// A letter to a patient whose time came while it was held.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Held {
    /// Which one.
    pub id: OutboxId,
    /// What it is about.
    pub kind: LetterKind,
    /// The check-in that it asks for.
    pub check_in: Option<CheckInId>,
    /// After which infusion.
    pub infusion: Option<InfusionId>,
}

/// The letters to patients of a clinic whose time has come, the first due first.
pub fn held(conn: &mut Connection, now: Timestamp, site: SiteId) -> Result<Vec<Held>> {
    Ok(outbox::table
        .filter(waiting_letter())
        .filter(outbox::priority.eq(Priority::Patient.rank()))
        .filter(outbox::site_id.eq(site))
        .filter(outbox::next_try_at.le(now))
        .order((outbox::due_at, outbox::id))
        .select((outbox::id, outbox::kind, outbox::check_in_id, outbox::infusion_id))
        .load(conn)?)
}

/// Puts a letter off.
pub fn put_off(conn: &mut Connection, letter: OutboxId, until: Timestamp) -> Result<()> {
    diesel::update(outbox::table.find(letter))
        .filter(waiting_letter())
        .set(outbox::next_try_at.eq(until))
        .execute(conn)?;
    Ok(())
}

//! Who is on duty at which clinic: told at once when a patient is in danger.

use diesel::prelude::*;

use super::schema::{duty, staff};
use super::{Connection, Result, rota};
use crate::domain::registry::ActiveState;
use crate::domain::{Scope, SiteId, StaffId, Timestamp};

/// A person on duty.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct OnDuty {
    /// Where.
    pub site: SiteId,
    /// Who.
    pub staff: StaffId,
    /// Their name.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
}

/// Everybody on duty at the clinics in scope who can sign in at all, the longest first.
pub fn list(conn: &mut Connection, scope: &Scope) -> Result<Vec<OnDuty>> {
    Ok(duty::table
        .inner_join(staff::table)
        .filter(duty::site_id.eq_any(scope.sites()))
        .filter(staff::state.eq(ActiveState::Active))
        .order((duty::site_id, duty::since, duty::staff_id))
        .select((duty::site_id, duty::staff_id, staff::name, duty::since))
        .load(conn)?)
}

/// The clinics where this person and nobody else is on duty: neither by hand nor, at some time
/// of the days ahead, by the rota.
pub fn alone_at(conn: &mut Connection, id: StaffId, now: Timestamp) -> Result<Vec<SiteId>> {
    let active = staff::table
        .filter(staff::state.eq(ActiveState::Active).and(staff::id.ne(id)))
        .select(staff::id);
    let others: Vec<SiteId> = duty::table
        .filter(duty::staff_id.eq_any(active))
        .select(duty::site_id)
        .distinct()
        .load(conn)?;
    let alone: Vec<SiteId> = duty::table
        .filter(duty::staff_id.eq(id).and(duty::site_id.ne_all(others)))
        .order(duty::site_id)
        .select(duty::site_id)
        .load(conn)?;
    let mut deserted = Vec::new();
    for site in alone {
        if rota::has_gap(conn, site, now, |shift| shift.staff == id)? {
            deserted.push(site);
        }
    }
    Ok(deserted)
}

/// Whether somebody is on duty at a clinic by hand.
pub fn is_anybody_on(conn: &mut Connection, site: SiteId) -> Result<bool> {
    Ok(!list(conn, &Scope::of([site]))?.is_empty())
}

/// Takes a person off duty at a clinic. `false` when they were not.
pub fn end(conn: &mut Connection, id: StaffId, at: SiteId) -> Result<bool> {
    Ok(diesel::delete(duty::table.find((at, id))).execute(conn)? == 1)
}

//! Changing the rota: hours, cover and hand-over, by people of the clinic who may.

use serde_json::json;

use super::members::{self, MemberError};
use crate::domain::chain::Audience;
use crate::domain::rota::{Hours, Shift};
use crate::domain::{Actor, Codelist, Scope, ShiftId, SiteId, StaffId, Timestamp};
use crate::store::{Connection, audit, duty, rota};

/// Gives a person of a clinic in scope hours in the rota, on one or several days; `None` among
/// them is cover. Hours that they have already are left as they are.
pub fn add(
    conn: &mut Connection,
    actor: &Actor,
    scope: &Scope,
    (site, staff, audience): (SiteId, StaffId, Audience),
    hours: &[Option<Hours>],
    now: Timestamp,
) -> Result<(), MemberError> {
    if !scope.allows(site) {
        return Err(MemberError::NotFound);
    }
    let people = rota::candidates(conn, site)?;
    let mut roles = people.iter().filter(|one| one.id == staff).peekable();
    if roles.peek().is_none() {
        return Err(MemberError::NotFound);
    }
    if !roles.any(|one| one.has_password && rota::suits(one.role, audience)) {
        return Err(MemberError::NotForDuty);
    }
    let known = rota::list(conn, scope, site)?;
    for hours in hours {
        let is_known = known
            .iter()
            .any(|one| (one.staff, one.audience, &one.hours) == (staff, audience, hours));
        if is_known {
            continue;
        }
        let shift = Shift { id: ShiftId::new(), staff, audience, hours: *hours };
        rota::add(conn, now, site, &shift)?;
        let detail = json!({
            "audience": audience.code(),
            "weekday": hours.map(|hours| hours.weekday),
            "from_min": hours.map(|hours| hours.from_min),
            "to_min": hours.map(|hours| hours.to_min),
        });
        let object = ("staff", &staff as &dyn std::fmt::Display);
        audit::append(conn, now, actor, Some(site), "rota.added", object, &detail)?;
    }
    Ok(())
}

/// Takes hours out of the rota, unless nobody at all would be on duty then.
pub fn remove(
    conn: &mut Connection,
    actor: &Actor,
    scope: &Scope,
    id: ShiftId,
    now: Timestamp,
) -> Result<SiteId, MemberError> {
    let (site, staff, audience) = rota::find(conn, scope, id)?.ok_or(MemberError::NotFound)?;
    let leaves_a_gap = audience == Audience::OnDuty
        && !duty::is_anybody_on(conn, site)?
        && rota::has_gap(conn, site, now, |shift| shift.id == id)?;
    if leaves_a_gap {
        return Err(MemberError::NobodyElse(vec![site]));
    }
    rota::remove(conn, id)?;
    let detail = json!({ "audience": audience.code() });
    let object = ("staff", &staff as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(site), "rota.removed", object, &detail)?;
    Ok(site)
}

/// Hands duty over by hand from one person to another, in one step.
pub fn hand_over(
    conn: &mut Connection,
    actor: &Actor,
    scope: &Scope,
    site: SiteId,
    (from, to): (StaffId, StaffId),
    now: Timestamp,
) -> Result<(), MemberError> {
    if from == to {
        return Ok(());
    }
    members::begin_duty(conn, actor, scope, (to, site), now)?;
    members::end_duty(conn, actor, scope, (from, site), now)
}

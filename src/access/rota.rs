//! Changing the rota: hours, cover, dates and hand-over, by people of the clinic who may.

use serde_json::json;

use super::members::{self, MemberError};
use crate::domain::chain::Audience;
use crate::domain::rota::{Exception, Hours, Shift};
use crate::domain::{Actor, Codelist, RotaExceptionId, Scope, ShiftId, SiteId, StaffId, Timestamp};
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
    let known = rota::read(conn, scope, site, now)?.shifts;
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

/// Lays down that the rota does not hold on some dates. A gap that this leaves is allowed, for
/// somebody who is ill is away; the page shows it.
pub fn except(
    conn: &mut Connection,
    actor: &Actor,
    scope: &Scope,
    (site, new): (SiteId, &Exception),
    now: Timestamp,
) -> Result<(), MemberError> {
    if !scope.allows(site) {
        return Err(MemberError::NotFound);
    }
    if let Some(staff) = new.staff {
        let people = rota::candidates(conn, site)?;
        let mut roles = people.iter().filter(|one| one.id == staff).peekable();
        if roles.peek().is_none() {
            return Err(MemberError::NotFound);
        }
        let suits = |one: &rota::Candidate| {
            new.audience.is_none_or(|audience| rota::suits(one.role, audience))
        };
        if !roles.any(|one| one.has_password && suits(one)) {
            return Err(MemberError::NotForDuty);
        }
    }
    rota::exceptions::add(conn, now, site, new)?;
    let detail = json!({
        "kind": new.kind.code(),
        "staff": new.staff.map(|staff| staff.to_string()),
        "audience": new.audience.map(Codelist::code),
        "from": new.from.to_string(),
        "to": new.to.to_string(),
        "from_min": new.hours.map(|hours| hours.0),
        "to_min": new.hours.map(|hours| hours.1),
    });
    let object = ("rota_exception", &new.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(site), "rota.exception_added", object, &detail)?;
    Ok(())
}

/// The rota of the week holds again on dates where it did not.
pub fn end_exception(
    conn: &mut Connection,
    actor: &Actor,
    scope: &Scope,
    id: RotaExceptionId,
    now: Timestamp,
) -> Result<SiteId, MemberError> {
    let found = rota::exceptions::find(conn, scope, id)?.ok_or(MemberError::NotFound)?;
    let (site, kind, staff) = found;
    rota::exceptions::remove(conn, id)?;
    let detail = json!({"kind": kind.code(), "staff": staff.map(|staff| staff.to_string())});
    let object = ("rota_exception", &id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(site), "rota.exception_removed", object, &detail)?;
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

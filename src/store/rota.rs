//! The rota, and whom an alert goes to by it.

pub mod exceptions;

use diesel::prelude::*;

use super::schema::{duty, membership, rota_shift, site, staff};
use super::{Connection, Result};
use crate::domain::chain::Audience;
use crate::domain::registry::ActiveState;
use crate::domain::rota::{DAYS_AHEAD, Hours, Rota, Shift, gaps, people_at};
use crate::domain::{
    Day, Language, Permission, Role, Scope, ShiftId, SiteId, StaffId, Timestamp, Zone,
};

/// Whether a role can stand in the rota as this audience.
#[must_use]
pub fn suits(role: Role, audience: Audience) -> bool {
    match audience {
        Audience::OnDuty | Audience::ChargeNurse => role.may(Permission::WorkTasks),
        Audience::Physician => role == Role::Physician,
        Audience::SafetyOfficer => role == Role::SafetyOfficer,
    }
}

/// A member of a clinic who can be written to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Candidate {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// The language of their mails.
    pub language: Language,
    /// What they are there.
    pub role: Role,
    /// Whether they have ever signed in.
    pub has_password: bool,
}

/// The members of a clinic who were not taken out, once for each role, by name.
pub fn candidates(conn: &mut Connection, site: SiteId) -> Result<Vec<Candidate>> {
    Ok(membership::table
        .inner_join(staff::table.on(staff::id.eq(membership::staff_id)))
        .filter(membership::site_id.eq(site))
        .filter(staff::state.eq(ActiveState::Active))
        .order((staff::name, staff::id))
        .select((
            staff::id,
            staff::name,
            staff::language,
            membership::role,
            staff::password_hash.is_not_null(),
        ))
        .load(conn)?)
}

/// Everybody's hours at a clinic, of people who may still have them, and what is otherwise on
/// dates that are not over.
pub fn read(conn: &mut Connection, scope: &Scope, site: SiteId, now: Timestamp) -> Result<Rota> {
    if !scope.allows(site) {
        return Ok(Rota::default());
    }
    let people = candidates(conn, site)?;
    let zone: Zone = site::table.find(site).select(site::time_zone).first(conn)?;
    rota(conn, site, &people, now.day(zone.jiff()))
}

fn rota(conn: &mut Connection, site: SiteId, people: &[Candidate], today: Day) -> Result<Rota> {
    let mut exceptions = exceptions::list(conn, site, today)?;
    exceptions.retain(|one| match (one.staff, one.audience) {
        (Some(staff), Some(audience)) => {
            people.iter().any(|person| person.id == staff && suits(person.role, audience))
        }
        _ => true,
    });
    Ok(Rota { shifts: shifts(conn, site, people)?, exceptions })
}

fn shifts(conn: &mut Connection, site: SiteId, people: &[Candidate]) -> QueryResult<Vec<Shift>> {
    type Row = (ShiftId, StaffId, Audience, Option<i32>, Option<i32>, Option<i32>);
    let rows: Vec<Row> = rota_shift::table
        .filter(rota_shift::site_id.eq(site))
        .order((rota_shift::audience, rota_shift::weekday, rota_shift::from_min, rota_shift::id))
        .select((
            rota_shift::id,
            rota_shift::staff_id,
            rota_shift::audience,
            rota_shift::weekday,
            rota_shift::from_min,
            rota_shift::to_min,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, staff, audience, weekday, from_min, to_min)| {
            let hours = weekday.zip(from_min).zip(to_min);
            let hours =
                hours.map(|((weekday, from_min), to_min)| Hours { weekday, from_min, to_min });
            Shift { id, staff, audience, hours }
        })
        .filter(|shift| {
            people.iter().any(|one| one.id == shift.staff && suits(one.role, shift.audience))
        })
        .collect())
}

/// Adds somebody's hours, or cover.
pub fn add(conn: &mut Connection, now: Timestamp, site: SiteId, new: &Shift) -> Result<()> {
    diesel::insert_into(rota_shift::table)
        .values((
            rota_shift::id.eq(new.id),
            rota_shift::site_id.eq(site),
            rota_shift::staff_id.eq(new.staff),
            rota_shift::audience.eq(new.audience),
            rota_shift::weekday.eq(new.hours.map(|hours| hours.weekday)),
            rota_shift::from_min.eq(new.hours.map(|hours| hours.from_min)),
            rota_shift::to_min.eq(new.hours.map(|hours| hours.to_min)),
            rota_shift::recorded_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes hours out of the rota. The caller has found them in scope.
pub fn remove(conn: &mut Connection, id: ShiftId) -> Result<()> {
    diesel::delete(rota_shift::table.find(id)).execute(conn)?;
    Ok(())
}

/// Takes all hours of a person out of the rotas.
pub fn remove_all_of(conn: &mut Connection, staff: StaffId) -> Result<()> {
    exceptions::remove_all_of(conn, staff)?;
    diesel::delete(rota_shift::table.filter(rota_shift::staff_id.eq(staff))).execute(conn)?;
    Ok(())
}

/// Who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The people, with the language of their mails.
    pub people: Vec<(StaffId, Language)>,
    /// There was nobody of this audience, so it is everybody who works the queue.
    pub is_stand_in: bool,
}

/// Whom an alert to an audience reaches now: the people of the rota and those put on duty by
/// hand; without any, everybody who has the role; without any, everybody who works the queue.
pub fn audience(
    conn: &mut Connection,
    site: SiteId,
    audience: Audience,
    now: Timestamp,
) -> Result<Told> {
    let people = candidates(conn, site)?;
    let zone: Zone = site::table.find(site).select(site::time_zone).first(conn)?;
    let today = now.day(zone.jiff());
    let rota = rota(conn, site, &people, today)?;
    let mut ids = people_at(&rota, audience, now, zone.jiff());
    if audience == Audience::OnDuty {
        ids.extend(by_hand(conn, site)?);
    }
    let told = |which: &dyn Fn(&Candidate) -> bool| {
        let mut told: Vec<(StaffId, Language)> =
            people.iter().filter(|one| which(one)).map(|one| (one.id, one.language)).collect();
        told.sort_unstable();
        told.dedup();
        told
    };
    let mut found = told(&|one| ids.contains(&one.id));
    if found.is_empty() && audience != Audience::OnDuty {
        let fits = |one: &Candidate| match audience {
            Audience::ChargeNurse => one.role == Role::Nurse,
            _ => suits(one.role, audience),
        };
        // Who is away is told only when nobody else is left.
        found = told(&|one| fits(one) && !rota.is_away(one.id, today));
        if found.is_empty() {
            found = told(&fits);
        }
    }
    if !found.is_empty() {
        return Ok(Told { people: found, is_stand_in: false });
    }
    let works = |one: &Candidate| one.role.may(Permission::WorkTasks);
    let mut found = told(&|one| works(one) && !rota.is_away(one.id, today));
    if found.is_empty() {
        found = told(&works);
    }
    Ok(Told { people: found, is_stand_in: true })
}

/// Whether nobody would be on duty by the rota at some time of the days ahead, without the
/// hours of one person or one place.
pub fn has_gap(
    conn: &mut Connection,
    site: SiteId,
    now: Timestamp,
    without: impl Fn(&Shift) -> bool,
) -> Result<bool> {
    let people = candidates(conn, site)?;
    let zone: Zone = site::table.find(site).select(site::time_zone).first(conn)?;
    let mut rota = rota(conn, site, &people, now.day(zone.jiff()))?;
    rota.shifts.retain(|shift| !without(shift));
    let ahead = (now, now.plus_hours(24 * DAYS_AHEAD));
    Ok(!gaps(&rota, Audience::OnDuty, ahead, zone.jiff()).is_empty())
}

/// One place in the rota of a clinic in scope.
pub fn find(
    conn: &mut Connection,
    scope: &Scope,
    id: ShiftId,
) -> Result<Option<(SiteId, StaffId, Audience)>> {
    Ok(rota_shift::table
        .find(id)
        .filter(rota_shift::site_id.eq_any(scope.sites()))
        .select((rota_shift::site_id, rota_shift::staff_id, rota_shift::audience))
        .first(conn)
        .optional()?)
}

/// The people whom somebody has put on duty by hand, until taken off again.
fn by_hand(conn: &mut Connection, site: SiteId) -> Result<Vec<StaffId>> {
    Ok(duty::table.filter(duty::site_id.eq(site)).select(duty::staff_id).load(conn)?)
}

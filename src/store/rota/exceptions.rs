//! Dates on which the rota of the week does not hold.

use diesel::prelude::*;

use super::super::schema::rota_exception;
use super::super::{Connection, Result};
use crate::domain::chain::Audience;
use crate::domain::rota::{Exception, ExceptionKind};
use crate::domain::{Day, RotaExceptionId, Scope, SiteId, StaffId, Timestamp};

type Row = (
    RotaExceptionId,
    ExceptionKind,
    Option<StaffId>,
    Option<Audience>,
    Day,
    Day,
    Option<i32>,
    Option<i32>,
);

/// What is otherwise at a clinic on the day before a day or later, the earliest first: hours
/// that began yesterday may still run.
pub(super) fn list(conn: &mut Connection, site: SiteId, today: Day) -> Result<Vec<Exception>> {
    let rows: Vec<Row> = rota_exception::table
        .filter(rota_exception::site_id.eq(site))
        .filter(rota_exception::to_day.ge(today.plus_days(-1)))
        .order((rota_exception::from_day, rota_exception::id))
        .select((
            rota_exception::id,
            rota_exception::kind,
            rota_exception::staff_id,
            rota_exception::audience,
            rota_exception::from_day,
            rota_exception::to_day,
            rota_exception::from_min,
            rota_exception::to_min,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, kind, staff, audience, from, to, from_min, to_min)| {
            let hours = from_min.zip(to_min);
            Exception { id, kind, staff, audience, from, to, hours }
        })
        .collect())
}

/// Keeps what is otherwise.
pub fn add(conn: &mut Connection, now: Timestamp, site: SiteId, new: &Exception) -> Result<()> {
    diesel::insert_into(rota_exception::table)
        .values((
            rota_exception::id.eq(new.id),
            rota_exception::site_id.eq(site),
            rota_exception::kind.eq(new.kind),
            rota_exception::staff_id.eq(new.staff),
            rota_exception::audience.eq(new.audience),
            rota_exception::from_day.eq(new.from),
            rota_exception::to_day.eq(new.to),
            rota_exception::from_min.eq(new.hours.map(|hours| hours.0)),
            rota_exception::to_min.eq(new.hours.map(|hours| hours.1)),
            rota_exception::recorded_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Of which clinic in scope one is, and what it is.
pub fn find(
    conn: &mut Connection,
    scope: &Scope,
    id: RotaExceptionId,
) -> Result<Option<(SiteId, ExceptionKind, Option<StaffId>)>> {
    Ok(rota_exception::table
        .find(id)
        .filter(rota_exception::site_id.eq_any(scope.sites()))
        .select((rota_exception::site_id, rota_exception::kind, rota_exception::staff_id))
        .first(conn)
        .optional()?)
}

/// The rota of the week holds again. The caller has found it in scope.
pub fn remove(conn: &mut Connection, id: RotaExceptionId) -> Result<()> {
    diesel::delete(rota_exception::table.find(id)).execute(conn)?;
    Ok(())
}

/// Forgets all that was laid down about a person.
pub(super) fn remove_all_of(conn: &mut Connection, staff: StaffId) -> Result<()> {
    diesel::delete(rota_exception::table.filter(rota_exception::staff_id.eq(staff)))
        .execute(conn)?;
    Ok(())
}

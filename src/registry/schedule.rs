//! The follow-up schedule of a product: a new version with a reason.

use serde_json::json;

use crate::domain::schedule::Schedule;
use crate::domain::{Actor, Timestamp};
use crate::store::products::Product;
use crate::store::schedules::{self, NewVersion};
use crate::store::{self, Connection, audit};

/// Why a version was not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// Somebody else was faster.
    #[error("changed by somebody else")]
    Changed,
    /// It is the same as the version in force.
    #[error("nothing differs from the version in force")]
    Same,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The schedule that the next infusion of a product will be followed up by.
pub fn in_force(conn: &mut Connection, product: &Product) -> store::Result<Schedule> {
    let newest = schedules::newest(conn, product.id, product.kind)?;
    Ok(newest.map_or_else(|| Schedule::standard(product.kind), |(_, schedule)| schedule))
}

/// Keeps a schedule as the newest version, made from the version numbered `read`. Infusions
/// that are on record keep the version that they were planned from. Returns its number.
pub fn change_schedule(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (product, read): (&Product, i32),
    (schedule, reason): (&Schedule, &str),
) -> Result<i32, NotKept> {
    if schedules::newest_number(conn, product.id)? != read {
        return Err(NotKept::Changed);
    }
    let old = in_force(conn, product)?;
    if old == *schedule {
        return Err(NotKept::Same);
    }
    let new = NewVersion {
        product: product.id,
        kind: product.kind,
        schedule,
        made_by: actor.staff(),
        reason,
    };
    let (_, version) = schedules::add(conn, now, &new)?;
    let detail = json!({
        "version": version,
        "reason": reason,
        "schedule": [schedules::to_json(&old), schedules::to_json(schedule)],
    });
    let object = ("product", &product.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, None, "schedule.changed", object, &detail)?;
    Ok(version)
}

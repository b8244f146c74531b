//! Late results that say a lot was not fit to be given, and what they mean for its recipients.

use diesel::prelude::*;

use super::super::schema::{flag, infusion, lot_event, task};
use super::super::{Connection, Result};
use crate::domain::registry::{LOT_RISK_DAYS, LotEventKind};
use crate::domain::task::TaskState;
use crate::domain::{InfusionId, LotEventId, LotId, PatientId, SiteId, StaffId, TaskId, Timestamp};

/// The results of a lot that count.
pub fn in_force(conn: &mut Connection, lot: LotId) -> Result<Vec<(LotEventId, LotEventKind)>> {
    Ok(lot_event::table
        .filter(lot_event::lot_id.eq(lot).and(lot_event::withdrawn_at.is_null()))
        .order(lot_event::id)
        .select((lot_event::id, lot_event::kind))
        .load(conn)?)
}

/// Keeps a result.
pub fn insert(
    conn: &mut Connection,
    now: Timestamp,
    (site, lot): (SiteId, LotId),
    kind: LotEventKind,
    by: Option<StaffId>,
) -> Result<LotEventId> {
    let id = LotEventId::new();
    diesel::insert_into(lot_event::table)
        .values((
            lot_event::id.eq(id),
            lot_event::site_id.eq(site),
            lot_event::lot_id.eq(lot),
            lot_event::kind.eq(kind),
            lot_event::recorded_at.eq(now),
            lot_event::recorded_by.eq(by),
        ))
        .execute(conn)?;
    Ok(id)
}

/// A result that was entered by mistake counts no longer.
pub fn withdraw(conn: &mut Connection, now: Timestamp, id: LotEventId) -> Result<()> {
    diesel::update(lot_event::table.find(id)).set(lot_event::withdrawn_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Whether a lot that the patient was given raises the risk of infection at an instant:
/// from the result on, until so many days after the infusion.
pub fn raise_risk(conn: &mut Connection, patient: PatientId, at: Timestamp) -> Result<bool> {
    let such = infusion::table
        .inner_join(lot_event::table.on(lot_event::lot_id.eq(infusion::lot_id)))
        .filter(infusion::patient_id.eq(patient))
        .filter(infusion::t0.le(at).and(infusion::t0.ge(at.plus_hours(-24 * LOT_RISK_DAYS))))
        .filter(lot_event::withdrawn_at.is_null().and(lot_event::recorded_at.le(at)));
    Ok(diesel::select(diesel::dsl::exists(such)).get_result(conn)?)
}

/// To whom a lot was given, each with the last infusion of it.
pub fn last_given(
    conn: &mut Connection,
    lot: LotId,
) -> Result<Vec<(PatientId, InfusionId, Timestamp)>> {
    let mut all: Vec<(PatientId, InfusionId, Timestamp)> = infusion::table
        .filter(infusion::lot_id.eq(lot))
        .order((infusion::t0.desc(), infusion::id.desc()))
        .select((infusion::patient_id, infusion::id, infusion::t0))
        .load(conn)?;
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|(patient, ..)| seen.insert(*patient));
    Ok(all)
}

/// A task that a result of a lot has opened.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LotTask {
    /// For whom.
    pub patient: PatientId,
    /// Which task.
    pub task: TaskId,
    /// Its number.
    pub number: i64,
    /// Whether it is still to be done.
    pub state: TaskState,
    /// When somebody took it.
    pub acknowledged_at: Option<Timestamp>,
    /// When the patient was reached.
    pub reached_at: Option<Timestamp>,
}

/// The tasks that the results of a lot have opened, the oldest first.
pub fn tasks_of(conn: &mut Connection, lot: LotId) -> Result<Vec<LotTask>> {
    Ok(flag::table
        .inner_join(task::table)
        .inner_join(lot_event::table)
        .filter(lot_event::lot_id.eq(lot))
        .select((
            task::patient_id,
            task::id,
            task::number,
            task::state,
            task::acknowledged_at,
            task::reached_at,
        ))
        .distinct()
        .order(task::number)
        .load(conn)?)
}

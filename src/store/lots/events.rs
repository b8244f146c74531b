//! What says that a lot was not fit to be given, and what it means for its recipients.

use diesel::prelude::*;

use super::super::schema::{flag, infusion, lot_event, staff, task};
use super::super::{Connection, Result};
use crate::domain::registry::{LOT_RISK_DAYS, LotEventKind};
use crate::domain::task::{TaskKind, TaskState};
use crate::domain::{InfusionId, LotEventId, LotId, PatientId, SiteId, StaffId, TaskId, Timestamp};

/// What happened to a lot.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LotEvent {
    /// Which.
    pub id: LotEventId,
    /// What.
    pub kind: LotEventKind,
    /// What a person wrote down of it.
    pub note: Option<String>,
    /// Since when it is known here.
    pub recorded_at: Timestamp,
    /// Who recorded it; none where the program did.
    pub recorded_by: Option<String>,
    /// Since when it is known that it was entered by mistake.
    pub withdrawn_at: Option<Timestamp>,
}

/// All that happened to a lot, the newest first.
pub fn all(conn: &mut Connection, lot: LotId) -> Result<Vec<LotEvent>> {
    Ok(lot_event::table
        .left_join(staff::table.on(lot_event::recorded_by.eq(staff::id.nullable())))
        .filter(lot_event::lot_id.eq(lot))
        .order((lot_event::recorded_at.desc(), lot_event::id.desc()))
        .select((
            lot_event::id,
            lot_event::kind,
            lot_event::note,
            lot_event::recorded_at,
            staff::name.nullable(),
            lot_event::withdrawn_at,
        ))
        .load(conn)?)
}

/// What counts against a lot.
pub fn in_force(conn: &mut Connection, lot: LotId) -> Result<Vec<(LotEventId, LotEventKind)>> {
    Ok(lot_event::table
        .filter(lot_event::lot_id.eq(lot).and(lot_event::withdrawn_at.is_null()))
        .order(lot_event::id)
        .select((lot_event::id, lot_event::kind))
        .load(conn)?)
}

/// Keeps what happened; of what a person records, with their words.
pub fn insert(
    conn: &mut Connection,
    now: Timestamp,
    (site, lot): (SiteId, LotId),
    (kind, note): (LotEventKind, Option<&str>),
    by: Option<StaffId>,
) -> Result<LotEventId> {
    let id = LotEventId::new();
    diesel::insert_into(lot_event::table)
        .values((
            lot_event::id.eq(id),
            lot_event::site_id.eq(site),
            lot_event::lot_id.eq(lot),
            lot_event::kind.eq(kind),
            lot_event::note.eq(note),
            lot_event::recorded_at.eq(now),
            lot_event::recorded_by.eq(by),
        ))
        .execute(conn)?;
    Ok(id)
}

/// What was entered by mistake counts no longer.
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

/// A task that something about a lot has opened.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LotTask {
    /// For whom.
    pub patient: PatientId,
    /// Which task.
    pub task: TaskId,
    /// What is to be done.
    pub kind: TaskKind,
    /// Its number.
    pub number: i64,
    /// Whether it is still to be done.
    pub state: TaskState,
    /// When somebody took it.
    pub acknowledged_at: Option<Timestamp>,
    /// When the patient was reached.
    pub reached_at: Option<Timestamp>,
}

/// The tasks that all this has opened, the oldest first.
pub fn tasks_of(conn: &mut Connection, lot: LotId) -> Result<Vec<LotTask>> {
    Ok(flag::table
        .inner_join(task::table)
        .inner_join(lot_event::table)
        .filter(lot_event::lot_id.eq(lot))
        .select((
            task::patient_id,
            task::id,
            task::kind,
            task::number,
            task::state,
            task::acknowledged_at,
            task::reached_at,
        ))
        .distinct()
        .order(task::number)
        .load(conn)?)
}

/// Which lot was given.
pub fn lot_of(conn: &mut Connection, id: InfusionId) -> Result<Option<LotId>> {
    Ok(infusion::table.find(id).select(infusion::lot_id).first(conn).optional()?)
}

/// The last infusion of a patient.
pub fn last_infusion(conn: &mut Connection, id: PatientId) -> Result<Option<InfusionId>> {
    Ok(infusion::table
        .filter(infusion::patient_id.eq(id))
        .order((infusion::t0.desc(), infusion::id.desc()))
        .select(infusion::id)
        .first(conn)
        .optional()?)
}

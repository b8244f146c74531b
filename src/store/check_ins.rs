//! Planned check-ins and what became of them.

use diesel::prelude::*;

use super::literal::planned_check_in;
use super::schema::{check_in, infusion, patient, report};
use super::{Connection, Result};
use crate::domain::registry::{CheckInState, PatientState};
use crate::domain::schedule::{CheckIn, CheckInCode, PlannedCheckIn};
use crate::domain::{CheckInId, InfusionId, PatientId, ReportId, SiteId, Timestamp};

/// A check-in as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = check_in, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Kept {
    /// Its id.
    pub id: CheckInId,
    /// At which clinic.
    pub site_id: SiteId,
    /// Whose.
    pub patient_id: PatientId,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// Which one.
    pub code: CheckInCode,
    /// From here a report counts as its answer.
    pub opens_at: Timestamp,
    /// When the prompt is due.
    pub due_at: Timestamp,
    /// When the table closes it.
    pub closes_at: Timestamp,
    /// What became of it.
    pub state: CheckInState,
    /// When the mail server took its prompt.
    pub prompted_at: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it was missed, superseded or cancelled.
    pub settled_at: Option<Timestamp>,
}

impl Kept {
    /// The check-in as the schedule reasons about it. Its reminders are not kept: they
    /// stand in the outbox.
    #[must_use]
    pub fn facts(&self) -> CheckIn {
        let mut facts = CheckIn::new(PlannedCheckIn {
            code: self.code,
            opens_at: self.opens_at,
            due_at: self.due_at,
            reminders_at: Vec::new(),
            closes_at: self.closes_at,
        });
        facts.prompt_sent_at = self.prompted_at;
        facts.answered_at = self.answered_at;
        if matches!(self.state, CheckInState::Superseded | CheckInState::Cancelled) {
            facts.cancelled_at = self.settled_at;
        }
        facts
    }
}

/// Keeps the plan of an infusion's follow-up. `cancelled_at` marks those that come too
/// late to be asked.
pub fn plan(
    conn: &mut Connection,
    now: Timestamp,
    (site, patient, infusion): (SiteId, PatientId, InfusionId),
    planned: &PlannedCheckIn,
    cancelled_at: Option<Timestamp>,
) -> Result<CheckInId> {
    let id = CheckInId::new();
    let state =
        if cancelled_at.is_some() { CheckInState::Cancelled } else { CheckInState::Planned };
    diesel::insert_into(check_in::table)
        .values((
            check_in::id.eq(id),
            check_in::site_id.eq(site),
            check_in::patient_id.eq(patient),
            check_in::infusion_id.eq(infusion),
            check_in::code.eq(planned.code),
            check_in::opens_at.eq(planned.opens_at),
            check_in::due_at.eq(planned.due_at),
            check_in::closes_at.eq(planned.closes_at),
            check_in::state.eq(state),
            check_in::settled_at.eq(cancelled_at),
            check_in::recorded_at.eq(now),
        ))
        .execute(conn)?;
    Ok(id)
}

/// The check-ins of an infusion, by due time.
pub fn of_infusion(conn: &mut Connection, infusion: InfusionId) -> Result<Vec<Kept>> {
    Ok(check_in::table
        .filter(check_in::infusion_id.eq(infusion))
        .select(Kept::as_select())
        .order((check_in::due_at, check_in::id))
        .load(conn)?)
}

/// The check-ins of a patient that are not settled, by due time.
pub fn planned_of_patient(conn: &mut Connection, patient: PatientId) -> Result<Vec<Kept>> {
    Ok(check_in::table
        .filter(check_in::patient_id.eq(patient))
        .filter(check_in::state.eq(CheckInState::Planned))
        .select(Kept::as_select())
        .order((check_in::due_at, check_in::id))
        .load(conn)?)
}

/// The check-ins whose table close has passed and that nobody has settled, by close, with
/// the state of their patient.
pub fn to_close(conn: &mut Connection, now: Timestamp) -> Result<Vec<(Kept, PatientState)>> {
    Ok(check_in::table
        .inner_join(patient::table)
        .filter(planned_check_in())
        .filter(check_in::closes_at.le(now))
        .select((Kept::as_select(), patient::state))
        .order((check_in::closes_at, check_in::id))
        .load(conn)?)
}

/// Ends a check-in without an answer.
pub fn settle(
    conn: &mut Connection,
    id: CheckInId,
    state: CheckInState,
    at: Timestamp,
) -> Result<()> {
    diesel::update(check_in::table.filter(check_in::id.eq(id)))
        .set((check_in::state.eq(state), check_in::settled_at.eq(at)))
        .execute(conn)?;
    Ok(())
}

/// Takes a check-in back into the plan.
pub fn replan(conn: &mut Connection, id: CheckInId) -> Result<()> {
    diesel::update(check_in::table.filter(check_in::id.eq(id)))
        .set((
            check_in::state.eq(CheckInState::Planned),
            check_in::settled_at.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Moves a check-in that is still planned.
pub fn move_to(conn: &mut Connection, id: CheckInId, planned: &PlannedCheckIn) -> Result<()> {
    diesel::update(check_in::table.filter(check_in::id.eq(id)))
        .set((
            check_in::opens_at.eq(planned.opens_at),
            check_in::due_at.eq(planned.due_at),
            check_in::closes_at.eq(planned.closes_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes that a report answers a check-in.
pub fn answer(
    conn: &mut Connection,
    id: CheckInId,
    at: Timestamp,
    late: bool,
    report: ReportId,
) -> Result<()> {
    diesel::update(check_in::table.filter(check_in::id.eq(id)))
        .set((
            check_in::state.eq(CheckInState::Answered),
            check_in::answered_at.eq(at),
            check_in::answered_late.eq(late),
            check_in::report_id.eq(report),
        ))
        .execute(conn)?;
    Ok(())
}

/// The check-ins that a report answered, by due time.
pub fn answered_by(conn: &mut Connection, report: ReportId) -> Result<Vec<CheckInCode>> {
    Ok(check_in::table
        .filter(check_in::report_id.eq(report))
        .select(check_in::code)
        .order(check_in::due_at)
        .load(conn)?)
}

/// The infusion before this one, if its day-30 questions were taken over by this one and
/// nobody has asked them yet: told within a day before it was recorded, or since.
pub fn day_30_to_ask(
    conn: &mut Connection,
    patient: PatientId,
    infusion: InfusionId,
) -> Result<Option<InfusionId>> {
    let all = infusions_of_patient(conn, patient)?;
    let Some(index) = all.iter().position(|(id, _)| *id == infusion) else { return Ok(None) };
    let Some((before, _)) = index.checked_sub(1).and_then(|index| all.get(index)) else {
        return Ok(None);
    };
    let superseded: Option<Option<Timestamp>> = check_in::table
        .filter(check_in::infusion_id.eq(before))
        .filter(check_in::code.eq(CheckInCode::D30))
        .filter(check_in::state.eq(CheckInState::Superseded))
        .select(check_in::settled_at)
        .first(conn)
        .optional()?;
    let Some(at) = superseded.flatten() else { return Ok(None) };
    let told = report::table
        .filter(report::infusion_id.eq(before))
        .filter(report::received_at.ge(at.plus_hours(-24)));
    let is_told: bool = diesel::select(diesel::dsl::exists(told)).get_result(conn)?;
    Ok((!is_told).then_some(*before))
}

/// The other infusions of the patient of an infusion, as (id, `T0`), by `T0`.
pub fn infusions_of_patient(
    conn: &mut Connection,
    patient: PatientId,
) -> Result<Vec<(InfusionId, Timestamp)>> {
    Ok(infusion::table
        .filter(infusion::patient_id.eq(patient))
        .select((infusion::id, infusion::t0))
        .order((infusion::t0, infusion::id))
        .load(conn)?)
}

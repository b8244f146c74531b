//! Infusions and what was seen in the chair.

use diesel::prelude::*;

use super::among::among;
use super::schema::{chair_observation, infusion, patient};
use super::{Connection, Result};
use crate::domain::grading::Site as Thermometer;
use crate::domain::registry::Route;
use crate::domain::{
    CourseId, InfusionId, LotId, ObservationId, PatientId, Scope, SiteId, StaffId, Timestamp,
};

/// One infusion.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = infusion, check_for_backend(diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_null = true)]
pub struct Infusion {
    /// Which one.
    pub id: InfusionId,
    /// Of which clinic.
    pub site_id: SiteId,
    /// To whom.
    pub patient_id: PatientId,
    /// In which course.
    pub course_id: CourseId,
    /// Of which lot.
    pub lot_id: LotId,
    /// The first, second, third … of the course; given once and kept.
    pub number_in_course: i32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if that is known.
    pub ended_at: Option<Timestamp>,
    /// What everything is counted from: the end, or the start when the end is unknown
    /// (REFERENCE §0.1).
    pub t0: Timestamp,
    /// How many cells, in millions.
    pub dose_cells_millions: Option<i64>,
    /// How it was given.
    pub route: Route,
    /// What was given before it.
    pub premedication: Option<String>,
    /// Rate, other therapies of the day, anything else.
    pub notes: Option<String>,
    /// Grows with every change.
    pub version: i32,
    /// Who entered it.
    pub recorded_by: Option<StaffId>,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

/// What was measured and seen in the chair. Only added to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = chair_observation, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Observation {
    /// Which one.
    pub id: ObservationId,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// When.
    pub observed_at: Timestamp,
    /// Temperature as read, in tenths of a degree Celsius.
    pub temperature_tenths: Option<i32>,
    /// Where it was read.
    pub thermometer: Option<Thermometer>,
    /// Systolic blood pressure, mmHg.
    pub sbp: Option<i32>,
    /// Heart rate, per minute.
    pub hr: Option<i32>,
    /// Oxygen saturation, %.
    pub spo2: Option<i32>,
    /// Breaths, per minute.
    pub rr: Option<i32>,
    /// What was seen.
    pub note: Option<String>,
    /// Who entered it.
    pub recorded_by: Option<StaffId>,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

/// Adds an infusion.
pub fn insert(conn: &mut Connection, new: &Infusion) -> Result<()> {
    diesel::insert_into(infusion::table).values(new).execute(conn)?;
    Ok(())
}

/// Writes a changed infusion whose `version` is still the one that was read; false when
/// somebody else was faster.
pub fn update(conn: &mut Connection, changed: &Infusion) -> Result<bool> {
    let next = Infusion { version: changed.version + 1, ..changed.clone() };
    let rows = diesel::update(infusion::table.find(changed.id))
        .filter(infusion::version.eq(changed.version))
        .set(&next)
        .execute(conn)?;
    Ok(rows == 1)
}

/// One infusion in scope.
pub fn get(conn: &mut Connection, scope: &Scope, id: InfusionId) -> Result<Option<Infusion>> {
    Ok(infusion::table
        .find(id)
        .filter(among(infusion::site_id, scope.sites()))
        .select(Infusion::as_select())
        .first(conn)
        .optional()?)
}

/// The infusions of a patient in scope, last first.
pub fn of_patient(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<Infusion>> {
    Ok(infusion::table
        .filter(infusion::patient_id.eq(id))
        .filter(among(infusion::site_id, scope.sites()))
        .select(Infusion::as_select())
        .order((infusion::t0.desc(), infusion::id.desc()))
        .load(conn)?)
}

/// The infusions of a course, by number.
pub fn of_course(conn: &mut Connection, id: CourseId) -> Result<Vec<Infusion>> {
    Ok(infusion::table
        .filter(infusion::course_id.eq(id))
        .select(Infusion::as_select())
        .order(infusion::number_in_course)
        .load(conn)?)
}

/// The number that the next infusion of a course gets. Numbers are never given twice.
pub fn next_number(conn: &mut Connection, id: CourseId) -> Result<i32> {
    let last: Option<i32> = infusion::table
        .filter(infusion::course_id.eq(id))
        .select(diesel::dsl::max(infusion::number_in_course))
        .first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}

/// The infusion to which a symptom that began at `instant` belongs: the last one that
/// started by then (REFERENCE §0.1).
pub fn current_at(
    conn: &mut Connection,
    patient: PatientId,
    instant: Timestamp,
) -> Result<Option<Infusion>> {
    Ok(infusion::table
        .filter(infusion::patient_id.eq(patient).and(infusion::started_at.le(instant)))
        .select(Infusion::as_select())
        .order((infusion::started_at.desc(), infusion::id.desc()))
        .first(conn)
        .optional()?)
}

/// A page of the infusions in scope for machines: by id, after `after`.
pub fn after(
    conn: &mut Connection,
    scope: &Scope,
    after: Option<InfusionId>,
    limit: i64,
) -> Result<Vec<Infusion>> {
    let mut query = infusion::table
        .filter(among(infusion::site_id, scope.sites()))
        .select(Infusion::as_select())
        .order(infusion::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(infusion::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Adds an observation.
pub fn add_observation(conn: &mut Connection, new: &Observation) -> Result<()> {
    diesel::insert_into(chair_observation::table).values(new).execute(conn)?;
    Ok(())
}

/// The observations after an infusion in scope, in order of time.
pub fn observations(
    conn: &mut Connection,
    scope: &Scope,
    id: InfusionId,
) -> Result<Vec<Observation>> {
    Ok(chair_observation::table
        .inner_join(infusion::table)
        .filter(chair_observation::infusion_id.eq(id))
        .filter(among(infusion::site_id, scope.sites()))
        .select(Observation::as_select())
        .order((chair_observation::observed_at, chair_observation::id))
        .load(conn)?)
}

/// Every observation of a patient in scope, in order of time.
pub fn observations_of_patient(
    conn: &mut Connection,
    scope: &Scope,
    id: PatientId,
) -> Result<Vec<Observation>> {
    Ok(chair_observation::table
        .inner_join(infusion::table.inner_join(patient::table))
        .filter(patient::id.eq(id))
        .filter(among(infusion::site_id, scope.sites()))
        .select(Observation::as_select())
        .order((chair_observation::observed_at, chair_observation::id))
        .load(conn)?)
}

/// The infusion of a patient that began at this very instant.
pub fn started_at(
    conn: &mut Connection,
    patient: PatientId,
    instant: Timestamp,
) -> Result<Option<InfusionId>> {
    Ok(infusion::table
        .filter(infusion::patient_id.eq(patient).and(infusion::started_at.eq(instant)))
        .select(infusion::id)
        .order(infusion::id)
        .first(conn)
        .optional()?)
}

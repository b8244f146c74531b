//! Courses: series of infusions for one patient.

use diesel::prelude::*;

use super::among::among;
use super::schema::course;
use super::{Connection, Result};
use crate::domain::registry::Phase;
use crate::domain::{CourseId, Day, PatientId, ProductId, Scope, SiteId, Timestamp};

/// A series of infusions for one patient.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = course, check_for_backend(diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_null = true)]
pub struct Course {
    /// Which one.
    pub id: CourseId,
    /// Of which clinic.
    pub site_id: SiteId,
    /// For whom.
    pub patient_id: PatientId,
    /// Of which product.
    pub product_id: ProductId,
    /// The phase of treatment.
    pub phase: Phase,
    /// Days between infusions.
    pub interval_days: i32,
    /// How many infusions are planned.
    pub planned_infusions: i32,
    /// First day, on the clinic's calendar.
    pub started_on: Day,
    /// Last day, once it is over.
    pub ended_on: Option<Day>,
    /// Grows with every change.
    pub version: i32,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

/// Adds a course.
pub fn insert(conn: &mut Connection, new: &Course) -> Result<()> {
    diesel::insert_into(course::table).values(new).execute(conn)?;
    Ok(())
}

/// Writes a changed course whose `version` is still the one that was read; false when
/// somebody else was faster.
pub fn update(conn: &mut Connection, changed: &Course) -> Result<bool> {
    let next = Course { version: changed.version + 1, ..changed.clone() };
    let rows = diesel::update(course::table.find(changed.id))
        .filter(course::version.eq(changed.version))
        .set(&next)
        .execute(conn)?;
    Ok(rows == 1)
}

/// One course in scope.
pub fn get(conn: &mut Connection, scope: &Scope, id: CourseId) -> Result<Option<Course>> {
    Ok(course::table
        .find(id)
        .filter(among(course::site_id, scope.sites()))
        .select(Course::as_select())
        .first(conn)
        .optional()?)
}

/// The courses of a patient in scope, begun last first.
pub fn of_patient(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<Course>> {
    Ok(course::table
        .filter(course::patient_id.eq(id))
        .filter(among(course::site_id, scope.sites()))
        .select(Course::as_select())
        .order((course::started_on.desc(), course::id.desc()))
        .load(conn)?)
}

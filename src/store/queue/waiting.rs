//! EMERGENCY tasks that nobody has taken.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::super::schema::task;
use super::super::{Connection, Result};
use crate::domain::{Scope, TaskId, Timestamp};

/// The most that are told of; the queue itself shows all.
const MOST: i64 = 20;

/// An EMERGENCY that nobody has taken since its clock runs.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Waiting {
    /// Which task.
    pub id: TaskId,
    /// Its number.
    pub number: i64,
    /// When its clock last started.
    pub raised_at: Timestamp,
}

/// The EMERGENCY tasks of the clinics in scope that nobody has taken, the newest first.
pub fn emergencies(conn: &mut Connection, scope: &Scope) -> Result<Vec<Waiting>> {
    Ok(task::table
        .filter(sql::<Bool>("task.state = 'open'"))
        .filter(task::site_id.eq_any(scope.sites()))
        .filter(task::urgency_rank.eq(0))
        .filter(
            task::acknowledged_at
                .is_null()
                .or(task::acknowledged_at.assume_not_null().lt(task::raised_at)),
        )
        .order((task::raised_at.desc(), task::id.desc()))
        .limit(MOST)
        .select((task::id, task::number, task::raised_at))
        .load(conn)?)
}

//! What only the training mode asks of the database.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use super::literal::{open_task as still_open, planned_check_in};
use super::schema::{check_in, installation, task, task_event};
use super::{Connection, Result};
use crate::domain::task::{CallResult, TaskState};
use crate::domain::{Level, SiteId, TaskId, Timestamp};

/// A task that somebody must still work on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    /// Which one.
    pub id: TaskId,
    /// Whose.
    pub site: SiteId,
    /// How soon.
    pub level: Level,
    /// Since when.
    pub opened_at: Timestamp,
    /// As it stands.
    pub version: i32,
    /// Somebody has it.
    pub is_taken: bool,
    /// The patient was reached.
    pub is_reached: bool,
    /// Calls that nobody answered.
    pub vain_calls: i64,
}

/// All open tasks, oldest first.
pub fn open_tasks(conn: &mut Connection) -> Result<Vec<OpenTask>> {
    let ids: Vec<TaskId> = task::table
        .filter(still_open())
        .order((task::opened_at, task::id))
        .select(task::id)
        .load(conn)?;
    ids.into_iter().filter_map(|id| open_task(conn, id).transpose()).collect()
}

/// A task, if it is still open.
pub fn open_task(conn: &mut Connection, id: TaskId) -> Result<Option<OpenTask>> {
    type Row = (SiteId, Level, Timestamp, i32, Option<Timestamp>, Option<Timestamp>);
    let row: Option<Row> = task::table
        .filter(task::id.eq(id))
        .filter(task::state.eq(TaskState::Open))
        .select((
            task::site_id,
            task::level,
            task::opened_at,
            task::version,
            task::acknowledged_at,
            task::reached_at,
        ))
        .first(conn)
        .optional()?;
    let Some((site, level, opened_at, version, acknowledged, reached)) = row else {
        return Ok(None);
    };
    let vain_calls = task_event::table
        .filter(task_event::task_id.eq(id))
        .filter(task_event::call_result.eq(CallResult::NoAnswer))
        .select(count_star())
        .first(conn)?;
    Ok(Some(OpenTask {
        id,
        site,
        level,
        opened_at,
        version,
        is_taken: acknowledged.is_some(),
        is_reached: reached.is_some(),
        vain_calls,
    }))
}

/// The next moment at which a mail is due or a check-in closes.
pub fn next_due(conn: &mut Connection) -> Result<Option<Timestamp>> {
    let mail = super::outbox::next_due(conn)?;
    let close: Option<Timestamp> =
        check_in::table.filter(planned_check_in()).select(min(check_in::closes_at)).first(conn)?;
    Ok(mail.into_iter().chain(close).min())
}

/// A fact about the installation.
pub fn fact(conn: &mut Connection, key: &str) -> Result<Option<String>> {
    Ok(installation::table
        .filter(installation::key.eq(key))
        .select(installation::value)
        .first(conn)
        .optional()?)
}

/// Keeps a fact about the installation.
pub fn set_fact(conn: &mut Connection, key: &str, value: &str) -> Result<()> {
    diesel::replace_into(installation::table)
        .values((installation::key.eq(key), installation::value.eq(value)))
        .execute(conn)?;
    Ok(())
}

//! What only the training mode asks of the database.

use diesel::dsl::{count_star, min};
use diesel::prelude::*;
use jiff::SignedDuration;

use super::literal::{open_task as still_open, planned_check_in, planned_step};
use super::schema::{check_in, installation, outbox, session, task, task_event, task_step};
use super::{Connection, Result};
use crate::access::IDLE_MINUTES;
use crate::domain::chain::runs_out;
use crate::domain::letter::MailState;
use crate::domain::task::{CallResult, TaskState};
use crate::domain::{Level, OutboxId, PatientId, SiteId, TaskId, Timestamp};

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

/// The newest letter to a patient that a mail server took.
pub fn newest_sent(conn: &mut Connection, of: PatientId) -> Result<Option<OutboxId>> {
    Ok(outbox::table
        .filter(outbox::patient_id.eq(of))
        .filter(outbox::state.eq(MailState::Accepted))
        .order((outbox::settled_at.desc(), outbox::id.desc()))
        .select(outbox::id)
        .first(conn)
        .optional()?)
}

/// The next moment after now at which people are told of a task, or have to be told again
/// because an acknowledgement runs out.
pub fn next_step(conn: &mut Connection, now: Timestamp) -> Result<Option<Timestamp>> {
    let step: Option<Timestamp> = task_step::table
        .filter(planned_step())
        .filter(task_step::due_at.gt(now))
        .select(min(task_step::due_at))
        .first(conn)?;
    let taken = super::steps::taken(conn, now.plus_hours(24 * 400))?;
    let ends = taken.iter().map(|taken| runs_out(&taken.facts)).filter(|end| *end > now);
    Ok(step.into_iter().chain(ends).min())
}

/// The next moment at which a mail is due or a check-in closes.
pub fn next_due(conn: &mut Connection) -> Result<Option<Timestamp>> {
    let mail = super::outbox::next_due(conn)?;
    let close: Option<Timestamp> =
        check_in::table.filter(planned_check_in()).select(min(check_in::closes_at)).first(conn)?;
    Ok(mail.into_iter().chain(close).min())
}

/// Whoever is signed in stays so while the clock is moved: nobody was idle in the time that is
/// skipped.
pub fn keep_signed_in(conn: &mut Connection, now: Timestamp, by: SignedDuration) -> Result<()> {
    let open: Vec<(String, Timestamp, Timestamp)> = session::table
        .filter(session::expires_at.gt(now))
        .filter(session::last_seen_at.gt(now.plus_minutes(-IDLE_MINUTES)))
        .select((session::token_hash, session::last_seen_at, session::expires_at))
        .load(conn)?;
    for (token, seen_at, expires_at) in open {
        diesel::update(session::table.find(token))
            .set((
                session::last_seen_at.eq(seen_at.plus(by)),
                session::expires_at.eq(expires_at.plus(by)),
            ))
            .execute(conn)?;
    }
    Ok(())
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

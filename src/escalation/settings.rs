//! What a clinic's administrators set about telling people.

use std::collections::BTreeMap;

use serde_json::json;

use crate::domain::chain::{Times, TimesProblem};
use crate::domain::{Actor, Codelist, Level, Scope, SiteId, Timestamp};
use crate::store::{self, Connection, audit, policies};

/// Levels that have times.
pub const LEVELS: [Level; 4] = [Level::Emergency, Level::Urgent, Level::Soon, Level::Routine];

/// Why a setting was not kept.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// No such clinic, or not for this person.
    #[error("not found")]
    NotFound,
    /// Everything that is wrong with the times.
    #[error("the times are refused: {0:?}")]
    Times(Vec<(Level, TimesProblem)>),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The times of a clinic as they count for tasks that are made now, and their version if they
/// are its own.
pub fn times(
    conn: &mut Connection,
    site: SiteId,
) -> store::Result<(Option<i32>, BTreeMap<Level, Times>)> {
    let own = policies::latest(conn, site)?;
    let version = own.as_ref().map(|policy| policy.version);
    let own = own.map(|policy| policy.times).unwrap_or_default();
    let found = LEVELS
        .into_iter()
        .map(|level| (level, own.get(&level).copied().unwrap_or(Times::standard(level))))
        .collect();
    Ok((version, found))
}

/// Keeps a clinic's times as its next version. Tasks that wait keep their steps.
pub fn set_times(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    scope: &Scope,
    site: SiteId,
    new: &BTreeMap<Level, Times>,
) -> Result<(), SettingsError> {
    let by = actor.staff().filter(|_| scope.allows(site)).ok_or(SettingsError::NotFound)?;
    let problems: Vec<(Level, TimesProblem)> = new
        .iter()
        .flat_map(|(level, times)| times.problems().into_iter().map(|found| (*level, found)))
        .collect();
    if !problems.is_empty() {
        return Err(SettingsError::Times(problems));
    }
    let (_, old) = times(conn, site)?;
    let version = policies::keep(conn, now, site, by, new)?;
    let minutes = |all: &BTreeMap<Level, Times>, level: Level| {
        all.get(&level).map(|times| {
            [
                times.charge_nurse_min,
                times.physician_min,
                times.safety_officer_min,
                times.repeat_min,
            ]
        })
    };
    let changes: BTreeMap<&str, _> = LEVELS
        .into_iter()
        .map(|level| (level.code(), [minutes(&old, level), minutes(new, level)]))
        .collect();
    let detail = json!({ "version": version, "minutes": changes });
    let object = ("site", &site as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(site), "escalation.changed", object, &detail)?;
    Ok(())
}

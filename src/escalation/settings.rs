//! What a clinic's administrators set about telling people.

use std::collections::BTreeMap;

use serde_json::json;
use url::Url;

use crate::domain::chain::{Times, TimesProblem};
use crate::domain::{Actor, Codelist, Level, Scope, SiteId, Timestamp};
use crate::store::hooks::{self, Hook};
use crate::store::{self, Connection, audit, policies};
use crate::{outgoing, secrets};

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
    /// The address of a gateway is none that may be called.
    #[error("the address may not be called")]
    Address,
    /// There is no gateway that is called.
    #[error("no gateway is called")]
    NoGateway,
    /// No secret could be made.
    #[error("the operating system gave no random bytes")]
    NoSecret,
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

/// Sets a clinic's gateway, and whether it is called. A new address gets a new secret, so that
/// the old gateway can sign nothing.
pub fn set_hook(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    scope: &Scope,
    site: SiteId,
    (url, is_active): (&str, bool),
) -> Result<(), SettingsError> {
    if !scope.allows(site) {
        return Err(SettingsError::NotFound);
    }
    let url: Url = url.trim().parse().map_err(|_| SettingsError::Address)?;
    if !outgoing::is_allowed(&url) {
        return Err(SettingsError::Address);
    }
    let old = hooks::find(conn, site)?;
    let secret = match old.as_ref().filter(|old| old.url == url.as_str()) {
        Some(old) => old.secret.clone(),
        None => secrets::new_token().ok_or(SettingsError::NoSecret)?,
    };
    let version = old.as_ref().map_or(0, |old| old.version) + 1;
    let new = Hook { url: url.into(), secret, is_active, version };
    hooks::keep(conn, now, site, &new)?;
    // The address may hold a key of the gateway, so the trail names only its host.
    let host = |hook: &Hook| {
        let url: Option<Url> = hook.url.parse().ok();
        url.and_then(|url| url.host_str().map(str::to_owned))
    };
    let detail = json!({
        "host": [old.as_ref().and_then(host), host(&new)],
        "is_active": [old.as_ref().map(|old| old.is_active), Some(is_active)],
    });
    let object = ("site", &site as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(site), "hook.changed", object, &detail)?;
    Ok(())
}

/// Owes a call that shows whether the gateway can be reached and knows the secret.
pub fn test_hook(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    scope: &Scope,
    site: SiteId,
) -> Result<(), SettingsError> {
    if !scope.allows(site) {
        return Err(SettingsError::NotFound);
    }
    if !hooks::find(conn, site)?.is_some_and(|hook| hook.is_active) {
        return Err(SettingsError::NoGateway);
    }
    hooks::owe(conn, now, site, None, &format!("test {now}"))?;
    let object = ("site", &site as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(site), "hook.tested", object, &json!({}))?;
    Ok(())
}

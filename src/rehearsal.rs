//! Trying a changed rule set on the reports that are here, before anybody is judged by it.

use crate::domain::escalation::{RuleSet, assess};
use crate::domain::grading::CtcaeVersion;
use crate::domain::input::Input;
use crate::domain::rehearsal::{Compared, Rehearsal, Verdict, touched_emergencies};
use crate::domain::task::WorthAFlag;
use crate::domain::{Codelist, Scope, Timestamp};
use crate::rules;
use crate::store::rehearsal::{self, Told};
use crate::store::{self, Db};

/// What was tried, against what, and what came of it.
#[derive(Debug, Clone)]
pub struct Rehearsed {
    /// The set in force that it is compared with, as id and version.
    pub in_force: (String, u32),
    /// EMERGENCY rules that the changed set lowers, lacks or words otherwise.
    pub touched_emergencies: Vec<String>,
    /// The comparison.
    pub found: Rehearsal,
}

/// Why nothing was tried.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// No set in force has its profile.
    #[error(
        "no rule set in force has the profile {0}; the id of the changed set must be that of the set it changes"
    )]
    NoSuchProfile(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Judges every report of the clinics in scope since a time by the rules in force and by
/// `changed`. Reads in short slices, so that a long rehearsal holds nothing up; writes
/// nothing.
///
/// # Errors
///
/// There is nothing to compare with, or the database failed.
pub fn rehearse(
    db: &Db,
    scope: &Scope,
    since: Timestamp,
    changed: &RuleSet,
) -> Result<Rehearsed, RehearsalError> {
    let id = &changed.identity().id;
    let profile = id.rsplit_once('-').map_or(id.as_str(), |(profile, _)| profile).to_owned();
    let Some(in_force) = rules::of(&profile) else {
        return Err(RehearsalError::NoSuchProfile(profile));
    };
    let mut found = Rehearsal::default();
    let mut after = None;
    loop {
        let slice: Vec<Told> =
            db.read_blocking(|conn| rehearsal::slice(conn, scope, &profile, since, after))?;
        let Some(last) = slice.last() else { break };
        after = Some(last.id);
        for told in slice {
            match compare(told, &in_force.set, changed) {
                Some(compared) => found.add(compared),
                None => found.unreadable += 1,
            }
        }
    }
    let identity = in_force.set.identity();
    Ok(Rehearsed {
        in_force: (identity.id.clone(), identity.version),
        touched_emergencies: touched_emergencies(&in_force.set, changed),
        found,
    })
}

fn compare(told: Told, in_force: &RuleSet, changed: &RuleSet) -> Option<Compared> {
    let input = Input::from_json(&serde_json::from_str(&told.input).ok()?).ok()?;
    let edition = CtcaeVersion::from_code(&told.ctcae_version)?;
    Some(Compared {
        report: told.id,
        reference: told.reference,
        received_at: told.received_at,
        before: Verdict::from(assess(in_force, edition, &input)),
        after: Verdict::from(assess(changed, edition, &input)),
        was_worth_it: told.worth == Some(WorthAFlag::Yes),
    })
}

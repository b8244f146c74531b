//! "No mail to patients for now": one switch for a whole clinic, with a reason.
//!
//! While it is on, letters to patients wait where they are; alerts to staff go out, patients
//! can report, check-ins still close and call for a nurse. When it ends, what is still of use
//! is sent: at night in the morning, and of several mails about one check-in the first.

use std::collections::BTreeSet;

use serde_json::json;

use crate::domain::letter::StopCause;
use crate::domain::{Actor, Scope, SiteId, Timestamp};
use crate::store::{self, Connection, audit, episodes, outbox, pauses};

/// Why the switch was not turned.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    /// Not a clinic of this person.
    #[error("not found")]
    NotFound,
    /// It stands there already: somebody else was faster.
    #[error("already so")]
    Already,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Stops all mail to the patients of a clinic.
pub fn begin(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (scope, site): (&Scope, SiteId),
    reason: &str,
) -> Result<(), PauseError> {
    if !scope.allows(site) {
        return Err(PauseError::NotFound);
    }
    let pause = pauses::begin(conn, now, site, actor.staff(), reason)?;
    let pause = pause.ok_or(PauseError::Already)?;
    let detail = json!({"pause": pause.to_string(), "reason": reason});
    let object = ("site", &site as &dyn std::fmt::Display);
    Ok(audit::append(conn, now, actor, Some(site), "mail.paused", object, &detail)?)
}

/// Lets mail to the patients of a clinic go out again.
pub fn end(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (scope, site): (&Scope, SiteId),
) -> Result<(), PauseError> {
    if !scope.allows(site) {
        return Err(PauseError::NotFound);
    }
    let pause = pauses::end(conn, now, site, actor.staff())?.ok_or(PauseError::Already)?;
    let (mut asked, mut put_off, mut replaced) = (BTreeSet::new(), 0, 0);
    for letter in pauses::held(conn, now, site)? {
        if let Some(check_in) = letter.check_in
            && !asked.insert(check_in)
        {
            outbox::cancel(conn, now, actor, letter.id, StopCause::Replaced)?;
            replaced += 1;
            continue;
        }
        let Some(infusion) = letter.infusion else { continue };
        let Some(episode) = episodes::find(conn, &Scope::of([site]), infusion)? else { continue };
        let morning = episode.schedule.quiet().shift(now, &episode.zone);
        if morning > now {
            pauses::put_off(conn, letter.id, morning)?;
            put_off += 1;
        }
    }
    let detail =
        json!({"pause": pause.to_string(), "until_morning": put_off, "left_out": replaced});
    let object = ("site", &site as &dyn std::fmt::Display);
    Ok(audit::append(conn, now, actor, Some(site), "mail.resumed", object, &detail)?)
}

//! Letters that the mail server took and that came back.

use diesel::prelude::*;
use serde_json::json;

use super::outcome::attempt;
use super::unreachable;
use crate::domain::bounce::{Bounce, Fate};
use crate::domain::letter::{AttemptResult, LetterKind, MailState, StopCause};
use crate::domain::{Actor, Codelist as _, Scope, SiteId, Timestamp};
use crate::store::schema::outbox;
use crate::store::{Connection, Result, audit};

/// What was done about a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// The letter has bounced; a patient's opened the task.
    Bounced,
    /// It is only late.
    Delayed,
    /// It was known to be undeliverable or unwanted before.
    Known,
    /// There is no such letter, or not in this scope.
    Unknown,
}

/// Notes what a notice says of a letter of the clinics in scope; of any letter without one
/// (the installation's own mailbox).
pub fn bounced(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    scope: Option<&Scope>,
    bounce: &Bounce,
) -> Result<Noted> {
    let found = outbox::table
        .find(bounce.letter)
        .select((outbox::site_id, outbox::kind, outbox::state))
        .first::<(Option<SiteId>, LetterKind, MailState)>(conn)
        .optional()?;
    let in_scope = |site: Option<SiteId>| {
        scope.is_none_or(|scope| site.is_some_and(|site| scope.allows(site)))
    };
    let Some((site, kind, state)) = found.filter(|(site, ..)| in_scope(*site)) else {
        return Ok(Noted::Unknown);
    };
    if matches!(state, MailState::Bounced | MailState::Failed | MailState::Cancelled) {
        return Ok(Noted::Known);
    }
    let status = bounce.status.as_deref();
    if bounce.fate == Fate::Delayed {
        attempt(conn, now, bounce.letter, AttemptResult::Delayed, status)?;
        return Ok(Noted::Delayed);
    }
    attempt(conn, now, bounce.letter, AttemptResult::Bounced, status)?;
    // One that still waits was taken all the same: the server's answer was lost.
    diesel::update(outbox::table.find(bounce.letter))
        .set((
            outbox::state.eq(MailState::Bounced),
            outbox::cause.eq(StopCause::Returned),
            outbox::settled_at.eq(now),
            outbox::lease_until.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    let detail = json!({ "kind": kind.code(), "status": status });
    let letter = ("letter", &bounce.letter as &dyn std::fmt::Display);
    audit::append(conn, now, actor, site, "letter.bounced", letter, &detail)?;
    unreachable::open(conn, now, bounce.letter)?;
    Ok(Noted::Bounced)
}

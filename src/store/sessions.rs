//! Signed-in browsers. Only the hash of a token is ever stored.

use diesel::prelude::*;

use super::schema::{membership, session, staff};
use super::{Connection, Result, pauses};
use crate::access::{ABSOLUTE_HOURS, IDLE_MINUTES, NewSession, PENDING_MINUTES, SignedIn, Stage};
use crate::domain::registry::ActiveState;
use crate::domain::{Language, Role, Scope, SiteId, StaffId, Timestamp};

/// The person behind a session that is complete, in use and not over.
pub fn signed_in(
    conn: &mut Connection,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<SignedIn>> {
    let person = session::table
        .inner_join(staff::table)
        .filter(session::token_hash.eq(token_hash))
        .filter(session::stage.eq(Stage::Full))
        .filter(session::ended_at.is_null())
        .filter(session::expires_at.gt(now))
        .filter(session::last_seen_at.gt(now.minus(jiff::SignedDuration::from_mins(IDLE_MINUTES))))
        .filter(staff::state.eq(ActiveState::Active))
        .select((
            (staff::id, staff::name, staff::language, staff::is_administrator),
            (session::last_seen_at, session::expires_at),
        ))
        .first::<((StaffId, String, Language, bool), (Timestamp, Timestamp))>(conn)
        .optional()?;
    let Some(((id, name, language, is_administrator), (seen_at, expires_at))) = person else {
        return Ok(None);
    };
    let roles = membership::table
        .filter(membership::staff_id.eq(id))
        .select((membership::site_id, membership::role))
        .order((membership::site_id, membership::role))
        .load::<(SiteId, Role)>(conn)?;
    let scope = Scope::of(roles.iter().map(|(site, _)| *site));
    let mail_paused = pauses::paused_names(conn, (!is_administrator).then_some(&scope))?;
    Ok(Some(SignedIn {
        id,
        name,
        language,
        is_administrator,
        roles,
        session: token_hash.to_owned(),
        seen_at,
        ends_at: expires_at.min(seen_at.plus_minutes(IDLE_MINUTES)),
        mail_paused,
    }))
}

/// Begins a session.
pub fn begin(conn: &mut Connection, new: &NewSession<'_>, now: Timestamp) -> Result<()> {
    diesel::insert_into(session::table)
        .values((
            session::token_hash.eq(new.token_hash),
            session::staff_id.eq(new.staff),
            session::stage.eq(new.stage),
            session::created_at.eq(now),
            session::last_seen_at.eq(now),
            session::expires_at.eq(now.plus_hours(ABSOLUTE_HOURS)),
            session::stepped_up_at.eq((new.stage == Stage::Full).then_some(now)),
            session::user_agent.eq(new.user_agent),
        ))
        .execute(conn)?;
    Ok(())
}

/// A session that still needs the second factor.
#[derive(Debug, Clone, Copy)]
pub struct Pending {
    /// Whose.
    pub staff: StaffId,
    /// What is missing.
    pub stage: Stage,
}

/// The incomplete session with this token, while it may still be completed.
pub fn pending(conn: &mut Connection, token_hash: &str, now: Timestamp) -> Result<Option<Pending>> {
    let found = session::table
        .find(token_hash)
        .filter(session::stage.ne(Stage::Full))
        .filter(session::ended_at.is_null())
        .filter(session::created_at.gt(now.plus_minutes(-PENDING_MINUTES)))
        .select((session::staff_id, session::stage))
        .first::<(StaffId, Stage)>(conn)
        .optional()?;
    Ok(found.map(|(staff, stage)| Pending { staff, stage }))
}

/// Notes that a session is in use.
pub fn touch(conn: &mut Connection, token_hash: &str, now: Timestamp) -> Result<()> {
    let open = session::table.find(token_hash).filter(session::ended_at.is_null());
    diesel::update(open).set(session::last_seen_at.eq(now)).execute(conn)?;
    Ok(())
}

/// A session that has not ended.
#[derive(Debug, Clone)]
pub struct Open {
    /// The hash of its token: its name.
    pub token_hash: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_seen_at: Timestamp,
    /// What the browser called itself.
    pub user_agent: String,
}

/// The complete sessions of a person that are still good, newest first.
pub fn open(conn: &mut Connection, id: StaffId, now: Timestamp) -> Result<Vec<Open>> {
    let rows = session::table
        .filter(session::staff_id.eq(id).and(session::stage.eq(Stage::Full)))
        .filter(session::ended_at.is_null())
        .filter(session::expires_at.gt(now))
        .filter(session::last_seen_at.gt(now.plus_minutes(-IDLE_MINUTES)))
        .select((
            session::token_hash,
            session::created_at,
            session::last_seen_at,
            session::user_agent,
        ))
        .order(session::created_at.desc())
        .load::<(String, Timestamp, Timestamp, String)>(conn)?;
    Ok(rows
        .into_iter()
        .map(|(token_hash, created_at, last_seen_at, user_agent)| Open {
            token_hash,
            created_at,
            last_seen_at,
            user_agent,
        })
        .collect())
}

/// Ends one session of a person. `false` when there is no such one.
pub fn end(conn: &mut Connection, id: StaffId, token_hash: &str, now: Timestamp) -> Result<bool> {
    let one = session::table
        .find(token_hash)
        .filter(session::staff_id.eq(id).and(session::ended_at.is_null()));
    Ok(diesel::update(one).set(session::ended_at.eq(now)).execute(conn)? == 1)
}

/// Ends every session of a person.
pub fn end_all(conn: &mut Connection, id: StaffId, now: Timestamp) -> Result<()> {
    let open = session::staff_id.eq(id).and(session::ended_at.is_null());
    diesel::update(session::table.filter(open)).set(session::ended_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Ends a session whosever it is: the one that a browser came with when it signs in.
pub fn end_any(conn: &mut Connection, token_hash: &str, now: Timestamp) -> Result<()> {
    let open = session::table.find(token_hash).filter(session::ended_at.is_null());
    diesel::update(open).set(session::ended_at.eq(now)).execute(conn)?;
    Ok(())
}

//! Signed-in browsers. Only the hash of a token is ever stored.

use diesel::prelude::*;

use super::schema::{membership, session, staff};
use super::{Connection, Result};
use crate::access::{ABSOLUTE_HOURS, IDLE_MINUTES, NewSession, SignedIn, Stage};
use crate::domain::registry::ActiveState;
use crate::domain::{Language, Role, SiteId, StaffId, Timestamp};

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
        .select((staff::id, staff::name, staff::language, staff::is_administrator))
        .first::<(StaffId, String, Language, bool)>(conn)
        .optional()?;
    let Some((id, name, language, is_administrator)) = person else {
        return Ok(None);
    };
    let roles = membership::table
        .filter(membership::staff_id.eq(id))
        .select((membership::site_id, membership::role))
        .order((membership::site_id, membership::role))
        .load::<(SiteId, Role)>(conn)?;
    Ok(Some(SignedIn {
        id,
        name,
        language,
        is_administrator,
        roles,
        session: token_hash.to_owned(),
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

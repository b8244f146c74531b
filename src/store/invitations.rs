//! Invitations and password resets: links that let a person set a password, once.

use diesel::prelude::*;

use super::schema::staff_invitation;
use super::{Connection, Result};
use crate::domain::{StaffId, Timestamp};

/// Notes an invitation; earlier ones of the person end.
pub fn add(
    conn: &mut Connection,
    token_hash: &str,
    id: StaffId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    end_all(conn, id, now)?;
    diesel::insert_into(staff_invitation::table)
        .values((
            staff_invitation::token_hash.eq(token_hash),
            staff_invitation::staff_id.eq(id),
            staff_invitation::created_at.eq(now),
            staff_invitation::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whose invitation this is, if it can still be used.
pub fn usable(conn: &mut Connection, token_hash: &str, now: Timestamp) -> Result<Option<StaffId>> {
    Ok(staff_invitation::table
        .find(token_hash)
        .filter(staff_invitation::used_at.is_null())
        .filter(staff_invitation::expires_at.gt(now))
        .select(staff_invitation::staff_id)
        .first(conn)
        .optional()?)
}

/// Ends every invitation of a person.
pub fn end_all(conn: &mut Connection, id: StaffId, now: Timestamp) -> Result<()> {
    let open = staff_invitation::staff_id.eq(id).and(staff_invitation::used_at.is_null());
    diesel::update(staff_invitation::table.filter(open))
        .set(staff_invitation::used_at.eq(now))
        .execute(conn)?;
    Ok(())
}

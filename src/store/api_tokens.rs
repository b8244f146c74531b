//! The keys of other systems: each belongs to one clinic. Only the hash of a key is kept.

use diesel::prelude::*;

use super::schema::{api_token, site, staff};
use super::{Connection, Error, Result};
use crate::domain::letter::KeyPurpose;
use crate::domain::registry::ActiveState;
use crate::domain::{ApiTokenId, Scope, SiteId, StaffId, Timestamp};
use crate::secrets::{new_token, token_hash};

/// What every key begins with, so that scanners for leaked secrets know one.
pub const PREFIX: &str = "aw_";

/// A key as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ApiToken {
    /// Which one.
    pub id: ApiTokenId,
    /// Of which clinic.
    pub site: SiteId,
    /// The clinic's name.
    pub site_name: String,
    /// What the other system is called.
    pub name: String,
    /// What it may do.
    pub purpose: KeyPurpose,
    /// Who made it; none: the command line.
    pub made_by: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Who is calling: key, its name, its clinic.
pub type Caller = (ApiTokenId, String, SiteId);

/// Makes a key to hand in reports and read lists. Its text is returned once and cannot be had
/// again.
pub fn make(
    conn: &mut Connection,
    now: Timestamp,
    site: SiteId,
    name: &str,
    created_by: Option<StaffId>,
) -> Result<(ApiTokenId, String)> {
    make_for(conn, now, site, (name, KeyPurpose::Registry), created_by)
}

/// Makes a key for one purpose.
pub fn make_for(
    conn: &mut Connection,
    now: Timestamp,
    site: SiteId,
    (name, purpose): (&str, KeyPurpose),
    created_by: Option<StaffId>,
) -> Result<(ApiTokenId, String)> {
    let id = ApiTokenId::new();
    let token = format!("{PREFIX}{}", new_token().ok_or(Error::Random)?);
    diesel::insert_into(api_token::table)
        .values((
            api_token::id.eq(id),
            api_token::site_id.eq(site),
            api_token::name.eq(name),
            api_token::purpose.eq(purpose),
            api_token::token_hash.eq(token_hash(&token)),
            api_token::created_by.eq(created_by),
            api_token::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok((id, token))
}

/// The system that this key is of, if it is for this purpose, not revoked, and its clinic is
/// active.
pub fn recognise(
    conn: &mut Connection,
    token: &str,
    purpose: KeyPurpose,
) -> Result<Option<Caller>> {
    Ok(api_token::table
        .inner_join(site::table)
        .filter(api_token::token_hash.eq(token_hash(token)))
        .filter(api_token::purpose.eq(purpose))
        .filter(api_token::revoked_at.is_null())
        .filter(site::state.eq(ActiveState::Active))
        .select((api_token::id, api_token::name, api_token::site_id))
        .first(conn)
        .optional()?)
}

/// The keys of the clinics in scope, those in use first, the newest first.
pub fn list(conn: &mut Connection, scope: &Scope) -> Result<Vec<ApiToken>> {
    Ok(api_token::table
        .inner_join(site::table)
        .left_join(staff::table)
        .filter(api_token::site_id.eq_any(scope.sites()))
        .order((api_token::revoked_at.is_not_null(), api_token::created_at.desc()))
        .select((
            api_token::id,
            site::id,
            site::name,
            api_token::name,
            api_token::purpose,
            staff::name.nullable(),
            api_token::created_at,
            api_token::revoked_at,
        ))
        .load(conn)?)
}

/// Revokes a key of a clinic in scope at once; the clinic, or nothing if there is no such
/// key in use.
pub fn revoke(
    conn: &mut Connection,
    now: Timestamp,
    scope: &Scope,
    id: ApiTokenId,
) -> Result<Option<SiteId>> {
    Ok(diesel::update(api_token::table.filter(api_token::id.eq(id)))
        .filter(api_token::site_id.eq_any(scope.sites()))
        .filter(api_token::revoked_at.is_null())
        .set(api_token::revoked_at.eq(now))
        .returning(api_token::site_id)
        .get_result(conn)
        .optional()?)
}

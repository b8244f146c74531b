//! A patient's links: a permission to report, for one patient and one infusion.
//!
//! The token is made from the nonce and a key outside the database; only its hash is
//! here. It may be used any number of times until the infusion's follow-up ends.

use diesel::prelude::*;

use super::schema::{infusion, link};
use super::{Connection, Error, Result};
use crate::domain::{InfusionId, LinkId, PatientId, SiteId, Timestamp};
use crate::secrets::{Keys, new_nonce, token_hash};

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// At which clinic.
    pub site: SiteId,
    /// Whose.
    pub patient: PatientId,
    /// The infusion that it was issued for.
    pub infusion: InfusionId,
    /// What the token is made from.
    pub nonce: String,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Link {
    /// Whether it may be used.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

type Columns = (
    link::id,
    infusion::site_id,
    link::patient_id,
    link::infusion_id,
    link::nonce,
    link::created_at,
    link::expires_at,
    link::revoked_at,
);

const COLUMNS: Columns = (
    link::id,
    infusion::site_id,
    link::patient_id,
    link::infusion_id,
    link::nonce,
    link::created_at,
    link::expires_at,
    link::revoked_at,
);

/// Issues a link that ends at `expires_at`.
pub fn issue(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    patient: PatientId,
    infusion: InfusionId,
    expires_at: Timestamp,
) -> Result<LinkId> {
    let id = LinkId::new();
    let nonce = new_nonce().ok_or(Error::Random)?;
    let token = keys.link_token(&nonce);
    diesel::insert_into(link::table)
        .values((
            link::id.eq(id),
            link::patient_id.eq(patient),
            link::infusion_id.eq(infusion),
            link::nonce.eq(nonce),
            link::token_hash.eq(token_hash(&token)),
            link::created_at.eq(now),
            link::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(id)
}

/// The link of this token, dead ones included. Looked up by hash, so that the time it
/// takes says nothing about the token.
pub fn by_token(conn: &mut Connection, token: &str) -> Result<Option<Link>> {
    Ok(link::table
        .inner_join(infusion::table)
        .filter(link::token_hash.eq(token_hash(token)))
        .select(COLUMNS)
        .first(conn)
        .optional()?)
}

/// A link by its id.
pub fn find(conn: &mut Connection, id: LinkId) -> Result<Option<Link>> {
    Ok(link::table
        .inner_join(infusion::table)
        .filter(link::id.eq(id))
        .select(COLUMNS)
        .first(conn)
        .optional()?)
}

/// The newest link of an infusion that may be used.
pub fn live(conn: &mut Connection, infusion: InfusionId, now: Timestamp) -> Result<Option<Link>> {
    Ok(link::table
        .inner_join(infusion::table)
        .filter(link::infusion_id.eq(infusion))
        .filter(link::revoked_at.is_null().and(link::expires_at.gt(now)))
        .order((link::created_at.desc(), link::id.desc()))
        .select(COLUMNS)
        .first(conn)
        .optional()?)
}

/// Lets the links of an infusion end at another time.
pub fn expire_at(conn: &mut Connection, infusion: InfusionId, at: Timestamp) -> Result<()> {
    diesel::update(link::table.filter(link::infusion_id.eq(infusion)))
        .filter(link::revoked_at.is_null())
        .set(link::expires_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// Ends every link of a patient at once; says which ones.
pub fn revoke_all(
    conn: &mut Connection,
    now: Timestamp,
    patient: PatientId,
) -> Result<Vec<LinkId>> {
    let live = link::patient_id.eq(patient).and(link::revoked_at.is_null());
    let ids = link::table.filter(live).select(link::id).load(conn)?;
    diesel::update(link::table.filter(live)).set(link::revoked_at.eq(now)).execute(conn)?;
    Ok(ids)
}

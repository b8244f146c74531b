//! The people of clinics, as their administrators see them, and what they are there.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::max;
use diesel::prelude::*;

use super::schema::{membership, session, staff};
use super::{Connection, Result};
use crate::access::Stage;
use crate::domain::registry::ActiveState;
use crate::domain::{Language, Role, Scope, SiteId, StaffId, Timestamp};

/// A person who is something at a clinic in scope.
#[expect(clippy::struct_excessive_bools, reason = "four facts, each with its own name")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// Their language.
    pub language: Language,
    /// Whether they may sign in at all.
    pub state: ActiveState,
    /// Whether they look after the whole installation.
    pub is_administrator: bool,
    /// Whether they have set a password, that is, used an invitation.
    pub has_password: bool,
    /// Whether their second factor is set up.
    pub has_second_factor: bool,
    /// When they last signed in.
    pub last_sign_in: Option<Timestamp>,
    /// What they are at the clinics in scope.
    pub roles: Vec<(SiteId, Role)>,
    /// Whether they are something at a clinic out of scope too.
    pub is_elsewhere: bool,
}

/// The people of the clinics in scope, by name.
pub fn list(conn: &mut Connection, scope: &Scope) -> Result<Vec<Member>> {
    load(conn, scope, None)
}

/// One of them. `None` for somebody who is nothing at a clinic in scope.
pub fn get(conn: &mut Connection, scope: &Scope, id: StaffId) -> Result<Option<Member>> {
    Ok(load(conn, scope, Some(id))?.pop())
}

fn load(conn: &mut Connection, scope: &Scope, only: Option<StaffId>) -> Result<Vec<Member>> {
    type Row =
        (StaffId, String, String, Language, ActiveState, bool, Option<String>, Option<String>);
    let here = membership::table
        .filter(membership::site_id.eq_any(scope.sites()))
        .select(membership::staff_id);
    let mut people = staff::table.filter(staff::id.eq_any(here)).into_boxed();
    if let Some(id) = only {
        people = people.filter(staff::id.eq(id));
    }
    let people: Vec<Row> = people
        .order((staff::name, staff::email))
        .select((
            staff::id,
            staff::name,
            staff::email,
            staff::language,
            staff::state,
            staff::is_administrator,
            staff::password_hash,
            staff::totp_secret,
        ))
        .load(conn)?;
    let ids: Vec<StaffId> = people.iter().map(|person| person.0).collect();
    let mut roles: BTreeMap<StaffId, Vec<(SiteId, Role)>> = BTreeMap::new();
    let mut elsewhere = BTreeSet::new();
    let memberships = membership::table
        .filter(membership::staff_id.eq_any(&ids))
        .order((membership::site_id, membership::role))
        .select((membership::staff_id, membership::site_id, membership::role))
        .load::<(StaffId, SiteId, Role)>(conn)?;
    for (id, site, role) in memberships {
        if scope.allows(site) {
            roles.entry(id).or_default().push((site, role));
        } else {
            elsewhere.insert(id);
        }
    }
    let last: BTreeMap<StaffId, Option<Timestamp>> = session::table
        .filter(session::staff_id.eq_any(&ids).and(session::stage.eq(Stage::Full)))
        .group_by(session::staff_id)
        .select((session::staff_id, max(session::created_at)))
        .load::<(StaffId, Option<Timestamp>)>(conn)?
        .into_iter()
        .collect();
    Ok(people
        .into_iter()
        .map(|(id, name, email, language, state, is_administrator, password, factor)| Member {
            id,
            name,
            email,
            language,
            state,
            is_administrator,
            has_password: password.is_some(),
            has_second_factor: factor.is_some(),
            last_sign_in: last.get(&id).copied().flatten(),
            roles: roles.remove(&id).unwrap_or_default(),
            is_elsewhere: elsewhere.contains(&id),
        })
        .collect())
}

/// Replaces what a person is at the clinics in scope; elsewhere nothing changes.
pub fn set_roles(
    conn: &mut Connection,
    scope: &Scope,
    id: StaffId,
    roles: &[(SiteId, Role)],
    now: Timestamp,
) -> Result<()> {
    let here = membership::staff_id.eq(id).and(membership::site_id.eq_any(scope.sites()));
    let known: Vec<(SiteId, Role)> = membership::table
        .filter(here)
        .select((membership::site_id, membership::role))
        .load(conn)?;
    for (site, role) in known.iter().filter(|held| !roles.contains(held)) {
        diesel::delete(membership::table.find((id, site, role))).execute(conn)?;
    }
    for (site, role) in roles.iter().filter(|wanted| !known.contains(wanted)) {
        diesel::insert_into(membership::table)
            .values((
                membership::staff_id.eq(id),
                membership::site_id.eq(*site),
                membership::role.eq(*role),
                membership::recorded_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Makes a person an administrator of the whole installation, or ends that.
pub fn set_administrator(conn: &mut Connection, id: StaffId, is_administrator: bool) -> Result<()> {
    diesel::update(staff::table.find(id))
        .set((staff::is_administrator.eq(is_administrator), staff::version.eq(staff::version + 1)))
        .execute(conn)?;
    Ok(())
}

//! What people are at clinics, and who is on duty: changed by administrators for the people
//! of their clinics only.
//!
//! Nobody changes what they are themselves, so every clinic keeps the administrator who
//! changes the others; and no step leaves a clinic with nobody on duty.

use serde_json::json;

use super::accounts::{self, AccountError};
use super::{SignedIn, sign_in};
use crate::domain::registry::ActiveState;
use crate::domain::{Actor, Codelist, Permission, Role, Scope, SiteId, StaffId, Timestamp};
use crate::store::members::{self, Member};
use crate::store::staff::{self, Account, NewStaff};
use crate::store::{Connection, Error, Result, audit, duty, sessions, sites};

/// Why something was not done with a person.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// Nobody of these clinics.
    #[error("not found")]
    NotFound,
    /// One's own roles and account.
    #[error("nobody changes their own roles")]
    Oneself,
    /// The account was deactivated.
    #[error("the account was deactivated")]
    Inactive,
    /// They are already somebody at one of these clinics.
    #[error("the person is already in the list")]
    Known,
    /// They are something at a clinic of somebody else.
    #[error("the person also works at another clinic")]
    Elsewhere,
    /// Only administrators of the installation may do this to one of them.
    #[error("the person looks after the whole installation")]
    Installation,
    /// Nobody would be on duty at these clinics.
    #[error("nobody else is on duty at a clinic")]
    NobodyElse(Vec<SiteId>),
    /// The role does not work tasks, or the person cannot sign in yet.
    #[error("the person cannot be on duty there")]
    NotForDuty,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<AccountError> for MemberError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Taken(_) => Self::Known,
            AccountError::Inactive(_) => Self::Inactive,
            AccountError::Unknown(_) | AccountError::Expired => Self::NotFound,
            AccountError::Store(error) => Self::Store(error),
        }
    }
}

/// The clinics whose people a person looks after: their own, or all.
pub fn manageable(conn: &mut Connection, person: &SignedIn) -> Result<Scope> {
    if person.is_administrator {
        return Ok(Scope::of(sites::all(conn)?.into_iter().map(|site| site.id)));
    }
    Ok(person.scope(Permission::ManageStaff))
}

/// Adds a person to clinics. Somebody who has an account elsewhere keeps it and gets the
/// roles besides; then there is nothing to invite them to, and `None` comes back.
pub fn add(
    conn: &mut Connection,
    person: &SignedIn,
    scope: &Scope,
    new: &NewStaff,
    now: Timestamp,
) -> Result<(StaffId, Option<Account>), MemberError> {
    let new = NewStaff {
        roles: within(scope, &new.roles),
        email: sign_in::fold_email(&new.email),
        is_administrator: false,
        ..new.clone()
    };
    let Some(account) = staff::by_email(conn, &new.email)? else {
        accounts::add(conn, &person.actor(), &new, now)?;
        let account = accounts::active(conn, &new.email)?;
        return Ok((new.id, Some(account)));
    };
    if account.state == ActiveState::Inactive {
        return Err(MemberError::Inactive);
    }
    if members::get(conn, scope, account.id)?.is_some() {
        return Err(MemberError::Known);
    }
    if account.id == person.id {
        return Err(MemberError::Oneself);
    }
    write_roles(conn, person, scope, (account.id, &[]), &new.roles, now)?;
    Ok((account.id, None))
}

fn within(scope: &Scope, roles: &[(SiteId, Role)]) -> Vec<(SiteId, Role)> {
    let mut roles: Vec<_> = roles.iter().filter(|(site, _)| scope.allows(*site)).copied().collect();
    roles.sort_unstable_by_key(|(site, role)| (*site, role.code()));
    roles.dedup();
    roles
}

/// Somebody else of these clinics, to be changed.
fn other(
    conn: &mut Connection,
    person: &SignedIn,
    scope: &Scope,
    id: StaffId,
) -> Result<Member, MemberError> {
    let member = members::get(conn, scope, id)?.ok_or(MemberError::NotFound)?;
    if member.id == person.id {
        return Err(MemberError::Oneself);
    }
    Ok(member)
}

/// Somebody else whose whole account this person looks after.
fn whole(
    conn: &mut Connection,
    person: &SignedIn,
    scope: &Scope,
    id: StaffId,
) -> Result<Account, MemberError> {
    let member = other(conn, person, scope, id)?;
    if member.is_administrator && !person.is_administrator {
        return Err(MemberError::Installation);
    }
    if member.is_elsewhere {
        return Err(MemberError::Elsewhere);
    }
    Ok(accounts::active(conn, &member.email)?)
}

/// Sets what a person is at the clinics in scope. Their sessions end, so that no page shows
/// what they may no longer see.
pub fn set_roles(
    conn: &mut Connection,
    person: &SignedIn,
    scope: &Scope,
    id: StaffId,
    roles: &[(SiteId, Role)],
    now: Timestamp,
) -> Result<(), MemberError> {
    let member = other(conn, person, scope, id)?;
    let roles = within(scope, roles);
    let works = |site: SiteId| roles.iter().any(|(at, role)| *at == site && may_be_on_duty(*role));
    let leaves: Vec<SiteId> = duty::list(conn, scope)?
        .into_iter()
        .filter(|on_duty| on_duty.staff == id && !works(on_duty.site))
        .map(|on_duty| on_duty.site)
        .collect();
    let alone = duty::alone_at(conn, id, now)?;
    let deserted: Vec<SiteId> = leaves.iter().filter(|at| alone.contains(at)).copied().collect();
    if !deserted.is_empty() {
        return Err(MemberError::NobodyElse(deserted));
    }
    for site in leaves {
        ended(conn, &person.actor(), id, site, now)?;
    }
    if within(scope, &member.roles) != roles {
        write_roles(conn, person, scope, (id, &member.roles), &roles, now)?;
        sessions::end_all(conn, id, now)?;
    }
    Ok(())
}

/// Writes the roles, with one entry in the trail of each clinic where something changed.
fn write_roles(
    conn: &mut Connection,
    person: &SignedIn,
    scope: &Scope,
    (id, old): (StaffId, &[(SiteId, Role)]),
    roles: &[(SiteId, Role)],
    now: Timestamp,
) -> Result<()> {
    members::set_roles(conn, scope, id, roles, now)?;
    for site in scope.sites() {
        let at = |all: &[(SiteId, Role)]| {
            let mut codes: Vec<&str> =
                all.iter().filter(|(at, _)| at == site).map(|(_, role)| role.code()).collect();
            codes.sort_unstable();
            codes.join(", ")
        };
        let (before, after) = (at(old), at(roles));
        if before != after {
            let detail = json!({ "roles": [before, after] });
            let object = ("staff", &id as &dyn std::fmt::Display);
            audit::append(
                conn,
                now,
                &person.actor(),
                Some(*site),
                "staff.roles_set",
                object,
                &detail,
            )?;
        }
    }
    Ok(())
}

/// The account of somebody of these clinics, to be sent a new link for a password.
pub fn to_invite(
    conn: &mut Connection,
    person: &SignedIn,
    scope: &Scope,
    id: StaffId,
) -> Result<Account, MemberError> {
    whole(conn, person, scope, id)
}

/// Takes somebody out: every session ends at once, what they did stays.
pub fn deactivate(
    conn: &mut Connection,
    person: &SignedIn,
    scope: &Scope,
    id: StaffId,
    now: Timestamp,
) -> Result<(), MemberError> {
    let account = whole(conn, person, scope, id)?;
    let alone = duty::alone_at(conn, id, now)?;
    if !alone.is_empty() {
        return Err(MemberError::NobodyElse(alone));
    }
    accounts::deactivate(conn, &person.actor(), &account, now)?;
    Ok(())
}

/// Makes somebody an administrator of the whole installation, or ends that. Only for callers
/// who are one.
pub fn set_administrator(
    conn: &mut Connection,
    person: &SignedIn,
    id: StaffId,
    is_administrator: bool,
    now: Timestamp,
) -> Result<(), MemberError> {
    if id == person.id {
        return Err(MemberError::Oneself);
    }
    let account = staff::by_id(conn, id)?.ok_or(MemberError::NotFound)?;
    if account.state == ActiveState::Inactive {
        return Err(MemberError::Inactive);
    }
    if account.is_administrator != is_administrator {
        members::set_administrator(conn, id, is_administrator)?;
        sessions::end_all(conn, id, now)?;
        let detail = json!({ "is_administrator": [account.is_administrator, is_administrator] });
        let object = ("staff", &id as &dyn std::fmt::Display);
        audit::append(
            conn,
            now,
            &person.actor(),
            None,
            "staff.administrator_set",
            object,
            &detail,
        )?;
    }
    Ok(())
}

/// Whether people with this role can be called to a patient in danger.
#[must_use]
pub fn may_be_on_duty(role: Role) -> bool {
    role.may(Permission::WorkTasks)
}

/// Puts a person on duty at a clinic in scope.
pub fn begin_duty(
    conn: &mut Connection,
    actor: &Actor,
    scope: &Scope,
    (id, site): (StaffId, SiteId),
    now: Timestamp,
) -> Result<(), MemberError> {
    let member = members::get(conn, &Scope::of([site]), id)?.filter(|_| scope.allows(site));
    let member = member.ok_or(MemberError::NotFound)?;
    if member.state == ActiveState::Inactive {
        return Err(MemberError::Inactive);
    }
    if !member.has_password || !member.roles.iter().any(|(_, role)| may_be_on_duty(*role)) {
        return Err(MemberError::NotForDuty);
    }
    if !duty::list(conn, &Scope::of([site]))?.iter().any(|on_duty| on_duty.staff == id) {
        staff::put_on_duty(conn, id, site, now)?;
        note_duty(conn, actor, "duty.began", (id, site), now)?;
    }
    Ok(())
}

/// Takes a person off duty at a clinic in scope, unless nobody else is on duty there.
pub fn end_duty(
    conn: &mut Connection,
    actor: &Actor,
    scope: &Scope,
    (id, site): (StaffId, SiteId),
    now: Timestamp,
) -> Result<(), MemberError> {
    if !scope.allows(site) {
        return Err(MemberError::NotFound);
    }
    if duty::alone_at(conn, id, now)?.contains(&site) {
        return Err(MemberError::NobodyElse(vec![site]));
    }
    ended(conn, actor, id, site, now)?;
    Ok(())
}

fn ended(
    conn: &mut Connection,
    actor: &Actor,
    id: StaffId,
    site: SiteId,
    now: Timestamp,
) -> Result<()> {
    if duty::end(conn, id, site)? {
        note_duty(conn, actor, "duty.ended", (id, site), now)?;
    }
    Ok(())
}

fn note_duty(
    conn: &mut Connection,
    actor: &Actor,
    action: &str,
    (id, site): (StaffId, SiteId),
    now: Timestamp,
) -> Result<()> {
    let object = ("staff", &id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(site), action, object, &json!({}))
}

//! People who sign in: their accounts, roles, factors and duty.

use diesel::prelude::*;

use super::schema::{duty, membership, recovery_code, site, staff};
use super::{Connection, Result};
use crate::domain::registry::ActiveState;
use crate::domain::{Language, Role, SiteId, StaffId, Timestamp};

/// What signing in needs to know of a person.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = staff, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Account {
    /// Who.
    pub id: StaffId,
    /// The address they sign in with, lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their language.
    pub language: Language,
    /// Argon2id in PHC text; none until the first password is set.
    pub password_hash: Option<String>,
    /// The second factor's secret, base32; none until it is set up.
    pub totp_secret: Option<String>,
    /// The step of the last code that was accepted.
    pub totp_last_step: Option<i64>,
    /// Wrong passwords and codes since the last complete sign-in.
    pub failed_sign_ins: i32,
    /// Earlier tries are refused.
    pub retry_sign_in_at: Option<Timestamp>,
    /// Whether they look after the whole installation.
    pub is_administrator: bool,
    /// Whether they may sign in at all.
    pub state: ActiveState,
}

/// A person to be added.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// Who.
    pub id: StaffId,
    /// Lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their language.
    pub language: Language,
    /// Whether they look after the whole installation.
    pub is_administrator: bool,
    /// What they are, where.
    pub roles: Vec<(SiteId, Role)>,
}

/// The account with this address (lower case).
pub fn by_email(conn: &mut Connection, email: &str) -> Result<Option<Account>> {
    Ok(staff::table
        .filter(staff::email.eq(email))
        .select(Account::as_select())
        .first(conn)
        .optional()?)
}

/// The account of a person.
pub fn by_id(conn: &mut Connection, id: StaffId) -> Result<Option<Account>> {
    Ok(staff::table.find(id).select(Account::as_select()).first(conn).optional()?)
}

/// Every account, by address, for the command line.
pub fn all(conn: &mut Connection) -> Result<Vec<Account>> {
    Ok(staff::table.select(Account::as_select()).order(staff::email).load(conn)?)
}

/// What a person is at which clinic, by the clinic's code.
pub fn roles(conn: &mut Connection, id: StaffId) -> Result<Vec<(String, Role)>> {
    Ok(membership::table
        .inner_join(site::table)
        .filter(membership::staff_id.eq(id))
        .select((site::code, membership::role))
        .order((site::code, membership::role))
        .load(conn)?)
}

/// Adds a person with their roles. They cannot sign in before a password is set.
pub fn add(conn: &mut Connection, new: &NewStaff, now: Timestamp) -> Result<()> {
    diesel::insert_into(staff::table)
        .values((
            staff::id.eq(new.id),
            staff::email.eq(&new.email),
            staff::name.eq(&new.name),
            staff::language.eq(new.language),
            staff::is_administrator.eq(new.is_administrator),
            staff::state.eq(ActiveState::Active),
            staff::version.eq(1),
            staff::recorded_at.eq(now),
        ))
        .execute(conn)?;
    for (site, role) in &new.roles {
        diesel::insert_into(membership::table)
            .values((
                membership::staff_id.eq(new.id),
                membership::site_id.eq(*site),
                membership::role.eq(*role),
                membership::recorded_at.eq(now),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Puts a person on duty at a clinic.
pub fn put_on_duty(conn: &mut Connection, id: StaffId, at: SiteId, now: Timestamp) -> Result<()> {
    diesel::insert_into(duty::table)
        .values((duty::site_id.eq(at), duty::staff_id.eq(id), duty::since.eq(now)))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Sets how often signing in failed, and from when it may be tried again.
pub fn set_failures(
    conn: &mut Connection,
    id: StaffId,
    failed: i32,
    retry_at: Option<Timestamp>,
) -> Result<()> {
    diesel::update(staff::table.find(id))
        .set((staff::failed_sign_ins.eq(failed), staff::retry_sign_in_at.eq(retry_at)))
        .execute(conn)?;
    Ok(())
}

/// Sets the password.
pub fn set_password(conn: &mut Connection, id: StaffId, hash: &str, now: Timestamp) -> Result<()> {
    diesel::update(staff::table.find(id))
        .set((
            staff::password_hash.eq(hash),
            staff::password_set_at.eq(now),
            staff::version.eq(staff::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Sets the second factor, with the step of the code that proved it.
pub fn set_totp(conn: &mut Connection, id: StaffId, secret: &str, step: i64) -> Result<()> {
    diesel::update(staff::table.find(id))
        .set((
            staff::totp_secret.eq(secret),
            staff::totp_last_step.eq(step),
            staff::version.eq(staff::version + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes the second factor away, so that it is set up anew at the next sign-in.
pub fn clear_totp(conn: &mut Connection, id: StaffId) -> Result<()> {
    diesel::update(staff::table.find(id))
        .set((staff::totp_secret.eq(None::<String>), staff::totp_last_step.eq(None::<i64>)))
        .execute(conn)?;
    diesel::delete(recovery_code::table.filter(recovery_code::staff_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Uses a code's step up. `false` when another request was faster with it.
pub fn use_step(conn: &mut Connection, id: StaffId, step: i64) -> Result<bool> {
    let unused = staff::totp_last_step.is_null().or(staff::totp_last_step.lt(step));
    let changed = diesel::update(staff::table.find(id).filter(unused))
        .set(staff::totp_last_step.eq(step))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Sets the language of a person's pages and mails.
pub fn set_language(conn: &mut Connection, id: StaffId, language: Language) -> Result<()> {
    diesel::update(staff::table.find(id))
        .set((staff::language.eq(language), staff::version.eq(staff::version + 1)))
        .execute(conn)?;
    Ok(())
}

/// Ends what a person may do, and their duty.
pub fn deactivate(conn: &mut Connection, id: StaffId) -> Result<()> {
    diesel::update(staff::table.find(id))
        .set((staff::state.eq(ActiveState::Inactive), staff::version.eq(staff::version + 1)))
        .execute(conn)?;
    diesel::delete(duty::table.filter(duty::staff_id.eq(id))).execute(conn)?;
    super::rota::remove_all_of(conn, id)?;
    Ok(())
}

/// Replaces all recovery codes of a person.
pub fn set_recovery_codes(conn: &mut Connection, id: StaffId, hashes: &[String]) -> Result<()> {
    diesel::delete(recovery_code::table.filter(recovery_code::staff_id.eq(id))).execute(conn)?;
    for hash in hashes {
        diesel::insert_into(recovery_code::table)
            .values((recovery_code::staff_id.eq(id), recovery_code::code_hash.eq(hash)))
            .execute(conn)?;
    }
    Ok(())
}

/// Uses a recovery code up. `false` when there is no such unused one.
pub fn use_recovery_code(
    conn: &mut Connection,
    id: StaffId,
    hash: &str,
    now: Timestamp,
) -> Result<bool> {
    let code = recovery_code::table.find((id, hash)).filter(recovery_code::used_at.is_null());
    let changed = diesel::update(code).set(recovery_code::used_at.eq(now)).execute(conn)?;
    Ok(changed == 1)
}

/// How many recovery codes are left.
pub fn recovery_codes_left(conn: &mut Connection, id: StaffId) -> Result<i64> {
    Ok(recovery_code::table
        .filter(recovery_code::staff_id.eq(id).and(recovery_code::used_at.is_null()))
        .count()
        .get_result(conn)?)
}

/// Codes of active clinics at which nobody who may sign in is on duty: neither by hand nor,
/// at some time of the days ahead, by the rota.
pub fn clinics_without_duty(conn: &mut Connection, now: Timestamp) -> Result<Vec<String>> {
    let on_duty = duty::table
        .inner_join(staff::table)
        .filter(staff::state.eq(ActiveState::Active))
        .select(duty::site_id);
    let found: Vec<(SiteId, String)> = site::table
        .filter(site::state.eq(ActiveState::Active).and(site::id.ne_all(on_duty)))
        .select((site::id, site::code))
        .order(site::code)
        .load(conn)?;
    let mut without = Vec::new();
    for (id, code) in found {
        if super::rota::has_gap(conn, id, now, |_| false)? {
            without.push(code);
        }
    }
    Ok(without)
}

/// Whether an administrator of the installation can sign in.
pub fn has_administrator(conn: &mut Connection) -> Result<bool> {
    let administrators = staff::table
        .filter(staff::is_administrator.eq(true).and(staff::state.eq(ActiveState::Active)));
    Ok(diesel::select(diesel::dsl::exists(administrators)).get_result(conn)?)
}

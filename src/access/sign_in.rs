//! Signing in, in steps: password, second factor, session; and signing out.
//!
//! A wrong try costs waiting time that grows with each one, for the account and
//! (in the web server) for the address. Nothing locks an account for good: a
//! stranger must not be able to keep a nurse out.

use jiff::SignedDuration;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::second_factor::{looks_like_recovery, new_recovery_codes, recovery_hash, step_of};
use super::{NewSession, Stage};
use crate::domain::registry::ActiveState;
use crate::domain::{Actor, StaffId, Timestamp};
use crate::secrets::{new_token, token_hash};
use crate::store::staff::Account;
use crate::store::{Connection, Error, Result, audit, sessions, staff};

/// Wrong tries that cost nothing: people mistype.
const FREE_TRIES: i32 = 3;
/// Longest wait after a wrong try, in seconds.
const LONGEST_WAIT: i64 = 15 * 60;
/// Most characters of a browser's name that are kept.
const USER_AGENT_LENGTH: usize = 200;

/// An address as it is compared: the same letters are the same address.
#[must_use]
pub fn fold_email(email: &str) -> String {
    email.trim().nfkc().collect::<String>().to_lowercase()
}

/// The account that a password is to be compared with: none when there is no such active
/// person, or when it is too early for another try.
pub fn account_to_try(
    conn: &mut Connection,
    email: &str,
    known_device: impl FnOnce(&Account) -> bool,
    now: Timestamp,
) -> Result<Option<Account>> {
    let account = staff::by_email(conn, &fold_email(email))?;
    Ok(account.filter(|account| {
        account.state == ActiveState::Active
            && (account.retry_sign_in_at.is_none_or(|at| at <= now) || known_device(account))
    }))
}

/// How long the next try has to wait after so many wrong ones.
fn wait_after(failed: i32) -> SignedDuration {
    let doublings = u32::try_from(failed - FREE_TRIES).unwrap_or(0).min(16);
    let seconds = if failed < FREE_TRIES { 0 } else { 1_i64 << doublings };
    SignedDuration::from_secs(seconds.min(LONGEST_WAIT))
}

/// Notes a wrong password or code.
pub fn failed(conn: &mut Connection, account: &Account, what: &str, now: Timestamp) -> Result<()> {
    // Read again: tries that ran at the same time count as well.
    let Some(current) = staff::by_id(conn, account.id)? else { return Ok(()) };
    let failed = current.failed_sign_ins.saturating_add(1);
    let wait = wait_after(failed);
    let retry_at = (!wait.is_zero()).then(|| now.plus(wait));
    staff::set_failures(conn, account.id, failed, retry_at)?;
    let detail = json!({ "what": what, "failed": failed });
    audit::append(
        conn,
        now,
        &Actor::System,
        None,
        "staff.sign_in_failed",
        ("staff", &account.id),
        &detail,
    )
}

/// A session that just began.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The token for the cookie; nothing else knows it.
    pub token: String,
    /// What is still missing.
    pub stage: Stage,
}

/// The password was right: begins a session in the stage that comes next. The session that the
/// browser came with ends.
pub fn password_right(
    conn: &mut Connection,
    account: &Account,
    came_with: Option<&str>,
    user_agent: &str,
    needs_second_factor: bool,
    now: Timestamp,
) -> Result<Begun> {
    let stage = match (needs_second_factor, &account.totp_secret) {
        (false, _) => Stage::Full,
        (true, Some(_)) => Stage::Password,
        (true, None) => Stage::EnrolTotp,
    };
    if stage == Stage::Full {
        complete(conn, account, came_with, user_agent, "password only (training)", now)
    } else {
        begin(conn, account, came_with, user_agent, stage, now)
    }
}

fn begin(
    conn: &mut Connection,
    account: &Account,
    came_with: Option<&str>,
    user_agent: &str,
    stage: Stage,
    now: Timestamp,
) -> Result<Begun> {
    if let Some(old) = came_with {
        sessions::end_any(conn, &token_hash(old), now)?;
    }
    let token = new_token().ok_or(Error::Random)?;
    let user_agent: String = user_agent.chars().take(USER_AGENT_LENGTH).collect();
    let new = NewSession {
        token_hash: &token_hash(&token),
        staff: account.id,
        stage,
        user_agent: &user_agent,
    };
    sessions::begin(conn, &new, now)?;
    Ok(Begun { token, stage })
}

fn complete(
    conn: &mut Connection,
    account: &Account,
    came_with: Option<&str>,
    user_agent: &str,
    how: &str,
    now: Timestamp,
) -> Result<Begun> {
    staff::set_failures(conn, account.id, 0, None)?;
    let begun = begin(conn, account, came_with, user_agent, Stage::Full, now)?;
    let actor = actor(account);
    let detail = json!({ "how": how });
    audit::append(conn, now, &actor, None, "staff.signed_in", ("staff", &account.id), &detail)?;
    Ok(begun)
}

/// What a code led to.
#[derive(Debug)]
pub enum Checked {
    /// Signed in.
    Right(Begun),
    /// Wrong or used before.
    Wrong,
}

/// Compares a code of the authenticator, or a recovery code, and completes the sign-in.
pub fn check_code(
    conn: &mut Connection,
    id: StaffId,
    code: &str,
    came_with: &str,
    user_agent: &str,
    now: Timestamp,
) -> Result<Checked> {
    let Some(account) = staff::by_id(conn, id)? else { return Ok(Checked::Wrong) };
    let came_with_hash = token_hash(came_with);
    let still_open = sessions::pending(conn, &came_with_hash, now)?;
    if account.state != ActiveState::Active || still_open.is_none_or(|open| open.staff != id) {
        return Ok(Checked::Wrong);
    }
    let account = &account;
    let (right, how) = if looks_like_recovery(code) {
        let right = staff::use_recovery_code(conn, account.id, &recovery_hash(code), now)?;
        (right, "recovery code")
    } else {
        let secret = account.totp_secret.as_deref().unwrap_or_default();
        let right = match step_of(code, secret, account.totp_last_step, now) {
            Some(step) => staff::use_step(conn, account.id, step)?,
            None => false,
        };
        (right, "second factor")
    };
    if right {
        complete(conn, account, Some(came_with), user_agent, how, now).map(Checked::Right)
    } else {
        failed(conn, account, how, now)?;
        // Back to the password, and to its waiting time. A person who is being guessed
        // at elsewhere is not kept waiting here: only who knows the password comes this far.
        if account.failed_sign_ins + 1 >= FREE_TRIES {
            sessions::end_any(conn, &came_with_hash, now)?;
        }
        Ok(Checked::Wrong)
    }
}

/// Sets up the second factor, if the code proves that the authenticator has the secret.
/// Returns new recovery codes; they are never shown again.
pub fn enrol(
    conn: &mut Connection,
    account: &Account,
    secret: &str,
    code: &str,
    now: Timestamp,
) -> Result<Option<Vec<String>>> {
    let Some(step) = step_of(code, secret, None, now) else { return Ok(None) };
    staff::set_totp(conn, account.id, secret, step)?;
    let actor = actor(account);
    let detail = json!({});
    audit::append(
        conn,
        now,
        &actor,
        None,
        "staff.second_factor_set",
        ("staff", &account.id),
        &detail,
    )?;
    renew_recovery_codes(conn, account, now).map(Some)
}

/// Replaces the recovery codes. They are returned once and only their hashes are kept.
pub fn renew_recovery_codes(
    conn: &mut Connection,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<String>> {
    let codes = new_recovery_codes().ok_or(Error::Random)?;
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(code)).collect();
    staff::set_recovery_codes(conn, account.id, &hashes)?;
    let actor = actor(account);
    let detail = json!({ "codes": hashes.len() });
    audit::append(
        conn,
        now,
        &actor,
        None,
        "staff.recovery_codes_renewed",
        ("staff", &account.id),
        &detail,
    )?;
    Ok(codes)
}

/// Completes a sign-in after the second factor was set up.
pub fn enrolled(
    conn: &mut Connection,
    account: &Account,
    came_with: &str,
    user_agent: &str,
    now: Timestamp,
) -> Result<Begun> {
    complete(conn, account, Some(came_with), user_agent, "second factor set up", now)
}

/// Ends a session.
pub fn sign_out(conn: &mut Connection, person: &super::SignedIn, now: Timestamp) -> Result<()> {
    sessions::end(conn, person.id, &person.session, now)?;
    audit::append(
        conn,
        now,
        &person.actor(),
        None,
        "staff.signed_out",
        ("staff", &person.id),
        &json!({}),
    )
}

pub(super) fn actor(account: &Account) -> Actor {
    Actor::Staff { id: account.id, name: account.name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_grows_with_wrong_tries_and_never_becomes_a_lock() {
        let waits: Vec<i64> = (1..=20).map(|failed| wait_after(failed).as_secs()).collect();
        assert_eq!(waits[..6], [0, 0, 1, 2, 4, 8]);
        assert_eq!(waits[19], LONGEST_WAIT);
        assert_eq!(wait_after(i32::MAX).as_secs(), LONGEST_WAIT);
    }

    #[test]
    fn addresses_that_look_alike_are_the_same() {
        assert_eq!(fold_email(" Nurse@Clinic.Example "), "nurse@clinic.example");
        assert_eq!(fold_email("ｎurse@clinic.example"), "nurse@clinic.example");
    }
}

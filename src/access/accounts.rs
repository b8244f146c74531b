//! Accounts: inviting, setting and changing passwords, and taking somebody out.
//!
//! A password or a role that changes ends sessions at once. A new password never
//! skips the second factor.

use serde_json::{Value, json};

use super::{NewSession, SignedIn, Stage, sign_in};
use crate::domain::letter::LetterKind;
use crate::domain::registry::ActiveState;
use crate::domain::{Actor, Language, StaffId, Timestamp};
use crate::secrets::{Keys, new_token, token_hash};
use crate::store::outbox::{self, NewLetter, Recipient};
use crate::store::staff::{Account, NewStaff};
use crate::store::{Connection, Error, Result, audit, invitations, sessions, staff};

/// How long an invitation or a password reset can be used, in hours.
pub const INVITATION_HOURS: i64 = 72;

/// Why something could not be done with an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The address is taken.
    #[error("{0} has an account already; see: afterwatch staff list")]
    Taken(String),
    /// No such address.
    #[error("nobody has the address {0}; see: afterwatch staff list")]
    Unknown(String),
    /// The account was deactivated.
    #[error("the account {0} was deactivated")]
    Inactive(String),
    /// The invitation was used, replaced, or is too old.
    #[error("the invitation can not be used any more")]
    Expired,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] Error),
}

fn note(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    action: &str,
    id: StaffId,
    detail: &Value,
) -> Result<()> {
    audit::append(conn, now, actor, None, action, ("staff", &id), detail)
}

/// Adds a person with their roles. They sign in once they have used an invitation.
pub fn add(
    conn: &mut Connection,
    actor: &Actor,
    new: &NewStaff,
    now: Timestamp,
) -> Result<(), AccountError> {
    if staff::by_email(conn, &new.email)?.is_some() {
        return Err(AccountError::Taken(new.email.clone()));
    }
    staff::add(conn, new, now)?;
    let roles: Vec<Value> = new
        .roles
        .iter()
        .map(|(site, role)| json!([site.to_string(), crate::domain::Codelist::code(*role)]))
        .collect();
    let detail = json!({
        "email": new.email, "name": new.name, "roles": roles,
        "is_administrator": new.is_administrator,
    });
    note(conn, now, actor, "staff.added", new.id, &detail)?;
    Ok(())
}

/// The active account with this address.
pub fn active(conn: &mut Connection, email: &str) -> Result<Account, AccountError> {
    let email = sign_in::fold_email(email);
    let account = staff::by_email(conn, &email)?.ok_or(AccountError::Unknown(email))?;
    match account.state {
        ActiveState::Active => Ok(account),
        ActiveState::Inactive => Err(AccountError::Inactive(account.email)),
    }
}

/// Makes an invitation that is printed for the person, and returns its token.
pub fn invite(
    conn: &mut Connection,
    actor: &Actor,
    account: &Account,
    now: Timestamp,
) -> Result<String> {
    let token = new_token().ok_or(Error::Random)?;
    invited(conn, actor, account, &token, "printed", now)?;
    Ok(token)
}

/// Owes the person a letter with an invitation, or a password reset when they have one already.
pub fn invite_by_mail(
    conn: &mut Connection,
    keys: &Keys,
    actor: &Actor,
    account: &Account,
    now: Timestamp,
) -> Result<()> {
    let kind = match account.password_hash {
        None => LetterKind::StaffInvitation,
        Some(_) => LetterKind::PasswordReset,
    };
    let letter = NewLetter {
        kind,
        to: Recipient::Staff(account.id),
        site: None,
        infusion: None,
        check_in: None,
        task: None,
        link: None,
        language: account.language,
        due_at: now,
        pointless_at: Some(now.plus_hours(INVITATION_HOURS)),
        dedup_key: format!("account {} {now}", account.id),
    };
    if let Some(id) = outbox::owe(conn, now, &letter)? {
        invited(conn, actor, account, &keys.letter_token(id), "by mail", now)?;
    }
    Ok(())
}

fn invited(
    conn: &mut Connection,
    actor: &Actor,
    account: &Account,
    token: &str,
    how: &str,
    now: Timestamp,
) -> Result<()> {
    let expires_at = now.plus_hours(INVITATION_HOURS);
    invitations::add(conn, &token_hash(token), account.id, now, expires_at)?;
    note(conn, now, actor, "staff.invited", account.id, &json!({ "how": how }))
}

/// Whose invitation this is, if it can be used.
pub fn invitation(conn: &mut Connection, token: &str, now: Timestamp) -> Result<Option<Account>> {
    let Some(id) = invitations::usable(conn, &token_hash(token), now)? else { return Ok(None) };
    Ok(staff::by_id(conn, id)?.filter(|account| account.state == ActiveState::Active))
}

/// Uses an invitation up: sets the password and ends every session.
pub fn accept(
    conn: &mut Connection,
    token: &str,
    password_hash: &str,
    now: Timestamp,
) -> Result<(), AccountError> {
    let account = invitation(conn, token, now)?.ok_or(AccountError::Expired)?;
    staff::set_password(conn, account.id, password_hash, now)?;
    staff::set_failures(conn, account.id, 0, None)?;
    invitations::end_all(conn, account.id, now)?;
    sessions::end_all(conn, account.id, now)?;
    let actor = sign_in::actor(&account);
    let detail = json!({ "how": "invitation" });
    note(conn, now, &actor, "staff.password_set", account.id, &detail)?;
    Ok(())
}

/// Changes one's own password: every session ends, and this browser gets a new one.
pub fn change_password(
    conn: &mut Connection,
    person: &SignedIn,
    password_hash: &str,
    user_agent: &str,
    now: Timestamp,
) -> Result<String> {
    staff::set_password(conn, person.id, password_hash, now)?;
    invitations::end_all(conn, person.id, now)?;
    sessions::end_all(conn, person.id, now)?;
    let token = new_token().ok_or(Error::Random)?;
    let new = NewSession {
        token_hash: &token_hash(&token),
        staff: person.id,
        stage: Stage::Full,
        user_agent,
    };
    sessions::begin(conn, &new, now)?;
    let detail = json!({ "how": "account page" });
    note(conn, now, &person.actor(), "staff.password_set", person.id, &detail)?;
    Ok(token)
}

/// Sets one's own language.
pub fn set_language(
    conn: &mut Connection,
    person: &SignedIn,
    language: Language,
    now: Timestamp,
) -> Result<()> {
    use crate::domain::Codelist;
    staff::set_language(conn, person.id, language)?;
    let detail = json!({ "old": person.language.code(), "new": language.code() });
    note(conn, now, &person.actor(), "staff.language_set", person.id, &detail)
}

/// Ends one of one's own sessions.
pub fn end_session(
    conn: &mut Connection,
    person: &SignedIn,
    token_hash: &str,
    now: Timestamp,
) -> Result<()> {
    if sessions::end(conn, person.id, token_hash, now)? {
        note(conn, now, &person.actor(), "staff.session_ended", person.id, &json!({}))?;
    }
    Ok(())
}

/// Takes somebody out: nothing of theirs works any more, what they did stays.
pub fn deactivate(
    conn: &mut Connection,
    actor: &Actor,
    account: &Account,
    now: Timestamp,
) -> Result<()> {
    staff::deactivate(conn, account.id)?;
    invitations::end_all(conn, account.id, now)?;
    sessions::end_all(conn, account.id, now)?;
    note(conn, now, actor, "staff.deactivated", account.id, &json!({}))
}

/// Takes the second factor away (a lost phone and no recovery code): it is set up anew at the
/// next sign-in. For the operator, who has seen the person.
pub fn clear_second_factor(
    conn: &mut Connection,
    actor: &Actor,
    account: &Account,
    now: Timestamp,
) -> Result<()> {
    staff::clear_totp(conn, account.id)?;
    sessions::end_all(conn, account.id, now)?;
    note(conn, now, actor, "staff.second_factor_cleared", account.id, &json!({}))
}

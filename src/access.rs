//! Who is who: how staff sign in, their sessions, what they may do.

pub mod accounts;
pub mod members;
pub mod password;
pub mod rota;
pub mod second_factor;
pub mod sign_in;

use crate::domain::codelist::codelist;
use crate::domain::{Actor, Language, Permission, Role, Scope, SiteId, StaffId, Timestamp};
use crate::secrets::token_hash;
use crate::store::{Connection, Result, sessions};

/// Ends a session that was not used for so long, in minutes (SECURITY: shared nurse stations).
pub const IDLE_MINUTES: i64 = 15;
/// Ends a session however it is used, in hours.
pub const ABSOLUTE_HOURS: i64 = 12;
/// How often the use of a session is noted.
pub const TOUCH_EVERY: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);
/// How long the second factor may take after the password, in minutes.
pub const PENDING_MINUTES: i64 = 10;

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their language.
    pub language: Language,
    /// Whether they look after the whole installation.
    pub is_administrator: bool,
    /// What they are, where.
    pub roles: Vec<(SiteId, Role)>,
    /// The hash of the session's token: the form token is made from it.
    pub session: String,
    /// When the session was last noted as used.
    pub seen_at: Timestamp,
    /// When the session ends unless it is used before then.
    pub ends_at: Timestamp,
    /// Their clinics whose patients get no mail for now: stands on every page.
    pub mail_paused: Vec<String>,
}

impl SignedIn {
    /// The person, for the audit trail.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Staff { id: self.id, name: self.name.clone() }
    }

    /// The clinics where the person may do something.
    #[must_use]
    pub fn scope(&self, permission: Permission) -> Scope {
        Scope::of(self.roles.iter().filter(|(_, role)| role.may(permission)).map(|(site, _)| *site))
    }

    /// Whether the person may do something somewhere.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        permission == Permission::OwnAccount || !self.scope(permission).sites().is_empty()
    }
}

/// The person whose session this token is, if it is one that has not ended.
pub fn recognise(conn: &mut Connection, now: Timestamp, token: &str) -> Result<Option<SignedIn>> {
    sessions::signed_in(conn, &token_hash(token), now)
}

codelist! {
    /// How far a sign-in has come.
    pub enum Stage: "stage" {
        /// The password was right; the second factor is missing.
        Password = "password",
        /// The password was right; the second factor must be set up first.
        EnrolTotp = "enrol_totp",
        /// Signed in.
        Full = "full",
    }
}

/// A session that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// The SHA-256 of the token in the cookie.
    pub token_hash: &'a str,
    /// Whose.
    pub staff: StaffId,
    /// How far the sign-in has come.
    pub stage: Stage,
    /// What the browser calls itself.
    pub user_agent: &'a str,
}

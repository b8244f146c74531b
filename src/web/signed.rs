//! Who is calling: put into the request by the guard, read by handlers.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::PageError;
use crate::access::SignedIn;
use crate::domain::{Actor, Permission, Scope, SiteId};

/// The signed-in person and the clinics where they may do what this route does.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The person, with all their roles.
    pub person: SignedIn,
    /// The clinics where they have this route's permission. Give it to every query.
    pub scope: Scope,
}

impl Signed {
    /// The person, for the audit trail.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.person.actor()
    }

    /// Whether the person may do something at a clinic.
    #[must_use]
    pub fn may(&self, permission: Permission, site: SiteId) -> bool {
        self.person.scope(permission).allows(site)
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        // Only a route without a staff guard lacks it: a mistake of ours.
        parts.extensions.get::<Self>().cloned().ok_or(PageError::SignIn)
    }
}

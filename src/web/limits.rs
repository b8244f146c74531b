//! How much a caller may ask for: tries per address, passwords hashed at one time.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::convert::Infallible;
use tokio::sync::Semaphore;

use super::PageError;

/// Passwords hashed at one time; each takes 19 MiB.
const HASHES_AT_ONE_TIME: usize = 2;
/// Tries of one address: so many at once (a clinic's nurses share an address) …
const TRIES_AT_ONCE: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// … and so many a minute after that.
const TRIES_A_MINUTE: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// Where a request comes from, as the server or a trusted proxy says. The log and the
/// database never hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// One caller: an IPv6 host has a whole /64 to itself.
    pub(super) fn caller(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                let bits = address.to_bits() & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from_bits(bits))
            }
            four @ IpAddr::V4(_) => four,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let here = Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(here))
    }
}

/// What the running program has left.
pub struct Limits {
    hashing: Semaphore,
    tries: DefaultKeyedRateLimiter<IpAddr>,
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limits")
    }
}

impl Limits {
    pub(super) fn new() -> Self {
        let quota = Quota::per_minute(TRIES_A_MINUTE).allow_burst(TRIES_AT_ONCE);
        Self { hashing: Semaphore::new(HASHES_AT_ONE_TIME), tries: RateLimiter::keyed(quota) }
    }

    /// Whether the address may try once more.
    #[must_use]
    pub fn may_try(&self, peer: Peer) -> bool {
        self.tries.check_key(&peer.caller()).is_ok()
    }

    /// Forgets addresses that have all their tries again.
    pub fn tidy(&self) {
        self.tries.retain_recent();
    }

    /// Runs a password's hashing where it holds nobody up.
    pub async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PageError> {
        let _permit = self.hashing.acquire().await.map_err(PageError::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(PageError::internal)
    }
}

//! Calling the clinics' gateways for text messages and paging.
//!
//! A call says which task of which clinic waits and how urgently, and nothing about health.
//! It is signed, so that the gateway can tell it from a stranger's: the header
//! `x-afterwatch-signature` holds `sha256=` and the HMAC-SHA256, in hexadecimal, of the value
//! of `x-afterwatch-timestamp`, a full stop and the body. It works beside the mail worker and
//! shares nothing with it.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use url::Url;

use crate::clock::Clock;
use crate::domain::Codelist;
use crate::domain::Timestamp;
use crate::domain::letter::MailState;
use crate::outgoing;
use crate::store::hooks::{self, Owed};
use crate::store::{self, Db};

/// Seconds since 1970 at which the call was signed.
pub const TIMESTAMP: &str = "x-afterwatch-timestamp";
/// The signature.
pub const SIGNATURE: &str = "x-afterwatch-signature";
/// The same on every try of a call, so that a gateway can pass it on once.
pub const CALL_ID: &str = "x-afterwatch-id";

/// How long a gateway may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// Calls at the same time: a gateway that hangs keeps one place.
const PLACES: usize = 4;
/// How often due calls are looked for.
const LOOK: Duration = Duration::from_secs(5);

/// Calls gateways.
#[derive(Debug, Clone)]
pub struct Caller {
    db: Db,
    clock: Clock,
    base_url: String,
    deadline: Duration,
}

/// What came of one call.
enum Answer {
    Taken,
    Later(String),
    Refused(String),
}

impl Caller {
    /// A caller over this database; links begin with the base address.
    #[must_use]
    pub fn new(db: Db, clock: Clock, base_url: String) -> Self {
        Self { db, clock, base_url, deadline: DEADLINE }
    }

    /// The same with another deadline for one call.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Works until the future is dropped. What is being called then is called again.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.drain().await {
                tracing::error!(%error, "the gateways cannot be called");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Makes all calls that are due now.
    pub async fn drain(&self) -> store::Result<()> {
        let mut places: JoinSet<store::Result<()>> = JoinSet::new();
        for _ in 0..PLACES {
            let caller = self.clone();
            places.spawn(async move {
                while caller.step().await? {}
                Ok(())
            });
        }
        while let Some(ended) = places.join_next().await {
            ended.map_err(|_| store::Error::Panicked)??;
        }
        Ok(())
    }

    /// Makes the next call that is due. `false` when there is none.
    async fn step(&self) -> store::Result<bool> {
        let now = self.clock.now();
        if !self.db.read(move |conn| hooks::is_due(conn, now)).await? {
            return Ok(false);
        }
        let claimed = self.db.write(move |conn| hooks::claim(conn, now)).await?;
        let Some(owed) = claimed else { return Ok(false) };
        let answer = match tokio::time::timeout(self.deadline, self.call(&owed, now)).await {
            Ok(answer) => answer,
            Err(_) => Answer::Later("no answer in time".to_owned()),
        };
        let (id, now) = (owed.id, self.clock.now());
        self.db
            .write(move |conn| match answer {
                Answer::Taken => hooks::settle(conn, now, id, MailState::Accepted, None),
                Answer::Later(detail) => hooks::postponed(conn, now, &owed, &detail),
                Answer::Refused(detail) => {
                    hooks::settle(conn, now, id, MailState::Failed, Some(&detail))
                }
            })
            .await?;
        Ok(true)
    }

    async fn call(&self, owed: &Owed, now: Timestamp) -> Answer {
        let url: Option<Url> = owed.hook.url.parse().ok();
        let Some(url) = url.filter(outgoing::is_allowed) else {
            return Answer::Refused("the address may not be called".to_owned());
        };
        let body = self.body(owed);
        let timestamp = now.jiff().as_second().to_string();
        let signature = sign(&owed.hook.secret, &timestamp, &body);
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/json")
            .header(TIMESTAMP, &timestamp)
            .header(SIGNATURE, signature)
            .header(CALL_ID, owed.id.to_string())
            .body(Full::new(Bytes::from(body)));
        let request = match request {
            Ok(request) => request,
            Err(error) => return Answer::Refused(error.to_string()),
        };
        match outgoing::send(&url, request).await {
            Ok(status) => judge(status),
            Err(detail) => Answer::Later(detail),
        }
    }

    /// What the gateway reads.
    fn body(&self, owed: &Owed) -> String {
        let said = match owed.task {
            Some((id, number, level)) => json!({
                "task": number,
                "level": level.code(),
                "site": owed.site,
                "link": format!("{}/tasks/{id}", self.base_url),
            }),
            None => json!({ "test": true, "site": owed.site }),
        };
        said.to_string()
    }
}

fn judge(status: StatusCode) -> Answer {
    let said = format!("answered {}", status.as_u16());
    let is_passing = status.is_server_error()
        || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    match status {
        _ if status.is_success() => Answer::Taken,
        _ if is_passing => Answer::Later(said),
        // A redirect is not followed: it could lead anywhere.
        _ => Answer::Refused(said),
    }
}

/// The signature of a body that is sent at a time.
#[must_use]
pub fn sign(secret: &str, timestamp: &str, body: &str) -> String {
    use std::fmt::Write as _;
    // HMAC fills a short key with zeros to the block size and hashes a long one first
    // (RFC 2104 §2).
    let mut block = [0; 64];
    let hashed = Sha256::digest(secret.as_bytes());
    let key = if secret.len() > block.len() { &hashed[..] } else { secret.as_bytes() };
    block[..key.len()].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    let mut text = "sha256=".to_owned();
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[(&str, &str)] = &[
        (
            "correct-horse-battery-staple-correct-horse",
            "sha256=e63f4e25962a51d53c106015cb8bb103d6e096a6e52142884508c1c5780adc76",
        ),
        (
            "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
            "sha256=e7bf7ab78eafb224dcffaebc1db26408cdcf6080a0858299f42850b6e97ab858",
        ),
    ];

    #[test]
    fn the_signature_is_that_of_other_programs() {
        // printf '1772330400.{"task":1001}' | openssl dgst -sha256 -hmac SECRET
        for (secret, expected) in KNOWN {
            assert_eq!(sign(secret, "1772330400", r#"{"task":1001}"#), *expected);
        }
        let one = sign("a", "1", "2");
        for other in [sign("b", "1", "2"), sign("a", "2", "2"), sign("a", "1", "3")] {
            assert_ne!(one, other);
        }
    }
}

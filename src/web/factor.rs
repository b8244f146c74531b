//! Setting up the second factor: a picture to scan, a key to type, recovery codes to keep.

use askama::Template;

use super::qr::QrCode;
use super::{Chrome, PageError};
use crate::access::second_factor::{address, new_secret};
use crate::i18n::account::AccountText;
use crate::store;

/// A secret that is being set up, as a picture and as text.
pub(super) struct Factor {
    pub secret: String,
    /// The address that an authenticator reads.
    pub code: QrCode,
}

impl Factor {
    /// A new secret, or the one that the form came back with.
    pub(super) fn of(secret: Option<String>, email: &str) -> Result<Self, PageError> {
        let secret = secret.filter(|text| address(text, email).is_some());
        let secret = match secret {
            Some(secret) => secret,
            None => new_secret().ok_or_else(|| PageError::internal(store::Error::Random))?,
        };
        let text = address(&secret, email).unwrap_or_default();
        Ok(Self { secret, code: QrCode::of(&text)? })
    }

    /// The secret in groups of four, for typing.
    pub(super) fn grouped(&self) -> String {
        self.secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }
}

#[derive(Template)]
#[template(path = "access/enrol.html")]
pub(super) struct EnrolPage {
    pub chrome: Chrome,
    pub t: &'static AccountText,
    pub action: &'static str,
    pub next: String,
    pub factor: Factor,
    /// Whether the password is asked for: always when somebody is signed in already.
    pub ask_password: bool,
    pub problems: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "access/recovery_codes.html")]
pub(super) struct RecoveryCodesPage {
    pub chrome: Chrome,
    pub t: &'static AccountText,
    pub codes: Vec<String>,
    pub next: String,
}

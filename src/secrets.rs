//! The keys that are kept outside the database, and the tokens made with them.
//!
//! One file of 32 random bytes, readable by its owner only, is the root of all.
//! A copy of the database without that file holds no usable link and cannot be
//! given a new audit chain.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::domain::OutboxId;

/// Why there is no usable key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("the key file {path} cannot be used: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not a key.
    #[error(
        "the key file {0} does not hold exactly 32 bytes; restore it from the backup of the key"
    )]
    Length(PathBuf),
    /// Others may read the file.
    #[cfg(unix)]
    #[error("the key file {0} can be read by others; run: chmod 600 {0}")]
    Mode(PathBuf),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
}

/// The root key, and the keys derived from it.
#[derive(Clone)]
pub struct Keys {
    link: [u8; 32],
    audit: [u8; 32],
    form: [u8; 32],
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// Reads the key file, and makes it when there is none.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        let io = |source| KeyError::Io { path: path.to_owned(), source };
        match fs::File::open(path) {
            Ok(mut file) => {
                #[cfg(unix)]
                {
                    use std::os::unix::fs::PermissionsExt;
                    if file.metadata().map_err(io)?.permissions().mode() & 0o077 != 0 {
                        return Err(KeyError::Mode(path.to_owned()));
                    }
                }
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).map_err(io)?;
                let root: [u8; 32] =
                    bytes.try_into().map_err(|_| KeyError::Length(path.to_owned()))?;
                Ok(Self::from_root(&root))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let root = random_32().ok_or(KeyError::Random)?;
                let mut options = OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                {
                    use std::os::unix::fs::OpenOptionsExt;
                    options.mode(0o600);
                }
                let mut file = options.open(path).map_err(io)?;
                file.write_all(&root).and_then(|()| file.sync_all()).map_err(io)?;
                Ok(Self::from_root(&root))
            }
            Err(error) => Err(io(error)),
        }
    }

    /// Derives the keys from a root (tests, training mode).
    #[must_use]
    pub fn from_root(root: &[u8; 32]) -> Self {
        Self {
            link: mac(root, &[b"afterwatch link"]),
            audit: mac(root, &[b"afterwatch audit"]),
            form: mac(root, &[b"afterwatch form"]),
        }
    }

    /// The token of a patient's link: 256 bits, made from the link's random nonce.
    #[must_use]
    pub fn link_token(&self, nonce: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.link, &[nonce.as_bytes()]))
    }

    /// The token that a letter about a staff account carries. The invitation's row
    /// holds its hash; the worker makes it again from the letter's id when it sends.
    #[must_use]
    pub fn letter_token(&self, letter: OutboxId) -> String {
        self.link_token(&format!("letter {letter}"))
    }

    /// The hash of one entry of the audit chain, hex.
    #[must_use]
    pub fn audit_hash(&self, parts: &[&[u8]]) -> String {
        hex(&mac(&self.audit, parts))
    }

    /// Marks a browser in which a person signed in before; a new password ends it.
    #[must_use]
    pub fn device_token(&self, staff: &str, password_hash: &str) -> String {
        let parts: [&[u8]; 3] = [b"device", staff.as_bytes(), password_hash.as_bytes()];
        URL_SAFE_NO_PAD.encode(mac(&self.form, &parts))
    }

    /// The form token of a session: proves that a form came from our page.
    #[must_use]
    pub fn form_token(&self, session_token_hash: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.form, &[session_token_hash.as_bytes()]))
    }
}

/// HMAC-SHA-256 over length-prefixed parts, so that no two lists of parts collide.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC fills a short key with zeros to the block size (RFC 2104 §2).
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// 32 bytes from the operating system.
#[must_use]
pub fn random_32() -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

/// A new secret of 256 bits for a cookie, an invitation or another system, URL-safe.
#[must_use]
pub fn new_token() -> Option<String> {
    random_32().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

/// A new link nonce, hex.
#[must_use]
pub fn new_nonce() -> Option<String> {
    random_32().map(|bytes| hex(&bytes))
}

/// What the database keeps of a token: its SHA-256, hex.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// The SHA-256 of a text, hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Compares secrets in a time that does not depend on them.
#[must_use]
pub fn equal(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_token_has_256_bits_and_depends_on_key_and_nonce() {
        let keys = Keys::from_root(&[1; 32]);
        let token = keys.link_token("a");
        assert_eq!(URL_SAFE_NO_PAD.decode(&token).unwrap().len(), 32);
        assert_ne!(token, keys.link_token("b"));
        assert_ne!(token, Keys::from_root(&[2; 32]).link_token("a"));
    }

    #[test]
    fn the_key_file_is_made_once_and_only_for_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let made = Keys::load_or_create(&path).unwrap();
        let read = Keys::load_or_create(&path).unwrap();
        assert_eq!(made.link_token("x"), read.link_token("x"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(Keys::load_or_create(&path), Err(KeyError::Mode(_))));
        }
    }

    #[test]
    fn a_short_key_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        fs::write(&path, b"short").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        assert!(matches!(Keys::load_or_create(&path), Err(KeyError::Length(_))));
    }
}

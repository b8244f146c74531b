//! Passwords: how they are kept, and which ones are refused.
//!
//! Argon2id with 19 MiB, two passes and one lane is the floor that OWASP names.
//! Rules for choosing follow NIST SP 800-63B-4 §3.1.1: length and a list of
//! known ones, no composition rules, no ageing.

use std::sync::LazyLock;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;

/// Fewest characters, with a second factor.
const SHORTEST: usize = 12;
/// Fewest characters of an administrator of the installation.
const SHORTEST_ADMINISTRATOR: usize = 15;
/// Most characters: enough for any sentence, little enough to hash.
pub const LONGEST: usize = 256;

/// Memory in KiB, passes and lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// What weak passwords are made of: the most used passwords and keyboard rows, and the
/// words of the product and of clinics. Lower case.
const WEAK_PARTS: &[&str] = &[
    "passwort",
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwertyuiop",
    "qwertyui",
    "qwerty",
    "asdfghjkl",
    "asdfgh",
    "zxcvbnm",
    "zxcvbn",
    "qazwsxedc",
    "qazwsx",
    "1qaz2wsx3edc",
    "1qaz2wsx",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t",
    "1q2w3e4r",
    "0987654321",
    "987654321",
    "1234567890",
    "123456789",
    "12345678",
    "1234567",
    "123456",
    "12345",
    "abcdefghijkl",
    "abcdefgh",
    "abcdef",
    "abc123",
    "abcd",
    "iloveyou",
    "woaini",
    "letmein",
    "welcome",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "batman",
    "dragon",
    "monkey",
    "master",
    "shadow",
    "michael",
    "charlie",
    "trustno1",
    "starwars",
    "computer",
    "internet",
    "whatever",
    "freedom",
    "secret",
    "changeme",
    "default",
    "administrator",
    "admin",
    "guest",
    "login",
    "test",
    "temp",
    "user",
    "root",
    "afterwatch",
    "registry",
    "clinic",
    "hospital",
    "medical",
    "doctor",
    "nurse",
    "physician",
    "coordinator",
    "patient",
    "infusion",
    "safety",
    "report",
    "nkcell",
    "cells",
    "cell",
    "yisheng",
    "hushi",
    "yiyuan",
    "mima",
    "spring",
    "summer",
    "autumn",
    "winter",
    "密码",
    "医院",
    "诊所",
    "护士",
    "医生",
    "患者",
    "管理员",
];

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer characters than this.
    TooShort(usize),
    /// More characters than [`LONGEST`].
    TooLong,
    /// Among the first that somebody would try.
    Guessable,
}

/// Fewest characters of a person's password.
#[must_use]
pub const fn shortest(is_administrator: bool) -> usize {
    if is_administrator { SHORTEST_ADMINISTRATOR } else { SHORTEST }
}

/// Everything that is wrong with a new password. `own` are words that belong to the
/// person: name, e-mail address.
#[must_use]
pub fn weaknesses(password: &str, is_administrator: bool, own: &[&str]) -> Vec<Weakness> {
    let length = password.nfc().count();
    let shortest = shortest(is_administrator);
    let mut found = Vec::new();
    if length < shortest {
        found.push(Weakness::TooShort(shortest));
    }
    if length > LONGEST {
        found.push(Weakness::TooLong);
    } else if guessable(password, own) {
        found.push(Weakness::Guessable);
    }
    found
}

/// Takes away what weak passwords are made of: a strong one has something left.
fn guessable(password: &str, own: &[&str]) -> bool {
    let mut rest = password.nfkc().collect::<String>().to_lowercase();
    let own: Vec<String> = own
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() > 1)
        .collect();
    for part in own.iter().map(String::as_str).chain(WEAK_PARTS.iter().copied()) {
        rest = rest.replace(part, "");
    }
    let mut left: Vec<char> = rest.chars().filter(|c| c.is_alphanumeric()).collect();
    left.sort_unstable();
    left.dedup();
    left.len() <= 4
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|_| HashError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashing failed: no memory, or no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError;

/// The text that is stored for a password. Takes tens of milliseconds and 19 MiB.
pub fn hash(password: &str) -> Result<String, HashError> {
    let normal: String = password.nfc().collect();
    let hash = hasher()?.hash_password(normal.as_bytes()).map_err(|_| HashError)?;
    Ok(hash.to_string())
}

/// Whether the password is the stored one. Without a stored one it takes as long and is wrong,
/// so that the time does not tell who has an account.
#[must_use]
pub fn is_right(password: &str, stored: Option<&str>) -> bool {
    static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody's password").ok());
    let Some(text) = stored.or(NOBODY.as_deref()) else { return false };
    let normal: String = password.nfc().collect();
    let matches = PasswordHash::new(text).is_ok_and(|hash| {
        hasher().is_ok_and(|h| h.verify_password(normal.as_bytes(), &hash).is_ok())
    });
    matches && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_and_long_sentences_are_not() {
        let own = ["Training Nurse", "training.nurse@clinic.example"];
        for weak in [
            "password1234",
            "Password2026!",
            "111111111111",
            "1234567890123",
            "clinic-nurse-2026",
            "trainingnurse-1",
            "qwertyuiop12",
            "Afterwatch2026",
            "护士护士护士护士护士护士",
            "abababababab",
        ] {
            assert_eq!(weaknesses(weak, false, &own), [Weakness::Guessable], "{weak}");
        }
        for strong in [
            "correct horse battery staple",
            "今天下午三点去公园散步吧好不好",
            "tr4vel-By-b0at-Quietly",
        ] {
            assert_eq!(weaknesses(strong, true, &own), [], "{strong}");
        }
        assert_eq!(weaknesses("Kv9#pLm2xQz7", false, &own), []);
        assert_eq!(
            weaknesses("Kv9#pLm2xQz7", true, &own),
            [Weakness::TooShort(SHORTEST_ADMINISTRATOR)]
        );
        assert_eq!(weaknesses(&"长句".repeat(200), false, &own), [Weakness::TooLong]);
    }

    #[test]
    fn the_same_text_in_another_normal_form_is_the_same_password() {
        let stored = hash("cafe\u{301} au lait").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(is_right("café au lait", Some(&stored)));
        assert!(!is_right("cafe au lait", Some(&stored)));
        assert!(!is_right("nobody's password", None));
    }
}

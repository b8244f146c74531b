//! The second factor: time-based codes (RFC 6238) and recovery codes.

use totp_rs::{Builder, Secret, Totp};

use crate::domain::Timestamp;
use crate::secrets::{random_32, token_hash};

/// Recovery codes that are given out at one time.
pub const RECOVERY_CODES: usize = 10;
/// What a recovery code is made of: no letter that looks like a digit. 32 signs, 5 bits each.
const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Signs of one recovery code: 60 bits, tried slowly.
const SIGNS_PER_CODE: usize = 12;

/// A new secret, base32: 160 bits, as RFC 4226 §4 recommends.
#[must_use]
pub fn new_secret() -> Option<String> {
    let bytes = random_32()?;
    Some(Secret::from(bytes[..20].to_vec()).to_base32())
}

fn totp(secret: &str, account: &str) -> Option<Totp> {
    Builder::new()
        .with_secret(Secret::try_from_base32(secret).ok()?)
        .with_issuer(Some("Afterwatch"))
        // The name may not hold a colon.
        .with_account_name(account.replace(':', " "))
        .build()
        .ok()
}

/// The address that an authenticator reads from the QR code.
#[must_use]
pub fn address(secret: &str, account: &str) -> Option<String> {
    totp(secret, account)?.to_url().ok()
}

/// The step of a right code: at most one step of 30 s early or late, and later than `last_step`,
/// so that a code is good once.
#[must_use]
pub fn step_of(code: &str, secret: &str, last_step: Option<i64>, now: Timestamp) -> Option<i64> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let seconds = u64::try_from(now.jiff().as_second()).ok()?;
    let step = i64::try_from(totp(secret, "account")?.check(&digits, seconds)?).ok()?;
    last_step.is_none_or(|last| step > last).then_some(step)
}

/// The code that is right at an instant (tests, training).
#[must_use]
pub fn code_at(secret: &str, at: Timestamp) -> Option<String> {
    let seconds = u64::try_from(at.jiff().as_second()).ok()?;
    Some(totp(secret, "account")?.generate(seconds).to_string())
}

/// New recovery codes, in groups of four for people.
#[must_use]
pub fn new_recovery_codes() -> Option<Vec<String>> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let bytes = random_32()?;
            let mut code = String::new();
            for (position, byte) in bytes[..SIGNS_PER_CODE].iter().enumerate() {
                if position > 0 && position % 4 == 0 {
                    code.push('-');
                }
                code.push(char::from(SIGNS[usize::from(byte % 32)]));
            }
            Some(code)
        })
        .collect()
}

/// What is stored of a recovery code; how it is grouped and its case do not matter.
#[must_use]
pub fn recovery_hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    token_hash(&plain.to_ascii_uppercase())
}

/// Whether this can only be a recovery code.
#[must_use]
pub fn looks_like_recovery(code: &str) -> bool {
    code.chars().filter(char::is_ascii_alphanumeric).count() == SIGNS_PER_CODE
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_767_225_600;

    fn at(second: i64) -> Timestamp {
        Timestamp::new(jiff::Timestamp::from_second(START + second).unwrap())
    }

    #[test]
    fn a_code_is_good_for_one_step_around_and_only_once() {
        let secret = new_secret().unwrap();
        let code = code_at(&secret, at(0)).unwrap();
        let step = START / 30;
        for (second, last, expected) in [
            (0, None, Some(step)),
            (30, None, Some(step)),
            (59, None, Some(step)),
            (-30, None, Some(step)),
            (61, None, None),
            (-31, None, None),
            (0, Some(step), None),
            (0, Some(step - 1), Some(step)),
        ] {
            assert_eq!(step_of(&code, &secret, last, at(second)), expected, "{second} s, {last:?}");
        }
        assert_eq!(step_of("", &secret, None, at(0)), None);
        assert_eq!(step_of("１２３４５６", &secret, None, at(0)), None);
    }

    #[test]
    fn recovery_codes_differ_and_are_read_as_people_type_them() {
        let codes = new_recovery_codes().unwrap();
        let mut hashes: Vec<_> = codes.iter().map(|code| recovery_hash(code)).collect();
        hashes.sort();
        hashes.dedup();
        assert_eq!(hashes.len(), RECOVERY_CODES);
        let code = &codes[0];
        assert!(looks_like_recovery(code) && !looks_like_recovery("123456"));
        let typed = code.to_lowercase().replace('-', " ");
        assert_eq!(recovery_hash(&typed), recovery_hash(code));
    }

    #[test]
    fn the_address_names_the_product_and_the_person() {
        let secret = new_secret().unwrap();
        let address = address(&secret, "nurse@clinic.example").unwrap();
        assert!(address.starts_with("otpauth://totp/Afterwatch:"), "{address}");
        assert!(address.contains(&secret) && address.contains("issuer=Afterwatch"), "{address}");
    }
}

//! The short number of a report, for the phone.

use crate::secrets::random_32;
use crate::store::{Connection, Error, Result, reports};

/// Letters and digits that cannot be mistaken for one another by ear or eye: no 0 and O, no
/// 1, I and L, no U beside V.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// A reference that is not in use, such as `7KMQ-2X9D`.
pub(super) fn new(conn: &mut Connection) -> Result<String> {
    loop {
        let bytes = random_32().ok_or(Error::Random)?;
        let Some(reference) = spell(&bytes) else { continue };
        if !reports::reference_is_taken(conn, &reference)? {
            return Ok(reference);
        }
    }
}

/// Eight letters in two groups; `None` in the rare case that too few bytes are of use
/// (those from 240 up would make some letters likelier than others).
fn spell(bytes: &[u8]) -> Option<String> {
    let letters: String = bytes
        .iter()
        .filter(|byte| **byte < 240)
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 30)).copied().map(char::from))
        .take(LENGTH)
        .collect();
    let (first, second) = letters.split_at_checked(LENGTH / 2)?;
    (letters.len() == LENGTH).then(|| format!("{first}-{second}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_two_groups_of_four() {
        assert_eq!(spell(&[0, 1, 2, 3, 4, 5, 6, 7, 8]).as_deref(), Some("2345-6789"));
        assert_eq!(spell(&[255, 240, 239, 29, 30, 60, 8, 9, 10, 11]).as_deref(), Some("ZZ22-ABCD"));
        assert_eq!(spell(&[255; 32]), None);
    }
}

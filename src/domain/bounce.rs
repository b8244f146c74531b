//! Reads a notice of a mail server that a mail of ours did not arrive (RFC 3464).
//!
//! Whatever comes in is from strangers: it is read as text without trust, and what is not
//! plainly such a notice about one of our mails is no bounce.

use super::OutboxId;

/// Most bytes of a notice that are looked at; the rest is the mail that came back.
pub const LONGEST: usize = 256 * 1024;
/// Most parts of a notice.
const PARTS: usize = 16;
/// What our Message-IDs begin with; the letter's id follows.
const OURS: &str = "outbox-";
/// Characters of an id.
const ID: usize = 36;

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was given up: the address does not work.
    Failed,
    /// It is late and still tried.
    Delayed,
}

/// A notice about one of our mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Which letter.
    pub letter: OutboxId,
    /// What became of it.
    pub fate: Fate,
    /// The server's code, such as `5.1.1`; never its words, which may hold the address.
    pub status: Option<String>,
}

/// Reads a notice. `None` for every other mail, and for a notice of success.
#[must_use]
pub fn read(mail: &[u8]) -> Option<Bounce> {
    let text = String::from_utf8_lossy(mail.get(..LONGEST).unwrap_or(mail)).replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n")?;
    let kind = field(head, "content-type")?;
    if !kind.to_ascii_lowercase().starts_with("multipart/report") {
        return None;
    }
    let separator = format!("--{}", parameter(&kind, "boundary")?);
    let (mut fate, mut status, mut letter) = (None, None, None);
    for part in body.split(separator.as_str()).skip(1).take(PARTS) {
        let part = part.trim_start_matches([' ', '\t']).strip_prefix('\n').unwrap_or(part);
        let Some((head, content)) = part.split_once("\n\n") else { continue };
        let kind = field(head, "content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("message/delivery-status") {
            (fate, status) = delivery(content);
        } else if kind.starts_with("message/rfc822") || kind.starts_with("text/rfc822-headers") {
            let original = content.trim_start();
            let head = original.split("\n\n").next().unwrap_or_default();
            letter = field(head, "message-id").as_deref().and_then(ours);
        }
    }
    Some(Bounce { letter: letter?, fate: fate?, status })
}

/// What the blocks about recipients say; ours have one. The worst counts.
fn delivery(content: &str) -> (Option<Fate>, Option<String>) {
    let mut found = (None, None);
    for block in content.split("\n\n") {
        let fate = match field(block, "action").unwrap_or_default().to_ascii_lowercase().as_str() {
            "failed" => Fate::Failed,
            "delayed" => Fate::Delayed,
            _ => continue,
        };
        if found.0 != Some(Fate::Failed) {
            found = (Some(fate), field(block, "status").as_deref().and_then(code));
        }
    }
    found
}

/// A code of three numbers with dots, and nothing else of what stands there.
fn code(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let mut numbers = word.split('.');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let is_code = (0..3).all(|_| is_number(numbers.next())) && numbers.next().is_none();
    is_code.then(|| word.to_owned())
}

/// The letter of a Message-ID of ours.
fn ours(message_id: &str) -> Option<OutboxId> {
    let (_, rest) = message_id.split_once(OURS)?;
    rest.get(..ID)?.parse().ok()
}

/// The value of a header field, with its folded lines.
fn field(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines();
    while let Some(line) = lines.next() {
        let Some((found, value)) = line.split_once(':') else { continue };
        if !found.trim().eq_ignore_ascii_case(name) {
            continue;
        }
        let mut value = value.trim().to_owned();
        for more in lines.take_while(|line| line.starts_with([' ', '\t'])) {
            value.push(' ');
            value.push_str(more.trim());
        }
        return Some(value);
    }
    None
}

/// A parameter of a header's value, quoted or not.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|part| {
        let (found, value) = part.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (found.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id() -> OutboxId {
        "019aa000-0000-7000-8000-000000000001".parse().unwrap()
    }

    fn notice(action: &str, status: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mail.example\r\nSubject: Undelivered\r\n\
             Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"B/1\"\r\n\r\n\
             This is for people.\r\n--B/1\r\nContent-Type: text/plain\r\n\r\nSorry, a@b.example\r\n\
             --B/1\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mail.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n\
             Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; 550 a@b.example unknown\r\n\r\n\
             --B/1\r\nContent-Type: message/rfc822\r\n\r\nTo: a@b.example\r\n\
             Message-ID:\r\n <outbox-{}@mail.example>\r\n\r\nThe text\r\n--B/1--\r\n",
            id()
        )
    }

    #[test]
    fn a_notice_names_the_letter_its_fate_and_no_address() {
        for (action, status, fate, code) in [
            ("failed", "5.1.1", Some(Fate::Failed), Some("5.1.1")),
            ("Failed", "4.4.7 (gave up on a@b.example)", Some(Fate::Failed), Some("4.4.7")),
            ("delayed", "4.2.2", Some(Fate::Delayed), Some("4.2.2")),
            ("failed", "unknown a@b.example", Some(Fate::Failed), None),
            ("delivered", "2.0.0", None, None),
            ("relayed", "2.0.0", None, None),
        ] {
            let found = read(notice(action, status).as_bytes());
            let expected =
                fate.map(|fate| Bounce { letter: id(), fate, status: code.map(str::to_owned) });
            assert_eq!(found, expected, "{action} {status}");
        }
    }

    #[test]
    fn headers_alone_are_enough_and_other_mail_is_no_bounce() {
        let headers = notice("failed", "5.1.1").replace("message/rfc822", "text/rfc822-headers");
        assert!(read(headers.as_bytes()).is_some());
        for (part, other) in [
            ("multipart/report", "multipart/mixed"),
            ("outbox-", "someone-"),
            ("message/delivery-status", "text/plain"),
            ("boundary=\"B/1\"", "boundary=\"\""),
            ("8000-000000000001", "8000-00"),
            ("8000-000000000001", "8000-\u{4e2d}\u{4e2d}\u{4e2d}\u{4e2d}"),
        ] {
            assert_eq!(read(notice("failed", "5.1.1").replace(part, other).as_bytes()), None);
        }
        assert_eq!(read(b""), None);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_is_a_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            cut in 0_usize..900,
            at in 0_usize..900,
        ) {
            let _ = read(&bytes);
            let mut broken = notice("failed", "5.1.1").into_bytes();
            let at = at.min(broken.len());
            broken.splice(at..at, bytes.iter().copied());
            let _ = read(&broken);
            broken.truncate(cut);
            let _ = read(&broken);
        }
    }
}

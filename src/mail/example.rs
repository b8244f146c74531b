//! A letter as it would go out, to look at: with the clinic's own numbers, and with links that
//! lead nowhere. Whoever looks at a real link could use it.

use super::letter::{AccountBlanks, Content, Letter, PatientBlanks};
use super::worker::MailSettings;
use crate::domain::fault::Fault;
use crate::domain::letter::LetterKind;
use crate::domain::letter_text::LetterText;
use crate::domain::{Codelist as _, Language, Timestamp};
use crate::store::outbox::Clinic;

/// Stands in a link for what must stay secret.
const HIDDEN: &str = "\u{2026}";

/// The letter of this kind with this text.
#[must_use]
pub fn example(
    settings: &MailSettings,
    (kind, language): (LetterKind, Language),
    clinic: Option<&Clinic>,
    text: LetterText,
    date: Timestamp,
) -> Letter {
    let base = &settings.base_url;
    let of_clinic = |get: fn(&Clinic) -> &String| {
        clinic.map_or_else(|| HIDDEN.to_owned(), |clinic| get(clinic).clone())
    };
    let patient = || PatientBlanks {
        url: format!("{base}/p/{HIDDEN}"),
        stop_url: format!("{base}/p/{HIDDEN}/stop"),
        phone: of_clinic(|clinic| &clinic.phone),
        emergency_number: of_clinic(|clinic| &clinic.emergency_number),
    };
    let account = || AccountBlanks {
        url: format!("{base}/invite/{HIDDEN}"),
        valid_hours: settings.account_link_hours,
    };
    let content = match kind {
        LetterKind::CheckInPrompt => Content::CheckInPrompt(patient()),
        LetterKind::CheckInReminder => Content::CheckInReminder(patient()),
        LetterKind::Link => Content::Link(patient()),
        LetterKind::Alert => Content::Alert { task: 1, url: format!("{base}/tasks/{HIDDEN}") },
        LetterKind::Alarm => {
            Content::Alarm { code: Fault::AlertLate.code(), url: format!("{base}/readyz") }
        }
        LetterKind::StaffInvitation => Content::StaffInvitation(account()),
        LetterKind::PasswordReset => Content::PasswordReset(account()),
        LetterKind::MailTest => Content::MailTest,
    };
    Letter {
        language,
        sender_name: clinic
            .map_or_else(|| settings.sender_name.clone(), |clinic| clinic.mail_name.clone()),
        sender_address: settings.sender_address.clone(),
        to: String::new(),
        message_id: String::new(),
        date,
        content,
        text,
    }
}

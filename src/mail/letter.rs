//! Turns what is owed into a mail: headers, text and HTML.

use std::time::SystemTime;

use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use crate::domain::letter::LetterKind;
use crate::domain::{Codelist, Language, Timestamp};
use crate::i18n::letters::letters;

/// What a letter says; the blanks of its template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Asks a patient for a check-in.
    CheckInPrompt(PatientBlanks),
    /// Asks again.
    CheckInReminder(PatientBlanks),
    /// A patient's link.
    Link(PatientBlanks),
    /// A task needs a person now.
    Alert {
        /// The number of the task, as people say it on the phone.
        task: i64,
        /// Where the task is.
        url: String,
    },
    /// The registry has a fault of its own.
    Alarm {
        /// The code of the fault; its words stand on the pages.
        code: &'static str,
        /// Where the words are.
        url: String,
    },
    /// Lets a new member of staff set a password.
    StaffInvitation(AccountBlanks),
    /// Lets a member of staff set a new password.
    PasswordReset(AccountBlanks),
    /// Shows that mail works.
    MailTest,
}

/// What a mail to a patient needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientBlanks {
    /// The patient's page.
    pub url: String,
    /// Where the patient stops prompts; the page there asks first.
    pub stop_url: String,
    /// The clinic's phone number.
    pub phone: String,
    /// The emergency number that counts for the clinic.
    pub emergency_number: String,
}

/// What a mail about a staff account needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBlanks {
    /// Where the password is set.
    pub url: String,
    /// How many hours the link works.
    pub valid_hours: i64,
}

impl Content {
    /// The kind of letter.
    #[must_use]
    pub const fn kind(&self) -> LetterKind {
        match self {
            Self::CheckInPrompt(_) => LetterKind::CheckInPrompt,
            Self::CheckInReminder(_) => LetterKind::CheckInReminder,
            Self::Link(_) => LetterKind::Link,
            Self::Alert { .. } => LetterKind::Alert,
            Self::Alarm { .. } => LetterKind::Alarm,
            Self::StaffInvitation(_) => LetterKind::StaffInvitation,
            Self::PasswordReset(_) => LetterKind::PasswordReset,
            Self::MailTest => LetterKind::MailTest,
        }
    }

    /// The same with the secrets of its links left out: for people who look at a letter that
    /// is not theirs. Whoever reads an invitation could use it.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        let hide = |url: &str| {
            let head = url.rsplit_once('/').map_or("", |(head, _)| head);
            format!("{head}/…")
        };
        let patient = |blanks: PatientBlanks| {
            let url = hide(&blanks.url);
            PatientBlanks { stop_url: format!("{url}/stop"), url, ..blanks }
        };
        let account = |blanks: AccountBlanks| AccountBlanks { url: hide(&blanks.url), ..blanks };
        match self {
            Self::CheckInPrompt(blanks) => Self::CheckInPrompt(patient(blanks)),
            Self::CheckInReminder(blanks) => Self::CheckInReminder(patient(blanks)),
            Self::Link(blanks) => Self::Link(patient(blanks)),
            Self::StaffInvitation(blanks) => Self::StaffInvitation(account(blanks)),
            Self::PasswordReset(blanks) => Self::PasswordReset(account(blanks)),
            Self::Alert { .. } | Self::Alarm { .. } | Self::MailTest => self,
        }
    }

    fn url(&self) -> Option<&str> {
        match self {
            Self::CheckInPrompt(blanks) | Self::CheckInReminder(blanks) | Self::Link(blanks) => {
                Some(&blanks.url)
            }
            Self::Alert { url, .. } | Self::Alarm { url, .. } => Some(url),
            Self::StaffInvitation(blanks) | Self::PasswordReset(blanks) => Some(&blanks.url),
            Self::MailTest => None,
        }
    }

    fn stop_url(&self) -> Option<&str> {
        match self {
            Self::CheckInPrompt(blanks) | Self::CheckInReminder(blanks) | Self::Link(blanks) => {
                Some(&blanks.stop_url)
            }
            _ => None,
        }
    }
}

/// A letter with all that its mail needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The reader's language.
    pub language: Language,
    /// The name that the reader sees as sender: neutral, chosen by the clinic.
    pub sender_name: String,
    /// The address that mail is sent from.
    pub sender_address: String,
    /// The one recipient.
    pub to: String,
    /// The part of the Message-ID before the `@`: the same on every attempt.
    pub message_id: String,
    /// When it is sent.
    pub date: Timestamp,
    /// What it says.
    pub content: Content,
}

/// Why a letter cannot be written. No message holds the offending text: it may be an address.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// A line break or a NUL would end the header early.
    #[error("the {0} holds a control character")]
    Control(&'static str),
    /// Not an e-mail address.
    #[error("the {0} is not an e-mail address")]
    Address(&'static str),
    /// The template failed.
    #[error("the template failed: {0}")]
    Template(#[from] askama::Error),
    /// The mail library refused the parts.
    #[error("the mail could not be put together: {0}")]
    Message(#[from] lettre::error::Error),
}

/// A link with its words.
struct Anchor<'a> {
    label: &'a str,
    url: &'a str,
}

/// The parts of a letter in reading order.
struct Page<'a> {
    language: &'static str,
    subject: String,
    greeting: &'static str,
    before: Vec<String>,
    button: Option<Anchor<'a>>,
    after: Vec<String>,
    stop: Option<Anchor<'a>>,
    sender_name: &'a str,
    no_reply: &'static str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct TextPage<'a> {
    page: &'a Page<'a>,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct HtmlPage<'a> {
    page: &'a Page<'a>,
}

impl Letter {
    /// The page in the reader's language.
    fn page(&self) -> Page<'_> {
        let t = letters(self.language);
        let name = &self.sender_name;
        let patient = |first: Vec<String>, label, blanks: &PatientBlanks| {
            let after = vec![
                t.link_is_yours.to_owned(),
                t.not_emergency(&blanks.emergency_number, &blanks.phone),
            ];
            (t.subject_message.to_owned(), first, label, after)
        };
        let account = |first, blanks: &AccountBlanks| {
            let after = vec![t.valid_for(blanks.valid_hours), t.not_you.to_owned()];
            (t.subject_account.to_owned(), vec![first], t.set_password, after)
        };
        let (subject, before, label, after) = match &self.content {
            Content::CheckInPrompt(blanks) => {
                patient(vec![t.clinic_asks(name)], t.open_questions, blanks)
            }
            Content::CheckInReminder(blanks) => {
                patient(vec![t.clinic_asks_again(name)], t.open_questions, blanks)
            }
            Content::Link(blanks) => {
                let first = vec![t.clinic_link(name), t.link_intro.to_owned()];
                patient(first, t.open_link, blanks)
            }
            Content::Alert { task, .. } => {
                (t.subject_alert(*task), vec![t.alert.to_owned()], t.open_task, Vec::new())
            }
            Content::Alarm { code, .. } => {
                (t.subject_alarm(code), vec![t.alarm.to_owned()], t.open_alarm, Vec::new())
            }
            Content::StaffInvitation(blanks) => account(t.account_made(name), blanks),
            Content::PasswordReset(blanks) => account(t.account_reset(name), blanks),
            Content::MailTest => {
                (t.subject_test.to_owned(), vec![t.test.to_owned()], "", Vec::new())
            }
        };
        Page {
            language: self.language.code(),
            subject,
            greeting: t.greeting,
            before,
            button: self.content.url().map(|url| Anchor { label, url }),
            after,
            stop: self.content.stop_url().map(|url| Anchor { label: t.stop, url }),
            sender_name: name,
            no_reply: t.no_reply,
        }
    }

    /// The words as a person reads them: subject, text, HTML.
    ///
    /// # Errors
    ///
    /// [`LetterError::Template`], which no content causes.
    pub fn words(&self) -> Result<Words, LetterError> {
        let page = self.page();
        let text = TextPage { page: &page }.render()?;
        let html = HtmlPage { page: &page }.render()?;
        Ok(Words { subject: page.subject, text, html })
    }

    /// The mail as it goes to the server: one recipient, both parts, marked as
    /// automatic (RFC 3834) so that no holiday notice answers it.
    ///
    /// # Errors
    ///
    /// A name or address that cannot stand in a header.
    pub fn message(&self) -> Result<Message, LetterError> {
        let words = self.words()?;
        for (what, value) in [
            ("sender's name", &self.sender_name),
            ("sender's address", &self.sender_address),
            ("recipient's address", &self.to),
            ("message id", &self.message_id),
            ("subject", &words.subject),
        ] {
            if value.chars().any(char::is_control) {
                return Err(LetterError::Control(what));
            }
        }
        let from = address(&self.sender_address, "sender's address")?;
        let to = address(&self.to, "recipient's address")?;
        let message_id = format!("<{}@{}>", self.message_id, from.domain());
        Ok(Message::builder()
            .from(Mailbox::new(Some(self.sender_name.clone()), from))
            .to(Mailbox::new(None, to))
            .subject(words.subject)
            .date(SystemTime::from(self.date.jiff()))
            .message_id(Some(message_id))
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .multipart(MultiPart::alternative_plain_html(words.text, words.html))?)
    }
}

/// A letter as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

fn address(text: &str, what: &'static str) -> Result<Address, LetterError> {
    text.trim().parse().map_err(|_| LetterError::Address(what))
}

#[cfg(test)]
mod tests;

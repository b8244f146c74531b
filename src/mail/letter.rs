//! Turns what is owed into a mail: headers, text and HTML.

use std::time::SystemTime;

use askama::Template;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use crate::domain::letter::LetterKind;
use crate::domain::letter_text::{Blank, LetterText, Piece, pieces};
use crate::domain::{Codelist, Language, Timestamp};
use crate::i18n::letters::{button, hours, no_reply};

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

    /// What a blank becomes; `None` for one that this kind of letter cannot fill. The clinic's
    /// name is the sender's.
    fn value(&self, blank: Blank, language: Language) -> Option<String> {
        let patient = |blanks: &PatientBlanks| match blank {
            Blank::Link => Some(blanks.url.clone()),
            Blank::StopLink => Some(blanks.stop_url.clone()),
            Blank::Phone => Some(blanks.phone.clone()),
            Blank::Emergency => Some(blanks.emergency_number.clone()),
            _ => None,
        };
        match self {
            Self::CheckInPrompt(blanks) | Self::CheckInReminder(blanks) | Self::Link(blanks) => {
                patient(blanks)
            }
            Self::Alert { task, url } => match blank {
                Blank::Link => Some(url.clone()),
                Blank::Task => Some(task.to_string()),
                _ => None,
            },
            Self::Alarm { code, url } => match blank {
                Blank::Link => Some(url.clone()),
                Blank::Fault => Some((*code).to_owned()),
                _ => None,
            },
            Self::StaffInvitation(blanks) | Self::PasswordReset(blanks) => match blank {
                Blank::Link => Some(blanks.url.clone()),
                Blank::ValidFor => Some(hours(blanks.valid_hours, language)),
                _ => None,
            },
            Self::MailTest => None,
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
    /// What fills its blanks.
    pub content: Content,
    /// What it says.
    pub text: LetterText,
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

/// A block of the HTML part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A link that stands alone.
    Button(String),
    /// Text.
    Paragraph(Vec<Run>),
}

/// A piece of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Words as they stand.
    Words(String),
    /// An address that can be followed.
    Link(String),
    /// A new line.
    Break,
}

/// What both parts are made from.
struct Page<'a> {
    language: &'static str,
    subject: String,
    text: String,
    blocks: Vec<Block>,
    button: &'static str,
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
    /// What a piece of the text becomes. What cannot be filled stays as it was written: a
    /// letter with a strange word arrives, one that was not written does not.
    fn filled(&self, piece: Piece<'_>) -> Run {
        let blank = match piece {
            Piece::Words(words) => return Run::Words(words.to_owned()),
            Piece::Brace(brace) => return Run::Words(brace.to_owned()),
            Piece::Unknown(name) => return Run::Words(format!("{{{name}}}")),
            Piece::Blank(blank) => blank,
        };
        let value = match blank {
            Blank::Clinic => Some(self.sender_name.clone()),
            _ => self.content.value(blank, self.language),
        };
        match value {
            Some(url) if matches!(blank, Blank::Link | Blank::StopLink) => Run::Link(url),
            Some(words) => Run::Words(words),
            None => Run::Words(blank.written()),
        }
    }

    /// A text with its blanks filled.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        let runs = pieces(text).into_iter().map(|piece| match self.filled(piece) {
            Run::Words(words) | Run::Link(words) => words,
            Run::Break => "\n".to_owned(),
        });
        runs.collect()
    }

    /// The body as blocks: an empty line ends one.
    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for paragraph in self.text.body.split("\n\n") {
            let paragraph = paragraph.trim();
            if let [Piece::Blank(Blank::Link)] = pieces(paragraph).as_slice()
                && let Run::Link(url) = self.filled(Piece::Blank(Blank::Link))
            {
                blocks.push(Block::Button(url));
                continue;
            }
            let mut runs = Vec::new();
            for (number, line) in paragraph.lines().enumerate() {
                if number > 0 {
                    runs.push(Run::Break);
                }
                runs.extend(pieces(line).into_iter().map(|piece| self.filled(piece)));
            }
            if !runs.is_empty() {
                blocks.push(Block::Paragraph(runs));
            }
        }
        blocks
    }

    fn page(&self) -> Page<'_> {
        Page {
            language: self.language.code(),
            subject: self.fill(&self.text.subject),
            text: self.fill(&self.text.body),
            blocks: self.blocks(),
            button: button(self.content.kind(), self.language),
            sender_name: &self.sender_name,
            no_reply: no_reply(self.language),
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
        let button = page.button;
        Ok(Words { subject: page.subject, text, html, blocks: page.blocks, button })
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
    /// The body of the HTML part, for a page that shows it in its own way.
    pub blocks: Vec<Block>,
    /// What stands on the buttons.
    pub button: &'static str,
}

fn address(text: &str, what: &'static str) -> Result<Address, LetterError> {
    text.trim().parse().map_err(|_| LetterError::Address(what))
}

#[cfg(test)]
mod tests;

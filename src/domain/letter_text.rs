//! The text of a letter that administrators may change: its blanks, and what is wrong with it.
//!
//! Whoever looks over a shoulder reads a mail, and every patient of a clinic gets the same
//! text. So a text holds no word about health or a person and no address of somebody else,
//! and keeps what the reader must have: the link, the phone number, the emergency number.

mod words;

use super::codelist::{Codelist, codelist};
use super::letter::LetterKind;

/// Most characters of a subject: longer ones are cut off on a phone.
pub const SUBJECT: usize = 80;
/// Most characters of a body.
pub const BODY: usize = 3_000;
/// What a blank begins and ends with, and what looks like it on a Chinese keyboard.
const BRACES: [char; 4] = ['{', '}', '\u{FF5B}', '\u{FF5D}'];

codelist! {
    /// A blank, written in braces; the program fills it when it sends.
    pub enum Blank: "blank" {
        /// The neutral name of the clinic.
        Clinic = "clinic",
        /// Where the reader goes: the patient's page, the task, the password.
        Link = "link",
        /// Where a patient stops the mails.
        StopLink = "stop_link",
        /// The clinic's phone number.
        Phone = "phone",
        /// The emergency number.
        Emergency = "emergency",
        /// The number of the task.
        Task = "task",
        /// The code of the fault.
        Fault = "fault",
        /// How long the link works.
        ValidFor = "valid_for",
    }
}

/// The kinds whose text can be changed: of one clinic those that are sent for a clinic. The
/// test mail belongs to the command line, which needs no database.
#[must_use]
pub const fn kinds(of_a_clinic: bool) -> &'static [LetterKind] {
    use LetterKind as K;
    if of_a_clinic {
        &[K::CheckInPrompt, K::CheckInReminder, K::Link, K::Alert]
    } else {
        &[
            K::CheckInPrompt,
            K::CheckInReminder,
            K::Link,
            K::Alert,
            K::Alarm,
            K::StaffInvitation,
            K::PasswordReset,
        ]
    }
}

impl Blank {
    /// The blanks that a kind of letter can fill.
    #[must_use]
    pub const fn of(kind: LetterKind) -> &'static [Self] {
        use LetterKind as K;
        match kind {
            K::CheckInPrompt | K::CheckInReminder | K::Link => {
                &[Self::Clinic, Self::Link, Self::StopLink, Self::Phone, Self::Emergency]
            }
            K::Alert => &[Self::Clinic, Self::Link, Self::Task],
            K::Alarm => &[Self::Clinic, Self::Link, Self::Fault],
            K::StaffInvitation | K::PasswordReset => &[Self::Clinic, Self::Link, Self::ValidFor],
            K::MailTest => &[Self::Clinic],
        }
    }

    /// Whether no letter that can fill it may lack it.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        !matches!(self, Self::Clinic)
    }

    /// Whether it may stand in a subject, which phones show while they are locked.
    #[must_use]
    pub const fn fits_subject(self) -> bool {
        matches!(self, Self::Clinic | Self::Task | Self::Fault)
    }

    /// As it is written in a text.
    #[must_use]
    pub fn written(self) -> String {
        format!("{{{}}}", self.code())
    }
}

/// Subject and body of a letter, with blanks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterText {
    /// The subject.
    pub subject: String,
    /// What stands between nothing and the signature, which the program writes.
    pub body: String,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it stands.
    Words(&'a str),
    /// To be filled.
    Blank(Blank),
    /// Something in braces that is no blank.
    Unknown(&'a str),
    /// A brace without its partner, or a full-width one.
    Brace(&'a str),
}

/// Cuts a text into its pieces. Nothing is lost: pieces written one after the other are the
/// text, but for spaces and capitals within the braces of a blank.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(BRACES) {
        let (words, from) = rest.split_at(at);
        if !words.is_empty() {
            found.push(Piece::Words(words));
        }
        let closed = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let closed = closed.filter(|(name, _)| !name.contains('\n') && !name.contains(BRACES));
        if let Some((name, after)) = closed {
            let blank = Blank::from_code(&name.trim().to_ascii_lowercase());
            found.push(blank.map_or(Piece::Unknown(name), Piece::Blank));
            rest = after;
        } else {
            let width = from.chars().next().map_or(from.len(), char::len_utf8);
            let (brace, after) = from.split_at(width);
            found.push(Piece::Brace(brace));
            rest = after;
        }
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest));
    }
    found
}

/// What is wrong with a text. Words and addresses are as they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextProblem {
    /// There is no subject.
    NoSubject,
    /// There is no body.
    NoBody,
    /// The subject has so many characters, more than [`SUBJECT`].
    SubjectLong(usize),
    /// The body has so many characters, more than [`BODY`].
    BodyLong(usize),
    /// The subject holds a line break or another character that cannot be seen: a line break
    /// would end the header of the mail early.
    SubjectCharacter(char),
    /// The body holds a character that cannot be seen.
    BodyCharacter(char),
    /// There is no such blank.
    Unknown(String),
    /// This kind of letter cannot fill it.
    NotHere(Blank),
    /// It may not stand in a subject.
    NotInSubject(Blank),
    /// It must stand in the text and does not.
    Missing(Blank),
    /// A brace stands alone or is full-width.
    Brace,
    /// A link without a space or a new line before and after it: mail programs would take what
    /// touches it for a part of the address.
    Touched(Blank),
    /// A word tells of health or of a person.
    Word(String),
    /// An address that is not ours.
    Address(String),
    /// The typed-out link of one person would go to everybody.
    PersonalLink(String),
}

/// Whether a character has no place in a text: it cannot be seen, turns the direction of
/// reading, or is left of broken UTF-8.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}')
}

impl LetterText {
    /// A text as it was typed: without space around it, with one kind of line break.
    #[must_use]
    pub fn typed(subject: &str, body: &str) -> Self {
        let body = body.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = body.lines().map(str::trim_end).collect();
        Self { subject: subject.trim().to_owned(), body: lines.join("\n").trim().to_owned() }
    }

    /// Everything that is wrong with it as a letter of this kind. Addresses are compared with
    /// our own host and port; without one they are not looked at.
    #[must_use]
    pub fn problems(&self, kind: LetterKind, own_host: Option<&str>) -> Vec<TextProblem> {
        let mut found = Vec::new();
        let (subject, body) = (pieces(&self.subject), pieces(&self.body));
        match self.subject.chars().count() {
            0 => found.push(TextProblem::NoSubject),
            count if count > SUBJECT => found.push(TextProblem::SubjectLong(count)),
            _ => {}
        }
        match self.body.chars().count() {
            0 => found.push(TextProblem::NoBody),
            count if count > BODY => found.push(TextProblem::BodyLong(count)),
            _ => {}
        }
        let invisible = self.subject.chars().find(|c| is_invisible(*c));
        found.extend(invisible.map(TextProblem::SubjectCharacter));
        let invisible = self.body.chars().find(|c| *c != '\n' && is_invisible(*c));
        found.extend(invisible.map(TextProblem::BodyCharacter));
        for (pieces, is_subject) in [(&subject, true), (&body, false)] {
            for piece in pieces {
                found.extend(match piece {
                    Piece::Unknown(name) => Some(TextProblem::Unknown((*name).to_owned())),
                    Piece::Brace(_) => Some(TextProblem::Brace),
                    Piece::Blank(blank) if !Blank::of(kind).contains(blank) => {
                        Some(TextProblem::NotHere(*blank))
                    }
                    Piece::Blank(blank) if is_subject && !blank.fits_subject() => {
                        Some(TextProblem::NotInSubject(*blank))
                    }
                    _ => None,
                });
            }
        }
        let has = |blank: &Blank| {
            let mut all = subject.iter().chain(&body);
            all.any(|piece| matches!(piece, Piece::Blank(found) if found == blank))
        };
        let missing = Blank::of(kind).iter().filter(|blank| blank.is_needed() && !has(blank));
        found.extend(missing.map(|blank| TextProblem::Missing(*blank)));
        found.extend(touched(&body).into_iter().map(TextProblem::Touched));
        for piece in subject.iter().chain(&body) {
            let Piece::Words(text) = piece else { continue };
            found.extend(words::betraying(text).map(|word| TextProblem::Word(word.to_owned())));
            found.extend(own_host.iter().flat_map(|own| addresses(text, own)));
        }
        let mut seen = Vec::new();
        found.retain(|problem| {
            let is_new = !seen.contains(problem);
            if is_new {
                seen.push(problem.clone());
            }
            is_new
        });
        found
    }
}

/// The links that something other than space stands against.
fn touched(pieces: &[Piece<'_>]) -> Vec<Blank> {
    let is_free = |piece: Option<&Piece<'_>>, at_end: bool| match piece {
        None => true,
        Some(Piece::Words(words)) => {
            let next = if at_end { words.chars().next_back() } else { words.chars().next() };
            next.is_none_or(char::is_whitespace)
        }
        Some(_) => false,
    };
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Blank(blank @ (Blank::Link | Blank::StopLink)) = piece else { continue };
        let before = at.checked_sub(1).and_then(|at| pieces.get(at));
        if !is_free(before, true) || !is_free(pieces.get(at + 1), false) {
            found.push(*blank);
        }
    }
    found
}

/// The addresses in a text that it may not hold.
fn addresses(text: &str, own: &str) -> Vec<TextProblem> {
    let text = words::plain(text);
    let ends = |c: char| !c.is_ascii_graphic() || "<>\"'(),;!|".contains(c);
    text.split(ends)
        .filter_map(|token| {
            let token = token.trim_matches(['.', ':', '?']);
            let (scheme, rest) = match token.split_once("://") {
                Some((scheme, rest)) => (Some(scheme), rest),
                None => (None, token),
            };
            let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
            let (host, path) = rest.split_at(end);
            let is_address = scheme.is_some() || host.contains('@') || is_host(host);
            if !is_address {
                return None;
            }
            let is_ours = host.eq_ignore_ascii_case(own)
                && scheme.is_none_or(|scheme| matches!(scheme, "https" | "http"));
            let is_personal = ["/p/", "/invite/", "%", "\\"].iter().any(|part| path.contains(part));
            match (is_ours, is_personal) {
                (true, false) => None,
                (true, true) => Some(TextProblem::PersonalLink(token.to_owned())),
                (false, _) => Some(TextProblem::Address(token.to_owned())),
            }
        })
        .collect()
}

/// Whether mail programs would make a link of it: names with dots between, letters at the end.
fn is_host(text: &str) -> bool {
    let name = text.split(':').next().unwrap_or(text);
    let mut labels = name.rsplit('.');
    let ends_well = labels
        .next()
        .is_some_and(|last| last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()));
    let mut labels = labels.peekable();
    ends_well
        && labels.peek().is_some()
        && labels.all(|label| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

#[cfg(test)]
mod tests;

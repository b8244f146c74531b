//! Texts of letters that administrators wrote. A version never changes; the newest counts.

use diesel::prelude::*;

use super::schema::{letter_text, outbox, staff};
use super::{Connection, Result};
use crate::domain::letter::{LetterKind, MailState};
use crate::domain::letter_text::LetterText;
use crate::domain::{Language, LetterTextId, SiteId, StaffId, Timestamp};

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The kind of letter.
    pub kind: LetterKind,
    /// The reader's language.
    pub language: Language,
    /// The clinic; none: all clinics that have no text of their own.
    pub site: Option<SiteId>,
}

/// A text that administrators wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// Which version it is.
    pub id: LetterTextId,
    /// Its number within its place.
    pub version: i32,
    /// The clinic it was written for; none: all.
    pub site: Option<SiteId>,
    /// The text.
    pub text: LetterText,
}

/// One version, as its list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number within its place.
    pub version: i32,
    /// The text; none: from here on the wider text counts again.
    pub text: Option<LetterText>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// Mails that the mail server took with it.
    pub sent: i64,
}

type Row = (LetterTextId, i32, Option<SiteId>, Option<String>, Option<String>);

fn own((id, version, site, subject, body): Row) -> Option<Own> {
    let text = LetterText { subject: subject?, body: body? };
    Some(Own { id, version, site, text })
}

macro_rules! at {
    ($place:expr) => {
        letter_text::kind
            .eq($place.kind)
            .and(letter_text::language.eq($place.language))
            .and(letter_text::site_id.is($place.site))
    };
}

macro_rules! columns {
    () => {
        (
            letter_text::id,
            letter_text::version,
            letter_text::site_id,
            letter_text::subject,
            letter_text::body,
        )
    };
}

/// The number of the newest version of a place; 0 when there is none.
pub fn newest_number(conn: &mut Connection, place: Place) -> Result<i32> {
    Ok(letter_text::table
        .filter(at!(place))
        .select(diesel::dsl::max(letter_text::version))
        .first::<Option<i32>>(conn)?
        .unwrap_or(0))
}

/// The text that a place has of its own now.
pub fn own_text(conn: &mut Connection, place: Place) -> Result<Option<Own>> {
    Ok(letter_text::table
        .filter(at!(place))
        .order(letter_text::version.desc())
        .select(columns!())
        .first::<Row>(conn)
        .optional()?
        .and_then(own))
}

/// The text in force at a place: its own, or else that for all clinics; none: the built-in
/// one.
pub fn in_force(conn: &mut Connection, place: Place) -> Result<Option<Own>> {
    let own = own_text(conn, place)?;
    if own.is_some() || place.site.is_none() {
        return Ok(own);
    }
    own_text(conn, Place { site: None, ..place })
}

/// The text that a letter is sent with now. One that no longer keeps the rules is left out, so
/// that the built-in text goes instead: no letter is lost or says what it must not.
pub fn to_send(
    conn: &mut Connection,
    kind: LetterKind,
    language: Language,
    site: Option<SiteId>,
) -> Result<Option<Own>> {
    let found = in_force(conn, Place { kind, language, site })?;
    Ok(found.filter(|own| own.text.problems(kind, None).is_empty()))
}

/// How many texts in force cannot be sent.
pub fn unusable(conn: &mut Connection) -> Result<i64> {
    let places: Vec<(LetterKind, Language, Option<SiteId>)> = letter_text::table
        .select((letter_text::kind, letter_text::language, letter_text::site_id))
        .distinct()
        .load(conn)?;
    let mut count = 0;
    for (kind, language, site) in places {
        let found = own_text(conn, Place { kind, language, site })?;
        count += i64::from(found.is_some_and(|own| !own.text.problems(kind, None).is_empty()));
    }
    Ok(count)
}

/// The text of a version that a letter was sent with, whatever the rules are now.
pub fn used(conn: &mut Connection, id: LetterTextId) -> Result<Option<Own>> {
    Ok(letter_text::table.find(id).select(columns!()).first::<Row>(conn).optional()?.and_then(own))
}

/// Keeps a new version of a place and returns its id and number. Without a text the wider one
/// counts from here on.
pub fn add(
    conn: &mut Connection,
    now: Timestamp,
    place: Place,
    text: Option<&LetterText>,
    by: StaffId,
) -> Result<(LetterTextId, i32)> {
    let id = LetterTextId::new();
    let version = newest_number(conn, place)?.saturating_add(1);
    diesel::insert_into(letter_text::table)
        .values((
            letter_text::id.eq(id),
            letter_text::kind.eq(place.kind),
            letter_text::language.eq(place.language),
            letter_text::site_id.eq(place.site),
            letter_text::version.eq(version),
            letter_text::subject.eq(text.map(|text| &text.subject)),
            letter_text::body.eq(text.map(|text| &text.body)),
            letter_text::made_by.eq(by),
            letter_text::made_at.eq(now),
        ))
        .execute(conn)?;
    Ok((id, version))
}

/// Every version of a place, newest first.
pub fn versions(conn: &mut Connection, place: Place) -> Result<Vec<Version>> {
    let rows: Vec<(Row, String, Timestamp)> = letter_text::table
        .inner_join(staff::table)
        .filter(at!(place))
        .order(letter_text::version.desc())
        .select((columns!(), staff::name, letter_text::made_at))
        .load(conn)?;
    let mut found = Vec::new();
    for (row, made_by, made_at) in rows {
        let (id, version) = (row.0, row.1);
        let sent = outbox::table
            .filter(outbox::letter_text_id.eq(id))
            .filter(outbox::state.eq_any([MailState::Accepted, MailState::Bounced]))
            .count()
            .get_result(conn)?;
        let text = own(row).map(|own| own.text);
        found.push(Version { version, text, made_by, made_at, sent });
    }
    Ok(found)
}

/// How many letters wait that a text of this place is for. Letters of clinics with a text of
/// their own are counted for all clinics, too: theirs may be taken back.
pub fn waiting(conn: &mut Connection, place: Place) -> Result<i64> {
    let mut query = outbox::table
        .filter(super::literal::waiting_letter())
        .filter(outbox::kind.eq(place.kind).and(outbox::language.eq(place.language)))
        .into_boxed();
    if let Some(site) = place.site {
        query = query.filter(outbox::site_id.eq(site));
    }
    Ok(query.count().get_result(conn)?)
}

//! Changing what a kind of letter says: a new version with its entry in the audit trail.
//! Letters that wait are sent with the text in force when they are sent.

use serde_json::json;

use crate::domain::letter_text::{LetterText, TextProblem, kinds};
use crate::domain::{Actor, Codelist, Scope, Timestamp};
use crate::i18n::letters::built_in;
use crate::store::letter_texts::{self, Own, Place};
use crate::store::{self, Connection, audit};

/// Why a version was not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// No such place, or not for this person.
    #[error("not found")]
    NotFound,
    /// Somebody else was faster.
    #[error("changed by somebody else")]
    Changed,
    /// Nothing would change.
    #[error("nothing differs from the text in force")]
    Same,
    /// Everything that is wrong with the text.
    #[error("the text is refused: {0:?}")]
    Problems(Vec<TextProblem>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Who changes texts: the clinics they may do it for, and whether they look after the whole
/// installation.
#[derive(Debug, Clone)]
pub struct Editor {
    /// Who.
    pub actor: Actor,
    /// The clinics.
    pub scope: Scope,
    /// Whether they may change the texts for all clinics.
    pub of_all: bool,
}

impl Editor {
    /// Whether they may see and change the text of a place.
    #[must_use]
    pub fn may(&self, place: Place) -> bool {
        let theirs = place.site.map_or(self.of_all, |site| self.scope.allows(site));
        theirs && kinds(place.site.is_some()).contains(&place.kind)
    }
}

/// The text that counts where a place has none of its own: that for all clinics, or the
/// built-in one.
pub fn wider(conn: &mut Connection, place: Place) -> store::Result<LetterText> {
    let found: Option<Own> = match place.site {
        Some(_) => letter_texts::own_text(conn, Place { site: None, ..place })?,
        None => None,
    };
    Ok(found.map_or_else(|| built_in(place.kind, place.language), |own| own.text))
}

/// Keeps a text as the newest version of a place, made from the version numbered `read`; `None`
/// takes the place's own text back. Links in it may lead to `own_host` only. Returns the number.
pub fn change(
    conn: &mut Connection,
    now: Timestamp,
    editor: &Editor,
    (place, read): (Place, i32),
    text: Option<&LetterText>,
    own_host: &str,
) -> Result<i32, NotKept> {
    let by = editor.actor.staff().filter(|_| editor.may(place)).ok_or(NotKept::NotFound)?;
    let problems = text.map(|text| text.problems(place.kind, Some(own_host))).unwrap_or_default();
    if !problems.is_empty() {
        return Err(NotKept::Problems(problems));
    }
    if letter_texts::newest_number(conn, place)? != read {
        return Err(NotKept::Changed);
    }
    let old = letter_texts::own_text(conn, place)?.map(|own| own.text);
    let in_force = match &old {
        Some(old) => old.clone(),
        None => wider(conn, place)?,
    };
    if text.map_or(old.is_none(), |text| *text == in_force) {
        return Err(NotKept::Same);
    }
    let (id, version) = letter_texts::add(conn, now, place, text, by)?;
    let shown = |text: Option<&LetterText>| {
        text.map(|text| json!({ "subject": text.subject, "body": text.body }))
    };
    let detail = json!({
        "kind": place.kind.code(),
        "language": place.language.code(),
        "version": version,
        "text": [shown(old.as_ref()), shown(text)],
    });
    let object = ("letter_text", &id as &dyn std::fmt::Display);
    audit::append(conn, now, &editor.actor, place.site, "letter_text.changed", object, &detail)?;
    Ok(version)
}

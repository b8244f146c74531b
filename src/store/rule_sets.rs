//! Rule sets as they were used. A version never changes once it is here.

use diesel::prelude::*;

use super::schema::rule_set;
use super::{Connection, Result};
use crate::domain::Timestamp;

/// Keeps the text of a version on its first use.
///
/// `false` when this id and version were used with another text before: a set was
/// changed without a new version, and must not be used.
pub fn keep(
    conn: &mut Connection,
    now: Timestamp,
    (id, version): (&str, i32),
    sha256: &str,
    text: &str,
) -> Result<bool> {
    let known: Option<String> = rule_set::table
        .filter(rule_set::id.eq(id).and(rule_set::version.eq(version)))
        .select(rule_set::sha256)
        .first(conn)
        .optional()?;
    if let Some(known) = known {
        return Ok(known == sha256);
    }
    diesel::insert_into(rule_set::table)
        .values((
            rule_set::id.eq(id),
            rule_set::version.eq(version),
            rule_set::sha256.eq(sha256),
            rule_set::text.eq(text),
            rule_set::first_used_at.eq(now),
        ))
        .execute(conn)?;
    Ok(true)
}

/// The text of a version that was used.
pub fn text(conn: &mut Connection, id: &str, version: i32) -> Result<Option<String>> {
    Ok(rule_set::table
        .filter(rule_set::id.eq(id).and(rule_set::version.eq(version)))
        .select(rule_set::text)
        .first(conn)
        .optional()?)
}

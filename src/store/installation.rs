//! Facts about the installation itself: one value by name.

use diesel::prelude::*;

use super::schema::installation;
use super::{Connection, Result};

/// The value of a fact, if it is there.
pub fn get(conn: &mut Connection, key: &str) -> Result<Option<String>> {
    Ok(installation::table.find(key).select(installation::value).first(conn).optional()?)
}

/// Sets a fact.
pub fn set(conn: &mut Connection, key: &str, value: &str) -> Result<()> {
    diesel::replace_into(installation::table)
        .values((installation::key.eq(key), installation::value.eq(value)))
        .execute(conn)?;
    Ok(())
}

//! Whether the file and its disk are sound.

use std::io;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Connection, Result};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// What `SQLite` finds wrong with the file; nothing when it is sound.
pub fn broken_structure(conn: &mut Connection) -> Result<Vec<String>> {
    let lines = diesel::sql_query("SELECT quick_check AS value FROM pragma_quick_check")
        .load::<Line>(conn)?;
    Ok(lines.into_iter().map(|line| line.value).filter(|line| line != "ok").collect())
}

/// How many rows point to a row that is missing.
pub fn dangling_rows(conn: &mut Connection) -> Result<i64> {
    Ok(diesel::sql_query("SELECT count(*) AS value FROM pragma_foreign_key_check")
        .get_result::<Count>(conn)?
        .value)
}

/// Free bytes of the disk that holds a directory, and their share in percent, as far as this
/// program may use them. `None` where the system does not tell.
#[cfg(unix)]
pub fn free_space(directory: &Path) -> io::Result<Option<(u64, u64)>> {
    let disk = rustix::fs::statvfs(directory)?;
    let percent = (disk.f_bavail * 100).checked_div(disk.f_blocks);
    Ok(percent.map(|percent| (disk.f_bavail * disk.f_frsize, percent)))
}

/// Free bytes of the disk that holds a directory, and their share in percent, as far as this
/// program may use them. `None` where the system does not tell.
#[cfg(not(unix))]
pub fn free_space(_: &Path) -> io::Result<Option<(u64, u64)>> {
    Ok(None)
}

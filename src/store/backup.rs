//! Copies of the database: made while it is used, and checked before they are trusted.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::open::{Purpose, connect};
use super::{Error, Result, audit, installation};
use crate::domain::Timestamp;
use crate::secrets::Keys;

/// The fact that says when the last good copy was made.
pub const BACKED_UP_AT: &str = "backed_up_at";

/// Notes in the registry that a good copy of it was made.
pub fn note(registry: &Path, now: Timestamp) -> Result<()> {
    let mut conn = connect(registry, Purpose::Checkpointer)?;
    installation::set(&mut conn, BACKED_UP_AT, &now.to_string())
}

/// What a check of a copy found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Tables and how many rows each has.
    pub rows: Vec<(String, i64)>,
    /// What is wrong; empty when the copy can be used.
    pub faults: Vec<String>,
}

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

fn io_failed(path: &Path) -> impl Fn(io::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::Open { path: path.clone(), reason: error.to_string() }
}

/// Copies the database at `from` to `to`, which must not exist, without stopping its use.
///
/// The copy is written beside its name, synced and then renamed, so that a crash never
/// leaves half a copy under the name.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(Error::Open { path: to.to_owned(), reason: "it exists already".to_owned() });
    }
    let part = with_suffix(to, ".part");
    let _ = fs::remove_file(&part);
    let name = part.to_str().ok_or_else(|| Error::Open {
        path: part.clone(),
        reason: "the path is not UTF-8".to_owned(),
    })?;
    let mut conn = connect(from, Purpose::Checkpointer)?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(name).execute(&mut conn)?;
    drop(conn);
    File::open(&part).and_then(|file| file.sync_all()).map_err(io_failed(&part))?;
    fs::rename(&part, to).map_err(io_failed(to))?;
    let directory = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    File::open(directory).and_then(|dir| dir.sync_all()).map_err(io_failed(directory))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Checks a copy: SQLite's own structure, foreign keys, the audit chain, the tables.
///
/// Works on a second copy, because looking at a file in the log mode may write beside it.
pub fn check(copy: &Path, keys: &Keys) -> Result<Checked> {
    let directory = copy.parent().filter(|parent| !parent.as_os_str().is_empty());
    let looked_at =
        directory.unwrap_or(Path::new(".")).join(format!(".check-{}.db", std::process::id()));
    fs::copy(copy, &looked_at).map_err(io_failed(copy))?;
    let checked = check_file(&looked_at, keys);
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(with_suffix(&looked_at, suffix));
    }
    checked
}

fn check_file(path: &Path, keys: &Keys) -> Result<Checked> {
    let mut conn = connect(path, Purpose::Writer)?;
    let mut faults: Vec<String> =
        diesel::sql_query("SELECT integrity_check AS value FROM pragma_integrity_check")
            .load::<Line>(&mut conn)?
            .into_iter()
            .map(|line| line.value)
            .filter(|line| line != "ok")
            .collect();
    let dangling = diesel::sql_query("SELECT count(*) AS value FROM pragma_foreign_key_check")
        .get_result::<Count>(&mut conn)?
        .value;
    if dangling > 0 {
        faults.push(format!("{dangling} rows point to rows that are missing"));
    }
    match audit::verify(&mut conn, keys, &[]) {
        Ok(audit::Verdict::Whole { .. }) => {}
        Ok(audit::Verdict::Broken { seq, what }) => {
            faults.push(format!("audit entry {seq}: {what}"));
        }
        Err(error) => faults.push(format!("the audit trail cannot be read: {error}")),
    }
    // One statement made by SQLite's own quoting, so that no name is pasted into SQL here.
    let rows = diesel::sql_query(
        "SELECT name AS value FROM sqlite_schema
         WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .load::<Line>(&mut conn)?;
    if rows.is_empty() {
        faults.push("there are no tables".to_owned());
    }
    let mut counted = Vec::new();
    for table in rows {
        let statement = diesel::sql_query(format_count(&table.value));
        counted.push((table.value, statement.get_result::<Count>(&mut conn)?.value));
    }
    Ok(Checked { rows: counted, faults })
}

/// A count of a table whose name comes from the schema, quoted as SQL wants it.
fn format_count(table: &str) -> String {
    format!("SELECT count(*) AS value FROM \"{}\"", table.replace('"', "\"\""))
}

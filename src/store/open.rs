//! Opening the file: settings of every connection, migrations, checks.

use std::path::Path;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The one that writes.
    Writer,
    /// One of those that cannot.
    Reader,
    /// Moves the write-ahead log into the file.
    Checkpointer,
}

/// What opening found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Migrations that were applied just now, oldest first.
    pub applied: Vec<String>,
}

#[derive(QueryableByName)]
struct TextValue {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Integer)]
    value: i32,
}

/// Opens one connection with all its settings, and reads them back.
pub(super) fn connect(path: &Path, purpose: Purpose) -> Result<Connection> {
    let open = |reason: String| Error::Open { path: path.to_owned(), reason };
    let url = path.to_str().ok_or_else(|| open("the path is not UTF-8".to_owned()))?;
    let mut conn = Connection::establish(url).map_err(|error| open(error.to_string()))?;
    configure(&mut conn, purpose).map_err(|error| match error {
        Error::Query(error) => open(error.to_string()),
        other => other,
    })?;
    Ok(conn)
}

/// Sets what is per connection in SQLite. The busy timeout comes first, so that
/// the rest waits for a command line tool that holds the file.
pub(super) fn configure(conn: &mut Connection, purpose: Purpose) -> Result<()> {
    conn.batch_execute(
        "PRAGMA busy_timeout = 5000;
         PRAGMA foreign_keys = ON;
         PRAGMA synchronous = FULL;
         PRAGMA temp_store = MEMORY;
         PRAGMA trusted_schema = OFF;
         PRAGMA journal_size_limit = 67108864;",
    )?;
    match purpose {
        // The threshold is a fallback: a dead checkpointer must not fill the disk.
        Purpose::Writer => conn.batch_execute(
            "PRAGMA journal_mode = WAL;
             PRAGMA cache_size = -65536;
             PRAGMA wal_autocheckpoint = 20000;",
        )?,
        Purpose::Reader => conn.batch_execute(
            "PRAGMA cache_size = -16384;
             PRAGMA query_only = ON;",
        )?,
        Purpose::Checkpointer => conn.batch_execute("PRAGMA cache_size = -2048;")?,
    }
    check(conn, "synchronous", "2")?;
    check(conn, "foreign_keys", "1")?;
    check(conn, "busy_timeout", "5000")?;
    check(conn, "trusted_schema", "0")?;
    check(conn, "journal_mode", "wal")?;
    if purpose == Purpose::Reader {
        check(conn, "query_only", "1")?;
    }
    Ok(())
}

fn check(conn: &mut Connection, name: &'static str, wanted: &'static str) -> Result<()> {
    // A pragma's value has the pragma's own column name; busy_timeout calls it "timeout".
    let column = if name == "busy_timeout" { "timeout" } else { name };
    let found =
        diesel::sql_query(format!("SELECT CAST(\"{column}\" AS TEXT) AS value FROM pragma_{name}"))
            .get_result::<TextValue>(conn)?
            .value;
    if found == wanted { Ok(()) } else { Err(Error::Pragma { name, found, wanted }) }
}

/// Brings the schema up to date on a connection of its own.
///
/// Foreign keys are off meanwhile, because a table is changed by copy and drop;
/// afterwards no row may point to a missing one.
pub(super) fn migrate(path: &Path) -> Result<Opened> {
    if path.metadata().is_ok_and(|file| file.len() == 0) {
        return Err(Error::Open {
            path: path.to_owned(),
            reason: "the file is empty; restore a backup, or delete it to begin a new registry"
                .to_owned(),
        });
    }
    let mut conn = connect(path, Purpose::Writer)?;
    refuse_newer(&mut conn)?;
    conn.batch_execute("PRAGMA foreign_keys = OFF")?;
    let applied = conn
        .run_pending_migrations(MIGRATIONS)
        .map_err(|error| Error::Migration(error.to_string()))?
        .iter()
        .map(ToString::to_string)
        .collect();
    let dangling = diesel::sql_query("SELECT count(*) AS value FROM pragma_foreign_key_check")
        .get_result::<Count>(&mut conn)?
        .value;
    if dangling > 0 {
        return Err(Error::Dangling(usize::try_from(dangling).unwrap_or(usize::MAX)));
    }
    Ok(Opened { applied })
}

fn refuse_newer(conn: &mut Connection) -> Result<()> {
    let failed =
        |error: Box<dyn std::error::Error + Send + Sync>| Error::Migration(error.to_string());
    let known: Vec<String> = MigrationSource::<Sqlite>::migrations(&MIGRATIONS)
        .map_err(failed)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let applied = conn.applied_migrations().map_err(failed)?;
    match applied.iter().map(ToString::to_string).find(|version| !known.contains(version)) {
        Some(version) => Err(Error::Newer(version)),
        None => Ok(()),
    }
}

/// Reverts every migration and applies all again: for the test that both ways work.
/// Returns how many tables and triggers were left in between.
pub fn migrate_all_down_and_up(path: &Path) -> Result<i32> {
    let mut conn = connect(path, Purpose::Writer)?;
    conn.batch_execute("PRAGMA foreign_keys = OFF")?;
    conn.revert_all_migrations(MIGRATIONS).map_err(|error| Error::Migration(error.to_string()))?;
    let left = diesel::sql_query(
        "SELECT count(*) AS value FROM sqlite_schema
         WHERE name NOT LIKE 'sqlite_%' AND name <> '__diesel_schema_migrations'",
    )
    .get_result::<Count>(&mut conn)?
    .value;
    conn.run_pending_migrations(MIGRATIONS).map_err(|error| Error::Migration(error.to_string()))?;
    Ok(left)
}

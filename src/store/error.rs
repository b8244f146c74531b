//! What can go wrong between the program and its file.

use std::path::PathBuf;

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A statement failed.
    #[error("the database refused a statement")]
    Query(#[from] diesel::result::Error),
    /// The file cannot be opened.
    #[error("the database {path} cannot be opened: {reason}")]
    Open {
        /// Which file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// A setting that the promises rest on did not take.
    #[error("SQLite did not take the setting {name}: it reads {found} and must read {wanted}")]
    Pragma {
        /// Which setting.
        name: &'static str,
        /// What was read back.
        found: String,
        /// What must be there.
        wanted: &'static str,
    },
    /// A migration failed.
    #[error("the database could not be brought up to date: {0}")]
    Migration(String),
    /// The file was written by a newer program.
    #[error(
        "the database was made by a newer version of Afterwatch (it has the migration {0}); install that version"
    )]
    Newer(String),
    /// Rows point to rows that are not there.
    #[error("the database is damaged: {0} rows point to rows that are missing; restore a backup")]
    Dangling(usize),
    /// More writes are waiting than can be held.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The transaction that this write shared could not be made durable.
    #[error("the write could not be made durable: {0}")]
    Commit(String),
    /// The work panicked; its own changes were undone.
    #[error("the work on the database panicked")]
    Panicked,
    /// The writer thread or the reader pool has stopped.
    #[error("the database has been closed")]
    Closed,
    /// A row holds what the program never writes.
    #[error("the row {id} of {table} is damaged: {what}")]
    Damaged {
        /// Which table.
        table: &'static str,
        /// Which row.
        id: String,
        /// What is wrong.
        what: String,
    },
    /// The operating system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
}

/// What functions of the store return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

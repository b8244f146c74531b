//! Everything that knows SQL: one file per noun, and [`Db`], the only way to a connection.
//!
//! Only [`Db::write`] opens a writing transaction. Functions in the files below
//! take a connection and return domain values; every one that returns rows of a
//! clinic takes a [`crate::domain::Scope`].

mod among;
pub mod api_lists;
pub mod api_tokens;
pub mod audit;
pub mod backup;
pub mod calls;
mod changes;
pub mod check_ins;
pub mod chosen;
pub mod courses;
mod db;
pub mod drafts;
pub mod duty;
pub mod episodes;
mod error;
pub mod health;
pub mod hooks;
pub mod infusions;
pub mod installation;
pub mod invitations;
pub mod letter_texts;
pub mod line_listing;
pub mod links;
pub(crate) mod literal;
pub mod lots;
pub mod members;
pub mod night;
mod open;
pub mod outbox;
pub mod patients;
pub mod pauses;
pub mod policies;
pub mod products;
pub mod questions;
pub mod queue;
pub mod record;
pub mod rehearsal;
pub mod reports;
pub mod rota;
pub mod rule_sets;
pub mod schedules;
pub mod schema;
pub mod sessions;
pub mod sites;
pub mod snoozes;
mod sql_types;
pub mod staff;
pub mod steps;
pub mod summary;
pub mod task_actions;
pub mod task_page;
pub mod tasks;
pub mod training;
pub mod undo;
pub mod visits;
pub mod watch;
mod writer;

pub use changes::Changed;
pub use db::Db;
pub use error::{Error, Result};
pub use open::{Opened, migrate_all_down_and_up};

/// A connection inside a transaction.
pub type Connection = diesel::SqliteConnection;

/// A pattern for `LIKE … ESCAPE '\'` that finds the text anywhere, whatever is in it.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

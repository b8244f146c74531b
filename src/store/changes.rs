//! What open pages watch: which clinics' tasks a commit has changed, and whether somebody's
//! access has.
//!
//! Triggers of the writing connection note it in a table that only this connection has, so
//! that no step of any process can forget to tell, and what is rolled back is not told.

use std::collections::BTreeSet;
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tokio::sync::broadcast;

use super::{Connection, Result};
use crate::domain::SiteId;

/// Commits that a slow watcher may fall behind before it is told to look at everything.
const BEHIND: usize = 64;

/// What one commit has changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changed {
    /// Clinics with a task that was opened or changed.
    pub sites: BTreeSet<SiteId>,
    /// A session was ended, or a person's roles or state were changed.
    pub access: bool,
}

/// Tells watchers what each commit has changed.
pub(super) type Told = broadcast::Sender<Arc<Changed>>;

/// The way from the writer to the watchers.
pub(super) fn channel() -> Told {
    broadcast::Sender::new(BEHIND)
}

/// Makes the connection note what it changes.
pub(super) fn register(conn: &mut Connection) -> Result<()> {
    conn.batch_execute(
        "CREATE TEMP TABLE changed (what TEXT PRIMARY KEY) WITHOUT ROWID;
         CREATE TEMP TRIGGER changed_task_insert AFTER INSERT ON main.task
         BEGIN INSERT OR IGNORE INTO changed VALUES (NEW.site_id); END;
         CREATE TEMP TRIGGER changed_task_update AFTER UPDATE ON main.task
         BEGIN INSERT OR IGNORE INTO changed VALUES (NEW.site_id); END;
         CREATE TEMP TRIGGER changed_flag AFTER INSERT ON main.flag
         BEGIN
             INSERT OR IGNORE INTO changed SELECT site_id FROM main.task WHERE id = NEW.task_id;
         END;
         CREATE TEMP TRIGGER changed_session AFTER UPDATE OF ended_at ON main.session
         BEGIN INSERT OR IGNORE INTO changed VALUES (''); END;
         CREATE TEMP TRIGGER changed_member_insert AFTER INSERT ON main.membership
         BEGIN INSERT OR IGNORE INTO changed VALUES (''); END;
         CREATE TEMP TRIGGER changed_member_delete AFTER DELETE ON main.membership
         BEGIN INSERT OR IGNORE INTO changed VALUES (''); END;
         CREATE TEMP TRIGGER changed_staff AFTER UPDATE OF state ON main.staff
         BEGIN INSERT OR IGNORE INTO changed VALUES (''); END;",
    )?;
    Ok(())
}

#[derive(QueryableByName)]
struct What {
    #[diesel(sql_type = Text)]
    what: String,
}

/// Takes what the open transaction has changed so far; the last thing before the commit.
pub(super) fn take(conn: &mut Connection) -> Result<Changed> {
    let found: Vec<What> =
        diesel::sql_query("DELETE FROM temp.changed RETURNING what").load(conn)?;
    Ok(Changed {
        access: found.iter().any(|one| one.what.is_empty()),
        sites: found.iter().filter_map(|one| one.what.parse().ok()).collect(),
    })
}

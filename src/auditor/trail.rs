//! Whether the audit trail is as it was written: its end every minute, all of it each night.

use std::path::PathBuf;

use super::in_time;
use crate::cli::place::read_anchors;
use crate::store::audit::{self, Verdict};
use crate::web::App;

/// Entries that are looked at again every minute.
const END: i64 = 500;
/// Entries that are read in one piece, so that no reader holds the write-ahead log for long.
const PIECE: i64 = 20_000;

/// What is known of the trail.
#[derive(Debug)]
pub(super) struct Trail {
    anchors: PathBuf,
    /// The last entry as it was seen: it must never be missing again.
    head: Option<(i64, String)>,
    /// Whether the last look at all of it found it whole.
    was_whole: bool,
}

impl Trail {
    pub(super) const fn new(anchors: PathBuf) -> Self {
        Self { anchors, head: None, was_whole: true }
    }

    /// Looks at the end of the trail, or at `all` of it. A database that cannot be read is a
    /// fault of its own and says nothing about the trail.
    pub(super) async fn is_whole(&mut self, app: &App, all: bool) -> bool {
        let mut anchors =
            if all { read_anchors(&self.anchors).unwrap_or_default() } else { Vec::new() };
        anchors.extend(self.head.clone());
        let start = if all {
            Some(audit::beginning())
        } else {
            in_time(app.db.read(|conn| audit::before_end(conn, END))).await
        };
        let Some(start) = start else { return self.was_whole };
        let verdict = self.walk(app, start, anchors).await;
        match verdict {
            Some(Verdict::Whole { entries, head }) => {
                self.head = (entries > 0).then_some((entries, head));
                self.was_whole |= all;
            }
            Some(Verdict::Broken { seq, what }) => {
                tracing::error!(seq, what, "the audit trail is broken");
                // What was broken once stays so until all of it was found whole.
                self.was_whole = false;
            }
            None => {}
        }
        self.was_whole
    }

    async fn walk(
        &self,
        app: &App,
        start: (i64, String),
        anchors: Vec<(i64, String)>,
    ) -> Option<Verdict> {
        let mut at = start;
        loop {
            let (keys, from, anchors) = (app.keys.clone(), at.clone(), anchors.clone());
            let piece =
                app.db.read(move |conn| audit::verify_piece(conn, &keys, &from, &anchors, PIECE));
            match in_time(piece).await? {
                Ok(verdict) => return Some(verdict),
                Err(reached) => at = reached,
            }
        }
    }
}

//! `afterwatch audit`: proves that the audit trail is as it was written.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::place::{Place, read_anchors};
use super::{could_not, found_wrong};
use crate::store::audit::{Verdict, verify};

const HELP: &str = "\
Examples:
  afterwatch audit verify
  afterwatch audit verify --data /var/lib/afterwatch --anchor /mnt/elsewhere/audit-anchors.txt";

/// What to do with the audit trail.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Walk the whole chain; name the first entry that is not as it was written
    Verify {
        #[command(flatten)]
        place: Place,
        /// Positions and hashes noted earlier [default: audit-anchors.txt in the data directory]
        #[arg(long, value_name = "FILE")]
        anchor: Option<PathBuf>,
    },
}

/// Verifies. 0: whole; 1: broken; 2: could not be read.
#[must_use]
pub fn run(arguments: &Audit) -> ExitCode {
    let Action::Verify { place, anchor } = &arguments.action;
    let path = anchor.clone().unwrap_or_else(|| place.anchors());
    let anchors = match read_anchors(&path) {
        Ok(anchors) if anchor.is_some() && anchors.is_empty() => {
            return could_not(&format!("{} holds no anchor", path.display()));
        }
        Ok(anchors) => anchors,
        Err(error) => return could_not(&format!("{} cannot be read: {error}", path.display())),
    };
    let (db, keys) = match place.open() {
        Ok(opened) => opened,
        Err(error) => return could_not(&error),
    };
    match db.read_blocking(|conn| verify(conn, &keys, &anchors)) {
        Ok(Verdict::Whole { entries, head }) => {
            println!("whole: {entries} entries, {} anchors, head {head}", anchors.len());
            ExitCode::SUCCESS
        }
        Ok(Verdict::Broken { seq, what }) => found_wrong(&format!("broken at entry {seq}: {what}")),
        Err(error) => could_not(&error),
    }
}

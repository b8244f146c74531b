//! `afterwatch backup` and `afterwatch restore`: copies that are checked, not hoped for.

use std::path::PathBuf;
use std::process::ExitCode;

use super::place::Place;
use super::{could_not, found_wrong};
use crate::clock::Clock;
use crate::store::backup::{Checked, check, copy, note};

const BACKUP_HELP: &str = "\
Example:
  afterwatch backup /mnt/elsewhere/afterwatch-2026-03-01.db

The copy holds health data: keep it on an encrypted disk, apart from the key file.";

const RESTORE_HELP: &str = "\
Examples:
  afterwatch restore /mnt/elsewhere/afterwatch-2026-03-01.db --check   prove that it can be used
  afterwatch restore /mnt/elsewhere/afterwatch-2026-03-01.db           into an empty data directory";

/// Make a checked copy of the database while it is in use
#[derive(Debug, clap::Args)]
#[command(after_help = BACKUP_HELP)]
pub struct Backup {
    /// Where to; must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Check a copy, or put it in place
#[derive(Debug, clap::Args)]
#[command(after_help = RESTORE_HELP)]
pub struct Restore {
    /// The copy
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only check; change nothing
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    place: Place,
}

/// Makes a copy. 0: made and checked; 1: made but not usable; 2: could not.
#[must_use]
pub fn backup(arguments: &Backup) -> ExitCode {
    let place = &arguments.place;
    if !place.database().exists() {
        return could_not(&super::place::PlaceError::Missing(place.data.clone()));
    }
    if let Err(error) = copy(&place.database(), &arguments.file) {
        return could_not(&error);
    }
    let outcome = checked(&arguments.place, &arguments.file);
    // A copy that cannot be used is none.
    if outcome == ExitCode::SUCCESS
        && let Err(error) = note(&place.database(), Clock::system().now())
    {
        return could_not(&format!(
            "the copy is good, but that it was made could not be noted: {error}"
        ));
    }
    outcome
}

/// Checks a copy and, unless only that was asked, puts it in place.
#[must_use]
pub fn restore(arguments: &Restore) -> ExitCode {
    let Restore { file, check: only_check, place } = arguments;
    if !file.exists() {
        return could_not(&format!("{} does not exist", file.display()));
    }
    let outcome = checked(place, file);
    if *only_check || outcome != ExitCode::SUCCESS {
        return outcome;
    }
    if place.database().exists() {
        return could_not(&format!(
            "{} exists: stop the program, move that file away and call this again",
            place.database().display()
        ));
    }
    if let Err(error) = copy(file, &place.database()) {
        return could_not(&error);
    }
    println!(
        "restored to {}. Sessions and mails that were waiting in the copy are as they were then: \
         look at the mail page before you start `afterwatch serve`.",
        place.database().display()
    );
    ExitCode::SUCCESS
}

fn checked(place: &Place, file: &std::path::Path) -> ExitCode {
    let keys = match place.keys() {
        Ok(keys) => keys,
        Err(error) => return could_not(&error),
    };
    match check(file, &keys) {
        Ok(Checked { rows, faults }) if faults.is_empty() => {
            let total: i64 = rows.iter().map(|(_, count)| count).sum();
            println!("{} is sound: {} tables, {total} rows", file.display(), rows.len());
            ExitCode::SUCCESS
        }
        Ok(Checked { faults, .. }) => {
            found_wrong(&format!("{} cannot be used:\n  {}", file.display(), faults.join("\n  ")))
        }
        Err(error) => found_wrong(&format!("{} cannot be used: {error}", file.display())),
    }
}

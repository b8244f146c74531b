//! Mails that came back: read from the mailbox that our sender's address leads to.
//!
//! The mailbox is a directory in which the mail server leaves one file for each mail, such
//! as a Maildir. What was read is moved into `seen` beside it.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::domain::bounce::{self, Bounce, LONGEST};
use crate::domain::{Actor, Timestamp};
use crate::store::outbox::{self, Noted};
use crate::store::{self, Db};

/// Most files that are read in one round; the rest waits for the next.
const FILES: usize = 500;

/// Why the mailbox could not be worked off.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The directory or a file in it.
    #[error("the mailbox for returned mail cannot be used: {0}")]
    Io(#[from] io::Error),
    /// The registry.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Reads every mail in the mailbox and notes what came back. Returns how many letters
/// bounced. A file is moved away only after what it says is on disk.
pub async fn work_off(db: &Db, now: Timestamp, mailbox: &Path) -> Result<usize, MailboxError> {
    let directory = mailbox.to_owned();
    let files = blocking(move || arrived(&directory)).await?;
    let mut count = 0;
    for file in files {
        let read = file.clone();
        if let Some(bounce) = blocking(move || open(&read)).await? {
            let letter = bounce.letter;
            let note = move |conn: &mut store::Connection| {
                outbox::bounced(conn, now, &Actor::System, None, &bounce)
            };
            let noted = db.write(note).await?;
            tracing::info!(outbox.id = %letter, ?noted, "a notice about mail {letter} came back");
            count += usize::from(noted == Noted::Bounced);
        }
        let seen = mailbox.join("seen");
        blocking(move || {
            fs::create_dir_all(&seen)?;
            let name = file.file_name().unwrap_or_default();
            fs::rename(&file, seen.join(name))
        })
        .await?;
    }
    Ok(count)
}

/// The files that have arrived, the oldest name first: those of a Maildir are in `new`.
fn arrived(mailbox: &Path) -> io::Result<Vec<PathBuf>> {
    let new = mailbox.join("new");
    let directory = if new.is_dir() { new } else { mailbox.to_owned() };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        // No links: what is read must lie here. Names with a dot are being written.
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.file_type()?.is_file() && !is_hidden {
            files.push(entry.path());
        }
    }
    files.sort();
    files.truncate(FILES);
    Ok(files)
}

fn open(file: &Path) -> io::Result<Option<Bounce>> {
    let mut mail = Vec::new();
    let longest = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    File::open(file)?.take(longest).read_to_end(&mut mail)?;
    Ok(bounce::read(&mail))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

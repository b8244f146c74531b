//! Every setting of a running program, parsed once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::domain::Timestamp;

/// What the running program was told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the program listens, for example `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// How the outside reaches it, without a slash at the end; links in mails begin with it.
    pub base_url: String,
    /// The directory with the database, the key and the anchors.
    pub data: PathBuf,
    /// The emergency number for pages that know no clinic (dead links).
    pub emergency_number: String,
    /// The clinic's phone number for pages that know no clinic.
    pub phone: String,
    /// Training mode: banner on every page, no second factor, movable clock, captured mail.
    pub training: bool,
    /// When the program started.
    pub started_at: Timestamp,
}

impl Settings {
    /// What training needs: everything on this machine, nothing dangerous to leave out.
    #[must_use]
    pub fn for_training(data: &Path, now: Timestamp) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            base_url: "http://127.0.0.1:8080".to_owned(),
            data: data.to_owned(),
            emergency_number: "120".to_owned(),
            phone: "+86 21 5555 0100".to_owned(),
            training: true,
            started_at: now,
        }
    }
}

//! Where a registry lives: the data directory and the key beside or apart from it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Sources;
use crate::secrets::{KeyError, Keys};
use crate::store::{self, Db};

/// The name of the database in the data directory.
pub const DATABASE: &str = "afterwatch.db";
/// The name of the key unless another file is given.
const KEY: &str = "afterwatch.key";
/// The name of the file that notes the head of the audit chain.
pub const ANCHORS: &str = "audit-anchors.txt";

/// Arguments that say where the registry is.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// Directory of the database and the audit anchors
    #[arg(long, env = "AFTERWATCH_DATA", default_value_os_t = settings().0, value_name = "DIR")]
    pub data: PathBuf,
    /// File with the 32 bytes that links and the audit chain depend on [default: as in the settings, or afterwatch.key in the data directory]
    #[arg(long, env = "AFTERWATCH_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

/// The data directory and the key file of `afterwatch.toml` in the working directory, or
/// else the usual ones. A file that cannot be read is mended with the help of `serve`.
fn settings() -> (PathBuf, PathBuf) {
    Sources::of_process(BTreeMap::new(), Path::new("afterwatch.toml")).unwrap_or_default().place()
}

/// Why a registry cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// There is none.
    #[error("there is no registry in {0}; make one with: afterwatch init --data {0}")]
    Missing(PathBuf),
    /// The directory cannot be made.
    #[error("the directory {0} cannot be made: {1}")]
    Directory(PathBuf, io::Error),
    /// The key is not usable.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key is gone although the database is there.
    #[error(
        "the key file {0} is missing: without it links and the audit chain are worthless; restore it from its own backup"
    )]
    KeyMissing(PathBuf),
    /// The database is not usable.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Place {
    /// The database file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join(DATABASE)
    }

    /// The key file.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| {
            let (data, key) = settings();
            if self.data == data { key } else { self.data.join(KEY) }
        })
    }

    /// The file with the audit anchors.
    #[must_use]
    pub fn anchors(&self) -> PathBuf {
        self.data.join(ANCHORS)
    }

    /// Opens a registry that is there.
    pub fn open(&self) -> Result<(Db, Keys), PlaceError> {
        let database = self.database();
        if !database.exists() {
            return Err(PlaceError::Missing(self.data.clone()));
        }
        let keys = self.keys()?;
        let (db, _) = Db::open(&database, &keys)?;
        Ok((db, keys))
    }

    /// The keys of a registry that is there.
    pub fn keys(&self) -> Result<Keys, PlaceError> {
        let key = self.key();
        if !key.exists() {
            return Err(PlaceError::KeyMissing(key));
        }
        Ok(Keys::load_or_create(&key)?)
    }

    /// Opens the registry, and makes directory, key and database where there is none.
    pub fn open_or_create(&self) -> Result<(Db, Keys), PlaceError> {
        if self.database().exists() {
            return self.open();
        }
        std::fs::create_dir_all(&self.data)
            .map_err(|error| PlaceError::Directory(self.data.clone(), error))?;
        let keys = Keys::load_or_create(&self.key())?;
        let (db, _) = Db::open(&self.database(), &keys)?;
        Ok((db, keys))
    }
}

/// Reads the anchors: one position and hash a line. No file means none were noted yet.
pub fn read_anchors(path: &Path) -> io::Result<Vec<(i64, String)>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let mut parts = line.split_whitespace();
            let seq = parts.next().and_then(|seq| seq.parse().ok());
            match (seq, parts.next()) {
                (Some(seq), Some(hash)) => Ok((seq, hash.to_owned())),
                _ => Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{line:?} is not a position and a hash"),
                )),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_gone_is_never_replaced_by_a_new_one() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place { data: dir.path().join("data"), key_file: None };
        assert!(matches!(place.open(), Err(PlaceError::Missing(_))));
        drop(place.open_or_create().unwrap());
        std::fs::remove_file(place.key()).unwrap();
        assert!(matches!(place.open_or_create(), Err(PlaceError::KeyMissing(_))));
    }
}

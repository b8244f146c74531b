//! The handle that everything else holds: any number of readers, one writer.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diesel::Connection as _;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sqlite::SqliteConnection;
use tokio::sync::{Semaphore, broadcast};

use super::changes::Changed;
use super::open::{Opened, Purpose, configure, migrate};
use super::writer::Writer;
use super::{Connection, Error, Result};
use crate::secrets::Keys;

/// Readers that may be at work at one time.
const READERS: u32 = 4;

/// The database.
///
/// SQLite allows one writer at a time whatever we do; one thread that owns the
/// only writing connection lets writers share commits instead of failing with
/// `SQLITE_BUSY`. Readers cannot write (`query_only`).
#[derive(Clone)]
pub struct Db {
    readers: Pool<ConnectionManager<SqliteConnection>>,
    permits: Arc<Semaphore>,
    writer: Writer,
    path: Arc<PathBuf>,
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Db({})", self.path.display())
    }
}

#[derive(Debug)]
struct ReaderSettings;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for ReaderSettings {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        configure(conn, Purpose::Reader).map_err(|error| match error {
            Error::Query(error) => diesel::r2d2::Error::QueryError(error),
            other => diesel::r2d2::Error::ConnectionError(diesel::ConnectionError::BadConnection(
                other.to_string(),
            )),
        })
    }
}

impl Db {
    /// Opens the file, makes it when there is none, and brings its schema up to date.
    pub fn open(path: &Path, keys: &Keys) -> Result<(Self, Opened)> {
        let opened = migrate(path)?;
        let writer = Writer::start(path, keys.clone())?;
        let fail = |reason: String| Error::Open { path: path.to_owned(), reason };
        let url = path.to_str().ok_or_else(|| fail("the path is not UTF-8".to_owned()))?;
        let readers = Pool::builder()
            .max_size(READERS)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_customizer(Box::new(ReaderSettings))
            .build(ConnectionManager::new(url))
            .map_err(|error| fail(error.to_string()))?;
        let permits = Arc::new(Semaphore::new(READERS as usize));
        Ok((Self { readers, permits, writer, path: Arc::new(path.to_owned()) }, opened))
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What commits change from now on, for those who show it. Told after each commit.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Arc<Changed>> {
        self.writer.changes()
    }

    /// Reads from one consistent snapshot. Cannot write.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Error::Closed)?;
        let db = self.clone();
        let outcome = tokio::task::spawn_blocking(move || {
            let outcome = db.read_blocking(work);
            drop(permit);
            outcome
        });
        outcome.await.map_err(|_| Error::Panicked)?
    }

    /// [`Db::read`] for callers without a runtime.
    pub fn read_blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E>
    where
        E: From<Error>,
    {
        let mut conn = self.readers.get().map_err(|_| Error::Closed)?;
        conn.transaction(|conn| work(conn).map_err(Abort::Work)).map_err(Abort::into_inner)
    }

    /// Runs `work` in one transaction: all of it happens, or none of it. Returns
    /// only after the commit is durable.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.writer.submit(work)?.await.map_err(|_| Error::Closed)?
    }

    /// [`Db::write`] for callers without a runtime (command line, synchronous tests);
    /// waits for room.
    pub fn write_blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.writer.submit_blocking(work)?.blocking_recv().map_err(|_| Error::Closed)?
    }
}

/// Keeps diesel's error out of the callers' types.
enum Abort<E> {
    Work(E),
    Transaction(diesel::result::Error),
}

impl<E> From<diesel::result::Error> for Abort<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Transaction(error)
    }
}

impl<E: From<Error>> Abort<E> {
    fn into_inner(self) -> E {
        match self {
            Self::Work(error) => error,
            Self::Transaction(error) => Error::from(error).into(),
        }
    }
}

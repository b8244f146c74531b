//! The one thread that writes: group commit with a savepoint for each piece of work.
//!
//! Work that is waiting when the thread is free shares one transaction and one
//! fsync; alone, a piece of work is its own commit. Nobody is answered before
//! the commit is durable. A piece that fails or panics undoes only itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::Integer;
use tokio::sync::{broadcast, oneshot};

use super::changes::{self, Changed, Told};
use super::open::{Purpose, connect};
use super::{Connection, Error, Result, audit};
use crate::secrets::Keys;

/// How many pieces of work may wait.
const WAITING: usize = 1024;
/// How many share one commit.
const BATCH: usize = 64;
/// How often the write-ahead log is moved into the file, while there is something to move.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(200);
/// Pages in the log past which readers are made to let go of it.
const RESTART_PAST: i32 = 16_000;

/// A piece of work with a place for its outcome.
trait Job: Send {
    /// Does the work inside its own savepoint and keeps the outcome.
    fn run(&mut self, conn: &mut Connection);
    /// Tells the waiting caller, after the commit.
    fn answer(self: Box<Self>, commit: Result<(), &str>);
}

struct Work<T, E, F> {
    todo: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Work<T, E, F>
where
    F: FnOnce(&mut Connection) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, conn: &mut Connection) {
        let Some(work) = self.todo.take() else { return };
        self.outcome = Some(in_savepoint(conn, work));
    }

    fn answer(mut self: Box<Self>, commit: Result<(), &str>) {
        let outcome = match (commit, self.outcome.take()) {
            (Ok(()), Some(outcome)) => outcome,
            // What the work itself found wrong stays true whatever became of the others.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(reason), _) => Err(Error::Commit(reason.to_owned()).into()),
            (Ok(()), None) => Err(Error::Panicked.into()),
        };
        // The caller may have gone away; the work is done all the same.
        let _ = self.reply.send(outcome);
    }
}

fn in_savepoint<T, E: From<Error>>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, E>,
) -> Result<T, E> {
    let depth = depth(conn);
    AnsiTransactionManager::begin_transaction(conn).map_err(Error::from)?;
    let outcome = catch_unwind(AssertUnwindSafe(|| work(conn)));
    match outcome {
        Ok(Ok(value)) => {
            AnsiTransactionManager::commit_transaction(conn).map_err(Error::from)?;
            Ok(value)
        }
        Ok(Err(error)) => {
            roll_back_to(conn, depth)?;
            Err(error)
        }
        Err(_) => {
            roll_back_to(conn, depth)?;
            Err(Error::Panicked.into())
        }
    }
}

fn depth(conn: &mut Connection) -> u32 {
    AnsiTransactionManager::transaction_manager_status_mut(conn)
        .transaction_depth()
        .ok()
        .flatten()
        .map_or(0, std::num::NonZeroU32::get)
}

fn roll_back_to(conn: &mut Connection, wanted: u32) -> Result<()> {
    while depth(conn) > wanted {
        AnsiTransactionManager::rollback_transaction(conn)?;
    }
    Ok(())
}

/// The way to the writer thread. It ends when all clones are gone.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: SyncSender<Box<dyn Job>>,
    told: Told,
}

impl Writer {
    /// Starts the writer and the checkpointer.
    pub(super) fn start(path: &Path, keys: Keys) -> Result<Self> {
        let mut conn = connect(path, Purpose::Writer)?;
        audit::register(&mut conn, keys)?;
        changes::register(&mut conn)?;
        let told = changes::channel();
        let checkpointer = connect(path, Purpose::Checkpointer)?;
        let (jobs, queue) = sync_channel(WAITING);
        let dirty = Arc::new(AtomicBool::new(true));
        let (stop, stopped) = sync_channel::<()>(0);
        let thread_failed = |error: std::io::Error| Error::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        thread::Builder::new()
            .name("checkpointer".to_owned())
            .spawn({
                let dirty = Arc::clone(&dirty);
                move || checkpoint(checkpointer, &dirty, &stopped)
            })
            .map_err(thread_failed)?;
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn({
                let told = told.clone();
                move || {
                    write(conn, &queue, &dirty, &told);
                    drop(stop);
                }
            })
            .map_err(thread_failed)?;
        Ok(Self { jobs, told })
    }

    /// What commits change from now on.
    pub(super) fn changes(&self) -> broadcast::Receiver<Arc<Changed>> {
        self.told.subscribe()
    }

    /// Hands in work without waiting for room: a full queue is an error that the
    /// caller can show.
    pub(super) fn submit<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, E>>>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Work { todo: Some(work), outcome: None, reply });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::Overloaded,
            TrySendError::Disconnected(_) => Error::Closed,
        })?;
        Ok(answer)
    }

    /// Hands in work and waits for room.
    pub(super) fn submit_blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, E>>>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Work { todo: Some(work), outcome: None, reply });
        self.jobs.send(job).map_err(|_| Error::Closed)?;
        Ok(answer)
    }
}

fn write(mut conn: Connection, queue: &Receiver<Box<dyn Job>>, dirty: &AtomicBool, told: &Told) {
    while let Ok(first) = queue.recv() {
        let mut batch = Vec::with_capacity(BATCH);
        batch.push(first);
        while batch.len() < BATCH {
            match queue.try_recv() {
                Ok(next) => batch.push(next),
                Err(_) => break,
            }
        }
        let committed = conn.immediate_transaction::<_, diesel::result::Error, _>(|conn| {
            for job in &mut batch {
                job.run(conn);
            }
            Ok(changes::take(conn))
        });
        dirty.store(true, Ordering::Release);
        match committed {
            Ok(changed) => {
                for job in batch {
                    job.answer(Ok(()));
                }
                tell(told, changed);
            }
            Err(error) => {
                tracing::error!(%error, jobs = batch.len(), "a transaction was not made durable");
                let reason = error.to_string();
                for job in batch {
                    job.answer(Err(&reason));
                }
            }
        }
    }
    // Leave a file without a log behind when the program stops in order.
    let _ = conn.batch_execute("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);");
}

/// Tells the watchers; when it is not known what has changed, they look at everything.
fn tell(told: &Told, changed: Result<Changed>) {
    let changed = changed.unwrap_or_else(|error| {
        tracing::warn!(%error, "it is not known what a transaction has changed");
        Changed { access: true, ..Changed::default() }
    });
    if changed != Changed::default() {
        // That nobody watches is no error.
        let _ = told.send(Arc::new(changed));
    }
}

#[derive(QueryableByName)]
struct Checkpointed {
    #[diesel(sql_type = Integer)]
    log: i32,
}

fn checkpoint(mut conn: Connection, dirty: &AtomicBool, stopped: &Receiver<()>) {
    while matches!(stopped.recv_timeout(CHECKPOINT_EVERY), Err(RecvTimeoutError::Timeout)) {
        if !dirty.swap(false, Ordering::AcqRel) {
            continue;
        }
        let passive = diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)")
            .get_result::<Checkpointed>(&mut conn);
        let outcome = match passive {
            Ok(Checkpointed { log }) if log > RESTART_PAST => {
                conn.batch_execute("PRAGMA wal_checkpoint(RESTART)")
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "the write-ahead log could not be moved into the file");
        }
    }
}

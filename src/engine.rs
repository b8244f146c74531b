//! The running program: web server, mail worker, schedule and audit anchors, started and
//! stopped together.

use std::fs::{File, OpenOptions, TryLockError};
use std::future::Future;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::auditor::Auditor;
use crate::domain::Timestamp;
use crate::hooks::Caller;
use crate::mail::worker::Worker;
use crate::mail::{SmtpError, Transport};
use crate::store::{self, Db, audit};
use crate::web::health::Part;
use crate::web::server::{self, ConnectionLimits};
use crate::web::{self, App};

/// How often the schedule is looked at.
const TICK: Duration = Duration::from_mins(1);
/// How often the background parts show that they live.
const PULSE: Duration = Duration::from_secs(20);
/// How long to rest before a part that failed is started again.
const REST: Duration = Duration::from_secs(5);
/// The head of the audit chain is noted after so many entries …
const ANCHOR_ENTRIES: i64 = 1_000;
/// … or so much time.
const ANCHOR_TIME: SignedDuration = SignedDuration::from_hours(24);

/// Keeps a second process away from the same data; gone with the process that holds it.
#[derive(Debug)]
pub struct Lock {
    // Held, never read: closing it gives the lock back.
    _file: File,
}

/// Why the data directory cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error("another afterwatch is at work on {0}; stop it first")]
    Taken(PathBuf),
    /// The file cannot be made.
    #[error("the lock file {0} cannot be used: {1}")]
    Io(PathBuf, io::Error),
}

impl Lock {
    /// Takes the data directory.
    pub fn take(data: &Path) -> Result<Self, LockError> {
        let path = data.join("afterwatch.lock");
        let io = |error| LockError::Io(path.clone(), error);
        let file =
            OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken(data.to_owned())),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }
}

/// The mail worker for these settings; without a mail server it keeps letters for reading.
pub fn worker(app: &App) -> Result<Worker, SmtpError> {
    let transport = match &app.settings.mail {
        Some(mail) => Transport::smtp(&mail.smtp)?,
        None => Transport::Practice(app.practice.clone()),
    };
    let settings = app.settings.letters();
    Ok(Worker::new(app.db.clone(), app.clock.clone(), app.keys.clone(), transport, settings))
}

/// Runs everything until told to stop. `app.mail_due` must be the worker's bell.
pub async fn run(
    app: App,
    worker: Worker,
    listener: TcpListener,
    anchors: PathBuf,
    stop: CancellationToken,
) {
    let mut parts = JoinSet::new();
    let mailing = app.clone();
    parts.spawn(until(stop.clone(), async move {
        loop {
            let worker = worker.clone();
            let mut work = tokio::spawn(async move { worker.run().await });
            loop {
                mailing.health.seen(Part::Mail);
                match tokio::time::timeout(PULSE, &mut work).await {
                    Err(_) => {}
                    Ok(_) => break,
                }
            }
            tracing::error!("the mail worker ended and is started again");
            tokio::time::sleep(REST).await;
        }
    }));
    parts.spawn(until(stop.clone(), schedule(app.clone())));
    if let Some(mailbox) = app.settings.watch.returned.clone() {
        parts.spawn(until(stop.clone(), read_returned(app.clone(), mailbox)));
    }
    // Apart from the mail, which must not wait for a gateway that hangs.
    let base_url = app.settings.base_url.clone();
    let caller = Caller::new(app.db.clone(), app.clock.clone(), base_url);
    parts.spawn(until(stop.clone(), async move { caller.run().await }));
    let auditor = watch(Auditor::new(app.clone(), anchors.clone()), stop.clone());
    parts.spawn(until(stop.clone(), note_anchors(app.db.clone(), app.clone(), anchors)));
    let tidying = app.clone();
    parts.spawn(until(stop.clone(), async move {
        loop {
            tokio::time::sleep(TICK).await;
            tidying.limits.tidy();
        }
    }));
    let streams = Arc::clone(&app.streams);
    parts.spawn({
        let stop = stop.clone();
        async move {
            stop.cancelled().await;
            streams.close();
        }
    });
    let router = web::router(&app);
    let proxies = app.settings.trusted_proxies.clone();
    server::serve(listener, router, ConnectionLimits::default(), proxies, stop).await;
    while parts.join_next().await.is_some() {}
    if let Ok(auditor) = auditor {
        let _ = tokio::task::spawn_blocking(move || auditor.join()).await;
    }
}

/// Starts the auditor on a thread with a runtime of its own, so that whatever keeps the other
/// parts busy does not keep it. One that cannot be started shows as one that has stopped.
fn watch(auditor: Auditor, stop: CancellationToken) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("auditor".to_owned()).spawn(move || {
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(until(stop, auditor.run())),
            Err(error) => tracing::error!(%error, "the auditor cannot be started"),
        }
    })
}

/// Runs a part until told to stop.
async fn until(stop: CancellationToken, work: impl Future<Output = ()>) {
    let _ = stop.run_until_cancelled(work).await;
}

/// Once a minute: closes what is late and opens tasks for it.
async fn schedule(app: App) {
    loop {
        let now = app.now();
        match app.db.write(move |conn| crate::due_work::tick(conn, now)).await {
            Ok(()) => {
                app.health.seen(Part::Schedule);
                app.mail_due.notify_one();
            }
            Err(error) => tracing::error!(%error, "the schedule could not be worked off"),
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Once a minute: reads the mails that came back.
async fn read_returned(app: App, mailbox: PathBuf) {
    loop {
        match crate::bounces::work_off(&app.db, app.now(), &mailbox).await {
            Ok(0) => {}
            Ok(_) => app.mail_due.notify_one(),
            Err(error) => tracing::error!(%error, "returned mail could not be read"),
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Notes the head of the audit chain outside the database.
async fn note_anchors(db: Db, app: App, path: PathBuf) {
    let mut noted: Option<(i64, Timestamp)> = None;
    loop {
        let now = app.now();
        match db.read(audit::head).await {
            Ok(Some((seq, hash))) if is_due(noted, seq, now) => {
                match append(&path, seq, &hash, now) {
                    Ok(()) => noted = Some((seq, now)),
                    Err(error) => tracing::error!(%error, "the audit anchor could not be noted"),
                }
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the audit trail could not be read"),
        }
        tokio::time::sleep(TICK).await;
    }
}

fn is_due(noted: Option<(i64, Timestamp)>, seq: i64, now: Timestamp) -> bool {
    noted.is_none_or(|(at, when)| {
        seq > at && (seq - at >= ANCHOR_ENTRIES || now.since(when) >= ANCHOR_TIME)
    })
}

/// Adds one line; the file is only ever added to.
fn append(path: &Path, seq: i64, hash: &str, now: Timestamp) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{seq} {hash} {now}")?;
    file.sync_all()
}

/// What keeps a clinic's registry from being served safely, with the way to mend it.
pub fn gaps(conn: &mut store::Connection, now: Timestamp) -> store::Result<Vec<String>> {
    let mut gaps = Vec::new();
    if !store::staff::has_administrator(conn)? {
        gaps.push(
            "there is no administrator; make one with: afterwatch staff add EMAIL NAME --administrator"
                .to_owned(),
        );
    }
    for code in store::staff::clinics_without_duty(conn, now)? {
        gaps.push(format!(
            "nobody is on duty at the clinic {code}, so nobody would be told of a patient in danger; put somebody on duty with: afterwatch staff duty EMAIL --site {code}"
        ));
    }
    if now < earliest() {
        gaps.push(format!("the clock of this machine says {now}, which is before this program was written; set the clock"));
    }
    if let Some(newest) = audit::newest(conn)?
        && now < newest
    {
        gaps.push(format!(
            "the clock of this machine says {now}, but the audit trail has an entry of {newest}; set the clock"
        ));
    }
    Ok(gaps)
}

/// No right clock is earlier.
fn earliest() -> Timestamp {
    const JANUARY_2026: i64 = 1_767_225_600;
    jiff::Timestamp::from_second(JANUARY_2026)
        .map_or_else(|_| Timestamp::new(jiff::Timestamp::UNIX_EPOCH), Timestamp::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_directory_serves_one_process() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::take(dir.path()).unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(LockError::Taken(_))));
        drop(first);
        assert!(Lock::take(dir.path()).is_ok());
    }

    #[test]
    fn an_anchor_is_noted_at_the_start_each_day_and_every_thousand_entries() {
        let start = earliest();
        let day = start.plus_hours(24);
        for (noted, seq, now, expected) in [
            (None, 1, start, true),
            (Some((1, start)), 1, day, false),
            (Some((1, start)), 2, start.plus_hours(23), false),
            (Some((1, start)), 2, day, true),
            (Some((1, start)), 1_000, start, false),
            (Some((1, start)), 1_001, start, true),
        ] {
            assert_eq!(is_due(noted, seq, now), expected, "{noted:?} {seq} {now}");
        }
    }
}

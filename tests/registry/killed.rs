//! The running program is killed (SIGKILL) between every two steps of sending. It is started
//! again, and then every mail has arrived, at most once more than once, and as the same mail.
//!
//! What the mail server sees is stopped by the mail server; what it does not see is stopped
//! at the database, on which the test holds the lock for writing, or at a port that lets
//! nobody in. The program itself knows nothing of the test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use afterwatch::clock::Clock;
use afterwatch::domain::letter::MailState;
use afterwatch::domain::{OutboxId, Scope, SiteId, Timestamp};
use afterwatch::mail::Transport;
use afterwatch::secrets::Keys;
use afterwatch::store::outbox::{self, NewLetter};
use afterwatch::store::schema::{delivery_attempt, outbox as letters};
use afterwatch::store::{Connection, audit, backup, training};
use afterwatch::web::demo::{OFFSET, SHOWN, Shown};
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use futures::future::join_all;
use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::{Child, Command};

use crate::post::Post;
use crate::smtp_sink::{Mode, Point, Sink};

/// Between which two steps the program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    /// The mail is due; it is not taken from the outbox yet.
    BeforeTheLease,
    /// It is taken; the mail server is not reached yet.
    AfterTheLease,
    /// The mail server has got this much.
    At(Point),
    /// The mail server has said that it took the mail; that is not noted yet.
    AfterTheAnswer,
    /// That is noted.
    AfterTheNote,
}

/// How long the program may take until its mails are due, where that is waited for.
const LEAD: SignedDuration = SignedDuration::from_secs(12);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A clinic that owes four mails now, one of them an alert.
struct Owing {
    directory: TempDir,
    site: SiteId,
    due: Timestamp,
}

impl Owing {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let post = Post::new(Transport::Capture).await;
        for number in 0..3 {
            let letter = NewLetter { dedup_key: format!("{number}"), ..post.prompt() };
            post.owe(letter).await.unwrap();
        }
        post.alert().await;
        let shown = Shown {
            base_url: String::new(),
            staff: Vec::new(),
            patients: Vec::new(),
            api_token: String::new(),
        };
        let shown = serde_json::to_string(&shown).unwrap();
        post.app.write(move |conn| training::set_fact(conn, SHOWN, &shown)).await;
        backup::copy(post.app.app.db.path(), &directory.path().join("afterwatch.db")).unwrap();
        Self { directory, site: post.site, due: post.app.now() }
    }

    /// A registry of one's own that owes the same.
    fn again(&self) -> Data {
        let directory = tempfile::tempdir().unwrap();
        let from = self.directory.path().join("afterwatch.db");
        std::fs::copy(from, directory.path().join("afterwatch.db")).unwrap();
        // The keys of the program in which the mails came to be owed.
        let key = directory.path().join("afterwatch.key");
        Keys::load_or_create(&key).unwrap();
        std::fs::write(&key, [7; 32]).unwrap();
        Data { directory, site: self.site, due: self.due }
    }
}

/// A data directory that the program is started on.
struct Data {
    directory: TempDir,
    site: SiteId,
    due: Timestamp,
}

impl Data {
    fn path(&self) -> PathBuf {
        self.directory.path().join("afterwatch.db")
    }

    /// A connection beside the program's own.
    fn connection(&self) -> Connection {
        let mut conn = Connection::establish(self.path().to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 20000").unwrap();
        conn
    }

    /// Takes the lock for writing, which the program must wait for.
    fn lock(&self) -> Connection {
        let mut conn = self.connection();
        conn.batch_execute("BEGIN IMMEDIATE").unwrap();
        conn
    }

    /// Sets the clock of the program that will be started.
    fn set_clock(&self, now: Timestamp) {
        let offset = now.since(Clock::system().now()).as_millis().to_string();
        training::set_fact(&mut self.connection(), OFFSET, &offset).unwrap();
    }

    async fn start(&self, smtp_url: &str) -> Child {
        let mut child = Command::new(env!("CARGO_BIN_EXE_afterwatch"))
            .args(["demo", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(self.directory.path())
            .env("AFTERWATCH_SMTP_URL", smtp_url)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next_line().await.unwrap().expect("the program says that it is ready");
        child
    }

    fn states(&self) -> Vec<(OutboxId, MailState)> {
        states(&mut self.connection())
    }

    async fn until(&self, what: &str, is_there: impl Fn(&[(OutboxId, MailState)]) -> bool) {
        let waited = async {
            while !is_there(&self.states()) {
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, waited).await;
        assert!(in_time.is_ok(), "{what}: {:?}", self.states());
    }
}

fn states(conn: &mut Connection) -> Vec<(OutboxId, MailState)> {
    let rows = letters::table.order(letters::id).select((letters::id, letters::state));
    rows.load(conn).unwrap()
}

fn count(states: &[(OutboxId, MailState)], wanted: MailState) -> usize {
    states.iter().filter(|(_, state)| *state == wanted).count()
}

/// A port that lets nobody in: its queue is full of connections that nobody accepts.
async fn full_port() -> (String, impl Sized) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    let short = Duration::from_millis(300);
    while let Ok(stream) = tokio::time::timeout(short, TcpStream::connect(address)).await {
        queue.push(stream.unwrap());
        assert!(queue.len() < 50, "the port lets everybody in");
    }
    (format!("smtp://{address}"), (listener, queue))
}

/// Starts the program and kills it there.
async fn kill(data: &Data, sink: &Sink, at: Kill) {
    let late = if at == Kill::BeforeTheLease { LEAD } else { SignedDuration::ZERO };
    data.set_clock(data.due.plus(-late));
    let begun = std::time::Instant::now();
    match at {
        Kill::BeforeTheLease => {
            let mut child = data.start(&sink.url()).await;
            let lock = data.lock();
            let lead = LEAD.unsigned_abs();
            assert!(begun.elapsed() < lead, "the program took too long to start");
            // Its workers have seen by then that something is due, and wait for the lock.
            tokio::time::sleep(lead.saturating_sub(begun.elapsed()) + Duration::from_secs(2)).await;
            child.kill().await.unwrap();
            drop(lock);
            let states = data.states();
            assert_eq!(count(&states, MailState::Planned), states.len(), "{states:?}");
            assert_eq!(sink.connections(), 0);
        }
        Kill::AfterTheLease => {
            let (url, _port) = full_port().await;
            let mut child = data.start(&url).await;
            data.until("taken", |states| count(states, MailState::Sending) > 0).await;
            child.kill().await.unwrap();
        }
        Kill::At(point) => {
            sink.set(Mode::HoldsAt(point));
            let mut child = data.start(&sink.url()).await;
            tokio::time::timeout(PATIENCE, sink.reached()).await.unwrap();
            child.kill().await.unwrap();
            assert!(count(&data.states(), MailState::Sending) > 0);
        }
        Kill::AfterTheAnswer => {
            sink.set(Mode::HoldsAt(Point::WholeMail));
            let mut child = data.start(&sink.url()).await;
            tokio::time::timeout(PATIENCE, sink.reached()).await.unwrap();
            let mut lock = data.lock();
            tokio::time::timeout(PATIENCE, sink.answer()).await.unwrap();
            // The answer is there; the note of it waits for the lock.
            tokio::time::sleep(Duration::from_millis(300)).await;
            child.kill().await.unwrap();
            assert_eq!(count(&states(&mut lock), MailState::Accepted), 0);
        }
        Kill::AfterTheNote => {
            let mut child = data.start(&sink.url()).await;
            data.until("noted", |states| count(states, MailState::Accepted) > 0).await;
            child.kill().await.unwrap();
        }
    }
}

fn message_id(mail: &str) -> &str {
    mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap()
}

async fn survives(owing: &Owing, at: Kill) {
    let data = owing.again();
    let sink = Sink::start(Mode::Ok).await;
    kill(&data, &sink, at).await;
    let at_the_kill = data.states();

    // A later day of the same program: what it had taken is free again.
    sink.set(Mode::Ok);
    data.set_clock(data.due.plus(outbox::LEASE).plus_minutes(1));
    let mut child = data.start(&sink.url()).await;
    data.until(&format!("{at:?}: lost"), |states| {
        count(states, MailState::Accepted) == states.len()
    })
    .await;
    child.kill().await.unwrap();

    let mails = sink.mails();
    let states = data.states();
    assert_eq!(states.len(), 4, "{at:?}");
    let arrived = |id: OutboxId| {
        let wanted = format!("<outbox-{id}@training.invalid>");
        mails.iter().filter(|mail| message_id(mail) == wanted).count()
    };
    let all: usize = states.iter().map(|(id, _)| arrived(*id)).sum();
    assert_eq!(all, mails.len(), "{at:?}: a mail that nobody owes");
    for (id, _) in &states {
        assert!((1..=2).contains(&arrived(*id)), "{at:?}: {id} came {} times", arrived(*id));
    }
    // Only what had arrived whole and was not noted comes again.
    let repeats = all - states.len();
    match at {
        Kill::At(Point::WholeMail) | Kill::AfterTheAnswer => assert!(repeats > 0, "{at:?}"),
        Kill::AfterTheNote => assert!(count(&at_the_kill, MailState::Accepted) > 0),
        _ => assert_eq!(repeats, 0, "{at:?}"),
    }
    for (id, _) in at_the_kill.iter().filter(|(_, state)| *state == MailState::Accepted) {
        assert_eq!(arrived(*id), 1, "{at:?}: {id} was noted and came again");
    }
    check_books(&data, at);
}

/// The balance, the tries and the trail after it.
fn check_books(data: &Data, at: Kill) {
    let conn = &mut data.connection();
    let balance = outbox::balance(conn, &Scope::of([data.site])).unwrap();
    assert_eq!((balance.planned(), balance.accepted, balance.waiting), (4, 4, 0), "{at:?}");
    let taken: i64 = delivery_attempt::table
        .filter(delivery_attempt::result.eq("accepted"))
        .count()
        .get_result(conn)
        .unwrap();
    assert_eq!(taken, 4, "{at:?}: each is noted once");
    let keys = Keys::load_or_create(&Path::new(data.directory.path()).join("afterwatch.key"));
    let verdict = audit::verify(conn, &keys.unwrap(), &[]).unwrap();
    assert!(matches!(verdict, audit::Verdict::Whole { .. }), "{at:?}: {verdict:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mail_is_lost_and_at_most_one_repeated_when_the_program_is_killed_while_sending() {
    let owing = Owing::new().await;
    let kills = [
        Kill::BeforeTheLease,
        Kill::AfterTheLease,
        Kill::At(Point::Connection),
        Kill::At(Point::Hello),
        Kill::At(Point::Sender),
        Kill::At(Point::Recipient),
        Kill::At(Point::Data),
        Kill::At(Point::Beginning),
        Kill::At(Point::WholeMail),
        Kill::AfterTheAnswer,
        Kill::AfterTheNote,
    ];
    join_all(kills.map(|at| survives(&owing, at))).await;
}

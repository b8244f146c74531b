//! A mail server that misbehaves on order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// How the server behaves; named after the modes of the security anchors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Takes everything.
    Ok,
    /// Is not there.
    Refuse,
    /// Greets with 421 and goes.
    Banner421,
    /// Greets with 554 and goes.
    Banner554,
    /// Accepts the connection and says nothing.
    Silent,
    /// Greets, then says nothing.
    SilentAfterGreeting,
    /// Answers every command, each too late for the test's deadline.
    Slow,
    /// Speaks no SMTP.
    Garbage,
    /// Refuses the password.
    Auth535,
    /// Offers encryption and then speaks none.
    BrokenTls,
    /// Behaves otherwise on each connection, in turn, and well in the end.
    Random,
    /// Refuses the sender for now.
    Mail4xx,
    /// Refuses the sender for good.
    Mail5xx,
    /// Refuses the recipient for now.
    Rcpt4xx,
    /// Refuses the recipient for good and repeats the address.
    Rcpt5xx,
    /// Refuses the recipients that begin with "bad" for good, takes the others.
    BadRcpt5xx,
    /// Is silent after the recipients that begin with "slow", takes the others.
    HangsOnSlow,
    /// Refuses the content for now.
    Data4xx,
    /// Refuses the content for good.
    Data5xx,
    /// Refuses every recipient the first time.
    Greylist,
    /// Asks for the mail and goes.
    DropAfter354,
    /// Takes a part of the mail and goes.
    MidDataDrop,
    /// Takes the mail and goes without an answer.
    DropAfterData,
    /// Takes the mail and answers too late.
    SlowAfterData,
    /// Takes the mail, answers, and goes.
    AckThenDrop,
    /// Stands still at this point of every dialogue until it is told to go on.
    HoldsAt(Point),
}

/// A point of the dialogue: what the server has just got and not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    Connection,
    Hello,
    Sender,
    Recipient,
    Data,
    /// The first line of the mail.
    Beginning,
    /// The whole mail, with the dot behind it.
    WholeMail,
}

/// What [`Mode::Random`] is made of: every mode that may be better next time.
const MIX: &[Mode] = &[
    Mode::Data4xx,
    Mode::DropAfterData,
    Mode::Banner421,
    Mode::MidDataDrop,
    Mode::Mail4xx,
    Mode::AckThenDrop,
    Mode::DropAfter354,
    Mode::Silent,
    Mode::Rcpt4xx,
    Mode::Garbage,
    Mode::AckThenDrop,
];

/// Where dialogues stand still.
struct Gate {
    reached: Semaphore,
    open: Semaphore,
    gone_on: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        let closed = || Semaphore::new(0);
        Self { reached: closed(), open: closed(), gone_on: closed() }
    }
}

impl Gate {
    /// Waits here if this is where the server stands still.
    async fn hold(&self, mode: Mode, point: Point) {
        if mode == Mode::HoldsAt(point) {
            self.reached.add_permits(1);
            let _ = self.open.acquire().await;
        }
    }
}

async fn once(signal: &Semaphore) {
    signal.acquire().await.unwrap().forget();
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    recipients: Vec<String>,
    mails: Vec<String>,
}

/// The server and what it has seen.
pub struct Sink {
    port: u16,
    mode: Arc<Mutex<Mode>>,
    seen: Arc<Mutex<Seen>>,
    gate: Arc<Gate>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sink {
    pub async fn start(mode: Mode) -> Self {
        Self::start_with(mode, None).await
    }

    /// Takes everything, and encrypts with this certificate whoever asks for it.
    pub async fn encrypting(tls: TlsAcceptor) -> Self {
        Self::start_with(Mode::Ok, Some(tls)).await
    }

    async fn start_with(mode: Mode, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (mode, seen) = (Arc::new(Mutex::new(mode)), Arc::new(Mutex::new(Seen::default())));
        let gate = Arc::new(Gate::default());
        let shared = (Arc::clone(&mode), Arc::clone(&seen), Arc::clone(&gate));
        let task = tokio::spawn(async move {
            if *shared.0.lock().unwrap() == Mode::Refuse {
                return;
            }
            while let Ok((stream, _)) = listener.accept().await {
                let (mode, seen) = (*shared.0.lock().unwrap(), Arc::clone(&shared.1));
                let (gate, tls) = (Arc::clone(&shared.2), tls.clone());
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.connections += 1;
                    seen.connections
                };
                let mode = if mode == Mode::Random { MIX[number % MIX.len()] } else { mode };
                tokio::spawn(async move {
                    let _ = serve(Box::new(stream), mode, (&seen, &gate), tls).await;
                });
            }
        });
        tokio::task::yield_now().await;
        Self { port, mode, seen, gate, task }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Changes the behaviour towards new connections.
    pub fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
    }

    /// Waits until a dialogue stands still ([`Mode::HoldsAt`]).
    pub async fn reached(&self) {
        once(&self.gate.reached).await;
    }

    /// Lets all dialogues go on, and waits until one that held the whole mail has its answer.
    pub async fn answer(&self) {
        self.gate.open.add_permits(Semaphore::MAX_PERMITS / 2);
        once(&self.gate.gone_on).await;
    }

    /// The mails that were taken, whole.
    pub fn mails(&self) -> Vec<String> {
        self.seen.lock().unwrap().mails.clone()
    }

    /// How many recipients were named.
    pub fn asked(&self) -> usize {
        self.seen.lock().unwrap().recipients.len()
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }
}

/// A connection, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

type Lines = BufReader<Box<dyn Stream>>;

async fn say(stream: &mut Lines, line: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await
}

async fn offer_tls(stream: &mut Lines) -> std::io::Result<()> {
    say(stream, "250-sink").await?;
    say(stream, "250 STARTTLS").await
}

async fn wait() {
    tokio::time::sleep(Duration::from_hours(1)).await;
}

async fn serve(
    stream: Box<dyn Stream>,
    mode: Mode,
    (seen, gate): (&Mutex<Seen>, &Gate),
    tls: Option<TlsAcceptor>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    gate.hold(mode, Point::Connection).await;
    match mode {
        Mode::Silent => wait().await,
        Mode::Banner421 => return say(&mut stream, "421 try later").await,
        Mode::Banner554 => return say(&mut stream, "554 no service here").await,
        Mode::Garbage => say(&mut stream, "HTTP/1.1 400 Bad Request\r\n\r\n<html>").await?,
        _ => say(&mut stream, "220 sink ESMTP").await?,
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb: String = line.chars().take(4).collect::<String>().to_uppercase();
        if mode == Mode::SilentAfterGreeting {
            wait().await;
        }
        if mode == Mode::Slow {
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
        match verb.as_str() {
            "EHLO" => gate.hold(mode, Point::Hello).await,
            "MAIL" => gate.hold(mode, Point::Sender).await,
            "RCPT" => gate.hold(mode, Point::Recipient).await,
            "DATA" => gate.hold(mode, Point::Data).await,
            _ => {}
        }
        match (verb.as_str(), mode) {
            ("EHLO", Mode::Auth535) => {
                say(&mut stream, "250-sink").await?;
                say(&mut stream, "250 AUTH PLAIN LOGIN").await?;
            }
            ("AUTH", Mode::Auth535) => say(&mut stream, "535 wrong password").await?,
            ("EHLO", Mode::BrokenTls) => offer_tls(&mut stream).await?,
            ("EHLO", _) if tls.is_some() => offer_tls(&mut stream).await?,
            ("STAR", Mode::BrokenTls) => {
                say(&mut stream, "220 go").await?;
                return say(&mut stream, "250 I do not know how").await;
            }
            ("STAR", _) if tls.is_some() => {
                say(&mut stream, "220 go").await?;
                let encrypted = tls.as_ref().unwrap().accept(stream.into_inner()).await?;
                stream = BufReader::new(Box::new(encrypted));
            }
            ("MAIL", Mode::Mail4xx) => say(&mut stream, "451 not now").await?,
            ("MAIL", Mode::Mail5xx) => say(&mut stream, "550 sender unknown").await?,
            ("RCPT", _) => {
                if !rcpt(&mut stream, mode, &line, seen).await? {
                    wait().await;
                }
            }
            ("DATA", Mode::DropAfter354) => return say(&mut stream, "354 go").await,
            ("DATA", _) => {
                say(&mut stream, "354 go").await?;
                if !data(&mut stream, mode, seen, gate).await? {
                    return Ok(());
                }
            }
            ("QUIT", _) => return say(&mut stream, "221 bye").await,
            _ => say(&mut stream, "250 ok").await?,
        }
    }
}

/// Answers a recipient; `false` when the server falls silent.
async fn rcpt(
    stream: &mut Lines,
    mode: Mode,
    line: &str,
    seen: &Mutex<Seen>,
) -> std::io::Result<bool> {
    let address = line.trim_start_matches(|c| c != '<').trim().to_owned();
    let known = seen.lock().unwrap().recipients.contains(&address);
    seen.lock().unwrap().recipients.push(address.clone());
    let answer = match mode {
        Mode::Rcpt4xx => "450 mailbox busy".to_owned(),
        Mode::Greylist if !known => "451 greylisted, come back".to_owned(),
        Mode::Rcpt5xx => format!("550 5.1.1 {address}: no such user"),
        Mode::BadRcpt5xx if address.starts_with("<bad") => "550 no such user".to_owned(),
        Mode::HangsOnSlow if address.starts_with("<slow") => return Ok(false),
        _ => "250 ok".to_owned(),
    };
    say(stream, &answer).await?;
    Ok(true)
}

/// Takes the content; `false` when the connection ends with it.
async fn data(
    stream: &mut Lines,
    mode: Mode,
    seen: &Mutex<Seen>,
    gate: &Gate,
) -> std::io::Result<bool> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || mode == Mode::MidDataDrop {
            return Ok(false);
        }
        if line == ".\r\n" {
            break;
        }
        if mail.is_empty() {
            gate.hold(mode, Point::Beginning).await;
        }
        mail.push_str(&line);
    }
    match mode {
        Mode::Data4xx => say(stream, "451 not now").await?,
        Mode::Data5xx => say(stream, "554 content refused").await?,
        _ => {
            seen.lock().unwrap().mails.push(mail);
            match mode {
                Mode::DropAfterData => return Ok(false),
                Mode::SlowAfterData => wait().await,
                Mode::AckThenDrop => {
                    say(stream, "250 taken").await?;
                    return Ok(false);
                }
                _ => {
                    gate.hold(mode, Point::WholeMail).await;
                    say(stream, "250 taken").await?;
                    gate.gone_on.add_permits(1);
                }
            }
        }
    }
    Ok(true)
}

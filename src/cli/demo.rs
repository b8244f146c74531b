//! `afterwatch demo`: an invented registry with a believable past, served in training mode.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::filter::LevelFilter;

use super::could_not;
use super::place::{ANCHORS, Place};
use super::serve::{begin_log, stop_on_signal};
use crate::auditor::Auditor;
use crate::clock::Clock;
use crate::config::{LogFormat, Outgoing, Settings};
use crate::demo::{self, Training, cohort};
use crate::domain::{Codelist, Timestamp};
use crate::due_work::DueWork;
use crate::engine;
use crate::mail::{SmtpSettings, Transport};
use crate::secrets::Keys;
use crate::store::{Db, training};
use crate::web::App;
use crate::web::demo::{OFFSET, SHOWN, Shown, ShownLogin, ShownPatient};

/// How often a rehearsed night is looked after.
const LOOK: std::time::Duration = std::time::Duration::from_secs(5);

const HELP: &str = "\
Examples:
  afterwatch demo
  afterwatch demo --listen 127.0.0.1:0 --patients 50 --seed 7 --json

Nothing is real: invented people, mail that is kept instead of sent (unless AFTERWATCH_SMTP_URL
is set), and a clock that can be moved on the page /demo.";

/// Serve an invented registry to learn with
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Demo {
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Keep the registry in this directory and go on with it next time [default: a new one, forgotten at the end]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How many patients
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=5000), value_name = "N")]
    patients: u32,
    /// Equal seeds invent equal people
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Print where to go as one JSON line, once it is ready
    #[arg(long)]
    json: bool,
    /// A mail server to send to instead of keeping the mail
    #[arg(long, env = "AFTERWATCH_SMTP_URL", hide_env_values = true, value_name = "URL")]
    smtp_url: Option<String>,
}

/// Why training could not start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(transparent)]
    Place(#[from] super::place::PlaceError),
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    #[error(transparent)]
    Demo(#[from] demo::DemoError),
    #[error(
        "{0} holds a registry that is no training registry; choose another directory, real data and training never meet"
    )]
    NotTraining(PathBuf),
    #[error("{0} cannot be listened on: {1}")]
    Listen(SocketAddr, std::io::Error),
    #[error("a temporary directory cannot be made: {0}")]
    Directory(std::io::Error),
    #[error("the mail server cannot be used: {0}")]
    Smtp(String),
    #[error("{0}")]
    Other(String),
}

/// Serves until told to stop.
#[must_use]
pub fn run(arguments: &Demo) -> ExitCode {
    begin_log(LogFormat::Text, LevelFilter::WARN);
    let ready = match Ready::make(arguments) {
        Ok(ready) => ready,
        Err(error) => return could_not(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not(&error),
    };
    let outcome = runtime.block_on(train(ready, arguments.json));
    // The writer ends with the last handle; give it the time to empty its queue.
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => could_not(&error),
    }
}

/// The directory of this training, removed at the end when nobody asked to keep it.
struct Directory {
    path: PathBuf,
    is_kept: bool,
}

impl Directory {
    fn choose(wanted: Option<&PathBuf>) -> Result<Self, StartError> {
        if let Some(path) = wanted {
            return Ok(Self { path: path.clone(), is_kept: true });
        }
        let name = format!("afterwatch-demo-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).map_err(StartError::Directory)?;
        Ok(Self { path, is_kept: false })
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// A filled registry and a place to listen.
struct Ready {
    directory: Directory,
    listener: TcpListener,
    address: SocketAddr,
    db: Db,
    keys: Keys,
    clock: Clock,
    shown: Shown,
    smtp: Option<SmtpSettings>,
}

impl Ready {
    fn make(arguments: &Demo) -> Result<Self, StartError> {
        let url = arguments.smtp_url.clone().filter(|url| !url.is_empty());
        let smtp = url.map(SmtpSettings::new);
        if let Some(smtp) = &smtp {
            Transport::smtp(smtp).map_err(|error| StartError::Smtp(error.to_string()))?;
        }
        let listen = |error| StartError::Listen(arguments.listen, error);
        let listener = TcpListener::bind(arguments.listen).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let base_url = format!("http://{address}");
        let directory = Directory::choose(arguments.data.as_ref())?;
        let place = Place { data: directory.path.clone(), key_file: None };
        let is_new = !place.database().exists();
        let (db, keys) = place.open_or_create()?;
        let clock = clock(&db)?;
        if is_new {
            fill(&db, &keys, &base_url, clock.now(), arguments)?;
        }
        let shown = shown(&db, &base_url, &directory.path)?;
        Ok(Self { directory, listener, address, db, keys, clock, shown, smtp })
    }
}

async fn train(ready: Ready, json: bool) -> Result<(), StartError> {
    let Ready { directory, listener, address, db, keys, clock, shown, smtp } = ready;
    let listener = tokio::net::TcpListener::from_std(listener)
        .map_err(|error| StartError::Listen(address, error))?;
    let mail = smtp.map(|smtp| Outgoing {
        smtp,
        from: "follow-up@training.invalid".to_owned(),
        name: "Follow-up".to_owned(),
    });
    let settings = Settings {
        listen: address,
        base_url: shown.base_url.clone(),
        mail,
        ..Settings::for_training(&directory.path, clock.now())
    };
    let anchors = directory.path.join(ANCHORS);
    let mut app = App::new(db, clock, keys, settings);
    let worker = engine::worker(&app).map_err(|error| StartError::Smtp(error.to_string()))?;
    app.mail_due = worker.bell();
    let auditor = Auditor::new(app.clone(), anchors.clone());
    app.due = Some(DueWork::start(&app, worker.clone(), auditor));
    let stop = CancellationToken::new();
    tokio::spawn(stop_on_signal(stop.clone()));
    tokio::spawn(rehearse(app.clone(), stop.clone()));
    say(&shown, json)?;
    engine::run(app, worker, listener, anchors, stop).await;
    Ok(())
}

/// Lets a rehearsed night go on while nobody moves the clock.
async fn rehearse(app: App, stop: CancellationToken) {
    let work = async {
        loop {
            match demo::night::play(&app.db, &app.clock, &app.practice).await {
                Ok(true) => app.mail_due.notify_one(),
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the rehearsed night could not go on"),
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    let _ = stop.run_until_cancelled(work).await;
}

/// The training clock goes on where it was left.
fn clock(db: &Db) -> Result<Clock, StartError> {
    let offset = db.read_blocking(|conn| training::fact(conn, OFFSET))?;
    let milliseconds = offset.and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(Clock::movable(SignedDuration::from_millis(milliseconds)))
}

fn fill(
    db: &Db,
    keys: &Keys,
    base_url: &str,
    now: Timestamp,
    arguments: &Demo,
) -> Result<(), StartError> {
    let cohort = Arc::new(cohort::invent(now, arguments.patients as usize, arguments.seed));
    let (keys, seed) = (keys.clone(), arguments.seed);
    let base_url = base_url.to_owned();
    db.write_blocking(move |conn| {
        let made = demo::past::play(conn, &keys, &cohort, now, seed)?;
        let text = serde_json::to_string(&to_show(made, &base_url)).unwrap_or_default();
        training::set_fact(conn, SHOWN, &text)?;
        Ok::<_, demo::DemoError>(())
    })?;
    Ok(())
}

fn to_show(made: Training, base_url: &str) -> Shown {
    Shown {
        base_url: base_url.to_owned(),
        staff: made
            .staff
            .into_iter()
            .map(|login| ShownLogin {
                role: login.role.code().to_owned(),
                email: login.email,
                password: login.password,
            })
            .collect(),
        patients: made
            .patients
            .into_iter()
            .map(|patient| ShownPatient {
                language: patient.language.code().to_owned(),
                link: format!("{base_url}/p/{}", patient.token),
                birth_year: patient.birth_year,
            })
            .collect(),
        api_token: made.api_token,
    }
}

/// What was kept when the registry was made, with the address of this time.
fn shown(db: &Db, base_url: &str, path: &std::path::Path) -> Result<Shown, StartError> {
    let text = db.read_blocking(|conn| training::fact(conn, SHOWN))?;
    let not_training = || StartError::NotTraining(path.to_owned());
    let mut shown: Shown = serde_json::from_str(&text.ok_or_else(not_training)?)
        .map_err(|error| StartError::Other(error.to_string()))?;
    for patient in &mut shown.patients {
        if let Some(rest) = patient.link.strip_prefix(&shown.base_url) {
            patient.link = format!("{base_url}{rest}");
        }
    }
    base_url.clone_into(&mut shown.base_url);
    let text = serde_json::to_string(&shown).unwrap_or_default();
    db.write_blocking(move |conn| training::set_fact(conn, SHOWN, &text))?;
    Ok(shown)
}

fn say(shown: &Shown, json: bool) -> Result<(), StartError> {
    if json {
        let line = serde_json::to_string(shown).map_err(|e| StartError::Other(e.to_string()))?;
        println!("{line}");
        return Ok(());
    }
    println!("Afterwatch is ready to learn with. Open\n\n    {}/demo\n", shown.base_url);
    println!("Sign in there with one press, or at {}/login as", shown.base_url);
    for login in &shown.staff {
        println!("    {:<16} {:<32} {}", login.role, login.email, login.password);
    }
    println!("\nBe a patient:");
    for patient in &shown.patients {
        println!(
            "    {:<6} {}  (birth year {})",
            patient.language, patient.link, patient.birth_year
        );
    }
    println!("\nKey for other systems: {}\nStop with Ctrl-C.", shown.api_token);
    Ok(())
}

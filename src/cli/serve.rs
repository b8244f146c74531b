//! `afterwatch serve`: the running program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::filter::LevelFilter;

use super::could_not;
use super::place::Place;
use crate::clock::Clock;
use crate::config::{LogFormat, Problem, Problems, Settings, Sources};
use crate::engine::{self, Lock};
use crate::rules;
use crate::store;
use crate::web::App;

const HELP: &str = "\
Examples:
  afterwatch serve
  afterwatch serve --config /etc/afterwatch.toml --listen 127.0.0.1:8080

Every setting may also be an AFTERWATCH_… variable or stand in afterwatch.toml; a flag
beats a variable, a variable beats the file. Secrets come from variables or files only
(AFTERWATCH_SMTP_URL, AFTERWATCH_SMTP_URL_FILE). Put a proxy with TLS in front, and pass
Host and X-Forwarded-For. Make the first settings with: afterwatch init";

/// Where the settings come from. Shared by the commands that need them.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SettingFlags {
    /// The file with the settings [default: afterwatch.toml]
    #[arg(long, env = "AFTERWATCH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// How the outside reaches it, such as <https://follow-up.example.org>
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The directory with the database [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<String>,
    /// The file with the key [default: afterwatch.key in the data directory]
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,
    /// The number that every page names for emergencies
    #[arg(long, value_name = "NUMBER")]
    emergency_number: Option<String>,
    /// The phone number on pages that know no clinic
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// The address that mail is sent from
    #[arg(long, value_name = "ADDRESS")]
    mail_from: Option<String>,
}

impl SettingFlags {
    /// The file with the settings.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.config.clone().unwrap_or_else(|| PathBuf::from("afterwatch.toml"))
    }

    /// The flags that were given, by the setting's name.
    #[must_use]
    pub fn given(&self) -> BTreeMap<String, String> {
        [
            ("listen", &self.listen),
            ("base_url", &self.base_url),
            ("data", &self.data),
            ("key_file", &self.key_file),
            ("emergency_number", &self.emergency_number),
            ("phone", &self.phone),
            ("mail_from", &self.mail_from),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
        .collect()
    }

    /// Everything that was said.
    pub fn sources(&self) -> Result<Sources, Problems> {
        Sources::of_process(self.given(), &self.file())
    }
}

/// Serve the pages, send the mail, keep the schedule
#[derive(Debug, Default, clap::Args)]
#[command(after_help = HELP)]
pub struct Serve {
    #[command(flatten)]
    settings: SettingFlags,
}

/// Serves until it is told to stop. 0: stopped when told to; 2: could not run.
#[must_use]
pub fn run(arguments: &Serve) -> ExitCode {
    match start(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => could_not(&why),
    }
}

fn start(arguments: &Serve) -> Result<(), String> {
    let clock = Clock::system();
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let refused = |problems: &Problems| {
        format!(
            "it is not safe to start; please mend:\n{problems}\nSee also: afterwatch init --help"
        )
    };
    let sources = arguments.settings.sources().map_err(|problems| refused(&problems))?;
    let settings = Settings::read(&sources, clock.now()).map_err(|problems| refused(&problems))?;
    install_rules(&settings).map_err(|problems| refused(&problems))?;
    begin_log(settings.log, LevelFilter::INFO);
    let place = Place { data: settings.data.clone(), key_file: Some(settings.key_file.clone()) };
    if !place.database().exists() {
        return Err(text(&super::place::PlaceError::Missing(place.data)));
    }
    let _lock = Lock::take(&settings.data).map_err(|error| text(&error))?;
    let (db, keys) = place.open().map_err(|error| text(&error))?;
    let now = clock.now();
    let gaps = db
        .read_blocking(|conn| engine::gaps(conn, now))
        .map_err(|error: store::Error| text(&error))?;
    if !gaps.is_empty() {
        return Err(refused(&Problems(gaps.into_iter().map(Problem).collect())));
    }
    let (listen, base_url) = (settings.listen, settings.base_url.clone());
    let mut app = App::new(db, clock, keys, settings);
    let worker = engine::worker(&app).map_err(|error| text(&error))?;
    app.mail_due = worker.bell();
    let runtime = tokio::runtime::Runtime::new().map_err(|error| text(&error))?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen)
            .await
            .map_err(|error| format!("{listen} cannot be listened on: {error}"))?;
        let stop = CancellationToken::new();
        tokio::spawn(stop_on_signal(stop.clone()));
        tracing::info!(%listen, base_url, "serving");
        engine::run(app, worker, listener, place.anchors(), stop).await;
        tracing::info!("stopped");
        Ok(())
    })
}

/// Puts the clinic's own rule sets in force beside the built-in ones.
pub(super) fn install_rules(settings: &Settings) -> Result<(), Problems> {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for path in &settings.rules {
        match std::fs::read_to_string(path) {
            Ok(text) => files.push((path.display().to_string(), text)),
            Err(error) => problems
                .push(Problem(format!("the rule file {} cannot be read: {error}", path.display()))),
        }
    }
    if let Err(wrong) = rules::install(&files) {
        for (name, mistakes) in wrong {
            problems.push(Problem(super::rules::mistakes(&name, &mistakes)));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
}

/// Log lines go to standard error. A panic is logged with its place only: what it says may
/// hold anything.
pub fn begin_log(format: LogFormat, level: LevelFilter) {
    use tracing_subscriber::prelude::*;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let begun = match format {
        LogFormat::Json => {
            tracing_subscriber::registry().with(lines.json().with_filter(level)).try_init()
        }
        LogFormat::Text => tracing_subscriber::registry().with(lines.with_filter(level)).try_init(),
    };
    // A second start in the same process (tests) keeps the first log.
    if begun.is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "a piece of work panicked");
        }));
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn stop_on_signal(stop: CancellationToken) {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping: running requests may end");
    stop.cancel();
}

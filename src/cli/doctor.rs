//! `afterwatch doctor`: is everything as it must be, and what to do where it is not.

use std::process::ExitCode;

use jiff::SignedDuration;

use super::could_not;
use super::place::{Place, PlaceError, read_anchors};
use super::serve::{SettingFlags, install_rules};
use crate::clock::Clock;
use crate::config::{Settings, Sources};
use crate::domain::Timestamp;
use crate::domain::fault::is_nearly_full;
use crate::engine;
use crate::mail::Transport;
use crate::secrets::Keys;
use crate::store::{self, Db, audit, health, outbox};

const HELP: &str = "\
Examples:
  afterwatch doctor
  afterwatch doctor --mail
  afterwatch doctor --config /etc/afterwatch.toml --data /var/lib/afterwatch

It may run while afterwatch serve does. Exit codes: 0 all is well, 1 something must be
mended, 2 there is no registry to look at.";

/// A mail that waits for longer is late.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

/// Check settings, key, database, audit trail, disk and duty; say what to do
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Doctor {
    #[command(flatten)]
    settings: SettingFlags,
    /// Also speak with the mail server, without sending anything
    #[arg(long)]
    mail: bool,
}

/// What was found, as it is printed.
#[derive(Default)]
struct Findings {
    is_ill: bool,
}

impl Findings {
    /// One check: what is wrong with it, or nothing, and a word about what was seen.
    fn note(&mut self, check: &str, wrong: &[String], seen: &str) {
        if wrong.is_empty() {
            println!("ok    {check}: {seen}");
        }
        for what in wrong {
            self.is_ill = true;
            println!("MEND  {check}: {what}");
        }
    }
}

/// Looks at everything. 0: all is well; 1: something must be mended; 2: nothing to look at.
#[must_use]
pub fn run(arguments: &Doctor) -> ExitCode {
    let now = Clock::system().now();
    let mut findings = Findings::default();
    let sources = match arguments.settings.sources() {
        Ok(sources) => sources,
        Err(problems) => return could_not(&problems),
    };
    let settings = settings(&mut findings, &sources, now);
    let (data, key_file) = sources.place();
    let place = Place { data, key_file: Some(key_file) };
    let opened = registry(&mut findings, &place);
    let Ok((db, keys)) = opened else {
        return ExitCode::from(2);
    };
    if let Err(error) = stored(&mut findings, &place, &db, &keys, now) {
        findings.note("database", &[error.to_string()], "");
    }
    disk(&mut findings, &place);
    if arguments.mail {
        mail_server(&mut findings, settings.as_ref());
    }
    if findings.is_ill { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn settings(findings: &mut Findings, sources: &Sources, now: Timestamp) -> Option<Settings> {
    let lines = |problems: crate::config::Problems| -> Vec<String> {
        problems.0.into_iter().map(|problem| problem.0).collect()
    };
    match Settings::read(sources, now) {
        Ok(settings) => {
            findings.note("settings", &[], "complete");
            let rules = install_rules(&settings).map_err(lines).err().unwrap_or_default();
            findings.note("rules", &rules, "every rule set can be loaded");
            Some(settings)
        }
        Err(problems) => {
            findings.note("settings", &lines(problems), "");
            None
        }
    }
}

fn registry(findings: &mut Findings, place: &Place) -> Result<(Db, Keys), PlaceError> {
    let keys = if place.database().exists() { place.keys() } else { place.open().map(|(_, k)| k) };
    let wrong: Vec<String> = keys.as_ref().err().map(ToString::to_string).into_iter().collect();
    let seen = format!("{} is there and only its owner can read it", place.key().display());
    findings.note("key", &wrong, &seen);
    keys?;
    let opened = place.open();
    let wrong: Vec<String> = opened.as_ref().err().map(ToString::to_string).into_iter().collect();
    let seen = "opened; the settings of every connection were set and read back";
    findings.note("database", &wrong, seen);
    opened
}

/// Everything that stands in the database.
fn stored(
    findings: &mut Findings,
    place: &Place,
    db: &Db,
    keys: &Keys,
    now: Timestamp,
) -> store::Result<()> {
    let restore = |what: String| {
        format!(
            "{what}; stop afterwatch and put the last good copy in place: afterwatch restore FILE"
        )
    };
    let broken: Vec<String> =
        db.read_blocking(health::broken_structure)?.into_iter().map(restore).collect();
    findings.note("structure", &broken, "every page of the file is sound");
    let dangling = db.read_blocking(health::dangling_rows)?;
    let wrong: Vec<String> = (dangling > 0)
        .then(|| restore(format!("{dangling} rows point to rows that are missing")))
        .into_iter()
        .collect();
    findings.note("references", &wrong, "no row points to a missing one");

    let anchors = read_anchors(&place.anchors());
    let (anchors, unread) = match anchors {
        Ok(anchors) => (anchors, None),
        Err(error) => {
            let path = place.anchors();
            (Vec::new(), Some(format!("{} cannot be read: {error}", path.display())))
        }
    };
    let (verdict, noted) =
        (db.read_blocking(|conn| audit::verify(conn, keys, &anchors))?, anchors.len());
    let (mut wrong, seen) = match verdict {
        audit::Verdict::Whole { entries, .. } => {
            (Vec::new(), format!("whole, {entries} entries, {noted} anchors"))
        }
        audit::Verdict::Broken { seq, what } => {
            let what = format!(
                "broken at entry {seq}: {what}; keep a copy of the file, and compare it with the backups"
            );
            (vec![what], String::new())
        }
    };
    wrong.extend(unread);
    findings.note("audit trail", &wrong, &seen);

    let gaps = db.read_blocking(|conn| engine::gaps(conn, now))?;
    findings.note("people and clock", &gaps, "administrators, duty and clock are in order");
    let late = db.read_blocking(|conn| outbox::overdue(conn, now, PATIENCE))?;
    let wrong: Vec<String> = (late > 0)
        .then(|| {
            format!("{late} mails are more than 5 minutes late; is afterwatch serve running? See also: afterwatch doctor --mail")
        })
        .into_iter()
        .collect();
    findings.note("mail", &wrong, "nothing is late");
    Ok(())
}

/// How much of the disk under the data directory is free.
fn disk(findings: &mut Findings, place: &Place) {
    match health::free_space(&place.data) {
        Ok(Some((free, percent))) => {
            let seen = format!("{} MiB free ({percent} %)", free / 1_048_576);
            let wrong: Vec<String> = is_nearly_full(free, percent)
                .then(|| format!("only {seen} where the data are; make room, or reports can soon not be saved"))
                .into_iter()
                .collect();
            findings.note("disk", &wrong, &seen);
        }
        Ok(None) => println!("-     disk: not known on this system; look yourself"),
        Err(error) => findings.note("disk", &[error.to_string()], ""),
    }
}

/// Speaks with the mail server as far as the sign-in.
fn mail_server(findings: &mut Findings, settings: Option<&Settings>) {
    let Some(mail) = settings.and_then(|settings| settings.mail.as_ref()) else {
        let wrong = "not asked, because the settings must be mended first".to_owned();
        findings.note("mail server", &[wrong], "");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let reached =
        Transport::smtp(&mail.smtp).map_err(|error| error.to_string()).and_then(|transport| {
            let runtime = runtime.map_err(|error| error.to_string())?;
            runtime.block_on(transport.reach())
        });
    let wrong: Vec<String> = reached.err().into_iter().collect();
    findings.note(
        "mail server",
        &wrong,
        "answers and lets us in; try also: afterwatch mail test ADDRESS",
    );
}

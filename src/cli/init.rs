//! `afterwatch init`: from nothing to a registry that `serve` accepts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::place::Place;
use super::serve::SettingFlags;
use super::staff::{link, put_on_duty};
use super::{could_not, found_wrong};
use crate::access::accounts::{self, AccountError};
use crate::access::sign_in::fold_email;
use crate::clock::Clock;
use crate::config::{KEYS, Settings, Sources, is_address};
use crate::domain::problem::Problem;
use crate::domain::{Actor, Codelist, Language, Role, SiteId, StaffId, Timestamp};
use crate::engine::Lock;
use crate::registry::Refusal;
use crate::registry::site::{SiteForm, add_site};
use crate::store::staff::NewStaff;
use crate::store::{self, Connection, staff};

const HELP: &str = "\
Examples:
  afterwatch init
  AFTERWATCH_SMTP_URL=smtps://user:password@mail.example.org afterwatch init \\
    --base-url https://follow-up.example.org --emergency-number 120 --phone '+86 21 5555 0100' \\
    --mail-from follow-up@example.org --site-code A --site-name 'Clinic A' --time-zone Asia/Shanghai \\
    --admin-email it@example.org --admin-name 'First Administrator' \\
    --nurse-email nurse@example.org --nurse-name 'First Nurse'

What is missing is asked for at a terminal. Run it again when something was wrong.";

/// Ask for the settings, make the key, the database, the first clinic and its first people
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Init {
    #[command(flatten)]
    settings: SettingFlags,
    /// Short name of the first clinic
    #[arg(long, value_name = "CODE")]
    site_code: Option<String>,
    /// Its name
    #[arg(long, value_name = "NAME")]
    site_name: Option<String>,
    /// The sender's name in its mails: it must not tell of the treatment
    #[arg(long, value_name = "NAME")]
    site_mail_name: Option<String>,
    /// Its time zone, such as Asia/Shanghai
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Its usual language: en or zh-CN
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// The address of the first administrator
    #[arg(long, value_name = "ADDRESS")]
    admin_email: Option<String>,
    /// Their name
    #[arg(long, value_name = "NAME")]
    admin_name: Option<String>,
    /// The address of the first nurse, who is on duty: told at once when a patient is in danger
    #[arg(long, value_name = "ADDRESS")]
    nurse_email: Option<String>,
    /// Their name
    #[arg(long, value_name = "NAME")]
    nurse_name: Option<String>,
}

/// What is asked beside the settings: name, question, what stands there when nothing is said.
const QUESTIONS: &[(&str, &str, &str)] = &[
    ("site_code", "short name of the first clinic, such as A", ""),
    ("site_name", "name of the first clinic", ""),
    (
        "site_mail_name",
        "sender's name in its mails; it must not tell of the treatment",
        "Follow-up",
    ),
    ("time_zone", "its time zone, such as Asia/Shanghai", ""),
    ("language", "its usual language, en or zh-CN", "en"),
    ("admin_email", "address of the first administrator", ""),
    ("admin_name", "name of the first administrator", ""),
    ("nurse_email", "address of the first nurse, who is on duty", ""),
    ("nurse_name", "name of the first nurse", ""),
];

/// Makes the registry. 0: made; 1: what was given is wrong; 2: could not.
#[must_use]
pub fn run(arguments: &Init) -> ExitCode {
    match make(arguments) {
        Ok(links) => {
            println!("{links}");
            ExitCode::SUCCESS
        }
        Err(Failure::Given(problems)) => {
            let list: Vec<String> = problems.iter().map(|text| format!("  - {text}")).collect();
            found_wrong(&format!("please mend and run it again:\n{}", list.join("\n")))
        }
        Err(Failure::Run(why)) => could_not(&why),
    }
}

enum Failure {
    Given(Vec<String>),
    Run(String),
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => error.into(),
            other => Self::Given(vec![other.to_string()]),
        }
    }
}

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::Run(error.to_string())
}

fn make(arguments: &Init) -> Result<String, Failure> {
    let mut sources = arguments.settings.sources().map_err(|error| failed(&error))?;
    let answers = ask(arguments, &mut sources).map_err(|error| failed(&error))?;
    let now = Clock::system().now();
    let mut problems = Vec::new();
    let settings = match Settings::read(&sources, now) {
        Ok(settings) => Some(settings),
        Err(found) => {
            problems.extend(found.0.into_iter().map(|problem| problem.0));
            None
        }
    };
    let people = People::read(&answers, &mut problems);
    let form = site_form(&answers, &sources);
    let (Some(settings), true) = (settings, problems.is_empty()) else {
        return Err(Failure::Given(problems));
    };
    let place = Place { data: settings.data.clone(), key_file: Some(settings.key_file.clone()) };
    make_directory(&settings.data).map_err(|error| failed(&error))?;
    let _lock = Lock::take(&settings.data).map_err(|error| failed(&error))?;
    let (db, _) = place.open_or_create().map_err(|error| failed(&error))?;
    let there = db.read_blocking(staff::has_administrator).map_err(|error| failed(&error))?;
    if there {
        return Err(Failure::Given(vec![format!(
            "there is a registry with an administrator in {}; add people with: afterwatch staff add",
            settings.data.display()
        )]));
    }
    let invited = db.write_blocking(move |conn| fill(conn, &form, &people, now))?;
    write_file(&arguments.settings.file(), &sources).map_err(|error| failed(&error))?;
    let mut said = format!(
        "Made: {} with its key {}. Keep a copy of the key apart from the backups of the database.\n",
        place.database().display(),
        place.key().display()
    );
    for (email, token) in invited {
        let link = link(&sources, &token);
        // Writing to a String cannot fail.
        let _ = writeln!(said, "Link for {email}, good once and for three days:\n{link}");
    }
    said.push_str("Start with: afterwatch serve");
    Ok(said)
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Run(error.to_string())
    }
}

/// Flags first; what is missing is asked at a terminal.
fn ask(arguments: &Init, sources: &mut Sources) -> io::Result<BTreeMap<&'static str, String>> {
    let given = [
        ("site_code", &arguments.site_code),
        ("site_name", &arguments.site_name),
        ("site_mail_name", &arguments.site_mail_name),
        ("time_zone", &arguments.time_zone),
        ("language", &arguments.language),
        ("admin_email", &arguments.admin_email),
        ("admin_name", &arguments.admin_name),
        ("nurse_email", &arguments.nurse_email),
        ("nurse_name", &arguments.nurse_name),
    ];
    let at_terminal = io::stdin().is_terminal();
    for key in KEYS.iter().filter(|key| key.default.is_none() && at_terminal) {
        if sources.lacks(key) {
            sources.flags.insert(key.name.to_owned(), question(key.what)?);
        }
    }
    let mut answers = BTreeMap::new();
    for (name, text, default) in QUESTIONS {
        let flag =
            given.iter().find(|(given, _)| given == name).and_then(|(_, value)| value.as_ref());
        let answer = match flag {
            Some(value) => value.clone(),
            None if at_terminal => question(text)?,
            None => String::new(),
        };
        let answer = answer.trim();
        answers.insert(*name, if answer.is_empty() { *default } else { answer }.to_owned());
    }
    Ok(answers)
}

fn question(text: &str) -> io::Result<String> {
    print!("{text}: ");
    io::stdout().flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// The first people.
struct People {
    administrator: (String, String),
    nurse: (String, String),
    language: Language,
}

impl People {
    fn read(answers: &BTreeMap<&'static str, String>, problems: &mut Vec<String>) -> Self {
        let text = |name: &str| answers.get(name).cloned().unwrap_or_default();
        let mut person = |who: &str, email: &str, name: &str| {
            let (email, name) = (fold_email(&text(email)), text(name));
            if !is_address(&email) {
                problems.push(format!("the address of the first {who} is {email:?}, which is no e-mail address (--{}-email)", if who == "nurse" { "nurse" } else { "admin" }));
            }
            if name.is_empty() {
                problems.push(format!("the name of the first {who} is missing"));
            }
            (email, name)
        };
        let administrator = person("administrator", "admin_email", "admin_name");
        let nurse = person("nurse", "nurse_email", "nurse_name");
        let language = Language::from_code(&text("language")).unwrap_or(Language::En);
        Self { administrator, nurse, language }
    }
}

fn site_form(answers: &BTreeMap<&'static str, String>, sources: &Sources) -> SiteForm {
    let text = |name: &str| answers.get(name).cloned().unwrap_or_default();
    SiteForm {
        code: text("site_code"),
        name: text("site_name"),
        mail_name: text("site_mail_name"),
        time_zone: text("time_zone"),
        language: text("language"),
        phone: sources.value("phone"),
        emergency_number: sources.value("emergency_number"),
        thermometer: "oral".to_owned(),
        ctcae_version: "5.0".to_owned(),
        state: "active".to_owned(),
        ..SiteForm::default()
    }
}

/// Adds the clinic, the administrator, and the nurse on duty; returns their invitations.
fn fill(
    conn: &mut Connection,
    form: &SiteForm,
    people: &People,
    now: Timestamp,
) -> Result<Vec<(String, String)>, Failure> {
    let site = added_site(conn, form, now).map_err(|refusal| match refusal {
        Refusal::Problems(found) => {
            let list = found.all().iter();
            let text = |p: &Problem| format!("the clinic's {} {}", p.field, p.reason);
            Failure::Given(list.map(text).collect())
        }
        other => Failure::Run(other.to_string()),
    })?;
    let (administrator, nurse) = (&people.administrator, &people.nurse);
    let mut invited = Vec::new();
    if administrator.0 == nurse.0 {
        let roles = vec![(site, Role::Administrator), (site, Role::Nurse)];
        invited.push(add(conn, people.language, administrator, true, roles, now)?);
    } else {
        let roles = vec![(site, Role::Administrator)];
        invited.push(add(conn, people.language, administrator, true, roles, now)?);
        let roles = vec![(site, Role::Nurse)];
        invited.push(add(conn, people.language, nurse, false, roles, now)?);
    }
    let nurse = accounts::active(conn, &nurse.0)?;
    put_on_duty(conn, nurse.id, site, now)?;
    Ok(invited)
}

fn added_site(conn: &mut Connection, form: &SiteForm, now: Timestamp) -> Result<SiteId, Refusal> {
    let facts = form.read(conn, None)?;
    add_site(conn, now, &Actor::Operator, facts)
}

fn add(
    conn: &mut Connection,
    language: Language,
    (email, name): &(String, String),
    is_administrator: bool,
    roles: Vec<(SiteId, Role)>,
    now: Timestamp,
) -> Result<(String, String), Failure> {
    let actor = Actor::Operator;
    let (id, email, name) = (StaffId::new(), email.clone(), name.clone());
    let new = NewStaff { id, email, name, language, is_administrator, roles };
    accounts::add(conn, &actor, &new, now)?;
    let account = accounts::active(conn, &new.email)?;
    let token = accounts::invite(conn, &actor, &account, now)?;
    Ok((new.email, token))
}

/// Makes the data directory, for its owner only: it will hold health data.
fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Writes what was said to the file of settings, readable by its owner only. A file that is
/// there stays as it is.
fn write_file(path: &Path, sources: &Sources) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut text = String::from("# Settings of Afterwatch; see: afterwatch serve --help\n");
    for key in KEYS {
        let value = sources.value(key.name);
        if !value.is_empty() {
            // A JSON string is a TOML basic string.
            let value = serde_json::Value::String(value);
            // Writing to a String cannot fail.
            let _ = write!(text, "\n# {}\n{} = {value}\n", key.what, key.name);
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

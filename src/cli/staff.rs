//! `afterwatch staff`: who may sign in.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::place::Place;
use super::serve::SettingFlags;
use super::{could_not, found_wrong};
use crate::access::accounts::{self, AccountError};
use crate::access::sign_in::fold_email;
use crate::clock::Clock;
use crate::config::{Sources, is_address};
use crate::domain::entry::SiteCode;
use crate::domain::registry::ActiveState;
use crate::domain::{Actor, Codelist, Language, Role, SiteId, StaffId};
use crate::secrets::Keys;
use crate::store::staff::NewStaff;
use crate::store::{self, Db, audit, sites, staff};

const HELP: &str = "\
Examples:
  afterwatch staff add nurse@clinic.example 'First Nurse' --role nurse --site A --on-duty
  afterwatch staff add it@clinic.example 'First Administrator' --administrator --mail
  afterwatch staff list
  afterwatch staff reset nurse@clinic.example --second-factor
  afterwatch staff deactivate nurse@clinic.example";

/// Add, list, reset and deactivate the people who sign in
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Staff {
    #[command(flatten)]
    settings: SettingFlags,
    #[command(subcommand)]
    command: StaffCommand,
}

#[derive(Debug, Subcommand)]
enum StaffCommand {
    /// Add a person, and print (or mail) the link with which they set their password
    Add(Add),
    /// List everybody
    List,
    /// Put a person on duty at a clinic: they are told at once when a patient is in danger
    Duty(Duty),
    /// Take a person out: nothing of theirs works any more, what they did stays
    Deactivate {
        /// Their address
        email: String,
    },
    /// Print (or mail) a link for a new password
    Reset(Reset),
}

#[derive(Debug, Args)]
struct Add {
    /// The address they sign in with
    email: String,
    /// Their name
    name: String,
    /// What they are: nurse, physician, `safety_officer`, coordinator, administrator, reader
    #[arg(long, value_name = "ROLE", requires = "site")]
    role: Vec<String>,
    /// The code of the clinic
    #[arg(long, value_name = "CODE")]
    site: Vec<String>,
    /// They look after the whole installation
    #[arg(long)]
    administrator: bool,
    /// The language of their pages and mails: en or zh-CN
    #[arg(long, default_value = "en")]
    language: String,
    /// Put them on duty at the clinics given
    #[arg(long, requires = "site")]
    on_duty: bool,
    /// Send the link by mail instead of printing it
    #[arg(long)]
    mail: bool,
}

#[derive(Debug, Args)]
struct Duty {
    /// Their address
    email: String,
    /// The code of the clinic
    #[arg(long, value_name = "CODE")]
    site: String,
}

#[derive(Debug, Args)]
struct Reset {
    /// Their address
    email: String,
    /// Also take the second factor away: only after you have seen the person
    #[arg(long)]
    second_factor: bool,
    /// Send the link by mail instead of printing it
    #[arg(long)]
    mail: bool,
}

/// Why a command did nothing.
enum Failure {
    /// What was given.
    Given(String),
    /// The program could not run.
    Run(String),
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Run(error.to_string())
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => error.into(),
            other => Self::Given(other.to_string()),
        }
    }
}

/// Carries the command out. 0: done; 1: what was given is wrong; 2: could not run.
#[must_use]
pub fn run(arguments: &Staff) -> ExitCode {
    match carry_out(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Given(what)) => found_wrong(&what),
        Err(Failure::Run(why)) => could_not(&why),
    }
}

fn carry_out(arguments: &Staff) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::Run(error.to_string());
    let sources = arguments.settings.sources().map_err(|error| failed(&error))?;
    let (data, key_file) = sources.place();
    let place = Place { data, key_file: Some(key_file) };
    let (db, keys) = place.open().map_err(|error| failed(&error))?;
    match &arguments.command {
        StaffCommand::Add(add) => self::add(&db, &keys, &sources, add),
        StaffCommand::List => list(&db),
        StaffCommand::Duty(duty) => self::duty(&db, duty),
        StaffCommand::Deactivate { email } => deactivate(&db, email.clone()),
        StaffCommand::Reset(reset) => self::reset(&db, &keys, &sources, reset),
    }
}

/// Where the person sets the password.
pub(super) fn link(sources: &Sources, token: &str) -> String {
    format!("{}/invite/{token}", sources.base_url().unwrap_or_default())
}

fn print_link(sources: &Sources, token: &str) {
    println!("Give this link to the person; it works once, for three days:");
    println!("{}", link(sources, token));
}

fn site_of(db: &Db, code: &str) -> Result<SiteId, Failure> {
    let unknown = || Failure::Given(format!("there is no clinic with the code {code:?}"));
    let code = SiteCode::parse(code).map_err(|_| unknown())?;
    let site = db.read_blocking(move |conn| sites::by_code(conn, &code))?;
    site.map(|site| site.id).ok_or_else(unknown)
}

fn add(db: &Db, keys: &Keys, sources: &Sources, add: &Add) -> Result<(), Failure> {
    let mut problems = Vec::new();
    let email = fold_email(&add.email);
    if !is_address(&email) {
        problems.push(format!("{:?} is not an e-mail address", add.email));
    }
    let name = add.name.trim().to_owned();
    if name.is_empty() {
        problems.push("the name is missing".to_owned());
    }
    let language = Language::from_code(&add.language);
    if language.is_none() {
        problems.push(format!("the language {:?} is not en or zh-CN", add.language));
    }
    let mut sites = Vec::new();
    for code in &add.site {
        match site_of(db, code) {
            Ok(site) => sites.push(site),
            Err(Failure::Given(what)) => problems.push(what),
            Err(error) => return Err(error),
        }
    }
    let mut roles = Vec::new();
    for text in &add.role {
        if let Some(role) = Role::from_code(text) {
            roles.extend(sites.iter().map(|site| (*site, role)));
        } else {
            let known: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
            problems.push(format!("{text:?} is not a role; roles are {}", known.join(", ")));
        }
    }
    if add.role.is_empty() && !add.administrator {
        problems.push("say what the person is: --role with --site, or --administrator".to_owned());
    }
    let (true, Some(language)) = (problems.is_empty(), language) else {
        return Err(Failure::Given(problems.join("\nafterwatch: ")));
    };
    let new = NewStaff {
        id: StaffId::new(),
        email,
        name,
        language,
        is_administrator: add.administrator,
        roles,
    };
    let (now, keys, by_mail) = (Clock::system().now(), keys.clone(), add.mail);
    let on_duty = if add.on_duty { sites } else { Vec::new() };
    let token = db.write_blocking(move |conn| {
        let actor = Actor::Operator;
        accounts::add(conn, &actor, &new, now)?;
        for site in on_duty {
            put_on_duty(conn, new.id, site, now)?;
        }
        let account = accounts::active(conn, &new.email)?;
        if by_mail {
            accounts::invite_by_mail(conn, &keys, &actor, &account, now)?;
            return Ok::<_, AccountError>(None);
        }
        Ok(Some(accounts::invite(conn, &actor, &account, now)?))
    })?;
    match token {
        Some(token) => print_link(sources, &token),
        None => println!("The link is sent by mail as soon as afterwatch serve runs."),
    }
    Ok(())
}

pub(super) fn put_on_duty(
    conn: &mut store::Connection,
    id: StaffId,
    site: SiteId,
    now: crate::domain::Timestamp,
) -> store::Result<()> {
    staff::put_on_duty(conn, id, site, now)?;
    let detail = serde_json::json!({ "site": site.to_string() });
    audit::append(conn, now, &Actor::Operator, Some(site), "duty.began", ("staff", &id), &detail)
}

fn list(db: &Db) -> Result<(), Failure> {
    let rows = db.read_blocking(|conn| {
        staff::all(conn)?
            .into_iter()
            .map(|account| Ok((staff::roles(conn, account.id)?, account)))
            .collect::<store::Result<Vec<_>>>()
    })?;
    for (roles, account) in rows {
        let mut what: Vec<String> =
            roles.iter().map(|(site, role)| format!("{} at {site}", role.code())).collect();
        if account.is_administrator {
            what.insert(0, "administrator of the installation".to_owned());
        }
        let state = match (account.state, &account.password_hash, &account.totp_secret) {
            (ActiveState::Inactive, ..) => "deactivated",
            (_, None, _) => "invited",
            (_, Some(_), None) => "no second factor yet",
            (_, Some(_), Some(_)) => "active",
        };
        println!("{}\t{}\t{state}\t{}", account.email, account.name, what.join(", "));
    }
    Ok(())
}

fn duty(db: &Db, duty: &Duty) -> Result<(), Failure> {
    let site = site_of(db, &duty.site)?;
    let (email, now) = (duty.email.clone(), Clock::system().now());
    db.write_blocking(move |conn| {
        let account = accounts::active(conn, &email)?;
        Ok::<_, AccountError>(put_on_duty(conn, account.id, site, now)?)
    })?;
    println!("on duty");
    Ok(())
}

fn deactivate(db: &Db, email: String) -> Result<(), Failure> {
    let now = Clock::system().now();
    let alone = db.write_blocking(move |conn| {
        let account = accounts::active(conn, &email)?;
        accounts::deactivate(conn, &Actor::Operator, &account, now)?;
        Ok::<_, AccountError>(staff::clinics_without_duty(conn, now)?)
    })?;
    println!("deactivated; every session has ended");
    for code in alone {
        println!(
            "Nobody is on duty at the clinic {code} now. Put somebody on duty with: afterwatch staff duty EMAIL --site {code}"
        );
    }
    Ok(())
}

fn reset(db: &Db, keys: &Keys, sources: &Sources, reset: &Reset) -> Result<(), Failure> {
    let (email, now, keys) = (reset.email.clone(), Clock::system().now(), keys.clone());
    let (by_mail, second_factor) = (reset.mail, reset.second_factor);
    let token = db.write_blocking(move |conn| {
        let actor = Actor::Operator;
        let account = accounts::active(conn, &email)?;
        if second_factor {
            accounts::clear_second_factor(conn, &actor, &account, now)?;
        }
        if by_mail {
            accounts::invite_by_mail(conn, &keys, &actor, &account, now)?;
            return Ok::<_, AccountError>(None);
        }
        Ok(Some(accounts::invite(conn, &actor, &account, now)?))
    })?;
    match token {
        Some(token) => print_link(sources, &token),
        None => println!("The link is sent by mail as soon as afterwatch serve runs."),
    }
    Ok(())
}

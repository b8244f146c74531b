//! Every setting of a running program, parsed once, with all problems reported together.
//!
//! A setting comes from a flag, else from its `AFTERWATCH_…` variable, else from
//! `afterwatch.toml`. One table names them all. Secrets may also stand in a file of
//! their own (`…_FILE`), so that neither process lists nor environments show them.

mod read;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use url::Url;

use crate::domain::Timestamp;
use crate::mail::{MailSettings, SmtpSettings};

pub use read::{Problem, Problems, Sources, is_address};

/// Where mail goes and whom it is from.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The mail server.
    pub smtp: SmtpSettings,
    /// The address of the sender.
    pub from: String,
    /// The sender's name on mails that are from no clinic; it says nothing about treatment.
    pub name: String,
}

/// What the running program was told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the program listens, for example `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// How the outside reaches it, without a slash at the end; links in mails begin with it.
    pub base_url: String,
    /// The directory with the database, the lock and the anchors.
    pub data: PathBuf,
    /// The file with the root key.
    pub key_file: PathBuf,
    /// The emergency number for pages that know no clinic (dead links).
    pub emergency_number: String,
    /// The clinic's phone number for pages that know no clinic.
    pub phone: String,
    /// How mail leaves; none only in training, where it is kept and shown instead.
    pub mail: Option<Outgoing>,
    /// Proxies that are believed about whom they speak for.
    pub trusted_proxies: Vec<IpAddr>,
    /// Files with rule sets of the clinic's own.
    pub rules: Vec<PathBuf>,
    /// Who is told when something is wrong with the program itself.
    pub watch: Watch,
    /// The form of log lines.
    pub log: LogFormat,
    /// Training mode: banner on every page, no second factor, movable clock, captured mail.
    pub training: bool,
    /// When the program started.
    pub started_at: Timestamp,
}

/// Who is told, and by what, when something is wrong with the program itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    /// The address of whoever looks after the server.
    pub operator: Option<String>,
    /// An address that is called every minute while nothing is wrong.
    pub heartbeat: Option<Url>,
    /// The mailbox, a directory, that mails of ours come back to.
    pub returned: Option<PathBuf>,
    /// How old the last copy of the database may be, in hours; none: nobody asks.
    pub backup_hours: Option<i64>,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// For people.
    Text,
}

impl Settings {
    /// What training needs: everything on this machine, nothing dangerous to leave out.
    #[must_use]
    pub fn for_training(data: &Path, now: Timestamp) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            base_url: "http://127.0.0.1:8080".to_owned(),
            data: data.to_owned(),
            key_file: data.join("afterwatch.key"),
            emergency_number: "120".to_owned(),
            phone: "+86 21 5555 0100".to_owned(),
            mail: None,
            trusted_proxies: Vec::new(),
            rules: Vec::new(),
            watch: Watch::default(),
            log: LogFormat::Text,
            training: true,
            started_at: now,
        }
    }

    /// What writing letters needs to know; training mode keeps them and has a made-up sender.
    #[must_use]
    pub fn letters(&self) -> MailSettings {
        let (sender_address, sender_name) = match &self.mail {
            Some(mail) => (mail.from.clone(), mail.name.clone()),
            None => ("follow-up@afterwatch.example".to_owned(), "Follow-up".to_owned()),
        };
        MailSettings {
            base_url: self.base_url.clone(),
            sender_address,
            sender_name,
            account_link_hours: crate::access::accounts::INVITATION_HOURS,
        }
    }

    /// Whether the outside reaches the program over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in `afterwatch.toml`; the variable is `AFTERWATCH_` and this in capitals.
    pub name: &'static str,
    /// What it is, and why it must be there if it must.
    pub what: &'static str,
    /// What stands there when nothing is said.
    pub default: Option<&'static str>,
    /// Whether it may stand in a file of its own, named by `…_file`.
    pub secret: bool,
}

/// Every setting.
pub const KEYS: &[Key] = &[
    key("listen", "where the program listens", Some("127.0.0.1:8080"), false),
    key(
        "base_url",
        "how the outside reaches it, such as https://follow-up.example.org",
        None,
        false,
    ),
    key("data", "the directory with the database", Some("data"), false),
    key(
        "key_file",
        "the file with the key, if not afterwatch.key in the data directory",
        Some(""),
        false,
    ),
    key(
        "emergency_number",
        "the number that every page names for emergencies, such as 120",
        None,
        false,
    ),
    key(
        "phone",
        "the phone number on pages that know no clinic, such as those of dead links",
        None,
        false,
    ),
    key("smtp_url", "the mail server, such as smtps://user:password@mail.example.org", None, true),
    key("mail_from", "the address that mail is sent from", None, false),
    key(
        "mail_name",
        "the sender's name on mails from no clinic; it must not tell of treatment",
        Some("Follow-up"),
        false,
    ),
    key(
        "mail_root_certificate",
        "a file with a root certificate of your own for the mail server (PEM)",
        Some(""),
        false,
    ),
    key(
        "mail_allow_plaintext",
        "true lets mail leave this machine unencrypted",
        Some("false"),
        false,
    ),
    key(
        "trusted_proxies",
        "addresses of reverse proxies that are believed about callers, with commas",
        Some(""),
        false,
    ),
    key("rules", "files with rule sets of your own, with commas", Some(""), false),
    key(
        "operator_address",
        "the mail address of whoever looks after the server, told of every fault",
        Some(""),
        false,
    ),
    key(
        "bounce_directory",
        "the mailbox that returned mail is left in, one file a mail, such as a Maildir",
        Some(""),
        false,
    ),
    key(
        "heartbeat_url",
        "an https:// address that is called every minute while nothing is wrong",
        Some(""),
        true,
    ),
    key(
        "backup_hours",
        "how many hours old the last backup may be; 0: nobody asks",
        Some("26"),
        false,
    ),
    key("log", "json or text", Some("json"), false),
];

const fn key(
    name: &'static str,
    what: &'static str,
    default: Option<&'static str>,
    secret: bool,
) -> Key {
    Key { name, what, default, secret }
}

impl Key {
    /// The environment variable of the setting.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("AFTERWATCH_{}", self.name.to_uppercase())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

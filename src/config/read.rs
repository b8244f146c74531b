//! Reads settings from flags, variables and the file.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use url::Url;

use super::{KEYS, Key, LogFormat, Outgoing, Settings, Watch};
use crate::domain::Timestamp;
use crate::mail::{SmtpSettings, Transport};

/// One thing that is wrong with the settings, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(pub String);

/// Everything that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list: Vec<String> = self.0.iter().map(|Problem(text)| format!("  - {text}")).collect();
        f.write_str(&list.join("\n"))
    }
}

/// What was said, by where it was said.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Flags of the command line, by the setting's name.
    pub flags: BTreeMap<String, String>,
    /// Environment variables, by their own name.
    pub variables: BTreeMap<String, String>,
    /// The text of `afterwatch.toml`.
    pub file: Option<String>,
}

impl Sources {
    /// The flags given, the variables of the process, and the file if it is there.
    pub fn of_process(flags: BTreeMap<String, String>, file: &Path) -> Result<Self, Problems> {
        let variables =
            std::env::vars().filter(|(name, _)| name.starts_with("AFTERWATCH_")).collect();
        let file = match std::fs::read_to_string(file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                let text = format!("{} cannot be read: {error}", file.display());
                return Err(Problems(vec![Problem(text)]));
            }
        };
        Ok(Self { flags, variables, file })
    }
}

impl Sources {
    /// The data directory and the key file alone, for commands that need no more.
    #[must_use]
    pub fn place(&self) -> (PathBuf, PathBuf) {
        Reader::new(self).place()
    }

    /// Whether nothing was said for a setting.
    #[must_use]
    pub fn lacks(&self, key: &Key) -> bool {
        Reader::new(self).said(key).is_none_or(|text| text.is_empty())
    }

    /// What was said for a setting, unchecked; empty when nothing was.
    #[must_use]
    pub fn value(&self, name: &str) -> String {
        let key = KEYS.iter().find(|key| key.name == name);
        key.and_then(|key| Reader::new(self).said(key)).unwrap_or_default()
    }

    /// The address of the site, if it was said.
    #[must_use]
    pub fn base_url(&self) -> Option<String> {
        let mut reader = Reader::new(self);
        let url = reader.base_url();
        reader.problems.is_empty().then_some(url)
    }
}

/// The values and what is wrong with them so far.
struct Reader<'a> {
    sources: &'a Sources,
    file: toml::Table,
    problems: Vec<Problem>,
}

impl Settings {
    /// Reads every setting. Everything that is wrong comes back at once.
    pub fn read(sources: &Sources, now: Timestamp) -> Result<Self, Problems> {
        let mut reader = Reader::new(sources);
        let base_url = reader.base_url();
        let (data, key_file) = reader.place();
        let listen =
            reader.parse::<SocketAddr>("listen", "an address and port such as 127.0.0.1:8080");
        let emergency_number = reader.text("emergency_number");
        let phone = reader.text("phone");
        let mail = reader.mail();
        let trusted_proxies = reader.addresses("trusted_proxies");
        let watch = reader.watch();
        let rules = reader.text("rules");
        let rules = rules.split(',').map(str::trim).filter(|path| !path.is_empty());
        let rules = rules.map(PathBuf::from).collect();
        if listen.is_some_and(|listen| !listen.ip().is_loopback())
            && base_url.starts_with("http://")
        {
            reader.problem("listen is open to other machines, but base_url is not encrypted: put a proxy with TLS in front and write its https:// address as base_url".to_owned());
        }
        let log = match reader.text("log").as_str() {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            other => {
                reader.problem(format!("log is {other:?} and must be json or text"));
                LogFormat::Json
            }
        };
        match listen {
            Some(listen) if reader.problems.is_empty() => Ok(Self {
                listen,
                base_url,
                data,
                key_file,
                emergency_number,
                phone,
                mail: Some(mail),
                trusted_proxies,
                rules,
                watch,
                log,
                training: false,
                started_at: now,
            }),
            _ => Err(Problems(reader.problems)),
        }
    }

    /// The mail settings alone, if a mail server is named at all: training mode sends real
    /// mail only then.
    pub fn read_mail(sources: &Sources) -> Result<Option<Outgoing>, Problems> {
        let mut reader = Reader::new(sources);
        let key = KEYS.iter().find(|key| key.name == "smtp_url");
        if key.is_none_or(|key| reader.said(key).is_none()) {
            return if reader.problems.is_empty() {
                Ok(None)
            } else {
                Err(Problems(reader.problems))
            };
        }
        let mail = reader.mail();
        if reader.problems.is_empty() { Ok(Some(mail)) } else { Err(Problems(reader.problems)) }
    }
}

impl<'a> Reader<'a> {
    fn new(sources: &'a Sources) -> Self {
        let mut problems = Vec::new();
        let file = match sources.file.as_deref().unwrap_or_default().parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                problems.push(Problem(format!("afterwatch.toml cannot be read: {error}")));
                toml::Table::new()
            }
        };
        for name in file.keys() {
            let known = |key: &Key| {
                name == key.name || (key.secret && name.strip_suffix("_file") == Some(key.name))
            };
            if !KEYS.iter().any(known) {
                let names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
                problems.push(Problem(format!(
                    "afterwatch.toml has {name}, which is no setting; the settings are: {}",
                    names.join(", ")
                )));
            }
        }
        Self { sources, file, problems }
    }

    fn problem(&mut self, text: String) {
        self.problems.push(Problem(text));
    }

    /// What was said for a setting: flag, variable, file.
    fn said(&mut self, key: &Key) -> Option<String> {
        let in_file = |name: &str| match self.file.get(name)? {
            toml::Value::String(text) => Some(text.clone()),
            toml::Value::Array(items) => {
                let items: Vec<_> = items.iter().filter_map(toml::Value::as_str).collect();
                Some(items.join(","))
            }
            toml::Value::Integer(number) => Some(number.to_string()),
            toml::Value::Boolean(value) => Some(value.to_string()),
            _ => None,
        };
        let variable = |name: &str| self.sources.variables.get(name).cloned();
        let said = self
            .sources
            .flags
            .get(key.name)
            .cloned()
            .or_else(|| variable(&key.variable()))
            .or_else(|| in_file(key.name));
        if said.is_some() || !key.secret {
            return said.map(|text| text.trim().to_owned());
        }
        let path = variable(&format!("{}_FILE", key.variable()))
            .or_else(|| in_file(&format!("{}_file", key.name)))?;
        match std::fs::read_to_string(&path) {
            Ok(text) => Some(text.trim().to_owned()),
            Err(error) => {
                self.problem(format!("the file {path} for {key} cannot be read: {error}"));
                None
            }
        }
    }

    /// A setting as text; missing and without a default is a problem.
    fn text(&mut self, name: &'static str) -> String {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else { return String::new() };
        let before = self.problems.len();
        let said = self.said(key).filter(|text| !text.is_empty());
        if let Some(text) = said.or(key.default.map(str::to_owned)) {
            return text;
        }
        if self.problems.len() == before {
            self.problem(format!(
                "{key} is missing ({}): set {}, or {key} in afterwatch.toml",
                key.what,
                key.variable()
            ));
        }
        String::new()
    }

    fn place(&mut self) -> (PathBuf, PathBuf) {
        let data = PathBuf::from(self.text("data"));
        let key_file = match self.text("key_file") {
            text if text.is_empty() => data.join("afterwatch.key"),
            text => PathBuf::from(text),
        };
        (data, key_file)
    }

    fn parse<T: std::str::FromStr>(&mut self, name: &'static str, wanted: &str) -> Option<T> {
        let text = self.text(name);
        let value = text.parse().ok();
        if value.is_none() && !text.is_empty() {
            self.problem(format!("{name} is {text:?} and must be {wanted}"));
        }
        value
    }

    fn addresses(&mut self, name: &'static str) -> Vec<IpAddr> {
        let text = self.text(name);
        let mut found = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.parse::<IpAddr>() {
                Ok(address) => found.push(address.to_canonical()),
                Err(_) => self.problem(format!("{name} has {part:?}, which is no IP address")),
            }
        }
        found
    }

    /// The address of the site: links in mails begin with it, and TLS protects what they open.
    fn base_url(&mut self) -> String {
        let text = self.text("base_url");
        if text.is_empty() {
            return text;
        }
        match Url::parse(&text) {
            Ok(url)
                if matches!(url.path(), "" | "/")
                    && url.query().is_none()
                    && url.host().is_some() =>
            {
                let local = is_this_machine(&url);
                match url.scheme() {
                    "https" => {}
                    "http" if local => {}
                    "http" => self.problem(format!(
                        "base_url is {text}, which is not encrypted: put a proxy with TLS in front and write https:// (http:// is for this machine only)"
                    )),
                    other => self.problem(format!("base_url begins with {other}:// and must begin with https://")),
                }
                url.origin().ascii_serialization()
            }
            _ => {
                self.problem(format!(
                    "base_url is {text:?} and must be an address without a path, such as https://follow-up.example.org"
                ));
                text
            }
        }
    }

    fn watch(&mut self) -> Watch {
        let operator = Some(self.text("operator_address")).filter(|text| !text.is_empty());
        if let Some(address) = operator.as_ref().filter(|address| !is_address(address)) {
            self.problem(format!("operator_address is {address:?} and must be a mail address"));
        }
        let heartbeat = self.text("heartbeat_url");
        let heartbeat = if heartbeat.is_empty() {
            None
        } else {
            let url = Url::parse(&heartbeat).ok().filter(|url| match url.scheme() {
                "https" => url.has_host(),
                "http" => is_this_machine(url),
                _ => false,
            });
            if url.is_none() {
                // The address is a secret: who knows it can speak for this program.
                self.problem(
                    "heartbeat_url must be an https:// address (http:// is for this machine only)"
                        .to_owned(),
                );
            }
            url
        };
        let hours = self.parse::<i64>("backup_hours", "a number of hours, or 0");
        if hours.is_some_and(|hours| !(0..=8_760).contains(&hours)) {
            self.problem("backup_hours must be between 0 and 8760".to_owned());
        }
        let returned = Some(self.text("bounce_directory")).filter(|text| !text.is_empty());
        let returned = returned.map(PathBuf::from);
        if let Some(path) = returned.as_ref().filter(|path| !path.is_dir()) {
            self.problem(format!("bounce_directory is {}, which is no directory", path.display()));
        }
        Watch { operator, heartbeat, returned, backup_hours: hours.filter(|hours| *hours > 0) }
    }

    fn mail(&mut self) -> Outgoing {
        let url = self.text("smtp_url");
        let from = self.text("mail_from");
        let name = self.text("mail_name");
        let mut smtp = SmtpSettings::new(url.clone());
        smtp.allow_plaintext =
            self.parse::<bool>("mail_allow_plaintext", "true or false").unwrap_or_default();
        let certificate = self.text("mail_root_certificate");
        if !certificate.is_empty() {
            match std::fs::read(&certificate) {
                Ok(pem) => smtp.root_certificate = Some(pem),
                Err(error) => self.problem(format!(
                    "the file {certificate} for mail_root_certificate cannot be read: {error}"
                )),
            }
        }
        if !url.is_empty()
            && let Err(error) = Transport::smtp(&smtp)
        {
            self.problem(error.to_string());
        }
        if !from.is_empty() && !is_address(&from) {
            self.problem(format!(
                "mail_from is {from:?} and must be an address such as follow-up@example.org"
            ));
        }
        Outgoing { smtp, from, name }
    }
}

/// Whether an address is one of this machine itself, where nobody listens on the way.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether this looks like an e-mail address; the mail server knows the rest.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && !domain.is_empty()
        && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
}

#[cfg(test)]
mod tests;

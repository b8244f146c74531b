//! Where the mail server is and how the way there is protected.

use std::net::IpAddr;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::Url;

/// One send must end within this time; a silent server must not stop the rest.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// What the administrator says about the mail server.
#[derive(Clone)]
pub struct SmtpSettings {
    /// `smtps://user:password@host:port` or `smtp://…?tls=required`, user and
    /// password URL-encoded. A path is the name given in the greeting (EHLO).
    pub url: String,
    /// Allows a mail server that is not on this machine to be spoken to
    /// without encryption.
    pub allow_plaintext: bool,
    /// A root certificate of the clinic's own, as PEM.
    pub root_certificate: Option<Vec<u8>>,
    /// How long one send may take; [`DEADLINE`] but in tests.
    pub deadline: Duration,
}

impl std::fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpSettings(…)")
    }
}

impl SmtpSettings {
    /// The usual settings for a URL: encryption required, 30 s per mail.
    #[must_use]
    pub const fn new(url: String) -> Self {
        Self { url, allow_plaintext: false, root_certificate: None, deadline: DEADLINE }
    }
}

/// Why the mail server cannot be used. No message holds the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// Not a URL.
    #[error(
        "AFTERWATCH_SMTP_URL is not a URL such as smtps://user:password@mail.example.org ({0}); \
         write special characters in user and password as %XX"
    )]
    Url(String),
    /// Neither `smtp` nor `smtps`.
    #[error("AFTERWATCH_SMTP_URL must begin with smtps:// or smtp://, not {0}://")]
    Scheme(String),
    /// No host.
    #[error("AFTERWATCH_SMTP_URL names no mail server")]
    Host,
    /// An unknown value of `tls`.
    #[error("tls={0} in AFTERWATCH_SMTP_URL must be tls=required or tls=opportunistic")]
    Tls(String),
    /// A parameter that would be ignored.
    #[error("AFTERWATCH_SMTP_URL has a parameter {0} that means nothing; only tls is known")]
    Parameter(String),
    /// Mail would go over the network unencrypted.
    #[error(
        "AFTERWATCH_SMTP_URL would send mail to {0} unencrypted; use smtps://, or smtp:// with \
         ?tls=required (plain smtp:// is for a mail server on this machine, unless \
         mail_allow_plaintext is true)"
    )]
    Plaintext(String),
    /// User or password is not UTF-8 when decoded.
    #[error("user or password in AFTERWATCH_SMTP_URL is not UTF-8")]
    Credentials,
    /// The extra root certificate cannot be read.
    #[error("the extra root certificate for mail is not a PEM certificate: {0}")]
    Certificate(String),
}

/// How the connection is protected.
pub(super) enum Encryption {
    /// Encrypted from the first byte.
    Wrapper(TlsParameters),
    /// STARTTLS or nothing is sent.
    Required(TlsParameters),
    /// STARTTLS if the server offers it.
    Opportunistic(TlsParameters),
    /// Not at all.
    Plain,
}

/// A mail server, ready to be connected to.
pub(super) struct Server {
    pub host: String,
    pub port: u16,
    pub hello: ClientId,
    pub credentials: Option<Credentials>,
    pub encryption: Encryption,
}

impl Server {
    pub(super) fn parse(settings: &SmtpSettings) -> Result<Self, SmtpError> {
        let url = Url::parse(&settings.url).map_err(|error| SmtpError::Url(error.to_string()))?;
        if !matches!(url.scheme(), "smtp" | "smtps") {
            return Err(SmtpError::Scheme(url.scheme().to_owned()));
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpError::Host)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let mut tls = None;
        for (key, value) in url.query_pairs() {
            if key != "tls" {
                return Err(SmtpError::Parameter(key.into_owned()));
            }
            tls = Some(value.into_owned());
        }

        let parameters = || {
            let mut builder = TlsParameters::builder(host.clone());
            if let Some(pem) = &settings.root_certificate {
                let certificate = Certificate::from_pem(pem)
                    .map_err(|error| SmtpError::Certificate(error.to_string()))?;
                builder = builder.add_root_certificate(certificate);
            }
            builder.build().map_err(|error| SmtpError::Certificate(error.to_string()))
        };
        let (encryption, default_port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", None | Some("required")) => (Encryption::Wrapper(parameters()?), 465),
            ("smtp", Some("required")) => (Encryption::Required(parameters()?), 587),
            ("smtp", Some("opportunistic")) => (Encryption::Opportunistic(parameters()?), 587),
            ("smtp", None) => (Encryption::Plain, 25),
            (_, other) => return Err(SmtpError::Tls(other.unwrap_or_default().to_owned())),
        };
        let may_be_plain = matches!(encryption, Encryption::Plain | Encryption::Opportunistic(_));
        if may_be_plain && !settings.allow_plaintext && !is_loopback(&host) {
            return Err(SmtpError::Plaintext(host));
        }

        let decode = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8();
            decoded.map(std::borrow::Cow::into_owned).map_err(|_| SmtpError::Credentials)
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decode(url.username())?, decode(password)?)),
            None => None,
        };
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        let port = url.port().unwrap_or(default_port);
        Ok(Self { host, port, hello, credentials, encryption })
    }
}

/// Whether a host is certainly this machine. Other names may point anywhere.
fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Server, SmtpError> {
        Server::parse(&SmtpSettings::new(url.to_owned()))
    }

    #[test]
    fn encryption_is_required_away_from_this_machine() {
        for (url, allowed) in [
            ("smtps://mail.example.org", true),
            ("smtp://mail.example.org?tls=required", true),
            ("smtp://127.0.0.1:2525", true),
            ("smtp://localhost:2525", true),
            ("smtp://[::1]:2525", true),
            ("smtp://localhost?tls=opportunistic", true),
            ("smtp://mail.example.org", false),
            ("smtp://mail.example.org?tls=opportunistic", false),
            ("smtp://localhost.example.org", false),
            ("smtp://10.0.0.5", false),
        ] {
            assert_eq!(parse(url).is_ok(), allowed, "{url}");
            let mut settings = SmtpSettings::new(url.to_owned());
            settings.allow_plaintext = true;
            assert!(Server::parse(&settings).is_ok(), "{url} when allowed");
        }
    }

    #[test]
    fn the_parts_of_the_url_are_understood() {
        let server = parse("smtps://a%40b:p%3A%2Fw@mail.example.org:2465/our.name").ok().unwrap();
        assert_eq!((server.host.as_str(), server.port), ("mail.example.org", 2465));
        assert_eq!(server.hello, ClientId::Domain("our.name".to_owned()));
        let expected = Credentials::new("a@b".to_owned(), "p:/w".to_owned());
        assert!(server.credentials.is_some_and(|credentials| credentials == expected));
        for (url, port) in [
            ("smtps://mail.example.org", 465),
            ("smtp://mail.example.org?tls=required", 587),
            ("smtp://[::1]", 25),
        ] {
            assert_eq!(parse(url).ok().unwrap().port, port, "{url}");
        }
    }

    #[test]
    fn a_wrong_url_says_what_to_do_and_not_the_password() {
        for (url, part) in [
            ("mail.example.org", "is not a URL"),
            ("http://u:hunter2@mail.example.org", "not http://"),
            ("smtp://u:hunter2@mail.example.org", "unencrypted"),
            ("smtps://u:hunter2@mail.example.org?tls=no", "tls=no"),
            ("smtps://u:hunter2@mail.example.org?starttls=yes", "starttls"),
            ("smtps://u:hunter2@mail.example.org:port", "is not a URL"),
        ] {
            let message = parse(url).err().unwrap().to_string();
            assert!(message.contains(part), "{url}: {message}");
            assert!(!message.contains("hunter2"), "{url}: {message}");
        }
        let mut settings = SmtpSettings::new("smtps://mail.example.org".to_owned());
        settings.root_certificate = Some(b"-----BEGIN CERTIFICATE-----\n!!".to_vec());
        assert!(matches!(Server::parse(&settings).err(), Some(SmtpError::Certificate(_))));
    }
}

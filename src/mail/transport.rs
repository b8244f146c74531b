//! Hands one mail to a mail server, and says what came of it.
//!
//! The SMTP dialogue is led here, command by command, instead of by lettre's
//! pooled transport, for three reasons: its time-out covers the connection only
//! and a silent server would hang it for ever; a send that is cut off by a
//! deadline returns its half-used connection to the pool; and a refusal must be
//! read with its place in the dialogue. A server that refuses **us** (greeting,
//! sign-in, sender) may be mended and is tried again; only one that refuses
//! **this mail** (recipient, content) is believed for good.

mod settings;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use lettre::{Address, Message};

use settings::{Encryption, Server};
pub use settings::{SmtpError, SmtpSettings};

/// Connections kept for the next mail; as many as are used at one time.
const KEPT: usize = 4;
/// A connection that rested longer is not trusted any more; servers commonly
/// end them after five minutes (RFC 5321 §4.5.3.2.7).
const REST: Duration = Duration::from_mins(1);
/// How long a kept connection may take to say that it is alive.
const PULSE: Duration = Duration::from_secs(5);
/// Longest reason that is kept, in characters.
const REASON: usize = 200;

/// What came of one try. The reasons hold no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server took the mail.
    Accepted,
    /// It did not, or its answer was lost: try again with the same Message-ID.
    Retry(String),
    /// It never will: a person must look.
    Refused(String),
}

/// Where mail goes.
#[derive(Debug, Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Nowhere: every mail is accepted and stays readable in the outbox (training mode).
    Capture,
    /// The same, by a server that can be switched off to practise an outage.
    Practice(Practice),
}

/// The mail server of the training mode; clones share its switch.
#[derive(Debug, Clone, Default)]
pub struct Practice(Arc<AtomicBool>);

impl Practice {
    /// Switches the server off, or on again.
    pub fn set_down(&self, is_down: bool) {
        self.0.store(is_down, Ordering::SeqCst);
    }

    fn is_down(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Transport {
    /// Reads the settings; does not connect yet.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the URL or the certificate.
    pub fn smtp(settings: &SmtpSettings) -> Result<Self, SmtpError> {
        let server = Server::parse(settings)?;
        let inner = Inner { server, deadline: settings.deadline, kept: Mutex::default() };
        Ok(Self::Smtp(Smtp(Arc::new(inner))))
    }

    /// Speaks with the mail server as far as the sign-in, and sends nothing.
    ///
    /// # Errors
    ///
    /// Why that failed, in words without the password.
    pub async fn reach(&self) -> Result<(), String> {
        let Self::Smtp(smtp) = self else { return Ok(()) };
        match tokio::time::timeout(smtp.0.deadline, smtp.connection()).await {
            Ok(Ok(mut connection)) => {
                // It was reached; how it takes the goodbye does not matter.
                let _ = connection.quit().await;
                Ok(())
            }
            Ok(Err(error)) => Err(reason(&error)),
            Err(_) => Err(format!(
                "the mail server did not answer within {} s",
                smtp.0.deadline.as_secs_f32()
            )),
        }
    }

    /// Sends one mail to its one recipient. Comes back within the deadline.
    pub async fn send(&self, message: &Message) -> Delivery {
        match self {
            Self::Practice(server) if server.is_down() => {
                Delivery::Retry("the mail server of the training is switched off".into())
            }
            Self::Capture | Self::Practice(_) => Delivery::Accepted,
            Self::Smtp(smtp) => smtp.send(message).await,
        }
    }
}

/// A mail server and the connections to it.
#[derive(Clone)]
pub struct Smtp(Arc<Inner>);

struct Inner {
    server: Server,
    deadline: Duration,
    kept: Mutex<Vec<Kept>>,
}

struct Kept {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.0.server.host, self.0.server.port)
    }
}

impl Smtp {
    async fn send(&self, message: &Message) -> Delivery {
        let envelope = message.envelope();
        let (Some(from), [to]) = (envelope.from(), envelope.to()) else {
            return Delivery::Refused("the mail does not have one sender and one recipient".into());
        };
        let mail = message.formatted();
        let dialogue = self.dialogue(from, to, &mail);
        // What is cut off here is dropped with its connection, never kept.
        let outcome = tokio::time::timeout(self.0.deadline, dialogue).await;
        if let Ok(delivery) = outcome {
            delivery.without(to)
        } else {
            let seconds = self.0.deadline.as_secs_f32();
            Delivery::Retry(format!("the mail server did not answer within {seconds} s"))
        }
    }

    async fn dialogue(&self, from: &Address, to: &Address, mail: &[u8]) -> Delivery {
        let mut connection = match self.connection().await {
            Ok(connection) => connection,
            Err(error) => return Delivery::Retry(reason(&error)),
        };
        let mut parameters = Vec::new();
        if !(from.to_string().is_ascii() && to.to_string().is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                self.keep(connection);
                return Delivery::Refused(
                    "the mail server takes plain Latin addresses only (no SMTPUTF8)".into(),
                );
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }

        if let Err(error) = connection.command(Mail::new(Some(from.clone()), parameters)).await {
            return Delivery::Retry(reason(&error));
        }
        if let Err(error) = connection.command(Rcpt::new(to.clone(), Vec::new())).await {
            return about_this_mail(&error);
        }
        match connection.command(Data).await {
            Ok(answer) if is(&answer, Severity::PositiveIntermediate) => {}
            Ok(_) => return Delivery::Retry("the mail server did not ask for the mail".into()),
            Err(error) => return about_this_mail(&error),
        }
        match connection.message(mail).await {
            Ok(answer) if is(&answer, Severity::PositiveCompletion) => {
                self.keep(connection);
                Delivery::Accepted
            }
            Ok(_) => Delivery::Retry("the mail server did not confirm the mail".into()),
            Err(error) => about_this_mail(&error),
        }
    }

    /// A kept connection that is alive, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Error> {
        while let Some(mut kept) = self.take() {
            let alive = kept.since.elapsed() < REST
                && tokio::time::timeout(PULSE, kept.connection.test_connected())
                    .await
                    .unwrap_or(false);
            if alive {
                return Ok(kept.connection);
            }
        }
        let server = &self.0.server;
        let wrapper = match &server.encryption {
            Encryption::Wrapper(tls) => Some(tls.clone()),
            _ => None,
        };
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            (server.host.as_str(), server.port),
            Some(self.0.deadline),
            &server.hello,
            wrapper,
            None,
        )
        .await?;
        match &server.encryption {
            Encryption::Required(tls) => {
                connection.starttls(tls.clone(), &server.hello).await?;
            }
            Encryption::Opportunistic(tls) if connection.can_starttls() => {
                connection.starttls(tls.clone(), &server.hello).await?;
            }
            _ => {}
        }
        if let Some(credentials) = &server.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    fn take(&self) -> Option<Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.push(Kept { connection, since: Instant::now() });
        }
    }
}

impl Delivery {
    /// The same without the recipient's name, which servers like to repeat.
    fn without(self, to: &Address) -> Self {
        match self {
            Self::Accepted => Self::Accepted,
            Self::Retry(reason) => Self::Retry(redact(&reason, to)),
            Self::Refused(reason) => Self::Refused(redact(&reason, to)),
        }
    }
}

fn is(answer: &Response, severity: Severity) -> bool {
    answer.code().severity == severity
}

/// A 5xx to recipient or content is for good; all else (4xx, a cut connection,
/// nonsense) may be better next time. lettre's `is_transient` is **not** the
/// opposite of `is_permanent`: a cut connection is neither.
fn about_this_mail(error: &Error) -> Delivery {
    if error.is_permanent() {
        Delivery::Refused(reason(error))
    } else {
        Delivery::Retry(reason(error))
    }
}

/// The error with its causes, which say what happened (a bad certificate is
/// only "Connection error" without them).
fn reason(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// One line, no control characters, no address, no recipient's name, not too long.
fn redact(reason: &str, to: &Address) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in reason.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.contains('@') {
            words.push("…".to_owned());
        } else if !word.is_empty() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let named = !bare.is_empty() && bare.eq_ignore_ascii_case(to.user());
            words.push(if named { "…".to_owned() } else { word.to_owned() });
        }
    }
    words.join(" ").chars().take(REASON).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_nobody() {
        let to: Address = "some.body@example.org".parse().unwrap();
        for (said, kept) in [
            ("550 5.1.1 <some.body@example.org>: no such user", "550 5.1.1 … no such user"),
            ("unknown user \"some.body\"\r\n here", "unknown user … here"),
            ("mailto:other@example.net blocked\0", "… blocked"),
        ] {
            assert_eq!(redact(said, &to), kept);
        }
        assert_eq!(redact(&"x".repeat(1000), &to).len(), REASON);
    }
}

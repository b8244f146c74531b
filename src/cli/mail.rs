//! `afterwatch mail`: shows that mail leaves this machine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use super::{could_not, found_wrong};
use crate::clock::Clock;
use crate::config::{Settings, Sources};
use crate::domain::letter::LetterKind;
use crate::domain::{Codelist, Language};
use crate::i18n::letters::built_in;
use crate::mail::{Content, Delivery, Letter, Transport};
use crate::secrets::new_nonce;

const HELP: &str = "\
Examples:
  afterwatch mail test nurse@clinic.example
  afterwatch mail test nurse@clinic.example --language zh-CN

The mail server comes from smtp_url and mail_from in afterwatch.toml, or from
AFTERWATCH_SMTP_URL and AFTERWATCH_MAIL_FROM.";

/// What to do about mail.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Mail {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Send one test mail, and say what the mail server answered
    Test {
        /// Who gets it
        address: String,
        /// The language of the mail: en or zh-CN
        #[arg(long, default_value = "en", value_parser = language)]
        language: Language,
        /// File with the settings
        #[arg(long, default_value = "afterwatch.toml", value_name = "FILE")]
        config: PathBuf,
    },
}

fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "the languages are en and zh-CN".to_owned())
}

/// Sends. 0: the server took the mail; 1: it refused the address or the mail; 2: the
/// settings are wrong or the server could not be asked.
#[must_use]
pub fn run(arguments: &Mail, clock: &Clock) -> ExitCode {
    let Action::Test { address, language, config } = &arguments.action;
    let outgoing = Sources::of_process(BTreeMap::new(), config)
        .and_then(|sources| Settings::read_mail(&sources));
    let outgoing = match outgoing {
        Ok(Some(outgoing)) => outgoing,
        Ok(None) => {
            return could_not(
                &"no mail server is named; set AFTERWATCH_SMTP_URL and \
                              AFTERWATCH_MAIL_FROM, or smtp_url and mail_from in afterwatch.toml",
            );
        }
        Err(problems) => return could_not(&problems),
    };
    let transport = match Transport::smtp(&outgoing.smtp) {
        Ok(transport) => transport,
        Err(error) => return could_not(&error),
    };
    let Some(nonce) = new_nonce() else {
        return could_not(&"the system gave no random bytes");
    };
    let letter = Letter {
        language: *language,
        sender_name: outgoing.name,
        sender_address: outgoing.from,
        to: address.clone(),
        message_id: format!("test-{nonce}"),
        date: clock.now(),
        content: Content::MailTest,
        text: built_in(LetterKind::MailTest, *language),
    };
    let message = match letter.message() {
        Ok(message) => message,
        Err(error) => return found_wrong(&error),
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return could_not(&error),
    };
    match runtime.block_on(transport.send(&message)) {
        Delivery::Accepted => {
            println!(
                "The mail server took the test mail. Look whether it has arrived, also among \
                 junk mail: taken does not mean delivered."
            );
            ExitCode::SUCCESS
        }
        Delivery::Refused(reason) => found_wrong(&format!("the mail was refused: {reason}")),
        Delivery::Retry(reason) => {
            could_not(&format!("the mail was not taken, and may be later: {reason}"))
        }
    }
}

//! E-mail: what is owed becomes letters and goes to the mail server.
//!
//! Mail is safety data. A letter is owed in the transaction that causes it and
//! ends accepted, cancelled with a cause, or failed for a person to look at;
//! it is never lost silently. It may arrive twice (with one Message-ID) when an
//! answer of the mail server is lost: that is the price of never missing one.

pub mod example;
pub mod letter;
pub mod transport;
pub mod worker;

pub use letter::{Content, Letter, LetterError};
pub use transport::{Delivery, Practice, SmtpError, SmtpSettings, Transport};
pub use worker::{MailSettings, Outcome, Worker, compose};

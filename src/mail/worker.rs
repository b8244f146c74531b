//! Sends what is owed.
//!
//! One step takes a letter, commits, sends it with no transaction open, and
//! notes what came of it. Several steps run at once, each with its own letter
//! and deadline, so that one hung server or bad address delays nobody else; one
//! of them takes alerts only.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::letter::{AccountBlanks, Content, Letter, PatientBlanks};
use super::transport::{Delivery, Transport};
use crate::clock::Clock;
use crate::domain::letter::{LetterKind, StopCause};
use crate::domain::{Codelist as _, OutboxId, Timestamp};
use crate::i18n::letters::built_in;
use crate::secrets::Keys;
use crate::store::outbox::{self, Owed, Queue};
use crate::store::{self, Db};

/// Letters that are sent at one time, the place for alerts not counted.
const PLACES: usize = 4;
/// How often the outbox is looked at when nobody rings.
const LOOK: Duration = Duration::from_secs(1);
/// How long the worker rests after a fault of the database.
const REST: Duration = Duration::from_secs(5);

/// What the worker must know to write letters.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// How the outside reaches the pages, without a slash at the end.
    pub base_url: String,
    /// The address that all mail is sent from.
    pub sender_address: String,
    /// The sender's name on mails that are from no clinic; as neutral as a clinic's.
    pub sender_name: String,
    /// How many hours an invitation or reset link works.
    pub account_link_hours: i64,
}

/// What came of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server took the letter.
    Accepted(OutboxId),
    /// It waits for its next try.
    Postponed(OutboxId),
    /// A person must look.
    Failed(OutboxId),
}

/// Sends letters. Clones share the connection to the mail server.
#[derive(Debug, Clone)]
pub struct Worker {
    db: Db,
    clock: Clock,
    keys: Keys,
    transport: Transport,
    settings: Arc<MailSettings>,
    bell: Arc<Notify>,
}

impl Worker {
    /// A worker over this database and mail server.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Clock,
        keys: Keys,
        transport: Transport,
        settings: MailSettings,
    ) -> Self {
        let settings = Arc::new(settings);
        Self { db, clock, keys, transport, settings, bell: Arc::new(Notify::new()) }
    }

    /// Rung after a commit that owes a letter, it spares the wait for the next
    /// look. A lost ring loses nothing.
    #[must_use]
    pub fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.bell)
    }

    /// Works until the future is dropped. What is being sent then is sent again
    /// after its lease, under the same Message-ID.
    pub async fn run(&self) {
        let mut places = JoinSet::new();
        let mut queues = HashMap::new();
        let mut waiting = vec![Queue::Alerts];
        waiting.resize(PLACES + 1, Queue::All);
        loop {
            for queue in waiting.drain(..) {
                let worker = self.clone();
                let place = places.spawn(async move { worker.work(queue).await });
                queues.insert(place.id(), queue);
            }
            // A place never ends by itself; one that panicked is started again.
            match places.join_next().await {
                Some(Err(error)) => {
                    tracing::error!("a place of the mail worker panicked and is started again");
                    waiting.extend(queues.remove(&error.id()));
                    tokio::time::sleep(REST).await;
                }
                Some(Ok(())) => {}
                None => return,
            }
        }
    }

    async fn work(&self, queue: Queue) {
        loop {
            match self.step(queue).await {
                Ok(Some(_)) => {}
                Ok(None) => {
                    let _ = tokio::time::timeout(LOOK, self.bell.notified()).await;
                }
                Err(error) => {
                    tracing::error!(%error, "the mail worker cannot use the database");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    /// Sends the next letter that is due, if there is one.
    pub async fn step(&self, queue: Queue) -> store::Result<Option<Outcome>> {
        let now = self.clock.now();
        // A look costs no commit.
        let due = self.db.read(outbox::next_due).await?;
        if due.is_none_or(|due| due > now) {
            return Ok(None);
        }
        let claimed = self.db.write(move |conn| outbox::claim(conn, now, queue)).await?;
        match claimed {
            Some(owed) => self.deliver(owed).await.map(Some),
            None => Ok(None),
        }
    }

    /// Sends all that is due now, several at a time, and says what came of each.
    /// For the training clock, which must not answer before due work is done.
    pub async fn drain(&self) -> store::Result<Vec<Outcome>> {
        let mut places: JoinSet<store::Result<Vec<Outcome>>> = JoinSet::new();
        for _ in 0..PLACES {
            let worker = self.clone();
            places.spawn(async move {
                let mut outcomes = Vec::new();
                while let Some(outcome) = worker.step(Queue::All).await? {
                    outcomes.push(outcome);
                }
                Ok(outcomes)
            });
        }
        let mut outcomes = Vec::new();
        while let Some(ended) = places.join_next().await {
            outcomes.extend(ended.map_err(|_| store::Error::Panicked)??);
        }
        Ok(outcomes)
    }

    async fn deliver(&self, owed: Owed) -> store::Result<Outcome> {
        let id = owed.id;
        let written = compose(&self.keys, &self.settings, &owed, self.clock.now())
            .map(|letter| letter.message());
        let delivery = match &written {
            Some(Ok(message)) => self.transport.send(message).await,
            // Not the server's doing: no later try will mend it.
            Some(Err(error)) => return self.unwritable(id, error.to_string()).await,
            None => {
                let detail = "the letter lacks its clinic, link or task".to_owned();
                return self.unwritable(id, detail).await;
            }
        };
        let now = self.clock.now();
        match delivery {
            Delivery::Accepted => {
                self.db.write(move |conn| outbox::accepted(conn, now, id)).await?;
                Ok(Outcome::Accepted(id))
            }
            Delivery::Retry(detail) => {
                tracing::warn!(outbox.id = %id, detail, "mail {id} was not taken and waits");
                self.db.write(move |conn| outbox::postponed(conn, now, &owed, &detail)).await?;
                Ok(Outcome::Postponed(id))
            }
            Delivery::Refused(detail) => {
                tracing::warn!(outbox.id = %id, detail, "mail {id} was refused for good");
                let cause = StopCause::Refused;
                let failed = move |conn: &mut store::Connection| {
                    outbox::failed(conn, now, id, cause, &detail)
                };
                self.db.write(failed).await?;
                Ok(Outcome::Failed(id))
            }
        }
    }

    async fn unwritable(&self, id: OutboxId, detail: String) -> store::Result<Outcome> {
        tracing::warn!(outbox.id = %id, detail, "mail {id} cannot be written");
        let now = self.clock.now();
        let failed = move |conn: &mut store::Connection| {
            outbox::failed(conn, now, id, StopCause::Unwritable, &detail)
        };
        self.db.write(failed).await?;
        Ok(Outcome::Failed(id))
    }
}

/// The letter with its blanks filled; `None` when the row lacks what its kind needs.
#[must_use]
pub fn compose(
    keys: &Keys,
    settings: &MailSettings,
    owed: &Owed,
    date: Timestamp,
) -> Option<Letter> {
    let patient = || {
        let clinic = owed.clinic.as_ref()?;
        let token = keys.link_token(owed.link_nonce.as_deref()?);
        let url = format!("{}/p/{token}", settings.base_url);
        Some(PatientBlanks {
            stop_url: format!("{url}/stop"),
            url,
            phone: clinic.phone.clone(),
            emergency_number: clinic.emergency_number.clone(),
        })
    };
    let account = || AccountBlanks {
        url: format!("{}/invite/{}", settings.base_url, keys.letter_token(owed.id)),
        valid_hours: settings.account_link_hours,
    };
    let content = match owed.kind {
        LetterKind::CheckInPrompt => Content::CheckInPrompt(patient()?),
        LetterKind::CheckInReminder => Content::CheckInReminder(patient()?),
        LetterKind::Link => Content::Link(patient()?),
        LetterKind::Alert => {
            let (id, number) = owed.task?;
            Content::Alert { task: number, url: format!("{}/tasks/{id}", settings.base_url) }
        }
        LetterKind::Alarm => Content::Alarm {
            code: owed.fault?.code(),
            url: format!("{}/readyz", settings.base_url),
        },
        LetterKind::StaffInvitation => Content::StaffInvitation(account()),
        LetterKind::PasswordReset => Content::PasswordReset(account()),
        LetterKind::MailTest => Content::MailTest,
    };
    let clinic = owed.clinic.as_ref();
    let sender_name = clinic.map_or(&settings.sender_name, |clinic| &clinic.mail_name);
    Some(Letter {
        language: owed.language,
        sender_name: sender_name.clone(),
        sender_address: settings.sender_address.clone(),
        to: owed.to.clone(),
        message_id: owed.message_id.clone(),
        date,
        text: match &owed.text {
            Some(own) => own.text.clone(),
            None => built_in(owed.kind, owed.language),
        },
        content,
    })
}

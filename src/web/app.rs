//! What every handler may use.

use std::sync::Arc;

use tokio::sync::{Mutex, Notify};

use super::health::Health;
use super::limits::Limits;
use super::streams::Streams;
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::Timestamp;
use crate::due_work::DueWork;
use crate::mail::Practice;
use crate::secrets::Keys;
use crate::store::Db;

/// The state of the running program; clones share it.
#[derive(Debug, Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Keys that are kept outside the database.
    pub keys: Keys,
    /// What the program was told.
    pub settings: Arc<Settings>,
    /// Wakes the mail worker when something became due.
    pub mail_due: Arc<Notify>,
    /// How much signing in may cost.
    pub limits: Arc<Limits>,
    /// Signs of life of what works in the background.
    pub health: Arc<Health>,
    /// Pages that are kept up to date.
    pub streams: Arc<Streams>,
    /// Training: the mail server that keeps all mail.
    pub practice: Practice,
    /// Training: one request at a time moves the clock.
    pub moving: Arc<Mutex<()>>,
    /// Training: does due work at once after the clock was moved.
    pub due: Option<DueWork>,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(db: Db, clock: Clock, keys: Keys, settings: Settings) -> Self {
        Self {
            db,
            clock,
            keys,
            settings: Arc::new(settings),
            mail_due: Arc::new(Notify::new()),
            limits: Arc::new(Limits::new()),
            health: Arc::default(),
            streams: Arc::default(),
            practice: Practice::default(),
            moving: Arc::default(),
            due: None,
        }
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

//! What falls due with time: every minute, and on demand for the training clock, which must
//! not answer before it is done.

use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::domain::Timestamp;
use crate::mail::Worker;
use crate::store::{Connection, Db, Result};
use crate::{escalation, follow_up};

/// Does what is due now but sending: closes check-ins that are late, opens tasks for them, and
/// tells the next people about tasks that nobody has taken.
pub fn tick(conn: &mut Connection, now: Timestamp) -> Result<()> {
    follow_up::tick(conn, now)?;
    escalation::tick(conn, now)?;
    Ok(())
}

/// Asks for due work at once, and waits until it is done.
#[derive(Debug, Clone)]
pub struct DueWork {
    asked: mpsc::Sender<oneshot::Sender<()>>,
}

impl DueWork {
    /// Starts the task that does it.
    #[must_use]
    pub fn start(db: Db, clock: Clock, mail: Worker) -> Self {
        let (asked, mut questions) = mpsc::channel::<oneshot::Sender<()>>(16);
        tokio::spawn(async move {
            while let Some(done) = questions.recv().await {
                let now = clock.now();
                if let Err(error) = db.write(move |conn| tick(conn, now)).await {
                    tracing::error!(%error, "the schedule could not be worked off");
                }
                if let Err(error) = mail.drain().await {
                    tracing::error!(%error, "due mail could not be sent");
                }
                // Who asked may have gone away.
                let _ = done.send(());
            }
        });
        Self { asked }
    }

    /// Does what is due now.
    pub async fn run(&self) {
        let (done, finished) = oneshot::channel();
        if self.asked.send(done).await.is_ok() {
            let _ = finished.await;
        }
    }
}

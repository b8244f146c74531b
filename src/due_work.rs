//! What falls due with time: every minute, and on demand for the training clock, which must
//! not answer before it is done.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::auditor::Auditor;
use crate::clock::Clock;
use crate::domain::Timestamp;
use crate::hooks::Caller;
use crate::mail::Worker;
use crate::store::{Connection, Db, Result};
use crate::web::App;
use crate::{escalation, follow_up};

/// Does what is due now but sending: closes check-ins that are late, opens tasks for them, and
/// tells the next people about tasks that nobody has taken.
pub fn tick(conn: &mut Connection, now: Timestamp) -> Result<()> {
    follow_up::tick(conn, now)?;
    escalation::tick(conn, now)?;
    Ok(())
}

/// How long a gateway may take while somebody waits for the training clock.
const GATEWAY: Duration = Duration::from_secs(2);

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Everything that is due: check-ins, steps, mails, calls of gateways.
    Work,
    /// A round of the auditor.
    Look,
}

/// Asks for due work at once, and waits until it is done.
#[derive(Debug, Clone)]
pub struct DueWork {
    asked: mpsc::Sender<(Wanted, oneshot::Sender<()>)>,
}

impl DueWork {
    /// Starts the task that does it, with a mail worker and an auditor of the training's own.
    #[must_use]
    pub fn start(app: &App, mail: Worker, auditor: Auditor) -> Self {
        let (asked, mut questions) = mpsc::channel::<(Wanted, oneshot::Sender<()>)>(16);
        let (db, clock) = (app.db.clone(), app.clock.clone());
        let caller = Caller::new(db.clone(), clock.clone(), app.settings.base_url.clone())
            .with_deadline(GATEWAY);
        let mut auditor = auditor.at_once();
        tokio::spawn(async move {
            while let Some((wanted, done)) = questions.recv().await {
                match wanted {
                    Wanted::Work => work(&db, &clock, &mail, &caller).await,
                    Wanted::Look => {
                        auditor.round().await;
                    }
                }
                // Who asked may have gone away.
                let _ = done.send(());
            }
        });
        Self { asked }
    }

    /// Does what is due now.
    pub async fn run(&self) {
        self.ask(Wanted::Work).await;
    }

    /// Lets the auditor look now.
    pub async fn look(&self) {
        self.ask(Wanted::Look).await;
    }

    async fn ask(&self, wanted: Wanted) {
        let (done, finished) = oneshot::channel();
        if self.asked.send((wanted, done)).await.is_ok() {
            let _ = finished.await;
        }
    }
}

async fn work(db: &Db, clock: &Clock, mail: &Worker, caller: &Caller) {
    let now = clock.now();
    if let Err(error) = db.write(move |conn| tick(conn, now)).await {
        tracing::error!(%error, "the schedule could not be worked off");
    }
    if let Err(error) = mail.drain().await {
        tracing::error!(%error, "due mail could not be sent");
    }
    if let Err(error) = caller.drain().await {
        tracing::error!(%error, "the gateways cannot be called");
    }
}

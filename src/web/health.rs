//! For monitors: is the process alive, and can it do its work?

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::time::Instant;

use super::{Access, App, Route};
use crate::domain::fault::{Fault, Finding};
use crate::domain::{Codelist as _, Language};
use crate::i18n::faults;
use crate::store::{self, installation};

/// How long an answer is good: a probe writes, and anybody may ask.
const GOOD_FOR: Duration = Duration::from_secs(5);
/// A part that was not at work for so long has stopped.
const STOPPED_AFTER: Duration = Duration::from_mins(2);
/// The auditor, which looks once a minute and twice at what is new, has stopped after this.
const AUDITOR_STOPPED_AFTER: Duration = Duration::from_mins(3);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/healthz", Access::Public, alive),
        Route::get("/readyz", Access::Public, ready),
    ]
}

/// The signs of life of the parts that work in the background, and what the auditor found.
#[derive(Debug)]
pub struct Health {
    started: Instant,
    mail: Mutex<Option<Instant>>,
    schedule: Mutex<Option<Instant>>,
    auditor: Mutex<Option<Instant>>,
    findings: Mutex<Vec<Finding>>,
    last: Mutex<Option<(Instant, Readiness)>>,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            mail: Mutex::default(),
            schedule: Mutex::default(),
            auditor: Mutex::default(),
            findings: Mutex::default(),
            last: Mutex::default(),
        }
    }
}

/// A part that works in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Sends mail.
    Mail,
    /// Closes check-ins and opens tasks for what is late.
    Schedule,
    /// Watches over all of it.
    Auditor,
}

impl Health {
    fn of(&self, part: Part) -> &Mutex<Option<Instant>> {
        match part {
            Part::Mail => &self.mail,
            Part::Schedule => &self.schedule,
            Part::Auditor => &self.auditor,
        }
    }

    /// Notes that a part is at work.
    pub fn seen(&self, part: Part) {
        *self.of(part).lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn works(&self, part: Part) -> bool {
        let seen = *self.of(part).lock().unwrap_or_else(PoisonError::into_inner);
        seen.is_some_and(|at| at.elapsed() < STOPPED_AFTER)
    }

    /// Whether a part gave no sign of life for too long, the time to start not counted.
    #[must_use]
    pub fn has_stopped(&self, part: Part) -> bool {
        let seen = *self.of(part).lock().unwrap_or_else(PoisonError::into_inner);
        let patience = match part {
            Part::Auditor => AUDITOR_STOPPED_AFTER,
            Part::Mail | Part::Schedule => STOPPED_AFTER,
        };
        seen.unwrap_or(self.started).elapsed() >= patience
    }

    /// Keeps what the auditor found at its last look.
    pub fn found(&self, findings: Vec<Finding>) {
        *self.findings.lock().unwrap_or_else(PoisonError::into_inner) = findings;
    }

    /// What is wrong: what the auditor found last, and that it has stopped, if it has.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if self.has_stopped(Part::Auditor) {
            findings.push(Finding::one(Fault::AuditorStopped));
            findings.sort_by_key(|finding| finding.fault);
        }
        findings
    }
}

/// What works and what does not, with the reason in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Readiness {
    ready: bool,
    database: &'static str,
    mail: &'static str,
    schedule: &'static str,
    /// What the auditor found, as on the pages of the staff.
    findings: Vec<Shown>,
}

/// A finding for machines and for whoever reads what they show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Shown {
    code: &'static str,
    count: i64,
    what: String,
}

async fn alive() -> &'static str {
    "alive\n"
}

async fn ready(State(app): State<App>) -> Response {
    let known = app.health.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let readiness = match known {
        Some((at, readiness)) if at.elapsed() < GOOD_FOR => readiness,
        _ => {
            let readiness = look(&app).await;
            let mut last = app.health.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = Some((Instant::now(), readiness.clone()));
            readiness
        }
    };
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}

async fn look(app: &App) -> Readiness {
    let now = app.now().to_string();
    let read = app.db.read(|conn| installation::get(conn, "probe")).await;
    let written = app.db.write(move |conn| installation::set(conn, "probe", &now)).await;
    let database = match (read, written) {
        (Ok(_), Ok(())) => "works",
        (Ok(_), Err(store::Error::Overloaded)) => "too many writes are waiting",
        (Ok(_), Err(_)) => "cannot be written; look at the free space of its disk",
        (Err(_), _) => "cannot be read",
    };
    let part = |part| if app.health.works(part) { "works" } else { "has stopped" };
    let (mail, schedule) = (part(Part::Mail), part(Part::Schedule));
    let findings: Vec<Shown> = app
        .health
        .findings()
        .into_iter()
        .map(|found| Shown {
            code: found.fault.code(),
            count: found.count,
            what: faults::finding(found, Language::En),
        })
        .collect();
    let ready = [database, mail, schedule] == ["works"; 3] && findings.is_empty();
    Readiness { ready, database, mail, schedule, findings }
}

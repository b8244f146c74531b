//! For monitors: is the process alive, and can it do its work?

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{Access, App, Route};
use crate::store::{self, installation};

/// How long an answer is good: a probe writes, and anybody may ask.
const GOOD_FOR: Duration = Duration::from_secs(5);
/// A part that was not at work for so long has stopped.
const STOPPED_AFTER: Duration = Duration::from_mins(2);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/healthz", Access::Public, alive),
        Route::get("/readyz", Access::Public, ready),
    ]
}

/// The signs of life of the parts that work in the background.
#[derive(Debug, Default)]
pub struct Health {
    mail: Mutex<Option<Instant>>,
    schedule: Mutex<Option<Instant>>,
    last: Mutex<Option<(Instant, Readiness)>>,
}

/// A part that works in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Sends mail.
    Mail,
    /// Closes check-ins and opens tasks for what is late.
    Schedule,
}

impl Health {
    fn of(&self, part: Part) -> &Mutex<Option<Instant>> {
        match part {
            Part::Mail => &self.mail,
            Part::Schedule => &self.schedule,
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
}

/// What works and what does not, with the reason in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Readiness {
    ready: bool,
    database: &'static str,
    mail: &'static str,
    schedule: &'static str,
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
    let ready = [database, mail, schedule] == ["works"; 3];
    Readiness { ready, database, mail, schedule }
}

//! The queue as it changes: server-sent events for pages that are open.
//!
//! An event only says that something has changed, and which EMERGENCY nobody has taken: the
//! page asks for the list itself and compares. So a stream holds no rows, and what a person
//! may see is decided in one place.

use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::domain::{Language, Permission, Scope, TaskId, Timestamp, Zone};
use crate::i18n::live::{LiveText, live};
use crate::store::queue::{self as tasks, Waiting};
use crate::store::{self, sessions, task_actions};
use crate::web::streams::{Events, Place, stream};
use crate::web::{App, PageError, Signed};

/// How often a line is sent that means nothing: proxies cut what is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Changes that come within this time are told as one.
const GATHER: Duration = Duration::from_millis(300);

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// The task whose page is open.
    #[serde(default)]
    task: String,
}

/// What one session watches.
struct Watch {
    app: App,
    session: String,
    task: Option<TaskId>,
    scope: Scope,
    ends_at: Timestamp,
}

/// What is told of.
#[derive(PartialEq, Eq)]
struct Told {
    emergencies: Vec<Waiting>,
    task_version: Option<i32>,
}

pub(super) async fn events(
    State(app): State<App>,
    signed: Signed,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, PageError> {
    let task = asked.ok().and_then(|Query(asked)| asked.task.parse().ok());
    let place = app.streams.begin(&signed.person.session);
    let (events, response) = stream();
    let watch = Watch {
        session: signed.person.session.clone(),
        ends_at: signed.person.ends_at,
        scope: signed.scope,
        app,
        task,
    };
    tokio::spawn(watch.run(place, events));
    Ok(response)
}

impl Watch {
    async fn run(mut self, place: Place, events: Events) {
        // From before the first look, so that nothing between the two is missed.
        let mut changes = self.app.db.changes();
        let mut look = true;
        loop {
            if look {
                let told = match self.look().await {
                    Ok(Some(state)) => events.send("queue", &state.to_json()).await,
                    Ok(None) => {
                        events.send("ended", "{}").await;
                        return;
                    }
                    Err(error) => {
                        // The page asks again, and by then it may work.
                        tracing::warn!(%error, "a page could not be kept up to date");
                        return;
                    }
                };
                if !told {
                    return;
                }
            }
            look = tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) if change.access || self.concerns(&change) => {
                        tokio::time::sleep(GATHER).await;
                        changes = changes.resubscribe();
                        true
                    }
                    Ok(_) => false,
                    Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return,
                },
                () = tokio::time::sleep(HEARTBEAT) => {
                    if !events.heartbeat().await {
                        return;
                    }
                    self.app.now() >= self.ends_at
                }
                () = place.given_way() => {
                    events.send("elsewhere", "{}").await;
                    return;
                }
                () = place.closing() => return,
                () = events.gone() => return,
            };
        }
    }

    fn concerns(&self, change: &store::Changed) -> bool {
        change.sites.iter().any(|site| self.scope.allows(*site))
    }

    /// How it stands; `None` when the session has ended or may not see the queue any more.
    async fn look(&mut self) -> store::Result<Option<Told>> {
        let (now, session, task) = (self.app.now(), self.session.clone(), self.task);
        let found = self
            .app
            .db
            .read(move |conn| {
                let Some(person) = sessions::signed_in(conn, &session, now)? else {
                    return Ok::<_, store::Error>(None);
                };
                let scope = person.scope(Permission::ViewQueue);
                if scope.sites().is_empty() {
                    return Ok(None);
                }
                let emergencies = tasks::emergencies(conn, &scope)?;
                let row = match task {
                    Some(id) => task_actions::find(conn, &scope, id)?,
                    None => None,
                };
                let task_version = row.map(|row| row.version);
                Ok(Some((scope, person.ends_at, Told { emergencies, task_version })))
            })
            .await?;
        Ok(found.map(|(scope, ends_at, state)| {
            self.scope = scope;
            self.ends_at = ends_at;
            state
        }))
    }
}

impl Told {
    fn to_json(&self) -> String {
        let emergencies: Vec<_> = self
            .emergencies
            .iter()
            .map(|one| json!({ "key": key(one), "id": one.id.to_string(), "number": one.number }))
            .collect();
        json!({ "emergencies": emergencies, "task": self.task_version }).to_string()
    }
}

/// Names an EMERGENCY: one that is raised again is a new one.
fn key(one: &Waiting) -> String {
    format!("{}@{}", one.id, one.raised_at)
}

/// The part of a page that tells of changes.
pub(in crate::web) struct Live {
    pub t: &'static LiveText,
    /// Where changes are told.
    pub stream: String,
    /// Where the list is, on the page of a list.
    pub list: Option<String>,
    /// The page itself.
    pub here: String,
    /// The task, on the page of a task.
    pub task: String,
    /// Its version.
    pub version: String,
    /// Who reads.
    pub person: String,
    /// When the page was made.
    pub made: String,
    /// What the keys do.
    pub keys: &'static [(&'static str, &'static str)],
    /// Every EMERGENCY that nobody has taken.
    pub emergencies: Vec<Waiting>,
    /// Whether the page itself does not show them.
    is_told: bool,
}

impl Live {
    fn new(
        signed: &Signed,
        lang: Language,
        made: (Timestamp, &Zone),
        emergencies: Vec<Waiting>,
    ) -> Self {
        let t = live(lang);
        let (at, zone) = made;
        Self {
            t,
            stream: "/queue/events".to_owned(),
            list: None,
            here: String::new(),
            task: String::new(),
            version: String::new(),
            person: signed.person.id.to_string(),
            made: t.made_at(&at.at(zone.jiff()).strftime("%H:%M:%S").to_string()),
            keys: t.queue_keys,
            emergencies,
            is_told: true,
        }
    }

    /// For a page of the queue with this query; `is_whole` when it shows the worst tasks of all.
    pub fn of_list(
        signed: &Signed,
        lang: Language,
        made: (Timestamp, &Zone),
        emergencies: Vec<Waiting>,
        (query, is_whole): (&str, bool),
    ) -> Self {
        Self {
            list: Some(format!("/queue/list{query}")),
            here: format!("/queue{query}"),
            is_told: !is_whole,
            ..Self::new(signed, lang, made, emergencies)
        }
    }

    /// For the page of a task.
    pub fn of_task(
        signed: &Signed,
        lang: Language,
        made: (Timestamp, &Zone),
        mut emergencies: Vec<Waiting>,
        (task, version): (TaskId, i32),
    ) -> Self {
        emergencies.retain(|one| one.id != task);
        let new = Self::new(signed, lang, made, emergencies);
        Self {
            stream: format!("/queue/events?task={task}"),
            here: format!("/tasks/{task}"),
            task: task.to_string(),
            version: version.to_string(),
            keys: new.t.task_keys,
            ..new
        }
    }

    /// Whether the page tells of them at once.
    pub fn tells(&self) -> bool {
        self.is_told && !self.emergencies.is_empty()
    }

    /// Names every EMERGENCY that the page knows of.
    pub fn known(&self) -> String {
        let keys: Vec<String> = self.emergencies.iter().map(key).collect();
        keys.join(" ")
    }
}

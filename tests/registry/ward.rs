//! A clinic with a nurse on duty and one infused patient: what tests of reports begin with.

use afterwatch::domain::registry::ReportSource;
use afterwatch::domain::task::TaskEventKind;
use afterwatch::domain::{
    Actor, DraftId, Language, Level, LinkId, Role, SiteId, StaffId, TaskId, Timestamp,
};
use afterwatch::intake::{self, IntakeError, NewDraft, Receipt, Step, Submission};
use afterwatch::store::links;
use afterwatch::store::schema::{flag, outbox, report, task, task_event};
use diesel::prelude::*;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::Infused;

/// A clinic with a nurse on duty and a patient who was infused just now.
pub struct Ward {
    pub app: TestApp,
    pub site: SiteId,
    pub nurse: StaffId,
    pub infused: Infused,
}

impl Ward {
    pub async fn new() -> Self {
        let app = TestApp::new();
        let site = app.site("A").await;
        let nurse = app.person(&[(site, Role::Nurse)], false).await;
        app.on_duty(nurse, site).await;
        let infused = app.infused(site, "P1").await;
        Self { app, site, nurse, infused }
    }

    pub fn nurse(&self) -> Actor {
        Actor::Staff { id: self.nurse, name: "Test Person".to_owned() }
    }

    pub fn submission(&self, report: Value) -> Submission {
        Submission {
            infusion: self.infused.infusion,
            source: ReportSource::StaffPhone,
            staff: Some(self.nurse),
            language: Language::En,
            report,
            draft: None,
            idempotency_key: None,
            supersedes: None,
        }
    }

    pub async fn send(&self, submission: Submission) -> Result<Receipt, IntakeError> {
        self.send_as(self.nurse(), submission).await
    }

    pub async fn send_as(
        &self,
        actor: Actor,
        submission: Submission,
    ) -> Result<Receipt, IntakeError> {
        let now = self.app.now();
        self.app.app.db.write(move |conn| intake::receive(conn, now, &actor, &submission)).await
    }

    /// A report by phone that is taken.
    pub async fn report(&self, report: Value) -> Receipt {
        self.send(self.submission(report)).await.unwrap()
    }

    pub fn hours(&self, hours: i64) {
        self.app.advance(SignedDuration::from_hours(hours));
    }

    pub async fn count(&self, what: &'static str) -> i64 {
        self.app
            .read(move |conn| {
                Ok(match what {
                    "task" => task::table.count().get_result(conn)?,
                    "report" => report::table.count().get_result(conn)?,
                    "flag" => flag::table.count().get_result(conn)?,
                    "alert" => {
                        outbox::table.filter(outbox::kind.eq("alert")).count().get_result(conn)?
                    }
                    _ => unreachable!("{what}"),
                })
            })
            .await
    }

    pub async fn task(&self, id: TaskId) -> (Level, Timestamp, Option<Timestamp>, Timestamp) {
        self.app
            .read(move |conn| {
                Ok(task::table
                    .filter(task::id.eq(id))
                    .select((task::level, task::raised_at, task::acknowledge_by, task::contact_by))
                    .first(conn)?)
            })
            .await
    }

    pub async fn events(&self, id: TaskId) -> Vec<TaskEventKind> {
        self.app
            .read(move |conn| {
                Ok(task_event::table
                    .filter(task_event::task_id.eq(id))
                    .order(task_event::id)
                    .select(task_event::kind)
                    .load(conn)?)
            })
            .await
    }

    /// What the patient's page does: a link, then a draft behind it.
    pub async fn behind_link(&self) -> (Actor, DraftId) {
        let (keys, now, infused) = (self.app.app.keys.clone(), self.app.now(), self.infused);
        let link: LinkId = self
            .app
            .write(move |conn| {
                let until = now.plus_hours(9000);
                links::issue(conn, &keys, now, infused.patient, infused.infusion, until)
            })
            .await;
        let actor = Actor::Patient { patient: infused.patient, link };
        let new = NewDraft {
            infusion: infused.infusion,
            source: ReportSource::Patient,
            language: Language::En,
        };
        let who = actor.clone();
        let draft =
            self.app.app.db.write(move |conn| intake::begin(conn, now, &who, new)).await.unwrap();
        (actor, draft)
    }

    pub async fn step(&self, actor: &Actor, draft: DraftId, report: Value) -> Step {
        let (actor, now) = (actor.clone(), self.app.now());
        self.app
            .app
            .db
            .write(move |conn| intake::save_step(conn, now, &actor, draft, &report))
            .await
            .unwrap()
    }

    pub async fn submit(&self, actor: &Actor, draft: DraftId, report: Value) -> Receipt {
        let submission = Submission {
            source: ReportSource::Patient,
            staff: None,
            draft: Some(draft),
            ..self.submission(report)
        };
        self.send_as(actor.clone(), submission).await.unwrap()
    }
}

/// 39.5 degrees under the arm with shaking: 40.0 adjusted; two moderate symptoms, one of them unexpected.
pub fn fever() -> Value {
    json!({
        "temp": {"value": 39.5, "unit": "C", "site": "axillary", "onset_h": 3, "duration_h": 2},
        "symptoms": {"CHILLS": {"shaking": 2, "onset_h": 3, "duration_h": 2}},
    })
}

pub fn chest_pain() -> Value {
    json!({"symptoms": {"CHEST_PAIN": {"sev": 1, "adl": 1, "onset_h": 1, "duration_h": 1}}})
}

pub fn tired() -> Value {
    json!({"symptoms": {
        "FATIGUE": {"relieved_by_rest": true, "adl": 1, "onset_h": 1, "duration_h": 1},
    }})
}

pub fn itch() -> Value {
    json!({"symptoms": {
        "PRURITUS": {"widespread": false, "adl": 0, "onset_h": 1, "duration_h": 1},
    }})
}

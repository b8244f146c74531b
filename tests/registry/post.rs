//! A clinic with something to send, and the worker that sends it.

use std::time::Duration;

use afterwatch::domain::letter::LetterKind;
use afterwatch::domain::registry::CheckInState;
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::{CheckInId, Language, LinkId, OutboxId, Role, Scope, SiteId, TaskId};
use afterwatch::mail::{MailSettings, SmtpSettings, Transport, Worker};
use afterwatch::secrets::token_hash;
use afterwatch::store::outbox::{self, Balance, Filter, NewLetter, Recipient};
use afterwatch::store::schema;
use diesel::prelude::*;

use crate::app::TestApp;
use crate::fixtures::Infused;
use crate::smtp_sink::Sink;

/// The deadline of one sending in these tests.
pub const DEADLINE: Duration = Duration::from_millis(300);

pub fn transport(sink: &Sink) -> Transport {
    let mut settings = SmtpSettings::new(sink.url());
    settings.deadline = DEADLINE;
    Transport::smtp(&settings).unwrap()
}

/// How letters are written in these tests.
pub fn mail_settings() -> MailSettings {
    MailSettings {
        base_url: "https://aw.example".to_owned(),
        sender_address: "post@mail.example".to_owned(),
        sender_name: "Post".to_owned(),
        account_link_hours: 72,
    }
}

/// A clinic with one infused patient, a check-in and a link, and a worker.
pub struct Post {
    pub app: TestApp,
    pub site: SiteId,
    pub infused: Infused,
    pub check_in: CheckInId,
    pub link: LinkId,
    pub worker: Worker,
}

impl Post {
    pub async fn new(transport: Transport) -> Self {
        Self::within(TestApp::new(), transport).await
    }

    /// The same in a program of one's own.
    pub async fn within(app: TestApp, transport: Transport) -> Self {
        let site = app.site("A").await;
        let infused = app.infused(site, "1").await;
        let (check_in, link, now) = (CheckInId::new(), LinkId::new(), app.now());
        let token_hash = token_hash(&app.app.keys.link_token("nonce"));
        app.write(move |conn| {
            use schema::{check_in as c, link as l};
            diesel::insert_into(c::table)
                .values((
                    c::id.eq(check_in),
                    c::site_id.eq(site),
                    c::patient_id.eq(infused.patient),
                    c::infusion_id.eq(infused.infusion),
                    c::code.eq(CheckInCode::D1),
                    c::opens_at.eq(now.plus_hours(20)),
                    c::due_at.eq(now.plus_hours(24)),
                    c::closes_at.eq(now.plus_hours(36)),
                    c::state.eq(CheckInState::Planned),
                    c::recorded_at.eq(now),
                ))
                .execute(conn)?;
            diesel::insert_into(l::table)
                .values((
                    l::id.eq(link),
                    l::patient_id.eq(infused.patient),
                    l::infusion_id.eq(infused.infusion),
                    l::nonce.eq("nonce"),
                    l::token_hash.eq(token_hash),
                    l::created_at.eq(now),
                    l::expires_at.eq(now.plus_hours(9000)),
                ))
                .execute(conn)?;
            Ok(())
        })
        .await;
        let parts = &app.app;
        let worker = Worker::new(
            parts.db.clone(),
            parts.clock.clone(),
            parts.keys.clone(),
            transport,
            mail_settings(),
        );
        Self { app, site, infused, check_in, link, worker }
    }

    pub fn prompt(&self) -> NewLetter {
        NewLetter {
            kind: LetterKind::CheckInPrompt,
            to: Recipient::Patient(self.infused.patient),
            site: Some(self.site),
            infusion: Some(self.infused.infusion),
            check_in: Some(self.check_in),
            task: None,
            link: Some(self.link),
            language: Language::ZhCn,
            due_at: self.app.now(),
            pointless_at: None,
            dedup_key: "prompt".to_owned(),
        }
    }

    pub async fn owe(&self, letter: NewLetter) -> Option<OutboxId> {
        let now = self.app.now();
        self.app.write(move |conn| outbox::owe(conn, now, &letter)).await
    }

    /// An alert to somebody on duty.
    pub async fn alert(&self) -> OutboxId {
        let nurse = self.app.person(&[(self.site, Role::Nurse)], false).await;
        let (task, now, site, infused) = (TaskId::new(), self.app.now(), self.site, self.infused);
        self.app
            .write(move |conn| {
                use schema::task as t;
                diesel::insert_into(t::table)
                    .values((
                        t::id.eq(task),
                        t::number.eq(1042_i64),
                        t::site_id.eq(site),
                        t::patient_id.eq(infused.patient),
                        t::infusion_id.eq(infused.infusion),
                        t::kind.eq("report"),
                        t::level.eq("URGENT"),
                        t::urgency_rank.eq(1),
                        t::state.eq("open"),
                        t::opened_at.eq(now),
                        t::raised_at.eq(now),
                        t::contact_by.eq(now),
                        t::version.eq(1),
                    ))
                    .execute(conn)?;
                Ok(())
            })
            .await;
        let letter = NewLetter {
            kind: LetterKind::Alert,
            to: Recipient::Staff(nurse),
            infusion: None,
            check_in: None,
            task: Some(task),
            link: None,
            language: Language::En,
            dedup_key: "alert".to_owned(),
            ..self.prompt()
        };
        self.owe(letter).await.unwrap()
    }

    pub async fn mail(&self, id: OutboxId) -> outbox::Mail {
        let scope = Scope::of([self.site]);
        let filter = Filter { limit: 200, ..Filter::default() };
        let list = self.app.read(move |conn| outbox::list(conn, &scope, &filter)).await;
        list.into_iter().find(|mail| mail.id == id).unwrap()
    }

    pub async fn details(&self, id: OutboxId) -> Vec<Option<String>> {
        let scope = Scope::of([self.site]);
        let attempts = self.app.read(move |conn| outbox::attempts(conn, &scope, id)).await;
        attempts.into_iter().map(|attempt| attempt.detail).collect()
    }

    pub async fn balance(&self) -> Balance {
        let scope = Scope::of([self.site]);
        self.app.read(move |conn| outbox::balance(conn, &scope)).await
    }

    /// Changes the patient's address.
    pub async fn address(&self, email: &'static str) {
        let patient = self.infused.patient;
        self.app
            .write(move |conn| {
                use schema::patient_contact as p;
                let row = diesel::update(p::table.find(patient));
                row.set(p::email.eq(email)).execute(conn)?;
                Ok(())
            })
            .await;
    }

    /// How many tasks say that the patient cannot be reached by mail.
    pub async fn unreachable_tasks(&self) -> i64 {
        self.app
            .read(move |conn| {
                use schema::task as t;
                Ok(t::table.filter(t::kind.eq("unreachable")).count().get_result(conn)?)
            })
            .await
    }
}

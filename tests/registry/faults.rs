//! The engine is broken on purpose, one part at a time: each fault stands on the pages and at
//! `/readyz` within five minutes, and a registry that works has none.

use std::sync::Arc;
use std::time::Duration;

use afterwatch::auditor::Auditor;
use afterwatch::config::Watch;
use afterwatch::demo::{cohort, past};
use afterwatch::domain::fault::Fault;
use afterwatch::domain::{Codelist, Role};
use afterwatch::due_work;
use afterwatch::mail::{Transport, Worker};
use afterwatch::store::outbox::Queue;
use afterwatch::store::{self, Connection};
use afterwatch::web::health::Part;
use axum::http::StatusCode;
use diesel::connection::SimpleConnection;
use jiff::SignedDuration;

use crate::app::{Browser, TestApp};
use crate::post::{mail_settings, transport};
use crate::smtp_sink::{Mode, Sink};
use crate::ward::{Ward, chest_pain};

/// A clinic at work: a patient in follow-up with a report and an urgent task, a nurse on duty,
/// an administrator, a schedule and a mail worker that are driven by the minute.
struct Works {
    ward: Ward,
    worker: Worker,
    auditor: Auditor,
    nurse: Browser,
    parts: Vec<Part>,
    /// The part that gives signs of life and does nothing.
    idle: Option<Part>,
}

impl Works {
    async fn new(transport: Transport) -> Self {
        let ward = Ward::new().await;
        ward.app.person(&[], true).await;
        ward.plan(ward.infused.infusion).await;
        let mut app = ward.app.app.clone();
        Arc::make_mut(&mut app.settings).watch = Watch {
            operator: Some("root@host.example".to_owned()),
            backup_hours: Some(26),
            ..Watch::default()
        };
        let (db, clock, keys) = (app.db.clone(), app.clock.clone(), app.keys.clone());
        let worker = Worker::new(db, clock, keys, transport, mail_settings());
        let auditor = Auditor::new(app, "no-anchors.txt".into()).with_disk(|_| Some((1 << 40, 80)));
        let nurse = ward.app.staff(Role::Nurse, ward.site).await;
        let parts = vec![Part::Mail, Part::Schedule];
        let mut works = Self { ward, worker, auditor, nurse, parts, idle: None };
        works.ward.report(chest_pain()).await;
        works.minute().await;
        works
    }

    /// What happens within a minute of a program at work.
    async fn minute(&mut self) {
        let app = &self.ward.app;
        app.advance(SignedDuration::from_mins(1));
        tokio::time::pause();
        tokio::time::advance(Duration::from_mins(1)).await;
        tokio::time::resume();
        let now = app.now();
        if self.parts.contains(&Part::Schedule) {
            let is_idle = self.idle == Some(Part::Schedule);
            let tick = move |conn: &mut Connection| {
                if is_idle { Ok(()) } else { due_work::tick(conn, now) }
            };
            // Where nothing can be written this fails, and the part gives no sign.
            if app.app.db.write(tick).await.is_ok() {
                app.app.health.seen(Part::Schedule);
            }
        }
        if self.parts.contains(&Part::Mail) {
            app.app.health.seen(Part::Mail);
            if self.idle != Some(Part::Mail) {
                while matches!(self.worker.step(Queue::All).await, Ok(Some(_))) {}
            }
        }
    }

    async fn minutes(&mut self, minutes: u32) {
        for _ in 0..minutes {
            self.minute().await;
            self.auditor.round().await;
        }
    }

    async fn sql(&self, statement: &'static str) {
        self.ward.app.write(move |conn| Ok(conn.batch_execute(statement)?)).await;
    }

    fn codes(&self) -> Vec<&'static str> {
        let found = self.ward.app.app.health.findings();
        found.iter().map(|finding| finding.fault.code()).collect()
    }
}

/// How a fault is made.
enum Break {
    /// By a statement.
    Sql(&'static str),
    /// A part stops.
    Stop(Part),
    /// A part hangs: it lives but does nothing.
    Hang(Part),
    /// The clock is moved back.
    ClockBack,
    /// The disk fills.
    Disk,
    /// The mail server behaves so, and a letter is owed.
    Server(Mode),
    /// The auditor is not called any more.
    NoAuditor,
    /// No copy is made for days; asked for by the settings.
    NoBackup,
}

const FAULTS: &[(Fault, Break)] = &[
    (Fault::NotWritable, Break::Sql("PRAGMA query_only = ON")),
    (Fault::AuditorStopped, Break::NoAuditor),
    (Fault::ScheduleStopped, Break::Stop(Part::Schedule)),
    (Fault::MailStopped, Break::Stop(Part::Mail)),
    (Fault::MailNotTried, Break::Hang(Part::Mail)),
    (Fault::AlertLate, Break::Hang(Part::Mail)),
    (Fault::MailFailing, Break::Server(Mode::Banner421)),
    (Fault::AlertLate, Break::Server(Mode::Rcpt4xx)),
    (Fault::NobodyTold, Break::Server(Mode::Rcpt5xx)),
    (
        Fault::AlertMissing,
        Break::Sql(
            "DELETE FROM step_told; DELETE FROM delivery_attempt WHERE outbox_id IN (SELECT id FROM outbox WHERE kind = 'alert'); \
             DELETE FROM outbox WHERE kind = 'alert'",
        ),
    ),
    (
        Fault::NobodyTold,
        Break::Sql("UPDATE outbox SET state = 'failed', cause = 'no_address' WHERE kind = 'alert'"),
    ),
    (Fault::NobodyOnDuty, Break::Sql("DELETE FROM duty")),
    (
        Fault::NobodyOnDuty,
        Break::Sql("UPDATE staff SET state = 'inactive' WHERE id IN (SELECT staff_id FROM duty)"),
    ),
    (Fault::NoAdministrator, Break::Sql("UPDATE staff SET is_administrator = 0")),
    (Fault::NotEvaluated, Break::Sql("UPDATE report SET evaluation = 'failed'")),
    (Fault::NotEvaluated, Break::Sql("UPDATE report SET rule_set_version = 99")),
    (Fault::WithoutTask, Break::Sql("UPDATE report SET task_id = NULL")),
    (Fault::WithoutReasons, Break::Sql("DELETE FROM flag")),
    (
        Fault::NotInTrail,
        Break::Sql(
            "DROP TRIGGER audit_no_update; \
             UPDATE audit SET action = 'report.seen' WHERE action = 'report.received'",
        ),
    ),
    (Fault::RulesMissing, Break::Sql("UPDATE product SET rule_set = 'GONE-1'")),
    (Fault::NotClosed, Break::Hang(Part::Schedule)),
    (
        Fault::FollowUpMissing,
        Break::Sql(
            "DELETE FROM step_told; DELETE FROM delivery_attempt; DELETE FROM outbox; DELETE FROM flag WHERE check_in_id IS NOT NULL; \
             DELETE FROM check_in",
        ),
    ),
    (
        Fault::QuestionMissing,
        Break::Sql(
            "DELETE FROM step_told; DELETE FROM delivery_attempt; DELETE FROM outbox; \
             UPDATE check_in SET due_at = '2026-03-01T02:00:30.000Z' WHERE state = 'planned'",
        ),
    ),
    (Fault::StepsMissing, Break::Sql("DELETE FROM step_told; DELETE FROM task_step")),
    (
        Fault::TextUnusable,
        Break::Sql(
            "INSERT INTO letter_text (id, kind, language, version, subject, body, made_by, made_at) \
             SELECT '0199c0de-0000-7000-8000-000000000001', 'alert', 'en', 1, 'News', 'No link', \
             id, '2026-03-01T02:00:00.000Z' FROM staff LIMIT 1",
        ),
    ),
    (Fault::StepOverdue, Break::Hang(Part::Schedule)),
    (Fault::ClockMovedBack, Break::ClockBack),
    (
        Fault::TrailBroken,
        Break::Sql(
            "DROP TRIGGER audit_no_update; UPDATE audit SET actor_name = 'somebody' WHERE seq = 2",
        ),
    ),
    (
        Fault::TrailBroken,
        Break::Sql(
            "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        ),
    ),
    (Fault::BackupOld, Break::NoBackup),
    (Fault::DiskNearlyFull, Break::Disk),
];

#[tokio::test]
async fn a_registry_at_work_has_no_finding_for_a_day() {
    let mut works = Works::new(Transport::Capture).await;
    for _ in 0..48 {
        works.ward.app.advance(SignedDuration::from_mins(29));
        works.minutes(1).await;
        assert_eq!(works.codes(), [""; 0], "at {}", works.ward.app.now());
    }
    let page = works.ward.app.staff(Role::Nurse, works.ward.site).await.get("/queue").await;
    assert!(!page.html.contains(" (F"), "{}", page.html);
    let ready = works.nurse.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::OK, "{}", ready.html);
}

#[tokio::test]
async fn each_fault_stands_on_the_pages_and_at_readyz_within_five_minutes() {
    assert!(FAULTS.len() >= 20);
    let mut wrong = Vec::new();
    for (index, (fault, how)) in FAULTS.iter().enumerate() {
        let sink = Sink::start(Mode::Ok).await;
        let mut works = Works::new(transport(&sink)).await;
        works.minutes(2).await;
        if !works.codes().is_empty() {
            wrong.push(format!("{fault:?} ({index}) had {:?} before", works.codes()));
        }
        let mut rounds = true;
        match how {
            Break::Sql(statement) => works.sql(statement).await,
            Break::Stop(part) => works.parts.retain(|one| one != part),
            Break::Hang(part) => {
                works.idle = Some(*part);
                owe_alert(&works).await;
                let over = "UPDATE check_in SET closes_at = '2026-03-01T02:01:00.000Z' WHERE state = 'planned'";
                if *part == Part::Schedule {
                    works.sql(over).await;
                    works.sql("UPDATE task_step SET due_at = '2026-03-01T02:05:00.000Z' WHERE state = 'planned'").await;
                }
            }
            Break::ClockBack => {
                assert!(works.ward.app.app.clock.advance(SignedDuration::from_hours(-1)));
            }
            Break::Disk => works.auditor = works.auditor.with_disk(|_| Some((1 << 20, 1))),
            Break::Server(mode) => {
                sink.set(*mode);
                // The kept connection ends, as a restart of the mail server ends it.
                let app = works.ward.app.app.clone();
                let (db, clock, keys) = (app.db, app.clock, app.keys);
                works.worker = Worker::new(db, clock, keys, transport(&sink), mail_settings());
                owe_alert(&works).await;
            }
            Break::NoAuditor => rounds = false,
            Break::NoBackup => {
                let then = works.ward.app.now().plus_hours(-30).to_string();
                works
                    .ward
                    .app
                    .write(move |conn| store::installation::set(conn, "backed_up_at", &then))
                    .await;
            }
        }
        for _ in 0..5 {
            works.minute().await;
            if rounds {
                works.auditor.round().await;
            }
        }
        let code = fault.code();
        let mut note = |what: &str| wrong.push(format!("{fault:?} ({index}): {what}"));
        if !works.codes().contains(&code) {
            note(&format!("not found, but {:?}", works.codes()));
        }
        let page = works.nurse.get("/queue").await;
        if !(page.html.contains("class=\"alarm\"") && page.html.contains(&format!("({code}"))) {
            note("no banner");
        }
        let chinese = works.nurse.get("/account?lang=zh-CN").await;
        if !chinese.html.contains(&format!("\u{ff08}{code}")) {
            note("no Chinese banner");
        }
        let ready = works.ward.app.stranger().get("/readyz").await;
        if ready.status != StatusCode::SERVICE_UNAVAILABLE
            || !ready.html.contains(&format!("\"code\":\"{code}\""))
        {
            note(&format!("{} {}", ready.status, ready.html));
        }
        assert!(!ready.html.contains("P1"), "nobody is named: {}", ready.html);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A second urgent report, whose alert is owed now.
async fn owe_alert(works: &Works) {
    let ward = &works.ward;
    let other = ward.app.infused(ward.site, "P2").await;
    ward.plan(other.infusion).await;
    let submission = afterwatch::intake::Submission {
        infusion: other.infusion,
        ..ward.submission(chest_pain())
    };
    ward.send(submission).await.unwrap();
}

#[tokio::test]
async fn a_fault_that_is_mended_is_gone_and_was_mailed_once_an_hour_to_those_who_can_mend_it() {
    let sink = Sink::start(Mode::Ok).await;
    let mut works = Works::new(transport(&sink)).await;
    works.sql("UPDATE product SET rule_set = 'GONE-1'").await;
    let told = |sink: &Sink| {
        let mails = sink.mails();
        mails.iter().filter(|mail| mail.contains("The system needs somebody now (F17)")).count()
    };
    works.minutes(5).await;
    works.minute().await;
    assert_eq!(told(&sink), 2, "the administrator and whoever looks after the server");
    assert!(sink.mails().iter().any(|mail| mail.contains("To: root@host.example")));
    works.minutes(50).await;
    assert_eq!(told(&sink), 2, "not again within the hour");
    works.minutes(12).await;
    assert_eq!(told(&sink), 4, "but after it");
    works.sql("UPDATE product SET rule_set = 'NK-AUTO-1'").await;
    works.minutes(1).await;
    assert_eq!(works.codes(), [""; 0]);
    works.minutes(90).await;
    assert_eq!(told(&sink), 4, "and never again once it is mended");
}

#[tokio::test]
async fn the_training_registry_has_no_finding() {
    let app = TestApp::training();
    let (keys, now) = (app.app.keys.clone(), app.now());
    app.app
        .db
        .write(move |conn| past::play(conn, &keys, &cohort::invent(now, 60, 1), now, 1))
        .await
        .unwrap();
    for part in [Part::Mail, Part::Schedule] {
        app.app.health.seen(part);
    }
    let mut auditor =
        Auditor::new(app.app.clone(), "no-anchors.txt".into()).with_disk(|_| Some((1 << 40, 80)));
    let parts = app.app.clone();
    let worker =
        Worker::new(parts.db, parts.clock, parts.keys, Transport::Capture, mail_settings());
    for _ in 0..12 {
        worker.drain().await.unwrap();
        let found = auditor.round().await;
        assert_eq!(found, [], "at {}", app.now());
        app.advance(SignedDuration::from_hours(5));
        let now = app.now();
        app.write(move |conn| due_work::tick(conn, now)).await;
    }
}

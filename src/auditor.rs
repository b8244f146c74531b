//! Looks every minute whether everything that must happen does happen.
//!
//! It shares nothing with the parts that it watches but the database: it has a thread and a
//! runtime of its own, and asks the rows themselves. What it finds stands on every page of
//! the staff, makes `/readyz` fail, is mailed to those who can mend it, and stops the
//! heartbeat: a monitor outside notices even if nothing here can speak any more.

mod trail;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;

use self::trail::Trail;
use crate::domain::Timestamp;
use crate::domain::fault::{Fault, Finding, Seen, both};
use crate::store::{self, backup, health, installation, letter_texts, outbox, products, watch};
use crate::web::App;
use crate::web::health::Part;

/// How often it looks.
const ROUND: Duration = Duration::from_mins(1);
/// What is found for the first time is looked at again after this: work may just have been
/// going on.
const SURE_AFTER: Duration = Duration::from_secs(10);
/// A database that does not answer within this cannot be used.
const ANSWER: Duration = Duration::from_secs(20);
/// Everything is looked at from the beginning so often, the whole audit trail included.
const NIGHTLY: SignedDuration = SignedDuration::from_hours(24);
/// The fact that says when the auditor looked last; writing it proves that writing works.
const LOOKED_AT: &str = "auditor_looked_at";

/// How full the disk under a directory is: free bytes and their share in percent.
pub type Disk = fn(&Path) -> Option<(u64, u64)>;

/// Watches over one running program.
#[derive(Debug)]
pub struct Auditor {
    app: App,
    trail: Trail,
    /// When everything was looked at from the beginning.
    whole_at: Option<Timestamp>,
    /// What only the look at everything has found.
    of_the_whole: Vec<(Fault, i64)>,
    disk: Disk,
    sure_after: Duration,
}

impl Auditor {
    /// The auditor of a program whose audit anchors are noted in this file.
    #[must_use]
    pub fn new(app: App, anchors: PathBuf) -> Self {
        Self {
            trail: Trail::new(anchors),
            app,
            whole_at: None,
            of_the_whole: Vec::new(),
            disk: |path| health::free_space(path).ok().flatten(),
            sure_after: SURE_AFTER,
        }
    }

    /// The same with another disk and without the wait before the second look.
    #[must_use]
    pub fn with_disk(self, disk: Disk) -> Self {
        Self { disk, ..self }.at_once()
    }

    /// The same without the wait before the second look: nothing else is at work.
    #[must_use]
    pub fn at_once(self) -> Self {
        Self { sure_after: Duration::ZERO, ..self }
    }

    /// Looks every minute until the future is dropped.
    pub async fn run(mut self) {
        let mut sign = crate::heartbeat::Sign::new(&self.app.settings.watch);
        loop {
            let findings = self.round().await;
            sign.give(&findings).await;
            tokio::time::sleep(ROUND).await;
        }
    }

    /// One round: looks, looks again at what is new, and makes known what both looks found.
    pub async fn round(&mut self) -> Vec<Finding> {
        let mut findings = self.look().await;
        let known = self.app.health.findings();
        let is_new = |one: &Finding| !known.iter().any(|other| other.fault == one.fault);
        if findings.iter().any(is_new) {
            tokio::time::sleep(self.sure_after).await;
            findings = both(&findings, &self.look().await);
        }
        for finding in &findings {
            tracing::error!(
                fault = crate::domain::Codelist::code(finding.fault),
                count = finding.count,
                "{}",
                crate::i18n::faults::finding(*finding, crate::domain::Language::En)
            );
        }
        self.app.health.found(findings.clone());
        self.app.health.seen(Part::Auditor);
        self.tell(&findings).await;
        findings
    }

    /// Looks once.
    async fn look(&mut self) -> Vec<Finding> {
        let (app, now) = (self.app.clone(), self.app.now());
        let all = self.whole_at.is_none_or(|at| now.since(at) >= NIGHTLY || at > now);
        let parts = [(Part::Schedule, Fault::ScheduleStopped), (Part::Mail, Fault::MailStopped)];
        let stopped = parts.iter().filter(|(part, _)| app.health.has_stopped(*part));
        let stopped: Vec<Fault> = stopped.map(|(_, fault)| *fault).collect();
        let read = in_time(app.db.read(move |conn| {
            Ok::<_, store::Error>((
                watch::counts(conn, now, all)?,
                products::rule_sets_in_use(conn)?,
                watch::trail(conn)?,
                installation::get(conn, backup::BACKED_UP_AT)?,
                letter_texts::unusable(conn)?,
            ))
        }));
        let Some((mut counted, rule_sets, trail, backed_up, unusable)) = read.await else {
            let stopped = [&[Fault::Unreadable], stopped.as_slice()].concat();
            return stopped.into_iter().map(Finding::one).collect();
        };
        let missing = rule_sets.iter().filter(|name| crate::rules::of(name).is_none()).count();
        counted.push((Fault::RulesMissing, i64::try_from(missing).unwrap_or(i64::MAX)));
        counted.push((Fault::TextUnusable, unusable));
        if all {
            self.whole_at = Some(now);
            self.of_the_whole.clone_from(&counted);
        } else {
            self.keep_old(&mut counted);
        }
        let looked = now.to_string();
        let note = move |conn: &mut store::Connection| installation::set(conn, LOOKED_AT, &looked);
        let is_writable = in_time(app.db.write(note)).await.is_some();
        let is_trail_whole = self.trail.is_whole(&app, all).await;
        let backup_hours = app.settings.watch.backup_hours.filter(|_| !app.settings.training);
        let seen = Seen {
            counted,
            stopped,
            is_writable,
            trail,
            is_trail_whole,
            last_backup: backed_up.and_then(|text| text.parse().ok()),
            backup_limit: backup_hours.map(SignedDuration::from_hours),
            disk: (self.disk)(&app.settings.data),
        };
        seen.findings(now)
    }

    /// What the look at everything found about old reports counts until the next one: the
    /// looks in between do not see so far.
    fn keep_old(&self, counted: &mut [(Fault, i64)]) {
        let of_reports =
            [Fault::NotEvaluated, Fault::WithoutTask, Fault::WithoutReasons, Fault::NotInTrail];
        for (fault, count) in counted.iter_mut().filter(|(fault, _)| of_reports.contains(fault)) {
            let old = self.of_the_whole.iter().find(|(other, _)| other == fault);
            *count = (*count).max(old.map_or(0, |(_, count)| *count));
        }
    }

    /// Owes the letters about what was found.
    async fn tell(&self, findings: &[Finding]) {
        if findings.is_empty() {
            return;
        }
        let faults: Vec<Fault> = findings.iter().map(|finding| finding.fault).collect();
        let (now, operator) = (self.app.now(), self.app.settings.watch.operator.clone());
        let owe = move |conn: &mut store::Connection| {
            outbox::owe_alarms(conn, now, &faults, operator.as_deref())
        };
        // Where nothing can be saved no mail can be owed; banner and heartbeat tell then.
        if in_time(self.app.db.write(owe)).await.is_some_and(|owed| owed > 0) {
            self.app.mail_due.notify_one();
        }
    }
}

/// What the database answers in time; the reason why it did not is logged.
async fn in_time<T>(work: impl Future<Output = store::Result<T>>) -> Option<T> {
    match tokio::time::timeout(ANSWER, work).await {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::error!(%error, "the auditor cannot use the database");
            None
        }
        Err(_) => {
            tracing::error!("the database does not answer the auditor");
            None
        }
    }
}

//! Four hundred days of follow-up: the real due work and the real mail worker over a real
//! database, while the clock is moved. Exactly those mails leave that a count by hand expects,
//! and every day each mail that was planned is accounted for.
//!
//! The large one takes minutes: `cargo test --release --test registry -- --ignored year`.

mod by_hand;
mod clinics;
mod people;

use std::collections::BTreeMap;

use afterwatch::domain::letter::LetterKind;
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::{Codelist as _, InfusionId, Scope, Timestamp};
use afterwatch::due_work;
use afterwatch::mail::{Outcome, Transport, Worker};
use afterwatch::store::outbox::{self as post, Balance};
use afterwatch::store::schema::{audit, check_in, outbox};
use afterwatch::store::training;
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::app::TestApp;
use crate::post::mail_settings;
use by_hand::Kind;
use clinics::{Clinics, Known, instant};
use people::{DAY, DAYS, Event, Person};

/// When the nurses work off what there is, each day: a minute at which nothing else happens.
const NURSES_AT: i64 = 6 * 60 + 13;

/// One mail: infusion, check-in, kind and minute.
type Sent = (InfusionId, String, Kind, i64);

/// The clock, the program behind it, and what it has sent so far.
struct Year {
    app: TestApp,
    worker: Worker,
    clinics: Clinics,
    accepted: i64,
}

impl Year {
    async fn begin() -> Self {
        let app = TestApp::new();
        let parts = &app.app;
        let worker = Worker::new(
            parts.db.clone(),
            parts.clock.clone(),
            parts.keys.clone(),
            Transport::Capture,
            mail_settings(),
        );
        let clinics = Clinics::found(&app).await;
        Self { app, worker, clinics, accepted: 0 }
    }

    fn minute(&self) -> i64 {
        self.app.now().since(instant(0)).as_mins()
    }

    /// The next minute at which something is due, or else this one.
    async fn next(&self, other: i64) -> i64 {
        let (now, due) = (self.minute(), self.app.read(training::next_due).await);
        let due = due.map_or(other, |due| due.since(instant(0)).as_mins());
        // What is due and cannot be done yet is looked at again at the next quarter.
        let due = if due > now { due } else { now - now.rem_euclid(15) + 15 };
        due.min(other)
    }

    async fn send(&mut self) {
        let outcomes = self.worker.drain().await.unwrap();
        let accepted = outcomes.iter().filter(|one| matches!(one, Outcome::Accepted(_))).count();
        assert_eq!(accepted, outcomes.len(), "{outcomes:?}");
        self.accepted += i64::try_from(accepted).unwrap();
    }

    /// A minute of the running program.
    async fn work(&mut self) {
        let now = self.app.now();
        self.app.write(move |conn| due_work::tick(conn, now)).await;
        self.send().await;
    }

    /// What was planned is sent, cancelled, failed or waiting; none is lost and none invented.
    async fn balance(&self) -> Balance {
        let scope = Scope::of(self.clinics.sites.iter().copied());
        let (balance, rows) = self
            .app
            .read(move |conn| {
                let rows: i64 = outbox::table.count().get_result(conn)?;
                Ok((post::balance(conn, &scope)?, rows))
            })
            .await;
        let day = self.minute() / DAY;
        assert_eq!(balance.planned(), rows, "on day {day}");
        let found = (balance.accepted, balance.failed, balance.bounced);
        assert_eq!(found, (self.accepted, 0, 0), "on day {day}");
        balance
    }

    /// Each mail that was cancelled stands in the trail.
    async fn trail(&self) {
        let cancelled: i64 = self
            .app
            .read(|conn| {
                let entries = audit::table.filter(audit::action.eq("letter.cancelled"));
                Ok(entries.count().get_result(conn)?)
            })
            .await;
        assert_eq!(self.balance().await.cancelled, cancelled);
    }

    /// The mails to patients that left: infusion, check-in, kind and minute.
    async fn mails(&self) -> Vec<Sent> {
        type Row = (Option<InfusionId>, Option<CheckInCode>, LetterKind, Option<Timestamp>);
        let rows: Vec<Row> = self
            .app
            .read(|conn| {
                Ok(outbox::table
                    .left_join(check_in::table)
                    .filter(outbox::patient_id.is_not_null().and(outbox::state.eq("accepted")))
                    .select((
                        outbox::infusion_id,
                        check_in::code.nullable(),
                        outbox::kind,
                        outbox::settled_at,
                    ))
                    .load(conn)?)
            })
            .await;
        let mut mails: Vec<Sent> = rows
            .into_iter()
            .map(|(infusion, code, kind, at)| {
                let kind = match kind {
                    LetterKind::Link => Kind::Link,
                    LetterKind::CheckInPrompt => Kind::Prompt,
                    LetterKind::CheckInReminder => Kind::Reminder,
                    other => panic!("{other:?} to a patient"),
                };
                let at = at.unwrap().since(instant(0)).as_mins();
                (
                    infusion.unwrap(),
                    code.map_or(String::new(), |code| code.code().to_owned()),
                    kind,
                    at,
                )
            })
            .collect();
        mails.sort_unstable();
        mails
    }
}

async fn play(people: Vec<Person>) {
    let mut year = Year::begin().await;
    let mut events: BTreeMap<i64, Vec<(usize, Event)>> = BTreeMap::new();
    for (number, person) in people.iter().enumerate() {
        for (at, event) in &person.events {
            events.entry(*at).or_default().push((number, *event));
        }
    }
    for day in 0..DAYS {
        events.entry(day * DAY + NURSES_AT).or_default();
        events.entry((day + 1) * DAY - 1).or_default();
    }
    let people = std::sync::Arc::new(people);
    let mut known = vec![Known::default(); people.len()];
    for (at, happening) in events {
        while year.minute() < at {
            let next = year.next(at).await;
            year.app.advance(SignedDuration::from_mins(next - year.minute()));
            year.work().await;
        }
        let (now, clinics, people) = (year.app.now(), year.clinics.clone(), people.clone());
        let mut so_far = std::mem::take(&mut known);
        known = year
            .app
            .write(move |conn| {
                for (number, event) in happening {
                    let one = (number, &people[number], &mut so_far[number]);
                    clinics.happens(conn, (now, event), one);
                }
                if at.rem_euclid(DAY) == NURSES_AT {
                    clinics.work(conn, now);
                }
                Ok(so_far)
            })
            .await;
        year.send().await;
        if at.rem_euclid(DAY) == DAY - 1 {
            year.balance().await;
        }
    }
    year.trail().await;
    let sent = year.mails().await;
    let mut expected: Vec<Sent> = Vec::new();
    for (person, known) in people.iter().zip(&known) {
        for (infusion, code, kind, at) in by_hand::mails(person) {
            expected.push((known.infusions[infusion], code.to_owned(), kind, at));
        }
    }
    expected.sort_unstable();
    let mut counts: BTreeMap<Sent, i64> = BTreeMap::new();
    for (mails, one) in [(&sent, 1), (&expected, -1)] {
        for mail in mails {
            *counts.entry(mail.clone()).or_default() += one;
        }
    }
    let wrong: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count != 0)
        .map(|((infusion, code, kind, at), count)| {
            let has = |known: &Known| known.infusions.contains(&infusion);
            let number = known.iter().position(has).unwrap();
            let what = if count > 0 { "sent, not expected" } else { "expected, not sent" };
            format!("{what}: {code} {kind:?} at {at} to {number}: {:?}", people[number])
        })
        .collect();
    let first: Vec<_> = wrong.iter().take(5).collect();
    assert!(wrong.is_empty(), "{} mails are wrong: {first:#?}", wrong.len());
    eprintln!("{} mails to {} patients", sent.len(), people.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn some_patients_get_exactly_the_mails_of_a_count_by_hand_over_400_days() {
    play(people::invent(40, 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn ten_thousand_patients_get_exactly_the_mails_of_a_count_by_hand_over_400_days() {
    play(people::invent(10_000, 400)).await;
}

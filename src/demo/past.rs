//! Lets the invented cohort happen, event by event, through the same process steps that a
//! real clinic uses: enrolment, infusions, check-ins, reports, the nurses' work, mail.
//!
//! Time runs forward only, so every row has the time at which it would have been written.

mod clinic;
mod course;
mod nurse;
mod today;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use jiff::SignedDuration;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::cohort::Cohort;
use super::{DemoError, Training};
use crate::domain::registry::ReportSource;
use crate::domain::{InfusionId, PatientId, TaskId, Timestamp};
use crate::intake::{self, Submission};
use crate::secrets::Keys;
use crate::store::outbox::{self, Queue};
use crate::store::{Connection, links, training};
use clinic::Clinic;

/// How often the schedule is looked at while the past is played.
const LOOK: SignedDuration = SignedDuration::from_mins(30);

/// Something that will happen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Patient and infusion, by position.
    Infuse(usize, usize),
    /// A patient answers a check-in; by phone when staff rang.
    Answer { person: usize, infusion: usize, id: InfusionId, since: i64, by_phone: bool },
    /// A nurse does the next thing with a task.
    Work(TaskId),
    /// One of the last hours' stories.
    Story { place: usize, person: usize },
}

/// The past while it is played.
struct Past<'a> {
    cohort: &'a Cohort,
    keys: &'a Keys,
    rng: ChaCha8Rng,
    now: Timestamp,
    clinics: Vec<Clinic>,
    patients: Vec<Option<PatientId>>,
    courses: course::Courses,
    events: BinaryHeap<Reverse<(Timestamp, u64, Event)>>,
    scheduled: u64,
    looked_at: Timestamp,
    known_tasks: BTreeSet<TaskId>,
}

/// Plays the past of a cohort up to `now` in the caller's transaction, and says who can
/// sign in and which links to try.
pub fn play(
    conn: &mut Connection,
    keys: &Keys,
    cohort: &Cohort,
    now: Timestamp,
    seed: u64,
) -> Result<Training, DemoError> {
    let first = cohort
        .patients
        .iter()
        .flat_map(|person| &person.infusions)
        .map(|infusion| infusion.t0)
        .min()
        .unwrap_or(now);
    let begin = first.minus(SignedDuration::from_hours(24 * 30));
    let (clinics, mut training) = clinic::found(conn, keys, cohort, begin)?;
    let mut past = Past {
        cohort,
        keys,
        rng: ChaCha8Rng::seed_from_u64(seed ^ 0x00a5_7e12),
        now,
        clinics,
        patients: vec![None; cohort.patients.len()],
        courses: course::Courses::default(),
        events: BinaryHeap::new(),
        scheduled: 0,
        looked_at: begin,
        known_tasks: BTreeSet::new(),
    };
    for (person, plan) in cohort.patients.iter().enumerate() {
        for (infusion, given) in plan.infusions.iter().enumerate() {
            past.at(given.t0.plus_minutes(15), Event::Infuse(person, infusion));
        }
    }
    past.plan_stories();
    while let Some(Reverse((at, _, event))) = past.events.pop() {
        if at > now {
            break;
        }
        past.look(conn, at)?;
        match event {
            Event::Infuse(person, infusion) => past.infuse(conn, at, person, infusion)?,
            Event::Answer { person, infusion, id, since, by_phone } => {
                past.answer(conn, at, (person, infusion, id), since, by_phone)?;
            }
            Event::Work(task) => past.work(conn, at, task)?,
            Event::Story { place, person } => past.tell(conn, at, (place, person))?,
        }
    }
    past.look(conn, now)?;
    training.patients = past.links_to_try(conn, now)?;
    Ok(training)
}

impl Past<'_> {
    /// Plans an event. Equal times keep the order in which they were planned.
    fn at(&mut self, time: Timestamp, event: Event) {
        self.scheduled += 1;
        self.events.push(Reverse((time, self.scheduled, event)));
    }

    /// Lets due check-ins close and due mail go out, in steps, up to a time.
    fn look(&mut self, conn: &mut Connection, until: Timestamp) -> Result<(), DemoError> {
        while self.looked_at < until {
            let next = self.looked_at.plus(LOOK).min(until);
            // Nothing is due for long stretches: jump to where something is.
            let due = training::next_due(conn)?.unwrap_or(until).max(next);
            self.looked_at = due.min(until);
            crate::due_work::tick(conn, self.looked_at)?;
            while let Some(owed) = outbox::claim(conn, self.looked_at, Queue::All)? {
                outbox::accepted(conn, self.looked_at, owed.id)?;
            }
            self.find_tasks(conn)?;
        }
        Ok(())
    }

    /// Nurses notice tasks that are new.
    fn find_tasks(&mut self, conn: &mut Connection) -> Result<(), DemoError> {
        for task in training::open_tasks(conn)? {
            if self.known_tasks.insert(task.id) {
                let notice = self.notices_after(task.level);
                self.at(task.opened_at.plus(notice), Event::Work(task.id));
            }
        }
        Ok(())
    }

    fn answer(
        &mut self,
        conn: &mut Connection,
        at: Timestamp,
        (person, infusion, id): (usize, usize, InfusionId),
        since: i64,
        by_phone: bool,
    ) -> Result<(), DemoError> {
        let plan = &self.cohort.patients[person];
        let given = &plan.infusions[infusion];
        let clinic = &self.clinics[plan.clinic];
        let hours = |until: Timestamp| {
            #[expect(clippy::cast_precision_loss, reason = "hours of a year")]
            let minutes = until.since(given.t0).as_mins() as f64;
            (minutes / 6.0).round() / 10.0
        };
        let thermometer = self.cohort.clinics[plan.clinic].thermometer;
        #[expect(clippy::cast_precision_loss, reason = "hours of a year")]
        let report: Value =
            super::reaction::report(&given.reactions, since as f64, hours(at), thermometer);
        let (source, actor) = if by_phone {
            (ReportSource::StaffPhone, clinic.nurse.clone())
        } else {
            let Some(link) = links::live(conn, id, at)? else { return Ok(()) };
            let patient = link.patient;
            (ReportSource::Patient, crate::domain::Actor::Patient { patient, link: link.id })
        };
        let submission = Submission {
            infusion: id,
            source,
            staff: actor.staff(),
            language: plan.language,
            report,
            draft: None,
            idempotency_key: None,
            supersedes: None,
        };
        intake::receive(conn, at, &actor, &submission)?;
        self.find_tasks(conn)
    }

    /// A random span between two numbers of minutes.
    fn minutes(&mut self, from: i64, to: i64) -> SignedDuration {
        SignedDuration::from_mins(self.rng.random_range(from..=to))
    }
}

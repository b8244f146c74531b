//! Who is treated in the simulated year, and what they do. Plain minutes since the beginning,
//! which know nothing of the program.
//!
//! Infusions end at quarter hours, so that mails come at quarter hours as well; what people do
//! happens some minutes later. So nothing is decided by who comes first within a minute.

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::by_hand;

pub const DAY: i64 = 24 * 60;
/// So long the clock is moved.
pub const DAYS: i64 = 400;
/// The clinics, by the position of their zone in [`by_hand::ZONES`].
pub const CLINICS: usize = by_hand::ZONES.len();

/// Something that happens to a patient's follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// The infusion of this position is recorded.
    Record(usize),
    /// Its end is corrected to this minute.
    Correct(usize, i64),
    /// The patient reports that all is well.
    Answer,
    /// Staff set the state of the patient.
    State(State),
    /// The patient stops the mails, or lets them come again.
    Stop(bool),
}

/// Where a patient stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Active,
    OnHold,
    InHospital,
    Withdrawn,
    Died,
    Moved,
}

/// One infusion as it is recorded.
#[derive(Debug, Clone)]
pub struct Infusion {
    pub t0: i64,
    /// 0 is the first phase, 1 consolidation, 2 prevention.
    pub phase: usize,
}

/// One patient with everything that will happen, in order.
#[derive(Debug, Clone)]
pub struct Person {
    pub clinic: usize,
    pub zone: usize,
    pub is_chinese: bool,
    pub is_donor: bool,
    pub infusions: Vec<Infusion>,
    pub events: Vec<(i64, Event)>,
}

/// Up to the next quarter hour, and so many minutes past it.
fn past_quarter(minute: i64, past: i64) -> i64 {
    minute.div_euclid(15) * 15 + 15 + past
}

fn infusions(rng: &mut ChaCha8Rng) -> Vec<Infusion> {
    let counts =
        [rng.random_range(0..=2), i32::from(rng.random_bool(0.6)), i32::from(rng.random_bool(0.4))];
    let phases = counts.iter().zip([30, 90, 180]).enumerate();
    let mut t0 = rng.random_range(0..300 * 96) * 15;
    let mut given = Vec::new();
    for (phase, (count, interval)) in phases {
        for _ in 0..*count {
            if !given.is_empty() {
                t0 += (interval * 96 + rng.random_range(-300..300)) * 15;
            }
            given.push(Infusion { t0, phase });
        }
    }
    if given.is_empty() {
        given.push(Infusion { t0, phase: 0 });
    }
    given.retain(|infusion| infusion.t0 < (DAYS - 1) * DAY);
    given
}

/// When the patient answers: some always, some now and then, some never; some too late.
fn answers(rng: &mut ChaCha8Rng, person: &Person) -> Vec<i64> {
    let share = *[0.95, 0.95, 0.95, 0.5, 0.0].choose(rng).unwrap();
    let mut answers = Vec::new();
    for infusion in &person.infusions {
        for row in by_hand::rows(person.is_donor) {
            if !rng.random_bool(share) {
                continue;
            }
            let window = (row.closes_h - row.due_h) * 60;
            let after = match rng.random_range(0..10) {
                0 => window + rng.random_range(0..DAY),
                1 | 2 => rng.random_range(0..window),
                3 => -rng.random_range(0..(row.due_h - row.opens_h) * 60),
                _ => rng.random_range(0..90),
            };
            answers.push(past_quarter(infusion.t0 + row.due_h * 60 + after, 11));
        }
    }
    answers
}

/// What stops the mails of a patient, for a while or for good.
fn interruption(rng: &mut ChaCha8Rng, from: i64) -> Vec<(i64, Event)> {
    let at = past_quarter(from + rng.random_range(0..40 * DAY), 7);
    let end = past_quarter(at + rng.random_range(60..30 * DAY), 7);
    let pause = |state| vec![(at, Event::State(state)), (end, Event::State(State::Active))];
    match rng.random_range(0..40) {
        0 | 1 => pause(State::OnHold),
        2 | 3 => pause(State::InHospital),
        4 => vec![(at, Event::State(State::Withdrawn))],
        5 => vec![(at, Event::State(State::Died))],
        6 => vec![(at, Event::State(State::Moved))],
        7 => vec![(at, Event::Stop(true))],
        8 | 9 => vec![(at, Event::Stop(true)), (end, Event::Stop(false))],
        _ => Vec::new(),
    }
}

fn person(rng: &mut ChaCha8Rng, number: usize) -> Person {
    let clinic = number % CLINICS;
    let is_abroad = rng.random_bool(0.1);
    let mut person = Person {
        clinic,
        zone: if is_abroad { rng.random_range(0..CLINICS) } else { clinic },
        is_chinese: if clinic == 0 { rng.random_bool(0.9) } else { rng.random_bool(0.1) },
        is_donor: rng.random_bool(0.3),
        infusions: infusions(rng),
        events: Vec::new(),
    };
    let mut events: Vec<(i64, Event)> = Vec::new();
    for (index, infusion) in person.infusions.iter().enumerate() {
        let recorded = past_quarter(infusion.t0 + rng.random_range(0..100), 7);
        events.push((recorded, Event::Record(index)));
    }
    let (first, recorded) = (person.infusions[0].t0, events[0].0);
    // Only before the next one is given, whose own corrections are another matter.
    if rng.random_bool(0.1) {
        let at = past_quarter(recorded + rng.random_range(0..20 * DAY), 7);
        let by = rng.random_range(-144..=144) * 15;
        events.push((at, Event::Correct(0, first + by)));
    }
    let mut stops = interruption(rng, recorded);
    // A correction and a change of state in one minute would have no order.
    for (at, _) in &mut stops {
        while events.iter().any(|(taken, _)| taken == at) {
            *at += 15;
        }
    }
    let left = stops.iter().find_map(|(at, event)| {
        let is_final = matches!(event, Event::State(State::Withdrawn | State::Died | State::Moved));
        is_final.then_some(*at)
    });
    events.extend(stops);
    let told = answers(rng, &person);
    events.extend(told.into_iter().filter(|at| *at > recorded).map(|at| (at, Event::Answer)));
    // Who has left is neither treated nor asked here.
    events.retain(|(at, event)| {
        left.is_none_or(|left| *at <= left || !matches!(event, Event::Record(_) | Event::Answer))
    });
    let end = DAYS * DAY;
    events.retain(|(at, event)| *at < end && !is_correction_after(&person, *at, *event));
    events.sort_unstable();
    events.dedup();
    person.events = events;
    person
}

/// A correction of the first infusion when the second has been given, or nearly.
fn is_correction_after(person: &Person, at: i64, event: Event) -> bool {
    let Some(second) = person.infusions.get(1) else { return false };
    matches!(event, Event::Correct(..)) && at > second.t0 - 3 * DAY
}

/// Equal seeds invent equal people.
pub fn invent(count: usize, seed: u64) -> Vec<Person> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|number| person(&mut rng, number)).collect()
}

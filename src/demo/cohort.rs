//! Who the invented people are and when they are infused.
//!
//! Clinics, people and numbers are invented on purpose so that nobody can take them for
//! real. Three signals are planted, as REFERENCE §9.2 says: a donor lot of twelve infusions
//! with many fevers, a clinic that reports nothing, and a patient whose hives come back at
//! every infusion after the first.

use jiff::SignedDuration;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

use super::reaction::{Odds, Reaction, draw, one};
use crate::domain::registry::{Phase, Sex};
use crate::domain::{Day, Language, ProductKind, Timestamp, Zone};

/// An invented clinic.
#[derive(Debug, Clone)]
pub struct ClinicPlan {
    /// Its short code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The neutral sender's name in mails.
    pub mail_name: &'static str,
    /// Its time zone.
    pub zone: Zone,
    /// Its language.
    pub language: Language,
    /// Its phone, from ranges that are reserved or impossible.
    pub phone: &'static str,
    /// The emergency number of the place.
    pub emergency_number: &'static str,
    /// Its usual thermometer.
    pub thermometer: &'static str,
    /// Nobody there ever reports anything: the planted under-reporting.
    pub is_silent: bool,
}

/// One infusion that will happen, or will be planned.
#[derive(Debug, Clone)]
pub struct InfusionPlan {
    /// When it ends.
    pub t0: Timestamp,
    /// The phase of its course.
    pub phase: Phase,
    /// Number in its course, from 1.
    pub number: i32,
    /// The lot's number.
    pub lot: String,
    /// What it does.
    pub reactions: Vec<Reaction>,
}

/// An invented patient.
#[derive(Debug, Clone)]
pub struct PatientPlan {
    /// Which clinic, by position.
    pub clinic: usize,
    /// The clinic's number for the patient.
    pub code: String,
    /// A name that nobody has.
    pub name: String,
    /// Year of birth.
    pub birth_year: i32,
    /// Sex.
    pub sex: Sex,
    /// Language of mails and pages.
    pub language: Language,
    /// Own or donor cells.
    pub kind: ProductKind,
    /// Chance to answer a check-in of the first week.
    pub answers: f64,
    /// Infusions in order.
    pub infusions: Vec<InfusionPlan>,
}

/// Everybody and everything.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// The clinics.
    pub clinics: Vec<ClinicPlan>,
    /// The patients.
    pub patients: Vec<PatientPlan>,
}

/// The number of the donor lot with many fevers.
pub const BAD_LOT: &str = "DN-0412";

/// Invents a cohort whose story ends at `now`. Equal seeds give equal cohorts.
#[must_use]
pub fn invent(now: Timestamp, patients: usize, seed: u64) -> Cohort {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let clinics = clinics();
    let itching = patients / 3;
    let mut people: Vec<PatientPlan> = (0..patients)
        .map(|index| patient(&mut rng, now, index, index == itching, &clinics))
        .collect();
    give_donor_lots(&mut people, clinics.len());
    for (index, person) in people.iter_mut().enumerate() {
        let effect = Normal::new(0.0, 0.8).map_or(0.0, |normal| normal.sample(&mut rng));
        for (position, infusion) in person.infusions.iter_mut().enumerate() {
            let odds = Odds {
                kind: person.kind,
                patient: effect,
                is_first: position == 0,
                bad_lot: infusion.lot == BAD_LOT,
            };
            infusion.reactions = draw(&mut rng, odds);
            if index == itching && position > 0 {
                let mut hives = one(&mut rng, "URTICARIA");
                hives.onset_h = 1.5;
                hives.grade = 2;
                infusion.reactions.retain(|reaction| reaction.code != "URTICARIA");
                infusion.reactions.push(hives);
            }
        }
    }
    Cohort { clinics, patients: people }
}

/// Donor cells of one lot go to up to twelve infusions of one clinic that follow one another.
/// The third lot of the first clinic is the bad one.
fn give_donor_lots(people: &mut [PatientPlan], clinics: usize) {
    for clinic in 0..clinics {
        let mut infusions: Vec<&mut InfusionPlan> = people
            .iter_mut()
            .filter(|person| person.clinic == clinic && person.kind == ProductKind::Allogeneic)
            .flat_map(|person| person.infusions.iter_mut())
            .collect();
        infusions.sort_by_key(|infusion| infusion.t0);
        for (position, infusion) in infusions.into_iter().enumerate() {
            let lot = position / 12;
            infusion.lot = if clinic == 0 && lot == 2 {
                BAD_LOT.to_owned()
            } else {
                format!("DN-{:04}", 500 + lot)
            };
        }
    }
}

fn clinics() -> Vec<ClinicPlan> {
    let clinic = |code,
                  name,
                  mail_name,
                  zone: &str,
                  language,
                  phone,
                  emergency_number,
                  thermometer,
                  is_silent| {
        Zone::parse(zone).ok().map(|zone| ClinicPlan {
            code,
            name,
            mail_name,
            zone,
            language,
            phone,
            emergency_number,
            thermometer,
            is_silent,
        })
    };
    [
        clinic(
            "EAST",
            "演示门诊（东）",
            "东门诊随访",
            "Asia/Shanghai",
            Language::ZhCn,
            "021-0000 0001",
            "120",
            "axillary",
            false,
        ),
        clinic(
            "SOUTH",
            "演示门诊（南）",
            "南门诊随访",
            "Asia/Shanghai",
            Language::ZhCn,
            "020-0000 0002",
            "120",
            "axillary",
            true,
        ),
        clinic(
            "ISLAND",
            "Training Clinic Island",
            "Island clinic follow-up",
            "Asia/Singapore",
            Language::En,
            "+65 0000 0003",
            "995",
            "tympanic",
            false,
        ),
        clinic(
            "RIVER",
            "Training Clinic River",
            "River clinic follow-up",
            "Europe/Berlin",
            Language::En,
            "+49 000 000004",
            "112",
            "oral",
            false,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn patient(
    rng: &mut ChaCha8Rng,
    now: Timestamp,
    index: usize,
    is_long_known: bool,
    clinics: &[ClinicPlan],
) -> PatientPlan {
    let clinic = [0, 0, 0, 1, 2, 2, 3, 3][index % 8].min(clinics.len() - 1);
    let place = &clinics[clinic];
    let kind = if index % 5 == 4 { ProductKind::Allogeneic } else { ProductKind::Autologous };
    let language = if rng.random_bool(0.93) { place.language } else { other(place.language) };
    let number = index + 1;
    let name = match language {
        Language::En => format!("Training Person {number:03}"),
        Language::ZhCn => format!("演示人员{number:03}"),
    };
    let infusions = dates(rng, now, index, is_long_known, &place.zone)
        .into_iter()
        .enumerate()
        .map(|(position, (t0, phase, in_course))| InfusionPlan {
            t0,
            phase,
            number: in_course,
            lot: format!("{}-{number:03}-{}", place.code, position + 1),
            reactions: Vec::new(),
        })
        .collect();
    PatientPlan {
        clinic,
        code: format!("{}-{number:04}", place.code),
        name,
        birth_year: rng.random_range(1946..=1994),
        sex: *[Sex::Female, Sex::Male].choose(rng).unwrap_or(&Sex::Unknown),
        language,
        kind,
        // One in twelve hardly ever answers; the others as in PRO-TECT's first weeks.
        answers: if index % 12 == 7 { 0.25 } else { 0.91 },
        infusions,
    }
}

const fn other(language: Language) -> Language {
    match language {
        Language::En => Language::ZhCn,
        Language::ZhCn => Language::En,
    }
}

/// Infusions of one patient up to now: monthly, then every three months, then every six.
/// Some patients join in a later phase; some are infused in the last hours, so that the
/// first page of a training has something to do.
fn dates(
    rng: &mut ChaCha8Rng,
    now: Timestamp,
    index: usize,
    is_long_known: bool,
    zone: &Zone,
) -> Vec<(Timestamp, Phase, i32)> {
    let phases: &[(Phase, i32)] = match index % 10 {
        0..=5 => &[(Phase::First, 6), (Phase::Consolidation, 4), (Phase::Prevention, 2)],
        6 | 7 => &[(Phase::Consolidation, 4), (Phase::Prevention, 2)],
        8 => &[(Phase::Prevention, 2)],
        _ => &[(Phase::First, 3), (Phase::Consolidation, 4)],
    };
    let today = now.day(zone.jiff());
    let age = if is_long_known {
        300
    } else if index % 6 == 1 {
        rng.random_range(0..3)
    } else {
        rng.random_range(3..420)
    };
    let mut day = today.plus_days(-age);
    let mut dates = Vec::new();
    for (phase, count) in phases {
        for number in 1..=*count {
            if let Some(t0) = clinic_hour(rng, day, zone).filter(|t0| *t0 < now) {
                dates.push((t0, *phase, number));
            } else {
                return dates;
            }
            day =
                day.plus_days(i64::from(phase.default_interval_days()) + rng.random_range(-2..=4));
        }
    }
    dates
}

/// Infusions end between ten and half past four on the clinic's clock.
fn clinic_hour(rng: &mut ChaCha8Rng, day: Day, zone: &Zone) -> Option<Timestamp> {
    let midnight = day.start(zone.jiff())?;
    Some(midnight.plus(SignedDuration::from_mins(rng.random_range(600..990))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cohort(seed: u64) -> Cohort {
        invent("2026-06-10T05:00:00Z".parse().unwrap(), 200, seed)
    }

    #[test]
    fn equal_seeds_give_equal_cohorts() {
        let text = |cohort: &Cohort| format!("{:?}", cohort.patients);
        assert_eq!(text(&cohort(1)), text(&cohort(1)));
        assert_ne!(text(&cohort(1)), text(&cohort(2)));
    }

    #[test]
    fn the_planted_signals_are_there() {
        let cohort = cohort(1);
        let bad = cohort
            .patients
            .iter()
            .flat_map(|patient| &patient.infusions)
            .filter(|infusion| infusion.lot == BAD_LOT)
            .count();
        assert_eq!(bad, 12);
        assert_eq!(cohort.clinics.iter().filter(|clinic| clinic.is_silent).count(), 1);
        let itching = &cohort.patients[200 / 3];
        assert!(itching.infusions.len() >= 3);
        assert!(itching.infusions.iter().skip(1).all(|infusion| {
            infusion.reactions.iter().any(|reaction| reaction.code == "URTICARIA")
        }));
    }

    #[test]
    fn nothing_happens_after_now_and_all_phases_occur() {
        let cohort = cohort(3);
        let infusions: Vec<_> = cohort.patients.iter().flat_map(|p| &p.infusions).collect();
        assert!(
            infusions.iter().all(|infusion| infusion.t0 < "2026-06-10T05:00:00Z".parse().unwrap())
        );
        for phase in [Phase::First, Phase::Consolidation, Phase::Prevention] {
            assert!(infusions.iter().any(|infusion| infusion.phase == phase), "{phase:?}");
        }
    }
}

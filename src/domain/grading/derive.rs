//! From answers to a patient-derived grade (REFERENCE §1.1 "Derive").
//!
//! Grade 4 comes only from FEVER, SEIZURE and an unrousable CONFUSION; grade 5 never.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::answers::Answers;
use super::grade::Grade;
use super::symptom::SymptomCode;
use super::version::CtcaeVersion;

/// The grade of an entered symptom; `None` while answers that it needs are missing.
///
/// The codes that are measured have no answers: see [`fever`], [`hypotension`]
/// and [`hypoxia`].
#[must_use]
pub fn derive(answers: &Answers, version: CtcaeVersion) -> Option<Grade> {
    let a = Reading(answers);
    let number = match answers.code() {
        SymptomCode::Fever | SymptomCode::Hypotension | SymptomCode::Hypoxia => return None,
        SymptomCode::Chills => a.step("shaking")?,
        SymptomCode::Speech => a.step("level")?,
        SymptomCode::Insomnia => a.step("sev")?,
        SymptomCode::Fatigue => fatigue(a)?,
        SymptomCode::SiteReaction => site_reaction(a)?,
        SymptomCode::Urticaria => urticaria(a, version)?,
        SymptomCode::Rash => rash(a, version)?,
        SymptomCode::Pruritus => pruritus(a)?,
        SymptomCode::FaceSwelling => {
            a.general()?.max(if a.yes("lips_tongue_throat") { 3 } else { 0 })
        }
        SymptomCode::Nausea | SymptomCode::Anorexia => match answers.choice("intake")? {
            "inadequate" => 3,
            "reduced" => 2,
            _ => 1,
        },
        SymptomCode::Vomiting => vomiting(a)?,
        SymptomCode::Diarrhoea => diarrhoea(a)?,
        SymptomCode::Syncope => match (a.yes("loc"), a.yes("near")) {
            (true, _) => 3,
            (false, true) => 2,
            (false, false) => return None,
        },
        SymptomCode::Dyspnoea => dyspnoea(a)?,
        SymptomCode::Palpitations => {
            if a.yes("needed_help") || a.yes("with_dizziness") {
                2
            } else {
                1
            }
        }
        SymptomCode::Confusion => {
            if a.yes("unrousable") {
                4
            } else {
                a.general()?
            }
        }
        SymptomCode::Seizure => {
            let (minutes, count) = (a.number("minutes")?, a.number("count")?);
            if minutes > Decimal::from(5) || count > Decimal::ONE { 4 } else { 3 }
        }
        SymptomCode::Infection => a.general()?.max(match answers.choice("antibiotics")? {
            "iv" => 3,
            "oral" => 2,
            _ => 0,
        }),
        SymptomCode::Headache
        | SymptomCode::LimbSwelling
        | SymptomCode::AbdoPain
        | SymptomCode::Myalgia
        | SymptomCode::Arthralgia
        | SymptomCode::Dizziness
        | SymptomCode::Cough
        | SymptomCode::ChestPain
        | SymptomCode::Tremor
        | SymptomCode::Other => a.general()?,
    };
    Grade::new(number)
}

#[derive(Clone, Copy)]
struct Reading<'a>(&'a Answers);

impl Reading<'_> {
    fn yes(self, key: &str) -> bool {
        self.0.is_yes(key)
    }

    fn number(self, key: &str) -> Option<Decimal> {
        self.0.number(key)
    }

    fn step(self, key: &str) -> Option<u8> {
        self.number(key)?.to_u8()
    }

    /// GEN(sev, adl) of REFERENCE §0.3. In CTCAE a semicolon means "or", hence the larger.
    fn general(self) -> Option<u8> {
        Some(self.step("sev")?.max(self.step("adl")?).max(1))
    }
}

fn fatigue(a: Reading<'_>) -> Option<u8> {
    let relieved = match a.0.get("relieved_by_rest")? {
        super::Answer::Bool(relieved) => *relieved,
        _ => return None,
    };
    Some(match a.step("adl")? {
        3 => 3,
        2 => 2,
        _ if !relieved => 2,
        _ => 1,
    })
}

/// The 5 and 10 cm cuts follow the FDA vaccine scale of 2007; CTCAE gives no sizes.
fn site_reaction(a: Reading<'_>) -> Option<u8> {
    let size = a.number("redness_cm")?.max(a.number("swelling_cm")?);
    let adl = a.step("adl").unwrap_or(0);
    let severe = a.yes("ulcer_or_black") || adl == 3 || size > Decimal::TEN;
    let moderate =
        a.yes("pain_at_rest") || a.yes("vein_cord") || adl == 2 || size > Decimal::from(5);
    Some(steps(severe, moderate))
}

fn urticaria(a: Reading<'_>, version: CtcaeVersion) -> Option<u8> {
    let (surface, treatment) = (a.number("bsa_pct")?, a.0.choice("treatment")?);
    let treated = match treatment {
        "iv" => 3,
        "oral" => 2,
        _ => 1,
    };
    Some(match version {
        CtcaeVersion::V5 => treated.max(by_surface(surface)),
        CtcaeVersion::V6 => treated,
    })
}

fn by_surface(percent: Decimal) -> u8 {
    steps(percent > Decimal::from(30), percent >= Decimal::TEN)
}

/// In v6.0 grade 1 means a rash that is not felt; since the question starts at
/// "mild", the lowest grade that an answer yields there is 2.
fn rash(a: Reading<'_>, version: CtcaeVersion) -> Option<u8> {
    let (surface, sev, adl) = (a.number("bsa_pct")?, a.step("sev")?, a.step("adl")?);
    Some(match version {
        CtcaeVersion::V5 => {
            let severe = adl == 3 || (surface > Decimal::from(30) && sev >= 2);
            steps(severe, surface >= Decimal::TEN || adl == 2)
        }
        CtcaeVersion::V6 => steps(adl == 3 || sev >= 2 || surface > Decimal::from(50), true),
    })
}

fn pruritus(a: Reading<'_>) -> Option<u8> {
    let adl = a.step("adl")?;
    let widespread = a.yes("widespread");
    let severe = (widespread && (a.yes("constant") || a.yes("sleep_loss"))) || adl == 3;
    Some(steps(severe, widespread || a.yes("scratch_marks") || adl == 2))
}

/// The counts are those of CTCAE 4.03; later versions have none.
fn vomiting(a: Reading<'_>) -> Option<u8> {
    let episodes = a.number("episodes_24h")?;
    Some(steps(
        episodes >= Decimal::from(6) || a.yes("no_fluids_12h"),
        episodes >= Decimal::from(3),
    ))
}

fn diarrhoea(a: Reading<'_>) -> Option<u8> {
    let (extra, adl) = (a.number("extra_stools_24h")?, a.step("adl")?);
    Some(steps(extra >= Decimal::from(7) || adl == 3, extra >= Decimal::from(4) || adl == 2))
}

fn dyspnoea(a: Reading<'_>) -> Option<u8> {
    let (when, adl) = (a.0.choice("when")?, a.step("adl")?);
    Some(steps(when == "rest" || adl == 3, when == "minimal" || adl == 2))
}

const fn steps(severe: bool, moderate: bool) -> u8 {
    if severe {
        3
    } else if moderate {
        2
    } else {
        1
    }
}

/// The grade of a measured temperature `t` (adjusted, °C). `hours_over_40` tells
/// grade 3 (at most 24 h) from 4; while it is not known the grade is 3.
#[must_use]
pub fn fever(t: Decimal, hours_over_40: Option<Decimal>) -> Grade {
    if t < Decimal::from(38) {
        Grade::ABSENT
    } else if t <= Decimal::from(39) {
        Grade::MILD
    } else if t <= Decimal::from(40) {
        Grade::MODERATE
    } else if hours_over_40.is_some_and(|hours| hours > Decimal::from(24)) {
        Grade::LIFE_THREATENING
    } else {
        Grade::SEVERE
    }
}

/// The symptoms that make a low blood pressure worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circulation {
    /// DIZZINESS or near-fainting is reported.
    pub faint: bool,
    /// Fainted, or CONFUSION is reported.
    pub collapsed: bool,
}

/// The grade of a systolic pressure in mmHg (project decision; CTCAE has no numbers).
#[must_use]
pub fn hypotension(sbp: Decimal, signs: Circulation) -> Grade {
    if sbp > Decimal::from(90) {
        return Grade::ABSENT;
    }
    let measured = if sbp < Decimal::from(80) {
        Grade::SEVERE
    } else if sbp < Decimal::from(85) {
        Grade::MODERATE
    } else {
        Grade::MILD
    };
    let felt = match signs {
        Circulation { collapsed: true, .. } => Grade::SEVERE,
        Circulation { faint: true, .. } => Grade::MODERATE,
        Circulation { .. } => Grade::MILD,
    };
    measured.max(felt)
}

/// The grade of an oxygen saturation in % at rest (only the 88 % cut is CTCAE's).
#[must_use]
pub fn hypoxia(spo2: Decimal) -> Grade {
    if spo2 >= Decimal::from(94) {
        Grade::ABSENT
    } else if spo2 >= Decimal::from(92) {
        Grade::MILD
    } else if spo2 >= Decimal::from(88) {
        Grade::MODERATE
    } else {
        Grade::SEVERE
    }
}

//! The consensus grades of ASTCT 2019 for cytokine release syndrome and
//! neurotoxicity (REFERENCE §3.1 and §3.2; PMC9327779, PMC8021214).
//!
//! Calculators for staff: nothing here reads a patient's report.

use super::super::codelist::codelist;
use super::grade::Grade;

codelist! {
    /// How many vasopressors are given. Vasopressin beside another is not
    /// counted; alone it counts as one.
    pub enum Vasopressors: "number of vasopressors" {
        /// None.
        None = "0",
        /// One, with or without vasopressin.
        One = "1",
        /// Two or more, vasopressin not counted.
        Several = "2+",
    }
}

codelist! {
    /// How oxygen is given.
    pub enum Oxygen: "oxygen" {
        /// Not at all.
        None = "none",
        /// Low-flow nasal cannula (at most 6 L/min) or blow-by.
        Low = "low",
        /// High-flow cannula (more than 6 L/min), face mask, non-rebreather or Venturi mask.
        High = "high",
        /// Positive pressure: CPAP, bilevel pressure, ventilation.
        Positive = "positive",
    }
}

/// What the CRS grade depends on, at its worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crs {
    /// T >= 38.0 °C at any time of the episode, not explained otherwise. After
    /// antipyretics or anti-cytokine therapy it need no longer be present.
    pub fever_ever: bool,
    /// Low blood pressure, also when fluids were enough.
    pub hypotension: bool,
    /// Vasopressors.
    pub vasopressors: Vasopressors,
    /// Oxygen.
    pub oxygen: Oxygen,
    /// The patient died of CRS.
    pub death: bool,
}

/// The ASTCT grade of cytokine release syndrome, 0 to 5; 0 without any fever in
/// the episode, for then it is not CRS.
#[must_use]
pub fn crs(findings: Crs) -> Grade {
    if findings.death {
        return Grade::DEATH;
    }
    if !findings.fever_ever {
        return Grade::ABSENT;
    }
    let pressure = match findings.vasopressors {
        Vasopressors::Several => Grade::LIFE_THREATENING,
        Vasopressors::One => Grade::SEVERE,
        Vasopressors::None if findings.hypotension => Grade::MODERATE,
        Vasopressors::None => Grade::MILD,
    };
    let oxygen = match findings.oxygen {
        Oxygen::Positive => Grade::LIFE_THREATENING,
        Oxygen::High => Grade::SEVERE,
        Oxygen::Low => Grade::MODERATE,
        Oxygen::None => Grade::MILD,
    };
    pressure.max(oxygen)
}

/// Why a number is no ICE score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an ICE score is a whole number from 0 to 10")]
pub struct IceError;

/// The immune effector cell encephalopathy score, 0 to 10: year, month, city,
/// hospital (4); name three objects (3); follow a command (1); write a sentence
/// (1); count back from 100 by tens (1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IceScore(u8);

impl IceScore {
    /// Everything right.
    pub const FULL: Self = Self(10);

    /// Takes a score of 0 to 10.
    pub const fn new(score: u8) -> Result<Self, IceError> {
        if score <= 10 { Ok(Self(score)) } else { Err(IceError) }
    }

    /// The score, 0 to 10.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

codelist! {
    /// What wakes the patient.
    pub enum Awakening: "awakening" {
        /// Awakens spontaneously.
        Spontaneous = "spontaneous",
        /// Awakens to voice.
        Voice = "voice",
        /// Awakens only to touch.
        Touch = "touch",
        /// Only to vigorous or repeated touch, or stupor or coma.
        Unrousable = "unrousable",
    }
}

codelist! {
    /// Seizures, clinical or on EEG.
    pub enum Seizure: "seizure" {
        /// None.
        None = "none",
        /// Any that resolves rapidly, or non-convulsive on EEG resolving with treatment.
        Brief = "brief",
        /// Longer than 5 minutes, or repeated without return to baseline.
        Prolonged = "prolonged",
    }
}

codelist! {
    /// Motor findings.
    pub enum Motor: "motor finding" {
        /// None.
        None = "none",
        /// Deep focal weakness such as hemiparesis or paraparesis.
        FocalWeakness = "focal_weakness",
    }
}

codelist! {
    /// Raised intracranial pressure or oedema.
    pub enum Pressure: "raised pressure" {
        /// None.
        None = "none",
        /// Focal oedema on imaging.
        Focal = "focal",
        /// Diffuse oedema, posturing, sixth-nerve palsy, papilloedema or Cushing's triad.
        Diffuse = "diffuse",
    }
}

/// What the ICANS grade depends on. Tremor, headache, myoclonus and
/// hallucinations do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icans {
    /// The ICE score.
    pub ice: IceScore,
    /// What wakes the patient.
    pub awakening: Awakening,
    /// Seizures.
    pub seizure: Seizure,
    /// Motor findings.
    pub motor: Motor,
    /// Raised pressure or oedema.
    pub pressure: Pressure,
    /// The patient died of ICANS.
    pub death: bool,
}

/// The ASTCT grade of neurotoxicity, 0 to 5: that of the worst domain.
#[must_use]
pub fn icans(findings: Icans) -> Grade {
    if findings.death {
        return Grade::DEATH;
    }
    let ice = match findings.ice.get() {
        10 => Grade::ABSENT,
        7..=9 => Grade::MILD,
        3..=6 => Grade::MODERATE,
        // 0 because unrousable is grade 4 through the awakening.
        _ => Grade::SEVERE,
    };
    let awakening = match findings.awakening {
        Awakening::Spontaneous if findings.ice == IceScore::FULL => Grade::ABSENT,
        Awakening::Spontaneous => Grade::MILD,
        Awakening::Voice => Grade::MODERATE,
        Awakening::Touch => Grade::SEVERE,
        Awakening::Unrousable => Grade::LIFE_THREATENING,
    };
    let seizure = match findings.seizure {
        Seizure::None => Grade::ABSENT,
        Seizure::Brief => Grade::SEVERE,
        Seizure::Prolonged => Grade::LIFE_THREATENING,
    };
    let motor = match findings.motor {
        Motor::None => Grade::ABSENT,
        Motor::FocalWeakness => Grade::LIFE_THREATENING,
    };
    let pressure = match findings.pressure {
        Pressure::None => Grade::ABSENT,
        Pressure::Focal => Grade::SEVERE,
        Pressure::Diffuse => Grade::LIFE_THREATENING,
    };
    ice.max(awakening).max(seizure).max(motor).max(pressure)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEVER: Crs = Crs {
        fever_ever: true,
        hypotension: false,
        vasopressors: Vasopressors::None,
        oxygen: Oxygen::None,
        death: false,
    };

    #[test]
    fn crs_worked_cases() {
        // REFERENCE §10.7.
        let cases = [
            (FEVER, 1),
            (Crs { hypotension: true, ..FEVER }, 2),
            (Crs { vasopressors: Vasopressors::One, oxygen: Oxygen::Low, ..FEVER }, 3),
            // Two vasopressors, one of them vasopressin, count as one.
            (Crs { vasopressors: Vasopressors::One, hypotension: true, ..FEVER }, 3),
            (Crs { vasopressors: Vasopressors::Several, ..FEVER }, 4),
            (Crs { oxygen: Oxygen::Positive, ..FEVER }, 4),
            (Crs { oxygen: Oxygen::High, ..FEVER }, 3),
            (Crs { oxygen: Oxygen::Low, ..FEVER }, 2),
            (Crs { hypotension: true, fever_ever: false, ..FEVER }, 0),
            (Crs { death: true, ..FEVER }, 5),
        ];
        for (findings, grade) in cases {
            assert_eq!(crs(findings).number(), grade, "{findings:?}");
        }
    }

    #[test]
    fn icans_worked_cases() {
        let ice = |score| Icans {
            ice: IceScore::new(score).unwrap(),
            awakening: Awakening::Spontaneous,
            seizure: Seizure::None,
            motor: Motor::None,
            pressure: Pressure::None,
            death: false,
        };
        let cases = [
            (ice(10), 0),
            (ice(9), 1),
            (ice(8), 1),
            (ice(7), 1),
            (ice(6), 2),
            (ice(4), 2),
            (ice(3), 2),
            (ice(2), 3),
            (Icans { awakening: Awakening::Voice, ..ice(0) }, 3),
            (Icans { awakening: Awakening::Voice, ..ice(10) }, 2),
            (Icans { awakening: Awakening::Touch, ..ice(10) }, 3),
            (Icans { seizure: Seizure::Brief, ..ice(7) }, 3),
            (Icans { seizure: Seizure::Prolonged, ..ice(10) }, 4),
            (Icans { awakening: Awakening::Unrousable, ..ice(0) }, 4),
            (Icans { motor: Motor::FocalWeakness, ..ice(10) }, 4),
            (Icans { pressure: Pressure::Focal, ..ice(10) }, 3),
            (Icans { pressure: Pressure::Diffuse, ..ice(10) }, 4),
            (Icans { death: true, ..ice(10) }, 5),
        ];
        for (findings, grade) in cases {
            assert_eq!(icans(findings).number(), grade, "{findings:?}");
        }
        assert_eq!(IceScore::new(11), Err(IceError));
    }
}

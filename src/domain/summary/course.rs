//! When reactions began, and how often staff changed a grade.

use std::collections::BTreeMap;

use super::super::statistics::quantiles;
use super::input::SymptomRow;
use super::share::{Share, count_of};

/// Time to the first onset of a term, once per infusion, in hours after T0.
#[derive(Debug, Clone, PartialEq)]
pub struct Onset {
    pub term: String,
    /// Infusions with the reaction and a known onset.
    pub known: u64,
    /// Infusions with the reaction and no known onset.
    pub unknown: u64,
    /// Least, lower quartile, median, upper quartile, greatest (type 7); nothing when no onset
    /// is known.
    pub hours: Option<[f64; 5]>,
}

/// One line per term that occurred, in the order of the codes.
#[must_use]
pub fn onsets(symptoms: &[SymptomRow]) -> Vec<Onset> {
    let mut terms: BTreeMap<&str, BTreeMap<_, Option<f64>>> = BTreeMap::new();
    for symptom in symptoms.iter().filter(|symptom| symptom.is_reaction()) {
        let first = terms
            .entry(&symptom.term)
            .or_default()
            .entry(symptom.infusion)
            .or_insert(symptom.onset_h);
        *first = match (*first, symptom.onset_h) {
            (Some(first), Some(onset)) => Some(first.min(onset)),
            (first, onset) => first.or(onset),
        };
    }
    terms
        .into_iter()
        .map(|(term, infusions)| {
            let known: Vec<f64> = infusions.values().copied().flatten().collect();
            let hours = quantiles(&known, &[0.0, 0.25, 0.5, 0.75, 1.0]).ok();
            Onset {
                term: term.to_owned(),
                known: count_of(&known),
                unknown: count_of(&infusions) - count_of(&known),
                hours: hours.and_then(|hours| hours.try_into().ok()),
            }
        })
        .collect()
}

/// How often staff looked at a patient-derived grade and what they made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct GradeChanges {
    /// Confirmed or changed by staff, of all that were derived from answers.
    pub reviewed: Share,
    /// Raised, of those reviewed.
    pub raised: Share,
    /// Lowered, of those reviewed; worth a second look, because clinics like low rates.
    pub lowered: Share,
}

/// Compares derived with confirmed grades of all symptoms that were not taken back.
#[must_use]
pub fn grade_changes(symptoms: &[SymptomRow]) -> GradeChanges {
    let derived = symptoms
        .iter()
        .filter(|symptom| symptom.standing != super::Standing::Dropped)
        .filter_map(|symptom| Some((symptom.derived_grade?, symptom.confirmed_grade)));
    let (mut all, mut reviewed, mut raised, mut lowered) = (0, 0, 0, 0);
    for (derived, confirmed) in derived {
        all += 1;
        if let Some(confirmed) = confirmed {
            reviewed += 1;
            raised += u64::from(confirmed > derived);
            lowered += u64::from(confirmed < derived);
        }
    }
    GradeChanges {
        reviewed: Share::new(reviewed, all),
        raised: Share::new(raised, reviewed),
        lowered: Share::new(lowered, reviewed),
    }
}

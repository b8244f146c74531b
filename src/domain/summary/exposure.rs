//! Who was given what.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Codelist;
use super::input::InfusionRow;
use super::share::count_of;

/// Patients and infusions of one line of the exposure table. A patient may stand in several
/// lines (a course passes through several phases), so that patients do not add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// A code or a number, as the division has it.
    pub key: String,
    pub patients: u64,
    pub infusions: u64,
}

/// The exposure of the period, whole and divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    pub patients: u64,
    pub infusions: u64,
    /// By identifier of the site.
    pub by_site: Vec<Exposed>,
    pub by_product: Vec<Exposed>,
    pub by_phase: Vec<Exposed>,
    /// By number within the course, from 1.
    pub by_number: Vec<Exposed>,
}

/// Counts patients and infusions.
#[must_use]
pub fn exposure(infusions: &[InfusionRow]) -> Exposure {
    let patients: BTreeSet<_> = infusions.iter().map(|row| row.patient).collect();
    Exposure {
        patients: count_of(patients),
        infusions: count_of(infusions),
        by_site: divided(infusions, |row| row.site),
        by_product: divided(infusions, |row| row.product.code()),
        by_phase: divided(infusions, |row| row.phase.as_str()),
        by_number: divided(infusions, |row| row.number_in_course),
    }
}

fn divided<'a, K: Ord + ToString>(
    infusions: &'a [InfusionRow],
    key: impl Fn(&'a InfusionRow) -> K,
) -> Vec<Exposed> {
    let mut parts: BTreeMap<K, (BTreeSet<_>, u64)> = BTreeMap::new();
    for row in infusions {
        let (patients, count) = parts.entry(key(row)).or_default();
        patients.insert(row.patient);
        *count += 1;
    }
    parts
        .into_iter()
        .map(|(key, (patients, infusions))| Exposed {
            key: key.to_string(),
            patients: count_of(patients),
            infusions,
        })
        .collect()
}

//! Who was given what, and how often anything was reported after it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Codelist, InfusionId};
use super::input::{InfusionRow, SymptomRow};
use super::share::{Share, count_of};

/// Patients and infusions of one line of the exposure table. A patient may stand in several
/// lines (a course passes through several phases), so that patients do not add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposed {
    /// A code, an identifier or a number, as the division has it; empty for a lot that was not
    /// recorded.
    pub key: String,
    pub patients: u64,
    pub infusions: u64,
    /// Infusions after which any reaction is known. A count to look at, not a test: lots and
    /// sites differ in whom they treat and in who answers.
    pub reacted: Share,
    /// Infusions with a completed check-in by D3. A site or lot without reactions and with few
    /// answers is itself a finding.
    pub answered: Share,
}

/// The exposure of the period, whole and divided.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// The whole period; its key is `all`.
    pub all: Exposed,
    /// By identifier of the lot.
    pub by_lot: Vec<Exposed>,
    /// By identifier of the site.
    pub by_site: Vec<Exposed>,
    pub by_product: Vec<Exposed>,
    pub by_phase: Vec<Exposed>,
    /// By number within the course, from 1.
    pub by_number: Vec<Exposed>,
}

/// Counts patients, infusions and infusions with a reaction.
#[must_use]
pub fn exposure(infusions: &[InfusionRow], symptoms: &[SymptomRow]) -> Exposure {
    let reacted: BTreeSet<InfusionId> =
        symptoms.iter().filter(|row| row.is_reaction()).map(|row| row.infusion).collect();
    let all: Vec<&InfusionRow> = infusions.iter().collect();
    Exposure {
        all: exposed("all".to_owned(), &all, &reacted),
        by_lot: divided(infusions, &reacted, |row| {
            row.lot.map(|lot| lot.to_string()).unwrap_or_default()
        }),
        by_site: divided(infusions, &reacted, |row| row.site),
        by_product: divided(infusions, &reacted, |row| row.product.code()),
        by_phase: divided(infusions, &reacted, |row| row.phase.as_str()),
        by_number: divided(infusions, &reacted, |row| row.number_in_course),
    }
}

fn divided<'a, K: Ord + ToString>(
    infusions: &'a [InfusionRow],
    reacted: &BTreeSet<InfusionId>,
    key: impl Fn(&'a InfusionRow) -> K,
) -> Vec<Exposed> {
    let mut parts: BTreeMap<K, Vec<&InfusionRow>> = BTreeMap::new();
    for row in infusions {
        parts.entry(key(row)).or_default().push(row);
    }
    parts.into_iter().map(|(key, rows)| exposed(key.to_string(), &rows, reacted)).collect()
}

fn exposed(key: String, rows: &[&InfusionRow], reacted: &BTreeSet<InfusionId>) -> Exposed {
    let infusions = count_of(rows);
    Exposed {
        key,
        patients: count_of(rows.iter().map(|row| row.patient).collect::<BTreeSet<_>>()),
        infusions,
        reacted: Share::new(
            count_of(rows.iter().filter(|row| reacted.contains(&row.infusion))),
            infusions,
        ),
        answered: Share::new(count_of(rows.iter().filter(|row| row.answered_by_d3)), infusions),
    }
}

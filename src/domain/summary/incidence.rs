//! Reactions by term and worst grade, per patient and per infusion.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{InfusionId, PatientId};
use super::input::{InfusionRow, SymptomRow};
use super::response::{Range, Response};
use super::share::{Share, count_of};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Each patient once per term, at the worst grade of all infusions. The primary table.
    Patient,
    /// Each infusion once per term. Infusions of one patient resemble one another, so that these
    /// intervals are too narrow; the page says so.
    Infusion,
}

/// Out of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// All infusions of the period (or all patients with one).
    All,
    /// Only infusions with a completed check-in by D3 (or patients with one); reactions after
    /// other infusions are left out of the count as well.
    AnsweredByD3,
}

/// Asked about in every check-in, or brought up by the patient or by staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Solicited,
    Unsolicited,
}

macro_rules! codes {
    ($($name:ident { $($value:ident = $code:literal),+ $(,)? })+) => {$(
        impl $name {
            /// Stable code for files.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$value => $code),+ }
            }
        }
    )+};
}

codes! {
    Unit { Patient = "patient", Infusion = "infusion" }
    Denominator { All = "all", AnsweredByD3 = "answered_by_d3" }
    Group { Solicited = "solicited", Unsolicited = "unsolicited" }
}

/// Units by their worst grade. The shares of one row add up to `any`.
#[derive(Debug, Clone, PartialEq)]
pub struct Grades {
    /// With the reaction at any grade.
    pub any: Share,
    /// At worst grade 1, 2, 3, 4 and 5.
    pub by_grade: [Share; 5],
    /// Grade 3 or more.
    pub severe: Share,
    /// Reported but never graded; not the same as mild.
    pub ungraded: Share,
}

impl Grades {
    fn of<'a>(worst: impl Iterator<Item = &'a Option<u8>>, of: u64) -> Self {
        let (mut by_grade, mut ungraded) = ([0_u64; 5], 0);
        for grade in worst {
            match grade.and_then(|grade| by_grade.get_mut(usize::from(grade).wrapping_sub(1))) {
                Some(place) => *place += 1,
                None => ungraded += 1,
            }
        }
        Self {
            any: Share::new(by_grade.iter().sum::<u64>() + ungraded, of),
            by_grade: by_grade.map(|count| Share::new(count, of)),
            severe: Share::new(by_grade[2..].iter().sum(), of),
            ungraded: Share::new(ungraded, of),
        }
    }
}

/// One term of an incidence table.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidenceRow {
    pub term: String,
    pub grades: Grades,
    /// Versions of CTCAE behind these grades; more than one must be said on the page.
    pub versions: BTreeSet<String>,
}

/// One incidence table with everything that its header states.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidenceTable {
    pub unit: Unit,
    pub denominator: Denominator,
    pub group: Group,
    /// The denominator.
    pub of: u64,
    /// Who answered: infusions (or patients) with a completed check-in by D3.
    pub response: Share,
    /// Versions of CTCAE in the table. Grades of two versions do not mean the same for every
    /// term; a table with two says so, per row.
    pub versions: BTreeSet<String>,
    /// Most frequent first; all solicited terms are there, also those at zero.
    pub rows: Vec<IncidenceRow>,
    /// Units with any of these terms, each once at the worst grade.
    pub any_term: Grades,
}

impl IncidenceTable {
    /// Whether grades of different CTCAE versions stand in one table.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        self.versions.len() > 1
    }
}

/// All terms together: how badly was each unit affected at worst?
#[derive(Debug, Clone, PartialEq)]
pub struct WorstGradeTable {
    pub unit: Unit,
    pub denominator: Denominator,
    pub of: u64,
    pub response: Share,
    pub versions: BTreeSet<String>,
    pub grades: Grades,
    /// No reaction known. Among all, that includes those who never answered.
    pub none_known: Share,
    /// If none, or all, of those who did not answer had reacted.
    pub range: Range,
}

/// The unit that a row counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Patient(PatientId),
    Infusion(InfusionId),
}

impl Unit {
    const fn key(self, patient: PatientId, infusion: InfusionId) -> Key {
        match self {
            Self::Patient => Key::Patient(patient),
            Self::Infusion => Key::Infusion(infusion),
        }
    }
}

/// What one table looks at.
pub(super) struct View<'a> {
    unit: Unit,
    denominator: Denominator,
    /// Every unit, and whether one of its infusions was not answered.
    units: BTreeMap<Key, bool>,
    symptoms: Vec<&'a SymptomRow>,
    response: Share,
}

impl<'a> View<'a> {
    pub(super) fn new(
        unit: Unit,
        denominator: Denominator,
        infusions: &'a [InfusionRow],
        symptoms: &'a [SymptomRow],
        response: &Response,
    ) -> Self {
        let mut units: BTreeMap<Key, bool> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for row in infusions {
            if denominator == Denominator::AnsweredByD3 && !row.answered_by_d3 {
                continue;
            }
            seen.insert(row.infusion);
            *units.entry(unit.key(row.patient, row.infusion)).or_default() |= !row.answered_by_d3;
        }
        let symptoms = symptoms
            .iter()
            .filter(|symptom| symptom.is_reaction() && seen.contains(&symptom.infusion))
            .collect();
        let response = match unit {
            Unit::Patient => response.patients_answered,
            Unit::Infusion => response.infusions_answered,
        };
        Self { unit, denominator, units, symptoms, response }
    }

    fn of(&self) -> u64 {
        count_of(&self.units)
    }

    /// The worst grade of every unit that has one of these symptoms.
    fn worst<'s>(
        &self,
        symptoms: impl Iterator<Item = &'s &'a SymptomRow>,
    ) -> BTreeMap<Key, Option<u8>>
    where
        'a: 's,
    {
        let mut worst = BTreeMap::new();
        for symptom in symptoms {
            let place =
                worst.entry(self.unit.key(symptom.patient, symptom.infusion)).or_insert(None);
            *place = symptom.grade().max(*place);
        }
        worst
    }

    fn grades<'s>(&self, symptoms: impl Iterator<Item = &'s &'a SymptomRow>) -> Grades
    where
        'a: 's,
    {
        Grades::of(self.worst(symptoms).values(), self.of())
    }

    pub(super) fn incidence(&self, group: Group, solicited: &[String]) -> IncidenceTable {
        let of_group: Vec<&SymptomRow> = self
            .symptoms
            .iter()
            .copied()
            .filter(|symptom| solicited.contains(&symptom.term) == (group == Group::Solicited))
            .collect();
        let mut terms: Vec<&str> = match group {
            Group::Solicited => solicited.iter().map(String::as_str).collect(),
            Group::Unsolicited => {
                let known: BTreeSet<&str> =
                    of_group.iter().map(|symptom| symptom.term.as_str()).collect();
                known.into_iter().collect()
            }
        };
        terms.dedup();
        let mut rows: Vec<IncidenceRow> = terms
            .into_iter()
            .map(|term| {
                let of_term = || of_group.iter().filter(|symptom| symptom.term == term);
                IncidenceRow {
                    term: term.to_owned(),
                    grades: self.grades(of_term()),
                    versions: versions(of_term()),
                }
            })
            .collect();
        // Stable: equally frequent terms keep the order of the catalogue.
        rows.sort_by_key(|row| std::cmp::Reverse(row.grades.any.count));
        IncidenceTable {
            unit: self.unit,
            denominator: self.denominator,
            group,
            of: self.of(),
            response: self.response,
            versions: versions(of_group.iter()),
            rows,
            any_term: self.grades(of_group.iter()),
        }
    }

    pub(super) fn worst_grade(&self) -> WorstGradeTable {
        let worst = self.worst(self.symptoms.iter());
        let of = self.of();
        let grades = Grades::of(worst.values(), of);
        let silent = count_of(
            self.units.iter().filter(|(unit, is_silent)| **is_silent && !worst.contains_key(unit)),
        );
        WorstGradeTable {
            unit: self.unit,
            denominator: self.denominator,
            of,
            response: self.response,
            versions: versions(self.symptoms.iter()),
            none_known: Share::new(of - grades.any.count.min(of), of),
            range: Range::new(grades.any.count, silent, of),
            grades,
        }
    }
}

/// Versions behind the symptoms that have a grade.
fn versions<'s, 'a: 's>(symptoms: impl Iterator<Item = &'s &'a SymptomRow>) -> BTreeSet<String> {
    symptoms
        .filter(|symptom| symptom.grade().is_some())
        .map(|symptom| symptom.ctcae_version.clone())
        .collect()
}

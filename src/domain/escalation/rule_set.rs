//! A set of rules as it was loaded and checked.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::super::grading::{Grade, SymptomCode};
use super::super::product::ProductKind;
use super::super::urgency::Level;
use super::condition::Condition;
use super::facts::Facts;
use super::free_text::Screening;
use super::load;
use super::mistake::Mistake;
use super::trace::{Fact, Relation, Scalar};
use super::wording::Wording;

/// What names a set for good: an id and a version are used for one text only, and
/// the hash proves which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name, such as `NK-AUTO-1`.
    pub id: String,
    /// Counts up with every change.
    pub version: u32,
    /// SHA-256 of the file's text, in hexadecimal.
    pub sha256: String,
}

/// One row of the expected table (REFERENCE §4.3): inside it a symptom is no alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedWindow {
    /// The symptom.
    pub code: SymptomCode,
    /// Latest onset, hours after the infusion; the earliest is 0.
    pub onset_h: Decimal,
    /// Longest duration, hours.
    pub duration_h: Decimal,
    /// Highest grade.
    pub grade: Grade,
}

/// How soon staff act on a level, minutes on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Until somebody says "I have it"; `None` where only the contact counts.
    pub acknowledge_min: Option<u32>,
    /// Until the patient is reached (for ROUTINE: the report reviewed).
    pub contact_min: u32,
}

/// What the patient reads first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelText {
    /// By level.
    pub levels: BTreeMap<Level, Wording>,
    /// Instead of NONE when nothing at all was reported.
    pub empty: Wording,
    /// Added when self-harm was written.
    pub crisis: Wording,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// A letter for the level and two digits.
    pub id: String,
    /// The level of the first letter.
    pub level: Level,
    /// What the rule is called.
    pub name: Wording,
    /// The condition as written.
    pub when: String,
    /// What the patient reads in addition; `None` for tasks of the nurse alone.
    pub patient: Option<Wording>,
    /// Why there is such a rule, with its source.
    pub why: String,
    pub(super) condition: Condition,
}

/// A checked set of rules. There is no way to hold one with mistakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    pub(super) identity: Identity,
    pub(super) effective_from: String,
    pub(super) approved_by: String,
    pub(super) windows: Vec<ExpectedWindow>,
    pub(super) targets: BTreeMap<Level, Target>,
    pub(super) texts: LevelText,
    pub(super) screening: Screening,
    pub(super) rules: Vec<Rule>,
}

/// The set for the patient's own cells.
pub const NK_AUTO_1: &str = include_str!("../../../rules/nk-auto-1.toml");

/// The set for donor cells.
pub const NK_ALLO_1: &str = include_str!("../../../rules/nk-allo-1.toml");

impl RuleSet {
    /// Reads and checks a set. The error names every mistake with its place.
    pub fn load(text: &str) -> Result<Self, Vec<Mistake>> {
        load::load(text)
    }

    /// The set that the program brings along for a product.
    pub fn built_in(product: ProductKind) -> Result<Self, Vec<Mistake>> {
        Self::load(match product {
            ProductKind::Autologous => NK_AUTO_1,
            ProductKind::Allogeneic => NK_ALLO_1,
        })
    }

    /// Id, version and hash.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The day from which the set is meant to be used, `YYYY-MM-DD`.
    #[must_use]
    pub fn effective_from(&self) -> &str {
        &self.effective_from
    }

    /// The physician who approved the set, or a note that nobody has yet.
    #[must_use]
    pub fn approved_by(&self) -> &str {
        &self.approved_by
    }

    /// The expected table.
    #[must_use]
    pub fn windows(&self) -> &[ExpectedWindow] {
        &self.windows
    }

    /// The row of a symptom in the expected table.
    #[must_use]
    pub fn window(&self, code: SymptomCode) -> Option<&ExpectedWindow> {
        self.windows.iter().find(|window| window.code == code)
    }

    /// How soon staff act; `None` for [`Level::None`].
    #[must_use]
    pub fn target(&self, level: Level) -> Option<Target> {
        self.targets.get(&level).copied()
    }

    /// What the patient reads at each level.
    #[must_use]
    pub const fn texts(&self) -> &LevelText {
        &self.texts
    }

    /// The phrase lists.
    #[must_use]
    pub const fn screening(&self) -> &Screening {
        &self.screening
    }

    /// The rules in the order of the file.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

impl ExpectedWindow {
    /// What of a symptom lies outside the window; empty when it is inside.
    pub(super) fn outside(&self, code: SymptomCode, facts: &Facts<'_>) -> Vec<Fact> {
        let timing = facts.timing(code);
        let onset = timing.and_then(|timing| timing.onset_h);
        let duration = timing.and_then(|timing| timing.duration_h);
        let grade = Decimal::from(facts.grade_of(code).number());
        let limits = [
            (facts.time_path(Some(code), "onset_h"), Relation::Less, Decimal::ZERO, onset),
            (facts.time_path(Some(code), "onset_h"), Relation::More, self.onset_h, onset),
            (facts.time_path(Some(code), "duration_h"), Relation::More, self.duration_h, duration),
            (
                facts.grade_path(code),
                Relation::More,
                Decimal::from(self.grade.number()),
                Some(grade),
            ),
        ];
        limits
            .into_iter()
            .filter_map(|(field, op, limit, value)| {
                let value = value.filter(|value| op.holds(*value, limit))?;
                let (limit, value) = (Scalar::Number(limit), Scalar::Number(value));
                Some(Fact { field, op, limit, value })
            })
            .collect()
    }
}

/// SHA-256 of a text in hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(nibble.into(), 16));
        }
        hex
    })
}

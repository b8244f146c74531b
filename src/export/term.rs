//! Names of the terms that reactions are counted under.

use super::cell::{Meaning, meanings};
use crate::domain::grading::{StaffTerm, SymptomCode};
use crate::domain::{Codelist, Language};
use crate::i18n::labels::Label;

/// The name of a term; a code that no catalogue has stands for itself.
#[must_use]
pub fn term_label(code: &str, lang: Language) -> String {
    let symptom = SymptomCode::from_code(code).map(|symptom| symptom.label(lang));
    let label = symptom.or_else(|| StaffTerm::from_code(code).map(|term| term.label(lang)));
    label.unwrap_or(code).to_owned()
}

/// Every term with its names.
#[must_use]
pub fn term_meanings() -> Vec<Meaning> {
    let mut all = meanings::<SymptomCode>();
    all.extend(meanings::<StaffTerm>());
    all
}

/// What every check-in asks about: the catalogue without what only a measurement finds and
/// without the patient's own words.
#[must_use]
pub fn solicited() -> Vec<String> {
    SymptomCode::ALL
        .iter()
        .filter(|code| {
            !matches!(code, SymptomCode::Other | SymptomCode::Hypotension | SymptomCode::Hypoxia)
        })
        .map(|code| code.code().to_owned())
        .collect()
}

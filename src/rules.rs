//! The rule sets in force, loaded once.
//!
//! A product names its rules by the id of a set (`NK-AUTO-1`) or by its profile, the id
//! without the number (`NK-AUTO`), which stands for the newest of that profile.

use std::sync::OnceLock;

use crate::domain::escalation::{Mistake, NK_ALLO_1, NK_AUTO_1, RuleSet};

/// A set with the text it was loaded from, so that the text can be kept on first use.
#[derive(Debug)]
pub struct InForce {
    /// The checked rules.
    pub set: RuleSet,
    /// The file's text.
    pub text: String,
}

impl InForce {
    /// The version, as the database counts it.
    #[must_use]
    pub fn version(&self) -> i32 {
        i32::try_from(self.set.identity().version).unwrap_or(i32::MAX)
    }
}

static SETS: OnceLock<Vec<InForce>> = OnceLock::new();

/// Loads the built-in sets and those of the clinic, once, at the start of the program.
///
/// # Errors
///
/// The name of each file with its mistakes. Nothing is put in force then.
pub fn install(files: &[(String, String)]) -> Result<(), Vec<(String, Vec<Mistake>)>> {
    let (sets, wrong) = load(files);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    // A second call finds the sets of the first in force: they never change while we run.
    let _ = SETS.set(sets);
    Ok(())
}

fn load(files: &[(String, String)]) -> (Vec<InForce>, Vec<(String, Vec<Mistake>)>) {
    let built_in = [("nk-auto-1.toml", NK_AUTO_1), ("nk-allo-1.toml", NK_ALLO_1)];
    let own = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let (mut sets, mut wrong) = (Vec::new(), Vec::new());
    for (name, text) in built_in.into_iter().chain(own) {
        match RuleSet::load(text) {
            Ok(set) => sets.push(InForce { set, text: text.to_owned() }),
            Err(mistakes) => wrong.push((name.to_owned(), mistakes)),
        }
    }
    (sets, wrong)
}

/// The set that a product names; `None` when there is none of that name, so that its
/// reports cannot be evaluated and escalate for that reason.
#[must_use]
pub fn of(name: &str) -> Option<&'static InForce> {
    let sets = SETS.get_or_init(|| load(&[]).0);
    let exact = sets.iter().filter(|one| one.set.identity().id.eq_ignore_ascii_case(name));
    let profile =
        sets.iter().filter(|one| profile(&one.set.identity().id).eq_ignore_ascii_case(name));
    exact
        .max_by_key(|one| one.set.identity().version)
        .or_else(|| profile.max_by_key(|one| number(&one.set.identity().id)))
}

/// Every set in force.
#[must_use]
pub fn all() -> &'static [InForce] {
    SETS.get_or_init(|| load(&[]).0)
}

fn profile(id: &str) -> &str {
    id.rsplit_once('-').filter(|(_, number)| number.parse::<u32>().is_ok()).map_or(id, |(p, _)| p)
}

fn number(id: &str) -> u32 {
    id.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_found_by_its_id_and_by_its_profile() {
        for name in ["NK-AUTO-1", "nk-auto-1", "NK-AUTO", "nk-auto"] {
            assert_eq!(of(name).unwrap().set.identity().id, "NK-AUTO-1", "{name}");
        }
        assert_eq!(of("NK-ALLO").unwrap().set.identity().id, "NK-ALLO-1");
        assert!(of("NK").is_none() && of("").is_none() && of("NK-AUTO-2").is_none());
    }

    #[test]
    fn a_file_with_mistakes_is_named() {
        let wrong = install(&[("mine.toml".to_owned(), "id = 3".to_owned())]).unwrap_err();
        assert_eq!(wrong.len(), 1);
        assert_eq!(wrong[0].0, "mine.toml");
    }
}

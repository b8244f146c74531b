//! Applying the rules so that nothing they do can lose a report.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use crate::domain::escalation::{Assessment, Fact, Fired, RuleSet, Target, assess};
use crate::domain::grading::CtcaeVersion;
use crate::domain::input::{Input, Problem};
use crate::domain::{Codelist, Level, Timestamp};
use crate::rules::{self, InForce};
use crate::store::episodes::Episode;
use crate::store::tasks::NewFlag;
use crate::store::{Connection, Result, rule_sets};

/// The "rule" of a flag on a report that the rules could not be applied to.
pub const NOT_EVALUATED: &str = "NOT_EVALUATED";

/// The targets of URGENT (REFERENCE §4.2), for when there is no rule set to ask.
const URGENT: Target = Target { acknowledge_min: Some(30), contact_min: 120 };

/// How soon staff act on a level. A set without a target for it gets that of URGENT:
/// rather too soon than never.
pub(crate) fn target(set: Option<&RuleSet>, level: Level) -> Target {
    set.and_then(|set| set.target(level)).unwrap_or(URGENT)
}

/// Runs something that must not take the report down with it. `None` when it panicked.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Reads an input; `None` when the reader itself failed.
pub(super) fn read(input: &Value) -> Option<Result<Input, Vec<Problem>>> {
    guarded(|| Input::from_json(input))
}

/// Reads as much as is usable of an unfinished one.
pub(super) fn read_draft(input: &Value) -> Option<Input> {
    guarded(|| Input::from_draft(input))?.ok().map(|(input, _)| input)
}

/// The rule set of the product, kept in the database on its first use.
///
/// `None`: there is no set of that name, or a version that was used before has another text
/// now. Either way nothing may be judged by it.
pub(crate) fn rule_set(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
) -> Result<Option<&'static InForce>> {
    let Some(found) = rules::of(&episode.rule_set) else {
        tracing::error!(rule_set = episode.rule_set, "there is no rule set of this name");
        return Ok(None);
    };
    let identity = found.set.identity();
    let version = (identity.id.as_str(), found.version());
    if rule_sets::keep(conn, now, version, &identity.sha256, &found.text)? {
        Ok(Some(found))
    } else {
        tracing::error!(
            rule_set = identity.id,
            version = identity.version,
            "the rule set was changed without a new version"
        );
        Ok(None)
    }
}

/// What the rules make of an input; `None` when they failed.
pub(crate) fn apply(set: &RuleSet, episode: &Episode, input: &Input) -> Option<Assessment> {
    let version = CtcaeVersion::from_code(&episode.ctcae_version)?;
    let assessment = guarded(|| assess(set, version, input));
    if assessment.is_none() {
        tracing::error!(rule_set = set.identity().id, "the rules could not be applied");
    }
    assessment
}

/// A rule that fired as a flag of a task.
pub(crate) fn flag(set: &InForce, fired: &Fired) -> NewFlag {
    let because: Vec<Value> = fired.because.iter().map(Fact::to_json).collect();
    NewFlag {
        rule: fired.rule.clone(),
        rule_set: set.set.identity().id.clone(),
        rule_set_version: set.version(),
        level: fired.level,
        historic: fired.is_historic,
        because: Value::Array(because).to_string(),
    }
}

/// The flag of a report, or of a silence, that the rules could not be applied to.
pub(crate) fn not_evaluated(episode: &Episode, level: Level) -> NewFlag {
    NewFlag {
        rule: NOT_EVALUATED.to_owned(),
        rule_set: episode.rule_set.clone(),
        rule_set_version: 0,
        level,
        historic: false,
        because: "[]".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_the_rules_stays_inside() {
        let result = guarded(|| -> u8 { panic!("a rule went wrong") });
        assert_eq!(result, None);
        assert_eq!(guarded(|| 1), Some(1));
    }
}

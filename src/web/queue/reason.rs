//! Why a task exists, as sentences.

use serde_json::Value;

use super::level_class;
use crate::domain::escalation::Fact;
use crate::domain::task::TaskKind;
use crate::domain::{Language, Level};
use crate::i18n::queue::queue;
use crate::i18n::reasons::because;
use crate::store::queue::FlagRow;

/// One reason of a task.
pub(in crate::web) struct Reason {
    /// The rule that fired; none where no rule did.
    pub rule: Option<String>,
    /// Its level's class.
    pub class: &'static str,
    /// The sentence.
    pub text: String,
}

/// The reasons of a task in a language, the worst first.
pub(in crate::web) fn reasons(
    lang: Language,
    kind: TaskKind,
    level: Level,
    flags: &[FlagRow],
) -> Vec<Reason> {
    let t = queue(lang);
    let of_kind = match kind {
        TaskKind::Report => None,
        TaskKind::MissedCheckIn => Some(t.missed_check_in),
        TaskKind::Unreachable => Some(t.unreachable),
        TaskKind::NotThisPerson => Some(t.not_this_person),
    };
    if flags.is_empty() {
        let text = of_kind.unwrap_or(t.not_evaluated).to_owned();
        return vec![Reason { rule: None, class: level_class(level), text }];
    }
    flags.iter().map(|flag| reason(lang, flag)).collect()
}

fn reason(lang: Language, flag: &FlagRow) -> Reason {
    let t = queue(lang);
    let facts = facts(&flag.because);
    let text = match facts.is_empty() {
        // Kept when the rules themselves failed: a person must read the report.
        true => t.not_evaluated.to_owned(),
        false if flag.historic => format!("{} ({})", because(&facts, lang), t.historic),
        false => because(&facts, lang),
    };
    Reason { rule: Some(flag.rule.clone()), class: level_class(flag.level), text }
}

fn facts(json: &str) -> Vec<Fact> {
    let facts: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    facts.iter().filter_map(Fact::from_json).collect()
}

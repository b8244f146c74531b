//! Why a task exists, as sentences.

use serde_json::Value;

use super::level_class;
use crate::domain::escalation::Fact;
use crate::domain::registry::LotEventKind;
use crate::domain::task::TaskKind;
use crate::domain::{Codelist, Language, Level};
use crate::i18n::labels::Label;
use crate::i18n::queue::queue;
use crate::i18n::reasons::because;
use crate::rules;
use crate::store::queue::FlagRow;

/// One reason of a task.
pub(in crate::web) struct Reason {
    /// The rule that fired; none where no rule did.
    pub rule: Option<String>,
    /// What the rule is called.
    pub name: Option<String>,
    /// Its level's class.
    pub class: &'static str,
    /// All the facts that made it true.
    pub text: String,
    /// Those facts that no reason before it has told; empty when there are none.
    pub news: String,
}

/// The reasons of a task in a language, the worst first.
pub(in crate::web) fn reasons(
    lang: Language,
    kind: TaskKind,
    level: Level,
    flags: &[FlagRow],
) -> Vec<Reason> {
    let t = queue(lang);
    if flags.is_empty() {
        let text = match kind {
            TaskKind::Report => t.not_evaluated,
            TaskKind::MissedCheckIn => t.missed_check_in,
            TaskKind::Unreachable => t.unreachable,
            TaskKind::NotThisPerson => t.not_this_person,
            TaskKind::PromptsStopped => t.prompts_stopped,
            TaskKind::LotEvent => t.lot_event,
            TaskKind::Seriousness | TaskKind::ProductQuality => kind.label(lang),
        };
        let class = level_class(level);
        return vec![Reason {
            rule: None,
            name: None,
            class,
            text: text.into(),
            news: text.into(),
        }];
    }
    let mut told: Vec<(String, String)> = Vec::new();
    flags.iter().map(|flag| reason(lang, flag, &mut told)).collect()
}

fn reason(lang: Language, flag: &FlagRow, told: &mut Vec<(String, String)>) -> Reason {
    let t = queue(lang);
    let facts = facts(&flag.because);
    // Facts that are the same value of the same field say the same, whatever the limit.
    let key = |fact: &Fact| (fact.field.clone(), fact.value.to_json().to_string());
    let mut news = Vec::new();
    for fact in &facts {
        if !told.contains(&key(fact)) {
            told.push(key(fact));
            news.push(fact.clone());
        }
    }
    let worded = |facts: &[Fact]| match facts.is_empty() {
        true => String::new(),
        false if flag.historic => format!("{} ({})", sentence(facts, lang), t.historic),
        false => sentence(facts, lang),
    };
    let (text, news) = if facts.is_empty() {
        // A late result of a lot, or the rules themselves failed: a person must read it.
        let event = LotEventKind::from_code(&flag.rule);
        let text = event.map_or(t.not_evaluated, |kind| kind.label(lang));
        (text.to_owned(), text.to_owned())
    } else {
        (worded(&facts), worded(&news))
    };
    let set = rules::of(&flag.rule_set);
    let name = set.and_then(|one| one.set.rule(&flag.rule)).map(|rule| rule.name.get(lang));
    Reason {
        rule: Some(flag.rule.clone()),
        name: name.map(str::to_owned),
        class: level_class(flag.level),
        text,
        news,
    }
}

/// Facts as a sentence: begins with a capital letter where the script has them.
fn sentence(facts: &[Fact], lang: Language) -> String {
    let text = because(facts, lang);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn facts(json: &str) -> Vec<Fact> {
    let facts: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    facts.iter().filter_map(Fact::from_json).collect()
}

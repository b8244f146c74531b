//! What the patient reads at once (REFERENCE §4.2).

use super::super::language::Language;
use super::super::urgency::Level;
use super::assess::Assessment;
use super::rule_set::RuleSet;

/// What the clinic and the infusion put into the texts, worded for the reader.
/// What is not known stays out, with the sentence that needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdviceContext<'a> {
    /// The emergency number of the clinic or of the patient's country.
    pub emergency_number: &'a str,
    /// The day of the infusion.
    pub infusion_date: &'a str,
    /// The time of the next check-in.
    pub next_check_in: Option<&'a str>,
    /// The crisis line of the clinic's country.
    pub crisis_line: Option<&'a str>,
}

impl AdviceContext<'static> {
    /// Leaves the blanks as they are, for texts that no patient reads.
    pub const BLANKS: Self = Self {
        emergency_number: "{EMERGENCY_NUMBER}",
        infusion_date: "{DATE}",
        next_check_in: Some("{WHEN}"),
        crisis_line: Some("{CRISIS_LINE}"),
    };
}

/// The advice: first the level's text, then the crisis line where it is needed, then
/// a line for each rule that fired. One paragraph each.
#[must_use]
pub fn advice(
    set: &RuleSet,
    assessment: &Assessment,
    language: Language,
    context: &AdviceContext<'_>,
) -> Vec<String> {
    let texts = set.texts();
    let level = match assessment.level {
        Level::None if assessment.is_empty => Some(&texts.empty),
        level => texts.levels.get(&level),
    };
    let crisis = assessment.mentions_self_harm.then_some(&texts.crisis);
    let lines = assessment.fired.iter().filter_map(|fired| set.rule(&fired.rule)?.patient.as_ref());
    level
        .into_iter()
        .chain(crisis)
        .chain(lines)
        .map(|wording| fill(wording.get(language), context))
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

/// Puts the values into a text; a sentence whose value is not known is left out.
fn fill(text: &str, context: &AdviceContext<'_>) -> String {
    let blanks = [
        ("{EMERGENCY_NUMBER}", Some(context.emergency_number)),
        ("{DATE}", Some(context.infusion_date)),
        ("{WHEN}", context.next_check_in),
        ("{CRISIS_LINE}", context.crisis_line),
    ];
    let mut filled = String::new();
    for sentence in sentences(text) {
        let unknown =
            blanks.iter().any(|(blank, value)| value.is_none() && sentence.contains(blank));
        if !unknown {
            filled.push_str(sentence);
        }
    }
    for (blank, value) in blanks {
        filled = filled.replace(blank, value.unwrap_or_default());
    }
    filled.trim().to_owned()
}

/// The sentences of a text with what separates them.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let next = at + c.len_utf8();
        let is_end = match c {
            '。' | '！' | '？' => true,
            '.' | '!' | '?' => text[next..].starts_with(' ') || next == text.len(),
            _ => false,
        };
        if is_end {
            sentences.push(&text[start..next]);
            start = next;
        }
    }
    sentences.push(&text[start..]);
    sentences
}

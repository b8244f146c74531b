//! Reading one symptom: its own questions, then the common ones about time.

use super::super::grading::{Answer, Answers, Kind, Need, SymptomCode, questions};
use super::problem::{Problem, Reason};
use super::reader::{Limits, Reader};
use super::{Symptom, Timing};

const TIMING: [&str; 5] = ["onset_h", "duration_h", "resolved_h_ago", "preexisting", "worse"];

/// Reads an entry of `symptoms`.
pub(super) fn read(code: SymptomCode, entry: &Reader<'_>, problems: &mut Vec<Problem>) -> Symptom {
    let known: Vec<&str> = questions(code).iter().map(|q| q.key).chain(TIMING).collect();
    entry.only(&known, problems);
    let mut answers = Answers::new(code);
    for question in questions(code) {
        if let Some(answer) = answer(entry, question.key, question.kind, problems) {
            answers.give(question.key, answer);
        }
    }
    for question in questions(code) {
        match question.need {
            Need::Always => entry.require(question.key, problems),
            Need::Unless(other) if !answers.is_yes(other) => entry.require(question.key, problems),
            Need::Unless(_) | Need::Optional | Need::OneOf => {}
        }
    }
    require_one(code, &answers, entry, problems);
    let timing = timing(entry, true, problems);
    Symptom { answers, timing }
}

/// The times of a symptom, of `temp` or of `feverish`.
pub(super) fn timing(entry: &Reader<'_>, required: bool, problems: &mut Vec<Problem>) -> Timing {
    let timing = Timing {
        onset_h: entry.number("onset_h", Limits::ANY, problems),
        duration_h: entry.number("duration_h", Limits::NOT_NEGATIVE, problems),
        resolved_h_ago: entry.number("resolved_h_ago", Limits::NOT_NEGATIVE, problems),
        preexisting: entry.flag("preexisting", problems),
        worse: entry.bool("worse", problems),
    };
    if required {
        entry.require("onset_h", problems);
        entry.require("duration_h", problems);
    }
    if timing.preexisting {
        entry.require("worse", problems);
    }
    timing
}

fn require_one(
    code: SymptomCode,
    answers: &Answers,
    entry: &Reader<'_>,
    problems: &mut Vec<Problem>,
) {
    let keys: Vec<&'static str> =
        questions(code).iter().filter(|q| q.need == Need::OneOf).map(|q| q.key).collect();
    if let Some(first) = keys.first()
        && !keys.iter().any(|key| answers.is_yes(key))
    {
        entry.refuse(first, Reason::NeedsOneOf(keys.clone()), problems);
    }
}

fn answer(
    entry: &Reader<'_>,
    key: &str,
    kind: Kind,
    problems: &mut Vec<Problem>,
) -> Option<Answer> {
    match kind {
        Kind::Bool => entry.bool(key, problems).map(Answer::Bool),
        Kind::Number { min, max, decimals } => {
            let limits = Limits { min: Some(min), max, decimals };
            entry.number(key, limits, problems).map(Answer::Number)
        }
        Kind::Steps | Kind::Severity | Kind::Adl => {
            let (min, max) = kind.scale()?;
            entry.number(key, Limits::whole(min, max), problems).map(Answer::Number)
        }
        Kind::Choice(codes) => {
            let text = entry.text(key, problems)?;
            let choice = codes.iter().find(|code| **code == text);
            if choice.is_none() {
                entry.refuse(key, Reason::UnknownChoice(codes.to_vec()), problems);
            }
            choice.map(|code| Answer::Choice(code))
        }
        Kind::Text => {
            let text = free_text(entry, key, problems)?;
            if text.chars().all(is_invisible) {
                entry.refuse(key, Reason::Blank, problems);
                return None;
            }
            Some(Answer::Text(text))
        }
    }
}

/// A text of at most [`Kind::TEXT_MAX`] code points.
pub(super) fn free_text(
    entry: &Reader<'_>,
    key: &str,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let text = entry.text(key, problems)?;
    if text.chars().count() > Kind::TEXT_MAX {
        entry.refuse(key, Reason::TooLong(Kind::TEXT_MAX), problems);
        return None;
    }
    Some(text.to_owned())
}

/// Space, control characters, and what looks like nothing: soft hyphen, zero-width
/// and direction marks, variation selectors, fillers and the blank Braille pattern.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

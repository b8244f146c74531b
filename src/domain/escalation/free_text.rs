//! Phrases in the patient's own words (REFERENCE §4.5).
//!
//! A hit is a reason to call, never a diagnosis. Misses are worse than false
//! alarms: only a phrase that directly follows a negator, with nothing but listed
//! filler between, is ignored.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

/// What is searched for, and what undoes a find.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Screening {
    /// The lists, each with a name that conditions use.
    pub lists: Vec<PhraseList>,
    /// Traditional characters and their simplified forms.
    pub simplified: BTreeMap<char, char>,
    /// Negators and fillers of English.
    pub en: Words,
    /// Negators and fillers of Chinese.
    pub zh: Words,
    /// Chinese negators that count only immediately before a phrase.
    pub zh_bare: Vec<String>,
    /// Chinese words after which the negators of [`Self::zh_not_after_negators`] do not
    /// negate: "nearly did not faint" means "nearly fainted".
    pub zh_not_after: Vec<String>,
    /// See [`Self::zh_not_after`].
    pub zh_not_after_negators: Vec<String>,
}

/// Phrases of one meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseList {
    /// The name that conditions use, such as `emergency`.
    pub name: String,
    /// English phrases; each matches at a word start as a prefix.
    pub en: Vec<String>,
    /// Chinese phrases; each matches anywhere.
    pub zh: Vec<String>,
}

/// The words around a phrase that decide whether it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// What begins a negation.
    pub negators: Vec<String>,
    /// What may stand between the negator and the phrase.
    pub fillers: Vec<String>,
    /// Fillers that may stand only before the first symptom of the chain.
    pub have: Vec<String>,
    /// Fillers that are symptoms.
    pub symptoms: Vec<String>,
}

/// A phrase that was found and is not negated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The list.
    pub list: String,
    /// The phrase as the list has it.
    pub phrase: String,
    /// Where it was found: `free_text` or `OTHER.text`.
    pub field: String,
}

/// How an alphabet finds phrases and passes from word to word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    English,
    Chinese,
}

struct Occurrence<'a> {
    list: &'a str,
    phrase: &'a str,
    start: usize,
    end: usize,
    is_negated: bool,
}

impl Screening {
    /// The form in which texts are searched: NFKC, lower case, plain apostrophes,
    /// single spaces, simplified characters. Line breaks stay.
    #[must_use]
    pub fn normalise(&self, text: &str) -> String {
        let mut normal = String::with_capacity(text.len());
        for c in text.nfkc().flat_map(char::to_lowercase) {
            let c = match c {
                '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{ff07}' => '\'',
                '\t' => ' ',
                c => self.simplified.get(&c).copied().unwrap_or(c),
            };
            if !(c == ' ' && normal.ends_with(' ')) {
                normal.push(c);
            }
        }
        normal
    }

    /// Every phrase in a text that is not negated, each once, in order of the lists.
    #[must_use]
    pub fn search(&self, field: &str, text: &str) -> Vec<Hit> {
        let text: Vec<char> = self.normalise(text).chars().collect();
        let mut hits: Vec<Hit> = Vec::new();
        for script in [Script::English, Script::Chinese] {
            for found in self.occurrences(&text, script) {
                let hit = Hit {
                    list: found.list.to_owned(),
                    phrase: found.phrase.to_owned(),
                    field: field.to_owned(),
                };
                if !found.is_negated && !hits.contains(&hit) {
                    hits.push(hit);
                }
            }
        }
        hits
    }

    fn phrases(&self, script: Script) -> impl Iterator<Item = (&str, &str)> {
        self.lists.iter().flat_map(move |list| {
            let phrases = match script {
                Script::English => &list.en,
                Script::Chinese => &list.zh,
            };
            phrases.iter().map(|phrase| (list.name.as_str(), phrase.as_str()))
        })
    }

    fn occurrences<'a>(&'a self, text: &[char], script: Script) -> Vec<Occurrence<'a>> {
        let negated = match script {
            Script::English => self.negated(text, script, &self.en),
            Script::Chinese => self.negated(text, script, &self.zh),
        };
        let mut found = Vec::new();
        for start in 0..text.len() {
            for (list, phrase) in self.phrases(script) {
                if let Some(end) = phrase_end(text, start, phrase, script) {
                    let is_negated = negated.contains(&start);
                    found.push(Occurrence { list, phrase, start, end, is_negated });
                }
            }
        }
        // A phrase that begins inside a negated one is negated with it.
        let mut reach = 0;
        for occurrence in &mut found {
            occurrence.is_negated |= occurrence.start < reach;
            if occurrence.is_negated {
                reach = reach.max(occurrence.end);
            }
        }
        found
    }

    /// The places at which a phrase would be negated.
    fn negated(&self, text: &[char], script: Script, words: &Words) -> BTreeSet<usize> {
        let mut places = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = Vec::new();
        for start in 0..text.len() {
            for negator in &words.negators {
                if let Some(place) = self.after_negator(text, start, negator, script) {
                    open.push((place, true));
                }
            }
            if script == Script::Chinese {
                let bare = self.zh_bare.iter().filter_map(|word| literal_end(text, start, word));
                places.extend(bare);
            }
        }
        while let Some((place, may_have)) = open.pop() {
            if !seen.insert((place, may_have)) {
                continue;
            }
            places.insert(place);
            let plain = words.fillers.iter().map(|word| (word, may_have));
            let have = words.have.iter().filter(|_| may_have).map(|word| (word, true));
            let symptoms = words.symptoms.iter().map(|word| (word, false));
            for (word, next) in plain.chain(have).chain(symptoms) {
                if let Some(end) = literal_end(text, place, word) {
                    open.extend(step(text, end, script).map(|place| (place, next)));
                }
            }
            for (_, phrase) in self.phrases(script) {
                if let Some(end) = phrase_end(text, place, phrase, script) {
                    let end = past_letters(text, end, script);
                    open.extend(step(text, end, script).map(|place| (place, false)));
                }
            }
        }
        places
    }

    fn after_negator(
        &self,
        text: &[char],
        start: usize,
        negator: &str,
        script: Script,
    ) -> Option<usize> {
        if script == Script::English && !is_word_start(text, start) {
            return None;
        }
        let end = literal_end(text, start, negator)?;
        let nearly = script == Script::Chinese
            && self.zh_not_after_negators.iter().any(|word| word == negator)
            && self.zh_not_after.iter().any(|word| ends_with(&text[..start], word));
        if nearly { None } else { step(text, end, script) }
    }
}

/// Where the next word starts: after one space in English, at once in Chinese.
fn step(text: &[char], end: usize, script: Script) -> Option<usize> {
    match script {
        Script::English => (text.get(end) == Some(&' ')).then_some(end + 1),
        Script::Chinese => Some(end),
    }
}

fn past_letters(text: &[char], mut end: usize, script: Script) -> usize {
    while script == Script::English && text.get(end).is_some_and(char::is_ascii_alphabetic) {
        end += 1;
    }
    end
}

fn is_word_start(text: &[char], start: usize) -> bool {
    start == 0 || !text[start - 1].is_ascii_alphabetic()
}

fn ends_with(text: &[char], word: &str) -> bool {
    let length = word.chars().count();
    text.len() >= length && text[text.len() - length..].iter().copied().eq(word.chars())
}

/// The end of a word that stands exactly so at a place.
fn literal_end(text: &[char], start: usize, word: &str) -> Option<usize> {
    let mut at = start;
    for c in word.chars() {
        if text.get(at) != Some(&c) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// The end of a phrase that starts at a place; inside it a line break is a space too.
fn phrase_end(text: &[char], start: usize, phrase: &str, script: Script) -> Option<usize> {
    if script == Script::English && !is_word_start(text, start) {
        return None;
    }
    let mut at = start;
    for c in phrase.chars() {
        if c == ' ' {
            let from = at;
            while text.get(at).is_some_and(|c| *c == ' ' || is_line_break(*c)) {
                at += 1;
            }
            if at == from {
                return None;
            }
        } else if text.get(at) == Some(&c) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(at)
}

const fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

//! The answers of a form, as they were typed.
//!
//! What is saved after each step is the text of the fields, right or wrong, so that a
//! page comes back as it was left. Their meaning is made in [`super::report`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::danger::Danger;
use super::steps::Step;
use crate::domain::grading::SymptomCode;
use crate::domain::{Codelist, Timestamp};

/// Most characters kept of one field; the form refuses more than 4,000.
const KEPT: usize = 8_000;

/// Everything typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Field name to what it holds; ticks hold several.
    fields: BTreeMap<String, Vec<String>>,
    /// The steps that were answered, by slug, and when; and the starts and ends that were
    /// chosen, by field, and when (relative times count from there).
    at: BTreeMap<String, String>,
    /// The report that this one corrects.
    pub supersedes: Option<String>,
    /// Emergency advice was shown.
    pub advised: bool,
    /// The newest emergency advice and its language.
    pub advice: Option<(String, Vec<String>)>,
}

impl Answers {
    /// What is saved.
    pub fn to_value(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::to_value(self)
    }

    /// The text of a field; empty when it was not given.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    /// The text of a field without space around it, if there is any.
    #[must_use]
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// Everything that is ticked under a name.
    #[must_use]
    pub fn ticks(&self, name: &str) -> &[String] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether something is ticked.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.ticks(name).iter().any(|tick| tick == value)
    }

    /// Takes what was posted for these fields; a field that is not there was emptied. A start
    /// or an end that is chosen anew counts from `now`.
    pub fn take<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a str>,
        posted: &[(String, String)],
        now: Timestamp,
    ) {
        for name in names {
            let values: Vec<String> = posted
                .iter()
                .filter(|(key, value)| key == name && !value.is_empty())
                .map(|(_, value)| value.chars().take(KEPT).collect())
                .collect();
            let is_new = self.ticks(name) != values.as_slice();
            let is_time = matches!(name.rsplit_once('.'), Some((_, "start" | "end")));
            if is_new && is_time {
                self.at.insert(name.to_owned(), now.to_string());
            }
            if values.is_empty() {
                self.fields.remove(name);
            } else {
                self.fields.insert(name.to_owned(), values);
            }
        }
    }

    /// Sets one field, or empties it.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.fields.insert(name.to_owned(), vec![value.to_owned()]),
            None => self.fields.remove(name),
        };
    }

    /// Ticks something beside what is ticked.
    pub fn tick(&mut self, name: &str, value: &str) {
        if !self.has(name, value) {
            self.fields.entry(name.to_owned()).or_default().push(value.to_owned());
        }
    }

    /// Notes that a step was answered.
    pub fn answered(&mut self, step: Step, now: Timestamp) {
        self.at.insert(step.slug(), now.to_string());
    }

    /// Notes that a step has to be answered again.
    pub fn reopen(&mut self, step: Step) {
        self.at.remove(&step.slug());
    }

    /// When a step was answered.
    #[must_use]
    pub fn answered_at(&self, step: Step) -> Option<Timestamp> {
        self.at.get(&step.slug())?.parse().ok()
    }

    /// When the choice that stands in a field of times was made: "just now" means that
    /// instant, however often the page is sent again afterwards.
    #[must_use]
    pub fn said_at(&self, name: &str) -> Option<Timestamp> {
        self.at.get(name)?.parse().ok()
    }

    /// Whether the answers say "well".
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.text("feeling") == "well" && self.dangers().is_empty()
    }

    /// The danger signs that are ticked.
    #[must_use]
    pub fn dangers(&self) -> Vec<Danger> {
        Danger::ALL.iter().copied().filter(|sign| self.has("danger", sign.code())).collect()
    }

    /// The symptoms to be asked about: ticked ones and those that a danger sign names.
    #[must_use]
    pub fn symptoms(&self) -> Vec<SymptomCode> {
        let mut codes: BTreeSet<SymptomCode> =
            self.dangers().into_iter().filter_map(Danger::symptom).collect();
        if !self.is_well() {
            let ticked = self.ticks("symptom").iter();
            codes.extend(ticked.filter_map(|code| SymptomCode::from_code(code)));
        }
        codes.retain(|code| !code.is_measured());
        codes.into_iter().collect()
    }
}

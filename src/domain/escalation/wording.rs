//! A text in every language.

use super::super::language::Language;

/// A text of a rule set in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Wording {
    /// The text in a language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::ZhCn => &self.zh,
        }
    }
}

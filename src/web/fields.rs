//! Labelled inputs of a form with what was typed and what is wrong with it.
//!
//! A page lists its fields once; the label, the hint and the words of each problem come
//! from [`crate::i18n::registry`] by the field's name.

use crate::domain::problem::Problems;
use crate::domain::{Codelist, Language};
use crate::i18n::labels::Label;
use crate::i18n::registry::{fields, problems};

/// How a field is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text,
    /// A number, typed as text: a number field swallows what it does not understand.
    Number,
    /// A calendar day, by the browser's own picker.
    Date,
    /// A time of day, by the browser's own picker.
    Time,
    /// One of a list.
    Select,
    /// Several lines.
    Area,
}

/// One labelled input.
#[derive(Debug, Clone)]
pub struct Field {
    /// How it is shown.
    pub kind: Kind,
    /// The name of the form field.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What helps to fill it in; may be empty.
    pub hint: &'static str,
    /// What was typed.
    pub value: String,
    /// What is wrong with it; empty when nothing is.
    pub problem: String,
    /// The choices of a list: value and label.
    pub options: Vec<(String, String)>,
}

/// The inputs of a form, in order.
#[derive(Debug, Clone)]
pub struct Fields {
    lang: Language,
    problems: Problems,
    /// The inputs.
    pub list: Vec<Field>,
}

impl Fields {
    /// A form without fields so far.
    #[must_use]
    pub fn new(lang: Language, problems: Problems) -> Self {
        Self { lang, problems, list: Vec::new() }
    }

    fn add(
        mut self,
        kind: Kind,
        name: &'static str,
        value: &str,
        options: Vec<(String, String)>,
    ) -> Self {
        let problem = self
            .problems
            .of(name)
            .map(|reason| problems::reason(self.lang, reason))
            .unwrap_or_default();
        self.list.push(Field {
            kind,
            name,
            label: fields::label(self.lang, name),
            hint: fields::hint(self.lang, name),
            value: value.to_owned(),
            problem,
            options,
        });
        self
    }

    /// One line of text.
    #[must_use]
    pub fn text(self, name: &'static str, value: &str) -> Self {
        self.add(Kind::Text, name, value, Vec::new())
    }

    /// A calendar day. The browser shows how it is written, so the hint about that is left out.
    #[must_use]
    pub fn date(self, name: &'static str, value: &str) -> Self {
        let mut fields = self.add(Kind::Date, name, value, Vec::new());
        let format = fields::hint(fields.lang, "date");
        if let Some(field) = fields.list.last_mut().filter(|field| field.hint == format) {
            field.hint = "";
        }
        fields
    }

    /// A time of day.
    #[must_use]
    pub fn time(self, name: &'static str, value: &str) -> Self {
        self.add(Kind::Time, name, value, Vec::new())
    }

    /// A number.
    #[must_use]
    pub fn number(self, name: &'static str, value: &str) -> Self {
        self.add(Kind::Number, name, value, Vec::new())
    }

    /// Several lines of text.
    #[must_use]
    pub fn area(self, name: &'static str, value: &str) -> Self {
        self.add(Kind::Area, name, value, Vec::new())
    }

    /// A list of values and labels.
    #[must_use]
    pub fn select(self, name: &'static str, value: &str, options: Vec<(String, String)>) -> Self {
        self.add(Kind::Select, name, value, options)
    }

    /// Every value of a vocabulary.
    #[must_use]
    pub fn coded<T: Codelist + Label>(self, name: &'static str, value: &str) -> Self {
        let options = coded_options::<T>(self.lang);
        self.select(name, value, options)
    }

    /// Which of two instants is meant; shown only where the clock showed a time twice.
    #[must_use]
    pub fn fold(self, name: &'static str, of: &str, value: &str) -> Self {
        use crate::domain::problem::Reason;
        let asked = matches!(self.problems.of(of), Some(Reason::RepeatedTime(..)));
        if !asked && value.is_empty() {
            return self;
        }
        let t = crate::i18n::registry::registry(self.lang);
        let options = [("", t.choose), ("earlier", t.earlier), ("later", t.later)];
        let options =
            options.into_iter().map(|(code, text)| (code.to_owned(), text.to_owned())).collect();
        self.select(name, value, options)
    }

    /// Another label for the field that was added last.
    #[must_use]
    pub fn labelled(mut self, label: &'static str) -> Self {
        if let Some(field) = self.list.last_mut() {
            field.label = label;
        }
        self
    }

    /// Every problem: the field to go to, its label, the sentence. Problems of fields that
    /// the page does not show come too, under their own name.
    #[must_use]
    pub fn wrong(&self) -> Vec<(&'static str, &'static str, String)> {
        self.problems
            .all()
            .iter()
            .map(|problem| {
                let shown = self.list.iter().find(|field| field.name == problem.field);
                let label =
                    shown.map_or_else(|| fields::label(self.lang, problem.field), |f| f.label);
                (problem.field, label, problems::reason(self.lang, &problem.reason))
            })
            .collect()
    }
}

/// Every value of a vocabulary with its label.
#[must_use]
pub fn coded_options<T: Codelist + Label>(lang: Language) -> Vec<(String, String)> {
    T::ALL.iter().map(|value| (value.code().to_owned(), value.label(lang).to_owned())).collect()
}

/// The same list with "please choose" or "all" in front.
#[must_use]
pub fn with_none(none: &str, options: Vec<(String, String)>) -> Vec<(String, String)> {
    std::iter::once((String::new(), none.to_owned())).chain(options).collect()
}

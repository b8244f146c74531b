//! Reading TOML field by field with positions, collecting what is wrong.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, TomlType, What};
use super::wording::Wording;

/// The file and what is wrong with it.
pub(super) struct Source<'t> {
    pub text: &'t str,
    pub mistakes: Vec<Mistake>,
    /// The rule that is being read.
    pub rule: Option<String>,
}

impl Source<'_> {
    /// Notes a mistake at a byte of the file.
    pub fn wrong(&mut self, at: usize, what: What) {
        let (line, column) = place(self.text, at);
        self.mistakes.push(Mistake { rule: self.rule.clone(), line, column, what });
    }

    /// Notes mistakes at bytes of a value that is a text.
    pub fn wrong_within(&mut self, value: &Value<'_>, mistakes: Vec<(usize, What)>) {
        let inner = self.inner(value);
        for (at, what) in mistakes {
            self.wrong(inner.map_or(value.at, |start| start + at), what);
        }
    }

    /// Where the first character of a text value stands in the file; `None` when the
    /// text has escapes, so that its bytes are not those of the file.
    fn inner(&self, value: &Value<'_>) -> Option<usize> {
        let text = value.value.get_ref().as_str()?;
        let raw = self.text.get(value.value.span())?;
        let long = raw.starts_with("'''") || raw.starts_with("\"\"\"");
        let mut skipped = if long { 3 } else { 1 };
        if long {
            let rest = &raw[3..];
            skipped += rest.len() - rest.strip_prefix("\r\n").or(rest.strip_prefix('\n'))?.len();
        }
        raw.get(skipped..)?.starts_with(text).then(|| value.at + skipped)
    }
}

/// Line and column (in characters) of a byte, both from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// A value with its place.
#[derive(Clone, Copy)]
pub(super) struct Value<'d> {
    value: &'d Spanned<DeValue<'d>>,
    pub at: usize,
}

impl<'d> Value<'d> {
    fn new(value: &'d Spanned<DeValue<'d>>) -> Self {
        Self { value, at: value.span().start }
    }

    fn get(self) -> &'d DeValue<'d> {
        self.value.get_ref()
    }

    fn wrong<T>(self, wanted: TomlType, source: &mut Source<'_>) -> Option<T> {
        source.wrong(self.at, What::WrongType(wanted));
        None
    }

    /// A text with at least one visible character.
    pub fn text(self, source: &mut Source<'_>) -> Option<&'d str> {
        match self.get().as_str() {
            Some(text) if text.trim().is_empty() => {
                source.wrong(self.at, What::Empty);
                None
            }
            Some(text) => Some(text),
            None => self.wrong(TomlType::Text, source),
        }
    }

    pub fn date(self, source: &mut Source<'_>) -> Option<String> {
        match self.get().as_datetime() {
            Some(day) if day.time.is_none() && day.date.is_some() => Some(day.to_string()),
            _ => self.wrong(TomlType::Date, source),
        }
    }

    /// A whole number of at least 0 and at most `max`.
    pub fn whole(self, max: u32, source: &mut Source<'_>) -> Option<u32> {
        let Some(integer) = self.get().as_integer() else {
            return self.wrong(TomlType::Integer, source);
        };
        match u32::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if number <= max => Some(number),
            _ => {
                source.wrong(self.at, What::OutOfRange);
                None
            }
        }
    }

    /// A number of at least 0.
    pub fn number(self, source: &mut Source<'_>) -> Option<Decimal> {
        let text = match self.get() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Float(float) => float.as_str(),
            _ => return self.wrong(TomlType::Number, source),
        };
        match text.parse::<Decimal>() {
            Ok(number) if number >= Decimal::ZERO => Some(number),
            _ => {
                source.wrong(self.at, What::OutOfRange);
                None
            }
        }
    }

    pub fn list(self, source: &mut Source<'_>) -> Option<Vec<Self>> {
        match self.get().as_array() {
            Some(list) => Some(list.iter().map(Value::new).collect()),
            None => self.wrong(TomlType::List, source),
        }
    }

    /// A list of texts with their places.
    pub fn texts(self, source: &mut Source<'_>) -> Vec<(usize, String)> {
        let items = self.list(source).unwrap_or_default();
        let mut texts = Vec::new();
        for item in items {
            if let Some(text) = item.text(source) {
                texts.push((item.at, text.to_owned()));
            }
        }
        texts
    }

    pub fn table(self, source: &mut Source<'_>) -> Option<Table<'d>> {
        match self.get().as_table() {
            Some(table) => Some(Table { table, at: self.at }),
            None => self.wrong(TomlType::Table, source),
        }
    }

    /// A table with a text in each language.
    pub fn wording(self, source: &mut Source<'_>) -> Option<Wording> {
        let table = self.table(source)?;
        table.only(&["en", "zh"], source);
        let en = table.must("en", source).and_then(|value| value.text(source));
        let zh = table.must("zh", source).and_then(|value| value.text(source));
        Some(Wording { en: en?.trim().to_owned(), zh: zh?.trim().to_owned() })
    }
}

/// A table with its place.
#[derive(Clone, Copy)]
pub(super) struct Table<'d> {
    table: &'d DeTable<'d>,
    pub at: usize,
}

impl<'d> Table<'d> {
    pub const fn root(table: &'d DeTable<'d>) -> Self {
        Self { table, at: 0 }
    }

    /// Complains about every key that is not one of these.
    pub fn only(self, known: &[&str], source: &mut Source<'_>) {
        let known: BTreeSet<&str> = known.iter().copied().collect();
        for (key, _) in self.table {
            if !known.contains(key.get_ref().as_ref()) {
                source.wrong(key.span().start, What::UnknownKey(key.get_ref().to_string()));
            }
        }
    }

    pub fn get(self, key: &str) -> Option<Value<'d>> {
        let mut entries = self.table.iter();
        entries.find(|(name, _)| name.get_ref() == key).map(|(_, value)| Value::new(value))
    }

    /// The value of a key that must be there.
    pub fn must(self, key: &str, source: &mut Source<'_>) -> Option<Value<'d>> {
        let value = self.get(key);
        if value.is_none() {
            source.wrong(self.at, What::MissingKey(key.to_owned()));
        }
        value
    }
}

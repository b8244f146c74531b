//! One line of input, read so that everything wrong with it can be told at once.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The fields of a line, and what was found wrong with them so far.
///
/// A field that is wrong is replaced by the neutral value that its reader names, so that the
/// remaining arguments can be checked too; [`Request::problems`] then tells that there is no
/// result.
#[derive(Debug, Default)]
pub struct Request {
    fields: Vec<Field>,
    problems: Vec<String>,
}

#[derive(Debug)]
struct Field {
    name: String,
    value: Value,
    is_known: bool,
}

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Request;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object such as {\"id\": 1, \"fn\": \"holm\", \"p\": [0.01]}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Request, A::Error> {
                let mut request = Request::default();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if request.fields.iter().any(|field| field.name == name) {
                        request.problems.push(format!("{name} is given twice"));
                    } else {
                        request.fields.push(Field { name, value, is_known: false });
                    }
                }
                Ok(request)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl Request {
    fn take(&mut self, name: &str) -> Option<Value> {
        let field = self.fields.iter_mut().find(|field| field.name == name)?;
        field.is_known = true;
        Some(field.value.clone()).filter(|value| !value.is_null())
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// The mark that the answer carries; null when there is none.
    pub fn id(&mut self) -> Value {
        self.take("id").unwrap_or_else(|| {
            self.problems.push("id is missing".to_owned());
            Value::Null
        })
    }

    /// The name of the function.
    pub fn function(&mut self) -> Option<String> {
        match self.take("fn") {
            Some(Value::String(name)) => Some(name),
            Some(_) => {
                self.problems.push("fn must be a text".to_owned());
                None
            }
            None => {
                self.problems.push("fn is missing".to_owned());
                None
            }
        }
    }

    pub fn wrong(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// What is wrong with the fields that were read.
    pub fn problems_so_far(self) -> Vec<String> {
        self.problems
    }

    /// What is wrong, fields that nobody asked for included.
    pub fn problems(self) -> Vec<String> {
        let unknown = self.fields.iter().filter(|field| !field.is_known);
        let unknown = unknown.map(|field| format!("{} is not a field of this fn", field.name));
        let mut problems = self.problems;
        problems.extend(unknown);
        problems
    }

    fn read<T>(
        &mut self,
        name: &str,
        what: &str,
        parse: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let Some(value) = self.take(name) else {
            self.problems.push(format!("{name} is missing"));
            return None;
        };
        let parsed = parse(&value);
        if parsed.is_none() {
            self.problems.push(format!("{name} must be {what}"));
        }
        parsed
    }

    /// A whole number, 0 or more; `3.0` is one.
    pub fn count(&mut self, name: &str, neutral: u64) -> u64 {
        self.read(name, "a whole number, 0 or more", whole).unwrap_or(neutral)
    }

    pub fn number(&mut self, name: &str, neutral: f64) -> f64 {
        self.read(name, "a number", Value::as_f64).unwrap_or(neutral)
    }

    /// A number that may be left out.
    pub fn number_or(&mut self, name: &str, default: f64) -> f64 {
        if self.has(name) { self.number(name, default) } else { default }
    }

    pub fn numbers(&mut self, name: &str) -> Option<Vec<f64>> {
        self.read(name, "a list of numbers", |value| {
            value.as_array()?.iter().map(Value::as_f64).collect()
        })
    }

    /// A list of 0 and 1, or of false and true.
    pub fn outcomes(&mut self, name: &str) -> Option<Vec<bool>> {
        self.read(name, "a list of 0 and 1", |value| {
            let list = value.as_array()?.iter();
            list.map(|item| match (item.as_bool(), whole(item)) {
                (Some(value), _) => Some(value),
                (None, Some(0)) => Some(false),
                (None, Some(1)) => Some(true),
                _ => None,
            })
            .collect()
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole and not negative; what is too great stays too great and is refused later"
)]
fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        (number >= 0.0 && number.fract() == 0.0).then_some(number as u64)
    })
}

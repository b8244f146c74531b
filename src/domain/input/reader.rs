//! Reading JSON field by field, collecting what is wrong.

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};

use super::super::codelist::Codelist;
use super::problem::{Expected, Problem, Reason};

/// A JSON object at a path. A field that is null counts as not given.
pub(super) struct Reader<'a> {
    path: String,
    fields: &'a Map<String, Value>,
}

/// What a number must be.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub decimals: Option<u32>,
}

impl Limits {
    pub const ANY: Self = Self { min: None, max: None, decimals: None };
    pub const NOT_NEGATIVE: Self = Self { min: Some(0), max: None, decimals: None };

    pub const fn whole(min: i64, max: i64) -> Self {
        Self { min: Some(min), max: Some(max), decimals: Some(0) }
    }
}

impl<'a> Reader<'a> {
    /// Opens an object; `None` (with a problem) if it is none.
    pub fn open(value: &'a Value, path: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        if let Value::Object(fields) = value {
            return Some(Self { path: path.to_owned(), fields });
        }
        let reason = Reason::WrongType(Expected::Object);
        problems.push(Problem { field: path.to_owned(), reason });
        None
    }

    /// Opens the object in a field; `None` also when it is not given.
    pub fn child(&self, key: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        Self::open(self.get(key)?, &self.path_of(key), problems)
    }

    /// The path of a field.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The keys and values that are there, null ones too.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        self.fields.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Complains about a field.
    pub fn refuse(&self, key: &str, reason: Reason, problems: &mut Vec<Problem>) {
        problems.push(Problem { field: self.path_of(key), reason });
    }

    /// Complains about every key that is not one of these.
    pub fn only(&self, known: &[&str], problems: &mut Vec<Problem>) {
        for (key, _) in self.fields() {
            if !known.contains(&key) {
                self.refuse(key, Reason::UnknownKey, problems);
            }
        }
    }

    /// The value of a field, if it was given.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    /// Complains when a field was not given.
    pub fn require(&self, key: &str, problems: &mut Vec<Problem>) {
        if self.get(key).is_none() {
            self.refuse(key, Reason::Missing, problems);
        }
    }

    /// A yes/no field.
    pub fn bool(&self, key: &str, problems: &mut Vec<Problem>) -> Option<bool> {
        let value = self.get(key)?;
        let answer = value.as_bool();
        if answer.is_none() {
            self.refuse(key, Reason::WrongType(Expected::Bool), problems);
        }
        answer
    }

    /// A yes/no field where not given means no.
    pub fn flag(&self, key: &str, problems: &mut Vec<Problem>) -> bool {
        self.bool(key, problems).unwrap_or(false)
    }

    /// A text.
    pub fn text(&self, key: &str, problems: &mut Vec<Problem>) -> Option<&'a str> {
        let value = self.get(key)?;
        let text = value.as_str();
        if text.is_none() {
            self.refuse(key, Reason::WrongType(Expected::Text), problems);
        }
        text
    }

    /// One of the codes of a list.
    pub fn code<T: Codelist>(&self, key: &str, problems: &mut Vec<Problem>) -> Option<T> {
        let value = T::from_code(self.text(key, problems)?);
        if value.is_none() {
            let codes = T::ALL.iter().map(|value| value.code()).collect();
            self.refuse(key, Reason::UnknownChoice(codes), problems);
        }
        value
    }

    /// A number within limits.
    pub fn number(
        &self,
        key: &str,
        limits: Limits,
        problems: &mut Vec<Problem>,
    ) -> Option<Decimal> {
        match check_number(self.get(key)?, limits) {
            Ok(number) => Some(number),
            Err(reason) => {
                self.refuse(key, reason, problems);
                None
            }
        }
    }
}

/// A JSON number as an exact decimal, within limits. `5.0` is a whole number: JSON
/// does not tell it from `5`.
pub(super) fn check_number(value: &Value, limits: Limits) -> Result<Decimal, Reason> {
    let Value::Number(number) = value else {
        return Err(Reason::WrongType(Expected::Number));
    };
    let number = exact(number).ok_or(Reason::TooLarge)?;
    match limits.decimals {
        Some(0) if !number.fract().is_zero() => return Err(Reason::NotWhole),
        Some(decimals) if number.normalize().scale() > decimals => {
            return Err(Reason::TooManyDecimals(decimals));
        }
        _ => {}
    }
    let too_small = limits.min.is_some_and(|min| number < Decimal::from(min));
    let too_large = limits.max.is_some_and(|max| number > Decimal::from(max));
    if too_small || too_large {
        let (min, max) = (limits.min.unwrap_or(i64::MIN), limits.max);
        return Err(Reason::OutOfRange { min, max });
    }
    Ok(number)
}

/// The shortest decimal that names the number, which is what was typed. Beyond 28
/// decimals it is rounded; a value that is not zero never becomes zero, so that
/// "before the infusion" stays before it.
fn exact(number: &Number) -> Option<Decimal> {
    let text = number.to_string();
    let float = number.as_f64()?;
    let rounded = || format!("{float:.28}").parse::<Decimal>().ok();
    let value = text
        .parse::<Decimal>()
        .or_else(|_| Decimal::from_scientific(&text))
        .ok()
        .or_else(|| (float.abs() < 1.0).then(rounded).flatten())?;
    let smallest = Decimal::new(1, 28);
    Some(match value.is_zero() {
        true if float < 0.0 => -smallest,
        true if float > 0.0 => smallest,
        _ => value,
    })
}

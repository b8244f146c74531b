//! Why a rule fired, or what it lacked.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::super::codelist::{Codelist, codelist};
use super::super::input::decimal_to_json;

codelist! {
    /// How a value stands to its limit.
    pub enum Relation: "relation" {
        /// Less.
        Less = "<",
        /// At most.
        AtMost = "<=",
        /// More.
        More = ">",
        /// At least.
        AtLeast = ">=",
        /// Equal.
        Equal = "==",
        /// Not equal.
        NotEqual = "!=",
        /// Within a range, ends included.
        Within = "in",
        /// Outside a range.
        Outside = "not in",
        /// A text contains a phrase of a list that is not negated.
        Contains = "contains",
        /// A text contains none.
        Lacks = "lacks",
    }
}

impl Relation {
    /// The relation that holds exactly when this one does not.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::More => Self::AtMost,
            Self::AtLeast => Self::Less,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Within => Self::Outside,
            Self::Outside => Self::Within,
            Self::Contains => Self::Lacks,
            Self::Lacks => Self::Contains,
        }
    }

    /// Whether two numbers stand so.
    #[must_use]
    pub fn holds(self, value: Decimal, limit: Decimal) -> bool {
        match self {
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::More => value > limit,
            Self::AtLeast => value >= limit,
            Self::Equal => value == limit,
            Self::NotEqual => value != limit,
            Self::Within | Self::Outside | Self::Contains | Self::Lacks => false,
        }
    }
}

/// A value of a report or a limit of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Not given.
    Missing,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// From and to, both included.
    Range(Decimal, Decimal),
    /// A code, a phrase or the name of a phrase list.
    Text(String),
}

impl Scalar {
    /// The value as JSON: a number, a list of two, a text, true, false or null.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Missing => Value::Null,
            Self::Bool(yes) => json!(yes),
            Self::Number(number) => decimal_to_json(*number),
            Self::Range(low, high) => json!([decimal_to_json(*low), decimal_to_json(*high)]),
            Self::Text(text) => json!(text),
        }
    }

    /// Reads what [`Scalar::to_json`] wrote.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        // Through the text, so that 38.1 stays 38.1.
        let number = |value: &Value| value.as_number()?.to_string().parse::<Decimal>().ok();
        Some(match value {
            Value::Null => Self::Missing,
            Value::Bool(yes) => Self::Bool(*yes),
            Value::Number(_) => Self::Number(number(value)?),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(ends) => match ends.as_slice() {
                [low, high] => Self::Range(number(low)?, number(high)?),
                _ => return None,
            },
            Value::Object(_) => return None,
        })
    }
}

/// One comparison: as it held (of a rule that fired) or as it should have held
/// (of one that did not).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The path of the value, such as `temp.duration_h` or `grade.FEVER`.
    pub field: String,
    /// The comparison of the rule.
    pub op: Relation,
    /// What the rule compares with.
    pub limit: Scalar,
    /// What the report says.
    pub value: Scalar,
}

impl Fact {
    /// The fact as JSON: `{"field","op","limit","value"}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "field": self.field,
            "op": self.op.code(),
            "limit": self.limit.to_json(),
            "value": self.value.to_json(),
        })
    }

    /// Reads what [`Fact::to_json`] wrote.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            field: value.get("field")?.as_str()?.to_owned(),
            op: Relation::from_code(value.get("op")?.as_str()?)?,
            limit: Scalar::from_json(value.get("limit")?)?,
            value: Scalar::from_json(value.get("value")?)?,
        })
    }

    /// How far the value is from the limit, relative to it; for choosing the nearest miss.
    pub(super) fn distance(&self) -> Decimal {
        let far = |value: Decimal, limit: Decimal| {
            let size = limit.abs().max(Decimal::ONE);
            value.checked_sub(limit).map_or(Decimal::MAX, |difference| difference.abs() / size)
        };
        match (&self.value, &self.limit) {
            (Scalar::Number(value), Scalar::Number(limit)) => far(*value, *limit),
            (Scalar::Number(value), Scalar::Range(low, high)) => {
                far(*value, *low).min(far(*value, *high))
            }
            _ => Decimal::ONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_fact_reads_back_as_it_was() {
        let number = |text: &str| Scalar::Number(text.parse().unwrap());
        let range = Scalar::Range(Decimal::from(92), Decimal::from(93));
        let facts = [
            ("temp.duration_h", Relation::More, number("48"), number("50.25")),
            ("vitals.spo2", Relation::Within, range, number("92")),
            ("flags.wheeze", Relation::Equal, Scalar::Bool(true), Scalar::Bool(true)),
            (
                "free_text",
                Relation::Contains,
                Scalar::Text("emergency".to_owned()),
                Scalar::Missing,
            ),
        ];
        for (field, op, limit, value) in facts {
            let fact = Fact { field: field.to_owned(), op, limit, value };
            let text = fact.to_json().to_string();
            let read: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(Fact::from_json(&read), Some(fact), "{text}");
        }
        assert_eq!(
            Fact::from_json(&json!({"field": "x", "op": "?", "limit": 1, "value": 1})),
            None
        );
    }
}

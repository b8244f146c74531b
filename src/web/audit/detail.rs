//! The detail of an entry as lines that a person reads.

use serde_json::{Map, Value};

/// One fact of an entry: its name, and its value or what it was before and after.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub name: String,
    pub old: Option<String>,
    pub new: String,
}

/// Reads what entries hold: `{"field": [old, new]}`, `{"before": {…}, "after": {…}}`,
/// `{"old": …, "new": …}`, and plain facts. What did not change is left out.
pub(super) fn changes(detail: &str, nothing: &str) -> Vec<Change> {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(detail) else {
        return Vec::new();
    };
    let pair = |name: &str, old: &Value, new: &Value| Change {
        name: name.replace('_', " "),
        old: Some(shown(old, nothing)),
        new: shown(new, nothing),
    };
    let mut lines = Vec::new();
    if let (Some(Value::Object(before)), Some(Value::Object(after))) =
        (fields.get("before"), fields.get("after"))
    {
        lines.extend(
            after
                .iter()
                .filter(|(name, new)| before.get(*name).unwrap_or(&Value::Null) != *new)
                .map(|(name, new)| pair(name, before.get(name).unwrap_or(&Value::Null), new)),
        );
    }
    if let (Some(old), Some(new)) = (fields.get("old"), fields.get("new")) {
        lines.push(pair("", old, new));
    }
    lines.extend(fields.iter().filter(|(name, _)| !is_shown(&fields, name)).filter_map(
        |(name, value)| match value {
            Value::Null => None,
            Value::Array(both) if both.len() == 2 && both.iter().all(|one| !one.is_array()) => {
                Some(pair(name, &both[0], &both[1]))
            }
            value => {
                Some(Change { name: name.replace('_', " "), old: None, new: shown(value, nothing) })
            }
        },
    ));
    lines
}

/// Whether a field was shown as one half of a pair.
fn is_shown(fields: &Map<String, Value>, name: &str) -> bool {
    let both = |one, other| {
        (name == one || name == other) && fields.contains_key(one) && fields.contains_key(other)
    };
    both("before", "after") || both("old", "new")
}

fn shown(value: &Value, nothing: &str) -> String {
    match value {
        Value::Null => nothing.to_owned(),
        Value::String(text) if text.is_empty() => nothing.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) if all.is_empty() => nothing.to_owned(),
        Value::Array(all) => {
            all.iter().map(|one| shown(one, nothing)).collect::<Vec<_>>().join(", ")
        }
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{}: {}", name.replace('_', " "), shown(value, nothing)))
            .collect::<Vec<_>>()
            .join("; "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_stand_side_by_side_however_they_were_written() {
        for (detail, expected) in [
            (r#"{"cells_millions":[null,"900"]}"#, vec![("cells millions", Some("none"), "900")]),
            (r#"{"old":"en","new":"zh-CN"}"#, vec![("", Some("en"), "zh-CN")]),
            (
                r#"{"before":{"state":"open","owner":null},"after":{"state":"closed","owner":null},"number":7}"#,
                vec![("state", Some("open"), "closed"), ("number", None, "7")],
            ),
            (r#"{"rules":["U03","U04","S01"]}"#, vec![("rules", None, "U03, U04, S01")]),
            (
                r#"{"filter":{"from":"2026-01-01","to":null}}"#,
                vec![("filter", None, "from: 2026-01-01")],
            ),
            ("{}", vec![]),
            ("[1]", vec![]),
            ("broken", vec![]),
        ] {
            let found = changes(detail, "none");
            let found: Vec<_> = found
                .iter()
                .map(|change| (change.name.as_str(), change.old.as_deref(), change.new.as_str()))
                .collect();
            assert_eq!(found, expected, "{detail}");
        }
    }
}

//! What changed between two reports of one infusion.

use std::collections::BTreeMap;

/// How a symptom stands to the report before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Was not there before.
    New {
        /// The grade now, 1 to 5.
        now: i32,
    },
    /// A higher grade.
    Worse {
        /// The grade before.
        before: i32,
        /// The grade now.
        now: i32,
    },
    /// A lower grade.
    Better {
        /// The grade before.
        before: i32,
        /// The grade now.
        now: i32,
    },
    /// Not there any more.
    Gone {
        /// The grade before.
        before: i32,
    },
    /// The same grade.
    Same {
        /// The grade.
        now: i32,
    },
}

/// Compares the grades of two reports, by the symptom's code; grade 0 is absence.
/// What became worse comes first, then what is new, better, gone, the same.
#[must_use]
pub fn compare(
    before: &BTreeMap<String, i32>,
    now: &BTreeMap<String, i32>,
) -> Vec<(String, Change)> {
    let grade = |map: &BTreeMap<String, i32>, code: &str| map.get(code).copied().unwrap_or(0);
    let mut codes: Vec<&String> = before.keys().chain(now.keys()).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut changes: Vec<(String, Change)> = codes
        .into_iter()
        .filter_map(|code| {
            let change = match (grade(before, code), grade(now, code)) {
                (0, 0) => return None,
                (0, now) => Change::New { now },
                (before, 0) => Change::Gone { before },
                (before, now) if before < now => Change::Worse { before, now },
                (before, now) if before > now => Change::Better { before, now },
                (_, now) => Change::Same { now },
            };
            Some((code.clone(), change))
        })
        .collect();
    changes.sort_by_key(|(code, change)| (order(*change), code.clone()));
    changes
}

const fn order(change: Change) -> u8 {
    match change {
        Change::Worse { .. } => 0,
        Change::New { .. } => 1,
        Change::Better { .. } => 2,
        Change::Gone { .. } => 3,
        Change::Same { .. } => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_worst_first() {
        let map = |pairs: &[(&str, i32)]| {
            pairs.iter().map(|(code, grade)| ((*code).to_owned(), *grade)).collect()
        };
        let before = map(&[("CHILLS", 2), ("COUGH", 1), ("FATIGUE", 1), ("FEVER", 1), ("RASH", 0)]);
        let now = map(&[("CHILLS", 1), ("FATIGUE", 1), ("FEVER", 2), ("NAUSEA", 1), ("RASH", 0)]);
        let found = compare(&before, &now);
        let found: Vec<(&str, Change)> = found.iter().map(|(c, k)| (c.as_str(), *k)).collect();
        assert_eq!(
            found,
            [
                ("FEVER", Change::Worse { before: 1, now: 2 }),
                ("NAUSEA", Change::New { now: 1 }),
                ("CHILLS", Change::Better { before: 2, now: 1 }),
                ("COUGH", Change::Gone { before: 1 }),
                ("FATIGUE", Change::Same { now: 1 }),
            ]
        );
    }
}

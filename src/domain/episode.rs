//! One reaction told of in several reports is one event.
//!
//! Counting each mention would turn a fever that a patient reports three mornings in a row into
//! three fevers (REFERENCE §12.13).

use rust_decimal::Decimal;

/// Hours without the reaction after which its return is a new event (REFERENCE §12.13).
pub const GAP_H: i64 = 48;

/// What one report says of a reaction. Hours count from `T0`, decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// When it was said.
    pub said_h: Decimal,
    /// When the reaction began; nothing when that is not known.
    pub onset_h: Option<Decimal>,
    /// How long before it was said the reaction ended; nothing while it lasts.
    pub resolved_h_ago: Option<Decimal>,
}

impl Mention {
    fn begin(self) -> Decimal {
        self.onset_h.unwrap_or(self.said_h)
    }

    /// When the reaction ended, in hours after `T0`.
    #[must_use]
    pub fn end_h(self) -> Option<Decimal> {
        self.resolved_h_ago.map(|ago| self.said_h - ago)
    }
}

/// The mentions of one term after one infusion, by event: positions in `mentions`, in the order
/// in which they were said.
///
/// A mention continues an event that had not ended when it was last told of, or that had ended
/// less than [`GAP_H`] before the mention's onset. Without a known onset it begins when it is
/// said.
#[must_use]
pub fn episodes(mentions: &[Mention]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..mentions.len()).collect();
    order.sort_by_key(|&index| mentions[index].said_h);
    let mut events: Vec<Vec<usize>> = Vec::new();
    let mut end: Option<Decimal> = None;
    for index in order {
        let mention = mentions[index];
        let is_new = end.is_some_and(|end| mention.begin() - end >= Decimal::from(GAP_H));
        match events.last_mut() {
            Some(event) if !is_new => event.push(index),
            _ => events.push(vec![index]),
        }
        end = mention.end_h();
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mention(said: i64, onset: Option<i64>, resolved_ago: Option<i64>) -> Mention {
        Mention {
            said_h: said.into(),
            onset_h: onset.map(Decimal::from),
            resolved_h_ago: resolved_ago.map(Decimal::from),
        }
    }

    #[test]
    fn mentions_become_events() {
        type Case = (&'static str, Vec<Mention>, Vec<Vec<usize>>);
        let cases: [Case; 7] = [
            ("nothing", vec![], vec![]),
            ("one", vec![mention(5, Some(2), None)], vec![vec![0]]),
            (
                "lasting, told of three times",
                vec![
                    mention(4, Some(2), None),
                    mention(24, Some(2), None),
                    mention(200, Some(2), Some(1)),
                ],
                vec![vec![0, 1, 2]],
            ),
            (
                "ended at 10, back at 58: exactly 48 hours, a new event",
                vec![mention(12, Some(4), Some(2)), mention(60, Some(58), None)],
                vec![vec![0], vec![1]],
            ),
            (
                "ended at 10, back at 57: the same event",
                vec![mention(12, Some(4), Some(2)), mention(60, Some(57), None)],
                vec![vec![0, 1]],
            ),
            (
                "told of again, with the same onset, after it had ended",
                vec![mention(12, Some(4), Some(2)), mention(96, Some(4), Some(86))],
                vec![vec![0, 1]],
            ),
            (
                "without an onset it begins when it is said; order is that of saying",
                vec![mention(96, None, None), mention(12, None, Some(2))],
                vec![vec![1], vec![0]],
            ),
        ];
        for (what, mentions, expected) in cases {
            assert_eq!(episodes(&mentions), expected, "{what}");
        }
    }
}

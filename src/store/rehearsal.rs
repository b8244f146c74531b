//! Kept reports for a rehearsal, and what became of the flags of each rule.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::among::among;
use super::schema::{flag, report, snoozed_flag, task};
use super::{Connection, Result};
use crate::domain::registry::Evaluation;
use crate::domain::task::WorthAFlag;
use crate::domain::{Level, ReportId, Scope, TaskId, Timestamp};

/// Reports read at one time.
const SLICE: i64 = 500;

/// A report with what the rules were told.
#[derive(Debug, Clone, Queryable)]
pub struct Told {
    /// Which one.
    pub id: ReportId,
    /// Its number for the phone.
    pub reference: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Everything that the rules were told, JSON.
    pub input: String,
    /// The edition of CTCAE that it is graded by.
    pub ctcae_version: String,
    /// What the nurse said of its task at the closing.
    pub worth: Option<WorthAFlag>,
}

/// The next reports judged by the rules of a profile (`NK-AUTO`) since a time, by their ids,
/// which are in order of time. Versions that were corrected later count as well: each was
/// judged when it came.
pub fn slice(
    conn: &mut Connection,
    scope: &Scope,
    profile: &str,
    since: Timestamp,
    after: Option<ReportId>,
) -> Result<Vec<Told>> {
    let mut query = report::table
        .left_join(task::table)
        .filter(among(report::site_id, scope.sites()))
        .filter(report::rule_set.like(format!("{profile}-%")))
        .filter(report::evaluation.eq(Evaluation::Done))
        .filter(report::received_at.ge(since))
        .select((
            report::id,
            report::reference,
            report::received_at,
            report::input,
            report::ctcae_version,
            task::worth_a_flag.nullable(),
        ))
        .order(report::id)
        .limit(SLICE)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(report::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// What became of the flags of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noise {
    /// The rule.
    pub rule: String,
    /// Its level; the highest where versions differ.
    pub level: Level,
    /// Flags raised.
    pub flags: u64,
    /// Tasks that they are on.
    pub tasks: u64,
    /// Tasks of them that are closed.
    pub closed: u64,
    /// Closed as worth a flag.
    pub worth: u64,
    /// Closed as not worth one.
    pub noise: u64,
    /// Flags kept quiet by a snooze.
    pub snoozed: u64,
    /// Median minutes from the task's clock to "I have it", where somebody said so.
    pub median_minutes: Option<i64>,
}

type Row =
    (TaskId, String, Level, Option<WorthAFlag>, Option<Timestamp>, Timestamp, Option<Timestamp>);

/// The noise account of the clinics in scope since a time, by rule.
pub fn noise(conn: &mut Connection, scope: &Scope, since: Timestamp) -> Result<Vec<Noise>> {
    let rows: Vec<Row> = flag::table
        .inner_join(task::table)
        .filter(among(task::site_id, scope.sites()))
        .filter(flag::raised_at.ge(since))
        .select((
            task::id,
            flag::rule,
            flag::level,
            task::worth_a_flag,
            task::closed_at,
            task::raised_at,
            task::acknowledged_at,
        ))
        .order((flag::rule, task::id))
        .load(conn)?;
    let snoozed: BTreeMap<String, i64> = snoozed_flag::table
        .inner_join(report::table)
        .filter(among(report::site_id, scope.sites()))
        .filter(report::received_at.ge(since))
        .group_by(snoozed_flag::rule)
        .select((snoozed_flag::rule, diesel::dsl::count_star()))
        .load::<(String, i64)>(conn)?
        .into_iter()
        .collect();
    let mut by_rule: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_rule.entry(row.1.clone()).or_default().push(row);
    }
    Ok(by_rule.into_iter().map(|(rule, rows)| account(rule, rows, &snoozed)).collect())
}

fn account(rule: String, mut rows: Vec<Row>, snoozed: &BTreeMap<String, i64>) -> Noise {
    let flags = rows.len() as u64;
    let level = rows.iter().map(|row| row.2).max().unwrap_or(Level::None);
    rows.dedup_by_key(|row| row.0);
    let count = |is: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| is(row)).count() as u64;
    let mut minutes: Vec<i64> =
        rows.iter().filter_map(|row| Some(row.6?.since(row.5).as_mins())).collect();
    minutes.sort_unstable();
    let median_minutes = median(&minutes);
    Noise {
        flags,
        level,
        tasks: rows.len() as u64,
        closed: count(&|row| row.4.is_some()),
        worth: count(&|row| row.3 == Some(WorthAFlag::Yes)),
        noise: count(&|row| row.3 == Some(WorthAFlag::No)),
        snoozed: snoozed.get(&rule).copied().and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        median_minutes,
        rule,
    }
}

/// The middle of sorted numbers; between the two middle ones, rounded down.
fn median(sorted: &[i64]) -> Option<i64> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().saturating_sub(1) / 2)?;
    Some(lower.midpoint(upper))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_two_in_the_middle() {
        for (sorted, expected) in [
            (&[][..], None),
            (&[7][..], Some(7)),
            (&[1, 9][..], Some(5)),
            (&[1, 2, 9][..], Some(2)),
            (&[1, 2, 5, 9][..], Some(3)),
        ] {
            assert_eq!(median(sorted), expected, "{sorted:?}");
        }
    }
}

//! The clinics' own times of escalation. An edit adds a version; the steps of tasks are copies.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::schema::{escalation_policy, escalation_time};
use super::{Connection, Result};
use crate::domain::chain::Times;
use crate::domain::{Level, PolicyId, SiteId, StaffId, Timestamp};

/// A version of a clinic's times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Counts from 1.
    pub version: i32,
    /// When it was entered.
    pub recorded_at: Timestamp,
    /// The times of each level.
    pub times: BTreeMap<Level, Times>,
}

/// The times that a clinic has entered last; `None` when the targets of the rules count.
pub fn latest(conn: &mut Connection, site: SiteId) -> Result<Option<Policy>> {
    let found = escalation_policy::table
        .filter(escalation_policy::site_id.eq(site))
        .order(escalation_policy::version.desc())
        .select((escalation_policy::id, escalation_policy::version, escalation_policy::recorded_at))
        .first::<(PolicyId, i32, Timestamp)>(conn)
        .optional()?;
    let Some((id, version, recorded_at)) = found else { return Ok(None) };
    let times = escalation_time::table
        .filter(escalation_time::policy_id.eq(id))
        .select((
            escalation_time::level,
            escalation_time::charge_nurse_min,
            escalation_time::physician_min,
            escalation_time::safety_officer_min,
            escalation_time::repeat_min,
        ))
        .load::<(Level, i32, i32, i32, i32)>(conn)?
        .into_iter()
        .map(|(level, charge_nurse, physician, safety_officer, repeat)| {
            let times = Times {
                charge_nurse_min: i64::from(charge_nurse),
                physician_min: i64::from(physician),
                safety_officer_min: i64::from(safety_officer),
                repeat_min: i64::from(repeat),
            };
            (level, times)
        })
        .collect();
    Ok(Some(Policy { version, recorded_at, times }))
}

/// Keeps times as the next version, which is returned.
pub fn keep(
    conn: &mut Connection,
    now: Timestamp,
    site: SiteId,
    by: StaffId,
    times: &BTreeMap<Level, Times>,
) -> Result<i32> {
    let last: Option<i32> = escalation_policy::table
        .filter(escalation_policy::site_id.eq(site))
        .select(diesel::dsl::max(escalation_policy::version))
        .first(conn)?;
    let (id, version) = (PolicyId::new(), last.unwrap_or(0) + 1);
    diesel::insert_into(escalation_policy::table)
        .values((
            escalation_policy::id.eq(id),
            escalation_policy::site_id.eq(site),
            escalation_policy::version.eq(version),
            escalation_policy::recorded_by.eq(by),
            escalation_policy::recorded_at.eq(now),
        ))
        .execute(conn)?;
    // Checked times are at most ten days, so none is cut here.
    let minutes = |min: i64| i32::try_from(min).unwrap_or(i32::MAX);
    for (level, times) in times {
        diesel::insert_into(escalation_time::table)
            .values((
                escalation_time::policy_id.eq(id),
                escalation_time::level.eq(*level),
                escalation_time::charge_nurse_min.eq(minutes(times.charge_nurse_min)),
                escalation_time::physician_min.eq(minutes(times.physician_min)),
                escalation_time::safety_officer_min.eq(minutes(times.safety_officer_min)),
                escalation_time::repeat_min.eq(minutes(times.repeat_min)),
            ))
            .execute(conn)?;
    }
    Ok(version)
}

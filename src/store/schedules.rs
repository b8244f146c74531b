//! Versions of the follow-up schedule of each product. A version never changes.

use diesel::prelude::*;
use serde::Deserialize;

use super::schema::{infusion, schedule_version, staff};
use super::{Connection, Error, Result};
use crate::domain::schedule::edit::{hours_and_minutes, read_time};
use crate::domain::schedule::{CheckInCode, QuietHours, Schedule, Timing};
use crate::domain::{
    Codelist, InfusionId, ProductId, ProductKind, ScheduleVersionId, StaffId, Timestamp,
};

/// Why the first version of a product exists when nobody made it.
pub const TAKEN_OVER: &str = "default";

/// One version, as its list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: ScheduleVersionId,
    /// Its number within the product.
    pub version: i32,
    /// Who made it; nobody when the default was taken over.
    pub made_by: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub made_at: Timestamp,
    /// Infusions that are followed up by it.
    pub infusions: i64,
}

/// A version to be kept.
#[derive(Debug)]
pub struct NewVersion<'a> {
    /// Of which product.
    pub product: ProductId,
    /// Whose cells the product is made of.
    pub kind: ProductKind,
    /// The schedule.
    pub schedule: &'a Schedule,
    /// Who made it.
    pub made_by: Option<StaffId>,
    /// Why.
    pub reason: &'a str,
}

#[derive(Deserialize)]
struct Body {
    quiet_from: String,
    quiet_until: String,
    check_ins: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    code: String,
    opens_h: i64,
    due_h: i64,
    reminders_h: Vec<i64>,
    closes_h: i64,
}

/// A schedule as it is kept, and as the audit trail shows it.
#[must_use]
pub fn to_json(schedule: &Schedule) -> serde_json::Value {
    let lines: Vec<serde_json::Value> = schedule
        .timings()
        .iter()
        .map(|timing| {
            serde_json::json!({
                "code": timing.code.code(),
                "opens_h": timing.opens_h,
                "due_h": timing.due_h,
                "reminders_h": timing.reminders_h,
                "closes_h": timing.closes_h,
            })
        })
        .collect();
    serde_json::json!({
        "quiet_from": hours_and_minutes(schedule.quiet().from()),
        "quiet_until": hours_and_minutes(schedule.quiet().until()),
        "check_ins": lines,
    })
}

/// Reads a kept schedule; a loud error when it is none.
pub(super) fn read(id: ScheduleVersionId, text: &str) -> Result<Schedule> {
    let broken = |why: &str| Error::Damaged {
        table: "schedule_version",
        id: id.to_string(),
        what: why.to_owned(),
    };
    let body: Body = serde_json::from_str(text).map_err(|error| broken(&error.to_string()))?;
    let time = |text: &str| read_time(text).ok_or_else(|| broken("no time of day"));
    let quiet = QuietHours::new(time(&body.quiet_from)?, time(&body.quiet_until)?);
    let mut timings = Vec::new();
    for line in body.check_ins {
        timings.push(Timing {
            code: CheckInCode::from_code(&line.code).ok_or_else(|| broken(&line.code))?,
            opens_h: line.opens_h,
            due_h: line.due_h,
            reminders_h: line.reminders_h,
            closes_h: line.closes_h,
        });
    }
    Schedule::new(timings, quiet).map_err(|errors| broken(&format!("{errors:?}")))
}

/// Keeps a new version and returns its id and number.
pub fn add(
    conn: &mut Connection,
    now: Timestamp,
    new: &NewVersion<'_>,
) -> Result<(ScheduleVersionId, i32)> {
    let id = ScheduleVersionId::new();
    let version = newest_number(conn, new.product)?.saturating_add(1);
    diesel::insert_into(schedule_version::table)
        .values((
            schedule_version::id.eq(id),
            schedule_version::product_id.eq(new.product),
            schedule_version::kind.eq(new.kind),
            schedule_version::version.eq(version),
            schedule_version::body.eq(to_json(new.schedule).to_string()),
            schedule_version::made_by.eq(new.made_by),
            schedule_version::reason.eq(new.reason),
            schedule_version::made_at.eq(now),
        ))
        .execute(conn)?;
    Ok((id, version))
}

/// The number of the newest version of a product; 0 when there is none.
pub fn newest_number(conn: &mut Connection, product: ProductId) -> Result<i32> {
    Ok(schedule_version::table
        .filter(schedule_version::product_id.eq(product))
        .select(diesel::dsl::max(schedule_version::version))
        .first::<Option<i32>>(conn)?
        .unwrap_or(0))
}

/// The number of the version that an infusion's check-ins follow, and since when there is
/// that version; none while nothing is planned.
pub fn of_infusion(conn: &mut Connection, id: InfusionId) -> Result<Option<(i32, Timestamp)>> {
    Ok(infusion::table
        .inner_join(schedule_version::table)
        .filter(infusion::id.eq(id))
        .select((schedule_version::version, schedule_version::made_at))
        .first(conn)
        .optional()?)
}

/// The newest version that was made for cells of this kind. A product that became one of
/// another kind before its first infusion starts from that kind's default.
pub fn newest(
    conn: &mut Connection,
    product: ProductId,
    kind: ProductKind,
) -> Result<Option<(ScheduleVersionId, Schedule)>> {
    let found: Option<(ScheduleVersionId, String)> = schedule_version::table
        .filter(schedule_version::product_id.eq(product))
        .filter(schedule_version::kind.eq(kind))
        .order(schedule_version::version.desc())
        .select((schedule_version::id, schedule_version::body))
        .first(conn)
        .optional()?;
    found.map(|(id, body)| Ok((id, read(id, &body)?))).transpose()
}

/// One version of a product by its number.
pub fn by_number(
    conn: &mut Connection,
    product: ProductId,
    version: i32,
) -> Result<Option<Schedule>> {
    let found: Option<(ScheduleVersionId, String)> = schedule_version::table
        .filter(schedule_version::product_id.eq(product))
        .filter(schedule_version::version.eq(version))
        .select((schedule_version::id, schedule_version::body))
        .first(conn)
        .optional()?;
    found.map(|(id, body)| read(id, &body)).transpose()
}

/// Every version of a product, newest first.
pub fn versions(conn: &mut Connection, product: ProductId) -> Result<Vec<Version>> {
    let rows: Vec<(ScheduleVersionId, i32, Option<String>, String, Timestamp)> =
        schedule_version::table
            .left_join(staff::table)
            .filter(schedule_version::product_id.eq(product))
            .order(schedule_version::version.desc())
            .select((
                schedule_version::id,
                schedule_version::version,
                staff::name.nullable(),
                schedule_version::reason,
                schedule_version::made_at,
            ))
            .load(conn)?;
    let mut versions = Vec::new();
    for (id, version, made_by, reason, made_at) in rows {
        let infusions = infusion::table
            .filter(infusion::schedule_version_id.eq(id))
            .count()
            .get_result(conn)?;
        versions.push(Version { id, version, made_by, reason, made_at, infusions });
    }
    Ok(versions)
}

/// The number of the version that an infusion's follow-up was planned from.
pub fn number_of_infusion(conn: &mut Connection, infusion: InfusionId) -> Result<Option<i32>> {
    Ok(infusion::table
        .inner_join(schedule_version::table)
        .filter(infusion::id.eq(infusion))
        .select(schedule_version::version)
        .first(conn)
        .optional()?)
}

/// Notes which version an infusion's follow-up is planned from.
pub fn fix(conn: &mut Connection, infusion: InfusionId, version: ScheduleVersionId) -> Result<()> {
    diesel::update(infusion::table.filter(infusion::id.eq(infusion)))
        .set(infusion::schedule_version_id.eq(version))
        .execute(conn)?;
    Ok(())
}

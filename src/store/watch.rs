//! What the auditor counts: rows that must not be.
//!
//! Each statement stands on its own and trusts nothing that another part of the program has
//! worked out. All of them use indexes, because they run every minute.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jiff::SignedDuration;

use super::schema::audit;
use super::{Connection, Result, staff};
use crate::domain::Timestamp;
use crate::domain::fault::{Fault, PATIENCE};

/// How far back reports are looked at each minute; the nightly look goes back to the first.
const WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long an infusion may be without check-ins after its follow-up has ended.
const FOLLOW_UP: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Entries among which the latest instant is looked for. A clock that was ahead and set right
/// is no fault any more after so many.
const LAST: i64 = 1_000;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// What must not be. `t` holds the present (`now`), the instant that work must be done by
/// (`late`), and how far back reports and infusions are looked at (`since`, `given`).
const COUNTS: &[(Fault, &str)] = &[
    (
        Fault::NotEvaluated,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM report \
         WHERE site_id IN (SELECT id FROM site) AND received_at >= (SELECT since FROM t) \
           AND ((evaluation = 'failed' AND NOT EXISTS \
                  (SELECT 1 FROM task WHERE task.id = report.task_id AND task.state = 'closed')) \
             OR (evaluation = 'done' AND NOT EXISTS \
                  (SELECT 1 FROM rule_set WHERE rule_set.id = report.rule_set \
                     AND rule_set.version = report.rule_set_version)))",
    ),
    (
        Fault::WithoutTask,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM report \
         WHERE site_id IN (SELECT id FROM site) AND received_at >= (SELECT since FROM t) \
           AND level <> 'NONE' AND task_id IS NULL",
    ),
    (
        Fault::WithoutReasons,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM report \
         WHERE site_id IN (SELECT id FROM site) AND received_at >= (SELECT since FROM t) \
           AND level <> 'NONE' \
           AND NOT EXISTS (SELECT 1 FROM flag WHERE flag.report_id = report.id)",
    ),
    (
        Fault::NotInTrail,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM report \
         WHERE site_id IN (SELECT id FROM site) AND received_at >= (SELECT since FROM t) \
           AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.object_kind = 'report' \
             AND audit.object_id = report.id AND audit.action = 'report.received')",
    ),
    (
        Fault::AlertMissing,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM task \
         WHERE state = 'open' AND site_id IN (SELECT id FROM site) AND urgency_rank <= 1 \
           AND acknowledged_at IS NULL AND raised_at <= (SELECT late FROM t) \
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.task_id = task.id \
             AND outbox.kind = 'alert' AND outbox.recorded_at >= task.raised_at)",
    ),
    (
        Fault::NobodyTold,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM task \
         WHERE state = 'open' AND site_id IN (SELECT id FROM site) AND urgency_rank <= 1 \
           AND acknowledged_at IS NULL AND raised_at <= (SELECT late FROM t) \
           AND EXISTS (SELECT 1 FROM outbox WHERE outbox.task_id = task.id \
             AND outbox.kind = 'alert' AND outbox.recorded_at >= task.raised_at) \
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.task_id = task.id \
             AND outbox.kind = 'alert' AND outbox.recorded_at >= task.raised_at \
             AND outbox.state IN ('planned', 'sending', 'accepted'))",
    ),
    (
        Fault::AlertLate,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM outbox \
         WHERE state IN ('planned', 'sending') AND priority = 0 AND kind = 'alert' \
           AND due_at <= (SELECT late FROM t)",
    ),
    (
        Fault::MailNotTried,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM outbox \
         WHERE state IN ('planned', 'sending') AND priority IN (0, 1, 2) \
           AND next_try_at <= (SELECT late FROM t) \
           AND NOT (priority = 1 AND site_id IN \
             (SELECT site_id FROM mail_pause WHERE ended_at IS NULL))",
    ),
    (
        Fault::MailFailing,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM outbox \
         WHERE state IN ('planned', 'sending') AND attempts > 0 \
           AND due_at <= (SELECT late FROM t) \
           AND NOT (priority = 1 AND site_id IN \
             (SELECT site_id FROM mail_pause WHERE ended_at IS NULL)) \
           AND NOT EXISTS (SELECT 1 FROM delivery_attempt WHERE delivery_attempt.result = 'accepted' \
             AND delivery_attempt.at >= outbox.due_at)",
    ),
    (
        Fault::StepOverdue,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM task_step JOIN task ON task.id = task_step.task_id \
         WHERE task_step.state = 'planned' AND task_step.due_at <= (SELECT late FROM t) \
           AND task.state = 'open'",
    ),
    (
        Fault::StepsMissing,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM task \
         WHERE state = 'open' AND site_id IN (SELECT id FROM site) AND urgency_rank <= 1 \
           AND acknowledged_at IS NULL AND raised_at <= (SELECT late FROM t) \
           AND NOT EXISTS (SELECT 1 FROM task_step WHERE task_step.task_id = task.id \
             AND task_step.state = 'planned')",
    ),
    (
        Fault::NotClosed,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM check_in \
         WHERE state = 'planned' AND closes_at <= (SELECT late FROM t)",
    ),
    (
        Fault::FollowUpMissing,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM infusion \
         WHERE site_id IN (SELECT id FROM site) AND t0 >= (SELECT given FROM t) \
           AND t0 <= (SELECT now FROM t) AND recorded_at <= (SELECT late FROM t) \
           AND NOT EXISTS (SELECT 1 FROM check_in WHERE check_in.infusion_id = infusion.id)",
    ),
    (
        Fault::QuestionMissing,
        "WITH t(now, late, since, given) AS (VALUES (?1, ?2, ?3, ?4)) \
         SELECT count(*) AS value FROM check_in JOIN patient ON patient.id = check_in.patient_id \
         WHERE check_in.state = 'planned' AND check_in.closes_at > (SELECT now FROM t) \
           AND check_in.due_at <= (SELECT late FROM t) AND check_in.recorded_at <= (SELECT late FROM t) \
           AND patient.state = 'active' AND patient.prompts_stopped_at IS NULL \
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.check_in_id = check_in.id)",
    ),
];

/// Counts everything that must not be. With `all`, reports are looked at from the first on.
pub fn counts(conn: &mut Connection, now: Timestamp, all: bool) -> Result<Vec<(Fault, i64)>> {
    let late = now.minus(PATIENCE).to_string();
    let since = if all { String::new() } else { now.minus(WINDOW).to_string() };
    let given = now.minus(FOLLOW_UP).to_string();
    let mut counted = Vec::with_capacity(COUNTS.len() + 2);
    for (fault, statement) in COUNTS {
        let count = diesel::sql_query(*statement)
            .bind::<Text, _>(now)
            .bind::<Text, _>(&late)
            .bind::<Text, _>(&since)
            .bind::<Text, _>(&given)
            .get_result::<Count>(conn)?;
        counted.push((*fault, count.value));
    }
    let without_duty =
        i64::try_from(staff::clinics_without_duty(conn, now)?.len()).unwrap_or(i64::MAX);
    counted.push((Fault::NobodyOnDuty, without_duty));
    counted.push((Fault::NoAdministrator, i64::from(!staff::has_administrator(conn)?)));
    Ok(counted)
}

/// When the oldest entry of the audit trail was written, and the latest instant that stands
/// among its last ones: after the clock was moved back the last entry is not the latest.
pub fn trail(conn: &mut Connection) -> Result<Option<(Timestamp, Timestamp)>> {
    let oldest: Option<Timestamp> =
        audit::table.select(audit::at).order(audit::seq).first(conn).optional()?;
    let last: Vec<Timestamp> =
        audit::table.select(audit::at).order(audit::seq.desc()).limit(LAST).load(conn)?;
    Ok(oldest.zip(last.into_iter().max()))
}

#[cfg(test)]
mod tests {
    use diesel::Connection as _;

    use super::*;

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    #[test]
    fn no_statement_reads_a_whole_table_of_reports_tasks_mails_or_check_ins() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("registry.db");
        super::super::open::migrate(&path).unwrap();
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        for (fault, statement) in COUNTS {
            let mut query =
                diesel::sql_query(["EXPLAIN QUERY PLAN ", statement].concat()).into_boxed();
            for text in ["2026", "2026", "2026", "2026"] {
                query = query.bind::<Text, _>(text);
            }
            let steps: Vec<Step> = query.load(&mut conn).unwrap();
            for step in steps {
                let whole = ["report", "task", "outbox", "check_in", "delivery_attempt", "flag"]
                    .iter()
                    .any(|table| step.detail == format!("SCAN {table}"));
                assert!(!whole, "{fault:?}: {}", step.detail);
            }
        }
    }
}

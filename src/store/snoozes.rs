//! Expected levels that stay quiet for a while, and the rules that stayed quiet.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::literal::snooze_in_force;
use super::schema::{infusion, report, snooze, snoozed_flag, staff};
use super::tasks::NewFlag;
use super::{Connection, Error, Result};
use crate::domain::grading::{Grade, SymptomCode};
use crate::domain::snooze::{Snooze, SnoozeEnd};
use crate::domain::{
    Codelist, InfusionId, PatientId, ReportId, Scope, SiteId, SnoozeId, StaffId, Timestamp,
};

/// A snooze as it was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Which one.
    pub id: SnoozeId,
    /// Of which clinic.
    pub site: SiteId,
    /// Of which patient.
    pub patient: PatientId,
    /// After which infusion.
    pub infusion: InfusionId,
    /// On which report it was decided.
    pub report: ReportId,
    /// What stays quiet.
    pub what: Snooze,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// When it was decided.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: StaffId,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub end_cause: Option<SnoozeEnd>,
    /// What the person who ended it wrote.
    pub end_reason: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = snooze, check_for_backend(diesel::sqlite::Sqlite))]
struct Row {
    id: SnoozeId,
    site_id: SiteId,
    patient_id: PatientId,
    infusion_id: InfusionId,
    report_id: ReportId,
    symptom: SymptomCode,
    grade: i32,
    rules: String,
    known: String,
    until: Timestamp,
    reason: String,
    made_at: Timestamp,
    made_by: StaffId,
    ended_at: Option<Timestamp>,
    end_cause: Option<SnoozeEnd>,
    end_reason: Option<String>,
}

impl Row {
    fn read(self) -> Result<Made> {
        let damaged =
            |what: String| Error::Damaged { table: "snooze", id: self.id.to_string(), what };
        let list = |text: &str| {
            serde_json::from_str::<Vec<String>>(text).map_err(|error| damaged(error.to_string()))
        };
        let grade = u8::try_from(self.grade).ok().and_then(Grade::new);
        let grade = grade.ok_or_else(|| damaged(format!("{} is no grade", self.grade)))?;
        let known = list(&self.known)?
            .iter()
            .map(|code| {
                SymptomCode::from_code(code)
                    .ok_or_else(|| damaged(format!("{code:?} is no symptom")))
            })
            .collect::<Result<_>>()?;
        let rules = list(&self.rules)?.into_iter().collect();
        Ok(Made {
            what: Snooze { symptom: self.symptom, grade, rules, known },
            id: self.id,
            site: self.site_id,
            patient: self.patient_id,
            infusion: self.infusion_id,
            report: self.report_id,
            until: self.until,
            reason: self.reason,
            made_at: self.made_at,
            made_by: self.made_by,
            ended_at: self.ended_at,
            end_cause: self.end_cause,
            end_reason: self.end_reason,
        })
    }
}

/// Keeps a new one.
pub fn insert(conn: &mut Connection, new: &Made) -> Result<()> {
    let rules: Vec<&String> = new.what.rules.iter().collect();
    let known: Vec<&str> = new.what.known.iter().map(|code| code.code()).collect();
    diesel::insert_into(snooze::table)
        .values((
            snooze::id.eq(new.id),
            snooze::site_id.eq(new.site),
            snooze::patient_id.eq(new.patient),
            snooze::infusion_id.eq(new.infusion),
            snooze::report_id.eq(new.report),
            snooze::symptom.eq(new.what.symptom),
            snooze::grade.eq(i32::from(new.what.grade.number())),
            snooze::rules.eq(serde_json::json!(rules).to_string()),
            snooze::known.eq(serde_json::json!(known).to_string()),
            snooze::until.eq(new.until),
            snooze::reason.eq(&new.reason),
            snooze::made_at.eq(new.made_at),
            snooze::made_by.eq(new.made_by),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends one that is in force; false when it has ended already.
pub fn end(
    conn: &mut Connection,
    at: Timestamp,
    id: SnoozeId,
    cause: SnoozeEnd,
    by: Option<(StaffId, &str)>,
) -> Result<bool> {
    let rows = diesel::update(snooze::table.filter(snooze::id.eq(id)))
        .filter(snooze_in_force())
        .set((
            snooze::ended_at.eq(at),
            snooze::end_cause.eq(cause),
            snooze::ended_by.eq(by.map(|(staff, _)| staff)),
            snooze::end_reason.eq(by.map(|(_, reason)| reason)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Those of a patient that are in force.
pub fn in_force(conn: &mut Connection, patient: PatientId) -> Result<Vec<Made>> {
    let rows: Vec<Row> = snooze::table
        .filter(snooze::patient_id.eq(patient))
        .filter(snooze_in_force())
        .order(snooze::id)
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Row::read).collect()
}

/// Those in force, of a patient or of all, that have come to their end, and by what.
pub fn over(
    conn: &mut Connection,
    now: Timestamp,
    patient: Option<PatientId>,
) -> Result<Vec<(Made, SnoozeEnd)>> {
    let mut query = snooze::table.filter(snooze_in_force()).into_boxed();
    if let Some(patient) = patient {
        query = query.filter(snooze::patient_id.eq(patient));
    }
    let rows: Vec<Row> = query.order(snooze::id).select(Row::as_select()).load(conn)?;
    let mut over = Vec::new();
    for row in rows {
        let made = row.read()?;
        if made.until <= now {
            over.push((made, SnoozeEnd::Date));
        } else if has_later_infusion(conn, &made, now)? {
            over.push((made, SnoozeEnd::NewInfusion));
        }
    }
    Ok(over)
}

fn has_later_infusion(conn: &mut Connection, made: &Made, now: Timestamp) -> Result<bool> {
    let began: Option<Timestamp> =
        infusion::table.find(made.infusion).select(infusion::started_at).first(conn).optional()?;
    let Some(began) = began else { return Ok(true) };
    let later = infusion::table
        .filter(infusion::patient_id.eq(made.patient).and(infusion::id.ne(made.infusion)))
        .filter(infusion::started_at.ge(began).and(infusion::started_at.le(now)));
    Ok(diesel::select(diesel::dsl::exists(later)).get_result(conn)?)
}

/// One in scope.
pub fn get(conn: &mut Connection, scope: &Scope, id: SnoozeId) -> Result<Option<Made>> {
    let row: Option<Row> = snooze::table
        .find(id)
        .filter(snooze::site_id.eq_any(scope.sites()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Row::read).transpose()
}

/// A snooze and the name of the person who decided it.
pub type Named = (Made, String);

/// All of a patient in scope, the newest first.
pub fn of_patient(conn: &mut Connection, scope: &Scope, id: PatientId) -> Result<Vec<Named>> {
    let rows: Vec<(Row, String)> = snooze::table
        .inner_join(staff::table)
        .filter(snooze::patient_id.eq(id))
        .filter(snooze::site_id.eq_any(scope.sites()))
        .order((snooze::made_at.desc(), snooze::id.desc()))
        .select((Row::as_select(), staff::name))
        .load(conn)?;
    rows.into_iter().map(|(row, name)| Ok((row.read()?, name))).collect()
}

/// The newest report of the latest infusion of a patient that was not corrected since: what
/// a snooze is decided on.
pub fn latest_report(
    conn: &mut Connection,
    scope: &Scope,
    patient: PatientId,
    now: Timestamp,
) -> Result<Option<(InfusionId, ReportId)>> {
    let latest: Option<InfusionId> = infusion::table
        .filter(infusion::patient_id.eq(patient))
        .filter(infusion::site_id.eq_any(scope.sites()))
        .filter(infusion::started_at.le(now))
        .order((infusion::started_at.desc(), infusion::id.desc()))
        .select(infusion::id)
        .first(conn)
        .optional()?;
    let Some(latest) = latest else { return Ok(None) };
    let found = super::episodes::previous_report(conn, latest, now, &[])?;
    Ok(found.map(|previous| (latest, previous.report)))
}

/// Keeps a rule that fired and stayed quiet.
pub fn keep_quiet_flag(
    conn: &mut Connection,
    now: Timestamp,
    (report, by): (ReportId, SnoozeId),
    new: &NewFlag,
) -> Result<()> {
    diesel::insert_into(snoozed_flag::table)
        .values((
            snoozed_flag::report_id.eq(report),
            snoozed_flag::snooze_id.eq(by),
            snoozed_flag::rule.eq(&new.rule),
            snoozed_flag::rule_set.eq(&new.rule_set),
            snoozed_flag::rule_set_version.eq(new.rule_set_version),
            snoozed_flag::level.eq(new.level),
            snoozed_flag::historic.eq(new.historic),
            snoozed_flag::because.eq(&new.because),
            snoozed_flag::raised_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The rules of a report that stayed quiet.
pub fn quiet_rules(conn: &mut Connection, id: ReportId) -> Result<Vec<String>> {
    Ok(snoozed_flag::table
        .filter(snoozed_flag::report_id.eq(id))
        .order(snoozed_flag::rule)
        .select(snoozed_flag::rule)
        .load(conn)?)
}

/// The rules that stayed quiet, for each report of a patient in scope that has any.
pub fn quiet_of_patient(
    conn: &mut Connection,
    scope: &Scope,
    id: PatientId,
) -> Result<BTreeMap<ReportId, Vec<String>>> {
    let rows: Vec<(ReportId, String)> = snoozed_flag::table
        .inner_join(report::table)
        .filter(report::patient_id.eq(id))
        .filter(report::site_id.eq_any(scope.sites()))
        .order((snoozed_flag::report_id, snoozed_flag::rule))
        .select((snoozed_flag::report_id, snoozed_flag::rule))
        .load(conn)?;
    let mut found: BTreeMap<ReportId, Vec<String>> = BTreeMap::new();
    for (report, rule) in rows {
        found.entry(report).or_default().push(rule);
    }
    Ok(found)
}

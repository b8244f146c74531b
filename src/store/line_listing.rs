//! What was told after the chosen infusions, one row a symptom of a report, for listings.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use rust_decimal::Decimal;

use super::schema::{check_in, draft, flag, report, report_symptom, staff_grade, task};
use super::{Connection, Error, Result};
use crate::domain::registry::{CheckInState, ReportMode, ReportSource};
use crate::domain::schedule::CheckInCode;
use crate::domain::task::Outcome;
use crate::domain::{InfusionId, Level, ReportId, Scope, Timestamp};

/// Reports whose rules are read at one time.
const REPORTS: usize = 5_000;

/// One symptom of one report that no later version corrects.
#[derive(Debug, Clone)]
pub struct Told {
    pub report: ReportId,
    /// The short reference for the phone.
    pub reference: String,
    pub received_at: Timestamp,
    /// Urgency of the report, not of the symptom.
    pub level: Level,
    pub source: ReportSource,
    /// The infusion that the symptom belongs to.
    pub infusion: InfusionId,
    /// Code of the term.
    pub term: String,
    /// From the patient's answers; none when it was left out (known before, unchanged).
    pub derived: Option<i32>,
    /// The newest judgement by staff.
    pub confirmed: Option<i32>,
    /// Version of CTCAE that the grade follows.
    pub ctcae_version: String,
    pub onset_h: Option<Decimal>,
    pub duration_h: Option<Decimal>,
    /// Hours from its end until it was told; none while it lasts.
    pub resolved_h_ago: Option<Decimal>,
    pub preexisting: bool,
    /// The person's own words, for a symptom that the catalogue does not have.
    pub words: Option<String>,
    /// Rules that fired on the report.
    pub rules: BTreeSet<String>,
    /// Number and outcome of the task that the report led to.
    pub task: Option<(i64, Option<Outcome>)>,
}

/// A diagnosis that staff graded; the newest grade of its term after this infusion.
#[derive(Debug, Clone)]
pub struct StaffGraded {
    pub infusion: InfusionId,
    pub term: String,
    pub grade: i32,
    /// Such as `ctcae_5.0` or `astct_2019`.
    pub scale: String,
    pub graded_at: Timestamp,
}

type Row = (
    (ReportId, String, Timestamp, Level, ReportSource),
    (InfusionId, String, Option<i32>, String, bool, String),
    (Option<String>, Option<String>, Option<String>),
    (Option<i64>, Option<Outcome>),
);

/// Everything told after these infusions by the cut-off, without what was corrected later.
pub fn told(
    conn: &mut Connection,
    scope: &Scope,
    as_of: Timestamp,
    ids: &[InfusionId],
) -> Result<Vec<Told>> {
    let confirmed = super::summary::confirmed(conn, as_of, ids)?;
    let corrected = super::summary::corrected(conn, scope, as_of, ids)?;
    let mut rows: Vec<Row> = report_symptom::table
        .inner_join(report::table.left_join(task::table))
        .filter(report_symptom::infusion_id.eq_any(ids))
        .filter(report::site_id.eq_any(scope.sites()))
        .filter(report::received_at.le(as_of))
        .select((
            (report::id, report::reference, report::received_at, report::level, report::source),
            (
                report_symptom::infusion_id,
                report_symptom::code,
                report_symptom::grade,
                report_symptom::ctcae_version,
                report_symptom::preexisting,
                report_symptom::answers,
            ),
            (report_symptom::onset_h, report_symptom::duration_h, report_symptom::resolved_h_ago),
            (task::number.nullable(), task::outcome.nullable()),
        ))
        .order((report_symptom::infusion_id, report::received_at, report::id, report_symptom::code))
        .load(conn)?;
    rows.retain(|row| corrected.binary_search(&row.0.0).is_err());
    let reports: BTreeSet<ReportId> = rows.iter().map(|row| row.0.0).collect();
    let mut rules = rules(conn, as_of, &reports.into_iter().collect::<Vec<_>>())?;
    let mut told = Vec::with_capacity(rows.len());
    for ((report, reference, received_at, level, source), symptom, hours, (task, outcome)) in rows {
        let (infusion, term, derived, version, preexisting, answers) = symptom;
        let confirmed = confirmed.get(&(report, term.clone()));
        let decimal = |text: Option<String>| -> Result<Option<Decimal>> {
            text.map(|text| decimal(&text, report)).transpose()
        };
        told.push(Told {
            report,
            reference,
            received_at,
            level,
            source,
            infusion,
            derived,
            confirmed: confirmed.map(|(grade, _)| *grade),
            ctcae_version: confirmed.map_or(version, |(_, version)| version.clone()),
            onset_h: decimal(hours.0)?,
            duration_h: decimal(hours.1)?,
            resolved_h_ago: decimal(hours.2)?,
            preexisting,
            words: words(&answers),
            rules: rules.entry(report).or_default().clone(),
            task: task.map(|number| (number, outcome)),
            term,
        });
    }
    Ok(told)
}

/// The text of a symptom that the catalogue does not have.
fn words(answers: &str) -> Option<String> {
    let answers: serde_json::Value = serde_json::from_str(answers).ok()?;
    let text = answers.get("text")?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn rules(
    conn: &mut Connection,
    as_of: Timestamp,
    reports: &[ReportId],
) -> Result<BTreeMap<ReportId, BTreeSet<String>>> {
    let mut found: BTreeMap<ReportId, BTreeSet<String>> = BTreeMap::new();
    for some in reports.chunks(REPORTS) {
        let direct: Vec<(Option<ReportId>, String)> = flag::table
            .filter(flag::report_id.eq_any(some))
            .filter(flag::raised_at.le(as_of))
            .select((flag::report_id, flag::rule))
            .load(conn)?;
        // A danger answer raises its flag while the report is still being written.
        let while_writing: Vec<(Option<ReportId>, String)> = flag::table
            .inner_join(draft::table)
            .filter(draft::report_id.eq_any(some))
            .filter(flag::raised_at.le(as_of))
            .select((draft::report_id, flag::rule))
            .load(conn)?;
        for (report, rule) in direct.into_iter().chain(while_writing) {
            let Some(report) = report else { continue };
            found.entry(report).or_default().insert(rule);
        }
    }
    Ok(found)
}

/// The newest staff grade of each term after these infusions.
pub fn staff_graded(
    conn: &mut Connection,
    scope: &Scope,
    as_of: Timestamp,
    ids: &[InfusionId],
) -> Result<Vec<StaffGraded>> {
    let rows: Vec<(InfusionId, String, i32, String, Timestamp)> = staff_grade::table
        .filter(staff_grade::infusion_id.eq_any(ids))
        .filter(staff_grade::site_id.eq_any(scope.sites()))
        .filter(staff_grade::graded_at.le(as_of))
        .select((
            staff_grade::infusion_id,
            staff_grade::term,
            staff_grade::grade,
            staff_grade::scale,
            staff_grade::graded_at,
        ))
        .order((staff_grade::graded_at, staff_grade::id))
        .load(conn)?;
    let newest: BTreeMap<(InfusionId, String), StaffGraded> = rows
        .into_iter()
        .map(|(infusion, term, grade, scale, graded_at)| {
            let key = (infusion, term.clone());
            (key, StaffGraded { infusion, term, grade, scale, graded_at })
        })
        .collect();
    Ok(newest.into_values().collect())
}

/// One check-in for the file of check-ins.
#[derive(Debug, Clone)]
pub struct Asked {
    pub infusion: InfusionId,
    pub code: CheckInCode,
    pub opens_at: Timestamp,
    pub due_at: Timestamp,
    pub closes_at: Timestamp,
    pub state: CheckInState,
    pub prompted_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub answered_late: bool,
    /// Reference and mode of the report that answered it.
    pub report: Option<(String, ReportMode)>,
}

/// The check-ins after these infusions, in the order of their due times.
pub fn asked(conn: &mut Connection, scope: &Scope, ids: &[InfusionId]) -> Result<Vec<Asked>> {
    type Row = (
        (InfusionId, CheckInCode, CheckInState, bool),
        (Timestamp, Timestamp, Timestamp, Option<Timestamp>, Option<Timestamp>),
        (Option<String>, Option<ReportMode>),
    );
    let rows: Vec<Row> = check_in::table
        .left_join(report::table)
        .filter(check_in::infusion_id.eq_any(ids))
        .filter(check_in::site_id.eq_any(scope.sites()))
        .select((
            (check_in::infusion_id, check_in::code, check_in::state, check_in::answered_late),
            (
                check_in::opens_at,
                check_in::due_at,
                check_in::closes_at,
                check_in::prompted_at,
                check_in::answered_at,
            ),
            (report::reference.nullable(), report::mode.nullable()),
        ))
        .order((check_in::infusion_id, check_in::due_at, check_in::id))
        .load(conn)?;
    let row = |((infusion, code, state, answered_late), times, (reference, mode)): Row| Asked {
        infusion,
        code,
        opens_at: times.0,
        due_at: times.1,
        closes_at: times.2,
        state,
        prompted_at: times.3,
        answered_at: times.4,
        answered_late,
        report: reference.zip(mode),
    };
    Ok(rows.into_iter().map(row).collect())
}

fn decimal(text: &str, report: ReportId) -> Result<Decimal> {
    text.parse().map_err(|_| Error::Damaged {
        table: "report_symptom",
        id: report.to_string(),
        what: format!("{text:?} is no number"),
    })
}

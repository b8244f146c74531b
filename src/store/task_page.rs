//! All that a task's page shows, read in one snapshot.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::Value;

use super::queue::{Entry, entries};
use super::schema::{
    audit, check_in, draft, flag, grade_confirmation, outbox, report, report_symptom, staff,
    staff_grade, task_event,
};
use super::task_actions::{self, colleagues};
use super::{Connection, Result, infusions, lots, patients, snoozes};
use crate::domain::letter::{LetterKind, MailState, StopCause};
use crate::domain::registry::{Evaluation, ReportSource};
use crate::domain::schedule::CheckInCode;
use crate::domain::task::{CallResult, Outcome, TaskEventKind};
use crate::domain::{
    InfusionId, Language, Level, ReportId, Scope, StaffId, TaskEventId, TaskId, Timestamp,
};

/// A report of the task's infusion, whole.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Report {
    /// Which.
    pub id: ReportId,
    /// Short, for the phone.
    pub reference: String,
    /// Who gave it.
    pub source: ReportSource,
    /// Who typed it in, when staff did.
    pub staff_id: Option<StaffId>,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The input as it was judged, JSON.
    pub input: String,
    /// The patient's own words.
    pub free_text: Option<String>,
    /// °C with one decimal, adjusted for the place of measurement.
    pub temp_adj_c: Option<String>,
    /// Its level.
    pub level: Level,
    /// Whether the rules could be applied.
    pub evaluation: Evaluation,
    /// By which rules it was judged.
    pub rule_set: String,
    /// In which version.
    pub rule_set_version: i32,
    /// The language it was given in.
    pub language: Language,
    /// The task it belongs to.
    pub task_id: Option<TaskId>,
    /// The report that it corrects.
    pub supersedes: Option<ReportId>,
}

/// One symptom of a report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report_symptom, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Symptom {
    /// Of which report.
    pub report_id: ReportId,
    /// Its code.
    pub code: String,
    /// As derived from the answers; none when it was known before and is not worse.
    pub grade: Option<i32>,
    /// Decimal hours after the infusion.
    pub onset_h: Option<String>,
    /// Decimal hours.
    pub duration_h: Option<String>,
    /// Decimal hours since it ended.
    pub resolved_h_ago: Option<String>,
    /// Within the expected window: "no alarm", not listedness.
    pub in_expected_window: bool,
    /// Known before the infusion.
    pub preexisting: bool,
    /// The answers, JSON.
    pub answers: String,
}

/// A person's judgement of a grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The grade.
    pub grade: i32,
    /// Why.
    pub reason: Option<String>,
    /// Whose.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A grade of a term that only staff grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffGrade {
    /// The term's code.
    pub term: String,
    /// The scale's code.
    pub scale: String,
    /// The judgement.
    pub judgement: Judgement,
}

/// An entry of the task's history.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = task_event, check_for_backend(diesel::sqlite::Sqlite))]
pub struct Event {
    /// Which; later ones have later ids.
    pub id: TaskEventId,
    /// When.
    pub at: Timestamp,
    /// Who; none for the patient and the program.
    pub staff_id: Option<StaffId>,
    /// What.
    pub kind: TaskEventKind,
    /// How a call went.
    pub call_result: Option<CallResult>,
    /// When the next call is planned.
    pub next_try_at: Option<Timestamp>,
    /// To whom it was handed over.
    pub to_staff_id: Option<StaffId>,
    /// Which report came.
    pub report_id: Option<ReportId>,
    /// The level it then had.
    pub level: Option<Level>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What was written.
    pub note: Option<String>,
}

/// A mail about the task, or to the patient about the infusion.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Mail {
    /// What it is about.
    pub kind: LetterKind,
    /// Where it stands.
    pub state: MailState,
    /// Why it was cancelled or failed.
    pub cause: Option<StopCause>,
    /// To which member of staff; none for the patient.
    pub staff_id: Option<StaffId>,
    /// When it was or is due.
    pub due_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
}

/// Somebody who read the task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub name: String,
    /// When first.
    pub first: Timestamp,
    /// When last.
    pub last: Timestamp,
}

/// A report that was begun and not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Who gives it.
    pub source: ReportSource,
    /// When it was last saved.
    pub updated_at: Timestamp,
    /// The answers so far, as the `report` of an input.
    pub report: Value,
}

/// All that a task's page shows.
#[derive(Debug, Clone)]
pub struct TaskPage {
    /// The row of the queue.
    pub entry: Entry,
    /// Calls since the clock runs that did not reach the patient.
    pub vain_calls: i64,
    /// The reports of the infusion, the newest first, without those that were corrected.
    pub reports: Vec<Report>,
    /// Answers that raised the task and were not sent.
    pub unfinished: Option<Unfinished>,
    /// The symptoms of each.
    pub symptoms: Vec<Symptom>,
    /// The newest judgement of each grade.
    pub judgements: BTreeMap<(ReportId, String), Judgement>,
    /// Grades of terms that only staff grade, the newest first.
    pub staff_grades: Vec<StaffGrade>,
    /// The patient.
    pub patient: Option<patients::Patient>,
    /// The infusion.
    pub infusion: Option<infusions::Infusion>,
    /// The lot.
    pub lot: Option<lots::Lot>,
    /// What was seen in the chair.
    pub observations: Vec<infusions::Observation>,
    /// The task's history, the newest first.
    pub events: Vec<Event>,
    /// Mails, the newest first.
    pub mails: Vec<Mail>,
    /// Who has read it.
    pub readers: Vec<Reader>,
    /// The rules of each report that were kept quiet.
    pub quiet: BTreeMap<ReportId, Vec<String>>,
    /// Check-ins whose silence raised a flag.
    pub silent: Vec<CheckInCode>,
    /// People who could take it.
    pub colleagues: Vec<(StaffId, String)>,
    /// The names of everybody who is mentioned.
    pub names: BTreeMap<StaffId, String>,
}

/// Reads the page of a task of the clinics in scope.
pub fn read(
    conn: &mut Connection,
    scope: &Scope,
    contacts: &Scope,
    id: TaskId,
) -> Result<Option<TaskPage>> {
    let Some(row) = task_actions::find(conn, scope, id)? else { return Ok(None) };
    let Some(entry) = entries(conn, contacts, vec![row.clone()])?.pop() else { return Ok(None) };
    let reports = reports(conn, row.infusion_id)?;
    let ids: Vec<ReportId> = reports.iter().map(|report| report.id).collect();
    let symptoms = report_symptom::table
        .filter(report_symptom::report_id.eq_any(&ids))
        .select(Symptom::as_select())
        .order(report_symptom::code)
        .load(conn)?;
    let infusion = infusions::get(conn, scope, row.infusion_id)?;
    let lot = match &infusion {
        Some(infusion) => lots::get(conn, scope, infusion.lot_id)?,
        None => None,
    };
    let events: Vec<Event> = task_event::table
        .filter(task_event::task_id.eq(id))
        .select(Event::as_select())
        .order((task_event::at.desc(), task_event::id.desc()))
        .load(conn)?;
    let about = outbox::task_id
        .eq(id)
        .or(outbox::infusion_id.eq(row.infusion_id).and(outbox::patient_id.eq(row.patient_id)));
    let mails: Vec<Mail> = outbox::table
        .filter(about.assume_not_null())
        .order((outbox::due_at.desc(), outbox::id.desc()))
        .limit(100)
        .select((
            outbox::kind,
            outbox::state,
            outbox::cause,
            outbox::staff_id,
            outbox::due_at,
            outbox::settled_at,
        ))
        .load(conn)?;
    Ok(Some(TaskPage {
        patient: patients::get(conn, scope, row.patient_id)?,
        vain_calls: task_actions::vain_calls(conn, &row)?,
        unfinished: unfinished(conn, id)?,
        judgements: judgements(conn, &ids)?,
        staff_grades: staff_grades(conn, row.infusion_id)?,
        observations: infusions::observations(conn, scope, row.infusion_id)?,
        readers: readers(conn, scope, id)?,
        quiet: snoozes::quiet_of_patient(conn, scope, row.patient_id)?,
        silent: flag::table
            .inner_join(check_in::table)
            .filter(flag::task_id.eq(id))
            .select(check_in::code)
            .distinct()
            .order(check_in::code)
            .load(conn)?,
        colleagues: colleagues(conn, row.site_id)?,
        names: names(conn, &reports, &events, &mails)?,
        entry,
        reports,
        symptoms,
        infusion,
        lot,
        events,
        mails,
    }))
}

fn reports(conn: &mut Connection, infusion: InfusionId) -> Result<Vec<Report>> {
    let mut all: Vec<Report> = report::table
        .filter(report::infusion_id.eq(infusion))
        .select(Report::as_select())
        .order((report::received_at.desc(), report::id.desc()))
        .load(conn)?;
    let corrected: Vec<ReportId> = all.iter().filter_map(|report| report.supersedes).collect();
    all.retain(|report| !corrected.contains(&report.id));
    Ok(all)
}

fn unfinished(conn: &mut Connection, id: TaskId) -> Result<Option<Unfinished>> {
    let row = draft::table
        .filter(draft::task_id.eq(id).and(draft::report_id.is_null()))
        .order((draft::updated_at.desc(), draft::id.desc()))
        .select((draft::source, draft::updated_at, draft::answers))
        .first::<(ReportSource, Timestamp, String)>(conn)
        .optional()?;
    Ok(row.map(|(source, updated_at, answers)| {
        let answers: Value = serde_json::from_str(&answers).unwrap_or_default();
        let report = answers.get("report").cloned().unwrap_or_default();
        Unfinished { source, updated_at, report }
    }))
}

fn judgements(
    conn: &mut Connection,
    reports: &[ReportId],
) -> Result<BTreeMap<(ReportId, String), Judgement>> {
    let rows: Vec<(ReportId, String, i32, Option<String>, String, Timestamp)> =
        grade_confirmation::table
            .inner_join(staff::table)
            .filter(grade_confirmation::report_id.eq_any(reports))
            .order((grade_confirmation::confirmed_at, grade_confirmation::id))
            .select((
                grade_confirmation::report_id,
                grade_confirmation::code,
                grade_confirmation::grade,
                grade_confirmation::reason,
                staff::name,
                grade_confirmation::confirmed_at,
            ))
            .load(conn)?;
    // In order of time: a later judgement takes the place of an earlier one.
    Ok(rows
        .into_iter()
        .map(|(report, code, grade, reason, by, at)| {
            ((report, code), Judgement { grade, reason, by, at })
        })
        .collect())
}

fn staff_grades(conn: &mut Connection, infusion: InfusionId) -> Result<Vec<StaffGrade>> {
    let rows: Vec<(String, String, i32, Option<String>, String, Timestamp)> = staff_grade::table
        .inner_join(staff::table)
        .filter(staff_grade::infusion_id.eq(infusion))
        .order((staff_grade::graded_at.desc(), staff_grade::id.desc()))
        .select((
            staff_grade::term,
            staff_grade::scale,
            staff_grade::grade,
            staff_grade::reason,
            staff::name,
            staff_grade::graded_at,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(term, scale, grade, reason, by, at)| StaffGrade {
            term,
            scale,
            judgement: Judgement { grade, reason, by, at },
        })
        .collect())
}

/// Who read the task, from the audit trail.
fn readers(conn: &mut Connection, scope: &Scope, id: TaskId) -> Result<Vec<Reader>> {
    let rows: Vec<(String, Option<Timestamp>, Option<Timestamp>)> = audit::table
        .filter(audit::object_kind.eq("task").and(audit::object_id.eq(id.to_string())))
        .filter(audit::action.eq("task.viewed"))
        .filter(audit::site_id.eq_any(scope.sites()))
        .group_by((audit::actor_id, audit::actor_name))
        .order(diesel::dsl::max(audit::seq).desc())
        .select((audit::actor_name, diesel::dsl::min(audit::at), diesel::dsl::max(audit::at)))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(name, first, last)| Some(Reader { name, first: first?, last: last? }))
        .collect())
}

fn names(
    conn: &mut Connection,
    reports: &[Report],
    events: &[Event],
    mails: &[Mail],
) -> Result<BTreeMap<StaffId, String>> {
    let ids = reports
        .iter()
        .filter_map(|report| report.staff_id)
        .chain(events.iter().flat_map(|event| event.staff_id.into_iter().chain(event.to_staff_id)))
        .chain(mails.iter().filter_map(|mail| mail.staff_id));
    let rows: Vec<(StaffId, String)> =
        staff::table.filter(staff::id.eq_any(ids)).select((staff::id, staff::name)).load(conn)?;
    Ok(rows.into_iter().collect())
}

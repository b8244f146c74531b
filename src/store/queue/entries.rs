//! What a row of the queue shows beside the task: enough to decide without opening it.
//!
//! A fixed number of statements for a page, however many rows it has.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::super::schema::{
    course, draft, flag, grade_confirmation, infusion, lot, patient, patient_contact, report,
    report_symptom, site, staff, task_event,
};
use super::super::task_actions::TaskRow;
use super::super::{Connection, Result};
use crate::domain::comparison::{Change, compare};
use crate::domain::registry::{Phase, ReportSource};
use crate::domain::{
    CheckInId, DraftId, FlagId, InfusionId, Level, PatientId, ReportId, Scope, SiteId, StaffId,
    TaskEventId, TaskId, Timestamp, Zone,
};

/// A rule that fired, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = flag, check_for_backend(diesel::sqlite::Sqlite))]
pub struct FlagRow {
    /// Which.
    pub id: FlagId,
    /// Of which task.
    pub task_id: TaskId,
    /// Raised by this report.
    pub report_id: Option<ReportId>,
    /// Raised by this unfinished report.
    pub draft_id: Option<DraftId>,
    /// Raised by the silence at this check-in.
    pub check_in_id: Option<CheckInId>,
    /// The rule's id.
    pub rule: String,
    /// Of which set.
    pub rule_set: String,
    /// Of which version.
    pub rule_set_version: i32,
    /// As it counts.
    pub level: Level,
    /// Raised only by what has been over for 24 h.
    pub historic: bool,
    /// The facts that made it true, JSON.
    pub because: String,
    /// When.
    pub raised_at: Timestamp,
}

/// The head of a report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = report, check_for_backend(diesel::sqlite::Sqlite))]
pub struct ReportHead {
    /// Which.
    pub id: ReportId,
    /// Short, for the phone.
    pub reference: String,
    /// After which infusion.
    pub infusion_id: InfusionId,
    /// Who gave it.
    pub source: ReportSource,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Its level.
    pub level: Level,
    /// The task it belongs to.
    pub task_id: Option<TaskId>,
    /// The report that it corrects.
    pub supersedes: Option<ReportId>,
}

/// How to reach a patient; only for those who may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The name.
    pub name: String,
    /// The phone number, if there is one.
    pub phone: Option<String>,
}

/// One row of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The task.
    pub task: TaskRow,
    /// The newest entry of its history, as the reader sees it now.
    pub seen: Option<TaskEventId>,
    /// The clinic's code.
    pub site_code: String,
    /// The clinic's zone.
    pub zone: Zone,
    /// The clinic's number for the patient.
    pub patient_code: String,
    /// How to reach the patient.
    pub contact: Option<Contact>,
    /// The infusion's number in its course.
    pub number_in_course: i32,
    /// The phase of the course.
    pub phase: Phase,
    /// The end of the infusion: hours count from here.
    pub t0: Timestamp,
    /// The lot's number.
    pub lot_number: String,
    /// The owner's name.
    pub owner: Option<String>,
    /// The name of who closed it.
    pub closer: Option<String>,
    /// The rules that fired, each once (the newest), the worst first.
    pub flags: Vec<FlagRow>,
    /// The newest report of the task.
    pub latest: Option<ReportHead>,
    /// An unfinished report raised a flag and was not sent yet.
    pub is_unfinished: bool,
    /// Whether an earlier report of the infusion was there to compare with.
    pub has_previous: bool,
    /// What changed since that report, the worst first.
    pub changes: Vec<(String, Change)>,
}

struct InfusionFacts {
    number_in_course: i32,
    phase: Phase,
    t0: Timestamp,
    lot_number: String,
}

/// Completes the rows of a page. Contact data are read for the clinics in `contacts` only.
pub fn entries(conn: &mut Connection, contacts: &Scope, rows: Vec<TaskRow>) -> Result<Vec<Entry>> {
    let tasks: Vec<TaskId> = rows.iter().map(|row| row.id).collect();
    let infusions: Vec<InfusionId> = rows.iter().map(|row| row.infusion_id).collect();
    let sites: BTreeMap<SiteId, (String, Zone)> = site::table
        .filter(site::id.eq_any(rows.iter().map(|row| row.site_id)))
        .select((site::id, site::code, site::time_zone))
        .load::<(SiteId, String, Zone)>(conn)?
        .into_iter()
        .map(|(id, code, zone)| (id, (code, zone)))
        .collect();
    let patients: BTreeMap<PatientId, String> = patient::table
        .filter(patient::id.eq_any(rows.iter().map(|row| row.patient_id)))
        .select((patient::id, patient::code))
        .load::<(PatientId, String)>(conn)?
        .into_iter()
        .collect();
    let reachable = rows.iter().filter(|row| contacts.allows(row.site_id)).map(|r| r.patient_id);
    let mut contact_data: BTreeMap<PatientId, Contact> = patient_contact::table
        .filter(patient_contact::patient_id.eq_any(reachable.collect::<Vec<_>>()))
        .select((patient_contact::patient_id, patient_contact::name, patient_contact::phone))
        .load::<(PatientId, String, Option<String>)>(conn)?
        .into_iter()
        .map(|(id, name, phone)| (id, Contact { name, phone }))
        .collect();
    let infusion_facts = infusion_facts(conn, &infusions)?;
    let people = rows.iter().flat_map(|row| row.owner_id.into_iter().chain(row.closed_by));
    let people: BTreeMap<StaffId, String> = staff::table
        .filter(staff::id.eq_any(people))
        .select((staff::id, staff::name))
        .load::<(StaffId, String)>(conn)?
        .into_iter()
        .collect();
    let mut seen: BTreeMap<TaskId, Option<TaskEventId>> = task_event::table
        .filter(task_event::task_id.eq_any(&tasks))
        .group_by(task_event::task_id)
        .select((task_event::task_id, diesel::dsl::max(task_event::id)))
        .load::<(TaskId, Option<TaskEventId>)>(conn)?
        .into_iter()
        .collect();
    let unfinished: Vec<TaskId> = draft::table
        .filter(draft::task_id.eq_any(tasks.iter().map(|id| Some(*id))))
        .filter(draft::report_id.is_null())
        .select(draft::task_id.assume_not_null())
        .load(conn)?;
    let mut flags = flags_of(conn, &tasks)?;
    let mut reports = reports_of(conn, &infusions)?;
    let pairs: BTreeMap<TaskId, (Option<ReportHead>, Option<ReportId>)> = rows
        .iter()
        .map(|row| {
            let all = reports.get(&row.infusion_id).map(Vec::as_slice).unwrap_or_default();
            (row.id, latest_and_previous(all, row.id))
        })
        .collect();
    reports.clear();
    let grades = grades_of(
        conn,
        pairs.values().flat_map(|(latest, previous)| {
            latest.as_ref().map(|report| report.id).into_iter().chain(*previous)
        }),
    )?;
    let nothing = BTreeMap::new();
    Ok(rows
        .into_iter()
        .filter_map(|task| {
            // A row whose clinic, patient or infusion is missing cannot be: foreign keys.
            let (site_code, zone) = sites.get(&task.site_id)?.clone();
            let facts = infusion_facts.get(&task.infusion_id)?;
            let (latest, previous) = pairs.get(&task.id)?.clone();
            let of = |id: ReportId| grades.get(&id).unwrap_or(&nothing);
            let changes = match (&latest, previous) {
                (Some(latest), Some(previous)) => compare(of(previous), of(latest.id)),
                (Some(latest), None) => compare(&nothing, of(latest.id)),
                (None, _) => Vec::new(),
            };
            Some(Entry {
                seen: seen.remove(&task.id).flatten(),
                site_code,
                zone,
                patient_code: patients.get(&task.patient_id)?.clone(),
                contact: contact_data.remove(&task.patient_id),
                number_in_course: facts.number_in_course,
                phase: facts.phase,
                t0: facts.t0,
                lot_number: facts.lot_number.clone(),
                owner: task.owner_id.and_then(|owner| people.get(&owner).cloned()),
                closer: task.closed_by.and_then(|closer| people.get(&closer).cloned()),
                flags: flags.remove(&task.id).unwrap_or_default(),
                has_previous: previous.is_some(),
                latest,
                is_unfinished: unfinished.contains(&task.id),
                changes,
                task,
            })
        })
        .collect())
}

fn infusion_facts(
    conn: &mut Connection,
    ids: &[InfusionId],
) -> Result<BTreeMap<InfusionId, InfusionFacts>> {
    Ok(infusion::table
        .inner_join(course::table)
        .inner_join(lot::table)
        .filter(infusion::id.eq_any(ids))
        .select((
            infusion::id,
            infusion::number_in_course,
            course::phase,
            infusion::t0,
            lot::number,
        ))
        .load::<(InfusionId, i32, Phase, Timestamp, String)>(conn)?
        .into_iter()
        .map(|(id, number_in_course, phase, t0, lot_number)| {
            (id, InfusionFacts { number_in_course, phase, t0, lot_number })
        })
        .collect())
}

/// The rules that fired in each task, each once, the worst first.
fn flags_of(conn: &mut Connection, tasks: &[TaskId]) -> Result<BTreeMap<TaskId, Vec<FlagRow>>> {
    let all: Vec<FlagRow> = flag::table
        .filter(flag::task_id.eq_any(tasks))
        .select(FlagRow::as_select())
        .order((flag::raised_at.desc(), flag::id.desc()))
        .load(conn)?;
    let mut flags: BTreeMap<TaskId, Vec<FlagRow>> = BTreeMap::new();
    for flag in all {
        let known = flags.entry(flag.task_id).or_default();
        if known.iter().all(|other| other.rule != flag.rule) {
            known.push(flag);
        }
    }
    for known in flags.values_mut() {
        known.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.rule.cmp(&b.rule)));
    }
    Ok(flags)
}

/// The reports of each infusion, the newest first, without those that were corrected.
fn reports_of(
    conn: &mut Connection,
    infusions: &[InfusionId],
) -> Result<BTreeMap<InfusionId, Vec<ReportHead>>> {
    let all: Vec<ReportHead> = report::table
        .filter(report::infusion_id.eq_any(infusions))
        .select(ReportHead::as_select())
        .order((report::received_at.desc(), report::id.desc()))
        .load(conn)?;
    let corrected: Vec<ReportId> = all.iter().filter_map(|report| report.supersedes).collect();
    let mut reports: BTreeMap<InfusionId, Vec<ReportHead>> = BTreeMap::new();
    for report in all.into_iter().filter(|report| !corrected.contains(&report.id)) {
        reports.entry(report.infusion_id).or_default().push(report);
    }
    Ok(reports)
}

/// The newest report of a task and the report of its infusion before that.
fn latest_and_previous(
    newest_first: &[ReportHead],
    task: TaskId,
) -> (Option<ReportHead>, Option<ReportId>) {
    match newest_first.iter().position(|report| report.task_id == Some(task)) {
        Some(at) => (newest_first.get(at).cloned(), newest_first.get(at + 1).map(|r| r.id)),
        None => (None, None),
    }
}

/// The grade of every symptom as it counts: a person's judgement before the derived one.
pub(in crate::store) fn grades_of(
    conn: &mut Connection,
    reports: impl IntoIterator<Item = ReportId>,
) -> Result<BTreeMap<ReportId, BTreeMap<String, i32>>> {
    let reports: Vec<ReportId> = reports.into_iter().collect();
    let derived: Vec<(ReportId, String, Option<i32>)> = report_symptom::table
        .filter(report_symptom::report_id.eq_any(&reports))
        .select((report_symptom::report_id, report_symptom::code, report_symptom::grade))
        .load(conn)?;
    let judged: Vec<(ReportId, String, i32)> = grade_confirmation::table
        .filter(grade_confirmation::report_id.eq_any(&reports))
        .order((grade_confirmation::confirmed_at, grade_confirmation::id))
        .select((
            grade_confirmation::report_id,
            grade_confirmation::code,
            grade_confirmation::grade,
        ))
        .load(conn)?;
    let mut grades: BTreeMap<ReportId, BTreeMap<String, i32>> = BTreeMap::new();
    let derived = derived.into_iter().filter_map(|(id, code, grade)| Some((id, code, grade?)));
    for (id, code, grade) in derived.chain(judged) {
        grades.entry(id).or_default().insert(code, grade);
    }
    Ok(grades)
}

//! Answers that are saved as they are given. One report comes of a draft, however often
//! it is sent.
//!
//! The saved answers are one JSON object: `report` is what the rules read so far, `form`
//! is whatever the page needs to show the fields again as they were typed.

use diesel::prelude::*;
use serde_json::{Map, Value};

use super::schema::draft;
use super::{Connection, Error, Result};
use crate::domain::registry::ReportSource;
use crate::domain::{
    DraftId, InfusionId, Language, LinkId, PatientId, ReportId, SiteId, StaffId, TaskId, Timestamp,
};

/// A report that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: DraftId,
    /// At which clinic.
    pub site: SiteId,
    /// About whom.
    pub patient: PatientId,
    /// The infusion that its hours are counted from.
    pub infusion: InfusionId,
    /// The link behind which it is written.
    pub link: Option<LinkId>,
    /// The member of staff who writes it.
    pub staff: Option<StaffId>,
    /// Who tells.
    pub source: ReportSource,
    /// The language of the page.
    pub language: Language,
    /// The answers as the rules read them, so far.
    pub report: Value,
    /// The fields as they were typed.
    pub form: Value,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it was last saved.
    pub updated_at: Timestamp,
    /// The task that a danger answer raised.
    pub task: Option<TaskId>,
    /// The report that came of it.
    pub sent: Option<ReportId>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = draft, check_for_backend(diesel::sqlite::Sqlite))]
struct Row {
    id: DraftId,
    site_id: SiteId,
    patient_id: PatientId,
    infusion_id: InfusionId,
    link_id: Option<LinkId>,
    staff_id: Option<StaffId>,
    source: ReportSource,
    language: Language,
    answers: String,
    started_at: Timestamp,
    updated_at: Timestamp,
    task_id: Option<TaskId>,
    report_id: Option<ReportId>,
}

/// Keeps a draft that was just begun.
pub fn insert(conn: &mut Connection, new: &Draft) -> Result<()> {
    let row = Row {
        id: new.id,
        site_id: new.site,
        patient_id: new.patient,
        infusion_id: new.infusion,
        link_id: new.link,
        staff_id: new.staff,
        source: new.source,
        language: new.language,
        answers: answers(&new.report, &new.form),
        started_at: new.started_at,
        updated_at: new.updated_at,
        task_id: new.task,
        report_id: new.sent,
    };
    diesel::insert_into(draft::table).values(&row).execute(conn)?;
    Ok(())
}

fn answers(report: &Value, form: &Value) -> String {
    let mut object = Map::new();
    object.insert("report".to_owned(), report.clone());
    object.insert("form".to_owned(), form.clone());
    Value::Object(object).to_string()
}

/// A draft by its id. The caller holds it to the link or the person it belongs to.
pub fn find(conn: &mut Connection, id: DraftId) -> Result<Option<Draft>> {
    let row =
        draft::table.filter(draft::id.eq(id)).select(Row::as_select()).first(conn).optional()?;
    row.map(Draft::try_from).transpose()
}

/// The newest draft behind a link that was saved since `since` and not sent yet.
pub fn unfinished(conn: &mut Connection, link: LinkId, since: Timestamp) -> Result<Option<Draft>> {
    let row = draft::table
        .filter(draft::link_id.eq(link).and(draft::report_id.is_null()))
        .filter(draft::updated_at.ge(since))
        .order((draft::updated_at.desc(), draft::id.desc()))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(Draft::try_from).transpose()
}

impl TryFrom<Row> for Draft {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let mut answers: Map<String, Value> =
            serde_json::from_str(&row.answers).map_err(|error| Error::Damaged {
                table: "draft",
                id: row.id.to_string(),
                what: error.to_string(),
            })?;
        let mut take = |key| answers.remove(key).unwrap_or_else(|| Value::Object(Map::new()));
        Ok(Self {
            id: row.id,
            site: row.site_id,
            patient: row.patient_id,
            infusion: row.infusion_id,
            link: row.link_id,
            staff: row.staff_id,
            source: row.source,
            language: row.language,
            report: take("report"),
            form: take("form"),
            started_at: row.started_at,
            updated_at: row.updated_at,
            task: row.task_id,
            sent: row.report_id,
        })
    }
}

/// Saves what was answered so far; a draft that was sent stays as it is.
pub fn save(
    conn: &mut Connection,
    now: Timestamp,
    draft: &Draft,
    report: &Value,
    form: &Value,
) -> Result<()> {
    diesel::update(draft::table.filter(draft::id.eq(draft.id)).filter(draft::report_id.is_null()))
        .set((draft::answers.eq(answers(report, form)), draft::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Notes the task that a danger answer raised.
pub fn raised(conn: &mut Connection, id: DraftId, task: TaskId) -> Result<()> {
    diesel::update(draft::table.filter(draft::id.eq(id)))
        .set(draft::task_id.eq(task))
        .execute(conn)?;
    Ok(())
}

/// Notes the report that came of the draft.
pub fn sent(conn: &mut Connection, now: Timestamp, id: DraftId, report: ReportId) -> Result<()> {
    diesel::update(draft::table.filter(draft::id.eq(id)))
        .set((draft::report_id.eq(report), draft::updated_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

//! The unfinished report of a visit, and what became of it.

use diesel::prelude::*;

use super::super::schema::{draft, report};
use super::super::{Connection, Result};
use crate::domain::registry::ReportSource;
use crate::domain::{
    DraftId, InfusionId, Language, LinkId, ReportId, Scope, StaffId, TaskId, Timestamp,
};

/// An unfinished report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Draft {
    /// Which.
    pub id: DraftId,
    /// About which infusion.
    pub infusion: InfusionId,
    /// Who answers.
    pub source: ReportSource,
    /// The language of the form.
    pub language: Language,
    /// What was saved, JSON: `report` as the rules read it, `form` as it was typed.
    pub answers: String,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it was saved last.
    pub updated_at: Timestamp,
    /// The task that a danger answer raised.
    pub task: Option<TaskId>,
    /// The report that it became.
    pub report: Option<ReportId>,
}

type Columns = (
    draft::id,
    draft::infusion_id,
    draft::source,
    draft::language,
    draft::answers,
    draft::started_at,
    draft::updated_at,
    draft::task_id,
    draft::report_id,
);

const COLUMNS: Columns = (
    draft::id,
    draft::infusion_id,
    draft::source,
    draft::language,
    draft::answers,
    draft::started_at,
    draft::updated_at,
    draft::task_id,
    draft::report_id,
);

/// Lets only this visit see the answers of a draft that it has just begun.
pub fn claim(conn: &mut Connection, hash: &str, id: DraftId) -> Result<()> {
    diesel::update(draft::table.filter(draft::id.eq(id)).filter(draft::visit_hash.is_null()))
        .set(draft::visit_hash.eq(hash))
        .execute(conn)?;
    Ok(())
}

/// A draft of this visit: the named one, or else the newest that was not sent.
pub fn draft_of_visit(
    conn: &mut Connection,
    hash: &str,
    id: Option<DraftId>,
) -> Result<Option<Draft>> {
    let query = draft::table.filter(draft::visit_hash.eq(hash)).select(COLUMNS);
    Ok(match id {
        Some(id) => query.filter(draft::id.eq(id)).first(conn),
        None => query.filter(draft::report_id.is_null()).order(draft::id.desc()).first(conn),
    }
    .optional()?)
}

/// A draft that this member of the staff began at one of these clinics.
pub fn draft_of_staff(
    conn: &mut Connection,
    scope: &Scope,
    staff: StaffId,
    id: DraftId,
) -> Result<Option<Draft>> {
    Ok(draft::table
        .filter(draft::id.eq(id))
        .filter(draft::staff_id.eq(staff))
        .filter(draft::site_id.eq_any(scope.sites()))
        .select(COLUMNS)
        .first(conn)
        .optional()?)
}

/// When a draft about the same infusion was begun in another visit and not sent (last 14
/// days), with whichever of the patient's links: the one in a mail or the one on the card.
pub fn unfinished_elsewhere(
    conn: &mut Connection,
    now: Timestamp,
    infusion: InfusionId,
    hash: &str,
) -> Result<Option<(DraftId, Timestamp)>> {
    Ok(draft::table
        .filter(draft::infusion_id.eq(infusion))
        .filter(draft::link_id.is_not_null())
        .filter(draft::visit_hash.ne(hash))
        .filter(draft::report_id.is_null())
        .filter(draft::updated_at.gt(now.plus_hours(-14 * 24)))
        .order(draft::updated_at.desc())
        .select((draft::id, draft::updated_at))
        .first(conn)
        .optional()?)
}

/// Gives an unfinished draft about the same infusion to this visit, and so to its link:
/// who answers from now on is who opened this one.
pub fn adopt(
    conn: &mut Connection,
    (link, infusion): (LinkId, InfusionId),
    hash: &str,
    id: DraftId,
) -> Result<()> {
    let row = draft::table
        .filter(draft::id.eq(id))
        .filter(draft::infusion_id.eq(infusion))
        .filter(draft::link_id.is_not_null())
        .filter(draft::report_id.is_null());
    diesel::update(row).set((draft::visit_hash.eq(hash), draft::link_id.eq(link))).execute(conn)?;
    Ok(())
}

/// Keeps the report so far and the answers as they were typed. A draft that was sent stays
/// as it is.
pub fn save_answers(
    conn: &mut Connection,
    now: Timestamp,
    id: DraftId,
    (source, language): (ReportSource, Language),
    answers: &str,
) -> Result<()> {
    diesel::update(draft::table.filter(draft::id.eq(id)).filter(draft::report_id.is_null()))
        .set((
            draft::answers.eq(answers),
            draft::source.eq(source),
            draft::language.eq(language),
            draft::updated_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// What everybody behind the link may know of a report: that it came.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SentReport {
    /// Which.
    pub id: ReportId,
    /// For the phone.
    pub reference: String,
    /// When it came.
    pub received_at: Timestamp,
    /// The draft that it was.
    pub draft: Option<DraftId>,
}

type SentColumns = (report::id, report::reference, report::received_at, report::draft_id);
const SENT: SentColumns = (report::id, report::reference, report::received_at, report::draft_id);

/// The reports that came through a link, newest first.
pub fn sent_by_link(conn: &mut Connection, link: LinkId) -> Result<Vec<SentReport>> {
    Ok(report::table
        .inner_join(draft::table.on(report::draft_id.eq(draft::id.nullable())))
        .filter(draft::link_id.eq(link))
        .order(report::received_at.desc())
        .limit(20)
        .select(SENT)
        .load(conn)?)
}

/// A report that was sent in this visit.
pub fn sent_in_visit(
    conn: &mut Connection,
    hash: &str,
    reference: &str,
) -> Result<Option<SentReport>> {
    Ok(report::table
        .inner_join(draft::table.on(report::draft_id.eq(draft::id.nullable())))
        .filter(draft::visit_hash.eq(hash))
        .filter(report::reference.eq(reference))
        .select(SENT)
        .first(conn)
        .optional()?)
}

/// A report with its draft, for the staff member who entered it.
pub fn receipt(conn: &mut Connection, id: DraftId) -> Result<Option<SentReport>> {
    Ok(report::table.filter(report::draft_id.eq(id)).select(SENT).first(conn).optional()?)
}

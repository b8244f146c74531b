//! Opening, raising and attaching: how the work of a nurse begins (REFERENCE §4.4 step 6).
//!
//! One open task for each infusion and kind. A higher level raises it and restarts its
//! clock; nothing here lowers or closes one, but the answer to a missed check-in.

use diesel::prelude::*;

use super::literal::open_task;
use super::schema::{flag, task, task_event};
use super::steps::{self, Ground};
use super::{Connection, Result};
use crate::domain::chain::StepStop;
use crate::domain::task::{Outcome, TaskEventKind, TaskKind, TaskState};
use crate::domain::{
    CheckInId, DraftId, FlagId, InfusionId, Level, LotEventId, PatientId, ReportId, SiteId,
    StaffId, TaskEventId, TaskId, Timestamp,
};

/// The number before the first task's: short, but not so short that it looks like a count.
const NUMBERS_BEGIN: i64 = 1_000;

/// Why a nurse is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// At which clinic.
    pub site: SiteId,
    /// For whom.
    pub patient: PatientId,
    /// After which infusion.
    pub infusion: InfusionId,
    /// What kind of work.
    pub kind: TaskKind,
    /// How soon.
    pub level: Level,
    /// Minutes until somebody says "I have it", where the level asks for that.
    pub acknowledge_min: Option<u32>,
    /// Minutes until the patient is reached, or the report reviewed.
    pub contact_min: u32,
    /// The report that says so.
    pub report: Option<ReportId>,
}

impl Need {
    /// What the chain of the task is made from.
    fn ground(&self, task: TaskId) -> Ground {
        let target = self.acknowledge_min.unwrap_or(self.contact_min);
        Ground { task, site: self.site, level: self.level, target_min: i64::from(target) }
    }
}

/// What became of the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// There was none: it was opened.
    Opened,
    /// An open one was raised, and its clock restarted.
    Raised,
    /// An open one was urgent enough already.
    Attached,
}

/// The open task after [`open_or_raise`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// Which task.
    pub task: TaskId,
    /// What became of it.
    pub change: Change,
    /// Its level now.
    pub level: Level,
    /// Whether somebody has taken it since its clock last started.
    pub is_acknowledged: bool,
}

/// The position of a level in the queue, 0 first.
#[must_use]
pub const fn urgency_rank(level: Level) -> i32 {
    match level {
        Level::Emergency => 0,
        Level::Urgent => 1,
        Level::Soon => 2,
        Level::Routine => 3,
        Level::None => 4,
    }
}

/// The open task of an infusion and kind.
pub fn open(
    conn: &mut Connection,
    infusion: InfusionId,
    kind: TaskKind,
) -> Result<Option<(TaskId, Level, bool)>> {
    Ok(task::table
        .filter(task::infusion_id.eq(infusion).and(task::kind.eq(kind)))
        .filter(open_task())
        .order((task::urgency_rank, task::opened_at))
        .select((task::id, task::level, task::acknowledged_at.is_not_null()))
        .first(conn)
        .optional()?)
}

/// Makes sure that an open task of at least this level exists, and ties the report to it.
///
/// Raising restarts the clock: it has to be taken again, though its owner stays.
pub fn open_or_raise(conn: &mut Connection, now: Timestamp, need: &Need) -> Result<Raised> {
    let acknowledge_by = need.acknowledge_min.map(|min| now.plus_minutes(i64::from(min)));
    let contact_by = now.plus_minutes(i64::from(need.contact_min));
    let Some((id, level, is_acknowledged)) = open(conn, need.infusion, need.kind)? else {
        let id = TaskId::new();
        let last: Option<i64> = task::table.select(diesel::dsl::max(task::number)).first(conn)?;
        diesel::insert_into(task::table)
            .values((
                task::id.eq(id),
                task::number.eq(last.unwrap_or(NUMBERS_BEGIN) + 1),
                task::site_id.eq(need.site),
                task::patient_id.eq(need.patient),
                task::infusion_id.eq(need.infusion),
                task::kind.eq(need.kind),
                task::level.eq(need.level),
                task::urgency_rank.eq(urgency_rank(need.level)),
                task::state.eq(TaskState::Open),
                task::opened_at.eq(now),
                task::raised_at.eq(now),
                task::acknowledge_by.eq(acknowledge_by),
                task::contact_by.eq(contact_by),
                task::version.eq(1),
            ))
            .execute(conn)?;
        event(conn, now, id, TaskEventKind::Opened, need)?;
        steps::begin(conn, now, &need.ground(id))?;
        return Ok(Raised {
            task: id,
            change: Change::Opened,
            level: need.level,
            is_acknowledged: false,
        });
    };
    if need.level > level {
        diesel::update(task::table.filter(task::id.eq(id)))
            .set((
                task::level.eq(need.level),
                task::urgency_rank.eq(urgency_rank(need.level)),
                task::raised_at.eq(now),
                task::acknowledge_by.eq(acknowledge_by),
                task::contact_by.eq(contact_by),
                task::acknowledged_at.eq(None::<Timestamp>),
                task::acknowledged_by.eq(None::<StaffId>),
                task::reached_at.eq(None::<Timestamp>),
                task::next_try_at.eq(None::<Timestamp>),
                task::version.eq(task::version + 1),
            ))
            .execute(conn)?;
        event(conn, now, id, TaskEventKind::Raised, need)?;
        steps::cancel(conn, now, id, StepStop::Raised)?;
        steps::begin(conn, now, &need.ground(id))?;
        return Ok(Raised {
            task: id,
            change: Change::Raised,
            level: need.level,
            is_acknowledged: false,
        });
    }
    if need.report.is_some() {
        touch(conn, id)?;
        event(conn, now, id, TaskEventKind::ReportAttached, need)?;
    }
    Ok(Raised { task: id, change: Change::Attached, level, is_acknowledged })
}

/// Whoever has the task's page open is told that it has changed.
fn touch(conn: &mut Connection, id: TaskId) -> Result<()> {
    diesel::update(task::table.filter(task::id.eq(id)))
        .set(task::version.eq(task::version + 1))
        .execute(conn)?;
    Ok(())
}

fn event(
    conn: &mut Connection,
    now: Timestamp,
    task: TaskId,
    kind: TaskEventKind,
    need: &Need,
) -> Result<()> {
    diesel::insert_into(task_event::table)
        .values((
            task_event::id.eq(TaskEventId::new()),
            task_event::task_id.eq(task),
            task_event::at.eq(now),
            task_event::kind.eq(kind),
            task_event::report_id.eq(need.report),
            task_event::level.eq(need.level),
        ))
        .execute(conn)?;
    Ok(())
}

/// Closes a task about missed check-ins because an answer came; nobody had to do it.
pub fn answered(conn: &mut Connection, now: Timestamp, id: TaskId, report: ReportId) -> Result<()> {
    diesel::update(task::table.filter(task::id.eq(id)))
        .set((
            task::state.eq(TaskState::Closed),
            task::closed_at.eq(now),
            task::outcome.eq(Outcome::Answered),
            task::next_try_at.eq(None::<Timestamp>),
            task::version.eq(task::version + 1),
        ))
        .execute(conn)?;
    diesel::insert_into(task_event::table)
        .values((
            task_event::id.eq(TaskEventId::new()),
            task_event::task_id.eq(id),
            task_event::at.eq(now),
            task_event::kind.eq(TaskEventKind::Answered),
            task_event::report_id.eq(report),
            task_event::outcome.eq(Outcome::Answered),
        ))
        .execute(conn)?;
    steps::cancel(conn, now, id, StepStop::Answered)?;
    Ok(())
}

/// Where a task's steps belong to, and why they are not needed any more, if they are not.
pub fn climbing(
    conn: &mut Connection,
    id: TaskId,
) -> Result<Option<(SiteId, InfusionId, Option<StepStop>)>> {
    let found = task::table
        .find(id)
        .select((task::site_id, task::infusion_id, task::state, task::acknowledged_at))
        .first::<(SiteId, InfusionId, TaskState, Option<Timestamp>)>(conn)
        .optional()?;
    Ok(found.map(|(site, infusion, state, acknowledged_at)| {
        let stop = match (state, acknowledged_at) {
            (TaskState::Closed, _) => Some(StepStop::Closed),
            (TaskState::Open, Some(_)) => Some(StepStop::Taken),
            (TaskState::Open, None) => None,
        };
        (site, infusion, stop)
    }))
}

/// What raised a flag: exactly one of the four is the reason it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// A report that was sent.
    pub report: Option<ReportId>,
    /// Answers that were not sent (yet).
    pub draft: Option<DraftId>,
    /// A check-in that closed without an answer.
    pub check_in: Option<CheckInId>,
    /// A late result of the lot.
    pub lot_event: Option<LotEventId>,
}

/// A rule that fired, to be kept with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFlag {
    /// The rule's id.
    pub rule: String,
    /// The rule set's id.
    pub rule_set: String,
    /// The rule set's version.
    pub rule_set_version: i32,
    /// The level as it counts.
    pub level: Level,
    /// Whether only what is over made it fire.
    pub historic: bool,
    /// The facts that made it true, JSON.
    pub because: String,
}

/// Keeps a flag on a task.
pub fn flag(
    conn: &mut Connection,
    now: Timestamp,
    task: TaskId,
    origin: Origin,
    new: &NewFlag,
) -> Result<()> {
    diesel::insert_into(flag::table)
        .values((
            flag::id.eq(FlagId::new()),
            flag::task_id.eq(task),
            flag::report_id.eq(origin.report),
            flag::draft_id.eq(origin.draft),
            flag::check_in_id.eq(origin.check_in),
            flag::lot_event_id.eq(origin.lot_event),
            flag::rule.eq(&new.rule),
            flag::rule_set.eq(&new.rule_set),
            flag::rule_set_version.eq(new.rule_set_version),
            flag::level.eq(new.level),
            flag::historic.eq(new.historic),
            flag::because.eq(&new.because),
            flag::raised_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The rules that a draft has flagged already, with the task of each flag.
pub fn flagged_by_draft(
    conn: &mut Connection,
    draft: DraftId,
) -> Result<Vec<(String, FlagId, TaskId)>> {
    Ok(flag::table
        .filter(flag::draft_id.eq(draft))
        .select((flag::rule, flag::id, flag::task_id))
        .load(conn)?)
}

/// Gives the flag of an unfinished report its report and its final reasons.
pub fn finish_flag(
    conn: &mut Connection,
    id: FlagId,
    report: ReportId,
    new: &NewFlag,
) -> Result<()> {
    diesel::update(flag::table.filter(flag::id.eq(id)))
        .set((
            flag::report_id.eq(report),
            flag::rule_set.eq(&new.rule_set),
            flag::rule_set_version.eq(new.rule_set_version),
            flag::level.eq(new.level),
            flag::historic.eq(new.historic),
            flag::because.eq(&new.because),
        ))
        .execute(conn)?;
    Ok(())
}

/// The rules that are flagged on a task.
pub fn rules_on(conn: &mut Connection, task: TaskId) -> Result<Vec<String>> {
    Ok(flag::table.filter(flag::task_id.eq(task)).select(flag::rule).distinct().load(conn)?)
}

//! The steps of telling people about a task, kept with the task from its first moment.

use diesel::prelude::*;

use super::literal::{open_task, planned_step};
use super::policies;
use super::schema::{outbox, staff, step_told, task, task_event, task_step};
use super::{Connection, Result};
use crate::domain::chain::{
    Acknowledgement, Audience, PlannedStep, StepState, StepStop, Times, steps,
};
use crate::domain::letter::MailState;
use crate::domain::task::{CallResult, TaskEventKind};
use crate::domain::{
    Level, OutboxId, Scope, SiteId, StaffId, StepId, TaskEventId, TaskId, Timestamp,
};

/// A step as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = task_step, check_for_backend(diesel::sqlite::Sqlite))]
pub struct StepRow {
    /// Which.
    pub id: StepId,
    /// About which task.
    pub task_id: TaskId,
    /// The first is begun when the task is made, a further one when it is raised, opened
    /// again or has to be taken again.
    pub chain: i32,
    /// After the last step everybody is told again.
    pub round: i32,
    /// 0 is at once.
    pub number: i32,
    /// Whom it tells.
    pub audience: Audience,
    /// When.
    pub due_at: Timestamp,
    /// After the last step: again, so often.
    pub repeat_min: i32,
    /// The version of the clinic's times that it was copied from; none: the rules' targets.
    pub policy_version: Option<i32>,
    /// Where it stands.
    pub state: StepState,
    /// Why it was not needed any more.
    pub cause: Option<StepStop>,
    /// There was nobody of the audience, so others were told.
    pub is_stand_in: bool,
    /// When it was done or cancelled.
    pub settled_at: Option<Timestamp>,
}

/// What a new chain is made from.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    /// Which task.
    pub task: TaskId,
    /// Of which clinic.
    pub site: SiteId,
    /// How soon somebody must act.
    pub level: Level,
    /// The acknowledge target of the rules in minutes, or the contact target without one.
    pub target_min: i64,
}

/// Begins a chain by the clinic's times as they are now, or by the rules' target.
pub fn begin(conn: &mut Connection, now: Timestamp, ground: &Ground) -> Result<()> {
    if ground.level == Level::None {
        return Ok(());
    }
    let policy = policies::latest(conn, ground.site)?;
    let own = policy.as_ref().and_then(|policy| {
        policy.times.get(&ground.level).map(|times| (Some(policy.version), *times))
    });
    let (version, times) = own.unwrap_or((None, Times::of_target(ground.target_min)));
    let planned = steps(now, ground.level, &times);
    let repeat_min = i32::try_from(times.repeat_min).unwrap_or(i32::MAX);
    begin_with(conn, ground.task, &planned, (repeat_min, version))
}

/// Begins a chain of these steps.
pub fn begin_with(
    conn: &mut Connection,
    task: TaskId,
    planned: &[PlannedStep],
    like: (i32, Option<i32>),
) -> Result<()> {
    let last: Option<i32> = task_step::table
        .filter(task_step::task_id.eq(task))
        .select(diesel::dsl::max(task_step::chain))
        .first(conn)?;
    insert(conn, task, (last.unwrap_or(0) + 1, 1), planned, like)
}

/// Adds the steps of a round.
pub fn insert(
    conn: &mut Connection,
    task: TaskId,
    (chain, round): (i32, i32),
    planned: &[PlannedStep],
    (repeat_min, policy_version): (i32, Option<i32>),
) -> Result<()> {
    for step in planned {
        diesel::insert_into(task_step::table)
            .values((
                task_step::id.eq(StepId::new()),
                task_step::task_id.eq(task),
                task_step::chain.eq(chain),
                task_step::round.eq(round),
                task_step::number.eq(step.number),
                task_step::audience.eq(step.audience),
                task_step::due_at.eq(step.due_at),
                task_step::repeat_min.eq(repeat_min),
                task_step::policy_version.eq(policy_version),
                task_step::state.eq(StepState::Planned),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The steps that wait are not needed any more. Returns how many.
pub fn cancel(conn: &mut Connection, now: Timestamp, of: TaskId, cause: StepStop) -> Result<usize> {
    Ok(diesel::update(task_step::table)
        .filter(task_step::task_id.eq(of).and(task_step::state.eq(StepState::Planned)))
        .set((
            task_step::state.eq(StepState::Cancelled),
            task_step::cause.eq(cause),
            task_step::settled_at.eq(now),
        ))
        .execute(conn)?)
}

/// The steps whose time has come, the earliest first; of one task, or of all.
pub fn due(conn: &mut Connection, now: Timestamp, of: Option<TaskId>) -> Result<Vec<StepRow>> {
    let mut query = task_step::table
        .filter(planned_step())
        .filter(task_step::due_at.le(now))
        .order((task_step::due_at, task_step::number, task_step::id))
        .select(StepRow::as_select())
        .into_boxed();
    if let Some(task) = of {
        query = query.filter(task_step::task_id.eq(task));
    }
    Ok(query.load(conn)?)
}

/// All steps of a task, in the order in which they come.
pub fn of_task(conn: &mut Connection, task: TaskId) -> Result<Vec<StepRow>> {
    Ok(task_step::table
        .filter(task_step::task_id.eq(task))
        .order((task_step::chain, task_step::round, task_step::number))
        .select(StepRow::as_select())
        .load(conn)?)
}

/// The people of a step were told.
pub fn done(conn: &mut Connection, now: Timestamp, id: StepId, is_stand_in: bool) -> Result<()> {
    diesel::update(task_step::table.find(id))
        .set((
            task_step::state.eq(StepState::Done),
            task_step::is_stand_in.eq(is_stand_in),
            task_step::settled_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps which mail tells whom.
pub fn told(conn: &mut Connection, id: StepId, who: StaffId, mail: OutboxId) -> Result<()> {
    diesel::insert_into(step_told::table)
        .values((
            step_told::step_id.eq(id),
            step_told::staff_id.eq(who),
            step_told::outbox_id.eq(mail),
        ))
        .execute(conn)?;
    Ok(())
}

/// Whom the steps of a task told, and what became of the mail.
pub fn told_of(conn: &mut Connection, of: TaskId) -> Result<Vec<(StepId, String, MailState)>> {
    Ok(step_told::table
        .inner_join(task_step::table)
        .inner_join(staff::table)
        .inner_join(outbox::table)
        .filter(task_step::task_id.eq(of))
        .order((staff::name, staff::id))
        .select((step_told::step_id, staff::name, outbox::state))
        .load(conn)?)
}

/// An open task that somebody has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub task: TaskId,
    /// Of which clinic.
    pub site: SiteId,
    /// How soon somebody must act.
    pub level: Level,
    /// Who has taken it.
    pub by: StaffId,
    /// What its running out depends on.
    pub facts: Acknowledgement,
}

/// Taken tasks whose acknowledgement may have run out: the contact target has passed, or
/// nobody has them.
pub fn taken(conn: &mut Connection, now: Timestamp) -> Result<Vec<Taken>> {
    type Row = (
        (TaskId, SiteId, Level, Timestamp, Option<Timestamp>, Timestamp),
        (Option<Timestamp>, Option<StaffId>, Option<StaffId>, Option<Timestamp>, Option<Timestamp>),
    );
    let rows: Vec<Row> = task::table
        .filter(open_task())
        .filter(task::acknowledged_at.is_not_null())
        .filter(task::contact_by.le(now).or(task::owner_id.is_null()))
        .order((task::urgency_rank, task::contact_by, task::id))
        .select((
            (
                task::id,
                task::site_id,
                task::level,
                task::raised_at,
                task::acknowledge_by,
                task::contact_by,
            ),
            (
                task::acknowledged_at,
                task::acknowledged_by,
                task::owner_id,
                task::next_try_at,
                task::reached_at,
            ),
        ))
        .load(conn)?;
    let mut found = Vec::new();
    for ((id, site, level, raised_at, acknowledge_by, contact_by), rest) in rows {
        let (acknowledged_at, acknowledged_by, owner, next_try_at, reached_at) = rest;
        let Some((at, by)) = acknowledged_at.zip(acknowledged_by) else { continue };
        let last_progress = progress(conn, id, at)?;
        let facts = Acknowledgement {
            raised_at,
            acknowledge_by,
            contact_by,
            at,
            has_owner: owner.is_some(),
            last_progress,
            next_try_at,
            is_reached: reached_at.is_some_and(|at| at >= raised_at),
        };
        found.push(Taken { task: id, site, level, by, facts });
    }
    Ok(found)
}

/// The last thing that was done since the task was taken: a call, a note, a judgement, or
/// that it was handed over or put back.
fn progress(conn: &mut Connection, id: TaskId, since: Timestamp) -> Result<Option<Timestamp>> {
    const PROGRESS: [TaskEventKind; 7] = [
        TaskEventKind::Called,
        TaskEventKind::Note,
        TaskEventKind::Asked,
        TaskEventKind::GradeConfirmed,
        TaskEventKind::StaffGraded,
        TaskEventKind::HandedOver,
        TaskEventKind::Released,
    ];
    Ok(task_event::table
        .filter(task_event::task_id.eq(id).and(task_event::at.ge(since)))
        .filter(task_event::kind.eq_any(PROGRESS))
        .select(diesel::dsl::max(task_event::at))
        .first(conn)?)
}

/// The task has to be taken again. Who had it still has it.
pub fn ran_out(conn: &mut Connection, now: Timestamp, id: TaskId, level: Level) -> Result<()> {
    diesel::update(task::table.find(id))
        .set((
            task::acknowledged_at.eq(None::<Timestamp>),
            task::acknowledged_by.eq(None::<StaffId>),
            task::version.eq(task::version + 1),
        ))
        .execute(conn)?;
    diesel::insert_into(task_event::table)
        .values((
            task_event::id.eq(TaskEventId::new()),
            task_event::task_id.eq(id),
            task_event::at.eq(now),
            task_event::kind.eq(TaskEventKind::RanOut),
            task_event::call_result.eq(None::<CallResult>),
            task_event::level.eq(level),
        ))
        .execute(conn)?;
    Ok(())
}

/// How long a mail may wait before nobody counts as told, in minutes (SECURITY R4).
pub const WAIT_MIN: i64 = 5;

/// Open tasks of the clinics in scope that nobody has taken and that nobody could be told of:
/// there was nobody of a step's audience, or none of its mails arrived. Number and id.
pub fn unheard(conn: &mut Connection, scope: &Scope, now: Timestamp) -> Result<Vec<(i64, TaskId)>> {
    let arrived = step_told::table
        .inner_join(outbox::table)
        .filter(step_told::step_id.eq(task_step::id))
        .filter(outbox::state.eq(MailState::Accepted))
        .select(step_told::staff_id);
    let waits = step_told::table
        .inner_join(outbox::table)
        .filter(step_told::step_id.eq(task_step::id))
        .filter(outbox::state.eq_any([MailState::Planned, MailState::Sending]))
        .filter(task_step::settled_at.gt(now.plus_minutes(-WAIT_MIN)).assume_not_null())
        .select(step_told::staff_id);
    let found: Vec<(i64, TaskId, i32)> = task::table
        .inner_join(task_step::table)
        .filter(open_task())
        .filter(task::site_id.eq_any(scope.sites()))
        .filter(task::acknowledged_at.is_null())
        .filter(task_step::state.eq(StepState::Done))
        .filter(
            task_step::is_stand_in.or(diesel::dsl::not(diesel::dsl::exists(arrived))
                .and(diesel::dsl::not(diesel::dsl::exists(waits)))),
        )
        .select((task::number, task::id, task_step::chain))
        .distinct()
        .order((task::number, task_step::chain))
        .load(conn)?;
    let mut unheard = Vec::new();
    for (number, id, chain) in found {
        // What happened before somebody took it, or before it was raised, is over.
        let newest: Option<i32> = task_step::table
            .filter(task_step::task_id.eq(id))
            .select(diesel::dsl::max(task_step::chain))
            .first(conn)?;
        if newest == Some(chain) {
            unheard.push((number, id));
        }
    }
    Ok(unheard)
}

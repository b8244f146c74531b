//! A patient whose mail cannot be delivered becomes a task: a question that was
//! never received is missing data, and nobody else would notice.

use diesel::dsl::{exists, max};
use diesel::prelude::*;
use serde_json::json;

use crate::domain::task::{TaskEventKind, TaskKind, TaskState};
use crate::domain::{
    Actor, InfusionId, Level, OutboxId, PatientId, SiteId, TaskEventId, TaskId, Timestamp,
};
use crate::store::schema::{outbox, task, task_event};
use crate::store::{Connection, Result, audit};

/// Hours within which a person finds out how the patient can be reached. As for
/// SOON (clinical reference §4.2): the prompts of the first days come to nothing
/// until then, and the silence has its own task.
const CONTACT_HOURS: i64 = 24;
/// Where SOON stands in the queue.
const SOON_RANK: i32 = 2;

/// Opens the task for a letter to a patient that failed, unless one is open for
/// that infusion already. Letters to staff open none.
pub(super) fn open(conn: &mut Connection, now: Timestamp, letter: OutboxId) -> Result<()> {
    let (site, patient, infusion) = outbox::table
        .find(letter)
        .select((outbox::site_id, outbox::patient_id, outbox::infusion_id))
        .first::<(Option<SiteId>, Option<PatientId>, Option<InfusionId>)>(conn)?;
    let (Some(site), Some(patient), Some(infusion)) = (site, patient, infusion) else {
        return Ok(());
    };
    let is_open = task::table
        .filter(task::infusion_id.eq(infusion))
        .filter(task::kind.eq(TaskKind::Unreachable))
        .filter(task::state.eq(TaskState::Open));
    if diesel::select(exists(is_open)).get_result(conn)? {
        return Ok(());
    }
    let last = task::table.select(max(task::number)).first::<Option<i64>>(conn)?;
    let (id, number) = (TaskId::new(), last.unwrap_or(0) + 1);
    diesel::insert_into(task::table)
        .values((
            task::id.eq(id),
            task::number.eq(number),
            task::site_id.eq(site),
            task::patient_id.eq(patient),
            task::infusion_id.eq(infusion),
            task::kind.eq(TaskKind::Unreachable),
            task::level.eq(Level::Soon),
            task::urgency_rank.eq(SOON_RANK),
            task::state.eq(TaskState::Open),
            task::opened_at.eq(now),
            task::raised_at.eq(now),
            task::contact_by.eq(now.plus_hours(CONTACT_HOURS)),
            task::version.eq(1),
        ))
        .execute(conn)?;
    diesel::insert_into(task_event::table)
        .values((
            task_event::id.eq(TaskEventId::new()),
            task_event::task_id.eq(id),
            task_event::at.eq(now),
            task_event::kind.eq(TaskEventKind::Opened),
        ))
        .execute(conn)?;
    let detail = json!({ "kind": "unreachable", "level": "SOON", "letter": letter.to_string() });
    audit::append(conn, now, &Actor::System, Some(site), "task.opened", ("task", &id), &detail)
}

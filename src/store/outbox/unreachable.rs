//! A patient whose mail cannot be delivered becomes a task: a question that was
//! never received is missing data, and nobody else would notice.

use diesel::prelude::*;
use serde_json::json;

use crate::domain::task::TaskKind;
use crate::domain::{Actor, InfusionId, Level, OutboxId, PatientId, SiteId, Timestamp};
use crate::store::schema::outbox;
use crate::store::tasks::{Change, Need, open_or_raise};
use crate::store::{Connection, Result, audit};

/// Minutes within which a person finds out how the patient can be reached. As for
/// SOON (clinical reference §4.2): the prompts of the first days come to nothing
/// until then, and the silence has its own task.
const CONTACT_MIN: u32 = 24 * 60;

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
    let need = Need {
        site,
        patient,
        infusion,
        kind: TaskKind::Unreachable,
        level: Level::Soon,
        acknowledge_min: None,
        contact_min: CONTACT_MIN,
        report: None,
    };
    let raised = open_or_raise(conn, now, &need)?;
    if raised.change != Change::Opened {
        return Ok(());
    }
    let detail = json!({ "kind": "unreachable", "level": "SOON", "letter": letter.to_string() });
    let task = ("task", &raised.task as &dyn std::fmt::Display);
    audit::append(conn, now, &Actor::System, Some(site), "task.opened", task, &detail)
}

//! What a person records about a lot that no test tells: it was mixed up, or given to a wrong
//! patient (REFERENCE §4.8).

use serde::Deserialize;
use serde_json::json;

use super::{event, stop};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::LotEventKind;
use crate::domain::{Actor, Codelist, LotEventId, Timestamp, entry};
use crate::registry::Refusal;
use crate::store::lots::{Lot, events};
use crate::store::{Connection, audit};

/// The form, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct IncidentForm {
    /// What kind.
    pub kind: String,
    /// What happened.
    pub note: String,
}

impl IncidentForm {
    /// What it says, or all that is wrong with it.
    pub fn read(&self) -> Result<(LotEventKind, String), Refusal> {
        let mut p = Problems::new();
        let kind = LotEventKind::from_code(&self.kind).filter(|kind| kind.is_incident());
        if kind.is_none() {
            p.add("kind", Reason::Missing);
        }
        let note =
            p.take("note", entry::note(&self.note).and_then(|note| note.ok_or(Reason::Missing)));
        match (kind, note) {
            (Some(kind), Some(note)) => Ok((kind, note)),
            _ => Err(Refusal::Problems(p)),
        }
    }
}

/// Records an incident: the lot stops, and every recipient is somebody's task.
pub fn record(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    lot: &Lot,
    (kind, note): (LotEventKind, &str),
) -> Result<(), Refusal> {
    if events::in_force(conn, lot.id)?.iter().any(|(_, known)| *known == kind) {
        return Err(Refusal::field("kind", Reason::Taken));
    }
    stop::quarantine(conn, now, actor, lot, kind.code())?;
    let id = events::insert(conn, now, (lot.site_id, lot.id), (kind, Some(note)), actor.staff())?;
    let detail = json!({"kind": kind.code(), "event": id.to_string(), "note": note});
    let site = Some(lot.site_id);
    audit::append(conn, now, actor, site, "lot.incident_recorded", ("lot", &lot.id), &detail)?;
    event::happened(conn, now, actor, lot, &[(id, kind)])?;
    Ok(())
}

/// An incident that was entered by mistake counts no longer. The lot stays quarantined and the
/// tasks stay open: a person releases the one and closes the others.
pub fn withdraw(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (lot, id): (&Lot, LotEventId),
    reason: &str,
) -> Result<(), Refusal> {
    let known = events::in_force(conn, lot.id)?;
    let kind = known.iter().find(|(known, kind)| *known == id && kind.is_incident());
    let Some((_, kind)) = kind else { return Err(Refusal::NotFound) };
    events::withdraw(conn, now, id)?;
    let detail = json!({"kind": kind.code(), "event": id.to_string(), "reason": reason});
    let site = Some(lot.site_id);
    audit::append(conn, now, actor, site, "lot.incident_withdrawn", ("lot", &lot.id), &detail)?;
    Ok(())
}

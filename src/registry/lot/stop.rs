//! Stopping a lot without its form: what became of one recipient says that nobody else should
//! be given it (REFERENCE §4.8).

use serde_json::json;

use crate::domain::registry::LotState;
use crate::domain::{Actor, Codelist, InfusionId, PatientId, Scope, SiteId, Timestamp};
use crate::store::lots::{self, Lot, events};
use crate::store::{self, Connection, audit};

/// Quarantines a lot; one that is stopped already stays as it is. The reason is a code that
/// every language shows.
pub(super) fn quarantine(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    lot: &Lot,
    reason: &str,
) -> store::Result<()> {
    if !lot.state.may_become(LotState::Quarantined) {
        return Ok(());
    }
    let mut stopped = lot.clone();
    stopped.state = LotState::Quarantined;
    stopped.state_reason = Some(reason.to_owned());
    // Read in this transaction, so the version is the one that stands.
    lots::update(conn, &stopped)?;
    let detail = json!({"before": lot.state.code(), "reason": reason});
    let site = Some(lot.site_id);
    audit::append(conn, now, actor, site, "lot.quarantined", ("lot", &lot.id), &detail)
}

/// A confirmed anaphylaxis, sepsis or death after an infusion: its lot stops.
pub(crate) fn after_infusion(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (site, infusion): (SiteId, InfusionId),
    reason: &str,
) -> store::Result<()> {
    let Some(lot) = events::lot_of(conn, infusion)? else { return Ok(()) };
    let Some(lot) = lots::get(conn, &Scope::of([site]), lot)? else { return Ok(()) };
    quarantine(conn, now, actor, &lot, reason)
}

/// A patient died: the lot of the last infusion stops.
pub(crate) fn after_death(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (site, patient): (SiteId, PatientId),
    reason: &str,
) -> store::Result<()> {
    match events::last_infusion(conn, patient)? {
        Some(infusion) => after_infusion(conn, now, actor, (site, infusion), reason),
        None => Ok(()),
    }
}

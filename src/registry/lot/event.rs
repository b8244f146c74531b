//! What follows from a result that comes after the cells were given (REFERENCE §4.8).
//!
//! Cells are given fresh, before the last culture is read. A result that says the lot was not
//! fit makes one task for each recipient and asks each of them now how they are; that any
//! fever of theirs is an emergency for a while follows from the event and the time
//! ([`lot_events::raise_risk`]). The form has quarantined the lot by then.

use serde_json::json;

use crate::domain::registry::{CultureResult, EndotoxinResult, LOT_RISK_DAYS, LotEventKind};
use crate::domain::task::TaskKind;
use crate::domain::{Actor, Codelist, InfusionId, Level, LotEventId, Scope, Timestamp};
use crate::intake::evaluate;
use crate::store::lots::{Lot, events as lot_events};
use crate::store::tasks::{self, Change, Need, NewFlag, Origin};
use crate::store::{self, Connection, audit, episodes};
use crate::{escalation, follow_up};

/// Makes the events of a lot say what its tests say, and does what follows. Again, nothing
/// more happens.
pub(super) fn follow(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    lot: &Lot,
) -> Result<(), store::Error> {
    let known = lot_events::in_force(conn, lot.id)?;
    let failed = failed(lot);
    let object = ("lot", &lot.id as &dyn std::fmt::Display);
    let site = Some(lot.site_id);
    for (id, kind) in known.iter().filter(|(_, kind)| !failed.contains(kind)) {
        lot_events::withdraw(conn, now, *id)?;
        let detail = json!({"kind": kind.code()});
        audit::append(conn, now, actor, site, "lot.failure_withdrawn", object, &detail)?;
    }
    let mut new = Vec::new();
    for kind in failed {
        if known.iter().all(|(_, other)| *other != kind) {
            let ids = (lot.site_id, lot.id);
            new.push((lot_events::insert(conn, now, ids, kind, actor.staff())?, kind));
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let recipients = lot_events::last_given(conn, lot.id)?;
    for (_, infusion, t0) in &recipients {
        call(conn, now, actor, lot, (*infusion, *t0), &new)?;
    }
    let kinds: Vec<&str> = new.iter().map(|(_, kind)| kind.code()).collect();
    let detail = json!({"kinds": kinds, "recipients": recipients.len()});
    audit::append(conn, now, actor, site, "lot.failed", object, &detail)
}

fn failed(lot: &Lot) -> Vec<LotEventKind> {
    [
        (lot.sterility == CultureResult::Positive, LotEventKind::Sterility),
        (lot.mycoplasma == CultureResult::Positive, LotEventKind::Mycoplasma),
        (lot.endotoxin == EndotoxinResult::Fail, LotEventKind::Endotoxin),
    ]
    .into_iter()
    .filter_map(|(has_failed, kind)| has_failed.then_some(kind))
    .collect()
}

/// One recipient: a task with its reasons, whoever is on duty told, and a question now.
fn call(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    lot: &Lot,
    (infusion, t0): (InfusionId, Timestamp),
    events: &[(LotEventId, LotEventKind)],
) -> Result<(), store::Error> {
    let scope = Scope::of([lot.site_id]);
    let Some(episode) = episodes::find(conn, &scope, infusion)? else { return Ok(()) };
    let set = evaluate::rule_set(conn, now, &episode)?;
    let target = evaluate::target(set.map(|set| &set.set), Level::Urgent);
    let need = Need {
        site: episode.site,
        patient: episode.patient,
        infusion,
        kind: TaskKind::LotEvent,
        level: Level::Urgent,
        acknowledge_min: target.acknowledge_min,
        contact_min: target.contact_min,
        report: None,
    };
    let raised = tasks::open_or_raise(conn, now, &need)?;
    for (id, kind) in events {
        let flag = NewFlag {
            rule: kind.code().to_owned(),
            rule_set: episode.rule_set.clone(),
            rule_set_version: 0,
            level: Level::Urgent,
            historic: false,
            because: "[]".to_owned(),
        };
        let origin = Origin { lot_event: Some(*id), ..Origin::default() };
        tasks::flag(conn, now, raised.task, origin, &flag)?;
    }
    if raised.change == Change::Attached {
        let reason = events.first().map(|(id, _)| id.to_string()).unwrap_or_default();
        escalation::tell_again(conn, now, &episode, raised.task, &reason)?;
    } else {
        escalation::tell(conn, now, raised.task)?;
    }
    if t0.plus_hours(24 * LOT_RISK_DAYS) > now {
        follow_up::bring_forward(conn, now, actor, &episode)?;
    }
    Ok(())
}

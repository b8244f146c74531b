//! What follows when a lot turns out not to have been fit to be given (REFERENCE §4.8).
//!
//! Cells are given fresh, before the last culture is read. A result that says the lot was not
//! fit, or an incident ([`super::incident`]), makes two tasks for each recipient (ask how they
//! are; judge whether it is serious) and one for the lot, and asks each recipient now; that
//! any fever of theirs is an emergency for a while follows from the event and the time
//! ([`lot_events::raise_risk`]). The lot is quarantined by then.

use serde_json::json;

use crate::domain::registry::{CultureResult, EndotoxinResult, LOT_RISK_DAYS, LotEventKind};
use crate::domain::task::TaskKind;
use crate::domain::{Actor, Codelist, InfusionId, Level, LotEventId, Scope, Timestamp};
use crate::intake::evaluate;
use crate::store::episodes::{self, Episode};
use crate::store::lots::{Lot, events as lot_events};
use crate::store::tasks::{self, Change, Need, NewFlag, Origin};
use crate::store::{self, Connection, audit};
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
    let gone = |kind: &LotEventKind| !kind.is_incident() && !failed.contains(kind);
    for (id, kind) in known.iter().filter(|(_, kind)| gone(kind)) {
        lot_events::withdraw(conn, now, *id)?;
        let detail = json!({"kind": kind.code()});
        audit::append(conn, now, actor, site, "lot.failure_withdrawn", object, &detail)?;
    }
    let mut new = Vec::new();
    for kind in failed {
        if known.iter().all(|(_, other)| *other != kind) {
            let ids = (lot.site_id, lot.id);
            let id = lot_events::insert(conn, now, ids, (kind, None), actor.staff())?;
            new.push((id, kind));
        }
    }
    happened(conn, now, actor, lot, &new)
}

/// What follows for the recipients, and who has to find out.
pub(super) fn happened(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    lot: &Lot,
    new: &[(LotEventId, LotEventKind)],
) -> Result<(), store::Error> {
    if new.is_empty() {
        return Ok(());
    }
    let recipients = lot_events::last_given(conn, lot.id)?;
    for (_, infusion, t0) in &recipients {
        call(conn, now, actor, lot, (*infusion, *t0), new)?;
    }
    // One for the lot; it stands with the last recipient.
    if let Some((_, infusion, _)) = recipients.first() {
        let scope = Scope::of([lot.site_id]);
        if let Some(episode) = episodes::find(conn, &scope, *infusion)? {
            open(conn, now, &episode, (TaskKind::ProductQuality, Level::Soon), new)?;
        }
    }
    let kinds: Vec<&str> = new.iter().map(|(_, kind)| kind.code()).collect();
    let detail = json!({"kinds": kinds, "recipients": recipients.len()});
    let object = ("lot", &lot.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(lot.site_id), "lot.failed", object, &detail)
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

/// One recipient: whoever is on duty told, a judgement to be made, and a question now.
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
    open(conn, now, &episode, (TaskKind::LotEvent, Level::Urgent), events)?;
    open(conn, now, &episode, (TaskKind::Seriousness, Level::Soon), events)?;
    if t0.plus_hours(24 * LOT_RISK_DAYS) > now {
        follow_up::bring_forward(conn, now, actor, &episode)?;
    }
    Ok(())
}

/// One task with its reasons.
fn open(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    (kind, level): (TaskKind, Level),
    events: &[(LotEventId, LotEventKind)],
) -> Result<(), store::Error> {
    let set = evaluate::rule_set(conn, now, episode)?;
    let target = evaluate::target(set.map(|set| &set.set), level);
    let need = Need {
        site: episode.site,
        patient: episode.patient,
        infusion: episode.infusion,
        kind,
        level,
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
            level,
            historic: false,
            because: "[]".to_owned(),
        };
        let origin = Origin { lot_event: Some(*id), ..Origin::default() };
        tasks::flag(conn, now, raised.task, origin, &flag)?;
    }
    if raised.change == Change::Attached {
        let reason = events.first().map(|(id, _)| id.to_string()).unwrap_or_default();
        escalation::tell_again(conn, now, episode, raised.task, &reason)?;
    } else {
        escalation::tell(conn, now, raised.task)?;
    }
    Ok(())
}

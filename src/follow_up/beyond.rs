//! Check-ins beyond the schedule: daily while a symptom lasts, and on a nurse's order.

use serde_json::json;

use super::{FollowUpError, as_recorded, forward, reachable};
use crate::domain::letter::StopCause;
use crate::domain::registry::CheckInState;
use crate::domain::schedule::{CheckInCode, PlannedCheckIn, extra};
use crate::domain::{Actor, CheckInId, Codelist, InfusionId, Timestamp};
use crate::letters;
use crate::secrets::Keys;
use crate::store::check_ins::{self, Kept};
use crate::store::episodes::Episode;
use crate::store::{self, Connection, audit, links};

/// Asks now, by an extra check-in that is due at once; one that is ordered for later comes
/// forward. The mail is that of any check-in.
pub(crate) fn ask_now(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    (infusion, reason): (InfusionId, &str),
) -> Result<CheckInId, OrderError> {
    let known = check_ins::of_infusion(conn, infusion)?;
    if let Some(waiting) = planned(&known, CheckInCode::Extra) {
        let episode = reachable(conn, actor, infusion)?;
        forward::to_now(conn, now, actor, &episode, waiting)?;
        return Ok(waiting.id);
    }
    order(conn, keys, now, actor, infusion, (0, reason))
}

/// Why an extra check-in was not ordered.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// One is ordered already and waits.
    #[error("one is planned already, due {0}")]
    Planned(Timestamp),
    /// Otherwise.
    #[error(transparent)]
    Other(#[from] FollowUpError),
}

impl From<store::Error> for OrderError {
    fn from(error: store::Error) -> Self {
        Self::Other(error.into())
    }
}

/// Plans an extra check-in on a person's order, so many hours from now.
pub fn order(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    infusion: InfusionId,
    (hours, reason): (i64, &str),
) -> Result<CheckInId, OrderError> {
    let episode = reachable(conn, actor, infusion)?;
    let known = check_ins::of_infusion(conn, infusion)?;
    if let Some(waiting) = planned(&known, CheckInCode::Extra) {
        return Err(OrderError::Planned(waiting.due_at));
    }
    let one = extra::at(CheckInCode::Extra, now.plus_hours(hours), now);
    if links::live(conn, infusion, one.closes_at)?.is_none() {
        // The follow-up would be over: its link lives on until the answer is too late.
        if links::live(conn, infusion, now)?.is_some() {
            links::expire_at(conn, infusion, one.closes_at)?;
        } else {
            links::issue(conn, keys, now, episode.patient, infusion, one.closes_at)?;
        }
    }
    let id = plan(conn, now, &episode, &one)?;
    let detail = json!({"due_at": one.due_at.to_string(), "reason": reason});
    let object = ("check_in", &id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(episode.site), "check_in.ordered", object, &detail)?;
    Ok(id)
}

/// What a report means for the days after it: while a symptom lasts, the patient is asked
/// again the next day; when nothing lasts any more, a daily question that waits is called off.
pub(crate) fn symptoms_told(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    lasts: bool,
) -> Result<(), store::Error> {
    let known = check_ins::of_infusion(conn, episode.infusion)?;
    let waiting = planned(&known, CheckInCode::Daily);
    if !lasts {
        if let Some(one) = waiting {
            check_ins::settle(conn, one.id, CheckInState::Cancelled, now)?;
            let cause = StopCause::CheckInCancelled;
            letters::stop_questions(conn, now, &Actor::System, one.id, cause)?;
        }
        return Ok(());
    }
    let is_newest = check_ins::infusions_of_patient(conn, episode.patient)?
        .last()
        .is_some_and(|(newest, _)| *newest == episode.infusion);
    // Without a plan there is no follow-up to be denser than.
    if waiting.is_some() || !is_newest || known.is_empty() {
        return Ok(());
    }
    let scheduled: Vec<Timestamp> = known
        .iter()
        .filter(|one| one.state == CheckInState::Planned)
        .map(|one| one.due_at)
        .collect();
    let Some(due_at) = extra::ask_again_at(episode.t0, now, &scheduled) else { return Ok(()) };
    let one = extra::at(CheckInCode::Daily, due_at, now);
    let id = plan(conn, now, episode, &one)?;
    let detail = json!({"code": one.code.code(), "due_at": due_at.to_string()});
    let object = ("check_in", &id as &dyn std::fmt::Display);
    let site = Some(episode.site);
    audit::append(conn, now, &Actor::System, site, "check_in.added", object, &detail)
}

fn planned(known: &[Kept], code: CheckInCode) -> Option<&Kept> {
    known.iter().find(|one| one.code == code && one.state == CheckInState::Planned)
}

/// Keeps a check-in and owes its mails through the link that works.
fn plan(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    one: &PlannedCheckIn,
) -> Result<CheckInId, store::Error> {
    let ids = (episode.site, episode.patient, episode.infusion);
    let id = check_ins::plan(conn, now, ids, one, None)?;
    if let Some(link) = links::live(conn, episode.infusion, now)?
        && letters::may_be_asked(episode)
    {
        let reason = as_recorded(episode);
        letters::questions(conn, now, episode, link.id, (id, one, false), &reason)?;
    }
    Ok(id)
}

//! Asking a patient now instead of when the schedule would.

use serde_json::json;

use crate::domain::letter::StopCause;
use crate::domain::registry::CheckInState;
use crate::domain::schedule::PlannedCheckIn;
use crate::domain::{Actor, Codelist, Timestamp};
use crate::letters;
use crate::store::check_ins::{self, Kept};
use crate::store::episodes::Episode;
use crate::store::{Connection, Result, audit, links};

/// Hours until a question that was brought forward is asked again.
const REMINDER_HOURS: i64 = 6;
/// Hours that it stays open, unless the schedule closes it sooner.
const OPEN_HOURS: i64 = 24;

/// Brings the check-in that is open, or else the next one, forward to now. Returns whether
/// there was one.
pub(crate) fn bring_forward(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    episode: &Episode,
) -> Result<bool> {
    let kept = check_ins::of_infusion(conn, episode.infusion)?;
    let next = kept
        .iter()
        .filter(|one| one.state == CheckInState::Planned && one.closes_at > now)
        .min_by_key(|one| one.due_at);
    let Some(next) = next else { return Ok(false) };
    to_now(conn, now, actor, episode, next)?;
    Ok(true)
}

/// Brings one check-in that was not answered forward to now.
pub(super) fn to_now(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    episode: &Episode,
    next: &Kept,
) -> Result<()> {
    let planned = PlannedCheckIn {
        code: next.code,
        opens_at: next.opens_at.min(now),
        due_at: now,
        reminders_at: vec![now.plus_hours(REMINDER_HOURS)],
        closes_at: next.closes_at.min(now.plus_hours(OPEN_HOURS)),
    };
    letters::stop_questions(conn, now, actor, next.id, StopCause::Replaced)?;
    check_ins::move_to(conn, next.id, &planned)?;
    if letters::may_be_asked(episode)
        && let Some(link) = links::live(conn, episode.infusion, now)?
    {
        let one = (next.id, &planned, false);
        letters::questions(conn, now, episode, link.id, one, &format!("forward {now}"))?;
    }
    let detail = json!({"code": next.code.code(), "was_due_at": next.due_at.to_string()});
    let object = ("check_in", &next.id as &dyn std::fmt::Display);
    let site = Some(episode.site);
    audit::append(conn, now, actor, site, "follow_up.brought_forward", object, &detail)
}

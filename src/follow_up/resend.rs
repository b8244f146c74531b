//! A patient's link: sent again, or ended.

use serde_json::json;

use super::{FollowUpError, reachable};
use crate::domain::letter::LetterKind;
use crate::domain::{Actor, InfusionId, OutboxId, Timestamp};
use crate::letters;
use crate::secrets::Keys;
use crate::store::links::Link;
use crate::store::{Connection, audit, links, outbox};

/// Links that a patient may be sent again within an hour.
pub const RESENDS_PER_HOUR: i64 = 3;

/// Sends the patient the link of an infusion again, at most [`RESENDS_PER_HOUR`] times an
/// hour. A revoked link is replaced by a new one.
pub fn send_link_again(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    infusion: InfusionId,
) -> Result<OutboxId, FollowUpError> {
    let episode = reachable(conn, actor, infusion)?;
    let sent = outbox::count_since(conn, episode.patient, LetterKind::Link, now.plus_hours(-1))?;
    if sent >= RESENDS_PER_HOUR {
        return Err(FollowUpError::TooOften);
    }
    let ends_at = episode.schedule.ends_at(episode.t0);
    let link = match links::live(conn, infusion, now)? {
        Some(link) => link.id,
        None if ends_at > now => links::issue(conn, keys, now, episode.patient, infusion, ends_at)?,
        None => return Err(FollowUpError::Over),
    };
    let reason = format!("again {now}");
    let letter =
        letters::link(conn, now, &episode, link, &reason)?.ok_or(FollowUpError::TooOften)?;
    let detail = json!({"link": link.to_string(), "letter": letter.to_string()});
    let object = ("infusion", &infusion as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(episode.site), "link.sent_again", object, &detail)?;
    Ok(letter)
}

/// Issues a link of its own for a printed card. The token is not kept anywhere, so the card
/// can be shown once; the trail says who had it made.
pub fn link_for_card(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    infusion: InfusionId,
) -> Result<Link, FollowUpError> {
    let episode = reachable(conn, actor, infusion)?;
    let ends_at = episode.schedule.ends_at(episode.t0);
    if ends_at <= now {
        return Err(FollowUpError::Over);
    }
    let id = links::issue(conn, keys, now, episode.patient, infusion, ends_at)?;
    let link = links::find(conn, id)?.ok_or(FollowUpError::NotFound)?;
    let detail = json!({"link": id.to_string()});
    let object = ("infusion", &infusion as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(episode.site), "link.printed", object, &detail)?;
    Ok(link)
}

/// Ends every link of the patient of an infusion, for a lost or misdirected mail.
pub fn revoke_links(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    infusion: InfusionId,
    reason: &str,
) -> Result<usize, FollowUpError> {
    let episode = reachable(conn, actor, infusion)?;
    let revoked = links::revoke_all(conn, now, episode.patient)?;
    for link in &revoked {
        let detail = json!({"reason": reason});
        let object = ("link", link as &dyn std::fmt::Display);
        audit::append(conn, now, actor, Some(episode.site), "link.revoked", object, &detail)?;
    }
    Ok(revoked.len())
}

//! Noting what came of a try.

use diesel::prelude::*;

use super::Owed;
use super::settle;
use crate::domain::letter::{AttemptResult, LetterKind, MailState, StopCause, backoff};
use crate::domain::registry::CheckInState;
use crate::domain::schedule::CheckInCode;
use crate::domain::schedule::progress::HOURS_TO_ANSWER_DAY_1;
use crate::domain::{Actor, AttemptId, CheckInId, OutboxId, Timestamp};
use crate::store::schema::{check_in, delivery_attempt, outbox};
use crate::store::{Connection, Result};

/// The mail server took the letter.
///
/// The first prompt of day 1 moves its close: 8 h are left for an answer.
pub fn accepted(conn: &mut Connection, now: Timestamp, id: OutboxId) -> Result<()> {
    attempt(conn, now, id, AttemptResult::Accepted, None)?;
    if !settle(conn, now, &Actor::System, id, MailState::Accepted, None)? {
        return Ok(());
    }
    let (kind, asked) = outbox::table
        .find(id)
        .select((outbox::kind, outbox::check_in_id))
        .first::<(LetterKind, Option<CheckInId>)>(conn)?;
    let Some(asked) = asked.filter(|_| kind.is_prompt()) else {
        return Ok(());
    };
    let first = diesel::update(check_in::table.find(asked))
        .filter(check_in::prompted_at.is_null())
        .set(check_in::prompted_at.eq(now))
        .returning((check_in::code, check_in::closes_at))
        .get_result::<(CheckInCode, Timestamp)>(conn)
        .optional()?;
    if let Some((CheckInCode::D1, closes_at)) = first {
        let close = closes_at.max(now.plus_hours(HOURS_TO_ANSWER_DAY_1));
        diesel::update(check_in::table.find(asked))
            .filter(check_in::state.eq(CheckInState::Planned))
            .set(check_in::closes_at.eq(close))
            .execute(conn)?;
    }
    Ok(())
}

/// The letter was not taken this time: it waits for its next try, which is returned.
pub fn postponed(
    conn: &mut Connection,
    now: Timestamp,
    owed: &Owed,
    detail: &str,
) -> Result<Timestamp> {
    attempt(conn, now, owed.id, AttemptResult::Retry, Some(detail))?;
    let attempts = u32::try_from(owed.attempts).unwrap_or(0);
    let next = now.plus(backoff(owed.kind.priority(), attempts));
    diesel::update(outbox::table.find(owed.id))
        .filter(outbox::state.eq(MailState::Sending))
        .set((
            outbox::state.eq(MailState::Planned),
            outbox::next_try_at.eq(next),
            outbox::lease_until.eq(None::<Timestamp>),
        ))
        .execute(conn)?;
    Ok(next)
}

/// The letter will never be taken: a person must look.
pub fn failed(
    conn: &mut Connection,
    now: Timestamp,
    id: OutboxId,
    cause: StopCause,
    detail: &str,
) -> Result<()> {
    attempt(conn, now, id, AttemptResult::Refused, Some(detail))?;
    settle(conn, now, &Actor::System, id, MailState::Failed, Some(cause))?;
    Ok(())
}

pub(super) fn attempt(
    conn: &mut Connection,
    now: Timestamp,
    id: OutboxId,
    result: AttemptResult,
    detail: Option<&str>,
) -> Result<()> {
    diesel::insert_into(delivery_attempt::table)
        .values((
            delivery_attempt::id.eq(AttemptId::new()),
            delivery_attempt::outbox_id.eq(id),
            delivery_attempt::at.eq(now),
            delivery_attempt::result.eq(result),
            delivery_attempt::detail.eq(detail),
        ))
        .execute(conn)?;
    Ok(())
}

//! What is owed by mail, and what became of it.
//!
//! A letter is owed in the transaction that causes it ([`owe`]); one reason owes
//! one letter, however often it is met. Sending takes a row for a while
//! ([`claim`], [`send`]); the commit comes before the sending, so a crash in
//! between sends again rather than never.

mod alarm;
mod bounce;
mod list;
mod look;
mod outcome;
mod send;
mod unreachable;

use diesel::prelude::*;
use serde_json::json;

use super::literal::waiting_letter;
use super::schema::outbox;
use super::{Connection, Result, audit};
use crate::domain::letter::{LetterKind, MailState, StopCause};
use crate::domain::{
    Actor, CheckInId, Codelist, InfusionId, Language, LinkId, OutboxId, PatientId, SiteId, StaffId,
    TaskId, Timestamp,
};

pub use alarm::owe_alarms;
pub use bounce::{Noted, bounced};
pub use list::{
    Attempt, Balance, Filter, Mail, attempts, balance, count_since, list, next_due, overdue,
    planned,
};
pub use look::look;
pub use outcome::{accepted, failed, postponed};
pub use send::{Clinic, LEASE, Owed, Queue, claim};

/// States in which a letter is still to be sent.
const WAITING: [MailState; 2] = [MailState::Planned, MailState::Sending];

/// Who is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// A patient, at the address known when it is sent.
    Patient(PatientId),
    /// A member of staff.
    Staff(StaffId),
}

/// A letter to be owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    /// What it is about.
    pub kind: LetterKind,
    /// Who gets it.
    pub to: Recipient,
    /// The clinic it is from; none for the installation's own.
    pub site: Option<SiteId>,
    /// The infusion it follows. Letters to patients have one.
    pub infusion: Option<InfusionId>,
    /// The check-in it asks for.
    pub check_in: Option<CheckInId>,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// The link it carries. Letters to patients have one.
    pub link: Option<LinkId>,
    /// The reader's language.
    pub language: Language,
    /// Not before this.
    pub due_at: Timestamp,
    /// From here on it is of no use any more and is cancelled.
    pub pointless_at: Option<Timestamp>,
    /// The reason, in words of the caller: a second letter for it is not owed.
    pub dedup_key: String,
}

impl NewLetter {
    /// A prompt's or reminder's reason.
    #[must_use]
    pub fn prompt_key(kind: LetterKind, check_in: CheckInId, due_at: Timestamp) -> String {
        format!("{} {check_in} {due_at}", kind.code())
    }
}

/// Owes a letter. `None` when one is owed, or was, for the same reason.
pub fn owe(conn: &mut Connection, now: Timestamp, new: &NewLetter) -> Result<Option<OutboxId>> {
    let id = OutboxId::new();
    let (patient, staff) = match new.to {
        Recipient::Patient(patient) => (Some(patient), None),
        Recipient::Staff(staff) => (None, Some(staff)),
    };
    let rows = diesel::insert_into(outbox::table)
        .values((
            (
                outbox::id.eq(id),
                outbox::kind.eq(new.kind),
                outbox::priority.eq(new.kind.priority().rank()),
                outbox::site_id.eq(new.site),
                outbox::patient_id.eq(patient),
                outbox::staff_id.eq(staff),
                outbox::infusion_id.eq(new.infusion),
                outbox::check_in_id.eq(new.check_in),
                outbox::task_id.eq(new.task),
                outbox::link_id.eq(new.link),
            ),
            (
                outbox::language.eq(new.language),
                outbox::due_at.eq(new.due_at),
                outbox::pointless_at.eq(new.pointless_at),
                outbox::state.eq(MailState::Planned),
                outbox::next_try_at.eq(new.due_at),
                // The part before the `@`; the sender's address gives the rest.
                outbox::message_id.eq(format!("outbox-{id}")),
                outbox::dedup_key.eq(&new.dedup_key),
                outbox::recorded_at.eq(now),
            ),
        ))
        .on_conflict(outbox::dedup_key)
        .do_nothing()
        .execute(conn)?;
    Ok((rows == 1).then_some(id))
}

/// Cancels a letter that still waits. `false` when it was settled before.
pub fn cancel(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    id: OutboxId,
    cause: StopCause,
) -> Result<bool> {
    settle(conn, now, actor, id, MailState::Cancelled, Some(cause))
}

/// The letters that still wait for a check-in: kind and due time.
pub fn waiting_for_check_in(
    conn: &mut Connection,
    check_in: CheckInId,
) -> Result<Vec<(OutboxId, LetterKind, Timestamp)>> {
    Ok(outbox::table
        .filter(outbox::check_in_id.eq(check_in))
        .filter(waiting_letter())
        .order((outbox::due_at, outbox::id))
        .select((outbox::id, outbox::kind, outbox::due_at))
        .load(conn)?)
}

/// Cancels all letters that still wait for a check-in (it was answered, superseded,
/// cancelled). Returns how many.
pub fn cancel_for_check_in(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    check_in: CheckInId,
    cause: StopCause,
) -> Result<usize> {
    let waiting: Vec<OutboxId> = outbox::table
        .filter(outbox::check_in_id.eq(check_in))
        .filter(waiting_letter())
        .select(outbox::id)
        .load(conn)?;
    let mut cancelled = 0;
    for id in waiting {
        cancelled += usize::from(cancel(conn, now, actor, id, cause)?);
    }
    Ok(cancelled)
}

/// Ends a letter that waits, once, with its entry in the audit trail.
fn settle(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    id: OutboxId,
    state: MailState,
    cause: Option<StopCause>,
) -> Result<bool> {
    let settled = diesel::update(outbox::table.find(id))
        .filter(waiting_letter())
        .set((
            outbox::state.eq(state),
            outbox::cause.eq(cause),
            outbox::settled_at.eq(now),
            outbox::lease_until.eq(None::<Timestamp>),
        ))
        .returning((outbox::kind, outbox::site_id))
        .get_result::<(LetterKind, Option<SiteId>)>(conn)
        .optional()?;
    let Some((kind, site)) = settled else {
        return Ok(false);
    };
    let detail = json!({ "kind": kind.code(), "cause": cause.map(Codelist::code) });
    let action = format!("letter.{}", state.code());
    audit::append(conn, now, actor, site, &action, ("letter", &id), &detail)?;
    // A letter put together wrongly is a fault of ours, not of the patient's address.
    if state == MailState::Failed && cause != Some(StopCause::Mismatch) {
        unreachable::open(conn, now, id)?;
    }
    Ok(true)
}

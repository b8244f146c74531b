//! Taking letters to send.

use diesel::prelude::*;
use jiff::SignedDuration;

use super::{alarm, settle};
use crate::domain::Codelist as _;
use crate::domain::fault::Fault;
use crate::domain::letter::{LetterKind, MailState, Priority, StopCause};
use crate::domain::registry::{ActiveState, CheckInState, PatientState};
use crate::domain::task::TaskState;
use crate::domain::{
    Actor, CheckInId, InfusionId, Language, LinkId, OutboxId, PatientId, SiteId, StaffId, TaskId,
    Timestamp,
};
use crate::store::letter_texts::{self, Own};
use crate::store::literal::waiting_letter;
use crate::store::schema::{
    check_in, infusion, link, outbox, patient, patient_contact, site, staff, task,
};
use crate::store::{Connection, Result, installation, pauses};

/// How long a letter is taken for. Ten times the deadline of one sending, so
/// that only a worker that died loses it.
pub const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// Which letters a worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Alerts first, then whatever is due.
    All,
    /// Alerts only, so that one worker is always free for them.
    Alerts,
}

/// A letter that was taken, with all that its words need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Which one.
    pub id: OutboxId,
    /// What it is about.
    pub kind: LetterKind,
    /// The reader's language.
    pub language: Language,
    /// The one address.
    pub to: String,
    /// The part of the Message-ID before the `@`.
    pub message_id: String,
    /// Tries so far, this one included.
    pub attempts: i32,
    /// The clinic it is from.
    pub clinic: Option<Clinic>,
    /// What the token of the patient's link is made from.
    pub link_nonce: Option<String>,
    /// The task it is about: id and number.
    pub task: Option<(TaskId, i64)>,
    /// The fault of the registry itself that it tells of.
    pub fault: Option<Fault>,
    /// The text that administrators wrote for it; none: the built-in one.
    pub text: Option<Own>,
}

/// What a letter says about the clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clinic {
    /// The neutral name.
    pub mail_name: String,
    /// The phone number.
    pub phone: String,
    /// The emergency number.
    pub emergency_number: String,
}

/// A row of the outbox as the stop check reads it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(diesel::sqlite::Sqlite))]
struct Row {
    id: OutboxId,
    kind: LetterKind,
    site_id: Option<SiteId>,
    patient_id: Option<PatientId>,
    staff_id: Option<StaffId>,
    infusion_id: Option<InfusionId>,
    check_in_id: Option<CheckInId>,
    task_id: Option<TaskId>,
    link_id: Option<LinkId>,
    fault: Option<Fault>,
    to_operator: bool,
    language: Language,
    pointless_at: Option<Timestamp>,
    message_id: String,
    attempts: i32,
}

/// Why a letter is not sent.
enum Stop {
    /// It is not wanted any more.
    Cancel(StopCause),
    /// It cannot be sent; a person must look.
    Fail(StopCause),
}

/// Takes the next letter that is due and still wanted, for [`LEASE`].
///
/// Letters met on the way that are not wanted any more are cancelled with the
/// cause; those whose recipient, patient and infusion do not belong together
/// fail. Commit before sending.
pub fn claim(conn: &mut Connection, now: Timestamp, queue: Queue) -> Result<Option<Owed>> {
    let priorities = match queue {
        Queue::All => Priority::ALL,
        Queue::Alerts => &[Priority::Alert],
    };
    for priority in priorities {
        while let Some(row) = next(conn, now, *priority)? {
            match prepare(conn, now, &row)? {
                Ok(owed) => {
                    // A taken letter is due again when its lease ends.
                    let until = now.plus(LEASE);
                    diesel::update(outbox::table.find(row.id))
                        .set((
                            outbox::state.eq(MailState::Sending),
                            outbox::lease_until.eq(until),
                            outbox::next_try_at.eq(until),
                            outbox::attempts.eq(owed.attempts),
                            outbox::letter_text_id.eq(owed.text.as_ref().map(|own| own.id)),
                        ))
                        .execute(conn)?;
                    return Ok(Some(owed));
                }
                Err(Stop::Cancel(cause)) => {
                    settle(conn, now, &Actor::System, row.id, MailState::Cancelled, Some(cause))?;
                }
                Err(Stop::Fail(cause)) => {
                    settle(conn, now, &Actor::System, row.id, MailState::Failed, Some(cause))?;
                }
            }
        }
    }
    Ok(None)
}

/// The first letter of a priority that is due. Letters to patients of a clinic that has
/// paused its mail stay where they are; whoever ends the pause sees to them.
fn next(conn: &mut Connection, now: Timestamp, priority: Priority) -> Result<Option<Row>> {
    let paused = pauses::held_sites(conn, priority)?;
    Ok(outbox::table
        .filter(waiting_letter())
        .filter(outbox::site_id.is_null().or(outbox::site_id.ne_all(paused)))
        .filter(outbox::priority.eq(priority.rank()))
        .filter(outbox::next_try_at.le(now))
        .order((outbox::next_try_at, outbox::id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

/// The check at the moment of sending, and what the words need.
fn prepare(conn: &mut Connection, now: Timestamp, row: &Row) -> Result<Result<Owed, Stop>> {
    if row.pointless_at.is_some_and(|at| at <= now) {
        return Ok(Err(Stop::Cancel(StopCause::Pointless)));
    }
    let clinic = match row.site_id {
        None => None,
        Some(id) => {
            let (mail_name, phone, emergency_number, state) = site::table
                .find(id)
                .select((site::mail_name, site::phone, site::emergency_number, site::state))
                .first::<(String, String, String, ActiveState)>(conn)?;
            if state != ActiveState::Active {
                return Ok(Err(Stop::Cancel(StopCause::SiteInactive)));
            }
            Some(Clinic { mail_name, phone, emergency_number })
        }
    };
    let to = match recipient(conn, row)? {
        Ok(to) => to,
        Err(stop) => return Ok(Err(stop)),
    };
    if let Some(stop) = check_in_stops(conn, now, row)? {
        return Ok(Err(stop));
    }
    let link_nonce = match link_of(conn, now, row)? {
        Ok(nonce) => nonce,
        Err(stop) => return Ok(Err(stop)),
    };
    let task = match row.task_id {
        None => None,
        Some(id) => {
            let (number, state, site) = task::table
                .find(id)
                .select((task::number, task::state, task::site_id))
                .first::<(i64, TaskState, SiteId)>(conn)?;
            if Some(site) != row.site_id {
                return Ok(Err(Stop::Fail(StopCause::Mismatch)));
            }
            if state == TaskState::Closed {
                return Ok(Err(Stop::Cancel(StopCause::TaskClosed)));
            }
            Some((id, number))
        }
    };
    Ok(Ok(Owed {
        id: row.id,
        kind: row.kind,
        language: row.language,
        to,
        message_id: row.message_id.clone(),
        attempts: row.attempts.saturating_add(1),
        clinic,
        link_nonce,
        task,
        fault: row.fault,
        text: letter_texts::to_send(conn, row.kind, row.language, row.site_id)?,
    }))
}

/// The address, if the person may still be written to.
fn recipient(conn: &mut Connection, row: &Row) -> Result<Result<String, Stop>> {
    if row.to_operator {
        let address = installation::get(conn, alarm::OPERATOR)?;
        return Ok(address.ok_or(Stop::Fail(StopCause::NoAddress)));
    }
    if let Some(id) = row.staff_id {
        let (email, state) =
            staff::table
                .find(id)
                .select((staff::email, staff::state))
                .first::<(String, ActiveState)>(conn)?;
        return Ok(if state == ActiveState::Active {
            Ok(email)
        } else {
            Err(Stop::Cancel(StopCause::StaffInactive))
        });
    }
    let (Some(id), Some(infusion_id)) = (row.patient_id, row.infusion_id) else {
        return Ok(Err(Stop::Fail(StopCause::Mismatch)));
    };
    let (site_id, state, stopped_at) = patient::table
        .find(id)
        .select((patient::site_id, patient::state, patient::prompts_stopped_at))
        .first::<(SiteId, PatientState, Option<Timestamp>)>(conn)?;
    let treated = infusion::table
        .find(infusion_id)
        .select((infusion::patient_id, infusion::site_id))
        .first::<(PatientId, SiteId)>(conn)?;
    if treated != (id, site_id) || row.site_id != Some(site_id) {
        return Ok(Err(Stop::Fail(StopCause::Mismatch)));
    }
    // A link that staff send on request still goes out; only questions stop.
    let stop = match state {
        PatientState::Withdrawn => Some(StopCause::Withdrawn),
        PatientState::Died => Some(StopCause::Died),
        PatientState::Moved => Some(StopCause::Moved),
        PatientState::OnHold if row.kind.is_prompt() => Some(StopCause::OnHold),
        PatientState::InHospital if row.kind.is_prompt() => Some(StopCause::InHospital),
        _ if row.kind.is_prompt() && stopped_at.is_some() => Some(StopCause::PromptsStopped),
        _ => None,
    };
    if let Some(cause) = stop {
        return Ok(Err(Stop::Cancel(cause)));
    }
    let email = patient_contact::table
        .find(id)
        .select(patient_contact::email)
        .first::<Option<String>>(conn)
        .optional()?
        .flatten();
    Ok(email.ok_or(Stop::Fail(StopCause::NoAddress)))
}

fn check_in_stops(conn: &mut Connection, now: Timestamp, row: &Row) -> Result<Option<Stop>> {
    let Some(id) = row.check_in_id else {
        return Ok(row.kind.is_prompt().then_some(Stop::Fail(StopCause::Mismatch)));
    };
    let (patient_id, infusion_id, state, closes_at) = check_in::table
        .find(id)
        .select((check_in::patient_id, check_in::infusion_id, check_in::state, check_in::closes_at))
        .first::<(PatientId, InfusionId, CheckInState, Timestamp)>(conn)?;
    if (Some(patient_id), Some(infusion_id)) != (row.patient_id, row.infusion_id) {
        return Ok(Some(Stop::Fail(StopCause::Mismatch)));
    }
    let cause = match state {
        CheckInState::Answered => Some(StopCause::Answered),
        CheckInState::Superseded => Some(StopCause::Superseded),
        CheckInState::Cancelled => Some(StopCause::CheckInCancelled),
        CheckInState::Missed => Some(StopCause::Closed),
        CheckInState::Planned => (closes_at <= now).then_some(StopCause::Closed),
    };
    Ok(cause.map(Stop::Cancel))
}

/// The nonce of the link that the letter carries, if it is a letter to a patient.
fn link_of(
    conn: &mut Connection,
    now: Timestamp,
    row: &Row,
) -> Result<Result<Option<String>, Stop>> {
    let Some(id) = row.link_id else {
        let needed = row.patient_id.is_some();
        return Ok(if needed { Err(Stop::Fail(StopCause::Mismatch)) } else { Ok(None) });
    };
    let (patient_id, infusion_id, nonce, expires_at, revoked_at) = link::table
        .find(id)
        .select((
            link::patient_id,
            link::infusion_id,
            link::nonce,
            link::expires_at,
            link::revoked_at,
        ))
        .first::<(PatientId, InfusionId, String, Timestamp, Option<Timestamp>)>(conn)?;
    if (Some(patient_id), Some(infusion_id)) != (row.patient_id, row.infusion_id) {
        return Ok(Err(Stop::Fail(StopCause::Mismatch)));
    }
    if revoked_at.is_some() || expires_at <= now {
        return Ok(Err(Stop::Cancel(StopCause::LinkEnded)));
    }
    Ok(Ok(Some(nonce)))
}

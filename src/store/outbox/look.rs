//! A letter as it is or would be written, for people who look at it: training
//! mode's captured mail, and the preview of what is still to come.

use diesel::prelude::*;

use super::alarm;
use super::list::visible;
use super::send::{Clinic, Owed};
use crate::domain::fault::Fault;
use crate::domain::letter::{LetterKind, MailState};
use crate::domain::{
    Language, LetterTextId, LinkId, OutboxId, PatientId, Scope, SiteId, StaffId, TaskId, Timestamp,
};
use crate::store::schema::{link, membership, outbox, patient_contact, site, staff, task};
use crate::store::{Connection, Result, installation, letter_texts};

/// The letter with all that its words need, and when it was or will be sent.
/// Nothing is checked or changed. `None` for one of a clinic out of scope, and
/// for a patient without an address.
pub fn look(
    conn: &mut Connection,
    scope: &Scope,
    id: OutboxId,
) -> Result<Option<(Owed, Timestamp)>> {
    let row = outbox::table
        .find(id)
        .filter(visible!(scope))
        .select((
            (outbox::kind, outbox::language, outbox::message_id, outbox::attempts),
            (outbox::site_id, outbox::patient_id, outbox::staff_id),
            (outbox::link_id, outbox::task_id, outbox::fault, outbox::to_operator),
            (outbox::settled_at, outbox::next_try_at, outbox::state, outbox::letter_text_id),
        ))
        .first::<(
            (LetterKind, Language, String, i32),
            (Option<SiteId>, Option<PatientId>, Option<StaffId>),
            (Option<LinkId>, Option<TaskId>, Option<Fault>, bool),
            (Option<Timestamp>, Timestamp, MailState, Option<LetterTextId>),
        )>(conn)
        .optional()?;
    let Some((
        (kind, language, message_id, attempts),
        (site_id, patient_id, staff_id),
        (link_id, task_id, fault, to_operator),
        (settled_at, next_try_at, state, text_id),
    )) = row
    else {
        return Ok(None);
    };
    let to = match (patient_id, staff_id) {
        (Some(id), _) => patient_contact::table
            .find(id)
            .select(patient_contact::email)
            .first::<Option<String>>(conn)
            .optional()?
            .flatten(),
        (None, Some(id)) => Some(staff::table.find(id).select(staff::email).first(conn)?),
        (None, None) if to_operator => installation::get(conn, alarm::OPERATOR)?,
        (None, None) => None,
    };
    let Some(to) = to else {
        return Ok(None);
    };
    let clinic = match site_id {
        None => None,
        Some(id) => {
            let (mail_name, phone, emergency_number) = site::table
                .find(id)
                .select((site::mail_name, site::phone, site::emergency_number))
                .first(conn)?;
            Some(Clinic { mail_name, phone, emergency_number })
        }
    };
    let link_nonce = match link_id {
        None => None,
        Some(id) => Some(link::table.find(id).select(link::nonce).first(conn)?),
    };
    let task = match task_id {
        None => None,
        Some(id) => Some((id, task::table.find(id).select(task::number).first(conn)?)),
    };
    // What was sent or tried for good keeps its words; what waits gets those in force.
    let text = match (state, text_id) {
        (MailState::Planned | MailState::Cancelled, _) => {
            letter_texts::to_send(conn, kind, language, site_id)?
        }
        (_, Some(id)) => letter_texts::used(conn, id)?,
        (_, None) => None,
    };
    let owed = Owed {
        id,
        kind,
        language,
        to,
        message_id,
        attempts,
        clinic,
        link_nonce,
        task,
        fault,
        text,
    };
    Ok(Some((owed, settled_at.unwrap_or(next_try_at))))
}

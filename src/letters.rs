//! What is owed to whom, and when: alerts to staff, links and questions to patients.
//!
//! A letter is owed in the transaction that causes it. Its words are made when it is sent,
//! and whether it may still be sent is asked again then ([`crate::store::outbox`]).

pub mod texts;

use crate::domain::letter::{LetterKind, StopCause};
use crate::domain::registry::PatientState;
use crate::domain::schedule::{MomentKind, PlannedCheckIn};
use crate::domain::{
    Actor, CheckInId, Codelist, Language, LinkId, OutboxId, StaffId, TaskId, Timestamp,
};
use crate::store::episodes::Episode;
use crate::store::outbox::{self, NewLetter, Recipient};
use crate::store::{Connection, Result};

/// Tells somebody on duty that a task needs them now. `reason` keeps it to one mail for
/// each person and reason.
pub fn alert(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    task: TaskId,
    reason: &str,
    (staff, language): (StaffId, Language),
) -> Result<Option<OutboxId>> {
    outbox::owe(
        conn,
        now,
        &NewLetter {
            kind: LetterKind::Alert,
            to: Recipient::Staff(staff),
            site: Some(episode.site),
            infusion: Some(episode.infusion),
            check_in: None,
            task: Some(task),
            link: None,
            language,
            due_at: now,
            pointless_at: None,
            dedup_key: format!("{} {task} {reason} {staff}", LetterKind::Alert.code()),
        },
    )
}

/// Whether the patient is written to at all. Asked again when a letter is sent.
#[must_use]
pub fn may_be_asked(episode: &Episode) -> bool {
    episode.patient_state == PatientState::Active && episode.prompts_stopped_at.is_none()
}

/// Sends the patient the link, so that there is a way to report before the first question.
/// At night it waits for the morning.
pub fn link(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    link: LinkId,
    reason: &str,
) -> Result<Option<OutboxId>> {
    let kind = LetterKind::Link;
    outbox::owe(
        conn,
        now,
        &NewLetter {
            kind,
            to: Recipient::Patient(episode.patient),
            site: Some(episode.site),
            infusion: Some(episode.infusion),
            check_in: None,
            task: None,
            link: Some(link),
            language: episode.language,
            due_at: episode.schedule.quiet().shift(now, &episode.zone),
            pointless_at: None,
            dedup_key: format!("{} {link} {reason}", kind.code()),
        },
    )
}

/// Owes the prompt and the reminders of a check-in, as far as their time has not passed. A
/// prompt whose time has passed while the question is still open comes at once. What waits
/// already stays, for whatever reason it is owed; what waits for another time is replaced.
pub fn questions(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    link: LinkId,
    (check_in, planned, was_prompted): (CheckInId, &PlannedCheckIn, bool),
    reason: &str,
) -> Result<()> {
    let quiet = episode.schedule.quiet();
    let moments = planned.moments(&episode.zone, quiet);
    // Where the night brings a reminder together with a prompt that was sent, it is a reminder.
    let reminds = |at: Timestamp| {
        planned.reminders_at.iter().any(|reminder| quiet.shift(*reminder, &episode.zone) == at)
    };
    let mut due: Vec<(Timestamp, MomentKind)> = moments
        .iter()
        .filter(|moment| moment.at >= now)
        .filter_map(|moment| match moment.kind {
            MomentKind::Prompt if was_prompted => {
                reminds(moment.at).then_some((moment.at, MomentKind::Reminder))
            }
            kind => Some((moment.at, kind)),
        })
        .collect();
    let is_late = moments.iter().any(|moment| moment.kind == MomentKind::Prompt && moment.at < now);
    if is_late && !was_prompted {
        let at = quiet.shift(now, &episode.zone);
        if at < planned.closes_at {
            due.retain(|(reminder, _)| *reminder > at);
            due.insert(0, (at, MomentKind::Prompt));
        }
    }
    let due: Vec<(LetterKind, Timestamp)> = due
        .into_iter()
        .map(|(at, moment)| match moment {
            MomentKind::Prompt => (LetterKind::CheckInPrompt, at),
            MomentKind::Reminder => (LetterKind::CheckInReminder, at),
        })
        .collect();
    let mut waiting = Vec::new();
    for (letter, kind, at) in outbox::waiting_for_check_in(conn, check_in)? {
        if due.contains(&(kind, at)) && !waiting.contains(&(kind, at)) {
            waiting.push((kind, at));
        } else {
            outbox::cancel(conn, now, &Actor::System, letter, StopCause::Replaced)?;
        }
    }
    for (kind, at) in due.into_iter().filter(|one| !waiting.contains(one)) {
        let key = NewLetter::prompt_key(kind, check_in, at);
        outbox::owe(
            conn,
            now,
            &NewLetter {
                kind,
                to: Recipient::Patient(episode.patient),
                site: Some(episode.site),
                infusion: Some(episode.infusion),
                check_in: Some(check_in),
                task: None,
                link: Some(link),
                language: episode.language,
                due_at: at,
                pointless_at: Some(planned.closes_at),
                dedup_key: format!("{key} {reason}"),
            },
        )?;
    }
    Ok(())
}

/// The questions of a check-in that were not sent are not sent any more.
pub fn stop_questions(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    check_in: CheckInId,
    cause: StopCause,
) -> Result<()> {
    outbox::cancel_for_check_in(conn, now, actor, check_in, cause).map(|_| ())
}

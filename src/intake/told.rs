//! From a level to a task with its flags, and to the people who must know at once.

use crate::domain::escalation::Target;
use crate::domain::task::TaskKind;
use crate::domain::{DraftId, Level, ReportId, Timestamp};
use crate::escalation;
use crate::store::episodes::Episode;
use crate::store::tasks::{self, Change, Need, NewFlag, Origin, Raised};
use crate::store::{Connection, Result};

/// Opens, raises or attaches to the task of the infusion's episode. A report without any
/// flag opens none, but is attached to one that is open.
pub(super) fn task(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    report: Option<ReportId>,
    (level, target): (Level, Target),
) -> Result<Option<Raised>> {
    if level == Level::None && tasks::open(conn, episode.infusion, TaskKind::Report)?.is_none() {
        return Ok(None);
    }
    let need = Need {
        site: episode.site,
        patient: episode.patient,
        infusion: episode.infusion,
        kind: TaskKind::Report,
        level,
        acknowledge_min: target.acknowledge_min,
        contact_min: target.contact_min,
        report,
    };
    tasks::open_or_raise(conn, now, &need).map(Some)
}

/// Keeps the flags. A flag that the unfinished report raised already gets the report and
/// its final reasons; there is no second one for the same rule on the same task.
pub(super) fn flags(
    conn: &mut Connection,
    now: Timestamp,
    raised: &Raised,
    (report, draft): (Option<ReportId>, Option<DraftId>),
    flags: &[NewFlag],
) -> Result<()> {
    let known = match draft {
        Some(draft) => tasks::flagged_by_draft(conn, draft)?,
        None => Vec::new(),
    };
    for new in flags {
        let earlier = known.iter().find(|(rule, ..)| *rule == new.rule);
        match (earlier, report) {
            (Some((_, id, task)), Some(report)) if *task == raised.task => {
                tasks::finish_flag(conn, *id, report, new)?;
            }
            (Some(_), None) => {}
            // The nurse has closed the task of the unfinished report: this is a new one.
            (_, Some(report)) => {
                let origin = Origin { report: Some(report), ..Origin::default() };
                tasks::flag(conn, now, raised.task, origin, new)?;
            }
            (None, None) => {
                let origin = Origin { draft, ..Origin::default() };
                tasks::flag(conn, now, raised.task, origin, new)?;
            }
        }
    }
    Ok(())
}

/// Tells everybody on duty when a task became EMERGENCY or URGENT: the first step of its
/// chain. A further report on a task that somebody has taken alerts again only with a danger
/// that was not flagged there before; while nobody has taken it, the chain goes on.
///
/// Returns whether nobody was on duty, so that everybody who works the queue was told.
pub(super) fn alert(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    raised: &Raised,
    reason: &str,
    (flags, known): (&[NewFlag], &[String]),
) -> Result<bool> {
    if raised.change != Change::Attached {
        return escalation::tell(conn, now, raised.task);
    }
    let is_new = |flag: &NewFlag| flag.level >= Level::Urgent && !known.contains(&flag.rule);
    if !raised.is_acknowledged || !flags.iter().any(is_new) {
        return Ok(false);
    }
    escalation::tell_again(conn, now, episode, raised.task, reason)
}

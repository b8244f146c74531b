//! The follow-up of each infusion: what is planned when it is recorded, what moves when it
//! is corrected, and what silence leads to (REFERENCE §7.2).
//!
//! The plan is made once and kept; the deadlines in it do not move with the wall clock.
//! Nothing here sends anything: what is owed is owed in the outbox.

mod beyond;
mod forward;
mod resend;
mod silence;

use serde_json::json;

use crate::domain::letter::StopCause;
use crate::domain::registry::CheckInState;
use crate::domain::schedule::progress::{asked, completed, next, supersede};
use crate::domain::schedule::{
    CheckIn, CheckInCode, CheckInPhase, PlannedCheckIn, Schedule, extra,
};
use crate::domain::task::TaskKind;
use crate::domain::{Actor, InfusionId, LinkId, PatientId, Permission, ReportId, Scope, Timestamp};
use crate::secrets::Keys;
use crate::store::check_ins::{self, Kept};
use crate::store::episodes::{self, Episode};
use crate::store::schedules::{self, NewVersion};
use crate::store::{self, Connection, audit, links, questions, tasks};
use crate::{escalation, letters};

pub use beyond::{OrderError, order};
pub(crate) use beyond::{ask_now, symptoms_told};
pub(crate) use forward::bring_forward;
pub use resend::{RESENDS_PER_HOUR, link_for_card, revoke_links, send_link_again};
pub use silence::tick;

/// What recording an infusion has planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The patient's link; none when the follow-up would be over already.
    pub link: Option<LinkId>,
    /// The check-ins that will be asked.
    pub check_ins: usize,
    /// An earlier infusion's day-30 questions that this one took the place of. They are to be
    /// asked before the infusion: staff enter the answers as a report on that infusion.
    pub ask_day_30_of: Option<InfusionId>,
}

/// Why the follow-up was not changed.
#[derive(Debug, thiserror::Error)]
pub enum FollowUpError {
    /// There is no such infusion, or not for this person.
    #[error("not found")]
    NotFound,
    /// The link was sent as often as it may be within an hour.
    #[error("the link was sent {RESENDS_PER_HOUR} times within the last hour")]
    TooOften,
    /// The follow-up is over, or the patient has left it.
    #[error("the follow-up is over")]
    Over,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Plans the follow-up of an infusion that was just recorded: its check-ins, the link, the
/// prompts and reminders. The check-ins of an earlier infusion that are due after its `T0`
/// are superseded; so are its own if a later infusion is on record already. Check-ins whose
/// time was over when the infusion was recorded are not asked and not missed.
///
/// Recording the same infusion again changes nothing.
pub fn infusion_recorded(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    infusion: InfusionId,
) -> Result<Planned, FollowUpError> {
    let mut episode = reachable(conn, actor, infusion)?;
    let known = check_ins::of_infusion(conn, infusion)?;
    if !known.is_empty() {
        let link = links::live(conn, infusion, now)?.map(|link| link.id);
        return Ok(Planned { link, check_ins: known.len(), ask_day_30_of: None });
    }
    take_newest(conn, now, &mut episode)?;
    let plan = episode.schedule.plan(episode.t0);
    let ends_at = episode.schedule.ends_at(episode.t0);
    let link = if ends_at > now {
        Some(links::issue(conn, keys, now, episode.patient, infusion, ends_at)?)
    } else {
        None
    };
    for planned in &plan {
        let too_late = (planned.closes_at <= now).then_some(now);
        let ids = (episode.site, episode.patient, infusion);
        check_ins::plan(conn, now, ids, planned, too_late)?;
    }
    let ask_day_30_of = settle_order(conn, keys, now, actor, &episode)?;
    let mut asked = 0;
    for kept in check_ins::of_infusion(conn, infusion)? {
        let Some(planned) = plan.iter().find(|planned| planned.code == kept.code) else { continue };
        if kept.state != CheckInState::Planned {
            continue;
        }
        asked += 1;
        if let Some(link) = link.filter(|_| letters::may_be_asked(&episode)) {
            let reason = as_recorded(&episode);
            letters::questions(conn, now, &episode, link, (kept.id, planned, false), &reason)?;
        }
    }
    if let Some(link) = link.filter(|_| asked > 0 && letters::may_be_asked(&episode)) {
        letters::link(conn, now, &episode, link, "issued")?;
    }
    let detail = json!({
        "check_ins": asked,
        "link": link.map(|link| link.to_string()),
        "ask_day_30_of": ask_day_30_of.map(|infusion| infusion.to_string()),
    });
    let object = ("infusion", &infusion as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(episode.site), "follow_up.planned", object, &detail)?;
    Ok(Planned { link, check_ins: asked, ask_day_30_of })
}

/// Moves the follow-up after `T0` or the product of an infusion was corrected: check-ins
/// that are not settled and letters that are not sent move with it; what was asked,
/// answered or missed stays as it was.
pub fn infusion_changed(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    infusion: InfusionId,
) -> Result<(), FollowUpError> {
    let mut episode = reachable(conn, actor, infusion)?;
    let known = check_ins::of_infusion(conn, infusion)?;
    if known.is_empty() {
        infusion_recorded(conn, keys, now, actor, infusion)?;
        return Ok(());
    }
    // The plan keeps the version it was made from, unless the product turned out another.
    if episode.schedule_of != Some(episode.product) {
        take_newest(conn, now, &mut episode)?;
    }
    let plan = episode.schedule.plan(episode.t0);
    let scheduled = |kept: &&Kept| kept.code.is_scheduled();
    for kept in known.iter().filter(scheduled).filter(|kept| kept.state == CheckInState::Planned) {
        letters::stop_questions(conn, now, actor, kept.id, StopCause::Replaced)?;
        match plan.iter().find(|planned| planned.code == kept.code) {
            Some(planned) => check_ins::move_to(conn, kept.id, &moved(kept, planned))?,
            // The product no longer asks it.
            None => check_ins::settle(conn, kept.id, CheckInState::Cancelled, now)?,
        }
    }
    for planned in &plan {
        if !known.iter().any(|kept| kept.code == planned.code) {
            let too_late = (planned.closes_at <= now).then_some(now);
            let ids = (episode.site, episode.patient, infusion);
            check_ins::plan(conn, now, ids, planned, too_late)?;
        }
    }
    links::expire_at(conn, infusion, episode.schedule.ends_at(episode.t0))?;
    settle_order(conn, keys, now, actor, &episode)?;
    let reason = format!("{} moved {now}", as_recorded(&episode));
    ask_again(conn, keys, now, &episode, (&reason, |_| true))?;
    let detail = json!({"t0": episode.t0.to_string(), "version": episode.version});
    let object = ("infusion", &infusion as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(episode.site), "follow_up.moved", object, &detail)?;
    Ok(())
}

/// Owes the questions that are still to come, after a patient who had none came back to the
/// follow-up. Those that are owed already are not owed twice.
pub fn resumed(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    patient: PatientId,
) -> Result<(), FollowUpError> {
    let mut infusions: Vec<InfusionId> =
        check_ins::planned_of_patient(conn, patient)?.iter().map(|kept| kept.infusion_id).collect();
    infusions.dedup();
    for infusion in infusions {
        let episode = reachable(conn, actor, infusion)?;
        ask_again(conn, keys, now, &episode, (&as_recorded(&episode), |_| true))?;
    }
    Ok(())
}

/// Takes the newest version of the product's schedule for an infusion, and keeps which. The
/// default of a product that has none becomes its first version, so that a later release of
/// the program with another default cannot change what stands in the plan of today.
fn take_newest(
    conn: &mut Connection,
    now: Timestamp,
    episode: &mut Episode,
) -> Result<(), store::Error> {
    let (product, kind) = (episode.product, episode.product_kind);
    let (id, schedule) = if let Some(found) = schedules::newest(conn, product, kind)? {
        found
    } else {
        let schedule = Schedule::standard(kind);
        let reason = schedules::TAKEN_OVER;
        let new = NewVersion { product, kind, schedule: &schedule, made_by: None, reason };
        (schedules::add(conn, now, &new)?.0, schedule)
    };
    schedules::fix(conn, episode.infusion, id)?;
    episode.schedule = schedule;
    episode.schedule_of = Some(product);
    Ok(())
}

/// Owes the questions of some check-ins of an infusion, as far as they are not owed for
/// this reason yet.
fn ask_again(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    episode: &Episode,
    (reason, which): (&str, impl Fn(&Kept) -> bool),
) -> Result<(), FollowUpError> {
    if !letters::may_be_asked(episode) {
        return Ok(());
    }
    let plan = episode.schedule.plan(episode.t0);
    let ends_at = episode.schedule.ends_at(episode.t0);
    if ends_at <= now {
        return Ok(());
    }
    let link = match links::live(conn, episode.infusion, now)? {
        Some(link) => link.id,
        None => links::issue(conn, keys, now, episode.patient, episode.infusion, ends_at)?,
    };
    for kept in check_ins::of_infusion(conn, episode.infusion)? {
        let planned = match plan.iter().find(|planned| planned.code == kept.code) {
            Some(planned) => Some(moved(&kept, planned)),
            // Beyond the schedule a check-in keeps its own time.
            None if !kept.code.is_scheduled() => Some(extra::at(kept.code, kept.due_at, now)),
            None => None,
        };
        if let Some(planned) =
            planned.filter(|_| kept.state == CheckInState::Planned && which(&kept))
        {
            let was_prompted = kept.prompted_at.is_some();
            let one = (kept.id, &planned, was_prompted);
            letters::questions(conn, now, episode, link, one, reason)?;
        }
    }
    Ok(())
}

/// The reason of questions that follow from an infusion as it is recorded.
fn as_recorded(episode: &Episode) -> String {
    format!("v{}", episode.version)
}

/// Where a check-in moves to. Day 1 keeps the hours that its prompt has left for an answer.
fn moved(kept: &Kept, planned: &PlannedCheckIn) -> PlannedCheckIn {
    let facts = CheckIn { plan: planned.clone(), ..kept.facts() };
    PlannedCheckIn { closes_at: facts.close(), ..planned.clone() }
}

/// Applies to every infusion of the patient what the next one does to it: check-ins that
/// are due after the next `T0` are superseded, and one that a correction has put before
/// it is planned again. Returns the infusion before this one if its day-30 questions are
/// to be asked before this infusion.
fn settle_order(
    conn: &mut Connection,
    keys: &Keys,
    now: Timestamp,
    actor: &Actor,
    episode: &Episode,
) -> Result<Option<InfusionId>, FollowUpError> {
    let infusions = check_ins::infusions_of_patient(conn, episode.patient)?;
    let mut ask_day_30_of = None;
    for (index, (infusion, _)) in infusions.iter().enumerate() {
        let next = infusions.get(index + 1);
        let kept = check_ins::of_infusion(conn, *infusion)?;
        let mut back = Vec::new();
        let superseded =
            |one: &&Kept| one.state == CheckInState::Superseded && one.code.is_scheduled();
        for one in kept.iter().filter(superseded) {
            let is_before = next.is_none_or(|(_, t0)| one.due_at <= *t0);
            if is_before && one.closes_at > now {
                check_ins::replan(conn, one.id)?;
                back.push(one.id);
            }
        }
        if !back.is_empty() {
            let scope = Scope::of([episode.site]);
            if let Some(earlier) = episodes::find(conn, &scope, *infusion)? {
                let reason = format!("{} back at {now}", as_recorded(&earlier));
                let which = |one: &Kept| back.contains(&one.id);
                ask_again(conn, keys, now, &earlier, (&reason, which))?;
            }
        }
        let Some((next, next_t0)) = next else { continue };
        let planned: Vec<&Kept> =
            kept.iter().filter(|one| one.state == CheckInState::Planned).collect();
        let facts: Vec<CheckIn> = planned.iter().map(|one| one.facts()).collect();
        let change = supersede(&facts, *next_t0);
        for one in planned.iter().filter(|one| change.superseded.contains(&one.code)) {
            check_ins::settle(conn, one.id, CheckInState::Superseded, now)?;
            letters::stop_questions(conn, now, actor, one.id, StopCause::Superseded)?;
        }
        if change.ask_day_30_before_infusion && *next == episode.infusion {
            ask_day_30_of = Some(*infusion);
        }
    }
    Ok(ask_day_30_of)
}

/// Completes what a report answers: every check-in of the patient that is open, or else
/// the one that closed last, late. A task about missed check-ins has its answer then.
pub(crate) fn answered(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    report: ReportId,
) -> Result<Vec<CheckInCode>, store::Error> {
    let mut codes = Vec::new();
    for (infusion, _) in check_ins::infusions_of_patient(conn, episode.patient)? {
        let kept = check_ins::of_infusion(conn, infusion)?;
        let facts: Vec<CheckIn> = kept.iter().map(Kept::facts).collect();
        // Behind an older infusion's silence stands nobody who waits for its answer.
        let made_for = asked(&facts, now).first().copied().filter(|_| infusion == episode.infusion);
        for completion in completed(&facts, now, made_for) {
            // Beyond the schedule several have one code: the newest that stands as it should.
            let phase = if completion.late { CheckInPhase::Missed } else { CheckInPhase::Open };
            let one = kept
                .iter()
                .zip(&facts)
                .rfind(|(one, facts)| one.code == completion.code && facts.state(now) == phase);
            let Some((one, _)) = one else { continue };
            check_ins::answer(conn, one.id, now, completion.late, report)?;
            letters::stop_questions(conn, now, &Actor::System, one.id, StopCause::Answered)?;
            if let Some(task) = questions::answered(conn, now, one.id, report)? {
                // Whoever asked waits for it.
                escalation::tell_again(conn, now, episode, task, &report.to_string())?;
            }
            codes.push(one.code);
        }
        if let Some((task, ..)) = tasks::open(conn, infusion, TaskKind::MissedCheckIn)? {
            tasks::answered(conn, now, task, report)?;
            let detail = json!({"report": report.to_string(), "outcome": "answered"});
            let object = ("task", &task as &dyn std::fmt::Display);
            let site = Some(episode.site);
            audit::append(conn, now, &Actor::System, site, "task.answered", object, &detail)?;
        }
    }
    Ok(codes)
}

/// The next time the patient will be asked: which check-in, and when.
pub fn next_check_in(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
) -> Result<Option<(CheckInCode, Timestamp)>, store::Error> {
    let kept = check_ins::of_infusion(conn, episode.infusion)?;
    let facts: Vec<CheckIn> = kept.iter().map(Kept::facts).collect();
    Ok(next(&facts, now, &episode.zone, episode.schedule.quiet()))
}

fn reachable(
    conn: &mut Connection,
    actor: &Actor,
    infusion: InfusionId,
) -> Result<Episode, FollowUpError> {
    let scope: Scope = episodes::reach(conn, actor, Permission::EditRegistry)?;
    episodes::find(conn, &scope, infusion)?.ok_or(FollowUpError::NotFound)
}

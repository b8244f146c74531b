//! Check-ins that nobody answered (REFERENCE §7.2, rules S08 and R03).

use serde_json::json;

use crate::domain::escalation::Assessment;
use crate::domain::input::Input;
use crate::domain::letter::StopCause;
use crate::domain::registry::{CheckInState, PatientState};
use crate::domain::schedule::{CheckIn, Missed};
use crate::domain::task::TaskKind;
use crate::domain::{Actor, Codelist, Level, Scope, Timestamp};
use crate::intake::evaluate;
use crate::letters;
use crate::rules::InForce;
use crate::store::check_ins::{self, Kept};
use crate::store::episodes::{self, Episode};
use crate::store::tasks::{self, Need, NewFlag, Origin};
use crate::store::{Connection, Result, audit, calls};

/// What a round has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closed {
    /// Check-ins that were missed.
    pub missed: usize,
    /// Check-ins of patients who have left the follow-up.
    pub cancelled: usize,
    /// Tasks that were opened or raised.
    pub tasks: usize,
}

/// Closes every check-in whose time is over and calls for a nurse where the rules say so.
/// To be called every minute, and after the training clock moved. A round that comes late
/// judges each check-in as of its close, so it finds the same as one in time.
pub fn tick(conn: &mut Connection, now: Timestamp) -> Result<Closed> {
    crate::snooze::settle(conn, now, None)?;
    let mut done = Closed::default();
    for (kept, patient) in check_ins::to_close(conn, now)? {
        let close = kept.facts().close();
        if close > now {
            continue;
        }
        let has_left =
            matches!(patient, PatientState::Withdrawn | PatientState::Died | PatientState::Moved);
        let (state, cause) = if has_left {
            (CheckInState::Cancelled, StopCause::CheckInCancelled)
        } else {
            (CheckInState::Missed, StopCause::Closed)
        };
        check_ins::settle(conn, kept.id, state, now)?;
        letters::stop_questions(conn, now, &Actor::System, kept.id, cause)?;
        let detail = json!({"code": kept.code.code(), "state": state.code()});
        let object = ("check_in", &kept.id as &dyn std::fmt::Display);
        let site = Some(kept.site_id);
        audit::append(conn, now, &Actor::System, site, "check_in.closed", object, &detail)?;
        if has_left {
            done.cancelled += 1;
        } else {
            done.missed += 1;
            done.tasks += usize::from(call_for_a_nurse(conn, now, close, &kept)?);
        }
    }
    Ok(done)
}

/// Minutes until a silent patient is reached, after a first infusion or a fever the day before:
/// four hours where the level says a day, a day where it says three. A decision of this
/// product: the level stays (nobody is woken for it), the call comes first in the queue.
fn sooner(level: Level, contact_min: u32) -> u32 {
    match level {
        Level::Soon => contact_min.min(4 * 60),
        Level::Routine => contact_min.min(24 * 60),
        Level::None | Level::Urgent | Level::Emergency => contact_min,
    }
}

/// Lets the rules judge a silence; whether a task was opened or raised for it.
fn call_for_a_nurse(
    conn: &mut Connection,
    now: Timestamp,
    close: Timestamp,
    kept: &Kept,
) -> Result<bool> {
    let all = check_ins::of_infusion(conn, kept.infusion_id)?;
    let facts: Vec<CheckIn> = all.iter().map(Kept::facts).collect();
    let Some(missed) = Missed::of(&facts, kept.code, close) else { return Ok(false) };
    let scope = Scope::of([kept.site_id]);
    let Some(episode) = episodes::find(conn, &scope, kept.infusion_id)? else { return Ok(false) };
    let set = evaluate::rule_set(conn, now, &episode)?;
    let assessment = set.and_then(|set| judge(set, &episode, close, missed));
    let (level, flags) = match (set, &assessment) {
        (Some(set), Some(assessment)) => {
            let flags: Vec<NewFlag> =
                assessment.fired.iter().map(|fired| evaluate::flag(set, fired)).collect();
            (assessment.level, flags)
        }
        // Nobody heard from the patient and the rules cannot say what that means.
        _ => (Level::Soon, vec![evaluate::not_evaluated(&episode, Level::Soon)]),
    };
    if level == Level::None {
        return Ok(false);
    }
    let target = evaluate::target(set.map(|set| &set.set), level);
    let is_risky = calls::is_first(conn, kept.patient_id, kept.infusion_id)?
        || calls::had_fever(conn, kept.patient_id, close)?;
    let contact_min = if is_risky { sooner(level, target.contact_min) } else { target.contact_min };
    let need = Need {
        site: kept.site_id,
        patient: kept.patient_id,
        infusion: kept.infusion_id,
        kind: TaskKind::MissedCheckIn,
        level,
        acknowledge_min: target.acknowledge_min,
        contact_min,
        report: None,
    };
    let raised = tasks::open_or_raise(conn, now, &need)?;
    for flag in &flags {
        let origin = Origin { check_in: Some(kept.id), ..Origin::default() };
        tasks::flag(conn, now, raised.task, origin, flag)?;
    }
    Ok(raised.change != tasks::Change::Attached)
}

fn judge(set: &InForce, episode: &Episode, close: Timestamp, missed: Missed) -> Option<Assessment> {
    let input = json!({
        "history": {"product": episode.product_kind.code()},
        "hours_since_infusion": crate::domain::input::decimal_to_json(
            close.hours_since(episode.t0)
        ),
        "schedule": {
            "d1_overdue": missed.d1_overdue,
            "consecutive_missed": missed.consecutive_missed,
            "later_missed": missed.later_missed,
        },
    });
    evaluate::apply(&set.set, episode, &Input::from_json(&input).ok()?)
}

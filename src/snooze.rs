//! Keeping an expected level quiet for one patient and symptom: deciding it, ending it.

use serde::Deserialize;
use serde_json::json;

use crate::domain::entry;
use crate::domain::grading::SymptomCode;
use crate::domain::problem::{Problems, Reason};
use crate::domain::snooze::{MOST_DAYS, NotQuiet, Snooze, SnoozeEnd};
use crate::domain::{
    Actor, Codelist, Day, InfusionId, PatientId, ReportId, SnoozeId, StaffId, Timestamp,
};
use crate::intake::{self, Replay};
use crate::registry::Refusal;
use crate::store::patients::Patient;
use crate::store::sites::Site;
use crate::store::snoozes::{self, Made};
use crate::store::{self, Connection, audit};

/// What is decided, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SnoozeForm {
    /// The code of the symptom.
    pub symptom: String,
    /// The last day, on the clinic's calendar.
    pub until: String,
    /// Why.
    pub reason: String,
}

/// What a snooze is decided on: the newest report after the latest infusion, judged again.
#[derive(Debug, Clone)]
pub struct Ground {
    /// After which infusion.
    pub infusion: InfusionId,
    /// Which report.
    pub report: ReportId,
    /// What the rules make of it.
    pub replay: Replay,
}

/// What a snooze of a patient would be decided on. `None` without a report that the rules
/// could be applied to.
pub fn ground(
    conn: &mut Connection,
    now: Timestamp,
    patient: &Patient,
) -> Result<Option<Ground>, store::Error> {
    let scope = crate::domain::Scope::of([patient.site_id]);
    let Some((infusion, report)) = snoozes::latest_report(conn, &scope, patient.id, now)? else {
        return Ok(None);
    };
    Ok(intake::replay(conn, report)?.map(|replay| Ground { infusion, report, replay }))
}

/// The symptoms of the newest report, worst first, and whether each may be kept quiet.
#[must_use]
pub fn choices(ground: &Ground) -> Vec<(SymptomCode, Result<Snooze, NotQuiet>)> {
    let Replay { set, assessment } = &ground.replay;
    let mut codes: Vec<_> = assessment.grades.iter().collect();
    codes.sort_by_key(|(_, found)| std::cmp::Reverse(found.grade));
    codes.into_iter().map(|(code, _)| (*code, Snooze::of(set, assessment, *code))).collect()
}

/// Decides that a level stays quiet.
pub fn begin(
    conn: &mut Connection,
    now: Timestamp,
    (actor, by): (&Actor, StaffId),
    (patient, site): (&Patient, &Site),
    form: &SnoozeForm,
) -> Result<SnoozeId, Refusal> {
    settle(conn, now, Some(patient.id))?;
    let ground = ground(conn, now, patient)?;
    let mut p = Problems::new();
    let symptom = p.take("symptom", entry::choice::<SymptomCode>(&form.symptom));
    let until = p.take("until", last_day(&form.until, now, site));
    let reason = p.take("reason", entry::note(&form.reason));
    if reason == Some(None) {
        p.add("reason", Reason::NeedsReason);
    }
    let what = match (symptom, &ground) {
        (Some(symptom), Some(Ground { replay, .. })) => {
            let what = Snooze::of(&replay.set, &replay.assessment, symptom);
            p.take("symptom", what.map_err(refused))
        }
        (Some(_), None) => p.take("symptom", Err(Reason::NotReported)),
        (None, _) => None,
    };
    if let Some(what) = &what
        && snoozes::in_force(conn, patient.id)?.iter().any(|one| one.what.symptom == what.symptom)
    {
        p.add("symptom", Reason::QuietAlready);
    }
    let (Some(what), Some(until), Some(Some(reason)), Some(ground), true) =
        (what, until, reason, ground, p.is_empty())
    else {
        return Err(Refusal::Problems(p));
    };
    let made = Made {
        id: SnoozeId::new(),
        site: site.id,
        patient: patient.id,
        infusion: ground.infusion,
        report: ground.report,
        what,
        until,
        reason,
        made_at: now,
        made_by: by,
        ended_at: None,
        end_cause: None,
        end_reason: None,
    };
    snoozes::insert(conn, &made)?;
    let detail = json!({
        "patient": made.patient.to_string(),
        "symptom": made.what.symptom.code(),
        "grade": made.what.grade.number(),
        "rules": made.what.rules,
        "until": made.until.to_string(),
        "reason": made.reason,
    });
    audit::append(conn, now, actor, Some(site.id), "snooze.begun", ("snooze", &made.id), &detail)?;
    Ok(made.id)
}

/// The end of the last day, on the clinic's wall clock.
fn last_day(text: &str, now: Timestamp, site: &Site) -> Result<Timestamp, Reason> {
    let zone = site.time_zone.jiff();
    let (day, today): (Day, Day) = (entry::day(text)?, now.day(zone));
    let most = today.plus_days(MOST_DAYS);
    if day < today || day > most {
        return Err(Reason::OutOfRange(today.to_string(), most.to_string()));
    }
    day.plus_days(1).start(zone).ok_or(Reason::NotDay)
}

fn refused(why: NotQuiet) -> Reason {
    match why {
        NotQuiet::NotReported => Reason::NotReported,
        NotQuiet::Emergency(rule) => Reason::NeverQuiet(rule),
        NotQuiet::FiresNothing => Reason::NothingToQuiet,
    }
}

/// Ends one before its time.
pub fn end(
    conn: &mut Connection,
    now: Timestamp,
    (actor, by): (&Actor, StaffId),
    made: &Made,
    reason: &str,
) -> Result<(), Refusal> {
    let mut p = Problems::new();
    let reason = p.take("reason", entry::note(reason));
    if reason == Some(None) {
        p.add("reason", Reason::NeedsReason);
    }
    let Some(Some(reason)) = reason else { return Err(Refusal::Problems(p)) };
    if !snoozes::end(conn, now, made.id, SnoozeEnd::Person, Some((by, &reason)))? {
        return Err(Refusal::Changed);
    }
    note_end(conn, now, actor, made, SnoozeEnd::Person, Some(&reason))?;
    Ok(())
}

/// Ends those, of a patient or of all, whose day has come or after which a further infusion
/// was given.
pub fn settle(
    conn: &mut Connection,
    now: Timestamp,
    patient: Option<PatientId>,
) -> Result<(), store::Error> {
    for (made, cause) in snoozes::over(conn, now, patient)? {
        broken(conn, now, &made, cause)?;
    }
    Ok(())
}

/// Ends one by itself.
pub(crate) fn broken(
    conn: &mut Connection,
    now: Timestamp,
    made: &Made,
    cause: SnoozeEnd,
) -> Result<(), store::Error> {
    if snoozes::end(conn, now, made.id, cause, None)? {
        note_end(conn, now, &Actor::System, made, cause, None)?;
    }
    Ok(())
}

fn note_end(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    made: &Made,
    cause: SnoozeEnd,
    reason: Option<&str>,
) -> Result<(), store::Error> {
    let detail = json!({
        "patient": made.patient.to_string(),
        "symptom": made.what.symptom.code(),
        "cause": cause.code(),
        "reason": reason,
    });
    audit::append(conn, now, actor, Some(made.site), "snooze.ended", ("snooze", &made.id), &detail)
}

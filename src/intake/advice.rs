//! What the patient reads after a report: what to do now, and how far we have come.

use crate::domain::escalation::{AdviceContext, Assessment, RuleSet, advice};
use crate::domain::grading::CtcaeVersion;
use crate::domain::input::Input;
use crate::domain::registry::Evaluation;
use crate::domain::{Codelist, Language, Level, ReportId, Scope, Timestamp};
use crate::i18n::{moments, patient_result};
use crate::store::episodes::{self, Episode};
use crate::store::{Connection, Error, Result, reports, rule_sets, snoozes};
use crate::{follow_up, rules};

/// A report judged again under the rules it was judged by.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The rules, as they were.
    pub set: RuleSet,
    /// What they make of it: what they made of it then.
    pub assessment: Assessment,
}

/// Judges a kept report again under the version of the rules that was used. `None` when
/// there is no such report or the rules could not be applied to it.
pub fn replay(conn: &mut Connection, report: ReportId) -> Result<Option<Replay>> {
    let Some(kept) = reports::kept(conn, report)? else { return Ok(None) };
    if kept.evaluation == Evaluation::Failed {
        return Ok(None);
    }
    let damaged = |what: String| Error::Damaged { table: "report", id: report.to_string(), what };
    let version = u32::try_from(kept.rule_set_version).unwrap_or(0);
    let in_force = rules::all().iter().map(|one| &one.set).find(|set| {
        let identity = set.identity();
        identity.id == kept.rule_set && identity.version == version
    });
    let set = if let Some(set) = in_force {
        set.clone()
    } else {
        let text = rule_sets::text(conn, &kept.rule_set, kept.rule_set_version)?
            .ok_or_else(|| damaged(format!("the rule set {} is missing", kept.rule_set)))?;
        RuleSet::load(&text)
            .map_err(|_| damaged(format!("the rule set {} has mistakes", kept.rule_set)))?
    };
    let input = serde_json::from_str(&kept.input).map_err(|error| damaged(error.to_string()))?;
    let input = Input::from_json(&input)
        .map_err(|problems| damaged(format!("{} fields are not readable", problems.len())))?;
    let edition = CtcaeVersion::from_code(&kept.ctcae_version)
        .ok_or_else(|| damaged(format!("CTCAE {:?} is not known", kept.ctcae_version)))?;
    let assessment = crate::domain::escalation::assess(&set, edition, &input);
    Ok(Some(Replay { set, assessment }))
}

/// What to do now, one paragraph each: the text of the level, then a line for each rule
/// (REFERENCE §4.2, §4.6). A report that could not be judged reads as URGENT.
///
/// `None` when there is no such report.
pub fn advice_for(
    conn: &mut Connection,
    now: Timestamp,
    report: ReportId,
    language: Language,
) -> Result<Option<Vec<String>>> {
    let Some(kept) = reports::kept(conn, report)? else { return Ok(None) };
    let scope = Scope::of([kept.site_id]);
    let Some(episode) = episodes::find(conn, &scope, kept.infusion_id)? else { return Ok(None) };
    let mut replay = replay(conn, report)?;
    let quiet = snoozes::quiet_rules(conn, report)?;
    if let Some(Replay { assessment, .. }) = &mut replay {
        assessment.fired.retain(|fired| !quiet.contains(&fired.rule));
        assessment.level = kept.level;
    }
    let mut paragraphs = paragraphs(conn, now, &episode, language, |context| match &replay {
        Some(replay) => advice(&replay.set, &replay.assessment, language, context),
        None => unjudged(&episode, language, context),
    })?;
    // "This fits the first two days" would be wrong of what only a person knows to be usual.
    if kept.level == Level::None && !quiet.is_empty() {
        let known = patient_result::result(language).known_to_the_team.to_owned();
        match paragraphs.first_mut() {
            Some(first) => *first = known,
            None => paragraphs.push(known),
        }
    }
    Ok(Some(paragraphs))
}

/// The text of URGENT without any rule.
fn unjudged(episode: &Episode, language: Language, context: &AdviceContext<'_>) -> Vec<String> {
    let set = rules::of(&episode.rule_set).or_else(|| rules::all().first());
    let text = set.and_then(|one| one.set.texts().levels.get(&Level::Urgent));
    let number = context.emergency_number;
    text.map(|text| text.get(language).replace("{EMERGENCY_NUMBER}", number)).into_iter().collect()
}

/// Fills the blanks of a text with what the clinic and the follow-up know.
pub(super) fn paragraphs(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    language: Language,
    text: impl FnOnce(&AdviceContext<'_>) -> Vec<String>,
) -> Result<Vec<String>> {
    let date = moments::day(episode.t0.day(episode.zone.jiff()), language);
    let next = follow_up::next_check_in(conn, now, episode)?
        .map(|(_, at)| moments::moment(at, &episode.zone, language));
    Ok(text(&AdviceContext {
        emergency_number: &episode.emergency_number,
        infusion_date: &date,
        next_check_in: next.as_deref(),
        crisis_line: episode.crisis_line.as_deref(),
    }))
}

/// How far the clinic has come with a report, for the patient. Nothing clinical: no grade,
/// no rule, no note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Short, for the phone.
    pub reference: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// When a nurse read it; none while nobody has, or when nobody needs to.
    pub read_at: Option<Timestamp>,
    /// When the patient was reached by phone.
    pub rang_at: Option<Timestamp>,
    /// When somebody last rang in vain, while the patient has not been reached.
    pub tried_at: Option<Timestamp>,
    /// Until when somebody will ring; none when nobody needs to, or somebody has.
    pub rings_before: Option<Timestamp>,
    /// When the work on it ended.
    pub done_at: Option<Timestamp>,
}

/// The status of a report. `None` when there is no such report.
pub fn status(conn: &mut Connection, report: ReportId) -> Result<Option<Status>> {
    let Some(progress) = reports::progress(conn, report)? else { return Ok(None) };
    let tried_at = match progress.task.filter(|_| progress.reached_at.is_none()) {
        Some(task) => reports::last_vain_call(conn, task)?,
        None => None,
    };
    // An older call about the same infusion says nothing about this report.
    let about_this = |at: &Timestamp| *at >= progress.received_at;
    Ok(Some(Status {
        rang_at: progress.reached_at.filter(about_this),
        tried_at: tried_at.filter(about_this),
        reference: progress.reference,
        received_at: progress.received_at,
        read_at: progress.acknowledged_at,
        // ROUTINE is looked at, and needs no call.
        rings_before: progress.contact_by.filter(|_| {
            progress.level >= Level::Soon
                && progress.reached_at.is_none()
                && progress.closed_at.is_none()
        }),
        done_at: progress.closed_at,
    }))
}

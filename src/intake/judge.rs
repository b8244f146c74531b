//! From the answers and what the clinic knows to grades, flags and a level.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{IntakeError, attribution, evaluate};
use crate::domain::escalation::{Assessment, Target};
use crate::domain::grading::{Grade, SymptomCode};
use crate::domain::input::{Input, Problem, Reason, Report, Timing, decimal_to_json};
use crate::domain::snooze::{self, SnoozeEnd};
use crate::domain::{Codelist, Level, ReportId, Scope, SnoozeId, Timestamp};
use crate::store::episodes::{self, Episode, Given};
use crate::store::lots;
use crate::store::reports::{self, NewSymptom};
use crate::store::snoozes::{self, Made};
use crate::store::tasks::NewFlag;
use crate::store::{self, Connection};

/// What became of a report before anything was kept.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub hours_since_infusion: Decimal,
    pub input: Value,
    pub free_text: Option<String>,
    pub temp_adj_c: Option<String>,
    pub level: Level,
    pub target: Target,
    pub is_evaluated: bool,
    pub rule_set: String,
    pub rule_set_version: i32,
    pub grades: BTreeMap<SymptomCode, Grade>,
    /// Every rule that fired, in the order of the set.
    pub rules: Vec<String>,
    /// Those that speak.
    pub flags: Vec<NewFlag>,
    /// Those that a person has put off for this patient.
    pub quiet: Vec<(NewFlag, SnoozeId)>,
    /// What the report ends.
    pub broken: Vec<(Made, SnoozeEnd)>,
    pub symptoms: Vec<NewSymptom>,
}

/// The facts that the clinic adds to the answers (REFERENCE §1.3). A correction is judged
/// as of the moment when the report was first told: `versions` are the earlier ones.
pub(super) fn input(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    report: &Value,
    versions: &[ReportId],
) -> Result<(Decimal, Value), store::Error> {
    let first = match versions.first() {
        Some(first) => reports::kept(conn, *first)?,
        None => None,
    };
    let told_at = first.map_or(now, |first| first.received_at);
    let hours = told_at.hours_since(episode.t0);
    let mut input = Map::new();
    let history = json!({
        "product": episode.product_kind.code(),
        "infection_risk": episode.infection_risk
            || lots::events::raise_risk(conn, episode.patient, told_at)?,
        "prior_severe": episodes::prior_severe(conn, episode)?,
    });
    input.insert("history".to_owned(), history);
    input.insert("hours_since_infusion".to_owned(), decimal_to_json(hours));
    let previous = episodes::previous_report(conn, episode.infusion, told_at, versions)?;
    if let Some(previous) = previous {
        let hours_before = decimal_to_json(told_at.hours_since(previous.received_at));
        let previous = json!({"hours_before": hours_before, "grades": previous.grades});
        input.insert("previous_report".to_owned(), previous);
    }
    input.insert("report".to_owned(), report.clone());
    Ok((hours, Value::Object(input)))
}

/// Checks and judges a report.
pub(super) fn judge(
    conn: &mut Connection,
    now: Timestamp,
    episode: &Episode,
    report: &Value,
    versions: &[ReportId],
) -> Result<Judged, IntakeError> {
    let (hours, raw) = input(conn, now, episode, report, versions)?;
    let input = match evaluate::read(&raw) {
        Some(Ok(input)) => Some(input),
        Some(Err(problems)) => return Err(IntakeError::Refused(problems)),
        None => None,
    };
    if input.as_ref().is_some_and(|input| input.report.is_none()) {
        let missing = Problem { field: "report".to_owned(), reason: Reason::Missing };
        return Err(IntakeError::Refused(vec![missing]));
    }
    let set = evaluate::rule_set(conn, now, episode)?;
    let assessment = match (set, &input) {
        (Some(set), Some(input)) => evaluate::apply(&set.set, episode, input),
        _ => None,
    };
    let given = episodes::given(conn, &Scope::of([episode.site]), episode.patient)?;
    let told = input.as_ref().and_then(|input| input.report.as_ref());
    let kept = input.as_ref().map_or_else(|| raw.clone(), Input::to_json);
    let symptoms = told.map_or_else(Vec::new, |told| {
        symptoms(&Told { report: told, json: &kept, episode, given: &given }, assessment.as_ref())
    });
    let heard = if let (Some(set), Some(assessment)) = (set, &assessment) {
        hear(conn, episode, set, assessment)?
    } else {
        Heard::unknown(episode)
    };
    let Heard { flags, quiet, broken, level } = heard;
    let rules = match &assessment {
        Some(assessment) => assessment.fired.iter().map(|fired| fired.rule.clone()).collect(),
        None => flags.iter().map(|flag| flag.rule.clone()).collect(),
    };
    Ok(Judged {
        hours_since_infusion: hours,
        free_text: told.and_then(|told| told.free_text.clone()),
        temp_adj_c: assessment.as_ref().and_then(|a| a.temp_adj_c).map(|t| t.to_string()),
        level,
        target: evaluate::target(set.map(|set| &set.set), level),
        is_evaluated: assessment.is_some(),
        rule_set: set.map_or(&episode.rule_set, |set| &set.set.identity().id).clone(),
        rule_set_version: set.map_or(0, crate::rules::InForce::version),
        grades: assessment.as_ref().map(grades).unwrap_or_default(),
        rules,
        flags,
        quiet,
        broken,
        symptoms,
        input: kept,
    })
}

/// The rules that fired, parted into those that speak and those that a person put off.
pub(super) struct Heard {
    pub flags: Vec<NewFlag>,
    pub quiet: Vec<(NewFlag, SnoozeId)>,
    pub broken: Vec<(Made, SnoozeEnd)>,
    pub level: Level,
}

impl Heard {
    /// What there is to hear when the rules could not be applied.
    fn unknown(episode: &Episode) -> Self {
        Self {
            flags: vec![evaluate::not_evaluated(episode, Level::Urgent)],
            quiet: Vec::new(),
            broken: Vec::new(),
            level: Level::Urgent,
        }
    }
}

/// Parts the rules that fired. What the report breaks keeps nothing quiet any more.
pub(super) fn hear(
    conn: &mut Connection,
    episode: &Episode,
    set: &crate::rules::InForce,
    assessment: &Assessment,
) -> Result<Heard, store::Error> {
    let mut broken = Vec::new();
    let mut in_force = Vec::new();
    for made in snoozes::in_force(conn, episode.patient)? {
        match made.what.broken_by(&assessment.grades) {
            Some(cause) => broken.push((made, cause)),
            None if made.infusion == episode.infusion => in_force.push(made),
            None => {}
        }
    }
    let what: Vec<_> = in_force.iter().map(|made| made.what.clone()).collect();
    let by = snooze::quiet(&set.set, assessment, &what);
    let mut heard = Heard {
        flags: Vec::new(),
        quiet: Vec::new(),
        broken,
        level: snooze::loud_level(assessment, &by),
    };
    for (fired, by) in assessment.fired.iter().zip(by) {
        let flag = evaluate::flag(set, fired);
        match by.and_then(|place| in_force.get(place)) {
            Some(made) => heard.quiet.push((flag, made.id)),
            None => heard.flags.push(flag),
        }
    }
    Ok(heard)
}

fn grades(assessment: &Assessment) -> BTreeMap<SymptomCode, Grade> {
    assessment.grades.iter().map(|(code, found)| (*code, found.grade)).collect()
}

/// A report that was read, with what is needed to keep its symptoms.
struct Told<'a> {
    report: &'a Report,
    json: &'a Value,
    episode: &'a Episode,
    given: &'a [Given],
}

/// A row for every symptom entered, and for those that follow from what was measured.
fn symptoms(told: &Told<'_>, assessment: Option<&Assessment>) -> Vec<NewSymptom> {
    let nothing = Timing::default();
    let json = told.json.get("report").unwrap_or(&Value::Null);
    let mut rows: Vec<NewSymptom> = told
        .report
        .symptoms
        .iter()
        .map(|(code, symptom)| {
            let answers = json.get("symptoms").and_then(|all| all.get(code.code()));
            row(told, *code, &symptom.timing, answers, assessment)
        })
        .collect();
    let fever = told
        .report
        .temp
        .as_ref()
        .map(|temp| (&temp.timing, "temp"))
        .or_else(|| told.report.feverish.as_ref().map(|timing| (timing, "feverish")));
    let measured = [
        (
            SymptomCode::Fever,
            fever.map_or(&nothing, |(timing, _)| timing),
            fever.map(|(_, key)| key),
        ),
        (SymptomCode::Hypotension, &nothing, Some("vitals")),
        (SymptomCode::Hypoxia, &nothing, Some("vitals")),
    ];
    for (code, timing, key) in measured {
        let Some(assessment) = assessment else { continue };
        if assessment.grades.contains_key(&code) || assessment.known_before.contains(&code) {
            let answers = key.and_then(|key| json.get(key));
            rows.push(row(told, code, timing, answers, Some(assessment)));
        }
    }
    rows
}

fn row(
    told: &Told<'_>,
    code: SymptomCode,
    timing: &Timing,
    answers: Option<&Value>,
    assessment: Option<&Assessment>,
) -> NewSymptom {
    let found = assessment.and_then(|assessment| assessment.grades.get(&code));
    let grade = match (assessment, found) {
        (None, _) => None,
        (Some(_), Some(found)) => Some(i32::from(found.grade.number())),
        (Some(_), None) if timing.is_dropped() => None,
        (Some(_), None) => Some(0),
    };
    let hours = |hours: Option<Decimal>| hours.map(|hours| hours.normalize().to_string());
    NewSymptom {
        code: code.code().to_owned(),
        infusion: attribution::infusion_of(told.given, told.episode, timing.onset_h),
        grade,
        onset_h: hours(timing.onset_h),
        duration_h: hours(timing.duration_h),
        resolved_h_ago: hours(timing.resolved_h_ago),
        in_expected_window: found.is_some_and(|found| found.in_expected_window),
        preexisting: timing.preexisting,
        answers: answers.unwrap_or(&Value::Object(Map::new())).to_string(),
    }
}

/// Whether a report says what an input that was kept says.
pub(super) fn says_the_same(kept: &str, report: &Value) -> bool {
    let probe = json!({
        "history": {"product": "autologous"},
        "hours_since_infusion": 0,
        "report": report,
    });
    let Some(Ok(probe)) = evaluate::read(&probe) else { return false };
    let kept: Value = serde_json::from_str(kept).unwrap_or_default();
    kept.get("report") == probe.to_json().get("report")
}

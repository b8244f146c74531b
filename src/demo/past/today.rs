//! The last hours before the training begins: a queue in which every level waits.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{DemoError, Event, Past};
use crate::demo::PatientLink;
use crate::domain::registry::ReportSource;
use crate::domain::task::{Action, CallResult};
use crate::domain::{Actor, Language, Scope, TaskId, Timestamp};
use crate::intake::{self, NewDraft, Submission};
use crate::store::{Connection, infusions, links, training};
use crate::triage::{self, Step};

/// What is reported in the last hours, and how many minutes before the training begins.
/// The places in the list are the [`Event::Story`] numbers.
const STORIES: &[(i64, Story)] = &[
    (6, Story::UnfinishedThroat),
    (16, Story::FeverWithRigors),
    (75, Story::SwollenArm),
    (190, Story::TwoModerate),
    (540, Story::MildItch),
    (34, Story::ConcernWords),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    /// ROUTINE.
    MildItch,
    /// SOON.
    TwoModerate,
    /// URGENT, taken, called in vain.
    SwollenArm,
    /// URGENT, by what was written.
    ConcernWords,
    /// URGENT: what a contaminated bag looks like.
    FeverWithRigors,
    /// EMERGENCY in a report that was never sent.
    UnfinishedThroat,
}

impl Past<'_> {
    /// Chooses who tells the stories and plans them, the most telling first.
    pub(super) fn plan_stories(&mut self) {
        let tellers = self.tellers();
        for (place, person) in tellers.into_iter().enumerate() {
            let at = self.now.minus(SignedDuration::from_mins(STORIES[place].0));
            self.at(at, Event::Story { place, person });
        }
    }

    /// Patients of clinics that report, the latest infused first, but not within ten hours.
    fn tellers(&self) -> Vec<usize> {
        let newest = self.now.minus(SignedDuration::from_hours(10));
        let mut found: Vec<(Timestamp, usize)> = self
            .cohort
            .patients
            .iter()
            .enumerate()
            .filter(|(_, plan)| !self.cohort.clinics[plan.clinic].is_silent)
            .filter_map(|(person, plan)| Some((plan.infusions.last()?.t0, person)))
            .filter(|(t0, _)| *t0 < newest)
            .collect();
        found.sort_by_key(|(t0, person)| (std::cmp::Reverse(*t0), *person));
        found.into_iter().map(|(_, person)| person).take(STORIES.len()).collect()
    }

    pub(super) fn tell(
        &mut self,
        conn: &mut Connection,
        at: Timestamp,
        (place, person): (usize, usize),
    ) -> Result<(), DemoError> {
        let (_, story) = STORIES[place];
        let plan = &self.cohort.patients[person];
        let Some(patient) = self.patients[person] else { return Ok(()) };
        let scope = Scope::of([self.clinics[plan.clinic].site]);
        let Some(infusion) = infusions::of_patient(conn, &scope, patient)?.pop() else {
            return Ok(());
        };
        let Some(link) = links::live(conn, infusion.id, at)? else { return Ok(()) };
        let actor = Actor::Patient { patient, link: link.id };
        #[expect(clippy::cast_precision_loss, reason = "hours of three days")]
        let hours = at.since(infusion.t0).as_mins() as f64 / 60.0;
        let report = story.report(hours, plan.language);
        let task = if story == Story::UnfinishedThroat {
            let new = NewDraft {
                infusion: infusion.id,
                source: ReportSource::Patient,
                language: plan.language,
            };
            let draft = intake::begin(conn, at, &actor, new)?;
            intake::save_step(conn, at, &actor, draft, &report)?.task
        } else {
            let submission = Submission {
                infusion: infusion.id,
                source: ReportSource::Patient,
                staff: None,
                language: plan.language,
                report,
                draft: None,
                idempotency_key: None,
                supersedes: None,
            };
            intake::receive(conn, at, &actor, &submission)?.task
        };
        let Some(task) = task else { return Ok(()) };
        // Nobody works on it before the training begins, but for the one call.
        self.known_tasks.insert(task);
        if story == Story::SwollenArm {
            let nurse = self.clinics[plan.clinic].nurse.clone();
            self.take_and_call_in_vain(conn, at, (task, scope, nurse))?;
        }
        Ok(())
    }

    fn take_and_call_in_vain(
        &self,
        conn: &mut Connection,
        at: Timestamp,
        (task, scope, actor): (TaskId, Scope, Actor),
    ) -> Result<(), DemoError> {
        let call = Action::Call {
            result: Some(CallResult::NoAnswer),
            next_try_at: Some(self.now.plus_minutes(9)),
            note: String::new(),
        };
        for (minutes, action) in [(9, Action::Take), (14, call)] {
            let Some(open) = training::open_task(conn, task)? else { return Ok(()) };
            let step =
                Step { actor: actor.clone(), scope: scope.clone(), task, version: open.version };
            triage::act(conn, at.plus_minutes(minutes), &step, &action)?;
        }
        Ok(())
    }

    /// One patient of each language whose link can be tried, infused most lately.
    pub(super) fn links_to_try(
        &self,
        conn: &mut Connection,
        now: Timestamp,
    ) -> Result<Vec<PatientLink>, DemoError> {
        let mut recent: Vec<(usize, Timestamp)> = self
            .cohort
            .patients
            .iter()
            .enumerate()
            .filter(|(_, plan)| !self.cohort.clinics[plan.clinic].is_silent)
            .filter_map(|(person, plan)| Some((person, plan.infusions.last()?.t0)))
            .collect();
        recent.sort_by_key(|(person, t0)| (std::cmp::Reverse(*t0), *person));
        // The tellers of stories have open tasks; a fresh page is better to learn from.
        let told = self.tellers();
        recent.sort_by_key(|(person, _)| told.contains(person));
        let mut found = Vec::new();
        for language in [Language::ZhCn, Language::En] {
            for (person, _) in &recent {
                let plan = &self.cohort.patients[*person];
                let Some(patient) = self.patients[*person].filter(|_| plan.language == language)
                else {
                    continue;
                };
                let scope = Scope::of([self.clinics[plan.clinic].site]);
                let Some(infusion) = infusions::of_patient(conn, &scope, patient)?.pop() else {
                    continue;
                };
                if let Some(link) = links::live(conn, infusion.id, now)? {
                    let token = self.keys.link_token(&link.nonce);
                    found.push(PatientLink { language, token, birth_year: plan.birth_year });
                    break;
                }
            }
        }
        Ok(found)
    }
}

impl Story {
    /// The `report` object, `hours` after the infusion.
    fn report(self, hours: f64, language: Language) -> Value {
        let ago = |span: f64| {
            let span = span.min(hours - 0.5);
            json!({
                "onset_h": ((hours - span) * 10.0).round() / 10.0,
                "duration_h": (span * 10.0).round() / 10.0,
            })
        };
        let with = |times: Value, mut answers: Value| {
            if let (Some(answers), Value::Object(times)) = (answers.as_object_mut(), times) {
                answers.extend(times);
            }
            answers
        };
        match self {
            Self::MildItch => json!({"symptoms": {"PRURITUS": with(ago(3.0), json!({"adl": 1}))}}),
            Self::TwoModerate => json!({"symptoms": {
                "FATIGUE": with(ago(8.0), json!({"relieved_by_rest": false, "adl": 2})),
                "HEADACHE": with(ago(6.0), json!({"sev": 2, "adl": 2})),
            }}),
            Self::SwollenArm => json!({"symptoms": {
                "LIMB_SWELLING": with(ago(5.0), json!({"sev": 1, "adl": 1, "unilateral": true})),
            }}),
            Self::ConcernWords => json!({
                "symptoms": {"FATIGUE": with(ago(4.0), json!({"relieved_by_rest": true, "adl": 1}))},
                "free_text": match language {
                    Language::En => "I feel a bit short of breath on the stairs since this morning.",
                    Language::ZhCn => "今天早上开始爬楼梯有点气短。",
                },
            }),
            Self::FeverWithRigors => json!({
                "temp": with(ago(3.0), json!({
                    "value": 39.5, "unit": "C", "site": "axillary", "antipyretic_6h": true,
                })),
                "symptoms": {"CHILLS": with(ago(2.0), json!({"shaking": 2}))},
            }),
            Self::UnfinishedThroat => json!({"flags": {"throat_tight": true}}),
        }
    }
}

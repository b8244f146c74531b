//! A task that nobody takes goes to the next people, until a named person takes it.

use std::collections::BTreeMap;

use afterwatch::domain::chain::{Audience, StepState, StepStop, Times};
use afterwatch::domain::letter::{MailState, StopCause};
use afterwatch::domain::task::{Action, CallResult, Outcome, TaskEventKind, TaskKind, WorthAFlag};
use afterwatch::domain::{Level, Role, Scope, SiteId, StaffId, StepId, TaskId};
use afterwatch::store::schema::{duty, outbox, step_told, task};
use afterwatch::store::steps::{self, StepRow};
use afterwatch::store::tasks::{self, Need};
use afterwatch::store::{outbox as mails, policies};
use afterwatch::triage::{self, Step};
use afterwatch::{due_work, escalation};
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::ward::{Ward, chest_pain, fever};

/// A ward with one person of every role that a chain climbs to.
pub struct Clinic {
    pub ward: Ward,
    pub colleague: StaffId,
    pub physician: StaffId,
    pub officer: StaffId,
}

impl Clinic {
    pub async fn new() -> Self {
        let ward = Ward::new().await;
        let colleague = ward.app.person(&[(ward.site, Role::Nurse)], false).await;
        let physician = ward.app.person(&[(ward.site, Role::Physician)], false).await;
        let officer = ward.app.person(&[(ward.site, Role::SafetyOfficer)], false).await;
        Self { ward, colleague, physician, officer }
    }

    /// Opens a task, as intake, silence and mail do.
    pub async fn task(&self, level: Level) -> TaskId {
        let (now, site, infused) = (self.ward.app.now(), self.ward.site, self.ward.infused);
        let (acknowledge_min, contact_min) = match level {
            Level::Emergency => (Some(15), 30),
            Level::Urgent => (Some(30), 120),
            Level::Soon => (None, 24 * 60),
            Level::Routine | Level::None => (None, 72 * 60),
        };
        let need = Need {
            site,
            patient: infused.patient,
            infusion: infused.infusion,
            kind: TaskKind::Report,
            level,
            acknowledge_min,
            contact_min,
            report: None,
        };
        self.ward
            .app
            .write(move |conn| {
                let raised = tasks::open_or_raise(conn, now, &need)?;
                escalation::tell(conn, now, raised.task)?;
                Ok(raised.task)
            })
            .await
    }

    /// Moves the clock on and lets the minute's work be done.
    pub async fn minutes(&self, minutes: i64) {
        self.ward.app.advance(SignedDuration::from_mins(minutes));
        self.work().await;
    }

    pub async fn work(&self) {
        let now = self.ward.app.now();
        self.ward.app.write(move |conn| due_work::tick(conn, now)).await;
    }

    pub async fn steps(&self, of: TaskId) -> Vec<StepRow> {
        self.ward.app.read(move |conn| steps::of_task(conn, of)).await
    }

    /// The steps that were done, by chain and number, with whom they told.
    pub async fn told(&self, of: TaskId) -> Vec<(i32, i32, Vec<StaffId>)> {
        let rows: Vec<(StepId, StaffId)> = self
            .ward
            .app
            .read(|conn| {
                Ok(step_told::table
                    .order((step_told::step_id, step_told::staff_id))
                    .select((step_told::step_id, step_told::staff_id))
                    .load(conn)?)
            })
            .await;
        let people = |id| rows.iter().filter(move |(step, _)| *step == id).map(|(_, who)| *who);
        self.steps(of)
            .await
            .iter()
            .filter(|step| step.state == StepState::Done)
            .map(|step| (step.chain, step.number, people(step.id).collect()))
            .collect()
    }

    pub async fn act(&self, id: TaskId, action: Action) {
        let (now, site, actor) = (self.ward.app.now(), self.ward.site, self.ward.nurse());
        let version = self
            .ward
            .app
            .read(move |conn| Ok(task::table.find(id).select(task::version).first(conn)?))
            .await;
        let step = Step { actor, scope: Scope::of([site]), task: id, version };
        self.ward
            .app
            .app
            .db
            .write(move |conn| triage::act(conn, now, &step, &action))
            .await
            .unwrap();
    }

    async fn is_taken(&self, id: TaskId) -> bool {
        self.ward
            .app
            .read(move |conn| {
                let taken = task::acknowledged_at.is_not_null();
                Ok(task::table.find(id).select(taken).first(conn)?)
            })
            .await
    }

    async fn unheard(&self, site: SiteId) -> Vec<TaskId> {
        let now = self.ward.app.now();
        let found =
            self.ward.app.read(move |conn| steps::unheard(conn, &Scope::of([site]), now)).await;
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// Settles every mail that waits.
    pub async fn mail(&self, state: MailState) {
        let now = self.ward.app.now();
        self.ward
            .app
            .write(move |conn| {
                let waiting = outbox::table
                    .filter(outbox::state.eq(MailState::Planned))
                    .select(outbox::id)
                    .load(conn)?;
                for id in waiting {
                    if state == MailState::Accepted {
                        mails::accepted(conn, now, id)?;
                    } else {
                        mails::failed(conn, now, id, StopCause::Refused, "no such user")?;
                    }
                }
                Ok(())
            })
            .await;
    }
}

#[tokio::test]
async fn each_level_goes_to_the_charge_nurse_the_physician_and_the_safety_officer_in_time() {
    for (level, target) in [
        (Level::Emergency, 15),
        (Level::Urgent, 30),
        (Level::Soon, 24 * 60),
        (Level::Routine, 72 * 60),
    ] {
        let clinic = Clinic::new().await;
        let id = clinic.task(level).await;
        let (nurses, physician) = ([clinic.ward.nurse, clinic.colleague], clinic.physician);
        let mut expected = Vec::new();
        if level >= Level::Urgent {
            expected.push((1, 0, vec![clinic.ward.nurse]));
        }
        assert_eq!(clinic.told(id).await, expected, "{level:?} at once");
        let mut nurses = nurses.to_vec();
        nurses.sort_unstable();
        for (number, people) in [(1, nurses), (2, vec![physician]), (3, vec![clinic.officer])] {
            clinic.minutes(target - 1).await;
            assert_eq!(clinic.told(id).await, expected, "{level:?} a minute before {number}");
            clinic.minutes(1).await;
            expected.push((1, number, people));
            assert_eq!(clinic.told(id).await, expected, "{level:?} at {number}");
        }
        let mails = clinic.ward.count("alert").await;
        clinic.work().await;
        assert_eq!(clinic.ward.count("alert").await, mails, "{level:?} once each");
    }
}

#[tokio::test]
async fn everybody_is_told_again_until_a_named_person_takes_it() {
    let clinic = Clinic::new().await;
    let id = clinic.task(Level::Emergency).await;
    clinic.minutes(45).await;
    assert_eq!(clinic.told(id).await.len(), 4);
    clinic.minutes(14).await;
    assert_eq!(clinic.told(id).await.len(), 4);
    clinic.minutes(1).await;
    assert_eq!(clinic.told(id).await.len(), 8);
    // Asleep for two hours: told once, not eight times.
    clinic.minutes(120).await;
    assert_eq!(clinic.told(id).await.len(), 12);
    clinic.act(id, Action::Take).await;
    let waiting =
        |steps: Vec<StepRow>| steps.iter().filter(|s| s.state == StepState::Planned).count();
    assert_eq!(waiting(clinic.steps(id).await), 0);
    let last = clinic.steps(id).await.pop().unwrap();
    assert_eq!((last.state, last.cause), (StepState::Cancelled, Some(StepStop::Taken)));
    clinic.minutes(14).await;
    assert_eq!(clinic.told(id).await.len(), 12);
}

#[tokio::test]
async fn an_acknowledgement_without_progress_runs_out_and_climbs_on() {
    let clinic = Clinic::new().await;
    let id = clinic.task(Level::Emergency).await;
    clinic.minutes(10).await;
    clinic.act(id, Action::Take).await;
    clinic.minutes(19).await;
    assert!(clinic.is_taken(id).await);
    clinic.minutes(1).await;
    assert!(!clinic.is_taken(id).await, "the contact target has passed and nobody called");
    assert_eq!(clinic.ward.events(id).await.last(), Some(&TaskEventKind::RanOut));
    let numbers = |told: &[(i32, i32, Vec<StaffId>)]| -> Vec<(i32, i32)> {
        told.iter().map(|(chain, number, _)| (*chain, *number)).collect()
    };
    assert_eq!(numbers(&clinic.told(id).await), [(1, 0), (2, 0), (2, 1)]);
    clinic.minutes(15).await;
    assert_eq!(numbers(&clinic.told(id).await).last(), Some(&(2, 2)));
    clinic.minutes(15).await;
    assert_eq!(numbers(&clinic.told(id).await).last(), Some(&(2, 3)));
}

#[tokio::test]
async fn a_call_or_a_note_is_progress_and_putting_back_is_not() {
    let clinic = Clinic::new().await;
    let id = clinic.task(Level::Emergency).await;
    clinic.minutes(10).await;
    clinic.act(id, Action::Take).await;
    clinic.minutes(15).await;
    clinic.act(id, Action::Note { text: "phone engaged".to_owned() }).await;
    clinic.minutes(29).await;
    assert!(clinic.is_taken(id).await);
    clinic.act(id, Action::PutBack { note: String::new() }).await;
    clinic.minutes(14).await;
    assert!(clinic.is_taken(id).await);
    clinic.minutes(1).await;
    assert!(!clinic.is_taken(id).await);
    let reached =
        Action::Call { result: Some(CallResult::Reached), next_try_at: None, note: String::new() };
    clinic.act(id, reached).await;
    clinic.minutes(23 * 60).await;
    assert!(clinic.is_taken(id).await, "a day is left to write it down");
    clinic.minutes(60).await;
    assert!(!clinic.is_taken(id).await);
}

#[tokio::test]
async fn a_policy_that_is_edited_changes_only_tasks_that_come_later() {
    let clinic = Clinic::new().await;
    let (now, site, by) = (clinic.ward.app.now(), clinic.ward.site, clinic.physician);
    let before = clinic.task(Level::Urgent).await;
    let times = BTreeMap::from([(Level::Urgent, Times::of_target(7))]);
    let version =
        clinic.ward.app.write(move |conn| policies::keep(conn, now, site, by, &times)).await;
    assert_eq!(version, 1);
    clinic.minutes(29).await;
    assert_eq!(clinic.told(before).await.len(), 1);
    clinic.act(before, Action::Take).await;
    clinic.act(before, close()).await;
    let after = clinic.task(Level::Urgent).await;
    assert_ne!(before, after);
    clinic.minutes(7).await;
    assert_eq!(clinic.told(after).await.len(), 2);
    assert_eq!(clinic.steps(after).await[0].policy_version, Some(1));
    assert_eq!(clinic.steps(before).await[0].policy_version, None);
}

fn close() -> Action {
    Action::Close {
        outcome: Some(Outcome::EnteredInError),
        worth_a_flag: Some(WorthAFlag::No),
        note: "entered twice".to_owned(),
    }
}

#[tokio::test]
async fn raising_closing_and_opening_again_leave_no_step_behind_and_no_gap() {
    let clinic = Clinic::new().await;
    let id = clinic.task(Level::Soon).await;
    clinic.minutes(60).await;
    assert_eq!(clinic.task(Level::Emergency).await, id);
    let causes = |steps: &[StepRow], chain| -> Vec<Option<StepStop>> {
        steps.iter().filter(|step| step.chain == chain).map(|step| step.cause).collect()
    };
    let found = clinic.steps(id).await;
    assert_eq!(causes(&found, 1), [Some(StepStop::Raised); 3]);
    assert_eq!(causes(&found, 2), [None; 4]);
    assert_eq!(found[3].state, StepState::Done);
    clinic.act(id, Action::Take).await;
    clinic.act(id, close()).await;
    clinic.minutes(600).await;
    assert_eq!(clinic.told(id).await.len(), 1, "a closed task tells nobody");
    clinic.act(id, Action::Reopen { reason: "the patient rang again".to_owned() }).await;
    let found = clinic.steps(id).await;
    assert_eq!(causes(&found, 3), [Some(StepStop::Taken); 4]);
    clinic.minutes(30).await;
    assert!(!clinic.is_taken(id).await, "who opened it again did nothing");
    assert_eq!(clinic.told(id).await.last().unwrap().1, 1);
}

#[tokio::test]
async fn an_answer_ends_the_steps_of_a_missed_check_in() {
    let clinic = Clinic::new().await;
    clinic.ward.plan(clinic.ward.infused.infusion).await;
    clinic.minutes(36 * 60).await;
    let id: TaskId =
        clinic.ward.app.read(|conn| Ok(task::table.select(task::id).first(conn)?)).await;
    assert_eq!(clinic.steps(id).await.len(), 3);
    clinic.ward.report(serde_json::json!({})).await;
    let causes: Vec<_> = clinic.steps(id).await.iter().map(|step| step.cause).collect();
    assert_eq!(causes, [Some(StepStop::Answered); 3]);
}

#[tokio::test]
async fn a_danger_tells_whoever_is_on_duty_in_the_transaction_of_the_report() {
    let clinic = Clinic::new().await;
    let receipt = clinic.ward.report(chest_pain()).await;
    let id = receipt.task.unwrap();
    assert_eq!(clinic.told(id).await, [(1, 0, vec![clinic.ward.nurse])]);
    assert_eq!(clinic.ward.count("alert").await, 1);
    clinic.act(id, Action::Take).await;
    clinic.ward.report(fever()).await;
    assert_eq!(clinic.ward.count("alert").await, 2, "a danger that was not known before");
}

#[tokio::test]
async fn with_nobody_on_duty_everybody_is_told_and_it_is_an_alarm_until_somebody_takes_it() {
    let clinic = Clinic::new().await;
    clinic.ward.app.write(|conn| Ok(diesel::delete(duty::table).execute(conn)?)).await;
    let id = clinic.task(Level::Emergency).await;
    let mut all = vec![clinic.ward.nurse, clinic.colleague, clinic.physician];
    all.sort_unstable();
    assert_eq!(clinic.told(id).await, [(1, 0, all)]);
    clinic.mail(MailState::Accepted).await;
    assert_eq!(clinic.unheard(clinic.ward.site).await, [id]);
    let other = clinic.ward.app.site("B").await;
    assert_eq!(clinic.unheard(other).await, [], "another clinic's alarm");
    clinic.act(id, Action::Take).await;
    assert_eq!(clinic.unheard(clinic.ward.site).await, []);
}

#[tokio::test]
async fn mails_that_all_failed_or_wait_too_long_are_an_alarm_and_one_that_arrived_is_none() {
    let clinic = Clinic::new().await;
    let site = clinic.ward.site;
    let id = clinic.task(Level::Emergency).await;
    assert_eq!(clinic.unheard(site).await, [], "the mail has just been written");
    clinic.minutes(5).await;
    assert_eq!(clinic.unheard(site).await, [id], "five minutes later it still waits");
    clinic.mail(MailState::Accepted).await;
    assert_eq!(clinic.unheard(site).await, []);
    clinic.minutes(10).await;
    clinic.mail(MailState::Failed).await;
    assert_eq!(clinic.unheard(site).await, [id], "neither nurse got the second");
    clinic.act(id, Action::Take).await;
    assert_eq!(clinic.unheard(site).await, []);
}

#[tokio::test]
async fn a_clinic_without_a_safety_officer_is_told_so() {
    let ward = Ward::new().await;
    let physician = ward.app.person(&[(ward.site, Role::Physician)], false).await;
    let clinic = Clinic { colleague: ward.nurse, officer: physician, physician, ward };
    let id = clinic.task(Level::Emergency).await;
    clinic.minutes(44).await;
    clinic.mail(MailState::Accepted).await;
    assert_eq!(clinic.unheard(clinic.ward.site).await, []);
    clinic.minutes(1).await;
    clinic.mail(MailState::Accepted).await;
    let last = clinic.steps(id).await[3];
    assert_eq!((last.audience, last.is_stand_in), (Audience::SafetyOfficer, true));
    assert_eq!(clinic.unheard(clinic.ward.site).await, [id]);
}

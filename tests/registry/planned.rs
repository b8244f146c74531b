//! Planning and asking, as tests of the follow-up do it.

use afterwatch::domain::registry::{CheckInState, PatientState};
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::task::{Outcome, TaskKind, TaskState};
use afterwatch::domain::{Actor, InfusionId, Level, PatientId, TaskId, Timestamp};
use afterwatch::follow_up::{self, Planned};
use afterwatch::store::schema::{check_in, flag, outbox, patient, task};
use diesel::prelude::*;

use crate::ward::Ward;

impl Ward {
    pub async fn plan(&self, infusion: InfusionId) -> Planned {
        let (keys, now) = (self.app.app.keys.clone(), self.app.now());
        self.app
            .app
            .db
            .write(move |conn| {
                follow_up::infusion_recorded(conn, &keys, now, &Actor::System, infusion)
            })
            .await
            .unwrap()
    }

    pub async fn changed(&self, infusion: InfusionId) {
        let (keys, now) = (self.app.app.keys.clone(), self.app.now());
        self.app
            .app
            .db
            .write(move |conn| {
                follow_up::infusion_changed(conn, &keys, now, &Actor::System, infusion)
            })
            .await
            .unwrap();
    }

    pub async fn tick(&self) {
        let now = self.app.now();
        self.app.write(move |conn| follow_up::tick(conn, now).map(|_| ())).await;
    }

    pub async fn states(&self, infusion: InfusionId) -> Vec<(CheckInCode, CheckInState)> {
        self.app
            .read(move |conn| {
                Ok(check_in::table
                    .filter(check_in::infusion_id.eq(infusion))
                    .order(check_in::due_at)
                    .select((check_in::code, check_in::state))
                    .load(conn)?)
            })
            .await
    }

    pub async fn state(&self, code: CheckInCode) -> CheckInState {
        let states = self.states(self.infused.infusion).await;
        states.into_iter().find(|(one, _)| *one == code).unwrap().1
    }

    /// The mails that wait for a check-in: kind and due time.
    pub async fn waiting(&self, code: CheckInCode) -> Vec<(String, Timestamp)> {
        let infusion = self.infused.infusion;
        self.app
            .read(move |conn| {
                Ok(outbox::table
                    .inner_join(check_in::table)
                    .filter(check_in::infusion_id.eq(infusion).and(check_in::code.eq(code)))
                    .filter(outbox::state.eq("planned"))
                    .order(outbox::due_at)
                    .select((outbox::kind, outbox::due_at))
                    .load(conn)?)
            })
            .await
    }

    /// The tasks about missed check-ins: level, state, outcome, rules.
    pub async fn silences(&self) -> Vec<(Level, TaskState, Option<Outcome>, Vec<String>)> {
        self.app
            .read(|conn| {
                let tasks: Vec<(TaskId, Level, TaskState, Option<Outcome>)> = task::table
                    .filter(task::kind.eq(TaskKind::MissedCheckIn))
                    .order(task::number)
                    .select((task::id, task::level, task::state, task::outcome))
                    .load(conn)?;
                let mut found = Vec::new();
                for (id, level, state, outcome) in tasks {
                    let rules = flag::table
                        .filter(flag::task_id.eq(id).and(flag::check_in_id.is_not_null()))
                        .order(flag::id)
                        .select(flag::rule)
                        .load(conn)?;
                    found.push((level, state, outcome, rules));
                }
                Ok(found)
            })
            .await
    }

    pub async fn set_patient(&self, state: PatientState) {
        let id = self.infused.patient;
        self.app
            .write(move |conn| {
                diesel::update(patient::table.filter(patient::id.eq(id)))
                    .set(patient::state.eq(state))
                    .execute(conn)?;
                Ok(())
            })
            .await;
    }

    pub async fn mails(&self) -> i64 {
        let id: PatientId = self.infused.patient;
        self.app
            .read(move |conn| {
                Ok(outbox::table.filter(outbox::patient_id.eq(id)).count().get_result(conn)?)
            })
            .await
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn open(level: Level, rules: &[&str]) -> (Level, TaskState, Option<Outcome>, Vec<String>) {
    (level, TaskState::Open, None, rules.iter().map(|&rule| rule.to_owned()).collect())
}

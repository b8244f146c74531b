//! What recording an infusion plans, and what silence leads to.

use afterwatch::domain::registry::{CheckInState, PatientState};
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::task::{Outcome, TaskKind, TaskState};
use afterwatch::domain::{
    Actor, CheckInId, InfusionId, Level, PatientId, ProductKind, StaffId, Timestamp, Zone,
};
use afterwatch::follow_up::{self, FollowUpError, Planned};
use afterwatch::secrets::token_hash;
use afterwatch::store::schema::{check_in, flag, infusion, outbox, patient, product, task};
use afterwatch::store::{links, outbox as mails};
use diesel::prelude::*;
use jiff::SignedDuration;
use serde_json::json;

use crate::intake::{Ward, fever};

impl Ward {
    async fn plan(&self, infusion: InfusionId) -> Planned {
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

    async fn changed(&self, infusion: InfusionId) {
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

    async fn tick(&self) {
        let now = self.app.now();
        self.app.write(move |conn| follow_up::tick(conn, now).map(|_| ())).await;
    }

    async fn states(&self, infusion: InfusionId) -> Vec<(CheckInCode, CheckInState)> {
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

    async fn state(&self, code: CheckInCode) -> CheckInState {
        let states = self.states(self.infused.infusion).await;
        states.into_iter().find(|(one, _)| *one == code).unwrap().1
    }

    /// The mails that wait for a check-in: kind and due time.
    async fn waiting(&self, code: CheckInCode) -> Vec<(String, Timestamp)> {
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
    async fn silences(&self) -> Vec<(Level, TaskState, Option<Outcome>, Vec<String>)> {
        self.app
            .read(|conn| {
                let tasks: Vec<(afterwatch::domain::TaskId, Level, TaskState, Option<Outcome>)> =
                    task::table
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

    async fn set_patient(&self, state: PatientState) {
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

    async fn mails(&self) -> i64 {
        let id: PatientId = self.infused.patient;
        self.app
            .read(move |conn| {
                Ok(outbox::table.filter(outbox::patient_id.eq(id)).count().get_result(conn)?)
            })
            .await
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn open(level: Level, rules: &[&str]) -> (Level, TaskState, Option<Outcome>, Vec<String>) {
    (level, TaskState::Open, None, rules.iter().map(|&rule| rule.to_owned()).collect())
}

#[tokio::test]
async fn recording_an_infusion_plans_check_ins_link_and_mails_once() {
    let ward = Ward::new().await;
    let planned = ward.plan(ward.infused.infusion).await;
    assert_eq!((planned.check_ins, planned.ask_day_30_of), (10, None));
    let again = ward.plan(ward.infused.infusion).await;
    assert_eq!(again.link, planned.link);
    use CheckInCode::{D1, D2, D3, D7, D14, D30, H4, M3, M6, M12};
    let codes: Vec<CheckInCode> =
        ward.states(ward.infused.infusion).await.into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, [H4, D1, D2, D3, D7, D14, D30, M3, M6, M12]);
    // REFERENCE 7.4, first example.
    assert_eq!(
        ward.waiting(D1).await,
        [
            ("check_in_prompt".to_owned(), at("2026-03-02T02:00:00Z")),
            ("check_in_reminder".to_owned(), at("2026-03-02T06:00:00Z")),
            ("check_in_reminder".to_owned(), at("2026-03-02T10:00:00Z")),
        ]
    );
    assert_eq!(ward.waiting(H4).await[0].1, at("2026-03-01T06:00:00Z"));
    let (link, keys, now) = (planned.link.unwrap(), ward.app.app.keys.clone(), ward.app.now());
    let (link, found) = ward
        .app
        .read(move |conn| {
            let link = links::find(conn, link)?.unwrap();
            let token = keys.link_token(&link.nonce);
            assert_ne!(token_hash(&token), token);
            Ok((link, links::by_token(conn, &token)?))
        })
        .await;
    assert_eq!(found, Some(link.clone()));
    assert!(link.is_live(now) && !link.is_live(now.plus_hours(9480)));
    assert_eq!(link.expires_at, now.plus_hours(9480));
    let letters: Vec<Timestamp> = ward
        .app
        .read(|conn| {
            Ok(outbox::table.filter(outbox::kind.eq("link")).select(outbox::due_at).load(conn)?)
        })
        .await;
    assert_eq!(letters, [now]);
}

#[tokio::test]
async fn the_night_of_the_patient_moves_prompts_and_drops_hour_4() {
    let ward = Ward::new().await;
    let (infusion, patient) = (ward.infused.infusion, ward.infused.patient);
    // 20:00 in Shanghai, and in Berlin for the patient who travels: 13:00.
    ward.app
        .write(move |conn| {
            let t0 = at("2026-03-01T12:00:00Z");
            diesel::update(infusion::table.filter(infusion::id.eq(infusion)))
                .set((infusion::ended_at.eq(t0), infusion::t0.eq(t0)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.app.advance(SignedDuration::from_hours(10));
    ward.plan(infusion).await;
    assert_eq!(ward.waiting(CheckInCode::H4).await, []);
    assert_eq!(ward.waiting(CheckInCode::D1).await[0].1, at("2026-03-02T12:00:00Z"));
    // Prompt 20:00, reminders 00:00 and 04:00: the two meet at 07:00.
    assert_eq!(ward.waiting(CheckInCode::D1).await.len(), 2);
    assert_eq!(ward.waiting(CheckInCode::D1).await[1].1, at("2026-03-02T23:00:00Z"));
    ward.app
        .write(move |conn| {
            diesel::update(patient::table.filter(patient::id.eq(patient)))
                .set(patient::time_zone.eq(Zone::parse("Europe/Berlin").unwrap()))
                .execute(conn)?;
            diesel::update(infusion::table.filter(infusion::id.eq(infusion)))
                .set(infusion::version.eq(2))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.changed(infusion).await;
    // 13:00, 17:00 and 21:00 in Berlin.
    assert_eq!(ward.waiting(CheckInCode::D1).await.len(), 3);
}

#[tokio::test]
async fn a_patient_who_left_or_stopped_the_mails_is_owed_nothing() {
    for state in
        [PatientState::OnHold, PatientState::Withdrawn, PatientState::Died, PatientState::Moved]
    {
        let ward = Ward::new().await;
        ward.set_patient(state).await;
        ward.plan(ward.infused.infusion).await;
        assert_eq!(ward.mails().await, 0, "{state:?}");
    }
    let ward = Ward::new().await;
    let (id, now) = (ward.infused.patient, ward.app.now());
    ward.app
        .write(move |conn| {
            diesel::update(patient::table.filter(patient::id.eq(id)))
                .set(patient::prompts_stopped_at.eq(now))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.plan(ward.infused.infusion).await;
    assert_eq!(ward.mails().await, 0);
    // Coming back, the patient is asked what is still to come.
    let keys = ward.app.app.keys.clone();
    ward.app
        .app
        .db
        .write(move |conn| {
            diesel::update(patient::table.filter(patient::id.eq(id)))
                .set(patient::prompts_stopped_at.eq(None::<Timestamp>))
                .execute(conn)
                .map_err(afterwatch::store::Error::from)?;
            follow_up::resumed(conn, &keys, now.plus_hours(30), &Actor::System, id)
        })
        .await
        .unwrap();
    assert_eq!(ward.waiting(CheckInCode::D7).await.len(), 3);
}

#[tokio::test]
async fn silence_on_day_1_calls_a_nurse_at_the_very_hour_36_and_an_answer_closes_the_call() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.app.advance(SignedDuration::from_millis(36 * 3_600_000 - 1));
    ward.tick().await;
    assert_eq!(ward.state(CheckInCode::H4).await, CheckInState::Missed);
    assert_eq!(ward.silences().await, []);
    ward.app.advance(SignedDuration::from_millis(1));
    ward.tick().await;
    ward.tick().await;
    assert_eq!(ward.state(CheckInCode::D1).await, CheckInState::Missed);
    assert_eq!(ward.silences().await, [open(Level::Soon, &["S08"])]);
    assert_eq!(ward.count("alert").await, 0);
    assert_eq!(ward.waiting(CheckInCode::D1).await, []);
    let now = ward.app.now();
    let contact_by: Timestamp =
        ward.app.read(|conn| Ok(task::table.select(task::contact_by).first(conn)?)).await;
    assert_eq!(contact_by, now.plus_hours(24));

    ward.hours(1);
    let receipt = ward.report(json!({})).await;
    assert_eq!(receipt.answered, [CheckInCode::D1]);
    assert_eq!(ward.state(CheckInCode::D1).await, CheckInState::Answered);
    let (_, state, outcome, _) = ward.silences().await.remove(0);
    assert_eq!((state, outcome), (TaskState::Closed, Some(Outcome::Answered)));
    let (late, by): (bool, Option<StaffId>) = ward
        .app
        .read(|conn| {
            let late = check_in::table
                .filter(check_in::code.eq(CheckInCode::D1))
                .select(check_in::answered_late)
                .first(conn)?;
            Ok((late, task::table.select(task::closed_by).first(conn)?))
        })
        .await;
    assert_eq!((late, by), (true, None));
}

#[tokio::test]
async fn day_1_stays_open_for_8_hours_after_a_prompt_that_had_to_wait() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.hours(33);
    let now = ward.app.now();
    ward.app
        .write(move |conn| {
            let prompt = outbox::table
                .inner_join(check_in::table)
                .filter(check_in::code.eq(CheckInCode::D1))
                .filter(outbox::kind.eq("check_in_prompt"))
                .select(outbox::id)
                .first(conn)?;
            mails::accepted(conn, now, prompt)
        })
        .await;
    ward.hours(7);
    ward.tick().await;
    assert_eq!(ward.state(CheckInCode::D1).await, CheckInState::Planned);
    ward.hours(1);
    ward.tick().await;
    assert_eq!(ward.state(CheckInCode::D1).await, CheckInState::Missed);
}

#[tokio::test]
async fn one_task_holds_all_silence_of_an_infusion_and_is_raised_by_the_second_in_a_row() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    // Day 1 is answered; days 2 and 3 are not.
    ward.hours(24);
    ward.report(json!({})).await;
    ward.hours(36);
    ward.tick().await;
    assert_eq!(ward.silences().await, [open(Level::Routine, &["R03"])]);
    ward.hours(36);
    ward.tick().await;
    assert_eq!(ward.silences().await, [open(Level::Soon, &["R03", "S08"])]);
    // A clock that jumps finds the same as one that walks.
    let jump = Ward::new().await;
    jump.plan(jump.infused.infusion).await;
    jump.hours(24);
    jump.report(json!({})).await;
    jump.hours(72);
    jump.tick().await;
    assert_eq!(jump.silences().await, ward.silences().await);
}

#[tokio::test]
async fn a_report_answers_every_check_in_that_is_open_and_stops_its_reminders() {
    let ward = Ward::new().await;
    let product = ward.infused.product;
    ward.app
        .write(move |conn| {
            diesel::update(product::table.filter(product::id.eq(product)))
                .set(product::kind.eq(ProductKind::Allogeneic))
                .execute(conn)?;
            Ok(())
        })
        .await;
    assert_eq!(ward.plan(ward.infused.infusion).await.check_ins, 13);
    ward.hours(19);
    // Nothing is open between: the last one is answered late.
    assert_eq!(ward.report(json!({})).await.answered, [CheckInCode::H4]);
    assert_eq!(ward.report(json!({})).await.answered, []);
    ward.hours(1);
    assert_eq!(ward.report(json!({})).await.answered, [CheckInCode::D1]);
    assert_eq!(ward.waiting(CheckInCode::D1).await, []);
    ward.hours(2400 - 20);
    ward.tick().await;
    let answered = ward.report(json!({})).await.answered;
    assert_eq!(answered, [CheckInCode::M3, CheckInCode::D100]);
}

#[tokio::test]
async fn the_next_infusion_supersedes_what_is_due_after_it() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    let second_t0 = at("2026-03-29T02:00:00Z");
    ward.app.advance(second_t0.since(ward.app.now()));
    let of = (ward.site, ward.infused.patient);
    let second = ward.app.infusion(of, (ward.infused.course, 2), ward.infused.lot, second_t0).await;
    let planned = ward.plan(second).await;
    assert_eq!(planned.ask_day_30_of, Some(ward.infused.infusion));
    for (code, state) in ward.states(ward.infused.infusion).await {
        let expected = match code {
            CheckInCode::D30 | CheckInCode::M3 | CheckInCode::M6 | CheckInCode::M12 => {
                CheckInState::Superseded
            }
            _ => CheckInState::Planned,
        };
        assert_eq!(state, expected, "{code:?}");
    }
    assert_eq!(ward.waiting(CheckInCode::D30).await, []);
    // A correction that moves the second infusion away brings back what is due before it.
    ward.app
        .write(move |conn| {
            let t0 = at("2026-03-31T02:00:00Z");
            diesel::update(infusion::table.filter(infusion::id.eq(second)))
                .set((infusion::ended_at.eq(t0), infusion::t0.eq(t0), infusion::version.eq(2)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.changed(second).await;
    // One that is due at the very instant of the next T0 stays.
    assert_eq!(ward.state(CheckInCode::D30).await, CheckInState::Planned);
    assert_eq!(ward.state(CheckInCode::M3).await, CheckInState::Superseded);
    assert_eq!(ward.waiting(CheckInCode::D30).await.len(), 3);
}

#[tokio::test]
async fn an_infusion_recorded_late_does_not_ask_or_miss_what_is_over() {
    let ward = Ward::new().await;
    ward.hours(100);
    let planned = ward.plan(ward.infused.infusion).await;
    assert_eq!(planned.check_ins, 6);
    assert_eq!(ward.state(CheckInCode::D1).await, CheckInState::Cancelled);
    ward.tick().await;
    assert_eq!(ward.silences().await, []);
    let long_ago = Ward::new().await;
    long_ago.hours(9480);
    assert_eq!(long_ago.plan(long_ago.infused.infusion).await.link, None);
    assert_eq!(long_ago.mails().await, 0);
}

#[tokio::test]
async fn a_corrected_t0_moves_what_was_not_sent_and_can_move_back() {
    let ward = Ward::new().await;
    let infusion = ward.infused.infusion;
    ward.plan(infusion).await;
    let t0 = ward.app.now();
    for (version, hours) in [(2, 1), (3, 0)] {
        ward.app
            .write(move |conn| {
                let t0 = t0.plus_hours(hours);
                diesel::update(infusion::table.filter(infusion::id.eq(infusion)))
                    .set((
                        infusion::ended_at.eq(t0),
                        infusion::t0.eq(t0),
                        infusion::version.eq(version),
                    ))
                    .execute(conn)?;
                Ok(())
            })
            .await;
        ward.changed(infusion).await;
        let waiting = ward.waiting(CheckInCode::D1).await;
        assert_eq!(waiting.len(), 3, "version {version}");
        assert_eq!(waiting[0].1, t0.plus_hours(24 + hours));
    }
}

#[tokio::test]
async fn who_left_the_follow_up_has_missed_nothing() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.set_patient(PatientState::Withdrawn).await;
    ward.hours(40);
    ward.tick().await;
    assert_eq!(ward.state(CheckInCode::D1).await, CheckInState::Cancelled);
    assert_eq!(ward.silences().await, []);
}

#[tokio::test]
async fn a_silence_that_cannot_be_judged_still_calls_a_nurse() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    let product = ward.infused.product;
    ward.app
        .write(move |conn| {
            diesel::update(product::table.filter(product::id.eq(product)))
                .set(product::rule_set.eq("NO-SUCH-SET"))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.hours(36);
    ward.tick().await;
    assert_eq!(ward.silences().await, [open(Level::Soon, &["NOT_EVALUATED"])]);
}

#[tokio::test]
async fn a_link_is_sent_again_three_times_an_hour_and_a_revoked_one_is_replaced() {
    let ward = Ward::new().await;
    let infusion = ward.infused.infusion;
    let first = ward.plan(infusion).await.link.unwrap();
    ward.hours(2);
    let again = async || {
        ward.app.advance(SignedDuration::from_mins(1));
        let (keys, now, nurse) = (ward.app.app.keys.clone(), ward.app.now(), ward.nurse());
        ward.app
            .app
            .db
            .write(move |conn| follow_up::send_link_again(conn, &keys, now, &nurse, infusion))
            .await
    };
    for _ in 0..3 {
        again().await.unwrap();
    }
    assert!(matches!(again().await, Err(FollowUpError::TooOften)));
    ward.hours(2);
    let (now, nurse) = (ward.app.now(), ward.nurse());
    let revoked = ward
        .app
        .app
        .db
        .write(move |conn| follow_up::revoke_links(conn, now, &nurse, infusion, "wrong address"))
        .await
        .unwrap();
    assert_eq!(revoked, 1);
    again().await.unwrap();
    let now = ward.app.now();
    let live = ward.app.read(move |conn| links::live(conn, infusion, now)).await.unwrap();
    assert_ne!(live.id, first);
}

#[tokio::test]
async fn a_mail_about_a_report_never_waits_for_a_check_in() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.hours(21);
    let receipt = ward.report(fever()).await;
    assert_eq!(receipt.answered, [CheckInCode::D1]);
    let planned: Vec<Option<CheckInId>> = ward
        .app
        .read(|conn| {
            Ok(outbox::table
                .filter(outbox::kind.eq("alert"))
                .select(outbox::check_in_id)
                .load(conn)?)
        })
        .await;
    assert_eq!(planned, [None]);
}

#[tokio::test]
async fn nobody_plans_for_a_clinic_they_do_not_belong_to() {
    let ward = Ward::new().await;
    let other = ward.app.site("B").await;
    let stranger = ward.app.person(&[(other, afterwatch::domain::Role::Nurse)], false).await;
    let actor = Actor::Staff { id: stranger, name: "Li Na".to_owned() };
    let (keys, now, infusion) = (ward.app.app.keys.clone(), ward.app.now(), ward.infused.infusion);
    let planned = ward
        .app
        .app
        .db
        .write(move |conn| follow_up::infusion_recorded(conn, &keys, now, &actor, infusion))
        .await;
    assert!(matches!(planned, Err(FollowUpError::NotFound)));
}

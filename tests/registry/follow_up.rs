//! What recording an infusion plans, moves and supersedes.

use afterwatch::domain::registry::{CheckInState, PatientState};
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::{Actor, Role, Timestamp, Zone};
use afterwatch::follow_up::{self, FollowUpError};
use afterwatch::secrets::token_hash;
use afterwatch::store::links;
use afterwatch::store::schema::{infusion, outbox, patient};
use diesel::prelude::*;
use jiff::SignedDuration;

use crate::planned::at;
use crate::ward::Ward;

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
    for state in [
        PatientState::OnHold,
        PatientState::InHospital,
        PatientState::Withdrawn,
        PatientState::Died,
        PatientState::Moved,
    ] {
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
async fn who_comes_back_after_a_correction_is_asked_each_question_once() {
    let ward = Ward::new().await;
    let (infusion, id) = (ward.infused.infusion, ward.infused.patient);
    ward.plan(infusion).await;
    let t0 = ward.app.now().plus_hours(1);
    ward.app
        .write(move |conn| {
            diesel::update(infusion::table.filter(infusion::id.eq(infusion)))
                .set((infusion::ended_at.eq(t0), infusion::t0.eq(t0), infusion::version.eq(2)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.changed(infusion).await;
    let waiting = ward.waiting(CheckInCode::D1).await;
    // Day 1 was not asked when it was due, so it is asked now.
    let (keys, now) = (ward.app.app.keys.clone(), t0.plus_hours(24 + 7));
    for _ in 0..2 {
        let keys = keys.clone();
        let back = move |conn: &mut _| follow_up::resumed(conn, &keys, now, &Actor::System, id);
        ward.app.app.db.write(back).await.unwrap();
    }
    assert_eq!(ward.waiting(CheckInCode::D2).await.len(), 3, "as before, and not twice");
    let left = ward.waiting(CheckInCode::D1).await;
    let (prompt, reminder) = (&left[0], &left[1]);
    assert_eq!((left.len(), prompt.0.as_str(), prompt.1), (2, "check_in_prompt", now));
    assert_eq!(reminder, &waiting[2], "the one whose time is still to come");
}

#[tokio::test]
async fn a_reminder_that_moves_to_the_moment_of_a_prompt_that_was_sent_still_comes() {
    let ward = Ward::new().await;
    let infusion = ward.infused.infusion;
    ward.plan(infusion).await;
    // Day 1 was asked at 10:00; then its due time turns out to be 23:15.
    let sent = ward.app.now().plus_hours(24);
    let t0 = ward.app.now().plus_minutes(13 * 60 + 15);
    ward.app
        .write(move |conn| {
            use afterwatch::store::schema::check_in;
            diesel::update(check_in::table.filter(check_in::infusion_id.eq(infusion)))
                .filter(check_in::code.eq(CheckInCode::D1))
                .set(check_in::prompted_at.eq(sent))
                .execute(conn)?;
            diesel::update(infusion::table.filter(infusion::id.eq(infusion)))
                .set((infusion::ended_at.eq(t0), infusion::t0.eq(t0), infusion::version.eq(2)))
                .execute(conn)?;
            Ok(())
        })
        .await;
    ward.hours(25);
    ward.changed(infusion).await;
    let reminder = |time| ("check_in_reminder".to_owned(), at(time));
    assert_eq!(
        ward.waiting(CheckInCode::D1).await,
        [reminder("2026-03-02T23:00:00Z"), reminder("2026-03-02T23:15:00Z")],
        "at 07:00 and at 07:15"
    );
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
async fn nobody_plans_for_a_clinic_they_do_not_belong_to() {
    let ward = Ward::new().await;
    let other = ward.app.site("B").await;
    let stranger = ward.app.person(&[(other, Role::Nurse)], false).await;
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

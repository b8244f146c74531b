//! What silence leads to, and what ends it.

use afterwatch::domain::registry::{CheckInState, PatientState};
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::task::{Outcome, TaskState};
use afterwatch::domain::{CheckInId, Level, ProductKind, StaffId, Timestamp};
use afterwatch::store::outbox as mails;
use afterwatch::store::schema::{check_in, outbox, product, task};
use diesel::prelude::*;
use jiff::SignedDuration;
use serde_json::json;

use crate::planned::open;
use crate::ward::{Ward, fever};

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
    // Sooner than a day: it was the patient's first infusion.
    assert_eq!(contact_by, now.plus_hours(4));

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
async fn a_silence_is_called_sooner_after_a_fever_and_not_for_those_who_know_it() {
    for had_fever in [false, true] {
        let ward = Ward::new().await;
        let given = ward.infused;
        // An earlier infusion: what is asked now is not about the first.
        ward.app
            .infusion(
                (ward.site, given.patient),
                (given.course, 2),
                given.lot,
                ward.app.now().plus_hours(-2000),
            )
            .await;
        ward.plan(given.infusion).await;
        ward.hours(6);
        if had_fever {
            // Before day 1 opens, so that it answers nothing but hour 4.
            ward.report(fever()).await;
        }
        ward.hours(30);
        ward.tick().await;
        let (now, contact_by): (_, Timestamp) = (
            ward.app.now(),
            ward.app
                .read(|conn| {
                    Ok(task::table
                        .filter(task::kind.eq("missed_check_in"))
                        .select(task::contact_by)
                        .first(conn)?)
                })
                .await,
        );
        let hours = if had_fever { 4 } else { 24 };
        assert_eq!(contact_by, now.plus_hours(hours), "fever: {had_fever}");
    }
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

//! Check-ins beyond the schedule, and day-30 questions that the next infusion took over.

use afterwatch::domain::Role;
use afterwatch::domain::registry::CheckInState;
use afterwatch::domain::schedule::CheckInCode;
use afterwatch::domain::task::TaskState;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::planned::at;
use crate::ward::{Ward, tired};

fn over() -> Value {
    json!({"symptoms": {"FATIGUE": {
        "relieved_by_rest": true, "adl": 1, "onset_h": 1, "duration_h": 1, "resolved_h_ago": 2,
    }}})
}

async fn daily(ward: &Ward) -> Vec<CheckInState> {
    let states = ward.states(ward.infused.infusion).await;
    let daily = states.into_iter().filter(|(code, _)| *code == CheckInCode::Daily);
    daily.map(|(_, state)| state).collect()
}

#[tokio::test]
async fn a_symptom_that_lasts_is_asked_about_every_day_until_it_is_over() {
    use CheckInState::{Answered, Cancelled, Planned};
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    // Day 2 asks anyway.
    ward.hours(25);
    ward.report(tired()).await;
    assert_eq!(daily(&ward).await, []);
    // Day 3 is answered, day 7 is far.
    ward.hours(49);
    ward.report(tired()).await;
    assert_eq!(daily(&ward).await, [Planned]);
    // Told at 74 h = 12:00 in Shanghai, asked at 12:00 of the next day, again at 18:00.
    assert_eq!(
        ward.waiting(CheckInCode::Daily).await,
        [
            ("check_in_prompt".to_owned(), at("2026-03-05T04:00:00Z")),
            ("check_in_reminder".to_owned(), at("2026-03-05T10:00:00Z")),
        ]
    );
    // A second word on the same day plans no second question.
    ward.hours(1);
    ward.report(tired()).await;
    assert_eq!(daily(&ward).await, [Planned]);
    ward.hours(23);
    let receipt = ward.report(tired()).await;
    assert_eq!(receipt.answered, [CheckInCode::Daily]);
    assert_eq!(daily(&ward).await, [Answered, Planned]);
    // It is over before the next question opens: nobody asks.
    ward.hours(2);
    ward.report(over()).await;
    assert_eq!(daily(&ward).await, [Answered, Cancelled]);
    assert_eq!(ward.waiting(CheckInCode::Daily).await, []);
}

#[tokio::test]
async fn silence_while_a_symptom_lasts_calls_a_nurse_and_a_late_answer_ends_it() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.hours(74);
    ward.tick().await;
    ward.report(tired()).await;
    let before = ward.silences().await.len();
    ward.hours(48);
    ward.tick().await;
    assert_eq!(daily(&ward).await, [CheckInState::Missed]);
    let open = |all: Vec<(_, TaskState, _, _)>| {
        all.into_iter().filter(|(_, state, ..)| *state == TaskState::Open).count()
    };
    let silences = ward.silences().await;
    assert_eq!(silences.len(), before + 1);
    assert_eq!(open(silences), 1);
    ward.hours(1);
    let receipt = ward.report(json!({})).await;
    assert_eq!(receipt.answered, [CheckInCode::Daily]);
    assert_eq!(open(ward.silences().await), 0);
}

#[tokio::test]
async fn a_nurse_orders_one_extra_check_in_at_a_time() {
    let ward = Ward::new().await;
    ward.plan(ward.infused.infusion).await;
    ward.hours(100);
    let nurse = ward.app.staff(Role::Nurse, ward.site).await;
    let url = format!("/infusions/{}/check-in", ward.infused.infusion);
    let record = nurse.get(&format!("/infusions/{}", ward.infused.infusion)).await;
    assert!(record.html.contains(&url), "{}", record.html);
    assert_eq!(nurse.get(&url).await.status, StatusCode::OK);
    let wrong = nurse.post(&url, &[("hours", "5"), ("reason", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ward.waiting(CheckInCode::Extra).await, []);
    let order = [("hours", "4"), ("reason", "Wants to know about the rash")];
    let done = nurse.post(&url, &order).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    // Ordered at 14:00 in Shanghai, due at 18:00; the reminder at 24:00 waits for the morning.
    assert_eq!(
        ward.waiting(CheckInCode::Extra).await,
        [
            ("check_in_prompt".to_owned(), at("2026-03-05T10:00:00Z")),
            ("check_in_reminder".to_owned(), at("2026-03-05T23:00:00Z")),
        ]
    );
    let again = nurse.post(&url, &order).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.html.contains("One is ordered already"), "{}", again.html);
    // A correction of the infusion moves the schedule, not what was ordered.
    ward.changed(ward.infused.infusion).await;
    assert_eq!(ward.state(CheckInCode::Extra).await, CheckInState::Planned);
    let receipt = ward.report(json!({})).await;
    assert!(receipt.answered.contains(&CheckInCode::Extra));
    let nurse = ward.app.staff(Role::Nurse, ward.site).await;
    assert_eq!(nurse.post(&url, &order).await.status, StatusCode::SEE_OTHER);
    // Not for those who only enrol, and not at another clinic.
    let coordinator = ward.app.staff(Role::Coordinator, ward.site).await;
    assert_eq!(coordinator.post(&url, &order).await.status, StatusCode::FORBIDDEN);
    let other = ward.app.site("B").await;
    let stranger = ward.app.staff(Role::Nurse, other).await;
    assert_eq!(stranger.post(&url, &order).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_next_infusion_asks_for_the_day_30_questions_of_the_last_one() {
    let ward = Ward::new().await;
    let first = ward.infused.infusion;
    ward.plan(first).await;
    ward.hours(28 * 24);
    let of = (ward.site, ward.infused.patient);
    let course = (ward.infused.course, 2);
    let second = ward.app.infusion(of, course, ward.infused.lot, ward.app.now()).await;
    ward.plan(second).await;
    let nurse = ward.app.staff(Role::Nurse, ward.site).await;
    let page = nurse.get(&format!("/infusions/{second}")).await;
    assert!(page.html.contains("Ask the day-30 questions of the last infusion now"));
    assert!(page.html.contains(&format!("href=\"/infusions/{first}/report\"")), "{}", page.html);
    let before = nurse.get(&format!("/infusions/{first}")).await;
    assert!(!before.html.contains("Ask the day-30 questions"));
    // Once they are answered the page does not ask again.
    ward.report(json!({})).await;
    let page = nurse.get(&format!("/infusions/{second}")).await;
    assert!(!page.html.contains("Ask the day-30 questions"), "{}", page.html);
}

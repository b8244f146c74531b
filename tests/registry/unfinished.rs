//! Reports that are being written: danger does not wait for the last answer.

use afterwatch::domain::task::TaskEventKind;
use afterwatch::domain::{DraftId, Level, ReportId};
use afterwatch::intake::{self, IntakeError, Submission};
use afterwatch::store::schema::flag;
use diesel::prelude::*;
use jiff::SignedDuration;
use serde_json::json;

use crate::ward::{Ward, chest_pain, fever};

#[tokio::test]
async fn a_danger_answer_in_an_unfinished_report_does_not_wait_for_the_rest() {
    let ward = Ward::new().await;
    let (actor, draft) = ward.behind_link().await;
    let calm = ward.step(&actor, draft, json!({})).await;
    assert_eq!((calm.level, calm.task), (Level::None, None));
    let so_far = json!({"symptoms": {"CHEST_PAIN": {}}});
    let step = ward.step(&actor, draft, so_far.clone()).await;
    assert_eq!(
        (step.level, step.rules.as_slice()),
        (Level::Emergency, ["E04".to_owned()].as_slice())
    );
    assert!(step.advice[0].contains("120"), "{:?}", step.advice);
    let task_id = step.task.unwrap();
    ward.step(&actor, draft, so_far).await;
    let counts = (ward.count("task").await, ward.count("flag").await, ward.count("alert").await);
    assert_eq!(counts, (1, 1, 1));

    ward.app.advance(SignedDuration::from_mins(3));
    let receipt = ward.submit(&actor, draft, chest_pain()).await;
    assert_eq!(receipt.task, Some(task_id));
    let counts = (ward.count("task").await, ward.count("flag").await, ward.count("alert").await);
    assert_eq!(counts, (1, 1, 1));
    let flags: Vec<(Option<ReportId>, Option<DraftId>, String)> = ward
        .app
        .read(|conn| {
            Ok(flag::table.select((flag::report_id, flag::draft_id, flag::rule)).load(conn)?)
        })
        .await;
    assert_eq!(flags, [(Some(receipt.report), Some(draft), "E04".to_owned())]);
    assert_eq!(ward.events(task_id).await, [TaskEventKind::Opened, TaskEventKind::ReportAttached]);
    // Sent is sent: a further step changes nothing.
    let late = ward.step(&actor, draft, json!({"flags": {"wheeze": true}})).await;
    assert_eq!(late.level, Level::None);
    assert_eq!(ward.count("flag").await, 1);
}

#[tokio::test]
async fn danger_in_words_counts_in_an_unfinished_report_and_taking_it_back_leaves_the_flag() {
    let ward = Ward::new().await;
    let (actor, draft) = ward.behind_link().await;
    let step = ward.step(&actor, draft, json!({"free_text": "突然喘不上气"})).await;
    assert_eq!(step.rules, ["E11"]);
    let receipt = ward.submit(&actor, draft, json!({})).await;
    assert_eq!((receipt.level, receipt.task), (Level::None, step.task));
    let (level, ..) = ward.task(step.task.unwrap()).await;
    assert_eq!(level, Level::Emergency);
    let rest: Vec<Option<ReportId>> =
        ward.app.read(|conn| Ok(flag::table.select(flag::report_id).load(conn)?)).await;
    assert_eq!(rest, [None]);
}

#[tokio::test]
async fn a_draft_belongs_to_its_link() {
    let ward = Ward::new().await;
    let (_, draft) = ward.behind_link().await;
    let (stranger, _) = ward.behind_link().await;
    let now = ward.app.now();
    let saved = ward
        .app
        .app
        .db
        .write(move |conn| intake::save_step(conn, now, &stranger, draft, &json!({})))
        .await;
    assert!(matches!(saved, Err(IntakeError::NotFound)));
    let sent = ward.send(Submission { draft: Some(draft), ..ward.submission(fever()) }).await;
    assert!(matches!(sent, Err(IntakeError::NotFound)));
}

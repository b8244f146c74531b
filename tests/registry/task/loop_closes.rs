//! The patient sees how far the clinic has come with a report, and nothing clinical.

use afterwatch::domain::task::{Action, CallResult};
use afterwatch::domain::{Scope, TaskId};
use afterwatch::intake::{self, Status};
use afterwatch::store::schema::task;
use afterwatch::triage::{self, Step};
use diesel::prelude::*;

use crate::ward::{Ward, fever};

async fn act(ward: &Ward, id: TaskId, action: Action) {
    let (now, actor, scope) = (ward.app.now(), ward.nurse(), Scope::of([ward.site]));
    ward.app
        .write(move |conn| {
            let version = task::table.find(id).select(task::version).first(conn)?;
            let step = Step { actor, scope, task: id, version };
            triage::act(conn, now, &step, &action).unwrap();
            Ok(())
        })
        .await;
}

fn call(result: CallResult, ward: &Ward) -> Action {
    let again = (result == CallResult::NoAnswer).then(|| ward.app.now().plus_minutes(20));
    Action::Call { result: Some(result), next_try_at: again, note: "a note of ours".to_owned() }
}

#[tokio::test]
async fn received_read_tried_and_rung_are_told_as_they_happen() {
    let ward = Ward::new().await;
    ward.hours(5);
    let (actor, draft) = ward.behind_link().await;
    let receipt = ward.submit(&actor, draft, fever()).await;
    let (received, id) = (ward.app.now(), receipt.task.unwrap());
    let status = || async {
        let report = receipt.report;
        ward.app.read(move |conn| Ok(intake::status(conn, report)?.unwrap())).await
    };
    let fresh = status().await;
    assert_eq!(
        (fresh.received_at, fresh.read_at, fresh.tried_at, fresh.rang_at),
        (received, None, None, None)
    );
    assert_eq!(fresh.rings_before, Some(received.plus_hours(2)));

    ward.app.advance(jiff::SignedDuration::from_mins(10));
    act(&ward, id, Action::Take).await;
    let read = status().await;
    assert_eq!(read.read_at, Some(ward.app.now()));

    ward.app.advance(jiff::SignedDuration::from_mins(5));
    act(&ward, id, call(CallResult::NoAnswer, &ward)).await;
    let tried: Status = status().await;
    assert_eq!((tried.tried_at, tried.rang_at), (Some(ward.app.now()), None));
    assert!(tried.rings_before.is_some(), "we still will ring");

    ward.app.advance(jiff::SignedDuration::from_mins(20));
    act(&ward, id, call(CallResult::Reached, &ward)).await;
    let rung = status().await;
    assert_eq!((rung.tried_at, rung.rang_at), (None, Some(ward.app.now())));
    assert_eq!(rung.rings_before, None);

    // A call about an earlier report of the same days is no call about a later one.
    ward.hours(1);
    let later = ward.report(fever()).await.report;
    let later = ward.app.read(move |conn| Ok(intake::status(conn, later)?.unwrap())).await;
    assert_eq!((later.rang_at, later.tried_at), (None, None));
}

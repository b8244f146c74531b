//! Moves the training clock, from one due moment to the next, so that everything happens in
//! its order and time.

use jiff::SignedDuration;

use super::OFFSET;
use crate::demo::night;
use crate::domain::Timestamp;
use crate::store::training;
use crate::web::{App, PageError};

/// How far it moves at most before due work is done, when something stays due.
const STEP: SignedDuration = SignedDuration::from_mins(30);
/// A way of at most a day is gone in steps that miss no minute at which people are told.
const CLOSELY: SignedDuration = SignedDuration::from_hours(24);
/// How far it moves then.
const SHORT_STEP: SignedDuration = SignedDuration::from_mins(5);
/// How often the auditor looks on the way.
const LOOK: SignedDuration = SignedDuration::from_mins(15);

/// Moves the clock to an instant and does what is due on the way.
pub(super) async fn to(app: &App, target: Timestamp) -> Result<(), PageError> {
    // Whoever waited here finds the clock there already, or nearer.
    let _held = app.moving.lock().await;
    let is_close = target.since(app.now()) <= CLOSELY;
    let (begin, by) = (app.now(), target.since(app.now()));
    if by.is_positive() {
        app.db.write(move |conn| training::keep_signed_in(conn, begin, by)).await?;
    }
    let mut looked_at = app.now();
    run_due(app).await;
    while app.now() < target {
        let now = app.now();
        let next = next(app, now, is_close).await?.min(target);
        if !app.clock.advance(next.since(now)) {
            return Err(PageError::NotFound);
        }
        run_due(app).await;
        if is_close && app.now().since(looked_at) >= LOOK {
            looked_at = app.now();
            look(app).await;
        }
    }
    look(app).await;
    keep(app).await
}

/// Where to stop next.
async fn next(app: &App, now: Timestamp, is_close: bool) -> Result<Timestamp, PageError> {
    let (due, step, night) = app
        .db
        .read(move |conn| {
            let due = training::next_due(conn)?;
            let step = if is_close { training::next_step(conn, now)? } else { None };
            Ok::<_, crate::store::Error>((due, step, night::last(conn)?))
        })
        .await?;
    let night = night.and_then(|night| night.next_at());
    let next = [due, step, night].into_iter().flatten().filter(|at| *at > now).min();
    let most = now.plus(if is_close { SHORT_STEP } else { STEP });
    Ok(match next {
        Some(next) if is_close => next.min(most),
        Some(next) => next,
        None => most,
    })
}

/// Lets the rehearsed night go on, then does what is due.
async fn run_due(app: &App) {
    if let Err(error) = night::play(&app.db, &app.clock, &app.practice).await {
        tracing::error!(%error, "the rehearsed night could not go on");
    }
    if let Some(due) = &app.due {
        due.run().await;
    }
}

async fn look(app: &App) {
    if let Some(due) = &app.due {
        due.look().await;
    }
}

/// A training registry that is opened again goes on at its own time.
async fn keep(app: &App) -> Result<(), PageError> {
    let Some(offset) = app.clock.offset() else { return Ok(()) };
    let offset = offset.as_millis().to_string();
    app.db.write(move |conn| training::set_fact(conn, OFFSET, &offset)).await?;
    Ok(())
}

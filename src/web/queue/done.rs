//! What a person has just done with a task, with the button that undoes it.

use crate::domain::task::undo_seconds_left;
use crate::domain::{Language, Timestamp};
use crate::i18n::live::{LiveText, live};
use crate::store::undo::Undo;

/// The last step, while it can be undone.
pub(in crate::web) struct Done {
    pub t: &'static LiveText,
    pub id: String,
    pub task: String,
    pub said: String,
    pub seconds: i64,
}

impl Done {
    pub fn new(lang: Language, now: Timestamp, last: Option<(Undo, i64)>) -> Option<Self> {
        let (undo, number) = last?;
        let t = live(lang);
        Some(Self {
            t,
            id: undo.id.to_string(),
            task: undo.task_id.to_string(),
            said: t.done(undo.step, number),
            seconds: undo_seconds_left(undo.at, now)?,
        })
    }
}

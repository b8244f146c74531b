//! The tasks that a lot has opened, on its page.

use crate::domain::Language;
use crate::domain::task::TaskState;
use crate::i18n::labels::Label;
use crate::i18n::registry::registry;
use crate::store::lots::events::LotTask;

/// Where a task of a lot is, and what it is.
pub(super) fn task_link(lang: Language, task: &LotTask) -> (String, String) {
    let words = registry(lang).lot_task(task.number, task_state(lang, task));
    (format!("/tasks/{}", task.task), format!("{} {words}", task.kind.label(lang)))
}

/// Where a task of a lot stands, in a word or two.
fn task_state(lang: Language, task: &LotTask) -> &'static str {
    let t = registry(lang);
    if task.state == TaskState::Closed {
        task.state.label(lang)
    } else if task.reached_at.is_some() {
        t.patient_reached
    } else if task.acknowledged_at.is_some() {
        t.task_taken
    } else {
        t.task_waits
    }
}

//! Whom the task went to and whom it goes to next.

use super::view::Words;
use crate::domain::StepId;
use crate::domain::letter::MailState;
use crate::i18n::escalation::escalation;
use crate::i18n::labels::Label;
use crate::store::steps::StepRow;

/// A step of the chain.
pub(super) struct Link {
    pub number: String,
    pub when: String,
    pub audience: &'static str,
    pub state: String,
    pub is_stand_in: bool,
    pub told: Vec<String>,
}

/// The steps of the chain that counts now, and those of earlier ones.
pub(super) fn links(
    words: &Words,
    steps: &[StepRow],
    told: &[(StepId, String, MailState)],
) -> (Vec<Link>, Vec<Link>) {
    let newest = steps.iter().map(|step| step.chain).max();
    let t = escalation(words.lang);
    let link = |step: &StepRow| Link {
        number: t.numbered(step.number, step.round),
        when: words.moment(step.settled_at.unwrap_or(step.due_at)),
        audience: step.audience.label(words.lang),
        state: t.standing(step.state, step.cause),
        is_stand_in: step.is_stand_in,
        told: told
            .iter()
            .filter(|(id, ..)| *id == step.id)
            .map(|(_, name, state)| t.told(name, *state))
            .collect(),
    };
    let (now, earlier): (Vec<_>, Vec<_>) =
        steps.iter().partition(|step| Some(step.chain) == newest);
    (now.into_iter().map(link).collect(), earlier.into_iter().map(link).collect())
}

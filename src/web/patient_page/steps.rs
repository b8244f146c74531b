//! The steps of a form and the way through them.

use super::answers::Answers;
use super::report;
use super::sitting::Sitting;
use crate::domain::Codelist;
use crate::domain::grading::SymptomCode;
use crate::domain::schedule::QuestionGroup;

/// One page of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Danger signs, and how things are.
    First,
    /// The temperature.
    Reading,
    /// When the fever was.
    Since,
    /// Blood pressure, pulse, oxygen, breaths.
    Measures,
    /// What is felt.
    Choose,
    /// Details of one symptom.
    Detail(SymptomCode),
    /// Care sought, a call, own words.
    Last,
    /// All answers once more, and "send".
    Check,
}

impl Step {
    /// The step in the address. It names no symptom: addresses are seen by others.
    #[must_use]
    pub fn slug(self) -> String {
        match self {
            Self::First => "first".to_owned(),
            Self::Reading => "reading".to_owned(),
            Self::Since => "since".to_owned(),
            Self::Measures => "measures".to_owned(),
            Self::Choose => "choose".to_owned(),
            Self::Detail(code) => {
                let at = SymptomCode::ALL.iter().position(|other| *other == code).unwrap_or(0);
                format!("detail-{}", at + 1)
            }
            Self::Last => "last".to_owned(),
            Self::Check => "check".to_owned(),
        }
    }

    /// The step with this slug.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Some(match slug {
            "first" => Self::First,
            "reading" => Self::Reading,
            "since" => Self::Since,
            "measures" => Self::Measures,
            "choose" => Self::Choose,
            "last" => Self::Last,
            "check" => Self::Check,
            other => {
                let number: usize = other.strip_prefix("detail-")?.parse().ok()?;
                let code = *SymptomCode::ALL.get(number.checked_sub(1)?)?;
                if code.is_measured() {
                    return None;
                }
                Self::Detail(code)
            }
        })
    }
}

/// The steps that these answers lead through, as far as is known.
#[must_use]
pub fn way(answers: &Answers, sitting: &Sitting) -> Vec<Step> {
    let mut steps = vec![Step::First];
    if answers.is_well() {
        // The last page can be opened from the check page; it need not be seen, but where a
        // nurse's question is answered.
        if answers.answered_at(Step::Last).is_some() || !sitting.questions.is_empty() {
            steps.push(Step::Last);
        }
        steps.push(Step::Check);
        return steps;
    }
    steps.push(Step::Reading);
    if report::asks_since(answers) {
        steps.push(Step::Since);
    }
    if sitting.asks(QuestionGroup::Vitals) {
        steps.push(Step::Measures);
    }
    steps.push(Step::Choose);
    steps.extend(answers.symptoms().into_iter().map(Step::Detail));
    steps.extend([Step::Last, Step::Check]);
    steps
}

/// The first step that was not answered yet, or the check page.
#[must_use]
pub fn next_open(answers: &Answers, sitting: &Sitting) -> Step {
    way(answers, sitting)
        .into_iter()
        .find(|step| *step == Step::Check || answers.answered_at(*step).is_none())
        .unwrap_or(Step::Check)
}

/// Where to go after a step: on with the first open one, or to the check page.
#[must_use]
pub fn after(answers: &Answers, sitting: &Sitting, step: Step) -> Step {
    let way = way(answers, sitting);
    let here = way.iter().position(|other| *other == step).unwrap_or(0);
    // Who went back to change one answer is led through what follows from it, and not
    // through all that was answered already.
    let open = |step: &&Step| **step == Step::Check || answers.answered_at(**step).is_none();
    way.iter().skip(here + 1).find(open).copied().unwrap_or(Step::Check)
}

/// Where a step stands: its number and how many there are, counted after branching.
#[must_use]
pub fn progress(answers: &Answers, sitting: &Sitting, step: Step) -> (usize, usize) {
    let way = way(answers, sitting);
    let at = way.iter().position(|other| *other == step).unwrap_or(0);
    (at + 1, way.len())
}

/// The step before, to go back to.
#[must_use]
pub fn before(answers: &Answers, sitting: &Sitting, step: Step) -> Option<Step> {
    let way = way(answers, sitting);
    let at = way.iter().position(|other| *other == step)?;
    way.get(at.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_names_one_step_and_no_symptom() {
        for code in SymptomCode::ALL.iter().copied().filter(|code| !code.is_measured()) {
            let slug = Step::Detail(code).slug();
            assert_eq!(Step::from_slug(&slug), Some(Step::Detail(code)));
            assert!(!slug.to_uppercase().contains(code.code()), "{slug}");
        }
        assert_eq!(Step::from_slug("detail-0"), None);
        assert_eq!(Step::from_slug("detail-1"), None, "fever is measured, not asked");
        assert_eq!(Step::from_slug("detail-99"), None);
    }
}

//! What the pages of the form are headed with.

use super::frame::Frame;
use super::steps::Step;
use crate::i18n::patient_symptoms::symptom;

/// The heading of a step.
pub(super) fn heading(step: Step, frame: &Frame) -> &'static str {
    let t = frame.t;
    match step {
        Step::First => t.first_heading,
        Step::Reading => t.reading_heading,
        Step::Since => t.since_heading,
        Step::Measures => t.measures_heading,
        Step::Choose => t.choose_heading,
        Step::Detail(code) => symptom(code, t.lang()).label,
        Step::Last => t.last_heading,
        Step::Check => t.check_heading,
    }
}

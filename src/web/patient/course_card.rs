//! The courses of a patient, for the page of the record.

use super::timeline::Facts;
use crate::domain::Language;
use crate::i18n::labels::Label;
use crate::i18n::registry::registry;

/// A course as the page shows it.
pub(super) struct CourseCard {
    pub title: String,
    pub product: String,
    pub rhythm: String,
    pub days: String,
    pub given: String,
    pub edit_url: String,
    pub infuse_url: String,
}

/// One card for each course.
pub(super) fn course_cards(lang: Language, facts: &Facts) -> Vec<CourseCard> {
    let t = registry(lang);
    facts
        .courses
        .iter()
        .map(|course| {
            let given = facts.infusions.iter().filter(|other| other.course_id == course.id).count();
            let ended = course.ended_on.map(|day| day.to_string()).unwrap_or_default();
            CourseCard {
                title: course.phase.label(lang).to_owned(),
                product: facts.product_names.get(&course.product_id).cloned().unwrap_or_default(),
                rhythm: t.rhythm(course.interval_days, course.planned_infusions),
                days: format!("{} – {ended}", course.started_on),
                given: format!("{}: {given}/{}", t.infusions, course.planned_infusions),
                edit_url: format!("/courses/{}/edit", course.id),
                infuse_url: format!("/infusions/new?course={}", course.id),
            }
        })
        .collect()
}

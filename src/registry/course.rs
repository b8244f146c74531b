//! Courses: series of infusions for one patient.

use serde::Deserialize;
use serde_json::Value;

use super::{Facts, Refusal, changes, perhaps, said};
use crate::domain::entry::{self, ProductCode};
use crate::domain::problem::{Problems, Reason};
use crate::domain::registry::{ActiveState, Phase};
use crate::domain::{Actor, Codelist, CourseId, Day, ProductId, Timestamp};
use crate::store::courses::{self, Course};
use crate::store::patients::Patient;
use crate::store::products::{self, Product};
use crate::store::{Connection, audit, infusions};

/// A course as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of `CourseFacts`, as text")]
pub struct CourseForm {
    /// The code of the product.
    pub product: String,
    pub phase: String,
    /// Empty: what is usual in the phase.
    pub interval_days: String,
    /// Empty: what is usual in the phase.
    pub planned_infusions: String,
    pub started_on: String,
    pub ended_on: String,
    pub version: String,
}

/// What is known of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseFacts {
    /// Of which product.
    pub product: ProductId,
    /// The phase of treatment.
    pub phase: Phase,
    /// Days between infusions, 1 to 730.
    pub interval_days: i32,
    /// How many infusions are planned, 1 to 24.
    pub planned_infusions: i32,
    /// First day.
    pub started_on: Day,
    /// Last day, once it is over.
    pub ended_on: Option<Day>,
}

impl CourseFacts {
    /// A course as the phase has it by default.
    #[must_use]
    pub const fn usual(product: ProductId, phase: Phase, started_on: Day) -> Self {
        Self {
            product,
            phase,
            interval_days: phase.default_interval_days(),
            planned_infusions: phase.default_infusions(),
            started_on,
            ended_on: None,
        }
    }
}

impl CourseForm {
    /// The form of a course as it is.
    #[must_use]
    pub fn of(course: &Course, product: &Product) -> Self {
        Self {
            product: product.code.to_string(),
            phase: course.phase.code().to_owned(),
            interval_days: course.interval_days.to_string(),
            planned_infusions: course.planned_infusions.to_string(),
            started_on: course.started_on.to_string(),
            ended_on: perhaps(course.ended_on.as_ref()).unwrap_or_default(),
            version: course.version.to_string(),
        }
    }

    /// Reads the form. `myself` is the course that is being changed.
    pub fn read(
        &self,
        conn: &mut Connection,
        myself: Option<&Course>,
    ) -> Result<CourseFacts, Refusal> {
        let mut p = Problems::new();
        let product = match p.take("product", ProductCode::parse(&self.product)) {
            Some(code) => products::by_code(conn, &code)?.or_else(|| {
                p.add("product", Reason::Unknown);
                None
            }),
            None => None,
        };
        if let Some(product) = &product {
            let kept = myself.is_some_and(|course| course.product_id == product.id);
            if product.state == ActiveState::Inactive && !kept {
                p.add("product", Reason::Inactive);
            }
            if let Some(course) = myself.filter(|_| !kept)
                && !infusions::of_course(conn, course.id)?.is_empty()
            {
                p.add("product", Reason::AlreadyGiven);
            }
        }
        let phase: Option<Phase> = p.take("phase", entry::choice(&self.phase));
        let mut or_usual = |field, text: &str, most, usual: Option<i32>| match text.trim() {
            "" => usual,
            text => p.take(field, entry::small_whole(text, 1, most)),
        };
        let interval_days = or_usual(
            "interval_days",
            &self.interval_days,
            730,
            phase.map(Phase::default_interval_days),
        );
        let planned_infusions = or_usual(
            "planned_infusions",
            &self.planned_infusions,
            24,
            phase.map(Phase::default_infusions),
        );
        let started_on = p.take("started_on", entry::day(&self.started_on));
        let ended_on = p.take("ended_on", entry::optional(entry::day(&self.ended_on)));
        if let (Some(start), Some(Some(end))) = (started_on, ended_on)
            && end < start
        {
            p.add("ended_on", Reason::EndsBeforeStart);
        }
        let (
            Some(product),
            Some(phase),
            Some(interval_days),
            Some(planned_infusions),
            Some(started_on),
            Some(ended_on),
            true,
        ) = (product, phase, interval_days, planned_infusions, started_on, ended_on, p.is_empty())
        else {
            return Err(Refusal::Problems(p));
        };
        let product = product.id;
        Ok(CourseFacts { product, phase, interval_days, planned_infusions, started_on, ended_on })
    }
}

fn audited(course: &Course) -> Facts {
    vec![
        ("patient", said(&course.patient_id)),
        ("product", said(&course.product_id)),
        ("phase", said(&course.phase.code())),
        ("interval_days", said(&course.interval_days)),
        ("planned_infusions", said(&course.planned_infusions)),
        ("started_on", said(&course.started_on)),
        ("ended_on", perhaps(course.ended_on.as_ref())),
    ]
}

/// Begins a course of a patient.
pub fn begin_course(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    patient: &Patient,
    new: &CourseFacts,
) -> Result<CourseId, Refusal> {
    let course = Course {
        id: CourseId::new(),
        site_id: patient.site_id,
        patient_id: patient.id,
        product_id: new.product,
        phase: new.phase,
        interval_days: new.interval_days,
        planned_infusions: new.planned_infusions,
        started_on: new.started_on,
        ended_on: new.ended_on,
        version: 1,
        recorded_at: now,
    };
    courses::insert(conn, &course)?;
    let detail = Value::Object(changes(&Vec::new(), &audited(&course)));
    let object = ("course", &course.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(course.site_id), "course.begun", object, &detail)?;
    Ok(course.id)
}

/// Changes a course that was read at `version`.
pub fn change_course(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    (old, version): (&Course, i32),
    new: &CourseFacts,
) -> Result<(), Refusal> {
    if old.version != version {
        return Err(Refusal::Changed);
    }
    let course = Course {
        product_id: new.product,
        phase: new.phase,
        interval_days: new.interval_days,
        planned_infusions: new.planned_infusions,
        started_on: new.started_on,
        ended_on: new.ended_on,
        ..old.clone()
    };
    let detail = changes(&audited(old), &audited(&course));
    if detail.is_empty() {
        return Ok(());
    }
    if !courses::update(conn, &course)? {
        return Err(Refusal::Changed);
    }
    let detail = Value::Object(detail);
    let object = ("course", &course.id as &dyn std::fmt::Display);
    audit::append(conn, now, actor, Some(course.site_id), "course.changed", object, &detail)?;
    Ok(())
}

//! What is measured and seen in the chair in the first hours.

use serde::Deserialize;
use serde_json::Value;

use super::{Facts, Refusal, changes, perhaps, said};
use crate::domain::entry::{self, Fold};
use crate::domain::grading::Site as Thermometer;
use crate::domain::problem::{Problems, Reason};
use crate::domain::{Actor, Codelist, ObservationId, Timestamp};
use crate::store::infusions::{self, Infusion, Observation};
use crate::store::sites::Site;
use crate::store::{Connection, audit};

/// An observation as typed. The time is on the clinic's wall clock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of `ObservationFacts`, as text")]
pub struct ObservationForm {
    pub date: String,
    pub time: String,
    /// `earlier` or `later` where the clock showed the time twice.
    pub time_fold: String,
    /// Degrees Celsius, at most one decimal.
    pub temperature: String,
    pub thermometer: String,
    pub sbp: String,
    pub hr: String,
    pub spo2: String,
    pub rr: String,
    pub note: String,
}

/// What was measured and seen. The ranges are those of REFERENCE §0.6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservationFacts {
    /// When.
    pub observed_at: Timestamp,
    /// Temperature as read, in tenths of a degree Celsius (300 to 450), and where.
    pub temperature: Option<(i32, Thermometer)>,
    /// Systolic blood pressure, mmHg, 40 to 300.
    pub sbp: Option<i32>,
    /// Heart rate, per minute, 20 to 300.
    pub hr: Option<i32>,
    /// Oxygen saturation, %, 50 to 100.
    pub spo2: Option<i32>,
    /// Breaths, per minute, 4 to 80.
    pub rr: Option<i32>,
    /// What was seen.
    pub note: Option<String>,
}

impl ObservationForm {
    /// An empty form with what is usual: now, and the clinic's thermometer.
    #[must_use]
    pub fn blank(now: Timestamp, site: &Site) -> Self {
        let (date, time, time_fold) = super::infusion::wall_clock(now, site);
        Self {
            date,
            time: time.chars().take(5).collect(),
            time_fold,
            thermometer: site.thermometer.code().to_owned(),
            ..Self::default()
        }
    }

    /// Reads the form.
    pub fn read(&self, now: Timestamp, site: &Site) -> Result<ObservationFacts, Refusal> {
        let mut p = Problems::new();
        let today = now.day(site.time_zone.jiff());
        let observed_at = match p.take("date", entry::past_day(&self.date, today)) {
            Some(date) => {
                let fold = Fold::read(&self.time_fold);
                let instant = entry::local_time(date, &self.time, &site.time_zone, fold);
                p.take(
                    "time",
                    instant.and_then(|at| if at > now { Err(Reason::Future) } else { Ok(at) }),
                )
            }
            None => None,
        };
        let tenths =
            p.take("temperature", entry::optional(entry::tenths(&self.temperature, 300, 450)));
        let thermometer =
            p.take("thermometer", entry::optional_choice::<Thermometer>(&self.thermometer));
        let temperature = match (tenths, thermometer) {
            (Some(Some(_)), Some(None)) => {
                p.add("thermometer", Reason::Together("temperature"));
                None
            }
            (Some(tenths), Some(thermometer)) => Some(tenths.zip(thermometer)),
            _ => None,
        };
        let mut number = |field, text: &str, min, max| {
            p.take(field, entry::optional(entry::small_whole(text, min, max)))
        };
        let sbp = number("sbp", &self.sbp, 40, 300);
        let hr = number("hr", &self.hr, 20, 300);
        let spo2 = number("spo2", self.spo2.trim_end_matches('%'), 50, 100);
        let rr = number("rr", &self.rr, 4, 80);
        let note = p.take("note", entry::note(&self.note));
        let nothing = temperature == Some(None)
            && [sbp, hr, spo2, rr].iter().all(|value| *value == Some(None))
            && note == Some(None);
        if nothing {
            p.add("note", Reason::NothingObserved);
        }
        let (
            Some(observed_at),
            Some(temperature),
            Some(sbp),
            Some(hr),
            Some(spo2),
            Some(rr),
            Some(note),
            true,
        ) = (observed_at, temperature, sbp, hr, spo2, rr, note, p.is_empty())
        else {
            return Err(Refusal::Problems(p));
        };
        Ok(ObservationFacts { observed_at, temperature, sbp, hr, spo2, rr, note })
    }
}

fn audited(seen: &Observation) -> Facts {
    vec![
        ("infusion", said(&seen.infusion_id)),
        ("observed_at", said(&seen.observed_at)),
        ("temperature_tenths", perhaps(seen.temperature_tenths.as_ref())),
        ("thermometer", seen.thermometer.map(|value| value.code().to_owned())),
        ("sbp", perhaps(seen.sbp.as_ref())),
        ("hr", perhaps(seen.hr.as_ref())),
        ("spo2", perhaps(seen.spo2.as_ref())),
        ("rr", perhaps(seen.rr.as_ref())),
        ("note", perhaps(seen.note.as_ref())),
    ]
}

/// Records an observation. It is never changed: a correction is a further one.
pub fn observe(
    conn: &mut Connection,
    now: Timestamp,
    actor: &Actor,
    infusion: &Infusion,
    facts: ObservationFacts,
) -> Result<ObservationId, Refusal> {
    let seen = Observation {
        id: ObservationId::new(),
        infusion_id: infusion.id,
        observed_at: facts.observed_at,
        temperature_tenths: facts.temperature.map(|(tenths, _)| tenths),
        thermometer: facts.temperature.map(|(_, thermometer)| thermometer),
        sbp: facts.sbp,
        hr: facts.hr,
        spo2: facts.spo2,
        rr: facts.rr,
        note: facts.note,
        recorded_by: actor.staff(),
        recorded_at: now,
    };
    infusions::add_observation(conn, &seen)?;
    let detail = Value::Object(changes(&Vec::new(), &audited(&seen)));
    let object = ("chair_observation", &seen.id as &dyn std::fmt::Display);
    let site = Some(infusion.site_id);
    audit::append(conn, now, actor, site, "chair_observation.recorded", object, &detail)?;
    Ok(seen.id)
}

//! Which infusion a report is counted from, and which one each symptom belongs to
//! (REFERENCE §0.1): the latest whose start is not after the symptom's.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

use crate::domain::input::decimal_to_json;
use crate::domain::{InfusionId, Scope, Timestamp};
use crate::store::episodes::{self, Episode, Given};
use crate::store::{Connection, Error};

/// The latest infusion of the patient that has begun, with the report's hours counted
/// from it. A link of an old mail still counts from the infusion it was sent for; read that
/// way, the fever of the day after the next infusion would look weeks old.
///
/// # Errors
///
/// The database failed.
pub fn latest(
    conn: &mut Connection,
    now: Timestamp,
    named: &Episode,
    report: &Value,
) -> Result<(Episode, Value), Error> {
    let scope = Scope::of([named.site]);
    let given = episodes::given(conn, &scope, named.patient)?;
    let Some(latest) = given.iter().rev().find(|one| one.started_at <= now) else {
        return Ok((named.clone(), report.clone()));
    };
    if latest.started_at <= named.started_at || latest.infusion == named.infusion {
        return Ok((named.clone(), report.clone()));
    }
    match episodes::find(conn, &scope, latest.infusion)? {
        Some(episode) => {
            let report = counted_from(report, named.t0, latest);
            Ok((episode, report))
        }
        None => Ok((named.clone(), report.clone())),
    }
}

/// The report with every onset counted from another infusion. What is no number is left
/// as it is: the check that follows names it.
fn counted_from(report: &Value, t0: Timestamp, other: &Given) -> Value {
    let mut report = report.clone();
    let shift = other.t0.hours_since(t0);
    let during = other.t0.hours_since(other.started_at);
    let move_onset = |object: &mut Value| {
        let Some(onset) = object.get_mut("onset_h") else { return };
        let Some(hours) = onset.as_number().and_then(|n| n.to_string().parse::<Decimal>().ok())
        else {
            return;
        };
        let moved = hours - shift;
        // Between the start and the end of the infusion counts as its end.
        let moved = if moved < Decimal::ZERO && moved >= -during { Decimal::ZERO } else { moved };
        *onset = decimal_to_json(moved);
    };
    for key in ["temp", "feverish"] {
        if let Some(object) = report.get_mut(key) {
            move_onset(object);
        }
    }
    if let Some(symptoms) = report.get_mut("symptoms").and_then(Value::as_object_mut) {
        symptoms.values_mut().for_each(move_onset);
    }
    report
}

/// The infusion that a symptom belongs to. `given` are the patient's infusions by their
/// start; what began before all of them stays with the one it was reported for.
#[must_use]
pub fn infusion_of(given: &[Given], episode: &Episode, onset_h: Option<Decimal>) -> InfusionId {
    let Some(onset) = onset_h.filter(|onset| !onset.is_zero()) else { return episode.infusion };
    let milliseconds = (onset * Decimal::from(3_600_000)).round().to_i64().unwrap_or(0);
    let start = episode.t0.plus(jiff::SignedDuration::from_millis(milliseconds));
    given
        .iter()
        .rev()
        .find(|one| one.started_at <= start)
        .map_or(episode.infusion, |one| one.infusion)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn second() -> Given {
        Given {
            infusion: InfusionId::new(),
            started_at: at("2026-03-31T01:00:00Z"),
            t0: at("2026-03-31T02:00:00Z"),
        }
    }

    #[test]
    fn answers_behind_an_old_link_are_counted_from_the_latest_infusion() {
        let report = json!({
            "temp": {"value": 38.4, "onset_h": 724.5, "duration_h": 3},
            "symptoms": {
                "HEADACHE": {"onset_h": 719.5}, // while it ran
                "RASH": {"onset_h": 696}, // the day before it
                "OTHER": {"onset_h": "soon"},
            },
        });
        let moved = counted_from(&report, at("2026-03-01T02:00:00Z"), &second());
        assert_eq!(
            moved,
            json!({
                "temp": {"value": 38.4, "onset_h": 4.5, "duration_h": 3},
                "symptoms": {
                    "HEADACHE": {"onset_h": 0},
                    "RASH": {"onset_h": -24},
                    "OTHER": {"onset_h": "soon"},
                },
            })
        );
    }
}

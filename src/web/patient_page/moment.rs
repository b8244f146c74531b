//! From the ways people tell a time to hours after the infusion (REFERENCE §0.1, §12.4).
//!
//! A named part of the day stands for one hour of it on the patient's own wall clock; a
//! day with an hour is taken as given. Hours are counted on instants, so a change to
//! summer time in between does not shift them. What was said in relation to the present
//! ("just now", "yesterday") stays at the instant it was said of, however often the page
//! is sent again.

use jiff::civil::Time;
use serde_json::{Map, Value, json};

use super::answers::Answers;
use super::report::{Why, number};
use crate::domain::{Day, Timestamp, Zone};
use crate::store::visits::Place;

/// When something began, as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Before the infusion began (only asked of a fever).
    Before,
    /// During the infusion or before leaving the clinic.
    Clinic,
    /// Within a few hours afterwards.
    Hours,
    /// In the evening of the day.
    Evening,
    /// In the night that followed.
    Night,
    /// In the next morning.
    Morning,
    /// In the next afternoon or evening.
    Afternoon,
    /// On the day before the answer.
    Yesterday,
    /// In the night before the answer.
    LastNight,
    /// In the morning of the answer's day.
    Today,
    /// In the last hour or two.
    Recent,
    /// On a day, at an hour.
    Other,
}

impl Start {
    /// In the order in which they happen.
    pub const ALL: [Self; 12] = [
        Self::Before,
        Self::Clinic,
        Self::Hours,
        Self::Evening,
        Self::Night,
        Self::Morning,
        Self::Afternoon,
        Self::Yesterday,
        Self::LastNight,
        Self::Today,
        Self::Recent,
        Self::Other,
    ];

    /// What the form posts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Clinic => "clinic",
            Self::Hours => "hours",
            Self::Evening => "evening",
            Self::Night => "night",
            Self::Morning => "morning",
            Self::Afternoon => "afternoon",
            Self::Yesterday => "yesterday",
            Self::LastNight => "last-night",
            Self::Today => "today",
            Self::Recent => "recent",
            Self::Other => "other",
        }
    }

    /// Whether it is a time that we guess from words, so that the guess has to be shown.
    #[must_use]
    pub const fn is_guess(self) -> bool {
        !matches!(self, Self::Before | Self::Clinic | Self::Other)
    }

    /// The choice with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|start| start.code() == code)
    }

    /// The instant that it stands for: the end of the infusion for "in the clinic", three
    /// hours later for "a few hours", else 20:00, 02:00, 08:00 and 16:00 on the patient's
    /// wall clock (02:00 for a night, 08:00 for a morning, 16:00 for a day before the
    /// answer, too), an hour before the answer for "just now".
    #[must_use]
    pub fn instant(self, place: &Place, answered: Timestamp) -> Option<Timestamp> {
        let day = place.t0.day(place.zone.jiff());
        let today = answered.day(place.zone.jiff());
        Some(match self {
            Self::Before => place.started_at.plus_hours(-1),
            Self::Clinic => place.t0,
            Self::Hours => place.t0.plus_hours(3),
            Self::Evening => at_hour(day, 20, &place.zone)?,
            Self::Night => at_hour(day.plus_days(1), 2, &place.zone)?,
            Self::Morning => at_hour(day.plus_days(1), 8, &place.zone)?,
            Self::Afternoon => at_hour(day.plus_days(1), 16, &place.zone)?,
            Self::Yesterday => at_hour(today.plus_days(-1), 16, &place.zone)?,
            Self::LastNight => at_hour(today, 2, &place.zone)?,
            Self::Today => at_hour(today, 8, &place.zone)?,
            Self::Recent => answered.plus_hours(-1),
            Self::Other => return None,
        })
    }
}

/// The choices that lie after the infusion and not in the future.
#[must_use]
pub fn starts(place: &Place, now: Timestamp, may_be_before: bool) -> Vec<Start> {
    let fits = |start: Start| match start {
        Start::Before => may_be_before,
        Start::Clinic | Start::Other => true,
        Start::Recent => now > place.t0.plus_hours(1),
        // Until the day after the infusion its own parts of the day say the same.
        Start::Yesterday | Start::LastNight | Start::Today => {
            let zone = place.zone.jiff();
            let later = place.t0.day(zone).plus_days(2);
            start.instant(place, now).is_some_and(|at| at < now && at.day(zone) >= later)
        }
        named => named.instant(place, now).is_some_and(|at| at > place.t0 && at < now),
    };
    Start::ALL.into_iter().filter(|start| fits(*start)).collect()
}

/// The hours since the end that the named choices stand for; `other` is a day and an hour.
pub const ENDS: [(&str, i64); 3] = [("hour", 30), ("few", 3 * 60), ("half-day", 12 * 60)];

/// A day at a full hour on a wall clock; an hour that does not exist is the first after
/// the gap, one that exists twice is the first.
fn at_hour(day: Day, hour: i8, zone: &Zone) -> Option<Timestamp> {
    let time = Time::new(hour, 0, 0, 0).ok()?;
    let zoned = day.date().to_datetime(time).to_zoned(zone.jiff().clone()).ok()?;
    Some(Timestamp::new(zoned.timestamp()))
}

/// A day, with or without an hour, as typed: every instant that it can mean, and the one
/// that it stands for.
struct Span {
    from: Timestamp,
    until: Timestamp,
    middle: Timestamp,
}

impl Span {
    /// The instant that fits between two others, if one does. Who says "the day of the
    /// infusion, I do not know when" does not say "before the infusion".
    fn between(&self, low: Option<Timestamp>, high: Timestamp) -> Timestamp {
        let low = low.filter(|low| (self.from..self.until).contains(low)).unwrap_or(self.from);
        let high = if (self.from..self.until).contains(&high) { high } else { self.until };
        self.middle.min(high).max(low)
    }
}

fn typed(answers: &Answers, name: &str, zone: &Zone) -> Result<Span, (String, Why)> {
    let (day_name, hour_name) = (format!("{name}_day"), format!("{name}_hour"));
    let day = answers
        .given(&day_name)
        .ok_or((day_name.clone(), Why::Choose))?
        .parse::<Day>()
        .map_err(|_| (day_name.clone(), Why::NotADay))?;
    let hour = answers.given(&hour_name);
    let hour = hour.map(|text| text.parse::<i8>().map_err(|_| (hour_name.clone(), Why::Choose)));
    let span = match hour.transpose()? {
        // "I do not know the hour" is noon.
        None => day
            .start(zone.jiff())
            .zip(day.plus_days(1).start(zone.jiff()))
            .and_then(|(from, until)| Some(Span { from, until, middle: at_hour(day, 12, zone)? })),
        Some(hour) => at_hour(day, hour, zone).map(|at| Span {
            from: at,
            until: at.plus_hours(1),
            middle: at,
        }),
    };
    span.ok_or((hour_name, Why::Choose))
}

/// The times of one symptom or of the fever, and what is wrong with them.
pub struct Timed {
    /// `onset_h`, `duration_h`, `resolved_h_ago`, `preexisting`, `worse` as far as known.
    pub fields: Map<String, Value>,
    /// Field and reason.
    pub problems: Vec<(String, Why)>,
}

/// Reads the times under a prefix. `now` is when the report is made: what still lasts has
/// lasted until then; "just now" counts from when it was answered.
#[must_use]
pub fn timed(
    answers: &Answers,
    prefix: &str,
    place: &Place,
    (answered, now): (Timestamp, Timestamp),
    knows_before: bool,
) -> Timed {
    let mut timed = Timed { fields: Map::new(), problems: Vec::new() };
    let before = answers.text(&format!("{prefix}.before"));
    if knows_before {
        match before {
            // Who does not know is asked as if it were new: the rules then look at it.
            "no" | "unsure" => {}
            "same" | "worse" => {
                timed.fields.insert("preexisting".to_owned(), json!(true));
                timed.fields.insert("worse".to_owned(), json!(before == "worse"));
            }
            _ => timed.problems.push((format!("{prefix}.before"), Why::Choose)),
        }
        if before == "same" {
            // There since before the infusion: its beginning is the latest it can be.
            let (onset, lasted) =
                (place.started_at.hours_since(place.t0), now.hours_since(place.started_at));
            timed.fields.insert("onset_h".to_owned(), number(onset));
            timed.fields.insert("duration_h".to_owned(), number(lasted.max(0.into())));
            return timed;
        }
    }
    let low = knows_before.then_some(place.started_at);
    let onset = match start(answers, prefix, place, (answered, now), low) {
        Ok(onset) if onset > now => Err((format!("{prefix}.start_day"), Why::Future)),
        Ok(onset) if knows_before && onset < place.started_at => {
            Err((format!("{prefix}.start_day"), Why::BeforeInfusion))
        }
        other => other,
    };
    let end = end(answers, prefix, place, (answered, now), onset.as_ref().ok().copied());
    match (onset, end) {
        (Ok(onset), Ok(end)) => {
            let is_named = answers.text(&format!("{prefix}.end")) != "other";
            let end = end.map(|end| if is_named { end.max(onset) } else { end });
            if end.is_some_and(|end| end > now) {
                timed.problems.push((format!("{prefix}.end_day"), Why::Future));
            } else if end.is_some_and(|end| end < onset) {
                timed.problems.push((format!("{prefix}.end_day"), Why::EndBeforeStart));
            } else {
                // Between the start of the infusion and its end counts as its end.
                let counted = if onset >= place.started_at { onset.max(place.t0) } else { onset };
                let onset_h = counted.hours_since(place.t0);
                timed.fields.insert("onset_h".to_owned(), number(onset_h));
                let lasted = end.unwrap_or(now).hours_since(onset);
                timed.fields.insert("duration_h".to_owned(), number(lasted));
                if let Some(end) = end {
                    let ago = now.hours_since(end);
                    timed.fields.insert("resolved_h_ago".to_owned(), number(ago));
                }
            }
        }
        (onset, end) => {
            timed.problems.extend(onset.err());
            timed.problems.extend(end.err());
        }
    }
    timed
}

fn start(
    answers: &Answers,
    prefix: &str,
    place: &Place,
    (answered, now): (Timestamp, Timestamp),
    low: Option<Timestamp>,
) -> Result<Timestamp, (String, Why)> {
    let name = format!("{prefix}.start");
    let answered = answers.said_at(&name).unwrap_or(answered);
    match Start::from_code(answers.text(&name)) {
        None => Err((name, Why::Choose)),
        Some(Start::Other) => typed(answers, &name, &place.zone).map(|span| span.between(low, now)),
        Some(named) => {
            let at = named.instant(place, answered).unwrap_or(place.t0);
            Ok(if named == Start::Before { at } else { at.min(answered.max(place.t0)) })
        }
    }
}

/// `None` while it lasts.
fn end(
    answers: &Answers,
    prefix: &str,
    place: &Place,
    (answered, now): (Timestamp, Timestamp),
    onset: Option<Timestamp>,
) -> Result<Option<Timestamp>, (String, Why)> {
    let name = format!("{prefix}.end");
    let answered = answers.said_at(&name).unwrap_or(answered);
    match answers.text(&name) {
        "still" => Ok(None),
        "other" => typed(answers, &name, &place.zone).map(|span| Some(span.between(onset, now))),
        code => match ENDS.iter().find(|(named, _)| *named == code) {
            Some((_, minutes)) => Ok(Some(answered.plus_minutes(-minutes))),
            None => Err((name, Why::Choose)),
        },
    }
}

#[cfg(test)]
#[path = "moment_tests.rs"]
mod tests;

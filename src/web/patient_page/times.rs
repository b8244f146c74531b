//! When something began and ended, as it is asked: named times with the clock time that
//! each is taken for, or a day and an hour.

use super::field::{Choice, Shape};
use super::fields::Page;
use super::moment::{ENDS, Start, starts};
use crate::i18n::moments;
use crate::i18n::patient_words::{end, start};

/// Days that are listed to choose from, at most.
const LISTED_DAYS: i64 = 60;

impl Page<'_> {
    pub(super) fn start_and_end(
        &mut self,
        prefix: &str,
        began: &str,
        ended: &str,
        may_be_before: bool,
    ) {
        let t = self.t;
        let name = format!("{prefix}.start");
        let (place, now) = (&self.sitting.place, self.sitting.now);
        let said = self.answers.said_at(&name).unwrap_or(now);
        let mut offered = starts(place, now, may_be_before);
        // What was chosen earlier stays in sight, even if nobody would choose it today.
        if let Some(chosen) = Start::from_code(self.answers.text(&name))
            && !offered.contains(&chosen)
        {
            offered.push(chosen);
            offered.sort_by_key(|start| Start::ALL.iter().position(|other| other == start));
        }
        let choices = offered
            .into_iter()
            .map(|value| {
                let mut one = self.choice(&name, value.code(), start(value.code(), self.lang), "");
                let from = if one.chosen { said } else { now };
                // The clock time that it will be taken for, so that nobody has to guess.
                if let Some(at) = value.instant(place, from).filter(|_| value.is_guess()) {
                    one.hint = t.about(&moments::moment(at, &place.zone, self.lang));
                }
                one
            })
            .collect();
        self.add(&name, began, "", Shape::One(choices));
        self.moment(&name);
        let name = format!("{prefix}.end");
        let mut choices = vec![self.choice(&name, "still", t.still, "")];
        let said = self.answers.said_at(&name).unwrap_or(now);
        choices.extend(ENDS.iter().map(|(code, minutes)| {
            let mut one = self.choice(&name, code, end(code, self.lang), "");
            let from = if one.chosen { said } else { now };
            one.hint =
                t.about(&moments::moment(from.plus_minutes(-minutes), &place.zone, self.lang));
            one
        }));
        choices.push(self.choice(&name, "other", t.other_time, ""));
        self.add(&name, ended, "", Shape::One(choices));
        self.moment(&name);
    }

    fn moment(&mut self, name: &str) {
        let place = &self.sitting.place;
        let zone = place.zone.jiff();
        let day_name = format!("{name}_day");
        let hour_name = format!("{name}_hour");
        let mut hours = vec![Choice {
            chosen: self.answers.given(&hour_name).is_none(),
            ..self.choice(&hour_name, "", self.t.hour_unknown, "")
        }];
        hours.extend(
            (0..24)
                .map(|hour| self.choice(&hour_name, &hour.to_string(), &format!("{hour}:00"), "")),
        );
        let (first, last) = (place.started_at.day(zone), self.sitting.now.day(zone));
        // Native date fields speak the browser's language, not the page's: a list of days
        // is read by everybody. Months later a day is typed.
        let mut days = Vec::new();
        if last.days_since(first) <= LISTED_DAYS {
            days.push(self.choice(&day_name, "", self.t.choose_day, ""));
            days.extend((0..=last.days_since(first)).map(|back| {
                let day = last.plus_days(-back);
                self.choice(&day_name, &day.to_string(), &moments::day(day, self.lang), "")
            }));
        }
        let day = self.answers.text(&day_name).to_owned();
        let is_open = self.answers.text(name) == "other" || !day.is_empty();
        self.add(name, self.t.other_time_label, "", Shape::Moment { is_open, day, days, hours });
    }
}

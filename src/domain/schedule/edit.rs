//! Reading a schedule as an administrator types it, with every fault at once.

use jiff::civil::Time;

use super::{CheckInCode, QuietHours, Schedule, ScheduleError, Timing};
use crate::domain::codelist::Codelist;

/// The longest time from an infusion that may be typed: three years, in hours.
pub const LONGEST_H: i64 = 3 * 365 * 24;

/// More reminders than this are nagging.
pub const MOST_REMINDERS: usize = 5;

/// Which of the times of a check-in is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// From when a report counts as the answer.
    Opens,
    /// When the prompt is due.
    Due,
    /// The reminders, from the due time.
    Reminders,
    /// When silence counts as missed.
    Closes,
}

/// One check-in as typed. The hours are text, so that what is no number comes back as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedTiming {
    /// Which check-in.
    pub code: CheckInCode,
    /// Whether it is asked at all.
    pub asked: bool,
    /// Hours from `T0`.
    pub opens: String,
    /// Hours from `T0`.
    pub due: String,
    /// Hours from the due time, between commas or spaces.
    pub reminders: String,
    /// Hours from `T0`.
    pub closes: String,
}

/// A whole schedule as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedSchedule {
    /// One line for each check-in there is.
    pub timings: Vec<TypedTiming>,
    /// The begin of the quiet hours, as HH:MM.
    pub quiet_from: String,
    /// Their end.
    pub quiet_until: String,
}

/// What is wrong with a typed schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditProblem {
    /// No whole number of hours between 0 and [`LONGEST_H`].
    NotHours(CheckInCode, Part),
    /// More than [`MOST_REMINDERS`].
    TooManyReminders(CheckInCode),
    /// No time of day.
    NotTime(Quiet),
    /// The numbers are numbers, but do not fit together.
    Unfit(ScheduleError),
}

/// Which end of the quiet hours is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quiet {
    /// The begin.
    From,
    /// The end.
    Until,
}

impl TypedSchedule {
    /// A schedule as it would be typed. Check-ins that it does not ask show the default's
    /// hours, ready to be ticked.
    #[must_use]
    pub fn of(schedule: &Schedule) -> Self {
        let standard = Schedule::standard(crate::domain::ProductKind::Allogeneic);
        let timings = CheckInCode::ALL
            .iter()
            .filter_map(|code| {
                let own = schedule.timings().iter().find(|timing| timing.code == *code);
                let shown =
                    own.or_else(|| standard.timings().iter().find(|timing| timing.code == *code))?;
                let reminders: Vec<String> =
                    shown.reminders_h.iter().map(ToString::to_string).collect();
                Some(TypedTiming {
                    code: *code,
                    asked: own.is_some(),
                    opens: shown.opens_h.to_string(),
                    due: shown.due_h.to_string(),
                    reminders: reminders.join(", "),
                    closes: shown.closes_h.to_string(),
                })
            })
            .collect();
        let quiet = schedule.quiet();
        Self {
            timings,
            quiet_from: hours_and_minutes(quiet.from()),
            quiet_until: hours_and_minutes(quiet.until()),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, in the order of the page.
    pub fn read(&self) -> Result<Schedule, Vec<EditProblem>> {
        let mut problems = Vec::new();
        let mut timings = Vec::new();
        for typed in self.timings.iter().filter(|typed| typed.asked) {
            let before = problems.len();
            let mut take = |text: &str, part| {
                let hours = hours(text);
                if hours.is_none() {
                    problems.push(EditProblem::NotHours(typed.code, part));
                }
                hours.unwrap_or_default()
            };
            let (opens, due) = (take(&typed.opens, Part::Opens), take(&typed.due, Part::Due));
            let reminders: Option<Vec<i64>> = parts(&typed.reminders).map(hours).collect();
            if reminders.is_none() {
                take("", Part::Reminders);
            }
            let reminders = reminders.unwrap_or_default();
            let closes = take(&typed.closes, Part::Closes);
            if reminders.len() > MOST_REMINDERS {
                problems.push(EditProblem::TooManyReminders(typed.code));
            }
            if problems.len() == before {
                timings.push(Timing::new(typed.code, [opens, due, closes], &reminders));
            }
        }
        let mut time = |text: &str, which| {
            let time = time_of_day(text);
            if time.is_none() {
                problems.push(EditProblem::NotTime(which));
            }
            time
        };
        let from = time(&self.quiet_from, Quiet::From);
        let until = time(&self.quiet_until, Quiet::Until);
        let quiet = from.zip(until).map(|(from, until)| QuietHours::new(from, until));
        // What cannot be read leaves gaps, about which nothing is said twice.
        let unread = |code| {
            problems.iter().any(|problem| {
                matches!(problem, EditProblem::NotHours(of, _) | EditProblem::TooManyReminders(of)
                    if *of == code)
            })
        };
        let unfit = match Schedule::new(timings, quiet.unwrap_or_default()) {
            Ok(schedule) if problems.is_empty() => return Ok(schedule),
            Ok(_) => Vec::new(),
            Err(errors) => errors,
        };
        let unfit: Vec<EditProblem> = unfit
            .into_iter()
            .filter(|error| !(*error == ScheduleError::WithoutDayOne && unread(CheckInCode::D1)))
            .map(EditProblem::Unfit)
            .collect();
        problems.extend(unfit);
        Err(problems)
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    // U+FF0C and U+3001 are the commas of a Chinese keyboard.
    text.split([',', '\u{ff0c}', '\u{3001}', ' ', '\u{3000}']).filter(|part| !part.is_empty())
}

fn hours(text: &str) -> Option<i64> {
    let text = text.trim();
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|hours| is_plain && *hours <= LONGEST_H)
}

fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let is_plain = |part: &str| {
        (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_plain(hour) || !is_plain(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// A time of day as HH:MM.
#[must_use]
pub fn hours_and_minutes(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Reads a time of day as [`hours_and_minutes`] writes it.
#[must_use]
pub fn read_time(text: &str) -> Option<Time> {
    time_of_day(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ProductKind;

    fn typed() -> TypedSchedule {
        TypedSchedule::of(&Schedule::standard(ProductKind::Autologous))
    }

    fn line(typed: &mut TypedSchedule, code: CheckInCode) -> &mut TypedTiming {
        typed.timings.iter_mut().find(|line| line.code == code).unwrap()
    }

    #[test]
    fn what_is_shown_reads_back_as_it_was() {
        for kind in [ProductKind::Autologous, ProductKind::Allogeneic] {
            let schedule = Schedule::standard(kind);
            let typed = TypedSchedule::of(&schedule);
            assert!(typed.timings.iter().all(|line| line.code.is_scheduled()));
            assert_eq!(typed.timings.len(), CheckInCode::ALL.len() - 2);
            assert_eq!(typed.read(), Ok(schedule), "{kind:?}");
        }
    }

    #[test]
    fn commas_of_every_keyboard_part_reminders() {
        let mut typed = typed();
        line(&mut typed, CheckInCode::D7).reminders = "12\u{ff0c}24\u{3001} 36, 48".to_owned();
        typed.quiet_from = "9:30".to_owned();
        typed.quiet_until = "09:30".to_owned();
        let schedule = typed.read().unwrap();
        let day_7 = schedule.timings().iter().find(|one| one.code == CheckInCode::D7).unwrap();
        assert_eq!(day_7.reminders_h, [12, 24, 36, 48]);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        use CheckInCode::{D1, D2, D3, D7, D14, H4};
        let mut typed = typed();
        line(&mut typed, H4).opens = "3.5".to_owned();
        line(&mut typed, D1).due = "-24".to_owned();
        line(&mut typed, D1).closes = String::new();
        line(&mut typed, D2).reminders = "4, soon".to_owned();
        line(&mut typed, D3).closes = "26281".to_owned();
        line(&mut typed, D7).reminders = "1 2 3 4 5 6".to_owned();
        line(&mut typed, D14).opens = "400".to_owned();
        typed.quiet_from = "24:00".to_owned();
        typed.quiet_until = "+7:00".to_owned();
        assert_eq!(
            typed.read(),
            Err(vec![
                EditProblem::NotHours(H4, Part::Opens),
                EditProblem::NotHours(D1, Part::Due),
                EditProblem::NotHours(D1, Part::Closes),
                EditProblem::NotHours(D2, Part::Reminders),
                EditProblem::NotHours(D3, Part::Closes),
                EditProblem::TooManyReminders(D7),
                EditProblem::NotTime(Quiet::From),
                EditProblem::NotTime(Quiet::Until),
                EditProblem::Unfit(ScheduleError::Disordered(D14)),
            ])
        );
    }

    #[test]
    fn day_1_cannot_be_left_out() {
        let mut typed = typed();
        line(&mut typed, CheckInCode::D1).asked = false;
        assert_eq!(typed.read(), Err(vec![EditProblem::Unfit(ScheduleError::WithoutDayOne)]));
    }
}

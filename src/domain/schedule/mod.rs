//! When each infusion is followed up, and what is asked.
//!
//! Everything is counted in hours from `T0`, the end of the infusion, on
//! instants; only prompts look at the patient's wall clock ([`prompts`]). The
//! deadlines of the table do not move, with one exception: day 1 leaves at
//! least 8 h for an answer after its prompt was sent ([`CheckIn::close`]).
//!
//! The default table is clinical reference §7.2; a clinic's own is read from what was typed
//! in [`edit`]. What follows from answers,
//! silence and the next infusion is in [`progress`].

pub mod edit;
pub mod extra;
pub mod progress;
pub mod prompts;
pub mod questions;

use super::codelist::codelist;
use super::product::ProductKind;
use super::time::Timestamp;

pub use progress::{CheckIn, CheckInPhase, Completion, Missed, Supersession};
pub use prompts::{Moment, MomentKind, QuietHours};
pub use questions::QuestionGroup;

codelist! {
    /// A planned question "how are you?", by its place in the follow-up. Listed by due time.
    pub enum CheckInCode: "check-in" {
        /// Four hours.
        H4 = "H4",
        /// One day.
        D1 = "D1",
        /// Two days.
        D2 = "D2",
        /// Three days.
        D3 = "D3",
        /// One week.
        D7 = "D7",
        /// Two weeks.
        D14 = "D14",
        /// Three weeks (donor cells).
        D21 = "D21",
        /// Thirty days.
        D30 = "D30",
        /// Sixty days (donor cells).
        D60 = "D60",
        /// Three months, that is 90 days.
        M3 = "M3",
        /// One hundred days (donor cells).
        D100 = "D100",
        /// Six months, that is 180 days.
        M6 = "M6",
        /// Twelve months, that is 365 days.
        M12 = "M12",
        /// The day after a report of a symptom that lasts; beyond the schedule.
        Daily = "DAILY",
        /// Ordered by a nurse; beyond the schedule.
        Extra = "EXTRA",
    }
}

impl CheckInCode {
    /// Whether it stands in a schedule. The others are planned one by one ([`extra`]) and may
    /// come several times.
    #[must_use]
    pub const fn is_scheduled(self) -> bool {
        !matches!(self, Self::Daily | Self::Extra)
    }
}

/// When one check-in happens; all in hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// Which check-in.
    pub code: CheckInCode,
    /// From `T0` until a report counts as the answer.
    pub opens_h: i64,
    /// From `T0` until the prompt is owed.
    pub due_h: i64,
    /// From the due time until each reminder, in order.
    pub reminders_h: Vec<i64>,
    /// From `T0` until silence counts as missed.
    pub closes_h: i64,
}

impl Timing {
    fn new(code: CheckInCode, [opens_h, due_h, closes_h]: [i64; 3], reminders_h: &[i64]) -> Self {
        Self { code, opens_h, due_h, reminders_h: reminders_h.to_vec(), closes_h }
    }

    /// The instants of this check-in after an infusion that ended at `t0`.
    #[must_use]
    pub fn plan(&self, t0: Timestamp) -> PlannedCheckIn {
        let due_at = t0.plus_hours(self.due_h);
        PlannedCheckIn {
            code: self.code,
            opens_at: t0.plus_hours(self.opens_h),
            due_at,
            reminders_at: self.reminders_h.iter().map(|hours| due_at.plus_hours(*hours)).collect(),
            closes_at: t0.plus_hours(self.closes_h),
        }
    }
}

/// The instants of one check-in as the table gives them, before quiet hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCheckIn {
    /// Which check-in.
    pub code: CheckInCode,
    /// From here a report counts as its answer.
    pub opens_at: Timestamp,
    /// The prompt is owed.
    pub due_at: Timestamp,
    /// Reminders are owed, unless it is answered.
    pub reminders_at: Vec<Timestamp>,
    /// At this very instant an unanswered check-in is missed.
    pub closes_at: Timestamp,
}

/// Why a schedule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The same check-in is planned twice.
    #[error("{0:?} is planned twice")]
    Twice(CheckInCode),
    /// Opening, due time, reminders and close are not in this order.
    #[error("{0:?} must open by its due time, remind after it in order, and close last")]
    Disordered(CheckInCode),
    /// Due before or with a check-in that stands before it in [`CheckInCode`].
    #[error("{0:?} must be due after {1:?}")]
    OutOfTurn(CheckInCode, CheckInCode),
    /// Day 1 is not asked, though the rule about silence rests on it (S08).
    #[error("day 1 must be asked")]
    WithoutDayOne,
    /// Nobody would be written to at any time, or prompts would wait past their close.
    #[error("quiet hours may last {LONGEST_QUIET_H} hours at most")]
    QuietTooLong,
}

/// Quiet hours may last so long. Half the day, so that a prompt of day 1, which has 12 h from
/// due to close, cannot wait past its close every time.
pub const LONGEST_QUIET_H: i64 = 12;

/// The check-ins of one product profile, by due time, and the night in which nobody is woken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    timings: Vec<Timing>,
    quiet: QuietHours,
}

impl Schedule {
    /// A schedule of a clinic's own.
    ///
    /// # Errors
    ///
    /// Everything that is wrong: check-ins that are planned twice or whose times are out of
    /// order, day 1 left out, a night that is too long.
    pub fn new(mut timings: Vec<Timing>, quiet: QuietHours) -> Result<Self, Vec<ScheduleError>> {
        timings.sort_by_key(|timing| timing.code);
        let mut errors = Vec::new();
        if timings.iter().all(|timing| timing.code != CheckInCode::D1) {
            errors.push(ScheduleError::WithoutDayOne);
        }
        for (index, timing) in timings.iter().enumerate() {
            if timings.iter().take(index).any(|earlier| earlier.code == timing.code) {
                errors.push(ScheduleError::Twice(timing.code));
            }
            let mut last = timing.due_h;
            let rising = timing.reminders_h.iter().all(|after_due| {
                let at = timing.due_h.saturating_add(*after_due);
                let later = at > last;
                last = at;
                later
            });
            let opens = (0..=timing.due_h).contains(&timing.opens_h);
            if !opens || !rising || last >= timing.closes_h {
                errors.push(ScheduleError::Disordered(timing.code));
            }
            let before = index.checked_sub(1).and_then(|before| timings.get(before));
            if let Some(before) = before.filter(|before| before.code != timing.code)
                && before.due_h >= timing.due_h
            {
                errors.push(ScheduleError::OutOfTurn(timing.code, before.code));
            }
        }
        if quiet.length() > jiff::SignedDuration::from_hours(LONGEST_QUIET_H) {
            errors.push(ScheduleError::QuietTooLong);
        }
        if errors.is_empty() { Ok(Self { timings, quiet }) } else { Err(errors) }
    }

    /// The default schedule (clinical reference §7.2, a decision of this product
    /// after the v-safe programme; months are 90, 180 and 365 days).
    #[must_use]
    pub fn standard(kind: ProductKind) -> Self {
        use CheckInCode::{D1, D2, D3, D7, D14, D21, D30, D60, D100, H4, M3, M6, M12};
        let mut timings = vec![
            Timing::new(H4, [3, 4, 12], &[2]),
            Timing::new(D1, [20, 24, 36], &[4, 8]),
            Timing::new(D2, [44, 48, 60], &[4, 8]),
            Timing::new(D3, [66, 72, 96], &[6, 12]),
            Timing::new(D7, [156, 168, 240], &[24, 48]),
            Timing::new(D14, [312, 336, 456], &[24, 72]),
            Timing::new(D30, [672, 720, 1056], &[72, 168]),
        ];
        for (code, days) in [(M3, 90), (M6, 180), (M12, 365)] {
            let due = days * 24;
            timings.push(Timing::new(code, [due - 168, due, due + 720], &[168, 336]));
        }
        if kind == ProductKind::Allogeneic {
            for (code, due) in [(D21, 504), (D60, 1440), (D100, 2400)] {
                timings.push(Timing::new(code, [due - 24, due, due + 96], &[24, 48]));
            }
        }
        timings.sort_by_key(|timing| timing.due_h);
        Self { timings, quiet: QuietHours::STANDARD }
    }

    /// The night in which nobody is written to, on the patient's wall clock.
    #[must_use]
    pub const fn quiet(&self) -> QuietHours {
        self.quiet
    }

    /// When the follow-up of an infusion that ended at `t0` is over.
    #[must_use]
    pub fn ends_at(&self, t0: Timestamp) -> Timestamp {
        let last = self.timings.iter().map(|timing| timing.closes_h).max().unwrap_or(0);
        t0.plus_hours(last)
    }

    /// The timings, by due time.
    #[must_use]
    pub fn timings(&self) -> &[Timing] {
        &self.timings
    }

    /// All check-ins of an infusion that ended at `t0`, by due time.
    #[must_use]
    pub fn plan(&self, t0: Timestamp) -> Vec<PlannedCheckIn> {
        self.timings.iter().map(|timing| timing.plan(t0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codelist;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn planned(kind: ProductKind, t0: &str, code: CheckInCode) -> PlannedCheckIn {
        let plan = Schedule::standard(kind).plan(at(t0));
        plan.into_iter().find(|check_in| check_in.code == code).unwrap()
    }

    #[test]
    fn the_default_schedules_are_those_of_the_reference() {
        use CheckInCode::{D1, D2, D3, D7, D14, D21, D30, D60, D100, H4, M3, M6, M12};
        let expected: &[(CheckInCode, i64, i64, &[i64], i64)] = &[
            (H4, 3, 4, &[2], 12),
            (D1, 20, 24, &[4, 8], 36),
            (D2, 44, 48, &[4, 8], 60),
            (D3, 66, 72, &[6, 12], 96),
            (D7, 156, 168, &[24, 48], 240),
            (D14, 312, 336, &[24, 72], 456),
            (D21, 480, 504, &[24, 48], 600),
            (D30, 672, 720, &[72, 168], 1056),
            (D60, 1416, 1440, &[24, 48], 1536),
            (M3, 1992, 2160, &[168, 336], 2880),
            (D100, 2376, 2400, &[24, 48], 2496),
            (M6, 4152, 4320, &[168, 336], 5040),
            (M12, 8592, 8760, &[168, 336], 9480),
        ];
        let donor = [D21, D60, D100];
        for kind in [ProductKind::Autologous, ProductKind::Allogeneic] {
            let schedule = Schedule::standard(kind);
            let found: Vec<_> = schedule
                .timings()
                .iter()
                .map(|t| (t.code, t.opens_h, t.due_h, t.reminders_h.as_slice(), t.closes_h))
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .filter(|row| kind == ProductKind::Allogeneic || !donor.contains(&row.0))
                .copied()
                .collect();
            assert_eq!(found, expected, "{kind:?}");
            let again = Schedule::new(schedule.timings.clone(), QuietHours::STANDARD);
            assert_eq!(again, Ok(schedule), "{kind:?}");
        }
    }

    #[test]
    fn the_codes_are_listed_by_due_time() {
        let schedule = Schedule::standard(ProductKind::Allogeneic);
        let codes: Vec<_> = schedule.timings().iter().map(|timing| timing.code).collect();
        let scheduled = CheckInCode::ALL.iter().copied().filter(|code| code.is_scheduled());
        assert_eq!(codes, scheduled.collect::<Vec<_>>());
    }

    #[test]
    fn the_worked_times_of_the_reference_come_out() {
        let t0 = "2026-03-01T02:00:00Z";
        let day_1 = planned(ProductKind::Autologous, t0, CheckInCode::D1);
        assert_eq!(day_1.opens_at, at("2026-03-01T22:00:00Z"));
        assert_eq!(day_1.due_at, at("2026-03-02T02:00:00Z"));
        assert_eq!(day_1.reminders_at, [at("2026-03-02T06:00:00Z"), at("2026-03-02T10:00:00Z")]);
        assert_eq!(day_1.closes_at, at("2026-03-02T14:00:00Z"));
        let hour_4 = planned(ProductKind::Autologous, t0, CheckInCode::H4);
        assert_eq!(hour_4.due_at, at("2026-03-01T06:00:00Z"));
        assert_eq!(hour_4.reminders_at, [at("2026-03-01T08:00:00Z")]);
        let day_30 = planned(ProductKind::Autologous, t0, CheckInCode::D30);
        assert_eq!(day_30.due_at, at("2026-03-31T02:00:00Z"));
    }

    #[test]
    fn a_leap_day_is_a_day_like_any_other() {
        let t0 = "2028-02-28T10:00:00Z";
        for (code, due) in [
            (CheckInCode::D1, "2028-02-29T10:00:00Z"),
            (CheckInCode::D2, "2028-03-01T10:00:00Z"),
            (CheckInCode::M12, "2029-02-27T10:00:00Z"),
        ] {
            assert_eq!(planned(ProductKind::Autologous, t0, code).due_at, at(due), "{code:?}");
        }
    }

    #[test]
    fn a_schedule_out_of_order_is_refused_with_all_its_faults() {
        use CheckInCode::{D1, D2, D3, D7, H4};
        let timings = vec![
            Timing::new(H4, [5, 4, 12], &[2]),
            Timing::new(D1, [20, 24, 36], &[8, 4]),
            Timing::new(D2, [44, 48, 56], &[4, 8]),
            Timing::new(D3, [66, 72, 96], &[0]),
            Timing::new(D7, [156, 168, 240], &[]),
            Timing::new(D7, [156, 168, 240], &[]),
        ];
        assert_eq!(
            Schedule::new(timings, QuietHours::STANDARD),
            Err(vec![
                ScheduleError::Disordered(H4),
                ScheduleError::Disordered(D1),
                ScheduleError::Disordered(D2),
                ScheduleError::Disordered(D3),
                ScheduleError::Twice(D7),
            ])
        );
    }

    #[test]
    fn a_schedule_keeps_day_1_its_order_and_half_the_day_for_mails() {
        use CheckInCode::{D2, D3};
        let hour = |hour| jiff::civil::Time::constant(hour, 0, 0, 0);
        let timings =
            || vec![Timing::new(D2, [60, 72, 96], &[]), Timing::new(D3, [60, 72, 96], &[])];
        assert_eq!(
            Schedule::new(timings(), QuietHours::new(hour(20), hour(9))),
            Err(vec![
                ScheduleError::WithoutDayOne,
                ScheduleError::OutOfTurn(D3, D2),
                ScheduleError::QuietTooLong,
            ])
        );
        let day_1 = vec![Timing::new(CheckInCode::D1, [20, 24, 36], &[])];
        let twelve = Schedule::new(day_1, QuietHours::new(hour(20), hour(8))).unwrap();
        assert_eq!(twelve.ends_at(at("2026-03-01T02:00:00Z")), at("2026-03-02T14:00:00Z"));
    }
}

//! Dates on which the rota of the week does not hold: holidays, single days, people away.

use super::super::chain::Audience;
use super::super::codelist::codelist;
use super::super::{Day, RotaExceptionId, StaffId};
use super::{DAY_MIN, Rota};

/// The longest exception, in days.
pub const MOST_DAYS: i64 = 366;

codelist! {
    /// What is otherwise on some dates.
    pub enum ExceptionKind: "rota exception" {
        /// A person has hours beside those of the week.
        Add = "add",
        /// A person has hours instead of everybody's hours of the week.
        Replace = "replace",
        /// The hours of the week fall away: one person's, or everybody's (a holiday).
        Remove = "remove",
        /// A person is away: no hours of any kind, and no cover.
        Away = "away",
    }
}

/// What is otherwise, from a day to a day. Hours belong to the day on which they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exception {
    /// Which.
    pub id: RotaExceptionId,
    /// What.
    pub kind: ExceptionKind,
    /// Whose; none only where everybody's hours fall away.
    pub staff: Option<StaffId>,
    /// As what; none only for who is away, whatever they are.
    pub audience: Option<Audience>,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// Added hours: minutes after midnight, as in [`super::Hours`].
    pub hours: Option<(i32, i32)>,
}

impl Exception {
    /// Whether it says all that its kind needs, and no more.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let adds = matches!(self.kind, ExceptionKind::Add | ExceptionKind::Replace);
        let minute = 0..DAY_MIN;
        let hours = |(from, to): (i32, i32)| minute.contains(&from) && minute.contains(&to);
        (0..MOST_DAYS).contains(&self.to.days_since(self.from))
            && self.audience.is_none() == (self.kind == ExceptionKind::Away)
            && self.hours.is_some() == adds
            && self.hours.is_none_or(hours)
            && (self.staff.is_some() || self.kind == ExceptionKind::Remove)
    }

    fn holds(&self, kind: ExceptionKind, audience: Audience, day: Day) -> bool {
        self.kind == kind && self.audience.is_none_or(|one| one == audience) && self.is_on(day)
    }

    fn is_on(&self, day: Day) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

impl Rota {
    /// Whether a person is away on a day.
    #[must_use]
    pub fn is_away(&self, staff: StaffId, day: Day) -> bool {
        self.exceptions.iter().any(|one| {
            one.kind == ExceptionKind::Away && one.staff == Some(staff) && one.is_on(day)
        })
    }

    /// Whether a person was taken out of a function on a day.
    fn is_out(&self, audience: Audience, staff: StaffId, day: Day) -> bool {
        let is_out = |one: &Exception| {
            one.holds(ExceptionKind::Remove, audience, day) && one.staff == Some(staff)
        };
        self.is_away(staff, day) || self.exceptions.iter().any(is_out)
    }

    /// Whether a person's hours of the week do not hold on a day.
    pub(super) fn is_without_hours(&self, audience: Audience, staff: StaffId, day: Day) -> bool {
        let for_all = |one: &Exception| {
            one.holds(ExceptionKind::Replace, audience, day)
                || (one.holds(ExceptionKind::Remove, audience, day) && one.staff.is_none())
        };
        self.is_out(audience, staff, day) || self.exceptions.iter().any(for_all)
    }

    /// Hours of a date beside or instead of those of the week.
    pub(super) fn on_date(&self, audience: Audience, day: Day) -> Vec<(StaffId, (i32, i32))> {
        self.exceptions
            .iter()
            .filter(|one| {
                one.holds(ExceptionKind::Add, audience, day)
                    || one.holds(ExceptionKind::Replace, audience, day)
            })
            .filter_map(|one| one.staff.zip(one.hours))
            .filter(|(staff, _)| !self.is_away(*staff, day))
            .collect()
    }

    /// Who covers on a day when nobody has hours.
    pub(super) fn cover_on(&self, audience: Audience, day: Day) -> Vec<StaffId> {
        self.shifts
            .iter()
            .filter(|shift| shift.audience == audience && shift.hours.is_none())
            .map(|shift| shift.staff)
            .filter(|staff| !self.is_out(audience, *staff, day))
            .collect()
    }
}

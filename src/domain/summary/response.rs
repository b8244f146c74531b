//! Who answered, and what those who did not may hide.

use std::collections::BTreeSet;

use super::input::{CheckInRow, CheckInState, InfusionRow};
use super::share::{Share, count_of};

/// How the check-ins of the period were answered. Printed above every table, because a low rate
/// of reactions with a low rate of answers says nothing.
///
/// Shares are of the check-ins that were answered or missed; those still open are apart.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseRate {
    /// Answered or missed.
    pub due: u64,
    pub answered: Share,
    pub on_time: Share,
    pub late: Share,
    pub by_phone: Share,
    pub missed: Share,
    /// Open and not answered yet.
    pub waiting: u64,
}

impl ResponseRate {
    fn of<'a>(check_ins: impl Iterator<Item = &'a CheckInRow>) -> Self {
        let (mut on_time, mut late, mut phone, mut missed, mut waiting) = (0, 0, 0, 0, 0);
        for check_in in check_ins {
            match check_in.state {
                CheckInState::Waiting => waiting += 1,
                CheckInState::Missed => missed += 1,
                CheckInState::Answered { is_late, by_phone } => {
                    late += u64::from(is_late);
                    on_time += u64::from(!is_late);
                    phone += u64::from(by_phone);
                }
            }
        }
        let due = on_time + late + missed;
        Self {
            due,
            answered: Share::new(on_time + late, due),
            on_time: Share::new(on_time, due),
            late: Share::new(late, due),
            by_phone: Share::new(phone, due),
            missed: Share::new(missed, due),
            waiting,
        }
    }
}

/// Completeness of follow-up.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    pub all: ResponseRate,
    /// One line per check-in code, in the order in which codes first appear.
    pub by_code: Vec<(String, ResponseRate)>,
    /// Infusions with at least one completed check-in by D3.
    pub infusions_answered: Share,
    /// Patients with at least one such infusion.
    pub patients_answered: Share,
}

/// Counts the answers of all check-ins.
#[must_use]
pub fn response(infusions: &[InfusionRow]) -> Response {
    let check_ins = || infusions.iter().flat_map(|infusion| &infusion.check_ins);
    let mut codes: Vec<&str> = Vec::new();
    for check_in in check_ins() {
        if !codes.contains(&check_in.code.as_str()) {
            codes.push(&check_in.code);
        }
    }
    let by_code = codes
        .into_iter()
        .map(|code| {
            let rate = ResponseRate::of(check_ins().filter(|check_in| check_in.code == code));
            (code.to_owned(), rate)
        })
        .collect();
    let answered = || infusions.iter().filter(|infusion| infusion.answered_by_d3);
    let patients = |rows: &mut dyn Iterator<Item = &InfusionRow>| {
        count_of(rows.map(|infusion| infusion.patient).collect::<BTreeSet<_>>())
    };
    Response {
        all: ResponseRate::of(check_ins()),
        by_code,
        infusions_answered: Share::new(count_of(answered()), count_of(infusions)),
        patients_answered: Share::new(patients(&mut answered()), patients(&mut infusions.iter())),
    }
}

/// "Between … and … reacted": the answer if none, or all, of the silent had reacted.
///
/// Silent is what has no completed check-in by D3 and of which no reaction is known otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    pub silent: u64,
    /// If none of the silent reacted.
    pub lowest: Share,
    /// If all of them did.
    pub highest: Share,
}

impl Range {
    /// From the number that is known to have reacted, the silent, and all together.
    #[must_use]
    pub fn new(reacted: u64, silent: u64, of: u64) -> Self {
        Self { silent, lowest: Share::new(reacted, of), highest: Share::new(reacted + silent, of) }
    }
}

//! Time to the first reaction when not everybody was followed equally long.

use super::check::{Checks, Problem, StatisticsError};
use super::real;

/// The product-limit estimate: one entry per distinct event time, in order of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KaplanMeier {
    /// Distinct times with at least one event, ascending, in the unit given.
    pub times: Vec<f64>,
    /// Share still without the event just after each time.
    pub survival: Vec<f64>,
    /// Followed until just before each time.
    pub at_risk: Vec<u64>,
    /// Events at each time.
    pub events: Vec<u64>,
}

/// Kaplan and Meier's estimate (1958) of the share still without the event.
///
/// `times[i]` is the time (0 or later, any unit) of the event, or of the last observation when
/// `events[i]` is false. Whoever was last seen at an event time still counts as at risk there.
/// Without any event the answer has no entries: the share stays 1.
///
/// # Errors
///
/// The lists are empty or not equally long; a time is negative or not finite.
pub fn kaplan_meier(times: &[f64], events: &[bool]) -> Result<KaplanMeier, StatisticsError> {
    Checks::default()
        .not_empty("times", times)
        .equally_long(("times", times), ("events", events))
        .require(times.iter().all(|t| t.is_finite()), Problem::NotFinite("a value of times"))
        .require(
            times.iter().all(|t| t.is_nan() || *t >= 0.0),
            Problem::Negative("a value of times"),
        )
        .done()?;
    let mut seen: Vec<(f64, bool)> =
        times.iter().map(|t| t + 0.0).zip(events.iter().copied()).collect();
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));

    let mut answer = KaplanMeier::default();
    let (mut share, mut at_risk) = (1.0, seen.len() as u64);
    for same_time in seen.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let here = same_time.iter().filter(|(_, is_event)| *is_event).count() as u64;
        if here > 0 {
            share *= real(at_risk - here) / real(at_risk);
            answer.times.push(same_time[0].0);
            answer.survival.push(share);
            answer.at_risk.push(at_risk);
            answer.events.push(here);
        }
        at_risk -= same_time.len() as u64;
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn remission_times_are_those_of_freireich() {
        // Freireich et al. 1963, 6-MP arm, the usual textbook example.
        let times = [
            6., 6., 6., 6., 7., 9., 10., 10., 11., 13., 16., 17., 19., 20., 22., 23., 25., 32.,
            32., 34., 35.,
        ];
        let events =
            [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0].map(|e| e == 1);
        let curve = kaplan_meier(&times, &events).unwrap();
        assert_eq!(curve.times, [6., 7., 10., 13., 16., 22., 23.]);
        assert_eq!(curve.at_risk, [21, 17, 15, 12, 11, 7, 6]);
        assert_eq!(curve.events, [3, 1, 1, 1, 1, 1, 1]);
        for (s, wanted) in
            curve.survival.iter().zip([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482])
        {
            assert!((s - wanted).abs() < 0.000_051, "{s} is not {wanted}");
        }
    }

    #[test]
    fn without_events_nothing_falls() {
        assert_eq!(kaplan_meier(&[1.0, 2.0], &[false, false]).unwrap(), KaplanMeier::default());
    }

    #[test]
    fn zero_and_minus_zero_are_the_same_time() {
        assert_eq!(kaplan_meier(&[0.0, -0.0], &[true, true]).unwrap().times.len(), 1);
    }

    #[test]
    fn every_wrong_argument_is_named() {
        assert_eq!(
            kaplan_meier(&[-1.0, f64::NAN], &[true]).unwrap_err().to_string(),
            "times and events must be equally long (2 and 1); a value of times is not a finite \
             number; a value of times must not be below 0"
        );
        assert!(kaplan_meier(&[], &[]).is_err());
    }

    proptest! {
        #[test]
        fn the_curve_never_rises(seen in prop::collection::vec((0_u8..40, any::<bool>()), 1..60)) {
            let times: Vec<f64> = seen.iter().map(|s| f64::from(s.0)).collect();
            let events: Vec<bool> = seen.iter().map(|s| s.1).collect();
            let curve = kaplan_meier(&times, &events).unwrap();
            prop_assert!(curve.survival.windows(2).all(|pair| pair[1] < pair[0]));
            prop_assert!(curve.survival.iter().all(|s| (0.0..1.0).contains(s)));
            prop_assert!(curve.times.windows(2).all(|pair| pair[0] < pair[1]));
            if events.iter().all(|e| *e) {
                prop_assert_eq!(curve.survival.last(), Some(&0.0));
            }
        }
    }
}

//! Looking again and again at a growing count without spending more than one alpha.

use super::check::{Checks, Problem, StatisticsError};
use super::{bisect, density, real};

/// The longest surveillance and the greatest minimum that [`maxsprt_cv`] works out.
const LONGEST: u64 = 1000;

/// Kulldorff's log likelihood ratio of `k` events where `expected` were expected.
///
/// `(E - k) + k ln(k / E)` if `k > E`, else 0. `expected` is a number of events, above 0.
/// Source: Kulldorff et al. 2011.
///
/// # Errors
///
/// `k` above [`super::MOST`]; `expected` not finite, not above 0, or above that same number.
pub fn maxsprt_llr(k: u64, expected: f64) -> Result<f64, StatisticsError> {
    Checks::default().count("k", k).expected("e", expected).done()?;
    Ok(llr(real(k), expected))
}

fn llr(k: f64, expected: f64) -> f64 {
    if k <= expected {
        return 0.0;
    }
    let ratio = k / expected;
    // The ratio of a count to a tiny expectation does not fit; near 1 it is the better way.
    let log = if ratio.is_finite() { ratio.ln() } else { k.ln() - expected.ln() };
    ((expected - k) + k * log).max(0.0)
}

/// The limit that the log likelihood ratio must reach for a signal, when one looks after every
/// event until `t` events were expected.
///
/// `t` (above 0, at most 1000) is the planned length of surveillance in expected events, `m` (1
/// to 1000) the number of events below which nobody is alarmed, `alpha` (above 0, below 1) the
/// probability of any false signal. Exact recursion over the times at which each count reaches
/// the limit; agrees with the table of the R package Sequential to 6 decimals. Source: Kulldorff
/// et al. 2011.
///
/// # Errors
///
/// An argument outside its range; or no limit exists because even the lowest spends less than
/// `alpha` (`t` short and `m` great).
pub fn maxsprt_cv(t: f64, m: u64, alpha: f64) -> Result<f64, StatisticsError> {
    Checks::default()
        .positive("t", t)
        .require(
            !t.is_finite() || t <= real(LONGEST),
            Problem::TooLarge { name: "t", most: LONGEST },
        )
        .require(m > 0, Problem::NotPositive("m"))
        .require(m <= LONGEST, Problem::TooLarge { name: "m", most: LONGEST })
        .open_unit("alpha", alpha)
        .done()?;
    // Steps too unlikely to change the digits of alpha that count.
    let negligible = alpha * 1e-16;
    let highest = signal_probability(0.0, t, m, negligible);
    if highest <= alpha {
        return Err(Problem::Unreachable { highest }.into());
    }
    let spends_less = |limit: f64| signal_probability(limit, t, m, negligible) < alpha;
    let mut high = 4.0;
    while !spends_less(high) {
        high *= 2.0;
    }
    let mut low = 0.0;
    // Ten digits are more than the probabilities carry.
    while high - low > 1e-11 {
        let middle = low + (high - low) / 2.0;
        if spends_less(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(low + (high - low) / 2.0)
}

/// Probability that a Poisson process of rate 1 signals before time `t`.
///
/// Up to the time `end_c` a count of c reaches the limit, later it does not; so between
/// `end_(c-1)` and `end_c` the process stops at the count c. The distribution of the counts
/// that have not stopped is carried from one such time to the next.
fn signal_probability(limit: f64, t: f64, m: u64, negligible: f64) -> f64 {
    let mut running = vec![1.0_f64];
    let (mut from, mut stopped) = (0.0, 0.0);
    let mut c = m;
    loop {
        let end = last_signal(c, limit).min(t);
        let (at, tail) = steps(end - from, c, negligible);
        let mut next = vec![0.0; index(c)];
        for (count, share) in running.iter().enumerate() {
            stopped += share * tail.get(index(c) - count).copied().unwrap_or(0.0);
            for (place, probability) in next[count..].iter_mut().zip(&at) {
                *place += share * probability;
            }
        }
        if end >= t {
            return stopped;
        }
        (running, from, c) = (next, end, c + 1);
    }
}

/// The latest time at which `c` events reach the limit; `c` itself for a limit of 0.
fn last_signal(c: u64, limit: f64) -> f64 {
    if limit <= 0.0 {
        return real(c);
    }
    bisect(0.0, real(c), |time| llr(real(c), time) < limit)
}

/// P(X = j) and P(X >= j) of a Poisson variable, for j from 0 as far as it matters and at most
/// to `last`.
fn steps(mean: f64, last: u64, negligible: f64) -> (Vec<f64>, Vec<f64>) {
    let mut at = Vec::new();
    for j in 0..=last {
        let probability = density::poisson(j, mean);
        if real(j) > mean && probability <= negligible {
            break;
        }
        at.push(probability);
    }
    let mut above = density::poisson_upper(at.len() as u64, mean);
    let mut tail = vec![0.0; at.len()];
    for (place, probability) in tail.iter_mut().zip(&at).rev() {
        above += probability;
        *place = above;
    }
    (at, tail)
}

fn index(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// What a Bernoulli CUSUM is tuned to detect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CusumDesign {
    /// The usual probability of the reaction, above 0 and below 1.
    pub p0: f64,
    /// The odds ratio to detect, above 0 and not 1 (below 1: a fall).
    pub odds_ratio: f64,
    /// The limit, above 0; chosen by simulation.
    pub h: f64,
}

impl CusumDesign {
    /// What an infusion with and without the reaction adds to the sum.
    #[must_use]
    pub fn weights(self) -> (f64, f64) {
        let scale = 1.0 - self.p0 + self.odds_ratio * self.p0;
        // p1/p0 = OR / scale and (1-p1)/(1-p0) = 1 / scale
        ((self.odds_ratio / scale).ln(), -scale.ln())
    }
}

/// The chart and where it first reached its limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Cusum {
    /// The sum after each outcome; it goes on after a signal.
    pub values: Vec<f64>,
    /// The first outcome, counted from 1, at which the sum is at least `h`.
    pub signal_at: Option<usize>,
}

/// The Bernoulli CUSUM of a sequence of outcomes (true: the reaction occurred), in their order.
///
/// `S = max(0, S + w)`, w = ln(p1/p0) with the reaction and ln((1-p1)/(1-p0)) without, where
/// p1 has `odds_ratio` times the odds of p0; a signal when `S >= h`. Source: Steiner et al.
/// 2000.
///
/// # Errors
///
/// A parameter of the design outside its range, or no outcomes.
pub fn cusum(design: CusumDesign, outcomes: &[bool]) -> Result<Cusum, StatisticsError> {
    let CusumDesign { p0, odds_ratio, h } = design;
    Checks::default()
        .open_unit("p0", p0)
        .positive("odds_ratio", odds_ratio)
        .require((odds_ratio - 1.0).abs() > 0.0, Problem::NoChange("odds_ratio"))
        .positive("h", h)
        .not_empty("outcomes", outcomes)
        .done()?;
    let (with, without) = design.weights();
    Checks::default()
        .require(with.is_finite() && without.is_finite(), Problem::Unrepresentable("odds_ratio"))
        .done()?;
    let mut sum = 0.0_f64;
    let mut values = Vec::with_capacity(outcomes.len());
    for occurred in outcomes {
        sum = (sum + if *occurred { with } else { without }).max(0.0);
        values.push(sum);
    }
    let signal_at = values.iter().position(|sum| *sum >= h).map(|place| place + 1);
    Ok(Cusum { values, signal_at })
}

#[cfg(test)]
mod tests {
    use super::super::MOST;
    use super::*;
    use proptest::prelude::*;

    fn six_decimals(actual: f64, printed: f64) {
        assert!((actual - printed).abs() <= 0.501e-6, "{actual} is not {printed}");
    }

    #[test]
    fn likelihood_ratios_are_those_of_the_reference() {
        for (k, e, wanted) in [
            (3, 0.5, 2.875_278),
            (5, 1.2, 3.335_582),
            (4, 1.0, 2.545_177),
            (8, 3.5, 2.113_429),
            (10, 4.0, 3.162_907),
            (1, 0.05, 2.045_732),
            (2, 3.0, 0.0),
            (0, 3.0, 0.0),
        ] {
            six_decimals(maxsprt_llr(k, e).unwrap(), wanted);
        }
    }

    #[test]
    fn critical_values_are_those_of_the_published_table() {
        const TABLE: [(f64, [f64; 4]); 14] = [
            (1.0, [2.853_937, 2.366_638, 1.774_218, f64::NAN]),
            (1.5, [2.964_971, 2.576_390, 2.150_707, 1.683_209]),
            (2.0, [3.046_977, 2.689_354, 2.349_679, 2.000_158]),
            (3.0, [3.162_106, 2.849_327, 2.565_320, 2.317_139]),
            (4.0, [3.245_004, 2.937_410, 2.699_182, 2.498_892]),
            (5.0, [3.297_183, 3.012_909, 2.803_955, 2.623_668]),
            (6.0, [3.342_729, 3.082_099, 2.873_904, 2.699_350]),
            (8.0, [3.413_782, 3.170_062, 2.985_560, 2.829_259]),
            (10.0, [3.467_952, 3.238_009, 3.064_248, 2.921_561]),
            (15.0, [3.562_591, 3.353_265, 3.199_953, 3.075_613]),
            (20.0, [3.628_123, 3.430_141, 3.288_216, 3.176_370]),
            (30.0, [3.715_764, 3.534_150, 3.406_715, 3.307_135]),
            (50.0, [3.819_903, 3.657_142, 3.544_826, 3.455_521]),
            (100.0, [3.952_321, 3.810_141, 3.711_993, 3.636_508]),
        ];
        for (t, row) in TABLE {
            for (m, wanted) in (1..).zip(row) {
                if wanted.is_nan() {
                    let refusal = maxsprt_cv(t, m, 0.05).unwrap_err();
                    assert!(matches!(refusal.problems(), [Problem::Unreachable { .. }]));
                } else {
                    six_decimals(maxsprt_cv(t, m, 0.05).unwrap(), wanted);
                }
            }
        }
    }

    #[test]
    fn the_worked_example_signals_at_five_events_and_not_at_four() {
        let limit = maxsprt_cv(5.0, 1, 0.05).unwrap();
        assert!(maxsprt_llr(5, 1.2).unwrap() >= limit);
        assert!(maxsprt_llr(4, 1.0).unwrap() < limit);
    }

    #[test]
    fn the_chart_is_that_of_the_reference() {
        let design = CusumDesign { p0: 0.10, odds_ratio: 2.0, h: 2.5 };
        let (with, without) = design.weights();
        six_decimals(with, 0.597_837);
        six_decimals(without, -0.095_310);
        let outcomes = [0, 1, 0, 1, 1, 0, 0, 1, 1, 0].map(|o| o == 1);
        let chart = cusum(design, &outcomes).unwrap();
        let wanted = [0.0, 0.5978, 0.5025, 1.1004, 1.6982, 1.6029, 1.5076, 2.1054, 2.7033, 2.6079];
        for (value, wanted) in chart.values.iter().zip(wanted) {
            assert!((value - wanted).abs() <= 0.000_051, "{value} is not {wanted}");
        }
        assert_eq!(chart.signal_at, Some(9));
        assert_eq!(cusum(CusumDesign { h: 3.0, ..design }, &outcomes).unwrap().signal_at, None);
    }

    #[test]
    fn every_wrong_argument_is_named() {
        assert_eq!(
            maxsprt_cv(-1.0, 0, 1.0).unwrap_err().to_string(),
            "t must be above 0; m must be above 0; alpha must lie between 0 and 1, both ends \
             excluded"
        );
        assert!(maxsprt_cv(f64::NAN, 1, 0.05).is_err());
        assert!(maxsprt_cv(1001.0, 1, 0.05).is_err());
        assert!(maxsprt_llr(1, 0.0).is_err());
        assert!(maxsprt_llr(MOST, 1e-320).unwrap().is_finite());
        let wrong = CusumDesign { p0: 0.0, odds_ratio: 1.0, h: 0.0 };
        assert_eq!(
            cusum(wrong, &[]).unwrap_err().to_string(),
            "p0 must lie between 0 and 1, both ends excluded; odds_ratio must not be 1: there \
             would be nothing to detect; h must be above 0; outcomes must have at least one value"
        );
        let huge = CusumDesign { p0: 0.5, odds_ratio: f64::MAX, h: 1.0 };
        assert!(cusum(huge, &[true]).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_limit_rises_with_time_and_falls_with_alpha_and_minimum(
            t in 2.0_f64..20.0, m in 1_u64..3, alpha in 0.01_f64..0.1,
        ) {
            let limit = maxsprt_cv(t, m, alpha).unwrap();
            prop_assert!(maxsprt_cv(t * 1.2, m, alpha).unwrap() >= limit);
            prop_assert!(maxsprt_cv(t, m + 1, alpha).unwrap() <= limit);
            prop_assert!(maxsprt_cv(t, m, alpha * 1.5).unwrap() <= limit);
            prop_assert!((signal_probability(limit, t, m, 0.0) - alpha).abs() < 1e-9);
        }

        #[test]
        fn a_chart_never_falls_below_zero(outcomes in prop::collection::vec(any::<bool>(), 1..80)) {
            let design = CusumDesign { p0: 0.08, odds_ratio: 3.0, h: 4.0 };
            let chart = cusum(design, &outcomes).unwrap();
            prop_assert!(chart.values.iter().all(|value| *value >= 0.0));
            prop_assert_eq!(chart.values.len(), outcomes.len());
        }
    }
}

//! Intervals for a proportion, a count and a rate.

use std::f64::consts::SQRT_2;

use statrs::function::erf::erfc_inv;

use super::check::{Checks, StatisticsError};
use super::{bisect, density, real};

/// A value with the interval around it, in the unit of the value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
}

/// The exact (Clopper-Pearson) interval of `k` of `n`, as fractions.
///
/// Covers the true proportion with probability `level` (above 0, below 1) or more. The limits
/// are those p for which seeing `k` or more, or `k` or fewer, has probability `(1 - level) / 2`;
/// the lower limit of 0 of n is 0, the upper one of n of n is 1. It assumes independent
/// observations: over the infusions of the same patients it is too narrow. Source: Clopper and
/// Pearson 1934; checked against Newcombe 1998.
///
/// # Errors
///
/// `n` is 0 or above [`super::MOST`]; `k > n`; `level` not between 0 and 1.
pub fn clopper_pearson(k: u64, n: u64, level: f64) -> Result<Estimate, StatisticsError> {
    Checks::default().part(k, n).open_unit("level", level).done()?;
    let half = (1.0 - level) / 2.0;
    Ok(Estimate {
        value: real(k) / real(n),
        lower: lower_proportion(k, n, half),
        upper: 1.0 - lower_proportion(n - k, n, half),
    })
}

fn lower_proportion(k: u64, n: u64, tail: f64) -> f64 {
    if k == 0 {
        return 0.0;
    }
    // k is the median for p = k/n, so that the tail there is at least one half.
    bisect(0.0, real(k) / real(n), |p| density::binomial_upper(k, n, p) >= tail)
}

/// Wilson's score interval of `k` of `n`, as fractions, without continuity correction.
///
/// Shorter than the exact one and right on average only; for charts, not for the tables.
/// Source: Wilson 1927; Newcombe 1998, method 3.
///
/// # Errors
///
/// As [`clopper_pearson`].
pub fn wilson(k: u64, n: u64, level: f64) -> Result<Estimate, StatisticsError> {
    Checks::default().part(k, n).open_unit("level", level).done()?;
    let z = two_sided_z(level);
    let (total, zz) = (real(n), z * z);
    let value = real(k) / total;
    let centre = value + zz / (2.0 * total);
    let half = z * (value * (1.0 - value) / total + zz / (4.0 * total * total)).sqrt();
    let scale = 1.0 + zz / total;
    Ok(Estimate {
        value,
        lower: if k == 0 { 0.0 } else { ((centre - half) / scale).clamp(0.0, value) },
        upper: if k == n { 1.0 } else { ((centre + half) / scale).clamp(value, 1.0) },
    })
}

/// The exact (Garwood) interval of a Poisson count of `k` events.
///
/// `level` is above 0 and below 1. The value is `k` itself. Source: Garwood 1936.
///
/// # Errors
///
/// `k` above [`super::MOST`]; `level` not between 0 and 1.
pub fn poisson_exact(k: u64, level: f64) -> Result<Estimate, StatisticsError> {
    Checks::default().count("k", k).open_unit("level", level).done()?;
    let half = (1.0 - level) / 2.0;
    let value = real(k);
    // k is the median of the Poisson distribution with mean k, so that both tails there are at
    // least one half.
    let lower = if k == 0 {
        0.0
    } else {
        bisect(0.0, value, |mean| density::poisson_upper(k, mean) >= half)
    };
    let is_beyond = |mean: f64| density::poisson_lower(k, mean) <= half;
    let mut high = value.mul_add(2.0, 1.0);
    while !is_beyond(high) {
        high *= 2.0;
    }
    Ok(Estimate { value, lower, upper: bisect(value, high, is_beyond) })
}

/// Events per unit of follow-up time, with the exact interval of the count.
///
/// `time` is the person-time under observation, above 0; the answer is per that same unit
/// (events per day if `time` is in days).
///
/// # Errors
///
/// As [`poisson_exact`]; `time` not finite or not above 0.
pub fn poisson_rate(k: u64, time: f64, level: f64) -> Result<Estimate, StatisticsError> {
    Checks::default().count("k", k).positive("time", time).open_unit("level", level).done()?;
    let count = poisson_exact(k, level)?;
    let rate = |events: f64| events / time;
    let rates =
        Estimate { value: rate(count.value), lower: rate(count.lower), upper: rate(count.upper) };
    Checks::default().finite("the rate", rates.upper).done()?;
    Ok(rates)
}

/// How many standard deviations hold a normal value with probability `level`; 1.96 for 0.95.
pub(super) fn two_sided_z(level: f64) -> f64 {
    SQRT_2 * erfc_inv(1.0 - level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// To the digits that are printed.
    fn printed(actual: f64, wanted: f64, digits: i32) {
        let tolerance = 0.500_1 * 10_f64.powi(-digits);
        assert!((actual - wanted).abs() <= tolerance, "{actual} is not {wanted}");
    }

    #[test]
    fn exact_intervals_are_those_of_the_table() {
        for (k, n, lower, upper) in [
            (0, 10, 0.0, 0.308_497),
            (10, 10, 0.691_503, 1.0),
            (0, 1, 0.0, 0.975),
            (1, 1, 0.025, 1.0),
            (4, 6, 0.222_778, 0.956_728),
            (29, 34, 0.689_434, 0.950_472),
            (38, 130, 0.215_867, 0.378_471),
            (110, 130, 0.772_445, 0.903_421),
            (118, 130, 0.844_308, 0.951_389),
            (36, 130, 0.202_085, 0.362_214),
            (10, 251, 0.019_268, 0.072_046),
            (5, 251, 0.006_499, 0.045_873),
            (3, 251, 0.002_472, 0.034_530),
            (1, 251, 0.000_101, 0.021_997),
            (4, 24, 0.047_354, 0.373_842),
            (3, 24, 0.026_559, 0.323_611),
            (5, 10, 0.187_086, 0.812_914),
            (50, 100, 0.398_321, 0.601_679),
            (3, 100, 0.006_230, 0.085_176),
            (0, 300, 0.0, 0.012_221),
        ] {
            let interval = clopper_pearson(k, n, 0.95).unwrap();
            printed(interval.lower, lower, 6);
            printed(interval.upper, upper, 6);
            printed(interval.value, real(k) / real(n), 12);
        }
    }

    #[test]
    fn exact_intervals_are_those_of_the_papers() {
        for (k, n, lower, upper, digits) in [
            (81, 263, 25.27, 36.76, 2),
            (15, 148, 5.78, 16.17, 2),
            (0, 20, 0.0, 16.84, 2),
            (1, 29, 0.09, 17.76, 2),
            (4, 6, 22.3, 95.7, 1),
            (1, 6, 0.4, 64.1, 1),
            (2, 6, 4.3, 77.7, 1),
            // The paper prints 95.1 for 29 of 34; the exact value is 95.0472.
            (29, 34, 68.9, 95.0, 1),
            (16, 34, 29.8, 64.9, 1),
            (7, 34, 8.7, 37.9, 1),
            (1, 34, 0.1, 15.3, 1),
        ] {
            let interval = clopper_pearson(k, n, 0.95).unwrap();
            printed(interval.lower * 100.0, lower, digits);
            printed(interval.upper * 100.0, upper, digits);
        }
    }

    #[test]
    fn garwood_intervals_are_those_of_the_table() {
        for (k, lower, upper) in [
            (0, 0.0, 3.6889),
            (1, 0.0253, 5.5716),
            (2, 0.2422, 7.2247),
            (3, 0.6187, 8.7673),
            (4, 1.0899, 10.2416),
            (5, 1.6235, 11.6683),
            (10, 4.7954, 18.3904),
            (20, 12.2165, 30.8884),
            (50, 37.1110, 65.9188),
            (100, 81.3640, 121.6268),
        ] {
            let interval = poisson_exact(k, 0.95).unwrap();
            printed(interval.lower, lower, 4);
            printed(interval.upper, upper, 4);
        }
        let rate = poisson_rate(7, 1260.0, 0.95).unwrap();
        printed(rate.value * 100.0, 0.5556, 4);
        printed(rate.lower * 100.0, 0.2234, 4);
        printed(rate.upper * 100.0, 1.1447, 4);
    }

    #[test]
    fn wilson_intervals_are_those_of_newcombe() {
        // Newcombe 1998, table I, method 3.
        for (k, n, lower, upper) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson(k, n, 0.95).unwrap();
            printed(interval.lower, lower, 4);
            printed(interval.upper, upper, 4);
        }
        assert!((two_sided_z(0.95) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((two_sided_z(0.99) - 2.575_829_303_548_901).abs() < 1e-14);
    }

    #[test]
    fn every_wrong_argument_is_named() {
        for interval in [clopper_pearson, wilson] {
            assert_eq!(
                interval(5, 3, 95.0).unwrap_err().to_string(),
                "k must not be greater than n; level must lie between 0 and 1, both ends excluded"
            );
            assert!(interval(0, 0, 0.95).is_err());
            assert!(interval(0, 1, f64::NAN).is_err());
            assert!(interval(0, super::super::MOST + 1, 0.9).is_err());
        }
        assert!(poisson_exact(1, 1.0).is_err());
        assert!(poisson_exact(u64::MAX, 0.5).is_err());
        assert!(poisson_rate(1, 0.0, 0.95).is_err());
        assert!(poisson_rate(1, 1e-320, 0.95).is_err(), "an infinite rate is no answer");
    }

    #[test]
    fn the_largest_counts_still_have_an_answer() {
        let most = super::super::MOST;
        for k in [0, 1, most / 2, most - 1, most] {
            let exact = clopper_pearson(k, most, 0.999_999).unwrap();
            assert!(exact.lower <= exact.value && exact.value <= exact.upper);
        }
        let count = poisson_exact(most, 0.95).unwrap();
        assert!((count.upper / real(most) - 1.0).abs() < 1e-4);
    }

    proptest! {
        #[test]
        fn an_interval_contains_its_estimate_and_grows_with_the_count(
            k in 0_u64..200, more in 1_u64..200, level in 0.01_f64..0.9999,
        ) {
            let n = k + more;
            for interval in [clopper_pearson, wilson] {
                let this = interval(k, n, level).unwrap();
                let next = interval(k + 1, n, level).unwrap();
                prop_assert!(0.0 <= this.lower && this.lower <= this.value);
                prop_assert!(this.value <= this.upper && this.upper <= 1.0);
                prop_assert!(this.lower <= next.lower && this.upper <= next.upper);
            }
            let this = poisson_exact(k, level).unwrap();
            let next = poisson_exact(k + 1, level).unwrap();
            prop_assert!(this.lower <= this.value && this.value <= this.upper);
            prop_assert!(this.lower < next.lower && this.upper < next.upper);
        }

        #[test]
        fn the_limits_leave_exactly_half_of_alpha_outside(
            k in 1_u64..150, more in 1_u64..150, level in 0.05_f64..0.9999,
        ) {
            let (n, half) = (k + more, (1.0 - level) / 2.0);
            let exact = clopper_pearson(k, n, level).unwrap();
            prop_assert!((density::binomial_upper(k, n, exact.lower) / half - 1.0).abs() < 1e-9);
            let at_upper = density::binomial_upper(more, n, 1.0 - exact.upper);
            prop_assert!((at_upper / half - 1.0).abs() < 1e-9);
        }
    }
}

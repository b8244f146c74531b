//! Is a reaction reported more often with one product than with the others?
//!
//! Only with a comparator: in a registry of one product there is no "others" and these numbers
//! mean nothing; whoever prints them must hide them there. Classic criterion: PRR at least 2,
//! chi-squared at least 4, at least 3 cases (Evans et al. 2001).

use std::f64::consts::LN_2;

use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur};

use super::check::{Checks, Problem, StatisticsError};
use super::interval::{Estimate, two_sided_z};
use super::{bisect, real};

/// A table of reports: this product (row 1) or others (row 2), with the reaction (column 1) or
/// without it (column 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FourFold {
    /// This product, with the reaction.
    pub a: u64,
    /// This product, without it.
    pub b: u64,
    /// Others, with the reaction.
    pub c: u64,
    /// Others, without it.
    pub d: u64,
}

impl FourFold {
    /// All reports.
    #[must_use]
    pub fn total(self) -> u64 {
        [self.a, self.b, self.c, self.d].into_iter().fold(0, u64::saturating_add)
    }

    pub(super) fn checked(self) -> Checks {
        Checks::default()
            .count("a", self.a)
            .count("b", self.b)
            .count("c", self.c)
            .count("d", self.d)
    }

    /// Pearson's chi-squared, plain and with Yates's correction. Only for margins above 0.
    fn chi_squared(self) -> (f64, f64) {
        let (a, b, c, d) =
            (i128::from(self.a), i128::from(self.b), i128::from(self.c), i128::from(self.d));
        let (row, other_row) = (real(self.a + self.b), real(self.c + self.d));
        let (column, other_column) = (real(self.a + self.c), real(self.b + self.d));
        let total = real(self.total());
        let difference = exact((a * d - b * c).unsigned_abs());
        let statistic = |x: f64| total * (x / row / other_row) * (x / column / other_column);
        // The correction may take away what is there, never more (as in R and SciPy).
        (statistic(difference), statistic((difference - total / 2.0).max(0.0)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "the products stay exact to 16 digits")]
fn exact(value: u128) -> f64 {
    value as f64
}

/// A ratio of reporting with its interval, and the association as chi-squared (1 degree of
/// freedom).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProportionalRatio {
    pub ratio: Estimate,
    pub chi2: f64,
    pub chi2_yates: f64,
}

/// The proportional reporting ratio `[a/(a+b)] / [c/(c+d)]`.
///
/// Interval on the log scale, SE² = 1/a - 1/(a+b) + 1/c - 1/(c+d); `level` above 0, below 1.
/// Source: Evans, Waller and Davis 2001.
///
/// # Errors
///
/// `a` or `c` is 0 (the ratio or its error has no value), all reports have the reaction, a cell
/// is above [`super::MOST`], `level` not between 0 and 1.
pub fn prr(table: FourFold, level: f64) -> Result<ProportionalRatio, StatisticsError> {
    let FourFold { a, b, c, d } = table;
    table
        .checked()
        .require(a > 0, Problem::NotPositive("a"))
        .require(c > 0, Problem::NotPositive("c"))
        .require(b > 0 || d > 0, Problem::NotPositive("b + d"))
        .open_unit("level", level)
        .done()?;
    // a/(a+b) / (c/(c+d)) with the whole-number products exact
    let ratio = exact(u128::from(a) * u128::from(c + d)) / exact(u128::from(c) * u128::from(a + b));
    let variance = real(b) / (real(a) * real(a + b)) + real(d) / (real(c) * real(c + d));
    let (chi2, chi2_yates) = table.chi_squared();
    Ok(ProportionalRatio { ratio: around(ratio, variance, level), chi2, chi2_yates })
}

/// The reporting odds ratio `ad / (bc)`.
///
/// Interval on the log scale, SE² = 1/a + 1/b + 1/c + 1/d; `level` above 0, below 1.
///
/// # Errors
///
/// A cell is 0 or above [`super::MOST`]; `level` not between 0 and 1.
pub fn ror(table: FourFold, level: f64) -> Result<ProportionalRatio, StatisticsError> {
    let FourFold { a, b, c, d } = table;
    Checks::default()
        .total("a", a)
        .total("b", b)
        .total("c", c)
        .total("d", d)
        .open_unit("level", level)
        .done()?;
    let ratio = exact(u128::from(a) * u128::from(d)) / exact(u128::from(b) * u128::from(c));
    let variance = [a, b, c, d].into_iter().map(|cell| 1.0 / real(cell)).sum();
    let (chi2, chi2_yates) = table.chi_squared();
    Ok(ProportionalRatio { ratio: around(ratio, variance, level), chi2, chi2_yates })
}

fn around(ratio: f64, variance: f64, level: f64) -> Estimate {
    let half = two_sided_z(level) * variance.sqrt();
    Estimate { value: ratio, lower: ratio * (-half).exp(), upper: ratio * half.exp() }
}

/// The information component with the expected count behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InformationComponent {
    /// In bits: 1 means twice as often as expected.
    pub ic: Estimate,
    /// The expected number of reports.
    pub expected: f64,
}

/// The information component of a four-fold table; expected count `(a+b)(a+c) / N`.
///
/// # Errors
///
/// The expected count is 0 (an empty row or column), a cell is above [`super::MOST`], `level`
/// not between 0 and 1.
pub fn ic(table: FourFold, level: f64) -> Result<InformationComponent, StatisticsError> {
    let FourFold { a, b, c, .. } = table;
    table
        .checked()
        .require(a > 0 || b > 0, Problem::NotPositive("a + b"))
        .require(a > 0 || c > 0, Problem::NotPositive("a + c"))
        .open_unit("level", level)
        .done()?;
    let expected = exact(u128::from(a + b) * u128::from(a + c)) / real(table.total());
    ic_observed_expected(a, expected, level)
}

/// The information component `log2((O + 1/2) / (E + 1/2))` of an observed and an expected count.
///
/// The interval is `log2` of the quantiles of the gamma distribution with shape O + 1/2 and rate
/// E + 1/2; `level` above 0, below 1. Source: Norén, Hopstadius and Bate 2013, as in the R
/// package pvda. (Several papers print `exp(ln IC ± …)`, which is wrong.)
///
/// # Errors
///
/// `observed` above [`super::MOST`]; `expected` not finite or not above 0; `level` not between 0
/// and 1, or so near to 1 that a limit cannot be told from 0.
pub fn ic_observed_expected(
    observed: u64,
    expected: f64,
    level: f64,
) -> Result<InformationComponent, StatisticsError> {
    Checks::default()
        .count("o", observed)
        .expected("e", expected)
        .open_unit("level", level)
        .done()?;
    let (shape, rate) = (real(observed) + 0.5, expected + 0.5);
    let half = (1.0 - level) / 2.0;
    let bits = |count: f64| (count / rate).ln() / LN_2;
    let estimate = Estimate {
        value: bits(shape),
        lower: bits(gamma_quantile_lower(shape, half)),
        upper: bits(gamma_quantile_upper(shape, half)),
    };
    Checks::default()
        .require(
            estimate.lower.is_finite() && estimate.upper.is_finite(),
            Problem::Unrepresentable("a limit of the interval"),
        )
        .done()?;
    Ok(InformationComponent { ic: estimate, expected })
}

/// The point below which a gamma variable (rate 1) falls with probability `tail`.
fn gamma_quantile_lower(shape: f64, tail: f64) -> f64 {
    // The median lies below the mean, and tail is below one half.
    bisect(0.0, shape, |x| checked_gamma_lr(shape, x).is_ok_and(|below| below >= tail))
}

/// The point above which a gamma variable (rate 1) lies with probability `tail`.
fn gamma_quantile_upper(shape: f64, tail: f64) -> f64 {
    let is_beyond = |x: f64| checked_gamma_ur(shape, x).is_ok_and(|above| above <= tail);
    let mut high = shape + 1.0;
    while high.is_finite() && !is_beyond(high) {
        high *= 2.0;
    }
    bisect(0.0, high, is_beyond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EVANS: FourFold = FourFold { a: 41, b: 14, c: 754, d: 591_958 };
    const LARGE: FourFold = FourFold { a: 25, b: 75, c: 100, d: 1800 };
    const SMALL: FourFold = FourFold { a: 3, b: 17, c: 12, d: 368 };

    /// To six digits, as printed.
    fn near(actual: f64, printed: f64) {
        let tolerance = 5e-6 * printed.abs().max(0.1);
        assert!((actual - printed).abs() <= tolerance, "{actual} is not {printed}");
    }

    fn nears(actual: Estimate, value: f64, lower: f64, upper: f64) {
        near(actual.value, value);
        near(actual.lower, lower);
        near(actual.upper, upper);
    }

    #[test]
    fn ratios_are_those_of_the_reference() {
        let evans = prr(EVANS, 0.95).unwrap();
        nears(evans.ratio, 585.995, 494.328, 694.659);
        near(evans.chi2, 22739.5);
        near(evans.chi2_yates, 22187.3);
        nears(ror(EVANS, 0.95).unwrap().ratio, 2299.19, 1248.16, 4235.27);

        let large = prr(LARGE, 0.95).unwrap();
        nears(large.ratio, 4.75, 3.21793, 7.01149);
        near(large.chi2, 63.1579);
        near(large.chi2_yates, 59.8344);
        nears(ror(LARGE, 0.95).unwrap().ratio, 6.0, 3.65594, 9.84698);

        let small = prr(SMALL, 0.95).unwrap();
        nears(small.ratio, 4.75, 1.45586, 15.4978);
        near(small.chi2, 7.38209);
        near(small.chi2_yates, 4.46571);
        nears(ror(SMALL, 0.95).unwrap().ratio, 5.41176, 1.39544, 20.9878);
    }

    #[test]
    fn information_components_are_those_of_the_reference() {
        nears(ic(EVANS, 0.95).unwrap().ic, 6.17651, 5.70093, 6.58401);
        let large = ic(LARGE, 0.95).unwrap();
        near(large.expected, 6.25);
        nears(large.ic, 1.91754, 1.29656, 2.42733);
        let small = ic(SMALL, 0.95).unwrap();
        near(small.expected, 0.75);
        nears(small.ic, 1.48543, -0.565_017, 2.67922);

        for (o, e, value, lower, upper) in [
            (1, 1.0, 0.0, -3.797_227, 1.639_758),
            (3, 0.5, 1.807_355, -0.243_088, 3.001_150),
            (10, 2.5, 1.807_355, 0.777_212, 2.563_926),
            (4, 8.0, -0.917_538, -2.654_295, 0.162_192),
        ] {
            nears(ic_observed_expected(o, e, 0.95).unwrap().ic, value, lower, upper);
        }
        near(ic_observed_expected(0, 0.5, 0.95).unwrap().ic.value, -1.0);
    }

    #[test]
    fn yates_takes_away_what_is_there_and_no_more() {
        let table = FourFold { a: 1, b: 1, c: 1, d: 1 };
        assert!(prr(table, 0.95).unwrap().chi2_yates.abs() < 1e-15);
    }

    #[test]
    fn every_wrong_argument_is_named() {
        let table = FourFold { a: 0, b: 3, c: 0, d: 5 };
        assert_eq!(
            ror(table, 1.0).unwrap_err().to_string(),
            "a must be above 0; c must be above 0; level must lie between 0 and 1, both ends \
             excluded"
        );
        assert!(prr(table, 0.95).is_err());
        assert!(prr(FourFold { a: 1, b: 0, c: 1, d: 0 }, 0.95).is_err());
        assert!(ic(FourFold { a: 0, b: 0, c: 1, d: 1 }, 0.95).is_err());
        assert!(ic(FourFold { a: u64::MAX, ..EVANS }, 0.95).is_err());
        assert!(ic_observed_expected(1, f64::NAN, 0.95).is_err());
    }

    proptest! {
        #[test]
        fn intervals_contain_their_estimates(
            a in 1_u64..500, b in 1_u64..500, c in 1_u64..500, d in 1_u64..500,
            level in 0.5_f64..0.999,
        ) {
            let table = FourFold { a, b, c, d };
            for ratio in [prr(table, level).unwrap(), ror(table, level).unwrap()] {
                prop_assert!(0.0 < ratio.ratio.lower && ratio.ratio.lower <= ratio.ratio.value);
                prop_assert!(ratio.ratio.value <= ratio.ratio.upper);
                prop_assert!(ratio.chi2_yates <= ratio.chi2);
            }
            let bits = ic(table, 0.95).unwrap().ic;
            prop_assert!(bits.lower < bits.value && bits.value < bits.upper);
        }
    }
}

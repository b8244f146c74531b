//! One-sided exact tests: how likely is at least this many?
//!
//! The alternative is always "more than expected", because a registry looks for harm.

use super::check::{Checks, Problem, StatisticsError};
use super::density;
use super::disproportionality::FourFold;

/// The two p-values of [`poisson_tail`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoissonTail {
    /// P(X >= k).
    pub p: f64,
    /// `p - P(X = k) / 2`: less conservative, for a count that can only be whole.
    pub mid_p: f64,
}

/// P(X >= k) for a Poisson count with `expected` events, and its mid-p.
///
/// For a count against the sum of expected counts over infusions of different products or
/// phases. `expected` is a number of events, above 0. Source: Kulldorff et al. 2011, section 2,
/// for the model; Lancaster 1961 for mid-p.
///
/// # Errors
///
/// `k` above [`super::MOST`]; `expected` not finite, not above 0, or above that same number.
pub fn poisson_tail(k: u64, expected: f64) -> Result<PoissonTail, StatisticsError> {
    Checks::default().count("k", k).expected("e", expected).done()?;
    let p = density::poisson_upper(k, expected);
    Ok(PoissonTail { p, mid_p: p - density::poisson(k, expected) / 2.0 })
}

/// P(X >= k) for `n` trials with the reference probability `p0` each.
///
/// The default for a new lot or a site against a fixed reference rate.
///
/// # Errors
///
/// `n` is 0 or above [`super::MOST`]; `k > n`; `p0` outside 0 to 1 or not a number.
pub fn binomial_tail(k: u64, n: u64, p0: f64) -> Result<f64, StatisticsError> {
    Checks::default().part(k, n).unit("p0", p0).done()?;
    Ok(density::binomial_upper(k, n, p0))
}

/// Fisher's exact test of a four-fold table, one-sided: probability, with all margins fixed, of
/// `a` or more. For one lot against all other lots of the period.
///
/// A table with an empty row or column holds no evidence and gives 1.
///
/// # Errors
///
/// The table is empty, or a cell is above [`super::MOST`].
pub fn fisher_greater(table: FourFold) -> Result<f64, StatisticsError> {
    table.checked().require(table.total() > 0, Problem::Empty("the table a, b, c, d")).done()?;
    Ok(density::hypergeometric_upper(
        table.a,
        table.a + table.b,
        table.c + table.d,
        table.a + table.c,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::check::MOST;
    use super::*;
    use proptest::prelude::*;

    fn near(actual: f64, printed: f64) {
        assert!((actual / printed - 1.0).abs() < 5e-6, "{actual} is not {printed}");
    }

    #[test]
    fn poisson_tails_are_those_of_the_table() {
        for (k, e, p, mid_p) in [
            (3, 0.5, 0.014_387_7, 0.008_069_65),
            (5, 1.2, 0.007_745_79, 0.004_623_01),
            (4, 2.0, 0.142_877, 0.097_764_8),
            (2, 0.1, 0.004_678_84, 0.002_416_75),
            (1, 0.05, 0.048_770_6, 0.024_989_8),
        ] {
            let tail = poisson_tail(k, e).unwrap();
            near(tail.p, p);
            near(tail.mid_p, mid_p);
        }
    }

    #[test]
    fn binomial_tails_are_those_of_the_table() {
        for (k, n, p0, p) in [
            (4, 12, 0.1, 0.025_637_5),
            (3, 6, 0.05, 0.002_229_84),
            (7, 20, 0.15, 0.021_935_1),
            (2, 5, 0.0398, 0.014_616_7),
            (4, 12, 0.0398, 0.000_959_998),
        ] {
            near(binomial_tail(k, n, p0).unwrap(), p);
        }
    }

    #[test]
    fn fisher_tails_are_those_of_the_table() {
        for (a, b, c, d, p) in
            [(4, 8, 6, 190, 0.001_131_74), (3, 2, 7, 88, 0.006_637_91), (8, 2, 1, 5, 0.024_475_5)]
        {
            near(fisher_greater(FourFold { a, b, c, d }).unwrap(), p);
        }
    }

    #[test]
    fn certain_and_impossible_counts_have_certain_answers() {
        let is = |actual: f64, wanted: f64| assert!((actual - wanted).abs() < 1e-15, "{actual}");
        is(poisson_tail(0, 2.0).unwrap().p, 1.0);
        is(binomial_tail(0, 5, 0.3).unwrap(), 1.0);
        is(binomial_tail(1, 5, 0.0).unwrap(), 0.0);
        is(binomial_tail(5, 5, 1.0).unwrap(), 1.0);
        is(fisher_greater(FourFold { a: 0, b: 0, c: 3, d: 4 }).unwrap(), 1.0);
        is(fisher_greater(FourFold { a: 3, b: 4, c: 0, d: 0 }).unwrap(), 1.0);
    }

    #[test]
    fn every_wrong_argument_is_named() {
        let error = binomial_tail(3, 0, f64::NAN).unwrap_err();
        assert_eq!(
            error.to_string(),
            "n must be above 0; k must not be greater than n; p0 must lie between 0 and 1"
        );
        let error = poisson_tail(MOST + 1, f64::INFINITY).unwrap_err();
        assert_eq!(error.to_string(), "k must be at most 1000000000; e is not a finite number");
        assert!(poisson_tail(1, 0.0).is_err());
        assert!(poisson_tail(1, 1e300).is_err());
        assert!(fisher_greater(FourFold { a: 0, b: 0, c: 0, d: 0 }).is_err());
    }

    proptest! {
        #[test]
        fn both_tails_of_a_binomial_sum_to_one(k in 1_u64..400, more in 0_u64..400, p in 0.0_f64..1.0) {
            let n = k + more;
            let upper = binomial_tail(k, n, p).unwrap();
            let lower = binomial_tail(n - k + 1, n, 1.0 - p).unwrap();
            prop_assert!((upper + lower - 1.0).abs() < 1e-10, "{upper} + {lower}");
        }

        #[test]
        fn both_tails_of_a_poisson_sum_to_one(k in 1_u64..400, mean in 0.01_f64..400.0) {
            let upper = density::poisson_upper(k, mean);
            let lower = density::poisson_lower(k - 1, mean);
            prop_assert!((upper + lower - 1.0).abs() < 1e-12);
            let summed: f64 = (0..k).map(|j| density::poisson(j, mean)).sum();
            prop_assert!((lower - summed).abs() < 1e-12);
        }

        #[test]
        fn a_tail_falls_as_the_count_rises(k in 0_u64..60, n in 60_u64..100, p in 0.0_f64..1.0) {
            prop_assert!(binomial_tail(k + 1, n, p).unwrap() <= binomial_tail(k, n, p).unwrap());
            let mean = p * 60.0 + 0.1;
            prop_assert!(poisson_tail(k + 1, mean).unwrap().p <= poisson_tail(k, mean).unwrap().p);
        }

        #[test]
        fn fisher_tails_of_the_mirrored_table_overlap_in_one_term(
            a in 0_u64..30, b in 0_u64..30, c in 0_u64..30, d in 1_u64..30,
        ) {
            let greater = fisher_greater(FourFold { a, b, c, d }).unwrap();
            let less = fisher_greater(FourFold { a: b, b: a, c: d, d: c }).unwrap();
            prop_assert!((0.0..=1.0).contains(&greater));
            prop_assert!(greater + less > 1.0 - 1e-12, "{greater} + {less}");
        }
    }
}

//! p-values of many questions asked at once.

use super::check::{Checks, Problem, StatisticsError};
use super::real;

/// Holm's step-down adjustment (1979): controls the probability of even one false alarm.
///
/// Adjusted p-values in the order given, each at most 1. The raw ones belong beside them.
///
/// # Errors
///
/// The list is empty or holds something outside 0 to 1.
pub fn holm(p: &[f64]) -> Result<Vec<f64>, StatisticsError> {
    let order = ascending(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut so_far = 0.0_f64;
    for (rank, &index) in order.iter().enumerate() {
        so_far = so_far.max((p[index] * count(p.len() - rank)).min(1.0));
        adjusted[index] = so_far;
    }
    Ok(adjusted)
}

/// The Benjamini-Hochberg adjustment (1995): controls the expected share of false alarms among
/// the alarms.
///
/// Adjusted p-values in the order given, each at most 1.
///
/// # Errors
///
/// As [`holm`].
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>, StatisticsError> {
    let order = ascending(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut so_far = 1.0_f64;
    for (rank, &index) in order.iter().enumerate().rev() {
        so_far = so_far.min(p[index] * count(p.len()) / count(rank + 1));
        adjusted[index] = so_far;
    }
    Ok(adjusted)
}

fn ascending(p: &[f64]) -> Result<Vec<usize>, StatisticsError> {
    Checks::default()
        .not_empty("p", p)
        .require(p.iter().all(|p| (0.0..=1.0).contains(p)), Problem::OutsideUnit("each of p"))
        .done()?;
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    Ok(order)
}

fn count(n: usize) -> f64 {
    real(n as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(actual: &[f64], wanted: &[f64]) {
        assert_eq!(actual.len(), wanted.len());
        for (a, w) in actual.iter().zip(wanted) {
            assert!((a - w).abs() < 1e-12, "{actual:?} is not {wanted:?}");
        }
    }

    #[test]
    fn adjustments_are_those_worked_by_hand() {
        let p = [0.01, 0.04, 0.03, 0.005];
        close(&holm(&p).unwrap(), &[0.03, 0.06, 0.06, 0.02]);
        close(&benjamini_hochberg(&p).unwrap(), &[0.02, 0.04, 0.04, 0.02]);
        close(&holm(&[0.9, 0.8]).unwrap(), &[1.0, 1.0]);
        close(&benjamini_hochberg(&[0.9, 0.8]).unwrap(), &[0.9, 0.9]);
        close(&holm(&[0.3]).unwrap(), &[0.3]);
    }

    #[test]
    fn an_empty_list_or_an_impossible_p_is_refused() {
        for adjust in [holm, benjamini_hochberg] {
            assert!(adjust(&[]).is_err());
            assert!(adjust(&[0.5, 1.5]).is_err());
            assert!(adjust(&[f64::NAN]).is_err());
        }
    }

    proptest! {
        #[test]
        fn adjusting_never_lowers_p_and_keeps_the_order(
            p in prop::collection::vec(0.0_f64..=1.0, 1..40),
        ) {
            let (strict, mild) = (holm(&p).unwrap(), benjamini_hochberg(&p).unwrap());
            for i in 0..p.len() {
                prop_assert!(p[i] <= mild[i] * (1.0 + 1e-15) && mild[i] <= strict[i] * (1.0 + 1e-12));
                prop_assert!(strict[i] <= 1.0);
                for j in 0..p.len() {
                    if p[i] < p[j] {
                        prop_assert!(strict[i] <= strict[j] && mild[i] <= mild[j]);
                    }
                }
            }
        }
    }
}

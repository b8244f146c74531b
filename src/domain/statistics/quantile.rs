//! Quantiles of a list.

use super::check::{Checks, Problem, StatisticsError};

/// The quantiles of `values` at the probabilities `probs` (0 to 1), in the order of `probs`.
///
/// Hyndman and Fan 1996, type 7: linear between the order statistics, position
/// `(n - 1) p`; the default of R and of `NumPy`. Same unit as the values.
///
/// # Errors
///
/// A list is empty, a value is not finite, or a probability lies outside 0 to 1.
pub fn quantiles(values: &[f64], probs: &[f64]) -> Result<Vec<f64>, StatisticsError> {
    Checks::default()
        .not_empty("values", values)
        .require(values.iter().all(|v| v.is_finite()), Problem::NotFinite("a value of values"))
        .not_empty("probs", probs)
        .require(
            probs.iter().all(|p| (0.0..=1.0).contains(p)),
            Problem::OutsideUnit("each of probs"),
        )
        .done()?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(probs.iter().map(|p| at(&sorted, *p)).collect())
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a list in memory is shorter than 2^53 and p lies between 0 and 1"
)]
fn at(sorted: &[f64], p: f64) -> f64 {
    let last = sorted.len() - 1;
    let position = last as f64 * p;
    let below = (position.floor() as usize).min(last);
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    let share = position - below as f64;
    let between = low + share * (high - low);
    // The difference of two huge values of opposite sign does not fit.
    if between.is_finite() { between } else { low * (1.0 - share) + high * share }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quartiles_are_those_of_the_reference() {
        let hours = [0.5, 1.0, 2.0, 2.0, 3.0, 5.0, 6.0, 8.0, 12.0, 20.0, 26.0];
        assert_eq!(quantiles(&hours, &[0.25, 0.5, 0.75]).unwrap(), [2.0, 5.0, 10.0]);
        assert_eq!(quantiles(&[7.0], &[0.0, 0.3, 1.0]).unwrap(), [7.0, 7.0, 7.0]);
        assert_eq!(quantiles(&[1.0, 2.0], &[0.9, 0.0]).unwrap(), [1.9, 1.0]);
        assert_eq!(quantiles(&[f64::MAX, f64::MIN], &[0.5]).unwrap(), [0.0]);
    }

    #[test]
    fn every_wrong_argument_is_named() {
        assert_eq!(
            quantiles(&[], &[]).unwrap_err().to_string(),
            "values must have at least one value; probs must have at least one value"
        );
        assert!(quantiles(&[f64::NAN], &[0.5]).is_err());
        assert!(quantiles(&[1.0], &[1.1]).is_err());
        assert!(quantiles(&[1.0], &[f64::NAN]).is_err());
    }

    proptest! {
        #[test]
        fn quantiles_rise_with_the_probability_and_stay_inside(
            values in prop::collection::vec(-1e6_f64..1e6, 1..60), p in 0.0_f64..1.0, q in 0.0_f64..1.0,
        ) {
            let answer = quantiles(&values, &[0.0, p.min(q), p.max(q), 1.0]).unwrap();
            prop_assert!(answer.windows(2).all(|pair| pair[0] <= pair[1]));
        }
    }
}

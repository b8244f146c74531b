//! Every number that the safety summary prints, with its interval or its p-value.
//!
//! Pure functions of counts and lists. Each one refuses what it cannot answer with a
//! [`StatisticsError`] that names every wrong argument; none of them answers `NaN` and none
//! panics. Proportions and probabilities are fractions (0 to 1), never per cent.
//!
//! What a textbook calls *exact* is computed from the probabilities themselves (see
//! [`density`]), not from a normal approximation: the clinics are small and most counts are
//! below ten.

pub mod adjustment;
mod check;
pub mod density;
pub mod disproportionality;
pub mod interval;
pub mod quantile;
pub mod sequential;
pub mod survival;
pub mod tail;

pub use adjustment::{benjamini_hochberg, holm};
pub use check::{MOST, Problem, StatisticsError};
pub use disproportionality::{
    FourFold, InformationComponent, ProportionalRatio, ic, ic_observed_expected, prr, ror,
};
pub use interval::{Estimate, clopper_pearson, poisson_exact, poisson_rate, wilson};
pub use quantile::quantiles;
pub use sequential::{Cusum, CusumDesign, cusum, maxsprt_cv, maxsprt_llr};
pub use survival::{KaplanMeier, kaplan_meier};
pub use tail::{PoissonTail, binomial_tail, fisher_greater, poisson_tail};

/// A count as a real number; exact, because counts are at most [`MOST`].
#[expect(clippy::cast_precision_loss, reason = "counts are checked to be at most 10^9")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}

/// The place where a condition turns from false to true between `low` and `high`, to the last
/// bit. `is_beyond` must be false at `low`, true at `high` and change once.
fn bisect(mut low: f64, mut high: f64, is_beyond: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if is_beyond(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
}

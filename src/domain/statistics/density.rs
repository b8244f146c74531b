//! Probabilities of single counts, and of all counts up to or from one.
//!
//! Written here and not taken from `statrs`, whose binomial and Poisson tails go through
//! continued fractions that stop after 140 steps and whose beta quantile can fail to end; the
//! saddle-point form of Loader (2000, "Fast and accurate computation of binomial
//! probabilities", the method of R) keeps about 14 digits for every size of count.
//!
//! These are building blocks: arguments are checked by the callers. Counts are at most
//! [`super::MOST`], means above 0, probabilities between 0 and 1.

use std::f64::consts::TAU;

use super::real;

/// A sum is finished when the next term no longer changes it.
const NEGLIGIBLE: f64 = 1e-18;

/// ln(n!) minus Stirling's approximation, n at least 1.
fn stirling_error(n: f64) -> f64 {
    if n < 15.5 {
        let mut factorial = 1.0;
        let mut factor = n;
        while factor > 1.0 {
            factorial *= factor;
            factor -= 1.0;
        }
        // The product is exact up to 22!
        return f64::ln(factorial) - (n + 0.5) * n.ln() + n - TAU.ln() / 2.0;
    }
    let nn = n * n;
    let tail = (1.0 / 1680.0 - 1.0 / 1188.0 / nn) / nn;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - tail) / nn) / nn) / n
}

/// `x ln(x / mean) + mean - x` without cancellation near the mean; x and mean above 0.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() + mean - x;
    }
    let v = difference / (x + mean);
    let mut sum = difference * v;
    let mut term = 2.0 * x * v;
    let mut odd = 3.0;
    loop {
        term *= v * v;
        let next = sum + term / odd;
        if next.to_bits() == sum.to_bits() {
            return next;
        }
        sum = next;
        odd += 2.0;
    }
}

/// P(X = k), X Poisson with this mean.
#[must_use]
pub fn poisson(k: u64, mean: f64) -> f64 {
    if k == 0 {
        return (-mean).exp();
    }
    let x = real(k);
    (-stirling_error(x) - deviance(x, mean)).exp() / (TAU * x).sqrt()
}

/// P(X = k), X binomial with n trials of probability p; k at most n.
#[must_use]
pub fn binomial(k: u64, n: u64, p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        let certain = if p <= 0.0 { 0 } else { n };
        return if k == certain { 1.0 } else { 0.0 };
    }
    let (x, rest, total) = (real(k), real(n - k), real(n));
    if k == 0 {
        return (total * (-p).ln_1p()).exp();
    }
    if k == n {
        return (total * p.ln()).exp();
    }
    let log = stirling_error(total)
        - stirling_error(x)
        - stirling_error(rest)
        - deviance(x, total * p)
        - deviance(rest, total * (1.0 - p));
    log.exp() * (total / (TAU * x * rest)).sqrt()
}

/// P(X >= k), X Poisson with this mean.
#[must_use]
pub fn poisson_upper(k: u64, mean: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if real(k) <= mean {
        return 1.0 - poisson_lower(k - 1, mean);
    }
    sum(poisson(k, mean), k, |j| Some(mean / (real(j) + 1.0)), |j| j + 1)
}

/// P(X <= k), X Poisson with this mean.
#[must_use]
pub fn poisson_lower(k: u64, mean: f64) -> f64 {
    if real(k) > mean {
        return 1.0 - poisson_upper(k + 1, mean);
    }
    sum(poisson(k, mean), k, |j| (j > 0).then(|| real(j) / mean), |j| j - 1)
}

/// P(X >= k), X binomial with n trials of probability p; k at most n.
#[must_use]
pub fn binomial_upper(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    let odds = p / (1.0 - p);
    if !odds.is_finite() {
        return 1.0;
    }
    if real(k) <= real(n) * p {
        let down = |j| (j > 0).then(|| real(j) / (real(n - j) + 1.0) / odds);
        return 1.0 - sum(binomial(k - 1, n, p), k - 1, down, |j| j - 1);
    }
    let up = |j| (j < n).then(|| real(n - j) / (real(j) + 1.0) * odds);
    sum(binomial(k, n, p), k, up, |j| j + 1)
}

/// P(X >= k) for the number X of marked among `drawn`, drawn without return from `marked` marked
/// and `plain` unmarked; k must be possible.
#[must_use]
pub fn hypergeometric_upper(k: u64, marked: u64, plain: u64, drawn: u64) -> f64 {
    let all = marked + plain;
    let least = drawn.saturating_sub(plain);
    if k <= least {
        return 1.0;
    }
    let p = real(drawn) / real(all);
    let at = |j: u64| {
        // Loader 2000, section 3: the common p cancels, this one keeps every factor large.
        binomial(j, marked, p) * binomial(drawn - j, plain, p) / binomial(drawn, all, p)
    };
    if real(k) <= real(marked) * p {
        let down = |j: u64| {
            (j > least).then(|| {
                real(j) * real(plain + j - drawn)
                    / ((real(marked - j) + 1.0) * (real(drawn - j) + 1.0))
            })
        };
        return (1.0 - sum(at(k - 1), k - 1, down, |j| j - 1)).max(0.0);
    }
    let up = |j: u64| {
        (j < marked && j < drawn).then(|| {
            real(marked - j) * real(drawn - j) / ((real(j) + 1.0) * (real(plain + j - drawn) + 1.0))
        })
    };
    sum(at(k), k, up, |j| j + 1)
}

/// Adds up terms that fall off: `ratio(j)` is the next term over term j, none after the last.
fn sum(
    first: f64,
    start: u64,
    ratio: impl Fn(u64) -> Option<f64>,
    next: impl Fn(u64) -> u64,
) -> f64 {
    let (mut term, mut total, mut j) = (first, first, start);
    while let Some(factor) = ratio(j) {
        term *= factor;
        if term <= total * NEGLIGIBLE {
            break;
        }
        total += term;
        j = next(j);
    }
    total.min(1.0)
}

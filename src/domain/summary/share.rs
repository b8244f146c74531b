//! How many of how many, never a bare per cent.

use super::super::statistics::{Estimate, clopper_pearson};

/// Below this many observations a per cent is not printed but "too few to say".
///
/// With 20 observations and no reaction the exact 95 % interval still reaches to 16.8 %; with
/// fewer it hardly excludes anything that matters, and a single reaction moves the figure by
/// more than five points. Counts and interval are printed at every size.
pub const TOO_FEW: u64 = 20;

/// The level of every interval of the summary.
pub const LEVEL: f64 = 0.95;

/// `count` of `of`, with the exact (Clopper-Pearson) 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub count: u64,
    pub of: u64,
    /// As fractions; nothing when there was nobody to observe.
    pub interval: Option<Estimate>,
}

impl Share {
    /// `count` of `of`; a count above `of` has no interval.
    #[must_use]
    pub fn new(count: u64, of: u64) -> Self {
        Self { count, of, interval: clopper_pearson(count, of, LEVEL).ok() }
    }

    /// Whether the page says "too few to say" instead of a per cent. See [`TOO_FEW`].
    #[must_use]
    pub const fn is_too_few(self) -> bool {
        self.of < TOO_FEW
    }

    /// Per cent with one decimal, such as `12.5`; nothing when there are too few to say.
    #[must_use]
    pub fn percent(self) -> Option<String> {
        let interval = self.interval.filter(|_| !self.is_too_few())?;
        Some(per_cent(interval.value))
    }

    /// Both limits in per cent with one decimal.
    #[must_use]
    pub fn limits(self) -> Option<(String, String)> {
        let interval = self.interval?;
        Some((per_cent(interval.lower), per_cent(interval.upper)))
    }
}

fn per_cent(fraction: f64) -> String {
    format!("{:.1}", fraction * 100.0)
}

/// The length of a list as a count.
pub(super) fn count_of<T>(items: impl IntoIterator<Item = T>) -> u64 {
    items.into_iter().fold(0, |count, _| count + 1)
}

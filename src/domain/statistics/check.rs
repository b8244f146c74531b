//! Refusing arguments for which a statistic has no answer, all of them at once.

use std::fmt;

/// The greatest count that is accepted: far beyond any registry, small enough that every count
/// is exact as a real number and every sum ends within a moment.
pub const MOST: u64 = 1_000_000_000;

/// One thing wrong with the arguments of a statistic.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("{0} is not a finite number")]
    NotFinite(&'static str),
    #[error("{0} must be above 0")]
    NotPositive(&'static str),
    #[error("{0} must not be below 0")]
    Negative(&'static str),
    #[error("{0} must lie between 0 and 1, both ends excluded")]
    OutsideOpenUnit(&'static str),
    #[error("{0} must lie between 0 and 1")]
    OutsideUnit(&'static str),
    #[error("{0} must not be 1: there would be nothing to detect")]
    NoChange(&'static str),
    #[error("{small} must not be greater than {large}")]
    Exceeds { small: &'static str, large: &'static str },
    #[error("{name} must be at most {most}")]
    TooLarge { name: &'static str, most: u64 },
    #[error("{0} must have at least one value")]
    Empty(&'static str),
    #[error("{left} and {right} must be equally long ({left_len} and {right_len})")]
    UnequalLengths { left: &'static str, right: &'static str, left_len: usize, right_len: usize },
    #[error("{0} is too small or too large to compute with")]
    Unrepresentable(&'static str),
    #[error(
        "no limit spends this alpha: even the lowest one would signal with probability {highest} \
         only (raise t, or lower m or alpha)"
    )]
    Unreachable { highest: f64 },
}

/// Everything wrong with the arguments of one statistic; never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct StatisticsError {
    problems: Vec<Problem>,
}

impl StatisticsError {
    /// What is wrong, in the order of the arguments.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl From<Problem> for StatisticsError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl fmt::Display for StatisticsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for StatisticsError {}

/// Collects what is wrong before anything is computed.
#[derive(Debug, Default)]
pub(super) struct Checks {
    problems: Vec<Problem>,
}

impl Checks {
    pub(super) fn require(mut self, is_right: bool, problem: Problem) -> Self {
        if !is_right {
            self.problems.push(problem);
        }
        self
    }

    pub(super) fn finite(self, name: &'static str, value: f64) -> Self {
        self.require(value.is_finite(), Problem::NotFinite(name))
    }

    pub(super) fn positive(self, name: &'static str, value: f64) -> Self {
        if value.is_finite() {
            self.require(value > 0.0, Problem::NotPositive(name))
        } else {
            self.finite(name, value)
        }
    }

    /// `0 < value < 1`
    pub(super) fn open_unit(self, name: &'static str, value: f64) -> Self {
        self.require(value > 0.0 && value < 1.0, Problem::OutsideOpenUnit(name))
    }

    /// `0 <= value <= 1`
    pub(super) fn unit(self, name: &'static str, value: f64) -> Self {
        self.require((0.0..=1.0).contains(&value), Problem::OutsideUnit(name))
    }

    /// A count of at most [`MOST`].
    pub(super) fn count(self, name: &'static str, value: u64) -> Self {
        self.require(value <= MOST, Problem::TooLarge { name, most: MOST })
    }

    /// A count of at least 1 and at most [`MOST`].
    pub(super) fn total(self, name: &'static str, value: u64) -> Self {
        self.require(value > 0, Problem::NotPositive(name)).count(name, value)
    }

    /// `k` of `n`: `n` at least 1, `k` not greater.
    pub(super) fn part(self, k: u64, n: u64) -> Self {
        self.total("n", n).require(k <= n, Problem::Exceeds { small: "k", large: "n" })
    }

    /// An expected number of events: above 0 and at most [`MOST`].
    pub(super) fn expected(self, name: &'static str, value: f64) -> Self {
        self.positive(name, value).require(
            !value.is_finite() || value <= super::real(MOST),
            Problem::TooLarge { name, most: MOST },
        )
    }

    pub(super) fn not_empty<T>(self, name: &'static str, values: &[T]) -> Self {
        self.require(!values.is_empty(), Problem::Empty(name))
    }

    pub(super) fn equally_long<L, R>(
        self,
        (left, left_values): (&'static str, &[L]),
        (right, right_values): (&'static str, &[R]),
    ) -> Self {
        let (left_len, right_len) = (left_values.len(), right_values.len());
        self.require(
            left_len == right_len,
            Problem::UnequalLengths { left, right, left_len, right_len },
        )
    }

    pub(super) fn done(self) -> Result<(), StatisticsError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(StatisticsError { problems: self.problems })
        }
    }
}

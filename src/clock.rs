//! The only place that reads the time.
//!
//! Everything else takes `now` as an argument, so that tests and the training
//! mode can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;

use crate::domain::Timestamp;

/// A source of the present instant. Clones share their offset.
#[derive(Debug, Clone)]
pub struct Clock {
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// The machine's clock.
    System,
    /// The machine's clock moved by so many milliseconds (training mode).
    Moved(Arc<AtomicI64>),
    /// Stands still until it is advanced (tests); milliseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self { source: Source::System }
    }

    /// A clock that runs, and can be moved forward.
    #[must_use]
    pub fn movable(offset: SignedDuration) -> Self {
        let milliseconds = i64::try_from(offset.as_millis()).unwrap_or(0);
        Self { source: Source::Moved(Arc::new(AtomicI64::new(milliseconds))) }
    }

    /// A clock that stands still.
    #[must_use]
    pub fn fixed(at: Timestamp) -> Self {
        Self { source: Source::Fixed(Arc::new(AtomicI64::new(at.jiff().as_millisecond()))) }
    }

    /// The present instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the time")]
    pub fn now(&self) -> Timestamp {
        let milliseconds = match &self.source {
            Source::System => return Timestamp::new(jiff::Timestamp::now()),
            Source::Moved(offset) => {
                jiff::Timestamp::now().as_millisecond() + offset.load(Ordering::SeqCst)
            }
            Source::Fixed(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::new(
            jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::MAX),
        )
    }

    /// How far the clock was moved, if it is one that can be and runs.
    #[must_use]
    pub fn offset(&self) -> Option<SignedDuration> {
        match &self.source {
            Source::Moved(offset) => {
                Some(SignedDuration::from_millis(offset.load(Ordering::SeqCst)))
            }
            Source::System | Source::Fixed(_) => None,
        }
    }

    /// Moves the clock forward. The machine's own clock cannot be moved: `false`.
    #[must_use]
    pub fn advance(&self, by: SignedDuration) -> bool {
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(0);
        match &self.source {
            Source::System => false,
            Source::Moved(offset) => {
                offset.fetch_add(milliseconds, Ordering::SeqCst);
                true
            }
            Source::Fixed(at) => {
                at.fetch_add(milliseconds, Ordering::SeqCst);
                true
            }
        }
    }
}

//! The clinical core against the worked cases of its reference.

mod vignettes;

//! Training mode: an invented registry with a believable past.
//!
//! [`cohort`] invents people, infusions and reactions by published rates (REFERENCE §9.2);
//! [`past`] lets them happen, day by day, through the same process steps that a real clinic
//! uses. Nothing is written behind their back.

pub mod cohort;
pub mod reaction;

#![doc = "Afterwatch: adverse-event reporting and follow-up registry of clinics that give cell infusions."]
#![warn(clippy::unwrap_used)]

pub mod cli;
pub mod clock;
pub mod domain;
pub mod secrets;
pub mod store;

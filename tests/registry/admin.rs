//! The pages of administrators: mail, staff, duty, audit trail.

mod audit;
mod mail;
mod staff;

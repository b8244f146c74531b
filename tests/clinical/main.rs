//! The clinical core against its reference: worked cases, boundaries, refusals.

mod command;
mod draft;
mod free_text;
mod grades;
mod mail_count;
mod properties;
mod refusals;
mod regression;
mod rows;
mod rule_files;
mod rules;
mod support;
mod vignettes;

//! Every sentence that a person reads, in every language.
//!
//! One file per group of pages; each holds a struct of sentences and one `static`
//! per language, so that a sentence missing in one does not compile. A sentence
//! with a blank in it is a method, because word order differs.

pub mod account;
pub mod admin;
pub mod api;
pub mod audit;
pub mod calls;
pub mod card;
pub mod common;
pub mod demo;
pub mod escalation;
pub mod extra;
pub mod faults;
pub mod import;
pub mod labels;
pub mod letter_texts;
pub mod letters;
pub mod live;
pub mod mail;
pub mod moments;
pub mod night;
pub mod patient;
pub mod patient_course;
pub mod patient_result;
pub mod patient_symptoms;
pub mod patient_words;
pub mod pause;
pub mod problems;
pub mod queue;
pub mod reasons;
pub mod registry;
pub mod rule_mistakes;
pub mod rules;
pub mod schedule;
pub mod snooze;
pub mod staff;
pub mod summary;
pub mod symptoms;
pub mod task;
pub mod terms;
pub mod triage;

#![doc = "Afterwatch: adverse-event reporting and follow-up registry of clinics that give cell infusions."]
#![warn(clippy::unwrap_used)]

pub mod access;
pub mod auditor;
pub mod bounces;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod due_work;
pub mod engine;
pub mod escalation;
pub mod export;
pub mod follow_up;
pub mod heartbeat;
pub mod hooks;
pub mod i18n;
pub mod import;
pub mod intake;
pub mod letters;
pub mod mail;
pub mod mail_pause;
pub mod outgoing;
pub mod registry;
pub mod rehearsal;
pub mod rules;
pub mod secrets;
pub mod snooze;
pub mod store;
pub mod triage;
pub mod web;

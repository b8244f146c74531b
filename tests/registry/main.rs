//! The program seen from outside: requests in, pages, rows and mails out.
//! One binary for all areas, because linking is what costs.
#![expect(
    clippy::items_after_statements,
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "a test reads from top to bottom, with its table where it is used"
)]

mod api;
mod app;
mod bad_night;
mod calls;
mod climb;
mod climb_pages;
mod extra;
mod fixtures;
mod follow_up;
mod gateway;
mod intake;
mod intake_history;
mod killed;
mod pause;
mod planned;
mod post;
mod schedule;
mod silence;
mod smtp_sink;
mod snooze;
mod undo;
mod unfinished;
mod ward;

mod access;
mod admin;
mod bounces;
mod export;
mod faults;
mod import;
mod infusions;
mod letter_texts;
mod live;
mod mail;
mod mail_stop;
mod mail_tls;
mod matrix;
mod outage;
mod patient;
mod queue;
mod registry;
mod rehearsal;
mod rota;
mod sign_in;
mod task;
mod year;

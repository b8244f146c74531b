//! What the words mean. Pure: no I/O, no clock, no HTML, no SQL.
//!
//! Names follow ICH E2A/E2B, CTCAE and FHIR. Four things are easy to confuse and
//! are therefore different types, never computed from one another:
//!
//! * **grade** is how bad a symptom is ([`grading`]);
//! * **seriousness** is what it led to;
//! * **urgency** is how soon a person must act ([`urgency`]);
//! * **listedness** is regulatory expectedness. The "expected window" of the
//!   rules ([`escalation`]) means only "no alarm".
//!
//! A **report** is what one person told us once; a **task** is what we do about it.

pub mod access;
pub mod bounce;
pub mod chain;
pub mod codelist;
pub mod comparison;
pub mod entry;
pub mod episode;
pub mod escalation;
pub mod fault;
pub mod grading;
pub mod ids;
pub mod input;
pub mod language;
pub mod letter;
pub mod letter_text;
pub mod problem;
pub mod product;
pub mod registry;
pub mod rehearsal;
pub mod rota;
pub mod schedule;
pub mod snooze;
pub mod statistics;
pub mod summary;
pub mod task;
pub mod time;
pub mod urgency;
pub mod warning;

pub use access::{Actor, Permission, Role, Scope};
pub use codelist::Codelist;
pub use ids::*;
pub use language::Language;
pub use product::ProductKind;
pub use time::{Day, Timestamp, Zone};
pub use urgency::Level;

//! From answers to grades: how bad each symptom is (REFERENCE §0, §1 and §3).
//!
//! A grade made here is *patient-derived* and provisional until a nurse or
//! physician confirms or changes it. What to ask is data ([`questions`]); the
//! patient form, the reader of stored reports and the rules all follow that one
//! list. Nothing here says how soon somebody must act: that is
//! [`escalation`](super::escalation).

mod anaphylaxis;
mod answers;
mod astct;
mod derive;
mod grade;
mod number;
mod question;
mod staff;
mod symptom;
mod temperature;
mod version;

pub use anaphylaxis::Anaphylaxis;
pub use answers::{Answer, Answers};
pub use astct::{
    Awakening, Crs, Icans, IceError, IceScore, Motor, Oxygen, Pressure, Seizure, Vasopressors, crs,
    icans,
};
pub use derive::{Circulation, derive, fever, hypotension, hypoxia};
pub use grade::Grade;
pub use number::{NumberError, parse_number};
pub use question::{Kind, Need, Question, question, questions};
pub use staff::StaffTerm;
pub use symptom::{CtcaeTerm, SymptomCode};
pub use temperature::{Site, Temperature, TemperatureError, Unit};
pub use version::CtcaeVersion;

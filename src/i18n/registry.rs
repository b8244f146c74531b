//! Sentences of the registry's pages: patients, courses, infusions, lots, clinics, products.

pub mod fields;
pub mod problems;
pub mod text;

pub use text::{RegistryText, registry};

use super::labels::{Label, labels};
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::grading::CtcaeVersion;

labels! {
    CtcaeVersion {
        V5: "5.0", "5.0";
        V6: "6.0", "6.0";
    }
}

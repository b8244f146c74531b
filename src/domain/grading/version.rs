//! Which edition of CTCAE a grade follows.

use super::super::codelist::codelist;

codelist! {
    /// The edition of the Common Terminology Criteria for Adverse Events.
    ///
    /// Stored with every grade: some grades mean different things in the two.
    #[derive(Default)]
    pub enum CtcaeVersion: "CTCAE version" {
        /// Version 5.0 of 27 November 2017, on MedDRA 20.1.
        #[default]
        V5 = "5.0",
        /// Version 6.0 of 10 July 2025, on MedDRA 28.0.
        V6 = "6.0",
    }
}

//! Diagnoses that only staff grade (REFERENCE §1.2).

use super::super::codelist::codelist;
use super::grade::Grade;
use super::symptom::CtcaeTerm;
use super::version::CtcaeVersion;

codelist! {
    /// A diagnosis that a patient's answers never yield.
    pub enum StaffTerm: "staff-graded term" {
        /// Allergic reaction. Not to be reported together with [`StaffTerm::Irr`].
        Allergic = "ALLERGIC",
        /// Anaphylaxis.
        Anaphylaxis = "ANAPHYLAXIS",
        /// Infusion-related reaction.
        Irr = "IRR",
        /// Cytokine release syndrome, graded by ASTCT ([`crs`](super::crs)).
        Crs = "CRS",
        /// Immune effector cell-associated neurotoxicity, graded by ASTCT ([`icans`](super::icans)).
        Icans = "ICANS",
        /// Graft-versus-host disease, after donor cells only.
        Gvhd = "GVHD",
        /// Sepsis.
        Sepsis = "SEPSIS",
        /// Febrile neutropenia.
        FebNeut = "FEB_NEUT",
    }
}

impl StaffTerm {
    /// The lowest grade that CTCAE gives for the term.
    #[must_use]
    pub const fn lowest_grade(self) -> Grade {
        match self {
            Self::Allergic | Self::Irr | Self::Crs | Self::Icans => Grade::MILD,
            Self::Gvhd => Grade::MODERATE,
            Self::Anaphylaxis | Self::Sepsis | Self::FebNeut => Grade::SEVERE,
        }
    }

    /// The CTCAE term; `None` where the version has none (ICANS and GVHD came with 6.0).
    #[must_use]
    pub const fn ctcae_term(self, version: CtcaeVersion) -> Option<CtcaeTerm> {
        let term = CtcaeTerm { name: self.name(), llt: self.llt() };
        match (self, version) {
            (Self::Icans | Self::Gvhd, CtcaeVersion::V5) => None,
            _ => Some(term),
        }
    }

    /// The MedDRA LLT code that CTCAE publishes, whatever the version.
    #[must_use]
    pub const fn llt(self) -> u32 {
        match self {
            Self::Allergic => 10_001_718,
            Self::Anaphylaxis => 10_002_218,
            Self::Irr => 10_051_792,
            Self::Crs => 10_052_015,
            Self::Icans => 10_083_347,
            Self::Gvhd => 10_018_651,
            Self::Sepsis => 10_040_047,
            Self::FebNeut => 10_016_288,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Allergic => "Allergic reaction",
            Self::Anaphylaxis => "Anaphylaxis",
            Self::Irr => "Infusion related reaction",
            Self::Crs => "Cytokine release syndrome",
            Self::Icans => "Immune effector cell-associated neurotoxicity syndrome",
            Self::Gvhd => "Graft versus host disease",
            Self::Sepsis => "Sepsis",
            Self::FebNeut => "Febrile neutropenia",
        }
    }
}

//! What each check-in asks beyond the core questions (clinical reference §7.3).

use super::CheckInCode;
use crate::domain::codelist::codelist;

codelist! {
    /// A group of questions that only some check-ins ask.
    ///
    /// The core (how have you been, temperature, fever medicine, danger signs,
    /// symptom picker, care sought, call me, free text) is asked every time and
    /// is therefore not listed.
    pub enum QuestionGroup: "question group" {
        /// Shivering and chills.
        Chills = "chills",
        /// Hives.
        Hives = "hives",
        /// The infusion site, its size beside a coin.
        InfusionSite = "infusion-site",
        /// Blood pressure, pulse, oxygen, breaths, if measured.
        Vitals = "vitals",
        /// Swelling of one arm or leg.
        OneSidedSwelling = "one-sided-swelling",
        /// Signs of an infection.
        InfectionSigns = "infection-signs",
        /// Rash.
        Rash = "rash",
        /// Diarrhoea.
        Diarrhoea = "diarrhoea",
        /// Yellow skin or eyes.
        Jaundice = "jaundice",
        /// Medicines started since the last check-in.
        MedicinesStarted = "medicines-started",
        /// Nights in hospital.
        HospitalStays = "hospital-stays",
        /// New diagnoses, autoimmune disease and new cancer among them.
        NewDiagnoses = "new-diagnoses",
        /// Pregnancy.
        Pregnancy = "pregnancy",
        /// Death, told by a relative.
        Death = "death",
        /// Other treatments.
        OtherTreatments = "other-treatments",
    }
}

impl CheckInCode {
    /// The groups asked at this check-in, in [`QuestionGroup`] order.
    ///
    /// The reference names no groups of their own for the donor-cell check-ins.
    /// They are there to find graft-versus-host disease, which shows on skin,
    /// gut and liver, so each asks for rash, diarrhoea and jaundice beside what
    /// its neighbours ask.
    #[must_use]
    pub fn questions(self) -> &'static [QuestionGroup] {
        use QuestionGroup as Q;
        match self {
            Self::H4 | Self::D1 => &[Q::Chills, Q::Hives, Q::InfusionSite, Q::Vitals],
            Self::D2 | Self::D3 => &[Q::InfusionSite, Q::OneSidedSwelling],
            Self::D7 | Self::D14 | Self::D21 => {
                &[Q::InfectionSigns, Q::Rash, Q::Diarrhoea, Q::Jaundice, Q::MedicinesStarted]
            }
            Self::D30 | Self::M3 | Self::M6 | Self::M12 => {
                &[Q::HospitalStays, Q::NewDiagnoses, Q::Pregnancy, Q::Death, Q::OtherTreatments]
            }
            // The core asks how the symptom goes on.
            Self::Daily | Self::Extra => &[],
            Self::D60 | Self::D100 => &[
                Q::Rash,
                Q::Diarrhoea,
                Q::Jaundice,
                Q::HospitalStays,
                Q::NewDiagnoses,
                Q::Pregnancy,
                Q::Death,
                Q::OtherTreatments,
            ],
        }
    }
}

/// The groups for several check-ins answered at once, each once, in [`QuestionGroup`] order.
#[must_use]
pub fn questions(codes: &[CheckInCode]) -> Vec<QuestionGroup> {
    let mut groups: Vec<_> =
        codes.iter().flat_map(|code| code.questions().iter().copied()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Codelist;

    #[test]
    fn the_groups_of_a_check_in_are_in_order_and_asked_once() {
        for code in CheckInCode::ALL {
            assert_eq!(questions(&[*code]), code.questions(), "{code:?}");
        }
    }

    #[test]
    fn two_open_check_ins_are_asked_together() {
        use QuestionGroup as Q;
        assert_eq!(
            questions(&[CheckInCode::D1, CheckInCode::D2]),
            [Q::Chills, Q::Hives, Q::InfusionSite, Q::Vitals, Q::OneSidedSwelling]
        );
        assert_eq!(questions(&[CheckInCode::M3, CheckInCode::D100]), CheckInCode::D100.questions());
        assert_eq!(questions(&[]), []);
    }
}

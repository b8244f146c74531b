//! The 32 terms that a patient reports or that are measured (REFERENCE §1.1).

use super::super::codelist::codelist;
use super::version::CtcaeVersion;

codelist! {
    /// A symptom of the catalogue. The order is that of the catalogue.
    pub enum SymptomCode: "symptom code" {
        /// Fever, derived from the temperature.
        Fever = "FEVER",
        /// Chills, shaking.
        Chills = "CHILLS",
        /// Tiredness.
        Fatigue = "FATIGUE",
        /// Headache.
        Headache = "HEADACHE",
        /// Reaction at the infusion or injection site.
        SiteReaction = "SITE_REACTION",
        /// Swollen arm or leg.
        LimbSwelling = "LIMB_SWELLING",
        /// Hives.
        Urticaria = "URTICARIA",
        /// Rash.
        Rash = "RASH",
        /// Itching.
        Pruritus = "PRURITUS",
        /// Swelling of face, lips or tongue.
        FaceSwelling = "FACE_SWELLING",
        /// Nausea.
        Nausea = "NAUSEA",
        /// Vomiting.
        Vomiting = "VOMITING",
        /// Diarrhoea.
        Diarrhoea = "DIARRHOEA",
        /// Loss of appetite.
        Anorexia = "ANOREXIA",
        /// Belly pain.
        AbdoPain = "ABDO_PAIN",
        /// Muscle aches.
        Myalgia = "MYALGIA",
        /// Joint pain.
        Arthralgia = "ARTHRALGIA",
        /// Dizziness.
        Dizziness = "DIZZINESS",
        /// Fainting or nearly fainting.
        Syncope = "SYNCOPE",
        /// Breathlessness.
        Dyspnoea = "DYSPNOEA",
        /// Cough.
        Cough = "COUGH",
        /// Chest pain or pressure.
        ChestPain = "CHEST_PAIN",
        /// Racing or irregular heartbeat.
        Palpitations = "PALPITATIONS",
        /// Confusion, very drowsy.
        Confusion = "CONFUSION",
        /// Trouble finding words or speaking.
        Speech = "SPEECH",
        /// Trembling.
        Tremor = "TREMOR",
        /// Fit, convulsion.
        Seizure = "SEIZURE",
        /// Sleeplessness.
        Insomnia = "INSOMNIA",
        /// Signs of infection.
        Infection = "INFECTION",
        /// Something else, in free text.
        Other = "OTHER",
        /// Low blood pressure, derived from a measurement.
        Hypotension = "HYPOTENSION",
        /// Low oxygen, derived from a measurement.
        Hypoxia = "HYPOXIA",
    }
}

/// A term as CTCAE prints it, with the MedDRA lowest level term that CTCAE publishes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CtcaeTerm {
    /// The term.
    pub name: &'static str,
    /// The eight-digit MedDRA LLT code (field E.i.2.1b of ICH E2B).
    pub llt: u32,
}

const fn term(name: &'static str, llt: u32) -> CtcaeTerm {
    CtcaeTerm { name, llt }
}

impl SymptomCode {
    /// Whether the code comes from `temp` or `vitals` and cannot be entered as a symptom.
    #[must_use]
    pub const fn is_measured(self) -> bool {
        matches!(self, Self::Fever | Self::Hypotension | Self::Hypoxia)
    }

    /// The CTCAE terms that the code may stand for; the first is the default.
    ///
    /// Two have a choice: `SYNCOPE` (fainted, or nearly) and `CHEST_PAIN` (until staff
    /// know better it is not called cardiac).
    #[must_use]
    pub const fn ctcae_terms(self, version: CtcaeVersion) -> &'static [CtcaeTerm] {
        match self {
            Self::Fever => const { &[term("Fever", 10_016_558)] },
            Self::Chills => const { &[term("Chills", 10_008_531)] },
            Self::Fatigue => const { &[term("Fatigue", 10_016_256)] },
            Self::Headache => const { &[term("Headache", 10_019_211)] },
            Self::SiteReaction => const { &[term("Injection site reaction", 10_022_095)] },
            Self::LimbSwelling => match version {
                CtcaeVersion::V5 => const { &[term("Edema limbs", 10_050_068)] },
                CtcaeVersion::V6 => const { &[term("Peripheral edema", 10_034_570)] },
            },
            Self::Urticaria => const { &[term("Urticaria", 10_046_735)] },
            Self::Rash => const { &[term("Rash maculo-papular", 10_037_868)] },
            Self::Pruritus => const { &[term("Pruritus", 10_037_087)] },
            Self::FaceSwelling => const { &[term("Edema face", 10_014_222)] },
            Self::Nausea => const { &[term("Nausea", 10_028_813)] },
            Self::Vomiting => const { &[term("Vomiting", 10_047_700)] },
            Self::Diarrhoea => const { &[term("Diarrhea", 10_012_727)] },
            Self::Anorexia => const { &[term("Anorexia", 10_002_646)] },
            Self::AbdoPain => const { &[term("Abdominal pain", 10_000_081)] },
            Self::Myalgia => const { &[term("Myalgia", 10_028_411)] },
            Self::Arthralgia => const { &[term("Arthralgia", 10_003_239)] },
            Self::Dizziness => const { &[term("Dizziness", 10_013_573)] },
            Self::Syncope => {
                const { &[term("Syncope", 10_042_772), term("Presyncope", 10_036_653)] }
            }
            Self::Dyspnoea => const { &[term("Dyspnea", 10_013_963)] },
            Self::Cough => const { &[term("Cough", 10_011_224)] },
            Self::ChestPain => {
                const {
                    &[
                        term("Non-cardiac chest pain", 10_062_501),
                        term("Chest pain - cardiac", 10_008_481),
                    ]
                }
            }
            Self::Palpitations => const { &[term("Palpitations", 10_033_557)] },
            Self::Confusion => const { &[term("Confusion", 10_010_300)] },
            Self::Speech => const { &[term("Dysphasia", 10_013_951)] },
            Self::Tremor => const { &[term("Tremor", 10_044_565)] },
            Self::Seizure => const { &[term("Seizure", 10_039_906)] },
            Self::Insomnia => const { &[term("Insomnia", 10_022_437)] },
            Self::Infection => {
                const { &[term("Infections and infestations - Other, specify", 10_021_881)] }
            }
            Self::Other => {
                const {
                    &[term(
                        "General disorders and administration site conditions - Other, specify",
                        10_018_065,
                    )]
                }
            }
            Self::Hypotension => const { &[term("Hypotension", 10_021_097)] },
            Self::Hypoxia => const { &[term("Hypoxia", 10_021_143)] },
        }
    }

    /// The default CTCAE term.
    #[must_use]
    pub const fn ctcae_term(self, version: CtcaeVersion) -> CtcaeTerm {
        self.ctcae_terms(version)[0]
    }
}

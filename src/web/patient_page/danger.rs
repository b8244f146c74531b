//! The danger signs that are asked before everything else.

use crate::domain::grading::SymptomCode;

/// A sign that cannot wait (REFERENCE §7.3 and the rules E02 to E07).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    /// Breathless at rest.
    Breath,
    /// Throat tight, hoarse, noisy breathing in.
    Throat,
    /// Lips, tongue or throat swollen.
    Lips,
    /// Chest pain.
    Chest,
    /// Lost consciousness.
    Faint,
    /// Confused, hard to wake.
    Confused,
    /// Trouble speaking.
    Speech,
    /// Weak on one side.
    OneSide,
    /// A fit.
    Seizure,
    /// The worst headache ever, within a minute.
    Headache,
    /// Vomited blood.
    Blood,
}

impl Danger {
    /// In the order of the page.
    pub const ALL: [Self; 11] = [
        Self::Breath,
        Self::Throat,
        Self::Lips,
        Self::Chest,
        Self::Faint,
        Self::Confused,
        Self::Speech,
        Self::OneSide,
        Self::Seizure,
        Self::Headache,
        Self::Blood,
    ];

    /// What the form posts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Breath => "breath",
            Self::Throat => "throat",
            Self::Lips => "lips",
            Self::Chest => "chest",
            Self::Faint => "faint",
            Self::Confused => "confused",
            Self::Speech => "speech",
            Self::OneSide => "one-side",
            Self::Seizure => "seizure",
            Self::Headache => "headache",
            Self::Blood => "blood",
        }
    }

    /// The symptom whose details are asked later; two signs are yes/no questions only.
    #[must_use]
    pub const fn symptom(self) -> Option<SymptomCode> {
        Some(match self {
            Self::Breath => SymptomCode::Dyspnoea,
            Self::Lips => SymptomCode::FaceSwelling,
            Self::Chest => SymptomCode::ChestPain,
            Self::Faint => SymptomCode::Syncope,
            Self::Confused => SymptomCode::Confusion,
            Self::Speech => SymptomCode::Speech,
            Self::Seizure => SymptomCode::Seizure,
            Self::Headache => SymptomCode::Headache,
            Self::Blood => SymptomCode::Vomiting,
            Self::Throat | Self::OneSide => return None,
        })
    }

    /// The answers that the ticked sentence itself gives: field and value of its symptom.
    #[must_use]
    pub const fn stated(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Breath => &[("when", "rest")],
            Self::Lips => &[("ticks", "lips_tongue_throat")],
            Self::Faint => &[("ticks", "loc")],
            Self::Headache => &[("ticks", "thunderclap")],
            Self::Blood => &[("ticks", "blood")],
            Self::Chest
            | Self::Confused
            | Self::Speech
            | Self::Seizure
            | Self::Throat
            | Self::OneSide => &[],
        }
    }

    /// The least answers that go with the ticked sentence, for the rules to see the sign
    /// before its details are asked. They are never part of a report that is sent.
    #[must_use]
    pub const fn least(self) -> &'static [(&'static str, i64)] {
        match self {
            Self::Breath => &[("adl", 0)],
            Self::Lips | Self::Chest | Self::Headache => &[("sev", 1), ("adl", 0)],
            Self::Confused => &[("sev", 2), ("adl", 0)],
            Self::Speech => &[("level", 2)],
            Self::Seizure => &[("minutes", 0), ("count", 1)],
            Self::Blood => &[("episodes_24h", 1)],
            Self::Faint | Self::Throat | Self::OneSide => &[],
        }
    }
}

//! What is asked about each symptom (REFERENCE §1.1 "Ask", §0.6), as data.
//!
//! The questions about time (`onset_h`, `duration_h`, `resolved_h_ago`,
//! `preexisting`, `worse`) are common to all symptoms and not repeated here.

use super::symptom::SymptomCode;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no; not given means no, unless the question is [`Need::Always`].
    Bool,
    /// A number from `min` to `max` (no upper limit when `None`).
    Number {
        /// Smallest value accepted.
        min: i64,
        /// Largest value accepted.
        max: Option<i64>,
        /// Decimals accepted: none for whole numbers, `None` for any.
        decimals: Option<u32>,
    },
    /// One of these codes.
    Choice(&'static [&'static str]),
    /// Steps 1 to 3 whose meaning is the symptom's own.
    Steps,
    /// The patient's own word: 1 mild, 2 moderate, 3 severe.
    Severity,
    /// The interference scale of REFERENCE §0.3, 0 to 3.
    Adl,
    /// Words of the patient's own, at most [`Kind::TEXT_MAX`] characters.
    Text,
}

impl Kind {
    /// The longest text, in Unicode code points.
    pub const TEXT_MAX: usize = 4000;

    /// The limits of a whole-number scale, if the kind is one.
    #[must_use]
    pub const fn scale(self) -> Option<(i64, i64)> {
        match self {
            Self::Steps | Self::Severity => Some((1, 3)),
            Self::Adl => Some((0, 3)),
            _ => None,
        }
    }
}

/// Whether a question must be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Always,
    /// Never; an unanswered yes/no question means no.
    Optional,
    /// Unless the yes/no question of this key was answered yes.
    Unless(&'static str),
    /// At least one of the questions that need this must be answered yes.
    OneOf,
}

/// One question about a symptom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The field of the stored report.
    pub key: &'static str,
    /// What an answer looks like.
    pub kind: Kind,
    /// Whether it must be answered.
    pub need: Need,
}

const fn ask(key: &'static str, kind: Kind) -> Question {
    Question { key, kind, need: Need::Always }
}

const fn tick(key: &'static str) -> Question {
    Question { key, kind: Kind::Bool, need: Need::Optional }
}

const SEV: Question = ask("sev", Kind::Severity);
const ADL: Question = ask("adl", Kind::Adl);
const INTAKE: Question = ask("intake", Kind::Choice(&["normal", "reduced", "inadequate"]));
const BSA: Question = ask("bsa_pct", Kind::Number { min: 0, max: Some(100), decimals: None });
const CENTIMETRES: Kind = Kind::Number { min: 0, max: Some(100), decimals: Some(1) };
const AT_LEAST_ONE: Kind = Kind::Number { min: 1, max: Some(200), decimals: Some(0) };

/// The questions of one symptom, in the order in which they are asked. Empty for
/// the three codes that are measured.
#[must_use]
pub const fn questions(code: SymptomCode) -> &'static [Question] {
    match code {
        SymptomCode::Fever | SymptomCode::Hypotension | SymptomCode::Hypoxia => &[],
        SymptomCode::Chills => const { &[ask("shaking", Kind::Steps)] },
        SymptomCode::Fatigue => const { &[ask("relieved_by_rest", Kind::Bool), ADL] },
        SymptomCode::Headache => {
            const { &[SEV, ADL, tick("thunderclap"), tick("neck_stiff"), tick("vision_change")] }
        }
        SymptomCode::SiteReaction => {
            const {
                &[
                    ask("redness_cm", CENTIMETRES),
                    ask("swelling_cm", CENTIMETRES),
                    tick("tender"),
                    tick("itch_or_warm"),
                    tick("pain_at_rest"),
                    tick("vein_cord"),
                    tick("spreading"),
                    tick("pus"),
                    tick("red_streak"),
                    tick("ulcer_or_black"),
                    Question { key: "adl", kind: Kind::Adl, need: Need::Optional },
                ]
            }
        }
        SymptomCode::LimbSwelling => const { &[SEV, ADL, tick("unilateral")] },
        SymptomCode::Urticaria => {
            const { &[BSA, ask("treatment", Kind::Choice(&["none", "topical", "oral", "iv"]))] }
        }
        SymptomCode::Rash => const { &[BSA, SEV, ADL, tick("blister_or_mucosal")] },
        SymptomCode::Pruritus => {
            const {
                &[
                    tick("widespread"),
                    tick("constant"),
                    tick("sleep_loss"),
                    tick("scratch_marks"),
                    ADL,
                ]
            }
        }
        SymptomCode::FaceSwelling => const { &[SEV, ADL, tick("lips_tongue_throat")] },
        SymptomCode::Nausea | SymptomCode::Anorexia => const { &[INTAKE] },
        SymptomCode::Vomiting => {
            const { &[ask("episodes_24h", AT_LEAST_ONE), tick("no_fluids_12h"), tick("blood")] }
        }
        SymptomCode::Diarrhoea => {
            const {
                &[
                    ask(
                        "extra_stools_24h",
                        Kind::Number { min: 0, max: Some(200), decimals: Some(0) },
                    ),
                    tick("blood"),
                    ADL,
                ]
            }
        }
        SymptomCode::AbdoPain
        | SymptomCode::Myalgia
        | SymptomCode::Arthralgia
        | SymptomCode::Dizziness
        | SymptomCode::Cough
        | SymptomCode::ChestPain
        | SymptomCode::Tremor => const { &[SEV, ADL] },
        SymptomCode::Syncope => {
            const {
                &[
                    Question { key: "near", kind: Kind::Bool, need: Need::OneOf },
                    Question { key: "loc", kind: Kind::Bool, need: Need::OneOf },
                ]
            }
        }
        SymptomCode::Dyspnoea => {
            const { &[ask("when", Kind::Choice(&["moderate", "minimal", "rest"])), ADL] }
        }
        SymptomCode::Palpitations => const { &[tick("needed_help"), tick("with_dizziness")] },
        SymptomCode::Confusion => {
            const {
                &[
                    tick("unrousable"),
                    Question { key: "sev", kind: Kind::Severity, need: Need::Unless("unrousable") },
                    Question { key: "adl", kind: Kind::Adl, need: Need::Unless("unrousable") },
                ]
            }
        }
        SymptomCode::Speech => const { &[ask("level", Kind::Steps)] },
        SymptomCode::Seizure => {
            const {
                &[
                    ask("minutes", Kind::Number { min: 0, max: None, decimals: None }),
                    ask("count", AT_LEAST_ONE),
                ]
            }
        }
        SymptomCode::Insomnia => const { &[SEV] },
        SymptomCode::Infection => {
            const { &[SEV, ADL, ask("antibiotics", Kind::Choice(&["none", "oral", "iv"]))] }
        }
        SymptomCode::Other => const { &[ask("text", Kind::Text), SEV, ADL] },
    }
}

/// The question of a symptom with this key.
#[must_use]
pub fn question(code: SymptomCode, key: &str) -> Option<&'static Question> {
    questions(code).iter().find(|question| question.key == key)
}

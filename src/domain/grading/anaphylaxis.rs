//! The criteria of the World Allergy Organization 2020 for anaphylaxis (REFERENCE §3.3).
//!
//! For staff: they say how likely the diagnosis is, not how bad it is.

/// What was found, of sudden onset (minutes to several hours).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent sign")]
pub struct Anaphylaxis {
    /// Hives, itching or flushing all over, or swollen lips, tongue or uvula.
    pub skin: bool,
    /// Breathlessness, wheeze, stridor or low oxygen.
    pub breathing: bool,
    /// Low blood pressure (systolic under 90 mmHg, or 30 % under the usual) or its effects.
    pub circulation: bool,
    /// Severe cramps or repeated vomiting.
    pub gut: bool,
    /// Sudden low blood pressure, bronchospasm or swelling of the larynx after a known or
    /// very likely trigger.
    pub after_trigger: bool,
}

impl Anaphylaxis {
    /// Whether anaphylaxis is highly likely: skin signs with one other system, or a sudden
    /// reaction of circulation or airways after a trigger, even without skin signs.
    #[must_use]
    pub const fn is_highly_likely(self) -> bool {
        (self.skin && (self.breathing || self.circulation || self.gut)) || self.after_trigger
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_criterion_is_enough_and_skin_alone_is_not() {
        let nothing = Anaphylaxis::default();
        let cases = [
            (nothing, false),
            (Anaphylaxis { skin: true, ..nothing }, false),
            (Anaphylaxis { breathing: true, gut: true, ..nothing }, false),
            (Anaphylaxis { skin: true, breathing: true, ..nothing }, true),
            (Anaphylaxis { skin: true, circulation: true, ..nothing }, true),
            (Anaphylaxis { skin: true, gut: true, ..nothing }, true),
            (Anaphylaxis { after_trigger: true, ..nothing }, true),
        ];
        for (found, likely) in cases {
            assert_eq!(found.is_highly_likely(), likely, "{found:?}");
        }
    }
}

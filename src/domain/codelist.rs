//! Closed vocabularies with codes that never change.

/// A closed set of values, each known by a code that never changes.
///
/// The code is what the database, the form and the export hold; the wording a
/// person reads comes from [`crate::i18n`].
pub trait Codelist: Copy + Eq + 'static {
    /// What the vocabulary is called in error messages.
    const NAME: &'static str;

    /// Every value, in display order.
    const ALL: &'static [Self];

    /// The stable code.
    fn code(self) -> &'static str;

    /// The value with this code, if there is one.
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

/// Declares an enum and its [`Codelist`] in one place, so that no value can
/// lack a code.
macro_rules! codelist {
    (
        $(#[$meta:meta])*
        pub enum $name:ident : $what:literal {
            $( $(#[$vmeta:meta])* $variant:ident = $code:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$vmeta])* $variant, )+
        }

        impl $crate::domain::codelist::Codelist for $name {
            const NAME: &'static str = $what;
            const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            fn code(self) -> &'static str {
                match self { $( Self::$variant => $code, )+ }
            }
        }
    };
}

pub(crate) use codelist;

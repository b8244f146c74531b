//! What can be wrong with a rule set file. The words are in `i18n`.

/// One mistake and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The rule, if it is in one and its id could be read.
    pub rule: Option<String>,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: What,
}

/// What the grammar wants at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A condition.
    Condition,
    /// A number or a field.
    Value,
    /// `==`, `<` and so on.
    Comparison,
    /// A number.
    Number,
    /// A symptom code.
    Code,
    /// A name.
    Name,
    /// `all`, `table`, `prior_severe` or a list in brackets.
    Set,
    /// A text in quotes.
    Text,
    /// This sign.
    Sign(&'static str),
    /// Nothing more.
    End,
}

/// A type of TOML value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TomlType {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A list.
    List,
    /// A table.
    Table,
    /// A calendar day.
    Date,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Not TOML; the parser's own words.
    Toml(String),
    /// A key that must be there is not.
    MissingKey(String),
    /// A key that has no meaning.
    UnknownKey(String),
    /// A value of another type.
    WrongType(TomlType),
    /// A text that says nothing.
    Empty,
    /// A number below zero or too large.
    OutOfRange,
    /// A rule id is a letter E, U, S or R and two digits.
    RuleId(String),
    /// Two rules, lists or rows with one name.
    Duplicate(String),
    /// The two rows of characters differ in length.
    UnevenCharacters,
    /// A phrase that could never match because texts are changed before the search;
    /// the form that would.
    NotNormalised(String),
    /// A phrase of the self-harm list that is not in the emergency list.
    NotAnEmergency(String),
    /// A sign that the grammar does not know.
    Character(char),
    /// A text without closing quote.
    OpenText,
    /// Not what the grammar wants.
    Expected(Wanted),
    /// No such field.
    UnknownField(String),
    /// No such symptom code.
    UnknownCode(String),
    /// No such function.
    UnknownFunction(String),
    /// No such rule, or one that stands further down.
    UnknownRule(String),
    /// No such phrase list.
    UnknownList(String),
    /// Not one of the codes of the field.
    UnknownChoice {
        /// What was written.
        written: String,
        /// What there is.
        choices: Vec<&'static str>,
    },
    /// The code has no row in the expected table.
    NoWindow(String),
    /// A yes/no value where a number is needed.
    NotANumber,
    /// A number where yes or no is needed.
    NotACondition,
    /// A code where a number is needed, or compared with anything but a code.
    NotAChoice,
    /// `any` or `count` within another.
    Nested,
}

//! Which reports need a person, how soon, and why (REFERENCE §4).
//!
//! The rules are data ([`RuleSet`]): conditions as text over the facts of a
//! report, checked in full when they are loaded. [`assess()`] evaluates a set and
//! says for every rule that fired which facts made it true, and for every other
//! rule what was missing. The same input under the same set always gives the
//! same answer; nothing here knows a clock or a database.
//!
//! "Expected" in this module is the *expected window* of a product ("no alarm").
//! It is not regulatory expectedness.

mod advice;
mod assess;
mod check;
mod condition;
mod evaluate;
mod facts;
mod free_text;
mod lexer;
mod load;
mod mistake;
mod parser;
mod rule_set;
mod toml_table;
mod trace;
mod wording;

pub use advice::{AdviceContext, advice};
pub use assess::{Assessment, Fired, GradeFound, NearMiss, assess};
pub use free_text::{Hit, PhraseList, Screening, Words};
pub use mistake::{Mistake, TomlType, Wanted, What};
pub use rule_set::{
    ExpectedWindow, Identity, LevelText, NK_ALLO_1, NK_AUTO_1, Rule, RuleSet, Target,
};
pub use trace::{Fact, Relation, Scalar};
pub use wording::Wording;

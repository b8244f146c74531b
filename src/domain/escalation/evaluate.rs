//! Whether a condition holds, and why.
//!
//! A comparison with a value that was not given is false (REFERENCE §4.4 step 2);
//! "not" turns the result, so `!(x > 3)` holds when x was not given.

use rust_decimal::Decimal;

use super::super::codelist::Codelist;
use super::super::grading::SymptomCode;
use super::condition::{CodeRef, CodeSet, Condition, Operand};
use super::facts::{Facts, resolve};
use super::free_text::Hit;
use super::rule_set::RuleSet;
use super::trace::{Fact, Relation, Scalar};

/// The result of a condition: when it holds, the facts that made it so; when not,
/// those that would have to be different (for a choice of ways, the nearest).
pub(super) struct Outcome {
    pub holds: bool,
    pub facts: Vec<Fact>,
}

/// Everything that a condition is evaluated against.
pub(super) struct Scene<'a> {
    pub set: &'a RuleSet,
    pub facts: &'a Facts<'a>,
    /// Which of the rules above fired in this pass.
    pub fired: &'a [bool],
    pub hits: &'a [Hit],
}

impl Scene<'_> {
    /// Evaluates a condition.
    pub fn outcome(&self, condition: &Condition) -> Outcome {
        self.eval(condition, None, true)
    }

    /// Evaluates a condition, or with `wanted == false` its opposite.
    fn eval(&self, condition: &Condition, bound: Option<SymptomCode>, wanted: bool) -> Outcome {
        match condition {
            Condition::Not(inner) => self.eval(inner, bound, !wanted),
            Condition::All(parts) => self.group(parts, bound, wanted, wanted),
            Condition::Either(parts) => self.group(parts, bound, wanted, !wanted),
            Condition::Compare { left, relation, right } => {
                self.compare(*left, *relation, *right, bound, wanted)
            }
            Condition::Within { field, low, high } => {
                let value = self.facts.value(*field, bound);
                let inside = matches!(value, Scalar::Number(v) if (*low..=*high).contains(&v));
                let field = self.facts.path(*field, bound);
                let limit = Scalar::Range(*low, *high);
                leaf(field, Relation::Within, limit, value, inside, wanted)
            }
            Condition::Yes(field) => {
                let value = self.facts.value(*field, bound);
                let yes = value == Scalar::Bool(true);
                truth(self.facts.path(*field, bound), value, yes, wanted)
            }
            Condition::Chosen { field, choice } => {
                let value = self.facts.value(*field, bound);
                let limit = Scalar::Text((*choice).to_owned());
                let same = value == limit;
                let field = self.facts.path(*field, bound);
                leaf(field, Relation::Equal, limit, value, same, wanted)
            }
            Condition::Any { set, body } => self.any(set, body, wanted),
            Condition::Count { set, body, relation, limit } => {
                self.count(set, body, *relation, *limit, wanted)
            }
            Condition::Expected(code) => self.expected(*code, bound, wanted),
            Condition::Fired(place) => {
                let fired = self.fired.get(*place).copied().unwrap_or(false);
                let id = self.set.rules().get(*place).map_or("", |rule| rule.id.as_str());
                truth(format!("rule.{id}"), Scalar::Bool(fired), fired, wanted)
            }
            Condition::Says(list) => self.says(*list, wanted),
        }
    }

    /// Several conditions of which all (or at least one) must hold.
    fn group(
        &self,
        parts: &[Condition],
        bound: Option<SymptomCode>,
        wanted: bool,
        all: bool,
    ) -> Outcome {
        let outcomes: Vec<Outcome> =
            parts.iter().map(|part| self.eval(part, bound, wanted)).collect();
        let holds =
            if all { outcomes.iter().all(|o| o.holds) } else { outcomes.iter().any(|o| o.holds) };
        if !holds && !all {
            return nearest(outcomes);
        }
        let telling = outcomes.into_iter().filter(|outcome| outcome.holds == holds);
        Outcome { holds, facts: unique(telling.flat_map(|outcome| outcome.facts)) }
    }

    fn compare(
        &self,
        left: Operand,
        relation: Relation,
        right: Operand,
        bound: Option<SymptomCode>,
        wanted: bool,
    ) -> Outcome {
        let value = |operand| match operand {
            Operand::Number(number) => Scalar::Number(number),
            Operand::Field(field) => self.facts.value(field, bound),
        };
        let (left_value, limit) = (value(left), value(right));
        let holds = match (&left_value, &limit) {
            (Scalar::Number(left), Scalar::Number(right)) => relation.holds(*left, *right),
            _ => false,
        };
        let path = match left {
            Operand::Field(field) => self.facts.path(field, bound),
            Operand::Number(number) => number.normalize().to_string(),
        };
        leaf(path, relation, limit, left_value, holds, wanted)
    }

    fn codes(&self, set: &CodeSet) -> Vec<SymptomCode> {
        match set {
            CodeSet::Fixed(codes) => codes.clone(),
            CodeSet::PriorSevere(without) => {
                let codes = self.facts.input.history.prior_severe.iter().copied();
                codes.filter(|code| !without.contains(code)).collect()
            }
        }
    }

    fn any(&self, set: &CodeSet, body: &Condition, wanted: bool) -> Outcome {
        let outcomes: Vec<Outcome> =
            self.codes(set).into_iter().map(|code| self.eval(body, Some(code), true)).collect();
        let found = outcomes.iter().any(|outcome| outcome.holds);
        match (wanted, found) {
            (true, true) => {
                let holding = outcomes.into_iter().filter(|outcome| outcome.holds);
                Outcome { holds: true, facts: unique(holding.flat_map(|o| o.facts)) }
            }
            (true, false) if outcomes.is_empty() => Outcome {
                holds: false,
                facts: vec![counted(Relation::AtLeast, Decimal::ONE, Decimal::ZERO)],
            },
            (true, false) => nearest(outcomes),
            // That there is none needs no list of all that are not.
            (false, false) => Outcome { holds: true, facts: Vec::new() },
            (false, true) => {
                let against = self.codes(set).into_iter();
                let against = against.map(|code| self.eval(body, Some(code), false));
                let against = against.filter(|outcome| !outcome.holds);
                Outcome { holds: false, facts: unique(against.flat_map(|o| o.facts)) }
            }
        }
    }

    fn count(
        &self,
        set: &CodeSet,
        body: &Condition,
        relation: Relation,
        limit: Decimal,
        wanted: bool,
    ) -> Outcome {
        let outcomes = self.codes(set).into_iter().map(|code| self.eval(body, Some(code), true));
        let holding: Vec<Outcome> = outcomes.filter(|outcome| outcome.holds).collect();
        let number = Decimal::from(holding.len());
        let relation = if wanted { relation } else { relation.opposite() };
        let holds = relation.holds(number, limit);
        let mut facts = vec![counted(relation, limit, number)];
        if holds {
            facts.extend(holding.into_iter().flat_map(|outcome| outcome.facts));
        }
        Outcome { holds, facts: unique(facts) }
    }

    /// EXPECTED of REFERENCE §4.3. A report that is still being written may lack
    /// the times: what is not known to be outside counts as expected.
    fn expected(&self, code: CodeRef, bound: Option<SymptomCode>, wanted: bool) -> Outcome {
        let Some(code) = resolve(code, bound) else {
            return Outcome { holds: false, facts: Vec::new() };
        };
        let path = format!("expected.{}", code.code());
        let outside = self.set.window(code).map(|window| window.outside(code, self.facts));
        match outside {
            Some(outside) if !outside.is_empty() => {
                let holds = !wanted;
                let opposite = |fact: Fact| Fact { op: fact.op.opposite(), ..fact };
                let facts =
                    if holds { outside } else { outside.into_iter().map(opposite).collect() };
                Outcome { holds, facts }
            }
            inside => truth(path, Scalar::Bool(inside.is_some()), inside.is_some(), wanted),
        }
    }

    fn says(&self, list: usize, wanted: bool) -> Outcome {
        let name = self.set.screening().lists.get(list).map_or("", |list| list.name.as_str());
        let fact = |field: &str, op, value| Fact {
            field: field.to_owned(),
            op,
            limit: Scalar::Text(name.to_owned()),
            value,
        };
        let facts: Vec<Fact> = self
            .hits
            .iter()
            .filter(|hit| hit.list == name)
            .map(|hit| fact(&hit.field, Relation::Contains, Scalar::Text(hit.phrase.clone())))
            .collect();
        let found = !facts.is_empty();
        let none = vec![fact("free_text", Relation::Contains, Scalar::Missing)];
        let facts = match (found, wanted) {
            (true, true) => facts,
            (true, false) => {
                facts.into_iter().map(|fact| Fact { op: Relation::Lacks, ..fact }).collect()
            }
            (false, true) => none,
            (false, false) => Vec::new(),
        };
        Outcome { holds: found == wanted, facts }
    }
}

fn leaf(
    field: String,
    relation: Relation,
    limit: Scalar,
    value: Scalar,
    holds: bool,
    wanted: bool,
) -> Outcome {
    let op = if wanted { relation } else { relation.opposite() };
    Outcome { holds: holds == wanted, facts: vec![Fact { field, op, limit, value }] }
}

/// A yes/no value: not given is no.
fn truth(field: String, value: Scalar, yes: bool, wanted: bool) -> Outcome {
    let value = if value == Scalar::Missing { value } else { Scalar::Bool(yes) };
    let fact = Fact { field, op: Relation::Equal, limit: Scalar::Bool(wanted), value };
    Outcome { holds: yes == wanted, facts: vec![fact] }
}

fn counted(op: Relation, limit: Decimal, number: Decimal) -> Fact {
    Fact {
        field: "symptoms.count".to_owned(),
        op,
        limit: Scalar::Number(limit),
        value: Scalar::Number(number),
    }
}

/// Of several ways that all failed, the one with the fewest things in the way, then
/// the fewest values not given, then the smallest distance; the first of equals.
fn nearest(outcomes: Vec<Outcome>) -> Outcome {
    let effort = |outcome: &Outcome| {
        let missing = outcome.facts.iter().filter(|fact| fact.value == Scalar::Missing).count();
        let distance = outcome.facts.iter().map(Fact::distance).max().unwrap_or(Decimal::MAX);
        (outcome.facts.len(), missing, distance)
    };
    outcomes
        .into_iter()
        .min_by(|a, b| effort(a).cmp(&effort(b)))
        .unwrap_or(Outcome { holds: false, facts: Vec::new() })
}

fn unique(facts: impl IntoIterator<Item = Fact>) -> Vec<Fact> {
    let mut seen = Vec::new();
    for fact in facts {
        if !seen.contains(&fact) {
            seen.push(fact);
        }
    }
    seen
}

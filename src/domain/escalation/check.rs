//! Names and types of a condition.

use super::super::codelist::Codelist;
use super::super::grading::{Kind, SymptomCode, question};
use super::super::input::{ReportFlag, Vital};
use super::super::product::ProductKind;
use super::condition::{CodeRef, CodeSet, Condition, Field, Operand};
use super::lexer::Spanned;
use super::mistake::{Wanted, What};
use super::parser::{Node, NodeKind, SetNode};
use super::rule_set::ExpectedWindow;
use super::trace::Relation;

/// What a condition may refer to besides the report.
pub(super) struct Names<'a> {
    /// The expected table of the set.
    pub windows: &'a [ExpectedWindow],
    /// The ids of the rules above this one, in order.
    pub rules: &'a [String],
    /// The names of the phrase lists, in order.
    pub lists: &'a [String],
}

/// The type of a field.
enum FieldType {
    Bool,
    Number,
    Choice(Vec<&'static str>),
}

struct Checker<'a> {
    names: &'a Names<'a>,
    mistakes: Vec<Spanned<What>>,
    bound: Option<String>,
}

/// Turns a tree into a condition, or gives every wrong name and type in it.
pub(super) fn check(node: &Node, names: &Names<'_>) -> Result<Condition, Vec<Spanned<What>>> {
    let mut checker = Checker { names, mistakes: Vec::new(), bound: None };
    let condition = checker.condition(node);
    match condition {
        Some(condition) if checker.mistakes.is_empty() => Ok(condition),
        _ => Err(checker.mistakes),
    }
}

impl Checker<'_> {
    fn wrong<T>(&mut self, at: usize, what: What) -> Option<T> {
        self.mistakes.push((at, what));
        None
    }

    fn condition(&mut self, node: &Node) -> Option<Condition> {
        match &node.kind {
            NodeKind::All(parts) => Some(Condition::All(self.parts(parts)?)),
            NodeKind::Either(parts) => Some(Condition::Either(self.parts(parts)?)),
            NodeKind::Not(inner) => Some(Condition::Not(Box::new(self.condition(inner)?))),
            NodeKind::Compare(left, relation, right) => self.compare(left, *relation, right),
            NodeKind::Within(value, low, high) => {
                let field = self.number_field(value)?;
                Some(Condition::Within { field, low: *low, high: *high })
            }
            NodeKind::Path(path) => {
                let field = self.field(node.at, path)?;
                match field_type(field) {
                    FieldType::Bool => Some(Condition::Yes(field)),
                    FieldType::Number | FieldType::Choice(_) => {
                        self.wrong(node.at, What::NotACondition)
                    }
                }
            }
            NodeKind::Call(function, arguments) => self.call(node.at, function, arguments),
            NodeKind::Over { function, name, set, body } if function == "any" => {
                let (set, body) = self.over(node.at, name, set, body)?;
                Some(Condition::Any { set, body })
            }
            NodeKind::Over { .. } | NodeKind::Number(_) | NodeKind::Text(_) => {
                self.wrong(node.at, What::NotACondition)
            }
        }
    }

    /// All parts are checked, also after a wrong one, so that every mistake is named.
    fn parts(&mut self, parts: &[Node]) -> Option<Vec<Condition>> {
        let checked: Vec<Option<Condition>> =
            parts.iter().map(|part| self.condition(part)).collect();
        checked.into_iter().collect()
    }

    fn compare(&mut self, left: &Node, relation: Relation, right: &Node) -> Option<Condition> {
        if let NodeKind::Over { function, name, set, body } = &left.kind
            && function == "count"
        {
            let over = self.over(left.at, name, set, body);
            let limit = match right.kind {
                NodeKind::Number(limit) => Some(limit),
                _ => self.wrong(right.at, What::Expected(Wanted::Number)),
            };
            let (set, body) = over?;
            return Some(Condition::Count { set, body, relation, limit: limit? });
        }
        if let NodeKind::Text(choice) = &right.kind {
            return self.chosen(left, relation, right.at, choice);
        }
        let left = self.operand(left);
        let right = self.operand(right);
        Some(Condition::Compare { left: left?, relation, right: right? })
    }

    fn chosen(
        &mut self,
        left: &Node,
        relation: Relation,
        at: usize,
        choice: &str,
    ) -> Option<Condition> {
        let NodeKind::Path(path) = &left.kind else {
            return self.wrong(at, What::NotAChoice);
        };
        let field = self.field(left.at, path)?;
        let FieldType::Choice(choices) = field_type(field) else {
            return self.wrong(at, What::NotAChoice);
        };
        let Some(known) = choices.iter().copied().find(|known| *known == choice) else {
            return self.wrong(at, What::UnknownChoice { written: choice.to_owned(), choices });
        };
        let chosen = Condition::Chosen { field, choice: known };
        match relation {
            Relation::Equal => Some(chosen),
            Relation::NotEqual => Some(Condition::Not(Box::new(chosen))),
            _ => self.wrong(at, What::NotAChoice),
        }
    }

    fn operand(&mut self, node: &Node) -> Option<Operand> {
        match &node.kind {
            NodeKind::Number(number) => Some(Operand::Number(*number)),
            NodeKind::Path(path) if path.starts_with("window.") => self.window(node.at, path),
            _ => self.number_field(node).map(Operand::Field),
        }
    }

    fn number_field(&mut self, node: &Node) -> Option<Field> {
        let NodeKind::Path(path) = &node.kind else {
            return self.wrong(node.at, What::NotANumber);
        };
        let field = self.field(node.at, path)?;
        match field_type(field) {
            FieldType::Number => Some(field),
            FieldType::Bool => self.wrong(node.at, What::NotANumber),
            FieldType::Choice(_) => self.wrong(node.at, What::NotAChoice),
        }
    }

    /// A limit of the expected table, such as `window.FEVER.duration_h`.
    fn window(&mut self, at: usize, path: &str) -> Option<Operand> {
        let parts: Vec<&str> = path.split('.').collect();
        let [_, code, limit] = parts[..] else {
            return self.wrong(at, What::UnknownField(path.to_owned()));
        };
        let code = self.symptom(at, code)?;
        let Some(window) = self.names.windows.iter().find(|window| window.code == code) else {
            return self.wrong(at, What::NoWindow(code.code().to_owned()));
        };
        match limit {
            "onset_h" => Some(Operand::Number(window.onset_h)),
            "duration_h" => Some(Operand::Number(window.duration_h)),
            "grade" => Some(Operand::Number(window.grade.number().into())),
            _ => self.wrong(at, What::UnknownField(path.to_owned())),
        }
    }

    fn call(&mut self, at: usize, function: &str, arguments: &[Node]) -> Option<Condition> {
        if !matches!(function, "expected" | "fired" | "says") {
            return self.wrong(at, What::UnknownFunction(function.to_owned()));
        }
        let [argument] = arguments else {
            return self.wrong(at, What::Expected(Wanted::Sign("(…)")));
        };
        match (function, &argument.kind) {
            ("expected", NodeKind::Path(path)) => {
                self.code(argument.at, path).map(Condition::Expected)
            }
            ("expected", _) => self.wrong(argument.at, What::Expected(Wanted::Code)),
            ("fired", NodeKind::Path(id)) => {
                match self.names.rules.iter().position(|rule| rule == id) {
                    Some(place) => Some(Condition::Fired(place)),
                    None => self.wrong(argument.at, What::UnknownRule(id.clone())),
                }
            }
            ("fired", _) => self.wrong(argument.at, What::Expected(Wanted::Name)),
            (_, NodeKind::Text(list)) => {
                match self.names.lists.iter().position(|known| known == list) {
                    Some(place) => Some(Condition::Says(place)),
                    None => self.wrong(argument.at, What::UnknownList(list.clone())),
                }
            }
            (_, _) => self.wrong(argument.at, What::Expected(Wanted::Text)),
        }
    }

    fn over(
        &mut self,
        at: usize,
        name: &str,
        set: &SetNode,
        body: &Node,
    ) -> Option<(CodeSet, Box<Condition>)> {
        if self.bound.is_some() {
            return self.wrong(at, What::Nested);
        }
        let set = self.set(set);
        self.bound = Some(name.to_owned());
        let body = self.condition(body);
        self.bound = None;
        Some((set?, Box::new(body?)))
    }

    fn set(&mut self, set: &SetNode) -> Option<CodeSet> {
        let without = self.codes(&set.without);
        let codes = match &set.name {
            None => self.codes(&set.codes)?,
            Some((_, name)) if name == "all" => SymptomCode::ALL.to_vec(),
            Some((_, name)) if name == "table" => {
                self.names.windows.iter().map(|window| window.code).collect()
            }
            Some((_, name)) if name == "prior_severe" => {
                return Some(CodeSet::PriorSevere(without?));
            }
            Some((at, _)) => return self.wrong(*at, What::Expected(Wanted::Set)),
        };
        let without = without?;
        Some(CodeSet::Fixed(codes.into_iter().filter(|code| !without.contains(code)).collect()))
    }

    fn codes(&mut self, codes: &[Spanned<String>]) -> Option<Vec<SymptomCode>> {
        let found: Vec<Option<SymptomCode>> =
            codes.iter().map(|(at, code)| self.symptom(*at, code)).collect();
        found.into_iter().collect()
    }

    fn symptom(&mut self, at: usize, code: &str) -> Option<SymptomCode> {
        let found = SymptomCode::from_code(code);
        if found.is_none() {
            return self.wrong(at, What::UnknownCode(code.to_owned()));
        }
        found
    }

    fn code(&mut self, at: usize, text: &str) -> Option<CodeRef> {
        if self.bound.as_deref() == Some(text) {
            return Some(CodeRef::Bound);
        }
        self.symptom(at, text).map(CodeRef::Fixed)
    }

    fn field(&mut self, at: usize, path: &str) -> Option<Field> {
        if let Some(field) = plain_field(path) {
            return Some(field);
        }
        let unknown = || What::UnknownField(path.to_owned());
        let Some((first, rest)) = path.split_once('.') else {
            return self.wrong(at, unknown());
        };
        match first {
            "grade" => self.code(at, rest).map(Field::Grade),
            "previous" => self.code(at, rest).map(Field::Previous),
            "vitals" => match Vital::from_code(rest) {
                Some(vital) => Some(Field::Vital(vital)),
                None => self.wrong(at, unknown()),
            },
            "flags" => match ReportFlag::from_code(rest) {
                Some(flag) => Some(Field::Flag(flag)),
                None => self.wrong(at, unknown()),
            },
            "history" | "previous_report" | "temp" | "fever" | "schedule" => {
                self.wrong(at, unknown())
            }
            _ => {
                let code = self.code(at, first)?;
                match symptom_field(code, rest) {
                    Some(field) => Some(field),
                    None => self.wrong(at, unknown()),
                }
            }
        }
    }
}

fn plain_field(path: &str) -> Option<Field> {
    Some(match path {
        "hours_since_infusion" => Field::Hours,
        "history.product" => Field::Product,
        "history.infection_risk" => Field::InfectionRisk,
        "previous_report.hours_before" => Field::PreviousHours,
        "temp_adj_c" => Field::Temp,
        "temp.onset_h" => Field::TempOnset,
        "temp.duration_h" => Field::TempDuration,
        "temp.hours_over_40" => Field::HoursOver40,
        "temp.antipyretic_6h" => Field::Antipyretic,
        "fever.onset_h" => Field::FeverOnset,
        "fever.duration_h" => Field::FeverDuration,
        "feels_feverish" => Field::FeelsFeverish,
        "schedule.d1_overdue" => Field::D1Overdue,
        "schedule.consecutive_missed" => Field::ConsecutiveMissed,
        "schedule.later_missed" => Field::LaterMissed,
        _ => return None,
    })
}

/// A field of an entered symptom. Measured codes have none; of the code that `any`
/// is looking at only what all symptoms have.
fn symptom_field(code: CodeRef, key: &str) -> Option<Field> {
    if matches!(code, CodeRef::Fixed(code) if code.is_measured()) {
        return None;
    }
    match (key, code) {
        ("present", _) => Some(Field::Present(code)),
        ("onset_h", _) => Some(Field::Onset(code)),
        ("duration_h", _) => Some(Field::Duration(code)),
        (_, CodeRef::Fixed(code)) => {
            let question = question(code, key)?;
            (question.kind != Kind::Text).then_some(Field::Answer(code, question.key))
        }
        (_, CodeRef::Bound) => None,
    }
}

fn field_type(field: Field) -> FieldType {
    match field {
        Field::Product => {
            FieldType::Choice(ProductKind::ALL.iter().map(|kind| kind.code()).collect())
        }
        Field::InfectionRisk
        | Field::Antipyretic
        | Field::FeelsFeverish
        | Field::Flag(_)
        | Field::D1Overdue
        | Field::LaterMissed
        | Field::Present(_) => FieldType::Bool,
        Field::Answer(code, key) => match question(code, key).map(|question| question.kind) {
            Some(Kind::Bool) => FieldType::Bool,
            Some(Kind::Choice(codes)) => FieldType::Choice(codes.to_vec()),
            _ => FieldType::Number,
        },
        Field::Hours
        | Field::PreviousHours
        | Field::Temp
        | Field::TempOnset
        | Field::TempDuration
        | Field::HoursOver40
        | Field::FeverOnset
        | Field::FeverDuration
        | Field::Vital(_)
        | Field::ConsecutiveMissed
        | Field::Grade(_)
        | Field::Previous(_)
        | Field::Onset(_)
        | Field::Duration(_) => FieldType::Number,
    }
}

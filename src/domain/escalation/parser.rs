//! Conditions, read into a tree. Names and types come later ([`check`](super::check)).
//!
//! ```text
//! condition  = and { "||" and }
//! and        = not { "&&" not }
//! not        = "!" not | primary
//! primary    = "(" condition ")" | value [ comparison value | "in" number ".." number ]
//! value      = number | text | path | path "(" arguments ")"
//! arguments  = [ name "in" set "," condition | argument { "," argument } ]
//! set        = ( path | list ) [ "-" list ]        list = "[" path { "," path } "]"
//! ```

use rust_decimal::Decimal;

use super::lexer::{Spanned, Token, tokens};
use super::mistake::{Wanted, What};
use super::trace::Relation;

/// A tree with the byte at which each part starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub at: usize,
    pub kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NodeKind {
    All(Vec<Node>),
    Either(Vec<Node>),
    Not(Box<Node>),
    Compare(Box<Node>, Relation, Box<Node>),
    Within(Box<Node>, Decimal, Decimal),
    Number(Decimal),
    Text(String),
    Path(String),
    Call(String, Vec<Node>),
    /// `any` or `count` over the codes of a set.
    Over {
        function: String,
        name: String,
        set: SetNode,
        body: Box<Node>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SetNode {
    /// A name, or `None` for a list.
    pub name: Option<Spanned<String>>,
    pub codes: Vec<Spanned<String>>,
    pub without: Vec<Spanned<String>>,
}

/// How deep conditions may nest; far more than a person can read.
const MAX_DEPTH: usize = 40;

struct Parser<'a> {
    words: &'a [Spanned<Token>],
    next: usize,
    end: usize,
    depth: usize,
}

type Parsed<T> = Result<T, Spanned<What>>;

/// Reads a condition. Gives every unknown sign, or else the first place where the
/// grammar wants something different.
pub(super) fn parse(text: &str) -> Result<Node, Vec<Spanned<What>>> {
    let mut mistakes = Vec::new();
    let words = tokens(text, &mut mistakes);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let mut parser = Parser { words: &words, next: 0, end: text.trim_end().len(), depth: 0 };
    let node = parser.condition().map_err(|mistake| vec![mistake])?;
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(vec![parser.expected(Wanted::End)]),
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.words.get(self.next).map(|(_, token)| token)
    }

    fn at(&self) -> usize {
        self.words.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn expected(&self, wanted: Wanted) -> Spanned<What> {
        (self.at(), What::Expected(wanted))
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.next += usize::from(found);
        found
    }

    fn must(&mut self, sign: &'static str) -> Parsed<()> {
        if self.takes(sign) { Ok(()) } else { Err(self.expected(Wanted::Sign(sign))) }
    }

    fn condition(&mut self) -> Parsed<Node> {
        self.chain("||", Self::and, NodeKind::Either)
    }

    fn and(&mut self) -> Parsed<Node> {
        self.chain("&&", Self::not, NodeKind::All)
    }

    fn chain(
        &mut self,
        sign: &str,
        part: fn(&mut Self) -> Parsed<Node>,
        kind: fn(Vec<Node>) -> NodeKind,
    ) -> Parsed<Node> {
        let at = self.at();
        let first = part(self)?;
        let mut parts = vec![first];
        while self.takes(sign) {
            parts.push(part(self)?);
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => Ok(only),
            last => {
                parts.extend(last);
                Ok(Node { at, kind: kind(parts) })
            }
        }
    }

    fn not(&mut self) -> Parsed<Node> {
        let at = self.at();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.expected(Wanted::Condition));
        }
        let node = if self.takes("!") {
            Node { at, kind: NodeKind::Not(Box::new(self.not()?)) }
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn primary(&mut self) -> Parsed<Node> {
        if self.takes("(") {
            let inner = self.condition()?;
            self.must(")")?;
            return Ok(inner);
        }
        let at = self.at();
        let left = self.value(Wanted::Condition)?;
        if self.takes("in") {
            let low = self.number()?;
            self.must("..")?;
            let high = self.number()?;
            return Ok(Node { at, kind: NodeKind::Within(Box::new(left), low, high) });
        }
        let Some(relation) = self.relation() else { return Ok(left) };
        let right = self.value(Wanted::Value)?;
        Ok(Node { at, kind: NodeKind::Compare(Box::new(left), relation, Box::new(right)) })
    }

    fn relation(&mut self) -> Option<Relation> {
        let relation = match self.peek()? {
            Token::Sign("<") => Relation::Less,
            Token::Sign("<=") => Relation::AtMost,
            Token::Sign(">") => Relation::More,
            Token::Sign(">=") => Relation::AtLeast,
            Token::Sign("==") => Relation::Equal,
            Token::Sign("!=") => Relation::NotEqual,
            _ => return None,
        };
        self.next += 1;
        Some(relation)
    }

    fn number(&mut self) -> Parsed<Decimal> {
        let negative = self.takes("-");
        match self.peek() {
            Some(Token::Number(number)) => {
                let number = if negative { -*number } else { *number };
                self.next += 1;
                Ok(number)
            }
            _ => Err(self.expected(Wanted::Number)),
        }
    }

    fn value(&mut self, wanted: Wanted) -> Parsed<Node> {
        let at = self.at();
        let kind = match self.peek() {
            Some(Token::Number(_) | Token::Sign("-")) => NodeKind::Number(self.number()?),
            Some(Token::Text(text)) => {
                let text = text.clone();
                self.next += 1;
                NodeKind::Text(text)
            }
            Some(Token::Path(path)) => {
                let path = path.clone();
                self.next += 1;
                if self.takes("(") { self.call(path)? } else { NodeKind::Path(path) }
            }
            _ => return Err(self.expected(wanted)),
        };
        Ok(Node { at, kind })
    }

    fn call(&mut self, function: String) -> Parsed<NodeKind> {
        let binds = matches!(self.words.get(self.next + 1), Some((_, Token::Sign("in"))))
            && matches!(function.as_str(), "any" | "count");
        if binds {
            let (_, name) = self.path(Wanted::Name)?;
            self.must("in")?;
            let set = self.set()?;
            self.must(",")?;
            let body = Box::new(self.condition()?);
            self.must(")")?;
            return Ok(NodeKind::Over { function, name, set, body });
        }
        let mut arguments = Vec::new();
        if !self.takes(")") {
            arguments.push(self.value(Wanted::Value)?);
            while self.takes(",") {
                arguments.push(self.value(Wanted::Value)?);
            }
            self.must(")")?;
        }
        Ok(NodeKind::Call(function, arguments))
    }

    fn path(&mut self, wanted: Wanted) -> Parsed<Spanned<String>> {
        let at = self.at();
        match self.peek() {
            Some(Token::Path(path)) => {
                let path = path.clone();
                self.next += 1;
                Ok((at, path))
            }
            _ => Err(self.expected(wanted)),
        }
    }

    fn set(&mut self) -> Parsed<SetNode> {
        let is_list = matches!(self.peek(), Some(Token::Sign("[")));
        let (name, codes) = if is_list {
            (None, self.list()?)
        } else {
            (Some(self.path(Wanted::Set)?), Vec::new())
        };
        let without = if self.takes("-") { self.list()? } else { Vec::new() };
        Ok(SetNode { name, codes, without })
    }

    fn list(&mut self) -> Parsed<Vec<Spanned<String>>> {
        self.must("[")?;
        let mut codes = vec![self.path(Wanted::Code)?];
        while self.takes(",") {
            codes.push(self.path(Wanted::Code)?);
        }
        self.must("]")?;
        Ok(codes)
    }
}

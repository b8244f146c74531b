//! What is wrong with a file of escalation rules.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::escalation::{Mistake, TomlType, Wanted, What};

/// One mistake as a line: file, line, column, rule, and what is wrong.
#[must_use]
pub fn mistake(file: &str, mistake: &Mistake, lang: Language) -> String {
    let Mistake { rule, line, column, what: wrong } = mistake;
    let rule = match (rule, lang) {
        (None, _) => String::new(),
        (Some(rule), En) => format!("rule {rule}: "),
        (Some(rule), ZhCn) => format!("规则{rule}："),
    };
    format!("{file}:{line}:{column}: {rule}{}", what(wrong, lang))
}

/// What is wrong, without its place.
#[must_use]
pub fn what(what: &What, lang: Language) -> String {
    match lang {
        En => english(what),
        ZhCn => chinese(what),
    }
}

fn english(what: &What) -> String {
    match what {
        What::Toml(message) => format!("not TOML: {message}"),
        What::MissingKey(key) => format!("{key} is missing"),
        What::UnknownKey(key) => format!("{key} has no meaning here"),
        What::WrongType(TomlType::Text) => "must be a text in quotes".to_owned(),
        What::WrongType(TomlType::Integer) => "must be a whole number".to_owned(),
        What::WrongType(TomlType::Number) => "must be a number".to_owned(),
        What::WrongType(TomlType::List) => "must be a list".to_owned(),
        What::WrongType(TomlType::Table) => "must be a table".to_owned(),
        What::WrongType(TomlType::Date) => "must be a date such as 2026-11-24".to_owned(),
        What::Empty => "says nothing".to_owned(),
        What::OutOfRange => "the number is negative or too large".to_owned(),
        What::RuleId(id) => {
            format!("{id:?} is no rule id: a letter E, U, S or R and two digits")
        }
        What::Duplicate(name) => format!("{name} stands here for the second time"),
        What::UnevenCharacters => {
            "traditional and simplified must have the same number of characters".to_owned()
        }
        What::NotNormalised(form) => format!("would never be found; write it as {form:?}"),
        What::NotAnEmergency(phrase) => {
            format!("{phrase:?} must also stand in the list \"emergency\"")
        }
        What::Character(c) => format!("{c:?} has no meaning in a condition"),
        What::OpenText => "the text has no closing quote".to_owned(),
        What::Expected(wanted) => format!("expected {} here", wanted_english(*wanted)),
        What::UnknownField(name) => format!("there is no field {name}"),
        What::UnknownCode(code) => format!("there is no symptom code {code}"),
        What::UnknownFunction(name) => {
            format!("there is no function {name}; there are any, count, expected, fired and says")
        }
        What::UnknownRule(id) => format!("there is no rule {id} above this one"),
        What::UnknownList(name) => format!("there is no phrase list {name:?}"),
        What::UnknownChoice { written, choices } => {
            format!("{written:?} is not one of {}", choices.join(", "))
        }
        What::NoWindow(code) => format!("{code} has no row in the expected table"),
        What::NotANumber => "a number is needed here".to_owned(),
        What::NotACondition => {
            "this is not yes or no; compare it with something, such as >= 1".to_owned()
        }
        What::NotAChoice => {
            "a code can only be compared with == or != and a text in quotes".to_owned()
        }
        What::Nested => "any and count cannot stand inside one another".to_owned(),
    }
}

fn wanted_english(wanted: Wanted) -> String {
    match wanted {
        Wanted::Condition => "a condition".to_owned(),
        Wanted::Value => "a number or a field".to_owned(),
        Wanted::Comparison => "a comparison".to_owned(),
        Wanted::Number => "a number".to_owned(),
        Wanted::Code => "a symptom code".to_owned(),
        Wanted::Name => "a name".to_owned(),
        Wanted::Set => "all, table, prior_severe or a list in brackets".to_owned(),
        Wanted::Text => "a text in quotes".to_owned(),
        Wanted::Sign(sign) => format!("`{sign}`"),
        Wanted::End => "nothing more (or && or ||)".to_owned(),
    }
}

fn chinese(what: &What) -> String {
    match what {
        What::Toml(message) => format!("不是有效的 TOML：{message}"),
        What::MissingKey(key) => format!("缺少 {key}"),
        What::UnknownKey(key) => format!("{key} 在此没有意义"),
        What::WrongType(TomlType::Text) => "必须是带引号的文字".to_owned(),
        What::WrongType(TomlType::Integer) => "必须是整数".to_owned(),
        What::WrongType(TomlType::Number) => "必须是数字".to_owned(),
        What::WrongType(TomlType::List) => "必须是列表".to_owned(),
        What::WrongType(TomlType::Table) => "必须是表".to_owned(),
        What::WrongType(TomlType::Date) => "必须是日期，例如 2026-11-24".to_owned(),
        What::Empty => "内容为空".to_owned(),
        What::OutOfRange => "数字为负或过大".to_owned(),
        What::RuleId(id) => format!("{id:?} 不是规则编号：应为字母 E、U、S 或 R 加两位数字"),
        What::Duplicate(name) => format!("{name} 重复出现"),
        What::UnevenCharacters => "繁体与简体的字数必须相同".to_owned(),
        What::NotNormalised(form) => format!("永远不会匹配；请写成 {form:?}"),
        What::NotAnEmergency(phrase) => format!("{phrase:?} 也必须列在“emergency”中"),
        What::Character(c) => format!("{c:?} 在条件中没有意义"),
        What::OpenText => "文字缺少右引号".to_owned(),
        What::Expected(wanted) => format!("此处应为{}", wanted_chinese(*wanted)),
        What::UnknownField(name) => format!("没有字段 {name}"),
        What::UnknownCode(code) => format!("没有症状代码 {code}"),
        What::UnknownFunction(name) => {
            format!("没有函数 {name}；可用的有 any、count、expected、fired、says")
        }
        What::UnknownRule(id) => format!("此规则之前没有规则 {id}"),
        What::UnknownList(name) => format!("没有短语表 {name:?}"),
        What::UnknownChoice { written, choices } => {
            format!("{written:?} 不是以下之一：{}", choices.join("、"))
        }
        What::NoWindow(code) => format!("{code} 不在预期反应表中"),
        What::NotANumber => "此处需要数字".to_owned(),
        What::NotACondition => "这不是“是/否”；请与某个值比较，例如 >= 1".to_owned(),
        What::NotAChoice => "代码只能用 == 或 != 与带引号的文字比较".to_owned(),
        What::Nested => "any 与 count 不能互相嵌套".to_owned(),
    }
}

fn wanted_chinese(wanted: Wanted) -> String {
    match wanted {
        Wanted::Condition => "条件".to_owned(),
        Wanted::Value => "数字或字段".to_owned(),
        Wanted::Comparison => "比较符".to_owned(),
        Wanted::Number => "数字".to_owned(),
        Wanted::Code => "症状代码".to_owned(),
        Wanted::Name => "名称".to_owned(),
        Wanted::Set => " all、table、prior_severe 或方括号列表".to_owned(),
        Wanted::Text => "带引号的文字".to_owned(),
        Wanted::Sign(sign) => format!(" `{sign}`"),
        Wanted::End => "结尾（或 &&、||)".to_owned(),
    }
}

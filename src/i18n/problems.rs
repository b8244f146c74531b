//! What is wrong with an input, field by field.

use crate::domain::Language::{self, En, ZhCn};
use crate::domain::grading::Unit;
use crate::domain::input::{Expected, Problem, Reason};

/// One problem as a line: the field, then why.
#[must_use]
pub fn problem(problem: &Problem, lang: Language) -> String {
    let field = if problem.field.is_empty() { "input" } else { &problem.field };
    let why = reason(&problem.reason, lang);
    match lang {
        En => format!("{field}: {why}"),
        ZhCn => format!("{field}：{why}"),
    }
}

/// Why a field is refused, without its name.
#[must_use]
pub fn reason(reason: &Reason, lang: Language) -> String {
    match (reason, lang) {
        (Reason::Missing, En) => "required, but not given".to_owned(),
        (Reason::Missing, ZhCn) => "必填，但未填写".to_owned(),
        (Reason::UnknownKey, En) => "there is no such field".to_owned(),
        (Reason::UnknownKey, ZhCn) => "没有这个字段".to_owned(),
        (Reason::UnknownCode, En) => "there is no such symptom code".to_owned(),
        (Reason::UnknownCode, ZhCn) => "没有这个症状代码".to_owned(),
        (Reason::MeasuredCode, En) => {
            "follows from the temperature or the vital signs and cannot be entered".to_owned()
        }
        (Reason::MeasuredCode, ZhCn) => "由体温或生命体征得出，不能直接填写".to_owned(),
        (Reason::StaffCode, En) => "is a diagnosis that only staff can enter".to_owned(),
        (Reason::StaffCode, ZhCn) => "是只能由医护人员填写的诊断".to_owned(),
        (Reason::WrongType(expected), lang) => wrong_type(*expected, lang).to_owned(),
        (Reason::OutOfRange { min, max: Some(max) }, En) => {
            format!("must be between {min} and {max}")
        }
        (Reason::OutOfRange { min, max: Some(max) }, ZhCn) => format!("应在{min}到{max}之间"),
        (Reason::OutOfRange { min, max: None }, En) => format!("must be at least {min}"),
        (Reason::OutOfRange { min, max: None }, ZhCn) => format!("不能小于{min}"),
        (Reason::TooLarge, En) => "is too large a number".to_owned(),
        (Reason::TooLarge, ZhCn) => "数字过大".to_owned(),
        (Reason::NotWhole, En) => "must be a whole number".to_owned(),
        (Reason::NotWhole, ZhCn) => "必须是整数".to_owned(),
        (Reason::TooManyDecimals(1), En) => "may have one decimal at most".to_owned(),
        (Reason::TooManyDecimals(n), En) => format!("may have {n} decimals at most"),
        (Reason::TooManyDecimals(n), ZhCn) => format!("最多{n}位小数"),
        (Reason::UnknownChoice(choices), En) => format!("must be one of {}", choices.join(", ")),
        (Reason::UnknownChoice(choices), ZhCn) => {
            format!("必须是以下之一：{}", choices.join("、"))
        }
        (Reason::TooLong(most), En) => format!("may have {most} characters at most"),
        (Reason::TooLong(most), ZhCn) => format!("最多{most}个字符"),
        (Reason::Blank, En) => "needs at least one visible character".to_owned(),
        (Reason::Blank, ZhCn) => "至少需要一个可见字符".to_owned(),
        (Reason::UnitSlip(Unit::Celsius), En) => {
            "looks like degrees Celsius, but the unit is F".to_owned()
        }
        (Reason::UnitSlip(Unit::Celsius), ZhCn) => "看起来是摄氏度，但单位选了华氏度".to_owned(),
        (Reason::UnitSlip(Unit::Fahrenheit), En) => {
            "looks like degrees Fahrenheit, but the unit is C".to_owned()
        }
        (Reason::UnitSlip(Unit::Fahrenheit), ZhCn) => "看起来是华氏度，但单位选了摄氏度".to_owned(),
        (Reason::NeedsOneOf(keys), En) => {
            format!("at least one of {} must be true", keys.join(", "))
        }
        (Reason::NeedsOneOf(keys), ZhCn) => format!("{}至少有一项为“是”", keys.join("、")),
    }
}

const fn wrong_type(expected: Expected, lang: Language) -> &'static str {
    match (expected, lang) {
        (Expected::Object, En) => "must be an object",
        (Expected::Object, ZhCn) => "必须是对象",
        (Expected::List, En) => "must be a list",
        (Expected::List, ZhCn) => "必须是列表",
        (Expected::Bool, En) => "must be true or false",
        (Expected::Bool, ZhCn) => "必须是 true 或 false",
        (Expected::Number, En) => "must be a number",
        (Expected::Number, ZhCn) => "必须是数字",
        (Expected::Text, En) => "must be a text",
        (Expected::Text, ZhCn) => "必须是文字",
    }
}

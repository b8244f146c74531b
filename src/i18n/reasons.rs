//! Why a rule fired, and what it lacked, in sentences for a nurse.
//!
//! Everything a condition may name has a wording here; a test goes through them.

use rust_decimal::Decimal;

use super::labels::Label;
use super::symptoms;
use crate::domain::Codelist;
use crate::domain::Language::{self, En, ZhCn};
use crate::domain::escalation::{Fact, Relation, Scalar};
use crate::domain::grading::SymptomCode;
use crate::domain::input::{ReportFlag, Vital};

/// Why a rule fired: "Fever, grade 1; Fever for 50 h (limit 48 h)".
#[must_use]
pub fn because(facts: &[Fact], lang: Language) -> String {
    join(facts.iter().map(|fact| held(fact, lang)), lang)
}

/// What a rule lacked: "Fever for 40 h (needs more than 48 h)".
#[must_use]
pub fn lacked(facts: &[Fact], lang: Language) -> String {
    join(facts.iter().map(|fact| missed(fact, lang)), lang)
}

fn join(parts: impl Iterator<Item = String>, lang: Language) -> String {
    let parts: Vec<String> = parts.collect();
    parts.join(match lang {
        En => "; ",
        ZhCn => "；",
    })
}

fn held(fact: &Fact, lang: Language) -> String {
    match (&fact.limit, &fact.value) {
        (Scalar::Bool(wanted), _) => statement(&fact.field, *wanted, lang),
        (Scalar::Text(_), _) if is_text_relation(fact.op) => words(fact, lang),
        (limit, Scalar::Missing) => not_given(&fact.field, &bounds(fact, limit, lang), lang),
        (limit, value) => {
            let said = stated(&fact.field, value, lang);
            match shown_limit(fact, limit, lang) {
                Some(limit) => bracket(&said, &limit, lang),
                None => said,
            }
        }
    }
}

fn missed(fact: &Fact, lang: Language) -> String {
    match (&fact.limit, &fact.value) {
        (Scalar::Bool(wanted), _) => statement(&fact.field, !*wanted, lang),
        (Scalar::Text(_), _) if is_text_relation(fact.op) => words(fact, lang),
        (limit, value) => {
            let limit = bounds(fact, limit, lang);
            if *value == Scalar::Missing {
                return not_given(&fact.field, &limit, lang);
            }
            let needs = match lang {
                En => format!("needs {limit}"),
                ZhCn => format!("需{limit}"),
            };
            bracket(&stated(&fact.field, value, lang), &needs, lang)
        }
    }
}

const fn is_text_relation(relation: Relation) -> bool {
    matches!(relation, Relation::Contains | Relation::Lacks)
}

fn bracket(said: &str, limit: &str, lang: Language) -> String {
    match lang {
        En => format!("{said} ({limit})"),
        ZhCn => format!("{said}（{limit}）"),
    }
}

fn not_given(field: &str, limit: &str, lang: Language) -> String {
    let noun = noun(field, lang);
    match lang {
        En => format!("{noun} not given (needs {limit})"),
        ZhCn => format!("{noun}未填写（需{limit}）"),
    }
}

/// The limit where it says more than the value alone.
fn shown_limit(fact: &Fact, limit: &Scalar, lang: Language) -> Option<String> {
    let is_grade = fact.field.starts_with("grade.");
    match (fact.op, limit) {
        (Relation::Equal, _) => None,
        (Relation::AtLeast, Scalar::Number(limit)) if is_grade && *limit <= Decimal::ONE => None,
        (Relation::Less, Scalar::Number(limit)) if limit.is_zero() => None,
        (Relation::More | Relation::Less, limit) => {
            let limit = amount(&fact.field, limit, lang);
            Some(match lang {
                En => format!("limit {limit}"),
                ZhCn => format!("界限{limit}"),
            })
        }
        (_, limit) => Some(bounds(fact, limit, lang)),
    }
}

/// What the rule asks of the value.
fn bounds(fact: &Fact, limit: &Scalar, lang: Language) -> String {
    let limit = amount(&fact.field, limit, lang);
    match (fact.op, lang) {
        (Relation::Less, En) => format!("less than {limit}"),
        (Relation::Less, ZhCn) => format!("低于{limit}"),
        (Relation::AtMost, En) => format!("{limit} or less"),
        (Relation::AtMost, ZhCn) => format!("{limit}及以下"),
        (Relation::More, En) => format!("more than {limit}"),
        (Relation::More, ZhCn) => format!("超过{limit}"),
        (Relation::AtLeast, En) => format!("{limit} or more"),
        (Relation::AtLeast, ZhCn) => format!("{limit}及以上"),
        (Relation::NotEqual, En) => format!("not {limit}"),
        (Relation::NotEqual, ZhCn) => format!("不是{limit}"),
        (Relation::Outside, En) => format!("outside {limit}"),
        (Relation::Outside, ZhCn) => format!("不在{limit}之内"),
        (Relation::Equal | Relation::Within | Relation::Contains | Relation::Lacks, _) => limit,
    }
}

/// A phrase that was found in the patient's words, or that none was.
fn words(fact: &Fact, lang: Language) -> String {
    let list = match (&fact.limit, lang) {
        (Scalar::Text(list), En) if list == "emergency" => "emergency words",
        (Scalar::Text(list), ZhCn) if list == "emergency" => "急症用语",
        (_, En) => "words of concern",
        (_, ZhCn) => "值得关注的用语",
    };
    match (&fact.value, lang) {
        (Scalar::Text(phrase), En) => format!("wrote “{phrase}” ({list})"),
        (Scalar::Text(phrase), ZhCn) => format!("写到“{phrase}”（{list}）"),
        (_, En) => format!("no {list} in the text"),
        (_, ZhCn) => format!("文字中没有{list}"),
    }
}

/// A yes/no fact as it is.
fn statement(field: &str, yes: bool, lang: Language) -> String {
    if let Some(rule) = field.strip_prefix("rule.") {
        return match (yes, lang) {
            (true, En) => format!("rule {rule} fired"),
            (false, En) => format!("rule {rule} did not fire"),
            (true, ZhCn) => format!("规则{rule}已触发"),
            (false, ZhCn) => format!("规则{rule}未触发"),
        };
    }
    if let Some(code) = symptom(field, "expected.") {
        let name = code.label(lang);
        return match (yes, lang) {
            (true, En) => format!("{name}: within the expected window"),
            (false, En) => format!("{name}: not an expected reaction"),
            (true, ZhCn) => format!("{name}：在预期范围内"),
            (false, ZhCn) => format!("{name}：不属于预期反应"),
        };
    }
    let noun = noun(field, lang);
    match (yes, lang) {
        (true, _) => noun,
        (false, En) => format!("{noun}: no"),
        (false, ZhCn) => format!("{noun}：无"),
    }
}

/// A value with what it is about.
fn stated(field: &str, value: &Scalar, lang: Language) -> String {
    let said = amount(field, value, lang);
    if let Some(name) = timed(field, "duration_h", lang) {
        return match lang {
            En => format!("{name} for {said}"),
            ZhCn => format!("{name}持续{said}"),
        };
    }
    if let (Some(name), Scalar::Number(hours)) = (timed(field, "onset_h", lang), value) {
        let said = amount(field, &Scalar::Number(hours.abs()), lang);
        return match (hours.is_sign_negative() && !hours.is_zero(), lang) {
            (false, En) => format!("{name} began {said} after the infusion"),
            (true, En) => format!("{name} began {said} before the infusion"),
            (false, ZhCn) => format!("{name}始于输注后{said}"),
            (true, ZhCn) => format!("{name}始于输注前{said}"),
        };
    }
    if let Some(counted) = counted(field, &said, lang) {
        return counted;
    }
    let noun = noun(field, lang);
    match (field.starts_with("grade."), lang) {
        (true, En) => format!("{noun}, {said}"),
        (false, En) => format!("{noun} {said}"),
        (_, ZhCn) => format!("{noun}{said}"),
    }
}

/// What is said by its number first.
fn counted(field: &str, said: &str, lang: Language) -> Option<String> {
    let one = said == "1";
    Some(match (field, lang) {
        ("schedule.consecutive_missed", En) if one => "1 check-in missed".to_owned(),
        ("schedule.consecutive_missed", En) => format!("{said} check-ins missed in a row"),
        ("schedule.consecutive_missed", ZhCn) => format!("连续{said}次未答随访"),
        ("symptoms.count", En) if one => "1 such symptom".to_owned(),
        ("symptoms.count", En) => format!("{said} such symptoms"),
        ("symptoms.count", ZhCn) => format!("此类症状{said}个"),
        _ => return None,
    })
}

/// A number with its unit, or another value as it is.
fn amount(field: &str, value: &Scalar, lang: Language) -> String {
    match value {
        Scalar::Missing => "–".to_owned(),
        Scalar::Bool(true) => if lang == En { "yes" } else { "是" }.to_owned(),
        Scalar::Bool(false) => if lang == En { "no" } else { "否" }.to_owned(),
        Scalar::Text(text) => text.clone(),
        Scalar::Number(number) => with_unit(field, &plain(field, *number), lang),
        Scalar::Range(low, high) => {
            let (low, high) = (plain(field, *low), plain(field, *high));
            let range = match lang {
                En => format!("{low} to {high}"),
                ZhCn => format!("{low}至{high}"),
            };
            with_unit(field, &range, lang)
        }
    }
}

/// Without needless digits; temperatures always with one decimal.
fn plain(field: &str, number: Decimal) -> String {
    if field == "temp_adj_c" {
        format!("{number:.1}")
    } else {
        number.round_dp(2).normalize().to_string()
    }
}

fn with_unit(field: &str, number: &str, lang: Language) -> String {
    let key = field.rsplit('.').next().unwrap_or(field);
    let is_grade = field.starts_with("grade.") || field.starts_with("previous_report.grades.");
    match (key, lang) {
        _ if is_grade && lang == En => format!("grade {number}"),
        _ if is_grade => format!("{number}级"),
        ("temp_adj_c", _) => format!("{number} °C"),
        ("sbp", _) => format!("{number} mmHg"),
        ("hr" | "rr", En) => format!("{number}/min"),
        ("hr" | "rr", ZhCn) => format!("{number}次/分"),
        ("spo2" | "bsa_pct", _) => format!("{number} %"),
        ("redness_cm" | "swelling_cm", _) => format!("{number} cm"),
        (
            "hours_since_infusion" | "hours_before" | "hours_over_40" | "onset_h" | "duration_h",
            En,
        ) => {
            format!("{number} h")
        }
        (
            "hours_since_infusion" | "hours_before" | "hours_over_40" | "onset_h" | "duration_h",
            ZhCn,
        ) => {
            format!("{number}小时")
        }
        _ => number.to_owned(),
    }
}

/// The name of what has an onset or a duration.
fn timed(field: &str, key: &str, lang: Language) -> Option<&'static str> {
    let (source, last) = field.rsplit_once('.')?;
    if last != key {
        return None;
    }
    match source {
        "temp" | "feverish" | "fever" => Some(SymptomCode::Fever.label(lang)),
        _ => SymptomCode::from_code(source).map(|code| code.label(lang)),
    }
}

fn symptom(field: &str, prefix: &str) -> Option<SymptomCode> {
    SymptomCode::from_code(field.strip_prefix(prefix)?)
}

/// What a field is, without a value.
fn noun(field: &str, lang: Language) -> String {
    if let Some(name) = timed(field, "duration_h", lang) {
        return match lang {
            En => format!("{name}: duration"),
            ZhCn => format!("{name}：持续时间"),
        };
    }
    if let Some(name) = timed(field, "onset_h", lang) {
        return match lang {
            En => format!("{name}: start"),
            ZhCn => format!("{name}：开始时间"),
        };
    }
    if let Some(code) = symptom(field, "grade.") {
        return code.label(lang).to_owned();
    }
    if let Some(code) = symptom(field, "previous_report.grades.") {
        return match lang {
            En => format!("{} in the last report", code.label(lang)),
            ZhCn => format!("上次报告的{}", code.label(lang)),
        };
    }
    if let Some(flag) = field.strip_prefix("flags.").and_then(ReportFlag::from_code) {
        return flag.label(lang).to_owned();
    }
    if let Some(vital) = field.strip_prefix("vitals.").and_then(Vital::from_code) {
        return vital.label(lang).to_owned();
    }
    if let Some((code, key)) = field.split_once('.')
        && let Some(code) = SymptomCode::from_code(code)
    {
        let name = code.label(lang);
        return match (symptoms::question(key, lang), lang) {
            (Some(question), En) => format!("{name}: {question}"),
            (Some(question), ZhCn) => format!("{name}：{question}"),
            (None, _) => name.to_owned(),
        };
    }
    plain_noun(field, lang).unwrap_or(field).to_owned()
}

fn plain_noun(field: &str, lang: Language) -> Option<&'static str> {
    let (en, zh) = match field {
        "hours_since_infusion" => ("time since the infusion", "距输注"),
        "history.product" => ("product", "制剂"),
        "history.infection_risk" => ("weak defences against infection", "抵抗力低下"),
        "previous_report.hours_before" => ("time since the last report", "距上次报告"),
        "temp_adj_c" => ("temperature", "体温"),
        "temp.hours_over_40" => ("time above 40 °C", "高于40℃的时间"),
        "temp.antipyretic_6h" => ("fever medicine in the last 6 hours", "6小时内服过退烧药"),
        "feels_feverish" => ("feels feverish", "自觉发热"),
        "schedule.d1_overdue" => ("day-1 check-in overdue", "第1天随访逾期"),
        "schedule.consecutive_missed" => ("check-ins missed in a row", "连续未答随访"),
        "schedule.later_missed" => ("a later check-in was missed", "后续随访未答"),
        "symptoms.count" => ("number of such symptoms:", "此类症状个数："),
        _ => return None,
    };
    Some(match lang {
        En => en,
        ZhCn => zh,
    })
}

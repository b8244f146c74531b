//! Reading a rule set file: every mistake at once, each with its place.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::super::codelist::Codelist;
use super::super::grading::{Grade, SymptomCode};
use super::super::urgency::Level;
use super::check::{Names, check};
use super::free_text::{PhraseList, Screening, Words};
use super::mistake::{Mistake, What};
use super::parser::parse;
use super::rule_set::{ExpectedWindow, Identity, LevelText, Rule, RuleSet, Target, sha256};
use super::toml_table::{Source, Table, Value};
use super::wording::Wording;

const KEYS: [&str; 9] = [
    "id",
    "version",
    "effective_from",
    "approved_by",
    "expected",
    "targets",
    "texts",
    "screening",
    "rule",
];

pub(super) fn load(text: &str) -> Result<RuleSet, Vec<Mistake>> {
    let mut source = Source { text, mistakes: Vec::new(), rule: None };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        source.wrong(at, What::Toml(error.message().to_owned()));
    }
    if !source.mistakes.is_empty() {
        return Err(source.mistakes);
    }
    match read(Table::root(document.get_ref()), &mut source) {
        Some(set) if source.mistakes.is_empty() => Ok(set),
        _ => {
            source.mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
            Err(source.mistakes)
        }
    }
}

fn read(root: Table<'_>, source: &mut Source<'_>) -> Option<RuleSet> {
    root.only(&KEYS, source);
    let id = root.must("id", source).and_then(|value| value.text(source));
    let version = root.must("version", source).and_then(|value| value.whole(u32::MAX, source));
    let effective_from = root.must("effective_from", source).and_then(|value| value.date(source));
    let approved_by = root.must("approved_by", source).and_then(|value| value.text(source));
    let windows = root.must("expected", source).map(|value| windows(value, source));
    let targets = root.must("targets", source).and_then(|value| targets(value, source));
    let texts = root.must("texts", source).and_then(|value| texts(value, source));
    let screening = root.must("screening", source).and_then(|value| screening(value, source));
    let windows = windows.unwrap_or_default();
    let lists: Vec<String> = screening
        .iter()
        .flat_map(|screening| screening.lists.iter().map(|list| list.name.clone()))
        .collect();
    let rules = root.must("rule", source).map(|value| rules(value, &windows, &lists, source));
    Some(RuleSet {
        identity: Identity { id: id?.to_owned(), version: version?, sha256: sha256(source.text) },
        effective_from: effective_from?,
        approved_by: approved_by?.to_owned(),
        windows,
        targets: targets?,
        texts: texts?,
        screening: screening?,
        rules: rules?,
    })
}

fn windows(value: Value<'_>, source: &mut Source<'_>) -> Vec<ExpectedWindow> {
    let mut windows: Vec<ExpectedWindow> = Vec::new();
    for row in value.list(source).unwrap_or_default() {
        let Some(window) = row.table(source).and_then(|row| window(row, source)) else { continue };
        if windows.iter().any(|known| known.code == window.code) {
            source.wrong(row.at, What::Duplicate(window.code.code().to_owned()));
        }
        windows.push(window);
    }
    windows
}

fn window(row: Table<'_>, source: &mut Source<'_>) -> Option<ExpectedWindow> {
    row.only(&["code", "onset_h", "duration_h", "grade"], source);
    let code = row.must("code", source).and_then(|value| {
        let text = value.text(source)?;
        let code = SymptomCode::from_code(text);
        if code.is_none() {
            source.wrong(value.at, What::UnknownCode(text.to_owned()));
        }
        code
    });
    let onset_h = row.must("onset_h", source).and_then(|value| value.number(source));
    let duration_h = row.must("duration_h", source).and_then(|value| value.number(source));
    let grade = row.must("grade", source).and_then(|value| value.whole(5, source));
    let grade = grade.and_then(|grade| u8::try_from(grade).ok()).and_then(Grade::new);
    Some(ExpectedWindow { code: code?, onset_h: onset_h?, duration_h: duration_h?, grade: grade? })
}

fn targets(value: Value<'_>, source: &mut Source<'_>) -> Option<BTreeMap<Level, Target>> {
    let table = value.table(source)?;
    let levels = [Level::Emergency, Level::Urgent, Level::Soon, Level::Routine];
    table.only(&levels.map(Codelist::code), source);
    let mut targets = BTreeMap::new();
    for level in levels {
        let row = table.must(level.code(), source).and_then(|value| value.table(source));
        let Some(row) = row else { continue };
        row.only(&["acknowledge_min", "contact_min"], source);
        let acknowledge = row.get("acknowledge_min");
        let acknowledge_min = acknowledge.and_then(|value| value.whole(u32::MAX, source));
        let contact = row.must("contact_min", source);
        if let Some(contact_min) = contact.and_then(|value| value.whole(u32::MAX, source)) {
            targets.insert(level, Target { acknowledge_min, contact_min });
        }
    }
    Some(targets)
}

fn texts(value: Value<'_>, source: &mut Source<'_>) -> Option<LevelText> {
    let table = value.table(source)?;
    let codes = Level::ALL.iter().map(|level| level.code());
    let known: Vec<&str> = codes.chain(["EMPTY", "CRISIS"]).collect();
    table.only(&known, source);
    let mut get = |key: &str| -> Option<Wording> {
        table.must(key, source).and_then(|value| value.wording(source))
    };
    let mut levels = BTreeMap::new();
    for level in Level::ALL {
        if let Some(wording) = get(level.code()) {
            levels.insert(*level, wording);
        }
    }
    let (empty, crisis) = (get("EMPTY"), get("CRISIS"));
    Some(LevelText { levels, empty: empty?, crisis: crisis? })
}

fn screening(value: Value<'_>, source: &mut Source<'_>) -> Option<Screening> {
    let table = value.table(source)?;
    table.only(&["traditional", "simplified", "en", "zh", "list"], source);
    let traditional = table.must("traditional", source).and_then(|value| value.text(source));
    let simplified = table.must("simplified", source);
    let mut screening = Screening::default();
    if let (Some(from), Some(to)) = (traditional, simplified) {
        let text = to.text(source)?;
        if from.chars().count() != text.chars().count() {
            source.wrong(to.at, What::UnevenCharacters);
        }
        screening.simplified = from.chars().zip(text.chars()).collect();
    }
    if let Some(en) = table.must("en", source).and_then(|value| value.table(source)) {
        en.only(&["negators", "fillers", "have", "symptoms"], source);
        screening.en = words(en, &screening, source);
    }
    if let Some(zh) = table.must("zh", source).and_then(|value| value.table(source)) {
        zh.only(
            &["negators", "fillers", "have", "symptoms", "bare", "not_after", "not_after_negators"],
            source,
        );
        screening.zh = words(zh, &screening, source);
        screening.zh_bare = phrases(zh, "bare", &screening, source);
        screening.zh_not_after = phrases(zh, "not_after", &screening, source);
        screening.zh_not_after_negators = phrases(zh, "not_after_negators", &screening, source);
    }
    let lists = table.must("list", source).and_then(|value| value.list(source));
    for value in lists.unwrap_or_default() {
        let Some(table) = value.table(source) else { continue };
        table.only(&["name", "en", "zh"], source);
        let name = table.must("name", source).and_then(|value| value.text(source));
        let en = phrases(table, "en", &screening, source);
        let zh = phrases(table, "zh", &screening, source);
        let Some(name) = name.map(str::to_owned) else { continue };
        if screening.lists.iter().any(|list| list.name == name) {
            source.wrong(value.at, What::Duplicate(name.clone()));
        }
        if name == SELF_HARM {
            let emergency = screening.lists.iter().find(|list| list.name == EMERGENCY);
            for phrase in en.iter().chain(&zh) {
                let known = emergency
                    .is_some_and(|list| list.en.contains(phrase) || list.zh.contains(phrase));
                if !known {
                    source.wrong(value.at, What::NotAnEmergency(phrase.clone()));
                }
            }
        }
        screening.lists.push(PhraseList { name, en, zh });
    }
    Some(screening)
}

/// The list of the emergency rule.
pub(super) const EMERGENCY: &str = "emergency";

/// The part of [`EMERGENCY`] that adds the crisis line to the advice.
pub(super) const SELF_HARM: &str = "self_harm";

fn words(table: Table<'_>, screening: &Screening, source: &mut Source<'_>) -> Words {
    Words {
        negators: phrases(table, "negators", screening, source),
        fillers: phrases(table, "fillers", screening, source),
        have: phrases(table, "have", screening, source),
        symptoms: phrases(table, "symptoms", screening, source),
    }
}

/// Texts in the form in which they are searched; any other would never be found.
fn phrases(
    table: Table<'_>,
    key: &str,
    screening: &Screening,
    source: &mut Source<'_>,
) -> Vec<String> {
    let Some(value) = table.must(key, source) else { return Vec::new() };
    let mut phrases: Vec<String> = Vec::new();
    for (at, text) in value.texts(source) {
        let normal = screening.normalise(&text);
        if normal.trim() != text {
            source.wrong(at, What::NotNormalised(normal.trim().to_owned()));
        }
        if phrases.contains(&text) {
            source.wrong(at, What::Duplicate(text.clone()));
        }
        phrases.push(text);
    }
    phrases
}

fn rules(
    value: Value<'_>,
    windows: &[ExpectedWindow],
    lists: &[String],
    source: &mut Source<'_>,
) -> Vec<Rule> {
    let mut rules = Vec::new();
    // Also of rules with mistakes, so that a reference to one is no second mistake.
    let mut ids: Vec<String> = Vec::new();
    for row in value.list(source).unwrap_or_default() {
        let Some(table) = row.table(source) else { continue };
        let id = table.must("id", source);
        let text = id.and_then(|id| id.text(source)).unwrap_or_default().to_owned();
        source.rule = (!text.is_empty()).then(|| text.clone());
        if let Some(id) = id
            && ids.contains(&text)
        {
            source.wrong(id.at, What::Duplicate(text.clone()));
        }
        let names = Names { windows, rules: &ids, lists };
        if let Some(rule) = rule(table, &text, &names, source) {
            rules.push(rule);
        }
        ids.push(text);
        source.rule = None;
    }
    rules
}

fn rule(table: Table<'_>, id: &str, names: &Names<'_>, source: &mut Source<'_>) -> Option<Rule> {
    table.only(&["id", "name", "when", "patient", "why"], source);
    let level = level(id);
    if level.is_none() && !id.is_empty() {
        let at = table.get("id").map_or(table.at, |value| value.at);
        source.wrong(at, What::RuleId(id.to_owned()));
    }
    let name = table.must("name", source).and_then(|value| value.wording(source));
    let why = table.must("why", source).and_then(|value| value.text(source));
    let patient = table.get("patient").map(|value| value.wording(source));
    let when = table.must("when", source)?;
    let text = when.text(source)?;
    let condition = parse(text).and_then(|node| check(&node, names));
    let condition = match condition {
        Ok(condition) => Some(condition),
        Err(mistakes) => {
            source.wrong_within(&when, mistakes);
            None
        }
    };
    Some(Rule {
        id: id.to_owned(),
        level: level?,
        name: name?,
        when: text.trim().to_owned(),
        patient: match patient {
            None => None,
            Some(wording) => Some(wording?),
        },
        why: why?.to_owned(),
        condition: condition?,
    })
}

/// The first letter gives the level.
fn level(id: &str) -> Option<Level> {
    let mut letters = id.chars();
    let level = match letters.next()? {
        'E' => Level::Emergency,
        'U' => Level::Urgent,
        'S' => Level::Soon,
        'R' => Level::Routine,
        _ => return None,
    };
    let digits = letters.as_str();
    (digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(level)
}

//! Mistakes in rule files: all at once, each with rule, line and column.

use afterwatch::domain::Language;
use afterwatch::domain::escalation::{Mistake, NK_AUTO_1, RuleSet, Wanted, What};
use afterwatch::i18n::rule_mistakes;

/// The built-in file with one text replaced.
fn with(from: &str, to: &str) -> String {
    assert!(NK_AUTO_1.contains(from), "{from}");
    NK_AUTO_1.replacen(from, to, 1)
}

fn mistakes(text: &str) -> Vec<Mistake> {
    RuleSet::load(text).expect_err("a broken file was accepted")
}

/// Where a needle stands in a text, as line and column.
fn place(text: &str, needle: &str) -> (usize, usize) {
    let at = text.find(needle).unwrap();
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].rsplit('\n').next().unwrap().chars().count() + 1;
    (line, column)
}

fn only(text: &str) -> Mistake {
    let mut found = mistakes(text);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn names_and_types_are_checked_with_their_place() {
    let e04 = "'CHEST_PAIN.present'";
    let rows: &[(&str, &str, What)] = &[
        ("CHEST_PIAN.present", "CHEST_PIAN", What::UnknownCode("CHEST_PIAN".to_owned())),
        (
            "CHEST_PAIN.presnt",
            "CHEST_PAIN.presnt",
            What::UnknownField("CHEST_PAIN.presnt".to_owned()),
        ),
        ("flags.wheez", "flags.wheez", What::UnknownField("flags.wheez".to_owned())),
        ("true_fever", "true_fever", What::UnknownField("true_fever".to_owned())),
        ("grade.FEVER", "grade.FEVER", What::NotACondition),
        ("flags.wheeze > 1", "flags.wheeze", What::NotANumber),
        ("vitals.sbp <= flags.wheeze", "flags.wheeze", What::NotANumber),
        ("history.product > 1", "history.product", What::NotAChoice),
        (
            "history.product == \"auto\"",
            "\"auto\"",
            What::UnknownChoice {
                written: "auto".to_owned(),
                choices: vec!["autologous", "allogeneic"],
            },
        ),
        ("DYSPNOEA.when > \"rest\"", "\"rest\"", What::NotAChoice),
        ("expected(FEVR)", "FEVR", What::UnknownCode("FEVR".to_owned())),
        ("fired(U01)", "U01", What::UnknownRule("U01".to_owned())),
        ("says(\"danger\")", "\"danger\"", What::UnknownList("danger".to_owned())),
        ("some(c in all, grade.c > 1)", "in all", What::Expected(Wanted::Sign(")"))),
        (
            "window.RASH.onset_h < hours_since_infusion",
            "window.RASH",
            What::NoWindow("RASH".to_owned()),
        ),
        ("grade.FEVER >= 1 &&", "&&", What::Expected(Wanted::Condition)),
        ("(grade.FEVER >= 1", "1", What::Expected(Wanted::Sign(")"))),
        ("grade.FEVER >= 1 grade.RASH", "grade.RASH", What::Expected(Wanted::End)),
        ("grade.FEVER >= 1 & flags.wheeze", "&", What::Character('&')),
        ("any(c in everything, grade.c > 1)", "everything", What::Expected(Wanted::Set)),
        ("any(c in all, any(d in all, grade.d > 1))", "any(d", What::Nested),
        ("count(c in all, grade.c > 1)", "count", What::NotACondition),
        ("OTHER.text == \"x\"", "OTHER.text", What::UnknownField("OTHER.text".to_owned())),
        ("FEVER.present", "FEVER.present", What::UnknownField("FEVER.present".to_owned())),
    ];
    for (condition, needle, what) in rows {
        let text = with(e04, &format!("'{condition}'"));
        let mistake = only(&text);
        assert_eq!(mistake.what, *what, "{condition}");
        assert_eq!(mistake.rule.as_deref(), Some("E04"), "{condition}");
        let (line, column) = place(&text, &format!("'{condition}'"));
        let inside = match what {
            // At the end of the condition.
            What::Expected(Wanted::Condition | Wanted::Sign(")"))
                if !condition.starts_with("some") =>
            {
                condition.len()
            }
            _ => condition.find(needle).unwrap(),
        };
        assert_eq!((mistake.line, mistake.column), (line, column + 1 + inside), "{condition}");
    }
}

#[test]
fn places_inside_several_lines_are_exact() {
    let text = with("|| HEADACHE.thunderclap ||", "|| HEADACHE.thundrclap ||");
    let mistake = only(&text);
    assert_eq!((mistake.line, mistake.column), place(&text, "HEADACHE.thundrclap"));
    assert_eq!(
        rule_mistakes::mistake("my.toml", &mistake, Language::En),
        format!(
            "my.toml:{}:{}: rule E05: there is no field HEADACHE.thundrclap",
            mistake.line, mistake.column
        )
    );
}

#[test]
fn all_mistakes_are_named_at_once() {
    let text = with("'CHEST_PAIN.present'", "'CHEST_PIAN.present && flags.wheez'")
        .replacen("code = \"CHILLS\"", "code = \"CHILS\"", 1)
        .replacen("id = \"S09\"", "id = \"X09\"", 1)
        .replacen("version = 1\n", "", 1)
        .replacen("onset_h = 72,", "onset_h = -1,", 1)
        .replacen("\"chest pain\"", "\"Chest pain\"", 1);
    let found = mistakes(&text);
    let whats: Vec<&What> = found.iter().map(|mistake| &mistake.what).collect();
    for expected in [
        What::MissingKey("version".to_owned()),
        What::UnknownCode("CHILS".to_owned()),
        What::OutOfRange,
        What::NotNormalised("chest pain".to_owned()),
        What::UnknownCode("CHEST_PIAN".to_owned()),
        What::UnknownField("flags.wheez".to_owned()),
        What::RuleId("X09".to_owned()),
    ] {
        assert!(whats.contains(&&expected), "{expected:?} in {whats:?}");
    }
    assert_eq!(found.len(), 7, "{found:?}");
    let places: Vec<(usize, usize)> = found.iter().map(|m| (m.line, m.column)).collect();
    assert!(places.is_sorted());
    for mistake in &found {
        for language in [Language::En, Language::ZhCn] {
            assert!(!rule_mistakes::what(&mistake.what, language).is_empty());
        }
    }
}

#[test]
fn broken_toml_unknown_keys_and_doubles_are_refused() {
    assert!(matches!(mistakes("id = ")[0].what, What::Toml(_)));
    assert!(!mistakes("").is_empty());
    let text = with("id = \"E02\"", "id = \"E01\"");
    assert_eq!(only(&text).what, What::Duplicate("E01".to_owned()));
    let text = with("id = \"E02\"", "id = \"E02\"\nwehn = \"x\"");
    assert_eq!(only(&text).what, What::UnknownKey("wehn".to_owned()));
    let text = with(
        "\"kill myself\", \"suicide\", \"want to die\",\n]",
        "\"kill myself\", \"despair\",\n]",
    );
    assert_eq!(only(&text).what, What::NotAnEmergency("despair".to_owned()));
}

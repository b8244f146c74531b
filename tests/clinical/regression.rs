//! REFERENCE §4.7 (what must not be flagged), §4.4 (passes) and §4.2 (advice).

use afterwatch::domain::escalation::{AdviceContext, RuleSet, advice};
use afterwatch::domain::{Language, Level, ProductKind};
use serde_json::{Value, json};

use crate::support::{assess_whole, fired, grades, one, rules, symptom, temp, whole, with};

fn site(redness: f64, more: &Value) -> Value {
    with(&json!({"redness_cm": redness, "swelling_cm": 0, "tender": true}), more)
}

#[test]
fn what_is_expected_raises_no_flag() {
    let mild = json!({
        "CHILLS": symptom(&json!({"shaking": 1, "onset_h": 24, "duration_h": 24})),
        "FATIGUE": symptom(&json!({"relieved_by_rest": true, "adl": 1, "onset_h": 72, "duration_h": 48})),
        "NAUSEA": symptom(&json!({"intake": "normal"})),
        "ANOREXIA": symptom(&json!({"intake": "normal"})),
        "INSOMNIA": symptom(&json!({"sev": 1})),
        "DIZZINESS": symptom(&json!({"sev": 1, "adl": 1})),
    });
    for value in [38.0, 39.0] {
        let reading = with(&temp(value), &json!({"onset_h": 24, "duration_h": 48}));
        assert_eq!(fired(&json!({"temp": reading})), "");
        assert_eq!(fired(&json!({"temp": reading, "symptoms": mild})), "");
    }
    let f = json!({"temp": {"value": 102.2, "unit": "F", "site": "oral", "onset_h": 0, "duration_h": 1}});
    assert_eq!(fired(&f), "");
    for code in ["HEADACHE", "MYALGIA", "ARTHRALGIA"] {
        assert_eq!(
            fired(&one(code, &json!({"sev": 2, "adl": 2, "onset_h": 48, "duration_h": 48}))),
            ""
        );
    }
    assert_eq!(fired(&one("FATIGUE", &json!({"relieved_by_rest": false, "adl": 1}))), "");
    let small = one("SITE_REACTION", &site(4.9, &json!({"onset_h": 72, "duration_h": 72})));
    assert_eq!(fired(&small), "");
    for value in [37.3, 37.9] {
        assert_eq!(fired(&json!({"temp": {"value": value, "unit": "C", "site": "oral"}})), "");
    }
}

#[test]
fn what_got_better_is_not_getting_worse() {
    let previous = json!({"previous_report": {"hours_before": 5, "grades": {"HEADACHE": 3}}});
    let report = whole(&one("HEADACHE", &json!({"sev": 2, "adl": 0})));
    assert_eq!(rules(&assess_whole(&with(&report, &previous))), "");
}

#[test]
fn what_was_there_before_and_is_not_worse_is_ignored() {
    let known = json!({"preexisting": true, "worse": false, "onset_h": -100, "duration_h": 124});
    let pain = one("CHEST_PAIN", &with(&json!({"sev": 3, "adl": 3}), &known));
    let found = assess_whole(&whole(&pain));
    assert_eq!((rules(&found).as_str(), grades(&found).as_str()), ("", ""));
    assert_eq!(found.known_before.len(), 1);
    let worse = with(&pain, &json!({"symptoms": {"CHEST_PAIN": {"worse": true}}}));
    assert_eq!(fired(&worse), "E04");
    // A known temperature is shown, but no rule knows it, and feeling feverish makes no fever.
    let reading = with(&temp(39.5), &with(&known, &json!({"antipyretic_6h": true})));
    let report = json!({"temp": reading, "feels_feverish": true});
    let risk = with(&whole(&report), &json!({"history": {"infection_risk": true}}));
    let found = assess_whole(&risk);
    assert_eq!(found.temp_adj_c.unwrap().to_string(), "39.5");
    assert_eq!((rules(&found).as_str(), grades(&found).as_str()), ("", ""));
}

#[test]
fn what_is_over_for_24_hours_counts_one_level_lower() {
    let over =
        |hours: f64| one("CHEST_PAIN", &json!({"sev": 1, "adl": 0, "resolved_h_ago": hours}));
    let found = assess_whole(&whole(&over(24.0)));
    assert_eq!((found.level, found.fired[0].is_historic), (Level::Urgent, true));
    assert_eq!(grades(&found), "CHEST_PAIN 1");
    let found = assess_whole(&whole(&over(23.9)));
    assert_eq!((found.level, found.fired[0].is_historic), (Level::Emergency, false));
    let routine = one("RASH", &json!({"bsa_pct": 1, "sev": 1, "adl": 0, "resolved_h_ago": 30}));
    assert_eq!(assess_whole(&whole(&routine)).level, Level::Routine);
    // Flags stay current beside a symptom that is over.
    let both = with(&over(30.0), &json!({"flags": {"wheeze": true}}));
    let found = assess_whole(&whole(&both));
    let levels: Vec<(&str, Level)> =
        found.fired.iter().map(|fired| (fired.rule.as_str(), fired.level)).collect();
    assert_eq!(levels, [("E04", Level::Urgent), ("U07", Level::Urgent)]);
}

#[test]
fn a_rule_that_fires_only_without_what_is_over_is_current() {
    // Infection signs now; the fever ended a day ago. S06 needs "no fever".
    let infection = json!({"sev": 1, "adl": 0, "antibiotics": "none"});
    let report = json!({"temp": with(&temp(38.5), &json!({"resolved_h_ago": 30})),
        "symptoms": {"INFECTION": symptom(&infection)}});
    let found = assess_whole(&whole(&report));
    let fired: Vec<(&str, bool)> =
        found.fired.iter().map(|fired| (fired.rule.as_str(), fired.is_historic)).collect();
    assert_eq!(fired, [("U01", true), ("S06", false)]);
    assert_eq!(found.level, Level::Soon);
}

#[test]
fn a_temperature_that_is_over_does_not_become_a_felt_fever() {
    let report = json!({"temp": with(&temp(38.5), &json!({"resolved_h_ago": 30, "duration_h": 60})),
        "feels_feverish": true});
    let found = assess_whole(&whole(&report));
    assert_eq!(rules(&found), "U03");
    assert!(found.fired[0].is_historic);
    let felt = json!({"feels_feverish": true,
        "feverish": {"onset_h": 30, "duration_h": 2, "resolved_h_ago": 24}});
    assert!(assess_whole(&whole(&felt)).fired[0].is_historic);
}

#[test]
fn a_low_pressure_is_graded_anew_without_what_is_over() {
    let report = json!({"vitals": {"sbp": 88},
        "symptoms": {"DIZZINESS": symptom(&json!({"sev": 1, "adl": 0, "resolved_h_ago": 24}))}});
    let found = assess_whole(&whole(&report));
    assert_eq!(grades(&found), "DIZZINESS 1, HYPOTENSION 2");
    let fired: Vec<(&str, bool)> =
        found.fired.iter().map(|fired| (fired.rule.as_str(), fired.is_historic)).collect();
    assert_eq!(fired, [("E07", true), ("U08", false)]);
}

#[test]
fn the_advice_is_that_of_the_level_with_the_lines_of_the_rules() {
    let set = RuleSet::built_in(ProductKind::Autologous).unwrap();
    let context = AdviceContext {
        emergency_number: "120",
        infusion_date: "2 March",
        next_check_in: Some("tomorrow"),
        crisis_line: None,
    };
    let read =
        |report: &Value, language| advice(&set, &assess_whole(&whole(report)), language, &context);
    let pain = one("CHEST_PAIN", &json!({"sev": 1, "adl": 0}));
    let text = read(&pain, Language::En);
    assert!(text[0].contains("Call 120 now") && text[0].contains("on 2 March"), "{text:?}");
    assert_eq!(text[1], "Chest pain must be checked at once.");
    assert!(read(&pain, Language::ZhCn)[0].contains("请立即拨打120"));
    let nothing = read(&json!({}), Language::En);
    assert_eq!(nothing, ["Thank you, nothing to follow up. Next check-in: tomorrow."]);
    let warm = json!({"temp": {"value": 37.3, "unit": "C", "site": "oral"}});
    assert!(read(&warm, Language::En)[0].starts_with("This fits what many people feel"));
    let cool = json!({"temp": {"value": 37.2, "unit": "C", "site": "oral"}, "free_text": " "});
    assert!(read(&cool, Language::En)[0].starts_with("Thank you, nothing"));
    let words = json!({"free_text": "all good"});
    assert!(read(&words, Language::En)[0].starts_with("This fits"));
    // Without a known number the crisis text still says what to do.
    let harm = read(&json!({"free_text": "I want to die"}), Language::En);
    assert!(harm[1].contains("tell somebody near you") && !harm[1].contains('{'), "{harm:?}");
    let unknown = AdviceContext { next_check_in: None, ..context };
    let text = advice(&set, &assess_whole(&whole(&json!({}))), Language::En, &unknown);
    assert_eq!(text, ["Thank you, nothing to follow up."]);
}

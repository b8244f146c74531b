//! A report that is still being written shows its danger signs.

use afterwatch::domain::Level;
use afterwatch::domain::escalation::{RuleSet, assess};
use afterwatch::domain::grading::CtcaeVersion;
use afterwatch::domain::input::Input;
use serde_json::{Value, json};

use crate::support::{rules, whole};

fn draft(report: &Value) -> (String, Level) {
    let (input, _) = Input::from_draft(&whole(report)).unwrap();
    let set = RuleSet::built_in(input.history.product).unwrap();
    let found = assess(&set, CtcaeVersion::V5, &input);
    (rules(&found), found.level)
}

#[test]
fn danger_signs_show_before_the_report_is_complete() {
    for (report, expected) in [
        (json!({"symptoms": {"SYNCOPE": {"loc": true}}}), "E06"),
        (json!({"symptoms": {"CHEST_PAIN": {}}}), "E04"),
        (json!({"symptoms": {"CHEST_PAIN": {"preexisting": true}}}), "E04"),
        (json!({"symptoms": {"DYSPNOEA": {"when": "rest", "adl": 1}}}), "E03"),
        (json!({"symptoms": {"CONFUSION": {"unrousable": true}}}), "E05"),
        (json!({"temp": {"value": 41, "unit": "C", "site": "oral"}}), "E09"),
        (json!({"temp": {"value": 41, "unit": "C"}, "flags": {"throat_tight": true}}), "E02"),
        (json!({"free_text": "chest pain", "symptoms": {"FATIGUE": {"adl": 9}}}), "E11"),
    ] {
        let (fired, level) = draft(&report);
        assert_eq!((fired.as_str(), level), (expected, Level::Emergency), "{report}");
    }
}

#[test]
fn what_is_not_yet_known_raises_nothing() {
    assert_eq!(
        draft(&json!({"symptoms": {"FATIGUE": {"relieved_by_rest": true, "adl": 1}}})).0,
        ""
    );
    assert_eq!(draft(&json!({"symptoms": {"NAUSEA": {}}, "temp": {"value": 38.4}})).0, "");
    assert!(Input::from_draft(&json!({"history": {}})).is_err());
}

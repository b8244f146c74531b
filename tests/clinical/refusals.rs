//! REFERENCE §0.4, §0.6 and §1.3: what is refused, and that everything wrong is named.

use afterwatch::domain::grading::Unit;
use afterwatch::domain::input::{Input, Reason};
use serde_json::{Value, json};

use crate::support::{one, problems, refused, symptom, whole, with};

fn accepted(value: &Value) -> bool {
    Input::from_json(value).is_ok()
}

#[test]
fn everything_wrong_is_named_at_once() {
    let input = json!({
        "history": {"product": "auto", "prior_severe": ["FEVER", "CRS", "X", 3], "x": null},
        "previous_report": {"grades": {"HEADACHE": 6, "ANAPHYLAXIS": 3}},
        "report": {
            "temp": {"value": 38, "unit": "F"},
            "vitals": {"sbp": 39, "hr": 70.5, "spo2": 101, "rr": "12"},
            "flags": {"wheez": true, "wheeze": 1},
            "symptoms": {"FEVER": {}, "FATIGUE": {"adl": 4}, "SYNCOPE": symptom(&json!({}))},
            "free_text": 3,
        },
        "schedule": {"consecutive_missed": -1, "d1_overdue": "yes"},
        "extra": 1,
    });
    let mut fields = refused(&input);
    fields.sort();
    let mut expected = vec![
        "extra",
        "history.product",
        "history.prior_severe[1]",
        "history.prior_severe[2]",
        "history.prior_severe[3]",
        "history.x",
        "hours_since_infusion",
        "previous_report.grades.ANAPHYLAXIS",
        "previous_report.grades.HEADACHE",
        "previous_report.hours_before",
        "report.flags.wheez",
        "report.flags.wheeze",
        "report.free_text",
        "report.symptoms.FATIGUE.adl",
        "report.symptoms.FATIGUE.duration_h",
        "report.symptoms.FATIGUE.onset_h",
        "report.symptoms.FATIGUE.relieved_by_rest",
        "report.symptoms.FEVER",
        "report.symptoms.SYNCOPE.near",
        "report.temp.site",
        "report.temp.value",
        "report.vitals.hr",
        "report.vitals.rr",
        "report.vitals.sbp",
        "report.vitals.spo2",
        "schedule.consecutive_missed",
        "schedule.d1_overdue",
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
}

#[test]
fn only_product_and_hours_must_be_there() {
    assert!(accepted(&json!({"history": {"product": "allogeneic"}, "hours_since_infusion": -2})));
    for value in [json!({}), json!({"history": null}), json!({"history": {"product": null}})] {
        assert_eq!(refused(&value), ["history.product", "hours_since_infusion"], "{value}");
    }
    for value in [json!(null), json!([]), json!("x"), json!(1)] {
        assert_eq!(refused(&value), [""], "{value}");
    }
}

#[test]
fn null_is_not_given() {
    let report = json!({"temp": null, "vitals": {"sbp": null}, "flags": {"wheeze": null},
        "free_text": null, "feverish": null, "feels_feverish": null, "symptoms": {"RASH": null}});
    assert!(accepted(&whole(&report)));
    assert!(accepted(&with(&whole(&report), &json!({"previous_report": null, "schedule": null}))));
    let fatigue = json!({"relieved_by_rest": null, "adl": 1, "onset_h": 1, "duration_h": null});
    assert_eq!(
        refused(&whole(&json!({"symptoms": {"FATIGUE": fatigue}}))),
        ["report.symptoms.FATIGUE.relieved_by_rest", "report.symptoms.FATIGUE.duration_h"]
    );
}

#[test]
fn numbers_have_their_ranges() {
    let vital = |key: &str, value: Value| whole(&json!({"vitals": {key: value}}));
    for (key, low, high) in [("sbp", 40, 300), ("hr", 20, 300), ("spo2", 50, 100), ("rr", 4, 80)] {
        assert!(accepted(&vital(key, json!(low))) && accepted(&vital(key, json!(high))));
        assert!(!accepted(&vital(key, json!(low - 1))) && !accepted(&vital(key, json!(high + 1))));
        assert!(accepted(&vital(key, json!(f64::from(low)))), "a whole number may be 5.0");
        assert!(!accepted(&vital(key, json!(f64::from(low) + 0.5))));
        assert!(!accepted(&vital(key, json!(low.to_string()))));
    }
    let rows: &[(&str, Value, bool)] = &[
        ("VOMITING", json!({"episodes_24h": 0}), false),
        ("VOMITING", json!({"episodes_24h": 200}), true),
        ("VOMITING", json!({"episodes_24h": 201}), false),
        ("DIARRHOEA", json!({"extra_stools_24h": 0, "adl": 0}), true),
        ("DIARRHOEA", json!({"extra_stools_24h": 1.5, "adl": 0}), false),
        ("SEIZURE", json!({"minutes": 0.5, "count": 1}), true),
        ("SEIZURE", json!({"minutes": -0.1, "count": 1}), false),
        ("SEIZURE", json!({"minutes": 1, "count": 0}), false),
        ("SITE_REACTION", json!({"redness_cm": 100, "swelling_cm": 0.1}), true),
        ("SITE_REACTION", json!({"redness_cm": 100.1, "swelling_cm": 0}), false),
        ("SITE_REACTION", json!({"redness_cm": 5.04, "swelling_cm": 0}), false),
        ("SITE_REACTION", json!({"swelling_cm": 0}), false),
        ("URTICARIA", json!({"bsa_pct": 12.345, "treatment": "none"}), true),
        ("URTICARIA", json!({"bsa_pct": 100.1, "treatment": "none"}), false),
        ("URTICARIA", json!({"bsa_pct": 1, "treatment": "pills"}), false),
        ("CHILLS", json!({"shaking": 0}), false),
        ("CHILLS", json!({"shaking": 4}), false),
        ("SPEECH", json!({"level": 0}), false),
        ("INSOMNIA", json!({"sev": 0}), false),
        ("HEADACHE", json!({"sev": 1, "adl": -1}), false),
        ("HEADACHE", json!({"sev": 1}), false),
        ("HEADACHE", json!({"sev": 1, "adl": 0, "thunderclap": "yes"}), false),
        ("HEADACHE", json!({"sev": 1, "adl": 0, "thunderclp": true}), false),
        ("CONFUSION", json!({"unrousable": true}), true),
        ("CONFUSION", json!({"unrousable": true, "sev": 9}), false),
        ("CONFUSION", json!({"unrousable": false, "sev": 1}), false),
        ("PALPITATIONS", json!({"onset_h": -5, "duration_h": 0}), true),
        ("PALPITATIONS", json!({"duration_h": -0.1}), false),
        ("PALPITATIONS", json!({"resolved_h_ago": -1}), false),
        ("PALPITATIONS", json!({"preexisting": true}), false),
        ("PALPITATIONS", json!({"preexisting": true, "worse": null}), false),
        ("PALPITATIONS", json!({"preexisting": true, "worse": false}), true),
        ("PALPITATIONS", json!({"preexisting": false, "worse": true}), true),
        ("PALPITATIONS", json!({"preexisting": 1, "worse": true}), false),
    ];
    for (code, answers, ok) in rows {
        assert_eq!(accepted(&whole(&one(code, answers))), *ok, "{code} {answers}");
    }
}

#[test]
fn temperatures_are_refused_as_typed() {
    let temp = |value: Value| whole(&json!({"temp": value}));
    let reading = |value: f64, unit: &str| {
        temp(json!({"value": value, "unit": unit, "site": "oral", "hours_over_40": 1,
            "onset_h": 0, "duration_h": 0}))
    };
    for (value, unit) in [(30.0, "C"), (45.0, "C"), (86.0, "F"), (113.0, "F")] {
        assert!(accepted(&reading(value, unit)), "{value} {unit}");
    }
    for (value, unit) in [(29.9, "C"), (45.1, "C"), (85.9, "F"), (113.1, "F"), (36.5, "K")] {
        assert!(!accepted(&reading(value, unit)), "{value} {unit}");
    }
    assert_eq!(problems(&reading(38.0, "F"))[0].reason, Reason::UnitSlip(Unit::Celsius));
    assert_eq!(problems(&reading(100.4, "C"))[0].reason, Reason::UnitSlip(Unit::Fahrenheit));
    // 38.0 adjusted needs its times, 37.9 does not; above 40.0 the hours above it.
    let bare = |value: f64, site: &str| temp(json!({"value": value, "unit": "C", "site": site}));
    assert!(accepted(&bare(37.9, "oral")));
    assert_eq!(refused(&bare(37.5, "axillary")), ["report.temp.onset_h", "report.temp.duration_h"]);
    assert_eq!(
        refused(&bare(40.1, "oral")),
        ["report.temp.hours_over_40", "report.temp.onset_h", "report.temp.duration_h"]
    );
    let known = json!({"value": 36.5, "unit": "C", "site": "oral", "preexisting": true});
    assert_eq!(refused(&temp(known)), ["report.temp.worse"]);
}

#[test]
fn a_feverish_feeling_without_thermometer_needs_its_times() {
    assert_eq!(refused(&whole(&json!({"feels_feverish": true}))), ["report.feverish"]);
    let halves = json!({"feels_feverish": true, "feverish": {"resolved_h_ago": 1}});
    assert_eq!(refused(&whole(&halves)), ["report.feverish.onset_h", "report.feverish.duration_h"]);
    let times = json!({"onset_h": 1, "duration_h": 2});
    assert!(accepted(&whole(&json!({"feels_feverish": true, "feverish": times}))));
    assert!(accepted(&whole(&json!({"feverish": times}))));
    let unknown = json!({"feverish": {"onset_h": 1, "duration_h": 2, "worse": true}});
    assert_eq!(refused(&whole(&unknown)), ["report.feverish.worse"]);
    let measured = json!({"feels_feverish": true,
        "temp": {"value": 37.0, "unit": "C", "site": "oral"}});
    assert!(accepted(&whole(&measured)));
}

#[test]
fn texts_are_counted_in_code_points_and_must_be_visible() {
    let long = "🙂".repeat(4000);
    assert!(accepted(&whole(&json!({"free_text": long}))));
    assert!(!accepted(&whole(&json!({"free_text": format!("{long}a")}))));
    assert!(accepted(&whole(&json!({"free_text": ""}))));
    let other = |text: &str| whole(&one("OTHER", &json!({"text": text, "sev": 1, "adl": 0})));
    for text in ["", "  ", "\n\t", "\u{3000}", "\u{200b}\u{feff}", "\u{2800}"] {
        assert!(!accepted(&other(text)), "{text:?}");
    }
    for text in ["x", "。", " 痒 ", "🙂"] {
        assert!(accepted(&other(text)), "{text:?}");
    }
}

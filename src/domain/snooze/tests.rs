use serde_json::{Value, json};

use super::*;
use crate::domain::ProductKind;
use crate::domain::escalation::assess;
use crate::domain::grading::CtcaeVersion;
use crate::domain::input::Input;

fn set() -> RuleSet {
    RuleSet::built_in(ProductKind::Autologous).unwrap()
}

/// A report on day 10.
fn judged(report: &Value) -> Assessment {
    let whole = json!({
        "history": {"product": "autologous"},
        "hours_since_infusion": 240,
        "report": report,
    });
    assess(&set(), CtcaeVersion::V5, &Input::from_json(&whole).unwrap())
}

/// Tiredness since hour 100, as hard as asked for: 0 is grade 1, 1 and 2 are grade 2, 3 is grade 3.
fn tired(adl: u8) -> Value {
    json!({"relieved_by_rest": false, "adl": adl, "onset_h": 100, "duration_h": 140})
}

fn itch(adl: u8) -> Value {
    json!({"widespread": false, "adl": adl, "onset_h": 100, "duration_h": 140})
}

fn report(symptoms: &Value) -> Value {
    json!({"symptoms": symptoms})
}

fn tiredness(on: &Value) -> Snooze {
    Snooze::of(&set(), &judged(on), SymptomCode::Fatigue).unwrap()
}

/// The rules that speak after a snooze of tiredness of grade 2, and what ends it.
fn after(told: &Value) -> (Vec<String>, Level, Option<SnoozeEnd>) {
    let snooze = tiredness(&report(&json!({"FATIGUE": tired(1)})));
    let judged = judged(told);
    let broken = snooze.broken_by(&judged.grades);
    let in_force = if broken.is_none() { vec![snooze] } else { vec![] };
    let by = quiet(&set(), &judged, &in_force);
    let level = loud_level(&judged, &by);
    let fired = judged.fired.into_iter().zip(by);
    (fired.filter(|(_, by)| by.is_none()).map(|(fired, _)| fired.rule).collect(), level, broken)
}

#[test]
fn the_same_grade_is_quiet_and_what_is_new_speaks() {
    let same = report(&json!({"FATIGUE": tired(1)}));
    let before = judged(&same);
    assert_eq!(before.fired.iter().map(|one| one.rule.as_str()).collect::<Vec<_>>(), ["S04"]);
    let text = |mut told: Value, more: &Value| {
        for (key, value) in more.as_object().unwrap() {
            told[key.as_str()] = value.clone();
        }
        told
    };
    let cases: Vec<(Value, &[&str], Level, Option<SnoozeEnd>)> = vec![
        (same.clone(), &[], Level::None, None),
        // A higher grade ends it.
        (
            report(&json!({"FATIGUE": tired(3)})),
            &["U10"],
            Level::Urgent,
            Some(SnoozeEnd::GradeRose),
        ),
        // A lower grade fires a milder rule, which is put off with the harder one.
        (
            report(
                &json!({"FATIGUE": {"relieved_by_rest": true, "adl": 0, "onset_h": 100, "duration_h": 140}}),
            ),
            &[],
            Level::None,
            None,
        ),
        // A new symptom ends it, whatever it is.
        (
            report(&json!({"FATIGUE": tired(1), "PRURITUS": itch(0)})),
            &["S04", "R02"],
            Level::Soon,
            Some(SnoozeEnd::NewSymptom),
        ),
        // What is no symptom always speaks.
        (text(same.clone(), &json!({"flags": {"call_me": true}})), &["S09"], Level::Soon, None),
        (text(same.clone(), &json!({"vitals": {"rr": 22}})), &["U08"], Level::Urgent, None),
        (
            text(same.clone(), &json!({"free_text": "I cannot breathe"})),
            &["E11"],
            Level::Emergency,
            None,
        ),
        (report(&json!({})), &[], Level::None, None),
    ];
    for (told, rules, level, broken) in cases {
        let found = after(&told);
        assert_eq!(
            found,
            (rules.iter().map(|&id| id.to_owned()).collect(), level, broken),
            "{told}"
        );
    }
}

#[test]
fn a_harder_rule_speaks_at_a_lower_grade_too() {
    let mild = json!({"relieved_by_rest": true, "adl": 0, "onset_h": 100, "duration_h": 140});
    let snooze = tiredness(&report(&json!({"FATIGUE": mild})));
    assert_eq!(snooze.rules, ["R01".to_owned()].into());
    let harder = Snooze { grade: Grade::SEVERE, ..snooze };
    let told = judged(&report(&json!({"FATIGUE": tired(1)})));
    assert_eq!(quiet(&set(), &told, &[harder]), [None], "S04 was not put off");
}

#[test]
fn a_rule_about_two_symptoms_is_quiet_only_when_both_are() {
    let both = report(
        &json!({"FATIGUE": tired(1), "HEADACHE": {"adl": 1, "sev": 2, "thunderclap": false, "neck_stiff": false, "vision_change": false, "onset_h": 100, "duration_h": 140}}),
    );
    let judged = judged(&both);
    let loud = |in_force: &[Snooze]| -> Vec<String> {
        let by = quiet(&set(), &judged, in_force);
        let fired = judged.fired.iter().zip(by);
        fired.filter(|(_, by)| by.is_none()).map(|(fired, _)| fired.rule.clone()).collect()
    };
    assert_eq!(loud(&[]), ["U11", "S04"]);
    let one = Snooze::of(&set(), &judged, SymptomCode::Fatigue).unwrap();
    let other = Snooze::of(&set(), &judged, SymptomCode::Headache).unwrap();
    assert_eq!(loud(std::slice::from_ref(&one)), ["U11", "S04"], "the headache still speaks");
    assert_eq!(loud(&[one, other]), [""; 0]);
}

#[test]
fn what_fires_a_rule_of_emergency_is_never_put_off() {
    let pain = json!({"CHEST_PAIN": {"sev": 1, "adl": 0, "onset_h": 100, "duration_h": 140}});
    let told = judged(&report(&pain));
    assert_eq!(
        Snooze::of(&set(), &told, SymptomCode::ChestPain),
        Err(NotQuiet::Emergency("E04".to_owned()))
    );
    // Over for two days it counts as URGENT; it stays a rule of EMERGENCY.
    let over = json!({"CHEST_PAIN": {
        "sev": 1, "adl": 0, "onset_h": 100, "duration_h": 10, "resolved_h_ago": 48,
    }});
    let told = judged(&report(&over));
    assert_eq!(told.level, Level::Urgent);
    assert_eq!(
        Snooze::of(&set(), &told, SymptomCode::ChestPain),
        Err(NotQuiet::Emergency("E04".to_owned()))
    );
    // Even a snooze that names such a rule keeps it not quiet.
    let forged = Snooze {
        symptom: SymptomCode::ChestPain,
        grade: Grade::SEVERE,
        rules: ["E04".to_owned()].into(),
        known: [SymptomCode::ChestPain].into(),
    };
    for told in [judged(&report(&pain)), told] {
        assert!(quiet(&set(), &told, std::slice::from_ref(&forged)).iter().all(Option::is_none));
    }
}

#[test]
fn only_a_symptom_that_fires_something_can_be_put_off() {
    let told = judged(&report(&json!({"FATIGUE": tired(1)})));
    assert_eq!(Snooze::of(&set(), &told, SymptomCode::Pruritus), Err(NotQuiet::NotReported));
    let early = json!({
        "history": {"product": "autologous"},
        "hours_since_infusion": 24,
        "report": {"symptoms": {"FATIGUE": {"relieved_by_rest": true, "adl": 1, "onset_h": 5, "duration_h": 10}}},
    });
    let early = assess(&set(), CtcaeVersion::V5, &Input::from_json(&early).unwrap());
    assert_eq!(Snooze::of(&set(), &early, SymptomCode::Fatigue), Err(NotQuiet::FiresNothing));
}

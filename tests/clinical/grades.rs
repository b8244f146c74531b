//! REFERENCE §1.1 and §10.7: every "derive" line with its edges.

use afterwatch::domain::Codelist;
use afterwatch::domain::grading::{CtcaeVersion, Grade, Kind, StaffTerm, SymptomCode, questions};
use serde_json::{Value, json};

use crate::support::{assess_by, assess_whole, grades, one, whole, with};

fn grade_by(version: CtcaeVersion, code: &str, answers: &Value) -> u8 {
    let found = assess_by(version, &whole(&one(code, answers)));
    let code = SymptomCode::from_code(code).unwrap();
    found.grades.get(&code).map_or(0, |found| found.grade.number())
}

fn grade(code: &str, answers: &Value) -> u8 {
    grade_by(CtcaeVersion::V5, code, answers)
}

#[test]
fn temperatures_grade_as_the_fever_of_ctcae() {
    for (value, unit, site, hours, adjusted, grade) in [
        (100.3, "F", "oral", None, "37.9", 0),
        (100.4, "F", "oral", None, "38.0", 1),
        (102.2, "F", "oral", None, "39.0", 1),
        (102.3, "F", "oral", None, "39.1", 2),
        (104.0, "F", "oral", None, "40.0", 2),
        (104.1, "F", "oral", Some(1.0), "40.1", 3),
        (37.4, "C", "axillary", None, "37.9", 0),
        (37.5, "C", "axillary", None, "38.0", 1),
        (38.5, "C", "axillary", None, "39.0", 1),
        (38.6, "C", "forehead", None, "39.1", 2),
        (38.95, "C", "oral", None, "39.0", 1),
        (39.05, "C", "rectal", None, "39.1", 2),
        (40.04, "C", "tympanic", None, "40.0", 2),
        (40.05, "C", "unknown", Some(24.0), "40.1", 3),
        (41.0, "C", "oral", Some(24.5), "41.0", 4),
        (39.6, "C", "axillary", Some(0.0), "40.1", 3),
        (45.0, "C", "forehead", Some(25.0), "45.5", 4),
    ] {
        let temp = json!({"value": value, "unit": unit, "site": site, "hours_over_40": hours,
            "onset_h": 1, "duration_h": 2});
        let found = assess_whole(&whole(&json!({"temp": temp})));
        assert_eq!(found.temp_adj_c.unwrap().to_string(), adjusted, "{value} {unit} {site}");
        let fever = found.grades.get(&SymptomCode::Fever).map_or(0, |g| g.grade.number());
        assert_eq!(fever, grade, "{value} {unit} {site}");
    }
}

#[test]
fn fever_without_thermometer_is_grade_1_and_marked() {
    let report = json!({"feels_feverish": true, "feverish": {"onset_h": 3, "duration_h": 4}});
    let found = assess_whole(&whole(&report));
    let fever = found.grades[&SymptomCode::Fever];
    assert_eq!((fever.grade, fever.is_unmeasured), (Grade::MILD, true));
    assert_eq!(found.temp_adj_c, None);
    // With a thermometer the reading counts, not the feeling.
    let measured = with(&report, &json!({"temp": {"value": 36.9, "unit": "C", "site": "oral"}}));
    assert_eq!(grades(&assess_whole(&whole(&measured))), "");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one row a case")]
fn each_symptom_is_graded_as_written() {
    for sev in 1..=3 {
        for adl in 0..=3 {
            let answers = json!({"sev": sev, "adl": adl});
            let general = u8::try_from(sev.max(adl).max(1)).unwrap();
            for code in [
                "HEADACHE",
                "LIMB_SWELLING",
                "ABDO_PAIN",
                "MYALGIA",
                "ARTHRALGIA",
                "DIZZINESS",
                "COUGH",
                "CHEST_PAIN",
                "TREMOR",
                "CONFUSION",
                "FACE_SWELLING",
            ] {
                assert_eq!(grade(code, &answers), general, "{code} {answers}");
            }
            let other = json!({"sev": sev, "adl": adl, "text": "x"});
            assert_eq!(grade("OTHER", &other), general);
            for (antibiotics, least) in [("none", 0), ("oral", 2), ("iv", 3)] {
                let infection = json!({"sev": sev, "adl": adl, "antibiotics": antibiotics});
                assert_eq!(grade("INFECTION", &infection), general.max(least), "{infection}");
            }
        }
    }
    let rows: &[(&str, Value, u8)] = &[
        ("CHILLS", json!({"shaking": 1}), 1),
        ("CHILLS", json!({"shaking": 3}), 3),
        ("FATIGUE", json!({"relieved_by_rest": true, "adl": 0}), 1),
        ("FATIGUE", json!({"relieved_by_rest": true, "adl": 1}), 1),
        ("FATIGUE", json!({"relieved_by_rest": false, "adl": 0}), 2),
        ("FATIGUE", json!({"relieved_by_rest": true, "adl": 2}), 2),
        ("FATIGUE", json!({"relieved_by_rest": true, "adl": 3}), 3),
        ("SITE_REACTION", json!({"redness_cm": 5.0, "swelling_cm": 5}), 1),
        ("SITE_REACTION", json!({"redness_cm": 5.1, "swelling_cm": 0}), 2),
        ("SITE_REACTION", json!({"redness_cm": 0, "swelling_cm": 10.0}), 2),
        ("SITE_REACTION", json!({"redness_cm": 0, "swelling_cm": 10.1}), 3),
        ("SITE_REACTION", json!({"redness_cm": 0, "swelling_cm": 0, "pain_at_rest": true}), 2),
        ("SITE_REACTION", json!({"redness_cm": 0, "swelling_cm": 0, "vein_cord": true}), 2),
        ("SITE_REACTION", json!({"redness_cm": 0, "swelling_cm": 0, "adl": 2}), 2),
        ("SITE_REACTION", json!({"redness_cm": 0, "swelling_cm": 0, "adl": 3}), 3),
        ("SITE_REACTION", json!({"redness_cm": 0, "swelling_cm": 0, "ulcer_or_black": true}), 3),
        ("SITE_REACTION", json!({"redness_cm": 0, "swelling_cm": 0, "pus": true}), 1),
        ("URTICARIA", json!({"bsa_pct": 9.9, "treatment": "none"}), 1),
        ("URTICARIA", json!({"bsa_pct": 10, "treatment": "topical"}), 2),
        ("URTICARIA", json!({"bsa_pct": 30, "treatment": "none"}), 2),
        ("URTICARIA", json!({"bsa_pct": 30.5, "treatment": "none"}), 3),
        ("URTICARIA", json!({"bsa_pct": 1, "treatment": "oral"}), 2),
        ("URTICARIA", json!({"bsa_pct": 1, "treatment": "iv"}), 3),
        ("RASH", json!({"bsa_pct": 9.9, "sev": 3, "adl": 1}), 1),
        ("RASH", json!({"bsa_pct": 10, "sev": 1, "adl": 0}), 2),
        ("RASH", json!({"bsa_pct": 31, "sev": 1, "adl": 0}), 2),
        ("RASH", json!({"bsa_pct": 31, "sev": 2, "adl": 0}), 3),
        ("RASH", json!({"bsa_pct": 30, "sev": 3, "adl": 0}), 2),
        ("RASH", json!({"bsa_pct": 1, "sev": 1, "adl": 2}), 2),
        ("RASH", json!({"bsa_pct": 1, "sev": 1, "adl": 3}), 3),
        ("PRURITUS", json!({"adl": 1}), 1),
        ("PRURITUS", json!({"adl": 1, "sleep_loss": true, "constant": true}), 1),
        ("PRURITUS", json!({"adl": 1, "widespread": true}), 2),
        ("PRURITUS", json!({"adl": 1, "scratch_marks": true}), 2),
        ("PRURITUS", json!({"adl": 2}), 2),
        ("PRURITUS", json!({"adl": 1, "widespread": true, "constant": true}), 3),
        ("PRURITUS", json!({"adl": 1, "widespread": true, "sleep_loss": true}), 3),
        ("PRURITUS", json!({"adl": 3}), 3),
        ("FACE_SWELLING", json!({"sev": 1, "adl": 0, "lips_tongue_throat": true}), 3),
        ("NAUSEA", json!({"intake": "normal"}), 1),
        ("NAUSEA", json!({"intake": "inadequate"}), 3),
        ("ANOREXIA", json!({"intake": "reduced"}), 2),
        ("VOMITING", json!({"episodes_24h": 2}), 1),
        ("VOMITING", json!({"episodes_24h": 3}), 2),
        ("VOMITING", json!({"episodes_24h": 5}), 2),
        ("VOMITING", json!({"episodes_24h": 6}), 3),
        ("VOMITING", json!({"episodes_24h": 1, "no_fluids_12h": true}), 3),
        ("DIARRHOEA", json!({"extra_stools_24h": 0, "adl": 1}), 1),
        ("DIARRHOEA", json!({"extra_stools_24h": 4, "adl": 0}), 2),
        ("DIARRHOEA", json!({"extra_stools_24h": 3, "adl": 2}), 2),
        ("DIARRHOEA", json!({"extra_stools_24h": 7, "adl": 0}), 3),
        ("DIARRHOEA", json!({"extra_stools_24h": 0, "adl": 3}), 3),
        ("SYNCOPE", json!({"near": true}), 2),
        ("SYNCOPE", json!({"near": true, "loc": true}), 3),
        ("SYNCOPE", json!({"near": false, "loc": true}), 3),
        ("DYSPNOEA", json!({"when": "moderate", "adl": 1}), 1),
        ("DYSPNOEA", json!({"when": "minimal", "adl": 0}), 2),
        ("DYSPNOEA", json!({"when": "moderate", "adl": 2}), 2),
        ("DYSPNOEA", json!({"when": "rest", "adl": 0}), 3),
        ("DYSPNOEA", json!({"when": "moderate", "adl": 3}), 3),
        ("PALPITATIONS", json!({}), 1),
        ("PALPITATIONS", json!({"with_dizziness": true}), 2),
        ("PALPITATIONS", json!({"needed_help": true}), 2),
        ("CONFUSION", json!({"unrousable": true}), 4),
        ("CONFUSION", json!({"unrousable": true, "sev": 1, "adl": 0}), 4),
        ("SPEECH", json!({"level": 2}), 2),
        ("SEIZURE", json!({"minutes": 5, "count": 1}), 3),
        ("SEIZURE", json!({"minutes": 5.1, "count": 1}), 4),
        ("SEIZURE", json!({"minutes": 0, "count": 2}), 4),
        ("INSOMNIA", json!({"sev": 3}), 3),
    ];
    for (code, answers, expected) in rows {
        assert_eq!(grade(code, answers), *expected, "{code} {answers}");
    }
}

#[test]
fn blood_pressure_and_oxygen_are_graded_with_the_signs() {
    let dizzy = json!({"DIZZINESS": {"sev": 1, "adl": 0, "onset_h": 1, "duration_h": 1}});
    let near = json!({"SYNCOPE": {"near": true, "onset_h": 1, "duration_h": 1}});
    let fainted = json!({"SYNCOPE": {"loc": true, "onset_h": 1, "duration_h": 1}});
    let confused = json!({"CONFUSION": {"sev": 1, "adl": 0, "onset_h": 1, "duration_h": 1}});
    let known = json!({"DIZZINESS": {"sev": 1, "adl": 0, "onset_h": -9, "duration_h": 20,
        "preexisting": true, "worse": false}});
    for (sbp, symptoms, expected) in [
        (91, json!({}), 0),
        (90, json!({}), 1),
        (85, json!({}), 1),
        (84, json!({}), 2),
        (80, json!({}), 2),
        (79, json!({}), 3),
        (90, dizzy.clone(), 2),
        (90, near, 2),
        (90, fainted, 3),
        (90, confused.clone(), 3),
        (90, known, 1),
        (91, confused, 0),
        (79, dizzy, 3),
    ] {
        let report = json!({"vitals": {"sbp": sbp}, "symptoms": symptoms});
        let found = assess_whole(&whole(&report));
        let code = SymptomCode::Hypotension;
        let grade = found.grades.get(&code).map_or(0, |found| found.grade.number());
        assert_eq!(grade, expected, "{report}");
    }
    for (spo2, expected) in [
        (94, ""),
        (93, "HYPOXIA 1"),
        (92, "HYPOXIA 1"),
        (91, "HYPOXIA 2"),
        (88, "HYPOXIA 2"),
        (87, "HYPOXIA 3"),
    ] {
        let found = assess_whole(&whole(&json!({"vitals": {"spo2": spo2}})));
        assert_eq!(grades(&found), expected, "{spo2}");
    }
}

#[test]
fn version_6_grades_hives_by_treatment_and_rash_by_discomfort() {
    let v6 = |code: &str, answers: Value| grade_by(CtcaeVersion::V6, code, &answers);
    for (treatment, expected) in [("none", 1), ("topical", 1), ("oral", 2), ("iv", 3)] {
        assert_eq!(v6("URTICARIA", json!({"bsa_pct": 90, "treatment": treatment})), expected);
    }
    assert_eq!(v6("RASH", json!({"bsa_pct": 1, "sev": 1, "adl": 0})), 2);
    assert_eq!(v6("RASH", json!({"bsa_pct": 50, "sev": 1, "adl": 0})), 2);
    assert_eq!(v6("RASH", json!({"bsa_pct": 51, "sev": 1, "adl": 0})), 3);
    assert_eq!(v6("RASH", json!({"bsa_pct": 1, "sev": 2, "adl": 0})), 3);
    assert_eq!(SymptomCode::LimbSwelling.ctcae_term(CtcaeVersion::V5).llt, 10_050_068);
    assert_eq!(SymptomCode::LimbSwelling.ctcae_term(CtcaeVersion::V6).llt, 10_034_570);
    assert_eq!(StaffTerm::Icans.ctcae_term(CtcaeVersion::V5), None);
    assert_eq!(StaffTerm::Icans.ctcae_term(CtcaeVersion::V6).unwrap().llt, 10_083_347);
}

#[test]
fn the_catalogue_has_32_terms_and_questions_for_those_that_are_entered() {
    assert_eq!(SymptomCode::ALL.len(), 32);
    assert_eq!(StaffTerm::ALL.len(), 8);
    for code in SymptomCode::ALL.iter().copied() {
        assert_eq!(questions(code).is_empty(), code.is_measured(), "{code:?}");
        let mut keys: Vec<&str> = questions(code).iter().map(|q| q.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), questions(code).len(), "{code:?} asks a key twice");
        for question in questions(code) {
            if let Kind::Choice(choices) = question.kind {
                assert!(choices.len() > 1, "{code:?} {}", question.key);
            }
        }
    }
}

//! The 20 worked cases, through `assess` as a script sees it.

use std::collections::BTreeMap;

use afterwatch::domain::Codelist;
use afterwatch::domain::escalation::{Assessment, RuleSet, assess};
use afterwatch::domain::grading::CtcaeVersion;
use afterwatch::domain::input::Input;
use serde_json::Value;

const VIGNETTES: &str = include_str!("../data/vignettes.jsonl");

fn assessed(value: &Value) -> Assessment {
    let input = Input::from_json(value).unwrap();
    let set = RuleSet::built_in(input.history.product).unwrap();
    assess(&set, CtcaeVersion::V5, &input)
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect()
}

#[test]
fn every_worked_case_comes_out_as_written() {
    let mut seen = 0;
    for line in VIGNETTES.lines().filter(|line| !line.is_empty()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let (id, expect) = (&case["id"], &case["expect"]);
        let found = assessed(&case["input"]);
        let grades: BTreeMap<String, u64> = found
            .grades
            .iter()
            .map(|(c, g)| (c.code().to_owned(), g.grade.number().into()))
            .collect();
        let expected: BTreeMap<String, u64> = expect["grades"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(code, grade)| (code.clone(), grade.as_u64().unwrap()))
            .collect();
        assert_eq!(grades, expected, "grades of {id}");
        let temp = found.temp_adj_c.map(|t| t.to_string());
        assert_eq!(temp.as_deref(), expect["temp_adj_c"].as_str(), "temperature of {id}");
        let mut rules: Vec<&str> = found.fired.iter().map(|f| f.rule.as_str()).collect();
        let mut expected = texts(&expect["rules"]);
        rules.sort_unstable();
        expected.sort_unstable();
        assert_eq!(rules, expected, "rules of {id}");
        let historic: Vec<&str> =
            found.fired.iter().filter(|f| f.is_historic).map(|f| f.rule.as_str()).collect();
        assert_eq!(historic, texts(&expect["historic_rules"]), "historic rules of {id}");
        assert_eq!(found.level.code(), expect["urgency"].as_str().unwrap(), "level of {id}");
        assert!(found.fired.iter().all(|fired| !fired.because.is_empty()), "reasons of {id}");
        assert_eq!(found.fired.len() + found.near_misses.len(), 40, "rules of {id}");
        seen += 1;
    }
    assert_eq!(seen, 20);
}

#[test]
fn an_input_survives_being_stored() {
    for line in VIGNETTES.lines().filter(|line| !line.is_empty()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let input = Input::from_json(&case["input"]).unwrap();
        assert_eq!(Input::from_json(&input.to_json()).unwrap(), input, "{}", case["id"]);
    }
}

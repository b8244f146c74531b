//! The lines that scripts send and the lines that they get.

use super::*;

fn lines(input: &str) -> (usize, Vec<Value>) {
    let mut output = Vec::new();
    let wrong = answer_all(input.as_bytes(), &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    (wrong, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn result(line: &str) -> Value {
    let (wrong, answers) = lines(line);
    assert_eq!((wrong, answers.len()), (0, 1), "{answers:?}");
    answers[0]["result"].clone()
}

fn error(line: &str) -> String {
    let (wrong, answers) = lines(line);
    assert_eq!((wrong, answers.len()), (1, 1), "{answers:?}");
    assert!(answers[0].get("result").is_none());
    answers[0]["error"].as_str().unwrap().to_owned()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_function_answers_with_its_fields() {
    for (arguments, wanted) in [
        (r#""fn":"clopper_pearson","k":4,"n":24,"level":0.95"#, &["lower", "upper", "value"][..]),
        (r#""fn":"wilson","k":4,"n":24,"level":0.95"#, &["lower", "upper", "value"]),
        (r#""fn":"poisson_exact","k":4,"level":0.95"#, &["lower", "upper", "value"]),
        (r#""fn":"poisson_tail","k":3,"e":0.5"#, &["mid_p", "p"]),
        (r#""fn":"binomial_tail","k":4,"n":12,"p0":0.1"#, &["p"]),
        (r#""fn":"fisher_greater","a":4,"b":8,"c":6,"d":190"#, &["p"]),
        (r#""fn":"maxsprt_llr","k":3,"e":0.5"#, &["llr"]),
        (r#""fn":"maxsprt_cv","t":5,"m":1,"alpha":0.05"#, &["cv"]),
        (
            r#""fn":"cusum","p0":0.1,"odds_ratio":2,"h":2.5,"outcomes":[0,1,true]"#,
            &["signal_at", "values"],
        ),
        (r#""fn":"quantiles","values":[3,1,2],"probs":[0.5]"#, &["values"]),
        (r#""fn":"holm","p":[0.01,0.04]"#, &["values"]),
        (r#""fn":"benjamini_hochberg","p":[0.01,0.04]"#, &["values"]),
        (
            r#""fn":"prr","a":25,"b":75,"c":100,"d":1800"#,
            &["chi2", "chi2_yates", "lower", "upper", "value"],
        ),
        (
            r#""fn":"ror","a":25,"b":75,"c":100,"d":1800,"level":0.9"#,
            &["chi2", "chi2_yates", "lower", "upper", "value"],
        ),
        (r#""fn":"ic","a":25,"b":75,"c":100,"d":1800"#, &["expected", "lower", "upper", "value"]),
        (r#""fn":"ic","o":3,"e":0.5"#, &["expected", "lower", "upper", "value"]),
        (
            r#""fn":"kaplan_meier","times":[1,2,3],"events":[1,0,1]"#,
            &["at_risk", "events", "times", "values"],
        ),
    ] {
        let answer = result(&format!("{{\"id\":1,{arguments}}}"));
        let mut found = keys(&answer);
        found.sort_unstable();
        assert_eq!(found, wanted, "{arguments}");
    }
}

#[test]
fn the_help_names_every_function() {
    for (name, _) in functions::FUNCTIONS {
        assert!(HELP.contains(name), "{name}");
    }
}

#[test]
fn numbers_come_out_as_they_were_computed() {
    let answer =
        result(r#"{"id":1,"fn":"cusum","p0":0.1,"odds_ratio":2,"h":2.5,"outcomes":[0,1]}"#);
    assert!(answer["signal_at"].is_null());
    let answer = result(
        r#"{"id":1,"fn":"cusum","p0":0.1,"odds_ratio":2,"h":2.5,"outcomes":[0,1,0,1,1,0,0,1,1,0]}"#,
    );
    assert_eq!(answer["signal_at"], 9);
    let answer = result(r#"{"id":1,"fn":"clopper_pearson","k":0.0,"n":1,"level":0.95}"#);
    assert!((answer["upper"].as_f64().unwrap() - 0.975).abs() < 1e-12);
    let answer = result(r#"{"id":1,"fn":"kaplan_meier","times":[1,2,2,4],"events":[1,1,0,1]}"#);
    assert_eq!(answer["values"], serde_json::json!([0.75, 0.5, 0.0]));
    assert_eq!(answer["times"], serde_json::json!([1.0, 2.0, 4.0]));
    assert_eq!(answer["at_risk"], serde_json::json!([4, 3, 1]));
}

#[test]
fn a_wrong_line_names_everything_and_the_next_is_answered() {
    let (wrong, answers) = lines(concat!(
        "\u{feff}{\"id\":\"a\",\"fn\":\"binomial_tail\",\"k\":-1,\"n\":0,\"p\":2}\r\n",
        "\n",
        "not JSON\n",
        "{\"id\":\"b\",\"fn\":\"holm\",\"p\":[0.5]}",
    ));
    assert_eq!((wrong, answers.len()), (2, 3));
    assert_eq!(answers[0]["id"], "a");
    assert_eq!(
        answers[0]["error"],
        "k must be a whole number, 0 or more; p0 is missing; p is not a field of this fn; n must \
         be above 0"
    );
    assert!(answers[1]["id"].is_null());
    assert_eq!(answers[2]["result"]["values"], serde_json::json!([0.5]));
}

#[test]
fn mistyped_doubled_and_missing_fields_are_refused() {
    assert_eq!(error(r#"{"fn":"holm","p":[0.5]}"#), "id is missing");
    assert_eq!(error(r#"{"id":1,"p":[0.5]}"#), "fn is missing");
    assert!(error(r#"{"id":1,"fn":"t_test"}"#).starts_with("fn \"t_test\" is not one of clopper"));
    assert_eq!(error(r#"{"id":1,"fn":"holm","p":[0.5],"p":[0.1]}"#), "p is given twice");
    assert_eq!(error(r#"{"id":1,"fn":"holm","p":["x"]}"#), "p must be a list of numbers");
    assert_eq!(
        error(r#"{"id":1,"fn":"kaplan_meier","times":[-1],"events":[2]}"#),
        "events must be a list of 0 and 1; a value of times must not be below 0"
    );
    assert_eq!(
        error(r#"{"id":1,"fn":"clopper_pearson","k":1,"n":2,"level":null}"#),
        "level is missing"
    );
    assert!(error("[1]").contains("not one JSON object"));
    assert!(error(r#"{"id":1,"fn":"holm","p":[NaN]}"#).contains("not one JSON object"));
    assert!(error(r#"{"id":1,"fn":"poisson_exact","k":1e300,"level":0.9}"#).contains("at most"));
}

//! `assess` and `rules` as a script sees them: lines, streams and exit codes.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_afterwatch"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const GOOD: &str = r#"{"id":"a","input":{"history":{"product":"autologous"},"hours_since_infusion":3,"report":{"free_text":"胸痛"}},"more":1}"#;
const WRONG: &str =
    r#"{"id":7,"input":{"history":{"product":"x"},"report":{"flags":{"wheez":true}}}}"#;

#[test]
fn every_line_is_answered_and_the_exit_code_tells_of_refusals() {
    let output = run(&["assess", "-"], &format!("{GOOD}\n\n{GOOD}\r\n"));
    assert_eq!(output.status.code(), Some(0));
    let answers = lines(&output);
    assert_eq!(answers.len(), 2);
    let answer = &answers[0];
    assert_eq!(answer["id"], "a");
    assert_eq!(answer["urgency"], "EMERGENCY");
    assert_eq!(answer["rules"][0], "E11");
    assert_eq!(answer["because"][0]["because"][0]["value"], "胸痛");
    assert_eq!(answer["temp_adj_c"], Value::Null);
    assert!(answer["advice"]["en"].as_str().unwrap().contains("{EMERGENCY_NUMBER}"));
    assert!(answer["advice"]["zh-CN"].as_str().unwrap().contains("请立即拨打"));

    let twice = r#"{"id":8,"input":{"history":{"product":"autologous"},"hours_since_infusion":1,"report":{"flags":{"wheeze":true,"wheeze":false}}}}"#;
    let output = run(&["assess"], &[WRONG, "not json", twice, r#"{"id":9}"#, GOOD].join("\n"));
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    assert_eq!(answers.len(), 5);
    let error = answers[0]["error"].as_str().unwrap();
    for field in ["history.product", "hours_since_infusion", "report.flags.wheez"] {
        assert!(error.contains(field), "{error}");
    }
    assert_eq!(answers[0]["id"], 7);
    assert!(answers[..4].iter().all(|answer| answer["error"].is_string()));
    assert!(answers[2]["error"].as_str().unwrap().contains("twice"));
    assert_eq!(answers[4]["urgency"], "EMERGENCY");
}

#[test]
fn rules_from_a_file_are_used_or_refused_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let file_name = file.to_str().unwrap();
    let shown = run(&["rules", "show", "--file"], "");
    let text = String::from_utf8(shown.stdout).unwrap();
    std::fs::write(&file, text.replacen("version = 1", "version = 7", 1)).unwrap();
    assert_eq!(run(&["rules", "check", file_name], "").status.code(), Some(0));
    let output = run(&["assess", "--rules", file_name], GOOD);
    assert_eq!(lines(&output)[0]["because"][0]["version"], 7);

    std::fs::write(&file, text.replacen("CHEST_PAIN.present", "CHEST_PIAN.present", 1)).unwrap();
    let output = run(&["rules", "check", file_name], "");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("rule E04: there is no symptom code CHEST_PIAN"), "{error}");
    let output = run(&["assess", "--rules", file_name], GOOD);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    for missing in [&["assess", "/no/such/file"][..], &["rules", "check", "/no/such/file"]] {
        assert_eq!(run(missing, "").status.code(), Some(2), "{missing:?}");
    }
}

#[test]
fn the_version_of_ctcae_can_be_chosen() {
    let hives = r#"{"id":1,"input":{"history":{"product":"autologous"},"hours_since_infusion":3,"report":{"symptoms":{"URTICARIA":{"bsa_pct":40,"treatment":"none","onset_h":1,"duration_h":1}}}}}"#;
    for (version, grade) in [("5.0", 3), ("6.0", 1)] {
        let output = run(&["assess", "--ctcae", version], hives);
        assert_eq!(lines(&output)[0]["grades"]["URTICARIA"], grade);
    }
}

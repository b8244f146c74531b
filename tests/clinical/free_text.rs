//! REFERENCE §4.5: phrases, negation, and what must never be missed.

use serde_json::json;

use crate::support::{assess_whole, fired, symptom, whole};

fn found(text: &str) -> String {
    fired(&json!({"free_text": text}))
}

#[test]
fn the_checked_examples_come_out_as_written() {
    for (text, rules) in [
        ("没有出现胸痛、呼吸困难", ""),
        ("没有喘不上气,有点胸痛", "E11"),
        ("无明显胸闷", ""),
        ("我没有发烧但是胸痛", "E11"),
        ("no fever or chest pain", ""),
        ("I could not stop vomiting blood", "E11"),
        ("No hives, no chest tightness", ""),
        ("no fever, chest pain", "E11"),
        ("no fever and have chest pain", "E11"),
        ("没有发烧、有胸痛", "E11"),
        ("I have never had chest pain like this", "E11"),
        ("差点没晕倒", "E11"),
        ("没有嘴唇发紫", ""),
        ("no crushing chest pain", ""),
        ("I do not know why I fainted", "E11"),
        ("不知道为什么晕倒了", "E11"),
        ("没想到会晕倒", "E11"),
        ("last year I fainted", "E11"),
    ] {
        assert_eq!(found(text), rules, "{text}");
    }
}

#[test]
fn the_matched_phrase_is_told() {
    let assessment = assess_whole(&whole(&json!({"free_text": "没有喘不上气,有点胸痛"})));
    let phrases: Vec<&str> = assessment.hits.iter().map(|hit| hit.phrase.as_str()).collect();
    assert_eq!(phrases, ["胸痛"]);
    assert_eq!(assessment.hits[0].field, "free_text");
}

#[test]
fn spelling_width_and_script_do_not_hide_a_phrase() {
    for (text, rules) in [
        ("I CAN’T BREATHE", "E11"),
        ("can\u{2bc}t breathe", "E11"),
        ("ｃａｎｎｏｔ　ｂｒｅａｔｈｅ", "E11"),
        ("chest  \t pain", "E11"),
        ("chest\npain", "E11"),
        ("chest \r\n pain", "E11"),
        ("胸口痛得厲害", "E11"),
        ("喘不過氣", "E11"),
        ("嘴唇發紫", "E11"),
        ("沒有發燒,暈倒了", "E11"),
        ("wheezing", "U16"),
        ("2wheezy", "U16"),
        ("有wheezing", "U16"),
        ("swheezing", ""),
        ("蕁麻疹", "U16"),
        ("胸\n痛", ""),
        ("chestpain", ""),
    ] {
        assert_eq!(found(text), rules, "{text:?}");
    }
}

#[test]
fn english_negation_reaches_only_along_listed_words() {
    for (text, rules) in [
        ("no chest pain", ""),
        ("denies chest pain", ""),
        ("I don't have chest pain", ""),
        ("I don’t have any chest pain", ""),
        ("did not have fever, chills or chest pain", "E11"),
        ("did not have fever or chills or chest pain", ""),
        ("without signs of chest pain or palpitations", ""),
        ("no longer have chest pain", ""),
        ("not been really feeling short of breath", ""),
        ("no\nchest pain", "E11"),
        ("no. chest pain", "E11"),
        ("no - chest pain", "E11"),
        ("no\tchest pain", ""),
        ("no chest\npain", ""),
        ("no wheezing or fainted", ""),
        ("no headache and feel chest pain", "E11"),
        ("nothing but chest pain", "E11"),
        ("cannot sleep, chest pain", "E11"),
        ("piano chest pain", "E11"),
        ("not only chest pain", "E11"),
        ("没有 chest pain", "E11"),
        ("no 胸痛", "E11"),
        ("no chest pain but fainted", "E11"),
        ("is not short of breath", ""),
        ("no chest pain in my chest", ""),
    ] {
        assert_eq!(found(text), rules, "{text:?}");
    }
}

#[test]
fn chinese_negation_reaches_only_along_listed_words() {
    for (text, rules) in [
        ("没胸痛", ""),
        ("没有任何胸痛", ""),
        ("并没有觉得胸闷", ""),
        ("未出现胸痛或晕倒", ""),
        ("否认胸痛、心慌、气短", ""),
        ("否认胸痛，心慌", "U16"),
        ("没有发热、咳嗽以及胸痛", ""),
        ("没有发热、出现胸痛", "E11"),
        ("没有胸痛有心慌", "U16"),
        ("不胸闷", ""),
        ("不太胸闷", "U16"),
        ("没有 胸痛", "E11"),
        ("没有什么明显的胸痛", ""),
        ("差一点没有晕倒", "E11"),
        ("险些没晕倒", "E11"),
        ("几乎没有胸痛", "E11"),
        ("幾乎沒有胸痛", "E11"),
        ("我差点忘了,没有胸痛", ""),
        ("没出现过晕厥", ""),
        ("我不想死", ""),
        ("我想死", "E11"),
        ("不能呼吸", "E11"),
        ("没有不能呼吸", ""),
        ("没有\n胸痛", "E11"),
        ("没有过敏性休克", ""),
        ("过敏性休克", "E11"),
    ] {
        assert_eq!(found(text), rules, "{text:?}");
    }
}

#[test]
fn self_harm_is_an_emergency_with_the_crisis_line() {
    for text in
        ["I want to die", "thinking of suicide", "不想活了", "想自杀", "I could kill myself"]
    {
        let assessment = assess_whole(&whole(&json!({"free_text": text})));
        assert!(assessment.mentions_self_harm, "{text}");
        assert_eq!(crate::support::rules(&assessment), "E11", "{text}");
    }
    let other = assess_whole(&whole(&json!({"free_text": "chest pain"})));
    assert!(!other.mentions_self_harm);
}

#[test]
fn the_text_of_other_is_searched_too_unless_known_before() {
    let other = |more: serde_json::Value| {
        let base = json!({"text": "chest pain", "sev": 1, "adl": 0});
        json!({"symptoms": {"OTHER": symptom(&crate::support::with(&base, &more))}})
    };
    assert_eq!(fired(&other(json!({}))), "E11 R02");
    let known = json!({"preexisting": true, "worse": false});
    assert_eq!(fired(&other(known)), "");
    // Words count as current, also of what is over.
    let over = assess_whole(&whole(&other(json!({"resolved_h_ago": 30}))));
    let historic: Vec<(&str, bool)> =
        over.fired.iter().map(|fired| (fired.rule.as_str(), fired.is_historic)).collect();
    assert_eq!(historic, [("E11", false), ("R02", true)]);
}

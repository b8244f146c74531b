//! REFERENCE §4.6: the rules fire where they should, and say why.

use afterwatch::domain::escalation::{RuleSet, Scalar};
use afterwatch::domain::{Codelist, Language, Level, ProductKind};
use afterwatch::i18n::reasons;
use serde_json::json;

use crate::rows::{fever, rep, rows};
use crate::support::{assess_whole, rules};

#[test]
fn every_rule_fires_where_it_should_and_only_there() {
    let set = RuleSet::built_in(ProductKind::Autologous).unwrap();
    for (rule, fires, stays) in rows() {
        let found = assess_whole(&fires);
        let fired = found.fired.iter().find(|fired| fired.rule == rule);
        let fired = fired.unwrap_or_else(|| panic!("{rule} did not fire on {fires}"));
        assert!(!fired.because.is_empty(), "{rule} has no reason");
        let found = assess_whole(&stays);
        let miss = found.near_misses.iter().find(|miss| miss.rule == rule);
        let miss = miss.unwrap_or_else(|| panic!("{rule} fired on {stays}"));
        assert!(!miss.lacked.is_empty(), "{rule} lacks nothing on {stays}");
    }
    for rule in set.rules() {
        assert!(rows().iter().any(|(id, ..)| *id == rule.id), "{} has no row", rule.id);
    }
}

#[test]
fn both_products_have_the_40_rules_and_differ_in_nothing_but_their_names() {
    let auto = RuleSet::built_in(ProductKind::Autologous).unwrap();
    let allo = RuleSet::built_in(ProductKind::Allogeneic).unwrap();
    assert_eq!((auto.rules().len(), allo.rules().len()), (40, 40));
    assert_eq!(auto.rules(), allo.rules());
    assert_eq!(auto.windows(), allo.windows());
    assert_eq!(auto.windows().len(), 11);
    assert_eq!(auto.identity().id, "NK-AUTO-1");
    assert_eq!(allo.identity().id, "NK-ALLO-1");
    assert_eq!(auto.identity().sha256.len(), 64);
    assert_ne!(auto.identity().sha256, allo.identity().sha256);
    for (level, acknowledge, contact) in [
        (Level::Emergency, Some(15), 30),
        (Level::Urgent, Some(30), 120),
        (Level::Soon, None, 1440),
        (Level::Routine, None, 4320),
    ] {
        let target = auto.target(level).unwrap();
        assert_eq!((target.acknowledge_min, target.contact_min), (acknowledge, contact));
    }
}

#[test]
fn reasons_are_sentences_in_both_languages() {
    let long = fever(json!({"duration_h": 50}));
    let found = assess_whole(&long);
    assert_eq!(rules(&found), "U03");
    let facts = &found.fired[0].because;
    assert_eq!(facts[1].field, "temp.duration_h");
    assert_eq!(facts[1].limit, Scalar::Number(48.into()));
    assert_eq!(
        reasons::because(facts, Language::En),
        "Fever, grade 1; Fever for 50 h (limit 48 h)"
    );
    assert_eq!(reasons::because(facts, Language::ZhCn), "发热1级；发热持续50小时（界限48小时）");
    let short = assess_whole(&fever(json!({"duration_h": 40})));
    let miss = short.near_misses.iter().find(|miss| miss.rule == "U03").unwrap();
    assert_eq!(
        reasons::lacked(&miss.lacked, Language::En),
        "Fever for 40 h (needs more than 48 h)"
    );
    let felt = rep(&json!({"feels_feverish": true, "feverish": {"onset_h": -3, "duration_h": 1}}));
    let found = assess_whole(&felt);
    let facts = &found.fired[0].because;
    assert_eq!(facts[1].field, "feverish.onset_h");
    assert_eq!(
        reasons::because(facts, Language::En),
        "Fever, grade 1; Fever began 3 h before the infusion"
    );
}

#[test]
fn every_reason_has_words_and_no_bare_path() {
    for (_, fires, stays) in rows() {
        for value in [fires, stays] {
            let found = assess_whole(&value);
            let because = found.fired.iter().map(|fired| (&fired.because, true));
            let lacked = found.near_misses.iter().map(|miss| (&miss.lacked, false));
            for (facts, held) in because.chain(lacked) {
                for language in Language::ALL.iter().copied() {
                    let text = if held {
                        reasons::because(facts, language)
                    } else {
                        reasons::lacked(facts, language)
                    };
                    let bare = ["_", "flags", "vitals", "grade.", "history", "schedule"];
                    assert!(!text.is_empty() && !bare.iter().any(|b| text.contains(b)), "{text}");
                }
            }
        }
    }
}

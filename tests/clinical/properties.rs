//! What holds for every input.

use afterwatch::domain::escalation::{RuleSet, assess};
use afterwatch::domain::grading::{CtcaeVersion, Kind, SymptomCode, parse_number, questions};
use afterwatch::domain::input::{Input, ReportFlag};
use afterwatch::domain::{Codelist, Level, ProductKind};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Any JSON, often with the keys of an input.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("history".to_owned()),
        Just("report".to_owned()),
        Just("temp".to_owned()),
        Just("value".to_owned()),
        Just("symptoms".to_owned()),
        Just("FATIGUE".to_owned()),
        Just("onset_h".to_owned()),
        Just("flags".to_owned()),
        "[a-z_]{1,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn answer(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Number { min, max, .. } => (min..=max.unwrap_or(100)).prop_map(Value::from).boxed(),
        Kind::Choice(codes) => prop::sample::select(codes).prop_map(Value::from).boxed(),
        Kind::Steps | Kind::Severity => (1..=3).prop_map(Value::from).boxed(),
        Kind::Adl => (0..=3).prop_map(Value::from).boxed(),
        Kind::Text => "[a-z ]{0,20}x".prop_map(Value::from).boxed(),
    }
}

fn symptom(code: SymptomCode) -> impl Strategy<Value = (String, Value)> {
    let own: Vec<_> = questions(code)
        .iter()
        .map(|question| answer(question.kind).prop_map(|value| (question.key.to_owned(), value)))
        .collect();
    let resolved = prop::option::of(0..60);
    (own, -10..900, 0..200, resolved, any::<bool>(), any::<bool>()).prop_map(
        move |(own, onset, duration, resolved, preexisting, worse)| {
            let mut fields: Map<String, Value> = own.into_iter().collect();
            if code == SymptomCode::Syncope {
                fields.insert("near".to_owned(), json!(true));
            }
            fields.insert("onset_h".to_owned(), json!(onset));
            fields.insert("duration_h".to_owned(), json!(duration));
            fields.insert("resolved_h_ago".to_owned(), json!(resolved));
            fields.insert("preexisting".to_owned(), json!(preexisting));
            fields.insert("worse".to_owned(), json!(worse));
            (code.code().to_owned(), Value::Object(fields))
        },
    )
}

/// A valid input.
fn valid() -> impl Strategy<Value = Value> {
    let entered: Vec<SymptomCode> =
        SymptomCode::ALL.iter().copied().filter(|code| !code.is_measured()).collect();
    let symptoms =
        prop::collection::vec(prop::sample::select(entered).prop_flat_map(symptom), 0..5);
    let temp = (300..=450, -10..900, 0..100, prop::option::of(0..40)).prop_map(
        |(tenths, onset, duration, resolved)| {
            json!({"value": f64::from(tenths) / 10.0, "unit": "C", "site": "axillary",
                "hours_over_40": 2, "onset_h": onset, "duration_h": duration,
                "resolved_h_ago": resolved})
        },
    );
    let vitals = (prop::option::of(40..=300), prop::option::of(50..=100))
        .prop_map(|(sbp, spo2)| json!({"sbp": sbp, "spo2": spo2}));
    let flags = prop::collection::vec(prop::sample::select(ReportFlag::ALL), 0..3);
    (symptoms, prop::option::of(temp), vitals, flags, -5..3000, any::<bool>(), any::<bool>())
        .prop_map(|(symptoms, temp, vitals, flags, hours, allo, risk)| {
            let symptoms: Map<String, Value> = symptoms.into_iter().collect();
            let flags: Map<String, Value> =
                flags.into_iter().map(|flag| (flag.code().to_owned(), json!(true))).collect();
            let product = if allo { "allogeneic" } else { "autologous" };
            json!({"history": {"product": product, "infection_risk": risk},
                "hours_since_infusion": hours,
                "report": {"symptoms": symptoms, "temp": temp, "vitals": vitals, "flags": flags}})
        })
}

fn set() -> RuleSet {
    RuleSet::built_in(ProductKind::Autologous).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_json_makes_it_panic(value in any_json()) {
        let strict = Input::from_json(&value);
        let draft = Input::from_draft(&value);
        prop_assert!(strict.is_err() || draft.is_ok());
        if let Ok((input, _)) = draft {
            let _ = assess(&set(), CtcaeVersion::V5, &input);
        }
    }

    #[test]
    fn a_valid_input_is_accepted_stored_and_always_answered_alike(value in valid()) {
        let input = Input::from_json(&value).unwrap();
        prop_assert_eq!(&Input::from_json(&input.to_json()).unwrap(), &input);
        for version in CtcaeVersion::ALL.iter().copied() {
            let found = assess(&set(), version, &input);
            prop_assert_eq!(&found, &assess(&set(), version, &input));
            prop_assert!(found.grades.values().all(|found| (1..=4).contains(&found.grade.number())));
            let highest = found.fired.iter().map(|f| f.level).max().unwrap_or(Level::None);
            prop_assert_eq!(found.level, highest);
            prop_assert_eq!(found.fired.len() + found.near_misses.len(), 40);
            prop_assert!(found.near_misses.iter().all(|miss| !miss.lacked.is_empty()));
            prop_assert!(found.fired.iter().all(|fired| !fired.because.is_empty()));
        }
    }

    #[test]
    fn a_danger_sign_more_never_lowers_the_level(
        value in valid(),
        flag in prop::sample::select(ReportFlag::ALL),
    ) {
        let level = |value: &Value| {
            assess(&set(), CtcaeVersion::V5, &Input::from_json(value).unwrap()).level
        };
        let mut more = value.clone();
        more["report"]["flags"][flag.code()] = json!(true);
        prop_assert!(level(&more) >= level(&value));
        let mut words = value.clone();
        words["report"]["free_text"] = json!("and I have chest pain");
        prop_assert_eq!(level(&words), Level::Emergency);
    }

    #[test]
    fn texts_of_any_kind_are_searched(text in "(no |not |没有|、|chest pain|胸痛|\\PC| |\n){0,12}") {
        let screening = set();
        let hits = screening.screening().search("free_text", &text);
        let once = screening.screening().normalise(&text);
        prop_assert!(hits.iter().all(|hit| hit.field == "free_text"));
        prop_assert!(!once.contains("  "));
    }

    #[test]
    fn a_broken_rule_file_is_an_error_and_no_panic(text in "(\\PC|\n){0,60}", at in 0usize..9) {
        let _ = RuleSet::load(&text);
        let rules = afterwatch::domain::escalation::NK_AUTO_1;
        let lines: Vec<&str> = rules.lines().collect();
        let cut = lines.len() * at / 9;
        let _ = RuleSet::load(&[&lines[..cut].join("\n"), text.as_str()].concat());
        let _ = RuleSet::load(&rules.replacen("CHEST_PAIN.present", &text, 1));
    }

    #[test]
    fn typed_numbers_never_panic(text in "\\PC{0,12}") {
        let _ = parse_number(&text);
    }
}

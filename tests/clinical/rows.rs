//! For each rule of REFERENCE §4.6 inputs on which it fires and on which it just does not.
#![expect(clippy::needless_pass_by_value, reason = "rows read better without borrows")]

use serde_json::{Value, json};

use crate::support::{symptom, temp, whole, with};

pub fn rep(report: &Value) -> Value {
    whole(report)
}

fn sym(code: &str, answers: Value) -> Value {
    rep(&crate::support::one(code, &answers))
}

/// Symptoms beside a temperature.
fn fever_and(value: f64, symptoms: Value) -> Value {
    rep(&json!({"temp": temp(value), "symptoms": symptoms}))
}

pub fn fever(more: Value) -> Value {
    rep(&json!({"temp": with(&temp(38.2), &more)}))
}

fn at(hours: f64, value: Value) -> Value {
    with(&value, &json!({"hours_since_infusion": hours}))
}

fn flag(flag: &str) -> Value {
    rep(&json!({"flags": {flag: true}}))
}

fn vitals(values: Value) -> Value {
    rep(&json!({"vitals": values}))
}

fn schedule(values: Value) -> Value {
    json!({"history": {"product": "autologous"}, "hours_since_infusion": 36, "schedule": values})
}

fn site(more: Value) -> Value {
    let base = json!({"redness_cm": 1, "swelling_cm": 0, "tender": true});
    symptom(&with(&base, &more))
}

/// Rule, an input on which it fires, one on which it does not.
#[expect(clippy::too_many_lines, reason = "one row a rule")]
pub fn rows() -> Vec<(&'static str, Value, Value)> {
    let hives = json!({"bsa_pct": 1, "treatment": "none"});
    let gen1 = json!({"sev": 1, "adl": 0});
    let gen2 = json!({"sev": 2, "adl": 0});
    let gen3 = json!({"sev": 3, "adl": 0});
    let allo = |hours: f64, report: Value| json!({"history": {"product": "allogeneic"}, "hours_since_infusion": hours, "report": report});
    let rash = json!({"symptoms": {"RASH": symptom(&json!({"bsa_pct": 1, "sev": 1, "adl": 0}))}});
    let risk = json!({"history": {"infection_risk": true}});
    let worse = |hours: f64, before: u8| {
        let previous = json!({"previous_report":
            {"hours_before": hours, "grades": {"HEADACHE": before}}});
        with(&sym("HEADACHE", json!({"sev": 2, "adl": 0})), &previous)
    };
    let hidden = |more: Value| {
        let base = json!({"temp": {"value": 37.5, "unit": "C", "site": "oral", "onset_h": 25,
            "duration_h": 1, "antipyretic_6h": true}, "feels_feverish": true});
        rep(&with(&base, &more))
    };
    vec![
        ("E01", rep(&json!({"flags": {"flushing": true, "wheeze": true}})), flag("flushing")),
        (
            "E01",
            rep(&json!({"symptoms": {"URTICARIA": symptom(&hives), "VOMITING":
            symptom(&json!({"episodes_24h": 2}))}})),
            rep(&json!({"symptoms": {"URTICARIA": symptom(&hives), "VOMITING":
            symptom(&json!({"episodes_24h": 1}))}})),
        ),
        (
            "E01",
            rep(&json!({"symptoms": {"PRURITUS": symptom(&json!({"widespread": true, "adl": 0})),
            "ABDO_PAIN": symptom(&gen3)}})),
            rep(&json!({"symptoms": {"PRURITUS": symptom(&json!({"adl": 0})),
            "ABDO_PAIN": symptom(&gen3)}})),
        ),
        (
            "E01",
            rep(&json!({"symptoms": {"FACE_SWELLING": symptom(&gen1)}, "vitals": {"sbp": 90}})),
            rep(&json!({"symptoms": {"FACE_SWELLING": symptom(&gen1)}, "vitals": {"sbp": 91}})),
        ),
        ("E02", flag("throat_tight"), flag("wheeze")),
        (
            "E02",
            sym("FACE_SWELLING", json!({"sev": 1, "adl": 0, "lips_tongue_throat": true})),
            sym("FACE_SWELLING", gen3.clone()),
        ),
        ("E03", vitals(json!({"spo2": 91})), vitals(json!({"spo2": 92}))),
        ("E03", vitals(json!({"rr": 25})), vitals(json!({"rr": 24}))),
        ("E03", vitals(json!({"rr": 8})), vitals(json!({"rr": 9}))),
        (
            "E03",
            sym("DYSPNOEA", json!({"when": "rest", "adl": 0})),
            sym("DYSPNOEA", json!({"when": "minimal", "adl": 2})),
        ),
        ("E04", sym("CHEST_PAIN", gen1.clone()), sym("ABDO_PAIN", gen1.clone())),
        ("E05", sym("SEIZURE", json!({"minutes": 0, "count": 1})), sym("TREMOR", gen3.clone())),
        ("E05", sym("CONFUSION", gen2.clone()), sym("CONFUSION", gen1.clone())),
        ("E05", sym("SPEECH", json!({"level": 2})), sym("SPEECH", json!({"level": 1}))),
        (
            "E05",
            sym("HEADACHE", json!({"sev": 1, "adl": 0, "thunderclap": true})),
            sym("HEADACHE", gen3.clone()),
        ),
        (
            "E05",
            fever_and(
                38.0,
                json!({"HEADACHE": symptom(&json!({"sev": 1, "adl": 0, "neck_stiff": true}))}),
            ),
            fever_and(
                37.9,
                json!({"HEADACHE": symptom(&json!({"sev": 1, "adl": 0, "neck_stiff": true}))}),
            ),
        ),
        ("E06", sym("SYNCOPE", json!({"loc": true})), sym("SYNCOPE", json!({"near": true}))),
        ("E07", vitals(json!({"sbp": 79})), vitals(json!({"sbp": 80}))),
        ("E07", vitals(json!({"hr": 131})), vitals(json!({"hr": 130}))),
        ("E07", vitals(json!({"hr": 40})), vitals(json!({"hr": 41}))),
        (
            "E07",
            rep(&json!({"vitals": {"sbp": 90}, "temp": temp(38.0)})),
            rep(&json!({"vitals": {"sbp": 91}, "temp": temp(38.0)})),
        ),
        (
            "E07",
            sym("VOMITING", json!({"episodes_24h": 1, "blood": true})),
            sym("DIARRHOEA", json!({"extra_stools_24h": 1, "blood": true, "adl": 0})),
        ),
        (
            "E08",
            at(336.0, rep(&json!({"vitals": {"spo2": 93}, "temp": temp(38.0)}))),
            at(336.1, rep(&json!({"vitals": {"spo2": 93}, "temp": temp(38.0)}))),
        ),
        ("E09", fever(json!({"value": 40.1, "hours_over_40": 1})), fever(json!({"value": 40.0}))),
        ("E10", with(&rep(&json!({"temp": temp(38.0)})), &risk), rep(&json!({"temp": temp(38.0)}))),
        (
            "E10",
            with(&fever_and(37.5, json!({"CHILLS": symptom(&json!({"shaking": 1}))})), &risk),
            with(&fever_and(37.4, json!({"CHILLS": symptom(&json!({"shaking": 1}))})), &risk),
        ),
        (
            "E10",
            with(&fever_and(35.9, json!({"DIZZINESS": symptom(&gen1)})), &risk),
            with(&fever_and(36.0, json!({"DIZZINESS": symptom(&gen1)})), &risk),
        ),
        (
            "E10",
            with(
                &fever_and(
                    37.5,
                    json!({"FATIGUE":
            symptom(&json!({"relieved_by_rest": true, "adl": 3}))}),
                ),
                &risk,
            ),
            with(
                &fever_and(
                    37.5,
                    json!({"FATIGUE":
            symptom(&json!({"relieved_by_rest": true, "adl": 2}))}),
                ),
                &risk,
            ),
        ),
        (
            "E10",
            with(
                &rep(&json!({"feels_feverish": true,
            "feverish": {"onset_h": 1, "duration_h": 1}})),
                &risk,
            ),
            with(&rep(&json!({"feels_feverish": false})), &risk),
        ),
        ("E11", rep(&json!({"free_text": "chest pain"})), rep(&json!({"free_text": "chest ok"}))),
        (
            "U01",
            fever_and(38.0, json!({"CHILLS": symptom(&json!({"shaking": 2}))})),
            fever_and(38.0, json!({"CHILLS": symptom(&json!({"shaking": 1}))})),
        ),
        (
            "U01",
            fever_and(
                38.0,
                json!({"INFECTION":
            symptom(&json!({"sev": 1, "adl": 0, "antibiotics": "none"}))}),
            ),
            fever_and(
                37.9,
                json!({"INFECTION":
            symptom(&json!({"sev": 1, "adl": 0, "antibiotics": "none"}))}),
            ),
        ),
        ("U02", fever(json!({"value": 39.1})), fever(json!({"value": 39.0}))),
        ("U03", fever(json!({"duration_h": 48.01})), fever(json!({"duration_h": 48}))),
        ("U04", fever(json!({"onset_h": 24.01})), fever(json!({"onset_h": 24}))),
        ("U04", fever(json!({"onset_h": 720})), fever(json!({"onset_h": 720.5}))),
        ("U04", fever(json!({"onset_h": -0.1})), fever(json!({"onset_h": 0}))),
        (
            "U05",
            rep(&json!({"symptoms": {"SITE_REACTION": site(json!({"pus": true}))}})),
            rep(&json!({"symptoms": {"SITE_REACTION": site(json!({"vein_cord": true}))}})),
        ),
        (
            "U05",
            rep(&json!({"symptoms": {"SITE_REACTION":
            site(json!({"redness_cm": 5.0, "spreading": true}))}})),
            rep(&json!({"symptoms": {"SITE_REACTION":
            site(json!({"redness_cm": 4.9, "spreading": true}))}})),
        ),
        (
            "U05",
            at(48.1, fever_and(38.0, json!({"SITE_REACTION": site(json!({}))}))),
            at(48.0, fever_and(38.0, json!({"SITE_REACTION": site(json!({}))}))),
        ),
        ("U06", sym("URTICARIA", hives), sym("PRURITUS", json!({"adl": 0}))),
        (
            "U06",
            sym("RASH", json!({"bsa_pct": 1, "sev": 1, "adl": 0, "blister_or_mucosal": true})),
            sym("RASH", json!({"bsa_pct": 1, "sev": 1, "adl": 0})),
        ),
        ("U07", vitals(json!({"spo2": 93})), vitals(json!({"spo2": 94}))),
        (
            "U07",
            sym("DYSPNOEA", json!({"when": "minimal", "adl": 0})),
            sym("DYSPNOEA", json!({"when": "rest", "adl": 0})),
        ),
        ("U08", vitals(json!({"sbp": 90})), vitals(json!({"sbp": 79}))),
        ("U08", vitals(json!({"hr": 111})), vitals(json!({"hr": 110}))),
        ("U08", vitals(json!({"hr": 130})), vitals(json!({"hr": 131}))),
        ("U08", vitals(json!({"rr": 21})), vitals(json!({"rr": 20}))),
        ("U08", vitals(json!({"sbp": 220})), vitals(json!({"sbp": 219}))),
        ("U08", rep(&json!({"temp": temp(35.0)})), rep(&json!({"temp": temp(35.1)}))),
        ("U08", sym("PALPITATIONS", json!({"needed_help": true})), sym("PALPITATIONS", json!({}))),
        (
            "U08",
            sym("SYNCOPE", json!({"near": true})),
            sym("SYNCOPE", json!({"near": true, "loc": true})),
        ),
        ("U09", sym("CONFUSION", gen1.clone()), sym("CONFUSION", gen2.clone())),
        ("U09", sym("SPEECH", json!({"level": 1})), sym("SPEECH", json!({"level": 2}))),
        ("U09", sym("TREMOR", gen2.clone()), sym("TREMOR", gen1.clone())),
        (
            "U09",
            sym("HEADACHE", json!({"sev": 1, "adl": 0, "neck_stiff": true})),
            fever_and(
                38.0,
                json!({"HEADACHE": symptom(&json!({"sev": 1, "adl": 0, "neck_stiff": true}))}),
            ),
        ),
        (
            "U10",
            sym("NAUSEA", json!({"intake": "inadequate"})),
            sym("NAUSEA", json!({"intake": "reduced"})),
        ),
        (
            "U10",
            sym("DIARRHOEA", json!({"extra_stools_24h": 1, "blood": true, "adl": 0})),
            sym("DIARRHOEA", json!({"extra_stools_24h": 1, "adl": 0})),
        ),
        ("U10", flag("no_urine_12h"), sym("CHEST_PAIN", gen3.clone())),
        (
            "U11",
            rep(&json!({"symptoms": {"MYALGIA": symptom(&gen2), "COUGH": symptom(&gen2)}})),
            rep(&json!({"symptoms": {"MYALGIA": symptom(&gen2), "HEADACHE": symptom(&gen2)}})),
        ),
        (
            "U11",
            rep(&json!({"symptoms": {"MYALGIA": symptom(&gen2), "COUGH": symptom(&gen2)}})),
            rep(&json!({"symptoms": {"COUGH": symptom(&gen2)}, "vitals": {"spo2": 90, "sbp": 82}})),
        ),
        ("U12", flag("hospitalised"), flag("call_me")),
        ("U12", flag("ed_visit"), flag("pregnancy")),
        ("U12", flag("death"), flag("jaundice")),
        (
            "U13",
            sym("LIMB_SWELLING", json!({"sev": 1, "adl": 0, "unilateral": true})),
            sym("LIMB_SWELLING", gen1.clone()),
        ),
        ("U14", flag("jaundice"), flag("flushing")),
        ("U14", allo(168.0, rash.clone()), allo(167.9, rash.clone())),
        ("U14", allo(2400.0, rash.clone()), allo(2400.1, rash.clone())),
        ("U14", allo(200.0, rash.clone()), at(200.0, rep(&rash))),
        (
            "U15",
            with(&at(72.0, rep(&rash)), &json!({"history": {"prior_severe": ["RASH"]}})),
            with(&at(72.1, rep(&rash)), &json!({"history": {"prior_severe": ["RASH"]}})),
        ),
        (
            "U15",
            with(
                &rep(&json!({"temp": temp(38.0)})),
                &json!({"history": {"prior_severe": ["FEVER"]}}),
            ),
            with(
                &rep(&json!({"temp": temp(38.0)})),
                &json!({"history": {"prior_severe": ["RASH"]}}),
            ),
        ),
        (
            "U16",
            rep(&json!({"free_text": "a bit wheezy"})),
            rep(&json!({"free_text": "no wheeze"})),
        ),
        (
            "S01",
            rep(&json!({"symptoms": {"SITE_REACTION": site(json!({"swelling_cm": 5.0}))}})),
            rep(&json!({"symptoms": {"SITE_REACTION": site(json!({"swelling_cm": 4.9}))}})),
        ),
        (
            "S01",
            rep(&json!({"symptoms": {"SITE_REACTION": site(json!({"spreading": true}))}})),
            rep(&json!({"symptoms": {"SITE_REACTION": site(json!({}))}})),
        ),
        ("S02", worse(168.0, 1), worse(168.1, 1)),
        ("S02", worse(1.0, 1), worse(1.0, 0)),
        ("S02", worse(1.0, 1), worse(1.0, 2)),
        (
            "S03",
            rep(&json!({"symptoms": {"MYALGIA": symptom(&gen2), "HEADACHE": symptom(&gen2)}})),
            rep(&json!({"symptoms": {"MYALGIA": symptom(&gen2), "HEADACHE":
            symptom(&json!({"sev": 2, "adl": 0, "duration_h": 48.5}))}})),
        ),
        (
            "S04",
            sym("MYALGIA", json!({"sev": 2, "adl": 0, "onset_h": 48.5})),
            sym("MYALGIA", json!({"sev": 2, "adl": 0, "onset_h": 48})),
        ),
        ("S04", sym("NAUSEA", json!({"intake": "reduced"})), fever(json!({"value": 39.5}))),
        ("S05", sym("COUGH", gen2.clone()), sym("COUGH", gen1.clone())),
        (
            "S05",
            sym("LIMB_SWELLING", gen2.clone()),
            sym("LIMB_SWELLING", json!({"sev": 2, "adl": 0, "unilateral": true})),
        ),
        (
            "S06",
            sym("INFECTION", json!({"sev": 1, "adl": 0, "antibiotics": "none"})),
            fever_and(
                38.0,
                json!({"INFECTION":
            symptom(&json!({"sev": 1, "adl": 0, "antibiotics": "none"}))}),
            ),
        ),
        ("S07", hidden(json!({})), hidden(json!({"temp": {"onset_h": 24}}))),
        ("S07", hidden(json!({})), hidden(json!({"temp": {"value": 37.4}}))),
        (
            "S07",
            hidden(json!({"temp": {"onset_h": 1, "duration_h": 48.5}})),
            hidden(json!({"temp": {"antipyretic_6h": false}})),
        ),
        (
            "S07",
            hidden(json!({"feels_feverish": false,
            "symptoms": {"CHILLS": symptom(&json!({"shaking": 1}))}})),
            hidden(json!({"feels_feverish": false})),
        ),
        ("S08", schedule(json!({"d1_overdue": true})), schedule(json!({"later_missed": true}))),
        (
            "S08",
            schedule(json!({"consecutive_missed": 2})),
            schedule(json!({"consecutive_missed": 1})),
        ),
        ("S09", flag("call_me"), flag("pregnancy")),
        (
            "R01",
            sym("NAUSEA", json!({"intake": "normal", "onset_h": 24.5})),
            sym("NAUSEA", json!({"intake": "normal", "onset_h": 24})),
        ),
        ("R01", fever(json!({"onset_h": 720.5})), fever(json!({"onset_h": 720}))),
        ("R02", sym("PALPITATIONS", json!({})), sym("PALPITATIONS", json!({"needed_help": true}))),
        (
            "R02",
            sym("LIMB_SWELLING", gen1.clone()),
            sym("LIMB_SWELLING", json!({"sev": 1, "adl": 0, "unilateral": true})),
        ),
        (
            "R03",
            schedule(json!({"later_missed": true})),
            schedule(json!({"later_missed": true, "consecutive_missed": 2})),
        ),
        ("R04", flag("pregnancy"), flag("call_me")),
    ]
}

//! What one infusion does to one invented patient, by the rates of REFERENCE §9.2.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp, LogNormal};
use serde_json::{Map, Value, json};

use crate::domain::ProductKind;

/// One symptom after one infusion.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    /// The code of REFERENCE §1.1.
    pub code: &'static str,
    /// Hours after the infusion.
    pub onset_h: f64,
    /// Hours.
    pub duration_h: f64,
    /// How bad, 1 to 3, as the answers will say it.
    pub grade: u8,
    /// Fever only: degrees C by mouth, in tenths.
    pub temperature_tenths: Option<i64>,
    /// Site reaction only: redness in tenths of a centimetre.
    pub redness_tenths: i64,
}

/// What raises or lowers the odds for one infusion.
#[derive(Debug, Clone, Copy)]
pub struct Odds {
    /// The product.
    pub kind: ProductKind,
    /// The patient's own effect on the logit (normal, SD 0.8).
    pub patient: f64,
    /// The first infusion of a patient: odds x 1.5.
    pub is_first: bool,
    /// The contaminated lot: odds of fever x 8.
    pub bad_lot: bool,
}

/// Probability per infusion: code, autologous, allogeneic.
const RATES: &[(&str, f64, f64)] = &[
    ("FATIGUE", 0.10, 0.15),
    ("HEADACHE", 0.06, 0.15),
    ("MYALGIA", 0.03, 0.05),
    ("SITE_REACTION", 0.06, 0.06),
    ("NAUSEA", 0.02, 0.06),
    ("DIZZINESS", 0.015, 0.02),
    ("INSOMNIA", 0.02, 0.03),
    ("PRURITUS", 0.006, 0.01),
    ("RASH", 0.006, 0.02),
    ("URTICARIA", 0.003, 0.005),
    ("DIARRHOEA", 0.005, 0.01),
    ("DYSPNOEA", 0.002, 0.02),
    ("PALPITATIONS", 0.003, 0.008),
];
const FEVER: (f64, f64) = (0.08, 0.22);
const CHILLS: (f64, f64) = (0.05, 0.25);

/// Draws what one infusion does.
pub fn draw(rng: &mut ChaCha8Rng, odds: Odds) -> Vec<Reaction> {
    let of = |(own, donor): (f64, f64)| match odds.kind {
        ProductKind::Autologous => own,
        ProductKind::Allogeneic => donor,
    };
    let chance = |rate: f64, factor: f64| {
        let first = if odds.is_first { 1.5_f64.ln() } else { 0.0 };
        let logit = (rate / (1.0 - rate)).ln() + odds.patient + first + factor.ln();
        1.0 / (1.0 + (-logit).exp())
    };
    let mut reactions = Vec::new();
    let fever = rng.random_bool(chance(of(FEVER), if odds.bad_lot { 8.0 } else { 1.0 }));
    if fever {
        let tenths = match rng.random::<f64>() {
            share if share < 0.86 => rng.random_range(380..=390),
            share if share < 0.985 => rng.random_range(391..=400),
            _ => 403,
        };
        let mut reaction = one(rng, "FEVER");
        reaction.temperature_tenths = Some(tenths);
        reactions.push(reaction);
    }
    let chills = (of(CHILLS) * if fever { 3.0 } else { 0.8 }).min(0.95);
    if rng.random_bool(chance(chills, 1.0)) {
        reactions.push(one(rng, "CHILLS"));
    }
    for (code, own, donor) in RATES {
        if rng.random_bool(chance(of((*own, *donor)), 1.0)) {
            reactions.push(one(rng, code));
        }
    }
    reactions
}

/// One reaction with its time and strength.
pub fn one(rng: &mut ChaCha8Rng, code: &'static str) -> Reaction {
    // Medians and 95th percentiles of REFERENCE §9.2; sigma = ln(p95 / median) / 1.6449.
    let onset = lognormal(rng, 6.0, 24.0);
    let duration = lognormal(rng, 16.0, 44.0);
    let grade = match rng.random::<f64>() {
        share if share < 0.86 => 1,
        share if share < 0.985 => 2,
        _ => 3,
    };
    let redness: f64 = Exp::new(1.0 / 1.8).map_or(1.8, |exp| exp.sample(rng));
    #[expect(clippy::cast_possible_truncation, reason = "clamped to 140")]
    let redness_tenths = (redness.clamp(0.3, 14.0) * 10.0).round() as i64;
    Reaction {
        code,
        onset_h: onset,
        duration_h: duration,
        grade,
        temperature_tenths: None,
        redness_tenths,
    }
}

fn lognormal(rng: &mut ChaCha8Rng, median: f64, p95: f64) -> f64 {
    let sigma = (p95 / median).ln() / 1.6449;
    let value = LogNormal::new(median.ln(), sigma).map_or(median, |d| d.sample(rng));
    (value * 10.0).round().max(1.0) / 10.0
}

/// The `report` object for what happened up to `h` hours after the infusion and was not
/// over before `since_h`; `None` when there is nothing to tell but "well".
#[must_use]
pub fn report(reactions: &[Reaction], since_h: f64, h: f64, thermometer: &str) -> Value {
    let told: Vec<&Reaction> = reactions
        .iter()
        .filter(|reaction| {
            reaction.onset_h <= h && reaction.onset_h + reaction.duration_h > since_h
        })
        .collect();
    let mut report = Map::new();
    let mut symptoms = Map::new();
    for reaction in &told {
        let times = times(reaction, h);
        match reaction.temperature_tenths {
            Some(tenths) => {
                report.insert("temp".to_owned(), temperature(tenths, thermometer, times));
            }
            None => {
                symptoms.insert(reaction.code.to_owned(), answers(reaction, times));
            }
        }
    }
    if !symptoms.is_empty() {
        report.insert("symptoms".to_owned(), Value::Object(symptoms));
    }
    Value::Object(report)
}

fn times(reaction: &Reaction, h: f64) -> Map<String, Value> {
    let round = |hours: f64| (hours * 10.0).round() / 10.0;
    let end = reaction.onset_h + reaction.duration_h;
    let mut times = Map::new();
    times.insert("onset_h".to_owned(), json!(reaction.onset_h));
    if end <= h {
        times.insert("duration_h".to_owned(), json!(reaction.duration_h));
        times.insert("resolved_h_ago".to_owned(), json!(round(h - end)));
    } else {
        times.insert("duration_h".to_owned(), json!(round(h - reaction.onset_h)));
    }
    times
}

/// The reading as an armpit thermometer would have shown it where the clinic uses one.
fn temperature(tenths: i64, thermometer: &str, times: Map<String, Value>) -> Value {
    let raw = if thermometer == "axillary" { tenths - 5 } else { tenths };
    #[expect(clippy::cast_precision_loss, reason = "three digits")]
    let value = raw as f64 / 10.0;
    let mut temp = times;
    temp.insert("value".to_owned(), json!(value));
    temp.insert("unit".to_owned(), json!("C"));
    temp.insert("site".to_owned(), json!(thermometer));
    temp.insert("antipyretic_6h".to_owned(), json!(false));
    if tenths > 400 {
        temp.insert("hours_over_40".to_owned(), json!(2));
    }
    Value::Object(temp)
}

fn answers(reaction: &Reaction, mut answers: Map<String, Value>) -> Value {
    let grade = reaction.grade;
    let mut say = |field: &str, value: Value| {
        answers.insert(field.to_owned(), value);
    };
    match reaction.code {
        "CHILLS" => say("shaking", json!(grade)),
        "FATIGUE" => {
            say("relieved_by_rest", json!(grade == 1));
            say("adl", json!(grade));
        }
        "SITE_REACTION" => {
            #[expect(clippy::cast_precision_loss, reason = "three digits")]
            say("redness_cm", json!(reaction.redness_tenths as f64 / 10.0));
            say("swelling_cm", json!(0));
            say("tender", json!(true));
        }
        "NAUSEA" => {
            say("intake", json!(["normal", "reduced", "inadequate"][usize::from(grade - 1)]));
        }
        "INSOMNIA" => say("sev", json!(grade)),
        "PRURITUS" => {
            say("widespread", json!(grade >= 2));
            say("constant", json!(grade >= 3));
            say("adl", json!(1));
        }
        "RASH" => {
            say("bsa_pct", json!([3, 15, 40][usize::from(grade - 1)]));
            say("sev", json!(grade));
            say("adl", json!(1));
        }
        "URTICARIA" => {
            say("bsa_pct", json!([4, 15, 35][usize::from(grade - 1)]));
            say("treatment", json!("none"));
        }
        "DIARRHOEA" => {
            say("extra_stools_24h", json!([2, 5, 8][usize::from(grade - 1)]));
            say("adl", json!(1));
        }
        "DYSPNOEA" => {
            say("when", json!(["moderate", "minimal", "rest"][usize::from(grade - 1)]));
            say("adl", json!(grade));
        }
        "PALPITATIONS" => say("needed_help", json!(grade >= 2)),
        // Headache, muscle aches, dizziness: how bad, and what it stops.
        _ => {
            say("sev", json!(grade));
            say("adl", json!(grade));
        }
    }
    Value::Object(answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn rates_are_those_that_were_asked_for() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let odds =
            Odds { kind: ProductKind::Autologous, patient: 0.0, is_first: false, bad_lot: false };
        let infusions = 20_000;
        let fevers = (0..infusions)
            .filter(|_| draw(&mut rng, odds).iter().any(|reaction| reaction.code == "FEVER"))
            .count();
        // 8 % of 20,000 is 1,600; four standard deviations are 153.
        assert!((1447..=1753).contains(&fevers), "{fevers}");
    }

    #[test]
    fn a_report_tells_only_of_what_has_begun_and_was_not_told_before() {
        let mut fever = one(&mut ChaCha8Rng::seed_from_u64(2), "FEVER");
        fever.onset_h = 5.0;
        fever.duration_h = 10.0;
        fever.temperature_tenths = Some(384);
        let reactions = [fever];
        assert_eq!(report(&reactions, 0.0, 4.0, "oral"), json!({}));
        let at_day_1 = report(&reactions, 4.0, 24.0, "axillary");
        assert_eq!(at_day_1["temp"]["value"], json!(37.9));
        assert_eq!(at_day_1["temp"]["resolved_h_ago"], json!(9.0));
        assert_eq!(report(&reactions, 24.0, 48.0, "oral"), json!({}));
    }
}

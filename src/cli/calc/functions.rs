//! The functions by name: which fields each takes and which it gives.

use serde_json::{Map, Value, json};

use super::request::Request;
use crate::domain::statistics::{
    self, CusumDesign, Estimate, FourFold, MOST, ProportionalRatio, StatisticsError,
};

type Fields = Map<String, Value>;
type Outcome = Result<Fields, StatisticsError>;
type Function = fn(&mut Request) -> Outcome;

/// Every function by the name that scripts use.
pub const FUNCTIONS: [(&str, Function); 16] = [
    ("clopper_pearson", |r| proportion(r, statistics::clopper_pearson)),
    ("wilson", |r| proportion(r, statistics::wilson)),
    ("poisson_exact", poisson_exact),
    ("poisson_tail", poisson_tail),
    ("binomial_tail", binomial_tail),
    ("fisher_greater", fisher_greater),
    ("maxsprt_llr", maxsprt_llr),
    ("maxsprt_cv", maxsprt_cv),
    ("cusum", cusum),
    ("quantiles", quantiles),
    ("holm", |r| adjusted(r, statistics::holm)),
    ("benjamini_hochberg", |r| adjusted(r, statistics::benjamini_hochberg)),
    ("prr", |r| ratio(r, statistics::prr)),
    ("ror", |r| ratio(r, statistics::ror)),
    ("ic", ic),
    ("kaplan_meier", kaplan_meier),
];

/// The level of an interval where the line may leave it out.
const USUAL_LEVEL: f64 = 0.95;

/// The result of a line, or everything wrong with it.
pub fn compute(request: &mut Request) -> Result<Fields, Vec<String>> {
    let Some(name) = request.function() else {
        // Without a function nobody can say which of the other fields are right.
        return Err(std::mem::take(request).problems_so_far());
    };
    let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        request.wrong(format!("fn {name:?} is not one of {}", known.join(", ")));
        return Err(std::mem::take(request).problems_so_far());
    };
    let outcome = function(request);
    let mut problems = std::mem::take(request).problems();
    match outcome {
        Ok(fields) if problems.is_empty() => return Ok(fields),
        Ok(_) => {}
        Err(error) => problems.extend(error.problems().iter().map(ToString::to_string)),
    }
    Err(problems)
}

fn fields<const N: usize>(named: [(&str, Value); N]) -> Fields {
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn estimate(estimate: Estimate) -> Fields {
    fields([
        ("value", json!(estimate.value)),
        ("lower", json!(estimate.lower)),
        ("upper", json!(estimate.upper)),
    ])
}

fn proportion(
    request: &mut Request,
    interval: fn(u64, u64, f64) -> Result<Estimate, StatisticsError>,
) -> Outcome {
    // A wrong n must not make a good k look too great.
    let (k, n) = (request.count("k", 0), request.count("n", MOST));
    let level = request.number("level", USUAL_LEVEL);
    interval(k, n, level).map(estimate)
}

fn poisson_exact(request: &mut Request) -> Outcome {
    let (k, level) = (request.count("k", 0), request.number("level", USUAL_LEVEL));
    statistics::poisson_exact(k, level).map(estimate)
}

fn poisson_tail(request: &mut Request) -> Outcome {
    let (k, expected) = (request.count("k", 0), request.number("e", 1.0));
    let tail = statistics::poisson_tail(k, expected)?;
    Ok(fields([("p", json!(tail.p)), ("mid_p", json!(tail.mid_p))]))
}

fn binomial_tail(request: &mut Request) -> Outcome {
    let (k, n) = (request.count("k", 0), request.count("n", MOST));
    let p0 = request.number("p0", 0.5);
    Ok(fields([("p", json!(statistics::binomial_tail(k, n, p0)?))]))
}

fn table(request: &mut Request) -> FourFold {
    FourFold {
        a: request.count("a", 1),
        b: request.count("b", 1),
        c: request.count("c", 1),
        d: request.count("d", 1),
    }
}

fn fisher_greater(request: &mut Request) -> Outcome {
    let table = table(request);
    Ok(fields([("p", json!(statistics::fisher_greater(table)?))]))
}

fn maxsprt_llr(request: &mut Request) -> Outcome {
    let (k, expected) = (request.count("k", 0), request.number("e", 1.0));
    Ok(fields([("llr", json!(statistics::maxsprt_llr(k, expected)?))]))
}

fn maxsprt_cv(request: &mut Request) -> Outcome {
    let (t, m) = (request.number("t", 1.0), request.count("m", 1));
    let alpha = request.number("alpha", 0.05);
    Ok(fields([("cv", json!(statistics::maxsprt_cv(t, m, alpha)?))]))
}

fn cusum(request: &mut Request) -> Outcome {
    let design = CusumDesign {
        p0: request.number("p0", 0.5),
        odds_ratio: request.number("odds_ratio", 2.0),
        h: request.number("h", 1.0),
    };
    let outcomes = request.outcomes("outcomes").unwrap_or_else(|| vec![false]);
    let chart = statistics::cusum(design, &outcomes)?;
    Ok(fields([("values", json!(chart.values)), ("signal_at", json!(chart.signal_at))]))
}

fn quantiles(request: &mut Request) -> Outcome {
    let values = request.numbers("values").unwrap_or_else(|| vec![0.0]);
    let probs = request.numbers("probs").unwrap_or_else(|| vec![0.5]);
    Ok(fields([("values", json!(statistics::quantiles(&values, &probs)?))]))
}

fn adjusted(
    request: &mut Request,
    adjust: fn(&[f64]) -> Result<Vec<f64>, StatisticsError>,
) -> Outcome {
    let p = request.numbers("p").unwrap_or_else(|| vec![1.0]);
    Ok(fields([("values", json!(adjust(&p)?))]))
}

fn ratio(
    request: &mut Request,
    ratio: fn(FourFold, f64) -> Result<ProportionalRatio, StatisticsError>,
) -> Outcome {
    let table = table(request);
    let answer = ratio(table, request.number_or("level", USUAL_LEVEL))?;
    let mut result = estimate(answer.ratio);
    result.extend(fields([("chi2", json!(answer.chi2)), ("chi2_yates", json!(answer.chi2_yates))]));
    Ok(result)
}

fn ic(request: &mut Request) -> Outcome {
    let answer = if request.has("o") || request.has("e") {
        let (observed, expected) = (request.count("o", 0), request.number("e", 1.0));
        let level = request.number_or("level", USUAL_LEVEL);
        statistics::ic_observed_expected(observed, expected, level)?
    } else {
        let table = table(request);
        statistics::ic(table, request.number_or("level", USUAL_LEVEL))?
    };
    let mut result = estimate(answer.ic);
    result.extend(fields([("expected", json!(answer.expected))]));
    Ok(result)
}

fn kaplan_meier(request: &mut Request) -> Outcome {
    // If one list is wrong, its length is too: the other one is checked with a list to match.
    let (times, events) = match (request.numbers("times"), request.outcomes("events")) {
        (Some(times), Some(events)) => (times, events),
        (Some(times), None) => {
            let events = vec![false; times.len()];
            (times, events)
        }
        (None, Some(events)) => (vec![0.0; events.len().max(1)], vec![false; events.len().max(1)]),
        (None, None) => (vec![0.0], vec![false]),
    };
    let curve = statistics::kaplan_meier(&times, &events)?;
    Ok(fields([
        ("values", json!(curve.survival)),
        ("times", json!(curve.times)),
        ("at_risk", json!(curve.at_risk)),
        ("events", json!(curve.events)),
    ]))
}

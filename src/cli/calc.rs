//! `afterwatch calc`: every statistic that the summary prints, for anybody who wants to check it
//! with other software. JSON Lines in, JSON Lines out; no database, no settings.

mod functions;
mod request;

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Map, Value};

use self::request::Request;

/// Where the lines come from.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Calc {
    /// File of JSON Lines; `-` or nothing reads standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// What `--help` adds: the contract that scripts rely on.
const HELP: &str = r#"Each line asks for one number and gets one line back:

  {"id": 1, "fn": "clopper_pearson", "k": 4, "n": 24, "level": 0.95}
  {"id":1,"result":{"lower":0.04735…,"upper":0.37384…,"value":0.16666…}}

  fn                  takes                         gives
  clopper_pearson     k, n, level                   value, lower, upper (fractions)
  wilson              k, n, level                   value, lower, upper (fractions)
  poisson_exact       k, level                      value, lower, upper (events)
  poisson_tail        k, e                          p = P(X >= k), mid_p
  binomial_tail       k, n, p0                      p = P(X >= k)
  fisher_greater      a, b, c, d                    p (one-sided, greater)
  maxsprt_llr         k, e                          llr
  maxsprt_cv          t, m, alpha                   cv
  cusum               p0, odds_ratio, h, outcomes   values, signal_at (from 1; null: none)
  quantiles           values, probs                 values (type 7)
  holm                p                             values (adjusted, in the order given)
  benjamini_hochberg  p                             values (adjusted, in the order given)
  prr                 a, b, c, d [, level]          value, lower, upper, chi2, chi2_yates
  ror                 a, b, c, d [, level]          value, lower, upper, chi2, chi2_yates
  ic                  a, b, c, d [, level]          value, lower, upper, expected
                      or o, e [, level]             (observed and expected count)
  kaplan_meier        times, events                 values (survival at each distinct event
                                                    time), times, at_risk, events

a, b: this product with and without the reaction; c, d: the others. level is 0.95 where it may
be left out. outcomes and events are lists of 0 and 1 (or false and true).

A line that cannot be answered gets {"id", "error"} naming everything wrong with it; the others
are still answered, and the exit code is 1. It is 2 when the file cannot be read.

Example:
  echo '{"id":"fever","fn":"binomial_tail","k":4,"n":12,"p0":0.1}' | afterwatch calc"#;

/// Answers every line; see [`HELP`] for what comes back and the exit codes.
#[must_use]
pub fn run(calc: &Calc) -> ExitCode {
    let file = calc.file.as_deref().filter(|file| *file != Path::new("-"));
    let (name, input): (String, Box<dyn BufRead>) = match file {
        None => ("standard input".to_owned(), Box::new(io::stdin().lock())),
        Some(file) => match File::open(file) {
            Ok(opened) => (file.display().to_string(), Box::new(BufReader::new(opened))),
            Err(error) => {
                eprintln!("afterwatch calc: cannot open {}: {error}", file.display());
                return ExitCode::from(2);
            }
        },
    };
    match answer_all(input, BufWriter::new(io::stdout().lock())) {
        Ok(wrong) => ExitCode::from(u8::from(wrong > 0)),
        Err(Failure::Read(error)) => {
            eprintln!("afterwatch calc: cannot read {name}: {error}");
            ExitCode::from(2)
        }
        Err(Failure::Write(error)) => {
            eprintln!("afterwatch calc: cannot write the answers: {error}");
            ExitCode::from(2)
        }
    }
}

/// Why the command stopped early.
#[derive(Debug)]
enum Failure {
    Read(io::Error),
    Write(io::Error),
}

/// One line of output.
#[derive(Debug, Serialize)]
struct Answer {
    id: Value,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Result(Map<String, Value>),
    Error(String),
}

/// Answers line by line, so that a pipe gets its answers at once; returns how many lines were
/// wrong. Empty lines are passed over.
fn answer_all(mut input: impl BufRead, mut output: impl Write) -> Result<usize, Failure> {
    let mut wrong = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(Failure::Read)? == 0 {
            return Ok(wrong);
        }
        let text = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        let answer = answer(text);
        wrong += usize::from(matches!(answer.outcome, Outcome::Error(_)));
        serde_json::to_writer(&mut output, &answer)
            .map_err(io::Error::from)
            .and_then(|()| output.write_all(b"\n"))
            .and_then(|()| output.flush())
            .map_err(Failure::Write)?;
    }
}

fn answer(line: &[u8]) -> Answer {
    let mut request = match serde_json::from_slice::<Request>(line) {
        Ok(request) => request,
        Err(error) => {
            let error = format!("the line is not one JSON object: {error}");
            return Answer { id: Value::Null, outcome: Outcome::Error(error) };
        }
    };
    let id = request.id();
    let outcome = match functions::compute(&mut request) {
        Ok(result) => Outcome::Result(result),
        Err(problems) => Outcome::Error(problems.join("; ")),
    };
    Answer { id, outcome }
}

#[cfg(test)]
mod tests;

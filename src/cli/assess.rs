//! `afterwatch assess`: grades and rules on JSON Lines, for anybody who wants to check them with
//! other software, and for trying a rule set. No database, no settings.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{rules, unique_keys};
use crate::domain::escalation::{AdviceContext, Assessment, Fact, Fired, RuleSet, advice, assess};
use crate::domain::grading::CtcaeVersion;
use crate::domain::input::Input;
use crate::domain::{Codelist, Language, ProductKind};
use crate::i18n::problems;

const HELP: &str = r#"Each line is an object with `id` and `input`; anything else in it is ignored. One line comes back:

  {"id":…,"temp_adj_c":…,"grades":{…},"rules":[…],"historic_rules":[…],"urgency":…,
   "because":[…],"advice":{"en":…,"zh-CN":…}}

  temp_adj_c      adjusted temperature in °C as a text with one decimal, or null
  grades          patient-derived grades above 0, by symptom code
  rules           every rule that fired, in the order of the set
  historic_rules  those that count one level lower because it is over for 24 h
  urgency         NONE, ROUTINE, SOON, URGENT or EMERGENCY
  because         for each rule that fired the facts that made it true
  advice          what the patient reads; blanks such as {DATE} are left as they are

An input that must be refused gives {"id","error"} naming every wrong field and why; the others are
still answered, and the exit code is 1. It is 2 when a file cannot be read or the rules have mistakes.

Without --rules the built-in set of the input's product is used.

Example:
  echo '{"id":1,"input":{"history":{"product":"autologous"},"hours_since_infusion":15,
  "report":{"temp":{"value":102.3,"unit":"F","site":"oral","onset_h":5,"duration_h":10}}}}' |
  tr -d '\n' | afterwatch assess"#;

/// Where the lines and the rules come from.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Assess {
    /// File of JSON Lines; `-` or nothing reads standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Rule set to use instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// CTCAE version to grade by
    #[arg(long, value_name = "VERSION", default_value = "5.0", value_parser = ["5.0", "6.0"])]
    ctcae: String,
}

/// The rules for both products; one set when it was given.
struct Sets {
    autologous: RuleSet,
    allogeneic: RuleSet,
}

impl Sets {
    fn load(file: Option<&Path>) -> Result<Self, String> {
        if let Some(file) = file {
            let name = file.display().to_string();
            let text = fs::read_to_string(file).map_err(|e| format!("cannot read {name}: {e}"))?;
            let set = RuleSet::load(&text).map_err(|m| rules::mistakes(&name, &m))?;
            return Ok(Self { autologous: set.clone(), allogeneic: set });
        }
        let load = |product, name: &str| {
            RuleSet::built_in(product).map_err(|mistakes| rules::mistakes(name, &mistakes))
        };
        Ok(Self {
            autologous: load(ProductKind::Autologous, "nk-auto-1.toml")?,
            allogeneic: load(ProductKind::Allogeneic, "nk-allo-1.toml")?,
        })
    }

    const fn of(&self, product: ProductKind) -> &RuleSet {
        match product {
            ProductKind::Autologous => &self.autologous,
            ProductKind::Allogeneic => &self.allogeneic,
        }
    }
}

/// Answers every line; see [`HELP`] for what comes back and the exit codes.
#[must_use]
pub fn run(arguments: &Assess) -> ExitCode {
    match answer_all(arguments) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(why) => {
            eprintln!("afterwatch assess: {why}");
            ExitCode::from(2)
        }
    }
}

/// The number of lines that were refused.
fn answer_all(arguments: &Assess) -> Result<usize, String> {
    let sets = Sets::load(arguments.rules.as_deref())?;
    let version = CtcaeVersion::from_code(&arguments.ctcae).unwrap_or_default();
    let file = arguments.file.as_deref().filter(|file| *file != Path::new("-"));
    let (name, input): (String, Box<dyn BufRead>) = match file {
        None => ("standard input".to_owned(), Box::new(io::stdin().lock())),
        Some(file) => {
            let name = file.display().to_string();
            let opened = File::open(file).map_err(|e| format!("cannot open {name}: {e}"))?;
            (name, Box::new(BufReader::new(opened)))
        }
    };
    let mut output = BufWriter::new(io::stdout().lock());
    let mut refused = 0;
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line.map_err(|e| format!("cannot read {name}: {e}"))?;
        let is_first = index == 0;
        let line = line.strip_prefix(b"\xef\xbb\xbf").filter(|_| is_first).unwrap_or(&line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (answer, is_refused) =
            answer(line, &sets, version).map_err(|e| format!("cannot write an answer: {e}"))?;
        refused += usize::from(is_refused);
        match writeln!(output, "{answer}") {
            // The reader has what it wanted, as with `| head`.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(refused),
            written => written.map_err(|e| format!("cannot write the answers: {e}"))?,
        }
    }
    output.flush().map_err(|e| format!("cannot write the answers: {e}"))?;
    Ok(refused)
}

/// What comes back for an input that was accepted, in this order.
#[derive(Serialize)]
struct Answer<'a> {
    id: Value,
    temp_adj_c: Option<String>,
    grades: Map<String, Value>,
    rules: Vec<&'a str>,
    historic_rules: Vec<&'a str>,
    urgency: &'static str,
    because: Vec<Value>,
    advice: Map<String, Value>,
}

/// What comes back for any other line.
#[derive(Serialize)]
struct Refusal {
    id: Value,
    error: String,
}

/// The answer to one line as JSON, and whether it was refused.
fn answer(line: &[u8], sets: &Sets, version: CtcaeVersion) -> serde_json::Result<(String, bool)> {
    let refuse = |id, error| Ok((serde_json::to_string(&Refusal { id, error })?, true));
    let value: Value = match unique_keys::from_slice(line) {
        Ok(value) => value,
        Err(error) => return refuse(Value::Null, format!("not JSON: {error}")),
    };
    let id = value.get("id").cloned().unwrap_or(Value::Null);
    let Some(input) = value.get("input") else {
        return refuse(id, "input: required, but not given".to_owned());
    };
    match Input::from_json(input) {
        Ok(input) => {
            let set = sets.of(input.history.product);
            let assessment = assess(set, version, &input);
            Ok((serde_json::to_string(&report(&id, set, &assessment))?, false))
        }
        Err(wrong) => {
            let lines: Vec<String> =
                wrong.iter().map(|problem| problems::problem(problem, Language::En)).collect();
            refuse(id, lines.join("; "))
        }
    }
}

fn report<'a>(id: &Value, set: &RuleSet, assessment: &'a Assessment) -> Answer<'a> {
    let grades: Map<String, Value> = assessment
        .grades
        .iter()
        .map(|(code, found)| (code.code().to_owned(), json!(found.grade.number())))
        .collect();
    let ids = |historic_only: bool| -> Vec<&str> {
        let fired = assessment.fired.iter().filter(|fired| fired.is_historic || !historic_only);
        fired.map(|fired| fired.rule.as_str()).collect()
    };
    let advice: Map<String, Value> = Language::ALL
        .iter()
        .map(|language| {
            let text = advice(set, assessment, *language, &AdviceContext::BLANKS).join("\n");
            (language.code().to_owned(), json!(text))
        })
        .collect();
    let because: Vec<Value> = assessment.fired.iter().map(|fired| reasons(set, fired)).collect();
    Answer {
        id: id.clone(),
        temp_adj_c: assessment.temp_adj_c.map(|t| t.to_string()),
        grades,
        rules: ids(false),
        historic_rules: ids(true),
        urgency: assessment.level.code(),
        because,
        advice,
    }
}

fn reasons(set: &RuleSet, fired: &Fired) -> Value {
    let because: Vec<Value> = fired.because.iter().map(Fact::to_json).collect();
    json!({
        "rule": fired.rule,
        "version": set.identity().version,
        "level": fired.level.code(),
        "historic": fired.is_historic,
        "because": because,
    })
}

//! `afterwatch import`: take in a CSV file, whole or not at all.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::place::Place;
use super::{could_not, found_wrong};
use crate::clock::Clock;
use crate::domain::entry::SiteCode;
use crate::domain::registry::ActiveState;
use crate::domain::{Actor, Codelist, Language};
use crate::i18n::import::import as text;
use crate::import::{self, ImportError, Kind, Plan, Upload};
use crate::store::sites::{self, Site};
use crate::store::{self, Db};
use crate::web::import::shown::{columns, file_sentence, problems, warnings};

const HELP: &str = "\
Examples:
  afterwatch import patients patients.csv --site A --dry-run
  afterwatch import lots lots.csv --site A
  afterwatch import infusions infusions.csv --site A
  afterwatch import lots --example > lots.csv

Patients first, then lots, then infusions: each refers to the one before. The first line names
the columns; `--example` prints a file with all of them, `--columns` explains them.";

/// Take in patients, lots or infusions from a CSV file, whole or not at all
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// What the file holds: patients, lots or infusions
    kind: String,
    /// The file, CSV in UTF-8
    #[arg(required_unless_present_any = ["example", "columns"])]
    file: Option<PathBuf>,
    /// Say what would happen and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The code of the clinic; may be left out when there is only one
    #[arg(long, value_name = "CODE")]
    site: Option<String>,
    /// The language of what is said: en or zh-CN
    #[arg(long, default_value = "en", value_name = "LANGUAGE")]
    language: String,
    /// Print a file with one row to begin with
    #[arg(long)]
    example: bool,
    /// Explain the columns
    #[arg(long)]
    columns: bool,
}

enum Failure {
    Given(String),
    Run(String),
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Run(error.to_string())
    }
}

/// Carries the command out. 0: taken in (or nothing stands against it); 1: something is wrong
/// with the file and nothing was taken in; 2: could not run.
#[must_use]
pub fn run(arguments: &Import) -> ExitCode {
    match carry_out(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Given(what)) => found_wrong(&what),
        Err(Failure::Run(why)) => could_not(&why),
    }
}

fn carry_out(arguments: &Import) -> Result<(), Failure> {
    let given = |what: &str| Failure::Given(what.to_owned());
    let kind = Kind::from_code(&arguments.kind)
        .ok_or_else(|| given("say what the file holds: patients, lots or infusions"))?;
    let lang = Language::from_code(&arguments.language)
        .ok_or_else(|| given("the language is en or zh-CN"))?;
    if arguments.example {
        print!("{}", kind.example());
        return Ok(());
    }
    if arguments.columns {
        explain(lang, kind);
        return Ok(());
    }
    let file = arguments.file.as_ref().ok_or_else(|| given("say which file"))?;
    let bytes = fs::read(file)
        .map_err(|error| Failure::Run(format!("{} cannot be read: {error}", file.display())))?;
    let content = import::decode(&bytes)
        .map_err(|problem| Failure::Given(file_sentence(text(lang), &problem)))?;
    let (db, keys) = arguments.place.open().map_err(|error| Failure::Run(error.to_string()))?;
    let site = site_of(&db, arguments.site.as_deref())?;
    let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned());
    let upload = Upload { kind, site, text: content, file_name: file_name.unwrap_or_default() };
    let now = Clock::system().now();
    if arguments.dry_run {
        let plan = db.read_blocking(|conn| {
            import::plan(conn, now, &upload.site, upload.kind, &upload.text)
        })?;
        tell(lang, &plan);
        return if plan.is_good() { Ok(()) } else { Err(refused(lang, &plan)) };
    }
    let taken = upload.clone();
    let outcome = db.write_blocking(move |conn| {
        import::commit(conn, &keys, now, &Actor::Operator, &taken, None)
    });
    match outcome {
        Ok(done) => {
            println!("{}: {}", text(lang).done, text(lang).rows(done.rows));
            if done.courses > 0 {
                println!("{}", text(lang).courses(done.courses));
            }
            Ok(())
        }
        Err(ImportError::Refused(plan)) => {
            tell(lang, &plan);
            Err(refused(lang, &plan))
        }
        Err(ImportError::Store(error)) => Err(error.into()),
    }
}

/// Every bad and odd row on standard output, one a line.
fn tell(lang: Language, plan: &Plan) {
    let t = text(lang);
    for problem in &plan.file_problems {
        println!("{}", file_sentence(t, problem));
    }
    for row in problems(lang, plan, usize::MAX) {
        println!("{} {}, {}: {}", t.line, row.line, row.label, row.sentence);
    }
    for row in warnings(lang, plan, usize::MAX) {
        println!("{} {} ({}): {}", t.line, row.line, t.odd_rows, row.sentence);
    }
    if plan.is_good() {
        println!("{}. {}", t.rows(plan.rows), t.good);
        if plan.courses_begun() > 0 {
            println!("{}", t.courses(plan.courses_begun()));
        }
    }
}

fn refused(lang: Language, plan: &Plan) -> Failure {
    let mut lines: Vec<u64> = plan.problems.iter().map(|problem| problem.line).collect();
    lines.dedup();
    let t = text(lang);
    let found = match plan.problems.len() {
        0 => String::new(),
        problems => format!("{}. ", t.bad_rows(problems, lines.len())),
    };
    Failure::Given(format!("{found}{}", t.nothing_changed))
}

fn explain(lang: Language, kind: Kind) {
    let t = text(lang);
    for column in columns(lang, kind) {
        let needed = if column.is_required { t.needed } else { "" };
        let more = [needed, column.hint, &column.values];
        let more: Vec<&str> = more.into_iter().filter(|text| !text.is_empty()).collect();
        println!("{:<22} {}. {}", column.name, column.label, more.join(". "));
    }
}

fn site_of(db: &Db, code: Option<&str>) -> Result<Site, Failure> {
    let all = db.read_blocking(sites::all)?;
    let codes: Vec<String> = all.iter().map(|site| site.code.to_string()).collect();
    let mut active = all.into_iter().filter(|site| site.state == ActiveState::Active);
    match code {
        Some(text) => {
            let code = SiteCode::parse(text).ok();
            active.find(|site| Some(&site.code) == code.as_ref()).ok_or_else(|| {
                Failure::Given(format!(
                    "there is no active clinic with the code {text:?}; there are: {}",
                    codes.join(", ")
                ))
            })
        }
        None => match (active.next(), active.next()) {
            (Some(site), None) => Ok(site),
            (None, _) => Err(Failure::Run("there is no active clinic".to_owned())),
            (Some(_), Some(_)) => Err(Failure::Given(format!(
                "say which clinic with --site CODE; there are: {}",
                codes.join(", ")
            ))),
        },
    }
}

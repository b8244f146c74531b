//! `afterwatch rules`: shows and checks sets of escalation rules.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::domain::escalation::{Mistake, NK_ALLO_1, NK_AUTO_1, RuleSet};
use crate::domain::{Codelist, Language};
use crate::i18n::rule_mistakes;

const HELP: &str = "\
Examples:
  afterwatch rules show                      the built-in set for the patient's own cells
  afterwatch rules show --file > mine.toml   the file itself, to change and to check
  afterwatch rules check mine.toml";

/// What to do with rules.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Rules {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show a set: what names it, and every rule with its condition
    Show {
        /// `auto` or `allo` for the built-in sets, or a file
        #[arg(value_name = "SET", default_value = "auto")]
        set: PathBuf,
        /// Show the file as it is
        #[arg(long)]
        file: bool,
    },
    /// Check a set: names every mistake with line and column
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Shows or checks. 0: the set is sound; 1: it has mistakes; 2: it could not be read.
#[must_use]
pub fn run(arguments: &Rules) -> ExitCode {
    let (path, show, raw) = match &arguments.action {
        Action::Show { set, file } => (set, true, *file),
        Action::Check { file } => (file, false, false),
    };
    let built_in = match path.to_str() {
        Some("auto") if show => Some(NK_AUTO_1),
        Some("allo") if show => Some(NK_ALLO_1),
        _ => None,
    };
    let text = match built_in.map_or_else(|| fs::read_to_string(path), |text| Ok(text.to_owned())) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("afterwatch rules: cannot read {}: {error}", path.display());
            return ExitCode::from(2);
        }
    };
    if raw {
        print!("{text}");
        return ExitCode::SUCCESS;
    }
    match RuleSet::load(&text) {
        Ok(set) if show => print!("{}", overview(&set)),
        Ok(set) => println!(
            "{}: sound. {} version {}, {} rules, SHA-256 {}",
            path.display(),
            set.identity().id,
            set.identity().version,
            set.rules().len(),
            set.identity().sha256
        ),
        Err(found) => {
            eprintln!("{}", mistakes(&path.display().to_string(), &found));
            return ExitCode::from(1);
        }
    }
    ExitCode::SUCCESS
}

/// Every mistake on its line, as compilers write them.
pub(super) fn mistakes(file: &str, found: &[Mistake]) -> String {
    let lines: Vec<String> =
        found.iter().map(|mistake| rule_mistakes::mistake(file, mistake, Language::En)).collect();
    lines.join("\n")
}

fn overview(set: &RuleSet) -> String {
    let identity = set.identity();
    let mut text = format!(
        "{} version {}\nfrom      {}\napproved  {}\nSHA-256   {}\n\n",
        identity.id,
        identity.version,
        set.effective_from(),
        set.approved_by(),
        identity.sha256
    );
    for rule in set.rules() {
        let condition = rule.when.replace('\n', "\n         ");
        let lines = [
            format!("{}  {} / {} ({})", rule.id, rule.name.en, rule.name.zh, rule.level.code()),
            format!("    when {condition}"),
            format!("    why  {}\n\n", rule.why),
        ];
        text.push_str(&lines.join("\n"));
    }
    text
}

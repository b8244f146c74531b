//! `afterwatch rules`: shows and checks sets of escalation rules.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::place::Place;
use crate::clock::Clock;
use crate::domain::escalation::{Mistake, NK_ALLO_1, NK_AUTO_1, RuleSet};
use crate::domain::{Actor, Codelist, Language, Permission};
use crate::i18n::rule_mistakes;
use crate::i18n::rules::rules as rules_text;
use crate::rehearsal::{RehearsalError, Rehearsed, rehearse};

const HELP: &str = "\
Examples:
  afterwatch rules show                      the built-in set for the patient's own cells
  afterwatch rules show --file > mine.toml   the file itself, to change and to check
  afterwatch rules check mine.toml
  afterwatch rules rehearse mine.toml        what it would have made of the last year's reports";

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
    /// Try a changed set on the reports that are here: which would have waited longer
    Rehearse {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Reports of so many days
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: u32,
        #[command(flatten)]
        place: Place,
    },
}

/// Shows, checks or rehearses. 0: the set is sound, and lowers nothing; 1: it has mistakes, or
/// reports would have waited longer; 2: it could not be read or tried.
#[must_use]
pub fn run(arguments: &Rules) -> ExitCode {
    let (path, show, raw) = match &arguments.action {
        Action::Show { set, file } => (set, true, *file),
        Action::Check { file } => (file, false, false),
        Action::Rehearse { file, days, place } => return try_change(file, *days, place),
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

fn try_change(file: &Path, days: u32, place: &Place) -> ExitCode {
    let could_not = |why: &dyn std::fmt::Display| {
        eprintln!("afterwatch rules: {why}");
        ExitCode::from(2)
    };
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return could_not(&format!("cannot read {}: {error}", file.display())),
    };
    let set = match RuleSet::load(&text) {
        Ok(set) => set,
        Err(found) => {
            eprintln!("{}", mistakes(&file.display().to_string(), &found));
            return ExitCode::from(1);
        }
    };
    let (db, _keys) = match place.open() {
        Ok(opened) => opened,
        Err(error) => return could_not(&error),
    };
    let since = Clock::system().now().plus_hours(-24 * i64::from(days));
    let everywhere = db.read_blocking(|conn| {
        crate::store::episodes::reach(conn, &Actor::Operator, Permission::ViewSummary)
    });
    let rehearsed = everywhere
        .map_err(RehearsalError::from)
        .and_then(|scope| rehearse(&db, &scope, since, &set));
    match rehearsed {
        Ok(rehearsed) => {
            print!("{}", comparison(&set, &rehearsed));
            ExitCode::from(u8::from(rehearsed.found.lowered_count > 0))
        }
        Err(error) => could_not(&error),
    }
}

fn comparison(set: &RuleSet, rehearsed: &Rehearsed) -> String {
    let found = &rehearsed.found;
    let identity = set.identity();
    let mut lines = vec![
        format!(
            "{} version {} compared with {} version {} in force",
            identity.id, identity.version, rehearsed.in_force.0, rehearsed.in_force.1
        ),
        rules_text(Language::En).sum(
            found.reports,
            found.lowered_count,
            found.missed_count,
            found.worthy_lowered_count,
        ),
        rules_text(Language::En).raised(found.raised_count),
    ];
    if found.unreadable > 0 {
        lines.push(rules_text(Language::En).unreadable(found.unreadable));
    }
    if !rehearsed.touched_emergencies.is_empty() {
        let rules = rehearsed.touched_emergencies.join(", ");
        lines.push(format!("{} {rules}", rules_text(Language::En).emergencies));
    }
    for (rule, firings) in found.changed_rules() {
        lines.push(format!("{rule}  fires {} times, then {}", firings.before, firings.after));
    }
    for one in &found.lowered {
        lines.push(format!(
            "{}  {}  {} ({}) -> {} ({}){}",
            one.reference,
            one.received_at,
            one.before.level.code(),
            one.before.rules.join(" "),
            one.after.level.code(),
            one.after.rules.join(" "),
            if one.was_worth_it { "  worth a flag" } else { "" }
        ));
    }
    lines.push(String::new());
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

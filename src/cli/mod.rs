//! The command line: one file per command.
//!
//! Exit codes of every command: 0 done, 1 something was wrong in what was given, 2 the command
//! could not run.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub mod assess;
pub mod calc;
pub mod rules;

/// Adverse-event reporting and follow-up registry of clinics that give cell infusions.
#[derive(Debug, Parser)]
#[command(name = "afterwatch", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Grade reports and apply the escalation rules: JSON Lines in, JSON Lines out
    Assess(assess::Assess),
    /// Compute the statistics of the summary: JSON Lines in, JSON Lines out
    Calc(calc::Calc),
    /// Show or check a set of escalation rules
    Rules(rules::Rules),
}

/// Reads the arguments of the process and carries out the command.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::parse().command {
        Command::Assess(assess) => assess::run(&assess),
        Command::Calc(calc) => calc::run(&calc),
        Command::Rules(rules) => rules::run(&rules),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_arguments_contradict_nothing_and_every_command_shows_an_example() {
        let mut root = Cli::command();
        root.build();
        root.clone().debug_assert();
        for command in root.get_subcommands_mut().filter(|command| command.get_name() != "help") {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Example"), "{} shows no example", command.get_name());
        }
    }
}

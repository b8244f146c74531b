//! The command line: one file per command.
//!
//! Exit codes of every command: 0 done, 1 something was wrong in what was given, 2 the command
//! could not run.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::clock::Clock;

pub mod assess;
pub mod audit;
pub mod backup;
pub mod calc;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod import;
pub mod init;
pub mod mail;
pub mod place;
pub mod rules;
pub mod serve;
pub mod staff;
mod unique_keys;

/// Adverse-event reporting and follow-up registry of clinics that give cell infusions.
#[derive(Debug, Parser)]
#[command(name = "afterwatch", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Grade reports and apply the escalation rules: JSON Lines in, JSON Lines out
    Assess(assess::Assess),
    /// Prove that the audit trail is as it was written
    Audit(audit::Audit),
    /// Make a checked copy of the database while it is in use
    Backup(backup::Backup),
    /// Compute the statistics of the summary: JSON Lines in, JSON Lines out
    Calc(calc::Calc),
    /// Check settings, key, database, audit trail, disk and duty; say what to do
    Doctor(doctor::Doctor),
    /// Ask for the settings, make the key, the database, the first clinic and its first people
    Init(init::Init),
    /// Show that mail leaves this machine
    Mail(mail::Mail),
    /// Write a file: summary, line listing, infusions, check-ins, codebook or audit trail
    Export(export::Export),
    /// Take in patients, lots or infusions from a CSV file, whole or not at all
    Import(import::Import),
    /// Serve an invented registry to learn with
    Demo(demo::Demo),
    /// Check a copy of the database, or put it in place
    Restore(backup::Restore),
    /// Show or check a set of escalation rules
    Rules(rules::Rules),
    /// Serve the pages, send the mail, keep the schedule (what happens without a command)
    Serve(serve::Serve),
    /// Add, list, reset and deactivate the people who sign in
    Staff(staff::Staff),
}

/// Reads the arguments of the process and carries out the command.
#[must_use]
pub fn run() -> ExitCode {
    let command = Cli::parse().command.unwrap_or(Command::Serve(serve::Serve::default()));
    match command {
        Command::Assess(assess) => assess::run(&assess),
        Command::Audit(audit) => audit::run(&audit),
        Command::Backup(backup) => backup::backup(&backup),
        Command::Calc(calc) => calc::run(&calc),
        Command::Import(import) => import::run(&import),
        Command::Doctor(doctor) => doctor::run(&doctor),
        Command::Init(init) => init::run(&init),
        Command::Mail(mail) => mail::run(&mail, &Clock::system()),
        Command::Export(export) => export::run(&export),
        Command::Demo(demo) => demo::run(&demo),
        Command::Restore(restore) => backup::restore(&restore),
        Command::Rules(rules) => rules::run(&rules),
        Command::Serve(serve) => serve::run(&serve),
        Command::Staff(staff) => staff::run(&staff),
    }
}

/// Says why a command could not run.
fn could_not(why: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("afterwatch: {why}");
    ExitCode::from(2)
}

/// Says what is wrong in what was given.
fn found_wrong(what: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("afterwatch: {what}");
    ExitCode::from(1)
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

//! Command line: arguments as written, then one file per command. Words go to standard output, messages to standard error.

mod backfill;
mod backup;
mod check;
mod collect;
mod demo;
mod explain;
mod export;
mod formats;
mod health;
mod history;
mod hold;
mod import;
mod init;
mod issue;
mod log;
mod outbox;
mod pack;
mod plan;
mod preview;
mod progress;
mod quarantine;
mod records;
mod render;
mod retire;
mod reveal;
mod review;
mod rows;
mod say;
#[cfg(unix)]
mod serve;
mod sigma;
mod sources;
mod sql;
mod verify;
mod watch;

use crate::pipeline::{Failure, Installation};
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

/// Scheduled compliance reports from an audit log: on the day, once, to the right people, with proof.
#[derive(Parser)]
#[command(
    name = "quarterday",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 done, 1 something failed or was given up, 2 something that a person wrote is wrong."
)]
struct Arguments {
    /// The installation's folder
    #[arg(long, global = true, env = "QUARTERDAY_HOME", default_value = ".", value_name = "DIR")]
    home: PathBuf,
    /// Print JSON instead of words
    #[arg(long, global = true)]
    json: bool,
    /// Take this instant for now (RFC 3339): for tests and demonstrations
    #[arg(long, global = true, env = "QUARTERDAY_NOW", value_name = "TIME", hide = true, value_parser = instant)]
    now: Option<crate::calendar::Millis>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make an installation with a realistic year, issue its reports and mail them into DIR/mail: the tour
    Demo(demo::Demo),
    /// Make an empty installation with examples, or with the reports of a pack
    Init(init::Init),
    /// Packs: reports for what a standard asks
    #[command(subcommand)]
    Pack(pack::Pack),
    /// Bring exported logs into the audit log
    Import(import::Import),
    /// Formats that can be imported as they are, and what their sources do not record
    Formats(formats::Formats),
    /// Take in what is new: files that arrived in folders, and exports fetched from vendors
    Collect(collect::Collect),
    /// How each source stands: first and last event, silence, unread rows, days left at the vendor
    Sources(sources::Sources),
    /// Rows that could not be read: list them, or read them again
    #[command(subcommand)]
    Quarantine(quarantine::Quarantine),
    /// Batches of the log: list them, or declare one void
    #[command(subcommand)]
    Log(log::Log),
    /// Check definitions, mappings, templates and settings; exit code 2 on any problem
    Check(check::Check),
    /// What will be issued when, for which period, to whom
    Plan(plan::Plan),
    /// Look at a report without issuing it: nothing is sent or recorded
    Preview(preview::Preview),
    /// Issue what is due, or one report for one period, and deliver it
    Issue(issue::Issue),
    /// Keep going: issue what is due at its time, take in what comes, deliver what waits; until it is told to stop
    #[cfg(unix)]
    Serve(serve::Serve),
    /// Whether the daemon lives and everything is in order; exit code 1 if not
    Health(health::Health),
    /// Issue past periods of one report on purpose; what is issued already is left as it is
    Backfill(backfill::Backfill),
    /// A stored edition set again from its own files: page, spreadsheet or figures as CSV
    Render(render::Render),
    /// Editions, dispatches and receipts
    History(history::History),
    /// Mails that wait, are held or were given up: list them, or decide about them
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// The question, the period and the events behind one number of an edition
    Explain(explain::Explain),
    /// Who stands behind a pseudonym of an edition for training: who asks, and why, is recorded
    Reveal(reveal::Reveal),
    /// Sign an edition off, or say what has to be followed up; without an edition: what waits for that
    Review(review::Review),
    /// Rules that raise findings: list them, try them over the past, hold them against what is new
    #[command(subcommand)]
    Watch(watch::Watch),
    /// Ask the log a question that no report asks: one SELECT over its events
    Sql(sql::Sql),
    /// Rules in Sigma's format: what is understood of them, and what they would have found
    #[command(subcommand)]
    Sigma(sigma::Sigma),
    /// Write events of the log as CSV, JSON lines or OCSF JSON lines
    Export(export::Export),
    /// How far the records of a module hold what they must: a CRM's export, or the records as the log knows them
    Records(records::Records),
    /// Recompute and prove: the log, the ledger, an edition
    Verify(verify::Verify),
    /// Copy all that cannot be made again into a new folder, while the program works, and verify the copy
    Backup(backup::Backup),
    /// Bring a backup back into an empty installation: nothing old is mailed again
    Restore(backup::Restore),
    /// Remove old editions, as far as the policy allows it and no legal hold stands
    Retire(retire::Retire),
    /// Legal holds: what they cover is not removed
    #[command(subcommand)]
    Hold(hold::Hold),
}

/// What a command did: whether everything that it was asked for is done.
enum Done {
    /// All of it: exit code 0.
    Yes,
    /// Something failed or was given up, and that was said: exit code 1.
    No,
    /// Something that a person wrote is wrong, and that was said; the rest is done: exit code 2.
    Wrong,
}

/// What every command gets.
struct Context {
    home: PathBuf,
    json: bool,
    now: Option<crate::calendar::Millis>,
}

impl Context {
    /// The installation; what of it others can reach is said.
    fn installation(&self) -> Result<Installation, Failure> {
        let installation = Installation::open(&self.home, self.now)?;
        for opened in &installation.opened {
            say::aside(format!("warning: {opened}"));
        }
        Ok(installation)
    }
}

/// Runs the program with these arguments (the first is its name).
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no mistakes.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    crate::config::make_for_owner_only();
    let context = Context { home: arguments.home, json: arguments.json, now: arguments.now };
    let result = match arguments.command {
        Command::Demo(command) => command.run(&context),
        Command::Init(command) => command.run(&context),
        Command::Pack(command) => command.run(&context),
        Command::Import(command) => command.run(&context),
        Command::Formats(command) => command.run(&context),
        Command::Collect(command) => command.run(&context),
        Command::Sources(command) => command.run(&context),
        Command::Quarantine(command) => command.run(&context),
        Command::Log(command) => command.run(&context),
        Command::Check(command) => command.run(&context),
        Command::Plan(command) => command.run(&context),
        Command::Preview(command) => command.run(&context),
        Command::Issue(command) => command.run(&context),
        Command::Backfill(command) => command.run(&context),
        #[cfg(unix)]
        Command::Serve(command) => command.run(&context),
        Command::Health(command) => command.run(&context),
        Command::Render(command) => command.run(&context),
        Command::History(command) => command.run(&context),
        Command::Outbox(command) => command.run(&context),
        Command::Explain(command) => command.run(&context),
        Command::Review(command) => command.run(&context),
        Command::Reveal(command) => command.run(&context),
        Command::Watch(command) => command.run(&context),
        Command::Sql(command) => command.run(&context),
        Command::Sigma(command) => command.run(&context),
        Command::Export(command) => command.run(&context),
        Command::Records(command) => command.run(&context),
        Command::Verify(command) => command.run(&context),
        Command::Backup(command) => command.run(&context),
        Command::Restore(command) => command.run(&context),
        Command::Retire(command) => command.run(&context),
        Command::Hold(command) => command.run(&context),
    };
    match result {
        Ok(Done::Yes) => ExitCode::SUCCESS,
        Ok(Done::No) => ExitCode::from(1),
        Ok(Done::Wrong) => ExitCode::from(2),
        Err(failure) => say::failure(&failure, context.json),
    }
}

/// Reads an instant as RFC 3339 writes it.
fn instant(text: &str) -> Result<crate::calendar::Millis, String> {
    chrono::DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp_millis())
        .map_err(|_| "write it as 2026-12-01T08:30:00Z".to_owned())
}

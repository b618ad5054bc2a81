//! `records`: how far the records of a module hold what they must, the worst first, and where it goes from check to check.

mod told;

use super::{Context, Done, say};
use crate::pipeline::Failure;
use crate::pipeline::records::{Asked, Outcome};
use crate::records::Faulty;
use crate::render::csv;
use chrono::NaiveDate;
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
The rules of a module lie in schedules/records/, one YAML file each: what its records must hold, always or under a condition,
how a field must look, and what each fault weighs. The file is the CRM's export of the module as CSV. Without a file the
records are those that the log knows: what its events told of them, which only sources do that record values before and after.
Every check is recorded in the ledger, in numbers and with the ids of the worst records, so that the next one shows the trend.")]
pub(super) struct Records {
    /// The CRM's export of the module, as CSV (also packed); without it, the records as the log knows them
    file: Option<PathBuf>,
    /// The module, as its rules call it
    #[arg(long, value_name = "MODULE")]
    module: String,
    /// The rules, instead of those of the module in schedules/records/
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// The day that ages are told at, as in 2026-11-28: when the file was exported; without it, today
    #[arg(long, value_name = "DATE")]
    as_at: Option<NaiveDate>,
    /// From which day on changes are looked at that emptied a field; without it, the last 90 days
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// How many of the worst records are shown
    #[arg(long, value_name = "N", default_value_t = 10)]
    worst: usize,
    /// Write every record with a fault into a new file, the worst first
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Record nothing in the ledger
    #[arg(long)]
    dry_run: bool,
}

impl Records {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let asked =
            Asked { module: self.module, file: self.file, rules: self.rules, as_at: self.as_at, since: self.since };
        let mut outcome = installation.check_records(&asked)?;
        if let Some(path) = &self.csv {
            write(path, &outcome)?;
        }
        let before = if self.dry_run {
            installation.checks_before(&installation.ledger_to_read()?, &mut outcome.check)?
        } else {
            installation.keep_check(&mut installation.ledger()?, &mut outcome.check)?
        };
        if context.json {
            let reach = outcome.reach.map(
                |reach| json!({ "events": reach.events, "with_changes": reach.with_changes, "since": reach.since }),
            );
            let faulty: Vec<_> = outcome.faulty.iter().take(self.worst).map(|one| shown(one, &outcome)).collect();
            say::json(&json!({
                "check": outcome.check, "reach": reach, "worst": faulty, "faulty": outcome.faulty.len(), "before": before,
            }));
        } else {
            told::tell(&outcome, &before, self.worst, &installation.config.timezone);
        }
        if let Some(path) = &self.csv {
            let count = crate::wording::plain::plural(outcome.faulty.len() as i64, "record", "records");
            say::aside(format!("{}: {count} with faults written.", path.display()));
        }
        Ok(Done::Yes)
    }
}

/// What a faulty record lacks, in words.
fn faults(one: &Faulty, outcome: &Outcome) -> (Vec<String>, Vec<String>) {
    let rules = &outcome.rules;
    let lacks = one.lacks.iter().filter_map(|at| rules.asked.get(*at)).map(|asked| asked.label.clone()).collect();
    let forms = one.malformed.iter().filter_map(|at| rules.forms.get(*at));
    let malformed = forms.filter_map(|form| rules.fields.get(form.field)).map(|field| field.name.clone()).collect();
    (lacks, malformed)
}

fn shown(one: &Faulty, outcome: &Outcome) -> serde_json::Value {
    let (lacks, malformed) = faults(one, outcome);
    json!({
        "record": one.key, "name": one.name, "owner": one.owner, "line": one.line, "weight": one.weight,
        "lacks": lacks, "malformed": malformed,
    })
}

fn write(path: &Path, outcome: &Outcome) -> Result<(), Failure> {
    let mut out = String::new();
    csv::row(["Weight", "Record", "Name", "Owner", "Lacks", "Malformed", "Line"], &mut out);
    for one in &outcome.faulty {
        let (lacks, malformed) = faults(one, outcome);
        let line = if one.line == 0 { String::new() } else { one.line.to_string() };
        let cells = [
            one.weight.to_string(),
            one.key.clone(),
            one.name.clone(),
            one.owner.clone(),
            lacks.join("; "),
            malformed.join("; "),
            line,
        ];
        csv::row(cells.iter().map(String::as_str), &mut out);
    }
    say::new_file(path, out)
}

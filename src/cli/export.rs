//! `export`: events out of the log, as CSV, JSON lines or OCSF JSON lines.

use super::{Context, Done, progress, say};
use crate::calendar::period::{EXAMPLES, Period};
use crate::definition::conditions;
use crate::export::Form;
use crate::pipeline::Failure;
use crate::pipeline::export::{Asked, Broken, Exported};
use crate::query::{Field, Filter};
use crate::wording::plain::plural;
use chrono::NaiveDate;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Events come in order of time, then of their number in the log; events of void batches are out. A file is written whole or
not at all, and only its owner may read it. CSV is for spreadsheets: a cell that one would run as a formula gets a ' before
it. JSON lines hold everything that is kept, exactly. OCSF is version 1.8.0.")]
pub(super) struct Export {
    /// First day, as in 2026-03-01; without it, from the first event
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Last day, included; without it, to the last event
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,
    /// Instead of days, a period: 2026-11-30, 2026-W48, 2026-11, 2026-Q4, 2026, FY2026-04-Q3, FY2026-04
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "to"])]
    period: Option<String>,
    /// Only of this source; may be given more than once
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Only events that pass, as `where:` of a definition has it: 'action_class: delete' or '{ module: Deals, affected: { at least: 10 } }'
    #[arg(long = "where", value_name = "CONDITIONS")]
    conditions: Option<String>,
    /// What to write
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Written,
    /// Where to write it; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// What an export can be written as.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Written {
    Csv,
    Jsonl,
    Ocsf,
}

impl Export {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let zone = &installation.config.timezone;
        let span = match &self.period {
            Some(label) => Period::parse(label)
                .map(|period| period.span(zone))
                .ok_or_else(|| Failure::Asked(format!("`{label}` is no period; write {EXAMPLES}")))?,
            None => installation.days(self.from, self.to),
        };
        if span.from >= span.to {
            return Err(Failure::Asked("the last day is before the first one".to_owned()));
        }
        let mut filter = match &self.conditions {
            Some(text) => conditions(text, "--where", zone).map_err(Failure::Problems)?,
            None => Filter::All,
        };
        let log = installation.log()?;
        if !self.source.is_empty() {
            filter = Filter::OneOf(Field::Source, self.sources(&log)?).and(filter);
        }
        let form = match self.form {
            Written::Csv => Form::Csv,
            Written::Jsonl => Form::JsonLines,
            Written::Ocsf => Form::Ocsf,
        };
        let asked = Asked { span, filter, form };
        let bar = progress::bar(0, "export");
        let mut told = |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let exported = if self.output.as_os_str() == "-" {
            let mut out = BufWriter::new(std::io::stdout().lock());
            let exported = installation.export(&log, &asked, &mut out, &mut told);
            exported.and_then(|exported| out.flush().map(|()| exported).map_err(Broken::Output))
        } else {
            into_file(&self.output, |out| installation.export(&log, &asked, out, &mut told))
        };
        bar.finish_and_clear();
        let exported = match exported {
            Ok(exported) => exported,
            // Who reads may stop reading (`| head`).
            Err(Broken::Output(error)) if error.kind() == ErrorKind::BrokenPipe => return Ok(Done::Yes),
            Err(Broken::Output(error)) => {
                return Err(Failure::Error(format!("{} cannot be written: {error}", self.output.display())));
            }
            Err(Broken::Log(failure)) => return Err(failure),
        };
        self.say(exported, context.json);
        Ok(Done::Yes)
    }

    /// The sources asked for; one that was never imported is a slip of the hand.
    fn sources(&self, log: &dyn crate::audit_log::AuditLog) -> Result<Vec<String>, Failure> {
        let known: Vec<String> = log.batches()?.into_iter().map(|batch| batch.source.name).collect();
        for name in &self.source {
            if !known.contains(name) {
                let mut known: Vec<&str> = known.iter().map(String::as_str).collect();
                known.sort_unstable();
                known.dedup();
                return Err(Failure::Asked(format!(
                    "no source `{name}` was ever imported; there are: {}",
                    known.join(", ")
                )));
            }
        }
        Ok(self.source.clone())
    }

    fn say(&self, exported: Exported, as_json: bool) {
        let to_file = self.output.as_os_str() != "-";
        if as_json && to_file {
            let file = self.output.display().to_string();
            say::json(&json!({ "file": file, "events": exported.events, "bytes": exported.bytes }));
            return;
        }
        let to = if to_file { format!("{}: ", self.output.display()) } else { String::new() };
        say::aside(format!("{to}{} exported.", plural(exported.events as i64, "event", "events")));
    }
}

/// Writes a file beside its place and moves it there when it is whole. Only its owner may read it.
fn into_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<Exported, Broken>) -> Result<Exported, Broken> {
    // What is no file (a pipe, a device) is written to as it is.
    if path.exists() && !path.is_file() {
        let mut out = BufWriter::new(File::options().write(true).open(path).map_err(Broken::Output)?);
        let exported = write(&mut out)?;
        out.flush().map_err(Broken::Output)?;
        return Ok(exported);
    }
    let name = path.file_name().ok_or_else(|| Broken::Output(ErrorKind::IsADirectory.into()))?;
    let part = path.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::with_capacity(1 << 16, options.open(&part).map_err(Broken::Output)?);
    let written = write(&mut out).and_then(|exported| {
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(Broken::Output)?;
        std::fs::rename(&part, path).map_err(Broken::Output)?;
        Ok(exported)
    });
    if written.is_err() {
        // What is half is worth nothing; if it cannot be removed, the first failure is still the one to tell.
        let _ = std::fs::remove_file(&part);
    }
    written
}

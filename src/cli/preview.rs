//! `preview`: a report as it would be issued, marked as not issued; nothing is sent or recorded.

use super::{Context, Done, say};
use crate::calendar::period::{EXAMPLES, Period, Unit};
use crate::pipeline::issue::Press;
use crate::pipeline::{Failure, Installation, Written};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Preview {
    /// The report: file stem of its definition
    report: String,
    /// The period, such as 2026-11, 2026-W48, 2026-11-30, FY2026-04-Q3; the last closed one if not given
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// One of its audiences: `whole`, `training`, `rest`, or a part by its name; the first one if not given
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// What to write
    #[arg(long, value_enum, default_value_t = Form::Pdf)]
    format: Form,
    /// Where to write it; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// What a preview can be written as.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Form {
    Pdf,
    Html,
    Xlsx,
    Json,
}

impl Preview {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let written = named(&installation, &self.report)?;
        let period = period(&installation, &written, self.period.as_deref())?;
        let press = Press::to_look(&installation)?;
        let ledger = installation.ledger_to_read()?;
        let (asked, mut edition) = press.preview(&ledger, &written, &period, self.audience.as_deref())?;
        if matches!(self.format, Form::Xlsx) {
            press.with_spreadsheet(&mut edition, &asked)?;
        }
        let ending = match self.format {
            Form::Pdf => ".pdf",
            Form::Html => ".html",
            Form::Json => "figures.json",
            Form::Xlsx => ".xlsx",
        };
        let made = edition.files.iter().find(|made| made.file.name.ends_with(ending));
        let bytes = made.map(|made| made.bytes.as_slice()).unwrap_or_default();
        for warning in &edition.warnings {
            say::aside(format!("warning: {warning}"));
        }
        if self.output.as_os_str() == "-" {
            say::bytes(bytes);
        } else {
            std::fs::write(&self.output, bytes)
                .map_err(|error| Failure::Error(format!("{} cannot be written: {error}", self.output.display())))?;
            say::aside(format!("{}: a preview of {}; not issued, not sent.", self.output.display(), asked));
        }
        Ok(Done::Yes)
    }
}

/// The definition of a name, with the nearest names where there is none.
pub(super) fn named(installation: &Installation, report: &str) -> Result<Written, Failure> {
    let stem = report.strip_suffix(".yaml").or_else(|| report.strip_suffix(".yml")).unwrap_or(report);
    let files = installation.definition_files()?;
    if let Some(path) = files.iter().find(|path| path.file_stem().is_some_and(|one| one == stem)) {
        let doubled = installation.twice(&files).into_iter().find(|problem| problem.file == installation.shown(path));
        return match doubled {
            Some(problem) => Err(Failure::Problems(vec![problem])),
            None => installation.definition(path),
        };
    }
    let known: Vec<String> =
        files.iter().filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())).collect();
    let known = if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
    Err(Failure::Asked(format!(
        "there is no report `{report}` in {}: {known}",
        installation.folders.schedules.display()
    )))
}

/// The period that was asked for, or the last closed one of the definition.
pub(super) fn period(installation: &Installation, written: &Written, label: Option<&str>) -> Result<Period, Failure> {
    let definition = &written.definition;
    let units: Vec<Option<Unit>> = definition.schedules().map(|one| one.cadence.covers.unit()).collect();
    let unit = units.first().copied().flatten().unwrap_or(Unit::Day);
    match label {
        Some(label) => {
            let period = Period::parse(label)
                .ok_or_else(|| Failure::Asked(format!("`{label}` is no period; write {EXAMPLES}")))?;
            if !units.contains(&None) && !units.contains(&period.unit) {
                let examples = units.iter().flatten().map(|unit| Period::containing(*unit, period.first).label());
                let example = examples.collect::<Vec<_>>().join(" or ");
                return Err(Failure::Asked(format!(
                    "{} covers another kind of period than `{label}`; write one such as {example}",
                    definition.stem
                )));
            }
            Ok(period)
        }
        None => {
            let today = definition.schedule.zone.civil(installation.clock.now()).date();
            Ok(Period::containing(unit, today).before())
        }
    }
}

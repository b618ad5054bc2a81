//! `import`: exported files into the log, each as one batch for every format that it holds.

use super::{Context, Done, progress, say, watch};
use crate::pipeline::import::{AUTO, Brought, Imported, Told};
use crate::pipeline::{Failure, Installation, inputs};
use crate::wording::plain::{number, plural};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Import {
    /// Files as the vendor exported them (CSV, JSON, lines of text; .gz, .zst, .zip or .tar of these), folders, patterns,
    /// or `-` for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How to read them: `auto` tells it from the content; else a format that ships (`quarterday formats`), the name of a
    /// file in mappings/, or the path of a mapping file
    #[arg(long, visible_alias = "mapping", value_name = "NAME", default_value = AUTO)]
    format: String,
    /// With `--format auto`: the mapping for what no format knows; several, the first that is for the same shape
    #[arg(long, value_name = "NAME")]
    otherwise: Vec<String>,
    /// Import nothing; write a first mapping for FILE, guessed from its first rows, to standard output
    #[arg(long, conflicts_with_all = ["format", "source", "inside"])]
    suggest: bool,
    /// Name of the source, if not the format's own
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// The path of an envelope in which each row lies, as in `log`
    #[arg(long, value_name = "PATH")]
    inside: Option<String>,
    /// Who exported the file at the vendor (kept with the batch)
    #[arg(long, value_name = "WHO")]
    exported_by: Option<String>,
    /// Filters of the vendor's export (kept with the batch)
    #[arg(long, value_name = "TEXT")]
    filters: Option<String>,
    /// How many rows the vendor said the file has; another number is a warning
    #[arg(long, value_name = "N")]
    expect_rows: Option<u64>,
}

impl Import {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        if self.suggest {
            return suggest(&installation, &self.files);
        }
        // A mapping with problems is said before a log is made.
        if self.format != AUTO {
            installation.mapping(&self.format)?;
        }
        let files = inputs::inputs(&self.files)?;
        let told = Told {
            mapping: self.format,
            inside: self.inside,
            otherwise: self.otherwise,
            source: self.source,
            exported_by: self.exported_by,
            filters: self.filters,
            expected_rows: self.expect_rows,
        };
        let mut log = installation.log_to_add()?;
        let mut all = Vec::new();
        let mut failures = Vec::new();
        for file in &files {
            match bring(&installation, &mut log, file, &told) {
                Ok(brought) => {
                    if !context.json {
                        tell_all(&brought);
                    }
                    failures.extend(left(&file.to_string_lossy(), &brought));
                    all.extend(brought.imported.iter().map(as_json));
                }
                // One file that cannot be read does not keep the others out.
                Err(failure) if files.len() > 1 => failures.push(format!("{}: {failure}", file.display())),
                Err(failure) => return Err(failure),
            }
        }
        if context.json {
            say::json(&json!(all));
        }
        drop(log);
        // Where there are rules, they look at once at what came in.
        let (definitions, _) = installation.definitions_and_problems()?;
        if installation.is_watched(&definitions)? {
            let watching = installation.watch_new(&mut installation.ledger()?, &definitions);
            match watching {
                Ok(watching) if !context.json => watch::raised(&installation, &watching),
                Ok(_) => {}
                Err(failure) => failures.push(format!("rules could not be held against the log: {failure}")),
            }
        }
        for failure in &failures {
            say::aside(failure);
        }
        Ok(if failures.is_empty() { Done::Yes } else { Done::No })
    }
}

fn suggest(installation: &Installation, files: &[PathBuf]) -> Result<Done, Failure> {
    let [file] = files else {
        return Err(Failure::Asked("name one file: a mapping is suggested for one at a time".to_owned()));
    };
    let (path, spooled);
    if file == Path::new("-") {
        spooled = installation.spool(&mut std::io::stdin().lock())?;
        path = spooled.path();
    } else {
        path = file;
    }
    say::bytes(installation.suggest(path, &file.to_string_lossy())?.as_bytes());
    Ok(Done::Yes)
}

fn bring(
    installation: &Installation,
    log: &mut crate::audit_log::sealed::SealedLog,
    file: &Path,
    told: &Told,
) -> Result<Brought, Failure> {
    if file == Path::new("-") {
        let spooled = installation.spool(&mut std::io::stdin().lock())?;
        let bar = progress::rows("standard input");
        return installation.import_as(log, spooled.path(), "standard input", told, &mut |done, total| {
            bar.show(done.bytes, total, done.rows);
        });
    }
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bar = progress::rows(&name);
    installation.import(log, file, told, &mut |done, total| bar.show(done.bytes, total, done.rows))
}

/// What of a file was not imported, and what to do about it.
pub(super) fn left(file: &str, brought: &Brought) -> Option<String> {
    let first: Vec<&str> = brought.unknown.iter().take(5).map(String::as_str).collect();
    let more = brought.unknown.len() - first.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!first.is_empty()).then(|| {
        format!(
            "{file}: not imported, because in no format that is known: {}{more}; unpack them and name a format with \
             --format, or let `import --suggest` write one",
            first.join(", ")
        )
    })
}

/// What became of a file's formats.
pub(super) fn tell_all(brought: &Brought) {
    for imported in &brought.imported {
        if let Some(recognised) = &imported.recognised {
            say::line(format!("{}: recognised as {recognised}", imported.batch.about.file));
        }
        tell(imported);
    }
}

/// What became of a file, for programs.
pub(super) fn as_json(imported: &Imported) -> serde_json::Value {
    json!({ "batch": imported.batch, "recognised": imported.recognised, "warnings": imported.warnings })
}

/// What became of a file, in a few lines.
pub(super) fn tell(imported: &Imported) {
    let rows = &imported.batch.rows;
    let retired =
        if rows.retired > 0 { format!(" + {} of retired days", number(rows.retired as i64)) } else { String::new() };
    say::line(format!(
        "{}: batch {} of {}: {} read = {} added + {} repeated + {} quarantined + {} no event{retired}",
        imported.batch.about.file,
        imported.batch.number,
        imported.batch.source.name,
        plural(rows.read as i64, "row", "rows"),
        number(rows.added as i64),
        number(rows.repeated as i64),
        number(rows.quarantined as i64),
        number(rows.no_event as i64),
    ));
    if rows.retired > 0 {
        say::aside(format!(
            "{} left out: they lie on days of this source that were retired (`quarterday log list` says when and why)",
            plural(rows.retired as i64, "row was", "rows were")
        ));
    }
    if rows.quarantined > 0 {
        say::aside(format!(
            "{} could not be read; `quarterday quarantine list` shows why",
            plural(rows.quarantined as i64, "row", "rows")
        ));
    }
    for warning in &imported.warnings {
        say::aside(format!("warning: {warning}"));
    }
}

//! `import`: exported files into the log, each as one batch.

use super::{Context, Done, progress, say};
use crate::pipeline::Failure;
use crate::pipeline::import::{Imported, Told};
use crate::wording::{number, plural};
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Import {
    /// Files as the vendor exported them: CSV, JSON lines, .gz of these, or a ZIP of CSVs
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How to read them: a preset (zoho-crm, zoho-logins, servicenow-history, servicenow-changes), the name of a file in
    /// mappings/, or the path of a mapping file
    #[arg(long, visible_alias = "format", value_name = "MAPPING")]
    mapping: String,
    /// Name of the source, if not the mapping's own
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
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
        // A mapping with problems is said before a log is made.
        installation.mapping(&self.mapping)?;
        let mut log = installation.log_to_add()?;
        let told = Told {
            mapping: self.mapping,
            source: self.source,
            exported_by: self.exported_by,
            filters: self.filters,
            expected_rows: self.expect_rows,
        };
        let mut all = Vec::new();
        for file in &self.files {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let bar = progress::bar(0, &name, true);
            let imported = installation.import(&mut log, file, &told, &mut |done, total| {
                bar.set_length(total);
                bar.set_position(done);
            });
            bar.finish_and_clear();
            let imported = imported?;
            if !context.json {
                tell(&imported);
            }
            all.push(as_json(&imported));
        }
        if context.json {
            say::json(&json!(all));
        }
        Ok(Done::Yes)
    }
}

/// What became of a file, for programs.
pub(super) fn as_json(imported: &Imported) -> serde_json::Value {
    json!({ "batch": imported.batch, "warnings": imported.warnings })
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

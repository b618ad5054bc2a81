//! `quarantine`: rows that could not be read, and reading them again.

use super::{Context, Done, import, say};
use crate::audit_log::AuditLog;
use crate::pipeline::Failure;
use crate::pipeline::import::Told;
use crate::wording::plain::number;
use serde_json::json;

#[derive(clap::Subcommand)]
pub(super) enum Quarantine {
    /// Rows with file, line and reason
    List {
        /// Those that a retry has settled too
        #[arg(long)]
        all: bool,
    },
    /// Read the rows of a source again, through a mended mapping
    Retry {
        /// The source
        source: String,
        /// The mapping, as for `import`; the source's own name if not given
        #[arg(long)]
        mapping: Option<String>,
    },
}

impl Quarantine {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        match self {
            Quarantine::List { all } => {
                let rows = installation.log()?.quarantine(!all)?;
                if context.json {
                    say::json(&json!(rows));
                    return Ok(Done::Yes);
                }
                if rows.is_empty() {
                    say::line("No row is in quarantine.");
                    return Ok(Done::Yes);
                }
                for row in &rows {
                    let settled =
                        row.settled_by.map(|batch| format!(" (settled by batch {batch})")).unwrap_or_default();
                    say::line(format!("{}:{}: {}{settled}", row.file, row.row.line, row.row.reason));
                    let raw = row.row.raw.lines().last().unwrap_or_default();
                    say::line(format!("    {}", raw.chars().take(160).collect::<String>()));
                }
                say::line(format!("{} in quarantine.", number(rows.len() as i64)));
                Ok(Done::Yes)
            }
            Quarantine::Retry { source, mapping } => {
                let mut log = installation.log_to_add()?;
                let told = Told { mapping: mapping.unwrap_or_else(|| source.clone()), ..Told::default() };
                let imported = installation.retry(&mut log, &source, &told)?;
                if context.json {
                    say::json(&imported.as_ref().map_or(json!(null), import::as_json));
                    return Ok(Done::Yes);
                }
                match imported {
                    Some(imported) => import::tell(&imported),
                    None => say::line("No row of this source can be read by this mapping."),
                }
                Ok(Done::Yes)
            }
        }
    }
}

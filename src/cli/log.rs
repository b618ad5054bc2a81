//! `log`: the batches of the log, and declaring one void.

use super::{Context, Done, say};
use crate::audit_log::{Append, AuditLog};
use crate::pipeline::Failure;
use crate::wording::{moment, number};
use serde_json::json;

#[derive(clap::Subcommand)]
pub(super) enum Log {
    /// Every batch: file, source, rows, who imported it and when
    List,
    /// Declare a batch void: sealed and kept, out of every answer, free to be imported again
    Void {
        /// Number of the batch
        batch: u64,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

impl Log {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        match self {
            Log::List => {
                let log = installation.log()?;
                let batches = log.batches()?;
                let head = log.head()?;
                if context.json {
                    say::json(&json!({ "batches": batches, "head": head }));
                    return Ok(Done::Yes);
                }
                let zone = &installation.config.timezone;
                let head_row = ["No.", "Source", "File", "Added", "Repeated", "Quarantined", "Imported", "By", "Void"];
                let mut rows = vec![head_row.map(str::to_owned).to_vec()];
                for batch in batches {
                    rows.push(vec![
                        batch.number.to_string(),
                        batch.source.name,
                        batch.about.file,
                        number(batch.rows.added as i64),
                        number(batch.rows.repeated as i64),
                        number(batch.rows.quarantined as i64),
                        moment(batch.imported_at, zone),
                        batch.about.importer,
                        batch.voided.map(|voided| format!("{} by {}", voided.reason, voided.by)).unwrap_or_default(),
                    ]);
                }
                say::table(&rows);
                say::line(format!("Head of the log: {} records, root {}", head.size, head.root));
                Ok(Done::Yes)
            }
            Log::Void { batch, reason } => {
                let mut log = installation.log_to_add()?;
                log.void(batch, installation.clock.now(), &installation.account, &reason)?;
                say::line(format!("Batch {batch} is void: it is kept, and counts in no answer from now on."));
                Ok(Done::Yes)
            }
        }
    }
}

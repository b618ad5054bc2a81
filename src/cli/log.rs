//! `log`: the batches of the log, declaring one void, checkpoints of it, and retiring old events.

use super::{Context, Done, say, verify};
use crate::audit_log::{Append, AuditLog, Retired};
use crate::calendar::zone::Zone;
use crate::pipeline::retire::Retiring;
use crate::pipeline::{Failure, Installation};
use crate::wording::plain::{moment, number, plural};
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Log {
    /// Every batch: file, source, rows, who imported it and when; and what was retired
    List,
    /// Declare a batch void: sealed and kept, out of every answer, free to be imported again
    Void {
        /// Number of the batch
        batch: u64,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// The signed head of the log, to be kept outside of this installation; or hold the log against one that was kept
    Checkpoint(Checkpoint),
    /// Remove old events for good, as far as `keep_days` of their source allows it; the roots of their days stay
    Retire(Retire),
}

#[derive(clap::Args)]
pub(super) struct Checkpoint {
    /// Write it into this file, which must not be there yet (else it is printed)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["check", "public_key"])]
    out: Option<PathBuf>,
    /// Hold the log against the checkpoint in this file
    #[arg(long, value_name = "FILE", conflicts_with = "public_key")]
    check: Option<PathBuf>,
    /// The key to check it with (NAME+ID+BASE64), if not this installation's
    #[arg(long, value_name = "KEY", requires = "check")]
    key: Option<String>,
    /// Print only the key that this installation's checkpoints are checked with: hand it to whoever keeps them
    #[arg(long)]
    public_key: bool,
}

#[derive(clap::Args)]
pub(super) struct Retire {
    /// Events before this day (2024-12-31) of the installation's time zone go; no UTC day that reaches into it does
    #[arg(long, value_name = "DATE")]
    before: chrono::NaiveDate,
    /// Only of this source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Why; kept in the log for ever
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

impl Log {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        match self {
            Log::List => list(context, &installation),
            Log::Void { batch, reason } => {
                let mut log = installation.log_to_add()?;
                log.void(batch, installation.clock.now(), &installation.account, &reason)?;
                if context.json {
                    let place = usize::try_from(batch.saturating_sub(1)).unwrap_or(usize::MAX);
                    say::json(&json!({ "batch": log.batches()?.get(place), "head": log.head()? }));
                } else {
                    say::line(format!("Batch {batch} is void: it is kept, and counts in no answer from now on."));
                }
                Ok(Done::Yes)
            }
            Log::Checkpoint(checkpoint) => checkpoint.run(context, &installation),
            Log::Retire(retire) => retire.run(context, &installation),
        }
    }
}

fn list(context: &Context, installation: &Installation) -> Result<Done, Failure> {
    let log = installation.log()?;
    let (batches, retired, head) = (log.batches()?, log.retirements()?, log.head()?);
    if context.json {
        say::json(&json!({ "batches": batches, "retired": retired, "head": head }));
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
    for one in &retired {
        let when = format!("on {} by {}: {}", moment(one.at, zone), one.by, one.reason);
        say::line(format!("Retired: {} {when}", removed(one, zone)));
    }
    say::line(format!("Head of the log: {} records, root {}", head.size, head.root));
    Ok(Done::Yes)
}

/// `12 events and 1 quarantined row of zoho-crm before 1 Jan 2025 00:00`.
fn removed(retired: &Retired, zone: &Zone) -> String {
    let rows = match retired.rows {
        0 => String::new(),
        rows => format!(" and {}", plural(rows as i64, "quarantined row", "quarantined rows")),
    };
    let events = plural(retired.events as i64, "event", "events");
    format!("{events}{rows} of {} before {}", retired.source, moment(retired.before, zone))
}

impl Checkpoint {
    fn run(self, context: &Context, installation: &Installation) -> Result<Done, Failure> {
        if self.public_key {
            let key = installation.verifier_key()?;
            if context.json {
                say::json(&json!({ "verifier_key": key }));
            } else {
                say::line(key);
            }
            return Ok(Done::Yes);
        }
        if let Some(path) = &self.check {
            let check = installation.check_checkpoint(path, self.key.as_deref())?;
            let holds = check.holds == Some(true);
            if context.json {
                say::json(&json!({ "holds": holds, "checks": [check] }));
            } else {
                verify::tell([&check].into_iter());
            }
            return Ok(if holds { Done::Yes } else { Done::No });
        }
        let signed = installation.checkpoint()?;
        if let Some(path) = &self.out {
            say::new_file(path, &signed.note)?;
        }
        match (&self.out, context.json) {
            (_, true) => say::json(&json!(signed)),
            (None, false) => say::bytes(signed.note.as_bytes()),
            (Some(path), false) => {
                let records = plural(signed.size as i64, "record", "records");
                say::line(format!("The checkpoint of {records} is in {}. Keep it where nobody who", path.display()));
                say::line(
                    "can write here can change it. It is checked by `quarterday log checkpoint --check FILE`, or by any",
                );
                say::line(format!("program that reads signed notes, with the key {}", signed.verifier_key));
            }
        }
        Ok(Done::Yes)
    }
}

impl Retire {
    fn run(self, context: &Context, installation: &Installation) -> Result<Done, Failure> {
        let asked = Retiring { before: self.before, source: self.source, reason: self.reason };
        let zone = &installation.config.timezone;
        let begins = zone.day_start(asked.before);
        // Who reads another moment than they gave must be told why.
        let reaches_in = |found: &[Retired]| {
            if found.iter().any(|one| one.before != begins) {
                say::line(format!("Days are sealed by UTC: the one that reaches into {} stays whole.", asked.before));
            }
        };
        if self.dry_run {
            let found = installation.would_retire(&asked)?;
            if context.json {
                say::json(&json!({ "would_retire": found }));
                return Ok(Done::Yes);
            }
            for one in &found {
                say::line(format!("would remove {}", removed(one, zone)));
            }
            reaches_in(&found);
            say::line(if found.is_empty() {
                "Nothing is there to be removed."
            } else {
                "Nothing was removed (--dry-run)."
            });
            return Ok(Done::Yes);
        }
        let done = installation.retire(&asked)?;
        if context.json {
            say::json(&json!(done));
        } else {
            for one in &done.retired {
                say::line(format!("removed {}", removed(one, zone)));
            }
            reaches_in(&done.retired);
            if done.retired.is_empty() {
                say::line("Nothing is there to be removed.");
            } else {
                let (before, after) = done.bytes;
                say::line(format!(
                    "The log's file has {} bytes now; it had {}.",
                    number(after as i64),
                    number(before as i64)
                ));
                say::line(
                    "What is not the log is as it was: editions, their evidence and mails, the files that were imported, backups.",
                );
            }
        }
        if let Some(why) = &done.not_compacted {
            say::aside(format!(
                "the file could not be written anew ({why}): bytes of what was removed may still lie in it or beside it; \
                 give the same command again when nothing else uses the log"
            ));
            return Ok(Done::No);
        }
        Ok(Done::Yes)
    }
}

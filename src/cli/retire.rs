//! `retire`: old editions removed, as far as policy and legal holds allow it; shown first with `--dry-run`.

use super::{Context, Done, say};
use crate::calendar::zone::Zone;
use crate::pipeline::Failure;
use crate::pipeline::retention::{OldEdition, RetiringEditions};
use crate::wording::plain::{moment, number, plural};
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Retire {
    /// Only editions of this report
    report: Option<String>,
    /// Only those issued before this day (2019-12-31); without it, as many as the policies allow
    #[arg(long, value_name = "DATE")]
    before: Option<chrono::NaiveDate>,
    /// Why; kept in the ledger for ever
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

impl Retire {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let zone = &installation.config.timezone;
        let asked = RetiringEditions { report: self.report, before: self.before, reason: self.reason };
        if self.dry_run {
            let found = installation.would_retire_editions(&installation.ledger_to_read()?, &asked)?;
            if context.json {
                say::json(&json!({ "would_retire": found }));
                return Ok(Done::Yes);
            }
            tell(&found, "would remove", zone);
            say::line(if found.is_empty() { NOTHING } else { "Nothing was removed (--dry-run)." });
            return Ok(Done::Yes);
        }
        let done = installation.retire_editions(&mut installation.ledger()?, &asked)?;
        if context.json {
            say::json(&json!(done));
        } else {
            for edition in &done.finished {
                say::line(format!("removed what an earlier run had left of {edition}"));
            }
            tell(&done.editions, "removed", zone);
            if done.editions.is_empty() && done.finished.is_empty() {
                say::line(NOTHING);
            } else if done.editions.iter().all(|old| old.stays.is_some()) && done.finished.is_empty() {
                say::line("Nothing was removed.");
            } else {
                let (before, after) = done.bytes;
                let (before, after) = (number(before as i64), number(after as i64));
                say::line(format!("The ledger's file has {after} bytes now; it had {before}."));
                say::line(
                    "What stays: that they were issued, their manifests and digests, who got them; mailboxes, exported files and backups.",
                );
            }
        }
        if let Some(why) = &done.not_compacted {
            say::aside(format!(
                "the ledger's file could not be written anew ({why}): its free space may still hold bytes of what was removed; \
                 give the same command again when nothing else uses it"
            ));
            return Ok(Done::No);
        }
        Ok(Done::Yes)
    }
}

const NOTHING: &str = "Nothing is there to be removed.";

fn tell(editions: &[OldEdition], verb: &str, zone: &Zone) {
    for old in editions {
        let OldEdition { edition, issued_at, policy, files, messages, bytes, stays } = old;
        let issued = moment(*issued_at, zone);
        match stays {
            Some(why) => say::line(format!("{edition}, issued {issued}, stays: {why}")),
            None => {
                let files = plural(*files as i64, "file", "files");
                let messages = plural(*messages as i64, "mail", "mails");
                let kilobytes = number(bytes.div_ceil(1000) as i64);
                say::line(format!(
                    "{verb} {files} and {messages} of {edition}, {kilobytes} kB, issued {issued}, kept {policy}"
                ));
            }
        }
    }
}

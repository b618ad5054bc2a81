//! `verify`: recompute and prove: everything, the log with what it can be held against, or one event of it.

use super::{Context, Done, say};
use crate::pipeline::Failure;
use crate::pipeline::verify::Check;
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Verify {
    #[command(subcommand)]
    part: Option<Part>,
    /// An edition (REPORT/PERIOD); without it, log and ledger and every edition
    edition: Option<String>,
}

#[derive(clap::Subcommand)]
enum Part {
    /// The log: every event, segment and batch recomputed, and held against the heads that editions and checkpoints hold
    Log(VerifyLog),
    /// The ledger of editions and dispatches
    Ledger,
}

#[derive(clap::Args)]
struct VerifyLog {
    /// Print the proof that this event (BATCH-INDEX, as `explain` shows it) is in the log, as JSON, and verify nothing else
    #[arg(long, value_name = "EVENT", conflicts_with_all = ["checkpoint", "key"])]
    event: Option<String>,
    /// Write the proof into this file, which must not be there yet
    #[arg(long, value_name = "FILE", requires = "event")]
    out: Option<PathBuf>,
    /// Hold the log against this checkpoint too
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The key to check the checkpoint with (NAME+ID+BASE64), if not this installation's
    #[arg(long, value_name = "KEY", requires = "checkpoint")]
    key: Option<String>,
}

impl Verify {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let wanted = match self.part {
            Some(Part::Log(log)) => return log.run(context),
            Some(Part::Ledger) => None,
            None => Some(self.edition.as_deref()),
        };
        let (ledger, found) = installation.ledger_to_verify()?;
        let mut checks = Vec::new();
        let mut editions = Vec::new();
        if wanted.is_some() {
            checks.extend(installation.verify_log()?);
        }
        checks.extend(found);
        match (wanted, &ledger) {
            (None, _) | (Some(None), None) => {}
            (Some(Some(edition)), Some(ledger)) => editions.push(installation.edition_named(ledger, edition)?),
            (Some(Some(edition)), None) => {
                return Err(Failure::Error(format!("there is no ledger, so nothing is known of {edition}")));
            }
            (Some(None), Some(ledger)) => editions.extend(ledger.issued_editions()?),
        }
        let many = editions.len() > 1;
        for (key, ledger) in editions.iter().filter_map(|key| Some((key, ledger.as_ref()?))) {
            for mut check in installation.verify_edition(ledger, key)? {
                if many {
                    check.what = format!("{key}: {}", check.what);
                }
                checks.push(check);
            }
        }
        if context.json {
            say::json(&json!({ "holds": all_hold(&checks), "checks": checks }));
        } else {
            tell(checks.iter().filter(|check| !many || check.holds != Some(true) || !check.what.contains(": ")));
            say::line(last_word(&checks));
        }
        Ok(if all_hold(&checks) { Done::Yes } else { Done::No })
    }
}

impl VerifyLog {
    fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        if let Some(event) = &self.event {
            let proof = installation.event_proof(event)?;
            let value = json!(proof);
            match &self.out {
                None => say::json(&value),
                Some(path) => {
                    say::new_file(path, format!("{value:#}\n"))?;
                    say::line(format!(
                        "The proof of event {event} is in {}: it leads to the head of {} records, root {}.",
                        path.display(),
                        proof.proof.head.size,
                        proof.proof.head.root
                    ));
                    if proof.checkpoint.is_none() {
                        say::line(
                            "The head is not signed: this installation has no key yet (`quarterday log checkpoint`).",
                        );
                    }
                }
            }
            return Ok(Done::Yes);
        }
        // A checkpoint without a log is no reason to say that there is nothing to verify.
        if self.checkpoint.is_none() {
            installation.something_to_verify()?;
        }
        let report = installation.verify_log_whole(self.checkpoint.as_deref(), self.key.as_deref())?;
        let checks = &report.checks;
        let holds = all_hold(checks);
        if context.json {
            let (log, anchored) = (&report.verdict, report.anchored);
            say::json(&json!({ "holds": holds, "log": log, "anchored": anchored, "checks": checks }));
            return Ok(if holds { Done::Yes } else { Done::No });
        }
        tell(checks.iter());
        if report.verdict.is_some() {
            say::line(if report.anchored {
                "Heads that lie in this installation show changes by those who cannot write here. Against those who can, \
                 compare the head above with one in a mail, on paper, or in a checkpoint kept elsewhere."
            } else {
                "Nothing was there to hold the log against: no edition, no checkpoint. That its newest batches were not cut \
                 off, or all of it rebuilt, could not be shown. `quarterday log checkpoint --out FILE` writes a checkpoint to \
                 be kept elsewhere."
            });
        }
        say::line(last_word(checks));
        Ok(if holds { Done::Yes } else { Done::No })
    }
}

fn all_hold(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.holds != Some(false))
}

fn last_word(checks: &[Check]) -> &'static str {
    if all_hold(checks) { "Everything that was checked holds." } else { "Not everything holds." }
}

/// One line for each check.
pub(super) fn tell<'c>(checks: impl Iterator<Item = &'c Check>) {
    for check in checks {
        let sign = match check.holds {
            Some(true) => "holds",
            Some(false) => "DOES NOT HOLD",
            None => "not checked",
        };
        say::line(format!("{sign}: {}: {}", check.what, check.words));
    }
}

//! `verify`: recompute and prove.

use super::{Context, Done, say};
use crate::pipeline::Failure;
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Verify {
    /// `log`, `ledger`, or an edition (REPORT/PERIOD); without it, log and ledger and every edition
    what: Option<String>,
}

impl Verify {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let (ledger, found) = installation.ledger_to_verify()?;
        let mut checks = Vec::new();
        let mut editions = Vec::new();
        if self.what.as_deref() != Some("ledger") {
            checks.extend(installation.verify_log()?);
        }
        if self.what.as_deref() != Some("log") {
            checks.extend(found);
        }
        match (self.what.as_deref(), &ledger) {
            (Some("log" | "ledger"), _) | (None, None) => {}
            (Some(edition), Some(ledger)) => editions.push(installation.edition_named(ledger, edition)?),
            (Some(edition), None) => {
                return Err(Failure::Error(format!("there is no ledger, so nothing is known of {edition}")));
            }
            (None, Some(ledger)) => {
                let filter = crate::ledger::history::Filter {
                    status: Some(crate::ledger::history::Status::Issued),
                    ..crate::ledger::history::Filter::default()
                };
                editions.extend(ledger.editions(&filter)?.into_iter().map(|row| row.key));
            }
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
        let all = checks.iter().all(|check| check.holds != Some(false));
        if context.json {
            say::json(&json!({ "holds": all, "checks": checks }));
        } else {
            for check in &checks {
                let sign = match check.holds {
                    Some(true) => "holds",
                    Some(false) => "DOES NOT HOLD",
                    None => "not checked",
                };
                if !many || check.holds != Some(true) || !check.what.contains(": ") {
                    say::line(format!("{sign}: {}: {}", check.what, check.words));
                }
            }
            say::line(if all { "Everything that was checked holds." } else { "Not everything holds." });
        }
        Ok(if all { Done::Yes } else { Done::No })
    }
}

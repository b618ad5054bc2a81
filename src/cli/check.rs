//! `check`: every problem in what people wrote, all at once.

use super::{Context, Done, say};
use crate::pipeline::{Failure, Installation};
use crate::wording::plain::{moment, period};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Check {
    /// Definitions or mappings; without any: everything of the installation
    files: Vec<PathBuf>,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let checked = installation.check(&self.files)?;
        if !checked.problems.is_empty() {
            return Err(Failure::Problems(checked.problems));
        }
        if context.json {
            say::json(&json!({ "files": checked.files, "problems": [], "warnings": checked.warnings }));
        } else {
            say::line(format!("{}: no problem.", checked.files.join(", ")));
            for warning in &checked.warnings {
                say::line(format!("warning: {warning}"));
            }
            // Of everything at once it would be a plan, and that is another command.
            for path in &self.files {
                next(&installation, path)?;
            }
        }
        Ok(Done::Yes)
    }
}

/// So many firings show what a schedule means.
const SHOWN: usize = 5;

/// Says when a definition is issued next, and for which periods; of any other file there is nothing to say.
fn next(installation: &Installation, path: &Path) -> Result<(), Failure> {
    let definitions = installation.definition_files()?;
    let same = |one: &PathBuf| one.canonicalize().ok().zip(path.canonicalize().ok()).is_some_and(|(a, b)| a == b);
    if !definitions.iter().any(same) {
        return Ok(());
    }
    let definition = installation.definition(path)?.definition;
    let zone = &definition.schedule.zone;
    let mut rows = vec![["Next".to_owned(), "Period".to_owned()].to_vec()];
    for due in crate::schedule::next(&definition, installation.clock.now(), SHOWN) {
        rows.push(vec![format!("{} {}", moment(due.at, zone), zone.name()), period(&due.period)]);
    }
    say::table(&rows);
    Ok(())
}

//! `check`: every problem in what people wrote, all at once.

use super::{Context, Done, say};
use crate::pipeline::Failure;
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Check {
    /// Definitions or mappings; without any: everything of the installation
    files: Vec<PathBuf>,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let checked = context.installation()?.check(&self.files)?;
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
        }
        Ok(Done::Yes)
    }
}

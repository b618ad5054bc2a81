//! `init`: an empty installation with examples that are checked to be right.

use super::{Context, Done, say};
use crate::pipeline::{Failure, starter};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Init {
    /// The folder; made if it is not there
    dir: Option<PathBuf>,
}

impl Init {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let dir = self.dir.unwrap_or_else(|| context.home.clone());
        let made = starter::init(&dir)?;
        for file in &made {
            say::line(format!("made {file}"));
        }
        if made.is_empty() {
            say::line("Everything was there already; nothing was changed.");
        } else {
            say::line(
                "Next: import a log, look at `quarterday preview example -o example.pdf`, then `quarterday issue`.",
            );
        }
        Ok(Done::Yes)
    }
}

//! `backup` and `restore`: everything that cannot be made again, copied while the program works; and brought back.

use super::{Context, Done, say};
use crate::pipeline::{Failure, backup};
use crate::wording::plain::{moment, plural};
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Backup {
    /// A folder that is not there yet
    dir: PathBuf,
}

#[derive(clap::Args)]
pub(super) struct Restore {
    /// The folder that `backup` made. It is restored into the installation that --home names, which must be empty
    dir: PathBuf,
}

impl Backup {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let made = installation.backup(&self.dir)?;
        if context.json {
            say::json(&json!({ "folder": self.dir, "backup": made }));
            return Ok(Done::Yes);
        }
        let bytes: u64 = made.files.iter().map(|file| file.bytes).sum();
        say::line(format!(
            "{}: {}, {} kB, copied and verified.",
            self.dir.display(),
            plural(made.files.len() as i64, "file", "files"),
            bytes.div_ceil(1000)
        ));
        say::line("It holds personal data and the signing key: keep it as closely as the installation itself.");
        say::line(
            "Not in it: mail in a folder, secrets of mail servers and vendors, files outside of the installation's own folders.",
        );
        Ok(Done::Yes)
    }
}

impl Restore {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let restored = backup::restore(&self.dir, &context.home, context.now)?;
        let missed: Vec<String> = restored.missed.iter().map(|due| due.key.to_string()).collect();
        if context.json {
            say::json(&json!({ "made_at": restored.backup.made_at, "held": restored.held, "missed": missed }));
            return Ok(Done::Yes);
        }
        let zone = crate::config::Config::load(&context.home).map_err(Failure::from)?.timezone;
        say::line(format!(
            "{}: restored as it was at {}.",
            context.home.display(),
            moment(restored.backup.made_at, &zone)
        ));
        if restored.held > 0 {
            say::line(format!(
                "{} held: whether they were sent after the backup was made, the mail server's log or the reader can tell.",
                plural(restored.held.into(), "dispatch is", "dispatches are")
            ));
        }
        for due in &restored.missed {
            say::line(format!(
                "{}: recorded as missed, because it may have been issued since. If it never was: `{}`",
                due.key,
                crate::pipeline::issue::by_hand(&due.key)
            ));
        }
        Ok(Done::Yes)
    }
}

//! `init`: an empty installation with examples that are checked to be right, or with the reports of a pack.

use super::{Context, Done, say};
use crate::config::Config;
use crate::pipeline::packs::{self, Filling, Pack};
use crate::pipeline::{Failure, starter};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Init {
    /// The folder; made if it is not there
    dir: Option<PathBuf>,
    /// With the reports of this pack (`pack list` shows them); also into an installation that is there
    #[arg(long = "pack", value_name = "NAME")]
    packs: Vec<String>,
    /// Who answers for the pack's reports
    #[arg(long, value_name = "ADDRESS", requires = "packs")]
    owner: Option<String>,
    /// Who gets them; their owner if not given
    #[arg(long, value_name = "ADDRESS", requires = "packs")]
    to: Vec<String>,
    /// The time zone of their schedule; the installation's if not given
    #[arg(long, value_name = "ZONE", requires = "packs")]
    timezone: Option<String>,
}

impl Init {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let dir = self.dir.unwrap_or_else(|| context.home.clone());
        if !self.packs.is_empty() {
            let filling = Filling { owner: self.owner, to: self.to, timezone: self.timezone };
            return with_packs(&dir, &self.packs, &filling);
        }
        let made = starter::init(&dir, true)?;
        tell(&made);
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

fn tell(made: &[String]) {
    for file in made {
        say::line(format!("made {file}"));
    }
}

/// Writes the definitions of packs; a new installation around them, if none is there.
fn with_packs(dir: &Path, names: &[String], filling: &Filling) -> Result<Done, Failure> {
    // Read as the installation has it; what is asked for is known to be right before anything is written.
    let config = if dir.is_dir() { Config::load(dir).map_err(Failure::from)? } else { Config::default() };
    let rules = config.zone_rules.load();
    let mut files: Vec<(String, String)> = Vec::new();
    let mut chosen: Vec<Pack> = Vec::new();
    for name in names {
        let pack = packs::named(name, &rules)?;
        if chosen.iter().all(|one| one.name != pack.name) {
            files.extend(packs::files(&config, &rules, &pack, filling)?);
            chosen.push(pack);
        }
    }
    if !starter::is_there(dir) {
        tell(&starter::init(dir, false)?);
    }
    let wanted: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    let made = starter::write_missing(dir, files)?;
    tell(&made);
    for name in wanted.iter().filter(|name| !made.contains(name)) {
        say::line(format!("{name} is there already and was left as it is"));
    }
    for need in chosen.iter().flat_map(|pack| &pack.needs) {
        say::line(format!("needs: {need}"));
    }
    if filling.owner.is_none() && !made.is_empty() {
        say::line("owner@example.com is a placeholder: write who answers for the report (or `init --pack … --owner`).");
    }
    if let Some(stem) = chosen.iter().flat_map(|pack| &pack.definitions).map(|one| &one.definition.stem).next() {
        say::line(format!(
            "Next: import a log, look at `quarterday preview {stem} -o {stem}.pdf`, move the lines under `thresholds`, \
             then `quarterday issue`."
        ));
    }
    Ok(Done::Yes)
}

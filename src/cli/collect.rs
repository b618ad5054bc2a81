//! `collect`: what is new of the sources, by hand: files that arrived, and exports fetched from vendors.

use super::{Context, Done, import, progress, say};
use crate::pipeline::collect::{Asker, Collected};
use crate::pipeline::{Failure, Installation};
use serde_json::{Value, json};

#[derive(clap::Args)]
pub(super) struct Collect {
    /// One source; without it, all that say how their exports come in
    source: Option<String>,
}

impl Collect {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let collected = gather(&installation, self.source.as_deref(), Asker::ByHand)?;
        if context.json {
            say::json(&Value::Array(collected.iter().map(as_json).collect()));
        } else if collected.is_empty() {
            say::line("No source says how its exports come in: see `arrives` and `collector` in quarterday.yaml.");
        }
        for one in collected.iter().filter(|_| !context.json) {
            tell(one);
            for left in &one.left {
                say::line(format!("{}: {} is left for the next time: {}", one.source, left.file, left.why));
            }
            let quiet = one.imported.is_empty() && one.left.is_empty() && one.running.is_none() && !one.elsewhere;
            if quiet && !one.has_failed() {
                say::line(format!("{}: nothing new.", one.source));
            }
        }
        Ok(if collected.iter().any(Collected::has_failed) { Done::No } else { Done::Yes })
    }
}

/// Collects, and shows on a terminal what is waited for.
pub(super) fn gather(
    installation: &Installation,
    source: Option<&str>,
    asker: Asker,
) -> Result<Vec<Collected>, Failure> {
    let bar = progress::bar(0, "collecting");
    let collected = installation.collect(source, asker, &mut |words| bar.set_message(words.to_owned()));
    bar.finish_and_clear();
    collected
}

/// What came in and what did not, in words.
pub(super) fn tell(collected: &Collected) {
    let source = &collected.source;
    for imported in &collected.imported {
        import::tell(imported);
    }
    for failed in &collected.failed {
        say::aside(format!("{source}: {} was not imported: {}", failed.file, failed.why));
    }
    if let Some(words) = &collected.running {
        say::line(format!("{source}: {words}"));
    }
    if let Some(trouble) = &collected.trouble {
        say::aside(format!("{source}: NOT COLLECTED: {trouble}"));
        say::aside("    Reports go out as ever, and say in their coverage what is missing.");
    }
    if collected.elsewhere {
        say::line(format!("{source}: another process is collecting it"));
    }
}

/// The same for programs.
pub(super) fn as_json(collected: &Collected) -> Value {
    let imported: Vec<Value> = collected
        .imported
        .iter()
        .map(|imported| json!({ "batch": imported.batch, "warnings": imported.warnings }))
        .collect();
    json!({
        "source": collected.source,
        "imported": imported,
        "left": collected.left,
        "failed": collected.failed,
        "known_failures": collected.known_failures,
        "running": collected.running,
        "trouble": collected.trouble,
        "resting_until": collected.resting,
        "elsewhere": collected.elsewhere,
    })
}

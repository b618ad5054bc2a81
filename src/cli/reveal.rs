//! `reveal`: who stands behind a pseudonym of an edition for training; who asked and why is recorded in the ledger.

use super::{Context, Done, say};
use crate::event::actor_key;
use crate::pipeline::Failure;
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Reveal {
    /// The edition, REPORT/PERIOD/@training
    edition: String,
    /// The pseudonym, as it is printed: `Quiet Harbour 7F3`
    pseudonym: String,
    /// Why: it is recorded with your name
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Reveal {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let mut ledger = installation.ledger()?;
        let key = installation.edition_named(&ledger, &self.edition)?;
        let found = installation.reveal(&mut ledger, &key, &self.pseudonym, &self.reason)?;
        if context.json {
            let list: Vec<_> =
                found.iter().map(|(field, name)| json!({ "field": field.name(), "name": name })).collect();
            say::json(&json!({ "edition": key.to_string(), "pseudonym": self.pseudonym, "behind": list }));
            return Ok(Done::Yes);
        }
        let (lens, _) = installation.lens()?;
        for (field, name) in found {
            let person =
                lens.directory.indices(&actor_key(&name)).iter().rev().find_map(|at| lens.directory.rows().get(*at));
            let full = person.map(|person| person.name.as_str()).filter(|full| !full.is_empty());
            let full = full.map(|full| format!(" ({full})")).unwrap_or_default();
            say::line(format!("{}: {} {name}{full}", self.pseudonym, field.name()));
        }
        say::aside("Recorded in the ledger: who asked, when and why.");
        Ok(Done::Yes)
    }
}

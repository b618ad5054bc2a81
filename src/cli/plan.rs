//! `plan`: what will be issued when, for which period, to whom.

use super::{Context, Done, say};
use crate::pipeline::Failure;
use crate::wording::plain::{moment, period};
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Plan {
    /// So many days ahead
    #[arg(long, default_value_t = 35)]
    days: u32,
}

impl Plan {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let written = installation.definitions()?;
        let definitions: Vec<_> = written.into_iter().map(|written| written.definition).collect();
        let planned = crate::schedule::plan(&definitions, installation.clock.now(), self.days);
        if context.json {
            say::json(&json!(planned));
            return Ok(Done::Yes);
        }
        let mut rows = vec![["When", "Report", "Period", "To"].map(str::to_owned).to_vec()];
        for due in planned {
            let Some(definition) = definitions.iter().find(|one| one.stem == due.key.definition) else { continue };
            let zone = &definition.schedule.zone;
            let to: Vec<&str> = definition.recipients.iter().map(|recipient| recipient.to.as_str()).collect();
            rows.push(vec![
                format!("{} {}", moment(due.at, zone), zone.name()),
                due.key.definition,
                period(&due.period),
                if to.is_empty() { "archived only".to_owned() } else { to.join(", ") },
            ]);
        }
        if rows.len() == 1 {
            say::line(format!("Nothing is issued in the next {} days.", self.days));
        } else {
            say::table(&rows);
        }
        Ok(Done::Yes)
    }
}

//! `plan`: what will be issued when, for which period, to whom.

mod ics;

use super::{Context, Done, say};
use crate::calendar::Millis;
use crate::definition::{Definition, Division, PARTS, PartRecipient, PartTo, TRAINING};
use crate::pipeline::Failure;
use crate::wording::Words;
use crate::wording::plain::{moment, period};
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Plan {
    /// So many days ahead
    #[arg(long, default_value_t = 35)]
    days: u32,
    /// As iCalendar, to subscribe to: put it where calendars can fetch it
    #[arg(long)]
    ics: bool,
}

impl Plan {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let written = installation.definitions()?;
        let definitions: Vec<_> = written.into_iter().map(|written| written.definition).collect();
        let planned = crate::schedule::plan(&definitions, installation.clock.now(), self.days);
        if context.json && self.ics {
            return Err(Failure::Asked("`--ics` and `--json` are two formats: ask for one".to_owned()));
        }
        if self.ics {
            let title = |stem: &str| -> String {
                let found = definitions.iter().find(|one| one.stem == stem);
                found.map_or_else(|| stem.to_owned(), |one| one.title.clone())
            };
            let events: Vec<ics::Event<'_>> = planned
                .iter()
                .map(|due| {
                    let shown = period(&due.period);
                    let audience = match due.key.audience.as_str() {
                        "" => String::new(),
                        PARTS => " (part by part)".to_owned(),
                        TRAINING => " (for training)".to_owned(),
                        other => format!(" ({other})"),
                    };
                    ics::Event {
                        key: &due.key,
                        at: due.at,
                        summary: format!("{}: {shown}{audience}", title(&due.key.definition)),
                        description: format!("Edition {} is issued.", due.key),
                    }
                })
                .collect();
            let organisation = &installation.config.organisation;
            let of: String = crate::seal::sha256_hex(organisation.as_bytes()).chars().take(16).collect();
            let name =
                if organisation.is_empty() { "Reports".to_owned() } else { format!("Reports of {organisation}") };
            say::bytes(ics::calendar(&name, &of, &events).as_bytes());
            return Ok(Done::Yes);
        }
        if context.json {
            say::json(&json!(planned));
            return Ok(Done::Yes);
        }
        let mut rows = vec![["When", "Report", "Period", "To", "Review"].map(str::to_owned).to_vec()];
        for due in planned {
            let Some(definition) = definitions.iter().find(|one| one.stem == due.key.definition) else { continue };
            let zone = &definition.schedule.zone;
            let to: Vec<String> = match due.key.audience.as_str() {
                PARTS => definition.division.iter().flat_map(parts).collect(),
                TRAINING => definition.training.iter().map(|one| format!("{} (for training)", one.to)).collect(),
                _ => definition.recipients.iter().map(|recipient| recipient.to.clone()).collect(),
            };
            rows.push(vec![
                format!("{} {}", moment(due.at, zone), zone.name()),
                due.key.definition,
                period(&due.period),
                if to.is_empty() { "archived only".to_owned() } else { to.join(", ") },
                review(definition, &due.key.audience, due.at),
            ]);
        }
        if definitions.iter().all(|definition| definition.review.is_none()) {
            // Nobody is asked: no column of it.
            rows.iter_mut().for_each(|row| row.truncate(4));
        }
        if rows.len() == 1 {
            say::line(format!("Nothing is issued in the next {} days.", self.days));
        } else {
            say::table(&rows);
        }
        Ok(Done::Yes)
    }
}

/// Of whom a review will be asked, and until when if the edition is issued at its time; nobody signs off what is for training.
fn review(definition: &Definition, audience: &str, at: Millis) -> String {
    let zone = &definition.schedule.zone;
    match &definition.review {
        Some(review) if audience != TRAINING => {
            let until = Words::english().until(review.within.until(at, zone, &review.workdays), zone);
            format!("{} until {until}", review.by.join(", "))
        }
        _ => String::new(),
    }
}

/// To whom the editions of the parts go: who that is, the log and the directory tell then.
fn parts(division: &Division) -> Vec<String> {
    let by = crate::figures::filter_words::field(division.by);
    let each = match &division.list {
        Some(list) => format!("each of {list}"),
        None => format!("each {by}"),
    };
    let to = |one: &PartRecipient| match &one.to {
        PartTo::Manager => format!("{each}: its manager"),
        PartTo::List => format!("{each}: as listed"),
        PartTo::Address(address) => format!("{each}: {address}"),
    };
    division.recipients.iter().map(to).collect()
}

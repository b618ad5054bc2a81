//! `health`: whether the daemon lives and everything is in order; exit code 1 if not.

use super::{Context, Done, say};
use crate::daemon::health::look;
use crate::pipeline::Failure;
use crate::wording::plain::moment;
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Health {}

impl Health {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let health = look(&installation)?;
        let done = if health.healthy { Done::Yes } else { Done::No };
        if context.json {
            say::json(&json!(health));
            return Ok(done);
        }
        let zone = &installation.config.timezone;
        match &health.leader {
            Some(lead) if health.alive => say::line(format!(
                "daemon: leads since {}, last sign of life {}",
                moment(lead.since, zone),
                moment(lead.renewed_at, zone)
            )),
            Some(lead) => {
                say::line(format!("daemon: none; the last sign of life was {}", moment(lead.renewed_at, zone)))
            }
            None => say::line("daemon: there was never one"),
        }
        let counts = &health.counts;
        say::line(format!(
            "editions: {} due, {} late; {} issued ({} late), {} failed, {} missed",
            health.due, health.late, counts.issued, counts.issued_late, counts.failed, counts.missed
        ));
        let oldest = counts.oldest.map(|then| format!(", the oldest since {}", moment(then, zone))).unwrap_or_default();
        say::line(format!(
            "outbox: {} waiting{oldest}; {} held, {} given up",
            counts.waiting, counts.held, counts.refused
        ));
        if counts.reviews_open > 0 {
            say::line(format!("reviews: {} asked, {} of them overdue", counts.reviews_open, counts.reviews_overdue));
        }
        for (source, age) in &health.log_age {
            match age {
                Some(age) => say::line(format!("log: {source}: last event {}", moment(health.at - age, zone))),
                None => say::line(format!("log: {source}: no event")),
            }
        }
        for words in &health.wrong {
            say::aside(format!("wrong: {words}"));
        }
        Ok(done)
    }
}

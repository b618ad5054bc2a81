//! `backfill`: past periods of a report, issued on purpose; what is issued already is left as it is.

use super::{Context, Done, preview, progress, say};
use crate::pipeline::Failure;
use crate::pipeline::issue::Press;
use crate::pipeline::outbox;
use crate::wording::plain::plural;
use chrono::NaiveDate;
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Backfill {
    /// The report
    report: String,
    /// The first day
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// The last day
    #[arg(long, value_name = "DAY")]
    to: NaiveDate,
    /// Make and keep them, and send them to nobody
    #[arg(long)]
    archive_only: bool,
}

impl Backfill {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let mut ledger = installation.ledger()?;
        let written = preview::named(&installation, &self.report)?;
        let press = Press::open(&installation)?;
        let bar = progress::bar(0, "issuing");
        let run = press.backfill(&mut ledger, &written, self.from..=self.to, self.archive_only, &mut |period| {
            bar.set_message(period.label());
        });
        bar.finish_and_clear();
        let run = run?;
        let delivered = outbox::deliver(&installation, &mut ledger)?;
        let done = if run.failed.is_empty() && delivered.stopped.is_empty() && delivered.later.is_empty() {
            Done::Yes
        } else {
            Done::No
        };
        if context.json {
            let failed = run.failed.iter().map(|(key, why)| json!({ "edition": key.to_string(), "reason": why }));
            say::json(&json!({
                "issued": run.issued.iter().map(|one| one.key.to_string()).collect::<Vec<_>>(),
                "failed": failed.collect::<Vec<_>>(),
                "sent": delivered.sent,
                "later": delivered.later,
                "stopped": delivered.stopped,
            }));
            return Ok(done);
        }
        for one in &run.issued {
            let folder = installation.shown(&one.folder);
            say::line(format!("{}: issued for its past period, {} to send; {folder}", one.key, one.messages));
        }
        for (key, why) in &run.failed {
            say::aside(format!("{key}: could not be issued: {why}"));
        }
        for key in &run.elsewhere {
            say::line(format!("{key}: another process is making it"));
        }
        if run.issued.is_empty() && run.failed.is_empty() {
            say::line("Every period of these days is issued already.");
        }
        let mails = |count: usize| plural(i64::try_from(count).unwrap_or(i64::MAX), "mail", "mails");
        if !delivered.sent.is_empty() {
            say::line(format!("{} delivered to {}", mails(delivered.sent.len()), delivered.channel));
        }
        let open = delivered.later.len() + delivered.stopped.len();
        if open > 0 {
            say::aside(format!("{} not delivered: see `quarterday history`", mails(open)));
        }
        Ok(done)
    }
}

//! `outbox`: mails that wait, are held or were given up, and what a person decides about them.

use super::{Context, Done, say};
use crate::dispatch::{Dispatch, Stage};
use crate::ledger::outbox::Decision;
use crate::ledger::{Decided, Ledger};
use crate::pipeline::decide::{Which, is_open, stage};
use crate::pipeline::{Failure, Installation};
use crate::wording::plain::{moment, plural};
use serde_json::{Value, json};

#[derive(clap::Subcommand)]
pub(super) enum Outbox {
    /// Mails that wait, are held or were given up
    List(List),
    /// Send at once what waits or was given up
    Retry(Decide),
    /// Keep back what waits, until it is released
    Hold(Decide),
    /// Send at once what is held
    Release(Decide),
    /// Never send it
    Cancel(Decide),
}

#[derive(clap::Args)]
pub(super) struct List {
    /// Only these: a number, an edition (REPORT/PERIOD) or a recipient's address
    #[arg(value_name = "WHICH", value_parser = Which::parse)]
    which: Vec<Which>,
    /// Sent and cancelled ones too
    #[arg(long)]
    all: bool,
}

#[derive(clap::Args)]
pub(super) struct Decide {
    /// A number of `outbox list`, an edition (REPORT/PERIOD: all of its mails) or a recipient's address (all mails to it)
    #[arg(value_name = "WHICH", required = true, value_parser = Which::parse)]
    which: Vec<Which>,
    /// Why: it is recorded with your name
    #[arg(long, value_name = "TEXT", alias = "reason")]
    why: String,
}

impl Outbox {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let (asked, decision, done) = match self {
            Outbox::List(list) => return list.run(context, &installation),
            Outbox::Retry(asked) => (asked, Decision::Retry, "is sent by the next `issue`"),
            Outbox::Hold(asked) => (asked, Decision::Hold, "is held until `outbox release`"),
            Outbox::Release(asked) => (asked, Decision::Release, "is sent by the next `issue`"),
            Outbox::Cancel(asked) => (asked, Decision::Cancel, "is cancelled and will never be sent"),
        };
        let mut ledger = installation.ledger()?;
        let decided = installation.decide(&mut ledger, &asked.which, decision, &asked.why)?;
        if context.json {
            say::json(&json!(decided));
            return Ok(Done::Yes);
        }
        for one in decided {
            say::line(format!("Mail {}, {} to {}, {done}.", one.id, one.edition, one.to));
        }
        say::aside("Recorded in the ledger: who decided it, when and why.");
        Ok(Done::Yes)
    }
}

impl List {
    fn run(self, context: &Context, installation: &Installation) -> Result<Done, Failure> {
        let ledger = installation.ledger_to_read()?;
        // Who names one wants to see it, wherever it stands.
        let wanted = |one: &Dispatch| match self.which.as_slice() {
            [] => self.all || is_open(one),
            which => which.iter().any(|which| which.is(one)),
        };
        let found: Vec<Dispatch> = ledger.all_dispatches()?.into_iter().filter(wanted).collect();
        if context.json {
            say::json(&json!(in_full(&ledger, &found)?));
            return Ok(Done::Yes);
        }
        if found.is_empty() {
            let nothing =
                if self.which.is_empty() && !self.all { "Nothing waits in the outbox." } else { "No such mail." };
            say::line(nothing);
            return Ok(Done::Yes);
        }
        let zone = &installation.config.timezone;
        let mut table =
            vec![["No.", "Edition", "To", "Stage", "Attempts", "Next", "Words"].map(str::to_owned).to_vec()];
        for one in &found {
            let next = if one.stage == Stage::Queued { moment(one.not_before, zone) } else { String::new() };
            table.push(vec![
                one.id.to_string(),
                one.edition.to_string(),
                one.to.clone(),
                stage(one.stage).to_owned(),
                one.attempts.to_string(),
                next,
                one.words.clone(),
            ]);
        }
        say::table(&table);
        let people = found.iter().filter(|one| matches!(one.stage, Stage::Held | Stage::Refused)).count();
        if people > 0 {
            say::line(format!(
                "{} for a decision: `quarterday outbox release` (held), `retry` (given up) or `cancel NUMBER --why …`",
                plural(people as i64, "mail waits", "mails wait")
            ));
        }
        Ok(Done::Yes)
    }
}

/// Each with all attempts and the server's words, and every decision.
fn in_full(ledger: &Ledger, found: &[Dispatch]) -> Result<Vec<Value>, Failure> {
    let decisions = ledger.decisions()?;
    let mut all = Vec::new();
    for one in found {
        let attempts = ledger.attempts(one.id)?;
        let decided: Vec<&Decided> = decisions.iter().filter(|decided| decided.dispatch == one.id).collect();
        all.push(json!({
            "number": one.id,
            "edition": one.edition.to_string(),
            "to": one.to,
            "message_id": one.message_id,
            "stage": one.stage,
            "not_before": one.not_before,
            "words": one.words,
            "attempts": attempts,
            "decisions": decided,
        }));
    }
    Ok(all)
}

//! `issue`: what is due, or one report for one period; then the outbox is delivered.

use super::{Context, Done, collect, preview, progress, say, watch};
use crate::dispatch::Dispatch;
use crate::ledger::Ledger;
use crate::pipeline::collect::{Asker, Collected};
use crate::pipeline::issue::Press;
use crate::pipeline::making::Run;
use crate::pipeline::outbox::{self, Delivered};
use crate::pipeline::watch::Watching;
use crate::pipeline::{Failure, Installation};
use crate::wording::plain::{moment, plural};
use crate::written::Problem;
use serde_json::json;

#[derive(clap::Args)]
pub(super) struct Issue {
    /// One report; without it, everything that is due
    report: Option<String>,
    /// Its period; the last closed one if not given
    #[arg(long, value_name = "PERIOD", requires = "report")]
    period: Option<String>,
    /// One of its audiences: `whole`, `training`, `rest`, or a part by its name; all of them if not given
    #[arg(long, value_name = "NAME", requires = "report")]
    audience: Option<String>,
    /// Issue a revision of an edition that is issued already
    #[arg(long, requires = "report", requires = "reason")]
    revise: bool,
    /// Why it is revised: printed on its face
    #[arg(long, value_name = "TEXT", requires = "revise")]
    reason: Option<String>,
}

impl Issue {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let mut ledger = installation.ledger()?;
        let (mut problems, mut collected) = (Vec::new(), Vec::new());
        let mut watching = Ok(Watching::default());
        let run = match &self.report {
            Some(report) => {
                let written = preview::named(&installation, report)?;
                let period = preview::period(&installation, &written, self.period.as_deref())?;
                let press = Press::open(&installation)?;
                press.by_hand(&mut ledger, &written, &period, self.audience.as_deref(), self.reason.as_deref())?
            }
            None => {
                // A broken definition does not keep the others from going out.
                let (good, found) = installation.definitions_and_problems()?;
                problems = found;
                // What is new comes in first. Whatever goes wrong with it, the reports go out and say what they lack.
                collected = collect::gather(&installation, None, Asker::Issue)?;
                // What rules find stands in the reports that go out now. Whatever goes wrong with a rule, they go out.
                watching = installation.watch_new(&mut ledger, &good);
                if let Ok(watching) = &mut watching {
                    problems.append(&mut watching.problems);
                }
                let press = Press::open(&installation)?;
                let bar = progress::bar(0, "issuing");
                let run = press.due(&mut ledger, &good, &mut |key, left| {
                    bar.set_length(bar.position() + left as u64);
                    bar.set_message(key.to_string());
                    bar.inc(1);
                });
                bar.finish_and_clear();
                run?
            }
        };
        let delivered = outbox::deliver(&installation, &mut ledger)?;
        let mut unwatched = false;
        let told = Told { run, delivered, problems, collected, by_hand: self.report.is_some() };
        let watching = watching.unwrap_or_else(|failure| {
            say::aside(format!("rules could not be held against the log: {failure}"));
            unwatched = true;
            Watching::default()
        });
        tell(context, &installation, &ledger, &told, &watching)?;
        Ok(if unwatched {
            Done::No
        } else if !told.problems.is_empty() {
            Done::Wrong
        } else if told.collected.iter().any(Collected::has_failed)
            || !told.run.failed.is_empty()
            || !told.delivered.stopped.is_empty()
            || !told.delivered.later.is_empty()
            || told.delivered.journal.is_some()
        {
            Done::No
        } else {
            Done::Yes
        })
    }
}

/// What there is to tell.
struct Told {
    run: Run,
    delivered: Delivered,
    /// In definitions that were left out.
    problems: Vec<Problem>,
    /// What came in before it was issued.
    collected: Vec<Collected>,
    by_hand: bool,
}

fn tell(
    context: &Context,
    installation: &Installation,
    ledger: &Ledger,
    told: &Told,
    watching: &Watching,
) -> Result<(), Failure> {
    let Told { run, delivered, problems, collected, by_hand } = told;
    if context.json {
        let issued: Vec<_> = run
            .issued
            .iter()
            .map(|one| json!({ "edition": one.key.to_string(), "folder": one.folder, "files": one.files, "pages": one.pages, "warnings": one.warnings, "not_sent": one.unsent }))
            .collect();
        let failed: Vec<_> =
            run.failed.iter().map(|(key, reason)| json!({ "edition": key.to_string(), "reason": reason })).collect();
        say::json(&json!({
            "issued": issued,
            "failed": failed,
            "missed": run.missed,
            "waiting": run.waiting,
            "sent": delivered.sent,
            "later": delivered.later,
            "stopped": delivered.stopped,
            "withdrawn": delivered.withdrawn,
            "journal": delivered.journal,
            "problems": problems,
            "found": watch::as_json(watching),
            "collected": collected.iter().map(collect::as_json).collect::<Vec<_>>(),
        }));
        return Ok(());
    }
    for one in collected {
        collect::tell(one);
    }
    watch::raised(installation, watching);
    for one in &run.issued {
        say::line(format!(
            "{}: issued, {}, {} to send; {}",
            one.key,
            plural(one.pages as i64, "page", "pages"),
            plural(one.messages as i64, "mail", "mails"),
            installation.shown(&one.folder)
        ));
        for crate::ledger::happening::Unsent { to, why } in &one.unsent {
            say::line(format!("    not sent to {to}: {why}"));
        }
        for warning in &one.warnings {
            say::aside(format!("warning: {}: {warning}", one.key));
        }
    }
    for (key, reason) in &run.failed {
        say::aside(format!("{key}: could not be issued: {reason}"));
        let again = if *by_hand {
            "Give the command again when the reason is mended."
        } else {
            "It is tried again by the next `issue`."
        };
        say::aside(format!("    Nobody was sent anything of it; its owner is told. {again}"));
    }
    for due in &run.missed {
        say::aside(format!("{}: missed, too old for its catch_up; recorded, and its owner is told", due.key));
    }
    for due in &run.waiting {
        let zone = &installation.config.timezone;
        say::line(format!("{}: waits until {}", due.key, moment(due.at, zone)));
    }
    for key in &run.elsewhere {
        say::line(format!("{key}: another process is making it"));
    }
    if run.issued.is_empty() && run.failed.is_empty() {
        say::line("Nothing is due.");
    }
    let found = delivered.sent.iter().filter(|one| one.words == outbox::FOUND).count();
    if found > 0 {
        let mails = plural(found as i64, "mail whose outcome was unknown was", "mails whose outcome was unknown were");
        say::line(format!("{mails} {}", outbox::FOUND));
    }
    if delivered.sent.len() > found {
        let mails = plural((delivered.sent.len() - found) as i64, "mail", "mails");
        say::line(format!("{mails} delivered to {}", delivered.channel));
    }
    if let Some(why) = &delivered.journal {
        say::aside(format!(
            "the journal mailbox cannot be read ({why}): mails whose outcome is unknown wait until it can"
        ));
    }
    for dispatch in &delivered.later {
        let zone = &installation.config.timezone;
        say::aside(format!(
            "{} to {}: not now ({}); tried again from {} on, at the next `issue`",
            dispatch.edition,
            dispatch.to,
            dispatch.words,
            moment(dispatch.not_before, zone)
        ));
    }
    for dispatch in &delivered.stopped {
        let Dispatch { id, edition, to, words, .. } = dispatch;
        let what = crate::pipeline::decide::stage(dispatch.stage);
        say::aside(format!("{edition} to {to}: {what}: {words}; it is mail {id} of `quarterday outbox list`"));
    }
    for dispatch in &delivered.withdrawn {
        let Dispatch { id, edition, to, words, .. } = dispatch;
        say::line(format!("{edition} to {to}: not sent any more ({words}); it is mail {id}"));
    }
    let waiting = ledger.open_dispatches()?.len().saturating_sub(delivered.later.len());
    if waiting > 0 {
        let mails = plural(waiting as i64, "mail waits", "mails wait");
        match ledger.next_pending()? {
            Some(next) => {
                let next = moment(next, &installation.config.timezone);
                say::line(format!("{mails} in the outbox; the next one is tried from {next} on, by `issue`."));
            }
            None => say::line(format!("{mails} in the outbox.")),
        }
    }
    for problem in problems {
        say::aside(problem.to_string());
    }
    if !problems.is_empty() {
        let count = plural(problems.len() as i64, "problem", "problems");
        say::aside(format!("{count}. Definitions with problems were left out; the others went out as usual."));
    }
    Ok(())
}

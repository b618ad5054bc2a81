//! Health: whether a daemon lives and everything is in order, looked up in the ledger, the log and the definitions, so that
//! any process can tell.

use crate::calendar::Millis;
use crate::calendar::Span;
use crate::ledger::{Counts, Lead};
use crate::pipeline::{Failure, Installation};
use crate::schedule::ON_TIME;
use serde::Serialize;
use std::fmt::Write;

/// A mail that waits for so long shows that something is wrong with the way out.
const OUTBOX_OLD: Millis = 24 * 60 * 60 * 1000;

/// How an installation stands.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// Whether nothing is wrong.
    pub healthy: bool,
    /// What is wrong, in words without names of people.
    pub wrong: Vec<String>,
    /// When it was looked.
    pub at: Millis,
    /// The daemon that leads, or the last one that did.
    pub leader: Option<Lead>,
    /// Whether it gives signs of life.
    pub alive: bool,
    /// Editions that are due now.
    pub due: usize,
    /// Those of them that should have been issued more than an hour ago.
    pub late: usize,
    /// Definitions that are written wrong.
    pub definitions_wrong: usize,
    /// Editions and dispatches by where they stand.
    pub counts: Counts,
    /// Milliseconds that the oldest dispatch waits.
    pub outbox_age: Option<Millis>,
    /// Each source with the milliseconds since its last event.
    pub log_age: Vec<(String, Option<Millis>)>,
}

/// Looks how an installation stands. Nothing is written.
///
/// # Errors
/// A ledger, log or folder that cannot be read.
pub fn look(installation: &Installation) -> Result<Health, Failure> {
    let at = installation.clock.now();
    let ledger = installation.ledger_to_read()?;
    let (good, problems) = installation.definitions_and_problems()?;
    let agenda = installation.agenda(&ledger, &good)?;
    let mut files: Vec<&String> = problems.iter().map(|problem| &problem.file).collect();
    files.sort();
    files.dedup();
    let counts = ledger.counts(at)?;
    let leader = ledger.leader()?;
    let alive = leader.as_ref().is_some_and(|lead| {
        !lead.process.is_empty() && at < lead.lease_until && !installation.claimer.is_gone(&lead.process)
    });
    let mut log_age: Vec<(String, Option<Millis>)> = Vec::new();
    if installation.folders.log.is_file() {
        let log = installation.log_or_empty()?;
        let coverage = log.coverage(Span { from: 0, to: 1 }, Millis::MAX)?;
        log_age = coverage
            .into_iter()
            .map(|known| (known.source.name, known.last.map(|last| at.saturating_sub(last))))
            .collect();
    }
    let late = agenda.due.iter().filter(|due| due.late || due.at.saturating_add(ON_TIME) < at).count();
    let outbox_age = counts.oldest.map(|then| at.saturating_sub(then));
    let mut wrong = Vec::new();
    let mut say = |is: bool, words: String| {
        if is {
            wrong.push(words);
        }
    };
    say(!alive, "no daemon gives a sign of life".to_owned());
    say(late > 0, format!("{late} late: see `quarterday history`, and the daemon's log"));
    say(counts.failed > 0, format!("{} could not be issued: see `quarterday history`", counts.failed));
    say(counts.held > 0, format!("{} in the outbox wait for a person: see `quarterday history`", counts.held));
    say(outbox_age.is_some_and(|age| age > OUTBOX_OLD), "mail waits for more than a day".to_owned());
    let overdue = counts.reviews_overdue;
    say(overdue > 0, format!("{overdue} not reviewed in time: see `quarterday review`"));
    say(!files.is_empty(), format!("{} written wrong: see `quarterday check`", files.len()));
    Ok(Health {
        healthy: wrong.is_empty(),
        wrong,
        at,
        leader,
        alive,
        due: agenda.due.len(),
        late,
        definitions_wrong: files.len(),
        counts,
        outbox_age,
        log_age,
    })
}

impl Health {
    /// The same as Prometheus reads it.
    pub fn metrics(&self) -> String {
        let mut out = String::new();
        let mut gauge = |name: &str, help: &str, value: i64| {
            let _ = writeln!(
                out,
                "# HELP quarterday_{name} {help}\n# TYPE quarterday_{name} gauge\nquarterday_{name} {value}"
            );
        };
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        gauge("healthy", "1 if nothing is wrong.", i64::from(self.healthy));
        gauge("daemon_alive", "1 if a daemon gives signs of life.", i64::from(self.alive));
        if let Some(lead) = &self.leader {
            let seen = self.at.saturating_sub(lead.renewed_at) / 1000;
            gauge("daemon_seen_seconds", "Seconds since the last sign of life.", seen);
        }
        gauge("due", "Editions that are due now.", count(self.due));
        gauge("late", "Editions that should have been issued more than an hour ago.", count(self.late));
        gauge("issued", "Editions issued.", self.counts.issued);
        gauge("issued_late", "Editions issued after their time.", self.counts.issued_late);
        gauge("failed", "Editions that could not be made and are tried again.", self.counts.failed);
        gauge("missed", "Editions that were too old to be made by themselves.", self.counts.missed);
        gauge("definitions_wrong", "Definitions that are written wrong.", count(self.definitions_wrong));
        gauge("outbox_waiting", "Dispatches that wait or are under way.", self.counts.waiting);
        gauge("outbox_held", "Dispatches that wait for a person.", self.counts.held);
        gauge("outbox_refused", "Dispatches that were given up.", self.counts.refused);
        gauge("reviews_open", "Editions whose review is asked and not made.", self.counts.reviews_open);
        gauge("reviews_overdue", "Those of them that are overdue.", self.counts.reviews_overdue);
        let oldest = self.outbox_age.unwrap_or(0) / 1000;
        gauge("outbox_oldest_seconds", "Seconds that the oldest dispatch waits.", oldest);
        let name = "quarterday_log_age_seconds";
        let _ = writeln!(out, "# HELP {name} Seconds since the last event of a source.\n# TYPE {name} gauge");
        for (source, age) in &self.log_age {
            if let Some(age) = age {
                let label: String = source.chars().filter(|c| !c.is_control() && *c != '"' && *c != '\\').collect();
                let _ = writeln!(out, "{name}{{source=\"{label}\"}} {}", age / 1000);
            }
        }
        out
    }
}

//! Verdict: whether a life came to what it must: every edition once, every reader at least once, every late one marked.

use super::life::Life;
use super::post::Letter;
use super::reports::Expected;
use crate::calendar::Millis;
use crate::dispatch::Stage;
use crate::edition::{EditionKey, Trigger};
use crate::ledger::happening::{Happening, Purpose};
use crate::ledger::history::{EditionRow, Filter, Status};
use crate::ledger::{Ledger, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// What a life came to, counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Count {
    pub(super) editions: usize,
    pub(super) late: usize,
    pub(super) missed: usize,
    pub(super) mails: usize,
    pub(super) twice: usize,
    pub(super) unknown: usize,
    pub(super) notices: usize,
    pub(super) failures: usize,
    pub(super) entries: i64,
}

impl Count {
    pub(super) fn add(&mut self, other: &Count) {
        let Count { editions, late, missed, mails, twice, unknown, notices, failures, entries } = other;
        for (sum, one) in [
            (&mut self.editions, editions),
            (&mut self.late, late),
            (&mut self.missed, missed),
            (&mut self.mails, mails),
            (&mut self.twice, twice),
            (&mut self.unknown, unknown),
            (&mut self.notices, notices),
            (&mut self.failures, failures),
        ] {
            *sum += one;
        }
        self.entries += entries;
    }
}

/// Counts what a life came to; everything that is not as it must be is in the list.
pub(super) fn verdict(life: &Life) -> (Count, Vec<String>) {
    let ledger = Ledger::open(&life.ledger()).unwrap();
    let now = life.shared.now();
    let (mut count, mut wrong) = (Count::default(), Vec::new());
    match ledger.verify().unwrap() {
        Verdict::Holds(head) => count.entries = head.n,
        Verdict::Broken { entry, why } => wrong.push(format!("the ledger does not hold at entry {entry}: {why}")),
    }
    let told = History::of(&ledger, &mut wrong);
    let rows = ledger.editions(&Filter::default()).unwrap();
    let mut open: BTreeMap<(String, String), &EditionRow> = BTreeMap::new();
    for row in &rows {
        count.failures += row.failures as usize;
        if open.insert((row.key.definition.clone(), row.key.period.clone()), row).is_some() || row.key.revision > 0 {
            wrong.push(format!("{} is there twice", row.key));
        }
    }
    for report in life.reports.iter() {
        for expected in report.expected(now) {
            let Some(row) = open.remove(&(report.stem.clone(), expected.period.clone())) else {
                wrong.push(format!("{}/{} is lost, due {}", report.stem, expected.period, expected.due));
                continue;
            };
            if row.due_at != expected.due {
                wrong.push(format!("{} was due at {}, not {}", row.key, expected.due, row.due_at));
            }
            match row.status {
                Status::Issued => {
                    count.editions += 1;
                    count.late += usize::from(row.trigger == Trigger::Late);
                    wrong.extend(told.is_marked(row, &expected));
                    readers(&ledger, life, row, &report.to, &mut count, &mut wrong);
                }
                Status::Missed if report.catch_up != "all" && row.at > expected.late_after => count.missed += 1,
                other => wrong.push(format!("{} is {other}: {}", row.key, row.reason)),
            }
        }
    }
    wrong.extend(open.values().map(|row| format!("{} was never due", row.key)));
    letters(life, &mut count, &mut wrong);
    (count, wrong)
}

/// What the entries tell, read one after the other.
#[derive(Default)]
struct History {
    /// When the claim began by which an edition was issued.
    begun: BTreeMap<EditionKey, Millis>,
}

impl History {
    fn of(ledger: &Ledger, wrong: &mut Vec<String>) -> History {
        let (mut history, mut issued) = (History::default(), BTreeSet::new());
        let mut after = 0;
        loop {
            let entries = ledger.entries(after, 10_000).unwrap();
            let Some(last) = entries.last() else { return history };
            after = last.n;
            for entry in &entries {
                match entry.happening().unwrap() {
                    Happening::Claimed { edition, .. } => {
                        if issued.contains(&edition) {
                            wrong.push(format!("{edition} was claimed after it was issued"));
                        }
                        history.begun.insert(edition, entry.at);
                    }
                    Happening::Recorded { edition, .. } if !issued.insert(edition.clone()) => {
                        wrong.push(format!("{edition} was issued twice"));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Whether an edition says that it is late, just if it is.
    fn is_marked(&self, row: &EditionRow, expected: &Expected) -> Option<String> {
        let begun = self.begun.get(&row.key).copied()?;
        let (late, marked) = (begun > expected.late_after, row.trigger == Trigger::Late);
        (late != marked).then(|| {
            let by = (begun - expected.due) / 60_000;
            format!("{} was begun {by} minutes after it was due and is marked {:?}", row.key, row.trigger)
        })
    }
}

/// Whether every reader of an edition has it, under one Message-ID.
fn readers(ledger: &Ledger, life: &Life, row: &EditionRow, to: &[String], count: &mut Count, wrong: &mut Vec<String>) {
    let post = life.shared.post.borrow();
    let dispatches = ledger.dispatches(&row.key).unwrap();
    let mut readers: Vec<&str> = Vec::new();
    for one in &dispatches {
        let key = &row.key;
        let Some(letter) = post.letters.get(&one.dispatch.message_id) else {
            wrong.push(format!("{key} to {} was never sent", one.dispatch.to));
            continue;
        };
        // What the ledger believes of each attempt, and what the server knows.
        let believed: Vec<&str> = one.attempts.iter().map(|attempt| attempt.outcome.as_str()).collect();
        if believed.len() != letter.accepted.len() {
            wrong.push(format!("{key}: {} attempts, {} sendings", believed.len(), letter.accepted.len()));
        }
        for (attempt, (believed, accepted)) in believed.iter().zip(&letter.accepted).enumerate() {
            let right = match *believed {
                "sent" => *accepted,
                "later" | "never" => !accepted,
                outcome => outcome == "unknown",
            };
            if !right {
                wrong.push(format!("{key}: attempt {attempt} is {believed}, and in truth accepted: {accepted}"));
            }
        }
        count.unknown += believed.iter().filter(|outcome| **outcome == "unknown").count();
        if one.purpose == Purpose::Notice {
            continue;
        }
        let accepted = letter.accepted.iter().filter(|accepted| **accepted).count();
        count.mails += accepted;
        count.twice += accepted.saturating_sub(1);
        readers.push(&letter.to);
        if accepted == 0 || one.dispatch.stage != Stage::Sent {
            wrong.push(format!("{key} to {}: accepted {accepted} times, {:?}", letter.to, one.dispatch.stage));
        }
        // Whatever came before the last acceptance was not known to have been one.
        let last = letter.accepted.iter().rposition(|accepted| *accepted).unwrap_or(0);
        let unknown =
            believed.iter().take(last).zip(&letter.accepted).all(|(b, accepted)| !accepted || *b == "unknown");
        if !unknown {
            wrong.push(format!("{key} to {}: twice, and it was known: {believed:?}", letter.to));
        }
    }
    readers.sort_unstable();
    if readers != *to {
        wrong.push(format!("{} is for {to:?}, and went to {readers:?}", row.key));
    }
}

/// Whether nobody got anything that is not an edition's or a notice, under two Message-IDs or for two people.
fn letters(life: &Life, count: &mut Count, wrong: &mut Vec<String>) {
    let mut seen: BTreeMap<(&str, &[u8]), usize> = BTreeMap::new();
    for Letter { to, message, .. } in life.shared.post.borrow().letters.values() {
        if to == "owner@example.com" {
            count.notices += 1;
            continue;
        }
        let copies = seen.entry((to, message)).or_default();
        *copies += 1;
        if *copies > 1 {
            wrong.push(format!("{to} has the same mail under two Message-IDs"));
        }
    }
}

//! Tests: years of serving in seconds: the real scheduler, ledger and outbox under a clock that a seed drives, with faults in
//! the renderer, the channel, the disk and the process. Nothing is lost, nothing doubled, and what is late says so.
//!
//! `QUARTERDAY_SEED=7 cargo test --lib simulation` replays one seed.

use crate::calendar::Millis;
use crate::calendar::zone::ZoneRules;
use crate::definition::Definition;
use crate::dispatch::{File, Outgoing, Receipt, Stage};
use crate::edition::{EditionKey, Trigger};
use crate::ledger::happening::Purpose;
use crate::ledger::history::{Filter, Status};
use crate::ledger::outbox::Sender;
use crate::ledger::retry::{OnUnknown, RetryPolicy};
use crate::ledger::{Claim, ClaimError, ClaimRequest, EditionRecord, Ledger, LedgerError, NewDispatch, Verdict};
use crate::pipeline::Written;
use crate::pipeline::issue::asked_for;
use crate::schedule::{self, ON_TIME};
use crate::seal::sha256_hex;
use std::collections::BTreeMap;

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// 2026-01-01T00:00:00Z.
const START: Millis = 1_767_225_600_000;

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.roll() % many == 0
    }

    fn below(&mut self, most: Millis) -> Millis {
        (self.roll() % most.unsigned_abs()) as Millis
    }
}

/// Reports of mixed cadences and zones.
fn reports(count: usize) -> Vec<Written> {
    const CADENCES: [&str; 6] = [
        "every: day, at: \"07:00\"",
        "every: week, on: monday, at: \"06:30\"",
        "every: month, day: 1, at: \"08:00\"",
        "every: quarter, day: 2, at: \"05:45\"",
        "every: day, at: \"02:30\", after: 2 hours",
        "every: week, on: friday, at: \"18:00\", after: 1 hour",
    ];
    const ZONES: [&str; 5] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"];
    let rules = ZoneRules::bundled();
    (0..count)
        .map(|at| {
            let (cadence, zone) = (CADENCES[at % CADENCES.len()], ZONES[at % ZONES.len()]);
            let text = format!(
                "title: Report {at}\nowner: owner@example.com\nschedule: {{ {cadence}, timezone: {zone} }}\n\
                 sections: [{{ summary: [events] }}]\nrecipients: [{{ to: a@example.com, formats: [pdf] }}, {{ to: b@example.com, formats: [pdf] }}]\n"
            );
            let stem = format!("report-{at}");
            let definition = Definition::read_within(&stem, "x.yaml", &text, &rules, &[])
                .unwrap_or_else(|problems| panic!("{cadence}: {problems:?}"));
            Written { definition, text }
        })
        .collect()
}

/// The process died here: what it remembers is gone, what was committed stays.
struct Died;

impl From<LedgerError> for Died {
    fn from(error: LedgerError) -> Died {
        panic!("{error}")
    }
}

/// What outlives a process.
struct Simulated {
    seed: u64,
    dice: Dice,
    now: Millis,
    lives: u32,
    ledger: Ledger,
    /// What each recipient has, by Message-ID.
    mailboxes: BTreeMap<String, u32>,
    /// Attempts of which nobody knows what came of them.
    unknown: BTreeMap<String, u32>,
    died: u32,
}

impl Simulated {
    fn new(seed: u64) -> Simulated {
        Simulated {
            seed,
            dice: Dice(seed),
            now: START,
            lives: 0,
            ledger: Ledger::in_memory().unwrap(),
            mailboxes: BTreeMap::new(),
            unknown: BTreeMap::new(),
            died: 0,
        }
    }

    fn may_die(&mut self) -> Result<(), Died> {
        if self.dice.one_in(400) { Err(Died) } else { Ok(()) }
    }

    /// One round of a daemon, as `Press` and `outbox::deliver` make it, with a renderer that only fails or does not.
    fn round(&mut self, reports: &[Written]) -> Result<(), Died> {
        let agenda = asked_for(&self.ledger, reports, &|_, _| true, self.now).unwrap();
        assert!(agenda.missed.is_empty(), "seed {}: {:?}", self.seed, agenda.missed);
        for due in agenda.due {
            let trigger = if due.late { Trigger::Late } else { Trigger::Schedule };
            let claimer = format!("life {}", self.lives);
            let request = ClaimRequest {
                key: &due.key,
                due_at: due.at,
                trigger: &trigger,
                by: "simulated",
                claimer: &claimer,
                lease: 15 * 60_000,
                gone: &|other| other != claimer,
            };
            self.may_die()?;
            let claim = match self.ledger.claim(&request, self.now) {
                Ok(claim) => claim,
                Err(ClaimError::Ledger(error)) => return Err(error.into()),
                Err(other) => panic!("seed {}: {other}", self.seed),
            };
            self.may_die()?;
            // The disk is full, or the renderer cannot.
            if self.dice.one_in(60) {
                self.ledger.fail(&claim, "the disk is full", None, self.now)?;
                continue;
            }
            self.record(&claim)?;
        }
        self.deliver()
    }

    fn record(&mut self, claim: &Claim) -> Result<(), Died> {
        let key = &claim.key;
        let message = |to: &str| NewDispatch {
            outgoing: Outgoing {
                from: "reports@example.com".into(),
                to: to.into(),
                message_id: format!("{}.{to}", key.to_string().replace('/', ".")),
                message: format!("{key} for {to}").into_bytes(),
            },
            purpose: Purpose::Edition,
            formats: vec!["pdf".into()],
            on_unknown: OnUnknown::Resend,
            not_before: None,
        };
        let record = EditionRecord {
            manifest_json: "{}".into(),
            figures_digest: sha256_hex(key.to_string().as_bytes()),
            log_head: "0".into(),
            owner: "owner@example.com".into(),
            files: vec![File { name: "x.pdf".into(), media_type: "x".into(), sha256: sha256_hex(b"x"), bytes: 1 }],
            dispatches: vec![message("a@example.com"), message("b@example.com")],
        };
        self.ledger.record(claim, &record, self.now)?;
        self.may_die()
    }

    fn deliver(&mut self) -> Result<(), Died> {
        let policy = RetryPolicy::default();
        let process = format!("life {}", self.lives);
        self.ledger.recover(&|other| other != process, &policy, self.now)?;
        for waiting in self.ledger.pending(self.now)? {
            self.may_die()?;
            let attempt = self.ledger.begin(waiting.id, Sender { process: &process, lease: HOUR }, self.now)?;
            self.may_die()?;
            let id = attempt.outgoing.message_id.clone();
            let receipt = match self.dice.roll() % 40 {
                0 | 1 => Receipt::Later("busy".into()),
                luck => {
                    self.ledger.dot(&attempt, self.now)?;
                    // Killed between the dot and the answer: the server may have it.
                    let answered = luck != 2;
                    let has = answered || self.dice.one_in(2);
                    *self.mailboxes.entry(id.clone()).or_default() += u32::from(has);
                    if self.dice.one_in(400) {
                        *self.unknown.entry(id).or_default() += 1;
                        return Err(Died);
                    }
                    if answered { Receipt::Sent("250".into()) } else { Receipt::Unknown("lost".into()) }
                }
            };
            if matches!(receipt, Receipt::Unknown(_)) {
                *self.unknown.entry(attempt.outgoing.message_id.clone()).or_default() += 1;
            }
            self.ledger.settle(&attempt, &receipt, &policy, self.now)?;
        }
        Ok(())
    }

    /// Serves for so long. Then the machine is left alone until nothing is open.
    fn serve(&mut self, reports: &[Written], until: Millis) {
        let meant: Vec<_> = reports.iter().map(|written| written.definition.clone()).collect();
        for written in reports {
            self.ledger.activate(&written.definition.stem, &written.definition.digest, None, START).unwrap();
        }
        loop {
            if self.round(reports).is_err() {
                self.died += 1;
                self.lives += 1;
                self.now += 1000 + self.dice.below(HOUR / 4);
                continue;
            }
            let firing = schedule::next_moment(&meant, self.now).unwrap();
            let pending = self.ledger.next_pending().unwrap().unwrap_or(Millis::MAX);
            let failed = Filter { status: Some(Status::Failed), ..Filter::default() };
            let failed =
                if self.ledger.editions(&failed).unwrap().is_empty() { Millis::MAX } else { self.now + HOUR / 4 };
            let next = firing.min(pending).min(failed);
            if self.now >= until && pending == Millis::MAX && failed == Millis::MAX {
                return;
            }
            self.now = next.max(self.now + 1000);
            // The lid is closed for up to three days; or the clock is set, forward or back.
            match self.dice.roll() % 150 {
                0 => self.now += self.dice.below(3 * DAY),
                1 => self.now += self.dice.below(2 * HOUR),
                2 => self.now -= self.dice.below(2 * HOUR),
                _ => {}
            }
        }
    }

    /// What must hold, whatever happened.
    fn check(&self, reports: &[Written]) -> (usize, usize, usize) {
        let seed = self.seed;
        let rows = self.ledger.editions(&Filter::default()).unwrap();
        let mut there: BTreeMap<&EditionKey, u32> = BTreeMap::new();
        let mut late = 0;
        for row in &rows {
            assert_eq!(row.status, Status::Issued, "seed {seed}: {}", row.key);
            *there.entry(&row.key).or_default() += 1;
            // A clock that was set back may make a late one look punctual, and never the other way round.
            if row.at > row.due_at + ON_TIME + 3 * HOUR {
                assert_eq!(row.trigger, Trigger::Late, "seed {seed}: {} is late and does not say so", row.key);
            }
            late += usize::from(row.trigger == Trigger::Late);
        }
        let mut wanted = 0;
        let last = rows.iter().map(|row| row.due_at).max().unwrap();
        for written in reports {
            let schedule = &written.definition.schedule;
            let first = schedule.zone.civil(START - DAY).date();
            for firing in schedule.cadence.firings_from(first) {
                let fired = schedule.zone.instant(firing.civil);
                if fired + schedule.after > last {
                    break;
                }
                if fired < START {
                    continue;
                }
                wanted += 1;
                let key = EditionKey {
                    definition: written.definition.stem.clone(),
                    audience: String::new(),
                    period: firing.period.label(),
                    revision: 0,
                };
                assert_eq!(there.get(&key), Some(&1), "seed {seed}: {key}");
                for to in ["a@example.com", "b@example.com"] {
                    let id = format!("{}.{to}", key.to_string().replace('/', "."));
                    let has = self.mailboxes.get(&id).copied().unwrap_or(0);
                    let unknown = self.unknown.get(&id).copied().unwrap_or(0);
                    assert!((1..=1 + unknown).contains(&has), "seed {seed}: {id} came {has} times, {unknown} unknown");
                }
            }
        }
        assert_eq!(rows.len(), wanted, "seed {seed}");
        assert!(self.ledger.open_dispatches().unwrap().iter().all(|one| one.stage != Stage::Attempting));
        assert!(matches!(self.ledger.verify().unwrap(), Verdict::Holds(_)), "seed {seed}");
        (rows.len(), late, self.died as usize)
    }
}

fn simulate(seeds: std::ops::Range<u64>, reports_count: usize, days: Millis) {
    let reports = reports(reports_count);
    let one = std::env::var("QUARTERDAY_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds: Vec<u64> = one.map_or_else(|| seeds.collect(), |seed| vec![seed]);
    let (mut editions, mut late, mut died) = (0, 0, 0);
    for seed in &seeds {
        println!("seed {seed}");
        let mut simulated = Simulated::new(*seed);
        simulated.serve(&reports, START + days * DAY);
        let of = simulated.check(&reports);
        (editions, late, died) = (editions + of.0, late + of.1, died + of.2);
    }
    println!(
        "{} seeds: {editions} editions, {late} late and marked, died {died} times: 0 lost, 0 doubled",
        seeds.len()
    );
    assert!(late > 0 && died > 0, "no fault came about");
}

#[test]
fn two_months_of_twelve_reports_over_five_seeds() {
    simulate(0..5, 12, 60);
}

#[test]
#[ignore = "long: .ci/long runs it"]
fn one_year_of_fifty_reports_over_a_hundred_seeds() {
    simulate(0..100, 50, 365);
}

#[test]
#[ignore = "long: .ci/long runs it"]
fn ten_years_of_fifty_reports_over_one_seed() {
    simulate(0..1, 50, 3652);
}

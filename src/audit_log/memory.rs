//! Memory: the plain engine, vectors and loops. It is the oracle that the embedded engine is held against.

mod answer;
mod coverage;
mod reading;
mod retire;

use super::quarantine::{self, QuarantineDigest};
use super::record::{BatchRecord, Record};
use super::roots::{BatchRoots, batch_root};
use super::{
    Append, AuditLog, Batch, BatchAbout, Evidence, Head, Lens, LogError, QuarantinedRow, RetireOrder, Retired,
    RowCounts, Sink, SourceCoverage, Voided, check_event,
};
use crate::calendar::{Millis, Span};
use crate::event::{Event, Rejected};
use crate::query::{EvidenceQuery, Query, Table};
use crate::seal::bytes::Writer;
use crate::seal::hash::sha256;
use crate::seal::{canonical, tree};
use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet};

/// A log in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryLog {
    batches: Vec<Batch>,
    /// Events of each batch, in order, with their numbers from 1.
    events: Vec<Vec<(u64, Event)>>,
    /// What is known of each batch's retired events.
    marks: Vec<Vec<retire::Mark>>,
    /// Ids of each batch's retired events: one that comes again with another time is known.
    retired_ids: Vec<BTreeSet<String>>,
    retired: Vec<Retired>,
    quarantine: Vec<QuarantinedRow>,
    records: Vec<Vec<u8>>,
}

/// An event with its place, as the loops of this engine see it.
#[derive(Clone, Copy)]
struct Placed<'a> {
    batch: &'a Batch,
    /// From 1.
    index: u64,
    event: &'a Event,
}

/// By what the same event is recognised.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Id(String),
    Content(Vec<u8>),
}

impl Key {
    fn of(event: &Event) -> Key {
        match &event.id {
            Some(id) if !id.is_empty() => Key::Id(id.clone()),
            _ => Key::Content(canonical(&Event { line: 0, ..event.clone() }, "")),
        }
    }
}

impl MemoryLog {
    /// An empty log.
    pub fn new() -> MemoryLog {
        MemoryLog::default()
    }

    /// Every event that counts, in order of number.
    fn placed(&self) -> impl Iterator<Item = Placed<'_>> {
        let live = self.batches.iter().zip(&self.events).filter(|(batch, _)| batch.voided.is_none());
        live.flat_map(|(batch, events)| events.iter().map(move |(index, event)| Placed { batch, index: *index, event }))
    }

    fn is_void(&self, batch: u64) -> bool {
        self.batches.iter().any(|other| other.number == batch && other.voided.is_some())
    }

    /// Quarantined rows as they stand now: a voided retry settles nothing.
    fn rows_now(&self) -> impl Iterator<Item = QuarantinedRow> {
        self.quarantine.iter().map(|row| {
            let settled_by = row.settled_by.filter(|batch| !self.is_void(*batch));
            QuarantinedRow { settled_by, ..row.clone() }
        })
    }

    fn check_settles(&self, source: &Source, settles: &[u64]) -> Result<(), LogError> {
        let distinct: BTreeSet<u64> = settles.iter().copied().collect();
        for id in &distinct {
            let open = |row: &QuarantinedRow| {
                row.id == *id && row.settled_by.is_none() && row.source == source.name && !self.is_void(row.batch)
            };
            if !self.rows_now().any(|row| open(&row)) {
                return Err(LogError::Refused(format!("row {id} is no open quarantined row of {}", source.name)));
            }
        }
        if distinct.len() == settles.len() {
            Ok(())
        } else {
            Err(LogError::Refused("a quarantined row is settled twice".to_owned()))
        }
    }
}

/// What one file brings, until it is known to be whole.
struct Taking {
    known_events: BTreeMap<Key, u64>,
    known_rows: BTreeMap<String, u64>,
    seen_events: BTreeMap<Key, u64>,
    seen_rows: BTreeMap<String, u64>,
    events: Vec<Event>,
    rows: Vec<Rejected>,
    /// Before this instant the source's days are retired.
    retired: Millis,
    counts: RowCounts,
    failure: Option<String>,
}

impl Sink for Taking {
    fn event(&mut self, event: Event) -> Result<(), String> {
        if let Err(words) = check_event(&event) {
            self.failure = Some(words.clone());
            return Err(words);
        }
        self.counts.read += 1;
        if event.time < self.retired {
            self.counts.retired += 1;
            return Ok(());
        }
        let key = Key::of(&event);
        let seen = self.seen_events.entry(key.clone()).or_default();
        *seen += 1;
        let known = self.known_events.get(&key).copied().unwrap_or(0);
        let again = *seen <= known || (matches!(key, Key::Id(_)) && *seen > 1);
        if again {
            self.counts.repeated += 1;
            return Ok(());
        }
        self.counts.added += 1;
        self.events.push(event);
        Ok(())
    }

    fn rejected(&mut self, row: Rejected) -> Result<(), String> {
        self.counts.read += 1;
        if row.around.is_some_and(|around| around < self.retired) {
            self.counts.retired += 1;
            return Ok(());
        }
        let seen = self.seen_rows.entry(row.raw.clone()).or_default();
        *seen += 1;
        if *seen <= self.known_rows.get(&row.raw).copied().unwrap_or(0) {
            self.counts.repeated += 1;
            return Ok(());
        }
        self.counts.quarantined += 1;
        self.rows.push(row);
        Ok(())
    }

    fn no_event(&mut self) -> Result<(), String> {
        self.counts.read += 1;
        self.counts.no_event += 1;
        Ok(())
    }
}

impl Append for MemoryLog {
    fn add_batch(
        &mut self,
        source: &Source,
        about: &BatchAbout,
        now: Millis,
        settles: &[u64],
        feed: &mut dyn FnMut(&mut dyn Sink) -> Result<(), String>,
    ) -> Result<Batch, LogError> {
        self.check_settles(source, settles)?;
        let mut known_events: BTreeMap<Key, u64> = BTreeMap::new();
        for placed in self.placed().filter(|placed| placed.batch.source.name == source.name) {
            *known_events.entry(Key::of(placed.event)).or_default() += 1;
        }
        for (batch, ids) in self.batches.iter().zip(&self.retired_ids) {
            if batch.source.name == source.name && batch.voided.is_none() {
                known_events.extend(ids.iter().map(|id| (Key::Id(id.clone()), 1)));
            }
        }
        let mut known_rows: BTreeMap<String, u64> = BTreeMap::new();
        for row in self.quarantine.iter().filter(|row| row.source == source.name && !self.is_void(row.batch)) {
            *known_rows.entry(row.row.raw.clone()).or_default() += 1;
        }
        let mut taking = Taking {
            known_events,
            known_rows,
            seen_events: BTreeMap::new(),
            seen_rows: BTreeMap::new(),
            events: Vec::new(),
            rows: Vec::new(),
            retired: self.newest_retired(&source.name).map_or(Millis::MIN, |retired| retired.before),
            counts: RowCounts::default(),
            failure: None,
        };
        feed(&mut taking).map_err(LogError::Refused)?;
        if let Some(words) = taking.failure {
            return Err(LogError::Refused(words));
        }
        let mut roots = BatchRoots::default();
        let mut scratch = Writer::new();
        for event in &taking.events {
            roots.push(event.time, canonical::hashes(event, &source.name, &mut scratch).leaf);
        }
        let times = || taking.events.iter().map(|event| event.time);
        let span = times().min().zip(times().max()).map(|(from, last)| Span { from, to: last + 1 });
        let number = self.batches.len() as u64 + 1;
        let mut digest = QuarantineDigest::default();
        let before: u64 = self.batches.iter().map(|batch| batch.rows.quarantined).sum();
        for (id, row) in (before + 1..).zip(taking.rows) {
            digest.push(quarantine::leaf(id, &row));
            let (source, file) = (source.name.clone(), about.file.clone());
            self.quarantine.push(QuarantinedRow { id, batch: number, source, file, row, settled_by: None });
        }
        for row in self.quarantine.iter_mut().filter(|row| settles.contains(&row.id)) {
            row.settled_by = Some(number);
        }
        let batch = Batch {
            number,
            source: source.clone(),
            about: about.clone(),
            rows: taking.counts,
            span,
            imported_at: now,
            root: batch_root(&roots.days()).hex(),
            voided: None,
        };
        let record = BatchRecord {
            batch: batch.clone(),
            settles: settles.to_vec(),
            quarantine: digest.finish(),
            manifest: sha256(&[]),
        };
        self.records.push(Record::Batch(Box::new(record)).bytes());
        self.batches.push(batch.clone());
        self.events.push((1..).zip(taking.events).collect());
        self.marks.push(Vec::new());
        self.retired_ids.push(BTreeSet::new());
        Ok(batch)
    }

    fn void(&mut self, batch: u64, now: Millis, by: &str, reason: &str) -> Result<(), LogError> {
        let found = self.batches.iter_mut().find(|other| other.number == batch);
        let found = found.ok_or_else(|| LogError::Refused(format!("there is no batch {batch}")))?;
        if found.voided.is_some() {
            return Err(LogError::Refused(format!("batch {batch} is void already")));
        }
        let voided = Voided { at: now, by: by.to_owned(), reason: reason.to_owned() };
        found.voided = Some(voided.clone());
        self.records.push(Record::Void { batch, voided }.bytes());
        Ok(())
    }

    fn retire(&mut self, order: &RetireOrder, now: Millis) -> Result<Retired, LogError> {
        self.retire_now(order, now)
    }
}

impl AuditLog for MemoryLog {
    fn answer(&self, queries: &[Query], lens: &Lens) -> Result<Vec<Table>, LogError> {
        lens.check()?;
        Ok(queries.iter().map(|query| answer::answer(self, query, lens)).collect())
    }

    fn evidence(&self, query: &EvidenceQuery, lens: &Lens) -> Result<Evidence, LogError> {
        lens.check()?;
        Ok(answer::evidence(self, query, lens))
    }

    fn coverage(&self, span: Span, min_gap: Millis) -> Result<Vec<SourceCoverage>, LogError> {
        Ok(coverage::coverage(self, span, min_gap))
    }

    fn batches(&self) -> Result<Vec<Batch>, LogError> {
        Ok(self.batches.clone())
    }

    fn batch_counts(&self, span: Span) -> Result<BTreeMap<u64, u64>, LogError> {
        let mut counts = BTreeMap::new();
        for placed in self.placed().filter(|placed| span.contains(placed.event.time)) {
            *counts.entry(placed.batch.number).or_default() += 1;
        }
        Ok(counts)
    }

    fn head(&self) -> Result<Head, LogError> {
        let leaves: Vec<_> = self.records.iter().map(|record| tree::leaf(record)).collect();
        Ok(Head { size: leaves.len() as u64, root: tree::root(&leaves).hex() })
    }

    fn retirements(&self) -> Result<Vec<Retired>, LogError> {
        Ok(self.retired.clone())
    }

    fn quarantine(&self, open_only: bool) -> Result<Vec<QuarantinedRow>, LogError> {
        let rows = self.rows_now();
        Ok(rows.filter(|row| !open_only || (row.settled_by.is_none() && !self.is_void(row.batch))).collect())
    }
}

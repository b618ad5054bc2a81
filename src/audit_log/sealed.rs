//! Sealed: the embedded engine: one SQLite file of column segments, dictionaries and sealed batch records.
//!
//! One writer at a time, any number of readers; each call sees the log as it stood when the call began.

mod answer;
mod column;
mod coverage;
mod dictionary;
mod events;
mod firsts;
mod import;
mod manifest;
mod recognise;
mod segment;
mod state;
mod storage;

use super::record::Record;
use super::{
    Append, AuditLog, Batch, BatchAbout, Evidence, Head, Lens, LogError, QuarantinedRow, Sink, SourceCoverage,
    StoredEvent, Voided,
};
use crate::calendar::{Millis, Span};
use crate::event::{Event, Rejected};
use crate::query::{EvidenceQuery, Query, Table};
use crate::source::Source;
use answer::world::World;
use dictionary::Dictionaries;
use import::{Importer, add_record, check_settles};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use segment::Kind;
use state::State;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use storage::sql;

/// The log in a file.
pub struct SealedLog {
    db: Connection,
    cache: RefCell<Cache>,
}

/// What was read of the file and is read again only where it has grown.
#[derive(Default)]
struct Cache {
    state: State,
    texts: Dictionaries,
}

impl SealedLog {
    /// Makes a new log. Error: there is a file already, or it cannot be written.
    pub fn create(path: &Path) -> Result<SealedLog, LogError> {
        storage::create(path).map(SealedLog::over)
    }

    /// Opens a log for asking and adding. Error: there is none, it is of a newer format, or it is no log.
    pub fn open(path: &Path) -> Result<SealedLog, LogError> {
        storage::open(path).map(SealedLog::over)
    }

    /// Opens a log for asking only: nothing in the file can change through it.
    pub fn open_read_only(path: &Path) -> Result<SealedLog, LogError> {
        storage::open_read_only(path).map(SealedLog::over)
    }

    fn over(db: Connection) -> SealedLog {
        db.set_prepared_statement_cache_capacity(64);
        SealedLog { db, cache: RefCell::default() }
    }

    /// Does something with the log as it stands now.
    fn read<T>(&self, what: impl FnOnce(&Connection, &mut Cache) -> Result<T, LogError>) -> Result<T, LogError> {
        // Dropping it ends it: there is nothing to be undone.
        let tx = self.db.unchecked_transaction().map_err(sql)?;
        let mut cache = self.cache.borrow_mut();
        let records = cache.state.records();
        cache.state.refresh(&tx)?;
        if cache.state.records() < records {
            // Another file was put in the place of ours: its texts are others too.
            cache.texts = Dictionaries::default();
        }
        what(&tx, &mut cache)
    }

    fn write<T>(&mut self, what: impl FnOnce(&Connection, &mut Cache) -> Result<T, LogError>) -> Result<T, LogError> {
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate).map_err(sql)?;
        let mut cache = self.cache.borrow_mut();
        cache.state.refresh(&tx)?;
        let done = what(&tx, &mut cache)?;
        tx.commit().map_err(sql)?;
        Ok(done)
    }
}

impl std::fmt::Debug for SealedLog {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SealedLog({:?})", self.db.path())
    }
}

impl Append for SealedLog {
    fn add_batch(
        &mut self,
        source: &Source,
        about: &BatchAbout,
        now: Millis,
        settles: &[u64],
        feed: &mut dyn FnMut(&mut dyn Sink) -> Result<(), String>,
    ) -> Result<Batch, LogError> {
        self.write(|db, Cache { state, texts }| {
            check_settles(db, state, &source.name, settles)?;
            for kind in Kind::ALL {
                texts.load(db, kind)?;
            }
            let mut importer = Importer::new(db, state, texts, source)?;
            let fed = feed(&mut importer);
            if let Some(failure) = importer.failure() {
                return Err(failure);
            }
            fed.map_err(LogError::Refused)?;
            importer.finish(about, now, settles, state.records())
        })
    }

    fn void(&mut self, batch: u64, now: Millis, by: &str, reason: &str) -> Result<(), LogError> {
        self.write(|db, Cache { state, .. }| {
            let found = state.batch(batch).ok_or_else(|| LogError::Refused(format!("there is no batch {batch}")))?;
            if found.voided.is_some() {
                return Err(LogError::Refused(format!("batch {batch} is void already")));
            }
            let voided = Voided { at: now, by: by.to_owned(), reason: reason.to_owned() };
            add_record(db, state.records() + 1, &Record::Void { batch, voided })
        })
    }
}

impl AuditLog for SealedLog {
    fn answer(&self, queries: &[Query], lens: &Lens) -> Result<Vec<Table>, LogError> {
        lens.check()?;
        self.read(|db, Cache { state, texts }| answer::answer(&mut World::new(db, state, texts, lens), queries))
    }

    fn evidence(&self, query: &EvidenceQuery, lens: &Lens) -> Result<Evidence, LogError> {
        lens.check()?;
        self.read(|db, Cache { state, texts }| {
            let (total, found, segments) = answer::find(&mut World::new(db, state, texts, lens), query)?;
            if !found.is_empty() {
                for kind in Kind::ALL {
                    texts.load(db, kind)?;
                }
            }
            let mut by_segment: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
            for (order, found) in found.iter().enumerate() {
                by_segment.entry(found.segment).or_default().push((found.place, order));
            }
            let mut shown: BTreeMap<usize, StoredEvent> = BTreeMap::new();
            for (number, wanted) in by_segment {
                let Some(segment) = segments.get(number).copied() else { continue };
                let source = state.batch(segment.batch).map(|batch| batch.source.name.clone()).unwrap_or_default();
                let mut events: Vec<Option<(u64, Event)>> =
                    events::load(db, segment, texts)?.into_iter().map(Some).collect();
                for (place, order) in wanted {
                    if let Some((index, event)) = events.get_mut(place).and_then(Option::take) {
                        let number = format!("{}-{index}", segment.batch);
                        shown.insert(order, StoredEvent { number, source: source.clone(), event });
                    }
                }
            }
            Ok(Evidence { total, events: shown.into_values().collect() })
        })
    }

    fn coverage(&self, span: Span, min_gap: Millis) -> Result<Vec<SourceCoverage>, LogError> {
        self.read(|db, Cache { state, .. }| coverage::coverage(db, state, span, min_gap))
    }

    fn batches(&self) -> Result<Vec<Batch>, LogError> {
        self.read(|_, Cache { state, .. }| Ok(state.batches.clone()))
    }

    fn batch_counts(&self, span: Span) -> Result<BTreeMap<u64, u64>, LogError> {
        self.read(|db, Cache { state, .. }| coverage::batch_counts(db, state, span))
    }

    fn head(&self) -> Result<Head, LogError> {
        self.read(|_, Cache { state, .. }| Ok(state.head()))
    }

    fn quarantine(&self, open_only: bool) -> Result<Vec<QuarantinedRow>, LogError> {
        self.read(|db, Cache { state, .. }| {
            let mut find = db
                .prepare_cached("SELECT id, batch, line, reason, raw, around FROM quarantine ORDER BY id")
                .map_err(sql)?;
            let mut rows = find.query([]).map_err(sql)?;
            let mut all = Vec::new();
            while let Some(row) = rows.next().map_err(sql)? {
                let (id, batch, line, reason, raw, around): (i64, i64, i64, String, String, Option<i64>) =
                    row.try_into().map_err(sql)?;
                let (id, number) = (id as u64, batch as u64);
                let batch = state.batch(number).ok_or_else(|| {
                    LogError::Damaged(format!("quarantined row {id} is of batch {number}, which is not there"))
                })?;
                let settled_by = state.settled_by(id);
                if open_only && (settled_by.is_some() || batch.voided.is_some()) {
                    continue;
                }
                all.push(QuarantinedRow {
                    id,
                    batch: number,
                    source: batch.source.name.clone(),
                    file: batch.about.file.clone(),
                    row: Rejected { line: line as u64, reason, raw, around },
                    settled_by,
                });
            }
            Ok(all)
        })
    }
}

//! Sealed: the embedded engine: one SQLite file of column segments, dictionaries and sealed batch records.
//!
//! One writer at a time, any number of readers; each call sees the log as it stood when the call began.

mod answer;
mod by_number;
mod column;
mod coverage;
mod dictionary;
mod events;
mod firsts;
mod ids;
mod import;
mod manifest;
mod prove;
mod recognise;
mod retire;
mod segment;
pub mod sql;
mod state;
mod storage;
mod verify;

use super::proof::EventProof;
use super::record::Record;
use super::verdict::{Fault, LogVerdict, Place};
use super::{
    Append, AuditLog, Batch, BatchAbout, Evidence, Head, Lens, LogError, QuarantinedRow, RetireOrder, Retired, Sink,
    SourceCoverage, StoredEvent, Voided,
};
use crate::calendar::{Millis, Span};
use crate::event::{Event, Rejected};
use crate::query::{EvidenceQuery, Query, Table};
use crate::seal::{Checkpoint, Hash};
use crate::source::Source;
use answer::world::{Kept, World};
use dictionary::{Adding, Dictionaries};
use import::{Order, add_record, check_settles};
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
    kept: Kept,
    /// Dictionaries as the last import left them, and how many records the log had then: a folder of small files need not
    /// read them again for each.
    adding: Option<(u64, Vec<Adding>)>,
}

impl Cache {
    fn refresh(&mut self, db: &Connection) -> Result<(), LogError> {
        let (records, retired) = (self.state.records(), self.state.retired.len());
        self.state.refresh(db)?;
        if self.state.records() < records || self.state.retired.len() != retired {
            // Another file was put in the place of ours, or texts were retired: what we know of them is not so any more.
            self.texts = Dictionaries::default();
            self.adding = None;
            self.kept = Kept::default();
        }
        Ok(())
    }
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

    /// Recomputes everything from the stored bytes: events to leaves to day roots to batch roots to records to the head,
    /// and the hashes of all segments, dictionaries and quarantined rows. What does not hold is in the verdict; an error
    /// means that it could not be looked at.
    pub fn verify(&self) -> Result<LogVerdict, LogError> {
        let tx = self.db.unchecked_transaction().map_err(sql)?;
        verify::verify(&tx)
    }

    /// The events with these numbers (`BATCH-INDEX`), in their order, void ones too; those that there are not, or not any more,
    /// are absent.
    pub fn events(&self, numbers: &[String]) -> Result<Vec<StoredEvent>, LogError> {
        self.read(|db, Cache { state, texts, .. }| {
            texts.load_all(db)?;
            by_number::events_of(db, state, texts, numbers)
        })
    }

    /// What shows that an event (`BATCH-INDEX`) is in the log of the present head. Refused if there is none.
    pub fn proof(&self, number: &str) -> Result<EventProof, LogError> {
        self.read(|db, Cache { state, texts, .. }| {
            texts.load_all(db)?;
            prove::prove(db, state, texts, number)
        })
    }

    /// The head as it was when the log had `size` records; `None` if it has fewer. What an old checkpoint says of the
    /// same size must be the same root, or the log is not the one that it was.
    pub fn head_at(&self, size: u64) -> Result<Option<Head>, LogError> {
        self.read(|db, _| prove::head_at(db, size))
    }

    /// The present head as what a checkpoint says; sign it with [`Checkpoint::sign`]. `origin` names the log.
    pub fn checkpoint(&self, origin: &str) -> Result<Checkpoint, LogError> {
        let head = self.head()?;
        let root = Hash::parse(&head.root).ok_or_else(|| LogError::Damaged("the head is no hash".to_owned()))?;
        Ok(Checkpoint { origin: origin.to_owned(), size: head.size, root, extensions: Vec::new() })
    }

    /// Whether the log still begins with what a checkpoint vouches for, whose signature was checked. `None`: it does.
    /// Together with [`verify`](Self::verify) this shows that nothing older than the checkpoint was changed or cut off.
    pub fn check_against(&self, checkpoint: &Checkpoint) -> Result<Option<Fault>, LogError> {
        let what = match self.head_at(checkpoint.size)? {
            Some(head) if head.root == checkpoint.root.hex() => return Ok(None),
            Some(_) => "its first records are not those that the checkpoint vouches for".to_owned(),
            None => format!(
                "the checkpoint vouches for {} records, and there are fewer: the newest part was cut off",
                checkpoint.size
            ),
        };
        Ok(Some(Fault { place: Place::File, what }))
    }

    /// The RFC 6962 consistency proof (hashes in hexadecimal) from the first `size` records to the present head; `None`
    /// if `size` is 0 or more than there are.
    pub fn consistency(&self, size: u64) -> Result<Option<Vec<String>>, LogError> {
        self.read(|db, _| prove::consistency(db, size))
    }

    /// What [`Append::retire`] would remove, without removing it.
    pub fn would_retire(&mut self, order: &RetireOrder, now: Millis) -> Result<Retired, LogError> {
        self.attempt(|db, cache| retire_in(db, cache, order, now)).map(|(done, _)| done)
    }

    /// Gives back the space of what was retired: the file is written anew without it. Error [`LogError::Busy`]: somebody
    /// reads the log; what was retired is gone from the log, but some of its bytes may still be in the file or beside it.
    pub fn compact(&mut self) -> Result<(), LogError> {
        self.truncate_wal()?;
        self.db.execute_batch("VACUUM").map_err(sql)?;
        self.truncate_wal()
    }

    /// Copies the log, as it stands now, into a new file that only its owner may read: by SQLite's online backup, so that
    /// imports may go on meanwhile. Error: there is a file already, or it cannot be written.
    pub fn copy_to(&self, path: &Path) -> Result<(), LogError> {
        storage::copy(&self.db, path)
    }

    fn truncate_wal(&self) -> Result<(), LogError> {
        let busy: i64 = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(sql)?;
        if busy == 0 { Ok(()) } else { Err(LogError::Busy("it is being read".to_owned())) }
    }

    /// How long a writer waits for another one before it says that the log is in use; five seconds if nothing is said.
    pub fn set_patience(&self, patience: std::time::Duration) -> Result<(), LogError> {
        self.db.busy_timeout(patience.min(std::time::Duration::from_secs(3600))).map_err(sql)
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
        cache.refresh(&tx)?;
        what(&tx, &mut cache)
    }

    fn write<T>(&mut self, what: impl FnOnce(&Connection, &mut Cache) -> Result<T, LogError>) -> Result<T, LogError> {
        let (done, tx) = self.attempt(what)?;
        tx.commit().map_err(sql)?;
        Ok(done)
    }

    /// Does something in a transaction that is undone unless it is committed.
    fn attempt<T>(
        &mut self,
        what: impl FnOnce(&Connection, &mut Cache) -> Result<T, LogError>,
    ) -> Result<(T, Transaction<'_>), LogError> {
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate).map_err(sql)?;
        let mut cache = self.cache.borrow_mut();
        cache.refresh(&tx)?;
        let done = what(&tx, &mut cache)?;
        drop(cache);
        Ok((done, tx))
    }
}

/// Bytes beyond which the write-ahead log is not left lying beside the file.
const LARGE_JOURNAL: u64 = 16 << 20;

/// A transaction that may be handed to another thread; undone unless it is committed.
struct Writing<'a> {
    db: &'a mut Connection,
}

impl<'a> Writing<'a> {
    fn begin(db: &'a mut Connection) -> Result<Writing<'a>, LogError> {
        db.execute_batch("BEGIN IMMEDIATE").map_err(sql)?;
        Ok(Writing { db })
    }

    fn commit(self) -> Result<(), LogError> {
        self.db.execute_batch("COMMIT").map_err(sql)?;
        let journal = self.db.path().and_then(|path| std::fs::metadata(format!("{path}-wal")).ok());
        if journal.is_some_and(|journal| journal.len() > LARGE_JOURNAL) {
            // What was written lies twice on the disk now. A reader may still need it there: then a later import cuts it.
            let _ = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        }
        Ok(())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if !self.db.is_autocommit() {
            // What fails here leaves the transaction to be undone when the file is opened again.
            let _ = self.db.execute_batch("ROLLBACK");
        }
    }
}

fn retire_in(db: &Connection, cache: &mut Cache, order: &RetireOrder, now: Millis) -> Result<Retired, LogError> {
    for kind in Kind::ALL {
        cache.texts.load(db, kind)?;
    }
    retire::retire(db, &cache.state, &cache.texts, order, now)
}

#[cfg(test)]
mod tests;

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
        let cache = self.cache.get_mut();
        let writing = Writing::begin(&mut self.db)?;
        cache.refresh(writing.db)?;
        check_settles(writing.db, &cache.state, &source.name, settles)?;
        let records = cache.state.records();
        let dictionaries = cache.adding.take().filter(|(of, _)| *of == records).map(|(_, dictionaries)| dictionaries);
        let order = Order { source, about, now, settles };
        let (batch, dictionaries) = import::import(writing.db, &cache.state, dictionaries, &order, feed)?;
        writing.commit()?;
        cache.adding = Some((records + 1, dictionaries));
        Ok(batch)
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

    fn retire(&mut self, order: &RetireOrder, now: Millis) -> Result<Retired, LogError> {
        // Removed bytes are overwritten, not only given up.
        self.db.pragma_update(None, "secure_delete", true).map_err(sql)?;
        let done = self.write(|db, cache| retire_in(db, cache, order, now));
        self.db.pragma_update(None, "secure_delete", false).map_err(sql)?;
        done
    }
}

impl AuditLog for SealedLog {
    fn answer(&self, queries: &[Query], lens: &Lens) -> Result<Vec<Table>, LogError> {
        lens.check()?;
        self.read(|db, Cache { state, texts, kept, .. }| {
            answer::answer(&mut World::new(db, state, texts, kept, lens), queries)
        })
    }

    fn evidence(&self, query: &EvidenceQuery, lens: &Lens) -> Result<Evidence, LogError> {
        lens.check()?;
        self.read(|db, Cache { state, texts, kept, .. }| {
            let (total, found, segments) = answer::find(&mut World::new(db, state, texts, kept, lens), query)?;
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

    fn numbered(&self, query: &EvidenceQuery, lens: &Lens) -> Result<super::Numbered, LogError> {
        lens.check()?;
        self.read(|db, Cache { state, texts, kept, .. }| {
            let (total, found, _) = answer::find(&mut World::new(db, state, texts, kept, lens), query)?;
            let number = |found: &answer::Found| format!("{}-{}", found.batch, found.index);
            Ok(super::Numbered { total, numbers: found.iter().map(number).collect() })
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

    fn retirements(&self) -> Result<Vec<Retired>, LogError> {
        self.read(|_, Cache { state, .. }| Ok(state.retired.clone()))
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

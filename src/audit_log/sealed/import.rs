//! Import: one file's rows become one batch in one transaction: segments, dictionaries, manifest, record.

use super::dictionary::{self, Adding, Dictionaries};
use super::firsts::AllFirsts;
use super::manifest::{Manifest, SegmentSeal};
use super::recognise::{BY_CONTENT, BY_ID, KEY, Key, Known, key};
use super::segment::{Builder, KINDS, Kind};
use super::state::State;
use super::storage::sql;
use crate::audit_log::quarantine::{self, QuarantineDigest};
use crate::audit_log::record::{BatchRecord, Record};
use crate::audit_log::roots::{BatchRoots, batch_root, day_of};
use crate::audit_log::{Added, Batch, BatchAbout, LogError, RowCounts, Sink, check_event};
use crate::calendar::{Millis, Span};
use crate::event::{Event, Rejected};
use crate::seal::bytes::Writer;
use crate::seal::canonical::{hashes, id_hash};
use crate::seal::hash::sha256;
use crate::seal::tree;
use crate::source::Source;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// Events that a segment has at most.
const SEGMENT_EVENTS: usize = 16_384;
/// Bytes after which a segment is closed though it has fewer events.
const SEGMENT_BYTES: usize = 16 << 20;
/// Bytes in all open segments after which they are closed: a file in no order of time opens many.
const OPEN_BYTES: usize = 96 << 20;
/// Keys of ids that are stored together.
const ID_KEYS: usize = 1 << 16;

/// Takes the rows of one file.
pub(super) struct Importer<'a> {
    db: &'a Connection,
    source: &'a Source,
    number: u64,
    known: Known,
    dictionaries: Vec<Adding>,
    days: BTreeMap<i64, OpenDay>,
    open_bytes: usize,
    roots: BatchRoots,
    firsts: AllFirsts,
    segments: Vec<SegmentSeal>,
    id_keys: Vec<u8>,
    id_parts: i64,
    next_row: u64,
    /// Before this instant the source's days are retired.
    retired: Millis,
    quarantine: QuarantineDigest,
    counts: RowCounts,
    span: Option<Span>,
    scratch: Writer,
    /// What went wrong, kept here because a sink can only say words.
    failure: Option<LogError>,
}

/// What is open of a UTC day.
#[derive(Default)]
struct OpenDay {
    builder: Builder,
    keys: Vec<u8>,
    bytes: usize,
    parts: u64,
}

impl<'a> Importer<'a> {
    /// Begins a batch; `db` is inside a transaction that is the only writer.
    pub(super) fn new(
        db: &'a Connection,
        state: &State,
        texts: &Dictionaries,
        source: &'a Source,
    ) -> Result<Importer<'a>, LogError> {
        Ok(Importer {
            db,
            source,
            number: state.batches.len() as u64 + 1,
            known: Known::of(state, &source.name),
            dictionaries: Kind::ALL.iter().map(|kind| Adding::new(texts.texts(*kind))).collect(),
            days: BTreeMap::new(),
            open_bytes: 0,
            roots: BatchRoots::default(),
            firsts: AllFirsts::default(),
            segments: Vec::new(),
            id_keys: Vec::new(),
            id_parts: 0,
            next_row: state.quarantined() + 1,
            retired: state.retired_before(&source.name).unwrap_or(Millis::MIN),
            quarantine: QuarantineDigest::default(),
            counts: RowCounts::default(),
            span: None,
            scratch: Writer::new(),
            failure: None,
        })
    }

    /// What went wrong while rows were taken, if anything did, whatever the feed made of it.
    pub(super) fn failure(&mut self) -> Option<LogError> {
        self.failure.take()
    }

    fn add(&mut self, event: &Event) -> Result<Added, LogError> {
        check_event(event).map_err(LogError::Refused)?;
        if event.time < self.retired {
            return Ok(self.left_out());
        }
        let hashed = hashes(event, &self.source.name, &mut self.scratch);
        let day = day_of(event.time);
        let id = event.id.as_deref().filter(|id| !id.is_empty());
        let by = match id {
            Some(id) => key(id_hash(&self.source.name, id)),
            None => key(hashed.content),
        };
        let again = match id {
            Some(_) => self.known.id(self.db, &by)?,
            None => self.known.content(self.db, day, &by)?,
        };
        self.counts.read += 1;
        if again {
            self.counts.repeated += 1;
            return Ok(Added::Repeated);
        }
        self.counts.added += 1;
        let mut codes = [0; KINDS];
        for ((code, dictionary), kind) in codes.iter_mut().zip(&mut self.dictionaries).zip(Kind::ALL) {
            *code = dictionary.code(kind.of(event))?;
        }
        self.roots.push(event.time, hashed.leaf);
        self.firsts.push(event, codes);
        let one = Span { from: event.time, to: event.time + 1 };
        self.span = Some(self.span.map_or(one, |span| span.cover(&one)));
        let open = self.days.entry(day).or_default();
        open.builder.push(self.counts.added, event, codes);
        if id.is_some() {
            self.id_keys.extend_from_slice(&by);
        } else {
            open.keys.extend_from_slice(&by);
        }
        let bytes = open.builder.bytes();
        self.open_bytes += bytes.saturating_sub(open.bytes);
        open.bytes = bytes;
        if open.builder.events() >= SEGMENT_EVENTS || bytes >= SEGMENT_BYTES {
            self.close_day(day)?;
        }
        if self.open_bytes >= OPEN_BYTES {
            self.close_all()?;
        }
        if self.id_keys.len() >= ID_KEYS * KEY {
            self.store_id_keys()?;
        }
        Ok(Added::New)
    }

    fn close_all(&mut self) -> Result<(), LogError> {
        let days: Vec<i64> = self.days.keys().copied().collect();
        days.into_iter().try_for_each(|day| self.close_day(day))
    }

    /// Stores what is open of a day as its next segment.
    fn close_day(&mut self, day: i64) -> Result<(), LogError> {
        let Some(open) = self.days.get_mut(&day) else { return Ok(()) };
        let part = open.parts;
        let builder = std::mem::take(&mut open.builder);
        let keys = std::mem::take(&mut open.keys);
        self.open_bytes = self.open_bytes.saturating_sub(std::mem::take(&mut open.bytes));
        let Some((earliest, latest)) = builder.times() else { return Ok(()) };
        open.parts += 1;
        let bodies = builder.bodies()?;
        let events = builder.events() as u64;
        let (batch, part_number) = (self.number as i64, part as i64);
        self.db
            .prepare_cached(
                "INSERT INTO segments (batch, day, part, events, earliest, latest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut insert| insert.insert((batch, day, part_number, events as i64, earliest, latest)))
            .and_then(|id| {
                for (sql, body) in [
                    ("INSERT INTO hot VALUES (?1, ?2)", &bodies.hot),
                    ("INSERT INTO warm VALUES (?1, ?2)", &bodies.warm),
                    ("INSERT INTO cold VALUES (?1, ?2)", &bodies.cold),
                ] {
                    self.db.prepare_cached(sql)?.execute((id, body))?;
                }
                Ok(())
            })
            .map_err(sql)?;
        self.store_keys(BY_CONTENT, day, part_number, &keys)?;
        self.segments.push(SegmentSeal::new(day, part, events, &bodies));
        Ok(())
    }

    fn store_keys(&self, kind: i64, day: i64, part: i64, keys: &[u8]) -> Result<(), LogError> {
        if !keys.is_empty() {
            self.db
                .prepare_cached("INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5)")
                .and_then(|mut insert| insert.execute((kind, day, self.number as i64, part, keys)))
                .map_err(sql)?;
        }
        Ok(())
    }

    fn store_id_keys(&mut self) -> Result<(), LogError> {
        let keys = std::mem::take(&mut self.id_keys);
        self.store_keys(BY_ID, 0, self.id_parts, &keys)?;
        self.id_parts += 1;
        Ok(())
    }

    /// Counts a row of a retired day.
    fn left_out(&mut self) -> Added {
        self.counts.read += 1;
        self.counts.retired += 1;
        Added::Retired
    }

    fn reject(&mut self, row: &Rejected) -> Result<Added, LogError> {
        if row.around.is_some_and(|around| around < self.retired) {
            return Ok(self.left_out());
        }
        self.counts.read += 1;
        if self.known.row(self.db, &row.raw)? {
            self.counts.repeated += 1;
            return Ok(Added::Repeated);
        }
        self.counts.quarantined += 1;
        let id = self.next_row;
        self.next_row += 1;
        self.quarantine.push(quarantine::leaf(id, row));
        let values = (id as i64, self.number as i64, row.line as i64, &row.reason, &row.raw, row.around);
        self.db
            .prepare_cached("INSERT INTO quarantine VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .and_then(|mut insert| insert.execute(values))
            .map_err(sql)?;
        Ok(Added::New)
    }

    /// Stores what is open, seals the batch and gives it.
    pub(super) fn finish(
        mut self,
        about: &BatchAbout,
        now: Millis,
        settles: &[u64],
        records: u64,
    ) -> Result<Batch, LogError> {
        self.close_all()?;
        self.store_id_keys()?;
        let mut sealed_dictionaries = Vec::new();
        for (dictionary, kind) in self.dictionaries.iter().zip(Kind::ALL) {
            let (first, texts) = dictionary.added();
            if !texts.is_empty() {
                let body = dictionary::write(first, &texts)?;
                self.insert("INSERT INTO dictionaries VALUES (?1, ?2, ?3)", kind as i64, &body)?;
                sealed_dictionaries.push((kind, sha256(&body)));
            }
        }
        for (kind, firsts) in (0..).zip(&self.firsts.columns) {
            if let Some(body) = firsts.bytes()? {
                self.insert("INSERT INTO firsts VALUES (?1, ?2, ?3)", kind, &body)?;
            }
        }
        self.segments.sort_by_key(|segment| (segment.day, segment.part));
        let manifest = Manifest {
            days: self.roots.days(),
            segments: self.segments,
            dictionaries: sealed_dictionaries,
            ..Manifest::default()
        };
        let manifest_bytes = manifest.bytes();
        let batch = Batch {
            number: self.number,
            source: self.source.clone(),
            about: about.clone(),
            rows: self.counts,
            span: self.span,
            imported_at: now,
            root: batch_root(&manifest.days).hex(),
            voided: None,
        };
        let record = BatchRecord {
            batch: batch.clone(),
            settles: settles.to_vec(),
            quarantine: self.quarantine.finish(),
            manifest: sha256(&manifest_bytes),
        };
        self.db.execute("INSERT INTO manifests VALUES (?1, ?2)", (self.number as i64, &manifest_bytes)).map_err(sql)?;
        add_record(self.db, records + 1, &Record::Batch(Box::new(record)))?;
        Ok(batch)
    }

    fn insert(&self, statement: &str, kind: i64, body: &[u8]) -> Result<(), LogError> {
        self.db.execute(statement, (kind, self.number as i64, body)).map_err(sql)?;
        Ok(())
    }

    fn heard<T>(&mut self, result: Result<T, LogError>) -> Result<T, String> {
        result.map_err(|error| {
            let words = error.to_string();
            self.failure.get_or_insert(error);
            words
        })
    }
}

impl Sink for Importer<'_> {
    fn event(&mut self, event: Event) -> Result<Added, String> {
        let result = self.add(&event);
        self.heard(result)
    }

    fn rejected(&mut self, row: Rejected) -> Result<Added, String> {
        let result = self.reject(&row);
        self.heard(result)
    }

    fn no_event(&mut self) -> Result<(), String> {
        self.counts.read += 1;
        self.counts.no_event += 1;
        Ok(())
    }
}

/// Adds a leaf to the log's tree.
pub(super) fn add_record(db: &Connection, number: u64, record: &Record) -> Result<(), LogError> {
    let body = record.bytes();
    let leaf = tree::leaf(&body);
    db.execute("INSERT INTO records VALUES (?1, ?2, ?3)", (number as i64, &leaf.0[..], &body)).map_err(sql)?;
    Ok(())
}

/// Each row that a batch would settle must be an open one of its source, named once.
pub(super) fn check_settles(db: &Connection, state: &State, source: &str, settles: &[u64]) -> Result<(), LogError> {
    let of_source = state.live_of(source);
    let distinct: BTreeSet<u64> = settles.iter().copied().collect();
    if distinct.len() != settles.len() {
        return Err(LogError::Refused("a quarantined row is settled twice".to_owned()));
    }
    let mut find = db.prepare_cached("SELECT batch FROM quarantine WHERE id = ?1").map_err(sql)?;
    for id in distinct {
        let mut rows = find.query([id as i64]).map_err(sql)?;
        let batch: Option<i64> = rows.next().map_err(sql)?.map(|row| row.get(0)).transpose().map_err(sql)?;
        if state.settled_by(id).is_some() || !batch.is_some_and(|batch| of_source.contains(&(batch as u64))) {
            return Err(LogError::Refused(format!("row {id} is no open quarantined row of {source}")));
        }
    }
    Ok(())
}

/// A key as it is stored, for those who check the stored ones.
pub(super) fn key_of(event: &Event, source: &str, scratch: &mut Writer) -> (bool, Key) {
    match event.id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => (true, key(id_hash(source, id))),
        None => (false, key(hashes(event, source, scratch).content)),
    }
}

//! Import: one file's rows become one batch in one transaction: segments, dictionaries, manifest, record.
//!
//! Two threads share the work: the one that calls reads the file and writes each event's canonical bytes, the other one
//! hashes them, recognises repeats, and fills and stores the columns. Rows keep their order, and nothing is in the log
//! before the one has read everything and the other has stored it.

mod parcel;

use super::dictionary::{self, Adding};
use super::firsts::AllFirsts;
use super::manifest::{Manifest, SegmentSeal};
use super::recognise::Known;
use super::segment::{Builder, KINDS, Kind};
use super::state::State;
use super::storage::{damaged, sql};
use crate::audit_log::quarantine::{self, QuarantineDigest};
use crate::audit_log::record::{BatchRecord, Record};
use crate::audit_log::roots::{BatchRoots, batch_root, day_of};
use crate::audit_log::{Batch, BatchAbout, LogError, RowCounts, Sink};
use crate::calendar::{Millis, Span};
use crate::event::Rejected;
use crate::seal::bytes::{Reader, Writer};
use crate::seal::canonical::{Parts, id_hash};
use crate::seal::hash::{Hash, sha256};
use crate::seal::tree;
use crate::source::Source;
use parcel::{Message, Parcel, Row, Sending, WAITING};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;

/// Events that a segment has at most.
const SEGMENT_EVENTS: usize = 16_384;
/// Bytes after which a segment is closed though it has fewer events.
const SEGMENT_BYTES: usize = 16 << 20;
/// Bytes in all open segments after which those are closed that were filled longest ago: a file in order of time is done
/// with them, and one in no order opens many.
const OPEN_BYTES: usize = if cfg!(test) { 1 << 20 } else { 64 << 20 };

/// What is to be imported: whose it is, and what is said of it.
pub(super) struct Order<'a> {
    pub(super) source: &'a Source,
    pub(super) about: &'a BatchAbout,
    pub(super) now: Millis,
    pub(super) settles: &'a [u64],
}

/// Imports what `feed` brings. `db` is inside a transaction that is the only writer; if this fails, it must be undone.
/// `dictionaries` are those that the import before has given back, if the log has grown by nothing else since.
pub(super) fn import(
    db: &mut Connection,
    state: &State,
    dictionaries: Option<Vec<Adding>>,
    order: &Order<'_>,
    feed: &mut dyn FnMut(&mut dyn Sink) -> Result<(), String>,
) -> Result<(Batch, Vec<Adding>), LogError> {
    let (to, from) = mpsc::sync_channel(WAITING);
    let (send_back, back) = mpsc::channel();
    std::thread::scope(|scope| {
        let sealing = scope.spawn(move || -> Result<Option<(Batch, Vec<Adding>)>, LogError> {
            let mut importer = Importer::new(db, state, dictionaries, order.source)?;
            let whole = parcel::receive(&from, &send_back, |parcel| importer.take(parcel))?;
            if whole { importer.finish(order, state.records()).map(Some) } else { Ok(None) }
        });
        let mut sink = Sending { source: &order.source.name, parcel: Parcel::default(), to, back, refused: None };
        let mut fed = feed(&mut sink);
        if fed.is_ok() && sink.refused.is_none() {
            fed = sink.send();
        }
        let refused = sink.refused.take();
        if fed.is_ok() && refused.is_none() {
            // Where the other thread has given up, its error is told below.
            let _ = sink.to.send(Message::Done);
        }
        drop(sink);
        let sealed = sealing.join().map_err(|_| LogError::Storage("the thread that seals has ended".to_owned()))?;
        if let Some(refused) = refused {
            return Err(refused);
        }
        match (sealed?, fed) {
            (Some(done), _) => Ok(done),
            (None, Err(words)) => Err(LogError::Refused(words)),
            (None, Ok(())) => Err(LogError::Storage("the thread that seals has ended too early".to_owned())),
        }
    })
}

/// Seals the rows of one file.
struct Importer<'a> {
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
    next_row: u64,
    /// Before this instant the source's days are retired.
    retired: Millis,
    quarantine: QuarantineDigest,
    counts: RowCounts,
    span: Option<Span>,
    scratch: Writer,
}

/// What is open of a UTC day.
#[derive(Default)]
struct OpenDay {
    builder: Builder,
    bytes: usize,
    parts: u64,
}

impl<'a> Importer<'a> {
    /// Begins a batch.
    fn new(
        db: &'a Connection,
        state: &State,
        dictionaries: Option<Vec<Adding>>,
        source: &'a Source,
    ) -> Result<Importer<'a>, LogError> {
        let dictionaries = match dictionaries {
            Some(dictionaries) => dictionaries,
            None => Kind::ALL.into_iter().map(|kind| Adding::load(db, kind)).collect::<Result<_, _>>()?,
        };
        let number = state.batches.len() as u64 + 1;
        Ok(Importer {
            db,
            source,
            number,
            known: Known::of(state, &source.name, number),
            dictionaries,
            days: BTreeMap::new(),
            open_bytes: 0,
            roots: BatchRoots::default(),
            firsts: AllFirsts::default(),
            segments: Vec::new(),
            next_row: state.quarantined() + 1,
            retired: state.retired_before(&source.name).unwrap_or(Millis::MIN),
            quarantine: QuarantineDigest::default(),
            counts: RowCounts::default(),
            span: None,
            scratch: Writer::new(),
        })
    }

    /// Takes the rows of a parcel: column by column where that is quicker, because looks into a dictionary that do not
    /// wait for each other are made at once.
    fn take(&mut self, parcel: &Parcel) -> Result<(), LogError> {
        self.counts.read += parcel.no_event;
        self.counts.no_event += parcel.no_event;
        for row in &parcel.rejected {
            self.reject(row)?;
        }
        let mut new: Vec<(&Row, Parts<'_>)> = Vec::with_capacity(parcel.rows.len());
        for row in &parcel.rows {
            if row.time < self.retired {
                self.leave_out();
                continue;
            }
            let parts = parcel.parts(row, &self.source.name).map_err(damaged("a row on its way into the log"))?;
            self.counts.read += 1;
            if self.is_repeat(parcel, row, &parts)? {
                self.counts.repeated += 1;
            } else {
                new.push((row, parts));
            }
        }
        let codes = self.codes(&new)?;
        for (codes, (_, parts)) in codes.iter().zip(&new) {
            self.firsts.push(parts, *codes);
        }
        for (codes, (row, parts)) in codes.iter().zip(&new) {
            self.add(parcel, row, parts, *codes)?;
        }
        Ok(())
    }

    /// The codes of all texts, event by event.
    fn codes(&mut self, new: &[(&Row, Parts<'_>)]) -> Result<Vec<[u32; KINDS]>, LogError> {
        let mut all = vec![[0u32; KINDS]; new.len()];
        let mut records = Vec::new();
        for (dictionary, kind) in self.dictionaries.iter_mut().zip(Kind::ALL) {
            let texts = new.iter().map(|(_, parts)| kind.of_parts(parts));
            let mut codes = Vec::with_capacity(new.len());
            if kind == Kind::RecordName {
                // A name is mostly as far from its record as the one before was: often both were met together first.
                let mut beside = 0u32;
                for (text, record) in texts.zip(&records) {
                    let code = dictionary.guessed(text, u32::wrapping_add(*record, beside))?;
                    beside = code.wrapping_sub(*record);
                    codes.push(code);
                }
            } else {
                dictionary.codes(texts, |code| codes.push(code))?;
            }
            for (of_event, code) in all.iter_mut().zip(&codes) {
                if let Some(place) = of_event.get_mut(kind as usize) {
                    *place = *code;
                }
            }
            if kind == Kind::Record {
                records = codes;
            }
        }
        Ok(all)
    }

    fn is_repeat(&mut self, parcel: &Parcel, row: &Row, parts: &Parts<'_>) -> Result<bool, LogError> {
        let day = day_of(parts.time);
        let id = Reader::new(parts.id).text_option().map_err(damaged("an id on its way into the log"))?;
        match id.filter(|id| !id.is_empty()) {
            Some(id) => {
                let hash = id_hash(&self.source.name, id.as_bytes(), &mut self.scratch);
                self.known.id(self.db, &self.dictionaries, day, parts.time, hash)
            }
            None => self.known.content(self.db, &self.dictionaries, day, parts.time, || sha256(parcel.content(row))),
        }
    }

    fn add(&mut self, parcel: &Parcel, row: &Row, parts: &Parts<'_>, codes: [u32; KINDS]) -> Result<(), LogError> {
        self.counts.added += 1;
        // The byte that RFC 6962 puts before a leaf stands there already.
        self.roots.push(parts.time, sha256(parcel.leaf(row)));
        let one = Span { from: parts.time, to: parts.time + 1 };
        self.span = Some(self.span.map_or(one, |span| span.cover(&one)));
        let day = day_of(parts.time);
        let open = self.days.entry(day).or_default();
        open.builder.push(self.counts.added, parts, codes, row.affected, row.line);
        let bytes = open.builder.bytes();
        self.open_bytes += bytes.saturating_sub(open.bytes);
        open.bytes = bytes;
        if open.builder.events() >= SEGMENT_EVENTS || bytes >= SEGMENT_BYTES {
            self.close_day(day)?;
        }
        if self.open_bytes >= OPEN_BYTES {
            self.close_oldest()?;
        }
        Ok(())
    }

    /// Closes days in the order in which they were filled last, until half of the memory is free.
    fn close_oldest(&mut self) -> Result<(), LogError> {
        let open = self.days.iter().filter(|(_, open)| open.bytes > 0);
        let mut by_age: Vec<(u64, i64)> = open.map(|(day, open)| (open.builder.last(), *day)).collect();
        by_age.sort_unstable();
        for (_, day) in by_age {
            if self.open_bytes < OPEN_BYTES / 2 {
                break;
            }
            self.close_day(day)?;
        }
        Ok(())
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
        self.open_bytes = self.open_bytes.saturating_sub(std::mem::take(&mut open.bytes));
        let Some((earliest, latest)) = builder.times() else { return Ok(()) };
        open.parts += 1;
        let bodies = builder.bodies()?;
        let events = builder.events() as u64;
        self.db
            .prepare_cached(
                "INSERT INTO segments (batch, day, part, events, earliest, latest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut insert| {
                insert.insert((self.number as i64, day, part as i64, events as i64, earliest, latest))
            })
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
        self.segments.push(SegmentSeal::new(day, part, events, &bodies));
        Ok(())
    }

    /// Counts a row of a retired day.
    fn leave_out(&mut self) {
        self.counts.read += 1;
        self.counts.retired += 1;
    }

    fn reject(&mut self, row: &Rejected) -> Result<(), LogError> {
        if row.around.is_some_and(|around| around < self.retired) {
            self.leave_out();
            return Ok(());
        }
        self.counts.read += 1;
        if self.known.row(self.db, &row.raw)? {
            self.counts.repeated += 1;
            return Ok(());
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
        Ok(())
    }

    /// Stores what is open, seals the batch and gives it, with the dictionaries as they are after it.
    fn finish(mut self, order: &Order<'_>, records: u64) -> Result<(Batch, Vec<Adding>), LogError> {
        self.close_all()?;
        self.known.store(self.db)?;
        let sealed_dictionaries = self.store_dictionaries()?;
        for (kind, firsts) in (0..).zip(&self.firsts.columns) {
            if let Some(body) = firsts.bytes()? {
                let values: (i64, i64, Vec<u8>) = (kind, self.number as i64, body);
                self.db.execute("INSERT INTO firsts VALUES (?1, ?2, ?3)", values).map_err(sql)?;
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
            about: order.about.clone(),
            rows: self.counts,
            span: self.span,
            imported_at: order.now,
            root: batch_root(&manifest.days).hex(),
            voided: None,
        };
        let record = BatchRecord {
            batch: batch.clone(),
            settles: order.settles.to_vec(),
            quarantine: self.quarantine.finish(),
            manifest: sha256(&manifest_bytes),
        };
        self.db.execute("INSERT INTO manifests VALUES (?1, ?2)", (self.number as i64, &manifest_bytes)).map_err(sql)?;
        add_record(self.db, records + 1, &Record::Batch(Box::new(record)))?;
        self.dictionaries.iter_mut().for_each(Adding::stored);
        Ok((batch, self.dictionaries))
    }

    /// Stores the texts that are new, block by block; gives the blocks' hashes in order of kind and code.
    fn store_dictionaries(&self) -> Result<Vec<(Kind, Hash)>, LogError> {
        let mut sealed = Vec::new();
        let mut insert = self.db.prepare_cached("INSERT INTO dictionaries VALUES (?1, ?2, ?3, ?4)").map_err(sql)?;
        for (dictionary, kind) in self.dictionaries.iter().zip(Kind::ALL) {
            let (first, texts) = dictionary.added();
            dictionary::blocks(first, texts, |first, body| {
                insert.execute((kind as i64, first, self.number as i64, &body)).map_err(sql)?;
                sealed.push((kind, sha256(&body)));
                Ok(())
            })?;
        }
        Ok(sealed)
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

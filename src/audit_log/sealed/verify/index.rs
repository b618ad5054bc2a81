//! Index: what import derived from a batch's events and keeps to be quick, worked out again and compared.
//!
//! It is not sealed, because it can be made again; but answers and the recognition of repeats lean on it. Once something of
//! a batch is retired, what was derived of that cannot be made again: from then on all of it is sealed with the manifest.

use super::{Stop, hold};
use crate::audit_log::sealed::dictionary::Dictionaries;
use crate::audit_log::sealed::firsts::{self, COLUMNS};
use crate::audit_log::sealed::import::key_of;
use crate::audit_log::sealed::manifest::{Manifest, SegmentSeal};
use crate::audit_log::sealed::recognise::{BY_CONTENT, BY_ID, KEY, Key};
use crate::audit_log::sealed::retire;
use crate::audit_log::sealed::segment::Kind;
use crate::audit_log::verdict::Place;
use crate::calendar::Millis;
use crate::event::Event;
use crate::seal::bytes::Writer;
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is derived of one batch.
pub(super) struct Index {
    batch: u64,
    numbers: Vec<u64>,
    id_keys: Vec<(u64, Key)>,
    /// By column and code: the first event's number, and the earliest time.
    firsts: [HashMap<u32, (u64, Millis)>; COLUMNS],
    /// Codes of texts, as far as they were met.
    codes: BTreeMap<Kind, HashMap<String, u32>>,
}

impl Index {
    pub(super) fn new(batch: u64) -> Index {
        Index { batch, numbers: Vec::new(), id_keys: Vec::new(), firsts: Default::default(), codes: BTreeMap::new() }
    }

    /// Takes the events of a segment and compares its keys.
    pub(super) fn take(
        &mut self,
        db: &Connection,
        source: &str,
        seal: &SegmentSeal,
        events: &[(u64, Event)],
        texts: &Dictionaries,
    ) -> Result<(), Stop> {
        let mut scratch = Writer::new();
        let mut keys = Vec::new();
        for (number, event) in events {
            self.numbers.push(*number);
            match key_of(event, source, &mut scratch) {
                (true, key) => self.id_keys.push((*number, key)),
                (false, key) => keys.extend_from_slice(&key),
            }
            let codes = Kind::ALL.map(|kind| self.code(kind, kind.of(event), texts));
            let all = codes.into_iter().chain([event.class as u32, event.outcome as u32]);
            for (column, code) in self.firsts.iter_mut().zip(all) {
                let first = column.entry(code).or_insert((*number, event.time));
                *first = (first.0.min(*number), first.1.min(event.time));
            }
        }
        let stored = content_keys(db, self.batch, seal)?;
        hold(stored == keys, || Place::Index(self.batch), "the keys of its events are not those of its events")
    }

    fn code(&mut self, kind: Kind, text: &str, texts: &Dictionaries) -> u32 {
        let known = self.codes.entry(kind).or_insert_with(|| {
            // Of texts that are empty only the first is one: the others are retired.
            let texts = texts.texts(kind).iter().zip(0..).filter(|(text, code)| *code == 0 || !text.is_empty());
            texts.map(|(text, code)| (text.to_string(), code)).collect()
        });
        known.get(text).copied().unwrap_or(u32::MAX)
    }

    /// Compares what is kept of the whole batch, which has so many events left of those that were added.
    pub(super) fn finish(mut self, db: &Connection, events: u64, added: u64, manifest: &Manifest) -> Result<(), Stop> {
        let place = || Place::Index(self.batch);
        self.numbers.sort_unstable();
        let in_order = if events == added {
            self.numbers.iter().copied().eq(1..=events)
        } else {
            let rising = self.numbers.windows(2).all(|pair| pair.first() < pair.last());
            rising && self.numbers.iter().all(|number| (1..=added).contains(number))
        };
        hold(in_order, || Place::Batch(self.batch), "its events are not numbered from 1 without gaps")?;
        if let Some(sealed) = manifest.derived {
            let same = retire::derived(db, self.batch)? == sealed;
            hold(same, place, "it is not what was sealed when a part of the batch was retired")?;
        }
        self.id_keys.sort_unstable();
        let expected: Vec<u8> = self.id_keys.iter().flat_map(|(_, key)| *key).collect();
        let mut find = db.prepare_cached("SELECT body FROM keys WHERE kind = ?1 AND batch = ?2 ORDER BY day, part")?;
        let stored = find.query_map((BY_ID, self.batch as i64), |row| row.get::<_, Vec<u8>>(0))?;
        let stored = stored.collect::<Result<Vec<_>, _>>()?.concat();
        let same = match manifest.derived {
            None => stored == expected,
            Some(_) => {
                let known: HashSet<&Key> = stored.as_chunks::<KEY>().0.iter().collect();
                expected.as_chunks::<KEY>().0.iter().all(|key| known.contains(key))
            }
        };
        hold(same, place, "the keys of its ids are not those of its events")?;
        let contents = self.numbers.len() - self.id_keys.len();
        let kept: Option<i64> = db.query_row(
            "SELECT sum(length(body)) FROM keys WHERE kind = ?1 AND batch = ?2",
            (BY_CONTENT, self.batch as i64),
            |row| row.get(0),
        )?;
        hold(kept.unwrap_or(0) == (contents * KEY) as i64, place, "keys of events that there are not")?;
        let foreign: i64 = db.query_row(
            "SELECT (SELECT count(*) FROM keys WHERE batch = ?1 AND kind NOT IN (0, 1)) \
             + (SELECT count(*) FROM firsts WHERE batch = ?1 AND kind NOT BETWEEN 0 AND ?2)",
            (self.batch as i64, COLUMNS as i64 - 1),
            |row| row.get(0),
        )?;
        hold(foreign == 0, place, "something of a kind that there is not")?;
        for (kind, column) in (0i64..).zip(&self.firsts) {
            let mut expected: Vec<(u64, u32, Millis)> =
                column.iter().map(|(code, (number, time))| (*number, *code, *time)).collect();
            expected.sort_unstable();
            let expected: Vec<(u32, Millis)> = expected.into_iter().map(|(_, code, time)| (code, time)).collect();
            let body: Option<Vec<u8>> = db
                .query_row("SELECT body FROM firsts WHERE kind = ?1 AND batch = ?2", (kind, self.batch as i64), |row| {
                    row.get(0)
                })
                .optional()?;
            let stored = body.map_or(Ok(Vec::new()), |body| firsts::read(&body));
            let same = match (stored, manifest.derived) {
                (Err(_), _) => false,
                (Ok(stored), None) => stored == expected,
                (Ok(stored), Some(_)) => {
                    let known: HashMap<u32, Millis> = stored.into_iter().collect();
                    expected.iter().all(|(code, time)| known.get(code).is_some_and(|first| first <= time))
                }
            };
            hold(same, place, "what it says was first seen is not so")?;
        }
        Ok(())
    }

    /// The number of the first event whose kept key is not its own.
    pub(super) fn first_stranger(
        db: &Connection,
        source: &str,
        seal: &SegmentSeal,
        batch: u64,
        events: &[(u64, Event)],
    ) -> Option<u64> {
        let stored = content_keys(db, batch, seal).ok()?;
        let mut scratch = Writer::new();
        let mut kept = stored.as_chunks::<KEY>().0.iter();
        let mut own = events.iter().map(|(number, event)| (*number, key_of(event, source, &mut scratch)));
        own.find_map(|(number, (by_id, key))| (!by_id && kept.next() != Some(&key)).then_some(number))
    }
}

fn content_keys(db: &Connection, batch: u64, seal: &SegmentSeal) -> Result<Vec<u8>, rusqlite::Error> {
    db.prepare_cached("SELECT body FROM keys WHERE kind = ?1 AND day = ?2 AND batch = ?3 AND part = ?4")?
        .query_row((BY_CONTENT, seal.day, batch as i64, seal.part as i64), |row| row.get(0))
        .optional()
        .map(Option::unwrap_or_default)
}

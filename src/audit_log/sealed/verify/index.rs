//! Index: what import derived from a batch's events and keeps to be quick, worked out again and compared.
//!
//! It is not sealed, because it can be made again; but answers and the recognition of repeats lean on it. Once something of
//! a batch is retired, what was derived of that cannot be made again: from then on all of it is sealed with the manifest.

use super::{Stop, hold};
use crate::audit_log::sealed::dictionary::Dictionaries;
use crate::audit_log::sealed::firsts::{self, COLUMNS};
use crate::audit_log::sealed::ids::{self, IdKey, id_key};
use crate::audit_log::sealed::manifest::Manifest;
use crate::audit_log::sealed::retire;
use crate::audit_log::sealed::segment::Kind;
use crate::audit_log::verdict::Place;
use crate::calendar::Millis;
use crate::event::Event;
use crate::seal::bytes::Writer;
use crate::seal::canonical::id_hash;
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is derived of one batch.
pub(super) struct Index {
    batch: u64,
    numbers: Vec<u64>,
    id_keys: Vec<(u64, IdKey)>,
    /// By column and code: the first event's number, and the earliest time.
    firsts: [HashMap<u32, (u64, Millis)>; COLUMNS],
    /// Codes of texts, as far as they were met.
    codes: BTreeMap<Kind, HashMap<String, u32>>,
}

impl Index {
    pub(super) fn new(batch: u64) -> Index {
        Index { batch, numbers: Vec::new(), id_keys: Vec::new(), firsts: Default::default(), codes: BTreeMap::new() }
    }

    /// Takes the events of a segment.
    pub(super) fn take(&mut self, source: &str, events: &[(u64, Event)], texts: &Dictionaries) {
        let mut scratch = Writer::new();
        for (number, event) in events {
            self.numbers.push(*number);
            if let Some(id) = event.id.as_deref().filter(|id| !id.is_empty()) {
                self.id_keys.push((*number, id_key(&id_hash(source, id.as_bytes(), &mut scratch).0)));
            }
            let codes = Kind::ALL.map(|kind| self.code(kind, kind.of(event), texts));
            let all = codes.into_iter().chain([event.class as u32, event.outcome as u32]);
            for (column, code) in self.firsts.iter_mut().zip(all) {
                let first = column.entry(code).or_insert((*number, event.time));
                *first = (first.0.min(*number), first.1.min(event.time));
            }
        }
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
        let runs = ids::stored(db, self.batch)?;
        let mut own = self.id_keys.iter().map(|(_, key)| *key);
        let same = match manifest.derived {
            None => {
                let as_expected = |run: &Vec<IdKey>| {
                    let mut expected: Vec<IdKey> = own.by_ref().take(run.len()).collect();
                    expected.sort_unstable();
                    *run == expected
                };
                runs.iter().all(as_expected) && own.next().is_none()
            }
            // Keys of retired ids stay.
            Some(_) => {
                let known: HashSet<IdKey> = runs.into_iter().flatten().collect();
                own.all(|key| known.contains(&key))
            }
        };
        hold(same, place, "the keys of its ids are not those of its events")?;
        let foreign: i64 = db.query_row(
            "SELECT count(*) FROM firsts WHERE batch = ?1 AND kind NOT BETWEEN 0 AND ?2",
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
}

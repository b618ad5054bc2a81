//! Recognise: whether an event or a rejected row is one that this source already has.
//!
//! An event without an id is the same only as one with the same time, so only the keys of the days that a file touches
//! are read. A key is 16 bytes of SHA-256: nobody can make two events that look alike.

use super::state::State;
use super::storage::sql;
use crate::audit_log::LogError;
use crate::seal::hash::{Hash, sha256};
use rusqlite::Connection;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Keys of content in table `keys`, by UTC day.
pub(super) const BY_CONTENT: i64 = 0;
/// Keys of ids in table `keys`; their day is 0, because an id is known whatever its time.
pub(super) const BY_ID: i64 = 1;

/// The bytes of a hash by which things are recognised.
pub(super) const KEY: usize = 16;

/// A shortened hash.
pub(super) type Key = [u8; KEY];

/// Shortens a hash.
pub(super) fn key(hash: Hash) -> Key {
    let mut key = [0; KEY];
    for (to, from) in key.iter_mut().zip(hash.0) {
        *to = from;
    }
    key
}

/// How often something is there already, and how often this file brought it.
#[derive(Clone, Copy, Default)]
struct Times {
    stored: u64,
    seen: u64,
}

impl Times {
    fn once_more(&mut self) -> bool {
        self.seen += 1;
        self.seen <= self.stored
    }
}

/// What a source has, read as far as it is needed.
pub(super) struct Known {
    batches: BTreeSet<u64>,
    days: BTreeMap<i64, HashMap<Key, Times>>,
    ids: Option<HashSet<Key>>,
    rows: Option<HashMap<Key, Times>>,
}

impl Known {
    pub(super) fn of(state: &State, source: &str) -> Known {
        Known { batches: state.live_of(source), days: BTreeMap::new(), ids: None, rows: None }
    }

    /// Whether an event with this content on this UTC day is a repeat. Each call counts one.
    pub(super) fn content(&mut self, db: &Connection, day: i64, key: &Key) -> Result<bool, LogError> {
        let known = match self.days.entry(day) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let mut known: HashMap<Key, Times> = HashMap::new();
                stored_keys(db, BY_CONTENT, day, &self.batches, |key| known.entry(key).or_default().stored += 1)?;
                entry.insert(known)
            }
        };
        Ok(known.get_mut(key).is_some_and(Times::once_more))
    }

    /// Whether an event with this id is a repeat; from now on it is.
    pub(super) fn id(&mut self, db: &Connection, key: &Key) -> Result<bool, LogError> {
        if self.ids.is_none() {
            let mut known = HashSet::new();
            stored_keys(db, BY_ID, 0, &self.batches, |key| {
                known.insert(key);
            })?;
            self.ids = Some(known);
        }
        Ok(self.ids.as_mut().is_some_and(|known| !known.insert(*key)))
    }

    /// Whether a rejected row with this text is a repeat. Each call counts one.
    pub(super) fn row(&mut self, db: &Connection, raw: &str) -> Result<bool, LogError> {
        if self.rows.is_none() {
            let mut known: HashMap<Key, Times> = HashMap::new();
            let mut find = db.prepare_cached("SELECT batch, raw FROM quarantine").map_err(sql)?;
            let mut rows = find.query([]).map_err(sql)?;
            while let Some(row) = rows.next().map_err(sql)? {
                let batch: i64 = row.get(0).map_err(sql)?;
                if self.batches.contains(&(batch as u64)) {
                    let raw = row.get_ref(1).map_err(sql)?.as_bytes().map_err(|error| sql(error.into()))?;
                    known.entry(key(sha256(raw))).or_default().stored += 1;
                }
            }
            self.rows = Some(known);
        }
        let known = self.rows.as_mut().and_then(|rows| rows.get_mut(&key(sha256(raw.as_bytes()))));
        Ok(known.is_some_and(Times::once_more))
    }
}

fn stored_keys(
    db: &Connection,
    kind: i64,
    day: i64,
    batches: &BTreeSet<u64>,
    mut take: impl FnMut(Key),
) -> Result<(), LogError> {
    if batches.is_empty() {
        return Ok(());
    }
    let mut find = db.prepare_cached("SELECT batch, body FROM keys WHERE kind = ?1 AND day = ?2").map_err(sql)?;
    let mut rows = find.query([kind, day]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let batch: i64 = row.get(0).map_err(sql)?;
        if !batches.contains(&(batch as u64)) {
            continue;
        }
        let body = row.get_ref(1).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
        let (keys, rest) = body.as_chunks::<KEY>();
        if !rest.is_empty() {
            return Err(LogError::Damaged(format!("keys of batch {batch}: cut short")));
        }
        keys.iter().for_each(|key| take(*key));
    }
    Ok(())
}

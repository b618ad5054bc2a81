//! Recognise: whether an event or a rejected row is one that this source already has.
//!
//! An event without an id is the same only as one with the same time, so that only the days which both the file and the log
//! have are looked at, and only where a time is met again. No keys of such events are kept: they are made again from the
//! stored columns, so that what is compared is 16 bytes of SHA-256 over all of an event, and nobody can make two events that
//! look alike. An event with an id is looked for in its day first, where a file that comes twice finds it, and then among
//! all ids of its source.
//!
//! The keys of some days are held at a time. Of the others one bit an event is: whether this file brought it already.

use super::answer::chunk::Segment;
use super::dictionary::Adding;
use super::events;
use super::ids::{Ids, id_key};
use super::state::State;
use super::storage::sql;
use crate::audit_log::LogError;
use crate::calendar::{Millis, Span};
use crate::seal::hash::{Hash, sha256};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The bytes of a hash by which things are recognised.
const KEY: usize = 16;

/// More events than any segment has: beyond it, its row in the file is damaged.
const MOST_EVENTS: i64 = 1 << 20;

/// Keys of all days that are held at a time, unless one day alone has more. Tests hold few, to let go of some.
const HELD: usize = if cfg!(test) { 20 } else { 2 << 20 };

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
    source: String,
    batch: u64,
    batches: BTreeSet<u64>,
    days: BTreeMap<i64, Day>,
    /// Keys held of all days.
    held: usize,
    /// Counts the looks, to tell which day was looked at longest ago.
    looks: u64,
    ids: Option<Ids>,
    rows: Option<HashMap<Key, Times>>,
}

/// What the log has of a UTC day.
#[derive(Default)]
struct Day {
    segments: Vec<Segment>,
    /// In order, each once; `None`: not held.
    times: Option<Vec<Millis>>,
    /// In order, as often as they are stored; `None`: not held.
    keys: Option<Vec<Key>>,
    /// By the first place of a key: whether this file brought it, and then how often beyond once.
    seen: Vec<u64>,
    again: BTreeMap<usize, u64>,
    looked: u64,
}

impl Known {
    /// What a source has; `batch` is the one that is being made.
    pub(super) fn of(state: &State, source: &str, batch: u64) -> Known {
        Known {
            source: source.to_owned(),
            batch,
            batches: state.live_of(source),
            days: BTreeMap::new(),
            held: 0,
            looks: 0,
            ids: None,
            rows: None,
        }
    }

    /// Whether an event without an id is a repeat. Each call counts one. `content` gives its hash, if it is needed.
    pub(super) fn content(
        &mut self,
        db: &Connection,
        texts: &[Adding],
        day: i64,
        time: Millis,
        content: impl FnOnce() -> Hash,
    ) -> Result<bool, LogError> {
        let Some(known) = self.day(db, texts, day, time)? else { return Ok(false) };
        let key = key(content());
        Ok(known.place(&key).is_some_and(|place| known.once_more(place, &key)))
    }

    /// Whether an event with an id is a repeat; from now on it is.
    pub(super) fn id(
        &mut self,
        db: &Connection,
        texts: &[Adding],
        day: i64,
        time: Millis,
        id: Hash,
    ) -> Result<bool, LogError> {
        if let Some(known) = self.day(db, texts, day, time)?
            && known.place(&key(id)).is_some()
        {
            return Ok(true);
        }
        let mut ids = match self.ids.take() {
            Some(ids) => ids,
            None => Ids::load(db, &self.batches)?,
        };
        let known = ids.known(db, self.batch, &id_key(&id.0));
        self.ids = Some(ids);
        known
    }

    /// Stores what must be known of this batch from now on.
    pub(super) fn store(&mut self, db: &Connection) -> Result<(), LogError> {
        self.ids.as_mut().map_or(Ok(()), |ids| ids.store(db, self.batch))
    }

    /// A day with its keys, if the log has an event of just this time on it.
    fn day(&mut self, db: &Connection, texts: &[Adding], day: i64, time: Millis) -> Result<Option<&mut Day>, LogError> {
        if self.batches.is_empty() {
            return Ok(None);
        }
        if !self.days.contains_key(&day) {
            let segments = segments_of(db, day, &self.batches)?;
            self.days.insert(day, Day { segments, ..Day::default() });
        }
        self.looks += 1;
        let Some(known) = self.days.get_mut(&day) else { return Ok(None) };
        if known.segments.is_empty() {
            return Ok(None);
        }
        known.looked = self.looks;
        let times = match &mut known.times {
            Some(times) => times,
            none => {
                let mut times = Vec::new();
                for segment in &known.segments {
                    times.extend(super::coverage::read_times(db, *segment)?);
                }
                times.sort_unstable();
                times.dedup();
                none.insert(times)
            }
        };
        if times.binary_search(&time).is_err() {
            return Ok(None);
        }
        if known.keys.is_none() {
            let mut keys = Vec::with_capacity(known.segments.iter().map(|segment| segment.events).sum());
            for segment in &known.segments {
                events::keys(db, *segment, texts, &self.source, &mut keys)?;
            }
            keys.sort_unstable();
            known.seen.resize(keys.len().div_ceil(64), 0);
            self.held += keys.len();
            known.keys = Some(keys);
            self.let_go(day);
        }
        Ok(self.days.get_mut(&day))
    }

    /// Lets go of the keys of days that were not looked at for longest, but for one.
    fn let_go(&mut self, but: i64) {
        while self.held > HELD {
            let held = self.days.iter_mut().filter(|(day, known)| **day != but && known.keys.is_some());
            let Some((_, oldest)) = held.min_by_key(|(_, known)| known.looked) else { return };
            self.held -= oldest.keys.take().map_or(0, |keys| keys.len());
            oldest.times = None;
        }
    }

    /// Whether a rejected row with this text is a repeat. Each call counts one.
    pub(super) fn row(&mut self, db: &Connection, raw: &str) -> Result<bool, LogError> {
        let known = match &mut self.rows {
            Some(rows) => rows,
            none => {
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
                none.insert(known)
            }
        };
        Ok(known.get_mut(&key(sha256(raw.as_bytes()))).is_some_and(Times::once_more))
    }
}

impl Day {
    /// The first place of a key.
    fn place(&self, key: &Key) -> Option<usize> {
        let keys = self.keys.as_deref()?;
        let place = keys.partition_point(|other| other < key);
        (keys.get(place) == Some(key)).then_some(place)
    }

    /// Whether this file brought a key no more often than the log has it; counts one.
    fn once_more(&mut self, place: usize, key: &Key) -> bool {
        let Some(word) = self.seen.get_mut(place / 64) else { return false };
        let bit = 1 << (place % 64);
        if *word & bit == 0 {
            *word |= bit;
            return true;
        }
        let keys = self.keys.as_deref().and_then(|keys| keys.get(place..)).unwrap_or_default();
        let stored = keys.iter().take_while(|other| *other == key).count() as u64;
        let again = self.again.get(&place).copied().unwrap_or(0) + 1;
        if again >= stored {
            return false;
        }
        self.again.insert(place, again);
        true
    }
}

/// The segments of some batches on a day, in order of batch and part.
fn segments_of(db: &Connection, day: i64, batches: &BTreeSet<u64>) -> Result<Vec<Segment>, LogError> {
    let statement =
        "SELECT id, batch, day, part, events, earliest, latest FROM segments WHERE day = ?1 ORDER BY batch, part";
    let mut find = db.prepare_cached(statement).map_err(sql)?;
    let mut rows = find.query([day]).map_err(sql)?;
    let mut segments = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, batch, day, part, events, earliest, latest): (i64, i64, i64, i64, i64, i64, i64) =
            row.try_into().map_err(sql)?;
        if !(1..=MOST_EVENTS).contains(&events) {
            return Err(LogError::Damaged(format!("segment {part} of day {day} of batch {batch}: {events} events")));
        }
        if batches.contains(&(batch as u64)) {
            let span = Span { from: earliest, to: latest.saturating_add(1) };
            segments.push(Segment { id, batch: batch as u64, day, part, events: events as usize, span });
        }
    }
    Ok(segments)
}

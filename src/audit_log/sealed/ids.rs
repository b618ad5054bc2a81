//! Ids: which ids of its source a log has: runs of short keys in order, each with a filter that spares most looks.
//!
//! An import holds the keys of its newest ids in memory and stores a run whenever there are enough of them, so that what it
//! needs does not grow with the file: but for the filters, about a byte for each id that the source has.

mod filter;
mod run;

pub(super) use run::{IdKey, id_key};

use super::storage::{damaged, sql};
use crate::audit_log::LogError;
use filter::Filter;
use hashbrown::HashTable;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// Keys in memory before they are stored as a run: what a table of two million places takes. In tests few, to have runs.
const RUN_KEYS: usize = if cfg!(test) { 30 } else { 7 << 18 };

/// Places of the buckets of a run in their table: the run's number and then the bucket's.
fn place(run: i64, bucket: u64) -> i64 {
    run << 24 | bucket as i64
}

/// A run of the log, without its keys.
struct Run {
    number: i64,
    bits: u32,
    filter: Filter,
}

/// The ids of a source: those that the log had, and those of the file that is read.
pub(super) struct Ids {
    runs: Vec<Run>,
    newest: HashTable<IdKey>,
}

/// Keys are pieces of SHA-256: their first bytes are as good as any hash of them.
fn hash(key: &IdKey) -> u64 {
    let [first @ .., _] = *key;
    u64::from_le_bytes(first)
}

impl Ids {
    /// What the log has of these batches.
    pub(super) fn load(db: &Connection, batches: &BTreeSet<u64>) -> Result<Ids, LogError> {
        let mut find = db.prepare("SELECT run, batch, keys, filter FROM id_runs ORDER BY run").map_err(sql)?;
        let mut rows = find.query([]).map_err(sql)?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next().map_err(sql)? {
            let (number, batch, keys): (i64, i64, i64) =
                (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?, row.get(2).map_err(sql)?);
            if !batches.contains(&(batch as u64)) {
                continue;
            }
            let filter = Filter::read(row.get(3).map_err(sql)?);
            let filter = filter.ok_or_else(|| LogError::Damaged(format!("ids of batch {batch}: no filter")))?;
            runs.push(Run { number, bits: run::bucket_bits(usize::try_from(keys).unwrap_or(0)), filter });
        }
        Ok(Ids { runs, newest: HashTable::new() })
    }

    /// Whether an id is known already; from now on it is.
    pub(super) fn known(&mut self, db: &Connection, batch: u64, key: &IdKey) -> Result<bool, LogError> {
        if self.newest.find(hash(key), |other| other == key).is_some() {
            return Ok(true);
        }
        for run in self.runs.iter().filter(|run| run.filter.may_have(key)) {
            let bucket = run::bucket_of(key, run.bits);
            let mut find = db.prepare_cached("SELECT body FROM id_keys WHERE place = ?1").map_err(sql)?;
            let mut rows = find.query([place(run.number, bucket)]).map_err(sql)?;
            let Some(row) = rows.next().map_err(sql)? else { continue };
            let body = row.get_ref(0).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
            if run::has(body, key, run.bits).map_err(damaged(format!("ids of run {}", run.number)))? {
                return Ok(true);
            }
        }
        self.newest.insert_unique(hash(key), *key, hash);
        if self.newest.len() >= RUN_KEYS {
            self.store(db, batch)?;
        }
        Ok(false)
    }

    /// Stores what is in memory as a run of a batch.
    pub(super) fn store(&mut self, db: &Connection, batch: u64) -> Result<(), LogError> {
        if self.newest.is_empty() {
            return Ok(());
        }
        let mut keys: Vec<IdKey> = self.newest.drain().collect();
        keys.sort_unstable();
        let filter = Filter::new(&keys);
        db.execute(
            "INSERT INTO id_runs (batch, keys, filter) VALUES (?1, ?2, ?3)",
            (batch as i64, keys.len() as i64, filter.bytes()),
        )
        .map_err(sql)?;
        let number = db.last_insert_rowid();
        let mut insert = db.prepare_cached("INSERT INTO id_keys VALUES (?1, ?2)").map_err(sql)?;
        for (bucket, body) in run::buckets(&keys) {
            insert.execute((place(number, bucket), body)).map_err(sql)?;
        }
        self.runs.push(Run { number, bits: run::bucket_bits(keys.len()), filter });
        Ok(())
    }
}

/// The keys of a batch's runs, run by run in the order in which they were stored, for those who check them. Error: a
/// filter is not that of its keys, or a bucket lies where none may.
pub(super) fn stored(db: &Connection, batch: u64) -> Result<Vec<Vec<IdKey>>, LogError> {
    let mut find =
        db.prepare_cached("SELECT run, keys, filter FROM id_runs WHERE batch = ?1 ORDER BY run").map_err(sql)?;
    let mut rows = find.query([batch as i64]).map_err(sql)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let (number, count, filter): (i64, i64, Vec<u8>) = row.try_into().map_err(sql)?;
        let wrong = |what: &str| LogError::Damaged(format!("ids of batch {batch}: {what}"));
        let bits = run::bucket_bits(usize::try_from(count).map_err(|_| wrong("a negative number"))?);
        let mut keys = Vec::new();
        let last = (1u64 << bits) - 1;
        let mut find_keys =
            db.prepare_cached("SELECT place, body FROM id_keys WHERE place BETWEEN ?1 AND ?2").map_err(sql)?;
        let mut buckets = find_keys.query([place(number, 0), place(number, last)]).map_err(sql)?;
        while let Some(bucket) = buckets.next().map_err(sql)? {
            let at: i64 = bucket.get(0).map_err(sql)?;
            let body = bucket.get_ref(1).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
            let own = run::read(body, (at - place(number, 0)) as u64, bits);
            keys.extend(own.map_err(damaged(format!("ids of batch {batch}")))?);
        }
        if keys.len() as i64 != count || Filter::new(&keys).bytes() != filter {
            return Err(wrong("the keys of a run are not those that were stored"));
        }
        all.push(keys);
    }
    Ok(all)
}

/// Whether there is a bucket of a run that there is not.
pub(super) fn has_strays(db: &Connection) -> Result<bool, LogError> {
    let find = "SELECT 1 FROM id_keys WHERE place >> 24 NOT IN (SELECT run FROM id_runs) LIMIT 1";
    db.query_row(find, [], |_| Ok(())).optional().map(|found| found.is_some()).map_err(sql)
}

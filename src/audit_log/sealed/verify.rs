//! Verify: everything that is sealed, recomputed from the stored bytes; stops at the first thing that does not hold.

mod batch;
mod index;

use super::dictionary::Dictionaries;
use super::ids;
use super::state::State;
use super::storage::sql;
use crate::audit_log::record::{BatchRecord, Record};
use crate::audit_log::verdict::{Fault, LogVerdict, Place};
use crate::audit_log::{Head, LogError, Retired};
use crate::calendar::Millis;
use crate::seal::hash::Hash;
use crate::seal::tree::{self, Growing};
use rusqlite::Connection;

/// Why verification stopped.
enum Stop {
    Fault(Fault),
    Error(LogError),
}

impl From<LogError> for Stop {
    fn from(error: LogError) -> Stop {
        match error {
            LogError::Damaged(what) => Stop::Fault(Fault { place: Place::File, what }),
            other => Stop::Error(other),
        }
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Stop {
        sql(error).into()
    }
}

fn fault(place: Place, what: impl std::fmt::Display) -> Stop {
    Stop::Fault(Fault { place, what: what.to_string() })
}

/// Fails with a fault unless something holds.
fn hold(holds: bool, place: impl FnOnce() -> Place, what: &str) -> Result<(), Stop> {
    if holds { Ok(()) } else { Err(fault(place(), what)) }
}

/// What was recomputed so far.
#[derive(Default)]
struct Work {
    tree: Growing,
    batches: u64,
    events: u64,
    retired: u64,
}

/// What the records say of a batch.
struct Expected {
    record: BatchRecord,
    /// SHA-256 of the list of what is stored for it: sealed with it, and anew by every retirement that touched it.
    manifest: Hash,
    /// Before this instant its events are retired.
    retired: Option<Millis>,
}

impl Expected {
    /// What a later retirement does to it.
    fn retire(&mut self, retired: &Retired, manifests: &[(u64, Hash)]) {
        if self.record.batch.source.name == retired.source {
            self.retired = self.retired.max(Some(retired.before));
        }
        if let Some((_, hash)) = manifests.iter().find(|(batch, _)| *batch == self.record.batch.number) {
            self.manifest = *hash;
        }
    }
}

/// Recomputes the whole log.
pub(super) fn verify(db: &Connection) -> Result<LogVerdict, LogError> {
    let mut work = Work::default();
    let fault = match work.through(db) {
        Ok(()) => None,
        Err(Stop::Fault(fault)) => Some(fault),
        Err(Stop::Error(error)) => return Err(error),
    };
    let head = Head { size: work.tree.size(), root: work.tree.root().hex() };
    Ok(LogVerdict { head, batches: work.batches, events: work.events, retired: work.retired, fault })
}

impl Work {
    fn through(&mut self, db: &Connection) -> Result<(), Stop> {
        let records = self.records(db)?;
        let mut texts = Dictionaries::default();
        for expected in &records {
            let (events, retired) = batch::verify(db, expected, &mut texts)?;
            self.events += events;
            self.retired += retired;
            self.batches += 1;
        }
        nothing_else(db, records.len() as u64)?;
        file_itself(db)
    }

    /// The records themselves: their leaves, their numbers, and that each says what it may say.
    fn records(&mut self, db: &Connection) -> Result<Vec<Expected>, Stop> {
        let mut batches: Vec<Expected> = Vec::new();
        let mut find = db.prepare("SELECT number, leaf, body FROM records ORDER BY number")?;
        let mut rows = find.query([])?;
        while let Some(row) = rows.next()? {
            let expected = self.tree.size() + 1;
            let place = || Place::Record(expected);
            hold(row.get::<_, i64>(0)? as u64 == expected, place, "it is missing")?;
            let leaf = Hash::from_slice(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?);
            let body = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
            hold(leaf == Some(tree::leaf(body)), place, "its bytes are not those that were sealed")?;
            let record = Record::read(body).map_err(|error| fault(place(), error))?;
            hold(record.bytes() == body, place, "it is not written as records are")?;
            match record {
                Record::Batch(record) => {
                    batches.push(Expected { manifest: record.manifest, record: *record, retired: None });
                }
                Record::Void { .. } => {}
                Record::Retire { retired, manifests } => {
                    batches.iter_mut().for_each(|batch| batch.retire(&retired, &manifests));
                }
            }
            self.tree.push(tree::leaf(body));
        }
        // Numbers of batches and voids are checked where the log is opened; by the same rules here.
        State::default().refresh(db)?;
        Ok(batches)
    }
}

/// What everything lies in: where an index does not fit its table, answers could lack what is there and holds.
fn file_itself(db: &Connection) -> Result<(), Stop> {
    let found: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    hold(found == "ok", || Place::File, &format!("SQLite says: {found}"))
}

/// Nothing may lie in the file that belongs to no batch.
fn nothing_else(db: &Connection, batches: u64) -> Result<(), Stop> {
    for table in ["manifests", "segments", "dictionaries", "quarantine", "firsts", "id_runs"] {
        let statement = format!("SELECT count(*) FROM {table} WHERE batch NOT BETWEEN 1 AND ?1");
        let strays: i64 = db.query_row(&statement, [batches as i64], |row| row.get(0))?;
        hold(strays == 0, || Place::File, &format!("{table} of a batch that there is not"))?;
    }
    hold(!ids::has_strays(db)?, || Place::File, "keys of ids of a run that there is not")?;
    for table in ["hot", "warm", "cold"] {
        let statement = format!("SELECT count(*) FROM {table} WHERE segment NOT IN (SELECT id FROM segments)");
        let strays: i64 = db.query_row(&statement, [], |row| row.get(0))?;
        hold(strays == 0, || Place::File, &format!("{table} columns of a segment that there is not"))?;
    }
    Ok(())
}

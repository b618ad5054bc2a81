//! State: what the sealed records say, read once and then kept up with the file.

use super::storage::{damaged, sql};
use crate::audit_log::record::Record;
use crate::audit_log::roots::DAY;
use crate::audit_log::{Batch, Head, LogError, Retired};
use crate::calendar::Millis;
use crate::seal::tree::{self, Growing};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// The log as its records tell it.
#[derive(Default)]
pub(super) struct State {
    tree: Growing,
    /// In order of number; `voided` is set where a later record says so.
    pub(super) batches: Vec<Batch>,
    /// Quarantined row to the batches that settle it.
    settles: BTreeMap<u64, Vec<u64>>,
    /// In order of their records.
    pub(super) retired: Vec<Retired>,
    /// Batches of which something was retired.
    touched: BTreeSet<u64>,
}

impl State {
    /// Reads the records that were added since the last time.
    pub(super) fn refresh(&mut self, db: &Connection) -> Result<(), LogError> {
        let newest: i64 =
            db.query_row("SELECT coalesce(max(number), 0) FROM records", [], |row| row.get(0)).map_err(sql)?;
        if (newest as u64) < self.tree.size() {
            // Another file was put in the place of ours.
            *self = State::default();
        }
        let mut find =
            db.prepare_cached("SELECT number, body FROM records WHERE number > ?1 ORDER BY number").map_err(sql)?;
        let mut rows = find.query([self.tree.size() as i64]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let number: i64 = row.get(0).map_err(sql)?;
            if number as u64 != self.tree.size() + 1 {
                return Err(LogError::Damaged(format!("record {} is missing", self.tree.size() + 1)));
            }
            let body = row.get_ref(1).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
            let record = Record::read(body).map_err(damaged(format!("record {number}")))?;
            self.take(number, record)?;
            self.tree.push(tree::leaf(body));
        }
        Ok(())
    }

    fn take(&mut self, number: i64, record: Record) -> Result<(), LogError> {
        match record {
            Record::Batch(record) => {
                if record.batch.number != self.batches.len() as u64 + 1 {
                    return Err(LogError::Damaged(format!("record {number} is not that of the next batch")));
                }
                for row in record.settles {
                    self.settles.entry(row).or_default().push(record.batch.number);
                }
                self.batches.push(record.batch);
            }
            Record::Void { batch, voided } => {
                let found = self.batches.iter_mut().find(|other| other.number == batch && other.voided.is_none());
                let found = found.ok_or_else(|| {
                    LogError::Damaged(format!("record {number} voids batch {batch}, which is not there to be voided"))
                })?;
                found.voided = Some(voided);
            }
            Record::Retire { retired, manifests } => {
                let later = self.retired_before(&retired.source).is_none_or(|before| before <= retired.before);
                let known = manifests.iter().all(|(batch, _)| self.batch(*batch).is_some());
                if !later || !known || retired.before.rem_euclid(DAY) != 0 {
                    return Err(LogError::Damaged(format!("record {number} retires what is not there to be retired")));
                }
                self.touched.extend(manifests.iter().map(|(batch, _)| *batch));
                self.retired.push(retired);
            }
        }
        Ok(())
    }

    /// How many records there are.
    pub(super) fn records(&self) -> u64 {
        self.tree.size()
    }

    pub(super) fn head(&self) -> Head {
        Head { size: self.tree.size(), root: self.tree.root().hex() }
    }

    pub(super) fn batch(&self, number: u64) -> Option<&Batch> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.batches.get(place)
    }

    /// Batches that count, in order of number.
    pub(super) fn live(&self) -> impl Iterator<Item = &Batch> {
        self.batches.iter().filter(|batch| batch.voided.is_none())
    }

    pub(super) fn is_live(&self, number: u64) -> bool {
        self.batch(number).is_some_and(|batch| batch.voided.is_none())
    }

    /// Numbers of the batches of a source that count.
    pub(super) fn live_of(&self, source: &str) -> BTreeSet<u64> {
        self.live().filter(|batch| batch.source.name == source).map(|batch| batch.number).collect()
    }

    /// Before when a source's events are retired, if any are.
    pub(super) fn retired_before(&self, source: &str) -> Option<Millis> {
        self.newest_retired(source).map(|retired| retired.before)
    }

    /// The newest retirement of a source.
    pub(super) fn newest_retired(&self, source: &str) -> Option<&Retired> {
        self.retired.iter().rev().find(|retired| retired.source == source)
    }

    /// Batches of which something was ever retired.
    pub(super) fn touched(&self) -> &BTreeSet<u64> {
        &self.touched
    }

    /// Rows that were ever put in quarantine: their numbers go from 1 to this one.
    pub(super) fn quarantined(&self) -> u64 {
        self.batches.iter().map(|batch| batch.rows.quarantined).sum()
    }

    /// The batch that settled a quarantined row, if one that counts did.
    pub(super) fn settled_by(&self, row: u64) -> Option<u64> {
        self.settles.get(&row)?.iter().copied().find(|batch| self.is_live(*batch))
    }
}

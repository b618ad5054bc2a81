//! Verify: the chain computed again, and the state derived again from the entries and compared row by row.

use super::chain::{self, Entry, Head, ORIGIN};
use super::happening::{Happening, Queued};
use super::retire::may_be_gone;
use super::{Ledger, LedgerError, schema, state};
use crate::seal::sha256_hex;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;

/// Whether the ledger is what its entries say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry follows from the one before, every message is the frozen one, and the state follows from the
    /// entries.
    Holds(Head),
    /// Something does not.
    Broken {
        /// The first entry that does not hold; 0: a row of state that names no entry.
        entry: i64,
        /// What is wrong with it.
        why: String,
    },
}

impl Ledger {
    /// Verifies the whole ledger. It shows any later change of what is there; that the newest entries were cut off
    /// together with the state that follows from them shows only against a head kept elsewhere ([`Ledger::contains`]).
    ///
    /// # Errors
    /// `Later`; `Damaged` if the file cannot be read at all.
    pub fn verify(&self) -> Result<Verdict, LedgerError> {
        // One read transaction: what other processes append meanwhile is not seen in one half only.
        let tx = self.db.unchecked_transaction()?;
        let mut again = Connection::open_in_memory()?;
        schema::bring_up_to_date(&mut again)?;
        // Blobs are looked up in the ledger itself and not copied, so references to them are not checked here.
        again.pragma_update(None, "foreign_keys", false)?;
        let again_tx = again.transaction()?;
        let mut head = Head { n: 0, hash: ORIGIN.to_owned() };
        let mut query = tx.prepare("SELECT * FROM entries ORDER BY n")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let entry = Entry::from_row(row)?;
            if let Err(why) = follows(&tx, &again_tx, &entry, &head) {
                return Ok(Verdict::Broken { entry: entry.n, why });
            }
            head = Head { n: entry.n, hash: entry.hash };
        }
        Ok(match first_difference(&tx, &again_tx)? {
            Some((entry, why)) => Verdict::Broken { entry, why },
            None => Verdict::Holds(head),
        })
    }
}

/// Whether an entry follows from the one before it; and what it says is done once more.
fn follows(db: &Connection, again: &Connection, entry: &Entry, before: &Head) -> Result<(), String> {
    if entry.n != before.n + 1 {
        return Err(format!("it comes after entry {}", before.n));
    }
    if entry.prev != before.hash {
        return Err(format!("it does not name the hash of entry {}", before.n));
    }
    if entry.hash != entry.seal() {
        return Err("its hash is not that of its content".into());
    }
    let what = entry.happening().map_err(|error| error.to_string())?;
    if what.kind() != entry.kind {
        return Err(format!("its kind reads {}, its body {}", entry.kind, what.kind()));
    }
    for queued in messages(&what) {
        let smaller = queued.smaller.iter().map(|one| &one.sha256);
        for sha256 in std::iter::once(&queued.sha256).chain(smaller) {
            let bytes =
                db.query_row("SELECT bytes FROM blobs WHERE sha256 = ?", [sha256], |row| row.get::<_, Vec<u8>>(0));
            match bytes {
                Ok(bytes) if sha256_hex(&bytes) == *sha256 => {}
                // The state is held against the entries at the end: a retirement that none of them says is found then.
                Ok(bytes) if bytes.is_empty() && may_be_gone(db, sha256).unwrap_or(false) => {}
                Ok(_) => return Err(format!("the message of dispatch {} is not the one that was frozen", queued.id)),
                Err(error) => return Err(format!("the message of dispatch {} cannot be read: {error}", queued.id)),
            }
        }
    }
    chain::insert(again, entry).map_err(|error| error.to_string())?;
    state::apply(again, entry.n, entry.at, &what).map_err(|error| error.to_string())
}

fn messages(what: &Happening) -> &[Queued] {
    match what {
        Happening::Recorded { dispatches, .. } => dispatches,
        Happening::Failed { notices, .. }
        | Happening::Missed { notices, .. }
        | Happening::Told { notices, .. }
        | Happening::Noticed { notices, .. }
        | Happening::Alerted { notices, .. } => notices,
        _ => &[],
    }
}

/// The difference between the state that is there and the one that follows from the entries, with the lowest entry.
fn first_difference(there: &Connection, derived: &Connection) -> Result<Option<(i64, String)>, LedgerError> {
    let mut first: Option<(i64, String)> = None;
    for (table, key) in schema::STATE {
        let (there, derived) = (table_rows(there, table, key)?, table_rows(derived, table, key)?);
        let missing = derived.iter().filter(|(name, _)| !there.contains_key(*name)).map(|row| (row, "is missing"));
        let other = there.iter().filter_map(|row| match derived.get(row.0) {
            None => Some((row, "follows from no entry")),
            // What is there may name another entry than it should: the derived row is the one to believe.
            Some(right) if right != row.1 => derived.get_key_value(row.0).map(|row| (row, "is not what it says")),
            Some(_) => None,
        });
        for ((name, (entry, _)), why) in missing.chain(other) {
            if first.as_ref().is_none_or(|(lowest, _)| entry < lowest) {
                first = Some((*entry, format!("row {name} of {table} {why}")));
            }
        }
    }
    Ok(first)
}

type Rows = BTreeMap<String, (i64, Vec<String>)>;

/// A table's rows by their key, each with the entry that it names and all its values.
fn table_rows(db: &Connection, table: &str, key: &str) -> Result<Rows, LedgerError> {
    let mut query = db.prepare(&format!("SELECT entry, {key}, * FROM {table}"))?;
    let (keys, columns) = (key.split(',').count(), query.column_count());
    let mut rows = query.query([])?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let values = (1..columns).map(|i| Ok(format!("{:?}", row.get::<_, Value>(i)?)));
        let values = values.collect::<rusqlite::Result<Vec<_>>>()?;
        all.insert(values.iter().take(keys).cloned().collect::<Vec<_>>().join(", "), (row.get(0)?, values));
    }
    Ok(all)
}

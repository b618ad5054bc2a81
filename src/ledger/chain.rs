//! The chain: entries in order, each with the hash of the one before.

use super::happening::Happening;
use super::{Ledger, LedgerError, state};
use crate::calendar::Millis;
use crate::seal::sha256_hex;
use rusqlite::{Connection, OptionalExtension, params};

/// What stands before the first entry.
pub(super) const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The newest entry of a ledger: printed elsewhere, it is an anchor against cutting off or rewriting what came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the entry, from 1; 0: the ledger is empty.
    pub n: i64,
    /// Its hash, hex.
    pub hash: String,
}

/// One entry, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number, from 1, without gaps.
    pub n: i64,
    /// When it was written, by the writer's clock.
    pub at: Millis,
    /// What kind of thing happened.
    pub kind: String,
    /// What happened: JSON text, exactly as hashed.
    pub body: String,
    /// Hash of the entry before.
    pub prev: String,
    /// Hash of this one.
    pub hash: String,
}

impl Entry {
    /// The hash that this entry ought to have. No field but the last can hold a line break, so no two entries have
    /// the same bytes.
    pub fn seal(&self) -> String {
        let Entry { n, at, kind, body, prev, .. } = self;
        sha256_hex(format!("quarterday ledger entry 1\n{n}\n{at}\n{kind}\n{prev}\n{body}").as_bytes())
    }

    /// What happened.
    ///
    /// # Errors
    /// `Damaged` if the body is none that this version knows.
    pub fn happening(&self) -> Result<Happening, LedgerError> {
        Ok(serde_json::from_str(&self.body)?)
    }

    pub(super) fn from_row(row: &rusqlite::Row) -> rusqlite::Result<Entry> {
        Ok(Entry {
            n: row.get("n")?,
            at: row.get("at")?,
            kind: row.get("kind")?,
            body: row.get("body")?,
            prev: row.get("prev")?,
            hash: row.get("hash")?,
        })
    }
}

/// Appends what happened and derives the state that follows. Inside the caller's transaction.
pub(super) fn append(tx: &Connection, at: Millis, what: &Happening) -> Result<i64, LedgerError> {
    let head = head(tx)?;
    let mut entry = Entry {
        n: head.n + 1,
        at,
        kind: what.kind().to_owned(),
        body: serde_json::to_string(what)?,
        prev: head.hash,
        hash: String::new(),
    };
    entry.hash = entry.seal();
    insert(tx, &entry)?;
    state::apply(tx, entry.n, at, what)?;
    Ok(entry.n)
}

/// Puts an entry in its place as it is.
pub(super) fn insert(tx: &Connection, entry: &Entry) -> rusqlite::Result<()> {
    let Entry { n, at, kind, body, prev, hash } = entry;
    tx.prepare_cached("INSERT INTO entries (n, at, kind, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?)")?
        .execute(params![n, at, kind, body, prev, hash])?;
    Ok(())
}

fn head(db: &Connection) -> Result<Head, LedgerError> {
    let head = db
        .prepare_cached("SELECT n, hash FROM entries ORDER BY n DESC LIMIT 1")?
        .query_row([], |row| Ok(Head { n: row.get(0)?, hash: row.get(1)? }))
        .optional()?;
    Ok(head.unwrap_or(Head { n: 0, hash: ORIGIN.to_owned() }))
}

impl Ledger {
    /// The newest entry.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn head(&self) -> Result<Head, LedgerError> {
        head(&self.db)
    }

    /// Whether a head that was printed once is still part of this ledger: shows that nothing before it was cut off or
    /// rewritten, provided that [`Ledger::verify`] holds too.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn contains(&self, anchor: &Head) -> Result<bool, LedgerError> {
        if anchor.n == 0 {
            return Ok(anchor.hash == ORIGIN);
        }
        let found: Option<String> =
            self.db.query_row("SELECT hash FROM entries WHERE n = ?", [anchor.n], |row| row.get(0)).optional()?;
        Ok(found.as_deref() == Some(anchor.hash.as_str()))
    }

    /// Entries after number `after`, at most `limit`, in order.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn entries(&self, after: i64, limit: u32) -> Result<Vec<Entry>, LedgerError> {
        let mut query = self.db.prepare_cached("SELECT * FROM entries WHERE n > ? ORDER BY n LIMIT ?")?;
        let rows = query.query_map(params![after, limit], Entry::from_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

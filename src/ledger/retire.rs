//! Retire: an issued edition whose files are removed by retention. What stays for ever is that it was issued: its manifest,
//! the digests of its files, to whom its messages went and what the servers said. Its messages go, which hold the files too.

use super::chain::append;
use super::happening::Happening;
use super::state::id_of;
use super::{Ledger, LedgerError, hold};
use crate::calendar::Millis;
use crate::edition::EditionKey;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

/// That an edition was removed by retention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EditionRetired {
    /// Which.
    pub key: EditionKey,
    /// How long editions of its report were kept then, in words.
    pub policy: String,
    /// Why it was removed.
    pub reason: String,
    /// The account that removed it.
    pub by: String,
    /// When.
    pub at: Millis,
}

/// What of a ledger belongs to an edition and would go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// How many messages.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many of them are neither sent nor cancelled.
    pub open: u64,
}

const RETIRED: &str = "SELECT e.definition, e.audience, e.period, e.revision, r.policy, r.reason, r.by_account, r.at
    FROM retirements r JOIN editions e ON e.id = r.edition";

impl Ledger {
    /// Records that an edition is removed, and removes its messages. Its files are the caller's to remove, after this: what
    /// is recorded can be removed again, what is removed cannot be recorded as something that was there.
    ///
    /// # Errors
    /// `Refused` if it is not issued, retired already, under a legal hold, or one of its messages is neither sent nor
    /// cancelled; `Absent`; `Later`, `Damaged`.
    pub fn retire_edition(
        &mut self,
        key: &EditionKey,
        policy: &str,
        by: &str,
        reason: &str,
        now: Millis,
    ) -> Result<EditionRetired, LedgerError> {
        // What is freed is overwritten, not only forgotten.
        self.db.pragma_update(None, "secure_delete", true)?;
        self.write(|tx| {
            let id = id_of(tx, key).optional()?.ok_or_else(|| LedgerError::Absent(key.to_string()))?;
            let issued: bool =
                tx.query_row("SELECT EXISTS (SELECT 1 FROM records WHERE edition = ?)", [id], |row| row.get(0))?;
            if !issued || retired(tx, key)?.is_some() {
                return Err(LedgerError::Refused(format!("{key} is not issued, or was retired before")));
            }
            if let Some(hold) = hold::covering(tx, key)? {
                return Err(LedgerError::Refused(format!("{key} is under legal hold {}", hold.number)));
            }
            if messages(tx, id)?.open > 0 {
                return Err(LedgerError::Refused(format!("{key} has mail that is neither sent nor cancelled")));
            }
            let what = Happening::Retired {
                edition: key.clone(),
                policy: policy.to_owned(),
                by: by.to_owned(),
                reason: reason.to_owned(),
            };
            append(tx, now, &what)?;
            let own = "SELECT message FROM frozen WHERE edition = ?";
            tx.execute(&format!("UPDATE blobs SET bytes = x'' WHERE sha256 IN ({own})"), [id])?;
            retired(tx, key)?.ok_or_else(|| LedgerError::Absent(key.to_string()))
        })
    }

    /// That an edition was retired; `None`: it was not.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn retired(&self, key: &EditionKey) -> Result<Option<EditionRetired>, LedgerError> {
        retired(&self.db, key)
    }

    /// Every edition that was retired, in the order of their issue.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn retirements(&self) -> Result<Vec<EditionRetired>, LedgerError> {
        let mut query = self.db.prepare_cached(&format!("{RETIRED} ORDER BY r.edition"))?;
        Ok(query.query_map([], of_row)?.collect::<Result<_, _>>()?)
    }

    /// The messages of an edition that lie in the ledger.
    ///
    /// # Errors
    /// `Absent`; `Later`, `Damaged`.
    pub fn messages(&self, key: &EditionKey) -> Result<Messages, LedgerError> {
        let id = id_of(&self.db, key).optional()?.ok_or_else(|| LedgerError::Absent(key.to_string()))?;
        messages(&self.db, id)
    }

    /// Writes the file anew without the space of what was removed, so that nothing of it is left there or beside it.
    ///
    /// # Errors
    /// `Later`, as long as another process reads.
    pub fn compact(&mut self) -> Result<(), LedgerError> {
        self.truncate_wal()?;
        self.db.execute_batch("VACUUM")?;
        self.truncate_wal()
    }

    fn truncate_wal(&self) -> Result<(), LedgerError> {
        let busy: i64 = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(LedgerError::Later("it is being read".to_owned())) }
    }
}

/// Whether a message may be empty: all editions that it belongs to were retired.
pub(super) fn may_be_gone(db: &Connection, sha256: &str) -> Result<bool, rusqlite::Error> {
    db.prepare_cached(
        "SELECT COUNT(*) > 0 AND COUNT(*) = COUNT(r.edition)
         FROM frozen f LEFT JOIN retirements r ON r.edition = f.edition WHERE f.message = ?",
    )?
    .query_row([sha256], |row| row.get(0))
}

fn messages(db: &Connection, edition: i64) -> Result<Messages, LedgerError> {
    let counted = db
        .prepare_cached(
            "SELECT COUNT(*), (SELECT COALESCE(SUM(length(b.bytes)), 0) FROM frozen f JOIN blobs b ON b.sha256 = f.message
                               WHERE f.edition = ?1), COALESCE(SUM(stage NOT IN ('sent', 'cancelled')), 0)
             FROM dispatches WHERE edition = ?1",
        )?
        .query_row([edition], |row| row.try_into())?;
    let (count, bytes, open): (i64, i64, i64) = counted;
    let [count, bytes, open] = [count, bytes, open].map(|number| u64::try_from(number).unwrap_or(0));
    Ok(Messages { count, bytes, open })
}

fn retired(db: &Connection, key: &EditionKey) -> Result<Option<EditionRetired>, LedgerError> {
    let mut query = db.prepare_cached(&format!(
        "{RETIRED} WHERE e.definition = ? AND e.audience = ? AND e.period = ? AND e.revision = ?"
    ))?;
    let key = rusqlite::params![key.definition, key.audience, key.period, key.revision];
    Ok(query.query_row(key, of_row).optional()?)
}

fn of_row(row: &rusqlite::Row) -> rusqlite::Result<EditionRetired> {
    Ok(EditionRetired {
        key: super::history::key_of(row, 0)?,
        policy: row.get(4)?,
        reason: row.get(5)?,
        by: row.get(6)?,
        at: row.get(7)?,
    })
}

#[cfg(test)]
#[path = "retire_test.rs"]
mod tests;

//! The ledger's tables, by version: each version is one SQL file that takes the one before it further.

use super::LedgerError;
use rusqlite::Connection;

/// Every step, in order; step `i` makes version `i + 1`. A step that has shipped is never edited.
const STEPS: [&str; 4] = [include_str!("1.sql"), include_str!("2.sql"), include_str!("3.sql"), include_str!("4.sql")];

/// The tables of state: all that follows from the entries, with the columns that name a row.
pub(super) const STATE: [(&str, &str); 8] = [
    ("definitions", "stem"),
    ("editions", "id"),
    ("divisions", "definition, period"),
    ("records", "edition"),
    ("files", "edition, position"),
    ("dispatches", "id"),
    ("attempts", "dispatch, number"),
    ("tellings", "definition"),
];

/// Brings a file to the current version, all steps in one transaction.
///
/// # Errors
/// `Newer` if a later version of the program wrote it.
pub(super) fn bring_up_to_date(db: &mut Connection) -> Result<(), LedgerError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if version(db)? == known {
        return Ok(());
    }
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have done it in between.
    let found = version(&tx)?;
    if found > known {
        return Err(LedgerError::Newer { found, known });
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

fn version(db: &Connection) -> Result<i64, LedgerError> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

//! The ledger's tables, by version: each version is one SQL file that takes the one before it further.

use super::LedgerError;
use rusqlite::Connection;

/// Every step, in order; step `i` makes version `i + 1`. A step that has shipped is never edited.
const STEPS: [&str; 9] = [
    include_str!("1.sql"),
    include_str!("2.sql"),
    include_str!("3.sql"),
    include_str!("4.sql"),
    include_str!("5.sql"),
    include_str!("6.sql"),
    include_str!("7.sql"),
    include_str!("8.sql"),
    include_str!("9.sql"),
];

/// The tables of state: all that follows from the entries, with the columns that name a row.
pub(super) const STATE: [(&str, &str); 16] = [
    ("definitions", "stem"),
    ("editions", "id"),
    ("divisions", "definition, period"),
    ("records", "edition"),
    ("files", "edition, position"),
    ("dispatches", "id"),
    ("attempts", "dispatch, number"),
    ("unsent", "edition, position"),
    ("forms", "dispatch, position"),
    ("tellings", "definition"),
    ("holds", "id"),
    ("retirements", "edition"),
    ("findings", "year, number"),
    ("asked", "edition"),
    ("asked_told", "edition, what, number"),
    ("asked_letters", "dispatch, edition"),
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
    // A table that others refer to may be made anew; references are looked at before it counts.
    let referring: bool = db.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
    db.pragma_update(None, "foreign_keys", false)?;
    let done = step_by_step(db, known);
    db.pragma_update(None, "foreign_keys", referring)?;
    done
}

fn step_by_step(db: &mut Connection, known: i64) -> Result<(), LedgerError> {
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have done it in between.
    let found = version(&tx)?;
    if found > known {
        return Err(LedgerError::Newer { found, known });
    }
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step)?;
    }
    if tx.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err(LedgerError::Damaged("a row refers to one that is not there".to_owned()));
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    Ok(())
}

/// Whether a file has the tables that this program knows.
pub(super) fn is_current(db: &Connection) -> Result<bool, LedgerError> {
    Ok(usize::try_from(version(db)?) == Ok(STEPS.len()))
}

fn version(db: &Connection) -> Result<i64, LedgerError> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Ledger, Verdict};

    #[test]
    fn a_ledger_of_an_earlier_version_can_be_looked_into() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(&STEPS[..2].concat()).unwrap();
        old.pragma_update(None, "user_version", 2).unwrap();
        drop(old);
        let ledger = Ledger::open_to_read(&path).unwrap();
        assert_eq!((ledger.holds().unwrap(), ledger.retirements().unwrap()), (vec![], vec![]));
        assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(_)));
        let newer = Connection::open(&path).unwrap();
        newer.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(Ledger::open_to_read(&path), Err(LedgerError::Newer { found: 99, .. })));
    }
}

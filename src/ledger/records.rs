//! Records: what the records of a module came to when they were checked. Kept, so that the next check shows where it goes.

use super::chain::append;
use super::happening::Happening;
use super::{Entry, Ledger, LedgerError};
use crate::calendar::Millis;
use crate::records::Checked;
use serde::Serialize;

/// One check, with what it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordCheck {
    /// The ledger's entry: its number. 0: not recorded.
    pub entry: i64,
    /// When.
    pub at: Millis,
    /// The file's name, without folders; empty: the records were those that the log knows.
    pub file: String,
    /// SHA-256 of the file, hex; of the log's records: the root of the log's head.
    pub sha256: String,
    /// SHA-256 of the rules, hex.
    pub rules_sha256: String,
    /// The account that checked.
    pub by: String,
    /// What they came to.
    pub checked: Checked,
}

impl Ledger {
    /// Records a check, and gives its entry's number.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn record_check(&mut self, check: &RecordCheck, now: Millis) -> Result<i64, LedgerError> {
        let check = check.clone();
        let what = Happening::RecordsChecked {
            file: check.file,
            sha256: check.sha256,
            rules_sha256: check.rules_sha256,
            by: check.by,
            checked: Box::new(check.checked),
        };
        self.write(|tx| append(tx, now, &what))
    }

    /// Every check of a module, oldest first, up to an entry; modules are compared whatever their capitals.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn record_checks(&self, module: &str, up_to: i64) -> Result<Vec<RecordCheck>, LedgerError> {
        let mut query =
            self.db.prepare_cached("SELECT * FROM entries WHERE kind = 'records_checked' AND n <= ? ORDER BY n")?;
        let mut rows = query.query([up_to])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let entry = Entry::from_row(row)?;
            if let Happening::RecordsChecked { file, sha256, rules_sha256, by, checked } = entry.happening()?
                && crate::records::fold(&checked.module) == crate::records::fold(module)
            {
                all.push(RecordCheck {
                    entry: entry.n,
                    at: entry.at,
                    file,
                    sha256,
                    rules_sha256,
                    by,
                    checked: *checked,
                });
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Verdict;

    #[test]
    fn checks_are_kept_and_found_by_their_module() {
        let mut ledger = Ledger::in_memory().unwrap();
        let check = |module: &str, records| RecordCheck {
            entry: 0,
            at: 0,
            file: "leads.csv".to_owned(),
            sha256: "ab".to_owned(),
            rules_sha256: "cd".to_owned(),
            by: "ann".to_owned(),
            checked: Checked { module: module.to_owned(), records, ..Checked::default() },
        };
        for (at, (module, records)) in [("Leads", 3), ("Deals", 1), ("leads", 4)].into_iter().enumerate() {
            ledger.record_check(&check(module, records), at as i64).unwrap();
        }
        let counts = |up_to| -> Vec<(i64, u64)> {
            ledger.record_checks("Leads", up_to).unwrap().iter().map(|one| (one.entry, one.checked.records)).collect()
        };
        assert_eq!(counts(i64::MAX), [(1, 3), (3, 4)]);
        assert_eq!(counts(2), [(1, 3)]);
        assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(head) if head.n == 3));
    }
}

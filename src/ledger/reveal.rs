//! Reveal: who asked for the name behind a pseudonym, when and why. The asking is recorded, never the answer.

use super::chain::append;
use super::happening::Happening;
use super::{Entry, Ledger, LedgerError};
use crate::calendar::Millis;
use crate::edition::EditionKey;
use serde::Serialize;

/// One asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revealed {
    /// Which edition.
    pub edition: EditionKey,
    /// The pseudonym.
    pub pseudonym: String,
    /// The account that asked.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Whether anybody has it.
    pub found: bool,
    /// When.
    pub at: Millis,
}

impl Ledger {
    /// Records that somebody asks for the name behind a pseudonym, before it is told.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn reveal(
        &mut self,
        edition: &EditionKey,
        pseudonym: &str,
        by: &str,
        reason: &str,
        found: bool,
        now: Millis,
    ) -> Result<(), LedgerError> {
        let (edition, pseudonym) = (edition.clone(), pseudonym.to_owned());
        let what = Happening::Revealed { edition, pseudonym, by: by.to_owned(), reason: reason.to_owned(), found };
        self.write(|tx| append(tx, now, &what).map(drop))
    }

    /// Every asking, oldest first.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn revealed(&self) -> Result<Vec<Revealed>, LedgerError> {
        let mut query = self.db.prepare_cached("SELECT * FROM entries WHERE kind = 'revealed' ORDER BY n")?;
        let mut rows = query.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let entry = Entry::from_row(row)?;
            if let Happening::Revealed { edition, pseudonym, by, reason, found } = entry.happening()? {
                all.push(Revealed { edition, pseudonym, by, reason, found, at: entry.at });
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
    fn the_asking_is_recorded() {
        let mut ledger = Ledger::in_memory().unwrap();
        let edition = EditionKey::parse("d/2026-11/@training").unwrap();
        ledger.reveal(&edition, "Quiet Harbour 7F3", "ann", "a case for the committee", true, 7).unwrap();
        let all = ledger.revealed().unwrap();
        assert_eq!((all.len(), all[0].at, all[0].by.as_str(), all[0].found), (1, 7, "ann", true));
        assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(head) if head.n == 1));
    }
}

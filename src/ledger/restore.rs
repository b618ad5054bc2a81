//! Restore: the ledger copied while it is in use, and what becomes of its open dispatches when such a copy takes its place.

use super::chain::append;
use super::happening::Happening;
use super::retry::RetryPolicy;
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::dispatch::Stage;
use crate::edition::EditionKey;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::path::Path;

impl Ledger {
    /// Copies the ledger, as it stands now, into a new file that only its owner may read, by SQLite's online backup.
    ///
    /// # Errors
    /// `Later`, also if there is a file already.
    pub fn copy_to(&self, path: &Path) -> Result<(), LedgerError> {
        let later = |error: std::io::Error| LedgerError::Later(format!("{}: {error}", path.display()));
        if path.exists() {
            return Err(later(std::io::ErrorKind::AlreadyExists.into()));
        }
        super::owner_only(path).map_err(later)?;
        let mut copied = Connection::open(path)?;
        let backup = Backup::new(&self.db, &mut copied)?;
        // In one step: of a database in WAL mode that is one snapshot, and nobody waits for it.
        match backup.step(-1)? {
            StepResult::Done => Ok(()),
            _ => Err(LedgerError::Later("it is being written".to_owned())),
        }
    }

    /// Records that this ledger was brought back from a backup, and holds every dispatch that was open in it: it may have
    /// been sent after the backup was made, and nobody here knows. Gives back how many are held.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn restored(&mut self, made_at: Millis, by: &str, why: &str, now: Millis) -> Result<u32, LedgerError> {
        // Who was sending is not on this side of the restore, whatever the number of the process says.
        self.recover(&|_| true, &RetryPolicy::default(), now)?;
        self.write(|tx| {
            append(tx, now, &Happening::Restored { made_at, by: by.to_owned() })?;
            // Nobody on this side is making what was being made.
            for (edition, fence) in claimed(tx)? {
                let reason = "the backup was made while it was being made".to_owned();
                append(tx, now, &Happening::Failed { edition, fence, reason, notices: Vec::new() })?;
            }
            let open = tx
                .prepare_cached("SELECT id FROM dispatches WHERE stage = 'queued' ORDER BY id")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<Vec<i64>, _>>()?;
            for dispatch in &open {
                let (dispatch, by, why) = (*dispatch, by.to_owned(), why.to_owned());
                append(tx, now, &Happening::Decided { dispatch, stage: Stage::Held, not_before: now, by, why })?;
            }
            Ok(tx.query_row("SELECT count(*) FROM dispatches WHERE stage = 'held'", [], |row| row.get(0))?)
        })
    }
}

/// Editions that are being made, with their fences.
fn claimed(tx: &Connection) -> Result<Vec<(EditionKey, u32)>, LedgerError> {
    let mut query = tx.prepare_cached(
        "SELECT definition, audience, period, revision, fence FROM editions WHERE status = 'claimed' ORDER BY id",
    )?;
    let row = |row: &rusqlite::Row<'_>| Ok((super::history::key_of(row, 0)?, row.get(4)?));
    Ok(query.query_map([], row)?.collect::<Result<Vec<_>, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::super::outbox::Sender;
    use super::super::sample::{key, record, request};
    use super::super::{Claim, Verdict};
    use super::*;
    use crate::edition::Trigger;

    #[test]
    fn a_copy_holds_what_was_committed_and_a_restored_one_holds_its_mail_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&folder.path().join("a")).unwrap();
        let (key, trigger) = (key(0), Trigger::Schedule);
        let claim: Claim = ledger.claim(&request(&key, &trigger), 0).unwrap();
        let dispatches = ledger.record(&claim, &record(&key), 1).unwrap().dispatches;
        // One is at the dot, the other one waits.
        let attempt = ledger.begin(dispatches[0], Sender { process: "p", lease: 1_000_000 }, 2).unwrap();
        ledger.dot(&attempt, 3).unwrap();
        let copy = folder.path().join("b");
        ledger.copy_to(&copy).unwrap();
        assert!(ledger.copy_to(&copy).is_err(), "a copy never takes the place of a file");

        let mut restored = Ledger::open(&copy).unwrap();
        assert_eq!(restored.restored(3, "ann", "restored from a backup", 10).unwrap(), 2);
        assert_eq!(restored.pending(Millis::MAX).unwrap(), []);
        let open = restored.open_dispatches().unwrap();
        assert!(open.iter().all(|dispatch| dispatch.stage == Stage::Held), "{open:?}");
        assert!(matches!(restored.verify().unwrap(), Verdict::Holds(_)));
        assert_eq!(ledger.pending(Millis::MAX).unwrap().len(), 1, "the other one goes on");
    }
}

//! Counts: how many editions and dispatches stand where, for health and metrics.

use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use serde::Serialize;

/// How many stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Editions issued, revisions counted.
    pub issued: i64,
    /// Editions issued after their time.
    pub issued_late: i64,
    /// Editions that could not be made and are tried again.
    pub failed: i64,
    /// Editions that were too old to be made by themselves.
    pub missed: i64,
    /// Dispatches that wait or are under way.
    pub waiting: i64,
    /// Since when the oldest of them waits.
    pub oldest: Option<Millis>,
    /// Dispatches that wait for a person.
    pub held: i64,
    /// Dispatches that were given up.
    pub refused: i64,
    /// Editions whose review is asked and not made.
    pub reviews_open: i64,
    /// Those of them that are overdue.
    pub reviews_overdue: i64,
}

impl Ledger {
    /// How many editions and dispatches stand where at an instant.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn counts(&self, now: Millis) -> Result<Counts, LedgerError> {
        let edition = |which: &str| -> Result<i64, LedgerError> {
            Ok(self.db.query_row(&format!("SELECT COUNT(*) FROM editions WHERE {which}"), [], |row| row.get(0))?)
        };
        let stage = |which: &str| -> Result<i64, LedgerError> {
            Ok(self.db.query_row("SELECT COUNT(*) FROM dispatches WHERE stage = ?", [which], |row| row.get(0))?)
        };
        let (waiting, oldest) = self.db.query_row(
            "SELECT COUNT(*), MIN(e.at) FROM dispatches d JOIN editions e ON e.id = d.edition
             WHERE d.stage IN ('queued', 'attempting', 'dot')",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let open = self.open_reviews()?;
        let overdue = open.iter().filter(|one| one.asking.until <= now).count();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        Ok(Counts {
            issued: edition("status = 'issued'")?,
            issued_late: edition("status = 'issued' AND trigger = '\"late\"'")?,
            failed: edition("status = 'failed'")?,
            missed: edition("status = 'missed'")?,
            waiting,
            oldest,
            held: stage("held")?,
            refused: stage("refused")?,
            reviews_open: number(open.len()),
            reviews_overdue: number(overdue),
        })
    }
}

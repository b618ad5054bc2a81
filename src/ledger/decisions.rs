//! Decisions: what people decided about dispatches, who and why; read back from the entries, which alone keep all of them.

use super::happening::Happening;
use super::history::DISPATCH;
use super::{Entry, Ledger, LedgerError};
use crate::calendar::Millis;
use crate::dispatch::{Dispatch, Stage};
use serde::Serialize;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// Number of the dispatch.
    pub dispatch: i64,
    /// The stage that followed.
    pub stage: Stage,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: Millis,
}

impl Ledger {
    /// Every decision, oldest first.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn decisions(&self) -> Result<Vec<Decided>, LedgerError> {
        let mut query = self.db.prepare_cached("SELECT * FROM entries WHERE kind = 'decided' ORDER BY n")?;
        let mut rows = query.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let entry = Entry::from_row(row)?;
            if let Happening::Decided { dispatch, stage, by, why, .. } = entry.happening()? {
                all.push(Decided { dispatch, stage, by, why, at: entry.at });
            }
        }
        Ok(all)
    }

    /// Every dispatch that there ever was, settled or not, by number.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn all_dispatches(&self) -> Result<Vec<Dispatch>, LedgerError> {
        let mut query = self.db.prepare_cached(&format!("{DISPATCH} ORDER BY d.id"))?;
        let mut rows = query.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(super::history::dispatch(row)?);
        }
        Ok(all)
    }
}

//! Telling: what the owner of a definition is told of its file, each wrong text once, and once that it is mended.

use super::chain::append;
use super::happening::Happening;
use super::history::Filter;
use super::record::{NewDispatch, store};
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::edition::EditionKey;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;

impl Ledger {
    /// Which wrong text of its file the owner of each definition was told of; empty: that it is mended. One that is not here was
    /// never told of any.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn tellings(&self) -> Result<BTreeMap<String, String>, LedgerError> {
        let mut query = self.db.prepare_cached("SELECT definition, sha256 FROM tellings")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Tells the owner of a definition about its file, by way of the outbox; `sha256` is that of the wrong text, empty
    /// where it is mended. Gives back whether that was new.
    ///
    /// # Errors
    /// `Absent` if there is no such edition, to which the notice belongs; `Later`, `Damaged`.
    pub fn tell(
        &mut self,
        edition: &EditionKey,
        sha256: &str,
        notice: &NewDispatch,
        now: Millis,
    ) -> Result<bool, LedgerError> {
        self.write(|tx| {
            let before = told(tx, &edition.definition)?;
            if before.as_deref().unwrap_or_default() == sha256 {
                return Ok(false);
            }
            let notices = store(tx, [notice], now)?;
            append(tx, now, &Happening::Told { edition: edition.clone(), sha256: sha256.to_owned(), notices })?;
            Ok(true)
        })
    }

    /// The newest edition of a definition, in any status: what a notice about the definition belongs to.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn newest(&self, definition: &str) -> Result<Option<EditionKey>, LedgerError> {
        let filter = Filter { definition: Some(definition.to_owned()), ..Filter::default() };
        Ok(self.editions(&filter)?.pop().map(|row| row.key))
    }
}

fn told(db: &Connection, definition: &str) -> Result<Option<String>, LedgerError> {
    let mut query = db.prepare_cached("SELECT sha256 FROM tellings WHERE definition = ?")?;
    Ok(query.query_row([definition], |row| row.get(0)).optional()?)
}

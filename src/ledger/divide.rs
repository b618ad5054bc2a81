//! Divide: which parts the periods of a divided report have, said once before the first part is made.

use super::chain::append;
use super::happening::Happening;
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::edition::EditionKey;
use rusqlite::{Connection, params};
use serde::Serialize;
use std::collections::BTreeMap;

/// The parts of one period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Divided {
    /// Name of the field that it is divided by.
    pub by: String,
    /// The parts that get an edition: audience and name.
    pub parts: Vec<(String, String)>,
    /// Parts in which nothing happened and that get none: audience and name.
    pub nothing: Vec<(String, String)>,
}

impl Ledger {
    /// Every division that was recorded, by definition and period.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn divisions(&self) -> Result<BTreeMap<(String, String), Divided>, LedgerError> {
        divisions(&self.db, None)
    }

    /// The parts of one period, if they are recorded.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn division(&self, definition: &str, period: &str) -> Result<Option<Divided>, LedgerError> {
        Ok(divisions(&self.db, Some((definition, period)))?.into_values().next())
    }

    /// Records the parts of a period, unless they are: what was said first holds, and is given back.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn divide(&mut self, whole: &EditionKey, divided: Divided, now: Millis) -> Result<Divided, LedgerError> {
        self.write(|tx| {
            let said = divisions(tx, Some((&whole.definition, &whole.period)))?.into_values().next();
            if let Some(said) = said {
                return Ok(said);
            }
            let Divided { by, parts, nothing } = divided.clone();
            append(tx, now, &Happening::Divided { edition: whole.clone(), by, parts, nothing })?;
            Ok(divided)
        })
    }
}

fn divisions(db: &Connection, one: Option<(&str, &str)>) -> Result<BTreeMap<(String, String), Divided>, LedgerError> {
    let mut query = db.prepare_cached(
        "SELECT definition, period, by_field, parts, silent FROM divisions
         WHERE ?1 IS NULL OR (definition = ?1 AND period = ?2)",
    )?;
    let mut rows = query.query(params![one.map(|(definition, _)| definition), one.map(|(_, period)| period)])?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let divided = Divided {
            by: row.get(2)?,
            parts: serde_json::from_str(&row.get::<_, String>(3)?)?,
            nothing: serde_json::from_str(&row.get::<_, String>(4)?)?,
        };
        all.insert((row.get(0)?, row.get(1)?), divided);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Verdict;

    #[test]
    fn what_was_said_first_holds() {
        let mut ledger = Ledger::in_memory().unwrap();
        let whole =
            EditionKey { definition: "d".into(), audience: String::new(), period: "2026-11".into(), revision: 0 };
        let of = |name: &str| Divided {
            by: "actor.team".into(),
            parts: vec![(name.to_lowercase(), name.to_owned())],
            nothing: vec![("quiet".into(), "Quiet".into())],
        };
        assert_eq!(ledger.division("d", "2026-11").unwrap(), None);
        assert_eq!(ledger.divide(&whole, of("Sales"), 1).unwrap(), of("Sales"));
        assert_eq!(ledger.divide(&whole, of("Late"), 2).unwrap(), of("Sales"));
        assert_eq!(ledger.division("d", "2026-11").unwrap(), Some(of("Sales")));
        assert_eq!(ledger.divisions().unwrap().len(), 1);
        assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(head) if head.n == 1));
    }
}

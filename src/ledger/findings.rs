//! Findings: raised once each, changed only by what is added; the register read back as at any entry.

use super::chain::append;
use super::happening::Happening;
use super::{Entry, Ledger, LedgerError};
use crate::calendar::Millis;
use crate::finding::{Change, Finding, FindingId, Raised, Register, Said, What, Who};
use chrono::{DateTime, Datelike};
use rusqlite::{Connection, OptionalExtension, params};

/// What raising a finding came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raising {
    /// It is new, under this number.
    New(FindingId),
    /// It is there already, and there is more behind it now.
    Grown(FindingId),
    /// It is there already, just as it is.
    Known(FindingId),
}

impl Raising {
    /// Its number, however that came.
    pub fn id(self) -> FindingId {
        match self {
            Raising::New(id) | Raising::Grown(id) | Raising::Known(id) => id,
        }
    }
}

impl Ledger {
    /// Raises findings, all or none; says of each, in their order, what it came to. The same key is never raised twice: if the
    /// finding that is there was told with fewer events or a lower value, it grows, which opens it again if it was closed.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn raise(&mut self, raised: &[Raised], by: &Who, now: Millis) -> Result<Vec<Raising>, LedgerError> {
        // Whoever finds nothing holds nobody up.
        if raised.is_empty() {
            return Ok(Vec::new());
        }
        self.write(|tx| raised.iter().map(|one| raise(tx, one, by, now)).collect())
    }

    /// Says the same of some findings, of all of them or of none. Gives them back as they stand then.
    ///
    /// # Errors
    /// `Refused`: it may not be said of one as it stands; `Absent`, `Later`, `Damaged`.
    pub fn change_findings(
        &mut self,
        ids: &[FindingId],
        changes: &[Change],
        by: &Who,
        now: Millis,
    ) -> Result<Vec<Finding>, LedgerError> {
        self.write(|tx| {
            let before = register(tx, None)?;
            for id in ids {
                if before.get(*id).is_none() {
                    return Err(LedgerError::Absent(format!("finding {id}")));
                }
                before.may(*id, changes, now).map_err(|refusal| LedgerError::Refused(refusal.to_string()))?;
                let what = Happening::FindingChanged { finding: *id, changes: changes.to_vec(), by: by.clone() };
                append(tx, now, &what)?;
            }
            let after = register(tx, None)?;
            Ok(ids.iter().filter_map(|id| after.get(*id).cloned()).collect())
        })
    }

    /// The register as at an entry; `None`: as it is now.
    ///
    /// # Errors
    /// `Later`; `Damaged`: something is said of a finding that was never raised.
    pub fn register(&self, until: Option<i64>) -> Result<Register, LedgerError> {
        // One read transaction: the newest entry and the findings are of one moment.
        let tx = self.db.unchecked_transaction()?;
        register(&tx, until)
    }
}

fn raise(tx: &Connection, raised: &Raised, by: &Who, now: Millis) -> Result<Raising, LedgerError> {
    let total = i64::try_from(raised.total).unwrap_or(i64::MAX);
    let Some((id, count, events)) = known(tx, &raised.key)? else {
        let id = next(tx, now)?;
        let what = Happening::FindingRaised { finding: id, raised: Box::new(raised.clone()), by: by.clone() };
        append(tx, now, &what)?;
        return Ok(Raising::New(id));
    };
    if raised.count <= count && total <= events {
        return Ok(Raising::Known(id));
    }
    let grown = Change::Grown {
        count: raised.count,
        total: raised.total,
        events: raised.events.clone(),
        say: raised.say.clone(),
        severity: raised.severity,
    };
    append(tx, now, &Happening::FindingChanged { finding: id, changes: vec![grown], by: by.clone() })?;
    Ok(Raising::Grown(id))
}

/// The finding of a key, with the value and the events that it was told with last.
fn known(db: &Connection, key: &str) -> Result<Option<(FindingId, i64, i64)>, LedgerError> {
    let found = db
        .prepare_cached("SELECT year, number, count, total FROM findings WHERE key = ?")?
        .query_row([key], |row| Ok((FindingId { year: row.get(0)?, number: row.get(1)? }, row.get(2)?, row.get(3)?)))
        .optional()?;
    Ok(found)
}

/// The next number of the year. A clock that is wrong gives a wrong year, and still no number twice.
fn next(db: &Connection, now: Millis) -> Result<FindingId, LedgerError> {
    let year = DateTime::from_timestamp_millis(now).map_or(0, |at| at.year()).clamp(0, 9999);
    let number = db
        .prepare_cached("SELECT COALESCE(MAX(number), 0) + 1 FROM findings WHERE year = ?")?
        .query_row([year], |row| row.get(0))?;
    Ok(FindingId { year, number })
}

fn register(db: &Connection, until: Option<i64>) -> Result<Register, LedgerError> {
    let newest: i64 = db.query_row("SELECT COALESCE(MAX(n), 0) FROM entries", [], |row| row.get(0))?;
    let until = until.map_or(newest, |until| until.min(newest));
    // The condition stands word for word in the index: only then SQLite reads by it.
    let mut query = db.prepare_cached(
        "SELECT * FROM entries WHERE kind IN ('finding_raised', 'finding_changed') AND n <= ? ORDER BY n",
    )?;
    let mut rows = query.query(params![until])?;
    let mut register = Register::default();
    while let Some(row) = rows.next()? {
        let entry = Entry::from_row(row)?;
        let (id, what, by) = match entry.happening()? {
            Happening::FindingRaised { finding, raised, by } => (finding, What::Raised(raised), by),
            Happening::FindingChanged { finding, changes, by } => (finding, What::Changed(changes), by),
            other => return Err(LedgerError::Damaged(format!("entry {} reads {}", entry.n, other.kind()))),
        };
        let said = Said { entry: entry.n, at: entry.at, by, what };
        register.take(id, said).map_err(|absent| LedgerError::Damaged(format!("entry {}: {absent}", entry.n)))?;
    }
    register.entry = until;
    Ok(register)
}

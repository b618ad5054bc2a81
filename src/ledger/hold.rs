//! Hold: legal holds. What one covers is not removed while it stands; who began and ended it, when and why is recorded.

use super::chain::append;
use super::happening::Happening;
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::calendar::period::Period;
use crate::edition::EditionKey;
use chrono::NaiveDate;
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

/// What a hold covers. With nothing given: everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// Editions of this report (its file stem); `None`: of every report, and the events of the log.
    pub report: Option<String>,
    /// From this civil day on; `None`: from the beginning.
    pub from: Option<NaiveDate>,
    /// To this civil day, which is covered too; `None`: without an end.
    pub to: Option<NaiveDate>,
}

/// One hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// Its number.
    pub number: i64,
    /// What it covers.
    pub covers: Covered,
    /// Why.
    pub reason: String,
    /// The account that began it.
    pub by: String,
    /// When.
    pub at: Millis,
    /// How it ended; `None`: it stands.
    pub released: Option<HoldReleased>,
}

/// How a hold ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldReleased {
    /// Why.
    pub reason: String,
    /// The account that ended it.
    pub by: String,
    /// When.
    pub at: Millis,
}

impl Covered {
    /// Whether an edition is covered: its report, and some day of its period.
    pub fn edition(&self, key: &EditionKey) -> bool {
        // What cannot be told apart is covered: to hold too much harms less than to remove what is held.
        let of_days = Period::parse(&key.period).is_none_or(|period| {
            self.from.is_none_or(|from| period.end > from) && self.to.is_none_or(|to| period.first <= to)
        });
        self.report.as_ref().is_none_or(|report| *report == key.definition) && of_days
    }

    /// Whether events of days before one are covered. A hold of one report covers none: its editions carry their evidence.
    pub fn events_before(&self, day: NaiveDate) -> bool {
        self.report.is_none() && self.from.is_none_or(|from| from < day)
    }
}

impl std::fmt::Display for Covered {
    /// `daily, 2026-01-01 to 2026-06-30`; `everything from 2026-01-01`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.report.as_deref().unwrap_or("everything"))?;
        match (self.from, self.to) {
            (None, None) => Ok(()),
            (Some(from), None) => write!(out, ", from {from}"),
            (None, Some(to)) => write!(out, ", to {to}"),
            (Some(from), Some(to)) => write!(out, ", {from} to {to}"),
        }
    }
}

impl Ledger {
    /// Begins a hold.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn hold(&mut self, covers: &Covered, by: &str, reason: &str, now: Millis) -> Result<Hold, LedgerError> {
        let (covers, by, reason) = (covers.clone(), by.to_owned(), reason.to_owned());
        self.write(|tx| {
            let what = Happening::HoldAdded { covers, by, reason };
            let number = append(tx, now, &what)?;
            hold(tx, number)
        })
    }

    /// Ends a hold.
    ///
    /// # Errors
    /// `Absent`; `Refused` if it was ended before; `Later`, `Damaged`.
    pub fn release_hold(&mut self, number: i64, by: &str, reason: &str, now: Millis) -> Result<Hold, LedgerError> {
        self.write(|tx| {
            if hold(tx, number)?.released.is_some() {
                return Err(LedgerError::Refused(format!("hold {number} was released before")));
            }
            append(tx, now, &Happening::HoldReleased { hold: number, by: by.to_owned(), reason: reason.to_owned() })?;
            hold(tx, number)
        })
    }

    /// Every hold that there ever was, oldest first.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn holds(&self) -> Result<Vec<Hold>, LedgerError> {
        holds(&self.db)
    }
}

/// The oldest hold that stands and covers an edition.
pub(super) fn covering(db: &Connection, key: &EditionKey) -> Result<Option<Hold>, LedgerError> {
    Ok(holds(db)?.into_iter().find(|hold| hold.released.is_none() && hold.covers.edition(key)))
}

fn hold(db: &Connection, number: i64) -> Result<Hold, LedgerError> {
    let found = holds(db)?.into_iter().find(|hold| hold.number == number);
    found.ok_or_else(|| LedgerError::Absent(format!("hold {number}")))
}

fn holds(db: &Connection) -> Result<Vec<Hold>, LedgerError> {
    let mut query = db.prepare_cached("SELECT * FROM holds ORDER BY id")?;
    let mut rows = query.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(of_row(row)?);
    }
    Ok(all)
}

fn of_row(row: &Row) -> Result<Hold, LedgerError> {
    let released_at: Option<Millis> = row.get("released_at")?;
    let (by, reason) = (row.get("released_by")?, row.get("released_why")?);
    Ok(Hold {
        number: row.get("id")?,
        covers: Covered { report: row.get("report")?, from: day(row, "from_day")?, to: day(row, "to_day")? },
        reason: row.get("reason")?,
        by: row.get("by_account")?,
        at: row.get("at")?,
        released: released_at.map(|at| HoldReleased { reason, by, at }),
    })
}

fn day(row: &Row, column: &str) -> Result<Option<NaiveDate>, LedgerError> {
    let written: Option<String> = row.get(column)?;
    let read = |text: String| text.parse().map_err(|_| LedgerError::Damaged(format!("`{text}` is no day")));
    written.map(read).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Verdict;

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_hold_covers_whatever_has_a_day_in_it() {
        let span = Covered { report: None, from: day("2026-03-01"), to: day("2026-03-31") };
        let covers = |covered: &Covered, key: &str| covered.edition(&EditionKey::parse(key).unwrap());
        for inside in ["d/2026-03-01", "d/2026-03-31", "d/2026-W09", "d/2026-Q1", "d/2026", "d/2026-03/@sales/r2"] {
            assert!(covers(&span, inside), "{inside}");
        }
        for outside in ["d/2026-02-28", "d/2026-04-01", "d/2026-W08", "d/2025", "d/2026-Q2"] {
            assert!(!covers(&span, outside), "{outside}");
        }
        // Whatever a period may be: what cannot be read is held.
        assert!(covers(&span, "d/whenever"));
        let report = Covered { report: Some("d".into()), ..Covered::default() };
        assert!(covers(&report, "d/1999") && !covers(&report, "e/1999"));
        assert!(covers(&Covered::default(), "e/1999"));
        assert!(span.events_before(day("2026-03-02").unwrap()) && !span.events_before(day("2026-03-01").unwrap()));
        assert!(!report.events_before(day("2026-03-02").unwrap()));
        assert_eq!(span.to_string(), "everything, 2026-03-01 to 2026-03-31");
        assert_eq!(report.to_string(), "d");
    }

    #[test]
    fn who_began_and_ended_it_stands_in_the_chain() {
        let mut ledger = Ledger::in_memory().unwrap();
        let span = Covered { report: None, from: day("2026-03-01"), to: None };
        let hold = ledger.hold(&span, "ann", "case 7", 1).unwrap();
        assert_eq!((hold.number, &hold.covers, hold.released), (1, &span, None));
        assert!(matches!(ledger.release_hold(9, "ann", "x", 2), Err(LedgerError::Absent(_))));
        let released = ledger.release_hold(1, "ben", "settled", 2).unwrap().released.unwrap();
        assert_eq!((released.by.as_str(), released.reason.as_str(), released.at), ("ben", "settled", 2));
        assert!(matches!(ledger.release_hold(1, "ben", "again", 3), Err(LedgerError::Refused(_))));
        assert_eq!(ledger.holds().unwrap().len(), 1);
        assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(head) if head.n == 2));
        ledger.db.execute("UPDATE holds SET released_at = NULL", []).unwrap();
        assert!(matches!(ledger.verify().unwrap(), Verdict::Broken { entry: 2, .. }));
    }
}

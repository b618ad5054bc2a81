//! Watching: how far the rules have looked, and who was alerted of what.

use super::chain::append;
use super::happening::{Happening, WatchedRule};
use super::record::{NewDispatch, store};
use super::{Entry, Ledger, LedgerError};
use crate::calendar::Millis;
use crate::edition::{ALERTS, EditionKey};
use crate::finding::{FindingId, Raised};
use rusqlite::OptionalExtension;
use std::collections::BTreeMap;

/// How far the rules have looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// The newest batch of the log that they have seen.
    pub batches: u64,
    /// Up to when.
    pub until: Millis,
    /// The rules, by name.
    pub rules: BTreeMap<String, WatchedRule>,
}

/// An alert that was put into the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alerted {
    /// To whom.
    pub to: String,
    /// About what.
    pub findings: Vec<FindingId>,
    /// When.
    pub at: Millis,
}

impl Ledger {
    /// How far the rules have looked; `None`: they never did.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn watched(&self) -> Result<Option<Watched>, LedgerError> {
        let mut query =
            self.db.prepare_cached("SELECT * FROM entries WHERE kind = 'watched' ORDER BY n DESC LIMIT 1")?;
        let entry = query.query_row([], |row| Ok(Entry::from_row(row))).optional()?.transpose()?;
        let Some(entry) = entry else { return Ok(None) };
        match entry.happening()? {
            Happening::Watched { batches, until, rules } => Ok(Some(Watched { batches, until, rules })),
            other => Err(LedgerError::Damaged(format!("entry {} reads {}", entry.n, other.kind()))),
        }
    }

    /// Records how far the rules have looked. What they found is raised before: killed in between, they look again and find
    /// the same.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn have_watched(&mut self, watched: &Watched, now: Millis) -> Result<(), LedgerError> {
        let Watched { batches, until, rules } = watched.clone();
        self.write(|tx| append(tx, now, &Happening::Watched { batches, until, rules }).map(drop))
    }

    /// Findings that were raised at an instant or after it, oldest first.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn raised_since(&self, since: Millis) -> Result<Vec<(FindingId, Raised, Millis)>, LedgerError> {
        // The condition stands word for word in the index.
        let kinds = "SELECT * FROM entries WHERE kind IN ('finding_raised', 'finding_changed') ORDER BY n DESC";
        let raised = |entry: Entry| match entry.happening()? {
            Happening::FindingRaised { finding, raised, .. } => Ok(Some((finding, *raised, entry.at))),
            _ => Ok(None),
        };
        let mut all = self.newest_since(kinds, since, raised)?;
        all.reverse();
        Ok(all)
    }

    /// Alerts that were put into the outbox at an instant or after it, newest first.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn alerted_since(&self, since: Millis) -> Result<Vec<Alerted>, LedgerError> {
        let alerted = |entry: Entry| match entry.happening()? {
            Happening::Alerted { to, findings, .. } => Ok(Some(Alerted { to, findings, at: entry.at })),
            _ => Ok(None),
        };
        self.newest_since("SELECT * FROM entries WHERE kind = 'alerted' ORDER BY n DESC", since, alerted)
    }

    /// What entries say that happened at an instant or after it. The statement gives them from the newest back, by an index: those
    /// that are older are not read.
    fn newest_since<T>(
        &self,
        statement: &str,
        since: Millis,
        read: impl Fn(Entry) -> Result<Option<T>, LedgerError>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut query = self.db.prepare_cached(statement)?;
        let mut rows = query.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let entry = Entry::from_row(row)?;
            if entry.at < since {
                break;
            }
            all.extend(read(entry)?);
        }
        Ok(all)
    }

    /// The key of the next alert of a day.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn next_alert(&self, day: chrono::NaiveDate) -> Result<EditionKey, LedgerError> {
        let period = day.to_string();
        let revision: u32 = self
            .db
            .prepare_cached("SELECT COALESCE(MAX(revision) + 1, 0) FROM editions WHERE definition = ? AND period = ?")?
            .query_row([ALERTS, &period], |row| row.get(0))?;
        Ok(EditionKey { definition: ALERTS.to_owned(), audience: String::new(), period, revision })
    }

    /// Puts an alert into the outbox: one mail to one recipient about these findings.
    ///
    /// # Errors
    /// `Refused`: another process alerted under this key meanwhile, or the message is not new; `Later`, `Damaged`.
    pub fn alert(
        &mut self,
        edition: &EditionKey,
        findings: &[FindingId],
        mail: &NewDispatch,
        now: Millis,
    ) -> Result<(), LedgerError> {
        self.write(|tx| {
            let there: bool = tx
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM editions WHERE definition = ? AND period = ? AND revision = ?)",
                )?
                .query_row((ALERTS, &edition.period, edition.revision), |row| row.get(0))?;
            if there {
                return Err(LedgerError::Refused(format!("{edition} is there already")));
            }
            let notices = store(tx, [mail], now)?;
            let to = mail.outgoing.to.clone();
            let what = Happening::Alerted { edition: edition.clone(), to, findings: findings.to_vec(), notices };
            append(tx, now, &what)?;
            Ok(())
        })
    }
}

//! Asked: the reviews that are asked of people, and what they and those above them were told of it, each thing once.

use super::chain::append;
use super::happening::{Happening, Letter, Telling, Told};
use super::record::{NewDispatch, store};
use super::{Ledger, LedgerError};
use crate::calendar::Millis;
use crate::edition::EditionKey;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Stands for the managers of those who are asked, among who is told when the time is over.
pub const MANAGER: &str = "manager";

/// A review that is asked for with an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// Who is asked: addresses and `role:NAME`.
    pub by: Vec<String>,
    /// The first instant that is too late.
    pub until: Millis,
    /// The zone whose days count.
    pub zone: String,
    /// Every so many days they are reminded; 0: never.
    pub remind_days: u32,
    /// Who is told when the time is over: addresses, `role:NAME`, [`MANAGER`]; none: nobody.
    pub escalate: Vec<String>,
}

/// One that nobody has answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Of which edition.
    pub edition: EditionKey,
    /// When that was issued.
    pub issued_at: Millis,
    /// Who answers for it.
    pub owner: String,
    /// What is asked.
    pub asking: Asking,
    /// What was told of it.
    pub told: BTreeSet<(Told, u32)>,
}

/// A letter about reviews that are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLetter {
    /// The editions that it tells of; it belongs to the first.
    pub about: Vec<EditionKey>,
    /// The message.
    pub message: NewDispatch,
}

impl Ledger {
    /// What is asked and not answered: of each period the newest revision, and none whose files retention removed. Oldest first.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn open_reviews(&self) -> Result<Vec<Open>, LedgerError> {
        let mut query = self.db.prepare_cached(
            "SELECT e.id, e.definition, e.audience, e.period, e.revision, r.issued_at, r.owner, a.asking
             FROM asked a JOIN editions e ON e.id = a.edition JOIN records r ON r.edition = a.edition
             WHERE a.reviewed = 0
               AND NOT EXISTS (SELECT 1 FROM retirements t WHERE t.edition = a.edition)
               AND NOT EXISTS (SELECT 1 FROM editions n WHERE n.definition = e.definition AND n.audience = e.audience
                   AND n.period = e.period AND n.revision > e.revision AND n.status = 'issued')
             ORDER BY r.issued_at, r.entry",
        )?;
        let mut rows = query.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let told = self.review_told(row.get(0)?)?;
            all.push(open(row, told)?);
        }
        Ok(all)
    }

    /// What is asked with an edition; `None`: nothing.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn asking(&self, edition: &EditionKey) -> Result<Option<Asking>, LedgerError> {
        let mut query = self.db.prepare_cached(
            "SELECT a.asking FROM asked a JOIN editions e ON e.id = a.edition
             WHERE e.definition = ? AND e.audience = ? AND e.period = ? AND e.revision = ?",
        )?;
        let mut rows = query.query(params![edition.definition, edition.audience, edition.period, edition.revision])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(serde_json::from_str(&row.get::<_, String>(0)?)?))
    }

    fn review_told(&self, edition: i64) -> Result<BTreeSet<(Told, u32)>, LedgerError> {
        let mut query = self.db.prepare_cached("SELECT what, number FROM asked_told WHERE edition = ?")?;
        let mut rows = query.query([edition])?;
        let mut told = BTreeSet::new();
        while let Some(row) = rows.next()? {
            told.insert((super::history::of_word(&row.get::<_, String>(0)?)?, row.get(1)?));
        }
        Ok(told)
    }

    /// Tells people of reviews that are asked, by way of the outbox. All or nothing; gives back whether it was told. Nothing is
    /// where another process told any of it meanwhile, or where somebody reviewed.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn tell_of_reviews(
        &mut self,
        tellings: &[Telling],
        letters: &[NewLetter],
        now: Millis,
    ) -> Result<bool, LedgerError> {
        self.write(|tx| {
            for telling in tellings {
                if !still_open(tx, telling)? {
                    return Ok(false);
                }
            }
            let queued = store(tx, letters.iter().map(|letter| &letter.message), now)?;
            let letters = letters.iter().zip(queued);
            let letters = letters.map(|(letter, message)| Letter { about: letter.about.clone(), message }).collect();
            append(tx, now, &Happening::ReviewTold { tellings: tellings.to_vec(), letters })?;
            Ok(true)
        })
    }
}

fn open(row: &Row, told: BTreeSet<(Told, u32)>) -> Result<Open, LedgerError> {
    Ok(Open {
        edition: super::history::key_of(row, 1)?,
        issued_at: row.get(5)?,
        owner: row.get(6)?,
        asking: serde_json::from_str(&row.get::<_, String>(7)?)?,
        told,
    })
}

/// Whether a telling is new, and of a review that nobody has made.
fn still_open(tx: &Connection, telling: &Telling) -> Result<bool, LedgerError> {
    let id = super::state::id_of(tx, &telling.edition)?;
    let mut query = tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM asked WHERE edition = ?1 AND reviewed = 0)
            AND NOT EXISTS (SELECT 1 FROM asked_told WHERE edition = ?1 AND what = ?2 AND number = ?3)",
    )?;
    let what = super::history::word(&telling.what)?;
    Ok(query.query_row(params![id, what, telling.number], |row| row.get(0))?)
}

/// Letters that wait to be sent, and tell of an edition: none of which they tell is open any more. A letter that is under way goes
/// its way.
pub(super) fn needless(tx: &Connection, edition: &EditionKey) -> Result<Vec<i64>, LedgerError> {
    let mut query = tx.prepare_cached(
        "SELECT l.dispatch FROM asked_letters l JOIN dispatches d ON d.id = l.dispatch
         WHERE l.edition = ? AND d.stage = 'queued' AND NOT EXISTS (
             SELECT 1 FROM asked_letters o JOIN asked a ON a.edition = o.edition
             WHERE o.dispatch = l.dispatch AND a.reviewed = 0)
         ORDER BY l.dispatch",
    )?;
    let rows = query.query_map([super::state::id_of(tx, edition)?], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

//! Review: a person's recorded judgement of an edition. Several may be recorded; none replaces another, and none is ever changed.

use super::chain::append;
use super::happening::{Happening, ReviewVerdict};
use super::{Entry, Ledger, LedgerError};
use crate::calendar::Millis;
use crate::edition::EditionKey;
use crate::seal::sha256_hex;
use serde::Serialize;

/// A judgement that is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    /// Who, as they call themselves.
    pub name: String,
    /// In which role.
    pub role: String,
    /// What they found.
    pub verdict: ReviewVerdict,
    /// In words: the exceptions, or what was looked at; may be empty without exceptions.
    pub note: String,
    /// What could make them partial, as they tell it; empty: nothing.
    pub conflict: String,
    /// They appear in the edition as somebody who did something.
    pub acted: bool,
    /// The account that it is recorded by.
    pub by: String,
}

/// One that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The ledger's entry: its number.
    pub entry: i64,
    /// Which edition.
    pub edition: EditionKey,
    /// SHA-256 of its manifest, hex.
    pub manifest_sha256: String,
    /// Digest of its figures.
    pub figures_digest: String,
    /// Who.
    pub name: String,
    /// In which role.
    pub role: String,
    /// What they found.
    pub verdict: ReviewVerdict,
    /// In words.
    pub note: String,
    /// What could make them partial; empty: nothing that they told.
    pub conflict: String,
    /// They appear in the edition as somebody who did something.
    pub acted: bool,
    /// The account that it was recorded by.
    pub by: String,
    /// When.
    pub at: Millis,
}

impl Ledger {
    /// Records that a person reviewed an issued edition, with the digests of what they reviewed.
    ///
    /// # Errors
    /// `Refused`: it is not issued. `Later`, `Damaged`.
    pub fn review(&mut self, edition: &EditionKey, new: &NewReview, now: Millis) -> Result<(), LedgerError> {
        let Some(record) = self.edition(edition)? else {
            return Err(LedgerError::Refused(format!("{edition} is not issued")));
        };
        let new = new.clone();
        let what = Happening::Reviewed {
            edition: edition.clone(),
            manifest_sha256: sha256_hex(record.manifest_json.as_bytes()),
            figures_digest: record.figures_digest,
            name: new.name,
            role: new.role,
            verdict: new.verdict,
            note: new.note,
            conflict: new.conflict,
            acted: new.acted,
            by: new.by,
        };
        self.write(|tx| append(tx, now, &what).map(drop))
    }

    /// Every review, oldest first.
    ///
    /// # Errors
    /// `Later`, `Damaged`.
    pub fn reviews(&self) -> Result<Vec<Review>, LedgerError> {
        let mut query = self.db.prepare_cached("SELECT * FROM entries WHERE kind = 'reviewed' ORDER BY n")?;
        let mut rows = query.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let entry = Entry::from_row(row)?;
            if let Happening::Reviewed {
                edition,
                manifest_sha256,
                figures_digest,
                name,
                role,
                verdict,
                note,
                conflict,
                acted,
                by,
            } = entry.happening()?
            {
                let (entry, at) = (entry.n, entry.at);
                all.push(Review {
                    entry,
                    edition,
                    manifest_sha256,
                    figures_digest,
                    name,
                    role,
                    verdict,
                    note,
                    conflict,
                    acted,
                    by,
                    at,
                });
            }
        }
        Ok(all)
    }
}

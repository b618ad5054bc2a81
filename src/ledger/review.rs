//! Review: a person's recorded judgement of an edition. Several may be recorded; none replaces another, and none is ever changed.

use super::asked::needless;
use super::chain::append;
use super::happening::{Happening, ReviewVerdict};
use super::{Entry, Ledger, LedgerError};
use crate::calendar::Millis;
use crate::dispatch::Stage;
use crate::edition::EditionKey;
use crate::seal::sha256_hex;
use serde::{Deserialize, Serialize};

/// What a person says of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Who, as they call themselves: a name, an address, an account.
    pub name: String,
    /// In which role.
    pub role: String,
    /// What they found.
    pub verdict: ReviewVerdict,
    /// In words: the exceptions, or what was looked at; may be empty without exceptions.
    pub note: String,
    /// What could make them partial, as they tell it; empty: nothing.
    pub conflict: String,
}

/// A judgement that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The ledger's entry: its number.
    pub entry: i64,
    /// Which edition.
    pub edition: EditionKey,
    /// SHA-256 of its manifest, hex.
    pub manifest_sha256: String,
    /// Digest of its figures.
    pub figures_digest: String,
    /// What is said of it.
    #[serde(flatten)]
    pub judgement: Judgement,
    /// They appear in the edition as somebody who did something.
    pub acted: bool,
    /// The account that it was recorded by.
    pub by: String,
    /// When.
    pub at: Millis,
}

impl Ledger {
    /// Records that a person reviewed an issued edition, with the digests of what they reviewed. `acted`: they appear in it as
    /// somebody who did something; `by`: the account that asks. Gives back what is recorded.
    ///
    /// # Errors
    /// `Refused`: it is not issued. `Later`, `Damaged`.
    pub fn review(
        &mut self,
        edition: &EditionKey,
        judgement: &Judgement,
        acted: bool,
        by: &str,
        now: Millis,
    ) -> Result<Review, LedgerError> {
        let Some(record) = self.edition(edition)? else {
            return Err(LedgerError::Refused(format!("{edition} is not issued")));
        };
        let what = Happening::Reviewed {
            edition: edition.clone(),
            manifest_sha256: sha256_hex(record.manifest_json.as_bytes()),
            figures_digest: record.figures_digest,
            judgement: judgement.clone(),
            acted,
            by: by.to_owned(),
        };
        let entry = self.write(|tx| {
            let entry = append(tx, now, &what)?;
            // Nobody is reminded of what is done.
            for dispatch in needless(tx, edition)? {
                let (by, why) = (by.to_owned(), "reviewed".to_owned());
                append(tx, now, &Happening::Decided { dispatch, stage: Stage::Cancelled, not_before: now, by, why })?;
            }
            Ok::<_, LedgerError>(entry)
        })?;
        of_entry(entry, now, what)
            .ok_or_else(|| LedgerError::Damaged("a review was written as something else".to_owned()))
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
            all.extend(of_entry(entry.n, entry.at, entry.happening()?));
        }
        Ok(all)
    }
}

fn of_entry(entry: i64, at: Millis, what: Happening) -> Option<Review> {
    let Happening::Reviewed { edition, manifest_sha256, figures_digest, judgement, acted, by } = what else {
        return None;
    };
    Some(Review { entry, edition, manifest_sha256, figures_digest, judgement, acted, by, at })
}

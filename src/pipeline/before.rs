//! The edition before: which one a new edition follows or revises, and what is still known of it.

use super::publish::Hinge;
use super::{Failure, Installation};
use crate::calendar::Millis;
use crate::edition::{EditionKey, FactsBefore, Lost};
use crate::figures::FORMAT;
use crate::ledger::Ledger;
use crate::seal::sha256_hex;

/// The edition before.
pub struct Before {
    /// Which.
    pub key: EditionKey,
    /// When it was issued.
    pub issued_at: Millis,
    /// SHA-256 of its figures, as recorded.
    pub figures: String,
    /// Its facts and figures, or why they cannot be had: a later edition says so, and goes on.
    pub hinge: Result<Box<Hinge>, Lost>,
}

impl Before {
    /// As an edition tells it.
    pub fn facts(&self) -> FactsBefore {
        FactsBefore {
            edition: self.key.to_string(),
            issued_at: self.issued_at,
            figures: self.figures.clone(),
            lost: self.hinge.as_ref().err().copied(),
        }
    }
}

impl Installation {
    /// The edition that one revises; of a first issue the one issued last of the same report and audience.
    ///
    /// # Errors
    /// A ledger that cannot be read.
    pub fn before(&self, ledger: &Ledger, key: &EditionKey) -> Result<Option<Before>, Failure> {
        let Some(before) = before_key(ledger, key)? else { return Ok(None) };
        let recorded = ledger.edition(&before)?.map(|record| record.figures_digest).unwrap_or_default();
        let issued_at = ledger.edition_row(&before)?.map_or(0, |row| row.at);
        let hinge = std::fs::read(self.edition_folder(&before).join("figures.json"))
            .map_err(|_| Lost::Gone)
            .and_then(|bytes| read(&bytes, &recorded));
        let issued_at = hinge.as_ref().map_or(issued_at, |hinge| hinge.facts.issued_at);
        Ok(Some(Before { key: before, issued_at, figures: recorded, hinge }))
    }
}

/// Which edition goes before.
pub(super) fn before_key(ledger: &Ledger, key: &EditionKey) -> Result<Option<EditionKey>, Failure> {
    match key.revision.checked_sub(1) {
        Some(revision) => Ok(Some(EditionKey { revision, ..key.clone() })),
        None => Ok(ledger.edition_before(key)?),
    }
}

/// The file that was issued, in the layout that this program reads.
pub(super) fn read(bytes: &[u8], recorded: &str) -> Result<Box<Hinge>, Lost> {
    #[derive(serde::Deserialize)]
    struct Layout {
        figures: Format,
    }
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    if sha256_hex(bytes) != recorded {
        return Err(Lost::Altered);
    }
    match serde_json::from_slice::<Layout>(bytes) {
        Ok(layout) if layout.figures.format == FORMAT => {
            serde_json::from_slice(bytes).map(Box::new).map_err(|_| Lost::OtherLayout)
        }
        _ => Err(Lost::OtherLayout),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_lost_for_a_reason() {
        let old = br#"{"facts": {}, "figures": {"format": 1}}"#;
        assert_eq!(read(old, &sha256_hex(old)).err(), Some(Lost::OtherLayout));
        assert_eq!(read(old, "0000").err(), Some(Lost::Altered));
        assert_eq!(read(b"{", &sha256_hex(b"{")).err(), Some(Lost::OtherLayout));
    }
}

//! Explain: from a number of an issued edition back to its question, its period and its events, in the log of today.

use super::publish::Hinge;
use super::{Failure, Installation};
use crate::audit_log::{AuditLog, Evidence};
use crate::definition::Definition;
use crate::edition::EditionKey;
use crate::figures::{Explained, explain};
use crate::ledger::Ledger;

/// One number, explained.
pub struct Explanation {
    /// Facts and figures of the edition.
    pub hinge: Hinge,
    /// The number taken apart.
    pub explained: Explained,
    /// The events behind it.
    pub evidence: Evidence,
    /// Of a share: the events that it is a share of.
    pub whole: Option<Evidence>,
}

impl Installation {
    /// Explains a figure (address or label) of an issued edition, by the definition that made it.
    ///
    /// # Errors
    /// An edition or a figure that is not there; files that were changed since.
    pub fn explain(
        &self,
        ledger: &Ledger,
        key: &EditionKey,
        figure: &str,
        limit: usize,
    ) -> Result<Explanation, Failure> {
        let (hinge, _) = self.stored_hinge(ledger, key)?;
        let text = super::read_text(&self.edition_folder(key).join("definition.yaml"))?;
        let definition = Definition::read(&key.definition, "definition.yaml", &text, &self.rules)
            .map_err(Failure::Problems)?;
        let explained = explain(&hinge.figures, &definition, figure, limit)
            .map_err(|error| Failure::Error(format!("{key}: {error}")))?;
        let (lens, _) = self.lens()?;
        let log = self.log()?;
        let evidence = log.evidence(&explained.evidence, &lens)?;
        let whole = explained.whole.as_ref().map(|query| log.evidence(query, &lens)).transpose()?;
        Ok(Explanation { hinge, explained, evidence, whole })
    }
}

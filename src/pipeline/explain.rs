//! Explain: from a number of an issued edition back to its question, its period and its events, in the log of today.

use super::publish::Hinge;
use super::{Failure, Installation};
use crate::audit_log::{AuditLog, Evidence, Retired};
use crate::definition::Definition;
use crate::edition::EditionKey;
use crate::figures::{Explained, FigureError, Figures, explain};
use crate::ledger::Ledger;
use crate::written::nearest;

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
    /// Retirements that reach into its span, of sources that the report counted: events behind it may be gone.
    pub retired: Vec<Retired>,
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
        if key.audience == crate::definition::TRAINING {
            let whole = EditionKey { audience: String::new(), revision: 0, ..key.clone() };
            let words =
                format!("{key} is for training: its figures are not explained by events; ask {whole}, or `reveal`");
            return Err(Failure::Asked(words));
        }
        let (hinge, _) = self.stored_hinge(ledger, key)?;
        let text = super::read_text(&self.edition_folder(key).join("definition.yaml"))?;
        let definition =
            Definition::read(&key.definition, "definition.yaml", &text, &self.rules).map_err(Failure::Problems)?;
        let mut explained = explain(&hinge.figures, &definition, figure, limit).map_err(|error| {
            let hint = match &error {
                FigureError::NoFigure(named) => known(&hinge.figures, named),
                _ => String::new(),
            };
            Failure::Error(format!("{key}: {error}{hint}"))
        })?;
        // A part's figures are judged as those of the whole, over a log of its own events alone.
        if let Some(own) = hinge.facts.part.as_ref().and_then(super::audiences::filter) {
            for query in std::iter::once(&mut explained.evidence).chain(&mut explained.whole) {
                query.filter = query.filter.clone().and(own.clone());
            }
            let words = crate::figures::filter_words::filter(&own);
            explained.filter =
                if explained.filter.is_empty() { words } else { format!("{}; {words}", explained.filter) };
        }
        let (lens, _) = self.lens()?;
        let log = self.log()?;
        let evidence = log.evidence(&explained.evidence, &lens)?;
        let whole = explained.whole.as_ref().map(|query| log.evidence(query, &lens)).transpose()?;
        let counted =
            |source: &str| hinge.figures.coverage.sources.iter().any(|known| known.known.source.name == source);
        let mut retired = log.retirements()?;
        retired.retain(|one| one.before > explained.span.from && counted(&one.source));
        Ok(Explanation { hinge, explained, evidence, whole, retired })
    }
}

/// Which figures there are, and the one that was probably meant.
fn known(figures: &Figures, named: &str) -> String {
    let all = figures.all();
    let labels: Vec<u32> = all.iter().map(|figure| figure.label).filter(|label| *label > 0).collect();
    let (Some(first), Some(last)) = (labels.iter().min(), labels.iter().max()) else {
        return "; it has none".to_owned();
    };
    let near = nearest(named, all.iter().map(|figure| figure.address.as_str()));
    let near = near.map(|address| format!("; did you mean `{address}`?")).unwrap_or_default();
    format!("; there are F{first} to F{last}, printed beside the numbers{near}")
}

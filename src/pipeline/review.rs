//! Review: a person signs an issued edition off, or says what has to be followed up. What they judge is held against the ledger
//! first, and whether they judge themselves is told.

use super::{Failure, Installation};
use crate::edition::EditionKey;
use crate::figures::divide::values;
use crate::ledger::happening::ReviewVerdict;
use crate::ledger::history::{self, EditionRow, Status};
use crate::ledger::{Judgement, Ledger, Review};
use crate::query::{Field, Filter};
use std::collections::{BTreeMap, BTreeSet};

impl Installation {
    /// Records a judgement of an issued edition whose figures are those that were recorded. Gives it back as recorded.
    ///
    /// # Errors
    /// What a person left out; an edition for training, which nobody signs off; figures that are gone or altered.
    pub fn review(&self, ledger: &mut Ledger, key: &EditionKey, judgement: &Judgement) -> Result<Review, Failure> {
        let name = one_line("--by", &judgement.name, 200)?;
        let role = one_line("--role", &judgement.role, 200)?;
        let note = words("--note", &judgement.note)?;
        let conflict = words("--conflict", &judgement.conflict)?;
        if judgement.verdict == ReviewVerdict::Exceptions && note.is_empty() {
            let what = "an exception is recorded with what it is and what follows from it: --note \"…\"";
            return Err(Failure::Asked(what.to_owned()));
        }
        if key.audience == crate::definition::TRAINING {
            let what = format!("{key} is for training and proves nothing: review the edition that it was made beside");
            return Err(Failure::Asked(what));
        }
        let acted = self.acted(ledger, key, &name)?;
        let verdict = judgement.verdict;
        let judgement = Judgement { name, role, verdict, note, conflict };
        Ok(ledger.review(key, &judgement, acted, &self.account, self.clock.now())?)
    }

    /// Whether a person did something in the period and the part that an edition is about, by the name, address or account that
    /// the log or the directory know them by.
    fn acted(&self, ledger: &Ledger, key: &EditionKey, name: &str) -> Result<bool, Failure> {
        // What is gone or altered nobody can sign.
        let (hinge, _) = self.stored_hinge(ledger, key)?;
        let mut meant: BTreeSet<String> = [folded(name)].into();
        let (lens, _) = self.lens()?;
        for row in lens.directory.rows() {
            let called = [row.actor.as_str(), row.name.as_str(), row.email.as_str()];
            if called.into_iter().filter(|one| !one.is_empty()).any(|one| meant.contains(&folded(one))) {
                meant.extend(called.map(folded));
            }
        }
        meant.remove("");
        let period = &hinge.figures.period;
        let zone = self.rules.zone(&period.zone);
        let zone = zone.ok_or_else(|| Failure::Error(format!("the zone rules do not know {}", period.zone)))?;
        let of = match &hinge.facts.part {
            None => Filter::All,
            Some(part) => super::audiences::filter(part).unwrap_or(Filter::All),
        };
        let log = self.log_or_empty()?;
        let there = values(log.as_ref(), &lens, &zone, period.span, &of, Field::Actor)?;
        Ok(there.keys().any(|one| meant.contains(&folded(one))))
    }

    /// Issued editions that nobody reviewed, oldest first: of each period the newest revision, without those for training.
    ///
    /// # Errors
    /// A ledger that cannot be read.
    pub fn unreviewed(&self, ledger: &Ledger, definition: Option<String>) -> Result<Vec<EditionRow>, Failure> {
        let reviewed: BTreeSet<EditionKey> = ledger.reviews()?.into_iter().map(|review| review.edition).collect();
        let filter = history::Filter { definition, status: Some(Status::Issued), ..history::Filter::default() };
        let rows = ledger.editions(&filter)?;
        let series = |row: &EditionRow| (row.key.definition.clone(), row.key.audience.clone(), row.key.period.clone());
        let mut newest: BTreeMap<_, u32> = BTreeMap::new();
        for row in &rows {
            let revision = newest.entry(series(row)).or_default();
            *revision = row.key.revision.max(*revision);
        }
        let open = |row: &EditionRow| {
            row.key.audience != crate::definition::TRAINING
                && !reviewed.contains(&row.key)
                && newest.get(&series(row)) == Some(&row.key.revision)
        };
        Ok(rows.into_iter().filter(open).collect())
    }
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

fn one_line(option: &str, text: &str, most: usize) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) || text.chars().count() > most {
        return Err(Failure::Asked(format!("{option} is one line of at most {most} characters, and not empty")));
    }
    Ok(text.to_owned())
}

/// Words that may be left out and may have several lines.
fn words(option: &str, text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.chars().any(|c| c.is_control() && c != '\n') || text.chars().count() > 2000 {
        return Err(Failure::Asked(format!("{option} has at most 2000 characters, and no control characters")));
    }
    Ok(text.to_owned())
}

//! Training: the version of a report that tells neither who nor when. How it is masked, what of it stays in the installation,
//! and the way back from a pseudonym, which is recorded.

use super::issue::Press;
use super::{Failure, Installation, Written};
use crate::calendar::period::Period;
use crate::calendar::relative::Mover;
use crate::definition::{Definition, EventColumn, SectionKind, TRAINING};
use crate::edition::{EditionKey, Facts, FactsTraining};
use crate::figures::mask::Mask;
use crate::figures::{EvidenceFile, PAGE_TIME};
use crate::ledger::Ledger;
use crate::query::Field;
use crate::seal::pseudonym::PseudonymKey;
use crate::wording::Words;
use chrono::NaiveDateTime;
use std::path::PathBuf;

/// Names of recorded files begin so where they lie in the installation's own folder, apart from the edition.
const KEPT: &str = "kept/";

impl Press<'_> {
    /// What a definition's version for training hides, and how.
    ///
    /// # Errors
    /// No key yet; a log that cannot be read; a column that could only be shown wrong.
    pub(super) fn mask(&self, definition: &Definition, period: &Period) -> Result<Mask, Failure> {
        let key = crate::config::existing_key(&self.installation.folders.key)?.ok_or_else(|| {
            let words =
                "pseudonyms are made under the installation's key, and there is none yet: `quarterday issue` makes it";
            Failure::Error(words.to_owned())
        })?;
        let key = PseudonymKey::of(&key);
        let smallest = definition.smallest_group;
        let mask = Mask::learn(&key, smallest, self.log(), self.lens(), definition, period)?;
        let masked = mask.lens(self.lens());
        let column = EventColumn::Field(Field::OutsideHours);
        let shows =
            |kind: &SectionKind| matches!(kind, SectionKind::Events { columns, .. } if columns.contains(&column));
        if masked.hours != self.lens().hours && definition.sections.iter().any(|section| shows(&section.kind)) {
            let words = "the column `outside_hours` would be wrong in the version for training: a team with hours of its own has \
                         fewer people than are shown as a group; leave the column out";
            return Err(Failure::Error(words.to_owned()));
        }
        Ok(mask)
    }

    /// The definition as the edition may tell it.
    pub(super) fn told(mask: &Mask, written: &Written) -> Written {
        let definition = mask.told(&mask.definition(&written.definition));
        Written { definition, text: String::new() }
    }
}

/// Facts without who and when: what is left tells how, not by whom.
pub(super) fn masked(facts: Facts, mask: &Mask) -> Facts {
    let mover: &Mover = mask.mover();
    let edition = |key: &str| told_name(key);
    let recipients = facts.recipients.into_iter().map(|recipient| crate::edition::FactsRecipient {
        to: "a training session".to_owned(),
        via: String::new(),
        ..recipient
    });
    Facts {
        edition: edition(&facts.edition),
        owner: String::new(),
        account: String::new(),
        revision_reason: mask.text(&facts.revision_reason),
        due_at: facts.due_at.map(|at| mover.instant(at)),
        cut_off_at: mover.instant(facts.cut_off_at),
        issued_at: mover.instant(facts.issued_at),
        digests: Vec::new(),
        changed: Vec::new(),
        before: None,
        late_rows: Vec::new(),
        key: String::new(),
        // Of what year the rules are tells of what year the report is.
        zone_rules: String::new(),
        recipients: recipients.collect(),
        training: Some(FactsTraining { smallest_group: mask.smallest() }),
        ..facts
    }
}

/// Words the moved times of an evidence file: figures have no language, and readers of the file have one.
pub(super) fn worded(table: &mut EvidenceFile, words: &Words) {
    let EvidenceFile { header, rows, .. } = table;
    for row in rows {
        for (cell, _) in row.iter_mut().zip(header.iter()).filter(|(_, name)| *name == "time") {
            let at = NaiveDateTime::parse_from_str(cell, PAGE_TIME).ok();
            if let Some(said) = at.and_then(|at| words.moved_time(at)) {
                *cell = said;
            }
        }
    }
}

/// The name of an edition without its period: `monthly-review/@training`, `…/r1`.
pub(super) fn told_name(edition: &str) -> String {
    let Some(key) = EditionKey::parse(edition) else { return String::new() };
    let revision = if key.revision > 0 { format!("/r{}", key.revision) } else { String::new() };
    format!("{}/@{TRAINING}{revision}", key.definition)
}

/// The name under which the ledger records a file that is kept apart.
pub(super) fn kept(name: &str) -> String {
    format!("{KEPT}{name}")
}

/// A recorded file's plain name.
pub(super) fn plain(name: &str) -> &str {
    name.strip_prefix(KEPT).unwrap_or(name)
}

impl Installation {
    /// Where what an edition must not carry lies: the definition, the manifest and its signature.
    pub fn kept_folder(&self, key: &EditionKey) -> PathBuf {
        let folder = self.edition_folder(key);
        let inside = folder.strip_prefix(&self.folders.editions).unwrap_or(&folder);
        self.folders.var.join("kept").join(inside)
    }

    /// Where a recorded file of an edition lies.
    pub(super) fn file_of(&self, key: &EditionKey, name: &str) -> PathBuf {
        match name.strip_prefix(KEPT) {
            Some(name) => self.kept_folder(key).join(name),
            None => self.edition_folder(key).join(name),
        }
    }

    /// Who or what stands behind a pseudonym of an edition for training. Who asked, when and why is recorded before
    /// anything is told.
    ///
    /// # Errors
    /// An edition that is none, or not for training; no reason; no such pseudonym (that is recorded too); no key.
    pub fn reveal(
        &self,
        ledger: &mut Ledger,
        key: &EditionKey,
        pseudonym: &str,
        reason: &str,
    ) -> Result<Vec<(Field, String)>, Failure> {
        if key.audience != TRAINING {
            return Err(Failure::Asked(format!("{key} is not for training: it has no pseudonyms")));
        }
        if reason.trim().is_empty() {
            return Err(Failure::Asked("a name is revealed for a reason: --reason \"…\"".to_owned()));
        }
        self.still_kept(ledger, key)?;
        let text = super::read_text(&self.file_of(key, &kept("definition.yaml")))?;
        let definition =
            Definition::read(&key.definition, "definition.yaml", &text, &self.rules).map_err(Failure::Problems)?;
        let period = Period::parse(&key.period)
            .ok_or_else(|| Failure::Error(format!("{key} has no period that can be read")))?;
        let press = Press::to_look(self)?;
        let mask = press.mask(&definition, &period)?;
        let found = mask.behind(pseudonym, press.log(), press.lens(), &definition, &period)?;
        ledger.reveal(key, pseudonym, &self.account, reason.trim(), !found.is_empty(), self.clock.now())?;
        if found.is_empty() {
            return Err(Failure::Error(format!(
                "nobody and nothing has the pseudonym `{pseudonym}` in {key}; the asking is recorded"
            )));
        }
        Ok(found)
    }
}

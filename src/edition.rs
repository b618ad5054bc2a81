//! Edition: definition + period + audience + revision: the thing that is issued once. Its identity, trigger and status.

use crate::calendar::Millis;
use crate::calendar::period::Period;
use crate::phrase::Phrase;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// What makes an edition itself: never the time of firing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EditionKey {
    /// File stem of the definition.
    pub definition: String,
    /// For whom; empty: for all its recipients.
    pub audience: String,
    /// Civil label of the period ([`crate::calendar::period::Period::label`]).
    pub period: String,
    /// 0 for the first, counted up by each revision.
    pub revision: u32,
}

impl EditionKey {
    /// Reads what `Display` writes; `None` if it is not one.
    pub fn parse(text: &str) -> Option<EditionKey> {
        let mut parts = text.split('/');
        let (definition, period) = (parts.next()?, parts.next()?);
        let mut key =
            EditionKey { definition: definition.into(), audience: String::new(), period: period.into(), revision: 0 };
        for part in parts {
            if let Some(audience) = part.strip_prefix('@') {
                key.audience = audience.to_owned();
            } else {
                key.revision = part.strip_prefix('r')?.parse().ok()?;
            }
        }
        (!definition.is_empty() && !period.is_empty()).then_some(key)
    }
}

impl std::fmt::Display for EditionKey {
    /// `monthly-review/2026-11`, `monthly-review/2026-11/@sales-north/r2`.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.definition, self.period)?;
        if !self.audience.is_empty() {
            write!(out, "/@{}", self.audience)?;
        }
        if self.revision > 0 {
            write!(out, "/r{}", self.revision)?;
        }
        Ok(())
    }
}

/// Why an edition was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// At its time.
    Schedule,
    /// By its schedule, but after the time it was due (catch-up).
    Late,
    /// A person asked for this period.
    ByHand,
    /// A person asked for it to be issued again, and said why.
    Revision(String),
}

/// An edition that its schedule asks for: what it covers, and when it is to be issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Identity.
    pub key: EditionKey,
    /// What it covers: the period of the key's label.
    pub period: Period,
    /// Nominal civil moment of the firing, in the definition's zone.
    pub civil: NaiveDateTime,
    /// Nominal instant of the firing.
    pub fired: Millis,
    /// Nominal instant of issuing: the firing's, after the closing delay (and after `at_most`, where a source was waited
    /// for in vain).
    pub at: Millis,
    /// It is being issued more than an hour after the time at which it should have been.
    pub late: bool,
    /// The source whose import was waited for and has not reached the period's end.
    pub without: Option<String>,
}

/// What an edition says about how it was made: gathered when it is issued, kept in `figures.json` beside the figures, so
/// that the files are a function of that one file, the publication kit and the engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// `definition/period[/@audience][/rN]`.
    pub edition: String,
    /// File stem of the definition.
    pub definition: String,
    /// 0 for the first.
    pub revision: u32,
    /// Why it was revised; empty if it was not.
    pub revision_reason: String,
    /// Tag of the file of words that it is written in; empty in editions from before there were any: English.
    #[serde(default)]
    pub language: String,
    /// Title of the report.
    pub title: String,
    /// A sentence on what it is for; may be empty.
    pub purpose: String,
    /// Address that answers for it.
    pub owner: String,
    /// Organisation; may be empty.
    pub organisation: String,
    /// Not issued, only looked at.
    pub preview: bool,
    /// `schedule`, `late`, `by hand`, `revision`.
    pub trigger: String,
    /// Account that ran it.
    pub account: String,
    /// Nominal instant; `None` by hand.
    pub due_at: Option<Millis>,
    /// Instant at which the log was read.
    pub cut_off_at: Millis,
    /// Instant of issuing.
    pub issued_at: Millis,
    /// SHA-256 of each thing that shaped it, by what it is: `definition`, `templates`, `directory`, `working hours`, `mapping NAME`.
    pub digests: Vec<(String, String)>,
    /// Which of them changed since the edition before (by what it is).
    pub changed: Vec<String>,
    /// Parameters: schedule, filters, measures, thresholds; what each is called, and what it is.
    pub parameters: Vec<(Phrase, Phrase)>,
    /// To whom, in which formats, under which condition, as text; whether the condition held.
    pub recipients: Vec<FactsRecipient>,
    /// The edition that this one revises; of a first issue the one issued last of the same definition and audience.
    pub before: Option<FactsBefore>,
    /// Rows that arrived since the edition before for periods already issued: edition, events.
    pub late_rows: Vec<(String, u64)>,
    /// Version of this program.
    pub engine: String,
    /// Version and origin of the zone rules.
    pub zone_rules: String,
    /// Fingerprint of the public key that signs the manifest, hex.
    pub key: String,
}

/// A recipient, as an edition tells it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactsRecipient {
    /// Address.
    pub to: String,
    /// `pdf, csv`.
    pub formats: String,
    /// Condition as written; empty for always.
    pub when: String,
    /// Whether it is sent to them.
    pub sent: bool,
}

/// The edition before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactsBefore {
    /// Its name.
    pub edition: String,
    /// When it was issued.
    pub issued_at: Millis,
    /// SHA-256 of its figures, hex, as the ledger has it.
    pub figures: String,
    /// Why its figures could not be read, if so: then nothing is said of what changed since.
    pub lost: Option<Lost>,
}

/// Why the figures of an edition before cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// The file is not there.
    Gone,
    /// It was written by a version with another layout.
    OtherLayout,
    /// It is not the file that was issued.
    Altered,
}

//! Edition: definition + period + audience + revision: the thing that is issued once. Its identity, trigger and status.

use crate::calendar::Millis;
use crate::calendar::period::Period;
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

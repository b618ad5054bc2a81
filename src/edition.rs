//! Edition: definition + period + audience + revision: the thing that is issued once. Its identity, trigger and status.

use crate::calendar::Millis;
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

/// When an edition was due and what it covers, as the schedule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Identity.
    pub key: EditionKey,
    /// Nominal instant of issuing (after closing delay).
    pub at: Millis,
}

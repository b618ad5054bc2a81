//! Edition: definition + period + audience + revision: the thing that is issued once. Its identity, trigger and status.

use crate::calendar::Millis;
use crate::calendar::period::Period;
use crate::phrase::Phrase;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// The name under which mails at once stand among the editions: no definition can have it.
pub const ALERTS: &str = "alerts";

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
    /// Whether another one belongs to the same series: the same report for the same audience, over periods of the same unit. A
    /// report that comes weekly and monthly is two series.
    pub fn is_of_series(&self, other: &EditionKey) -> bool {
        let unit = |key: &EditionKey| Period::parse(&key.period).and_then(|period| period.unit);
        self.definition == other.definition && self.audience == other.audience && unit(self) == unit(other)
    }

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

/// The audience of a part, as it stands in keys, folders and file names: small letters, digits and hyphens. A plain name
/// (words with capitals, one space between) is written small; any other gets a digest of `hash`, so that no two names have
/// one audience, whichever others there are. `taken` are words that mean something else.
pub fn audience(name: &str, taken: &[&str], hash: impl Fn(&[u8]) -> String) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 40 {
            break;
        }
    }
    let slug = slug.trim_matches('-').to_owned();
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()))
    };
    let plain = slug.split('-').map(capital).collect::<Vec<_>>().join(" ");
    let looks_hashed =
        slug.rsplit('-').next().is_some_and(|last| last.len() == HASHED && last.chars().all(|c| c.is_ascii_hexdigit()));
    if plain == name && !looks_hashed && !slug.is_empty() && !taken.contains(&slug.as_str()) {
        return slug;
    }
    let digest = hash(name.as_bytes());
    let digest = digest.get(..HASHED).unwrap_or(&digest);
    if slug.is_empty() { digest.to_owned() } else { format!("{slug}-{digest}") }
}

/// So many hexadecimal digits tell names apart.
const HASHED: usize = 12;

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
    /// A person asked for past periods, this one among them.
    Backfilled,
    /// The same, only to be archived: nobody is sent it.
    Archived,
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
    /// The last instant at which it counts as issued on time.
    pub on_time_until: Millis,
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
    /// Which part of a divided report it is; `None`: no part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<FactsPart>,
    /// It is for training: names are pseudonyms, and dates are told by their distance. `None`: it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<FactsTraining>,
    /// The review that is asked for; `None`: none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<FactsReview>,
    /// The edition that this one revises; of a first issue the one issued last of the same definition and audience.
    pub before: Option<FactsBefore>,
    /// Rows that arrived since the edition before for periods already issued: edition, events.
    pub late_rows: Vec<(String, u64)>,
    /// Version of this program.
    pub engine: String,
    /// Version and origin of the zone rules.
    pub zone_rules: String,
    /// Fingerprint of the public key that signs the manifest, hex; empty for a preview, which is not signed.
    pub key: String,
}

impl Facts {
    /// The time that files bear as that of their making: when it was issued, or, of one that tells no dates, one that says
    /// nothing: formats know no time that is told by its distance.
    pub fn file_time(&self) -> Millis {
        if self.training.is_some() { 0 } else { self.issued_at }
    }
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
    /// How the address was found: `role:NAME`, `vacant:NAME` where nobody has the role; empty: it is written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub via: String,
    /// Whether its files are encrypted for them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encrypted: bool,
}

/// How an edition for training was masked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactsTraining {
    /// Smaller groups of people are shown as one.
    pub smallest_group: u32,
}

/// The review that an edition asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactsReview {
    /// Of whom: addresses and `role:NAME`.
    pub by: Vec<String>,
    /// The first instant that is too late.
    pub until: Millis,
}

/// Which part of a divided report an edition is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactsPart {
    /// Name of the field that the report is divided by.
    pub by: String,
    /// The part's name: a value of the field, or a name of a list. Empty: what belongs to no part.
    pub key: String,
    /// Values of the field that belong to it; of what belongs to no part, those that belong to another.
    pub values: Vec<String>,
    /// Why each recipient who was named by place gets it, as text.
    pub resolved: Vec<String>,
    /// How many parts of the period have an edition.
    pub parts: u64,
    /// Names of the parts in which nothing happened, which have no edition. Only where it belongs to nobody else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nothing_to_say: Vec<String>,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A stand-in with the property that matters: other names, other digests.
    fn hash(bytes: &[u8]) -> String {
        let sum =
            bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
        format!("{sum:016x}")
    }

    #[test]
    fn no_two_names_share_an_audience() {
        let of = |name: &str| audience(name, &["rest", "training"], hash);
        assert_eq!(of("Sales"), "sales");
        assert_eq!(of("Field Sales"), "field-sales");
        let names = [
            "Sales",
            "sales",
            "SALES",
            "Sales ",
            "Field Sales",
            "Field-Sales",
            "field sales",
            "Field  Sales",
            "Rest",
            "rest",
            "Training",
            "",
            "*",
            "営業",
            "販売",
            "../x",
            "a/b",
            "Team 0123456789ab",
        ];
        let mut slugs: Vec<String> = names.iter().map(|name| of(name)).collect();
        assert!(
            slugs.iter().all(|slug| slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
        );
        assert!(!slugs.iter().any(|slug| slug == "rest" || slug == "training" || slug.is_empty()));
        // A plain name that looks like another one's digest does not pass for it.
        let trap = of("sales");
        let capital: Vec<String> = trap.split('-').map(|w| format!("{}{}", w[..1].to_uppercase(), &w[1..])).collect();
        assert_ne!(of(&capital.join(" ")), trap);
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), names.len());
    }

    #[test]
    fn a_series_is_one_report_for_one_audience_by_one_unit() {
        let of =
            |one: &str, other: &str| EditionKey::parse(one).unwrap().is_of_series(&EditionKey::parse(other).unwrap());
        assert!(of("a/2026-W47", "a/2026-W48/r1"));
        assert!(of("a/2026-11-03..2026-11-09", "a/2026-11-10..2026-11-12"));
        assert!(!of("a/2026-W47", "a/2026-11") && !of("a/2026-Q4", "a/FY2026-04-Q1"));
        assert!(!of("a/2026-W47", "b/2026-W47") && !of("a/2026-W47", "a/2026-W47/@sales"));
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        for text in ["a/2026-11", "a/2026-11/@sales", "a/2026-11/@rest/r2", "a/2026-W47/r1"] {
            assert_eq!(EditionKey::parse(text).unwrap().to_string(), text);
        }
    }
}

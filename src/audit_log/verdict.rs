//! Verdict: what recomputing a whole log came to, and the first thing that does not hold.

use super::Head;
use serde::{Deserialize, Serialize};

/// What was recomputed, and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogVerdict {
    /// The head that the records come to. That it is the right one, only a copy of it from outside shows: compare it.
    pub head: Head,
    /// Batches that were recomputed, voided ones too.
    pub batches: u64,
    /// Events that were recomputed.
    pub events: u64,
    /// Events that were retired: their days' roots were, they themselves are gone.
    pub retired: u64,
    /// The first thing that does not hold; `None`: everything holds.
    pub fault: Option<Fault>,
}

impl LogVerdict {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.fault.is_none()
    }
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong there, in words.
    pub what: String,
}

/// A place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A record of the log's tree, by number from 1.
    Record(u64),
    /// A batch, by number.
    Batch(u64),
    /// Some events of one UTC day (`2026-03-02`) of a batch.
    Segment {
        /// By number.
        batch: u64,
        /// As a date.
        day: String,
        /// From 0.
        part: u64,
    },
    /// What a batch added to a dictionary.
    Dictionary {
        /// By number.
        batch: u64,
        /// The column.
        column: String,
    },
    /// An event, by `BATCH-INDEX`.
    Event(String),
    /// The rows that a batch put in quarantine.
    Quarantine(u64),
    /// What is derived from a batch's events and kept to be quick.
    Index(u64),
    /// The file itself.
    File,
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Record(number) => write!(out, "record {number}"),
            Place::Batch(number) => write!(out, "batch {number}"),
            Place::Segment { batch, day, part } => write!(out, "segment {part} of day {day} of batch {batch}"),
            Place::Dictionary { batch, column } => write!(out, "dictionary of {column} of batch {batch}"),
            Place::Event(number) => write!(out, "event {number}"),
            Place::Quarantine(batch) => write!(out, "quarantine of batch {batch}"),
            Place::Index(batch) => write!(out, "index of batch {batch}"),
            Place::File => write!(out, "the file"),
        }
    }
}

//! The audit log: the traits that every engine keeps, and what they are asked and told. An engine never knows a definition.

#[cfg(test)]
mod contract;
pub mod memory;
pub mod proof;
mod quarantine;
pub mod record;
pub mod roots;
pub mod sealed;
pub mod verdict;

use crate::calendar::hours::WorkingHours;
use crate::calendar::{Millis, Span};
use crate::directory::Directory;
use crate::event::{Event, Rejected};
use crate::query::{EvidenceQuery, Query, Table};
use crate::source::Source;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The first instant that an event may have: 0001-01-01T00:00:00Z. What cannot be a civil time cannot be reported on.
pub const EARLIEST: Millis = -62_135_596_800_000;

/// The first instant that an event may no longer have: 9999-12-30T00:00:00Z.
pub const LATEST: Millis = 253_402_128_000_000;

/// What events are read through: who people were, and when they were expected to work.
#[derive(Clone, Debug, Default)]
pub struct Lens {
    /// People, as at the event's time.
    pub directory: Directory,
    /// Working hours by team.
    pub hours: WorkingHours,
    /// Zones of working-hours profiles that name one, by name.
    pub zones: BTreeMap<String, crate::calendar::zone::Zone>,
}

impl Lens {
    /// Error: a working-hours profile names a zone that [`zones`](Self::zones) lacks. Engines check this before they
    /// answer, so that hours are never read in another zone than was meant.
    pub fn check(&self) -> Result<(), LogError> {
        for profile in std::iter::once(&self.hours.default).chain(self.hours.teams.values()) {
            if let Some(name) = &profile.timezone
                && !self.zones.contains_key(name)
            {
                return Err(LogError::Refused(format!("working hours name the time zone {name}, which is not known")));
            }
        }
        Ok(())
    }
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// `BATCH-INDEX`, both from 1: its address in the log for ever.
    pub number: String,
    /// Name of its source.
    pub source: String,
    /// The event.
    pub event: Event,
}

/// Some events, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// All that pass, shown or not.
    pub total: u64,
    /// The first `limit` of them by time, then by number.
    pub events: Vec<StoredEvent>,
}

/// The numbers of some events, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbered {
    /// All that pass.
    pub total: u64,
    /// `BATCH-INDEX` of the first `limit` of them by time, then by number.
    pub numbers: Vec<String>,
}

/// What the log can say about one source in a span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCoverage {
    /// As declared with its newest batch that is not voided; with its newest one if all are.
    pub source: Source,
    /// Events in the span.
    pub events: u64,
    /// First and last event of the whole log (not of the span).
    pub first: Option<Millis>,
    /// See `first`.
    pub last: Option<Millis>,
    /// Last event in the span.
    pub last_in_span: Option<Millis>,
    /// Stretches without an event of this source that meet the span and last at least `min_gap`: from an event to the
    /// next one, also beyond the span; open at an end where the log has no further event (`Millis::MIN`, `Millis::MAX`).
    /// In order of time; a source without any event has one, open at both ends.
    pub gaps: Vec<Span>,
    /// Rejected rows whose `around` lies in the span, or that have none and whose batch meets it (one that added no
    /// event is taken to meet every span that begins before it was imported). Retried ones are out, and those of voided
    /// batches.
    pub rejected: u64,
    /// Newest import of this source that is not voided.
    pub imported_at: Option<Millis>,
    /// The newest retirement of this source, if it reaches into the span: events before [`Retired::before`] are gone.
    #[serde(default)]
    pub retired: Option<Retired>,
}

/// What one import added, as it is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// From 1, without gaps.
    pub number: u64,
    /// The source as declared then.
    pub source: Source,
    /// What was imported, from where, by whom.
    pub about: BatchAbout,
    /// What became of the rows.
    pub rows: RowCounts,
    /// Span of the events added, if any.
    pub span: Option<Span>,
    /// When it was committed.
    pub imported_at: Millis,
    /// Merkle root over its events, hex.
    pub root: String,
    /// Set where it was voided: when, by whom and why.
    pub voided: Option<Voided>,
}

/// Who declared a batch void, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Voided {
    pub at: Millis,
    pub by: String,
    pub reason: String,
}

/// What is asked of the log when a source's old events are to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetireOrder {
    /// Whose events.
    pub source: String,
    /// Up to when (exclusive): the first instant of a UTC day.
    pub before: Millis,
    /// How many days the source's policy keeps events; recorded, because it is what allowed the removal.
    pub keep_days: u32,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A retirement, as it is sealed: whole UTC days of a source whose events were removed and whose roots stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// Whose events.
    pub source: String,
    /// Events before this first instant of a UTC day are gone, in every batch that was there then; later imports leave
    /// out what lies before it.
    pub before: Millis,
    /// Days that the policy of the source kept events when this was done.
    pub keep_days: u32,
    /// Events that were removed, those of voided batches too.
    pub events: u64,
    /// Quarantined rows that were removed.
    pub rows: u64,
    /// When.
    pub at: Millis,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What the person who imports says, and what the file is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAbout {
    /// File name as given (without folders).
    pub file: String,
    /// SHA-256 of the file as given (compressed or not), hex.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Name of the mapping.
    pub mapping: String,
    /// SHA-256 of the mapping's text, hex.
    pub mapping_sha256: String,
    /// Account that imported.
    pub importer: String,
    /// Who exported it at the vendor, if told.
    pub exported_by: Option<String>,
    /// The vendor export's filters, if told.
    pub filters: Option<String>,
    /// How many rows the vendor said, if told.
    pub expected_rows: Option<u64>,
}

/// What became of the rows that were read: `read = added + repeated + quarantined + no_event + retired`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct RowCounts {
    pub read: u64,
    pub added: u64,
    pub repeated: u64,
    pub quarantined: u64,
    /// Rows that by design make no event.
    pub no_event: u64,
    /// Rows of days that this source's retention has retired: never taken in again, so that a file imported once more
    /// cannot bring back what was removed.
    #[serde(default)]
    pub retired: u64,
}

/// Size and root of the tree of batch records: what checkpoints sign and editions print.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Batch records.
    pub size: u64,
    /// RFC 6962 root, hex.
    pub root: String,
}

/// A rejected row with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedRow {
    /// Its number in the log's quarantine, from 1.
    pub id: u64,
    /// Batch that brought it.
    pub batch: u64,
    /// Source name.
    pub source: String,
    /// File name.
    pub file: String,
    /// The row and why.
    pub row: Rejected,
    /// The batch in which a retry brought it in, if one did and is not voided.
    pub settled_by: Option<u64>,
}

/// What an engine could not do now.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum LogError {
    #[error("the log cannot be read or written: {0}")]
    Storage(String),
    #[error("the log (var/log.sqlite) is damaged: {0}; put it back from a backup with `quarterday restore`")]
    Damaged(String),
    #[error("{0}")]
    Refused(String),
    #[error("the log is in use by another process ({0}): try again when that one is done")]
    Busy(String),
}

/// Asking the log.
pub trait AuditLog {
    /// Answers all queries, in one pass over the union of their spans. One table per query, in order.
    fn answer(&self, queries: &[Query], lens: &Lens) -> Result<Vec<Table>, LogError>;
    /// Events themselves, with everything that is kept of them.
    fn evidence(&self, query: &EvidenceQuery, lens: &Lens) -> Result<Evidence, LogError>;
    /// The numbers of those events alone, and how many there are in all: an engine that need not read the events does not.
    fn numbered(&self, query: &EvidenceQuery, lens: &Lens) -> Result<Numbered, LogError> {
        let Evidence { total, events } = self.evidence(query, lens)?;
        Ok(Numbered { total, numbers: events.into_iter().map(|event| event.number).collect() })
    }
    /// What is known of each source ever imported, in order of name.
    fn coverage(&self, span: Span, min_gap: Millis) -> Result<Vec<SourceCoverage>, LogError>;
    /// Every batch in order, voided ones too.
    fn batches(&self) -> Result<Vec<Batch>, LogError>;
    /// How many events each batch has in a span (those with none are absent, and voided ones).
    fn batch_counts(&self, span: Span) -> Result<BTreeMap<u64, u64>, LogError>;
    /// The head now.
    fn head(&self) -> Result<Head, LogError>;
    /// Every retirement, oldest first.
    fn retirements(&self) -> Result<Vec<Retired>, LogError>;
    /// Quarantined rows, oldest first; `open_only` leaves out those that a retry has settled and those of voided batches.
    fn quarantine(&self, open_only: bool) -> Result<Vec<QuarantinedRow>, LogError>;
}

/// Adding to the log.
pub trait Append {
    /// Adds what one file brings, whole or not at all: `feed` is called once with a sink for its rows. If `feed` fails,
    /// or the process dies, nothing is added. `now` is recorded as the time of import.
    /// `settles`: quarantined rows (ids) whose retry this batch is; refused unless each is an open one of this source.
    /// A batch that adds nothing is a batch too: it shows that the source was looked at.
    fn add_batch(
        &mut self,
        source: &Source,
        about: &BatchAbout,
        now: Millis,
        settles: &[u64],
        feed: &mut dyn FnMut(&mut dyn Sink) -> Result<(), String>,
    ) -> Result<Batch, LogError>;
    /// Declares a batch void: sealed and kept, out of every answer, free to be imported again. Refused if there is no
    /// such batch or it is void already.
    fn void(&mut self, batch: u64, now: Millis, by: &str, reason: &str) -> Result<(), LogError>;
    /// Removes the events of a source on all UTC days before an instant, from voided batches too, and its quarantined
    /// rows of those days; what is sealed of them (day roots, hashes of rows) stays, and who did it and why becomes a
    /// record. A row without a time is of those days if all events of its batch are (of a batch without events: if it was
    /// imported before).
    ///
    /// Texts that no remaining event has are removed as well. When a value that remaining events do have was first seen is
    /// kept, but no more exactly than "before"; for an actor, all spellings of one who remains are kept.
    ///
    /// Where there is nothing to remove, nothing is recorded, and the counts are 0. Refused: the instant is no beginning of
    /// a UTC day, or lies before what is retired already.
    fn retire(&mut self, order: &RetireOrder, now: Millis) -> Result<Retired, LogError>;
}

/// Whether an event may enter the log at all; the words say why not.
fn check_event(event: &Event) -> Result<(), String> {
    if (EARLIEST..LATEST).contains(&event.time) {
        Ok(())
    } else {
        Err(format!("line {}: the time is outside the years 1 to 9999", event.line))
    }
}

/// A retirement before anything is removed. Refused: no beginning of a UTC day; nothing to be done any more.
fn begin_retiring(order: &RetireOrder, already: Option<Millis>, now: Millis) -> Result<Retired, LogError> {
    if order.before.rem_euclid(roots::DAY) != 0 || !(EARLIEST..LATEST).contains(&order.before) {
        return Err(LogError::Refused("events are retired by whole UTC days of the years 1 to 9999".to_owned()));
    }
    if already.is_some_and(|already| already > order.before) {
        return Err(LogError::Refused(format!("events of {} were retired up to a later day already", order.source)));
    }
    Ok(Retired {
        source: order.source.clone(),
        before: order.before,
        keep_days: order.keep_days,
        events: 0,
        rows: 0,
        at: now,
        by: order.by.clone(),
        reason: order.reason.clone(),
    })
}

/// Takes the rows of one file, in the order of the file. What became of them is told by the batch: an engine may look at
/// a row later than it takes it.
pub trait Sink {
    /// An event. One that lies on a day that was retired is left out. The same event again is recognised by its id; where
    /// there is none (or an empty one), by its content (line and file aside) with the multiplicity that one file gives it: the k-th equal one of this file is a repeat
    /// if the source's batches that are not voided hold k of them already. Ids are per source; a second event with the
    /// same id is a repeat within one file too. Error: its time is outside [`EARLIEST`]..[`LATEST`], or the log
    /// cannot be written; the whole batch then fails.
    fn event(&mut self, event: Event) -> Result<(), String>;
    /// A row that could not be read. One that lies around a retired day is left out; one whose raw text this source has in
    /// quarantine already (settled or not, from a batch that is not voided) counts as repeated, with the multiplicity that one file gives it.
    fn rejected(&mut self, row: Rejected) -> Result<(), String>;
    /// A row that by design makes no event.
    fn no_event(&mut self) -> Result<(), String>;
}

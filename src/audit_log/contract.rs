//! Contract: what every engine must do, as cases that run over each of them, and random logs that must look the same.

mod cases;
mod dimensions;
mod random;
mod repeats;
mod retire;

use super::memory::MemoryLog;
use super::sealed::SealedLog;
use super::{Append, AuditLog, Batch, BatchAbout, Lens, LogError, RetireOrder, Retired, Sink};
use crate::calendar::zone::{Zone, ZoneRules};
use crate::calendar::{Millis, Span};
use crate::event::{ActionClass, Event, Origin, Outcome, Rejected};
use crate::query::{Count, Dimension, Filter, Measure, Query, Row};
use crate::source::{Records, Source};
use std::collections::BTreeSet;

/// All that is asked of an engine.
pub(super) trait Engine: AuditLog + Append {}
impl<T: AuditLog + Append> Engine for T {}

/// A sealed log with the folder that it lies in.
pub(super) struct InFolder {
    pub(super) log: SealedLog,
    pub(super) folder: tempfile::TempDir,
}

pub(super) fn sealed() -> InFolder {
    let folder = tempfile::tempdir().unwrap();
    let log = SealedLog::create(&folder.path().join("log")).unwrap();
    InFolder { log, folder }
}

/// Runs a case over each engine, as a test of its own.
macro_rules! for_each_engine {
    ($($case:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $case() { super::$case(&mut crate::audit_log::memory::MemoryLog::new()); })*
        }
        mod sealed {
            $(#[test] fn $case() { super::$case(&mut crate::audit_log::contract::sealed().log); })*
        }
    };
}
pub(super) use for_each_engine;

pub(super) const HOUR: Millis = 3_600_000;
pub(super) const DAY: Millis = 24 * HOUR;
/// 2026-03-02T00:00:00Z, a Monday.
pub(super) const MONDAY: Millis = 1_772_409_600_000;
pub(super) const ALWAYS: Span = Span { from: Millis::MIN, to: Millis::MAX };

pub(super) fn source(name: &str) -> Source {
    Source {
        name: name.to_owned(),
        title: name.to_uppercase(),
        records: Records { classes: ActionClass::ALL.into(), fields: BTreeSet::new() },
        rhythm: None,
        retention_days: None,
    }
}

pub(super) fn about(file: &str) -> BatchAbout {
    BatchAbout { file: file.to_owned(), importer: "test".to_owned(), ..BatchAbout::default() }
}

/// A plain event at a time, by somebody.
pub(super) fn event(time: Millis, actor: &str) -> Event {
    Event {
        id: None,
        time,
        time_written: format!("{time}"),
        actor: actor.to_owned(),
        action: "Updated".to_owned(),
        class: ActionClass::Update,
        module: "Deals".to_owned(),
        record: "1".to_owned(),
        record_name: String::new(),
        outcome: Outcome::Success,
        origin: Origin::default(),
        affected: None,
        changes: Vec::new(),
        details: Default::default(),
        line: 1,
    }
}

pub(super) fn rejected(raw: &str, around: Option<Millis>) -> Rejected {
    Rejected { line: 1, reason: "no time".to_owned(), raw: raw.to_owned(), around }
}

/// Imports events as one file at 1970 plus the batch's number.
pub(super) fn add(log: &mut impl Engine, name: &str, events: &[Event]) -> Batch {
    add_rows(log, name, events, &[], &[]).unwrap()
}

pub(super) fn add_rows(
    log: &mut impl Engine,
    name: &str,
    events: &[Event],
    rows: &[Rejected],
    settles: &[u64],
) -> Result<Batch, LogError> {
    let mut feed = |sink: &mut dyn Sink| {
        for event in events {
            sink.event(event.clone())?;
        }
        for row in rows {
            sink.rejected(row.clone())?;
        }
        Ok(())
    };
    log.add_batch(&source(name), &about("a.csv"), MONDAY, settles, &mut feed)
}

/// Retires a source's events before an instant.
pub(super) fn retire(log: &mut impl Engine, name: &str, before: Millis) -> Result<Retired, LogError> {
    let order = RetireOrder {
        source: name.to_owned(),
        before,
        keep_days: 30,
        by: "ann".to_owned(),
        reason: "policy".to_owned(),
    };
    log.retire(&order, MONDAY + 99 * DAY)
}

pub(super) fn query(span: Span, by: &[Dimension], counts: &[Count]) -> Query {
    Query {
        span,
        zone: Zone::utc(),
        filter: Filter::All,
        by: by.to_vec(),
        measures: counts.iter().map(|count| Measure { count: count.clone(), filter: Filter::All }).collect(),
    }
}

/// The answer to one query as `key | key: value value`.
pub(super) fn ask(log: &impl Engine, query: Query) -> Vec<String> {
    ask_through(log, query, &Lens::default())
}

pub(super) fn ask_through(log: &impl Engine, query: Query, lens: &Lens) -> Vec<String> {
    let tables = log.answer(&[query], lens).unwrap();
    assert_eq!(tables.len(), 1);
    let text = |row: &Row| {
        let values: Vec<String> = row.values.iter().map(i64::to_string).collect();
        format!("{}: {}", row.keys.join(" | "), values.join(" "))
    };
    tables[0].rows.iter().map(text).collect()
}

pub(super) fn berlin() -> Zone {
    ZoneRules::bundled().zone("Europe/Berlin").unwrap()
}

/// Both engines, kept alike.
pub(super) struct Both {
    pub(super) memory: MemoryLog,
    pub(super) sealed: InFolder,
}

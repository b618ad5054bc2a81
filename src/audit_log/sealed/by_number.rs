//! By number: events read by their addresses in the log.

use super::answer::segments_of;
use super::dictionary::Dictionaries;
use super::events;
use super::state::State;
use crate::audit_log::{LogError, StoredEvent};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// The events with these numbers, in their order; those that there are not are absent. All dictionaries must be loaded.
pub(super) fn events_of(
    db: &Connection,
    state: &State,
    texts: &Dictionaries,
    numbers: &[String],
) -> Result<Vec<StoredEvent>, LogError> {
    let wanted: Vec<(u64, u64)> = numbers.iter().filter_map(|number| parsed(number)).collect();
    let mut by_batch: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for (batch, index) in &wanted {
        by_batch.entry(*batch).or_default().insert(*index);
    }
    let mut found = BTreeMap::new();
    for (number, mut open) in by_batch {
        let Some(batch) = state.batch(number) else { continue };
        for segment in segments_of(db, number)? {
            if open.is_empty() {
                break;
            }
            if events::numbers(db, segment)?.is_disjoint(&open) {
                continue;
            }
            for (index, event) in events::load(db, segment, texts)? {
                if open.remove(&index) {
                    let source = batch.source.name.clone();
                    found.insert((number, index), StoredEvent { number: format!("{number}-{index}"), source, event });
                }
            }
        }
    }
    Ok(wanted.iter().filter_map(|at| found.get(at).cloned()).collect())
}

fn parsed(number: &str) -> Option<(u64, u64)> {
    let (batch, index) = number.split_once('-')?;
    Some((batch.parse().ok()?, index.parse().ok()?))
}

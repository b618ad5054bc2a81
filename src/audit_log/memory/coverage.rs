//! Coverage: what can be said of each source in a span, from all of its events' times.

use super::MemoryLog;
use crate::audit_log::{Batch, SourceCoverage};
use crate::calendar::{Millis, Span};
use std::collections::BTreeMap;

pub(super) fn coverage(log: &MemoryLog, span: Span, min_gap: Millis) -> Vec<SourceCoverage> {
    let mut sources: BTreeMap<&str, Vec<&Batch>> = BTreeMap::new();
    for batch in &log.batches {
        sources.entry(&batch.source.name).or_default().push(batch);
    }
    sources.into_iter().filter_map(|(name, batches)| of_source(log, name, &batches, span, min_gap)).collect()
}

fn of_source(log: &MemoryLog, name: &str, batches: &[&Batch], span: Span, min_gap: Millis) -> Option<SourceCoverage> {
    let newest_live = batches.iter().rev().find(|batch| batch.voided.is_none());
    let declared = newest_live.or(batches.last())?;
    let of_this = log.placed().filter(|placed| placed.batch.source.name == name);
    let mut times: Vec<Millis> = of_this.map(|placed| placed.event.time).collect();
    times.sort_unstable();
    let inside = || times.iter().copied().filter(|time| span.contains(*time));
    let mut edges = vec![Millis::MIN];
    edges.extend(&times);
    edges.push(Millis::MAX);
    let gaps = edges.windows(2).filter_map(|pair| match pair {
        [from, to] => Some(Span { from: *from, to: *to }),
        _ => None,
    });
    let gaps = gaps.filter(|gap| gap.to.saturating_sub(gap.from) >= min_gap && gap.from < gap.to && gap.meets(&span));
    let rejected = log.rows_now().filter(|row| row.source == name && row.settled_by.is_none()).filter(|row| {
        let Some(batch) = log.batches.iter().find(|batch| batch.number == row.batch && batch.voided.is_none()) else {
            return false;
        };
        match (row.row.around, batch.span) {
            (Some(around), _) => span.contains(around),
            (None, Some(of_batch)) => of_batch.meets(&span),
            (None, None) => span.from < batch.imported_at,
        }
    });
    Some(SourceCoverage {
        source: declared.source.clone(),
        events: inside().count() as u64,
        first: times.first().copied(),
        last: times.last().copied(),
        last_in_span: inside().next_back(),
        gaps: gaps.collect(),
        rejected: rejected.count() as u64,
        imported_at: newest_live.map(|batch| batch.imported_at),
        retired: log.newest_retired(name).filter(|retired| retired.before > span.from).cloned(),
    })
}

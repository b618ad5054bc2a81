//! Coverage: what is known of each source in a span. Only the times of segments that meet the span are read.

use super::answer::chunk::Segment;
use super::answer::segments;
use super::segment::{Columns, Heat, TIME};
use super::state::State;
use super::storage::{damaged, sql};
use crate::audit_log::{Batch, LogError, SourceCoverage};
use crate::calendar::{Millis, Span};
use rusqlite::Connection;
use std::collections::BTreeMap;

const ALWAYS: Span = Span { from: Millis::MIN, to: Millis::MAX };

/// What is known of each source, in order of name.
pub(super) fn coverage(
    db: &Connection,
    state: &State,
    span: Span,
    min_gap: Millis,
) -> Result<Vec<SourceCoverage>, LogError> {
    let mut sources: BTreeMap<&str, Vec<&Batch>> = BTreeMap::new();
    for batch in &state.batches {
        sources.entry(&batch.source.name).or_default().push(batch);
    }
    let mut segments_of: BTreeMap<&str, Vec<Segment>> = BTreeMap::new();
    for segment in segments(db, state, ALWAYS)? {
        if let Some(batch) = state.batch(segment.batch) {
            segments_of.entry(&batch.source.name).or_default().push(segment);
        }
    }
    let rejected = rejected(db, state, span)?;
    let mut all = Vec::new();
    for (name, batches) in sources {
        let newest_live = batches.iter().rev().find(|batch| batch.voided.is_none());
        let Some(declared) = newest_live.or(batches.last()) else { continue };
        let segments = segments_of.remove(name).unwrap_or_default();
        let times = Times::around(db, &segments, span)?;
        all.push(SourceCoverage {
            source: declared.source.clone(),
            events: times.inside.len() as u64,
            first: segments.iter().map(|segment| segment.span.from).min(),
            last: segments.iter().map(|segment| segment.span.to - 1).max(),
            last_in_span: times.inside.last().copied(),
            gaps: times.gaps(span, min_gap),
            rejected: rejected.get(name).copied().unwrap_or(0),
            imported_at: newest_live.map(|batch| batch.imported_at),
            retired: state.newest_retired(name).filter(|retired| retired.before > span.from).cloned(),
        });
    }
    Ok(all)
}

/// Times of a source in a span, in order, with those next to it.
struct Times {
    before: Millis,
    inside: Vec<Millis>,
    after: Millis,
}

impl Times {
    fn around(db: &Connection, segments: &[Segment], span: Span) -> Result<Times, LogError> {
        let mut times = Times { before: Millis::MIN, inside: Vec::new(), after: Millis::MAX };
        for segment in segments {
            let (earliest, latest) = (segment.span.from, segment.span.to - 1);
            if latest < span.from {
                times.before = times.before.max(latest);
            } else if earliest >= span.to {
                times.after = times.after.min(earliest);
            } else {
                for time in read_times(db, *segment)? {
                    if time < span.from {
                        times.before = times.before.max(time);
                    } else if time >= span.to {
                        times.after = times.after.min(time);
                    } else {
                        times.inside.push(time);
                    }
                }
            }
        }
        times.inside.sort_unstable();
        Ok(times)
    }

    fn gaps(&self, span: Span, min_gap: Millis) -> Vec<Span> {
        let mut gaps = Vec::new();
        let mut from = self.before;
        for to in self.inside.iter().copied().chain([self.after]) {
            let gap = Span { from, to };
            if from < to && to.saturating_sub(from) >= min_gap && gap.meets(&span) {
                gaps.push(gap);
            }
            from = to;
        }
        gaps
    }
}

/// The times of a segment's events.
pub(super) fn read_times(db: &Connection, segment: Segment) -> Result<Vec<Millis>, LogError> {
    let mut find = db.prepare_cached("SELECT body FROM hot WHERE segment = ?1").map_err(sql)?;
    let mut rows = find.query([segment.id]).map_err(sql)?;
    let row =
        rows.next().map_err(sql)?.ok_or_else(|| LogError::Damaged(format!("{segment}: its hot part is missing")))?;
    let body = row.get_ref(0).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
    Columns::open(Heat::Hot, body, segment.events).and_then(|columns| columns.numbers(TIME)).map_err(damaged(segment))
}

/// Open rejected rows that fall into a span, by source.
fn rejected<'s>(db: &Connection, state: &'s State, span: Span) -> Result<BTreeMap<&'s str, u64>, LogError> {
    let mut counts = BTreeMap::new();
    let mut find = db.prepare_cached("SELECT id, batch, around FROM quarantine").map_err(sql)?;
    let mut rows = find.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, batch, around): (i64, i64, Option<i64>) = row.try_into().map_err(sql)?;
        let Some(batch) = state.batch(batch as u64).filter(|batch| batch.voided.is_none()) else { continue };
        let falls_into = match (around, batch.span) {
            (Some(around), _) => span.contains(around),
            (None, Some(of_batch)) => of_batch.meets(&span),
            (None, None) => span.from < batch.imported_at,
        };
        if falls_into && state.settled_by(id as u64).is_none() {
            *counts.entry(batch.source.name.as_str()).or_default() += 1;
        }
    }
    Ok(counts)
}

/// How many events each batch that counts has in a span.
pub(super) fn batch_counts(db: &Connection, state: &State, span: Span) -> Result<BTreeMap<u64, u64>, LogError> {
    let mut counts = BTreeMap::new();
    for segment in segments(db, state, span)? {
        let inside = if span.from <= segment.span.from && segment.span.to <= span.to {
            segment.events as u64
        } else {
            read_times(db, segment)?.into_iter().filter(|time| span.contains(*time)).count() as u64
        };
        if inside > 0 {
            *counts.entry(segment.batch).or_default() += inside;
        }
    }
    Ok(counts)
}

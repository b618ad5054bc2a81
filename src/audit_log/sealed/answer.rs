//! Answer: all questions in one pass over the segments that meet any of their spans.

mod burst;
mod cells;
pub(super) mod chunk;
mod codes;
mod columns;
mod cube;
mod firsts;
mod fold;
mod groups;
mod plan;
mod select;
mod tables;
pub(super) mod world;

use super::segment::INDEX;
use super::state::State;
use super::storage::sql;
use crate::audit_log::LogError;
use crate::audit_log::roots::day_of;
use crate::calendar::{Millis, Span};
use crate::query::{EvidenceQuery, Query, Table};
use chunk::{Chunk, Segment};
use firsts::Firsts;
use fold::Folds;
use plan::Plan;
use rusqlite::Connection;
use std::collections::BinaryHeap;
use tables::BurstCodes;
use world::World;

/// More events than any segment has: beyond it, its row in the file is damaged.
const MOST_EVENTS: i64 = 1 << 20;

/// The segments of batches that count which may have events in a span, in order of batch, day and part.
pub(super) fn segments(db: &Connection, state: &State, span: Span) -> Result<Vec<Segment>, LogError> {
    if span.from >= span.to {
        return Ok(Vec::new());
    }
    let days = (day_of(span.from), day_of(span.to - 1));
    let mut segments = read_segments(db, "day BETWEEN ?1 AND ?2", days)?;
    segments.retain(|segment| state.is_live(segment.batch) && segment.span.meets(&span));
    Ok(segments)
}

/// All segments of the file, those of voided batches too.
pub(super) fn segments_everywhere(db: &Connection) -> Result<Vec<Segment>, LogError> {
    read_segments(db, "?1", [1])
}

/// The segments of a batch, in order of day and part.
pub(super) fn segments_of(db: &Connection, batch: u64) -> Result<Vec<Segment>, LogError> {
    read_segments(db, "batch = ?1", [batch as i64])
}

fn read_segments(db: &Connection, which: &str, values: impl rusqlite::Params) -> Result<Vec<Segment>, LogError> {
    let statement = format!(
        "SELECT id, batch, day, part, events, earliest, latest FROM segments WHERE {which} ORDER BY batch, day, part"
    );
    let mut find = db.prepare_cached(&statement).map_err(sql)?;
    let mut rows = find.query(values).map_err(sql)?;
    let mut segments = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, batch, day, part, events, earliest, latest): (i64, i64, i64, i64, i64, i64, i64) =
            row.try_into().map_err(sql)?;
        if !(1..=MOST_EVENTS).contains(&events) {
            return Err(LogError::Damaged(format!("segment {part} of day {day} of batch {batch}: {events} events")));
        }
        let span = Span { from: earliest, to: latest.saturating_add(1) };
        segments.push(Segment { id, batch: batch as u64, day, part, events: events as usize, span });
    }
    Ok(segments)
}

/// One table for each query.
pub(super) fn answer(world: &mut World<'_>, queries: &[Query]) -> Result<Vec<Table>, LogError> {
    let mut plan = Plan::default();
    let mut folds = Folds::default();
    for query in queries {
        folds.add(&mut plan, world, query)?;
    }
    let segments = in_order_of_time(world, queries)?;
    if let Some(days) = days_of(&segments) {
        plan.columns.iter_mut().for_each(|column| column.expect_days(days.0, days.1));
    }
    let events = |span: Span| {
        let inside = segments.iter().filter(|segment| segment.span.meets(&span));
        inside.map(|segment| segment.events).sum()
    };
    folds.arrange(&plan, world, events);
    for (at, segment) in segments.iter().enumerate() {
        let mut chunk = Chunk::load(world, *segment)?;
        let next = segments.get(at + 1).map_or(Millis::MAX, |next| next.span.from);
        folds.take(&mut plan, world, &mut chunk, next)?;
    }
    let bursts: Vec<_> = std::mem::take(&mut folds.bursts).into_iter().map(BurstCodes::finish).collect();
    let counted = tables::counted(&folds, &plan, world);
    let firsts = Firsts::learn(&folds, &counted, &mut plan, world)?;
    Ok(folds.folds.iter().map(|fold| tables::table(fold, &counted, &bursts, &firsts, &plan, world)).collect())
}

/// The segments that meet the span of any question, the earliest first.
fn in_order_of_time(world: &World<'_>, queries: &[Query]) -> Result<Vec<Segment>, LogError> {
    let spans = || queries.iter().map(|query| query.span).filter(|span| span.from < span.to);
    let Some(union) = spans().reduce(|one, other| one.cover(&other)) else { return Ok(Vec::new()) };
    let mut segments = segments(world.db, world.state, union)?;
    segments.retain(|segment| spans().any(|span| span.meets(&segment.span)));
    segments.sort_by_key(|segment| (segment.span.from, segment.span.to));
    Ok(segments)
}

/// The first and the last civil day that these segments can have in any zone, counted from 1970-01-01.
fn days_of(segments: &[Segment]) -> Option<(i64, i64)> {
    let first = segments.iter().map(|segment| day_of(segment.span.from)).min()?;
    let last = segments.iter().map(|segment| day_of(segment.span.to)).max()?;
    // No zone is two days away from UTC.
    Some((first.saturating_sub(2), last.saturating_add(2)))
}

/// Where an event lies: time, batch, number in the batch, then its segment and place there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) time: Millis,
    pub(super) batch: u64,
    pub(super) index: i64,
    pub(super) segment: usize,
    pub(super) place: usize,
}

/// How many events pass, the first of them in order, and the segments in which they lie.
pub(super) fn find(world: &mut World<'_>, query: &EvidenceQuery) -> Result<(u64, Vec<Found>, Vec<Segment>), LogError> {
    let mut plan = Plan::default();
    let zone = world.zone(&query.zone);
    let filter = plan.filter(world, &query.filter, zone)?;
    let segments = segments(world.db, world.state, query.span)?;
    let mut total = 0;
    // The latest of those kept is on top, to give way to an earlier one.
    let mut kept: BinaryHeap<Found> = BinaryHeap::new();
    for (number, segment) in segments.iter().enumerate() {
        let mut chunk = Chunk::load(world, *segment)?;
        let selection = fold::selected(&mut plan, world, &mut chunk, query.span, filter)?;
        total += selection.len() as u64;
        if selection.is_empty() || query.limit == 0 {
            continue;
        }
        let times = chunk.times()?;
        let indices = chunk.hot_numbers(INDEX)?;
        for event in selection.events().iter() {
            let place = *event as usize;
            if let (Some(time), Some(index)) = (times.get(place), indices.get(place)) {
                let found = Found { time: *time, batch: segment.batch, index: *index, segment: number, place };
                if kept.len() < query.limit {
                    kept.push(found);
                } else if kept.peek().is_some_and(|latest| found < *latest) {
                    kept.pop();
                    kept.push(found);
                }
            }
        }
    }
    Ok((total, kept.into_sorted_vec(), segments))
}

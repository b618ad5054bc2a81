//! Answer: all questions in one pass over the segments that meet any of their spans.

pub(super) mod chunk;
mod columns;
mod fold;
mod groups;
mod plan;
pub(super) mod world;

use super::firsts;
use super::segment::{INDEX, Kind};
use super::state::State;
use super::storage::sql;
use crate::audit_log::LogError;
use crate::audit_log::roots::day_of;
use crate::calendar::{Millis, Span};
use crate::query::{Dimension, EvidenceQuery, Field, Query, Table};
use chunk::{Chunk, Segment};
use columns::{Column, kind_of};
use fold::Fold;
use plan::Plan;
use rusqlite::Connection;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
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
    let mut folds = Vec::new();
    for query in queries {
        folds.push(Fold::new(&mut plan, world, query)?);
    }
    let spans = || queries.iter().map(|query| query.span).filter(|span| span.from < span.to);
    if let Some(union) = spans().reduce(|one, other| one.cover(&other)) {
        for segment in segments(world.db, world.state, union)? {
            if !spans().any(|span| span.meets(&segment.span)) {
                continue;
            }
            let mut chunk = Chunk::load(world, segment)?;
            for fold in folds.iter_mut().filter(|fold| fold.span.meets(&segment.span)) {
                fold.take(&mut plan, world, &mut chunk)?;
            }
        }
    }
    let asked: BTreeSet<usize> = folds.iter().flat_map(Fold::first_seen_columns).collect();
    let firsts = first_seen(world, &mut plan, asked)?;
    Ok(folds.into_iter().map(|fold| fold.finish(&plan, world, &firsts)).collect())
}

/// When the values of each column were first seen in the whole log, by code.
fn first_seen(
    world: &World<'_>,
    plan: &mut Plan,
    asked: BTreeSet<usize>,
) -> Result<HashMap<usize, Vec<Option<Millis>>>, LogError> {
    let mut all = HashMap::new();
    let mut to_be_scanned = Vec::new();
    for place in asked {
        match plan.columns.get(place).map(|column| kept_firsts(world, column)).transpose()?.flatten() {
            Some(firsts) => {
                all.insert(place, firsts);
            }
            None => to_be_scanned.push(place),
        }
    }
    if !to_be_scanned.is_empty() {
        // What the directory or a zone says of an event is not kept with the log: every event is looked at.
        for segment in segments(world.db, world.state, Span { from: Millis::MIN, to: Millis::MAX })? {
            let mut chunk = Chunk::load(world, segment)?;
            let times = chunk.times();
            for place in &to_be_scanned {
                let codes = chunk.codes(world, &mut plan.columns, *place)?;
                let firsts = all.entry(*place).or_default();
                codes.iter().zip(times.iter()).for_each(|(code, time)| earlier(firsts, *code, *time));
            }
        }
    }
    Ok(all)
}

fn earlier(firsts: &mut Vec<Option<Millis>>, code: u32, time: Millis) {
    let at = code as usize;
    if at >= firsts.len() {
        firsts.resize(at + 1, None);
    }
    if let Some(first) = firsts.get_mut(at) {
        *first = Some(first.map_or(time, |first| first.min(time)));
    }
}

/// What import has kept of a column; `None` where it keeps nothing.
fn kept_firsts(world: &World<'_>, column: &Column) -> Result<Option<Vec<Option<Millis>>>, LogError> {
    let Dimension::Field(field) = column.dimension else { return Ok(None) };
    let mut all = Vec::new();
    let place = match field {
        Field::Source => {
            for batch in world.state.live() {
                if let (Ok(code), Some(span)) = (world.sources.binary_search(&batch.source.name), batch.span) {
                    earlier(&mut all, code as u32, span.from);
                }
            }
            return Ok(Some(all));
        }
        Field::Actor => Kind::Actor as usize,
        Field::ActionClass => firsts::CLASS,
        Field::Outcome => firsts::OUTCOME,
        _ => match kind_of(field) {
            Some(kind) => kind as usize,
            None => return Ok(None),
        },
    };
    let of_spelling = world.actors().filter(|_| field == Field::Actor).map(|actors| &actors.of_spelling);
    firsts::each(
        world.db,
        place,
        |batch| world.state.is_live(batch),
        |code, time| match of_spelling {
            Some(persons) => {
                if let Some(person) = persons.get(code as usize) {
                    earlier(&mut all, *person, time);
                }
            }
            None => earlier(&mut all, code, time),
        },
    )?;
    Ok(Some(all))
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
        let times = chunk.times();
        let inside = |event: &u32| times.get(*event as usize).is_some_and(|time| query.span.contains(*time));
        let mut events: Vec<u32> = (0..times.len() as u32).filter(inside).collect();
        fold::keep(&mut plan, world, &mut chunk, filter, &mut events)?;
        total += events.len() as u64;
        let indices = chunk.hot_numbers(INDEX)?;
        for event in events {
            let place = event as usize;
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

//! Fold: one question while events go by: its groups, and what is counted in each.

use super::chunk::Chunk;
use super::groups::{Groups, Pairs, Quick, pair, split};
use super::plan::Plan;
use super::world::World;
use crate::audit_log::LogError;
use crate::calendar::{Millis, Span};
use crate::query::{Count, Dimension, Query, Row, Table};
use std::collections::HashMap;

/// A question with what was counted so far.
pub(super) struct Fold {
    pub(super) span: Span,
    filter: Option<usize>,
    by: Vec<usize>,
    groups: Groups,
    measures: Vec<Tally>,
}

/// A measure with what was counted so far.
struct Tally {
    filter: Option<usize>,
    counting: Counting,
}

enum Counting {
    Events(Vec<i64>),
    Affected(Vec<i64>),
    Distinct { column: usize, pairs: Pairs },
    FirstSeen { column: usize, pairs: Pairs },
    Burst { window: Millis, times: Vec<(u32, Millis)> },
    Percentile { column: usize, percent: u8, counts: HashMap<u64, i64, Quick> },
}

impl Fold {
    pub(super) fn new(plan: &mut Plan, world: &mut World<'_>, query: &Query) -> Result<Fold, LogError> {
        let zone = world.zone(&query.zone);
        let filter = plan.filter(world, &query.filter, zone)?;
        let mut by = Vec::new();
        for dimension in &query.by {
            by.push(plan.column(world, *dimension, zone, true)?);
        }
        let mut measures = Vec::new();
        for measure in &query.measures {
            let filter = plan.filter(world, &measure.filter, zone)?;
            let mut column = |field| plan.column(world, Dimension::Field(field), zone, false);
            let counting = match measure.count {
                Count::Events => Counting::Events(Vec::new()),
                Count::Affected => Counting::Affected(Vec::new()),
                Count::Distinct(field) => Counting::Distinct { column: column(field)?, pairs: Pairs::default() },
                Count::FirstSeen(field) => Counting::FirstSeen { column: column(field)?, pairs: Pairs::default() },
                Count::Burst(window) => Counting::Burst { window, times: Vec::new() },
                Count::Percentile(field, percent) => {
                    Counting::Percentile { column: column(field)?, percent, counts: HashMap::default() }
                }
            };
            measures.push(Tally { filter, counting });
        }
        let groups = Groups::new(by.len());
        Ok(Fold { span: query.span, filter, by, groups, measures })
    }

    /// Columns of which it must be known when each value was first seen.
    pub(super) fn first_seen_columns(&self) -> impl Iterator<Item = usize> {
        self.measures.iter().filter_map(|tally| match tally.counting {
            Counting::FirstSeen { column, .. } => Some(column),
            _ => None,
        })
    }

    /// Counts the events of a chunk.
    pub(super) fn take(&mut self, plan: &mut Plan, world: &World<'_>, chunk: &mut Chunk) -> Result<(), LogError> {
        let times = chunk.times();
        let inside = |event: &u32| times.get(*event as usize).is_some_and(|time| self.span.contains(*time));
        let mut events: Vec<u32> = (0..times.len() as u32).filter(inside).collect();
        keep(plan, world, chunk, self.filter, &mut events)?;
        if events.is_empty() {
            return Ok(());
        }
        let mut groups = vec![0; events.len()];
        for (level, column) in self.by.iter().enumerate() {
            let codes = chunk.codes(world, &mut plan.columns, *column)?;
            self.groups.refine(level, &codes, &events, &mut groups);
        }
        let count = self.groups.count();
        for tally in &mut self.measures {
            let mut passing;
            let mut passing_groups;
            let (events, groups) = match tally.filter {
                None => (&events, &groups),
                Some(place) => {
                    let mask = plan.evaluate(world, chunk, place)?;
                    passing = Vec::new();
                    passing_groups = Vec::new();
                    for (event, group) in events.iter().zip(&groups) {
                        if mask.get(*event as usize).copied().unwrap_or(false) {
                            passing.push(*event);
                            passing_groups.push(*group);
                        }
                    }
                    (&passing, &passing_groups)
                }
            };
            tally.counting.take(plan, world, chunk, events, groups, count)?;
        }
        Ok(())
    }

    /// The answer. `firsts` tells when the values of a column were first seen, by code.
    pub(super) fn finish(self, plan: &Plan, world: &World<'_>, firsts: &HashMap<usize, Vec<Option<Millis>>>) -> Table {
        let count = self.groups.count();
        let columns: Vec<Vec<i64>> = self
            .measures
            .into_iter()
            .map(|tally| tally.counting.finish(plan, world, firsts, self.span, count))
            .collect();
        let value = |column: &Vec<i64>, group: usize| column.get(group).copied().unwrap_or(0);
        let mut rows: Vec<Row> = (0..count)
            .map(|group| {
                let codes = self.groups.codes(group);
                let label = |(place, code): (&usize, u32)| {
                    plan.columns.get(*place).map(|column| column.label(world, code)).unwrap_or_default()
                };
                Row {
                    keys: self.by.iter().zip(codes).map(label).collect(),
                    values: columns.iter().map(|column| value(column, group)).collect(),
                }
            })
            .collect();
        rows.sort_unstable_by(|one, other| one.keys.cmp(&other.keys));
        Table { rows }
    }
}

/// Leaves only the events that pass a filter.
pub(super) fn keep(
    plan: &mut Plan,
    world: &World<'_>,
    chunk: &mut Chunk,
    filter: Option<usize>,
    events: &mut Vec<u32>,
) -> Result<(), LogError> {
    if let Some(place) = filter {
        let mask = plan.evaluate(world, chunk, place)?;
        events.retain(|event| mask.get(*event as usize).copied().unwrap_or(false));
    }
    Ok(())
}

impl Counting {
    fn take(
        &mut self,
        plan: &mut Plan,
        world: &World<'_>,
        chunk: &mut Chunk,
        events: &[u32],
        groups: &[u32],
        count: usize,
    ) -> Result<(), LogError> {
        let pairs = || events.iter().zip(groups);
        match self {
            Counting::Events(totals) => {
                totals.resize(count, 0);
                for group in groups {
                    if let Some(total) = totals.get_mut(*group as usize) {
                        *total += 1;
                    }
                }
            }
            Counting::Affected(totals) => {
                totals.resize(count, 0);
                let affected = chunk.affected()?;
                for (event, group) in pairs() {
                    if let (Some(total), Some(number)) =
                        (totals.get_mut(*group as usize), affected.get(*event as usize))
                    {
                        *total = total.saturating_add(*number);
                    }
                }
            }
            Counting::Distinct { column, pairs: seen } | Counting::FirstSeen { column, pairs: seen } => {
                let codes = chunk.codes(world, &mut plan.columns, *column)?;
                for (event, group) in pairs() {
                    if let Some(code) = codes.get(*event as usize) {
                        seen.push(pair(*group, *code));
                    }
                }
                seen.settle();
            }
            Counting::Burst { times, .. } => {
                let all = chunk.times();
                times.extend(pairs().filter_map(|(event, group)| Some((*group, *all.get(*event as usize)?))));
            }
            Counting::Percentile { column, counts, .. } => {
                let codes = chunk.codes(world, &mut plan.columns, *column)?;
                for (event, group) in pairs() {
                    if let Some(code) = codes.get(*event as usize) {
                        *counts.entry(pair(*group, *code)).or_default() += 1;
                    }
                }
            }
        }
        Ok(())
    }

    /// One number for each group.
    fn finish(
        self,
        plan: &Plan,
        world: &World<'_>,
        firsts: &HashMap<usize, Vec<Option<Millis>>>,
        span: Span,
        count: usize,
    ) -> Vec<i64> {
        let is_value =
            |column: usize, code: u32| plan.columns.get(column).is_some_and(|column| column.is_value(world, code));
        let mut totals = vec![0; count];
        let mut add = |group: u32, number: i64| {
            if let Some(total) = totals.get_mut(group as usize) {
                *total += number;
            }
        };
        match self {
            Counting::Events(mut counted) | Counting::Affected(mut counted) => {
                counted.resize(count, 0);
                return counted;
            }
            Counting::Distinct { column, pairs } => {
                for (group, code) in pairs.distinct() {
                    add(group, i64::from(is_value(column, code)));
                }
            }
            Counting::FirstSeen { column, pairs } => {
                let firsts = firsts.get(&column);
                let first = |code: u32| firsts.and_then(|firsts| firsts.get(code as usize).copied().flatten());
                for (group, code) in pairs.distinct() {
                    let new = first(code).is_some_and(|time| span.contains(time));
                    add(group, i64::from(new && is_value(column, code)));
                }
            }
            Counting::Burst { window, mut times } => {
                times.sort_unstable();
                for group in times.chunk_by(|one, other| one.0 == other.0) {
                    let most = most_in(group, window);
                    add(group.first().map_or(0, |(group, _)| *group), most);
                }
            }
            Counting::Percentile { column, percent, counts } => {
                let mut per_value: Vec<(u32, i64)> = counts
                    .into_iter()
                    .map(|(pair, number)| (split(pair), number))
                    .filter(|((_, code), _)| is_value(column, *code))
                    .map(|((group, _), number)| (group, number))
                    .collect();
                per_value.sort_unstable();
                for group in per_value.chunk_by(|one, other| one.0 == other.0) {
                    let rank = (group.len() * usize::from(percent.min(100))).div_ceil(100).max(1);
                    if let Some((group, number)) = group.get(rank - 1) {
                        add(*group, *number);
                    }
                }
            }
        }
        totals
    }
}

/// Most of these times, which are in order, in any window.
fn most_in(times: &[(u32, Millis)], window: Millis) -> i64 {
    if window <= 0 {
        return 0;
    }
    let mut from = 0;
    let mut most = 0;
    for (to, (_, time)) in times.iter().enumerate() {
        while times.get(from).is_some_and(|(_, first)| time.saturating_sub(*first) >= window) {
            from += 1;
        }
        most = most.max(to + 1 - from);
    }
    most as i64
}

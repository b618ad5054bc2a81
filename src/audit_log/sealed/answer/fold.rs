//! Fold: the questions taken apart into what must be counted, laid together where one count serves several, and read from
//! the counts at the end.

use super::burst::Bursts;
use super::cells::{Cells, Visitor};
use super::chunk::Chunk;
use super::cube::Cube;
use super::plan::Plan;
use super::select::Selection;
use super::world::World;
use crate::audit_log::LogError;
use crate::calendar::{Millis, Span};
use crate::query::{Count, Dimension, Filter, Query};

/// Cells that are numbered by arithmetic at most.
const MOST_CELLS: usize = 1 << 23;
/// The same where records affected are summed too.
const MOST_SUMS: usize = 1 << 20;

/// What must be counted for a measure, or for which groups there are.
#[derive(Clone, PartialEq)]
pub(super) struct Need {
    pub(super) span: Span,
    filter: Option<usize>,
    /// Each once: those of the rows, then the one whose values are counted.
    pub(super) columns: Vec<usize>,
    /// A filter on one column that comes in runs: it is counted by that column, and left out at the end.
    pub(super) only: Option<(usize, usize)>,
    affected: bool,
}

/// A question, in needs.
pub(super) struct Fold {
    pub(super) span: Span,
    /// Columns of the rows.
    pub(super) by: Vec<usize>,
    /// Which groups there are.
    pub(super) groups: usize,
    pub(super) tallies: Vec<Tally>,
}

/// A measure, in needs (or, for a burst, the place of what counts it).
#[derive(Clone, Copy)]
pub(super) enum Tally {
    Events(usize),
    Affected(usize),
    Distinct { need: usize, column: usize },
    FirstSeen { need: usize, column: usize },
    Percentile { need: usize, column: usize, percent: u8 },
    Burst(usize),
}

/// Bursts of groups.
pub(super) struct BurstCount {
    span: Span,
    filter: Option<usize>,
    columns: Vec<usize>,
    pub(super) cells: Cells,
    pub(super) bursts: Bursts,
}

/// Everything that is counted.
#[derive(Default)]
pub(super) struct Folds {
    pub(super) folds: Vec<Fold>,
    pub(super) needs: Vec<Need>,
    /// By need: the place of its cube.
    pub(super) cube_of: Vec<usize>,
    pub(super) cubes: Vec<Cube>,
    /// Span, filter, columns of the rows and window, until the sizes of columns are known.
    wanted_bursts: Vec<(Span, Option<usize>, Vec<usize>, Millis)>,
    pub(super) bursts: Vec<BurstCount>,
}

impl Folds {
    /// Takes a question apart.
    pub(super) fn add(&mut self, plan: &mut Plan, world: &mut World<'_>, query: &Query) -> Result<(), LogError> {
        let zone = world.zone(&query.zone);
        let mut by = Vec::new();
        for dimension in &query.by {
            by.push(plan.column(world, *dimension, zone, true)?);
        }
        let groups = self.need(plan, world, (query.span, &query.filter, zone), &by, None, false)?;
        let mut tallies = Vec::new();
        for measure in &query.measures {
            let filter = query.filter.clone().and(measure.filter.clone());
            let which = (query.span, &filter, zone);
            let mut column = |field| plan.column(world, Dimension::Field(field), zone, false);
            tallies.push(match measure.count {
                Count::Events => Tally::Events(self.need(plan, world, which, &by, None, false)?),
                Count::Affected => Tally::Affected(self.need(plan, world, which, &by, None, true)?),
                Count::Distinct(field) => {
                    let column = column(field)?;
                    Tally::Distinct { need: self.need(plan, world, which, &by, Some(column), false)?, column }
                }
                Count::FirstSeen(field) => {
                    let column = column(field)?;
                    Tally::FirstSeen { need: self.need(plan, world, which, &by, Some(column), false)?, column }
                }
                Count::Percentile(field, percent) => {
                    let column = column(field)?;
                    let need = self.need(plan, world, which, &by, Some(column), false)?;
                    Tally::Percentile { need, column, percent }
                }
                Count::Burst(window) => {
                    let filter = plan.filter(world, &filter, zone)?;
                    let wanted = (query.span, filter, once(&by), window);
                    let known = self.wanted_bursts.iter().position(|other| *other == wanted);
                    Tally::Burst(known.unwrap_or_else(|| {
                        self.wanted_bursts.push(wanted);
                        self.wanted_bursts.len() - 1
                    }))
                }
            });
        }
        self.folds.push(Fold { span: query.span, by, groups, tallies });
        Ok(())
    }

    fn need(
        &mut self,
        plan: &mut Plan,
        world: &mut World<'_>,
        (span, filter, zone): (Span, &Filter, usize),
        by: &[usize],
        counted: Option<usize>,
        affected: bool,
    ) -> Result<usize, LogError> {
        let mut filter = plan.filter(world, filter, zone)?;
        let columns: Vec<usize> = by.iter().copied().chain(counted).collect();
        let mut only = None;
        if let Some(place) = filter
            && let Some((column, _)) = plan.of_one_column(place)
            && plan.columns.get(column).is_some_and(|column| column.comes_in_runs(world))
        {
            only = Some((column, place));
            filter = None;
        }
        let need = Need { span, filter, columns: once(&columns), only, affected };
        Ok(self.needs.iter().position(|other| *other == need).unwrap_or_else(|| {
            self.needs.push(need);
            self.needs.len() - 1
        }))
    }

    /// Lays needs together into cubes. `events` tells about how many events a span has.
    pub(super) fn arrange(&mut self, plan: &Plan, world: &World<'_>, events: impl Fn(Span) -> usize) {
        let runs = |column: &usize| plan.columns.get(*column).is_some_and(|column| column.comes_in_runs(world));
        let size = |column: usize| plan.columns.get(column).and_then(|column| column.size(world));
        let cells = |columns: &[usize]| {
            columns.iter().try_fold(1usize, |cells, column| cells.checked_mul(size(*column)?.max(1)))
        };
        struct Planned {
            span: Span,
            filter: Option<usize>,
            columns: Vec<usize>,
            affected: bool,
        }
        let columns_of = |need: &Need| {
            let columns: Vec<usize> = need.columns.iter().copied().chain(need.only.map(|(column, _)| column)).collect();
            once(&columns)
        };
        let mut order: Vec<usize> = (0..self.needs.len()).collect();
        order.sort_by_key(|place| {
            let columns = self.needs.get(*place).map(columns_of).unwrap_or_default();
            std::cmp::Reverse(cells(&columns).unwrap_or(usize::MAX))
        });
        let mut planned: Vec<Planned> = Vec::new();
        self.cube_of = vec![0; self.needs.len()];
        for place in order {
            let Some(need) = self.needs.get(place) else { continue };
            let columns = columns_of(need);
            let cheap = columns.iter().all(runs);
            let most = if need.affected { MOST_SUMS } else { MOST_CELLS };
            let joined = |cube: &Planned| -> Option<Vec<usize>> {
                if cube.span != need.span || cube.filter != need.filter {
                    return None;
                }
                let both: Vec<usize> = once(&cube.columns.iter().chain(&columns).copied().collect::<Vec<_>>());
                let same = both.len() == columns.len() && both.len() == cube.columns.len();
                if same {
                    return Some(both);
                }
                let most = if cube.affected { most.min(MOST_SUMS) } else { most };
                let (together, apart) = (cells(&both)?, cells(&cube.columns)?.checked_add(cells(&columns)?)?);
                // A pass over the events against a walk over more cells.
                let saved = events(need.span) / if need.filter.is_some() { 32 } else { 4 };
                let fits = together <= most && together <= apart.saturating_add(saved);
                (fits && !cheap && !cube.columns.iter().all(runs)).then_some(both)
            };
            let found = planned.iter().enumerate().find_map(|(at, cube)| joined(cube).map(|both| (at, both)));
            let at = match found {
                Some((at, both)) => {
                    if let Some(cube) = planned.get_mut(at) {
                        cube.columns = both;
                        cube.affected |= need.affected;
                    }
                    at
                }
                None => {
                    planned.push(Planned { span: need.span, filter: need.filter, columns, affected: need.affected });
                    planned.len() - 1
                }
            };
            if let Some(cube) = self.cube_of.get_mut(place) {
                *cube = at;
            }
        }
        let number = |columns: &mut Vec<usize>, most: usize| {
            // Columns that come in runs first: the others' cells then lie close together.
            columns.sort_by_key(|column| !runs(column));
            let sizes: Option<Vec<usize>> = columns.iter().map(|column| size(*column)).collect();
            match sizes {
                Some(sizes) if cells(columns).is_some_and(|cells| cells <= most) => Cells::dense(&sizes),
                None if columns.len() == 1 => Cells::growing(),
                _ => Cells::sparse(columns.len()),
            }
        };
        for mut cube in planned {
            let cells = number(&mut cube.columns, if cube.affected { MOST_SUMS } else { MOST_CELLS });
            self.cubes.push(Cube::new(cube.span, cube.filter, cube.columns, cells, cube.affected));
        }
        for (span, filter, mut columns, window) in std::mem::take(&mut self.wanted_bursts) {
            let cells = number(&mut columns, MOST_SUMS);
            self.bursts.push(BurstCount { span, filter, columns, cells, bursts: Bursts::new(window) });
        }
    }

    /// Counts the events of a chunk. `next`: no event of a later chunk is before this instant.
    pub(super) fn take(
        &mut self,
        plan: &mut Plan,
        world: &World<'_>,
        chunk: &mut Chunk,
        next: Millis,
    ) -> Result<(), LogError> {
        let segment = chunk.segment.span;
        for cube in self.cubes.iter_mut().filter(|cube| cube.span.meets(&segment)) {
            let selection = selected(plan, world, chunk, cube.span, cube.filter)?;
            cube.take(plan, world, chunk, &selection)?;
        }
        for count in &mut self.bursts {
            if !count.span.meets(&segment) {
                continue;
            }
            let selection = selected(plan, world, chunk, count.span, count.filter)?;
            let in_order = chunk.is_sorted()? && segment.to - 1 <= next && !count.bursts.is_waiting();
            let times = chunk.times()?;
            let mut visitor = Timed { times: &times, bursts: &mut count.bursts, in_order };
            count.cells.each(plan, world, chunk, &count.columns, &selection, &mut visitor)?;
            count.bursts.settle(next);
        }
        Ok(())
    }
}

impl BurstCount {
    /// Columns, in the order of the cells' codes.
    pub(super) fn columns(&self) -> &[usize] {
        &self.columns
    }
}

struct Timed<'a> {
    times: &'a [Millis],
    bursts: &'a mut Bursts,
    in_order: bool,
}

impl Visitor for Timed<'_> {
    #[inline(always)]
    fn event(&mut self, event: u32, cell: usize) {
        let time = self.times.get(event as usize).copied().unwrap_or(0);
        if self.in_order { self.bursts.push(time, cell) } else { self.bursts.wait(time, cell) }
    }
}

/// The events of a chunk in a span that pass a filter.
pub(super) fn selected(
    plan: &mut Plan,
    world: &World<'_>,
    chunk: &mut Chunk,
    span: Span,
    filter: Option<usize>,
) -> Result<Selection, LogError> {
    let inside = chunk.inside(span)?;
    match filter {
        None => Ok(inside),
        Some(_) if inside.is_empty() => Ok(inside),
        Some(place) => {
            let passing = plan.passing(world, chunk, place)?;
            Ok(if inside.is_all(chunk.segment.events) { Selection::clone(&passing) } else { passing.and(&inside) })
        }
    }
}

/// Each column once, in order of first mention.
fn once(columns: &[usize]) -> Vec<usize> {
    let mut once: Vec<usize> = Vec::new();
    for column in columns {
        if !once.contains(column) {
            once.push(*column);
        }
    }
    once
}

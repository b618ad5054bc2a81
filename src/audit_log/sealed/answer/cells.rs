//! Cells: where an event counts: one cell for each combination of codes of some columns, by arithmetic where there are few
//! combinations, by a map where there are many.

use super::chunk::Chunk;
use super::codes::{Codes, Run, push_run};
use super::groups::Groups;
use super::plan::Plan;
use super::select::Selection;
use super::world::World;
use crate::audit_log::LogError;
use std::rc::Rc;

/// What is done with events and their cells.
pub(super) trait Visitor {
    /// An event and its cell.
    fn event(&mut self, event: u32, cell: usize);

    /// So many neighbouring events of one cell, at once. `false`: not taken, they are to be given one by one.
    fn stretch(&mut self, _cell: usize, _events: usize) -> bool {
        false
    }
}

/// Numbers the combinations of codes of some columns.
pub(super) enum Cells {
    /// The number is the sum of each code times the step of its column.
    Dense {
        steps: Vec<usize>,
        /// How many codes each column has; `None`: as many as are met (of the only column).
        sizes: Vec<Option<usize>>,
    },
    /// As they are met.
    Sparse(Groups),
}

impl Cells {
    /// Cells by arithmetic, the last column's codes next to each other.
    pub(super) fn dense(sizes: &[usize]) -> Cells {
        let sizes: Vec<usize> = sizes.iter().map(|size| *size.max(&1)).collect();
        let mut steps = vec![1; sizes.len()];
        let mut step = 1;
        for (size, place) in sizes.iter().zip(&mut steps).rev() {
            *place = step;
            step *= size;
        }
        Cells::Dense { steps, sizes: sizes.into_iter().map(Some).collect() }
    }

    /// Cells of one column whose codes are known only as they are met.
    pub(super) fn growing() -> Cells {
        Cells::Dense { steps: vec![1], sizes: vec![None] }
    }

    /// Cells by a map, for so many columns.
    pub(super) fn sparse(columns: usize) -> Cells {
        Cells::Sparse(Groups::new(columns))
    }

    /// How many cells there are for certain, to begin with.
    pub(super) fn count(&self) -> usize {
        match self {
            Cells::Dense { sizes, .. } => sizes.iter().map(|size| size.unwrap_or(0)).product(),
            Cells::Sparse(groups) => groups.count(),
        }
    }

    /// Gives the visitor each selected event with its cell.
    pub(super) fn each(
        &mut self,
        plan: &mut Plan,
        world: &World<'_>,
        chunk: &mut Chunk,
        columns: &[usize],
        selection: &Selection,
        visitor: &mut impl Visitor,
    ) -> Result<(), LogError> {
        let mut codes = Vec::with_capacity(columns.len());
        for column in columns {
            codes.push(chunk.codes(world, &mut plan.columns, *column)?);
        }
        match self {
            Cells::Sparse(groups) => {
                let events = selection.events();
                let mut cells = vec![0; events.len()];
                for (level, codes) in codes.iter().enumerate() {
                    groups.refine(level, &codes.each(), &events, &mut cells);
                }
                events.iter().zip(cells).for_each(|(event, cell)| visitor.event(*event, cell as usize));
            }
            Cells::Dense { steps, .. } => {
                let mut pieces = vec![Piece { end: u32::MAX, base: 0 }];
                let mut each: Vec<(&[u32], usize)> = Vec::new();
                for (codes, step) in codes.iter().map(Rc::as_ref).zip(steps) {
                    match codes {
                        Codes::Runs(runs) => pieces = cut(&pieces, runs, *step),
                        Codes::Each(codes) => each.push((codes, *step)),
                    }
                }
                walk(&pieces, &each, selection, visitor);
            }
        }
        Ok(())
    }

    /// How many codes the last column has, where that is fixed: cells next to each other differ in it.
    pub(super) fn last_size(&self) -> Option<usize> {
        match self {
            Cells::Dense { sizes, .. } => sizes.last().copied().flatten(),
            Cells::Sparse(_) => None,
        }
    }

    /// The codes of a cell, in the order of the columns.
    pub(super) fn codes(&self, cell: usize, into: &mut Vec<u32>) {
        into.clear();
        match self {
            Cells::Dense { steps, sizes } => {
                into.extend(steps.iter().zip(sizes).map(|(step, size)| {
                    let above = cell / step;
                    size.map_or(above, |size| above % size) as u32
                }));
            }
            Cells::Sparse(groups) => into.extend(groups.codes(cell)),
        }
    }
}

/// Events up to `end` share what the columns in runs add to their cell.
struct Piece {
    end: u32,
    base: usize,
}

fn cut(pieces: &[Piece], runs: &[Run], step: usize) -> Vec<Piece> {
    let mut finer = Vec::with_capacity(pieces.len() + runs.len());
    let mut runs = runs.iter().peekable();
    for piece in pieces {
        while let Some(run) = runs.peek() {
            let end = run.end.min(piece.end);
            finer.push(Piece { end, base: piece.base + run.code as usize * step });
            if run.end > piece.end {
                break;
            }
            runs.next();
            if end == piece.end {
                break;
            }
        }
    }
    finer
}

fn walk(pieces: &[Piece], each: &[(&[u32], usize)], selection: &Selection, visitor: &mut impl Visitor) {
    let more = |base: usize, event: u32| {
        let add = |cell: usize, (codes, step): &(&[u32], usize)| {
            cell + codes.get(event as usize).map_or(0, |code| *code as usize * step)
        };
        each.iter().fold(base, add)
    };
    let mut pieces = pieces.iter().peekable();
    match selection {
        Selection::List(events) => {
            for event in events {
                while pieces.next_if(|piece| piece.end <= *event).is_some() {}
                let base = pieces.peek().map_or(0, |piece| piece.base);
                visitor.event(*event, more(base, *event));
            }
        }
        Selection::Ranges(ranges) => {
            for (from, to) in ranges {
                let mut from = *from;
                while from < *to {
                    while pieces.next_if(|piece| piece.end <= from).is_some() {}
                    let (end, base) = pieces.peek().map_or((*to, 0), |piece| (piece.end.min(*to), piece.base));
                    let places = from as usize..end as usize;
                    // What most questions need is spelt out, so that nothing is decided event by event.
                    match each {
                        [] if visitor.stretch(base, places.len()) => {}
                        [(one, step)] => {
                            let one = one.get(places).unwrap_or_default();
                            (from..end).zip(one).for_each(|(event, a)| visitor.event(event, base + *a as usize * step));
                        }
                        [(one, first), (other, second)] => {
                            let one = one.get(places.clone()).unwrap_or_default();
                            let other = other.get(places).unwrap_or_default();
                            for ((event, a), b) in (from..end).zip(one).zip(other) {
                                visitor.event(event, base + *a as usize * first + *b as usize * second);
                            }
                        }
                        [(one, first), (other, second), (third, last)] => {
                            let one = one.get(places.clone()).unwrap_or_default();
                            let other = other.get(places.clone()).unwrap_or_default();
                            let third = third.get(places).unwrap_or_default();
                            for (((event, a), b), c) in (from..end).zip(one).zip(other).zip(third) {
                                let cell = base + *a as usize * first + *b as usize * second + *c as usize * last;
                                visitor.event(event, cell);
                            }
                        }
                        _ => (from..end).for_each(|event| visitor.event(event, more(base, event))),
                    }
                    from = end;
                }
            }
        }
    }
}

/// Stretches of events whose code is one of those allowed.
pub(super) fn allowed_stretches(runs: &[Run], allowed: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
    let mut merged: Vec<Run> = Vec::new();
    for run in runs {
        push_run(&mut merged, run.end, u32::from(allowed(run.code)));
    }
    let mut from = 0;
    let mut stretches = Vec::new();
    for run in merged {
        if run.code == 1 {
            stretches.push((from, run.end));
        }
        from = run.end;
    }
    stretches
}

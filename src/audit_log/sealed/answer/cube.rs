//! Cube: events counted by the codes of some columns, from which all questions over fewer columns are read at the end.

use super::cells::{Cells, Visitor};
use super::chunk::Chunk;
use super::plan::Plan;
use super::select::Selection;
use super::world::World;
use crate::audit_log::LogError;
use crate::calendar::Span;
use std::ops::AddAssign;

/// Events of a span that pass a filter, counted by some columns.
pub(super) struct Cube {
    pub(super) span: Span,
    pub(super) filter: Option<usize>,
    pub(super) columns: Vec<usize>,
    cells: Cells,
    /// Narrow counters are touched event by event, and emptied into wide ones before they could run over.
    counts: Vec<u32>,
    counted: u64,
    wide: Vec<u64>,
    /// Records affected beyond one for each event; `None`: not asked.
    beyond: Option<Vec<i128>>,
}

impl Cube {
    pub(super) fn new(span: Span, filter: Option<usize>, columns: Vec<usize>, cells: Cells, affected: bool) -> Cube {
        let counts = vec![0; cells.count()];
        let beyond = affected.then(|| vec![0; cells.count()]);
        Cube { span, filter, columns, cells, counts, counted: 0, wide: Vec::new(), beyond }
    }

    /// Counts the selected events of a chunk.
    pub(super) fn take(
        &mut self,
        plan: &mut Plan,
        world: &World<'_>,
        chunk: &mut Chunk,
        selection: &Selection,
    ) -> Result<(), LogError> {
        let new = selection.len() as u64;
        if self.counted + new > u64::from(u32::MAX) {
            self.widen();
        }
        self.counted += new;
        self.cells.each(plan, world, chunk, &self.columns, selection, &mut Counts(&mut self.counts))?;
        if let Some(beyond) = &mut self.beyond {
            // Most events affect one record: only the others are looked at again.
            let bulk = chunk.bulk()?.and(selection);
            let affected = chunk.affected()?;
            let mut visitor = Beyond { beyond, affected: &affected };
            self.cells.each(plan, world, chunk, &self.columns, &bulk, &mut visitor)?;
        }
        Ok(())
    }

    fn widen(&mut self) {
        self.wide.resize(self.wide.len().max(self.counts.len()), 0);
        for (wide, narrow) in self.wide.iter_mut().zip(&mut self.counts) {
            *wide += u64::from(std::mem::take(narrow));
        }
        self.counted = 0;
    }

    /// Gives each combination of codes that any event has, with the number of events and of records affected.
    pub(super) fn for_each(&self, mut take: impl FnMut(&[u32], u64, i128)) {
        let mut codes = Vec::with_capacity(self.columns.len());
        for cell in 0..self.counts.len().max(self.wide.len()) {
            let events = self.events(cell);
            if events > 0 {
                self.cells.codes(cell, &mut codes);
                take(&codes, events, i128::from(events) + self.beyond(cell));
            }
        }
    }

    /// How many cells follow each other that differ in the last column alone, by its code; `None`: that is not so.
    pub(super) fn block(&self) -> Option<usize> {
        self.cells.last_size().filter(|_| self.wide.is_empty())
    }

    /// The same as [`for_each`](Self::for_each), block by block: `begin` is given the codes that hold for a whole block,
    /// then `take` the last column's codes in it.
    pub(super) fn for_each_in_blocks<B: Copy>(
        &self,
        block: usize,
        mut begin: impl FnMut(&[u32]) -> Option<B>,
        mut take: impl FnMut(B, usize, u64, i128),
    ) {
        let mut codes = Vec::with_capacity(self.columns.len());
        for (number, counts) in self.counts.chunks(block.max(1)).enumerate() {
            let first = number * block;
            self.cells.codes(first, &mut codes);
            let Some(begun) = begin(&codes) else { continue };
            match &self.beyond {
                None => {
                    for (code, events) in counts.iter().enumerate().filter(|(_, events)| **events > 0) {
                        take(begun, code, u64::from(*events), i128::from(*events));
                    }
                }
                Some(_) => {
                    for (code, events) in counts.iter().enumerate().filter(|(_, events)| **events > 0) {
                        take(begun, code, u64::from(*events), i128::from(*events) + self.beyond(first + code));
                    }
                }
            }
        }
    }

    fn events(&self, cell: usize) -> u64 {
        let narrow = self.counts.get(cell).copied().unwrap_or(0);
        u64::from(narrow) + self.wide.get(cell).copied().unwrap_or(0)
    }

    fn beyond(&self, cell: usize) -> i128 {
        self.beyond.as_ref().and_then(|beyond| beyond.get(cell)).copied().unwrap_or(0)
    }
}

struct Counts<'a>(&'a mut Vec<u32>);

impl Visitor for Counts<'_> {
    #[inline]
    fn event(&mut self, _event: u32, cell: usize) {
        add(self.0, cell, 1);
    }

    fn stretch(&mut self, cell: usize, events: usize) -> bool {
        add(self.0, cell, events as u32);
        true
    }
}

struct Beyond<'a> {
    beyond: &'a mut Vec<i128>,
    affected: &'a [i64],
}

impl Visitor for Beyond<'_> {
    fn event(&mut self, event: u32, cell: usize) {
        let number = self.affected.get(event as usize).copied().unwrap_or(1);
        add(self.beyond, cell, i128::from(number) - 1);
    }
}

/// Adds to a cell; the list grows where cells are numbered as they are met.
#[inline]
fn add<T: Default + Clone + AddAssign>(list: &mut Vec<T>, cell: usize, number: T) {
    match list.get_mut(cell) {
        Some(total) => *total += number,
        None => {
            list.resize(cell, T::default());
            list.push(number);
        }
    }
}

//! Firsts: whether a value was first seen in a period: by what import has kept, else by a look at what was before it.

use super::chunk::Chunk;
use super::columns::{Column, kind_of};
use super::fold::{Folds, Tally};
use super::plan::Plan;
use super::segments;
use super::tables::Counted;
use super::world::World;
use crate::audit_log::LogError;
use crate::audit_log::sealed::firsts;
use crate::audit_log::sealed::segment::Kind;
use crate::calendar::{Millis, Span};
use crate::query::{Dimension, Field};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What is known of first times.
#[derive(Default)]
pub(super) struct Firsts {
    /// By column: when each code was first seen.
    kept: BTreeMap<usize, Rc<Vec<Option<Millis>>>>,
    /// By column and the period's beginning: which codes have an event before it.
    before: BTreeMap<(usize, Millis), Vec<bool>>,
}

impl Firsts {
    /// Whether a code that has an event in a span has none before it.
    pub(super) fn is_new(&self, column: usize, span: Span, code: u32) -> bool {
        match self.kept.get(&column) {
            Some(firsts) => {
                let first = firsts.get(code as usize).copied().flatten();
                first.is_some_and(|first| span.contains(first))
            }
            None => {
                let before = self.before.get(&(column, span.from));
                !before.and_then(|before| before.get(code as usize)).copied().unwrap_or(false)
            }
        }
    }

    /// Learns what the questions need.
    pub(super) fn learn(
        folds: &Folds,
        counted: &[Option<Counted>],
        plan: &mut Plan,
        world: &mut World<'_>,
    ) -> Result<Firsts, LogError> {
        let mut all = Firsts::default();
        // By column and beginning: which codes are asked about, and not seen before it yet.
        let mut open: BTreeMap<(usize, Millis), Vec<bool>> = BTreeMap::new();
        for fold in &folds.folds {
            for tally in &fold.tallies {
                let Tally::FirstSeen { need, column } = *tally else { continue };
                if all.kept.contains_key(&column) {
                    continue;
                }
                if let Some(firsts) = kept(plan.columns.get(column), world)? {
                    all.kept.insert(column, firsts);
                    continue;
                }
                let asked = open.entry((column, fold.span.from)).or_default();
                let columns = folds.needs.get(need).map_or(&[][..], |need| &need.columns);
                let place = columns.iter().position(|other| *other == column).unwrap_or(0);
                if let Some(Some(counted)) = counted.get(need) {
                    counted.for_each(|codes, _, _| mark(asked, codes.get(place).copied().unwrap_or(0)));
                }
            }
        }
        if open.values().any(|asked| asked.contains(&true)) {
            all.look_back(open, plan, world)?;
        }
        Ok(all)
    }

    /// Reads events before the periods, the oldest first, until every code that is asked about was found or none is left.
    fn look_back(
        &mut self,
        mut open: BTreeMap<(usize, Millis), Vec<bool>>,
        plan: &mut Plan,
        world: &World<'_>,
    ) -> Result<(), LogError> {
        let until = open.keys().map(|(_, from)| *from).max().unwrap_or(Millis::MIN);
        let mut earlier = segments(world.db, world.state, Span { from: Millis::MIN, to: until })?;
        earlier.sort_by_key(|segment| segment.span.from);
        for segment in earlier {
            open.retain(|_, asked| asked.contains(&true));
            if open.is_empty() {
                break;
            }
            let mut chunk = Chunk::load(world, segment)?;
            for ((column, from), asked) in &mut open {
                let inside = chunk.inside(Span { from: Millis::MIN, to: *from })?;
                let codes = chunk.codes(world, &mut plan.columns, *column)?;
                let codes = codes.each();
                let before = self.before.entry((*column, *from)).or_default();
                for event in inside.events().iter() {
                    let code = codes.get(*event as usize).copied().unwrap_or(0);
                    if let Some(asked @ true) = asked.get_mut(code as usize) {
                        *asked = false;
                        mark(before, code);
                    }
                }
            }
        }
        Ok(())
    }
}

fn mark(list: &mut Vec<bool>, code: u32) {
    let at = code as usize;
    if at >= list.len() {
        list.resize(at + 1, false);
    }
    if let Some(marked) = list.get_mut(at) {
        *marked = true;
    }
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

/// What import has kept of a column; `None` where it keeps nothing: of what the directory, a zone or a number says.
fn kept(column: Option<&Column>, world: &mut World<'_>) -> Result<Option<Rc<Vec<Option<Millis>>>>, LogError> {
    let Some(Dimension::Field(field)) = column.map(|column| column.dimension) else { return Ok(None) };
    let place = match field {
        Field::Source => {
            let mut all = Vec::new();
            for batch in world.state.live() {
                if let (Ok(code), Some(span)) = (world.sources.binary_search(&batch.source.name), batch.span) {
                    earlier(&mut all, code as u32, span.from);
                }
            }
            return Ok(Some(Rc::new(all)));
        }
        Field::Actor => Kind::Actor as usize,
        Field::ActionClass => firsts::CLASS,
        Field::Outcome => firsts::OUTCOME,
        _ => match kind_of(field) {
            Some(kind) => kind as usize,
            None => return Ok(None),
        },
    };
    let read = |world: &World<'_>| {
        let of_spelling = world.actors().filter(|_| field == Field::Actor).map(|actors| &actors.of_spelling);
        let mut all = Vec::new();
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
        Ok(all)
    };
    world.kept_firsts(place, read).map(Some)
}

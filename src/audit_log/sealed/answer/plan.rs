//! Plan: filters and columns of all questions, each kept once. Texts are compared once for each value, not each event.

use super::chunk::Chunk;
use super::columns::{Column, Meaning, needs_zone};
use super::select::Selection;
use super::world::World;
use crate::audit_log::LogError;
use crate::event::actor_key;
use crate::query::{Compare, Dimension, Field, Filter};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// All that is asked of each chunk.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) columns: Vec<Column>,
    column_places: BTreeMap<(Dimension, usize), usize>,
    masks: Vec<Mask>,
    mask_places: BTreeMap<(Filter, usize), usize>,
}

/// A filter as it is evaluated.
enum Mask {
    Always(bool),
    /// The code of a column is one of those that are set.
    Codes {
        column: usize,
        allowed: Vec<bool>,
    },
    /// A number that has no codes beforehand: affected, or the time.
    Number {
        time: bool,
        test: Test,
    },
    And(Vec<usize>),
    Or(Vec<usize>),
    Not(usize),
}

enum Test {
    OneOf(BTreeSet<i64>),
    Prefix(String),
    Compare(Compare, i64),
}

impl Test {
    fn holds(&self, number: i64) -> bool {
        match self {
            Test::OneOf(numbers) => numbers.contains(&number),
            Test::Prefix(prefix) => number.to_string().starts_with(prefix),
            Test::Compare(compare, bound) => compare.holds(number, *bound),
        }
    }
}

impl Plan {
    /// The place of a column. `label`: whether its texts will be asked.
    pub(super) fn column(
        &mut self,
        world: &mut World<'_>,
        dimension: Dimension,
        zone: usize,
        label: bool,
    ) -> Result<usize, LogError> {
        let zone = if needs_zone(dimension) { zone } else { 0 };
        if let Some(place) = self.column_places.get(&(dimension, zone)).copied() {
            if let (true, Some(Column { meaning: Meaning::Text(kind), .. })) = (label, self.columns.get(place)) {
                world.need_texts(*kind)?;
            }
            return Ok(place);
        }
        let column = Column::new(world, dimension, zone, label)?;
        self.columns.push(column);
        self.column_places.insert((dimension, zone), self.columns.len() - 1);
        Ok(self.columns.len() - 1)
    }

    /// The place of a filter's mask; `None` where every event passes.
    pub(super) fn filter(
        &mut self,
        world: &mut World<'_>,
        filter: &Filter,
        zone: usize,
    ) -> Result<Option<usize>, LogError> {
        if *filter == Filter::All { Ok(None) } else { self.mask(world, filter, zone).map(Some) }
    }

    fn mask(&mut self, world: &mut World<'_>, filter: &Filter, zone: usize) -> Result<usize, LogError> {
        let zone = if filter_needs_zone(filter) { zone } else { 0 };
        let key = (filter.clone(), zone);
        if let Some(place) = self.mask_places.get(&key) {
            return Ok(*place);
        }
        let mut all = |list: &[Filter]| -> Result<Vec<usize>, LogError> {
            list.iter().map(|filter| self.mask(world, filter, zone)).collect()
        };
        let mask = match filter {
            Filter::All => Mask::Always(true),
            Filter::And(list) => Mask::And(all(list)?),
            Filter::Or(list) => Mask::Or(all(list)?),
            Filter::Not(filter) => Mask::Not(self.mask(world, filter, zone)?),
            Filter::OneOf(field, texts) => self.one_of(world, *field, texts, zone)?,
            Filter::Prefix(Field::Actor, prefix) => {
                let prefix = actor_key(prefix);
                self.by_text(world, Field::Actor, zone, |text| text.starts_with(&prefix))?
            }
            Filter::Prefix(field @ (Field::Affected | Field::Time), prefix) => {
                Mask::Number { time: *field == Field::Time, test: Test::Prefix(prefix.clone()) }
            }
            Filter::Prefix(field, prefix) => self.by_text(world, *field, zone, |text| text.starts_with(prefix))?,
            Filter::Number(field @ (Field::Affected | Field::Time), compare, bound) => {
                Mask::Number { time: *field == Field::Time, test: Test::Compare(*compare, *bound) }
            }
            Filter::Number(field @ (Field::Hour | Field::Weekday), compare, bound) => {
                self.by_text(world, *field, zone, |text| {
                    text.parse().is_ok_and(|number| compare.holds(number, *bound))
                })?
            }
            Filter::Number(..) => Mask::Always(false),
        };
        self.masks.push(mask);
        self.mask_places.insert(key, self.masks.len() - 1);
        Ok(self.masks.len() - 1)
    }

    fn one_of(&mut self, world: &mut World<'_>, field: Field, texts: &[String], zone: usize) -> Result<Mask, LogError> {
        match field {
            Field::Affected | Field::Time => {
                // Only the plain decimal form is the number's text.
                let plain = |text: &String| text.parse().ok().filter(|number: &i64| number.to_string() == *text);
                let numbers = texts.iter().filter_map(plain).collect();
                Ok(Mask::Number { time: field == Field::Time, test: Test::OneOf(numbers) })
            }
            Field::Actor => {
                let keys: BTreeSet<String> = texts.iter().map(|text| actor_key(text)).collect();
                self.by_text(world, field, zone, |text| keys.contains(text))
            }
            _ => {
                let texts: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
                self.by_text(world, field, zone, |text| texts.contains(text))
            }
        }
    }

    /// A mask over a column whose texts (for actors: keys) are known beforehand.
    fn by_text(
        &mut self,
        world: &mut World<'_>,
        field: Field,
        zone: usize,
        test: impl Fn(&str) -> bool,
    ) -> Result<Mask, LogError> {
        let column = self.column(world, Dimension::Field(field), zone, true)?;
        let allowed = match self.columns.get(column).map(|column| &column.meaning) {
            Some(Meaning::Text(kind)) => world.texts(*kind).iter().map(|text| test(text)).collect(),
            Some(Meaning::Actor) => {
                world.actors().map(|actors| actors.keys.iter().map(|key| test(key)).collect()).unwrap_or_default()
            }
            Some(Meaning::Names(names)) => names.iter().map(|name| test(name)).collect(),
            _ => Vec::new(),
        };
        Ok(Mask::Codes { column, allowed })
    }

    /// The column and its codes where a filter is about one column alone.
    pub(super) fn of_one_column(&self, place: usize) -> Option<(usize, &[bool])> {
        match self.masks.get(place) {
            Some(Mask::Codes { column, allowed }) => Some((*column, allowed)),
            _ => None,
        }
    }

    /// The events of a chunk that pass a filter.
    pub(super) fn passing(
        &mut self,
        world: &World<'_>,
        chunk: &mut Chunk,
        place: usize,
    ) -> Result<Rc<Selection>, LogError> {
        if let Some(selection) = chunk.selections.get(&place) {
            return Ok(selection.clone());
        }
        let all = Selection::all(chunk.segment.events);
        let selection = Rc::new(self.select(world, chunk, place, &all)?);
        chunk.selections.insert(place, selection.clone());
        Ok(selection)
    }

    /// The events of a selection that pass a filter.
    fn select(
        &mut self,
        world: &World<'_>,
        chunk: &mut Chunk,
        place: usize,
        within: &Selection,
    ) -> Result<Selection, LogError> {
        if within.is_empty() {
            return Ok(within.clone());
        }
        // Taken out while it is looked at, because its parts are in the same list.
        let Some(slot) = self.masks.get_mut(place) else { return Ok(within.clone()) };
        let mask = std::mem::replace(slot, Mask::Always(false));
        let result = self.select_by(world, chunk, &mask, within);
        if let Some(slot) = self.masks.get_mut(place) {
            *slot = mask;
        }
        result
    }

    fn select_by(
        &mut self,
        world: &World<'_>,
        chunk: &mut Chunk,
        mask: &Mask,
        within: &Selection,
    ) -> Result<Selection, LogError> {
        Ok(match mask {
            Mask::Always(true) => within.clone(),
            Mask::Always(false) => Selection::List(Vec::new()),
            Mask::Codes { column, allowed } => chunk.allowed(world, &mut self.columns, *column, allowed, within)?,
            Mask::Number { time, test } => {
                let numbers = if *time { chunk.times()? } else { chunk.affected()? };
                within.filter(|event| numbers.get(event as usize).is_some_and(|number| test.holds(*number)))
            }
            Mask::And(parts) => {
                // What is cheap to tell goes first, so that the rest is asked of few events.
                let mut parts: Vec<usize> = parts.clone();
                parts.sort_by_key(|part| self.cost(*part));
                let mut left = within.clone();
                for part in parts {
                    left = self.select(world, chunk, part, &left)?;
                }
                left
            }
            Mask::Or(parts) => {
                let parts: Result<Vec<Selection>, LogError> =
                    parts.iter().map(|part| self.select(world, chunk, *part, within)).collect();
                Selection::union(&parts?)
            }
            Mask::Not(part) => within.without(&self.select(world, chunk, *part, within)?),
        })
    }

    /// How much it takes to tell whether an event passes.
    fn cost(&self, place: usize) -> u32 {
        match self.masks.get(place) {
            None | Some(Mask::Always(_)) => 0,
            Some(Mask::Codes { column, .. }) => match self.columns.get(*column).map(|column| column.dimension) {
                Some(Dimension::Field(field)) => match field {
                    Field::Source => 0,
                    Field::Hour | Field::Weekday => 1,
                    Field::ActionClass | Field::Outcome | Field::Action | Field::Module => 2,
                    Field::Actor => 3,
                    Field::OutsideHours => 4,
                    Field::ActorRole | Field::ActorTeam | Field::ActorKind | Field::ActorKnown => 5,
                    _ => 6,
                },
                _ => 1,
            },
            Some(Mask::Number { .. }) => 3,
            Some(Mask::And(parts) | Mask::Or(parts)) => {
                parts.iter().map(|part| self.cost(*part)).max().unwrap_or(0) + 1
            }
            Some(Mask::Not(part)) => self.cost(*part) + 1,
        }
    }
}

fn filter_needs_zone(filter: &Filter) -> bool {
    match filter {
        Filter::All => false,
        Filter::OneOf(field, _) | Filter::Prefix(field, _) | Filter::Number(field, ..) => {
            needs_zone(Dimension::Field(*field))
        }
        Filter::And(list) | Filter::Or(list) => list.iter().any(filter_needs_zone),
        Filter::Not(filter) => filter_needs_zone(filter),
    }
}

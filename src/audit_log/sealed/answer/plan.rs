//! Plan: filters and columns of all questions, each kept once. Texts are compared once for each value, not each event.

use super::chunk::Chunk;
use super::columns::{Column, Meaning, needs_zone};
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

    /// Which events of a chunk pass.
    pub(super) fn evaluate(
        &mut self,
        world: &World<'_>,
        chunk: &mut Chunk,
        place: usize,
    ) -> Result<Rc<Vec<bool>>, LogError> {
        if let Some(mask) = chunk.masks.get(&place) {
            return Ok(mask.clone());
        }
        let count = chunk.segment.events;
        // Taken out while it is evaluated, because its parts are evaluated with the same plan.
        let Some(slot) = self.masks.get_mut(place) else { return Ok(Rc::default()) };
        let mask = std::mem::replace(slot, Mask::Always(false));
        let result = self.evaluate_mask(world, chunk, &mask, count);
        if let Some(slot) = self.masks.get_mut(place) {
            *slot = mask;
        }
        let passes = Rc::new(result?);
        chunk.masks.insert(place, passes.clone());
        Ok(passes)
    }

    fn evaluate_mask(
        &mut self,
        world: &World<'_>,
        chunk: &mut Chunk,
        mask: &Mask,
        count: usize,
    ) -> Result<Vec<bool>, LogError> {
        Ok(match mask {
            Mask::Always(passes) => vec![*passes; count],
            Mask::Codes { column, allowed } => {
                let codes = chunk.codes(world, &mut self.columns, *column)?;
                codes.iter().map(|code| allowed.get(*code as usize).copied().unwrap_or(false)).collect()
            }
            Mask::Number { time, test } => {
                let numbers = if *time { chunk.times() } else { chunk.affected()? };
                numbers.iter().map(|number| test.holds(*number)).collect()
            }
            Mask::And(parts) => self.fold(world, chunk, parts, true, count)?,
            Mask::Or(parts) => self.fold(world, chunk, parts, false, count)?,
            Mask::Not(part) => self.evaluate(world, chunk, *part)?.iter().map(|passes| !passes).collect(),
        })
    }

    fn fold(
        &mut self,
        world: &World<'_>,
        chunk: &mut Chunk,
        parts: &[usize],
        and: bool,
        count: usize,
    ) -> Result<Vec<bool>, LogError> {
        let mut total = vec![and; count];
        for part in parts {
            let passes = self.evaluate(world, chunk, *part)?;
            for (all, one) in total.iter_mut().zip(passes.iter()) {
                *all = if and { *all & one } else { *all | one };
            }
        }
        Ok(total)
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

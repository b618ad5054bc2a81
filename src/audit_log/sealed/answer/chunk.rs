//! Chunk: one segment while it is looked at. Each column, local time and filter is worked out once, for all questions.

use super::columns::{Column, Meaning};
use super::world::World;
use crate::audit_log::LogError;
use crate::audit_log::roots::DAY;
use crate::audit_log::sealed::segment::{AFFECTED, CLASS, Columns, Heat, KINDS, Kind, OUTCOME, TIME};
use crate::audit_log::sealed::storage::{damaged, sql};
use crate::calendar::{Millis, Span};
use crate::query::{Dimension, Field};
use crate::seal::SealError;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A segment as its row in the file tells it.
#[derive(Clone, Copy, Debug)]
pub(in crate::audit_log::sealed) struct Segment {
    pub(in crate::audit_log::sealed) id: i64,
    pub(in crate::audit_log::sealed) batch: u64,
    pub(in crate::audit_log::sealed) day: i64,
    pub(in crate::audit_log::sealed) part: i64,
    pub(in crate::audit_log::sealed) events: usize,
    /// From the earliest event to just after the latest.
    pub(in crate::audit_log::sealed) span: Span,
}

impl std::fmt::Display for Segment {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "segment {} of day {} of batch {}", self.part, day_text(self.day), self.batch)
    }
}

/// A UTC day as a date.
pub(in crate::audit_log::sealed) fn day_text(day: i64) -> String {
    let date = chrono::DateTime::from_timestamp(day.saturating_mul(86_400), 0);
    date.map_or_else(|| day.to_string(), |date| date.format("%Y-%m-%d").to_string())
}

/// A segment with what was worked out of it.
pub(super) struct Chunk {
    pub(super) segment: Segment,
    hot: Vec<u8>,
    warm: Option<Vec<u8>>,
    times: Rc<Vec<Millis>>,
    affected: Option<Rc<Vec<i64>>>,
    raw: [Option<Rc<Vec<u32>>>; KINDS],
    persons: Option<Rc<Vec<u32>>>,
    local: BTreeMap<usize, Rc<Vec<Millis>>>,
    codes: BTreeMap<usize, Rc<Vec<u32>>>,
    pub(super) masks: BTreeMap<usize, Rc<Vec<bool>>>,
}

impl Chunk {
    /// Reads the hot columns of a segment.
    pub(super) fn load(world: &World<'_>, segment: Segment) -> Result<Chunk, LogError> {
        let hot = body(world, Heat::Hot, segment)?;
        let times = Columns::open(Heat::Hot, &hot, segment.events)
            .and_then(|columns| columns.numbers(TIME))
            .map_err(damaged(segment))?;
        Ok(Chunk {
            segment,
            hot,
            warm: None,
            times: Rc::new(times),
            affected: None,
            raw: Default::default(),
            persons: None,
            local: BTreeMap::new(),
            codes: BTreeMap::new(),
            masks: BTreeMap::new(),
        })
    }

    pub(super) fn times(&self) -> Rc<Vec<Millis>> {
        self.times.clone()
    }

    /// Numbers of a hot column.
    pub(super) fn hot_numbers(&self, column: usize) -> Result<Vec<i64>, LogError> {
        self.columns().and_then(|columns| columns.numbers(column)).map_err(damaged(self.segment))
    }

    /// Records affected, event by event.
    pub(super) fn affected(&mut self) -> Result<Rc<Vec<i64>>, LogError> {
        if let Some(affected) = &self.affected {
            return Ok(affected.clone());
        }
        let affected = Rc::new(self.hot_numbers(AFFECTED)?);
        self.affected = Some(affected.clone());
        Ok(affected)
    }

    fn columns(&self) -> Result<Columns<'_>, SealError> {
        Columns::open(Heat::Hot, &self.hot, self.segment.events)
    }

    /// Codes as they are stored.
    fn raw(&mut self, world: &World<'_>, kind: Kind) -> Result<Rc<Vec<u32>>, LogError> {
        if let Some(Some(codes)) = self.raw.get(kind as usize) {
            return Ok(codes.clone());
        }
        let (heat, place) = kind.place();
        let limit = world.codes(kind);
        if heat == Heat::Warm && self.warm.is_none() {
            self.warm = Some(body(world, Heat::Warm, self.segment)?);
        }
        let bytes = if heat == Heat::Hot { Some(&self.hot) } else { self.warm.as_ref() };
        let columns = Columns::open(heat, bytes.map_or(&[], Vec::as_slice), self.segment.events);
        let codes = columns.and_then(|columns| columns.codes(place, limit)).map_err(damaged(self.segment))?;
        let codes = Rc::new(codes);
        if let Some(place) = self.raw.get_mut(kind as usize) {
            *place = Some(codes.clone());
        }
        Ok(codes)
    }

    /// Civil time of a zone as if it were UTC, event by event.
    fn local(&mut self, world: &World<'_>, zone: usize) -> Rc<Vec<Millis>> {
        if let Some(local) = self.local.get(&zone) {
            return local.clone();
        }
        let stretches = world.zones.get(zone).map(|zone| zone.offsets_in(self.time_span())).unwrap_or_default();
        let shift = |time: Millis, seconds: i32| time.saturating_add(i64::from(seconds) * 1000);
        let local: Vec<Millis> = match stretches.as_slice() {
            [(_, seconds)] => self.times.iter().map(|time| shift(*time, *seconds)).collect(),
            _ => {
                let at = |time: Millis| {
                    let place = stretches.partition_point(|(from, _)| *from <= time).saturating_sub(1);
                    shift(time, stretches.get(place).map_or(0, |(_, seconds)| *seconds))
                };
                self.times.iter().map(|time| at(*time)).collect()
            }
        };
        let local = Rc::new(local);
        self.local.insert(zone, local.clone());
        local
    }

    fn time_span(&self) -> Span {
        let times = || self.times.iter().copied();
        Span { from: times().min().unwrap_or(0), to: times().max().unwrap_or(0).saturating_add(1) }
    }

    /// The row of the directory for each event.
    fn persons(&mut self, world: &World<'_>) -> Result<Rc<Vec<u32>>, LogError> {
        if let Some(persons) = &self.persons {
            return Ok(persons.clone());
        }
        let spellings = self.raw(world, Kind::Actor)?;
        let (Some(actors), Some(people)) = (world.actors(), world.people()) else {
            return Ok(Rc::default());
        };
        let nobody = people.profile_of.len().saturating_sub(1) as u32;
        let row_of = |(spelling, time): (&u32, &Millis)| {
            let actor = actors.of_spelling.get(*spelling as usize);
            match actor.and_then(|actor| people.stretches.get(*actor as usize)).map(Vec::as_slice) {
                Some([(_, only)]) => *only,
                Some(stretches) => {
                    let place = stretches.partition_point(|(from, _)| from <= time).saturating_sub(1);
                    stretches.get(place).map_or(nobody, |(_, row)| *row)
                }
                None => nobody,
            }
        };
        let persons: Rc<Vec<u32>> = Rc::new(spellings.iter().zip(self.times.iter()).map(row_of).collect());
        self.persons = Some(persons.clone());
        Ok(persons)
    }

    /// The codes of a column, event by event.
    pub(super) fn codes(
        &mut self,
        world: &World<'_>,
        columns: &mut [Column],
        place: usize,
    ) -> Result<Rc<Vec<u32>>, LogError> {
        if let Some(codes) = self.codes.get(&place) {
            return Ok(codes.clone());
        }
        let Some(column) = columns.get_mut(place) else { return Ok(Rc::default()) };
        let codes = self.work_out(world, column)?;
        self.codes.insert(place, codes.clone());
        Ok(codes)
    }

    fn work_out(&mut self, world: &World<'_>, column: &mut Column) -> Result<Rc<Vec<u32>>, LogError> {
        if let Meaning::Text(kind) = column.meaning {
            return self.raw(world, kind);
        }
        let count = self.segment.events;
        let small = |chunk: &Chunk, place: usize, limit: usize| {
            chunk.columns().and_then(|columns| columns.codes(place, limit)).map_err(damaged(chunk.segment))
        };
        let codes = match column.dimension {
            Dimension::Field(Field::Source) => {
                let name = world.state.batch(self.segment.batch).map(|batch| &batch.source.name);
                let code = name.and_then(|name| world.sources.binary_search(name).ok()).unwrap_or(0);
                vec![code as u32; count]
            }
            Dimension::Field(Field::Actor) => {
                let spellings = self.raw(world, Kind::Actor)?;
                let of_spelling = world.actors().map_or(&[][..], |actors| &actors.of_spelling);
                spellings.iter().map(|code| of_spelling.get(*code as usize).copied().unwrap_or(0)).collect()
            }
            Dimension::Field(Field::ActionClass) => small(self, CLASS, crate::event::ActionClass::ALL.len())?,
            Dimension::Field(Field::Outcome) => small(self, OUTCOME, crate::event::Outcome::ALL.len())?,
            Dimension::Field(field @ (Field::ActorRole | Field::ActorTeam | Field::ActorKind | Field::ActorKnown)) => {
                let persons = self.persons(world)?;
                let Some(people) = world.people() else { return Ok(Rc::default()) };
                let nobody = people.profile_of.len().saturating_sub(1) as u32;
                let names = match field {
                    Field::ActorRole => Some(&people.roles),
                    Field::ActorTeam => Some(&people.teams),
                    Field::ActorKind => Some(&people.kinds),
                    _ => None,
                };
                let code = |row: &u32| match names {
                    Some(names) => names.of_row.get(*row as usize).copied().unwrap_or(0),
                    None => u32::from(*row != nobody),
                };
                persons.iter().map(code).collect()
            }
            Dimension::Field(Field::OutsideHours) => self.outside_hours(world, column.zone)?,
            Dimension::Field(Field::Hour) => {
                let local = self.local(world, column.zone);
                local.iter().map(|time| (time.rem_euclid(DAY) / 3_600_000) as u32).collect()
            }
            Dimension::Field(Field::Weekday) => {
                let local = self.local(world, column.zone);
                // 1970-01-01 was a Thursday.
                local.iter().map(|time| (time.div_euclid(DAY) + 3).rem_euclid(7) as u32 + 1).collect()
            }
            Dimension::Field(Field::Affected) => {
                self.affected()?.iter().map(|number| column.number_code(*number)).collect()
            }
            Dimension::Field(Field::Time) => self.times.iter().map(|time| column.number_code(*time)).collect(),
            Dimension::Field(_) => vec![0; count],
            _ => {
                let local = self.local(world, column.zone);
                let mut last = (Millis::MIN, 0);
                let mut code = |time: &Millis| {
                    let day = time.div_euclid(DAY);
                    if day != last.0 {
                        last = (day, column.day_code(day));
                    }
                    last.1
                };
                local.iter().map(&mut code).collect()
            }
        };
        Ok(Rc::new(codes))
    }

    /// 1 where an event is outside the working hours of its actor's team, else 0.
    fn outside_hours(&mut self, world: &World<'_>, zone: usize) -> Result<Vec<u32>, LogError> {
        let persons = self.persons(world)?;
        let Some(people) = world.people() else { return Ok(Vec::new()) };
        let in_zone: Vec<Rc<Vec<Millis>>> =
            people.profiles.iter().map(|(_, own)| self.local(world, own.unwrap_or(zone))).collect();
        // What is worked on a civil day, by profile: looked up once for each.
        let mut windows: BTreeMap<(usize, i64), Option<(u16, u16)>> = BTreeMap::new();
        let mut outside = |(event, row): (usize, &u32)| -> u32 {
            let Some(place) = people.profile_of.get(*row as usize).copied().flatten() else { return 0 };
            let time = in_zone.get(place).and_then(|local| local.get(event)).copied().unwrap_or(0);
            let day = time.div_euclid(DAY);
            let window = *windows.entry((place, day)).or_insert_with(|| {
                let date = chrono::DateTime::from_timestamp_millis(day * DAY).map(|date| date.date_naive());
                let holiday = date.is_none_or(|date| world.lens.hours.holidays.contains_key(&date));
                let weekday = (day + 3).rem_euclid(7) as usize;
                let profile = people.profiles.get(place).map(|(profile, _)| profile);
                if holiday { None } else { profile.and_then(|profile| profile.week.get(weekday).copied().flatten()) }
            });
            let minute = (time.rem_euclid(DAY) / 60_000) as u16;
            u32::from(window.is_none_or(|(from, to)| minute < from || minute >= to))
        };
        Ok(persons.iter().enumerate().map(&mut outside).collect())
    }
}

/// A body of a segment.
pub(super) fn body(world: &World<'_>, heat: Heat, segment: Segment) -> Result<Vec<u8>, LogError> {
    let statement = match heat {
        Heat::Hot => "SELECT body FROM hot WHERE segment = ?1",
        Heat::Warm => "SELECT body FROM warm WHERE segment = ?1",
    };
    let mut find = world.db.prepare_cached(statement).map_err(sql)?;
    find.query_row([segment.id], |row| row.get(0)).map_err(sql)
}

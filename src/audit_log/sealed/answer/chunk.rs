//! Chunk: one segment while it is looked at. Each column, local time and filter is worked out once, for all questions.

use super::cells::allowed_stretches;
use super::codes::{Codes, Run, push_run};
use super::columns::{Column, Meaning};
use super::select::Selection;
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
    times: Option<Rc<Vec<Millis>>>,
    sorted: bool,
    affected: Option<Rc<Vec<i64>>>,
    bulk: Option<Rc<Selection>>,
    raw: [Option<Rc<Codes>>; KINDS],
    persons: Option<Rc<Vec<u32>>>,
    codes: BTreeMap<usize, Rc<Codes>>,
    /// By place of the filter.
    pub(super) selections: BTreeMap<usize, Rc<Selection>>,
}

impl Chunk {
    /// Reads the hot columns of a segment. Each column is decoded when it is asked for.
    pub(super) fn load(world: &World<'_>, segment: Segment) -> Result<Chunk, LogError> {
        Ok(Chunk {
            segment,
            hot: body(world, Heat::Hot, segment)?,
            warm: None,
            times: None,
            sorted: false,
            affected: None,
            bulk: None,
            raw: Default::default(),
            persons: None,
            codes: BTreeMap::new(),
            selections: BTreeMap::new(),
        })
    }

    /// When each event was.
    pub(super) fn times(&mut self) -> Result<Rc<Vec<Millis>>, LogError> {
        if let Some(times) = &self.times {
            return Ok(times.clone());
        }
        let times = Rc::new(self.hot_numbers(TIME)?);
        self.sorted = times.is_sorted();
        let ends = match times.as_slice() {
            [first, .., last] if self.sorted => Some((*first, *last)),
            times => times.iter().min().copied().zip(times.iter().max().copied()),
        };
        let span = self.segment.span;
        if ends.is_none_or(|(earliest, latest)| earliest != span.from || latest.saturating_add(1) != span.to) {
            return Err(LogError::Damaged(format!(
                "{}: its times are not those that it was stored with",
                self.segment
            )));
        }
        self.times = Some(times.clone());
        Ok(times)
    }

    /// Whether the events come in order of time.
    pub(super) fn is_sorted(&mut self) -> Result<bool, LogError> {
        self.times()?;
        Ok(self.sorted)
    }

    /// The events of a span.
    pub(super) fn inside(&mut self, span: Span) -> Result<Selection, LogError> {
        let count = self.segment.events;
        if span.from <= self.segment.span.from && self.segment.span.to <= span.to {
            return Ok(Selection::all(count));
        }
        let times = self.times()?;
        if self.sorted {
            let from = times.partition_point(|time| *time < span.from) as u32;
            let to = times.partition_point(|time| *time < span.to) as u32;
            return Ok(Selection::all(count).within(&[(from, to)]));
        }
        let inside = |event: u32| times.get(event as usize).is_some_and(|time| span.contains(*time));
        Ok(Selection::all(count).filter(inside))
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

    /// The events that affected another number of records than one.
    pub(super) fn bulk(&mut self) -> Result<Rc<Selection>, LogError> {
        if let Some(bulk) = &self.bulk {
            return Ok(bulk.clone());
        }
        let affected = self.affected()?;
        let (blocks, rest) = affected.as_chunks::<16>();
        let mut list = Vec::new();
        let mut take = |first: usize, numbers: &[i64]| {
            list.extend((first as u32..).zip(numbers).filter(|(_, number)| **number != 1).map(|(event, _)| event));
        };
        for (number, block) in blocks.iter().enumerate() {
            if block.iter().fold(0, |differ, number| differ | (number ^ 1)) != 0 {
                take(number * 16, block);
            }
        }
        take(blocks.len() * 16, rest);
        let bulk = Rc::new(Selection::List(list));
        self.bulk = Some(bulk.clone());
        Ok(bulk)
    }

    fn columns(&self) -> Result<Columns<'_>, SealError> {
        Columns::open(Heat::Hot, &self.hot, self.segment.events)
    }

    /// Codes as they are stored.
    fn raw(&mut self, world: &World<'_>, kind: Kind) -> Result<Rc<Codes>, LogError> {
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
        let codes = Rc::new(Codes::Each(codes));
        if let Some(place) = self.raw.get_mut(kind as usize) {
            *place = Some(codes.clone());
        }
        Ok(codes)
    }

    /// The codes of a column that depends on the civil time in a zone alone. `code_of` is given a civil time as if it
    /// were UTC, and tells its code with the civil times from which and until which that holds.
    fn civil(
        &mut self,
        world: &World<'_>,
        zone: usize,
        mut code_of: impl FnMut(Millis) -> (u32, Millis, Millis),
    ) -> Result<Codes, LogError> {
        let times = self.times()?;
        let stretches = world.zones.get(zone).map(|zone| zone.offsets_in(self.segment.span)).unwrap_or_default();
        let mut runs: Vec<Run> = Vec::new();
        let mut at = 0;
        while let Some(time) = times.get(at) {
            let place = stretches.partition_point(|(from, _)| from <= time);
            let (begins, seconds) =
                place.checked_sub(1).and_then(|place| stretches.get(place)).copied().unwrap_or((Millis::MIN, 0));
            let ends = stretches.get(place).map_or(Millis::MAX, |(from, _)| *from);
            let shift = i64::from(seconds) * 1000;
            let (code, from, to) = code_of(time.saturating_add(shift));
            let from = begins.max(from.saturating_sub(shift));
            let to = ends.min(to.saturating_sub(shift));
            let rest = times.get(at..).unwrap_or_default();
            let alike = match self.sorted {
                true => rest.partition_point(|time| *time < to),
                false => rest.iter().take_while(|time| from <= **time && **time < to).count(),
            };
            // One at least, whatever the zone's rules are.
            at += alike.max(1);
            push_run(&mut runs, at as u32, code);
        }
        Ok(Codes::from_runs(runs))
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
        let times = self.times()?;
        let row_of = |(spelling, time): (&u32, &Millis)| {
            people.row(actors.of_spelling.get(*spelling as usize).copied(), || *time)
        };
        let persons: Rc<Vec<u32>> = Rc::new(spellings.each().iter().zip(times.iter()).map(row_of).collect());
        self.persons = Some(persons.clone());
        Ok(persons)
    }

    /// The codes of a column, event by event.
    pub(super) fn codes(
        &mut self,
        world: &World<'_>,
        columns: &mut [Column],
        place: usize,
    ) -> Result<Rc<Codes>, LogError> {
        if let Some(codes) = self.codes.get(&place) {
            return Ok(codes.clone());
        }
        let Some(column) = columns.get_mut(place) else {
            return Ok(Rc::new(Codes::same(self.segment.events, 0)));
        };
        let codes = self.work_out(world, column)?;
        self.codes.insert(place, codes.clone());
        Ok(codes)
    }

    /// The events of a selection whose code is one of those allowed.
    pub(super) fn allowed(
        &mut self,
        world: &World<'_>,
        columns: &mut [Column],
        place: usize,
        allowed: &[bool],
        within: &Selection,
    ) -> Result<Selection, LogError> {
        let is_allowed = |code: u32| allowed.get(code as usize).copied().unwrap_or(false);
        let few = within.len() * 4 < self.segment.events;
        if let Some(Dimension::Field(field)) = columns.get(place).map(|column| column.dimension)
            && few
            && !self.codes.contains_key(&place)
            && let Some(names) = world.names(field)
        {
            // What the directory says is looked up for those events alone.
            let spellings = self.raw(world, Kind::Actor)?;
            let spellings = spellings.each();
            let times = self.times()?;
            let (Some(actors), Some(people)) = (world.actors(), world.people()) else { return Ok(within.clone()) };
            return Ok(within.filter(|event| {
                let spelling = spellings.get(event as usize).copied().unwrap_or(0);
                let actor = actors.of_spelling.get(spelling as usize).copied();
                let row = people.row(actor, || times.get(event as usize).copied().unwrap_or(0));
                is_allowed(names.of_row.get(row as usize).copied().unwrap_or(0))
            }));
        }
        Ok(match &*self.codes(world, columns, place)? {
            Codes::Runs(runs) => within.within(&allowed_stretches(runs, is_allowed)),
            Codes::Each(codes) => {
                let code = |event: u32| codes.get(event as usize).copied().unwrap_or(0);
                let mut set = (0u32..).zip(allowed).filter(|(_, is)| **is).map(|(code, _)| code);
                match (set.next(), set.next()) {
                    (None, _) => Selection::List(Vec::new()),
                    (Some(only), None) => within.with_code(codes, only),
                    _ => within.filter(|event| is_allowed(code(event))),
                }
            }
        })
    }

    fn work_out(&mut self, world: &World<'_>, column: &mut Column) -> Result<Rc<Codes>, LogError> {
        if let Meaning::Text(kind) = column.meaning {
            return self.raw(world, kind);
        }
        let count = self.segment.events;
        let small = |chunk: &Chunk, place: usize, limit: usize| {
            let codes = chunk.columns().and_then(|columns| columns.codes(place, limit));
            codes.map(Codes::Each).map_err(damaged(chunk.segment))
        };
        let codes = match column.dimension {
            Dimension::Field(Field::Source) => {
                let name = world.state.batch(self.segment.batch).map(|batch| &batch.source.name);
                let code = name.and_then(|name| world.sources.binary_search(name).ok()).unwrap_or(0);
                Codes::same(count, code as u32)
            }
            Dimension::Field(Field::Actor) => {
                let spellings = self.raw(world, Kind::Actor)?;
                match world.actors() {
                    // Each spelling is a person of its own, as where a source writes addresses.
                    Some(actors) if actors.keys.len() == actors.of_spelling.len() => return Ok(spellings),
                    Some(actors) => {
                        let actor = |code: &u32| actors.of_spelling.get(*code as usize).copied().unwrap_or(0);
                        Codes::Each(spellings.each().iter().map(actor).collect())
                    }
                    None => Codes::same(count, 0),
                }
            }
            Dimension::Field(Field::ActionClass) => small(self, CLASS, crate::event::ActionClass::ALL.len())?,
            Dimension::Field(Field::Outcome) => small(self, OUTCOME, crate::event::Outcome::ALL.len())?,
            Dimension::Field(field @ (Field::ActorRole | Field::ActorTeam | Field::ActorKind | Field::ActorKnown)) => {
                let persons = self.persons(world)?;
                let names = world.names(field);
                let code = |row: &u32| names.and_then(|names| names.of_row.get(*row as usize)).copied().unwrap_or(0);
                Codes::Each(persons.iter().map(code).collect())
            }
            Dimension::Field(Field::OutsideHours) => self.outside_hours(world, column.zone)?,
            Dimension::Field(Field::Hour) => self.civil(world, column.zone, |time| {
                let from = time.saturating_sub(time.rem_euclid(HOUR));
                (from.rem_euclid(DAY).div_euclid(HOUR) as u32, from, from.saturating_add(HOUR))
            })?,
            Dimension::Field(Field::Weekday) => self.civil(world, column.zone, |time| {
                let (day, from, to) = civil_day(time);
                // 1970-01-01 was a Thursday.
                ((day + 3).rem_euclid(7) as u32 + 1, from, to)
            })?,
            Dimension::Field(Field::Affected) => {
                Codes::Each(self.affected()?.iter().map(|number| column.number_code(*number)).collect())
            }
            Dimension::Field(Field::Time) => {
                Codes::Each(self.times()?.iter().map(|time| column.number_code(*time)).collect())
            }
            Dimension::Field(_) => Codes::same(count, 0),
            _ => self.civil(world, column.zone, |time| {
                let (day, from, to) = civil_day(time);
                (column.day_code(day), from, to)
            })?,
        };
        Ok(Rc::new(codes))
    }

    /// 1 where an event is outside the working hours of its actor's team, else 0.
    fn outside_hours(&mut self, world: &World<'_>, zone: usize) -> Result<Codes, LogError> {
        let Some(people) = world.people() else { return Ok(Codes::same(self.segment.events, 0)) };
        let mut of_profile = Vec::new();
        for (profile, own) in &people.profiles {
            let of_time = |time: Millis| {
                let (day, from, to) = civil_day(time);
                let date = chrono::DateTime::from_timestamp_millis(from).map(|date| date.date_naive());
                let holiday = date.is_none_or(|date| world.lens.hours.holidays.contains_key(&date));
                let window = profile.week.get((day + 3).rem_euclid(7) as usize).copied().flatten();
                let Some((open, close)) = window.filter(|_| !holiday) else { return (1, from, to) };
                let minute = |minute: u16| from.saturating_add(i64::from(minute) * 60_000);
                // Hours that end before they begin are none.
                let (open, close) = (minute(open).min(to), minute(close.max(open)).min(to));
                match time {
                    time if time < open => (1, from, open),
                    time if time < close => (0, open, close),
                    _ => (1, close, to),
                }
            };
            of_profile.push(self.civil(world, own.unwrap_or(zone), of_time)?);
        }
        if people.have_one_profile() {
            return Ok(of_profile.pop().unwrap_or(Codes::same(self.segment.events, 0)));
        }
        let persons = self.persons(world)?;
        let of_profile: Vec<_> = of_profile.iter().map(Codes::each).collect();
        let outside = |(event, row): (usize, &u32)| {
            let codes = people.profile(*row).and_then(|place| of_profile.get(place));
            codes.and_then(|codes| codes.get(event)).copied().unwrap_or(0)
        };
        Ok(Codes::Each(persons.iter().enumerate().map(outside).collect()))
    }
}

const HOUR: Millis = 3_600_000;

/// The civil day of a civil time: its number from 1970-01-01, its beginning and its end.
fn civil_day(time: Millis) -> (i64, Millis, Millis) {
    let from = time.saturating_sub(time.rem_euclid(DAY));
    (time.div_euclid(DAY), from, from.saturating_add(DAY))
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

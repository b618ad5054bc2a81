//! Block: one segment while its rows are looked at. A column is read and decoded when a row's value of it is first asked.

use super::LogError;
use super::columns::Column;
use super::reading::{Reading, time_text};
use crate::audit_log::roots::DAY;
use crate::audit_log::sealed::answer::chunk::Segment;
use crate::audit_log::sealed::segment::{
    AFFECTED, CLASS, Cold, Columns, Heat, INDEX, KINDS, Kind, OUTCOME, TIME, read_cold,
};
use crate::audit_log::sealed::storage::{damaged, sql};
use crate::calendar::{Millis, Span};
use crate::directory::Person;
use crate::event::{ActionClass, Outcome};
use crate::query::{Dimension, period_label};
use crate::seal::SealError;
use rusqlite::OptionalExtension;
use serde_json::{Map, Value as Json, json};
use std::cell::{OnceCell, RefCell};

/// One value, on its way to SQLite.
pub(super) enum Cell<'a> {
    Null,
    Number(i64),
    Text(&'a str),
    Made(String),
}

impl<'a> Cell<'a> {
    /// A text; the empty one is no value.
    fn some(text: &'a str) -> Cell<'a> {
        if text.is_empty() { Cell::Null } else { Cell::Text(text) }
    }
}

/// A segment with what was read of it so far.
pub(super) struct Block {
    pub(super) segment: Segment,
    hot: OnceCell<Vec<u8>>,
    warm: OnceCell<Vec<u8>>,
    cold: OnceCell<Vec<Cold>>,
    times: OnceCell<Vec<Millis>>,
    indices: OnceCell<Vec<i64>>,
    affected: OnceCell<Vec<i64>>,
    classes: OnceCell<Vec<u32>>,
    outcomes: OnceCell<Vec<u32>>,
    codes: [OnceCell<Vec<u32>>; KINDS],
    local: OnceCell<Vec<Millis>>,
    /// Civil day whose labels were made last, with those of day, week and month: neighbouring rows are mostly of one day.
    labels: RefCell<(i64, [String; 3])>,
}

/// The value of a cell, made the first time. (What the standard library will call `get_or_try_init`.)
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T, LogError>) -> Result<&T, LogError> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}

impl Block {
    pub(super) fn new(segment: Segment) -> Block {
        Block {
            segment,
            hot: OnceCell::new(),
            warm: OnceCell::new(),
            cold: OnceCell::new(),
            times: OnceCell::new(),
            indices: OnceCell::new(),
            affected: OnceCell::new(),
            classes: OnceCell::new(),
            outcomes: OnceCell::new(),
            codes: Default::default(),
            local: OnceCell::new(),
            labels: RefCell::new((i64::MIN, Default::default())),
        }
    }

    fn body(&self, reading: &Reading, statement: &str) -> Result<Vec<u8>, LogError> {
        let db = reading.db();
        let mut find = db.prepare_cached(statement).map_err(sql)?;
        let found = find.query_row([self.segment.id], |row| row.get(0)).optional().map_err(sql)?;
        found.ok_or_else(|| LogError::Damaged(format!("{}: a part of it is missing", self.segment)))
    }

    fn columns(&self, reading: &Reading, heat: Heat) -> Result<Columns<'_>, LogError> {
        let bytes = match heat {
            Heat::Hot => once(&self.hot, || self.body(reading, "SELECT body FROM hot WHERE segment = ?1"))?,
            Heat::Warm => once(&self.warm, || self.body(reading, "SELECT body FROM warm WHERE segment = ?1"))?,
        };
        Columns::open(heat, bytes, self.segment.events).map_err(damaged(self.segment))
    }

    fn numbers(&self, reading: &Reading, place: usize) -> Result<Vec<i64>, LogError> {
        self.columns(reading, Heat::Hot)?.numbers(place).map_err(damaged(self.segment))
    }

    fn small(&self, reading: &Reading, place: usize, limit: usize) -> Result<Vec<u32>, LogError> {
        self.columns(reading, Heat::Hot)?.codes(place, limit).map_err(damaged(self.segment))
    }

    /// Instants, row by row.
    pub(super) fn times(&self, reading: &Reading) -> Result<&[Millis], LogError> {
        once(&self.times, || self.numbers(reading, TIME)).map(Vec::as_slice)
    }

    /// Numbers in the batch.
    pub(super) fn indices(&self, reading: &Reading) -> Result<&[i64], LogError> {
        once(&self.indices, || self.numbers(reading, INDEX)).map(Vec::as_slice)
    }

    /// Action classes, by their number.
    pub(super) fn classes(&self, reading: &Reading) -> Result<&[u32], LogError> {
        once(&self.classes, || self.small(reading, CLASS, ActionClass::ALL.len())).map(Vec::as_slice)
    }

    /// Outcomes, by their number.
    pub(super) fn outcomes(&self, reading: &Reading) -> Result<&[u32], LogError> {
        once(&self.outcomes, || self.small(reading, OUTCOME, Outcome::ALL.len())).map(Vec::as_slice)
    }

    /// Codes of a dictionary.
    pub(super) fn codes(&self, reading: &Reading, kind: Kind) -> Result<&[u32], LogError> {
        let Some(cell) = self.codes.get(kind as usize) else { return Ok(&[]) };
        let read = || {
            let limit = reading.texts(kind)?.len();
            let (heat, place) = kind.place();
            self.columns(reading, heat)?.codes(place, limit).map_err(damaged(self.segment))
        };
        once(cell, read).map(Vec::as_slice)
    }

    fn cold(&self, reading: &Reading, row: usize) -> Result<&Cold, LogError> {
        let read = || {
            let body = self.body(reading, "SELECT body FROM cold WHERE segment = ?1")?;
            read_cold(&body, self.segment.events).map_err(damaged(self.segment))
        };
        self.of(once(&self.cold, read)?, row)
    }

    /// Civil time in the installation's zone as if it were UTC.
    fn local(&self, reading: &Reading, row: usize) -> Result<Millis, LogError> {
        let shift = || {
            let times = self.times(reading)?;
            let span = Span {
                from: times.iter().copied().min().unwrap_or(0),
                to: times.iter().copied().max().unwrap_or(0).saturating_add(1),
            };
            let stretches = reading.zone.offsets_in(span);
            let offset = |time: Millis| {
                let place = stretches.partition_point(|(from, _)| *from <= time).saturating_sub(1);
                stretches.get(place).map_or(0, |(_, seconds)| i64::from(*seconds) * 1000)
            };
            Ok(times.iter().map(|time| time.saturating_add(offset(*time))).collect())
        };
        self.of(once(&self.local, shift)?, row).copied()
    }

    fn of<'t, T>(&self, column: &'t [T], row: usize) -> Result<&'t T, LogError> {
        let missing = || damaged(self.segment)(SealError::Malformed("a column is too short".to_owned()));
        column.get(row).ok_or_else(missing)
    }

    fn text<'t>(&self, reading: &'t Reading, kind: Kind, row: usize) -> Result<Cell<'t>, LogError> {
        let code = *self.of(self.codes(reading, kind)?, row)?;
        Ok(Cell::some(self.of(reading.texts(kind)?, code as usize)?))
    }

    fn label(&self, reading: &Reading, row: usize, which: usize) -> Result<Cell<'static>, LogError> {
        let day = self.local(reading, row)?.div_euclid(DAY);
        let mut labels = self.labels.borrow_mut();
        if labels.0 != day {
            let date = chrono::DateTime::from_timestamp_millis(day.saturating_mul(DAY)).map(|at| at.date_naive());
            let label = |dimension| date.and_then(|date| period_label(dimension, date)).unwrap_or_default();
            *labels = (day, [Dimension::Day, Dimension::Week, Dimension::Month].map(label));
        }
        Ok(labels.1.get(which).map_or(Cell::Null, |label| Cell::Made(label.clone())))
    }

    fn key<'t>(&self, reading: &'t Reading, row: usize) -> Result<&'t str, LogError> {
        let code = *self.of(self.codes(reading, Kind::Actor)?, row)?;
        Ok(self.of(reading.keys()?, code as usize)?)
    }

    fn person<'t>(&self, reading: &'t Reading, row: usize) -> Result<Option<&'t Person>, LogError> {
        let time = *self.of(self.times(reading)?, row)?;
        Ok(reading.lens.directory.at(self.key(reading, row)?, time))
    }

    /// Whether it was done outside the working hours of the actor's team; never where hours do not apply.
    fn outside_hours(&self, reading: &Reading, row: usize) -> Result<bool, LogError> {
        let hours = &reading.lens.hours;
        let person = self.person(reading, row)?;
        if person.is_some_and(|person| hours.exempt_kinds.contains(&person.kind)) {
            return Ok(false);
        }
        let profile = hours.profile(person.map(|person| person.team.as_str()).filter(|team| !team.is_empty()));
        let own = profile.timezone.as_ref().and_then(|name| reading.lens.zones.get(name));
        let time = *self.of(self.times(reading)?, row)?;
        Ok(hours.is_outside(profile, own.unwrap_or(&reading.zone).civil(time)))
    }

    /// One value.
    pub(super) fn cell<'t>(&'t self, reading: &'t Reading, row: usize, column: Column) -> Result<Cell<'t>, LogError> {
        let of_person = |field: fn(&Person) -> &str| -> Result<Cell<'t>, LogError> {
            Ok(self.person(reading, row)?.map_or(Cell::Null, |person| Cell::some(field(person))))
        };
        let time = || self.of(self.times(reading)?, row).copied();
        let number = |value: i64| Ok(Cell::Number(value));
        match column {
            Column::Number => {
                let index = self.of(self.indices(reading)?, row)?;
                Ok(Cell::Made(format!("{}-{index}", self.segment.batch)))
            }
            Column::Time => Ok(Cell::Made(time_text(time()?))),
            Column::TimeMs => number(time()?),
            Column::Day => self.label(reading, row, 0),
            Column::Week => self.label(reading, row, 1),
            Column::Month => self.label(reading, row, 2),
            Column::Hour => number(self.local(reading, row)?.rem_euclid(DAY) / 3_600_000),
            // 1970-01-01 was a Thursday.
            Column::Weekday => number((self.local(reading, row)?.div_euclid(DAY) + 3).rem_euclid(7) + 1),
            Column::Source => {
                let batch = reading.state.batch(self.segment.batch);
                Ok(batch.map_or(Cell::Null, |batch| Cell::some(&batch.source.name)))
            }
            Column::Actor => self.text(reading, Kind::Actor, row),
            Column::ActorKey => Ok(Cell::some(self.key(reading, row)?)),
            Column::ActorName => of_person(|person| &person.name),
            Column::ActorRole => of_person(|person| &person.role),
            Column::ActorTeam => of_person(|person| &person.team),
            Column::ActorKind => of_person(|person| &person.kind),
            Column::OutsideHours => number(i64::from(self.outside_hours(reading, row)?)),
            Column::Action => self.text(reading, Kind::Action, row),
            Column::Class => {
                let code = *self.of(self.classes(reading)?, row)?;
                Ok(Cell::Text(self.of(&ActionClass::ALL, code as usize)?.as_str()))
            }
            Column::Module => self.text(reading, Kind::Module, row),
            Column::Record => self.text(reading, Kind::Record, row),
            Column::RecordName => self.text(reading, Kind::RecordName, row),
            Column::Outcome => {
                let code = *self.of(self.outcomes(reading)?, row)?;
                Ok(Cell::Text(self.of(&Outcome::ALL, code as usize)?.as_str()))
            }
            Column::Ip => self.text(reading, Kind::Ip, row),
            Column::Agent => self.text(reading, Kind::Agent, row),
            Column::Channel => self.text(reading, Kind::Channel, row),
            Column::Affected => number(*self.of(once(&self.affected, || self.numbers(reading, AFFECTED))?, row)?),
            Column::Id => Ok(Cell::some(self.cold(reading, row)?.id.as_deref().unwrap_or_default())),
            Column::TimeWritten => Ok(Cell::some(&self.cold(reading, row)?.time_written)),
            Column::Changes => Ok(changes(self.cold(reading, row)?)),
            Column::Details => Ok(details(self.cold(reading, row)?)),
            Column::Batch => number(self.segment.batch as i64),
            Column::Line => number(i64::try_from(self.cold(reading, row)?.line).unwrap_or(i64::MAX)),
        }
    }
}

fn changes(cold: &Cold) -> Cell<'static> {
    if cold.changes.is_empty() {
        return Cell::Null;
    }
    let one = |change: &crate::event::Change| json!({ "field": change.field, "old": change.old, "new": change.new });
    Cell::Made(Json::Array(cold.changes.iter().map(one).collect()).to_string())
}

fn details(cold: &Cold) -> Cell<'static> {
    if cold.details.is_empty() {
        return Cell::Null;
    }
    let all: Map<String, Json> = cold.details.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    Cell::Made(Json::Object(all).to_string())
}

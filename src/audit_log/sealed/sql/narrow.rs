//! Narrow: which rows a statement's conditions leave, as far as that saves reading. SQLite checks every condition again,
//! so what is kept here may be too much, and never too little.

use super::LogError;
use super::block::Block;
use super::columns::Column;
use super::reading::{Reading, time_text};
use crate::audit_log::roots::DAY;
use crate::audit_log::sealed::answer::chunk::Segment;
use crate::audit_log::sealed::answer::segments;
use crate::audit_log::sealed::segment::Kind;
use crate::audit_log::{EARLIEST, LATEST};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::event::{ActionClass, Outcome};
use crate::query::{Dimension, period_label};
use rusqlite::types::ValueRef;
use std::collections::BTreeSet;

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    More,
    AtLeast,
    Less,
    AtMost,
    In,
}

impl Compare {
    const ALL: [(Compare, char); 6] = [
        (Compare::Equal, '='),
        (Compare::More, '>'),
        (Compare::AtLeast, 'g'),
        (Compare::Less, '<'),
        (Compare::AtMost, 'l'),
        (Compare::In, 'i'),
    ];

    /// As a plan writes it.
    pub(super) fn letter(self) -> char {
        Compare::ALL.iter().find(|(known, _)| *known == self).map_or(' ', |(_, letter)| *letter)
    }

    /// What [`letter`](Self::letter) writes.
    pub(super) fn of_letter(letter: char) -> Option<Compare> {
        Compare::ALL.iter().find(|(_, known)| *known == letter).map(|(compare, _)| *compare)
    }
}

/// Which conditions on a column are of use here.
pub(super) fn is_useful(column: Column, compare: Compare) -> bool {
    let equal = matches!(compare, Compare::Equal | Compare::In);
    match column {
        Column::Time | Column::TimeMs | Column::Day | Column::Week | Column::Month => compare != Compare::In,
        Column::Batch | Column::Number | Column::Source | Column::Class | Column::Outcome | Column::ActorKey => equal,
        other => equal && kind_of(other).is_some(),
    }
}

/// The dictionary of a column.
fn kind_of(column: Column) -> Option<Kind> {
    Some(match column {
        Column::Actor => Kind::Actor,
        Column::Action => Kind::Action,
        Column::Module => Kind::Module,
        Column::Record => Kind::Record,
        Column::RecordName => Kind::RecordName,
        Column::Ip => Kind::Ip,
        Column::Agent => Kind::Agent,
        Column::Channel => Kind::Channel,
        _ => return None,
    })
}

/// What is left.
pub(super) struct Narrow {
    span: Span,
    batches: Option<BTreeSet<u64>>,
    sources: Option<BTreeSet<String>>,
    coded: Vec<(Coded, BTreeSet<u32>)>,
}

/// A column of codes.
#[derive(Clone, Copy)]
enum Coded {
    Class,
    Outcome,
    Text(Kind),
}

/// Rows of a segment that are left.
pub(super) enum Rows {
    All(usize),
    Some(Vec<u32>),
}

impl Default for Narrow {
    fn default() -> Narrow {
        Narrow { span: Span { from: Millis::MIN, to: Millis::MAX }, batches: None, sources: None, coded: Vec::new() }
    }
}

impl Narrow {
    /// Takes a condition in: a column, compared with a value (with each of some values, of which one must fit).
    pub(super) fn take(
        &mut self,
        reading: &Reading,
        column: Column,
        compare: Compare,
        values: &[ValueRef<'_>],
    ) -> Result<(), LogError> {
        // A text column is compared with numbers in ways that are SQLite's own: such conditions are left to it.
        let texts: Option<Vec<&str>> = values.iter().map(|value| value.as_str().ok()).collect();
        match column {
            Column::TimeMs => {
                if let [value] = values {
                    self.by_number(compare, *value);
                }
            }
            Column::Time => {
                if let Some([text]) = texts.as_deref() {
                    self.by_order(compare, &|wanted| first(EARLIEST, LATEST, |at| wanted.fits(&time_text(at), text)));
                }
            }
            Column::Day | Column::Week | Column::Month => {
                let dimension = match column {
                    Column::Day => Dimension::Day,
                    Column::Week => Dimension::Week,
                    _ => Dimension::Month,
                };
                if let Some([text]) = texts.as_deref() {
                    let days = (EARLIEST.div_euclid(DAY) - 1, LATEST.div_euclid(DAY) + 1);
                    let day = |wanted: Wanted| first(days.0, days.1, |day| wanted.fits(&label(dimension, day), text));
                    // The first civil day of the range may begin at different instants, by the offset in force.
                    self.by_order(compare, &|wanted| match wanted {
                        Wanted::NotBefore => edges(&reading.zone, day(wanted)).0,
                        Wanted::After => edges(&reading.zone, day(wanted)).1,
                    });
                }
            }
            Column::Batch => {
                let numbers: Option<BTreeSet<u64>> = values
                    .iter()
                    .map(|value| value.as_i64().ok().and_then(|number| u64::try_from(number).ok()))
                    .collect();
                self.only_batches(numbers);
            }
            Column::Number => {
                let batch = |text: &&str| text.split_once('-').and_then(|(batch, _)| batch.parse().ok());
                self.only_batches(texts.and_then(|texts| texts.iter().map(batch).collect()));
            }
            Column::Source => {
                if let Some(texts) = texts {
                    let names: BTreeSet<String> = texts.into_iter().map(str::to_owned).collect();
                    self.sources = Some(match self.sources.take() {
                        Some(before) => before.intersection(&names).cloned().collect(),
                        None => names,
                    });
                }
            }
            Column::Class => self.by_code(Coded::Class, texts, |text| {
                ActionClass::ALL.iter().filter(|class| class.as_str() == text).map(|class| *class as u32).collect()
            }),
            Column::Outcome => self.by_code(Coded::Outcome, texts, |text| {
                Outcome::ALL.iter().filter(|outcome| outcome.as_str() == text).map(|outcome| *outcome as u32).collect()
            }),
            Column::ActorKey => {
                let keys = reading.keys()?;
                self.by_code(Coded::Text(Kind::Actor), texts, |text| places(keys.iter().map(String::as_str), text));
            }
            other => {
                if let Some(kind) = kind_of(other) {
                    let known = reading.texts(kind)?;
                    self.by_code(Coded::Text(kind), texts, |text| places(known.iter().map(|known| &**known), text));
                }
            }
        }
        Ok(())
    }

    fn by_number(&mut self, compare: Compare, value: ValueRef<'_>) {
        let (low, high) = match value {
            ValueRef::Integer(number) => (number, number),
            // Saturates; NaN is never stored by SQLite.
            ValueRef::Real(number) => (number.floor() as i64, number.ceil() as i64),
            _ => return,
        };
        if matches!(compare, Compare::Equal | Compare::More | Compare::AtLeast) {
            self.span.from = self.span.from.max(low);
        }
        if matches!(compare, Compare::Equal | Compare::Less | Compare::AtMost) {
            self.span.to = self.span.to.min(high.saturating_add(1));
        }
    }

    fn by_order(&mut self, compare: Compare, edge: &dyn Fn(Wanted) -> Millis) {
        if matches!(compare, Compare::Equal | Compare::More | Compare::AtLeast) {
            self.span.from = self.span.from.max(edge(Wanted::NotBefore));
        }
        if matches!(compare, Compare::Equal | Compare::Less | Compare::AtMost) {
            self.span.to = self.span.to.min(edge(Wanted::After));
        }
    }

    fn only_batches(&mut self, numbers: Option<BTreeSet<u64>>) {
        let Some(numbers) = numbers else { return };
        self.batches = Some(match self.batches.take() {
            Some(before) => before.intersection(&numbers).copied().collect(),
            None => numbers,
        });
    }

    fn by_code(&mut self, column: Coded, texts: Option<Vec<&str>>, codes: impl Fn(&str) -> Vec<u32>) {
        if let Some(texts) = texts {
            self.coded.push((column, texts.into_iter().flat_map(codes).collect()));
        }
    }

    /// The segments that may have rows, in order of batch, day and part.
    pub(super) fn segments(&self, reading: &Reading) -> Result<Vec<Segment>, LogError> {
        if self.coded.iter().any(|(_, codes)| codes.is_empty()) {
            return Ok(Vec::new());
        }
        let mut left = segments(&reading.db(), &reading.state, self.span)?;
        left.retain(|segment| {
            let source = || reading.state.batch(segment.batch).map(|batch| &batch.source.name);
            self.batches.as_ref().is_none_or(|batches| batches.contains(&segment.batch))
                && self.sources.as_ref().is_none_or(|names| source().is_some_and(|name| names.contains(name)))
        });
        Ok(left)
    }

    /// The rows of a segment that are left.
    pub(super) fn rows(&self, reading: &Reading, block: &Block) -> Result<Rows, LogError> {
        let segment = &block.segment;
        let inside = self.span.from <= segment.span.from && segment.span.to <= self.span.to;
        if inside && self.coded.is_empty() {
            return Ok(Rows::All(segment.events));
        }
        let mut rows: Vec<u32> = (0..segment.events as u32).collect();
        if !inside {
            let times = block.times(reading)?;
            rows.retain(|row| times.get(*row as usize).is_some_and(|time| self.span.contains(*time)));
        }
        for (column, wanted) in &self.coded {
            let codes = match column {
                Coded::Class => block.classes(reading)?,
                Coded::Outcome => block.outcomes(reading)?,
                Coded::Text(kind) => block.codes(reading, *kind)?,
            };
            rows.retain(|row| codes.get(*row as usize).is_some_and(|code| wanted.contains(code)));
        }
        Ok(Rows::Some(rows))
    }
}

/// Which edge of a range of texts is wanted.
#[derive(Clone, Copy)]
enum Wanted {
    /// The first one that is not before the text.
    NotBefore,
    /// The first one after it.
    After,
}

impl Wanted {
    fn fits(self, one: &str, text: &str) -> bool {
        match self {
            Wanted::NotBefore => one >= text,
            Wanted::After => one > text,
        }
    }
}

/// The first number of a range that fits, where all after the first one fit; the end of the range if none does.
fn first(from: i64, to: i64, fits: impl Fn(i64) -> bool) -> i64 {
    let (mut low, mut high) = (from, to);
    while low < high {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The label of the period in which a civil day (counted from 1970) lies. Labels of one unit compare as days do.
fn label(dimension: Dimension, day: i64) -> String {
    let date = chrono::DateTime::from_timestamp_millis(day.saturating_mul(DAY)).map(|at| at.date_naive());
    date.and_then(|date| period_label(dimension, date)).unwrap_or_default()
}

/// The earliest and the latest instant at which clocks of a zone may show the begin of a civil day: where they are set
/// back over midnight, the day begins twice.
fn edges(zone: &Zone, day: i64) -> (Millis, Millis) {
    let midnight = day.saturating_mul(DAY);
    let around = Span { from: midnight.saturating_sub(2 * DAY), to: midnight.saturating_add(2 * DAY) };
    let offsets = || zone.offsets_in(around).into_iter().map(|(_, seconds)| i64::from(seconds) * 1000);
    let (most, least) = (offsets().max().unwrap_or(0), offsets().min().unwrap_or(0));
    (midnight.saturating_sub(most), midnight.saturating_sub(least))
}

/// The codes of a text: one, or none; of a key, as many as it has spellings. The empty text is no value.
fn places<'t>(known: impl Iterator<Item = &'t str>, text: &str) -> Vec<u32> {
    if text.is_empty() {
        return Vec::new();
    }
    known.zip(0..).filter(|(known, _)| *known == text).map(|(_, code)| code).collect()
}

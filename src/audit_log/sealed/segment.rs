//! Segment: some events of one batch and one UTC day as columns: hot, warm, and (compressed) cold.
//!
//! Hot is what most questions ask, warm what few ask, cold what only evidence shows. Each is a version byte, the number
//! of events, and its columns as blocks in a fixed order, so that a reader decodes only those that it needs.

use super::column;
use super::storage::{compress, decompress};
use crate::audit_log::LogError;
use crate::event::{Change, Event};
use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};
use std::collections::BTreeMap;

const VERSION: u8 = 1;

/// Columns of text with a dictionary each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub(super) enum Kind {
    Actor,
    Action,
    Module,
    Record,
    RecordName,
    Ip,
    Agent,
    Channel,
}

/// How many there are.
pub(super) const KINDS: usize = 8;

impl Kind {
    pub(super) const ALL: [Kind; KINDS] =
        [Kind::Actor, Kind::Action, Kind::Module, Kind::Record, Kind::RecordName, Kind::Ip, Kind::Agent, Kind::Channel];

    /// For messages.
    pub(super) fn name(self) -> &'static str {
        ["actors", "actions", "modules", "records", "record names", "addresses", "agents", "channels"]
            .get(self as usize)
            .copied()
            .unwrap_or_default()
    }

    /// The field's text in an event.
    pub(super) fn of(self, event: &Event) -> &str {
        match self {
            Kind::Actor => &event.actor,
            Kind::Action => &event.action,
            Kind::Module => &event.module,
            Kind::Record => &event.record,
            Kind::RecordName => &event.record_name,
            Kind::Ip => &event.origin.ip,
            Kind::Agent => &event.origin.agent,
            Kind::Channel => &event.origin.channel,
        }
    }

    /// Where its codes lie.
    pub(super) fn place(self) -> (Heat, usize) {
        match self {
            Kind::Actor => (Heat::Hot, 2),
            Kind::Action => (Heat::Hot, 3),
            Kind::Module => (Heat::Hot, 4),
            Kind::Record => (Heat::Warm, 0),
            Kind::RecordName => (Heat::Warm, 1),
            Kind::Ip => (Heat::Warm, 2),
            Kind::Agent => (Heat::Warm, 3),
            Kind::Channel => (Heat::Warm, 4),
        }
    }
}

/// The table of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heat {
    Hot,
    Warm,
}

/// Places of the columns without a dictionary, all hot.
pub(super) const INDEX: usize = 0;
pub(super) const TIME: usize = 1;
pub(super) const CLASS: usize = 5;
pub(super) const OUTCOME: usize = 6;
pub(super) const AFFECTED: usize = 7;
const HOT_COLUMNS: usize = 8;
const WARM_COLUMNS: usize = 5;

/// A segment that is being filled.
#[derive(Default)]
pub(super) struct Builder {
    index: Vec<i64>,
    time: Vec<i64>,
    codes: [Vec<i64>; KINDS],
    class: Vec<i64>,
    outcome: Vec<i64>,
    affected: Vec<i64>,
    lines: Vec<i64>,
    ids: Writer,
    times_written: Writer,
    numbers: Writer,
    changes: Writer,
    details: Writer,
}

/// A segment's three bodies.
pub(super) struct Bodies {
    pub(super) hot: Vec<u8>,
    pub(super) warm: Vec<u8>,
    pub(super) cold: Vec<u8>,
}

impl Builder {
    /// Adds an event with its number in the batch and its codes.
    pub(super) fn push(&mut self, index: u64, event: &Event, codes: [u32; KINDS]) {
        self.index.push(index as i64);
        self.time.push(event.time);
        for (column, code) in self.codes.iter_mut().zip(codes) {
            column.push(i64::from(code));
        }
        self.class.push(event.class as i64);
        self.outcome.push(event.outcome as i64);
        self.affected.push(i64::try_from(event.records_affected()).unwrap_or(i64::MAX));
        self.lines.push(event.line as i64);
        self.ids.text_option(event.id.as_deref());
        self.times_written.text(&event.time_written);
        self.numbers.number_option(event.affected);
        self.changes.number(event.changes.len() as u64);
        for change in &event.changes {
            self.changes.text(&change.field);
            self.changes.text_option(change.old.as_deref());
            self.changes.text_option(change.new.as_deref());
        }
        self.details.number(event.details.len() as u64);
        for (name, value) in &event.details {
            self.details.text(name);
            self.details.text(value);
        }
    }

    pub(super) fn events(&self) -> usize {
        self.time.len()
    }

    /// Earliest and latest time; `None` if there is no event.
    pub(super) fn times(&self) -> Option<(i64, i64)> {
        self.time.iter().copied().min().zip(self.time.iter().copied().max())
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let streams = [&self.ids, &self.times_written, &self.numbers, &self.changes, &self.details];
        streams.iter().map(|stream| stream.as_slice().len()).sum::<usize>() + self.events() * 8 * (KINDS + 6)
    }

    /// The bodies as they are stored.
    pub(super) fn bodies(&self) -> Result<Bodies, LogError> {
        let code = |kind: Kind| self.codes.get(kind as usize).map_or(&[][..], Vec::as_slice);
        let hot: [&[i64]; HOT_COLUMNS] = [
            &self.index,
            &self.time,
            code(Kind::Actor),
            code(Kind::Action),
            code(Kind::Module),
            &self.class,
            &self.outcome,
            &self.affected,
        ];
        let warm: [&[i64]; WARM_COLUMNS] =
            [code(Kind::Record), code(Kind::RecordName), code(Kind::Ip), code(Kind::Agent), code(Kind::Channel)];
        let mut cold = Writer::new();
        cold.byte(VERSION);
        cold.number(self.events() as u64);
        let mut lines = Writer::new();
        column::write(&mut lines, &self.lines);
        for stream in [&lines, &self.ids, &self.times_written, &self.numbers, &self.changes, &self.details] {
            cold.block(stream.as_slice());
        }
        let cold = compress(cold.as_slice())?;
        Ok(Bodies { hot: columns(self.events(), &hot), warm: columns(self.events(), &warm), cold })
    }
}

fn columns(events: usize, columns: &[&[i64]]) -> Vec<u8> {
    let mut out = Writer::new();
    out.byte(VERSION);
    out.number(events as u64);
    let mut block = Writer::new();
    for values in columns {
        block.clear();
        column::write(&mut block, values);
        out.block(block.as_slice());
    }
    out.finish()
}

fn open<'a>(bytes: &'a [u8], events: usize) -> Result<Reader<'a>, SealError> {
    let mut from = Reader::new(bytes);
    let version = from.byte()?;
    if version != VERSION {
        return Err(SealError::Malformed(format!("version {version}")));
    }
    if from.number()? != events as u64 {
        return Err(SealError::Malformed("another number of events than its segment has".to_owned()));
    }
    Ok(from)
}

/// The columns of a hot or warm body, to be decoded one by one.
pub(super) struct Columns<'a> {
    events: usize,
    blocks: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    /// Finds the columns in a body that should have so many events.
    pub(super) fn open(heat: Heat, bytes: &'a [u8], events: usize) -> Result<Columns<'a>, SealError> {
        let mut from = open(bytes, events)?;
        let count = if heat == Heat::Hot { HOT_COLUMNS } else { WARM_COLUMNS };
        let blocks = (0..count).map(|_| from.block()).collect::<Result<_, _>>()?;
        from.end()?;
        Ok(Columns { events, blocks })
    }

    /// The numbers of a column.
    pub(super) fn numbers(&self, column: usize) -> Result<Vec<i64>, SealError> {
        let mut from = self.block(column)?;
        let values = column::read(&mut from, self.events)?;
        from.end()?;
        Ok(values)
    }

    /// The codes of a column, each below `limit`.
    pub(super) fn codes(&self, column: usize, limit: usize) -> Result<Vec<u32>, SealError> {
        let mut from = self.block(column)?;
        let values = column::read_codes(&mut from, self.events, limit)?;
        from.end()?;
        Ok(values)
    }

    fn block(&self, column: usize) -> Result<Reader<'a>, SealError> {
        let block = self.blocks.get(column).ok_or_else(|| SealError::Malformed("a column is missing".to_owned()))?;
        Ok(Reader::new(block))
    }
}

/// What is cold of one event.
pub(super) struct Cold {
    pub(super) line: u64,
    pub(super) id: Option<String>,
    pub(super) time_written: String,
    pub(super) affected: Option<u64>,
    pub(super) changes: Vec<Change>,
    pub(super) details: BTreeMap<String, String>,
}

/// Decodes a cold body that should have so many events.
pub(super) fn read_cold(bytes: &[u8], events: usize) -> Result<Vec<Cold>, SealError> {
    let bytes = decompress(bytes)?;
    let mut from = open(&bytes, events)?;
    let mut stream = || from.block().map(Reader::new);
    let (mut lines, mut ids, mut times, mut numbers, mut changes, mut details) =
        (stream()?, stream()?, stream()?, stream()?, stream()?, stream()?);
    from.end()?;
    let line_numbers = column::read(&mut lines, events)?;
    let mut rows = Vec::with_capacity(line_numbers.len());
    for line in line_numbers {
        let id = ids.text_option()?.map(str::to_owned);
        let time_written = times.text()?.to_owned();
        let affected = numbers.number_option()?;
        let mut of_event = Vec::new();
        for _ in 0..changes.count(3)? {
            let field = changes.text()?.to_owned();
            let old = changes.text_option()?.map(str::to_owned);
            let new = changes.text_option()?.map(str::to_owned);
            of_event.push(Change { field, old, new });
        }
        let mut named = BTreeMap::new();
        for _ in 0..details.count(2)? {
            named.insert(details.text()?.to_owned(), details.text()?.to_owned());
        }
        rows.push(Cold { line: line as u64, id, time_written, affected, changes: of_event, details: named });
    }
    for rest in [lines, ids, times, numbers, changes, details] {
        rest.end()?;
    }
    Ok(rows)
}

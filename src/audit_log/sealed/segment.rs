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
use crate::seal::canonical::Parts;
use std::collections::BTreeMap;

mod uuids;

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

    /// The field's text in the parts of an event.
    pub(super) fn of_parts<'a>(self, event: &Parts<'a>) -> &'a [u8] {
        match self {
            Kind::Actor => event.actor,
            Kind::Action => event.action,
            Kind::Module => event.module,
            Kind::Record => event.record,
            Kind::RecordName => event.record_name,
            Kind::Ip => event.ip,
            Kind::Agent => event.agent,
            Kind::Channel => event.channel,
        }
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

/// Says in the place of a column's kind: what follows are distances from the column before it, code by code. Names of
/// records are mostly numbered as their records are, and then take no byte at all.
const BESIDE: u8 = 4;

/// A segment that is being filled.
#[derive(Default)]
pub(super) struct Builder {
    index: Vec<i64>,
    time: Vec<i64>,
    codes: [Vec<u32>; KINDS],
    class: Vec<u8>,
    outcome: Vec<u8>,
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
    /// Adds an event with its number in the batch, its codes, the records it affected, and its line.
    pub(super) fn push(&mut self, index: u64, event: &Parts<'_>, codes: [u32; KINDS], affected: u64, line: u64) {
        self.index.push(index as i64);
        self.time.push(event.time);
        for (column, code) in self.codes.iter_mut().zip(codes) {
            column.push(code);
        }
        self.class.push(event.class as u8);
        self.outcome.push(event.outcome as u8);
        self.affected.push(i64::try_from(affected).unwrap_or(i64::MAX));
        self.lines.push(line as i64);
        self.ids.raw(event.id);
        self.times_written.block(event.time_written);
        self.numbers.raw(event.affected);
        self.changes.raw(event.changes);
        self.details.raw(event.details);
    }

    pub(super) fn events(&self) -> usize {
        self.time.len()
    }

    /// The number of the event added last, 0 if there is none.
    pub(super) fn last(&self) -> u64 {
        self.index.last().map_or(0, |index| *index as u64)
    }

    /// Earliest and latest time; `None` if there is no event.
    pub(super) fn times(&self) -> Option<(i64, i64)> {
        self.time.iter().copied().min().zip(self.time.iter().copied().max())
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let streams = [&self.ids, &self.times_written, &self.numbers, &self.changes, &self.details];
        streams.iter().map(|stream| stream.as_slice().len()).sum::<usize>() + self.events() * (4 * KINDS + 34)
    }

    /// The bodies as they are stored.
    pub(super) fn bodies(&self) -> Result<Bodies, LogError> {
        let code = |kind: Kind| self.codes.get(kind as usize).map_or(&[][..], Vec::as_slice);
        let mut hot = body(self.events());
        let numbers = |out: &mut Writer, values: &[i64]| block(out, values.iter().copied());
        let codes = |out: &mut Writer, kind: Kind| block(out, code(kind).iter().map(|code| i64::from(*code)));
        let small = |out: &mut Writer, values: &[u8]| block(out, values.iter().map(|value| i64::from(*value)));
        numbers(&mut hot, &self.index);
        numbers(&mut hot, &self.time);
        codes(&mut hot, Kind::Actor);
        codes(&mut hot, Kind::Action);
        codes(&mut hot, Kind::Module);
        small(&mut hot, &self.class);
        small(&mut hot, &self.outcome);
        numbers(&mut hot, &self.affected);
        let mut warm = body(self.events());
        codes(&mut warm, Kind::Record);
        beside(&mut warm, code(Kind::RecordName), code(Kind::Record));
        codes(&mut warm, Kind::Ip);
        codes(&mut warm, Kind::Agent);
        codes(&mut warm, Kind::Channel);
        let mut cold = body(self.events());
        numbers(&mut cold, &self.lines);
        match uuids::pack(self.ids.as_slice(), self.events()) {
            Some(packed) => cold.block(&packed),
            None => cold.block(self.ids.as_slice()),
        }
        for stream in [&self.times_written, &self.numbers, &self.changes, &self.details] {
            cold.block(stream.as_slice());
        }
        let cold = compress(cold.as_slice())?;
        Ok(Bodies { hot: hot.finish(), warm: warm.finish(), cold })
    }
}

fn body(events: usize) -> Writer {
    let mut out = Writer::new();
    out.byte(VERSION);
    out.number(events as u64);
    out
}

fn block(out: &mut Writer, values: impl Iterator<Item = i64> + Clone) {
    let mut block = Writer::new();
    column::write(&mut block, values);
    out.block(block.as_slice());
}

/// Writes codes as distances from other ones where that is shorter.
fn beside(out: &mut Writer, codes: &[u32], others: &[u32]) {
    let mut plain = Writer::new();
    column::write(&mut plain, codes.iter().map(|code| i64::from(*code)));
    let mut distances = Writer::new();
    distances.byte(BESIDE);
    column::write(&mut distances, codes.iter().zip(others).map(|(code, other)| i64::from(*code) - i64::from(*other)));
    let shorter = if distances.as_slice().len() < plain.as_slice().len() { distances } else { plain };
    out.block(shorter.as_slice());
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
        let mut beside = from.clone();
        if beside.byte() != Ok(BESIDE) {
            let values = column::read_codes(&mut from, self.events, limit)?;
            from.end()?;
            return Ok(values);
        }
        let malformed = || SealError::Malformed("a code that no dictionary has".to_owned());
        let others = self.codes(column.checked_sub(1).ok_or_else(malformed)?, u32::MAX as usize)?;
        let distances = column::read(&mut beside, self.events)?;
        beside.end()?;
        let code = |(distance, other): (i64, u32)| {
            let code = distance.checked_add(i64::from(other)).and_then(|code| u32::try_from(code).ok());
            code.filter(|code| (*code as usize) < limit)
        };
        distances.into_iter().zip(others).map(code).collect::<Option<_>>().ok_or_else(malformed)
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
    let mut rows = Vec::with_capacity(events);
    each_cold(&bytes, events, |raw| {
        let text =
            |bytes| std::str::from_utf8(bytes).map_err(|_| SealError::Malformed("text that is not UTF-8".into()));
        let mut changes = Reader::new(raw.changes);
        let mut of_event = Vec::new();
        for _ in 0..changes.count(3)? {
            let field = changes.text()?.to_owned();
            let old = changes.text_option()?.map(str::to_owned);
            let new = changes.text_option()?.map(str::to_owned);
            of_event.push(Change { field, old, new });
        }
        let mut details = Reader::new(raw.details);
        let mut named = BTreeMap::new();
        for _ in 0..details.count(2)? {
            named.insert(details.text()?.to_owned(), details.text()?.to_owned());
        }
        rows.push(Cold {
            line: raw.line as u64,
            id: Reader::new(raw.id).text_option()?.map(str::to_owned),
            time_written: text(raw.time_written)?.to_owned(),
            affected: Reader::new(raw.affected).number_option()?,
            changes: of_event,
            details: named,
        });
        Ok(())
    })?;
    Ok(rows)
}

/// What is cold of one event, options and lists as they are encoded.
pub(super) struct RawCold<'a> {
    pub(super) line: i64,
    pub(super) id: &'a [u8],
    pub(super) time_written: &'a [u8],
    pub(super) affected: &'a [u8],
    pub(super) changes: &'a [u8],
    pub(super) details: &'a [u8],
}

/// Gives what is cold of each event of a decompressed body.
pub(super) fn each_cold(
    bytes: &[u8],
    events: usize,
    mut take: impl FnMut(RawCold<'_>) -> Result<(), SealError>,
) -> Result<(), SealError> {
    let mut from = open(bytes, events)?;
    let mut stream = || from.block().map(Reader::new);
    let (mut lines, ids, mut times, mut numbers, mut changes, mut details) =
        (stream()?, stream()?, stream()?, stream()?, stream()?, stream()?);
    from.end()?;
    let unpacked = uuids::unpack(ids.clone())?;
    let mut ids = unpacked.as_deref().map_or(ids, Reader::new);
    for line in column::read(&mut lines, events)? {
        take(RawCold {
            line,
            id: ids.skipped(pass_text_option)?,
            time_written: times.block()?,
            affected: numbers.skipped(|from| if from.flag()? { from.number().map(drop) } else { Ok(()) })?,
            changes: changes.skipped(|from| {
                for _ in 0..from.count(3)? {
                    from.block()?;
                    pass_text_option(from)?;
                    pass_text_option(from)?;
                }
                Ok(())
            })?,
            details: details.skipped(|from| {
                for _ in 0..from.count(2)? {
                    from.block()?;
                    from.block()?;
                }
                Ok(())
            })?,
        })?;
    }
    for rest in [lines, ids, times, numbers, changes, details] {
        rest.end()?;
    }
    Ok(())
}

fn pass_text_option(from: &mut Reader<'_>) -> Result<(), SealError> {
    if from.flag()? { from.block().map(drop) } else { Ok(()) }
}

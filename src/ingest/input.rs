//! Input: what a file is (plain, .gz, .zip; CSV or JSON lines), unpacked within bounds, with its bytes counted.

use super::feed::Feed;
use super::mapping::{Mapping, Shape};
use super::times::Times;
use super::{ReadError, Summary, csv_rows, json_lines};
use crate::audit_log::Sink;
use crate::calendar::zone::ZoneRules;
use crate::written::{Position, Problem};
use flate2::bufread::MultiGzDecoder;
use std::cell::Cell;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result as IoResult, Seek, SeekFrom};
use zip::ZipArchive;

/// A file, or bytes in memory.
pub trait Input: Read + Seek {}

impl<T: Read + Seek> Input for T {}

/// The most entries that a ZIP may have.
pub const MAX_ENTRIES: usize = 10_000;

/// How many times its size a .gz or .zip may unpack to. Logs that repeat themselves reach some 50.
pub const MAX_RATIO: u64 = 250;

/// What every packed file may unpack to.
const ALWAYS: u64 = 256 << 20;

/// What none may.
const NEVER: u64 = 64 << 30;

const BUFFER: usize = 128 * 1024;

/// Marks the error of a file that unpacks to more than it may.
const TOO_MUCH: &str = "it unpacks to more than it may";

/// Names of files inside a ZIP that hold rows.
const ENDINGS: [&str; 7] = [".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".log"];

pub(super) fn unreadable(file: &str, error: Error) -> ReadError {
    match error.kind() {
        ErrorKind::QuotaExceeded => ReadError::Refused(file.to_owned(), error.to_string()),
        ErrorKind::UnexpectedEof => {
            ReadError::Unreadable(file.to_owned(), "it ends in the middle: was it copied whole?".to_owned())
        }
        _ => ReadError::Unreadable(file.to_owned(), error.to_string()),
    }
}

pub(super) fn read(
    input: &mut dyn Input,
    file: &str,
    mapping: &Mapping,
    rules: &ZoneRules,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(u64),
) -> Result<Summary, ReadError> {
    let times = Times::new(mapping.times(), mapping.timezone.as_deref(), rules).map_err(|what| {
        let instead = "Name a zone of the tz database, as in Europe/Berlin".to_owned();
        ReadError::Problems(vec![Mapping::problem_in(&mapping.file, Position::default(), what, instead)])
    })?;
    let failed = |error| unreadable(file, error);
    let size = input.seek(SeekFrom::End(0)).map_err(failed)?;
    input.seek(SeekFrom::Start(0)).map_err(failed)?;
    let read = Cell::new(0);
    let mut tick = || progress(read.get());
    let mut feed = Feed::new(sink, &mut tick);
    let allowed = Cell::new((size.saturating_mul(MAX_RATIO)).clamp(ALWAYS, NEVER));
    let mut counted = BufReader::with_capacity(BUFFER, Counted { inner: input, read: &read });
    let start = counted.fill_buf().map_err(failed)?;
    if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        archive(counted, file, mapping, &times, &mut feed, &allowed)?;
    } else if start.starts_with(b"\x1f\x8b") {
        let plain = Bounded { inner: MultiGzDecoder::new(counted), allowed: &allowed };
        rows(BufReader::with_capacity(BUFFER, plain), file, mapping, &times, &mut feed)?;
    } else {
        rows(counted, file, mapping, &times, &mut feed)?;
    }
    let summary = std::mem::take(&mut feed.summary);
    progress(read.get());
    Ok(summary)
}

/// Every file of a ZIP that holds rows, in the order of the archive.
fn archive<R: BufRead + Seek>(
    mut input: R,
    file: &str,
    mapping: &Mapping,
    times: &Times,
    feed: &mut Feed<'_>,
    allowed: &Cell<u64>,
) -> Result<(), ReadError> {
    let refused = |what: String| ReadError::Refused(file.to_owned(), what);
    let damaged = |error: zip::result::ZipError| match error {
        zip::result::ZipError::Io(error) => unreadable(file, error),
        other => ReadError::Unreadable(file.to_owned(), format!("{other}: was it copied whole?")),
    };
    let declared = entries(&mut input).map_err(|error| unreadable(file, error))?;
    let mut zip = ZipArchive::new(input).map_err(damaged)?;
    // The zip crate finds entries by name, so that of two with one name it shows the last only.
    if declared != Some(zip.len() as u64) {
        return Err(refused("two of its files have one name, or its list of files is damaged".to_owned()));
    }
    if zip.len() > MAX_ENTRIES {
        return Err(refused(format!("it has {} entries, more than {MAX_ENTRIES}", zip.len())));
    }
    let mut holds_rows = false;
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.into_owned();
        if entry.is_dir() {
            continue;
        }
        let lower = name.to_lowercase();
        if name.starts_with("__MACOSX/") || !ENDINGS.iter().any(|ending| lower.ends_with(ending)) {
            feed.summary.ignored.push(name);
            continue;
        }
        holds_rows = true;
        feed.inside = name.chars().take(200).flat_map(char::escape_debug).collect();
        let inside = format!("{file}/{}", feed.inside);
        let plain = Bounded { inner: entry, allowed };
        rows(BufReader::with_capacity(BUFFER, plain), &inside, mapping, times, feed)?;
    }
    if !holds_rows {
        return Err(refused("it holds no CSV or JSON lines".to_owned()));
    }
    Ok(())
}

/// How many entries a ZIP says it has, by the record at its end (APPNOTE 4.3.16, and 4.3.14 where that one overflows).
fn entries<R: Read + Seek>(input: &mut R) -> IoResult<Option<u64>> {
    // The record has 22 bytes and a comment of at most 65 535; the ZIP64 records before it have 76 and more.
    let size = input.seek(SeekFrom::End(0))?;
    input.seek(SeekFrom::Start(size.saturating_sub(70_000)))?;
    let mut tail = Vec::new();
    input.take(70_000).read_to_end(&mut tail)?;
    input.seek(SeekFrom::Start(0))?;
    let last = |mark: &[u8]| tail.windows(mark.len()).rposition(|bytes| bytes == mark);
    let number = |at: usize, bytes: usize| {
        let field = tail.get(at..at + bytes)?;
        Some(field.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte)))
    };
    Ok(match last(b"PK\x05\x06").and_then(|at| number(at + 10, 2)) {
        Some(0xFFFF) => last(b"PK\x06\x06").and_then(|at| number(at + 32, 8)),
        other => other,
    })
}

fn rows(
    mut input: impl BufRead,
    file: &str,
    mapping: &Mapping,
    times: &Times,
    feed: &mut Feed<'_>,
) -> Result<(), ReadError> {
    let start = input.fill_buf().map_err(|error| unreadable(file, error))?;
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        let what = "the file is UTF-16".to_owned();
        let problem: Problem = Mapping::problem_in(file, Position::default(), what, "Save it as UTF-8".to_owned());
        return Err(ReadError::Problems(vec![problem]));
    }
    if start.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let start = input.fill_buf().map_err(|error| unreadable(file, error))?;
    let shape = mapping.shape.unwrap_or_else(|| shape_of(start));
    match shape {
        Shape::Csv => csv_rows::read(input, file, mapping, times, feed),
        Shape::JsonLines => json_lines::read(input, file, mapping, times, feed),
    }
}

/// A text that begins with a brace is JSON lines.
pub(super) fn shape_of(start: &[u8]) -> Shape {
    match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Shape::JsonLines,
        _ => Shape::Csv,
    }
}

/// Counts what was read of the file itself.
struct Counted<'a> {
    inner: &'a mut dyn Input,
    read: &'a Cell<u64>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let count = self.inner.read(buffer)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

impl Seek for Counted<'_> {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        let at = self.inner.seek(to)?;
        self.read.set(at);
        Ok(at)
    }
}

/// Stops where more comes out than was allowed.
struct Bounded<'a, R> {
    inner: R,
    allowed: &'a Cell<u64>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        let count = self.inner.read(buffer)?;
        match self.allowed.get().checked_sub(count as u64) {
            Some(left) => self.allowed.set(left),
            None => return Err(Error::new(ErrorKind::QuotaExceeded, TOO_MUCH)),
        }
        Ok(count)
    }
}

//! CSV rows: a header and rows below it. A quote that is never closed costs its own row, not the rest of the file.

use super::csv_plan::Plan;
use super::csv_record::{Record, delimiter, header, well_quoted};
use super::feed::Feed;
use super::lines::{Line, Lines, MAX_ROW, trimmed};
use super::mapping::{Made, Mapping};
use super::times::Times;
use super::{ReadError, tree};
use crate::written::Position;
use std::io::BufRead;

/// Reads all rows of a CSV text.
pub(super) fn read(
    input: impl BufRead,
    file: &str,
    mapping: &Mapping,
    times: &Times,
    feed: &mut Feed<'_>,
) -> Result<(), ReadError> {
    let unreadable = |error: std::io::Error| super::input::unreadable(file, error);
    let mut lines = Lines::new(input);
    let (plan, record, head) = match &mapping.header {
        None => headed(&mut lines, file, mapping)?,
        Some(names) => headless(&mut lines, names, file, mapping)?,
    };
    feed.summary.absent.extend(plan.absent(mapping));
    // What is kept of a rejected row is kept below its header, if the file has one.
    let head = head.map(|head| String::from_utf8_lossy(trimmed(&head)).trim_start_matches('\n').to_owned());
    let raw = |row: &[u8]| {
        let row = String::from_utf8_lossy(trimmed(row));
        head.as_ref().map_or_else(|| row.clone().into_owned(), |head| format!("{head}\n{row}"))
    };
    let columns = plan.names.len();
    let mut rows = Rows::new(&mut lines, record, columns);
    loop {
        let first = rows.line();
        match rows.next().map_err(unreadable)? {
            Found::End => return Ok(()),
            Found::Blank => {}
            Found::Record if mapping.unfolds() => match plan.tree(&rows.record) {
                Ok(row) => tree::take(row, mapping, times, first, feed, || raw(&rows.chunk))?,
                Err(reason) => feed.take(Made::Rejected(reason, None), first, || raw(&rows.chunk))?,
            },
            Found::Record => {
                let mut made = plan.make(&rows.record, mapping, times, first);
                // A whole file ends its last row.
                if let Made::Rejected(reason, _) = &mut made
                    && rows.record.len() < columns
                    && !rows.chunk.ends_with(b"\n")
                {
                    reason.push_str(": the file may be cut off here");
                }
                feed.take(made, first, || raw(&rows.chunk))?;
            }
            Found::Broken(reason) => {
                feed.take(Made::Rejected(reason, None), first, || raw(&rows.chunk))?;
            }
        }
    }
}

/// What is known before the first row: which column fills what, the record to read with, and the header's text.
type Start = (Plan, Record, Option<Vec<u8>>);

fn problem(file: &str, line: u64, what: &str, instead: &str) -> ReadError {
    let at = Position { line: usize::try_from(line).unwrap_or(1), column: 1 };
    ReadError::Problems(vec![Mapping::problem_in(file, at, what.to_owned(), instead.to_owned())])
}

/// A file whose header stands in it.
fn headed(lines: &mut Lines<impl BufRead>, file: &str, mapping: &Mapping) -> Result<Start, ReadError> {
    let (names, record, head) = names(lines, file)?;
    let plan = Plan::new(names, mapping, file, lines.number()).map_err(ReadError::Problems)?;
    Ok((plan, record, Some(head)))
}

/// The names of a header, the record to read on with, and the header's text.
pub(super) fn names(lines: &mut Lines<impl BufRead>, file: &str) -> Result<(Vec<String>, Record, Vec<u8>), ReadError> {
    let unreadable = |error: std::io::Error| super::input::unreadable(file, error);
    let problem = |line, what, instead| problem(file, line, what, instead);
    let mut head = Vec::new();
    let mut record = Record::new(b',');
    loop {
        let line = match lines.next().map_err(unreadable)? {
            Some(Line::Whole(line)) => line,
            Some(Line::TooLong(_)) => {
                return Err(problem(1, "the header is longer than a row may be", "Is it a CSV file?"));
            }
            None if head.is_empty() => return Err(problem(0, "the file is empty", "")),
            None => return Err(problem(1, "the header has a quote that is not closed", "")),
        };
        if head.is_empty() {
            if trimmed(&line).iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            // Excel's way to name the delimiter; PowerShell's to name the type of what it exports.
            if let [b's', b'e', b'p', b'=', delimiter] = trimmed(&line) {
                record = Record::new(*delimiter);
                record.begin();
                head.push(b'\n');
                continue;
            }
            if line.starts_with(b"#TYPE ") {
                continue;
            }
            record = Record::new(delimiter(&line));
            record.begin();
        }
        head.extend_from_slice(&line);
        if head.len() > MAX_ROW {
            return Err(problem(1, "the header has a quote that is not closed", ""));
        }
        if record.line(&line) {
            let names =
                header(&record).ok_or_else(|| problem(1, "the header is not UTF-8 text", "Save it as UTF-8"))?;
            return Ok((names, record, head));
        }
    }
}

/// A file without one: the mapping knows its columns. Where they vary, an older version of the format has the first of
/// them only: as many as the first row.
fn headless(
    lines: &mut Lines<impl BufRead>,
    names: &[String],
    file: &str,
    mapping: &Mapping,
) -> Result<Start, ReadError> {
    let mut names = names.to_vec();
    let mut record = Record::new(b',');
    if mapping.vary {
        record.begin();
        let mut read = Vec::new();
        while let Some(line) = lines.next().map_err(|error| super::input::unreadable(file, error))? {
            let complete = match &line {
                Line::Whole(text) => record.line(text),
                Line::TooLong(_) => true,
            };
            read.push(line);
            if complete || read.len() >= 1_000 {
                break;
            }
        }
        names.truncate(record.len().max(1));
        lines.put_back(read.into_iter());
    }
    let plan = Plan::new(names, mapping, file, 1).map_err(ReadError::Problems)?;
    Ok((plan, record, None))
}

pub(super) enum Found {
    End,
    Blank,
    /// In `record`; its text in `chunk`.
    Record,
    /// Its text in `chunk`.
    Broken(String),
}

/// Puts physical lines together to rows.
pub(super) struct Rows<'l, R> {
    lines: &'l mut Lines<R>,
    record: Record,
    delimiter: u8,
    chunk: Vec<u8>,
    columns: usize,
}

const OPEN: &str = "a quote is opened and not closed: the file may be cut off here";
const STRAY: &str = "a quote is opened here and closed in the middle of another row's field";
const LONG: &str = "the row is longer than 4 MiB";

impl<'l, R: BufRead> Rows<'l, R> {
    /// Rows of so many columns, read on from where the lines stand.
    pub(super) fn new(lines: &'l mut Lines<R>, record: Record, columns: usize) -> Rows<'l, R> {
        Rows { lines, delimiter: record.delimiter(), record, chunk: Vec::new(), columns }
    }

    /// The line in which the next row begins, from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines.number() + 1
    }

    /// The row that was found last.
    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    pub(super) fn next(&mut self) -> std::io::Result<Found> {
        self.chunk.clear();
        self.record.begin();
        // Where each line of the chunk begins.
        let mut starts: Vec<usize> = Vec::new();
        loop {
            let line = match self.lines.next()? {
                None if starts.is_empty() => return Ok(Found::End),
                None => return Ok(self.resume(&starts, OPEN)),
                Some(Line::TooLong(line)) if starts.is_empty() => {
                    self.chunk.extend_from_slice(&line);
                    return Ok(Found::Broken(LONG.to_owned()));
                }
                Some(line @ Line::TooLong(_)) => {
                    self.lines.put_back(std::iter::once(line));
                    return Ok(self.resume(&starts, OPEN));
                }
                Some(Line::Whole(line)) => line,
            };
            if starts.is_empty() && trimmed(&line).is_empty() {
                self.lines.recycle(line);
                return Ok(Found::Blank);
            }
            starts.push(self.chunk.len());
            self.chunk.extend_from_slice(&line);
            let complete = self.record.line(&line);
            self.lines.recycle(line);
            if complete && starts.len() == 1 {
                return Ok(Found::Record);
            }
            if complete && !well_quoted(&self.chunk, self.delimiter) {
                return Ok(self.resume(&starts, STRAY));
            }
            if complete && self.record.len() == self.columns {
                return Ok(Found::Record);
            }
            if complete {
                let reason = format!(
                    "the row has {} fields over {} lines, the header {}: a quote may be opened and not closed",
                    self.record.len(),
                    starts.len(),
                    self.columns
                );
                return Ok(self.resume(&starts, &reason));
            }
            if self.chunk.len() > MAX_ROW {
                return Ok(self.resume(&starts, OPEN));
            }
        }
    }

    /// A chunk of several lines is no row. If one of the lines after the first is a row by itself, only the first is
    /// broken, and reading goes on behind it; else the lines belong together and are broken together.
    fn resume(&mut self, starts: &[usize], reason: &str) -> Found {
        let mut lines = Vec::new();
        for (index, start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(self.chunk.len());
            lines.push(self.chunk.get(*start..end).unwrap_or_default());
        }
        let later = lines.get(1..).unwrap_or_default();
        let alone = later.iter().any(|line| {
            self.record.begin();
            self.columns > 1 && self.record.line(line) && self.record.len() == self.columns
        });
        if alone {
            let back: Vec<Line> = later.iter().map(|line| Line::Whole(line.to_vec())).collect();
            self.lines.put_back(back.into_iter());
            if let Some(second) = starts.get(1) {
                self.chunk.truncate(*second);
            }
        }
        Found::Broken(reason.to_owned())
    }
}

//! Table: any CSV file as a header and rows of text, without a mapping: what is not a log is read as logs are.

use super::csv_record::Record;
use super::csv_rows::{self, Rows};
use super::input::{self, unreadable};
use super::lines::Lines;
use super::{Input, ReadError, rows};
use crate::written::Problem;
use std::cell::Cell;
use std::io::BufRead;

/// Takes what a CSV file holds.
pub trait TableSink {
    /// The header, before any row. A file that does not fit is refused with what is wrong.
    ///
    /// # Errors
    /// Every Problem of it.
    fn header(&mut self, names: &[String]) -> Result<(), Vec<Problem>>;
    /// A row: as many cells as the header has, and its line in the file, from 1.
    fn row(&mut self, cells: &[&str], line: u64);
    /// A row that cannot be read, and why.
    fn unread(&mut self, reason: &str, line: u64);
}

/// Reads one CSV file, in any of the encodings, delimiters and packings of a log's.
///
/// # Errors
/// See [`ReadError`]; an archive of several files is refused.
pub fn read_table(input: &mut dyn Input, file: &str, sink: &mut dyn TableSink) -> Result<(), ReadError> {
    let (bytes, mut ignored, mut files) = (Cell::new(0), Vec::new(), 0);
    input::walk(input, file, &bytes, &mut ignored, &mut |_, input| {
        files += 1;
        if files > 1 {
            return Err(ReadError::Refused(file.to_owned(), "it holds several files: give them one by one".to_owned()));
        }
        rows::each_text(input, file, &mut |text| table(text, file, sink))
    })
}

fn table(input: &mut dyn BufRead, file: &str, sink: &mut dyn TableSink) -> Result<(), ReadError> {
    let mut lines = Lines::new(input);
    let (names, record, _) = csv_rows::names(&mut lines, file)?;
    sink.header(&names).map_err(ReadError::Problems)?;
    let mut rows = Rows::new(&mut lines, record, names.len());
    loop {
        let line = rows.line();
        match rows.next().map_err(|error| unreadable(file, error))? {
            csv_rows::Found::End => return Ok(()),
            csv_rows::Found::Blank => {}
            csv_rows::Found::Record => match cells(rows.record(), names.len()) {
                Ok(cells) => sink.row(&cells, line),
                Err(reason) => sink.unread(&reason, line),
            },
            csv_rows::Found::Broken(reason) => sink.unread(&reason, line),
        }
    }
}

fn cells(record: &Record, columns: usize) -> Result<Vec<&str>, String> {
    if record.len() != columns {
        return Err(format!("the row has {} fields, the header {columns}", record.len()));
    }
    let text = record.text().map_err(|byte| format!("the row is not UTF-8 text (after {byte} bytes)"))?;
    let cells: Option<Vec<&str>> = (0..columns).map(|at| record.field(text, at)).collect();
    cells.ok_or_else(|| "the row is not UTF-8 text".to_owned())
}

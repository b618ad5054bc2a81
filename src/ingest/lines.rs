//! Lines: the physical lines of a file, numbered, none longer than a row may be; lines can be put back.

use std::collections::VecDeque;
use std::io::{BufRead, Read, Result};

/// The longest row that is read, in bytes.
pub const MAX_ROW: usize = 4 << 20;

/// A physical line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// With its line end, if it has one.
    Whole(Vec<u8>),
    /// Longer than [`MAX_ROW`]: its beginning. The rest was passed over.
    TooLong(Vec<u8>),
}

/// Reads lines.
pub(super) struct Lines<R> {
    input: R,
    /// Lines that were put back, the next one first.
    back: VecDeque<Line>,
    /// Lines given out.
    number: u64,
    /// Used again for the next line.
    spare: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Lines<R> {
        Lines { input, back: VecDeque::new(), number: 0, spare: Vec::new() }
    }

    /// Number of the last line given out, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Line>> {
        if let Some(line) = self.back.pop_front() {
            self.number += 1;
            return Ok(Some(line));
        }
        let mut line = std::mem::take(&mut self.spare);
        line.clear();
        let count = (&mut self.input).take(MAX_ROW as u64 + 1).read_until(b'\n', &mut line)?;
        if count == 0 {
            return Ok(None);
        }
        self.number += 1;
        if count <= MAX_ROW {
            return Ok(Some(Line::Whole(line)));
        }
        if line.last() != Some(&b'\n') {
            self.pass_over()?;
        }
        line.truncate(super::MAX_RAW + 1);
        line.shrink_to_fit();
        Ok(Some(Line::TooLong(line)))
    }

    /// Puts lines back, in their order.
    pub(super) fn put_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        for line in lines.rev() {
            self.back.push_front(line);
            self.number -= 1;
        }
    }

    /// Gives back a line's memory.
    pub(super) fn recycle(&mut self, line: Vec<u8>) {
        self.spare = line;
    }

    fn pass_over(&mut self) -> Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let (used, done) = match buffer.iter().position(|b| *b == b'\n') {
                Some(end) => (end + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.input.consume(used);
            if done {
                return Ok(());
            }
        }
    }
}

/// A line without its line end.
pub(super) fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

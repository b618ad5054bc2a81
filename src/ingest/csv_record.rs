//! CSV record: one record put together line by line, its header and its delimiter.

use csv_core::ReadRecordResult;

/// One record being parsed, line by line. Wraps csv-core, which is told of nothing but bytes.
pub(super) struct Record {
    core: csv_core::Reader,
    delimiter: u8,
    out: Vec<u8>,
    out_end: usize,
    ends: Vec<usize>,
    fields: usize,
}

impl Record {
    pub(super) fn new(delimiter: u8) -> Record {
        let core =
            csv_core::ReaderBuilder::new().delimiter(delimiter).terminator(csv_core::Terminator::Any(b'\n')).build();
        Record { core, delimiter, out: vec![0; 1024], out_end: 0, ends: vec![0; 64], fields: 0 }
    }

    pub(super) fn begin(&mut self) {
        self.core.reset();
        self.out_end = 0;
        self.fields = 0;
    }

    /// Takes a line; true if the record is complete with it. A line without its end (the file's last) is given one.
    pub(super) fn line(&mut self, line: &[u8]) -> bool {
        self.bytes(line) || (line.last() != Some(&b'\n') && self.bytes(b"\n"))
    }

    fn bytes(&mut self, mut input: &[u8]) -> bool {
        while !input.is_empty() {
            let out = self.out.get_mut(self.out_end..).unwrap_or_default();
            let ends = self.ends.get_mut(self.fields..).unwrap_or_default();
            let (result, read, written, ended) = self.core.read_record(input, out, ends);
            input = input.get(read..).unwrap_or_default();
            self.out_end += written;
            self.fields += ended;
            match result {
                ReadRecordResult::InputEmpty => return false,
                ReadRecordResult::OutputFull => self.out.resize(self.out.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => {
                    self.strip_return();
                    return true;
                }
            }
        }
        false
    }

    /// The `\r` of a `\r\n` ends up in the last field.
    fn strip_return(&mut self) {
        let start = self.fields.checked_sub(2).and_then(|index| self.ends.get(index)).copied().unwrap_or(0);
        let Some(end) = self.fields.checked_sub(1).and_then(|index| self.ends.get_mut(index)) else { return };
        if *end > start && self.out.get(*end - 1) == Some(&b'\r') {
            *end -= 1;
        }
    }

    /// What separates its fields.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// How many fields it has.
    pub(super) fn len(&self) -> usize {
        self.fields
    }

    /// The whole as text, for [`field`](Self::field); where it is not UTF-8, the byte.
    pub(super) fn text(&self) -> Result<&str, usize> {
        std::str::from_utf8(self.out.get(..self.out_end).unwrap_or_default()).map_err(|error| error.valid_up_to())
    }

    /// One field of that text; `None` if it has no such field, or a character reaches over its end.
    pub(super) fn field<'t>(&self, text: &'t str, index: usize) -> Option<&'t str> {
        if index >= self.fields {
            return None;
        }
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        text.get(start..*self.ends.get(index)?)
    }
}

/// Whether every quote that closes a field stands at its end. csv-core takes any text; but where a row goes over several
/// lines, a quote in the middle says that it swallowed rows.
pub(super) fn well_quoted(row: &[u8], delimiter: u8) -> bool {
    let mut bytes = row.iter().copied().peekable();
    let mut at_start = true;
    while let Some(byte) = bytes.next() {
        if !(at_start && byte == b'"') {
            at_start = byte == delimiter;
            continue;
        }
        loop {
            match (bytes.next(), bytes.peek().copied()) {
                (None, _) => return false,
                (Some(b'"'), Some(b'"')) => {
                    bytes.next();
                }
                (Some(b'"'), Some(b'\r' | b'\n') | None) => break,
                (Some(b'"'), Some(next)) if next == delimiter => break,
                (Some(b'"'), _) => return false,
                _ => {}
            }
        }
        at_start = false;
    }
    true
}

/// The delimiter that a header line uses most, outside quotes: comma, semicolon, tab or bar; a comma if none.
pub(super) fn delimiter(header: &[u8]) -> u8 {
    let mut best = (0, b',');
    for candidate in [b',', b';', b'\t', b'|'] {
        let mut quoted = false;
        let mut count = 0;
        for byte in header {
            quoted ^= *byte == b'"';
            count += usize::from(!quoted && *byte == candidate);
        }
        if count > best.0 {
            best = (count, candidate);
        }
    }
    best.1
}

/// The header's names; a column without one goes by its number.
pub(super) fn header(record: &Record) -> Option<Vec<String>> {
    let text = record.text().ok()?;
    let name = |column| {
        let name = record.field(text, column)?.trim();
        Some(if name.is_empty() { format!("column {}", column + 1) } else { name.to_owned() })
    };
    (0..record.len()).map(name).collect()
}

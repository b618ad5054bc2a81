//! JSON rows: one object a line, an array of objects, or documents (one or several, over as many lines as they like) that
//! are rows or hold a list of them. A list is read item by item: memory does not grow with it.

use super::feed::Feed;
use super::json::parse;
use super::lines::{Line, Lines, MAX_ROW, trimmed};
use super::mapping::{Made, Mapping, opened};
use super::times::Times;
use super::{ReadError, tree};
use serde::de::IgnoredAny;
use serde_json::Value;
use std::io::{BufRead, Result as IoResult};

const LONG: &str = "the row is longer than 4 MiB";
const CUT: &str = "the JSON ends in the middle: the file may be cut off here";
const BROKEN: &str = "a line ends inside a text: a row is broken here";

/// Reads all rows. `head` is the beginning of the input, which stands before it still.
pub(super) fn read(
    input: impl BufRead,
    head: &[u8],
    file: &str,
    mapping: &Mapping,
    times: &Times,
    feed: &mut Feed<'_>,
) -> Result<(), ReadError> {
    if in_lines(head) {
        return lines(input, file, mapping, times, feed);
    }
    let mut scanner = Scanner { input, line: 1, rows: &mapping.rows };
    let mut failed = None;
    let scanned = scanner.scan(&mut |item, line, end| {
        let raw = || String::from_utf8_lossy(item).into_owned();
        let taken = match end {
            End::Whole => match value(item) {
                Ok(value) => documents(value, mapping, times, line, feed, raw),
                Err(reason) => feed.take(Made::Rejected(reason, None), line, raw),
            },
            End::TooLong => feed.take(Made::Rejected(LONG.to_owned(), None), line, raw),
            End::Cut => feed.take(Made::Rejected(CUT.to_owned(), None), line, raw),
            End::Broken => feed.take(Made::Rejected(BROKEN.to_owned(), None), line, raw),
            End::NoJson => feed.take(Made::Rejected("this is not JSON".to_owned(), None), line, raw),
        };
        match taken {
            Ok(()) => true,
            Err(error) => {
                failed = Some(error);
                false
            }
        }
    });
    match failed {
        Some(error) => Err(error),
        None => scanned.map_err(|error| super::input::unreadable(file, error)),
    }
}

/// Whether the text has one JSON value a line: then a broken one costs no more than its line.
fn in_lines(head: &[u8]) -> bool {
    let start = head.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(head.len());
    let text = head.get(start..).unwrap_or_default();
    if text.first() != Some(&b'{') {
        return false;
    }
    let Some(end) = text.iter().position(|b| *b == b'\n') else {
        // One line alone is a document; so is one that has no end in sight.
        return false;
    };
    let (first, rest) = text.split_at(end);
    match serde_json::from_slice::<IgnoredAny>(first) {
        Ok(_) => true,
        // A document goes on in the next line; a row that was cut is followed by the next row, which is whole.
        Err(error) if error.is_eof() => {
            let next = rest.split(|b| *b == b'\n').find(|line| !line.iter().all(u8::is_ascii_whitespace));
            next.is_some_and(|next| next.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(next).is_ok())
        }
        Err(_) => true,
    }
}

fn lines(
    input: impl BufRead,
    file: &str,
    mapping: &Mapping,
    times: &Times,
    feed: &mut Feed<'_>,
) -> Result<(), ReadError> {
    let mut lines = Lines::new(input);
    while let Some(line) = lines.next().map_err(|error| super::input::unreadable(file, error))? {
        let number = lines.number();
        match line {
            Line::TooLong(line) => {
                let raw = || String::from_utf8_lossy(trimmed(&line)).into_owned();
                feed.take(Made::Rejected(LONG.to_owned(), None), number, raw)?;
            }
            Line::Whole(line) => {
                let text = trimmed(&line);
                if !text.iter().all(u8::is_ascii_whitespace) {
                    let raw = || String::from_utf8_lossy(text).into_owned();
                    match value(text) {
                        Ok(value) => documents(value, mapping, times, number, feed, raw)?,
                        Err(reason) => feed.take(Made::Rejected(reason, None), number, raw)?,
                    }
                }
                lines.recycle(line);
            }
        }
    }
    Ok(())
}

/// The value that a text is.
pub(super) fn value(text: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(text)
        .map_err(|error| format!("the row is not UTF-8 text (after {} bytes)", error.valid_up_to()))?;
    parse(text).map_err(|error| format!("not JSON: {error}"))
}

/// A document's rows: those of the list that it holds, or itself.
fn documents(
    value: Value,
    mapping: &Mapping,
    times: &Times,
    line: u64,
    feed: &mut Feed<'_>,
    raw: impl FnOnce() -> String,
) -> Result<(), ReadError> {
    match opened(value, &mapping.rows) {
        Err(value) => tree::take(value, mapping, times, line, feed, raw),
        Ok(rows) => {
            for row in rows {
                let text = row.to_string();
                tree::take(row, mapping, times, line, feed, || text)?;
            }
            Ok(())
        }
    }
}

/// How a value's text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    /// Longer than a row may be; only its beginning was kept.
    TooLong,
    /// The file ended in it.
    Cut,
    /// A line ended inside a text, which JSON does not allow.
    Broken,
    /// What is there begins no value.
    NoJson,
}

/// Takes a value's text, the line on which it begins, and how it ended; false: enough.
type Take<'t> = dyn FnMut(&[u8], u64, End) -> bool + 't;

/// Finds the values of a JSON text by their brackets, without building them.
pub(super) struct Scanner<'m, R> {
    pub(super) input: R,
    pub(super) line: u64,
    /// Keys of a document under which a list of rows is looked for.
    pub(super) rows: &'m [String],
}

impl<R: BufRead> Scanner<'_, R> {
    /// Gives every row: items of arrays at the top and of a document's list of rows, and every other value at the top.
    pub(super) fn scan(&mut self, take: &mut Take<'_>) -> IoResult<()> {
        loop {
            let Some(next) = self.space()? else { return Ok(()) };
            let more = match next {
                b'[' => self.list(take)?,
                b'{' => self.document(take)?,
                b',' => self.advance().map(|_| true)?,
                _ => self.stray(take)?,
            };
            if !more {
                return Ok(());
            }
        }
    }

    fn peek(&mut self) -> IoResult<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn advance(&mut self) -> IoResult<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.line += u64::from(byte == b'\n');
            self.input.consume(1);
        }
        Ok(byte)
    }

    /// The next byte that is no white space.
    fn space(&mut self) -> IoResult<Option<u8>> {
        loop {
            match self.peek()? {
                Some(byte) if byte.is_ascii_whitespace() => {
                    self.advance()?;
                }
                other => return Ok(other),
            }
        }
    }

    /// What begins no value: passed over to the end of its line.
    fn stray(&mut self, take: &mut Take<'_>) -> IoResult<bool> {
        let line = self.line;
        let mut text = Vec::new();
        while let Some(byte) = self.peek()?.filter(|byte| *byte != b'\n') {
            if text.len() <= super::MAX_RAW {
                text.push(byte);
            }
            self.advance()?;
        }
        Ok(take(&text, line, End::NoJson))
    }

    /// The items of an array, whose bracket comes next.
    fn list(&mut self, take: &mut Take<'_>) -> IoResult<bool> {
        self.advance()?;
        let mut text = Vec::new();
        loop {
            match self.space()? {
                None => return Ok(take(b"", self.line, End::Cut)),
                Some(b']') => {
                    self.advance()?;
                    return Ok(true);
                }
                Some(b',') => {
                    self.advance()?;
                }
                Some(b'}' | b':') => {
                    if !self.stray(take)? {
                        return Ok(false);
                    }
                }
                Some(_) => {
                    let line = self.line;
                    text.clear();
                    let end = self.value(&mut text)?;
                    if !take(&text, line, end) || end == End::Cut {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// An object, whose brace comes next: the items of its list of rows, or itself.
    fn document(&mut self, take: &mut Take<'_>) -> IoResult<bool> {
        let line = self.line;
        let mut text = Vec::new();
        if self.rows.is_empty() {
            let end = self.value(&mut text)?;
            return Ok(take(&text, line, end) && end != End::Cut);
        }
        self.advance()?;
        text.push(b'{');
        let mut held = false;
        loop {
            match self.space()? {
                None => return Ok(held || take(&text, line, End::Cut)),
                Some(b'}') => {
                    self.advance()?;
                    text.push(b'}');
                    return Ok(held || take(&text, line, End::Whole));
                }
                Some(b'"') => {}
                Some(byte) => {
                    self.advance()?;
                    text.push(byte);
                    continue;
                }
            }
            let start = text.len();
            let end = self.value(&mut text)?;
            if end != End::Whole {
                return Ok(take(&text, line, end) && end != End::Cut);
            }
            let key: Option<String> = text.get(start..).and_then(|key| serde_json::from_slice(key).ok());
            if self.space()? != Some(b':') {
                continue;
            }
            self.advance()?;
            text.push(b':');
            let named = key.is_some_and(|key| self.rows.contains(&key));
            let opens = self.space()?;
            if named && opens == Some(b'[') {
                held = true;
                if !self.list(take)? {
                    return Ok(false);
                }
                text.extend_from_slice(b"null");
                continue;
            }
            let end = self.value(&mut text)?;
            if end != End::Whole {
                return Ok(take(&text, line, end) && end != End::Cut);
            }
            if held {
                // What stands beside a list of rows is no row.
                text.truncate(1);
            }
        }
    }

    /// One value's text, to its end.
    fn value(&mut self, text: &mut Vec<u8>) -> IoResult<End> {
        let start = text.len();
        let mut depth = 0usize;
        let mut quoted = false;
        let mut escaped = false;
        let mut long = false;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(if depth > 0 || quoted { End::Cut } else { whole(long) });
            }
            let mut used = 0;
            let mut end = None;
            for byte in buffer {
                // A number or a word ends before what follows it.
                if depth == 0 && !quoted && (matches!(byte, b',' | b']' | b'}' | b':') || byte.is_ascii_whitespace()) {
                    end = Some(whole(long));
                    break;
                }
                used += 1;
                if text.len() - start < MAX_ROW {
                    text.push(*byte);
                } else {
                    long = true;
                }
                if quoted {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => quoted = false,
                        b'\n' => {
                            self.line += 1;
                            end = Some(End::Broken);
                            break;
                        }
                        _ => {}
                    }
                    if !quoted && depth == 0 {
                        end = Some(whole(long));
                        break;
                    }
                    continue;
                }
                match byte {
                    b'\n' => self.line += 1,
                    b'"' => quoted = true,
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            end = Some(whole(long));
                            break;
                        }
                    }
                    _ => {}
                }
            }
            self.input.consume(used);
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }
}

fn whole(long: bool) -> End {
    if long { End::TooLong } else { End::Whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(text: &str, rows: &[&str]) -> Vec<(String, u64, End)> {
        let rows: Vec<String> = rows.iter().map(|key| (*key).to_owned()).collect();
        let mut found = Vec::new();
        // A buffer of one byte: nothing may hang on where a buffer ends.
        let input = std::io::BufReader::with_capacity(1, text.as_bytes());
        let mut scanner = Scanner { input, line: 1, rows: &rows };
        scanner
            .scan(&mut |text, line, end| {
                found.push((String::from_utf8_lossy(text).into_owned(), line, end));
                true
            })
            .unwrap();
        found
    }

    fn texts(text: &str, rows: &[&str]) -> Vec<String> {
        scanned(text, rows)
            .into_iter()
            .inspect(|(_, _, end)| assert_eq!(*end, End::Whole))
            .map(|(text, ..)| text)
            .collect()
    }

    #[test]
    fn arrays_documents_and_lists_of_rows_are_found() {
        assert_eq!(texts("[{\"a\":1},\n {\"b\":[1,2]}]", &[]), ["{\"a\":1}", "{\"b\":[1,2]}"]);
        assert_eq!(texts("{\n \"a\": \"}\\\"]\"\n}\n{\"b\":2}", &[]), ["{\n \"a\": \"}\\\"]\"\n}", "{\"b\":2}"]);
        assert_eq!(
            texts("{\"next\":null,\"Records\":[{\"a\":1},{\"a\":2}],\"x\":{}}", &["Records"]),
            ["{\"a\":1}", "{\"a\":2}"]
        );
        assert_eq!(texts("{\"a\":1,\"b\":[1]}", &["Records"]), ["{\"a\":1,\"b\":[1]}"]);
        assert_eq!(texts("[]", &[]), [""; 0]);
        assert_eq!(texts(" ", &[]), [""; 0]);
        assert_eq!(texts("{\"Records\":[]}", &["Records"]), [""; 0]);
    }

    #[test]
    fn what_is_broken_is_given_as_such_and_the_rest_goes_on() {
        let found = scanned("[{\"a\":1},{\"a\":\"cu\n{\"a\":3},\n4]", &[]);
        let ends: Vec<(u64, End)> = found.iter().map(|(_, line, end)| (*line, *end)).collect();
        assert_eq!(ends, [(1, End::Whole), (1, End::Broken), (2, End::Whole), (3, End::Whole)]);
        assert_eq!(scanned("[{\"a\":1},{\"a\":", &[]).last().map(|(_, _, end)| *end), Some(End::Cut));
        assert_eq!(scanned("[{\"a\":1}", &[]).last().map(|(_, _, end)| *end), Some(End::Cut));
        assert_eq!(scanned("{\"Records\":[{\"a\":1}", &["Records"]).last().map(|(_, _, end)| *end), Some(End::Cut));
        assert_eq!(scanned("nonsense\n{}", &[]).first().map(|(_, _, end)| *end), Some(End::NoJson));
        for text in ["]", "}", "[", "{", "\"", "[}", "{]", ":", "{\"", "{\"a\"", "{\"a\":", "{,}", "[,]"] {
            scanned(text, &["a"]);
        }
    }

    #[test]
    fn lines_are_told_from_documents() {
        for (text, lines) in [
            ("{\"a\":1}\n{\"a\":2}", true),
            ("{\"a\":1}\n", true),
            ("{\"a\":1}", false),
            ("{\n \"a\":1}", false),
            ("{\"a\":\n{\"b\":1}}", false),
            ("{\"a\":\"cu\n{\"a\":2}\n", true),
            ("[{}]\n", false),
        ] {
            assert_eq!(in_lines(text.as_bytes()), lines, "{text}");
        }
    }
}

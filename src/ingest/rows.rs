//! Rows: the bytes of one file to characters, its shape, and its rows to the feed.

use super::feed::Feed;
use super::input::unreadable;
use super::mapping::{Encoding, Mapping, Shape};
use super::times::Times;
use super::{ReadError, csv_rows, json_rows, text_rows};
use crate::written::Position;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::io::{BufRead, BufReader, Cursor, Read, Result as IoResult};

/// How much of a file is looked at to tell its encoding and its shape.
pub(super) const HEAD: u64 = 1 << 20;

/// Reads the beginning of an input.
pub(super) fn head(input: &mut dyn BufRead) -> IoResult<Vec<u8>> {
    let mut head = Vec::new();
    input.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// Gives all rows of one file to the feed.
pub(super) fn read(
    input: &mut dyn BufRead,
    file: &str,
    mapping: &Mapping,
    times: &Times,
    feed: &mut Feed<'_>,
) -> Result<(), ReadError> {
    let failed = |error| unreadable(file, error);
    let start = head(input).map_err(failed)?;
    let encoding = match (mapping.encoding, encoding_of(&start)) {
        (Some(Encoding::Utf16), Encoding::Utf16Be) => Encoding::Utf16Be,
        (Some(written), _) => written,
        (None, told) => {
            if told == Encoding::Latin1 {
                let what = "it is not UTF-8, and was read as Latin-1 (Windows-1252)";
                feed.summary.notes.insert(what.to_owned());
            }
            told
        }
    };
    let whole = Cursor::new(&start).chain(input);
    let from = match encoding {
        Encoding::Utf8 => return shaped(whole, &start, file, mapping, times, feed),
        Encoding::Utf16 => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Latin1 => WINDOWS_1252,
    };
    let decoder = DecodeReaderBytesBuilder::new().encoding(Some(from)).build(whole);
    let mut decoded = BufReader::with_capacity(1 << 16, decoder);
    let start = head(&mut decoded).map_err(failed)?;
    shaped(Cursor::new(&start).chain(decoded), &start, file, mapping, times, feed)
}

/// Gives the characters of one file, as UTF-8 and without a byte order mark, whatever its encoding.
pub(super) fn each_text(
    input: &mut dyn BufRead,
    file: &str,
    read: &mut dyn FnMut(&mut dyn BufRead) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let start = head(input).map_err(|error| unreadable(file, error))?;
    let from = match encoding_of(&start) {
        Encoding::Utf8 => {
            let plain = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
            return read(&mut Cursor::new(plain).chain(input));
        }
        Encoding::Utf16 => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Latin1 => WINDOWS_1252,
    };
    let decoder = DecodeReaderBytesBuilder::new().encoding(Some(from)).build(Cursor::new(&start).chain(input));
    let mut decoded = BufReader::with_capacity(1 << 16, decoder);
    let mut first = Vec::new();
    (&mut decoded).take(3).read_to_end(&mut first).map_err(|error| unreadable(file, error))?;
    let plain = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    read(&mut Cursor::new(plain).chain(decoded))
}

fn shaped(
    mut input: impl BufRead,
    start: &[u8],
    file: &str,
    mapping: &Mapping,
    times: &Times,
    feed: &mut Feed<'_>,
) -> Result<(), ReadError> {
    let start = match start.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => {
            input.consume(3);
            rest
        }
        None => start,
    };
    match mapping.shape.unwrap_or_else(|| shape_of(start)) {
        Shape::Csv => csv_rows::read(input, file, mapping, times, feed),
        Shape::Json => json_rows::read(input, start, file, mapping, times, feed),
        Shape::Text => match &mapping.line {
            Some(form) => text_rows::read(input, file, mapping, form, times, feed),
            None => {
                let what = "`format: text` needs `line`: how a line reads".to_owned();
                let at = Position::default();
                Err(ReadError::Problems(vec![Mapping::problem_in(&mapping.file, at, what, String::new())]))
            }
        },
    }
}

/// The beginning of a file as UTF-8 text, as far as it can be told.
pub(super) fn decoded(start: &[u8]) -> Vec<u8> {
    let from = match encoding_of(start) {
        Encoding::Utf8 => return start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).to_vec(),
        Encoding::Utf16 => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Latin1 => WINDOWS_1252,
    };
    from.decode(start).0.into_owned().into_bytes()
}

/// A text that begins with a brace or a bracket is JSON.
pub(super) fn shape_of(start: &[u8]) -> Shape {
    match start.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => Shape::Json,
        _ => Shape::Csv,
    }
}

/// Tells how bytes mean characters: by a byte order mark; as UTF-16 where every second byte of the beginning is zero; as
/// Latin-1 where no character beyond ASCII is UTF-8. A UTF-8 file with a broken row stays UTF-8: that row is rejected.
fn encoding_of(start: &[u8]) -> Encoding {
    match start {
        [0xff, 0xfe, ..] => return Encoding::Utf16,
        [0xfe, 0xff, ..] => return Encoding::Utf16Be,
        _ => {}
    }
    let (pairs, _) = start.get(..start.len().min(2048)).unwrap_or_default().as_chunks::<2>();
    let zeros = |place: usize| pairs.iter().filter(|pair| pair.get(place) == Some(&0)).count();
    if pairs.len() >= 4 && zeros(1) * 10 >= pairs.len() * 8 && zeros(0) == 0 {
        return Encoding::Utf16;
    }
    if pairs.len() >= 4 && zeros(0) * 10 >= pairs.len() * 8 && zeros(1) == 0 {
        return Encoding::Utf16Be;
    }
    let (mut invalid, mut end) = (false, 0);
    for chunk in start.utf8_chunks() {
        if !chunk.valid().is_ascii() {
            return Encoding::Utf8;
        }
        // A character that the end of what is looked at cuts in two.
        end += chunk.valid().len() + chunk.invalid().len();
        let cut = end == start.len() && start.len() as u64 == HEAD;
        invalid |= !chunk.invalid().is_empty() && !cut;
    }
    if invalid { Encoding::Latin1 } else { Encoding::Utf8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_from_the_beginning() {
        let utf16: Vec<u8> = "Zeit,Wer,Was".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let utf16be: Vec<u8> = "Zeit,Wer,Was".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, wanted) in [
            (b"time,actor\n".to_vec(), Encoding::Utf8),
            ("Zeit,M\u{fc}ller".as_bytes().to_vec(), Encoding::Utf8),
            (b"Zeit,M\xfcller\n".to_vec(), Encoding::Latin1),
            // One good character shows that the other is damage.
            ([b"Zeit,M\xfcller\n".as_slice(), "\u{e9}".as_bytes()].concat(), Encoding::Utf8),
            ([b"\xff\xfe".as_slice(), &utf16].concat(), Encoding::Utf16),
            ([b"\xfe\xff".as_slice(), &utf16be].concat(), Encoding::Utf16Be),
            (utf16, Encoding::Utf16),
            (utf16be, Encoding::Utf16Be),
            (Vec::new(), Encoding::Utf8),
        ] {
            assert_eq!(encoding_of(&bytes), wanted, "{bytes:?}");
        }
        let mut long = vec![b'a'; HEAD as usize - 1];
        long.push(0xc3);
        assert_eq!(encoding_of(&long), Encoding::Utf8);
    }
}

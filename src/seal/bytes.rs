//! Bytes: the small, unambiguous encoding that everything sealed is written in, and its reader, which trusts nothing.
//!
//! Numbers are LEB128 (seven bits a byte, lowest first, as short as possible), signed ones in zigzag; text and bytes are
//! a length and then themselves; an option is 0, or 1 and its value; a list is its length and then its members. The
//! reader refuses a number that is longer than need be, so that one value has one encoding only.

use super::SealError;

/// Writes values one after the other.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Nothing written yet.
    pub fn new() -> Writer {
        Writer::default()
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// What was written so far.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes back what was written after the first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
    }

    /// Forgets what was written and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Bytes whose number the reader knows.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A number.
    pub fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push((value as u8) | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// A number that may be negative.
    pub fn signed(&mut self, value: i64) {
        self.number(((value << 1) ^ (value >> 63)) as u64);
    }

    /// Bytes with their length.
    pub fn block(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    /// Text with its length in bytes.
    pub fn text(&mut self, text: &str) {
        self.block(text.as_bytes());
    }

    /// Text, or none.
    pub fn text_option(&mut self, text: Option<&str>) {
        self.byte(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    /// A number, or none.
    pub fn number_option(&mut self, value: Option<u64>) {
        self.byte(u8::from(value.is_some()));
        if let Some(value) = value {
            self.number(value);
        }
    }
}

/// Reads values in the order in which they were written. Never panics and never allocates more than there are bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Before the first value.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Nothing may be left.
    pub fn end(&self) -> Result<(), SealError> {
        if self.rest.is_empty() { Ok(()) } else { Err(malformed("bytes after the end")) }
    }

    /// Bytes whose number is known.
    pub fn raw(&mut self, count: usize) -> Result<&'a [u8], SealError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| malformed("ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// What a reading passes over, as it was encoded.
    pub fn skipped(&mut self, read: impl FnOnce(&mut Self) -> Result<(), SealError>) -> Result<&'a [u8], SealError> {
        let before = self.rest;
        read(self)?;
        Ok(before.get(..before.len() - self.rest.len()).unwrap_or_default())
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, SealError> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| malformed("ends too early"))?;
        self.rest = rest;
        Ok(*first)
    }

    /// A number.
    pub fn number(&mut self) -> Result<u64, SealError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                return Err(malformed("a number above 64 bits"));
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                if byte == 0 && shift > 0 {
                    return Err(malformed("a number that is longer than need be"));
                }
                return Ok(value);
            }
        }
        Err(malformed("a number above 64 bits"))
    }

    /// A number that may be negative.
    pub fn signed(&mut self) -> Result<i64, SealError> {
        let value = self.number()?;
        Ok(((value >> 1) as i64) ^ -((value & 1) as i64))
    }

    /// How many members of a list follow, where each takes at least `least` bytes: never more than there is room for.
    pub fn count(&mut self, least: usize) -> Result<usize, SealError> {
        let count = self.number()?;
        match usize::try_from(count) {
            Ok(count) if count.checked_mul(least.max(1)).is_some_and(|bytes| bytes <= self.rest.len()) => Ok(count),
            _ => Err(malformed("a list that is longer than its bytes")),
        }
    }

    /// Bytes with their length.
    pub fn block(&mut self) -> Result<&'a [u8], SealError> {
        let length = self.count(1)?;
        self.raw(length)
    }

    /// Text with its length.
    pub fn text(&mut self) -> Result<&'a str, SealError> {
        std::str::from_utf8(self.block()?).map_err(|_| malformed("text that is not UTF-8"))
    }

    /// A yes or no, as the mark before an option.
    pub fn flag(&mut self) -> Result<bool, SealError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(malformed("neither 0 nor 1")),
        }
    }

    /// Text, or none.
    pub fn text_option(&mut self) -> Result<Option<&'a str>, SealError> {
        if self.flag()? { self.text().map(Some) } else { Ok(None) }
    }

    /// A number, or none.
    pub fn number_option(&mut self) -> Result<Option<u64>, SealError> {
        if self.flag()? { self.number().map(Some) } else { Ok(None) }
    }
}

fn malformed(what: &str) -> SealError {
    SealError::Malformed(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(number: u64, signed: i64, text: String, maybe: Option<u64>, block: Vec<u8>) {
            let mut writer = Writer::new();
            writer.number(number);
            writer.signed(signed);
            writer.text(&text);
            writer.number_option(maybe);
            writer.block(&block);
            writer.text_option(Some(&text));
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.number(), Ok(number));
            prop_assert_eq!(reader.signed(), Ok(signed));
            prop_assert_eq!(reader.text(), Ok(text.as_str()));
            prop_assert_eq!(reader.number_option(), Ok(maybe));
            prop_assert_eq!(reader.block(), Ok(block.as_slice()));
            prop_assert_eq!(reader.text_option(), Ok(Some(text.as_str())));
            prop_assert_eq!(reader.end(), Ok(()));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            while reader.left() > 0 {
                let (_, _) = (reader.text_option(), reader.number());
                let _ = (reader.count(8), reader.signed(), reader.byte());
            }
        }
    }

    #[test]
    fn one_number_has_one_encoding() {
        assert!(Reader::new(&[0x80, 0x00]).number().is_err());
        assert!(Reader::new(&[0xff; 9]).number().is_err());
        assert!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]).number().is_err());
        assert!(Reader::new(&[5, b'a']).text().is_err());
    }
}

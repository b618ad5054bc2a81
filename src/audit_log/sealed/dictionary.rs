//! Dictionary: the different texts of a column, numbered in the order in which the log met them. Code 0 is no text.

use super::segment::{KINDS, Kind};
use super::storage::{compress, damaged, decompress, sql};
use crate::audit_log::LogError;
use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};
use rusqlite::Connection;
use std::collections::HashMap;

/// The stored form of what one batch added to a dictionary: its first new code, and the texts.
pub(super) fn write(first: u32, texts: &[&str]) -> Result<Vec<u8>, LogError> {
    let mut out = Writer::new();
    out.number(u64::from(first));
    out.number(texts.len() as u64);
    for text in texts {
        out.text(text);
    }
    compress(out.as_slice())
}

/// Reads the stored form: the first code, and the texts.
pub(super) fn read(bytes: &[u8]) -> Result<(usize, Vec<Box<str>>), SealError> {
    let bytes = decompress(bytes)?;
    let mut from = Reader::new(&bytes);
    let first = from.number()?;
    let count = from.count(1)?;
    let mut texts = Vec::with_capacity(count);
    for _ in 0..count {
        texts.push(Box::from(from.text()?));
    }
    from.end()?;
    let first = usize::try_from(first).map_err(|_| SealError::Malformed("a code above all bounds".to_owned()))?;
    Ok((first, texts))
}

/// The dictionaries as far as they were read; grows with the log.
#[derive(Default)]
pub(super) struct Dictionaries {
    each: [Texts; KINDS],
}

struct Texts {
    texts: Vec<Box<str>>,
    /// The newest batch whose additions are in.
    batch: u64,
}

impl Default for Texts {
    /// Code 0, which is never stored.
    fn default() -> Texts {
        Texts { texts: vec![Box::from("")], batch: 0 }
    }
}

impl Texts {
    fn extend(&mut self, first: usize, texts: Vec<Box<str>>) -> Result<(), SealError> {
        if first != self.texts.len() {
            return Err(SealError::Malformed("its codes do not follow those before".to_owned()));
        }
        self.texts.extend(texts);
        Ok(())
    }
}

impl Dictionaries {
    /// Reads what was added to a dictionary since the last time, and gives all of it. The place in the slice is the code.
    pub(super) fn load(&mut self, db: &Connection, kind: Kind) -> Result<&[Box<str>], LogError> {
        let Some(known) = self.each.get_mut(kind as usize) else { return Ok(&[]) };
        let mut find = db
            .prepare_cached("SELECT batch, body FROM dictionaries WHERE kind = ?1 AND batch > ?2 ORDER BY batch")
            .map_err(sql)?;
        let mut rows = find.query((kind as i64, known.batch as i64)).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let batch: i64 = row.get(0).map_err(sql)?;
            let place = || format!("dictionary of {} of batch {batch}", kind.name());
            let body = row.get_ref(1).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
            let (first, texts) = read(body).map_err(damaged(place()))?;
            known.extend(first, texts).map_err(damaged(place()))?;
            known.batch = batch as u64;
        }
        Ok(&known.texts)
    }

    /// Takes what a batch added, for those who read the file by themselves.
    pub(super) fn extend(&mut self, kind: Kind, first: usize, texts: Vec<Box<str>>) -> Result<(), SealError> {
        self.each.get_mut(kind as usize).map_or(Ok(()), |known| known.extend(first, texts))
    }

    /// What was loaded before.
    pub(super) fn texts(&self, kind: Kind) -> &[Box<str>] {
        self.each.get(kind as usize).map_or(&[], |known| &known.texts)
    }
}

/// A dictionary that an import adds to.
pub(super) struct Adding {
    codes: HashMap<Box<str>, u32>,
    /// The first code that is new.
    first: u32,
    /// The code that the next new text gets.
    next: u32,
    /// The text looked up last, as neighbouring rows are often alike.
    last: (String, u32),
}

impl Adding {
    /// Starts with what the log has.
    pub(super) fn new(texts: &[Box<str>]) -> Adding {
        // A text that was retired is empty and has no code any more; the true empty one has code 0.
        let known = texts.iter().cloned().zip(0u32..).filter(|(text, code)| *code == 0 || !text.is_empty());
        let next = texts.len() as u32;
        Adding { codes: known.collect(), first: next, next, last: (String::new(), 0) }
    }

    /// The code of a text, new or known. Error: there are too many.
    pub(super) fn code(&mut self, text: &str) -> Result<u32, LogError> {
        if self.last.0 == text {
            return Ok(self.last.1);
        }
        let code = match self.codes.get(text) {
            Some(code) => *code,
            None => {
                let code = self.next;
                self.next = code
                    .checked_add(1)
                    .ok_or_else(|| LogError::Refused("more than four thousand million texts".to_owned()))?;
                self.codes.insert(Box::from(text), code);
                code
            }
        };
        self.last.0.clear();
        self.last.0.push_str(text);
        self.last.1 = code;
        Ok(code)
    }

    /// The first new code and the new texts in the order of their codes.
    pub(super) fn added(&self) -> (u32, Vec<&str>) {
        let mut new: Vec<(u32, &str)> =
            self.codes.iter().filter(|(_, code)| **code >= self.first).map(|(text, code)| (*code, &**text)).collect();
        new.sort_unstable();
        (self.first, new.into_iter().map(|(_, text)| text).collect())
    }
}

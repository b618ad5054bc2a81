//! Dictionary: the different texts of a column, numbered in the order in which the log met them. Code 0 is no text.
//!
//! It is stored in blocks of some thousand texts, each under its first code, so that a few texts can be looked up without
//! reading the rest. A block belongs to the batch that brought its texts, and is sealed with it.

mod adding;

pub(super) use adding::Adding;

use super::segment::{KINDS, Kind};
use super::storage::{compress, damaged, decompress, sql};
use crate::audit_log::LogError;
use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};
use rusqlite::Connection;

/// Texts that a block has at most.
const BLOCK_TEXTS: usize = 4096;
/// Bytes after which a block is closed though it has fewer texts.
const BLOCK_BYTES: usize = 128 << 10;

/// The stored form of texts that follow each other: the first one's code, and the texts.
pub(super) fn write(first: u32, texts: &[&[u8]]) -> Result<Vec<u8>, LogError> {
    let mut out = Writer::new();
    out.number(u64::from(first));
    out.number(texts.len() as u64);
    for text in texts {
        out.block(text);
    }
    compress(out.as_slice())
}

/// Cuts new texts into blocks: for each its first code and its stored form.
pub(super) fn blocks<'t>(
    first: u32,
    texts: impl Iterator<Item = &'t [u8]>,
    mut take: impl FnMut(u32, Vec<u8>) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let (mut first, mut open, mut bytes) = (first, Vec::new(), 0);
    for text in texts {
        open.push(text);
        bytes += text.len();
        if open.len() >= BLOCK_TEXTS || bytes >= BLOCK_BYTES {
            take(first, write(first, &open)?)?;
            first += open.len() as u32;
            open.clear();
            bytes = 0;
        }
    }
    if open.is_empty() { Ok(()) } else { take(first, write(first, &open)?) }
}

/// Reads the stored form: the first code, and the texts.
pub(super) fn read(bytes: &[u8]) -> Result<(usize, Vec<Box<str>>), SealError> {
    let mut texts = Vec::new();
    let first = each(&decompress(bytes)?, |_, text| texts.push(Box::from(text)))?;
    Ok((first, texts))
}

/// Gives each text of a block with its code; gives back the first code.
fn each<'b>(bytes: &'b [u8], mut take: impl FnMut(u32, &'b str)) -> Result<usize, SealError> {
    let above = || SealError::Malformed("a code above all bounds".to_owned());
    let mut from = Reader::new(bytes);
    let first = u32::try_from(from.number()?).map_err(|_| above())?;
    let count = u32::try_from(from.count(1)?).map_err(|_| above())?;
    let end = first.checked_add(count).ok_or_else(above)?;
    for code in first..end {
        take(code, from.text()?);
    }
    from.end()?;
    Ok(first as usize)
}

/// Gives every text of a dictionary with its code, from a code on that begins a block. Nothing is kept.
pub(super) fn scan(
    db: &Connection,
    kind: Kind,
    from: u32,
    mut take: impl FnMut(u32, &str) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let statement = "SELECT first, batch, body FROM dictionaries WHERE kind = ?1 AND first >= ?2 ORDER BY first";
    let mut find = db.prepare_cached(statement).map_err(sql)?;
    let mut rows = find.query((kind as i64, from)).map_err(sql)?;
    let mut next = from as usize;
    while let Some(row) = rows.next().map_err(sql)? {
        let (stored, batch): (i64, i64) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        let place = || format!("dictionary of {} of batch {batch}", kind.name());
        let body = row.get_ref(2).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
        let bytes = decompress(body).map_err(damaged(place()))?;
        let mut taken = Ok(());
        let start = next;
        let first = each(&bytes, |code, text| {
            next += 1;
            if taken.is_ok() {
                taken = take(code, text);
            }
        });
        if first.map_err(damaged(place()))? != start || stored != start as i64 {
            return Err(LogError::Damaged(format!("{}: its codes do not follow those before", place())));
        }
        taken?;
    }
    Ok(())
}

/// The dictionaries as far as they were read; grows with the log.
#[derive(Default)]
pub(super) struct Dictionaries {
    each: [Texts; KINDS],
}

struct Texts {
    texts: Vec<Box<str>>,
}

impl Default for Texts {
    /// Code 0, which is never stored.
    fn default() -> Texts {
        Texts { texts: vec![Box::from("")] }
    }
}

impl Dictionaries {
    /// Reads what has been added to every dictionary.
    pub(super) fn load_all(&mut self, db: &Connection) -> Result<(), LogError> {
        for kind in Kind::ALL {
            self.load(db, kind)?;
        }
        Ok(())
    }

    /// Reads what was added to a dictionary since the last time, and gives all of it. The place in the slice is the code.
    pub(super) fn load(&mut self, db: &Connection, kind: Kind) -> Result<&[Box<str>], LogError> {
        let Some(known) = self.each.get_mut(kind as usize) else { return Ok(&[]) };
        let before = known.texts.len();
        let read = scan(db, kind, before as u32, |_, text| {
            known.texts.push(Box::from(text));
            Ok(())
        });
        if read.is_err() {
            known.texts.truncate(before);
        }
        read.map(|()| known.texts.as_slice())
    }

    /// Takes what a batch added, for those who read the file by themselves.
    pub(super) fn extend(&mut self, kind: Kind, first: usize, texts: Vec<Box<str>>) -> Result<(), SealError> {
        let Some(known) = self.each.get_mut(kind as usize) else { return Ok(()) };
        if first != known.texts.len() {
            return Err(SealError::Malformed("its codes do not follow those before".to_owned()));
        }
        known.texts.extend(texts);
        Ok(())
    }

    /// What was loaded before.
    pub(super) fn texts(&self, kind: Kind) -> &[Box<str>] {
        self.each.get(kind as usize).map_or(&[], |known| &known.texts)
    }
}

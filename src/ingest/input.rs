//! Input: what a file is (plain, .gz, .zst, .zip, .tar and these in each other), unpacked within bounds, with its bytes
//! counted.

use super::ReadError;
use flate2::bufread::MultiGzDecoder;
use std::cell::Cell;
use std::io::{BufRead, BufReader, Cursor, Error, ErrorKind, Read, Result as IoResult, Seek, SeekFrom};
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

/// How deep packed files may lie in each other.
const DEEPEST: usize = 4;

/// Endings of files inside an archive that hold rows; files without any ending may, too.
const ENDINGS: [&str; 7] = ["csv", "tsv", "txt", "json", "jsonl", "ndjson", "log"];

pub(super) fn unreadable(file: &str, error: Error) -> ReadError {
    match error.kind() {
        ErrorKind::QuotaExceeded => ReadError::Refused(file.to_owned(), error.to_string()),
        ErrorKind::UnexpectedEof => {
            ReadError::Unreadable(file.to_owned(), "it ends in the middle: was it copied whole?".to_owned())
        }
        _ => ReadError::Unreadable(file.to_owned(), error.to_string()),
    }
}

/// Takes what holds rows: its name inside the archive (empty if there is none), and its bytes.
pub(super) type Visit<'v> = dyn FnMut(&str, &mut dyn BufRead) -> Result<(), ReadError> + 'v;

/// Gives every file that may hold rows, unpacked, in the order of the archive. `ignored` takes the names of the others,
/// `read` counts the bytes of the file itself.
pub(super) fn walk(
    input: &mut dyn Input,
    file: &str,
    read: &Cell<u64>,
    ignored: &mut Vec<String>,
    visit: &mut Visit<'_>,
) -> Result<(), ReadError> {
    let failed = |error| unreadable(file, error);
    let size = input.seek(SeekFrom::End(0)).map_err(failed)?;
    input.seek(SeekFrom::Start(0)).map_err(failed)?;
    let allowed = Cell::new((size.saturating_mul(MAX_RATIO)).clamp(ALWAYS, NEVER));
    let mut counted = BufReader::with_capacity(BUFFER, Counted { inner: input, read });
    let start = counted.fill_buf().map_err(failed)?;
    let mut walk = Walk { file, allowed: &allowed, ignored, visit, holds_rows: false };
    if is_zip(start) {
        walk.zip(counted)?;
    } else {
        walk.stream(&mut counted, "", 0)?;
    }
    if walk.holds_rows { Ok(()) } else { Err(walk.refused("it holds no CSV, JSON or text".to_owned())) }
}

fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// Names without an ending that archives have beside what they hold.
const PAPERS: [&str; 7] = ["license", "licence", "copying", "notice", "readme", "changelog", "authors"];

/// Whether a file inside an archive may hold rows, by its name.
fn may_hold_rows(name: &str) -> bool {
    let lower = name.to_lowercase();
    let packed = [".gz", ".zst", ".tar", ".tgz"].iter().find_map(|ending| lower.strip_suffix(ending));
    let last = packed.unwrap_or(&lower).rsplit('/').next().unwrap_or_default();
    let hidden = last.starts_with('.') || name.starts_with("__MACOSX/");
    let ending = last.rsplit_once('.').map(|(_, ending)| ending);
    !hidden && !PAPERS.contains(&last) && (packed.is_some() || ending.is_none_or(|ending| ENDINGS.contains(&ending)))
}

struct Walk<'w, 'v> {
    file: &'w str,
    allowed: &'w Cell<u64>,
    ignored: &'w mut Vec<String>,
    visit: &'w mut Visit<'v>,
    holds_rows: bool,
}

impl Walk<'_, '_> {
    fn refused(&self, what: String) -> ReadError {
        ReadError::Refused(self.file.to_owned(), what)
    }

    fn failed(&self, error: Error) -> ReadError {
        unreadable(self.file, error)
    }

    /// What comes out of a file, or out of a packed one in it.
    fn stream(&mut self, input: &mut dyn BufRead, inside: &str, depth: usize) -> Result<(), ReadError> {
        // A tar names itself in its 257th byte.
        let mut start = Vec::new();
        input.take(512).read_to_end(&mut start).map_err(|error| self.failed(error))?;
        let tar = start.get(257..262) == Some(b"ustar".as_slice());
        let (gz, zst) = (start.starts_with(b"\x1f\x8b"), start.starts_with(b"\x28\xb5\x2f\xfd"));
        if (tar || gz || zst) && depth >= DEEPEST {
            return Err(self.refused("packed files lie too deep in each other".to_owned()));
        }
        if is_zip(&start) {
            return Err(self.refused("a ZIP lies in it: unpack it first".to_owned()));
        }
        let mut whole = Cursor::new(start).chain(input);
        let allowed = self.allowed;
        if gz {
            let plain = Bounded { inner: MultiGzDecoder::new(whole), allowed };
            return self.stream(&mut BufReader::with_capacity(BUFFER, plain), inside, depth + 1);
        }
        if zst {
            let decoder = zstd::Decoder::with_buffer(whole).map_err(|error| self.failed(error))?;
            let plain = Bounded { inner: decoder, allowed };
            return self.stream(&mut BufReader::with_capacity(BUFFER, plain), inside, depth + 1);
        }
        if tar {
            return self.tar(&mut whole, inside, depth);
        }
        self.holds_rows = true;
        (self.visit)(inside, &mut whole)
    }

    fn tar(&mut self, input: &mut dyn BufRead, inside: &str, depth: usize) -> Result<(), ReadError> {
        let mut archive = tar::Archive::new(input);
        let entries = archive.entries().map_err(|error| self.failed(error))?;
        for (count, entry) in entries.enumerate() {
            let entry = entry.map_err(|error| self.failed(error))?;
            if count >= MAX_ENTRIES {
                return Err(self.refused(format!("it has more than {MAX_ENTRIES} entries")));
            }
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let bytes = entry.path_bytes().into_owned();
            let name = String::from_utf8_lossy(&bytes).trim_start_matches("./").to_owned();
            let mut plain = BufReader::with_capacity(BUFFER, entry);
            self.member(&mut plain, inside, &name, depth)?;
        }
        Ok(())
    }

    /// A file of an archive.
    fn member(&mut self, input: &mut dyn BufRead, inside: &str, name: &str, depth: usize) -> Result<(), ReadError> {
        let shown: String = name.chars().take(200).flat_map(char::escape_debug).collect();
        let shown = if inside.is_empty() { shown } else { format!("{inside}/{shown}") };
        if !may_hold_rows(name) {
            self.ignored.push(shown);
            return Ok(());
        }
        self.stream(input, &shown, depth + 1)
    }

    /// Every file of a ZIP that may hold rows, in the order of the archive.
    fn zip<R: BufRead + Seek>(&mut self, mut input: R) -> Result<(), ReadError> {
        let file = self.file;
        let damaged = |error: zip::result::ZipError| match error {
            zip::result::ZipError::Io(error) => unreadable(file, error),
            other => ReadError::Unreadable(file.to_owned(), format!("{other}: was it copied whole?")),
        };
        let declared = entries(&mut input).map_err(|error| self.failed(error))?;
        let mut zip = ZipArchive::new(input).map_err(damaged)?;
        // The zip crate finds entries by name, so that of two with one name it shows the last only.
        if declared != Some(zip.len() as u64) {
            return Err(self.refused("two of its files have one name, or its list of files is damaged".to_owned()));
        }
        if zip.len() > MAX_ENTRIES {
            return Err(self.refused(format!("it has {} entries, more than {MAX_ENTRIES}", zip.len())));
        }
        for index in 0..zip.len() {
            let entry = zip.by_index(index).map_err(damaged)?;
            let name = entry.name().map_err(damaged)?.into_owned();
            if entry.is_dir() {
                continue;
            }
            let plain = Bounded { inner: entry, allowed: self.allowed };
            self.member(&mut BufReader::with_capacity(BUFFER, plain), "", &name, 0)?;
        }
        Ok(())
    }
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

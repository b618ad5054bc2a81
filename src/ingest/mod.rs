//! Ingest: files in, events and rejected rows out.
//!
//! [`read`] takes one file (CSV, JSON or lines of text, in UTF-8, UTF-16 or Latin-1; plain, .gz or .zst, or a .zip or
//! .tar of such files) through a [`Mapping`] and gives every row to a [`Sink`]: an event, a rejected row with its reason,
//! or a row that by design makes no event. Nothing is passed over: `rows = events + rejected + no_event` in the
//! [`Summary`]. Memory does not grow with the file. [`recognise`] tells which mapping reads a file.
//!
//! What is kept of a rejected row can be read again with a corrected mapping ([`Retry`]): a CSV row is kept below its
//! file's header, a JSON object or a line of text as it is.
//!
//! # Limits
//! | what | limit | beyond it |
//! |---|---|---|
//! | a row | [`MAX_ROW`] bytes | the row is rejected |
//! | what is kept of a rejected row | [`MAX_RAW`] bytes | cut, and cannot be retried |
//! | entries of a .zip or .tar | [`MAX_ENTRIES`] | the file is refused |
//! | what a packed file unpacks to | [`MAX_RATIO`] times its size (256 MiB at least), 64 GiB at most | the file is refused |

mod csv_plan;
mod csv_record;
mod csv_rows;
mod digest;
mod feed;
mod input;
mod json;
mod json_rows;
mod lines;
pub mod mapping;
mod recognise;
mod retry;
mod rows;
mod suggest;
mod table;
mod text;
mod text_rows;
pub mod times;
mod tree;

pub use digest::digest;
pub use input::{Input, MAX_ENTRIES, MAX_RATIO};
pub use lines::MAX_ROW;
pub use mapping::{Field, Mapping, Preset, presets};
pub use recognise::{Known, Member, recognise};
pub use retry::{Retry, Row};
pub use suggest::suggest;
pub use table::{TableSink, read_table};

use crate::audit_log::Sink;
use crate::calendar::zone::ZoneRules;
use crate::source::RecordedField;
use crate::written::{Position, Problem};
use feed::Feed;
use std::cell::Cell;
use std::collections::BTreeSet;
use times::Times;

/// The mapping language, for people who write a mapping.
pub const PRESETS_README: &str = include_str!("presets/README.md");

/// What is kept of a rejected row, in bytes (the header above it included).
pub const MAX_RAW: usize = 64 * 1024;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows read: `events + rejected + no_event`. Header and blank lines are none.
    pub rows: u64,
    /// Rows that made an event (new to the log or not).
    pub events: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows that by design make no event.
    pub no_event: u64,
    /// Files inside an archive that hold no rows (by their name), left alone.
    pub ignored: Vec<String>,
    /// What somebody should know of how the file was read.
    pub notes: BTreeSet<String>,
    /// Fields that the mapping declares as recorded, but for which a file has no column.
    pub absent: BTreeSet<RecordedField>,
}

impl Summary {
    /// What to say if the vendor told another number of rows.
    pub fn unexpected(&self, expected: Option<u64>) -> Option<String> {
        let expected = expected.filter(|expected| *expected != self.rows)?;
        Some(format!("{expected} rows were expected, {} were read", self.rows))
    }
}

/// Why a file could not be read at all. Nothing of it may then be kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// File and mapping do not fit: each with file, line, column and what to do.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<Problem>),
    /// It cannot be read (now), or is damaged.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    /// It is of a kind or size that is not read.
    #[error("{0} is refused: {1}")]
    Refused(String, String),
    /// The log did not take a row.
    #[error("the log did not take a row: {0}")]
    Log(String),
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file itself (packed or not).
    pub bytes: u64,
    /// Rows.
    pub rows: u64,
}

/// Reads one file through a mapping and gives its rows to a sink, in the order of the file.
///
/// `file` is its name, for messages. `progress` is told from time to time how far it is. Of an archive, the files are
/// read whose names `members` takes. The file's digest, which the log wants beforehand, is what [`digest`] gives.
///
/// # Errors
/// See [`ReadError`]. What was given to the sink before must then not be kept.
pub fn read(
    input: &mut dyn Input,
    file: &str,
    mapping: &Mapping,
    rules: &ZoneRules,
    members: &dyn Fn(&str) -> bool,
    sink: &mut dyn Sink,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ReadError> {
    let times = Times::new(mapping.times(), mapping.timezone.as_deref(), rules).map_err(|what| {
        let instead = "Name a zone of the tz database, as in Europe/Berlin".to_owned();
        ReadError::Problems(vec![Mapping::problem_in(&mapping.file, Position::default(), what, instead)])
    })?;
    let bytes = Cell::new(0);
    let mut tick = |rows| progress(Progress { bytes: bytes.get(), rows });
    let mut feed = Feed::new(sink, &mut tick);
    let mut ignored = Vec::new();
    input::walk(input, file, &bytes, &mut ignored, &mut |inside, input| {
        if !members(inside) {
            return Ok(());
        }
        feed.inside = inside.to_owned();
        let name = if inside.is_empty() { file.to_owned() } else { format!("{file}/{inside}") };
        rows::read(input, &name, mapping, &times, &mut feed)
    })?;
    let mut summary = std::mem::take(&mut feed.summary);
    summary.ignored = ignored;
    progress(Progress { bytes: bytes.get(), rows: summary.rows });
    Ok(summary)
}

#[cfg(test)]
mod tests;

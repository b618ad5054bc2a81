//! Text rows: lines of text, each read to named values as the mapping says.

use super::feed::Feed;
use super::lines::{Line, Lines, trimmed};
use super::mapping::{LineForm, Made, Mapping};
use super::times::Times;
use super::{ReadError, tree};
use serde_json::{Map, Value};
use std::io::BufRead;

/// Reads all rows of a text.
pub(super) fn read(
    input: impl BufRead,
    file: &str,
    mapping: &Mapping,
    form: &LineForm,
    times: &Times,
    feed: &mut Feed<'_>,
) -> Result<(), ReadError> {
    let mut lines = Lines::new(input);
    while let Some(line) = lines.next().map_err(|error| super::input::unreadable(file, error))? {
        let number = lines.number();
        match line {
            Line::TooLong(line) => {
                let raw = || String::from_utf8_lossy(trimmed(&line)).into_owned();
                feed.take(Made::Rejected("the row is longer than 4 MiB".to_owned(), None), number, raw)?;
            }
            Line::Whole(line) => {
                let bytes = trimmed(&line);
                let raw = || String::from_utf8_lossy(bytes).into_owned();
                match std::str::from_utf8(bytes) {
                    Ok(text) if text.trim().is_empty() => {}
                    Ok(text) => match form.read(text) {
                        Ok(record) => tree::take(record, mapping, times, number, feed, raw)?,
                        Err(reason) => feed.take(Made::Rejected(reason, None), number, raw)?,
                    },
                    Err(error) => {
                        let reason = format!("the row is not UTF-8 text (after {} bytes)", error.valid_up_to());
                        feed.take(Made::Rejected(reason, None), number, raw)?;
                    }
                }
                lines.recycle(line);
            }
        }
    }
    Ok(())
}

impl LineForm {
    /// What a line says, or why it says nothing.
    pub(super) fn read(&self, line: &str) -> Result<Value, String> {
        let mut record = Map::new();
        match self {
            LineForm::Split { by, names } => {
                let parts: Vec<&str> = line.splitn(names.len(), by.as_str()).collect();
                if parts.len() != names.len() {
                    return Err(format!("the line has {} parts, not {}", parts.len(), names.len()));
                }
                for (name, part) in names.iter().zip(parts) {
                    record.insert(name.clone(), Value::String(part.trim().to_owned()));
                }
            }
            LineForm::Pattern(pattern) => {
                let found = pattern.0.captures(line).ok_or("the line is not written as the mapping's `line` says")?;
                for name in pattern.0.capture_names().flatten() {
                    if let Some(part) = found.name(name) {
                        record.insert(name.to_owned(), Value::String(part.as_str().to_owned()));
                    }
                }
            }
        }
        Ok(Value::Object(record))
    }
}

//! Text rows: lines of text, each read to named values as the mapping says.

use super::feed::Feed;
use super::lines::{Line, Lines, trimmed};
use super::mapping::{LineForm, Made, Mapping};
use super::text::{auditd, cef, rfc5424};
use super::times::Times;
use super::{ReadError, tree};
use serde_json::{Map, Value};
use std::collections::VecDeque;
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
    let mut open = Open::default();
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
                        Ok(record) if *form == LineForm::Auditd => {
                            open.add(number, record, text);
                            while let Some(done) = open.done(number) {
                                done.take(mapping, times, feed)?;
                            }
                        }
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
    while let Some(done) = open.groups.pop_front() {
        done.take(mapping, times, feed)?;
    }
    Ok(())
}

/// Lines after which no further record of an event is waited for: the kernel writes those of several events among each
/// other, but not long.
const WINDOW: u64 = 100;

/// Records of one event, so far.
struct Group {
    event: Option<Value>,
    first: u64,
    last: u64,
    records: Vec<Value>,
    raw: Vec<String>,
}

impl Group {
    fn take(self, mapping: &Mapping, times: &Times, feed: &mut Feed<'_>) -> Result<(), ReadError> {
        let raw = self.raw.join("\n");
        tree::take(auditd::join(self.records), mapping, times, self.first, feed, || raw)
    }
}

/// Events of which further records may come, in the order of their first.
#[derive(Default)]
struct Open {
    groups: VecDeque<Group>,
}

impl Open {
    fn add(&mut self, number: u64, record: Value, raw: &str) {
        let event = record.get("event").cloned();
        match self.groups.iter_mut().find(|group| group.event == event) {
            Some(group) => {
                group.last = number;
                group.records.push(record);
                group.raw.push(raw.to_owned());
            }
            None => self.groups.push_back(Group {
                event,
                first: number,
                last: number,
                records: vec![record],
                raw: vec![raw.to_owned()],
            }),
        }
    }

    /// The first event, if nothing more of it is waited for.
    fn done(&mut self, number: u64) -> Option<Group> {
        let waits = self.groups.front().is_none_or(|group| group.last + WINDOW > number && group.records.len() < 1_000);
        if waits { None } else { self.groups.pop_front() }
    }
}

impl LineForm {
    /// What a row says as it is kept when it is rejected: a line, or the lines of one event.
    pub(super) fn read_again(&self, raw: &str) -> Result<Value, String> {
        match self {
            LineForm::Auditd => {
                let records: Result<Vec<Value>, String> = raw.lines().map(auditd::read).collect();
                records.map(auditd::join)
            }
            _ => self.read(raw),
        }
    }

    /// What a line says, or why it says nothing.
    pub(super) fn read(&self, line: &str) -> Result<Value, String> {
        let mut record = Map::new();
        match self {
            LineForm::Rfc5424 => return rfc5424::read(line),
            LineForm::Cef => return cef::read(line),
            LineForm::Auditd => return auditd::read(line),
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

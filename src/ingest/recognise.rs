//! Recognise: which mapping reads a file, told from its first rows by the mappings' signatures.

use super::csv_record::{Record, delimiter, header};
use super::json_rows::{End, Scanner};
use super::lines::trimmed;
use super::mapping::{LineForm, Mapping, Shape, opened};
use super::times::Times;
use super::{Feed, Input, ReadError, input, rows};
use crate::audit_log::Sink;
use crate::calendar::zone::ZoneRules;
use crate::event::{Event, Rejected};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Rows that are looked at.
const LOOK: u64 = 50;

/// Bytes that are looked at.
const BYTES: usize = 256 << 10;

/// A file, or a file of an archive.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name inside the archive; empty if there is none.
    pub name: String,
    /// What it was recognised as; `None`: no mapping knows it.
    pub known: Option<Known>,
}

/// A mapping that knows a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Its place among those that were asked.
    pub mapping: usize,
    /// By what it was recognised, in words.
    pub why: String,
}

/// Tells of every file in an input which of some mappings reads it. A mapping does if its signature fits at least half of
/// the first rows and if it reads at least half of them; of several, the one that was known by most columns, then the one
/// that fills most fields, then the first. What none knows is read by the first of `otherwise` (places of mappings) that
/// is for the same shape. [`super::read`] begins at the file's beginning again.
///
/// # Errors
/// The file cannot be read, or is refused.
pub fn recognise(
    input: &mut dyn Input,
    file: &str,
    mappings: &[Mapping],
    otherwise: &[usize],
    rules: &ZoneRules,
) -> Result<Vec<Member>, ReadError> {
    let mut members = Vec::new();
    input::walk(input, file, &Cell::new(0), &mut Vec::new(), &mut |inside, input| {
        let start = rows::head(input).map_err(|error| input::unreadable(file, error))?;
        let known = known(&start, mappings, rules).or_else(|| {
            let shape = rows::shape_of(&rows::decoded(&start));
            let fits = |mapping: &Mapping| match mapping.shape {
                Some(Shape::Json) => shape == Shape::Json,
                Some(_) => shape != Shape::Json,
                None => true,
            };
            let place = otherwise.iter().copied().find(|place| mappings.get(*place).is_some_and(fits))?;
            Some(Known { mapping: place, why: "no format is known, and it was named for what is not".to_owned() })
        });
        members.push(Member { name: inside.to_owned(), known });
        Ok(())
    })?;
    Ok(members)
}

fn known(start: &[u8], mappings: &[Mapping], rules: &ZoneRules) -> Option<Known> {
    let text = rows::decoded(start);
    let text = text.get(..text.len().min(BYTES)).unwrap_or_default();
    let shape = rows::shape_of(text);
    let mut samples = Samples::default();
    let mut best: Option<((usize, u64), Known)> = None;
    for (place, mapping) in mappings.iter().enumerate() {
        let Some(signature) = &mapping.signature else { continue };
        let fits_shape = match mapping.shape {
            Some(Shape::Json) => shape == Shape::Json,
            Some(Shape::Csv) => shape != Shape::Json,
            // A line of text may begin with anything.
            Some(Shape::Text) | None => true,
        };
        if !fits_shape {
            continue;
        }
        let sample = samples.of(text, mapping, shape);
        let by: Vec<Vec<String>> = sample.iter().filter_map(|row| signature.fits(row)).collect();
        if by.is_empty() || by.len() * 2 < sample.len() {
            continue;
        }
        let look = tried(text, mapping, rules);
        let read = look.events + look.no_event;
        let header_alone = look.rows == 0 && mapping.shape == Some(Shape::Csv);
        if !header_alone && (read == 0 || read * 2 < look.rows) {
            continue;
        }
        let most = by.into_iter().max_by_key(Vec::len).unwrap_or_default();
        let score = (most.len(), look.filled);
        if best.as_ref().is_none_or(|(other, _)| score > *other) {
            best = Some((score, Known { mapping: place, why: why(&most, mapping, &look) }));
        }
    }
    best.map(|(_, known)| known)
}

fn why(by: &[String], mapping: &Mapping, look: &Look) -> String {
    let names: Vec<String> = by.iter().take(6).map(|name| format!("`{name}`")).collect();
    let more = by.len().saturating_sub(6);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let by = match (&mapping.shape, names.is_empty()) {
        (Some(Shape::Text), true) => "its lines read that way".to_owned(),
        (Some(Shape::Csv), _) if mapping.header.is_none() => format!("its header has {}{more}", names.join(", ")),
        _ => format!("its rows have {}{more}", names.join(", ")),
    };
    match look.rows {
        0 => format!("{by}; it has no rows"),
        rows => format!("{by}; {} of the first {rows} rows can be read", look.events + look.no_event),
    }
}

/// The first rows, as each kind of mapping sees them.
#[derive(Default)]
pub(super) struct Samples {
    json: BTreeMap<Vec<String>, Vec<Value>>,
    csv: Option<Vec<Value>>,
}

impl Samples {
    /// The first rows of a JSON text.
    pub(super) fn json(text: &[u8], rows: &[String]) -> Vec<Value> {
        json(text, rows)
    }

    /// The first rows of a CSV text with a header.
    pub(super) fn csv(text: &[u8]) -> Vec<Value> {
        csv(text, None, false)
    }

    fn of(&mut self, text: &[u8], mapping: &Mapping, shape: Shape) -> Cow<'_, [Value]> {
        let rows: Cow<'_, [Value]> = match (mapping.shape.unwrap_or(shape), &mapping.line, &mapping.header) {
            (Shape::Json, ..) => {
                self.json.entry(mapping.rows.clone()).or_insert_with(|| json(text, &mapping.rows)).as_slice().into()
            }
            (Shape::Text, Some(form), _) => lines(text, form).into(),
            (Shape::Text, None, _) => Cow::default(),
            (Shape::Csv, _, Some(names)) => csv(text, Some(names), mapping.vary).into(),
            (Shape::Csv, _, None) => self.csv.get_or_insert_with(|| csv(text, None, false)).as_slice().into(),
        };
        // Most rows lie in no envelope: the sample is looked at as it is, not copied for each of many mappings.
        if mapping.inside.is_empty() {
            return rows;
        }
        rows.into_owned().into_iter().map(|row| mapping.lift(row)).collect()
    }
}

fn json(text: &[u8], rows: &[String]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut scanner = Scanner { input: text, line: 1, rows };
    // Reading from memory cannot fail.
    let _ = scanner.scan(&mut |item, _, end| {
        if let (End::Whole, Ok(value)) = (end, super::json_rows::value(item)) {
            match opened(value, rows) {
                Ok(rows) => found.extend(rows),
                Err(row) => found.push(row),
            }
        }
        found.len() < LOOK as usize
    });
    found.truncate(LOOK as usize);
    found
}

fn lines(text: &[u8], form: &LineForm) -> Vec<Value> {
    let lines = text.split(|b| *b == b'\n').map(trimmed).filter(|line| !line.is_empty());
    lines
        .take(LOOK as usize)
        .map(|line| {
            let read = std::str::from_utf8(line).ok().and_then(|line| form.read(line).ok());
            read.unwrap_or(Value::Null)
        })
        .collect()
}

/// Rows below a header, or below the names that a mapping knows. A header alone is one row without values.
fn csv(text: &[u8], names: Option<&Vec<String>>, vary: bool) -> Vec<Value> {
    let mut lines = text.split_inclusive(|b| *b == b'\n').filter(|line| !trimmed(line).is_empty()).peekable();
    let first = lines.next_if(|line| trimmed(line).starts_with(b"sep=") || line.starts_with(b"#TYPE "));
    let mut record =
        match first.and_then(|line| line.get(4)).filter(|_| first.is_some_and(|line| !line.starts_with(b"#"))) {
            Some(by) => Record::new(*by),
            None if names.is_some() => Record::new(b','),
            None => Record::new(lines.peek().map_or(b',', |line| delimiter(line))),
        };
    let mut names = names.cloned();
    let mut found = Vec::new();
    record.begin();
    for line in lines {
        if found.len() >= LOOK as usize {
            break;
        }
        if !record.line(line) {
            continue;
        }
        match &mut names {
            None => names = header(&record),
            Some(names) => {
                if vary && found.is_empty() {
                    names.truncate(record.len());
                }
                found.push(row(&record, names));
            }
        }
        record.begin();
    }
    match names {
        Some(names) if found.is_empty() && !vary => {
            let empty = names.into_iter().map(|name| (name, Value::String(String::new())));
            vec![Value::Object(empty.collect())]
        }
        _ => found,
    }
}

/// A row by its columns' names; nothing where it has another number of them.
fn row(record: &Record, names: &[String]) -> Value {
    if record.len() != names.len() {
        return Value::Null;
    }
    let Ok(text) = record.text() else { return Value::Null };
    let cell = |column| Value::String(record.field(text, column).unwrap_or_default().to_owned());
    let map: Map<String, Value> = names.iter().enumerate().map(|(column, name)| (name.clone(), cell(column))).collect();
    Value::Object(map)
}

/// How well a mapping reads the first rows.
#[derive(Default)]
pub(super) struct Look {
    pub(super) rows: u64,
    pub(super) events: u64,
    no_event: u64,
    /// Fields that the mapping filled, over all rows.
    filled: u64,
}

/// Reads the first rows as a mapping does.
pub(super) fn tried(text: &[u8], mapping: &Mapping, rules: &ZoneRules) -> Look {
    let mut look = Look::default();
    let Ok(times) = Times::new(mapping.times(), mapping.timezone.as_deref().or(Some("UTC")), rules) else {
        return look;
    };
    let mut tick = |_| {};
    let mut feed = Feed::new(&mut look, &mut tick);
    // It ends where enough was seen; that the text is cut off somewhere costs one row.
    let _ = rows::read(&mut Cursor::new(text), "", mapping, &times, &mut feed);
    look
}

impl Look {
    fn row(&mut self) -> Result<(), String> {
        self.rows += 1;
        if self.rows < LOOK { Ok(()) } else { Err("enough".to_owned()) }
    }
}

impl Sink for Look {
    fn event(&mut self, event: Event) -> Result<(), String> {
        self.events += 1;
        let texts = [&event.actor, &event.module, &event.record, &event.record_name, &event.origin.ip];
        let more = [&event.origin.agent, &event.origin.channel];
        self.filled += texts.iter().chain(&more).filter(|text| !text.is_empty()).count() as u64;
        self.filled += u64::from(!event.changes.is_empty()) + u64::from(event.affected.is_some());
        self.row()
    }

    fn rejected(&mut self, _: Rejected) -> Result<(), String> {
        self.row()
    }

    fn no_event(&mut self) -> Result<(), String> {
        self.no_event += 1;
        self.row()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::presets;

    fn of(text: &str) -> Option<String> {
        let mappings: Vec<Mapping> =
            presets().iter().map(|preset| Mapping::load(preset.text, preset.file).unwrap()).collect();
        let members = recognise(&mut Cursor::new(text), "x", &mappings, &[], &ZoneRules::bundled()).unwrap();
        let known = members.into_iter().next()?.known?;
        assert!(known.why.contains('`'), "{}", known.why);
        Some(mappings[known.mapping].name.clone())
    }

    #[test]
    fn presets_are_told_from_the_header() {
        let audit = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details,Source\n\
            2026-11-22T14:03:22+01:00,a@x,Added,Leads,1,A,,Web\n";
        assert_eq!(of(audit).as_deref(), Some("zoho-crm"));
        let logins = "Login Time,User,IP Address,Browser,Status,Login Type\n\
            2026-11-22T14:03:22+01:00,a@x,10.0.0.1,Firefox,Success,Web\n";
        assert_eq!(of(logins).as_deref(), Some("zoho-logins"));
        let history = "number,incident_state,sys_mod_count,sys_updated_by,sys_updated_at\nI1,New,0,a,1/3/2016 10:00\n";
        assert_eq!(of(history).as_deref(), Some("servicenow-history"));
        let changes =
            r#"{"time":"2016-03-01T10:00:00","actor":"a","action":"x","object_type":"i","object_id":"1","changes":{}}"#;
        assert_eq!(of(changes).as_deref(), Some("servicenow-changes"));
        assert_eq!(of("when,who,what\n2026-01-01T00:00Z,a,b\n"), None);
        assert_eq!(of(""), None);
        assert_eq!(of(&audit.replace("2026-11-22T14:03:22+01:00", "yesterday")), None);
    }
}

//! CSV plan: which column of a header fills which field of a mapping.

use super::csv_record::Record;
use super::mapping::{self, Field, Fields, Made, Mapping, Place, header_key};
use super::times::Times;
use crate::calendar::Millis;
use crate::source::RecordedField;
use crate::written::{Position, Problem, nearest};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Which column fills which field.
pub(super) struct Plan {
    pub(super) names: Vec<String>,
    /// For each field the columns it may come from, in the mapping's order.
    fields: [Vec<usize>; Field::COUNT],
    watched: Vec<Option<usize>>,
    /// Columns that no field takes: they go into the details.
    rest: Vec<usize>,
    /// Columns that a field takes in some rows only.
    contested: Vec<usize>,
}

impl Plan {
    /// Fits a header to a mapping. A column that is needed and not there is a Problem.
    pub(super) fn new(names: Vec<String>, mapping: &Mapping, file: &str, line: u64) -> Result<Plan, Vec<Problem>> {
        let keys: Vec<String> = names.iter().map(|name| header_key(name)).collect();
        let find = |name: &String| {
            let exact = names.iter().position(|there| there == name);
            exact.or_else(|| keys.iter().position(|there| *there == header_key(name)))
        };
        let mut problems = Vec::new();
        let mut missing = |wanted: &[String], what: String| {
            // What there is stands in the message already.
            let near = wanted.iter().find_map(|name| nearest(name, names.iter().map(String::as_str)));
            let near = near.map(|name| format!("Did you mean `{name}`?"));
            // A file that is no CSV has a header of any length.
            let short = |name: &String| match name.char_indices().nth(60) {
                Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
                None => name.clone(),
            };
            let found: Vec<String> = names.iter().take(40).map(short).collect();
            let what = format!("{what}; the header has: {}", found.join(", "));
            let at = Position { line: usize::try_from(line).unwrap_or(1), column: 1 };
            problems.push(Mapping::problem_in(file, at, what, near.unwrap_or_default()));
        };
        let mut fields: [Vec<usize>; Field::COUNT] = Default::default();
        let mut contested = Vec::new();
        for field in Field::ALL {
            let Some(place) = mapping.place(field) else { continue };
            let mut columns: Vec<usize> = Vec::new();
            for column in place.names.iter().filter_map(find) {
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
            if (columns.len() > 1 && place.join.is_none()) || place.part.is_some() {
                contested.extend(&columns);
            }
            if columns.is_empty() && place.required && !place.names.iter().any(|name| mapping.could_unfold(name)) {
                let wanted = place.names.join("`, `");
                missing(&place.names, format!("no column for `{}` (looked for `{wanted}`)", field.as_str()));
            }
            if let Some(slot) = fields.get_mut(field as usize) {
                *slot = columns;
            }
        }
        contested.sort_unstable();
        contested.dedup();
        let mut watched = Vec::new();
        for name in mapping.watched() {
            let column = find(name);
            if column.is_none() && !mapping.vary && !mapping.could_unfold(name) {
                missing(std::slice::from_ref(name), format!("no column `{name}`, which a condition looks at"));
            }
            watched.push(column);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let rest = (0..names.len()).filter(|column| !fields.iter().any(|columns| columns.contains(column))).collect();
        Ok(Plan { names, fields, watched, rest, contested })
    }

    /// Fields that the mapping declares as recorded, but that this header has no column for.
    pub(super) fn absent<'m>(&'m self, mapping: &'m Mapping) -> impl Iterator<Item = RecordedField> + 'm {
        mapping.records.fields.iter().copied().filter(|recorded| {
            let place = Field::ALL.into_iter().find(|field| field.as_str() == recorded.as_str());
            place.is_some_and(|field| {
                self.fields.get(field as usize).is_some_and(Vec::is_empty)
                    && mapping.place(field).is_some_and(|place| {
                        let unfolds = place.names.iter().any(|name| mapping.could_unfold(name));
                        place.constant.is_none() && !place.names.is_empty() && !unfolds
                    })
            })
        })
    }

    /// The time of a record that is no row, if it can be read where the time should stand.
    fn time(&self, record: &Record, times: &Times) -> Option<Millis> {
        let column = *self.fields.get(Field::Time as usize)?.first()?;
        times.read(record.field(record.text().ok()?, column)?).ok()
    }

    /// Makes what a complete record says.
    pub(super) fn make(&self, record: &Record, mapping: &Mapping, times: &Times, line: u64) -> Made {
        if record.len() != self.names.len() {
            let what = format!("the row has {} fields, the header {}", record.len(), self.names.len());
            return Made::Rejected(what, self.time(record, times));
        }
        let text = match record.text() {
            Ok(text) => text,
            Err(byte) => return Made::Rejected(format!("the row is not UTF-8 text (after {byte} bytes)"), None),
        };
        let mut row = Fields::default();
        let mut taken: Vec<usize> = Vec::new();
        for (field, (slot, columns)) in Field::ALL.into_iter().zip(row.values.iter_mut().zip(&self.fields)) {
            *slot = match columns.as_slice() {
                [] => None,
                [column] if self.contested.is_empty() => self.cell(record, text, *column),
                columns => {
                    let Some(place) = mapping.place(field) else { continue };
                    self.pick(record, text, columns, place, mapping, &mut taken)
                }
            };
        }
        for column in &self.watched {
            row.watched.push(column.and_then(|column| record.field(text, column)).map(Cow::Borrowed));
        }
        let left = self.contested.iter().filter(|column| !taken.contains(column));
        for column in self.rest.iter().chain(left) {
            let name = self.names.get(*column).map(String::as_str).unwrap_or_default();
            match record.field(text, *column) {
                Some(value) if !mapping.is_null(value.trim()) => mapping::insert(&mut row.details, name, value),
                Some(_) => {}
                None => return Made::Rejected("the row is not UTF-8 text".to_owned(), None),
            }
        }
        mapping.make(row, times, line)
    }
    /// A cell with its column's name.
    fn cell<'t>(&'t self, record: &Record, text: &'t str, column: usize) -> Option<(Cow<'t, str>, Cow<'t, str>)> {
        let name = self.names.get(column).map(String::as_str).unwrap_or_default();
        record.field(text, column).map(|value| (Cow::Borrowed(name), Cow::Borrowed(value)))
    }

    /// A field's value where it may come from several columns, or is a part of one. What it takes whole is noted.
    fn pick<'t>(
        &'t self,
        record: &Record,
        text: &'t str,
        columns: &[usize],
        place: &Place,
        mapping: &Mapping,
        taken: &mut Vec<usize>,
    ) -> Option<(Cow<'t, str>, Cow<'t, str>)> {
        let mut joined: Option<(Cow<'t, str>, String)> = None;
        for column in columns {
            let Some((name, value)) = self.cell(record, text, *column) else { continue };
            if mapping.is_null(value.trim()) {
                continue;
            }
            let value = match &place.part {
                None => {
                    taken.push(*column);
                    value
                }
                Some(part) => match part.part(&value) {
                    Some(part) => Cow::Owned(part.to_owned()),
                    None => continue,
                },
            };
            match (&place.join, &mut joined) {
                (None, _) => return Some((name, value)),
                (Some(_), None) => joined = Some((name, value.into_owned())),
                (Some(with), Some((_, all))) => {
                    all.push_str(with);
                    all.push_str(&value);
                }
            }
        }
        joined.map(|(name, value)| (name, Cow::Owned(value)))
    }

    /// A record as a tree, for mappings that unfold.
    pub(super) fn tree(&self, record: &Record) -> Result<Value, String> {
        if record.len() != self.names.len() {
            return Err(format!("the row has {} fields, the header {}", record.len(), self.names.len()));
        }
        let text = record.text().map_err(|byte| format!("the row is not UTF-8 text (after {byte} bytes)"))?;
        let mut row = Map::new();
        for (column, name) in self.names.iter().enumerate() {
            let value = record.field(text, column).ok_or("the row is not UTF-8 text")?;
            mapping::put(&mut row, name, Value::String(value.to_owned()));
        }
        Ok(Value::Object(row))
    }
}

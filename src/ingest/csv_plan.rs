//! CSV plan: which column of a header fills which field of a mapping.

use super::csv_record::Record;
use super::mapping::{self, Field, Fields, Made, Mapping, header_key};
use super::times::Times;
use crate::calendar::Millis;
use crate::source::RecordedField;
use crate::written::{Position, Problem, nearest};
use std::borrow::Cow;

/// Which column fills which field.
pub(super) struct Plan {
    pub(super) names: Vec<String>,
    fields: [Option<usize>; Field::COUNT],
    watched: Vec<Option<usize>>,
    /// Columns that no field takes: they go into the details.
    rest: Vec<bool>,
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
        let mut fields = [None; Field::COUNT];
        for field in Field::ALL {
            let Some(place) = mapping.place(field) else { continue };
            let column = place.names.iter().find_map(find);
            if column.is_none() && place.required {
                let wanted = place.names.join("`, `");
                missing(&place.names, format!("no column for `{}` (looked for `{wanted}`)", field.as_str()));
            }
            if let Some(slot) = fields.get_mut(field as usize) {
                *slot = column;
            }
        }
        let mut watched = Vec::new();
        for name in mapping.watched() {
            let column = find(name);
            if column.is_none() {
                missing(std::slice::from_ref(name), format!("no column `{name}`, which a condition looks at"));
            }
            watched.push(column);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let rest = (0..names.len()).map(|column| !fields.contains(&Some(column))).collect();
        Ok(Plan { names, fields, watched, rest })
    }

    /// Fields that the mapping declares as recorded, but that this header has no column for.
    pub(super) fn absent<'m>(&'m self, mapping: &'m Mapping) -> impl Iterator<Item = RecordedField> + 'm {
        mapping.records.fields.iter().copied().filter(|recorded| {
            let place = Field::ALL.into_iter().find(|field| field.as_str() == recorded.as_str());
            place.is_some_and(|field| {
                self.fields.get(field as usize).is_some_and(Option::is_none)
                    && mapping.place(field).is_some_and(|place| place.constant.is_none() && !place.names.is_empty())
            })
        })
    }

    /// The time of a record that is no row, if it can be read where the time should stand.
    fn time(&self, record: &Record, times: &Times) -> Option<Millis> {
        let column = self.fields.get(Field::Time as usize).copied().flatten()?;
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
        for (slot, column) in row.values.iter_mut().zip(self.fields) {
            if let Some(column) = column {
                let name = self.names.get(column).map(String::as_str).unwrap_or_default();
                *slot = record.field(text, column).map(|value| (Cow::Borrowed(name), Cow::Borrowed(value)));
            }
        }
        for column in &self.watched {
            row.watched.push(column.and_then(|column| record.field(text, column)).map(Cow::Borrowed));
        }
        for (column, name) in self.names.iter().enumerate().filter(|(column, _)| self.rest.get(*column) == Some(&true))
        {
            match record.field(text, column) {
                Some(value) if !mapping.is_null(value.trim()) => mapping::insert(&mut row.details, name, value),
                Some(_) => {}
                None => return Made::Rejected("the row is not UTF-8 text".to_owned(), None),
            }
        }
        mapping.make(row, times, line)
    }
}

//! Unfold: what lies in a record in another form (JSON in a cell, a row in a message, several events in one record) is
//! opened up before fields are looked for. Paths are dotted; see [`find`].

use super::{Mapping, Matching, header_key};
use crate::ingest::json::parse;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// One step of `unfold`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Text that is JSON.
    Json { at: String, optional: bool },
    /// Text that is a row of CSV, behind a prefix.
    Csv { column: String, prefix: String, names: Vec<String>, under: String },
    /// A list of named values.
    Pairs { list: String, name: String, values: Vec<String>, under: String },
    /// A list of which each item is a row.
    Each { list: String, under: String },
    /// Named groups in a text.
    Pattern { column: String, pattern: Matching, under: String },
}

impl Step {
    /// The name under which it puts what it finds, or whose text it opens.
    pub(super) fn opens(&self) -> &str {
        match self {
            Step::Json { at, .. } => at,
            Step::Csv { under, .. } | Step::Pairs { under, .. } | Step::Each { under, .. } => under,
            Step::Pattern { under, .. } => under,
        }
    }
}

/// What a record unfolds to.
pub(in crate::ingest) enum Unfolded {
    /// One row.
    One(Value),
    /// As many as a list has items.
    Many(Many),
    /// A list without items: by design no event.
    None,
}

/// The rows of one record.
pub(in crate::ingest) struct Many {
    whole: Value,
    list: String,
    /// With their places in the list.
    pub(in crate::ingest) rows: Vec<(usize, Value)>,
}

impl Many {
    /// The record with one item of its list alone, which keeps its place: what unfolds to this one row.
    pub(in crate::ingest) fn alone(&self, place: usize) -> Value {
        let mut alone = self.whole.clone();
        if let Some(Value::Array(items)) = find_mut(&mut alone, &self.list) {
            items.truncate(place + 1);
            let others = items.len().saturating_sub(1);
            items.iter_mut().take(others).for_each(|other| *other = Value::Null);
        }
        alone
    }
}

impl Mapping {
    /// Whether records must be unfolded.
    pub(in crate::ingest) fn unfolds(&self) -> bool {
        !self.unfold.is_empty() || !self.inside.is_empty()
    }

    /// Whether a column could be made by unfolding.
    pub(in crate::ingest) fn could_unfold(&self, name: &str) -> bool {
        let under = |opened: &str| {
            name.strip_prefix(opened).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '_']))
        };
        self.unfold.iter().any(|step| under(step.opens())) || !self.inside.is_empty()
    }

    /// A record without its envelope.
    pub(in crate::ingest) fn lift(&self, record: Value) -> Value {
        lifted(record, &self.inside)
    }

    /// Opens up a record, or says why it cannot be.
    pub(in crate::ingest) fn unfold(&self, record: Value) -> Result<Unfolded, String> {
        let mut record = lifted(record, &self.inside);
        for (number, step) in self.unfold.iter().enumerate() {
            let Step::Each { list, under } = step else {
                apply(step, &mut record)?;
                continue;
            };
            let rest = self.unfold.get(number + 1..).unwrap_or_default();
            return each(record, list, under, rest);
        }
        Ok(Unfolded::One(record))
    }
}

/// The rows of a document: the list at the first path that is one, or the document itself.
pub(in crate::ingest) fn opened(document: Value, rows: &[String]) -> Result<Vec<Value>, Value> {
    let mut document = document;
    for path in rows {
        if let Some(Value::Array(items)) = find_mut(&mut document, path) {
            return Ok(std::mem::take(items));
        }
    }
    Err(document)
}

/// A row taken out of its envelope; the envelope's other values stay beside its own, under other names where both have
/// one.
fn lifted(record: Value, inside: &[String]) -> Value {
    let mut record = record;
    let envelope = |path: &&String| exactly(&record, path) && find(&record, path).is_some_and(Value::is_object);
    let Some(path) = inside.iter().find(envelope) else {
        return record;
    };
    let Some(Value::Object(mut row)) = find_mut(&mut record, path).map(Value::take) else { return record };
    if let Value::Object(envelope) = record {
        for (key, value) in envelope.into_iter().filter(|(_, value)| !value.is_null()) {
            put(&mut row, &key, value);
        }
    }
    Value::Object(row)
}

fn each(mut record: Value, list: &str, under: &str, rest: &[Step]) -> Result<Unfolded, String> {
    let whole = record.clone();
    let items = match find_mut(&mut record, list).map(Value::take) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    let mut rows = Vec::new();
    for (place, item) in items.into_iter().enumerate().filter(|(_, item)| !item.is_null()) {
        let mut row = record.clone();
        if let Value::Object(map) = &mut row {
            // The list itself is not there any more: its name is free for the item.
            if map.get(under).is_some_and(Value::is_null) {
                map.shift_remove(under);
            }
            put(map, under, item);
            put(map, &format!("{under}_index"), Value::from(place));
        }
        for step in rest {
            apply(step, &mut row)?;
        }
        rows.push((place, row));
    }
    Ok(if rows.is_empty() { Unfolded::None } else { Unfolded::Many(Many { whole, list: list.to_owned(), rows }) })
}

fn apply(step: &Step, record: &mut Value) -> Result<(), String> {
    match step {
        Step::Json { at, optional } => {
            let Some(value) = find_mut(record, at) else { return Ok(()) };
            let Value::String(text) = value else { return Ok(()) };
            match parse(text.trim()) {
                Ok(inner) => *value = inner,
                Err(_) if *optional || text.trim().is_empty() => {}
                Err(reason) => return Err(format!("`{at}` is not whole JSON: {reason}")),
            }
        }
        Step::Csv { column, prefix, names, under } => {
            let Some(text) = find(record, column).and_then(Value::as_str) else { return Ok(()) };
            let Some(row) = text.strip_prefix(prefix.as_str()) else { return Ok(()) };
            let fields =
                row_of(row).ok_or_else(|| format!("`{column}` holds no whole row of CSV behind `{prefix}`"))?;
            let mut made = Map::new();
            for (place, field) in fields.into_iter().enumerate() {
                let name = names.get(place).cloned().unwrap_or_else(|| format!("column {}", place + 1));
                made.insert(name, Value::String(field));
            }
            put_into(record, under, Value::Object(made));
        }
        Step::Pairs { list, name, values, under } => pairs(record, list, name, values, under),
        Step::Pattern { column, pattern, under } => {
            let Some(text) = find(record, column).and_then(text_of) else { return Ok(()) };
            let Some(found) = pattern.0.captures(&text) else { return Ok(()) };
            let mut made = Map::new();
            for group in pattern.0.capture_names().flatten() {
                if let Some(part) = found.name(group) {
                    made.insert(group.to_owned(), Value::String(part.as_str().to_owned()));
                }
            }
            put_into(record, under, Value::Object(made));
        }
        Step::Each { .. } => {}
    }
    Ok(())
}

/// Named values under their names. What says more than a name and a value stays where it is as well.
fn pairs(record: &mut Value, list: &str, name: &str, values: &[String], under: &str) {
    let Some(Value::Array(items)) = find(record, list) else { return };
    let mut made = Map::new();
    let mut all = true;
    for item in items {
        let key = item.get(name).and_then(Value::as_str);
        let value = values.iter().find_map(|key| item.get(key).filter(|value| !value.is_null()));
        match (key, value) {
            (Some(key), Some(value)) => {
                put(&mut made, key, value.clone());
                all &= item.as_object().is_some_and(|item| item.len() == 2);
            }
            _ => all = false,
        }
    }
    if all {
        remove(record, list);
    }
    if !made.is_empty() {
        put_into(record, under, Value::Object(made));
    }
}

/// The fields of one row of CSV.
fn row_of(text: &str) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = reader.records();
    let row = rows.next()?.ok()?;
    // More than one row, or a quote that swallowed the end, is not the row that was written.
    if rows.next().is_some() { None } else { Some(row.iter().map(str::to_owned).collect()) }
}

fn put_into(record: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = record {
        put(map, key, value);
    }
}

/// Puts a value under a key; of two with one key the second is called `key (2)`.
pub(in crate::ingest) fn put(map: &mut Map<String, Value>, key: &str, value: Value) {
    let mut name = key.to_owned();
    let mut copy = 2;
    while map.contains_key(&name) {
        name = format!("{key} ({copy})");
        copy += 1;
    }
    map.insert(name, value);
}

/// A value as text: none for null, JSON for objects and lists.
pub(in crate::ingest) fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// Whether two names are one by [`header_key`]; told by their first letter mostly, as this is asked of every key of a row.
fn same_name(one: &str, other: &str) -> bool {
    let first = |name: &str| name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_lowercase().next());
    first(one) == first(other) && header_key(one) == header_key(other)
}

/// The key of a map that a name means: as it is written, else in another spelling.
fn key_of<'m>(map: &'m Map<String, Value>, name: &str) -> Option<&'m String> {
    match map.get_key_value(name) {
        Some((key, _)) => Some(key),
        None => map.keys().find(|key| same_name(key, name)),
    }
}

/// The value at a dotted path. A key that holds dots itself goes before; a number is a place in a list, from 0; at the
/// last key the spelling may differ as [`super::header_key`] allows.
pub(in crate::ingest) fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    match value {
        Value::Object(map) => {
            if let Some(found) = map.get(path) {
                return Some(found);
            }
            for (dot, _) in path.match_indices('.') {
                let (head, tail) = (path.get(..dot)?, path.get(dot + 1..)?);
                if let Some(found) = map.get(head).and_then(|inner| find(inner, tail)) {
                    return Some(found);
                }
            }
            map.get(key_of(map, path)?)
        }
        Value::Array(items) => {
            let (head, tail) = path.split_once('.').map_or((path, None), |(head, tail)| (head, Some(tail)));
            let item = items.get(head.parse::<usize>().ok()?)?;
            tail.map_or(Some(item), |tail| find(item, tail))
        }
        _ => None,
    }
}

/// Whether something is at a path, spelled just so: an envelope `_source` is not the `source` of a row without one.
fn exactly(value: &Value, path: &str) -> bool {
    let Value::Object(map) = value else { return false };
    let inner = |(dot, _)| {
        let (Some(head), Some(tail)) = (path.get(..dot), path.get(dot + 1..)) else { return false };
        map.get(head).is_some_and(|inner| exactly(inner, tail))
    };
    map.contains_key(path) || path.match_indices('.').any(inner)
}

/// As [`find`], to change it.
fn find_mut<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    match value {
        Value::Object(map) => {
            if map.contains_key(path) {
                return map.get_mut(path);
            }
            let dots = path.match_indices('.').map(|(dot, _)| dot);
            for dot in dots {
                let (head, tail) = (path.get(..dot)?, path.get(dot + 1..)?);
                if map.get(head).is_some_and(|inner| find(inner, tail).is_some()) {
                    return map.get_mut(head).and_then(|inner| find_mut(inner, tail));
                }
            }
            let key = key_of(map, path)?.clone();
            map.get_mut(&key)
        }
        Value::Array(items) => {
            let (head, tail) = path.split_once('.').map_or((path, None), |(head, tail)| (head, Some(tail)));
            let item = items.get_mut(head.parse::<usize>().ok()?)?;
            match tail {
                None => Some(item),
                Some(tail) => find_mut(item, tail),
            }
        }
        _ => None,
    }
}

/// Takes away the value at a path.
fn remove(value: &mut Value, path: &str) {
    if let Some(found) = find_mut(value, path) {
        *found = Value::Null;
    }
}

#[cfg(test)]
#[path = "unfold_tests.rs"]
mod tests;

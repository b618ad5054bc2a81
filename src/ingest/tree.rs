//! Tree: a row that was read as a tree of values (JSON, a line of text, a CSV row with something folded up in it) to what
//! its mapping makes of it.

use super::ReadError;
use super::feed::Feed;
use super::mapping::{self, Field, Fields, Made, Mapping, Unfolded, find, text_of};
use super::times::Times;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Gives what a record makes to the feed: one row, as many as it unfolds to, or one that is rejected. `raw` gives the
/// record verbatim.
pub(super) fn take(
    record: Value,
    mapping: &Mapping,
    times: &Times,
    line: u64,
    feed: &mut Feed<'_>,
    raw: impl FnOnce() -> String,
) -> Result<(), ReadError> {
    match unfolded(record, mapping) {
        Err(reason) => feed.take(Made::Rejected(reason, None), line, raw),
        Ok(Unfolded::None) => feed.take(Made::NoEvent, line, raw),
        Ok(Unfolded::One(row)) => feed.take(make(&row, mapping, times, line), line, raw),
        Ok(Unfolded::Many(many)) => {
            for (place, row) in &many.rows {
                feed.take(make(row, mapping, times, line), line, || many.alone(*place).to_string())?;
            }
            Ok(())
        }
    }
}

/// What one record makes that unfolds to one row at most (as a rejected one is kept).
pub(super) fn one(record: Value, mapping: &Mapping, times: &Times, line: u64) -> Made {
    match unfolded(record, mapping) {
        Err(reason) => Made::Rejected(reason, None),
        Ok(Unfolded::None) => Made::NoEvent,
        Ok(Unfolded::One(row)) => make(&row, mapping, times, line),
        Ok(Unfolded::Many(many)) => match many.rows.as_slice() {
            [(_, row)] => make(row, mapping, times, line),
            _ => Made::Rejected("the record holds several events: import its file again".to_owned(), None),
        },
    }
}

fn unfolded(record: Value, mapping: &Mapping) -> Result<Unfolded, String> {
    if !record.is_object() {
        return Err("the row is JSON, but not an object".to_owned());
    }
    mapping.unfold(record)
}

/// What became of looking for a field.
enum Found<'r> {
    Value(Cow<'r, str>, Cow<'r, str>),
    /// Its key is there, without a value.
    Empty,
    Missing,
}

/// Makes what one row says.
fn make(record: &Value, mapping: &Mapping, times: &Times, line: u64) -> Made {
    let mut row = Fields::default();
    // Values that a field took, by their address: the rest of the row is kept as details.
    let mut taken: Vec<&Value> = Vec::new();
    let is_null = |text: &str| mapping.is_null(text.trim());
    for field in Field::ALL {
        let Some(place) = mapping.place(field) else { continue };
        let there = place.names.iter().filter_map(|name| find(record, name).map(|value| (name, value)));
        let mut found = Found::Missing;
        let mut joined: Vec<Cow<'_, str>> = Vec::new();
        for (name, value) in there {
            let Some(text) = text_of(value).filter(|text| !is_null(text)) else {
                if matches!(found, Found::Missing) {
                    found = Found::Empty;
                }
                continue;
            };
            if field == Field::Changes {
                row.changes = Some(value);
            }
            let text = match &place.part {
                None => {
                    taken.push(value);
                    text
                }
                Some(part) => match part.part(&text) {
                    Some(part) => Cow::Owned(part.to_owned()),
                    None => continue,
                },
            };
            if place.join.is_some() {
                joined.push(text);
                continue;
            }
            found = Found::Value(Cow::Borrowed(name), text);
            break;
        }
        if let (Some(with), Some(name), false) = (&place.join, place.names.first(), joined.is_empty()) {
            found = Found::Value(Cow::Borrowed(name), Cow::Owned(joined.join(with)));
        }
        match found {
            Found::Value(name, text) => {
                if let Some(slot) = row.values.get_mut(field as usize) {
                    *slot = Some((name, text));
                }
            }
            Found::Missing if place.required => {
                let keys: Vec<&str> =
                    record.as_object().into_iter().flat_map(|map| map.keys()).take(40).map(String::as_str).collect();
                let reason = format!(
                    "nothing for `{}` (looked for `{}`); the row has: {}",
                    field.as_str(),
                    place.names.join("`, `"),
                    keys.join(", ")
                );
                return Made::Rejected(reason, None);
            }
            Found::Empty | Found::Missing => {}
        }
    }
    if let Some((list, whole)) = mapping.listed_changes(record, &mut row) {
        // What says more than its field and its two values is kept as it is written, too.
        if whole {
            taken.push(list);
        }
    }
    row.watched = mapping.watched().iter().map(|name| find(record, name).and_then(text_of)).collect();
    flatten(record, &mut String::new(), &taken, mapping, &mut row.details);
    mapping.make(row, times, line)
}

/// Objects are opened up; lists are kept as JSON.
fn flatten(
    value: &Value,
    path: &mut String,
    taken: &[&Value],
    mapping: &Mapping,
    details: &mut BTreeMap<String, String>,
) {
    if taken.iter().any(|other| std::ptr::eq(*other, value)) {
        return;
    }
    match value {
        Value::Object(map) if !map.is_empty() || path.is_empty() => {
            for (key, inner) in map {
                let length = path.len();
                if length > 0 {
                    path.push('.');
                }
                path.push_str(key);
                flatten(inner, path, taken, mapping, details);
                path.truncate(length);
            }
        }
        other => {
            if let Some(text) = text_of(other).filter(|text| !mapping.is_null(text.trim())) {
                mapping::insert(details, path, &text);
            }
        }
    }
}

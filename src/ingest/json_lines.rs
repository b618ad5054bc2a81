//! JSON lines: one object a line. Paths are dotted; what no field takes goes into the details under its path.

use super::ReadError;
use super::feed::Feed;
use super::lines::{Line, Lines, trimmed};
use super::mapping::{self, Field, Fields, Made, Mapping, header_key};
use super::times::Times;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::BufRead;

/// Reads all rows of a JSON-lines text.
pub(super) fn read(
    input: impl BufRead,
    file: &str,
    mapping: &Mapping,
    times: &Times,
    feed: &mut Feed<'_>,
) -> Result<(), ReadError> {
    let mut lines = Lines::new(input);
    while let Some(line) = lines.next().map_err(|error| super::input::unreadable(file, error))? {
        let number = lines.number();
        let (line, made) = match line {
            Line::TooLong(line) => (line, Made::Rejected("the row is longer than 4 MiB".to_owned(), None)),
            Line::Whole(line) => {
                let text = trimmed(&line);
                let text = if number == 1 { text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text) } else { text };
                if text.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                let made = make(text, mapping, times, number);
                (line, made)
            }
        };
        feed.take(made, number, || String::from_utf8_lossy(trimmed(&line)).trim_start_matches('\u{feff}').to_owned())?;
        lines.recycle(line);
    }
    Ok(())
}

/// Makes what one line says.
pub(super) fn make(line: &[u8], mapping: &Mapping, times: &Times, number: u64) -> Made {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) => {
            return Made::Rejected(format!("the row is not UTF-8 text (after {} bytes)", error.valid_up_to()), None);
        }
    };
    let object = match serde_json::from_str::<Strict>(text) {
        Ok(Strict(value)) if value.is_object() => value,
        Ok(_) => return Made::Rejected("the line is JSON, but not an object".to_owned(), None),
        Err(error) => return Made::Rejected(format!("not JSON: {error}"), None),
    };
    let mut row = Fields::default();
    // Values that a field took, by their address: the rest of the object is kept as details.
    let mut taken: Vec<&Value> = Vec::new();
    for field in Field::ALL {
        let Some(place) = mapping.place(field) else { continue };
        let Some((name, value)) = place.names.iter().find_map(|name| find(&object, name).map(|value| (name, value)))
        else {
            if place.required {
                let keys: Vec<&str> =
                    object.as_object().into_iter().flat_map(|map| map.keys()).take(40).map(String::as_str).collect();
                let reason = format!(
                    "nothing for `{}` (looked for `{}`); the row has: {}",
                    field.as_str(),
                    place.names.join("`, `"),
                    keys.join(", ")
                );
                return Made::Rejected(reason, None);
            }
            continue;
        };
        taken.push(value);
        if field == Field::Changes {
            row.changes = Some(value);
        }
        if let (Some(text), Some(slot)) = (text_of(value), row.values.get_mut(field as usize)) {
            *slot = Some((Cow::Borrowed(name), text));
        }
    }
    row.watched = mapping.watched().iter().map(|name| find(&object, name).and_then(text_of)).collect();
    flatten(&object, &mut String::new(), &taken, mapping, &mut row.details);
    mapping.make(row, times, number)
}

fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// The value at a dotted path. A key that holds dots itself goes before; a number is a place in a list, from 0; at the
/// last key the spelling may differ as [`header_key`] allows.
fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
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
            let wanted = header_key(path);
            map.iter().find(|(key, _)| header_key(key) == wanted).map(|(_, found)| found)
        }
        Value::Array(items) => {
            let (head, tail) = path.split_once('.').map_or((path, None), |(head, tail)| (head, Some(tail)));
            let item = items.get(head.parse::<usize>().ok()?)?;
            tail.map_or(Some(item), |tail| find(item, tail))
        }
        _ => None,
    }
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

/// JSON in which no object has a key twice: two readers would take two different values.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Strict, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = serde_json::Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` is there twice")));
            }
            let Strict(value) = map.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

//! Changes: a field's value before and after, from a JSON object of them.

use crate::event::Change;
use serde_json::Value;

/// A JSON value as an event keeps it: text as it is, nothing as `None`, the rest as compact JSON.
pub(in super::super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Reads `{field: [old, new]}` or `{field: {"old": …, "new": …}}`. `None` if it is anything else: then nothing is
/// taken out of it.
pub(super) fn of_object(value: &Value, is_null: &dyn Fn(&str) -> bool) -> Option<Vec<Change>> {
    let kept = |value: &Value| text_of(value).filter(|text| !is_null(text));
    value
        .as_object()?
        .iter()
        .map(|(field, change)| {
            let (old, new) = match change {
                Value::Array(pair) => match pair.as_slice() {
                    [old, new] => (kept(old), kept(new)),
                    _ => return None,
                },
                Value::Object(pair) if pair.keys().all(|key| key == "old" || key == "new") && !pair.is_empty() => {
                    (pair.get("old").and_then(kept), pair.get("new").and_then(kept))
                }
                _ => return None,
            };
            Some(Change { field: field.clone(), old, new })
        })
        .collect()
}

//! Changes: a field's value before and after, from a JSON object of them.

use super::unfold::{find, text_of};
use super::{Fields, Mapping};
use crate::event::Change;
use serde_json::Value;
use std::borrow::Cow;

impl Mapping {
    /// Reads changes from a list of objects, where the mapping names one: the list, and whether that was all it says.
    pub(in super::super) fn listed_changes<'v>(
        &self,
        record: &'v Value,
        row: &mut Fields<'_>,
    ) -> Option<(&'v Value, bool)> {
        let written = self.change_list.as_ref()?;
        let found = written.list.iter().find_map(|path| find(record, path).filter(|value| value.is_array()))?;
        let items = found.as_array()?;
        let mut whole = true;
        for item in items {
            let text = |path: &str| {
                find(item, path).and_then(text_of).map(Cow::into_owned).filter(|text| !self.is_null(text.trim()))
            };
            let (field, old, new) = (text(&written.field), text(&written.old), text(&written.new));
            whole &= item.as_object().is_some_and(|item| item.len() <= 3);
            match field {
                Some(field) if old.is_some() || new.is_some() => row.listed.push(Change { field, old, new }),
                _ => whole = false,
            }
        }
        Some((found, whole && !items.is_empty()))
    }
}

/// Reads `{field: [old, new]}` or `{field: {"old": …, "new": …}}`. `None` if it is anything else: then nothing is
/// taken out of it.
pub(super) fn of_object(value: &Value, is_null: &dyn Fn(&str) -> bool) -> Option<Vec<Change>> {
    let kept = |value: &Value| text_of(value).map(Cow::into_owned).filter(|text| !is_null(text));
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
